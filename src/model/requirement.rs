//! Requirements: the testable clauses of Adobe's prerequisites, with level and origin.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::sdk::Family;

/// One testable clause of a prerequisite, as `features/requirements.toml` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Stable id, e.g. `STR-1a.02`.
    pub id: String,
    /// The prerequisite it belongs to, e.g. `STR-1a`.
    pub prerequisite: String,
    /// The prerequisite of the other family that asks for the same, e.g. `BAT-3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<String>,
    /// How binding it is.
    pub level: Level,
    /// Who says so.
    pub origin: Origin,
    /// Whether a good thing must be accepted or a bad thing refused.
    pub sign: Sign,
    /// When it applies, if not always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The rule in one sentence.
    pub text: String,
    /// Why the rule exists, for `explain`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
    /// Where the rule comes from: a section of Adobe's documentation or of an RFC.
    pub source: String,
    /// The oldest edition of the prerequisites page that asks for it.
    pub edition: Edition,
    /// How it is verified.
    pub verification: Verification,
    /// Why it is not tested; present if and only if `verification` is `excluded`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Requirement {
    /// Every prerequisite that it belongs to.
    pub fn prerequisites(&self) -> impl Iterator<Item = &str> {
        let also = self.also.as_deref();
        std::iter::once(self.prerequisite.as_str()).chain(also)
    }

    /// Whether it belongs to that prerequisite.
    pub fn belongs_to(&self, prerequisite: &str) -> bool {
        self.prerequisites().any(|id| id == prerequisite)
    }
}

/// Which destinations or partners a prerequisite concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrerequisiteFamily {
    /// Destinations that take messages.
    Streaming,
    /// Destinations that take files.
    Batch,
    /// Every destination.
    Both,
    /// Partners: a person states it.
    Partnership,
}

/// Whether a destination or partner may do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Obligation {
    /// It may not.
    Mandatory,
    /// It may.
    Optional,
}

/// How binding a requirement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Failing it fails the prerequisite.
    Must,
    /// Failing it is a warning.
    Should,
    /// Failing it is a note.
    May,
    /// Observed and reported only.
    Info,
}

/// Whose rule a requirement is. Reports keep Adobe's and RFC rules apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Follows from Adobe's documentation.
    Adobe,
    /// Follows from an IETF RFC.
    Rfc,
    /// Good sense; nobody's text demands it.
    Convention,
}

/// Polarity of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sign {
    /// A good thing is accepted.
    #[serde(rename = "+")]
    Positive,
    /// A bad thing is refused.
    #[serde(rename = "-")]
    Negative,
}

/// A dated revision of Adobe's prerequisites page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Edition {
    /// The first revision: basic authentication is not among the protocols.
    E1,
    /// Basic authentication added; still says "segment".
    E2,
    /// Says "audience".
    E3,
    /// As E3, with newer front matter: the current revision.
    E4,
}

impl Edition {
    /// The current revision.
    pub const NEWEST: Self = Self::E4;
}

/// How a requirement is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verification {
    /// A person states it.
    Attested,
    /// Not verified, for the reason given.
    Excluded,
    /// A scenario judges it.
    Tested,
}

impl PrerequisiteFamily {
    /// Whom both concern together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self == other {
            true => self,
            false => Self::Both,
        }
    }

    /// Whether it concerns destinations of that family.
    pub fn concerns(self, destination: Family) -> bool {
        match (self, destination) {
            (PrerequisiteFamily::Streaming, Family::Streaming)
            | (PrerequisiteFamily::Batch, Family::File)
            | (PrerequisiteFamily::Both, Family::Streaming | Family::File) => true,
            (PrerequisiteFamily::Streaming, Family::File)
            | (PrerequisiteFamily::Batch, Family::Streaming)
            | (PrerequisiteFamily::Partnership, Family::Streaming | Family::File) => false,
        }
    }
}

impl fmt::Display for PrerequisiteFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PrerequisiteFamily::Streaming => "streaming",
            PrerequisiteFamily::Batch => "batch",
            PrerequisiteFamily::Both => "both",
            PrerequisiteFamily::Partnership => "partnership",
        })
    }
}

impl fmt::Display for Obligation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Obligation::Mandatory => "mandatory",
            Obligation::Optional => "optional",
        })
    }
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sign::Positive => "+",
            Sign::Negative => "-",
        })
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verification::Attested => "attested",
            Verification::Excluded => "excluded",
            Verification::Tested => "tested",
        })
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Must => "must",
            Level::Should => "should",
            Level::May => "may",
            Level::Info => "info",
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Origin::Adobe => "Adobe",
            Origin::Rfc => "RFC",
            Origin::Convention => "convention",
        })
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Edition::E1 => "e1",
            Edition::E2 => "e2",
            Edition::E3 => "e3",
            Edition::E4 => "e4",
        })
    }
}
