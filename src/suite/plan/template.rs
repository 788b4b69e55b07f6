//! Scenarios of the suite before any destination is known: read, expanded, with id, level and needs.

use gherkin::{Feature, GherkinEnv, Scenario};

use crate::model::reason::Reason;
use crate::model::requirement::{Edition, Level, PrerequisiteFamily, Verification};
use crate::suite::catalogue::{Catalogue, FeatureFile, feature_files};
use crate::suite::engine;
use crate::suite::need::Need;
use crate::suite::omission;
use crate::suite::phrases::Table;
use crate::suite::plan::PlanError;
use crate::suite::plan::lint::{disorder, duplicates, lost_text, unmatched};
use crate::suite::subject::{CONFIGURATION, Subject};

/// A scenario of the suite, expanded and linted, before any destination is known.
#[derive(Debug, Clone)]
pub struct Template {
    /// Stable id: the requirement, the word of an `@id.…` tag, the `id` of an example row, with `/` between them.
    pub id: String,
    /// Path of the feature file.
    pub file: &'static str,
    /// The feature that it is of, without its scenarios and background.
    pub feature: Feature,
    /// The scenario, its outline expanded and the background's steps before its own.
    pub scenario: Scenario,
    /// Its tags and its feature's, with `@`.
    pub tags: Vec<String>,
    /// Its requirement.
    pub requirement: String,
    /// Its level.
    pub level: Level,
    /// Which destinations it concerns.
    pub family: PrerequisiteFamily,
    /// The oldest edition that asks for it.
    pub edition: Edition,
    /// What it needs.
    pub needs: Vec<Need>,
    /// Whether nothing else may run beside it: it judges time or load.
    pub alone: bool,
    /// When it runs.
    pub turn: Turn,
}

/// When a scenario runs, among those of its destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Before all others: where it shows that nobody is let in, nothing else is sent.
    First,
    /// Between.
    Amid,
    /// After all others: it could lock an account.
    Last,
}

impl Turn {
    /// In their order.
    pub const ALL: [Turn; 3] = [Turn::First, Turn::Amid, Turn::Last];

    fn of(tags: &[&str]) -> Self {
        match (tags.contains(&"first"), tags.contains(&"last")) {
            (true, _) => Turn::First,
            (false, true) => Turn::Last,
            (false, false) => Turn::Amid,
        }
    }
}

impl Template {
    /// Its steps: keyword and text.
    pub fn steps(&self) -> impl Iterator<Item = (&str, &str)> {
        self.scenario
            .steps
            .iter()
            .map(|step| (step.keyword.trim(), step.value.as_str()))
    }

    /// File and title, for a fault.
    pub(super) fn place(&self) -> String {
        place(self.file, &self.scenario)
    }

    /// Why nothing but the configuration of that destination is judged, where this is about something else.
    pub(super) fn halted(&self, subject: &Subject) -> Option<Reason> {
        let about_it = self.requirement.starts_with(CONFIGURATION);
        subject.halted().filter(|_| !about_it)
    }

    pub(super) fn too_new_for(&self, subject: &Subject) -> Option<Reason> {
        let newer = self.edition > subject.edition();
        newer.then(|| omission::edition_older(subject.edition(), self.edition))
    }
}

/// Every scenario of the embedded suite.
///
/// # Errors
/// Every fault that the lint finds.
pub fn templates(catalogue: &Catalogue, table: &Table) -> Result<Vec<Template>, PlanError> {
    let mut templates = Vec::new();
    let mut faults = Vec::new();
    for file in feature_files() {
        match read(file, catalogue) {
            Ok(read) => templates.extend(read),
            Err(found) => faults.extend(found),
        }
    }
    faults.extend(faults_of(&templates, table));
    if faults.is_empty() {
        Ok(templates)
    } else {
        Err(PlanError::Suite(faults))
    }
}

