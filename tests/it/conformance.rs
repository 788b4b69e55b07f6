//! The reference destination meets every prerequisite, live and replayed, whatever harmless way it answers.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests may panic and say why"
)]

use std::collections::BTreeSet;

use destspec::emulator::rest::Variation;
use destspec::model::conclusion::{Conclusion, RunConclusion, conclude_destination, conclude_run};
use destspec::model::outcome::Outcome;
use destspec::model::profile::Profile;
use destspec::model::record::{Run, Scenario};
use destspec::model::source::Source;
use destspec::model::submission::TestProfiles;
use destspec::publish::report::{Options, Report, json, render};
use destspec::suite::replay::replay;

use crate::support::judged::{
    Wish, all_at_once, alone, emulator, failed, findings, judged, patient, perform, submitted,
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

/// Judges live, closes the network, judges the record again from its text alone: all is equal.
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
    let live = perform(&submitted, wish).await;
    emulator.stop().await;
    let (words, options) = (destspec::suite::words(), Options::default());
    let record = render(Report::Json, &live, &words, &options).unwrap();
    let record = json::parse(&record).unwrap();
    let replayed = replay(&record).await.unwrap();
    assert!(replayed.holds(), "{:#?}", replayed.differences);
    for report in Report::ALL {
        assert_eq!(
            render(report, &live, &words, &options).unwrap(),
            render(report, &replayed.run, &words, &options).unwrap()
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
    let live = perform(&submitted, Wish::default()).await;
    let text = serde_json::to_string(&live).unwrap();
    let forged: Run =
        serde_json::from_str(&text.replacen("\"status\":401", "\"status\":200", 1000)).unwrap();
    let replayed = replay(&forged).await.unwrap();
    let found = failed(&replayed.run);
    assert!(found.contains("STR-2.05"), "{}", findings(&replayed.run));
    assert!(!replayed.differences.is_empty());
}

#[test]
fn no_harmless_variation_changes_a_conclusion() {
    let changed = all_at_once(Variation::ALL, |variation| {
        let varied = BTreeSet::from([*variation]);
        let run = alone(judged(BTreeSet::new(), varied, Wish::default()));
        let unchanged = conclude_run(&run) == RunConclusion::Conformant && failed(&run).is_empty();
        (!unchanged).then(|| format!("{variation}:\n{}", findings(&run)))
    });
    // The runner silences the panic hook while it runs, so the message goes out before the panic.
    eprintln!("{}", changed.join("\n\n"));
    assert!(changed.is_empty(), "variations that change a conclusion");
}

/// The reference submission judged with one destination's server document changed.
async fn with_server(name: &'static str, from: &'static str, to: &'static str) -> Run {
    let emulator = emulator(BTreeSet::new(), BTreeSet::new()).await;
    let submitted = submitted(
        &emulator.base_url(),
        emulator.certificate_authority_pem(),
        |path, text| {
            if path != format!("{name}-server.json") {
                return text;
            }
            assert!(text.contains(from), "{path} has no {from}");
            text.replace(from, to)
        },
    );
    let mut wish = Wish::default();
    wish.selection.destinations = vec![name.to_owned()];
    perform(&submitted, wish).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_leaves_out_what_has_to_be_stored_is_named_as_the_cause() {
    let (all, one) = (
        "addedSegments(namespace.value)",
        "addedSegments(input.profile.segmentMembership.ups)",
    );
    let run = with_server("basic-single", all, one).await;
    assert_eq!(failed(&run), BTreeSet::from(["STR-1a.06".to_owned()]));
    let findings = run.scenarios.iter().filter_map(|s| s.outcome.finding());
    let codes: BTreeSet<&str> = findings.map(|f| f.reason.code.as_ref()).collect();
    assert!(codes.contains("stored.never-sent"), "{codes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn audiences_that_cannot_be_mapped_are_not_sent() {
    let emulator = emulator(BTreeSet::new(), BTreeSet::new()).await;
    let (empty, only) = (
        "\"segmentNamespaceDenyList\": []",
        "\"segmentNamespaceAllowList\": [\"ups\"]",
    );
    let submitted = submitted(
        &emulator.base_url(),
        emulator.certificate_authority_pem(),
        |_, text| text.replace(empty, only),
    );
    let run = perform(&submitted, Wish::default()).await;
    let other = run
        .scenarios
        .iter()
        .filter(|s| s.requirement == "STR-1a.06");
    let words: BTreeSet<&str> = other.map(|s| s.outcome.word()).collect();
    assert_eq!(words, BTreeSet::from(["omitted"]), "{}", findings(&run));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_used_until_it_expires_and_refused_afterwards() {
    expires(None, BTreeSet::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_may_be_taken_a_little_longer_where_the_submission_says_so() {
    let leeway = Some("clock_leeway_seconds = 1");
    expires(leeway, BTreeSet::from([Variation::TokenLeeway])).await;
}

async fn expires(limit: Option<&'static str>, variations: BTreeSet<Variation>) {
    let mut wish = Wish {
        token_life_seconds: Some(2),
        limit,
        ..Wish::default()
    };
    wish.selection.requirements = vec!["STR-2.05".to_owned()];
    let run = judged(BTreeSet::new(), variations, wish).await;
    let expired = run.scenarios.iter().filter(|s| s.title.contains("expired"));
    let passed = expired.filter(|s| s.outcome.word() == "passed").count();
    assert_eq!(passed, 4, "{}", findings(&run));
    assert_eq!(failed(&run), BTreeSet::new(), "{}", findings(&run));
}

/// Two people of the partner's own and one of them again under another name, as a file of test profiles may well have them.
fn own_people() -> TestProfiles {
    let person = |id: &str, name: &str| {
        let profile = Profile::new().identity("external_id", id);
        profile.attribute("firstName", name)
    };
    let ada = person("own-0001", "Ada").identity("email", "ada.own@example.com");
    let again = person("own-0003", "Ada").identity("email", "ada.own@example.com");
    TestProfiles {
        source: Source::new("profiles.json", "[]"),
        profiles: vec![ada, person("own-0002", "Cem"), again],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn few_people_of_the_partners_own_are_judged_one_after_another_and_never_mistaken() {
    for concurrency in [1, 8] {
        let emulator = emulator(BTreeSet::new(), BTreeSet::new()).await;
        let authority = emulator.certificate_authority_pem();
        let mut submitted = submitted(&emulator.base_url(), authority, |_, text| text);
        let named = ["bearer-batch", "bearer-single"];
        for destination in &mut submitted.submission.destinations {
            if named.contains(&destination.name.as_str()) {
                destination.profiles = Some(own_people());
            }
        }
        let mut wish = Wish::default();
        wish.selection.destinations = named.map(str::to_owned).to_vec();
        wish.concurrency = Some(concurrency);
        let run = perform(&submitted, wish).await;
        assert_eq!(failed(&run), BTreeSet::new(), "{}", findings(&run));
        let mut all = run.scenarios.iter();
        assert!(
            all.all(|s| s.outcome.word() != "broken"),
            "{}",
            findings(&run)
        );
        let of_several = |s: &&Scenario| s.requirement == "STR-1.18" && s.destination == named[0];
        let judged = run.scenarios.iter().filter(of_several);
        assert_eq!(judged.filter(|s| s.outcome.word() == "passed").count(), 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authentication_that_is_configured_and_not_given_is_left_out_by_choice() {
    let emulator = emulator(BTreeSet::new(), BTreeSet::new()).await;
    let submitted = submitted(
        &emulator.base_url(),
        emulator.certificate_authority_pem(),
        |path, text| {
            let basic = "\"authType\": \"BASIC\"";
            match path {
                "basic-single.json" => {
                    text.replace(basic, &format!("{basic} }}, {{ \"authType\": \"BEARER\""))
                }
                _ => text,
            }
        },
    );
    let mut wish = Wish::default();
    wish.selection.destinations = vec!["basic-single".to_owned()];
    wish.selection.requirements = vec!["STR-2.BEARER.01".to_owned()];
    let run = perform(&submitted, wish).await;
    let left_out = |scenario: &&Scenario| match &scenario.outcome {
        Outcome::Omitted { reason, filtered } => {
            !filtered && reason.code == "omitted.other-authentication-given"
        }
        Outcome::Passed { .. }
        | Outcome::Failed { .. }
        | Outcome::Blocked { .. }
        | Outcome::Broken { .. } => false,
    };
    assert!(run.scenarios.iter().filter(left_out).count() > 0);
}
