//! The plan: which scenarios run against which destination, and for each one left out the reason.
//!
//! Made, linted and matched against the phrase table before anything is sent. A scenario is known by an id that no
//! wording, folder or language changes.

mod lint;
pub mod template;

use gherkin::{Feature, Scenario};

use crate::model::reason::Reason;
use crate::model::record::Selection;
use crate::model::requirement::Level;
use crate::suite::catalogue::Catalogue;
use crate::suite::engine;
use crate::suite::omission;
use crate::suite::phrases::Table;
pub use crate::suite::plan::template::Turn;
use crate::suite::plan::template::{Template, templates};
use crate::suite::subject::Subject;

/// One scenario against one destination.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Stable id, unique within the destination.
    pub id: String,
    /// Index of the destination.
    pub destination: usize,
    /// Path of the feature file.
    pub file: &'static str,
    /// Line in the feature file.
    pub line: usize,
    /// Title of the feature.
    pub feature: String,
    /// Title with example values.
    pub title: String,
    /// The requirement that it judges.
    pub requirement: String,
    /// Level at which it judges it.
    pub level: Level,
    /// Its tags, with `@`.
    pub tags: Vec<String>,
    /// Whether nothing else may run beside it.
    pub alone: bool,
    /// When it runs.
    pub turn: Turn,
    /// Whether it was asked for, be it that it applies or not.
    pub wanted: bool,
    /// Whether it runs.
    pub decision: Decision,
    pub(crate) scenario: Scenario,
    pub(crate) source: Feature,
}

/// Whether a planned scenario runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It runs.
    Run,
    /// It is left out.
    Omit {
        /// Why.
        reason: Reason,
        /// By a filter, and not because it does not apply.
        filtered: bool,
    },
}

/// The whole plan, in the order of the report.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Every scenario of every destination.
    pub scenarios: Vec<Planned>,
    /// What of the suite was wanted.
    pub selection: Selection,
}

/// Why no plan can be made.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The embedded suite is faulty: destspec's fault.
    #[error("the suite is faulty:\n{}", .0.join("\n"))]
    Suite(Vec<String>),
    /// The tag expression is none.
    #[error("cannot read the tag expression `{expression}`: {reason}")]
    Tags {
        /// As given.
        expression: String,
        /// Why.
        reason: String,
    },
    /// A requirement, scenario or destination that does not exist.
    #[error("no {kind} is called `{name}`; there are: {known}")]
    Unknown {
        /// `requirement`, `scenario` or `destination`.
        kind: &'static str,
        /// As given.
        name: String,
        /// What there is.
        known: String,
    },
}

impl Plan {
    /// Makes the plan.
    ///
    /// # Errors
    /// When the suite is faulty or the selection names what does not exist.
    pub fn make(
        catalogue: &Catalogue,
        table: &Table,
        subjects: &[Subject],
        selection: &Selection,
    ) -> Result<Plan, PlanError> {
        let templates = templates(catalogue, table)?;
        exists(selection, catalogue, &templates, subjects)?;
        let tags = selection.tags.as_deref().map(tag_filter).transpose()?;
        let chosen = |t: &Template, subject: &Subject| match &tags {
            Some(filter) if !filter(&t.tags) => Some(omission::by_tags()),
            Some(_) | None => left_out(selection, t, subject),
        };
        let mut scenarios = Vec::new();
        for (index, subject) in subjects.iter().enumerate() {
            scenarios.extend(
                templates
                    .iter()
                    .filter(|t| t.family.concerns(subject.family()))
                    .map(|t| planned(t, index, subject, chosen(t, subject))),
            );
        }
        Ok(Plan {
            scenarios,
            selection: selection.clone(),
        })
    }

    /// How many scenarios run.
    pub fn running(&self) -> usize {
        self.scenarios
            .iter()
            .filter(|s| s.decision == Decision::Run)
            .count()
    }
}

fn left_out(selection: &Selection, template: &Template, subject: &Subject) -> Option<Reason> {
    let wants = |all: &[String], name: &String| all.is_empty() || all.contains(name);
    if !wants(&selection.requirements, &template.requirement) {
        return Some(omission::by_requirement());
    }
    if !wants(&selection.scenarios, &template.id) {
        return Some(omission::by_scenario());
    }
    let wanted = wants(&selection.destinations, &subject.destination().name);
    (!wanted).then(omission::by_destination)
}

/// What a selection names exists.
fn exists(
    selection: &Selection,
    catalogue: &Catalogue,
    templates: &[Template],
    subjects: &[Subject],
) -> Result<(), PlanError> {
    let requirements = catalogue.requirements.iter().map(|r| r.id.as_str());
    let scenarios = templates.iter().map(|t| t.id.as_str());
    let destinations = subjects.iter().map(|s| s.destination().name.as_str());
    known("requirement", &selection.requirements, requirements)?;
    known("scenario", &selection.scenarios, scenarios)?;
    known("destination", &selection.destinations, destinations)
}

fn known<'a>(
    kind: &'static str,
    given: &[String],
    known: impl Iterator<Item = &'a str>,
) -> Result<(), PlanError> {
    let known: Vec<&str> = known.collect();
    match given.iter().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(PlanError::Unknown {
            kind,
            name: name.clone(),
            known: known.join(", "),
        }),
    }
}

fn tag_filter(expression: &str) -> Result<engine::TagFilter, PlanError> {
    engine::tag_filter(expression.trim()).map_err(|reason| PlanError::Tags {
        expression: expression.to_owned(),
        reason,
    })
}

fn planned(
    template: &Template,
    destination: usize,
    subject: &Subject,
    left_out: Option<Reason>,
) -> Planned {
    let unmet = || template.needs.iter().find_map(|need| need.unmet(subject));
    let unmet = template.halted(subject).or_else(unmet);
    let wanted = left_out.is_none();
    let decision = match (unmet.or_else(|| template.too_new_for(subject)), left_out) {
        (Some(reason), _) => Decision::Omit {
            reason,
            filtered: false,
        },
        (None, Some(reason)) => Decision::Omit {
            reason,
            filtered: true,
        },
        (None, None) => Decision::Run,
    };
    Planned {
        id: template.id.clone(),
        destination,
        file: template.file,
        line: template.scenario.position.line,
        feature: template.feature.name.clone(),
        title: template.scenario.name.clone(),
        requirement: template.requirement.clone(),
        level: template.level,
        tags: template.tags.clone(),
        alone: template.alone,
        turn: template.turn,
        wanted,
        decision,
        scenario: template.scenario.clone(),
        source: template.feature.clone(),
    }
}