fn faults_of(templates: &[Template], table: &Table) -> Vec<String> {
    let unmatched = templates.iter().flat_map(|t| unmatched(t, table));
    let disorder = templates.iter().filter_map(disorder);
    unmatched
        .chain(disorder)
        .chain(duplicates(templates))
        .collect()
}

/// The scenarios of one file.
fn read(file: FeatureFile, catalogue: &Catalogue) -> Result<Vec<Template>, Vec<String>> {
    let path = file.path;
    let fault = |text: String| vec![format!("{path}: {text}")];
    if file.text.starts_with('\u{feff}') || file.text.contains('\r') {
        return Err(fault(
            "has a byte order mark or carriage returns".to_owned(),
        ));
    }
    let feature =
        Feature::parse(file.text, GherkinEnv::default()).map_err(|e| fault(e.to_string()))?;
    if !feature.rules.is_empty() {
        return Err(fault("rules are not used in this suite".to_owned()));
    }
    let rows = rows(&feature);
    let mut feature = engine::expand(feature).map_err(fault)?;
    let scenarios = std::mem::take(&mut feature.scenarios);
    let background = feature
        .background
        .take()
        .map(|b| b.steps)
        .unwrap_or_default();
    let made = scenarios.into_iter().zip(rows).map(|(mut scenario, row)| {
        scenario.steps.splice(0..0, background.iter().cloned());
        template(path, &feature, scenario, row, catalogue)
    });
    let (good, bad): (Vec<_>, Vec<_>) = made.partition(Result::is_ok);
    let faults: Vec<String> = bad
        .into_iter()
        .filter_map(Result::err)
        .chain(lost_text(file))
        .collect();
    if faults.is_empty() {
        Ok(good.into_iter().filter_map(Result::ok).collect())
    } else {
        Err(faults)
    }
}

/// For each scenario that expansion makes, the `id` of its example row; none where it is no outline.
fn rows(feature: &Feature) -> Vec<Option<String>> {
    let mut rows = Vec::new();
    for scenario in &feature.scenarios {
        if scenario.examples.is_empty() {
            rows.push(None);
        }
        for table in scenario.examples.iter().filter_map(|e| e.table.as_ref()) {
            let Some((header, cells)) = table.rows.split_first() else {
                continue;
            };
            let column = header.iter().position(|name| name == "id");
            let id = |row: &Vec<String>| column.and_then(|at| row.get(at)).cloned();
            rows.extend(cells.iter().map(|row| Some(id(row).unwrap_or_default())));
        }
    }
    rows
}

fn place(file: &str, scenario: &Scenario) -> String {
    format!("{file}: `{}`", scenario.name)
}

fn template(
    file: &'static str,
    feature: &Feature,
    scenario: Scenario,
    row: Option<String>,
    catalogue: &Catalogue,
) -> Result<Template, String> {
    let place = place(file, &scenario);
    let tags: Vec<&str> = feature
        .tags
        .iter()
        .chain(&scenario.tags)
        .map(String::as_str)
        .collect();
    let requirement = requirement(&tags).map_err(|why| format!("{place} {why}"))?;
    let edition = judged(requirement, catalogue).map_err(|why| format!("{place} {why}"))?;
    let family = catalogue.family(requirement);
    let id = id(requirement, &tags, row).map_err(|why| format!("{place} {why}"))?;
    let needs = tags.iter().filter(|tag| tag.starts_with("needs."));
    let needs = needs
        .map(|tag| Need::of_tag(tag).ok_or_else(|| format!("{place} has the unknown tag @{tag}")));
    let level = level(&scenario.tags).or_else(|| level(&feature.tags));
    Ok(Template {
        id,
        file,
        family: family.ok_or_else(|| format!("{place} belongs to no prerequisite"))?,
        level: level.ok_or_else(|| format!("{place} has no level tag"))?,
        edition,
        needs: needs.collect::<Result<_, _>>()?,
        alone: tags.contains(&"alone"),
        turn: Turn::of(&tags),
        requirement: requirement.to_owned(),
        tags: tags.iter().map(|tag| format!("@{tag}")).collect(),
        feature: feature.clone(),
        scenario,
    })
}

