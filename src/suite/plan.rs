//! The plan: which scenarios run against which destination, and for each one left out the reason.
//!
//! Made, linted and matched against the phrase table before anything is sent.

use gherkin::{Feature, GherkinEnv, Scenario, StepType};
use regex::Regex;

use crate::model::reason::Reason;
use crate::model::requirement::{Edition, Level, Verification};
use crate::suite::catalogue::{Catalogue, FeatureFile, feature_files};
use crate::suite::engine;
use crate::suite::need::Need;
use crate::suite::omission;
use crate::suite::phrases::{Keyword, Table};
use crate::suite::target::Target;

/// What of the suite is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// A Cucumber tag expression over a scenario's tags.
    pub tags: Option<String>,
    /// Requirement ids.
    pub requirements: Vec<String>,
    /// Destination names.
    pub destinations: Vec<String>,
}

/// One scenario against one destination.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Stable id: destination, feature file stem, title with example values.
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
    /// The filter in words, if one is in force.
    pub filter: Option<String>,
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
    /// A requirement or destination that does not exist.
    #[error("no {kind} is called `{name}`; there are: {known}")]
    Unknown {
        /// `requirement` or `destination`.
        kind: &'static str,
        /// As given.
        name: String,
        /// What there is.
        known: String,
    },
}

/// A scenario of the suite, expanded and linted, before any destination is known.
#[derive(Debug, Clone)]
pub struct Template {
    /// Path of the feature file.
    pub file: &'static str,
    /// The feature that it is of, without its scenarios.
    pub feature: Feature,
    /// The scenario, its outline expanded.
    pub scenario: Scenario,
    /// Its tags and its feature's, with `@`.
    pub tags: Vec<String>,
    /// Its requirement.
    pub requirement: String,
    /// Its level.
    pub level: Level,
    /// The oldest edition that asks for it.
    pub edition: Edition,
    /// What it needs.
    pub needs: Vec<Need>,
}

impl Template {
    /// Its steps: keyword and text.
    pub fn steps(&self) -> impl Iterator<Item = (&str, &str)> {
        self.scenario
            .steps
            .iter()
            .map(|step| (step.keyword.trim(), step.value.as_str()))
    }

    fn too_new_for(&self, target: &Target) -> Option<Reason> {
        let newer = self.edition > target.edition;
        newer.then(|| omission::edition_older(target.edition, self.edition))
    }
}

/// Every scenario of the embedded suite.
///
/// # Errors
/// Every fault that the lint finds.
pub fn templates(catalogue: &Catalogue, table: &Table) -> Result<Vec<Template>, PlanError> {
    let mut faults = Vec::new();
    let mut templates = Vec::new();
    for file in feature_files() {
        match read(file) {
            Ok(feature) => templates.extend(split(file, &feature, catalogue, &mut faults)),
            Err(fault) => faults.push(fault),
        }
    }
    faults.extend(templates.iter().flat_map(|t| unmatched(t, table)));
    faults.extend(duplicates(&templates));
    if faults.is_empty() {
        Ok(templates)
    } else {
        Err(PlanError::Suite(faults))
    }
}

