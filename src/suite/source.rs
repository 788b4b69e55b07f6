//! Where what is observed comes from: the destinations themselves, or the record of a run. The one place where the two
//! differ for the suite.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use crate::model::digest::Digest;
use crate::model::record::{Destination as Recorded, Given, Run, Scenario};
use crate::model::redact::Redactor;
use crate::model::submission::{Attestation, Destination, Fetched};
use crate::wire::JournalEntry;

/// Where what is observed comes from.
pub enum Source<'a> {
    /// The destinations themselves.
    Live(Live),
    /// The record of a run, and nothing else.
    Replay(&'a Run),
}

/// What a live run is told by its surroundings: nothing here is asked of a clock or of the environment.
pub struct Live {
    /// Id that every request carries.
    pub run_id: String,
    /// Seed of all test data.
    pub seed: u64,
    /// The challenge that the seed follows from, as it was read.
    pub challenge: Option<String>,
    /// When the run started.
    pub started: Instant,
    /// The same, RFC 3339 in UTC.
    pub started_at: String,
    /// Random key of this run's marks.
    pub key: [u8; 32],
    /// Values of the credentials of each destination.
    pub fetched: BTreeMap<String, Fetched>,
    /// Digest of each attested document, by its path.
    pub documents: BTreeMap<String, Digest>,
    /// The environment of a command of the submission.
    pub environment: Vec<(OsString, OsString)>,
    /// Told of every exchange as it comes.
    pub journal: Option<UnboundedSender<JournalEntry>>,
}

impl Source<'_> {
    /// Id that every request carries.
    pub fn run_id(&self) -> &str {
        match self {
            Source::Live(live) => &live.run_id,
            Source::Replay(run) => &run.id,
        }
    }

    /// Seed of all test data.
    pub fn seed(&self) -> u64 {
        match self {
            Source::Live(live) => live.seed,
            Source::Replay(run) => run.seed,
        }
    }

    /// The challenge that the seed follows from.
    pub fn challenge(&self) -> Option<&str> {
        match self {
            Source::Live(live) => live.challenge.as_deref(),
            Source::Replay(run) => run.challenge.as_deref(),
        }
    }

    /// When the run started, RFC 3339 in UTC.
    pub fn started_at(&self) -> &str {
        match self {
            Source::Live(live) => &live.started_at,
            Source::Replay(run) => &run.started,
        }
    }

    /// What stands for the credentials of a destination, and the facts about them.
    pub fn credentials(&self, destination: &Destination) -> (Fetched, Given) {
        match self {
            Source::Live(live) => {
                let fetched = live.fetched.get(&destination.name).cloned();
                let fetched = fetched.unwrap_or_default();
                let given = Given::about(&fetched);
                (fetched, given)
            }
            Source::Replay(run) => {
                let given = recorded(run, destination).map(|recorded| recorded.given.clone());
                let given = given.unwrap_or_default();
                (given.replayed(destination.secret_names()), given)
            }
        }
    }

    /// What keeps the secrets of a destination out of the record.
    pub fn redactor(&self) -> Redactor {
        match self {
            Source::Live(live) => Redactor::new(live.key),
            Source::Replay(_) => Redactor::replaying(),
        }
    }

    /// The digest of an attested document.
    pub fn document(&self, attestation: &Attestation) -> Option<Digest> {
        match self {
            Source::Live(live) => live.documents.get(attestation.document.as_ref()?).copied(),
            Source::Replay(run) => {
                let mut all = run.attestations.iter();
                let same = all.find(|a| a.requirement == attestation.requirement)?;
                same.document_sha256
            }
        }
    }

    /// What was recorded of a scenario.
    pub fn scenario(&self, destination: &str, id: &str) -> Option<&Scenario> {
        match self {
            Source::Live(_) => None,
            Source::Replay(run) => {
                let mut all = run.scenarios.iter();
                all.find(|s| s.destination == destination && s.id == id)
            }
        }
    }
}

/// What a run recorded of a destination.
pub(crate) fn recorded<'a>(run: &'a Run, destination: &Destination) -> Option<&'a Recorded> {
    run.destinations.iter().find(|d| d.name == destination.name)
}
