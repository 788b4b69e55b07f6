//! Conclusions: what the outcomes of scenarios say of a prerequisite, and those of a run.

mod fold;
mod partnership;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::outcome::Strength;
use crate::model::reason::Reason;

pub use crate::model::conclusion::fold::{
    conclude_destination, conclude_destinations, conclude_once, conclude_partnership, conclude_run,
};

/// Why it is concluded.
pub mod codes {
    crate::model::code::codes! {
        /// Every MUST that applies passed, and more than a status shows that it was understood.
        reason "concluded.met" met() { "every applicable MUST passed" }
        /// Every MUST that applies passed by its status alone: nothing shows that the destination understood.
        reason "concluded.status-only" status_only() {
            "answered 2xx, and nothing shows that it understood; add [destination.observe] to prove it"
        }
        /// A MUST failed.
        reason "concluded.failed" failed(requirements) { "{requirements} failed" }
        /// A MUST could not be judged.
        reason "concluded.not-judged" not_judged(requirements) { "{requirements} could not be judged" }
        /// A MUST was not selected, or the run ended before it.
        reason "concluded.not-reached" not_reached(requirements) { "{requirements} not selected or not reached" }
        /// No scenario in the record judges a MUST at its level.
        reason "concluded.not-planned" not_planned(requirements) { "no scenario judges {requirements} as a MUST" }
        /// No MUST passed that demands that a good thing is accepted: refusals alone prove nothing.
        reason "concluded.nothing-positive" nothing_positive() { "no positive scenario could run" }
        /// The prerequisite is mandatory for destinations of this family, and this one does not claim it.
        reason "concluded.not-claimed" not_claimed() { "mandatory, and not claimed" }
        /// The destination does not claim the optional prerequisite, and was judged by it nevertheless.
        reason "concluded.judged-unclaimed" judged_unclaimed() { "not claimed, and judged nevertheless" }
        /// The prerequisite is optional, and the destination does not claim it.
        reason "concluded.not-offered" not_offered() { "optional, and not claimed" }
        /// The record lacks or changes a part of what was planned, so that nothing follows from it.
        reason "concluded.record-not-whole" record_not_whole(part) {
            "the record is not whole: its {part} are not those of the run"
        }
        /// A person states that the prerequisite holds.
        reason "concluded.attested" attested(by, on) { "stated by {by} on {on}" }
        /// A person stated that the prerequisite holds, for a time that had ended when the run began.
        reason "concluded.attestation-expired" attestation_expired(by, on, until) {
            "stated by {by} on {on}, valid until {until}"
        }
        /// A statement is dated later than the run, so that nobody had made it.
        reason "concluded.attestation-later" attestation_later(by, on) {
            "stated by {by} on {on}, after the run"
        }
        /// Nobody states that the prerequisite holds.
        reason "concluded.not-attested" not_attested(prerequisite) { "no [[attestation]] names {prerequisite}" }
    }
}

/// What is concluded of one prerequisite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Every applicable MUST passed, a positive scenario ran, and the strength is differential or better.
    Met,
    /// As met, but status-only: it answered 2xx and nothing shows that it understood.
    Accepted,
    /// A MUST failed.
    NotMet,
    /// A MUST was blocked, or nothing could run, or it is mandatory and not claimed.
    Unproven,
    /// Optional and not claimed.
    NotOffered,
    /// Partnership: a person states it; never *met*.
    Attested,
    /// Partnership: a person stated it for a time that is over.
    Expired,
    /// Partnership: nobody states it.
    Missing,
}

/// What is concluded of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunConclusion {
    /// Every mandatory prerequisite of each destination's family is met, and nothing is missing.
    Conformant,
    /// One is not met.
    NotConformant,
    /// Neither: something was left out, blocked, only accepted, or stopped.
    Incomplete,
}

/// One prerequisite, concluded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concluded {
    /// Prerequisite id.
    pub prerequisite: String,
    /// What is concluded.
    pub conclusion: Conclusion,
    /// The strength of the strongest scenario that passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength: Option<Strength>,
    /// Why.
    pub why: Reason,
}

impl Conclusion {
    /// Every conclusion.
    pub const ALL: [Conclusion; 8] = [
        Conclusion::Met,
        Conclusion::Accepted,
        Conclusion::NotMet,
        Conclusion::Unproven,
        Conclusion::NotOffered,
        Conclusion::Attested,
        Conclusion::Expired,
        Conclusion::Missing,
    ];

    /// What it says of a prerequisite.
    pub fn meaning(self) -> &'static str {
        match self {
            Conclusion::Met => {
                "every MUST that applies passed, and it was seen that the destination understood: differential or observed"
            }
            Conclusion::Accepted => {
                "every MUST that applies passed by its status alone: nothing shows that what was answered 2xx was understood; [destination.observe] raises it to met"
            }
            Conclusion::NotMet => "a MUST failed",
            Conclusion::Unproven => {
                "a MUST could not be judged or did not run: nothing is known, for good or bad"
            }
            Conclusion::NotOffered => "optional, and the destination does not claim it",
            Conclusion::Attested => "no program can test it, and a person states it",
            Conclusion::Expired => "a person stated it, for a time that is over",
            Conclusion::Missing => "no program can test it, and nobody states it",
        }
    }

    /// Whether a conformant run may have it.
    pub fn holds(self) -> bool {
        match self {
            Conclusion::Met | Conclusion::NotOffered | Conclusion::Attested => true,
            Conclusion::Accepted
            | Conclusion::NotMet
            | Conclusion::Unproven
            | Conclusion::Expired
            | Conclusion::Missing => false,
        }
    }
}

impl RunConclusion {
    /// Every conclusion of a run.
    pub const ALL: [RunConclusion; 3] = [
        RunConclusion::Conformant,
        RunConclusion::NotConformant,
        RunConclusion::Incomplete,
    ];

    /// What it says of a run.
    pub fn meaning(self) -> &'static str {
        match self {
            RunConclusion::Conformant => {
                "every mandatory prerequisite of each destination is met or attested, and nothing was left out"
            }
            RunConclusion::NotConformant => "a prerequisite is not met",
            RunConclusion::Incomplete => {
                "neither: something was left out, could not be judged, is accepted only, or was stopped"
            }
        }
    }
}

impl fmt::Display for Conclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Conclusion::Met => "met",
            Conclusion::Accepted => "accepted",
            Conclusion::NotMet => "not met",
            Conclusion::Unproven => "unproven",
            Conclusion::NotOffered => "not offered",
            Conclusion::Attested => "attested",
            Conclusion::Expired => "expired",
            Conclusion::Missing => "missing",
        })
    }
}

impl fmt::Display for RunConclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RunConclusion::Conformant => "conformant",
            RunConclusion::NotConformant => "not conformant",
            RunConclusion::Incomplete => "incomplete",
        })
    }
}
