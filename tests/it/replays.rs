//! A record is closed over itself: another process, with an empty environment and another home, judges it again from its
//! text alone and comes to the same; and a record that was edited by hand never comes out conformant.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

use std::process::Command;

use destspec::emulator::rest::ReferenceCredentials;
use destspec::model::conclusion::{RunConclusion, conclude_run};
use destspec::model::outcome::Outcome;
use destspec::model::record::{FORMAT, Run};
use destspec::publish::report::{Options, Report, json, render};
use destspec::suite::replay::replay;
use serde_json::Value;

use crate::support::judged::{Wish, credentials, judged_as};
use crate::support::program::Folder;

/// What another process says of a record, and its exit code.
fn replayed(record: &str) -> (i32, String) {
    let folder = Folder::empty();
    folder.write("record.json", record);
    let output = Command::new(env!("CARGO_BIN_EXE_destspec"))
        .args(["replay", "record.json"])
        .current_dir(folder.path(""))
        .env_clear()
        .env("HOME", folder.path("elsewhere"))
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(text).unwrap(),
    )
}

fn record(run: &Run) -> String {
    render(
        Report::Json,
        run,
        &destspec::suite::words(),
        &Options::default(),
    )
    .unwrap()
}

async fn replays_elsewhere(wish: Wish) {
    let run = judged_as(wish).await;
    let expected = match conclude_run(&run) {
        RunConclusion::Conformant => 0,
        RunConclusion::NotConformant => 1,
        RunConclusion::Incomplete => 4,
    };
    let (code, said) = replayed(&record(&run));
    assert!(
        said.contains("the record bears out all that it says"),
        "{said}"
    );
    assert_eq!(code, expected, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_without_a_colon_replays_elsewhere() {
    replays_elsewhere(Wish {
        credentials: ReferenceCredentials {
            password: "word-3f9c1e88".to_owned(),
            ..credentials()
        },
        ..Wish::of("basic-single")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_of_one_value_and_load_in_lanes_replay_elsewhere() {
    let same = "one-value-for-all-4711".to_owned();
    replays_elsewhere(Wish {
        credentials: ReferenceCredentials {
            password: same.clone(),
            token: same.clone(),
            client_secret: same,
            ..credentials()
        },
        ..Wish::default()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_replays_elsewhere() {
    replays_elsewhere(Wish {
        interrupt_after: Some(20),
        ..Wish::of("oauth2-basic")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_run_replays_elsewhere() {
    let wish = Wish {
        in_flight: Some(1),
        ..Wish::of("bearer-single")
    };
    let run = judged_as(wish).await;
    let (_, said) = replayed(&record(&run));
    assert!(
        said.contains("the record bears out all that it says"),
        "{said}"
    );
}

/// What a kept record holds: a delivery, a flaw, a history, near misses, token requests, and what was seen of the host.
const KEPT: [&str; 6] = [
    "STR-1.01",
    "STR-1.05/limit-less-one",
    "STR-1a.07/leaves",
    "STR-2.05/nearly-right",
    "STR-2.OAUTH2.03",
    "STR-2.OAUTH2.07/wrong-secret",
];

/// The oldest format of which a record can have been published.
const OLDEST: u32 = 2;

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_every_format_is_read_and_judged_again_alike() {
    for format in OLDEST..=FORMAT {
        let path = format!(
            "{}/fixtures/runs/format-{format}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        if format == FORMAT && std::env::var_os("DESTSPEC_RENEW").is_some() {
            let mut wish = Wish::of("oauth2-batch");
            wish.selection.scenarios = KEPT.map(ToOwned::to_owned).to_vec();
            wish.certified = true;
            std::fs::write(&path, record(&judged_as(wish).await)).unwrap();
        }
        let text = std::fs::read_to_string(&path);
        let kept = json::parse(&text.unwrap_or_else(|error| panic!("{path}: {error}"))).unwrap();
        let again = replay(&kept).await.unwrap().run;
        let outcome = |run: &Run, id: &str| {
            let found = run.scenarios.iter().find(|scenario| scenario.id == id);
            found.map(|scenario| scenario.outcome.clone())
        };
        for id in KEPT {
            let (then, now) = (outcome(&kept, id), outcome(&again, id));
            assert!(matches!(then, Some(Outcome::Passed { .. })), "{path}: {id}");
            assert_eq!(then, now, "{path}: {id}");
        }
    }
}

/// The record with a change made by hand, its conclusions made to fit as far as the change lets them.
fn forged(run: &Run, change: impl Fn(&mut Value)) -> Option<Run> {
    let mut value = serde_json::to_value(run).unwrap();
    change(&mut value);
    serde_json::from_value(value).ok()
}

/// The place of a scenario whose strength can be weakened.
fn observed(run: &Value) -> usize {
    let mut all = run["scenarios"].as_array().unwrap().iter();
    all.position(|scenario| scenario["outcome"]["strength"] == "observed")
        .unwrap()
}

/// Whether anybody would take it for a conformant run.
async fn passes(run: Option<Run>) -> bool {
    let Some(run) = run else { return false };
    if conclude_run(&run) != RunConclusion::Conformant || json::parse(&record(&run)).is_err() {
        return false;
    }
    match replay(&run).await {
        Ok(replayed) => {
            replayed.differences.is_empty() && replayed.conclusion() == RunConclusion::Conformant
        }
        Err(_) => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_edited_by_hand_is_never_conformant_again() {
    let run = judged_as(Wish::of("bearer-single")).await;
    assert!(passes(forged(&run, |_| {})).await, "the record as it came");
    type Edit = fn(&mut Value);
    let edits: [(&str, Edit); 9] = [
        ("a claim left out", |run| {
            run["destinations"][0]["claims"]
                .as_array_mut()
                .unwrap()
                .pop();
        }),
        ("a scenario left out", |run| {
            let at = observed(run);
            run["scenarios"].as_array_mut().unwrap().remove(at);
        }),
        ("the destination left out", |run| {
            run["destinations"].as_array_mut().unwrap().clear();
        }),
        ("a level lowered", |run| {
            let at = observed(run);
            run["scenarios"][at]["level"] = "may".into();
        }),
        ("an outcome weakened", |run| {
            let at = observed(run);
            run["scenarios"][at]["outcome"] =
                serde_json::json!({"is": "passed", "strength": "status-only"});
        }),
        ("a body withheld", |run| {
            let at = observed(run);
            let body = &mut run["scenarios"][at]["exchanges"][0]["act"]["http"]["request"]["body"];
            *body = serde_json::json!({"text": "⟦withheld:token⟧"});
        }),
        ("a URL withheld", |run| {
            let at = observed(run);
            run["scenarios"][at]["exchanges"][0]["act"]["http"]["request"]["url"] =
                "⟦withheld:token⟧".into();
        }),
        ("an exchange left out", |run| {
            let at = observed(run);
            run["scenarios"][at]["exchanges"]
                .as_array_mut()
                .unwrap()
                .remove(0);
        }),
        ("another seed", |run| run["seed"] = 4711.into()),
    ];
    for (what, edit) in edits {
        assert!(!passes(forged(&run, edit)).await, "{what}");
    }
}
