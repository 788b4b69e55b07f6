//! Why no complete answer came.

use serde::{Deserialize, Serialize};

use crate::model::redact::Redactor;

/// No complete answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// Which kind.
    pub kind: FailureKind,
    /// Redacted text.
    pub text: String,
}

/// Kinds of failure on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The answer broke off or was not HTTP.
    Broken,
    /// The connection was refused.
    Refused,
    /// The connection was reset or closed before an answer.
    Reset,
    /// The host name does not resolve.
    Resolve,
    /// Nothing was sent, for there was no access token to send it with.
    NoToken,
    /// The time limit passed.
    TimedOut,
    /// The time limit passed, and the host has never answered anything.
    Silent,
    /// TLS: handshake or certificate.
    Tls,
    /// Nothing was sent: no client can be made with the credentials and the address that were given.
    Unusable,
    /// Anything else.
    Other,
}

impl Failure {
    /// The failure with its text redacted.
    #[must_use]
    pub fn redacted(self, redactor: &Redactor) -> Self {
        Self {
            kind: self.kind,
            text: redactor.own(self.text),
        }
    }
}
