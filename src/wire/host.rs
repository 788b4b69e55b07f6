//! Which hosts answer. What failed at the first contact of a host is not tried again: a dead host costs one time limit. One
//! that has answered is tried each time, so that its end in the middle of a run is seen.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::model::record::{Failure, FailureKind, RawResult, StorageResult};

/// What a location is called among hosts: it may have several, and is reached or not as one.
pub(crate) const LOCATION: &str = "location";

/// What is known of the hosts of one destination, by origin.
#[derive(Default)]
pub(crate) struct Hosts(Mutex<BTreeMap<String, Known>>);

enum Known {
    Answers,
    /// It failed so when it was first tried, and has answered nothing since.
    Dead(Failure),
}

/// What a contact shows of a host.
enum Shows {
    Answers,
    Dead(Failure),
    Nothing,
}

impl Hosts {
    /// How a host failed at its first contact, if it did.
    pub(crate) fn dead(&self, host: &str) -> Option<Failure> {
        self.with(|known| match known.get(host) {
            Some(Known::Dead(failure)) => Some(failure.clone()),
            Some(Known::Answers) | None => None,
        })
    }

    /// Learns from what came of a request, of which an answer may have begun; what it came to as a host's first.
    pub(crate) fn heard(&self, host: &str, result: RawResult, begun: bool) -> RawResult {
        let shows = match &result {
            RawResult::Answer(_) => Shows::Answers,
            RawResult::Failure(_) if begun => Shows::Answers,
            RawResult::Failure(failure) => shows(failure),
        };
        match self.learn(host, shows) {
            Some(failure) => RawResult::Failure(failure),
            None => result,
        }
    }

    /// The same of a connection that did not come about.
    pub(crate) fn failed(&self, host: &str, failure: Failure) -> Failure {
        let learned = self.learn(host, shows(&failure));
        learned.unwrap_or(failure)
    }

    /// The same of a storage operation.
    pub(crate) fn stored(&self, result: StorageResult) -> StorageResult {
        let shows = match &result {
            StorageResult::Failure { failure } => shows(failure),
            StorageResult::Done
            | StorageResult::Content { .. }
            | StorageResult::Text { .. }
            | StorageResult::Entries { .. }
            | StorageResult::Refused { .. } => Shows::Answers,
        };
        match self.learn(LOCATION, shows) {
            Some(failure) => StorageResult::Failure { failure },
            None => result,
        }
    }

    /// The failure in whose place another was seen, where the host has never answered.
    fn learn(&self, host: &str, shows: Shows) -> Option<Failure> {
        self.with(|known| match (shows, known.get(host)) {
            (Shows::Answers, _) => {
                known.insert(host.to_owned(), Known::Answers);
                None
            }
            (Shows::Dead(failure), Some(Known::Dead(_)) | None) => {
                known.insert(host.to_owned(), Known::Dead(failure.clone()));
                Some(failure)
            }
            (Shows::Dead(_), Some(Known::Answers)) | (Shows::Nothing, _) => None,
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Known>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a failure without any answer shows of a host that has never answered.
fn shows(failure: &Failure) -> Shows {
    let Failure { kind, text } = failure;
    match kind {
        FailureKind::Refused | FailureKind::Resolve | FailureKind::Tls | FailureKind::Silent => {
            Shows::Dead(failure.clone())
        }
        FailureKind::TimedOut => Shows::Dead(Failure {
            kind: FailureKind::Silent,
            text: text.clone(),
        }),
        FailureKind::Broken | FailureKind::Reset => Shows::Answers,
        FailureKind::NoToken | FailureKind::Unusable | FailureKind::Other => Shows::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::RawAnswer;

    const HOST: &str = "https://api.moonshine.example:443";

    fn failed(kind: FailureKind) -> RawResult {
        let text = String::from("why");
        RawResult::Failure(Failure { kind, text })
    }

    fn answer() -> RawResult {
        RawResult::Answer(RawAnswer {
            status: 200,
            version: String::from("HTTP/1.1"),
            headers: Vec::new(),
            body: Vec::new(),
            coded: None,
        })
    }

    fn kind(result: &RawResult) -> Option<FailureKind> {
        match result {
            RawResult::Failure(failure) => Some(failure.kind),
            RawResult::Answer(_) => None,
        }
    }

    #[test]
    fn a_host_that_never_answered_is_silent_and_not_tried_again() {
        let hosts = Hosts::default();
        let came = hosts.heard(HOST, failed(FailureKind::TimedOut), false);
        assert_eq!(kind(&came), Some(FailureKind::Silent));
        assert!(hosts.dead(HOST).is_some());
        assert!(hosts.dead("https://other.example:443").is_none());
    }

    #[test]
    fn a_host_that_answered_once_is_tried_whatever_comes_after() {
        let hosts = Hosts::default();
        hosts.heard(HOST, answer(), false);
        for later in [FailureKind::TimedOut, FailureKind::Refused] {
            let came = hosts.heard(HOST, failed(later), false);
            assert_eq!(kind(&came), Some(later));
            assert!(hosts.dead(HOST).is_none());
        }
    }

    #[test]
    fn an_answer_that_began_or_a_connection_that_was_closed_shows_that_somebody_is_there() {
        for (failure, begun) in [(FailureKind::TimedOut, true), (FailureKind::Reset, false)] {
            let hosts = Hosts::default();
            let came = hosts.heard(HOST, failed(failure), begun);
            assert_eq!(kind(&came), Some(failure));
            assert!(hosts.dead(HOST).is_none());
        }
    }

    #[test]
    fn who_answers_after_all_is_alive() {
        let hosts = Hosts::default();
        hosts.heard(HOST, failed(FailureKind::Refused), false);
        hosts.heard(HOST, answer(), false);
        assert!(hosts.dead(HOST).is_none());
    }
}
