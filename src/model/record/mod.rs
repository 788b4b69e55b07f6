//! The record: all that was observed in a run, versioned. Reports and verdicts are functions of it alone.

pub mod canary;
pub mod command;
pub mod exchange;
pub mod failure;
pub mod given;
pub mod place;
pub mod raw;
pub mod scenario;
pub mod shape;
pub mod storage;
pub mod tls_cause;
pub mod token;
pub mod whole;

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::digest::Digest;

pub use crate::model::record::canary::{Canary, CanaryFault};
pub use crate::model::record::command::{CommandExchange, CommandResult};
pub use crate::model::record::exchange::{
    Act, Answer, Body, Exchange, HttpExchange, RequestRecord, Result,
};
pub use crate::model::record::failure::{Failure, FailureKind};
pub use crate::model::record::given::{Given, Selection, SourceFile};
pub use crate::model::record::place::{ExchangeRef, Purpose};
pub use crate::model::record::raw::{
    Coded, RawAnswer, RawCommand, RawExchange, RawOperation, RawRequest, RawResult,
};
pub use crate::model::record::scenario::{Scenario, Step, StepStatus};
pub use crate::model::record::shape::{Format, Oddity, Shape};
pub use crate::model::record::storage::{Entry, Operation, StorageExchange, StorageResult};
pub use crate::model::record::tls_cause::TlsCause;
pub use crate::model::record::token::{TokenFacts, TokenGrant, Withheld};
pub use crate::model::record::whole::{RecordFault, fault, plan};
use crate::model::requirement::{Edition, Obligation, PrerequisiteFamily, Requirement};
use crate::model::sdk::Family;
use crate::model::submission::PartnerKind;

/// The version of the record's format. Additions keep it: a field that is new has a default that means what its absence
/// meant. A change of meaning gives it a new number and a conversion from the one before.
pub const FORMAT: u32 = 2;

/// A whole run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Version of this format: [`FORMAT`].
    pub format: u32,
    /// Version of destspec that ran.
    pub destspec: String,
    /// SHA-256 of the embedded suite (features and requirements).
    pub suite: Digest,
    /// Id that every request carried, so that a partner finds it in its logs.
    pub id: String,
    /// Seed of all test data.
    pub seed: u64,
    /// Edition of the prerequisites page that was judged against.
    pub edition: Edition,
    /// Start, RFC 3339 in UTC.
    pub started: String,
    /// Whole milliseconds from start to end.
    pub duration_ms: u64,
    /// What of the suite was wanted; a run that left something out is never conformant.
    #[serde(default, skip_serializing_if = "Selection::is_whole")]
    pub selection: Selection,
    /// Digest of what was planned, see [`plan`]: nothing of it may be missing or changed.
    pub plan: Digest,
    /// The challenge that a reviewer issued before it, as it was read; the seed follows from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// Whether the run was stopped before its end.
    #[serde(default)]
    pub interrupted: bool,
    /// Who submitted.
    pub partner: Partner,
    /// What persons stated.
    #[serde(default)]
    pub attestations: Vec<Attestation>,
    /// Every requirement of the suite, so that a report needs nothing else.
    pub requirements: Vec<Requirement>,
    /// The prerequisites in the order of Adobe's page.
    pub prerequisites: Vec<Prerequisite>,
    /// The submission and the files that it names.
    #[serde(default)]
    pub sources: Vec<SourceFile>,
    /// What was judged.
    pub destinations: Vec<Destination>,
    /// Every planned scenario, in the suite's order, each with an outcome.
    pub scenarios: Vec<Scenario>,
    /// The same run again, from further data, as often as the challenge asks; none of these was itself run again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repetitions: Vec<Run>,
}

impl Run {
    /// Itself, and itself again.
    pub fn all(&self) -> impl Iterator<Item = &Run> + Clone {
        std::iter::once(self).chain(&self.repetitions)
    }

    /// Whether it was run to be certified: each destination has its canary, each time.
    pub fn is_certified(&self) -> bool {
        let mut all = self.all().flat_map(|run| &run.destinations);
        !self.destinations.is_empty() && all.all(|d| d.canary.is_some())
    }
}

/// One line of Adobe's prerequisites page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prerequisite {
    /// `STR-1a`.
    pub id: String,
    /// Its content in a sentence.
    pub title: String,
    /// Whom it concerns.
    pub family: PrerequisiteFamily,
    /// Whether they may do without.
    pub obligation: Obligation,
    /// Of a partnership: the kind of partner that is asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_of: Option<PartnerKind>,
}