impl Plan {
    /// Makes the plan.
    ///
    /// # Errors
    /// When the suite is faulty or the selection names what does not exist.
    pub fn make(
        catalogue: &Catalogue,
        table: &Table,
        targets: &[std::sync::Arc<Target>],
        selection: &Selection,
    ) -> Result<Plan, PlanError> {
        let templates = templates(catalogue, table)?;
        selection.known(catalogue, targets)?;
        let tags = selection.tags.as_deref().map(tag_filter).transpose()?;
        let chosen = |t: &Template, target: &Target| match &tags {
            Some(filter) if !filter(&t.tags) => Some(omission::by_tags()),
            _ => selection.left_out(t, target),
        };
        let mut scenarios = Vec::new();
        for (index, target) in targets.iter().enumerate() {
            scenarios.extend(
                templates
                    .iter()
                    .map(|t| planned(t, index, target, chosen(t, target))),
            );
        }
        Ok(Plan {
            scenarios,
            filter: selection.words(),
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

impl Selection {
    /// The filter in words, if one is in force.
    pub fn words(&self) -> Option<String> {
        let tags = self.tags.iter().map(|t| format!("--tags `{t}`"));
        let requirements = self
            .requirements
            .iter()
            .map(|r| format!("--requirement {r}"));
        let destinations = self
            .destinations
            .iter()
            .map(|d| format!("--destination {d}"));
        let words: Vec<String> = tags.chain(requirements).chain(destinations).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn left_out(&self, template: &Template, target: &Target) -> Option<Reason> {
        if !self.requirements.is_empty() && !self.requirements.contains(&template.requirement) {
            return Some(omission::by_requirement());
        }
        (!self.destinations.is_empty() && !self.destinations.contains(&target.destination.name))
            .then(omission::by_destination)
    }

    fn known(
        &self,
        catalogue: &Catalogue,
        targets: &[std::sync::Arc<Target>],
    ) -> Result<(), PlanError> {
        let requirements: Vec<&str> = catalogue
            .requirements
            .iter()
            .map(|r| r.id.as_str())
            .collect();
        let destinations: Vec<&str> = targets
            .iter()
            .map(|t| t.destination.name.as_str())
            .collect();
        known("requirement", &self.requirements, &requirements)?;
        known("destination", &self.destinations, &destinations)
    }
}

fn known(kind: &'static str, given: &[String], known: &[&str]) -> Result<(), PlanError> {
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
    target: &Target,
    left_out: Option<Reason>,
) -> Planned {
    let unmet = template.needs.iter().find_map(|need| need.unmet(target));
    let decision = match (unmet.or_else(|| template.too_new_for(target)), left_out) {
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
    let stem = template
        .file
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .trim_end_matches(".feature");
    Planned {
        id: format!(
            "{}/{stem}/{}",
            target.destination.name, template.scenario.name
        ),
        destination,
        file: template.file,
        line: template.scenario.position.line,
        feature: template.feature.name.clone(),
        title: template.scenario.name.clone(),
        requirement: template.requirement.clone(),
        level: template.level,
        tags: template.tags.clone(),
        decision,
        scenario: template.scenario.clone(),
        source: template.feature.clone(),
    }
}

fn read(file: FeatureFile) -> Result<Feature, String> {
    let path = file.path;
    if file.text.starts_with('\u{feff}') || file.text.contains('\r') {
        return Err(format!("{path}: has a byte order mark or carriage returns"));
    }
    let feature =
        Feature::parse(file.text, GherkinEnv::default()).map_err(|e| format!("{path}: {e}"))?;
    engine::expand(feature).map_err(|e| format!("{path}: {e}"))
}

fn split(
    file: FeatureFile,
    feature: &Feature,
    catalogue: &Catalogue,
    faults: &mut Vec<String>,
) -> Vec<Template> {
    faults.extend(lost_text(file));
    if feature.background.is_some() || !feature.rules.is_empty() {
        faults.push(format!(
            "{}: backgrounds and rules are not used in this suite",
            file.path
        ));
    }
    let bare = Feature {
        scenarios: Vec::new(),
        ..feature.clone()
    };
    let made = feature
        .scenarios
        .iter()
        .map(|scenario| template(file, &bare, scenario, catalogue));
    let (good, bad): (Vec<_>, Vec<_>) = made.partition(Result::is_ok);
    faults.extend(bad.into_iter().filter_map(Result::err));
    good.into_iter().filter_map(Result::ok).collect()
}

fn template(
    file: FeatureFile,
    feature: &Feature,
    scenario: &Scenario,
    catalogue: &Catalogue,
) -> Result<Template, String> {
    let place = format!("{}: `{}`", file.path, scenario.name);
    if !scenario.steps.iter().any(|s| s.ty == StepType::Then) {
        return Err(format!("{place} has no `Then`"));
    }
    if scenario
        .steps
        .iter()
        .filter(|s| s.keyword.trim() == "When")
        .count()
        != 1
    {
        return Err(format!("{place} has not exactly one `When`"));
    }
    let tags: Vec<&String> = feature.tags.iter().chain(&scenario.tags).collect();
    let requirement = match tags
        .iter()
        .filter_map(|t| t.strip_prefix("req."))
        .collect::<Vec<_>>()
        .as_slice()
    {
        [one] => (*one).to_owned(),
        other => {
            return Err(format!(
                "{place} has {} requirement tags, not one",
                other.len()
            ));
        }
    };
    match catalogue.requirement(&requirement).map(|r| r.verification) {
        Some(Verification::Tested) => {}
        Some(Verification::Attested | Verification::Excluded) => {
            return Err(format!(
                "{place} judges {requirement}, which is not marked as tested"
            ));
        }
        None => {
            return Err(format!(
                "{place} names the unknown requirement {requirement}"
            ));
        }
    }
    let levels = [
        ("info", Level::Info),
        ("may", Level::May),
        ("must", Level::Must),
        ("should", Level::Should),
    ];
    let level_of = |tags: &[String]| {
        levels
            .iter()
            .find(|(t, _)| tags.iter().any(|tag| tag == t))
            .map(|(_, l)| *l)
    };
    let level = level_of(&scenario.tags).or_else(|| level_of(&feature.tags));
    let needs = |tag: &&&String| tag.starts_with("needs.");
    let unknown = tags
        .iter()
        .filter(needs)
        .find(|tag| Need::of_tag(tag).is_none());
    if let Some(tag) = unknown {
        return Err(format!("{place} has the unknown tag @{tag}"));
    }
    Ok(Template {
        file: file.path,
        feature: feature.clone(),
        scenario: scenario.clone(),
        tags: tags.iter().map(|tag| format!("@{tag}")).collect(),
        edition: catalogue
            .requirement(&requirement)
            .map_or(Edition::E1, |r| r.edition),
        requirement,
        level: level.ok_or_else(|| format!("{place} has no level tag"))?,
        needs: tags.iter().filter_map(|tag| Need::of_tag(tag)).collect(),
    })
}

/// Texts that the parser drops without a word: cells beyond the header, misspelt keywords, media types.
fn lost_text(file: FeatureFile) -> Vec<String> {
    let step_like = Regex::new(r"^\s*(Giv|Whe|The|And|But)\w*\s").ok();
    let mut faults = Vec::new();
    let mut width = None;
    let mut described = false;
    for (number, line) in file.text.lines().enumerate() {
        let place = format!("{}:{}", file.path, number + 1);
        let text = line.trim();
        let cells = text.starts_with('|').then(|| text.matches('|').count());
        match (cells, width) {
            (Some(found), Some(header)) if found != header => {
                faults.push(format!(
                    "{place}: {found} bars where the header has {header}"
                ));
            }
            (Some(found), _) => width = Some(found),
            (None, _) => width = None,
        }
        if text.starts_with("\"\"\"") && text.len() > 3 {
            faults.push(format!("{place}: a doc string with a media type"));
        }
        let heading = ["Feature:", "Scenario:", "Scenario Outline:"]
            .iter()
            .any(|h| text.starts_with(h));
        let keyword = ["Given ", "When ", "Then ", "And "]
            .iter()
            .any(|k| text.starts_with(k));
        if heading {
            described = true;
        } else if keyword {
            described = false;
        } else if described
            && !text.starts_with('@')
            && step_like.as_ref().is_some_and(|r| r.is_match(line))
            && line.starts_with("    ")
        {
            faults.push(format!(
                "{place}: looks like a step, is read as description"
            ));
        }
    }
    faults
}

fn unmatched(template: &Template, table: &Table) -> Vec<String> {
    let place = format!("{}: `{}`", template.file, template.scenario.name);
    let keyword = |ty: StepType| match ty {
        StepType::Given => Keyword::Given,
        StepType::When => Keyword::When,
        StepType::Then => Keyword::Then,
    };
    let steps = template.scenario.steps.iter();
    steps
        .filter_map(|s| table.find(keyword(s.ty), &s.value).err())
        .map(|e| format!("{place}: {e}"))
        .collect()
}

fn duplicates(templates: &[Template]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let again = templates
        .iter()
        .filter(|t| !seen.insert((t.file, t.scenario.name.as_str())));
    again
        .map(|t| format!("{}: two scenarios are called `{}`", t.file, t.scenario.name))
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn lint(text: &'static str) -> Vec<String> {
        let catalogue = Catalogue::embedded().unwrap();
        let file = FeatureFile {
            path: "features/x.feature",
            text,
        };
        let mut faults = Vec::new();
        match read(file) {
            Ok(feature) => {
                let templates = split(file, &feature, &catalogue, &mut faults);
                let table = Table::compile().unwrap();
                faults.extend(templates.iter().flat_map(|t| unmatched(t, &table)));
                faults.extend(duplicates(&templates));
            }
            Err(fault) => faults.push(fault),
        }
        faults
    }

    const GOOD: &str = "@must\nFeature: F\n  Why.\n\n  @req.STR-1.02\n  Scenario: S\n    Given a profile in one audience\n    When the message is delivered\n    Then the destination accepts it\n";

    #[test]
    fn the_embedded_suite_is_without_fault() {
        let templates = templates(&Catalogue::embedded().unwrap(), &Table::compile().unwrap());
        assert!(templates.unwrap().len() > 40);
    }

    #[test]
    fn a_good_feature_has_no_fault() {
        assert_eq!(lint(GOOD), Vec::<String>::new());
    }

    #[test]
    fn a_scenario_without_then_is_refused() {
        let faults = lint(
            "@must\nFeature: F\n\n  @req.STR-1.02\n  Scenario: S\n    When the message is delivered\n",
        );
        assert!(faults[0].contains("has no `Then`"), "{faults:?}");
    }

    #[test]
    fn an_unknown_requirement_is_refused() {
        assert!(
            lint(Box::leak(
                GOOD.replace("STR-1.02", "STR-9.99").into_boxed_str()
            ))[0]
                .contains("unknown requirement")
        );
    }

    #[test]
    fn an_undefined_step_is_refused() {
        let faults = lint(Box::leak(
            GOOD.replace("accepts it", "is happy").into_boxed_str(),
        ));
        assert!(faults[0].contains("no phrase matches"), "{faults:?}");
    }

    #[test]
    fn a_misspelt_keyword_is_refused() {
        let faults = lint(Box::leak(
            GOOD.replace("    Given a", "    Givn a").into_boxed_str(),
        ));
        assert!(
            faults
                .iter()
                .any(|f| f.contains("read as description") || f.contains("unknown")),
            "{faults:?}"
        );
    }

    #[test]
    fn a_table_row_wider_than_its_header_is_refused() {
        let text = "@must\nFeature: F\n\n  @req.STR-1.02\n  Scenario Outline: S <a>\n    Given a profile in one audience\n    When the message is delivered\n    Then the destination accepts it\n\n    Examples:\n      | a |\n      | 1 | 2 |\n";
        assert!(
            lint(text)
                .iter()
                .any(|f| f.contains("bars where the header"))
        );
    }
}
