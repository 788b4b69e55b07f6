//! A finding: the code and values of what did not hold, whose fault it is, and where it shows.

use serde::{Deserialize, Serialize};

use crate::model::reason::Reason;
use crate::model::record::ExchangeRef;

/// Why a scenario did not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// What did not hold.
    pub reason: Reason,
    /// Who must act; it belongs to the code.
    pub blame: Blame,
    /// JSON Pointer (RFC 6901) to the difference, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Every single difference, where documents were compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// The exchange of the scenario that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ExchangeRef>,
    /// Whom of a message it is about, where it holds several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PlaceInMessage>,
}

/// A profile by its place in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceInMessage {
    /// From 1.
    pub place: usize,
    /// How many the message holds.
    pub of: usize,
}

/// One place where two documents differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// JSON Pointer (RFC 6901).
    pub pointer: String,
    /// What had to be there, as JSON.
    pub expected: String,
    /// What is there, as JSON.
    pub received: String,
}

/// Whose fault it is.
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

/// Whose move it is, which is more than whose fault: a code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// What the submission and its files decide, and the credentials that they name.
    Configuration,
    /// What the destination does: an endpoint or a location.
    Endpoint,
    /// What lies between: nothing that the destination said.
    Network,
    /// destspec itself.
    Destspec,
}

impl Finding {
    /// A finding of a code; the constructors that `codes!` makes are the ones to call.
    pub fn new(blame: Blame, reason: Reason) -> Self {
        Self {
            reason,
            blame,
            pointer: None,
            differences: Vec::new(),
            exchange: None,
            person: None,
        }
    }

    /// Points at the difference with a JSON Pointer.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Lists every difference.
    #[must_use]
    pub fn differing(mut self, differences: Vec<Difference>) -> Self {
        self.differences = differences;
        self
    }

    /// Has an earlier finding for its cause, and points where that one does.
    #[must_use]
    pub fn because(mut self, earlier: Finding) -> Self {
        self.reason = self.reason.because(&earlier.reason);
        self.pointer = self.pointer.or(earlier.pointer);
        self.exchange = self.exchange.or(earlier.exchange);
        self.person = self.person.or(earlier.person);
        if self.differences.is_empty() {
            self.differences = earlier.differences;
        }
        self
    }

    /// Says whom of a message it is about; of a message about one person there is nothing to say.
    #[must_use]
    pub fn about(mut self, person: PlaceInMessage) -> Self {
        self.person = (person.of > 1).then_some(person);
        self
    }

    /// Names the exchange that shows it.
    #[must_use]
    pub fn shown_by(mut self, exchange: ExchangeRef) -> Self {
        self.exchange = Some(exchange);
        self
    }

    /// The finding with every value replaced by what `text` makes of it.
    #[must_use]
    pub fn map_values(self, text: impl Fn(&str) -> String) -> Self {
        let difference = |d: Difference| Difference {
            pointer: text(&d.pointer),
            expected: text(&d.expected),
            received: text(&d.received),
        };
        Self {
            pointer: self.pointer.as_deref().map(&text),
            differences: self.differences.into_iter().map(difference).collect(),
            reason: self.reason.map_values(&text),
            ..self
        }
    }
}
