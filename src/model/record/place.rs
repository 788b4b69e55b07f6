//! Which exchange of a scenario one is, and what it was for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which exchange of a scenario: its lane and its place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeRef {
    /// Lane.
    pub lane: u32,
    /// Place within the lane, from 0.
    pub ordinal: u32,
}

/// What an exchange was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// A message or a file delivered as Experience Platform would.
    Delivery,
    /// The destination asked what it stored.
    Observation,
    /// A token request.
    Token,
    /// An audience created, renamed or deleted as Experience Platform would.
    Audience,
    /// A secret that was made up, sent to a server of destspec itself.
    Canary,
    /// An authorization endpoint asked, as a browser would begin.
    Authorization,
    /// A host asked for the proof that whoever signs the bundle runs it.
    Control,
}

impl Purpose {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Purpose::Delivery => "delivery",
            Purpose::Observation => "observation",
            Purpose::Token => "token",
            Purpose::Audience => "audience",
            Purpose::Canary => "canary",
            Purpose::Authorization => "authorization",
            Purpose::Control => "control",
        }
    }
}

impl fmt::Display for ExchangeRef {
    /// Counted from 1, as reports do; the lane only where it is not the main one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lane {
            0 => write!(f, "#{}", self.ordinal + 1),
            lane => write!(f, "#{lane}.{}", self.ordinal + 1),
        }
    }
}
