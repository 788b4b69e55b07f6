//! One thing that went to the outside and came back, as recorded: redacted, in the order the scenario made them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::model::digest::Digest;
use crate::model::record::command::{CommandExchange, CommandResult};
use crate::model::record::failure::Failure;
use crate::model::record::place::{ExchangeRef, Purpose};
use crate::model::record::raw::{
    Coded, RawAnswer, RawCommand, RawExchange, RawOperation, RawRequest, RawResult,
};
use crate::model::record::storage::{StorageExchange, StorageResult};
use crate::model::record::token::{TokenFacts, Withheld};
use crate::model::redact::fence::{Fence, name_or_mark};
use crate::model::redact::{Redactor, untagged};

/// What was asked of the outside and what came of it. [`Exchange::record`], [`Exchange::record_storage`] and
/// [`Exchange::record_command`] are its only constructors, and they redact every text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::manual_non_exhaustive,
    reason = "the attribute would bind other crates only"
)]
pub struct Exchange {
    /// Lane: the number of a concurrent branch, fixed before it starts; 0 for the main one.
    pub lane: u32,
    /// Place within the lane, from 0; each retry counts.
    pub ordinal: u32,
    /// 1 for the first sending, 2 for the first retry.
    pub attempt: u32,
    /// What it was for.
    pub purpose: Purpose,
    /// What was asked, and what came.
    pub act: Act,
    /// Milliseconds from the run's start to the sending.
    pub at_ms: u64,
    /// Microseconds from sending to the end of the answer.
    pub duration_us: u64,
    /// Keeps others from building one without a redactor.
    #[serde(skip)]
    sealed: (),
}

/// What went to the outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// An HTTP request and its answer.
    Http(Box<HttpExchange>),
    /// A storage operation and its result.
    Storage(StorageExchange),
    /// A command of the submission and what it said.
    Command(CommandExchange),
}

/// A request and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpExchange {
    /// What was sent.
    pub request: RequestRecord,
    /// What came back.
    pub result: Result,
    /// Facts, where it was a token request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenFacts>,
    /// Whether it was sent once more, since a connection that was kept was closed before an answer (RFC 9112 section
    /// 9.5); the result is that of the second sending.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reconnected: bool,
    /// Whether it was asked again on a new connection, since the one that was kept answered as if it had heard something
    /// else, and the new one did not; the result is that of the new one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spoilt: bool,
    /// Whether nothing was sent, since the host failed so at its first contact.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsent: bool,
}

/// A request as sent, redacted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestRecord {
    /// Method.
    pub method: String,
    /// Full URL.
    pub url: String,
    /// Headers that were set, in order.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Body,
}

/// The answer, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Result {
    /// An HTTP answer.
    Answer(Answer),
    /// No complete answer came.
    Failure(Failure),
}

/// An HTTP answer, redacted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// `HTTP/1.1` or `HTTP/2.0`.
    pub version: String,
    /// Headers in the order received; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body, without its codings.
    pub body: Body,
    /// How it came, where it was coded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coded: Option<Coded>,
}

/// A body: inline up to [`Body::REQUEST_INLINE`], [`Body::ANSWER_INLINE`] or [`Body::OBSERVED_INLINE`], by digest beyond;
/// never cut silently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    /// No byte.
    Empty,
    /// UTF-8 text, redacted.
    Text(String),
    /// Bytes that are not UTF-8, base64 (RFC 4648 section 4).
    #[serde(deserialize_with = "base64")]
    Base64(String),
    /// Too large to keep: length in bytes and SHA-256 of the redacted body.
    Digest {
        /// Bytes.
        bytes: u64,
        /// SHA-256.
        sha256: Digest,
    },
    /// Not kept, since it may hold a secret that nobody knows.
    Withheld(Withheld),
}

/// Reads base64, and nothing else.
fn base64<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match STANDARD.decode(&text) {
        Ok(_) => Ok(text),
        Err(error) => Err(D::Error::custom(format!(
            "expected base64 (RFC 4648 section 4): {error}"
        ))),
    }
}

