//! A prerequisite with its requirements, and a requirement in full.

use crate::cli::explain::fault::{About, about};
use crate::cli::explain::{Library, page, section};
use crate::model::record::Prerequisite;
use crate::model::requirement::{Obligation, PrerequisiteFamily, Requirement, Sign, Verification};
use crate::model::submission::PartnerKind;

/// The page of a prerequisite.
pub fn of_prerequisite(library: &Library, prerequisite: &Prerequisite) -> String {
    let Prerequisite { id, title, .. } = prerequisite;
    let lines = [
        ("concerns", concerns(prerequisite)),
        (
            "obligation",
            match prerequisite.obligation {
                Obligation::Mandatory => {
                    String::from("mandatory: nobody it concerns may do without")
                }
                Obligation::Optional => String::from("optional: judged where it is claimed"),
            },
        ),
    ];
    let mut text = page(&format!("{id}  {title}"), &lines);
    let requirements = library.catalogue.requirements.iter();
    let own: Vec<&Requirement> = requirements
        .filter(|r| r.prerequisite == prerequisite.id)
        .collect();
    let tested = own
        .iter()
        .any(|r| matches!(r.verification, Verification::Tested));
    let shown = own.iter().map(|r| {
        let level = r.level.to_string();
        format!("{:<16}{level:<8}{}", r.id, r.text)
    });
    section(&mut text, "Requirements", shown);
    let runs = tested.then(|| format!("destspec run --requirement {id}"));
    section(&mut text, "Judge them alone", runs.into_iter());
    text
}

fn concerns(prerequisite: &Prerequisite) -> String {
    let kind = match prerequisite.family {
        PrerequisiteFamily::Streaming => "destinations that take messages",
        PrerequisiteFamily::Batch => "destinations that take files",
        PrerequisiteFamily::Both => "every destination",
        PrerequisiteFamily::Partnership => match prerequisite.asked_of {
            Some(PartnerKind::Isv) => "partners that are independent software vendors",
            Some(PartnerKind::Si) => "partners that are system integrators",
            Some(PartnerKind::Customer) | None => "partners",
        },
    };
    kind.to_owned()
}

/// The page of a requirement.
pub fn text(library: &Library, requirement: &Requirement) -> String {
    let mut prerequisites = library.catalogue.prerequisites.iter();
    let title = prerequisites.find(|p| p.id == requirement.prerequisite);
    let title = title.map_or("", |p| p.title.as_str());
    let sign = match requirement.sign {
        Sign::Positive => "positive: a good thing is accepted",
        Sign::Negative => "negative: a bad thing is refused",
    };
    let condition = requirement.condition.clone();
    let lines = [
        (
            "prerequisite",
            format!("{}, {title}", requirement.prerequisite),
        ),
        ("level", requirement.level.to_string()),
        ("origin", requirement.origin.to_string()),
        ("kind", sign.to_owned()),
        (
            "applies",
            condition.unwrap_or_else(|| String::from("always")),
        ),
        ("edition", format!("from {} on", requirement.edition)),
        ("source", requirement.source.clone()),
        ("links", links(&requirement.source).join(" ")),
        ("why", requirement.rationale.clone().unwrap_or_default()),
        ("verified", verified(requirement)),
    ];
    let mut text = page(&format!("{}  {}", requirement.id, requirement.text), &lines);
    let scenarios = library.scenarios.iter();
    let scenarios = scenarios.filter(|s| s.requirement == requirement.id);
    let shown = scenarios.map(|s| {
        let (name, line) = (&s.scenario.name, s.scenario.position.line);
        format!("{}  {name} ({}, {}:{line})", s.id, s.level, s.file)
    });
    section(&mut text, "Scenarios", shown);
    let About { names, others } = about(&requirement.id);
    let more = (others > 0).then(|| format!("and {others} that fail much else besides"));
    section(
        &mut text,
        "Faults of the reference destination that fail it (destspec run --fault NAME)",
        names.into_iter().chain(more),
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

/// The page of each RFC that a source names, at the first section that it names of it.
fn links(source: &str) -> Vec<String> {
    let parts = source.split("RFC ").skip(1);
    let link = |part: &str| {
        let digits = |text: &str| -> String {
            let kept = text.chars();
            let kept = kept.take_while(|c| c.is_ascii_digit() || *c == '.');
            kept.collect::<String>().trim_end_matches('.').to_owned()
        };
        let number = digits(part);
        let rest = part.get(number.len()..).unwrap_or_default();
        let named = ["section ", "sections "].iter();
        let mut named = named.filter_map(|word| rest.trim_start().strip_prefix(word));
        let section = named.next().map(digits).unwrap_or_default();
        let anchor = match section.is_empty() {
            true => String::new(),
            false => format!("#section-{section}"),
        };
        format!("https://www.rfc-editor.org/rfc/rfc{number}{anchor}")
    };
    parts.map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rfc_of_a_source_is_linked_at_its_first_section() {
        let source = "Adobe: OAuth 2; RFC 9110 sections 15.5.2, 11.6.1; RFC 9525";
        let expected = [
            "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2",
            "https://www.rfc-editor.org/rfc/rfc9525",
        ];
        assert_eq!(links(source), expected);
        assert!(links("Adobe: Guardrails").is_empty());
    }
}
