//! What the parser of features drops or lets pass without a word, found before a run: each would be a scenario that
//! judges less than it seems to.

use gherkin::StepType;
use regex::Regex;

use crate::suite::catalogue::FeatureFile;
use crate::suite::phrases::{Keyword, Table};
use crate::suite::plan::template::Template;

/// Texts that the parser drops without a word: cells beyond the header, misspelt keywords, media types.
pub(super) fn lost_text(file: FeatureFile) -> Vec<String> {
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

/// Steps that no phrase matches, or several.
pub(super) fn unmatched(template: &Template, table: &Table) -> Vec<String> {
    let place = template.place();
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

/// Scenarios that cannot be told apart.
pub(super) fn duplicates(templates: &[Template]) -> Vec<String> {
    let mut titles = std::collections::HashSet::new();
    let mut ids = std::collections::HashSet::new();
    let mut faults = Vec::new();
    for template in templates {
        let title = template.scenario.name.as_str();
        if !titles.insert((template.file, title)) {
            faults.push(format!(
                "{}: two scenarios are called `{title}`",
                template.file
            ));
        }
        if !ids.insert(template.id.as_str()) {
            let (place, id) = (template.place(), &template.id);
            faults.push(format!(
                "{place}: another scenario has the id `{id}`: give both an `@id.…` tag"
            ));
        }
    }
    faults
}

/// Whether what is given comes first, then what happens, then what is observed.
pub(super) fn disorder(template: &Template) -> Option<String> {
    let rank = |ty: StepType| match ty {
        StepType::Given => 0,
        StepType::When => 1,
        StepType::Then => 2,
    };
    let ranks: Vec<u8> = template.scenario.steps.iter().map(|s| rank(s.ty)).collect();
    let place = template.place();
    if !ranks.contains(&2) {
        return Some(format!("{place} has no `Then`"));
    }
    if !ranks.contains(&1) {
        return Some(format!("{place} has no `When`"));
    }
    (!ranks.is_sorted()).then(|| format!("{place}: expected Given, When, Then in this order"))
}