fn requirement<'a>(tags: &[&'a str]) -> Result<&'a str, String> {
    let found: Vec<&str> = tags.iter().filter_map(|t| t.strip_prefix("req.")).collect();
    match found.as_slice() {
        [one] => Ok(one),
        other => Err(format!("has {} requirement tags, not one", other.len())),
    }
}

/// The edition of a requirement that a scenario may judge.
fn judged(requirement: &str, catalogue: &Catalogue) -> Result<Edition, String> {
    let known = catalogue.requirement(requirement);
    let known = known.ok_or_else(|| format!("names the unknown requirement {requirement}"))?;
    match known.verification {
        Verification::Tested => Ok(known.edition),
        Verification::Attested | Verification::Excluded => Err(format!(
            "judges {requirement}, which is not marked as tested"
        )),
    }
}

fn id(requirement: &str, tags: &[&str], row: Option<String>) -> Result<String, String> {
    let words: Vec<&str> = tags.iter().filter_map(|t| t.strip_prefix("id.")).collect();
    let row = match row {
        Some(row) if row.is_empty() => return Err("has example rows without an `id`".to_owned()),
        other => other,
    };
    let parts: Vec<&str> = words.into_iter().chain(row.as_deref()).collect();
    let fits = |part: &&str| {
        part.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if let Some(part) = parts.iter().find(|part| !fits(part)) {
        return Err(format!(
            "has the id `{part}`: use lower-case letters, digits and hyphens"
        ));
    }
    Ok([requirement]
        .into_iter()
        .chain(parts)
        .collect::<Vec<_>>()
        .join("/"))
}

fn level(tags: &[String]) -> Option<Level> {
    let levels = [
        ("info", Level::Info),
        ("may", Level::May),
        ("must", Level::Must),
        ("should", Level::Should),
    ];
    let found = levels
        .iter()
        .find(|(name, _)| tags.iter().any(|tag| tag == name));
    found.map(|(_, level)| *level)
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
        match read(file, &catalogue) {
            Ok(templates) => faults_of(&templates, &Table::compile().unwrap()),
            Err(faults) => faults,
        }
    }

    const GOOD: &str = "@must\nFeature: F\n  Why.\n\n  @req.STR-1.02\n  Scenario: S\n    Given a profile in one audience\n    When the message is delivered\n    Then the destination accepts every message\n";

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
            GOOD.replace("accepts every message", "is happy")
                .into_boxed_str(),
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
    fn an_example_row_without_an_id_is_refused() {
        let text = "@must\nFeature: F\n\n  @req.STR-1.02\n  Scenario Outline: S <a>\n    Given a profile in one audience\n    When the message is delivered\n    Then the destination accepts every message\n\n    Examples:\n      | a |\n      | 1 |\n";
        assert!(lint(text)[0].contains("without an `id`"));
    }

    #[test]
    fn two_scenarios_of_one_requirement_need_words_of_their_own() {
        let again = "\n  @req.STR-1.02\n  Scenario: T\n    When the message is delivered\n    Then the destination accepts every message\n";
        let text: &'static str = Box::leak(format!("{GOOD}{again}").into_boxed_str());
        assert!(lint(text)[0].contains("has the id `STR-1.02`"));
    }

    #[test]
    fn what_is_observed_comes_last() {
        let text: &'static str =
            Box::leak(format!("{GOOD}    When the message is delivered\n").into_boxed_str());
        assert!(lint(text)[0].contains("in this order"));
    }

    #[test]
    fn a_table_row_wider_than_its_header_is_refused() {
        let text = "@must\nFeature: F\n\n  @req.STR-1.02\n  Scenario Outline: S <a>\n    Given a profile in one audience\n    When the message is delivered\n    Then the destination accepts every message\n\n    Examples:\n      | id | a |\n      | x | 1 | 2 |\n";
        assert!(
            lint(text)
                .iter()
                .any(|f| f.contains("bars where the header"))
        );
    }
}
