//! The reference destination meets every prerequisite, live and replayed, whatever harmless way it answers.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;

use destspec::emulator::Variation;
use destspec::model::conclusion::{Conclusion, RunConclusion, conclude_destination, conclude_run};
use destspec::model::record::Run;
use destspec::publish::report::{Options, Report, render};

use crate::support::judged::{
    Wish, emulator, failed, findings, judged, patient, perform, submitted,
};

fn conclusions(run: &Run) -> Vec<(String, Conclusion)> {
    let all = run
        .destinations
        .iter()
        .flat_map(|d| conclude_destination(run, d));
    all.map(|c| (c.prerequisite, c.conclusion)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_destination_is_conformant() {
    let run = judged(BTreeSet::new(), BTreeSet::new(), Wish::default()).await;
    assert_eq!(
        conclude_run(&run),
        RunConclusion::Conformant,
        "{}",
        findings(&run)
    );
    assert_eq!(failed(&run), BTreeSet::new(), "{}", findings(&run));
    assert!(
        conclusions(&run)
            .iter()
            .any(|(id, c)| id == "STR-1c" && *c == Conclusion::Met)
    );
}

/// Judges live, closes the network, judges the record again: all is equal.
async fn replays(variations: BTreeSet<Variation>, change: fn(&str) -> String) {
    let emulator = emulator(BTreeSet::new(), variations).await;
    let submitted = submitted(
        &emulator.base_url(),
        emulator.certificate_authority_pem(),
        |_, text| change(&text),
    );
    let wish = Wish {
        seed: 5,
        ..Wish::default()
    };
    let live = perform(&submitted, wish, None).await;
    emulator.stop().await;
    let replayed = perform(&submitted, Wish::default(), Some(&live)).await;
    for (one, other) in live.scenarios.iter().zip(&replayed.scenarios) {
        assert_eq!(one, other, "{}", one.id);
    }
    assert_eq!(live, replayed);
    for report in Report::ALL {
        let options = Options::default();
        assert_eq!(
            render(report, &live, &options).unwrap(),
            render(report, &replayed, &options).unwrap()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_with_the_network_closed_gives_the_same_record_and_the_same_reports() {
    replays(BTreeSet::new(), str::to_owned).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_asks_as_often_for_what_is_stored_later() {
    replays(BTreeSet::from([Variation::StoredLater]), patient).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_changed_in_the_record_changes_the_verdict_in_replay() {
    let emulator = emulator(BTreeSet::new(), BTreeSet::new()).await;
    let submitted = submitted(
        &emulator.base_url(),
        emulator.certificate_authority_pem(),
        |_, text| text,
    );
    let live = perform(&submitted, Wish::default(), None).await;
    let text = serde_json::to_string(&live).unwrap();
    let forged: Run =
        serde_json::from_str(&text.replacen("\"status\":401", "\"status\":200", 1000)).unwrap();
    let replayed = perform(&submitted, Wish::default(), Some(&forged)).await;
    assert!(
        failed(&replayed).contains("STR-2.05"),
        "{}",
        findings(&replayed)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_harmless_variation_changes_a_conclusion() {
    for variation in Variation::ALL.iter().copied() {
        let run = judged(
            BTreeSet::new(),
            BTreeSet::from([variation]),
            Wish::default(),
        )
        .await;
        assert_eq!(
            conclude_run(&run),
            RunConclusion::Conformant,
            "{variation}:\n{}",
            findings(&run)
        );
        assert_eq!(
            failed(&run),
            BTreeSet::new(),
            "{variation}:\n{}",
            findings(&run)
        );
    }
}