/// Who submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// Name.
    pub name: String,
    /// What it is to Adobe.
    pub kind: PartnerKind,
    /// Mail address.
    pub contact: String,
}

/// A person's statement about a requirement that no program can test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The requirement, e.g. `PAR-1`.
    pub requirement: String,
    /// What is stated.
    pub statement: String,
    /// By whom.
    pub by: String,
    /// When, ISO date.
    pub on: String,
    /// The last day on which it holds, ISO date; no end where not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// SHA-256 of the document that backs it, if one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_sha256: Option<Digest>,
}

/// One destination as judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// Name in the submission.
    pub name: String,
    /// Version that the partner gives it.
    pub version: String,
    /// Whether it takes messages or files: which prerequisites concern it.
    pub family: Family,
    /// Prerequisites that it claims, in the order of Adobe's page.
    pub claims: Vec<String>,
    /// What it says it offers, in words for the report: authentication, aggregation, namespaces, observation.
    pub facts: Vec<Fact>,
    /// Warnings about its configuration.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Where the test profiles come from: `synthetic`, or the partner's own file.
    pub profiles: String,
    /// SHA-256 of each configuration file, by role.
    #[serde(default)]
    pub files: Vec<Fact>,
    /// What it was given to log in with, as far as it is no secret.
    #[serde(default)]
    pub given: Given,
    /// Exchanges that belong to no scenario: tokens taken for the whole run.
    #[serde(default)]
    pub exchanges: Vec<Arc<Exchange>>,
    /// What was seen of each host: name resolution, TCP, TLS.
    #[serde(default)]
    pub connections: Vec<Connection>,
    /// What became of the files that the run wrote; only of a destination that takes files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swept: Option<Swept>,
    /// What became of the audiences that the run created; only where it left any to be deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swept_audiences: Option<Swept>,
    /// What became of the destination of the run's dataflow; only where its creation was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swept_dataflow: Option<Swept>,
    /// What became of secrets that were made up and planted; of a certified run alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<Canary>,
    /// Its hosts asked for the proof of control, in their order; only where the challenge asks for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub control: Vec<Arc<Exchange>>,
    /// Audiences created for messages to name, in their order; only where Experience Platform would create them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audiences: Vec<Arc<Exchange>>,
    /// What was said of the destination itself before its first audience; only where its audience template says it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dataflow: Vec<Arc<Exchange>>,
}

impl Destination {
    /// The exchanges with it that belong to no scenario and are judged with it.
    pub fn own_exchanges(&self) -> impl Iterator<Item = &Arc<Exchange>> {
        let named = self.exchanges.iter().chain(&self.control);
        named.chain(&self.dataflow).chain(&self.audiences)
    }
}

/// What the exchanges that begin the dataflow of a run are filed under; no scenario is called so.
pub const DATAFLOW: &str = "dataflow";

/// What the exchanges that create audiences for messages are filed under; no scenario is called so.
pub const STOCK: &str = "audiences";

/// The header by which every request names its run.
pub const RUN_HEADER: &str = "X-Destspec-Run";

/// What became of the files that a run wrote, or of the audiences that it created, when it was over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Swept {
    /// Those that were deleted.
    pub deleted: usize,
    /// Those that could not be.
    pub left: usize,
    /// Whether they could not even be listed.
    #[serde(default)]
    pub unseen: bool,
}

impl Display for Swept {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Swept { unseen: true, .. } => f.write_str("cannot be listed: nothing was removed"),
            Swept {
                deleted, left: 0, ..
            } => write!(f, "{deleted} removed"),
            Swept { deleted, left, .. } => write!(f, "{deleted} removed, {left} cannot be"),
        }
    }
}

/// A named value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Facts about the connection to one host, observed once a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// `https://host:port`.
    pub origin: String,
    /// Addresses that the name resolves to.
    pub addresses: Vec<String>,
    /// Whether a TCP connection came about.
    pub connected: bool,
    /// Negotiated TLS version, e.g. `TLSv1.3`; absent for plain HTTP or a failed handshake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<String>,
    /// Negotiated application protocol, e.g. `h2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpn: Option<String>,
    /// SHA-256 of the leaf certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_sha256: Option<Digest>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}
