//! A run is packed, and what was packed is reviewed: an honest bundle is taken, every other is refused for its own reason.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod allowed;
mod certified;
mod control;
mod edits;
mod forged;
mod hostile;
mod mutated;
mod program;
mod repeated;
mod rules;
mod signed;
mod way;

use std::collections::BTreeMap;

use destspec::model::digest::Digest;
use destspec::model::record::Run;
use destspec::publish::bundle::contents::bundle;
use destspec::publish::bundle::{Edition, zip};
use destspec::publish::report::text::is_deceptive;
use destspec::review::check::{Check, Decision, Status};
use destspec::review::policy::Policy;
use destspec::review::{Review, Reviewer, report, review};
use destspec::suite::catalogue;
use tokio::sync::OnceCell;

use crate::support::judged::{Wish, judged_as};
use crate::support::record::HOSTILE;

/// A policy that takes the reference destination unsigned and unchallenged.
pub const LENIENT: &str = r#"
format = 1
[signature]
required = false
[challenge]
control_proof = false
required = false
[target]
hosts = ["localhost"]
destinations = ["bearer-single"]
[run]
certified = false
[evidence]
attestations = "accept"
"#;

/// A minute after the runs of these tests.
pub const AT: &str = "2026-11-21T01:00:00Z";

pub fn reviewer(policy: &str) -> Reviewer {
    Reviewer {
        policy: Policy::parse(policy).unwrap(),
        signers: Vec::new(),
        challenge: None,
        ledger: Vec::new(),
        at: AT.parse().unwrap(),
    }
}

/// A conformant run of one destination.
pub async fn whole() -> &'static Run {
    static RUN: OnceCell<Run> = OnceCell::const_new();
    RUN.get_or_init(|| judged_as(Wish::of("bearer-single")))
        .await
}

/// A conformant run of a submission that lets no wrong credential be tried.
pub async fn trusting() -> &'static Run {
    static RUN: OnceCell<Run> = OnceCell::const_new();
    RUN.get_or_init(|| {
        judged_as(Wish {
            limit: Some("wrong_credentials = 0"),
            ..Wish::of("bearer-single")
        })
    })
    .await
}

/// A few scenarios of it: valid, and incomplete.
pub async fn small() -> &'static Run {
    static RUN: OnceCell<Run> = OnceCell::const_new();
    RUN.get_or_init(|| {
        let mut wish = Wish::of("bearer-single");
        wish.selection.scenarios = ["STR-1.01", "STR-1a.07/leaves", "STR-2.05/nearly-right"]
            .map(ToOwned::to_owned)
            .to_vec();
        judged_as(wish)
    })
    .await
}

pub fn files(run: &Run) -> BTreeMap<String, Vec<u8>> {
    let suite = catalogue::files();
    bundle(run, Edition { files: &suite }).unwrap()
}

pub fn packed(run: &Run) -> Vec<u8> {
    zip::write(&files(run)).unwrap()
}

pub async fn reviewed(archive: &[u8], policy: &str) -> Review {
    review(archive, &reviewer(policy)).await
}

