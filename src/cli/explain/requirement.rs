//! A prerequisite with its requirements, and a requirement in full.

use crate::cli::explain::fault::{About, about};
use crate::cli::explain::{Library, page, section};
use crate::model::record::Prerequisite;
use crate::model::requirement::{Obligation, PrerequisiteFamily, Requirement, Sign, Verification};
use crate::model::submission::PartnerKind;
use crate::publish::report::link::links;

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
        .filter(|r| r.belongs_to(&prerequisite.id))
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
    let prerequisites = library.catalogue.prerequisites.iter();
    let own = prerequisites.filter(|p| requirement.belongs_to(&p.id));
    let own: Vec<String> = own.map(|p| format!("{}, {}", p.id, p.title)).collect();
    let sign = match requirement.sign {
        Sign::Positive => "positive: a good thing is accepted",
        Sign::Negative => "negative: a bad thing is refused",
    };
    let condition = requirement.condition.clone();
    let lines = [
        ("prerequisite", own.join("; ")),
        ("level", requirement.level.to_string()),
        ("origin", requirement.origin.to_string()),
        ("kind", sign.to_owned()),
        (
            "applies",
            condition.unwrap_or_else(|| String::from("always")),
        ),
        ("edition", format!("from {} on", requirement.edition)),
        ("source", requirement.source.clone()),
        ("links", pages(&requirement.source)),
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

fn pages(source: &str) -> String {
    let pages = links(source).into_iter().map(|link| link.url);
    pages.collect::<Vec<_>>().join(" ")
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
