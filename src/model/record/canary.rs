//! The canary of a certified run: secrets that were made up, planted where real ones go, and must be found nowhere.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::record::{Body, Exchange, Purpose, RUN_HEADER};

/// What became of the canary of one destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canary {
    /// Places that held one of the secrets before anything was recorded: URLs, headers, and each line of an answer.
    pub planted: usize,
    /// Those of them in which the detector found it: the positive control.
    pub seen: usize,
    /// Exchanges in which it found one after they were recorded.
    pub found: usize,
    /// The exchanges, with a server of destspec itself, as they were recorded.
    pub exchanges: Vec<Arc<Exchange>>,
}

/// Why a canary proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CanaryFault {
    /// Nothing was planted.
    #[error("expected secrets that were planted, received none")]
    Unplanted,
    /// The detector does not see what it has to find.
    #[error("expected the detector to see all {planted} places, received {seen}")]
    Blind {
        /// Places.
        planted: usize,
        /// Those that it saw.
        seen: usize,
    },
    /// A secret came into the record.
    #[error("expected no planted secret in what was recorded, received {0}")]
    Found(usize),
    /// An exchange shows no mark where a secret was.
    #[error("expected a mark wherever a secret was planted, received other text")]
    Unmarked,
    /// It is of another run, or was counted otherwise than its exchanges show.
    #[error("expected a canary of this very run, with {PLACES} places, received another")]
    Other,
}

/// The exchanges of one canary: one is answered with what can be replaced, one with what must be withheld, one is refused.
pub const EXCHANGES: usize = 3;
/// The places of one canary: URL and header of each exchange, three headers of each of two answers, and each line of their
/// bodies, twelve and fourteen.
pub const PLACES: usize = EXCHANGES * 2 + 2 * 3 + 12 + 14;
/// The header that carries one of the secrets.
pub const HEADER: &str = "x-destspec-canary";
/// How the name of each of its secrets begins.
pub const NAME: &str = "canary";

impl Canary {
    /// Why it proves nothing of the run with that id, if so. A planted secret cannot be looked for again: nobody has it. That
    /// a mark stands where each was can be, and that it was asked in this run.
    pub fn fault(&self, run: &str) -> Option<CanaryFault> {
        if self.planted == 0 {
            return Some(CanaryFault::Unplanted);
        }
        if self.seen != self.planted {
            let (planted, seen) = (self.planted, self.seen);
            return Some(CanaryFault::Blind { planted, seen });
        }
        if self.found > 0 {
            return Some(CanaryFault::Found(self.found));
        }
        let marked = self.exchanges.len() == EXCHANGES && self.exchanges.iter().all(|e| marked(e));
        if !marked {
            return Some(CanaryFault::Unmarked);
        }
        let own = self.exchanges.iter().zip(0..).all(|(exchange, ordinal)| {
            let place = (exchange.lane, exchange.ordinal, exchange.purpose);
            place == (0, ordinal, Purpose::Canary) && is_of(exchange, run)
        });
        (!own || self.planted != PLACES).then_some(CanaryFault::Other)
    }
}

/// Whether an exchange carries the id of that run, and no other.
fn is_of(exchange: &Exchange, run: &str) -> bool {
    let headers = exchange.request().map(|request| &request.headers);
    let ids = headers.into_iter().flatten();
    let mut ids = ids.filter(|(name, _)| name.eq_ignore_ascii_case(RUN_HEADER));
    ids.next().is_some_and(|(_, id)| id == run) && ids.next().is_none()
}

/// Whether URL, header and answer of an exchange hold marks of the canary.
fn marked(exchange: &Exchange) -> bool {
    let mark = |text: &str| {
        ["⟦secret:", "⟦withheld:"]
            .iter()
            .any(|start| text.contains(&format!("{start}{NAME}")))
    };
    let Some(request) = exchange.request() else {
        return false;
    };
    let mut headers = request.headers.iter();
    let header = headers.any(|(name, value)| name == HEADER && mark(value));
    let body = exchange.answer().is_none_or(|answer| match &answer.body {
        Body::Text(text) => text.lines().all(mark),
        Body::Empty | Body::Base64(_) | Body::Digest { .. } | Body::Withheld(_) => false,
    });
    mark(&request.url) && header && body
}