impl Exchange {
    /// Records an HTTP exchange: every text in it passes the redactor.
    pub fn record(redactor: &Redactor, raw: RawExchange<'_>) -> Self {
        Self {
            lane: raw.lane,
            ordinal: raw.ordinal,
            attempt: raw.attempt,
            purpose: raw.purpose,
            act: Act::Http(Box::new(HttpExchange {
                request: RequestRecord::record(redactor, &raw.request),
                result: Result::record(
                    redactor,
                    raw.result,
                    (raw.fence, Body::inline(raw.purpose)),
                ),
                token: raw.token,
                reconnected: raw.reconnected,
                spoilt: raw.spoilt,
                unsent: raw.unsent,
            })),
            at_ms: raw.at_ms,
            duration_us: raw.duration_us,
            sealed: (),
        }
    }

    /// Records a storage operation: every text in it passes the redactor.
    pub fn record_storage(redactor: &Redactor, raw: RawOperation) -> Self {
        Self {
            lane: raw.lane,
            ordinal: raw.ordinal,
            attempt: raw.attempt,
            purpose: raw.purpose,
            act: Act::Storage(StorageExchange {
                operation: raw.operation.redacted(redactor),
                login: raw.login,
                result: raw.result.redacted(redactor),
                unsent: raw.unsent,
            }),
            at_ms: raw.at_ms,
            duration_us: raw.duration_us,
            sealed: (),
        }
    }

    /// Records a command: every text in it passes the redactor.
    pub fn record_command(redactor: &Redactor, raw: RawCommand) -> Self {
        Self {
            lane: raw.lane,
            ordinal: raw.ordinal,
            attempt: 1,
            purpose: raw.purpose,
            act: Act::Command(raw.command.redacted(redactor)),
            at_ms: raw.at_ms,
            duration_us: raw.duration_us,
            sealed: (),
        }
    }

    /// Which of its scenario's it is.
    pub fn reference(&self) -> ExchangeRef {
        ExchangeRef {
            lane: self.lane,
            ordinal: self.ordinal,
        }
    }

    /// The HTTP exchange, where it was one.
    pub fn http(&self) -> Option<&HttpExchange> {
        match &self.act {
            Act::Http(http) => Some(http),
            Act::Storage(_) | Act::Command(_) => None,
        }
    }

    /// The request, where it was HTTP.
    pub fn request(&self) -> Option<&RequestRecord> {
        match &self.act {
            Act::Http(http) => Some(&http.request),
            Act::Storage(_) | Act::Command(_) => None,
        }
    }

    /// The HTTP answer, if one came.
    pub fn answer(&self) -> Option<&Answer> {
        match &self.act {
            Act::Http(http) => match &http.result {
                Result::Answer(answer) => Some(answer),
                Result::Failure(_) => None,
            },
            Act::Storage(_) | Act::Command(_) => None,
        }
    }

    /// Whether a connection that was kept had to be left for another, since it answered as if it had heard something else.
    pub fn left_spoilt_connection(&self) -> bool {
        match &self.act {
            Act::Http(http) => http.spoilt,
            Act::Storage(_) | Act::Command(_) => false,
        }
    }

    /// Whether nothing was sent, since the host failed at its first contact.
    pub fn is_unsent(&self) -> bool {
        match &self.act {
            Act::Http(http) => http.unsent,
            Act::Storage(storage) => storage.unsent,
            Act::Command(_) => false,
        }
    }

    /// Facts of a token request.
    pub fn token(&self) -> Option<&TokenFacts> {
        match &self.act {
            Act::Http(http) => http.token.as_ref(),
            Act::Storage(_) | Act::Command(_) => None,
        }
    }

    /// The storage operation, where it was one.
    pub fn storage(&self) -> Option<&StorageExchange> {
        match &self.act {
            Act::Storage(storage) => Some(storage),
            Act::Http(_) | Act::Command(_) => None,
        }
    }

