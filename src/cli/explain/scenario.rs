//! A scenario: what it judges, where it stands, what it needs, its steps.

use crate::cli::explain::{Library, page, section};
use crate::suite::plan::Turn;
use crate::suite::plan::template::Template;

/// The page of a scenario.
pub fn text(library: &Library, scenario: &Template) -> String {
    let requirement = library.catalogue.requirement(&scenario.requirement);
    let judges = requirement.map_or("", |r| r.text.as_str());
    let needs = scenario.tags.iter().filter(|tag| is_need(tag));
    let needs: Vec<&str> = needs.map(String::as_str).collect();
    let when = match (scenario.alone, scenario.turn) {
        (true, _) => "alone: nothing else runs beside it",
        (false, Turn::First) => "before all others",
        (false, Turn::Amid) => "beside others",
        (false, Turn::Last) => "after all others",
    };
    let lines = [
        ("requirement", format!("{}, {judges}", scenario.requirement)),
        ("level", scenario.level.to_string()),
        ("feature", scenario.feature.name.clone()),
        (
            "place",
            format!("{}:{}", scenario.file, scenario.scenario.position.line),
        ),
        ("needs", needs.join(" ")),
        ("runs", when.to_owned()),
    ];
    let heading = format!("{}  {}", scenario.id, scenario.scenario.name);
    let mut text = page(&heading, &lines);
    let steps = scenario
        .steps()
        .map(|(keyword, words)| format!("{keyword:<6}{words}"));
    section(&mut text, "Steps", steps);
    let run = format!("destspec run --scenario {}", scenario.id);
    section(&mut text, "Judge it alone", std::iter::once(run));
    text
}

fn is_need(tag: &str) -> bool {
    tag.trim_start_matches('@').starts_with("needs.")
}
