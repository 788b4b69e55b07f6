//! What a service gave out for a while: taken when first needed, and again before it ends.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::model::record::{FailureKind, StorageResult};
use crate::wire::token::usable;

/// How long a failure of the service stands, so that operations do not wait for it one after the other.
const PAUSE: Duration = Duration::from_secs(15);

/// A thing, and for how long it is good, where that is told.
pub(super) type Grant<T> = (T, Option<Duration>);

/// The thing of one login.
pub(super) struct Granted<T>(Mutex<Option<Held<T>>>);

struct Held<T> {
    had: Result<T, StorageResult>,
    until: Option<Instant>,
}

impl<T: Clone> Granted<T> {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// What is held, or what is taken now. A refusal stands: asking again would count as another try of a wrong secret.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn get(
        &self,
        take: impl Future<Output = Result<Grant<T>, StorageResult>>,
    ) -> Result<T, StorageResult> {
        let mut held = self.0.lock().await;
        let now = Instant::now();
        let good = |held: &&Held<T>| held.until.is_none_or(|until| now < until);
        if let Some(held) = held.as_ref().filter(good) {
            return held.had.clone();
        }
        let (had, stands) = match take.await {
            Ok((had, life)) => (Ok(had), life.map(usable)),
            Err(why) => {
                let stands = is_passing(&why).then_some(PAUSE);
                (Err(why), stands)
            }
        };
        // the life began no earlier than it was asked for
        let until = match had.is_ok() {
            true => stands.map(|stands| now + stands),
            false => stands.map(|stands| Instant::now() + stands),
        };
        *held = Some(Held {
            had: had.clone(),
            until,
        });
        had
    }

    /// Gives up a thing that is not taken any more, unless another is held already.
    pub(super) async fn forget(&self, is_it: impl Fn(&T) -> bool) {
        let mut held = self.0.lock().await;
        held.take_if(|held| held.had.as_ref().is_ok_and(is_it));
    }
}

fn is_passing(why: &StorageResult) -> bool {
    match why {
        StorageResult::Failure { failure } => failure.kind != FailureKind::Unusable,
        StorageResult::Done
        | StorageResult::Content { .. }
        | StorageResult::Text { .. }
        | StorageResult::Entries { .. }
        | StorageResult::Refused { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::wire::storage::failure;

    async fn taken(
        granted: &Granted<u32>,
        number: &Cell<u32>,
        life: Option<Duration>,
    ) -> Result<u32, StorageResult> {
        let take = async {
            number.set(number.get() + 1);
            Ok((number.get(), life))
        };
        granted.get(take).await
    }

    #[tokio::test]
    async fn what_has_ended_or_was_given_up_is_taken_again() {
        let (granted, number) = (Granted::new(), Cell::new(0));
        for _ in 0..2 {
            assert_eq!(taken(&granted, &number, Some(PAUSE)).await, Ok(1));
        }
        granted.forget(|had| *had == 7).await;
        assert_eq!(taken(&granted, &number, Some(PAUSE)).await, Ok(1));
        granted.forget(|had| *had == 1).await;
        for next in 2..4 {
            let ended = Some(Duration::ZERO);
            assert_eq!(taken(&granted, &number, ended).await, Ok(next));
        }
    }

    #[tokio::test]
    async fn a_refusal_stands_and_a_failure_for_a_while_only() {
        let refused = StorageResult::Refused {
            code: "invalid_client".to_owned(),
            text: String::new(),
        };
        let failed = failure(FailureKind::Other, "busy");
        for (why, stands) in [(refused, None), (failed, Some(PAUSE))] {
            let granted = Granted::<u32>::new();
            let came = granted.get(async { Err(why.clone()) }).await;
            assert_eq!(came, Err(why.clone()));
            assert_eq!(taken(&granted, &Cell::new(0), None).await, Err(why));
            let held = granted.0.lock().await;
            let until = held.as_ref().map(|held| held.until.is_some());
            assert_eq!(until, Some(stands.is_some()));
        }
    }
}