/// The checks that do not hold.
pub fn failing(review: &Review) -> Vec<&'static str> {
    let failing = |check: &&Check| !matches!(check.status, Status::Passed | Status::Noted);
    review.checks.iter().filter(failing).map(|c| c.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_honest_bundle_is_accepted_and_packed_alike_twice() {
    let run = whole().await;
    let archive = packed(run);
    assert_eq!(archive, packed(run));
    let review = reviewed(&archive, LENIENT).await;
    assert_eq!(failing(&review), [""; 0], "{:#?}", review.checks);
    assert_eq!(review.decision, Decision::Accepted);
    assert_eq!(review.level, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unusual_of_a_run_is_told_to_a_person() {
    let review = reviewed(&packed(whole().await), LENIENT).await;
    let told = |words: &str| review.person.iter().any(|line| line.contains(words));
    assert!(told("a certificate authority of the submission"));
    assert!(told(
        "at an address that no customer has: https://localhost:"
    ));
    assert!(told("on 2026-11-02, without a document"));
    let hidden = "what was posted as `submission.toml`";
    assert!(!told(hidden));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_run_is_valid_and_incomplete() {
    let review = reviewed(&packed(small().await), LENIENT).await;
    assert_eq!(failing(&review), ["D6", "F4"]);
    assert_eq!(review.decision, Decision::NotConformant);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_policy_does_not_take_is_refused_by_the_check_that_it_is_about() {
    let archive = packed(whole().await);
    let cases = [
        (
            "required = false\n[challenge]",
            "required = true\n[challenge]",
            "C1",
        ),
        (
            "required = false\n[target]",
            "required = true\n[target]",
            "G1",
        ),
        ("\"localhost\"", "\"api.acme.example\"", "G4"),
        (
            "format = 1",
            "format = 1\nharness.versions = [\"9.9.9\"]",
            "D4",
        ),
        (
            "certified = false",
            "max_age_days = 0\ncertified = false",
            "G3",
        ),
        ("format = 1", "format = 1\nlimits.files = 9", "A1"),
        ("format = 1", "format = 1\nlimits.ratio = 2", "A1"),
    ];
    for (from, to, check) in cases {
        let review = reviewed(&archive, &LENIENT.replacen(from, to, 1)).await;
        assert!(
            failing(&review).contains(&check),
            "{check}: {:?}",
            review.checks
        );
        let expected = if check == "A1" {
            Decision::Malformed
        } else {
            Decision::Refused
        };
        assert_eq!(review.decision, expected, "{check}");
    }
    let person = LENIENT.replace("\"accept\"", "\"person\"");
    let review = reviewed(&archive, &person).await;
    assert_eq!(review.decision, Decision::Person);
    assert_eq!(failing(&review), ["P1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_neither_too_old_nor_in_the_future() {
    let archive = packed(whole().await);
    for (at, accepted) in [
        ("2026-12-20T00:00:00Z", true),
        ("2026-12-22T00:00:00Z", false),
        ("2026-11-20T23:59:00Z", true),
        ("2026-11-20T23:50:00Z", false),
    ] {
        let reviewer = Reviewer {
            at: at.parse().unwrap(),
            ..reviewer(LENIENT)
        };
        let review = review(&archive, &reviewer).await;
        assert_eq!(review.decision == Decision::Accepted, accepted, "{at}");
        assert_eq!(failing(&review).contains(&"G3"), !accepted, "{at}");
    }
}

#[test]
fn what_a_partner_wrote_is_harmless_in_every_form_of_a_review() {
    let check = Check {
        id: "F3",
        status: Status::Failed,
        detail: HOSTILE.to_owned(),
        decision: Decision::Forged,
    };
    let review = Review {
        checks: vec![check],
        decision: Decision::Forged,
        level: 0,
        bundle: Digest::hash(""),
        statement: None,
        claim: None,
        run: None,
        person: vec![HOSTILE.to_owned()],
    };
    let json = report::json(&review, None, AT.parse().unwrap()).unwrap();
    let (html, markdown) = (report::html(&review).unwrap(), report::markdown(&review));
    for text in [&report::terminal(&review), &json, &html, &markdown] {
        let deceptive = |c: &char| *c != '\n' && is_deceptive(*c);
        assert_eq!(text.chars().find(deceptive), None, "{text}");
    }
    let remedy = "`destspec replay` shows every difference; run the suite again";
    for text in [&report::terminal(&review), &html, &markdown] {
        assert!(text.contains(&format!("→ {remedy}")), "{text}");
    }
    assert!(
        !html.contains("<script>") && !html.contains("<img"),
        "{html}"
    );
    for line in markdown.lines().filter(|line| line.contains("script")) {
        // inside a code span nothing is markup, and nothing in the text ends it
        assert_eq!(line.matches('`').count(), 4, "{line}");
    }
}
