//! Which scenarios a reviewer runs again: those that a secret picks, which the partner did not know, and what came of it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::model::outcome::Outcome;
use crate::model::record::{Run, Scenario};

/// A scenario at a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// Name of the destination.
    pub destination: String,
    /// Id of the scenario.
    pub id: String,
}

/// What became of a scenario that was run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// As recorded.
    Alike,
    /// Recorded as failed, and passed now.
    Better,
    /// Passed as recorded, and less was shown of it now: what the destination stored was not asked, say.
    Weaker,
    /// Recorded as passed, and failed now: the record does not hold of this destination.
    Contradicted,
    /// It could not be judged now, or is no longer asked for.
    Unjudged,
}

/// The first `k` scenarios that were judged, in the order of their HMAC-SHA256 by that secret.
pub fn pick(run: &Run, secret: &[u8], k: usize) -> Vec<Picked> {
    let judged = run.scenarios.iter().filter(|s| match s.outcome {
        Outcome::Passed { .. } | Outcome::Failed { .. } => true,
        Outcome::Blocked { .. } | Outcome::Broken { .. } | Outcome::Omitted { .. } => false,
    });
    let mut ranked: Vec<([u8; 32], &Scenario)> = judged.map(|s| (rank(secret, s), s)).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let first = ranked.into_iter().take(k);
    first
        .map(|(_, s)| Picked {
            destination: s.destination.clone(),
            id: s.id.clone(),
        })
        .collect()
}

fn rank(secret: &[u8], scenario: &Scenario) -> [u8; 32] {
    // a key of any length is taken, so that this cannot fail
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return [0; 32];
    };
    mac.update(scenario.destination.as_bytes());
    mac.update(&[0]);
    mac.update(scenario.id.as_bytes());
    mac.finalize().into_bytes().into()
}

/// What became of one of them.
pub fn compare(recorded: &Run, now: &Run, picked: &Picked) -> Comparison {
    let passed = |run: &Run| {
        let mut all = run.scenarios.iter();
        let one = all.find(|s| s.destination == picked.destination && s.id == picked.id)?;
        match one.outcome {
            Outcome::Passed { strength } => Some(Some(strength)),
            Outcome::Failed { .. } => Some(None),
            Outcome::Blocked { .. } | Outcome::Broken { .. } | Outcome::Omitted { .. } => None,
        }
    };
    match (passed(recorded), passed(now)) {
        (Some(Some(_)), Some(None)) => Comparison::Contradicted,
        (Some(None), Some(Some(_))) => Comparison::Better,
        (Some(Some(then)), Some(Some(now))) if now < then => Comparison::Weaker,
        (Some(_), Some(_)) => Comparison::Alike,
        (None, _) | (_, None) => Comparison::Unjudged,
    }
}

impl Comparison {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Comparison::Alike => "as recorded",
            Comparison::Better => "better",
            Comparison::Weaker => "weaker",
            Comparison::Contradicted => "CONTRADICTED",
            Comparison::Unjudged => "not judged",
        }
    }
}
