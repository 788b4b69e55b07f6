//! Whether a record is whole: everything that was planned is there, and its parts fit together. What is not whole proves
//! nothing.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::model::digest::{Digest, Digesting};
use crate::model::outcome::Outcome;
use crate::model::record::{Destination, Run, Scenario, StepStatus};
use crate::model::redact::untagged;

/// Why a record is not whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// A prerequisite, requirement, destination, claim, scenario, level or filter is not as it was planned.
    #[error(
        "expected every prerequisite, requirement, destination and scenario as planned, received others"
    )]
    Plan,
    /// A destination claims what is no prerequisite of its family.
    #[error(
        "destination `{destination}`: expected claims of prerequisites of its family, received `{claim}`"
    )]
    Claim {
        /// Its name.
        destination: String,
        /// The claim.
        claim: String,
    },
    /// A requirement belongs to no prerequisite.
    #[error(
        "requirement `{requirement}`: expected a prerequisite of the record, received `{prerequisite}`"
    )]
    Prerequisite {
        /// Its id.
        requirement: String,
        /// The prerequisite that it names.
        prerequisite: String,
    },
    /// A scenario ran against no destination of the record.
    #[error(
        "scenario `{scenario}`: expected a destination of the record, received `{destination}`"
    )]
    Destination {
        /// Its id.
        scenario: String,
        /// The destination that it names.
        destination: String,
    },
    /// A scenario judges no requirement of the record.
    #[error(
        "scenario `{scenario}`: expected a requirement of the record, received `{requirement}`"
    )]
    Requirement {
        /// Its id.
        scenario: String,
        /// The requirement that it names.
        requirement: String,
    },
    /// The steps of a scenario do not lead to its outcome.
    #[error(
        "scenario `{scenario}`: expected the outcome that its steps lead to, received `{outcome}`"
    )]
    Outcome {
        /// Its id.
        scenario: String,
        /// The outcome that it states.
        outcome: &'static str,
    },
    /// There is more of something than any submission has.
    #[error("expected at most {most} {what}, received {received}")]
    Many {
        /// Of what.
        what: &'static str,
        /// The limit.
        most: usize,
        /// How many there are.
        received: usize,
    },
    /// Two destinations have one name.
    #[error("expected destinations of different names, received `{0}` twice")]
    Twice(String),
    /// A repetition is of another run, or was itself run again.
    #[error("repetition {0}: expected the same run again, received another")]
    Repetition(usize),
}

impl RecordFault {
    /// The part of the record that does not fit, as a value of a reason.
    pub fn part(&self) -> &'static str {
        match self {
            RecordFault::Plan => "plan",
            RecordFault::Claim { .. } => "claims",
            RecordFault::Prerequisite { .. } => "prerequisites",
            RecordFault::Destination { .. } | RecordFault::Twice(_) => "destinations",
            RecordFault::Many { what, .. } => what,
            RecordFault::Requirement { .. } => "requirements",
            RecordFault::Outcome { .. } => "outcomes",
            RecordFault::Repetition(_) => "repetitions",
        }
    }
}

/// The first fault of a record, if it has one.
pub fn fault(run: &Run) -> Option<RecordFault> {
    let again = run.repetitions.iter().zip(2..);
    let mut again = again.filter_map(|(again, number)| {
        let other = !is_again(run, again);
        other
            .then_some(RecordFault::Repetition(number))
            .or_else(|| own(again))
    });
    own(run).or_else(|| again.next())
}

/// Whether one run is another again: the same was submitted, planned and asked for.
fn is_again(run: &Run, again: &Run) -> bool {
    again.repetitions.is_empty()
        && again.id != run.id
        && again.destspec == run.destspec
        && again.suite == run.suite
        && again.plan == run.plan
        && again.challenge == run.challenge
        && again.partner == run.partner
        && again.attestations == run.attestations
        && posted(again).eq(posted(run))
}

/// What was submitted: name, text and digest of each file. The marks in place of its secrets have tags of their own in
/// each run.
fn posted(run: &Run) -> impl Iterator<Item = (&str, Cow<'_, str>, Digest)> {
    let sources = run.sources.iter();
    sources.map(|s| (s.name.as_str(), untagged(&s.text), s.sha256))
}

/// What a record may have at most of what is folded with one another.
const PREREQUISITES: usize = 200;
const REQUIREMENTS: usize = 5_000;
const DESTINATIONS: usize = 1_000;
const SCENARIOS: usize = 500_000;

fn many(run: &Run) -> Option<RecordFault> {
    let counted = [
        ("prerequisites", PREREQUISITES, run.prerequisites.len()),
        ("requirements", REQUIREMENTS, run.requirements.len()),
        ("destinations", DESTINATIONS, run.destinations.len()),
        ("scenarios", SCENARIOS, run.scenarios.len()),
    ];
    let (what, most, received) = counted.into_iter().find(|(_, most, n)| n > most)?;
    Some(RecordFault::Many {
        what,
        most,
        received,
    })
}

