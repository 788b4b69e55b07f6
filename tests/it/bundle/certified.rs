//! Runs that were made to be certified, what a reviewer runs again of them, and what is signed in the end.

use destspec::model::digest::Digest;
use destspec::model::outcome::{Outcome, Strength};
use destspec::model::record::Run;
use destspec::publish::bundle::signature::sign;
use destspec::publish::bundle::{PARTNER, STATEMENT, zip};
use destspec::review::certificate::{Certificate, CertificateError, NAMESPACE};
use destspec::review::check::Decision;
use destspec::review::ledger::Spent;
use destspec::review::sample::{Comparison, compare, pick};
use destspec::review::signature::{signed_by, signers};
use destspec::review::{Reviewer, review};
use serde_json::json;
use tokio::sync::OnceCell;

use super::edits::stated_until;
use super::forged::edited;
use super::signed::{WHO, challenge, private, public};
use super::{AT, LENIENT, failing, files, packed, reviewed, reviewer, small, whole};
use crate::support::judged::{Wish, judged_as};

/// A conformant run of one destination with its canary.
pub async fn run() -> &'static Run {
    static RUN: OnceCell<Run> = OnceCell::const_new();
    RUN.get_or_init(|| {
        judged_as(Wish {
            certified: true,
            ..Wish::of("bearer-single")
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_secret_is_seen_and_recorded_nowhere() {
    let run = run().await;
    let canary = run.destinations[0].canary.as_ref().unwrap();
    assert_eq!(canary.fault(&run.id), None);
    assert_eq!((canary.seen, canary.found), (canary.planted, 0));
    assert_eq!(canary.exchanges.len(), 3);
    // two secrets in thirteen guises each, three headers in two answers, URL and header of three requests
    assert_eq!(canary.planted, 2 * 13 + 2 * 3 + 3 * 2);
    let text = serde_json::to_string(canary).unwrap();
    let letters = text.split(|c: char| !c.is_ascii_alphanumeric());
    let long: Vec<&str> = letters
        .filter(|word| word.len() >= 32 && **word != *run.id)
        .collect();
    assert_eq!(long, [""; 0], "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_follows_from_the_secret_and_holds_only_what_was_judged() {
    let run = whole().await;
    let one = pick(run, b"secret", 20);
    assert_eq!(one.len(), 20);
    assert_eq!(one, pick(run, b"secret", 20));
    assert_eq!(one[..5], pick(run, b"secret", 5));
    assert_ne!(one, pick(run, b"another", 20));
    for picked in pick(run, b"secret", usize::MAX) {
        let mut all = run.scenarios.iter();
        let scenario = all.find(|s| s.id == picked.id && s.destination == picked.destination);
        let outcome = &scenario.unwrap().outcome;
        assert!(matches!(
            outcome,
            Outcome::Passed { .. } | Outcome::Failed { .. }
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_run_again_is_compared_by_what_became_of_it() {
    let run = whole().await;
    let picked = pick(run, b"secret", 1).remove(0);
    let other = edited(run, |value| {
        let mut all = value["scenarios"].as_array_mut().unwrap().iter_mut();
        let one = all.find(|s| s["id"] == picked.id.as_str()).unwrap();
        one["outcome"] = json!({"is": "failed", "finding": {
            "reason": {"code": "answer.not-accepted"}, "blame": "destination"}});
    });
    let failed = other
        .scenarios
        .iter()
        .any(|s| matches!(s.outcome, Outcome::Failed { .. }));
    assert!(failed, "the edit did nothing");
    assert_eq!(compare(run, run, &picked), Comparison::Alike);
    assert_eq!(compare(run, &other, &picked), Comparison::Contradicted);
    assert_eq!(compare(&other, run, &picked), Comparison::Better);
    let mut weaker = run.clone();
    for scenario in &mut weaker.scenarios {
        if let Outcome::Passed { strength } = &mut scenario.outcome {
            *strength = Strength::StatusOnly;
        }
    }
    assert_eq!(compare(run, &weaker, &picked), Comparison::Weaker);
    assert_eq!(compare(&weaker, run, &picked), Comparison::Alike);
    let nothing = edited(run, |value| value["scenarios"] = json!([]));
    assert_eq!(compare(run, &nothing, &picked), Comparison::Unjudged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_of_the_statement_the_policy_and_a_time() {
    let review = reviewed(&packed(run().await), LENIENT).await;
    let at = AT.parse().unwrap();
    let certificate = Certificate::of(&review, ("review.toml", LENIENT), at, 90).unwrap();
    let statement = Digest::hash(&files(run().await)[STATEMENT]);
    assert_eq!(certificate.subject[0].digest.sha256, statement);
    let policy = &certificate.predicate.verifier.policies[0];
    assert_eq!(policy.digest.sha256, Digest::hash(LENIENT));
    let properties = &certificate.predicate.properties;
    assert!(
        properties.contains(&"DESTSPEC_VALID_UNTIL_2027_02_19".to_owned()),
        "{properties:?}"
    );
    for named in [
        "DESTSPEC_ASSURANCE_L0",
        "DESTSPEC_PARTNER=Moonshine Analytics",
        "DESTSPEC_DESTINATION=bearer-single 1",
        "DESTSPEC_HOST=localhost",
    ] {
        assert!(properties.contains(&named.to_owned()), "{properties:?}");
    }
    let text = certificate.render().unwrap();
    assert_eq!(
        serde_json::from_str::<Certificate>(&text).unwrap(),
        certificate
    );
    let signature = sign(&private(1), NAMESPACE, text.as_bytes()).unwrap();
    assert!(signed_by(signature.as_bytes(), (NAMESPACE, text.as_bytes())).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_holds_no_longer_than_what_persons_stated() {
    let run = stated_until(run().await, "2026-12-01");
    let review = reviewed(&packed(&run), LENIENT).await;
    assert_eq!(failing(&review), [""; 0], "{:#?}", review.checks);
    let line = review.person.iter().find(|line| line.starts_with("PAR-1"));
    assert!(line.unwrap().contains("until 2026-12-01"), "{line:?}");
    let at = AT.parse().unwrap();
    let certificate = Certificate::of(&review, ("review.toml", LENIENT), at, 90).unwrap();
    let properties = &certificate.predicate.properties;
    let until = "DESTSPEC_VALID_UNTIL_2026_12_01".to_owned();
    assert!(properties.contains(&until), "{properties:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_accepted_gets_no_certificate() {
    let strict = LENIENT.replace("certified = false", "certified = true");
    for (archive, policy, decision) in [
        (packed(small().await), LENIENT, Decision::NotConformant),
        (packed(whole().await), &strict, Decision::Refused),
        (Vec::new(), LENIENT, Decision::Malformed),
    ] {
        let review = reviewed(&archive, policy).await;
        let made = Certificate::of(&review, ("review.toml", policy), AT.parse().unwrap(), 90);
        let refused = matches!(made, Err(CertificateError::Decision(of)) if of == decision);
        assert!(refused, "{made:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_that_was_spent_on_another_bundle_is_refused() {
    let text = challenge("0a");
    let seed = destspec::model::challenge::Challenge::parse(&text)
        .unwrap()
        .seed(&text, 1);
    let mut run = judged_as(Wish {
        seed,
        certified: true,
        ..Wish::of("bearer-single")
    })
    .await;
    run.challenge = Some(text.clone());
    let archive = packed(&run);
    let spent = |statement: Digest| Spent {
        challenge_sha256: Digest::hash(&text),
        statement_sha256: statement,
    };
    let own = Digest::hash(&files(&run)[STATEMENT]);
    for (statement, accepted) in [(own, true), (Digest::hash("another"), false)] {
        let reviewer = Reviewer {
            challenge: Some(text.clone()),
            ledger: vec![spent(statement)],
            ..reviewer(LENIENT)
        };
        let review = review(&archive, &reviewer).await;
        assert_eq!(
            review.decision == Decision::Accepted,
            accepted,
            "{:?}",
            failing(&review)
        );
        assert_eq!(failing(&review).contains(&"G1"), !accepted);
        let mut checks = review.checks.iter();
        let challenged = checks.find(|check| check.id == "G1").unwrap();
        let unledgered = "no ledger says whether it was spent";
        assert!(challenged.detail.contains(unledgered), "{challenged:?}");
    }
}

const KEPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/fixtures/bundles/format-1.destspec.zip"
);

/// What depends on the suite, which a later version has another of: it says so, and judges nothing again.
const OF_THE_SUITE: [&str; 10] = ["D1", "D3", "D4", "B5", "B6", "B7", "F2", "F3", "F7", "H3"];

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_of_an_earlier_version_is_followed_and_read_for_ever() {
    if std::env::var_os("DESTSPEC_RENEW").is_some() {
        let mut files = files(run().await);
        let signature = sign(
            &private(1),
            destspec::publish::bundle::NAMESPACE,
            &files[STATEMENT],
        );
        files.insert(PARTNER.to_owned(), signature.unwrap().into_bytes());
        std::fs::write(KEPT, zip::write(&files).unwrap()).unwrap();
    }
    let archive = std::fs::read(KEPT).unwrap();
    let policy = LENIENT.replacen(
        "required = false",
        "required = true\nprincipals = [\"integrations@moonshine.example\"]",
        1,
    );
    let reviewer = Reviewer {
        signers: signers(&format!("{WHO} {}", public(1))).unwrap(),
        ..reviewer(&policy.replace("certified = false", "certified = true"))
    };
    let review = review(&archive, &reviewer).await;
    let kept = review.run.as_ref().unwrap();
    let same = kept.suite == destspec::suite::catalogue::digest();
    let failing = failing(&review);
    let later = failing.iter().all(|id| OF_THE_SUITE.contains(id)) && failing.contains(&"D1");
    assert!(
        if same { failing.is_empty() } else { later },
        "{:#?}",
        review.checks
    );
    let decision = if same {
        Decision::Accepted
    } else {
        Decision::Refused
    };
    assert_eq!(review.decision, decision);
    assert!(kept.is_certified() && review.level == 1);
}
