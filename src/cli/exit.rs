//! Every exit code, documented; a test holds that `--help` lists the same.

use std::process::ExitCode;

use crate::model::conclusion::{Conclusion, RunConclusion, conclude_destination, conclude_run};
use crate::model::outcome::Outcome;
use crate::model::record::Run;
use crate::review::check::Decision;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Conformant, or the command did what it was asked.
    Success,
    /// Not conformant: a prerequisite is not met.
    NotConformant,
    /// Wrong use, or input that cannot be read.
    Usage,
    /// Could not be judged: the surroundings forbade it.
    Unjudged,
    /// Nothing selected, or incomplete.
    Incomplete,
    /// A record does not bear out what it says.
    Evidence,
    /// Something that is to be packed holds a secret.
    Secret,
    /// What a review decided.
    Reviewed(Decision),
    /// destspec is at fault.
    Fault,
}

impl Exit {
    /// Every code with its meaning, in order; a review has its own ([`Decision::ALL`]).
    pub const ALL: [(Exit, u8, &'static str); 8] = [
        (
            Exit::Success,
            0,
            "conformant (or the command did what it was asked)",
        ),
        (
            Exit::NotConformant,
            1,
            "not conformant: a prerequisite is not met",
        ),
        (Exit::Usage, 2, "wrong use, or input that cannot be read"),
        (
            Exit::Unjudged,
            3,
            "could not be judged: the surroundings forbade it (unreachable, no credentials)",
        ),
        (
            Exit::Incomplete,
            4,
            "nothing selected, or incomplete: filtered, interrupted, or only accepted",
        ),
        (Exit::Evidence, 5, "a record does not bear out what it says"),
        (
            Exit::Secret,
            6,
            "something that is to be packed holds a secret: nothing is written",
        ),
        (Exit::Fault, 70, "destspec is at fault: please report it"),
    ];

    /// The code of a finished run.
    pub fn of_run(run: &Run) -> Exit {
        Self::of_conclusion(run, conclude_run(run))
    }

    /// The code of a run of which that is concluded.
    pub fn of_conclusion(run: &Run, conclusion: RunConclusion) -> Exit {
        let mut all = run.all().flat_map(|run| &run.scenarios);
        if all.any(|s| matches!(s.outcome, Outcome::Broken { .. })) {
            return Exit::Fault;
        }
        match conclusion {
            RunConclusion::Conformant => Exit::Success,
            RunConclusion::NotConformant => Exit::NotConformant,
            RunConclusion::Incomplete if run.all().any(blocked) => Exit::Unjudged,
            RunConclusion::Incomplete => Exit::Incomplete,
        }
    }

    fn meaning(self) -> &'static str {
        if let Exit::Reviewed(decision) = self {
            return decision.meaning();
        }
        let mut all = Self::ALL.iter();
        all.find(|(one, _, _)| *one == self)
            .map_or("", |(_, _, meaning)| meaning)
    }

    /// Its number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Success => 0,
            Exit::NotConformant => 1,
            Exit::Usage => 2,
            Exit::Unjudged => 3,
            Exit::Incomplete => 4,
            Exit::Evidence => 5,
            Exit::Secret => 6,
            Exit::Reviewed(decision) => decision.code(),
            Exit::Fault => 70,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

fn blocked(run: &Run) -> bool {
    let unproven = run
        .destinations
        .iter()
        .flat_map(|d| conclude_destination(run, d));
    let unproven = unproven
        .filter(|c| c.conclusion == Conclusion::Unproven)
        .count()
        > 0;
    unproven
        && run
            .scenarios
            .iter()
            .any(|s| matches!(s.outcome, Outcome::Blocked { .. }))
}

/// The table of these exit codes for `--help`, in order of their numbers.
pub fn table(exits: &[Exit]) -> String {
    let mut rows: Vec<(u8, &str)> = exits.iter().map(|e| (e.code(), e.meaning())).collect();
    rows.sort_unstable();
    let rows = rows
        .iter()
        .map(|(code, meaning)| format!("  {code:>2}  {meaning}"));
    format!("Exit codes:\n{}", rows.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lists_every_code_once() {
        let table = table(&Exit::ALL.map(|(exit, _, _)| exit));
        for (exit, code, _) in Exit::ALL {
            assert_eq!(exit.code(), code);
            assert_eq!(table.matches(&format!("\n  {code:>2}  ")).count(), 1);
        }
    }
}
