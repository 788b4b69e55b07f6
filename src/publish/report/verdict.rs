//! What a reader must think of a scenario, and the tone of a conclusion: enums to the last line, so that nothing unknown
//! turns green.

use std::fmt::{self, Display};

use serde::{Serialize, Serializer};

use crate::model::conclusion::{Conclusion, RunConclusion};
use crate::model::outcome::Outcome;
use crate::model::requirement::Level;

/// What a reader must think of a scenario, the most pressing first: its outcome, except that a failure below MUST is a
/// warning or a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Failed at MUST.
    Failed,
    /// destspec's own fault.
    Broken,
    /// Could not be judged.
    Blocked,
    /// Failed at SHOULD.
    Warning,
    /// Failed at MAY or INFO.
    Note,
    /// Passed.
    Passed,
    /// Left out.
    Omitted,
}

/// How a conclusion is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It holds.
    Good,
    /// It does not.
    Bad,
    /// It is open.
    Open,
    /// It is of no concern.
    Quiet,
}

impl Verdict {
    /// Every verdict, in order.
    pub const ALL: [Verdict; 7] = [
        Verdict::Failed,
        Verdict::Broken,
        Verdict::Blocked,
        Verdict::Warning,
        Verdict::Note,
        Verdict::Passed,
        Verdict::Omitted,
    ];

    /// The verdict on an outcome at a level.
    pub fn new(outcome: &Outcome, level: Level) -> Self {
        match (outcome, level) {
            (Outcome::Failed { .. }, Level::Must) => Verdict::Failed,
            (Outcome::Failed { .. }, Level::Should) => Verdict::Warning,
            (Outcome::Failed { .. }, Level::May | Level::Info) => Verdict::Note,
            (Outcome::Passed { .. }, _) => Verdict::Passed,
            (Outcome::Blocked { .. }, _) => Verdict::Blocked,
            (Outcome::Broken { .. }, _) => Verdict::Broken,
            (Outcome::Omitted { .. }, _) => Verdict::Omitted,
        }
    }
}

impl From<Conclusion> for Tone {
    fn from(conclusion: Conclusion) -> Self {
        match conclusion {
            Conclusion::Met | Conclusion::Attested => Tone::Good,
            Conclusion::NotMet => Tone::Bad,
            Conclusion::NotOffered => Tone::Quiet,
            Conclusion::Accepted
            | Conclusion::Unproven
            | Conclusion::Expired
            | Conclusion::Missing => Tone::Open,
        }
    }
}

impl From<RunConclusion> for Tone {
    fn from(conclusion: RunConclusion) -> Self {
        match conclusion {
            RunConclusion::Conformant => Tone::Good,
            RunConclusion::NotConformant => Tone::Bad,
            RunConclusion::Incomplete => Tone::Open,
        }
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Failed => "failed",
            Verdict::Broken => "broken",
            Verdict::Blocked => "blocked",
            Verdict::Warning => "warning",
            Verdict::Note => "note",
            Verdict::Passed => "passed",
            Verdict::Omitted => "omitted",
        })
    }
}

/// A value as a template of the page needs it: `key` for a class, `text` to read.
#[derive(Serialize)]
struct Shown<'a, T> {
    key: &'a T,
    text: String,
}

/// Serialises a value with its key and its text.
///
/// # Errors
/// When the serialiser refuses it.
pub fn shown<T: Serialize + Display, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let text = value.to_string();
    Shown { key: value, text }.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{Blame, Finding};
    use crate::model::outcome::Strength;
    use crate::model::reason::Reason;

    #[test]
    fn only_a_pass_is_passed_and_a_failure_weighs_as_its_level() {
        let finding = || Finding::new(Blame::Destination, Reason::new("test.code"));
        let verdicts = |outcome: &Outcome| {
            [Level::Must, Level::Should, Level::May, Level::Info].map(|l| Verdict::new(outcome, l))
        };
        let failed = Outcome::Failed { finding: finding() };
        let weighed = [
            Verdict::Failed,
            Verdict::Warning,
            Verdict::Note,
            Verdict::Note,
        ];
        assert_eq!(verdicts(&failed), weighed);
        let blocked = Outcome::Blocked { finding: finding() };
        assert_eq!(verdicts(&blocked), [Verdict::Blocked; 4]);
        let passed = Outcome::Passed {
            strength: Strength::Observed,
        };
        assert_eq!(verdicts(&passed), [Verdict::Passed; 4]);
    }
}
