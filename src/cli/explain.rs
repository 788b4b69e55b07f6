//! `destspec explain ID`: a requirement in full, or what a code means.

use std::fmt::Write as _;

use crate::cli::Failure;
use crate::model::code::{Code, Says};
use crate::model::finding::Blame;
use crate::model::requirement::{Requirement, Sign, Verification};
use crate::suite::catalogue::Catalogue;
use crate::suite::phrases::Table;
use crate::suite::plan::template::{Template, templates};
use crate::suite::words;

const FAULTS: &str = include_str!("../../fixtures/faults.toml");

#[derive(serde::Deserialize)]
struct Faults {
    fault: Vec<Fault>,
}

#[derive(serde::Deserialize)]
struct Fault {
    name: String,
    fails: Vec<String>,
}

/// The text of `explain`.
///
/// # Errors
/// When no requirement and no code has that id.
pub fn text(id: &str) -> Result<String, Failure> {
    if let Some(code) = words().code(&id.to_ascii_lowercase()) {
        return Ok(meant(code));
    }
    let catalogue = Catalogue::embedded().map_err(Failure::fault)?;
    let table = Table::compile().map_err(Failure::fault)?;
    let scenarios = templates(&catalogue, &table).map_err(Failure::fault)?;
    let wanted = catalogue
        .requirements
        .iter()
        .find(|r| r.id.eq_ignore_ascii_case(id));
    match wanted {
        Some(requirement) => Ok(explained(&catalogue, requirement, &scenarios)),
        None => Err(unknown(&catalogue, id)),
    }
}

fn unknown(catalogue: &Catalogue, id: &str) -> Failure {
    let words = words();
    let codes = words.codes().map(|code| code.id);
    let near = catalogue
        .requirements
        .iter()
        .map(|requirement| requirement.id.as_str())
        .chain(codes)
        .max_by(|a, b| strsim::jaro_winkler(a, id).total_cmp(&strsim::jaro_winkler(b, id)))
        .map(|near| format!("did you mean `{near}`? `destspec list` shows every requirement"));
    Failure::usage(format!("no requirement or code is called `{id}`"), near)
}

fn meant(code: &Code) -> String {
    let mut lines = vec![("means", code.meaning)];
    let kind = match code.says {
        Says::Finding {
            blame,
            expected,
            received,
            remedy,
        } => {
            lines.extend([
                ("who must act", who(blame)),
                ("expected", expected),
                ("received", received),
                ("remedy", remedy),
            ]);
            "a finding: why a scenario did not pass"
        }
        Says::Reason(sentence) => {
            lines.push(("says", sentence));
            "a reason: why a scenario was left out, or something is concluded"
        }
        Says::Term(words) => {
            lines.push(("says", words));
            "a term: a part of a finding's sentence"
        }
    };
    let mut text = format!("{}  {kind}\n\n", code.id);
    for (name, value) in lines {
        let _ = writeln!(text, "  {name:<14}{value}");
    }
    text
}

fn who(blame: Blame) -> &'static str {
    match blame {
        Blame::Destination => "the destination: the scenario failed",
        Blame::Surroundings => "the surroundings: the scenario could not be judged",
        Blame::Destspec => "destspec: please report it",
    }
}

fn explained(catalogue: &Catalogue, requirement: &Requirement, scenarios: &[Template]) -> String {
    let mut text = format!("{}  {}\n\n", requirement.id, requirement.text);
    let title = catalogue
        .prerequisites
        .iter()
        .find(|p| p.id == requirement.prerequisite)
        .map(|p| p.title.as_str());
    let sign = match requirement.sign {
        Sign::Positive => "positive: a good thing is accepted",
        Sign::Negative => "negative: a bad thing is refused",
    };
    let lines = [
        (
            "prerequisite",
            format!(
                "{}, {}",
                requirement.prerequisite,
                title.unwrap_or_default()
            ),
        ),
        ("level", requirement.level.to_string()),
        ("origin", requirement.origin.to_string()),
        ("kind", sign.to_owned()),
        (
            "applies",
            requirement
                .condition
                .clone()
                .unwrap_or_else(|| String::from("always")),
        ),
        ("edition", format!("from {} on", requirement.edition)),
        ("source", requirement.source.clone()),
        ("why", requirement.rationale.clone().unwrap_or_default()),
        ("verified", verified(requirement)),
    ];
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(text, "  {name:<13}{value}");
    }
    section(
        &mut text,
        "Scenarios",
        scenarios
            .iter()
            .filter(|s| s.requirement == requirement.id)
            .map(|s| {
                format!(
                    "{} ({}, {}:{})",
                    s.scenario.name, s.level, s.file, s.scenario.position.line
                )
            }),
    );
    let faults = toml::from_str::<Faults>(FAULTS)
        .map(|f| f.fault)
        .unwrap_or_default();
    let failing = faults
        .into_iter()
        .filter(|f| f.fails.contains(&requirement.id))
        .map(|f| f.name);
    section(
        &mut text,
        "Faults of the reference destination that fail it (destspec run --fault NAME)",
        failing,
    );
    text
}

fn verified(requirement: &Requirement) -> String {
    match requirement.verification {
        Verification::Attested => String::from("by a person's [[attestation]]"),
        Verification::Excluded => {
            format!("not: {}", requirement.reason.clone().unwrap_or_default())
        }
        Verification::Tested => String::from("by the scenarios below"),
    }
}

fn section(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        let _ = write!(text, "\n{title}\n");
        lines.iter().for_each(|line| {
            let _ = writeln!(text, "  {line}");
        });
    }
}