fn own(run: &Run) -> Option<RecordFault> {
    if let Some(many) = many(run) {
        return Some(many);
    }
    let mut names = HashSet::new();
    let mut destinations = run.destinations.iter().map(|d| d.name.as_str());
    if let Some(twice) = destinations.find(|name| !names.insert(*name)) {
        return Some(RecordFault::Twice(twice.to_owned()));
    }
    let requirements: HashSet<&str> = run.requirements.iter().map(|r| r.id.as_str()).collect();
    let claims = run.destinations.iter().find_map(|d| claim(run, d));
    claims
        .or_else(|| run.requirements.iter().find_map(|r| prerequisite(run, r)))
        .or_else(|| {
            let mut all = run.scenarios.iter();
            all.find_map(|s| scenario((&names, &requirements), s))
        })
        .or_else(|| (plan(run) != run.plan).then_some(RecordFault::Plan))
}

fn claim(run: &Run, destination: &Destination) -> Option<RecordFault> {
    let known = |claim: &String| {
        let mut all = run.prerequisites.iter();
        all.any(|p| p.id == *claim && p.family.concerns(destination.family))
    };
    let stray = destination.claims.iter().find(|claim| !known(claim))?;
    Some(RecordFault::Claim {
        destination: destination.name.clone(),
        claim: stray.clone(),
    })
}

fn prerequisite(
    run: &Run,
    requirement: &crate::model::requirement::Requirement,
) -> Option<RecordFault> {
    let known = |id: &str| run.prerequisites.iter().any(|p| p.id == id);
    let unknown = requirement.prerequisites().find(|id| !known(id))?;
    Some(RecordFault::Prerequisite {
        requirement: requirement.id.clone(),
        prerequisite: unknown.to_owned(),
    })
}

fn scenario(
    (destinations, requirements): (&HashSet<&str>, &HashSet<&str>),
    scenario: &Scenario,
) -> Option<RecordFault> {
    let id = || scenario.id.clone();
    if !destinations.contains(scenario.destination.as_str()) {
        return Some(RecordFault::Destination {
            scenario: id(),
            destination: scenario.destination.clone(),
        });
    }
    if !requirements.contains(scenario.requirement.as_str()) {
        return Some(RecordFault::Requirement {
            scenario: id(),
            requirement: scenario.requirement.clone(),
        });
    }
    (!steps_lead_to_outcome(scenario)).then(|| RecordFault::Outcome {
        scenario: id(),
        outcome: scenario.outcome.word(),
    })
}

/// A pass has every step passed, a finding a step that ended it; nothing that was omitted was judged to its end.
fn steps_lead_to_outcome(scenario: &Scenario) -> bool {
    let steps = &scenario.steps;
    let ended = steps.iter().any(|step| step.status == StepStatus::Ended);
    let through = !steps.is_empty() && steps.iter().all(|s| s.status == StepStatus::Passed);
    match scenario.outcome {
        Outcome::Passed { .. } => through,
        Outcome::Failed { .. } | Outcome::Blocked { .. } => ended,
        Outcome::Broken { .. } => true,
        Outcome::Omitted { .. } => !through,
    }
}

/// SHA-256 of all that was planned: of what a row that is missing or changed would make look better.
pub fn plan(run: &Run) -> Digest {
    let mut planned = Planned(Digesting::default());
    planned.rows([vec![
        run.edition.to_string(),
        run.selection.words(),
        run.partner.kind.to_string(),
    ]]);
    planned.rows(run.prerequisites.iter().map(|p| {
        let asked_of = p.asked_of.map(|kind| kind.to_string()).unwrap_or_default();
        vec![
            p.id.clone(),
            p.family.to_string(),
            p.obligation.to_string(),
            asked_of,
        ]
    }));
    planned.rows(run.requirements.iter().map(|r| {
        let (level, origin) = (r.level.to_string(), r.origin.to_string());
        let (sign, verification) = (r.sign.to_string(), r.verification.to_string());
        let (id, prerequisite) = (r.id.clone(), r.prerequisite.clone());
        let mut row = vec![
            id,
            prerequisite,
            level,
            origin,
            sign,
            r.edition.to_string(),
            verification,
        ];
        // what older records have not stands at the end
        row.extend(r.also.clone());
        row
    }));
    planned.rows(run.destinations.iter().map(|d| {
        let own = vec![d.name.clone(), d.version.clone(), d.family.to_string()];
        [own, d.claims.clone()].concat()
    }));
    planned.rows(run.scenarios.iter().map(|s| {
        let level = s.level.to_string();
        vec![
            s.id.clone(),
            s.destination.clone(),
            s.requirement.clone(),
            level,
        ]
    }));
    planned.rows(run.attestations.iter().map(|a| {
        let until = a.valid_until.clone().unwrap_or_default();
        vec![a.requirement.clone(), a.on.clone(), until]
    }));
    planned.0.finish()
}

/// Every row and field with its length before it, so that none can run into the next.
struct Planned(Digesting);

impl Planned {
    fn rows(&mut self, rows: impl IntoIterator<Item = Vec<String>>) {
        let rows: Vec<Vec<String>> = rows.into_iter().collect();
        self.number(rows.len());
        for row in rows {
            self.number(row.len());
            for field in row {
                self.0.field(field);
            }
        }
    }

    fn number(&mut self, number: usize) {
        self.0.update((number as u64).to_be_bytes());
    }
}
