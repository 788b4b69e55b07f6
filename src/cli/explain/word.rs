//! The words of a verdict: of a scenario, of how much a pass shows, of a prerequisite, of a run.

use crate::cli::explain::page;
use crate::model::conclusion::{Conclusion, RunConclusion};
use crate::model::outcome::{Outcome, Strength};

/// A word of a report.
pub struct Word {
    /// As it is printed.
    pub name: String,
    of: &'static str,
    meaning: &'static str,
}

impl Word {
    fn new(name: impl ToString, of: &'static str, meaning: &'static str) -> Self {
        let name = name.to_string();
        Self { name, of, meaning }
    }
}

/// Every word.
pub fn all() -> Vec<Word> {
    let scenario = Outcome::MEANINGS.iter();
    let scenario =
        scenario.map(|(name, meaning)| Word::new(name, "the outcome of a scenario", meaning));
    let strength = Strength::ALL.iter();
    let strength = strength.map(|s| Word::new(s, "the strength of a pass", s.meaning()));
    let concluded = Conclusion::ALL.iter();
    let concluded =
        concluded.map(|c| Word::new(c, "the conclusion of a prerequisite", c.meaning()));
    let run = RunConclusion::ALL.iter();
    let run = run.map(|c| Word::new(c, "the conclusion of a run", c.meaning()));
    scenario
        .chain(strength)
        .chain(concluded)
        .chain(run)
        .collect()
}

/// The page of a word, which may be written with a hyphen.
pub fn text(word: &str) -> Option<String> {
    let spaced = word.replace('-', " ");
    let mut all = all().into_iter();
    let found = all.find(|known| known.name == word || known.name == spaced)?;
    let heading = format!("{}  {}", found.name, found.of);
    Some(page(&heading, &[("means", found.meaning.to_owned())]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{Blame, Finding};
    use crate::model::reason::Reason;

    #[test]
    fn every_word_of_a_verdict_is_explained() {
        for word in [
            "unproven",
            "met",
            "observed",
            "status-only",
            "not-met",
            "not offered",
        ] {
            assert!(
                text(word).is_some_and(|page| page.contains("  means  ")),
                "{word}"
            );
        }
        for blame in [Blame::Destination, Blame::Surroundings, Blame::Destspec] {
            let outcome = Outcome::from_finding(Finding::new(blame, Reason::new("a.b")));
            assert!(text(outcome.word()).is_some(), "{}", outcome.word());
        }
        assert_eq!(text("perhaps"), None);
    }
}
