//! Access tokens: one for the run, taken when first needed and again before it expires; others on demand.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use rand_chacha::ChaCha20Rng;
use tokio::sync::Semaphore;

use crate::model::record::{Exchange, ExchangeRef, FailureKind, Purpose, RawResult};
use crate::model::secret::Secret;
use crate::wire::auth::oauth2::{ACCESS_TOKEN, Issued, OAuth2Setup};
use crate::wire::door::{Inner, Side};
use crate::wire::error::Divergence;
use crate::wire::http::Outgoing;
use crate::wire::request::TokenAsk;
use crate::wire::tap::Place;

/// A token is renewed when less than this is left of a life that is at least twice as long.
const MARGIN: Duration = Duration::from_secs(60);

type Had = Result<Secret, String>;

struct Held {
    had: Had,
    until: Option<Duration>,
}

/// The token of the run.
pub(crate) struct TokenCache {
    held: Mutex<Option<Held>>,
    flight: Semaphore,
    began: Instant,
    moved_ms: AtomicU64,
    pause: Duration,
}

impl TokenCache {
    /// A failure stands until the first retry of a delivery would be due.
    pub(crate) fn new(waits: [Duration; 2]) -> Self {
        let [pause, _] = waits;
        Self {
            held: Mutex::new(None),
            flight: Semaphore::new(1),
            began: Instant::now(),
            moved_ms: AtomicU64::new(0),
            pause,
        }
    }

    pub(crate) fn advance(&self, by: Duration) {
        let ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.moved_ms.fetch_add(ms, Ordering::SeqCst);
    }

    fn now(&self) -> Duration {
        self.began.elapsed() + Duration::from_millis(self.moved_ms.load(Ordering::SeqCst))
    }

    fn fresh(&self) -> Option<Had> {
        let now = self.now();
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = held.as_ref()?;
        let good = held.until.is_none_or(|until| now < until);
        good.then(|| held.had.clone())
    }

    fn hold(&self, issued: &Result<Issued, String>) -> Had {
        let (had, life) = match issued {
            Ok(issued) => {
                let life = issued.expires_in.map(Duration::from_secs);
                (Ok(issued.token.clone()), life.map(usable))
            }
            Err(why) => (Err(why.clone()), Some(self.pause)),
        };
        let held = Held {
            had: had.clone(),
            until: life.map(|life| self.now() + life),
        };
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
        had
    }
}

/// The part of a life after which a token is renewed: nine tenths, and for longer ones at least a minute before the end.
fn usable(life: Duration) -> Duration {
    let most = life * 9 / 10;
    if life < MARGIN * 2 {
        most
    } else {
        most.min(life - MARGIN)
    }
}

impl Inner {
    /// The token of the run; the inner error says why there is none.
    pub(crate) async fn run_token(
        &self,
        setup: &OAuth2Setup,
        place: &Place,
    ) -> Result<Had, Divergence> {
        if let Side::Replay(tape) = &self.side {
            self.compare_own(setup).await?;
            let lacked = tape.lacked_token(place);
            return Ok(lacked.map_or_else(|| Ok(Secret::replayed(ACCESS_TOKEN)), Err));
        }
        if let Some(had) = self.tokens.fresh() {
            return Ok(had);
        }
        let _one_at_a_time = self.tokens.flight.acquire().await.ok();
        if let Some(had) = self.tokens.fresh() {
            return Ok(had);
        }
        let ordinal = self.own_next.fetch_add(1, Ordering::SeqCst);
        let (exchange, issued) = self.fetch_own(setup, ordinal).await?;
        self.own
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(exchange.reference(), exchange);
        Ok(self.tokens.hold(&issued))
    }

    async fn fetch_own(
        &self,
        setup: &OAuth2Setup,
        ordinal: u32,
    ) -> Result<(Arc<Exchange>, Result<Issued, String>), Divergence> {
        let place = Place {
            scenario: None,
            lane: 0,
            ordinal,
            attempt: 1,
        };
        let mut rng = self.rng("", "token");
        self.ask(&place, setup, TokenAsk::Valid, &mut rng).await
    }

    /// Compares the recorded token requests of the run with the one that is made now, once.
    async fn compare_own(&self, setup: &OAuth2Setup) -> Result<(), Divergence> {
        let Side::Replay(tape) = &self.side else {
            return Ok(());
        };
        if self.own_compared.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        for ExchangeRef { ordinal, .. } in tape.destination.keys() {
            let (_same, _marks) = self.fetch_own(setup, *ordinal).await?;
        }
        Ok(())
    }

    /// Makes a token request; what it yields is taught to the redactor before the answer is recorded.
    pub(crate) async fn ask(
        &self,
        place: &Place,
        setup: &OAuth2Setup,
        ask: TokenAsk,
        rng: &mut ChaCha20Rng,
    ) -> Result<(Arc<Exchange>, Result<Issued, String>), Divergence> {
        let redactor = &self.tap.redactor;
        let prepared = match setup.prepare(redactor, ask, rng) {
            Ok(prepared) => prepared,
            Err(why) => {
                let why = format!("cannot ask for a token: {why}");
                let exchange = self.no_token_request(place, &setup.token_url, why.clone())?;
                return Ok((exchange, Err(why)));
            }
        };
        let shown = prepared.authorization.as_ref().map(|a| a.shown.as_str());
        let outgoing = Arc::new(Outgoing {
            purpose: Purpose::Token,
            headers: self.headers(prepared.request.headers, shown),
            method: prepared.request.method,
            url: prepared.request.url,
            authorization: prepared.authorization,
            body: Bytes::from(prepared.request.body),
            time_limit: self.time_limit,
        });
        let mut issued = Err("no answer".to_owned());
        let inspect = |result: &RawResult| {
            issued = match result {
                RawResult::Answer(answer) => {
                    setup.read(redactor, (answer.status, &answer.headers, &answer.body))
                }
                RawResult::Failure(failure) => Err(failure.text.clone()),
            };
        };
        let exchange = self.perform(place, &outgoing, inspect).await?;
        if let Side::Replay(_) = &self.side {
            issued = Ok(Issued {
                token: Secret::replayed(ACCESS_TOKEN),
                expires_in: None,
            });
        }
        Ok((exchange, issued))
    }

    /// A token request that cannot be made.
    pub(crate) fn no_token_request(
        &self,
        place: &Place,
        url: &str,
        why: String,
    ) -> Result<Arc<Exchange>, Divergence> {
        let outgoing = Outgoing {
            purpose: Purpose::Token,
            headers: self.headers(Vec::new(), None),
            method: "POST".to_owned(),
            url: url.to_owned(),
            authorization: None,
            body: Bytes::new(),
            time_limit: self.time_limit,
        };
        self.unsent(place, &outgoing, FailureKind::Other, why)
    }
}
