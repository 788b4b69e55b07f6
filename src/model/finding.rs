//! A finding: what was expected, what was received, and who must act.

use serde::{Deserialize, Serialize};

use crate::model::record::ExchangeRef;

/// Why a scenario did not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Who must act.
    pub blame: Blame,
    /// What had to be observed, one line.
    pub expected: String,
    /// What was observed, one line.
    pub received: String,
    /// JSON Pointer (RFC 6901) to the difference, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// A longer text: a structural difference, a cause chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// The exchange of the scenario that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ExchangeRef>,
}

/// Whose move it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Blame {
    /// The destination did not do it.
    Destination,
    /// The surroundings forbade judging it: network, credentials, an earlier step.
    Surroundings,
    /// destspec is at fault.
    Destspec,
}

impl Finding {
    /// A finding against the destination.
    pub fn destination(expected: impl Into<String>, received: impl Into<String>) -> Self {
        Self::new(Blame::Destination, expected, received)
    }

    /// A finding against the surroundings: the requirement stays unproven.
    pub fn surroundings(expected: impl Into<String>, received: impl Into<String>) -> Self {
        Self::new(Blame::Surroundings, expected, received)
    }

    /// A finding against destspec itself.
    pub fn destspec(expected: impl Into<String>, received: impl Into<String>) -> Self {
        Self::new(Blame::Destspec, expected, received)
    }

    fn new(blame: Blame, expected: impl Into<String>, received: impl Into<String>) -> Self {
        Self {
            blame,
            expected: expected.into(),
            received: received.into(),
            pointer: None,
            detail: None,
            remedy: None,
            exchange: None,
        }
    }

    /// Points at the difference with a JSON Pointer.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Adds a longer text.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Says whom of a message it is about, by the place there.
    #[must_use]
    pub fn of_person(mut self, place: usize, of: usize) -> Self {
        if of > 1 {
            self.received = format!("{} (profile {place} of {of})", self.received);
        }
        self
    }

    /// The finding with every text replaced by what `text` makes of it.
    #[must_use]
    pub fn map_texts(self, text: impl Fn(&str) -> String) -> Self {
        Self {
            blame: self.blame,
            expected: text(&self.expected),
            received: text(&self.received),
            pointer: self.pointer.as_deref().map(&text),
            detail: self.detail.as_deref().map(&text),
            remedy: self.remedy.as_deref().map(&text),
            exchange: self.exchange,
        }
    }

    /// Names the exchange that shows it.
    #[must_use]
    pub fn shown_by(mut self, exchange: ExchangeRef) -> Self {
        self.exchange = Some(exchange);
        self
    }
}
