//! `destspec explain ID`: a requirement in full.

use std::fmt::Write as _;

use crate::cli::Failure;
use crate::model::requirement::{Requirement, Sign, Verification};
use crate::suite::catalogue::Catalogue;
use crate::suite::phrases::Table;
use crate::suite::plan::template::{Template, templates};

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
/// When no requirement has that id.
pub fn text(id: &str) -> Result<String, Failure> {
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
    let near = catalogue
        .requirements
        .iter()
        .max_by(|a, b| strsim::jaro_winkler(&a.id, id).total_cmp(&strsim::jaro_winkler(&b.id, id)))
        .map(|r| format!("did you mean `{}`? `destspec list` shows every id", r.id));
    Failure::usage(format!("no requirement is called `{id}`"), near)
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
