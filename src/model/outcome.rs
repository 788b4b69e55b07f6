//! The outcome of one scenario, and how strong a pass is.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::finding::{Blame, Finding};
use crate::model::reason::Reason;

/// What became of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase", deny_unknown_fields)]
pub enum Outcome {
    /// What had to be observed was observed.
    Passed {
        /// How much the observation shows.
        strength: Strength,
    },
    /// The destination did not do it.
    Failed {
        /// Why.
        finding: Finding,
    },
    /// The surroundings forbade judging it: unproven.
    Blocked {
        /// Why.
        finding: Finding,
    },
    /// destspec is at fault.
    Broken {
        /// Why.
        finding: Finding,
    },
    /// It did not apply or was not selected.
    Omitted {
        /// Why, always.
        reason: Reason,
        /// Whether it was left out by a filter or an interruption, and not because it does not apply.
        filtered: bool,
    },
}

/// How much a pass shows, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// A 2xx.
    StatusOnly,
    /// The good twin was accepted and the twin with one flaw refused.
    Differential,
    /// The destination said what it stored, and it is what was sent.
    Observed,
}

impl Strength {
    /// Every strength, weakest first.
    pub const ALL: [Strength; 3] = [
        Strength::StatusOnly,
        Strength::Differential,
        Strength::Observed,
    ];

    /// What it says of a pass.
    pub fn meaning(self) -> &'static str {
        match self {
            Strength::StatusOnly => "a 2xx came: nothing shows that it was understood",
            Strength::Differential => {
                "what is right was accepted, and the same with one flaw was refused"
            }
            Strength::Observed => {
                "the destination itself said what it had stored, and that is what was sent"
            }
        }
    }
}

impl Outcome {
    /// The word of each, and what it says of a scenario.
    pub const MEANINGS: [(&'static str, &'static str); 5] = [
        ("passed", "what had to be observed was observed"),
        (
            "failed",
            "the destination did not do it; below MUST that is a warning or a note",
        ),
        (
            "blocked",
            "something else kept it from being judged: the network, credentials, or a step before it that failed",
        ),
        ("broken", "destspec itself is at fault: please report it"),
        (
            "omitted",
            "it does not apply to what the destination claims, or was not selected; the reason stands beside it",
        ),
    ];

    /// The outcome that a finding leads to: its blame decides.
    pub fn from_finding(finding: Finding) -> Self {
        match finding.blame {
            Blame::Destination => Outcome::Failed { finding },
            Blame::Surroundings => Outcome::Blocked { finding },
            Blame::Destspec => Outcome::Broken { finding },
        }
    }

    /// The finding, where there is one.
    pub fn finding(&self) -> Option<&Finding> {
        match self {
            Outcome::Failed { finding }
            | Outcome::Blocked { finding }
            | Outcome::Broken { finding } => Some(finding),
            Outcome::Passed { .. } | Outcome::Omitted { .. } => None,
        }
    }

    /// The outcome with every value replaced by what `text` makes of it.
    #[must_use]
    pub fn map_values(self, text: impl Fn(&str) -> String) -> Self {
        match self {
            Outcome::Passed { strength } => Outcome::Passed { strength },
            Outcome::Failed { finding } => Outcome::Failed {
                finding: finding.map_values(text),
            },
            Outcome::Blocked { finding } => Outcome::Blocked {
                finding: finding.map_values(text),
            },
            Outcome::Broken { finding } => Outcome::Broken {
                finding: finding.map_values(text),
            },
            Outcome::Omitted { reason, filtered } => Outcome::Omitted {
                reason: reason.map_values(text),
                filtered,
            },
        }
    }

    /// The one word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Passed { .. } => "passed",
            Outcome::Failed { .. } => "failed",
            Outcome::Blocked { .. } => "blocked",
            Outcome::Broken { .. } => "broken",
            Outcome::Omitted { .. } => "omitted",
        }
    }
}

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Strength::StatusOnly => "status-only",
            Strength::Differential => "differential",
            Strength::Observed => "observed",
        })
    }
}
