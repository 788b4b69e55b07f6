//! One request and its answer before redaction: lives only until [`Exchange::record`](crate::model::record::Exchange::record).

use serde::{Deserialize, Serialize};

use crate::model::record::command::CommandExchange;
use crate::model::record::failure::Failure;
use crate::model::record::place::Purpose;
use crate::model::record::storage::{Operation, StorageResult};
use crate::model::record::token::TokenFacts;
use crate::model::redact::fence::Fence;

/// An exchange with its secrets still in it. Never serialised, never printed.
pub struct RawExchange<'a> {
    /// Lane.
    pub lane: u32,
    /// Place within the lane.
    pub ordinal: u32,
    /// 1 for the first sending.
    pub attempt: u32,
    /// What it was for.
    pub purpose: Purpose,
    /// What was sent.
    pub request: RawRequest<'a>,
    /// What came back.
    pub result: RawResult,
    /// How much is known of the answer.
    pub fence: Fence,
    /// Facts, where it was a token request.
    pub token: Option<TokenFacts>,
    /// Whether it was sent once more, since a connection that was kept was closed before an answer.
    pub reconnected: bool,
    /// Whether it was asked again on a new connection, since the one that was kept was spoilt.
    pub spoilt: bool,
    /// Whether nothing was sent, since the host failed so at its first contact.
    pub unsent: bool,
    /// Milliseconds from the run's start to the sending.
    pub at_ms: u64,
    /// Microseconds from sending to the end of the answer.
    pub duration_us: u64,
}

/// A storage operation with its secrets still in it. Never serialised, never printed.
pub struct RawOperation {
    /// Lane.
    pub lane: u32,
    /// Place within the lane.
    pub ordinal: u32,
    /// 1 for the first time.
    pub attempt: u32,
    /// What it was for.
    pub purpose: Purpose,
    /// What was asked.
    pub operation: Operation,
    /// As whom, where not with the credentials that were given.
    pub login: Option<String>,
    /// What came of it.
    pub result: StorageResult,
    /// Whether nothing was asked, since the location failed so at its first contact.
    pub unsent: bool,
    /// Milliseconds from the run's start to its beginning.
    pub at_ms: u64,
    /// Microseconds that it took.
    pub duration_us: u64,
}

/// A command with its secrets still in it. Never serialised, never printed.
pub struct RawCommand {
    /// Lane.
    pub lane: u32,
    /// Place within the lane.
    pub ordinal: u32,
    /// What it was for.
    pub purpose: Purpose,
    /// What was started, and what came of it.
    pub command: CommandExchange,
    /// Milliseconds from the run's start to its beginning.
    pub at_ms: u64,
    /// Microseconds that it took.
    pub duration_us: u64,
}

/// A request.
pub struct RawRequest<'a> {
    /// Method.
    pub method: &'a str,
    /// Full URL.
    pub url: &'a str,
    /// Headers that were set, in order; credentials already masked.
    pub headers: &'a [(String, String)],
    /// Body.
    pub body: &'a [u8],
}

/// What came of it.
pub enum RawResult {
    /// An HTTP answer.
    Answer(RawAnswer),
    /// No complete answer.
    Failure(Failure),
}

/// An HTTP answer.
pub struct RawAnswer {
    /// Status code.
    pub status: u16,
    /// `HTTP/1.1` or `HTTP/2.0`.
    pub version: String,
    /// Headers in the order received; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body, without its codings.
    pub body: Vec<u8>,
    /// How it came, where it was coded.
    pub coded: Option<Coded>,
}

/// How the body of an answer came (RFC 9110 section 8.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coded {
    /// Names of the codings in lower case, in the order applied.
    pub codings: Vec<String>,
    /// Bytes of the coded body.
    pub bytes: u64,
}