    /// The command, where it was one.
    pub fn command(&self) -> Option<&CommandExchange> {
        match &self.act {
            Act::Command(command) => Some(command),
            Act::Http(_) | Act::Storage(_) => None,
        }
    }

    /// Whether it wrote a file.
    pub fn wrote(&self) -> bool {
        self.storage().is_some_and(StorageExchange::wrote)
    }

    /// The failure, if no answer came.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.act {
            Act::Http(http) => match &http.result {
                Result::Failure(failure) => Some(failure),
                Result::Answer(_) => None,
            },
            Act::Storage(storage) => match &storage.result {
                StorageResult::Failure { failure } => Some(failure),
                StorageResult::Done
                | StorageResult::Content { .. }
                | StorageResult::Text { .. }
                | StorageResult::Entries { .. }
                | StorageResult::Refused { .. } => None,
            },
            Act::Command(command) => match &command.result {
                CommandResult::Failure { failure } => Some(failure),
                CommandResult::Ended { .. } => None,
            },
        }
    }

    /// What was asked, in one line: method and URL, or the operation.
    pub fn asked(&self) -> String {
        match &self.act {
            Act::Http(http) => format!("{} {}", http.request.method, http.request.url),
            Act::Storage(storage) => storage.operation.summary(),
            Act::Command(command) => command.asked(),
        }
    }

    /// One line for it: what was asked, and status or failure.
    pub fn summary(&self) -> String {
        let came = match &self.act {
            Act::Http(http) => match &http.result {
                Result::Answer(answer) => answer.status.to_string(),
                Result::Failure(failure) => failure.text.clone(),
            },
            Act::Storage(storage) => storage.result.summary(),
            Act::Command(command) => command.came(),
        };
        format!("{} → {came}", self.asked())
    }
}

impl RequestRecord {
    /// Records a request.
    pub fn record(redactor: &Redactor, raw: &RawRequest<'_>) -> Self {
        Self {
            method: raw.method.to_owned(),
            url: redactor.url(raw.url),
            headers: headers(redactor, raw.headers),
            body: Body::record(redactor, raw.body, Body::REQUEST_INLINE),
        }
    }
}

impl Result {
    fn record(redactor: &Redactor, raw: RawResult, kept: (Fence, usize)) -> Self {
        match raw {
            RawResult::Answer(raw) => Self::Answer(Answer::record(redactor, raw, kept)),
            RawResult::Failure(failure) => Self::Failure(failure.redacted(redactor)),
        }
    }
}

fn headers(redactor: &Redactor, raw: &[(String, String)]) -> Vec<(String, String)> {
    raw.iter()
        .map(|(name, value)| (redactor.text(name), redactor.header(name, value)))
        .collect()
}

fn answered_headers(redactor: &Redactor, raw: &[(String, String)]) -> Vec<(String, String)> {
    raw.iter()
        .map(|(name, value)| (redactor.text(name), redactor.answered_header(name, value)))
        .collect()
}

fn fenced_headers(redactor: &Redactor, raw: &[(String, String)]) -> Vec<(String, String)> {
    raw.iter()
        .map(|(name, value)| (name_or_mark(name), redactor.fenced_header(name, value)))
        .collect()
}

impl Answer {
    fn record(redactor: &Redactor, raw: RawAnswer, (fence, inline): (Fence, usize)) -> Self {
        let (headers, body) = match fence {
            Fence::None => {
                let headers = answered_headers(redactor, &raw.headers);
                (headers, Body::answered(redactor, raw.body, inline))
            }
            Fence::Read => (
                fenced_headers(redactor, &raw.headers),
                Body::read(redactor, &raw),
            ),
            Fence::Unread => (fenced_headers(redactor, &raw.headers), Body::withheld(&raw)),
        };
        Self {
            status: raw.status,
            version: raw.version,
            headers,
            body,
            coded: raw.coded,
        }
    }

