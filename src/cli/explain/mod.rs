//! `destspec explain WORD`: a prerequisite, a requirement, a scenario, a code, a fault or a verdict, by the name that a
//! report uses.

mod code;
mod fault;
mod requirement;
mod scenario;
mod word;

use std::fmt::Write as _;

use crate::cli::Failure;
use crate::emulator::Fault;
use crate::model::source::suggestion::closest;
use crate::review::known;
use crate::suite::catalogue::Catalogue;
use crate::suite::phrases::Table;
use crate::suite::plan::template::{Template, templates};
use crate::suite::words;

/// What all explanations draw on.
struct Library {
    catalogue: Catalogue,
    scenarios: Vec<Template>,
}

/// The text of `explain`.
///
/// # Errors
/// When nothing has that name.
pub fn text(word: &str) -> Result<String, Failure> {
    let word = word.trim();
    let table = Table::compile().map_err(Failure::fault)?;
    let catalogue = Catalogue::embedded().map_err(Failure::fault)?;
    let scenarios = templates(&catalogue, &table).map_err(Failure::fault)?;
    let library = Library {
        catalogue,
        scenarios,
    };
    library.explained(word).ok_or_else(|| library.unknown(word))
}

impl Library {
    /// A requirement comes before the prerequisite and the scenario that may have its id: it shows both.
    fn explained(&self, word: &str) -> Option<String> {
        let same = |name: &str| name.eq_ignore_ascii_case(word);
        let Catalogue {
            prerequisites,
            requirements,
        } = &self.catalogue;
        let lower = word.to_ascii_lowercase();
        if let Some(code) = words().code(&lower) {
            return Some(code::text(code));
        }
        if let Some(requirement) = requirements.iter().find(|r| same(&r.id)) {
            return Some(requirement::text(self, requirement));
        }
        if let Some(prerequisite) = prerequisites.iter().find(|p| same(&p.id)) {
            return Some(requirement::of_prerequisite(self, prerequisite));
        }
        if let Some(scenario) = self.scenarios.iter().find(|s| same(&s.id)) {
            return Some(scenario::text(self, scenario));
        }
        if let Some(check) = known::ALL.iter().find(|check| same(check.id)) {
            let heading = format!("{}: a check of `destspec verify`", check.id);
            let lines = [
                ("holds where", check.what.to_owned()),
                ("else", check.remedy.to_owned()),
            ];
            return Some(page(&heading, &lines));
        }
        match lower.parse::<Fault>() {
            Ok(fault) => Some(fault::text(self, fault)),
            Err(_) => word::text(&lower),
        }
    }

    fn unknown(&self, word: &str) -> Failure {
        let words = words();
        let mut names: Vec<&str> = Vec::new();
        names.extend(self.catalogue.prerequisites.iter().map(|p| p.id.as_str()));
        names.extend(self.catalogue.requirements.iter().map(|r| r.id.as_str()));
        names.extend(self.scenarios.iter().map(|s| s.id.as_str()));
        names.extend(words.codes().map(|code| code.id));
        names.extend(Fault::all().map(|fault| fault.name()));
        names.extend(known::ALL.iter().map(|check| check.id));
        let verdicts = word::all();
        names.extend(verdicts.iter().map(|word| word.name.as_str()));
        let known = "`destspec list` shows every requirement and scenario, `destspec emulate --fault list` every fault";
        let help = match closest(word, &names) {
            Some(near) => format!("did you mean `{near}`? {known}"),
            None => known.to_owned(),
        };
        Failure::usage(
            format!(
                "no prerequisite, requirement, scenario, code, check, fault or verdict is called `{word}`"
            ),
            Some(help),
        )
    }
}

/// A heading and what is said below it, in two columns; an empty value has no line.
fn page(heading: &str, lines: &[(&str, String)]) -> String {
    let mut text = format!("{heading}\n\n");
    let wide = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0) + 2;
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(text, "  {name:<wide$}{value}");
    }
    text
}

/// A part of a page with a title of its own; nothing where it has no lines.
fn section(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        let _ = write!(text, "\n{title}\n");
        lines.iter().for_each(|line| {
            let _ = writeln!(text, "  {line}");
        });
    }
}
