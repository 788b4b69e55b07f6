//! The audience metadata API of a destination that takes files, judged by the program as a user runs it: met without a fault,
//! each fault of it fails exactly its row, and no harmless difference fails anything.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;

use destspec::emulator::rest::{Fault, Variation};
use destspec::model::conclusion::{Conclusion, conclude_destination};
use destspec::model::outcome::Outcome;
use destspec::model::record::Run;
use destspec::publish::report::json;

use crate::faults::{Row, rows};
use crate::support::judged::{all_at_once, failed, findings};
use crate::support::program::Folder;

/// The record of what is judged of audiences on the destination with an audience template.
fn judged(more: &[&str]) -> Run {
    let folder = Folder::empty();
    let all = [
        "run",
        "--seed",
        "1",
        "--quiet",
        "--out",
        "out",
        "--destination",
        "s3-csv",
        "--requirement",
        "BAT-3",
    ];
    folder.run(&[&all, more].concat());
    json::parse(&folder.read("out/record.json")).unwrap()
}

/// Id, outcome and code of the reason of each scenario.
fn outcomes(run: &Run) -> Vec<(&str, &str, String)> {
    let of_it = run.scenarios.iter().filter(|s| s.destination == "s3-csv");
    let of_it = of_it.filter(|s| s.requirement.starts_with("META-"));
    of_it
        .map(|s| {
            let why = match &s.outcome {
                Outcome::Omitted { reason, .. } => reason.code.to_string(),
                Outcome::Passed { .. }
                | Outcome::Failed { .. }
                | Outcome::Blocked { .. }
                | Outcome::Broken { .. } => String::new(),
            };
            (s.id.as_str(), s.outcome.word(), why)
        })
        .collect()
}

#[test]
fn the_audience_api_of_a_destination_that_takes_files_is_met() {
    let run = judged(&[]);
    assert_eq!(failed(&run), BTreeSet::new(), "{}", findings(&run));
    let destination = run
        .destinations
        .iter()
        .find(|d| d.name == "s3-csv")
        .unwrap();
    let concluded = conclude_destination(&run, destination);
    let of = |id: &str| {
        let found = concluded.iter().find(|c| c.prerequisite == id);
        found.map(|c| c.conclusion)
    };
    assert_eq!(of("BAT-3"), Some(Conclusion::Met));
    assert_eq!(of("STR-3"), None);
    let swept = destination.swept_audiences.unwrap();
    assert!(swept.deleted > 0 && swept.left == 0, "{swept:?}");
    let outcomes = outcomes(&run);
    let passed = |id: &str| {
        outcomes
            .iter()
            .any(|(known, word, _)| *known == id && *word == "passed")
    };
    for id in [
        "META-01",
        "META-02",
        "META-03",
        "META-04",
        "META-05",
        "META-06",
        "META-08",
        "META-09/exported",
        "META-10",
        "META-11",
        "META-12",
        "META-12/again",
        "META-12/renamed",
        "META-13",
        "META-14/create",
        "META-14/nearly-create",
        "META-14/notify",
        "META-15",
    ] {
        assert!(passed(id), "{id}: {outcomes:?}");
    }
    for id in ["META-09", "META-09/renamed", "META-17", "META-04/members"] {
        let found = outcomes.iter().find(|(known, ..)| *known == id);
        let (_, word, why) = found.unwrap();
        let left_out = (*word, why.as_str());
        assert_eq!(left_out, ("omitted", "omitted.other-family"), "{id}");
    }
}

fn disagreement(row: &Row) -> Option<String> {
    let run = judged(&["--fault", &row.name]);
    let text = || format!("{}: {:?}\n{}", row.name, failed(&run), findings(&run));
    (failed(&run) != row.fails).then(text)
}

#[test]
fn every_fault_of_announcements_fails_exactly_what_its_row_names() {
    let known: BTreeSet<&str> = Fault::ALL.iter().map(|fault| fault.name()).collect();
    let rows = rows().into_iter();
    let rows: Vec<Row> = rows
        .filter(|row| row.is_of_files() && known.contains(row.name.as_str()))
        .collect();
    assert!(rows.len() > 5);
    let wrong = all_at_once(&rows, disagreement);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What every audience API may get wrong shows here as well, but for what takes a message.
#[test]
fn a_fault_of_every_audience_api_fails_the_same_where_files_are_taken() {
    let streamed = ["META-09", "META-17"];
    let rows: Vec<Row> = rows()
        .into_iter()
        .filter(|row| {
            let name = row.name.as_str();
            [
                "audience-create-500",
                "audience-id-missing",
                "audience-id-changes-on-rename",
                "audience-rename-ignored",
                "audience-delete-forgotten",
            ]
            .contains(&name)
        })
        .map(|mut row| {
            row.fails.retain(|id| !streamed.contains(&id.as_str()));
            row
        })
        .collect();
    assert_eq!(rows.len(), 5);
    let wrong = all_at_once(&rows, disagreement);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_platform_that_loses_letters_of_an_alias_fails_what_is_exported_of_a_new_audience() {
    let run = judged(&["--fault", "non-ascii-lost"]);
    let expected = BTreeSet::from([String::from("META-09")]);
    assert_eq!(failed(&run), expected, "{}", findings(&run));
}

#[test]
fn no_harmless_difference_of_an_audience_api_fails_anything_where_files_are_taken() {
    let variations = [
        Variation::AudienceNoticeAccepted,
        Variation::AudienceNoticeNoContent,
        Variation::AudienceNamesUnique,
        Variation::AudienceDeletedQuietly,
    ];
    let wrong = all_at_once(&variations, |variation| {
        let run = judged(&["--variation", variation.name()]);
        let text = || format!("{variation}: {}", findings(&run));
        (failed(&run) != BTreeSet::new()).then(text)
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_audience_api_that_asks_for_a_token_needs_one() {
    let folder = Folder::empty();
    folder.run(&["init", "acme", "--batch", "s3"]);
    let template = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/submissions/reference/s3-csv-audience.json"
    ));
    folder.write("acme/sdk/audience.json", template.unwrap());
    let submission = folder.read("acme/submission.toml");
    let named = submission.replacen(
        "\n[destination.credentials]",
        "\naudience_template = \"sdk/audience.json\"\n[destination.credentials]",
        1,
    );
    assert_ne!(named, submission);
    folder.write("acme/submission.toml", &named);
    let given = [
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        (
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        ),
    ];
    let ended = folder.run_with(&["check", "acme/submission.toml"], &given);
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("`audience_token = { env"),
        "{}",
        ended.stderr
    );
}