    /// The value of the first header of that name, ignoring case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Body {
    /// Bodies of requests up to this many bytes are kept inline: a replay makes them again.
    pub const REQUEST_INLINE: usize = 64 * 1024;

    /// Bodies of answers up to this many bytes are kept inline: nothing else remembers them, and they are judged.
    pub const ANSWER_INLINE: usize = 1024 * 1024;

    /// What a destination says that it stored is kept up to this many bytes: as much as is read of any answer.
    pub const OBSERVED_INLINE: usize = 16 * 1024 * 1024;

    /// Up to how many bytes an answer is kept inline.
    fn inline(purpose: Purpose) -> usize {
        match purpose {
            Purpose::Observation => Self::OBSERVED_INLINE,
            Purpose::Delivery
            | Purpose::Token
            | Purpose::Audience
            | Purpose::Canary
            | Purpose::Authorization
            | Purpose::Control => Self::ANSWER_INLINE,
        }
    }

    /// Records a body: inline up to so many bytes, by digest beyond.
    pub fn record(redactor: &Redactor, bytes: &[u8], inline: usize) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        if bytes.len() > inline {
            return Self::digest(redactor, bytes);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(redactor.text(text)),
            Err(_) => Self::binary(redactor, bytes),
        }
    }

    /// Records the body of an answer without copying a text that holds nothing to hide.
    pub fn answered(redactor: &Redactor, bytes: Vec<u8>, inline: usize) -> Self {
        if bytes.is_empty() || bytes.len() > inline {
            return Self::record(redactor, &bytes, inline);
        }
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(redactor.answered(text)),
            Err(error) => Self::binary(redactor, error.as_bytes()),
        }
    }

    /// Of an answer that was understood: its JSON object with what is not known to be harmless masked.
    fn read(redactor: &Redactor, raw: &RawAnswer) -> Self {
        match serde_json::from_slice::<serde_json::Value>(&raw.body) {
            Ok(object) if object.is_object() && raw.body.len() <= Body::ANSWER_INLINE => {
                Self::Text(redactor.own(redactor.fenced_json(&object).to_string()))
            }
            Ok(_) | Err(_) => Self::withheld(raw),
        }
    }

    fn withheld(raw: &RawAnswer) -> Self {
        if raw.body.is_empty() {
            return Self::Empty;
        }
        Self::Withheld(Withheld::seen(&raw.headers, &raw.body, raw.coded.is_none()))
    }

    fn binary(redactor: &Redactor, bytes: &[u8]) -> Self {
        match redactor.bytes(bytes) {
            Some(held) => Self::Text(held),
            None => Self::Base64(STANDARD.encode(bytes)),
        }
    }

    /// The tags of marks are left out, so that a replay comes to the same digest.
    fn digest(redactor: &Redactor, bytes: &[u8]) -> Self {
        let replaced = std::str::from_utf8(bytes)
            .map(|text| untagged(&redactor.replaced(text)).into_owned().into_bytes());
        let bytes = replaced.as_deref().unwrap_or(bytes);
        Self::Digest {
            bytes: bytes.len() as u64,
            sha256: Digest::hash(bytes),
        }
    }

    /// The text, where the body is inline UTF-8.
    pub fn text(&self) -> Option<&str> {
        match self {
            Body::Text(text) => Some(text),
            Body::Empty | Body::Base64(_) | Body::Digest { .. } | Body::Withheld(_) => None,
        }
    }

    /// The body as JSON, where it is; a byte order mark before it is passed over (RFC 8259 section 8.1).
    pub fn json(&self) -> Option<serde_json::Value> {
        let text = self.text()?;
        serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_a_body_are_base64_or_the_record_is_refused() {
        let read = |text: &str| {
            serde_json::from_value::<Body>(serde_json::json!({ "base64": text })).is_ok()
        };
        assert!(read("/w==") && read(""));
        for wrong in ["=", "%%%", "/w", "/w=", "/w==\n", "⟦secret:token⟧"] {
            assert!(!read(wrong), "{wrong}");
        }
    }
}
