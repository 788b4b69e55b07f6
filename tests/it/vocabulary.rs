//! The vocabulary of the suite: every phrase is used, and `features/README.md` says what there is.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::fmt::Write as _;
use std::path::Path;

use destspec::emulator::{Fault, Variation};
use destspec::model::requirement::{Level, Verification};
use destspec::suite::catalogue::{Catalogue, feature_files};
use destspec::suite::need::Need;
use destspec::suite::parameter::PARAMETERS;
use destspec::suite::phrases::{Keyword, PHRASES, Table};
use destspec::suite::plan::template::templates;

use crate::faults::{table, unseen};
use crate::null_destinations::names;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/features/README.md");

fn page() -> String {
    let mut page = String::from(
        "# The phrase book\n\nMade from the code and kept true by a test; renew it with `DESTSPEC_RENEW=1 cargo test vocabulary`.\n",
    );
    for (keyword, title) in [
        (Keyword::Given, "Given"),
        (Keyword::When, "When"),
        (Keyword::Then, "Then"),
    ] {
        let _ = write!(page, "\n## {title}\n\n");
        for phrase in PHRASES.iter().filter(|p| p.keyword == keyword) {
            let _ = writeln!(page, "- {}", phrase.expression);
        }
    }
    page.push_str("\n## Words\n\n");
    for (name, words) in PARAMETERS {
        let _ = writeln!(page, "- `{{{name}}}`: {}", words.join(" · "));
    }
    page.push_str("\n## Tags\n\n- `@must` `@should` `@may` `@info`: the level at which a scenario judges\n- `@req.ID`: the requirement, exactly one\n- `@id.NAME`: the scenario among those of its requirement\n- `@alone`: runs while nothing else does\n- `@first`: runs before all others: where it shows that nobody is let in, nothing else is delivered\n- `@last`: runs after all others\n");
    for tag in Need::tags() {
        let _ = writeln!(page, "- `@{tag}`");
    }
    page.push_str("\n## Faults of the reference destination\n\nEach fails exactly the requirements named, and no other; `–` stands for those between.\n\n| fault | what it does | fails |\n|---|---|---|\n");
    for fault in Fault::all() {
        let fails = table().remove(fault.name()).unwrap_or_default();
        let _ = writeln!(
            page,
            "| {} | {} | {} |",
            fault.name(),
            fault.description(),
            match unseen().get(fault.name()) {
                Some(why) => format!("nothing: {why}"),
                None => folded(fails),
            }
        );
    }
    page.push_str("\n## Harmless variations\n\nNone changes a verdict.\n\n");
    for variation in Variation::all() {
        let _ = writeln!(page, "- {}: {}", variation.name(), variation.description());
    }
    page.push_str("\n## Null destinations\n\nNone meets a prerequisite.\n\n");
    for name in names() {
        let _ = writeln!(page, "- {name}");
    }
    page
}

/// Neighbours as `STR-1a.01–09`, so that a fault with many consequences is read at a glance.
fn folded(ids: impl IntoIterator<Item = String>) -> String {
    let mut runs: Vec<(String, Vec<u32>)> = Vec::new();
    for id in ids {
        let at = id.rfind(['.', '-']).map_or(0, |at| at + 1);
        let (room, number) = id.split_at(at);
        let counted = number.parse::<u32>().ok().map(|number| (room, number));
        let (room, number) = counted
            .unwrap_or_else(|| unreachable!("{id}: expected PREREQUISITE.NUMBER or GROUP-NUMBER"));
        match runs.last_mut() {
            Some((of, numbers)) if of == room && numbers.last() == Some(&(number - 1)) => {
                numbers.push(number);
            }
            _ => runs.push((room.to_owned(), vec![number])),
        }
    }
    let shown = runs.iter().map(|(room, numbers)| match numbers.as_slice() {
        [one] => format!("{room}{one:02}"),
        [one, other] => format!("{room}{one:02}, {room}{other:02}"),
        more => format!("{room}{:02}–{:02}", more[0], more[more.len() - 1]),
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[test]
fn the_phrase_book_is_in_step_with_the_code() {
    if std::env::var_os("DESTSPEC_RENEW").is_some() {
        std::fs::write(PAGE, page()).unwrap();
    }
    let found = std::fs::read_to_string(Path::new(PAGE)).unwrap();
    assert!(
        found == page(),
        "features/README.md is out of step: DESTSPEC_RENEW=1 cargo test vocabulary"
    );
}

#[test]
fn every_phrase_is_used() {
    let table = Table::compile().unwrap();
    let scenarios = templates(&Catalogue::embedded().unwrap(), &table).unwrap();
    let steps: Vec<String> = scenarios
        .iter()
        .flat_map(|t| t.steps().map(|(_, text)| text.to_owned()))
        .collect();
    for phrase in PHRASES {
        let used = |text: &String| {
            table
                .find(phrase.keyword, text)
                .is_ok_and(|(p, _)| p.expression == phrase.expression)
        };
        assert!(
            steps.iter().any(used),
            "`{}` is used by no scenario",
            phrase.expression
        );
    }
}

#[test]
fn every_tested_requirement_has_a_scenario_and_every_excluded_one_a_reason() {
    let catalogue = Catalogue::embedded().unwrap();
    let scenarios = templates(&catalogue, &Table::compile().unwrap()).unwrap();
    for requirement in &catalogue.requirements {
        let of_it = || scenarios.iter().filter(|t| t.requirement == requirement.id);
        match requirement.verification {
            Verification::Tested => {
                assert!(of_it().count() > 0, "{} has no scenario", requirement.id);
                let musts = of_it().filter(|t| t.level == Level::Must).count();
                assert!(
                    requirement.level != Level::Must || musts > 0,
                    "{} is judged below its level",
                    requirement.id
                );
            }
            Verification::Attested | Verification::Excluded => {
                assert_eq!(of_it().count(), 0, "{}", requirement.id)
            }
        }
    }
}

#[test]
fn a_feature_file_is_short_and_says_why_its_rule_exists() {
    for file in feature_files() {
        assert!(
            file.text.lines().count() <= 150,
            "{} is too long",
            file.path
        );
        let prose = file
            .text
            .lines()
            .skip_while(|l| !l.starts_with("Feature:"))
            .skip(1)
            .take_while(|l| !l.contains("Scenario"));
        let lines = prose
            .filter(|l| !l.trim().is_empty() && !l.trim().starts_with('@'))
            .count();
        assert!(lines >= 2, "{} has {lines} lines of prose", file.path);
    }
}
