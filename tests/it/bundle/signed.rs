//! Who signed a bundle, and what it was made from.

use destspec::model::challenge::{Challenge, FORMAT};
use destspec::model::digest::Digest;
use destspec::publish::bundle::signature::{SignError, sign};
use destspec::publish::bundle::{NAMESPACE, PARTNER, STATEMENT, SUMS, zip};
use destspec::review::check::{Decision, Status};
use destspec::review::signature::{SignatureFault, signers, verify};
use destspec::review::{Review, Reviewer, review};
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{LineEnding, PrivateKey};

use super::forged::summed_again;
use super::{LENIENT, failing, files, packed, reviewer, small, whole};
use crate::support::judged::{Wish, judged_as};

pub const WHO: &str = "integrations@moonshine.example";

fn key(seed: u8) -> PrivateKey {
    let pair = Ed25519Keypair::from_seed(&[seed; 32]);
    PrivateKey::new(KeypairData::Ed25519(pair), "test").unwrap()
}

pub fn private(seed: u8) -> String {
    key(seed).to_openssh(LineEnding::LF).unwrap().to_string()
}

pub fn public(seed: u8) -> String {
    key(seed).public_key().to_openssh().unwrap()
}

fn asked_for() -> String {
    LENIENT.replacen(
        "required = false",
        &format!("required = true\nprincipals = [\"{WHO}\"]"),
        1,
    )
}

async fn signed_and_reviewed(signature: Option<String>, allowed: &str) -> Review {
    let mut files = files(whole().await);
    files.extend(signature.map(|text| (PARTNER.to_owned(), text.into_bytes())));
    let archive = zip::write(&files).unwrap();
    let reviewer = Reviewer {
        signers: signers(allowed).unwrap(),
        ..reviewer(&asked_for())
    };
    review(&archive, &reviewer).await
}

async fn by(seed: u8, namespace: &str) -> Option<String> {
    let statement = files(whole().await)[STATEMENT].clone();
    Some(sign(&private(seed), namespace, &statement).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_of_an_allowed_signer_raises_the_level() {
    let allowed = format!("{WHO} namespaces=\"{NAMESPACE}\" {}", public(1));
    let review = signed_and_reviewed(by(1, NAMESPACE).await, &allowed).await;
    assert_eq!(review.decision, Decision::Accepted, "{:?}", review.checks);
    assert_eq!(review.level, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_signature_is_refused_for_its_own_reason() {
    let good = format!("{WHO} {}", public(1));
    let forged = |check| (check, Decision::Forged);
    let refused = |check| (check, Decision::Refused);
    let of_other_bytes = sign(&private(1), NAMESPACE, b"other").unwrap();
    let digest = |n: u32| Digest::hash(n.to_be_bytes()).to_string();
    let too_long: String = (0..1100).map(digest).collect();
    let cases = [
        (None, good.clone(), refused("C1")),
        (Some(String::new()), good.clone(), forged("C2")),
        (Some(too_long), good.clone(), ("C2", Decision::Malformed)),
        (by(1, "git").await, good.clone(), forged("C2")),
        (by(1, "file").await, good.clone(), forged("C2")),
        (Some(of_other_bytes), good.clone(), forged("C2")),
        (by(2, NAMESPACE).await, good.clone(), refused("C4")),
        (by(1, NAMESPACE).await, String::new(), refused("C4")),
        (
            by(1, NAMESPACE).await,
            format!("other@moonshine.example {}", public(1)),
            refused("C4"),
        ),
        (
            by(1, NAMESPACE).await,
            format!("{WHO} namespaces=\"git\" {}", public(1)),
            refused("C4"),
        ),
        (
            by(1, NAMESPACE).await,
            format!("{WHO} valid-before=\"20261101Z\" {}", public(1)),
            refused("C4"),
        ),
        (
            by(1, NAMESPACE).await,
            format!("{WHO} valid-after=\"20270101Z\" {}", public(1)),
            refused("C4"),
        ),
    ];
    for (index, (signature, allowed, (check, decision))) in cases.into_iter().enumerate() {
        let review = signed_and_reviewed(signature, &allowed).await;
        assert_eq!(
            review.decision,
            decision,
            "case {index}: {:?}",
            failing(&review)
        );
        assert!(failing(&review).contains(&check), "case {index}");
        assert_eq!(review.level, 0, "case {index}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_signed_who_may_is_not_interpreted() {
    let good = format!("{WHO} {}", public(1));
    for signature in [None, Some(String::new()), by(2, NAMESPACE).await] {
        let review = signed_and_reviewed(signature, &good).await;
        for id in ["F1", "B5", "F3", "G1", "H1", "P1"] {
            let check = review.checks.iter().find(|check| check.id == id).unwrap();
            assert_eq!(check.status, Status::NotReached, "{id}");
        }
        assert!(review.run.is_none() && review.person.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lacks_its_sums_or_statement_is_not_unpacked() {
    let good = files(small().await);
    for (name, check) in [(SUMS, "B1"), (STATEMENT, "B2")] {
        let mut files = good.clone();
        files.remove(name);
        let review = review(&zip::write(&files).unwrap(), &reviewer(LENIENT)).await;
        assert_eq!(failing(&review), ["A4", check]);
        assert_eq!(review.decision, Decision::Forged);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_asked_for_never_reads_as_passed() {
    let mut files = files(whole().await);
    let stranger = by(2, NAMESPACE).await.unwrap();
    files.insert(PARTNER.to_owned(), stranger.into_bytes());
    let unsigned = review(&zip::write(&files).unwrap(), &reviewer(LENIENT)).await;
    let mut run = whole().await.clone();
    run.challenge = Some(challenge("0a"));
    let made_up = review(&packed(&run), &reviewer(LENIENT)).await;
    for (review, id) in [(&unsigned, "C4"), (&made_up, "G1"), (&made_up, "E2")] {
        let check = review.checks.iter().find(|check| check.id == id).unwrap();
        assert_eq!(check.status, Status::Noted, "{check:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_clock_is_borne_as_far_as_the_policy_says() {
    let mut run = whole().await.clone();
    for (issued, setting, tolerated) in [
        ("2026-11-21T00:04:59Z", "", true),
        ("2026-11-21T00:05:01Z", "", false),
        ("2026-11-21T00:00:30Z", "max_clock_skew_s = 10\n", false),
    ] {
        let text = challenge("0a").replace("2026-11-20T00:00:00Z", issued);
        run.seed = Challenge::parse(&text).unwrap().seed(&text, 1);
        run.challenge = Some(text.clone());
        let policy = LENIENT.replace("[run]\n", &format!("[run]\n{setting}"));
        let reviewer = Reviewer {
            challenge: Some(text),
            ..reviewer(&policy)
        };
        let review = review(&packed(&run), &reviewer).await;
        assert_eq!(!failing(&review).contains(&"G1"), tolerated, "{issued}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_signature_has_no_place_among_signatures() {
    let mut files = files(small().await);
    files.insert("signatures/other.txt".to_owned(), Vec::new());
    let review = review(&zip::write(&files).unwrap(), &reviewer(LENIENT)).await;
    assert!(failing(&review).contains(&"C6"));
    assert_eq!(review.decision, Decision::Malformed);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_stands_around_a_signature() {
    let good = by(1, NAMESPACE).await.unwrap();
    let allowed = format!("{WHO} {}", public(1));
    let hidden = "client_secret=0123456789abcdef0123456789\n";
    for around in [
        format!("{hidden}{good}"),
        format!("{good}{hidden}"),
        format!("{good}\n"),
        good.replace('\n', "\r\n"),
        good.trim_end().to_owned(),
        good.replacen("U1NIU0lH", "U1NI\nU0lH", 1),
    ] {
        assert_ne!(around, good);
        let review = signed_and_reviewed(Some(around.clone()), &allowed).await;
        assert!(failing(&review).contains(&"C2"), "{around}");
        assert_eq!(review.decision, Decision::Forged, "{around}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_found_in_whatever_file_it_stands() {
    let run = small().await;
    let good = files(run);
    let har = good.keys().find(|name| name.ends_with(".har")).unwrap();
    for name in [har.as_str(), "README.txt", PARTNER] {
        let mut files = good.clone();
        let hidden = b"\nclient_secret=0123456789abcdef0123456789\n";
        files.entry(name.to_owned()).or_default().extend(hidden);
        let review = review(&summed_again(files, run), &reviewer(LENIENT)).await;
        assert!(failing(&review).contains(&"H1"), "{name}");
    }
}

#[test]
fn a_file_of_allowed_signers_is_read_strictly() {
    let key = public(1);
    for line in [
        format!("{WHO} {key}"),
        format!("a@b.example,{WHO} namespaces=\"a,{NAMESPACE}\",valid-before=\"20270101\" {key}"),
        format!("# comment\n\n{WHO}   {key}"),
    ] {
        assert_eq!(signers(&line).unwrap().len(), 1, "{line}");
    }
    for line in [
        key.clone(),
        format!("{WHO} cert-authority {key}"),
        format!("{WHO} unknown=\"1\" {key}"),
        format!("{WHO} valid-before=\"soon\" {key}"),
        format!("{WHO} ssh-ed25519 AAAA"),
        format!("\u{feff}{WHO} {key}"),
        format!("{WHO} valid-before=\"20200101\",valid-before=\"20300101\" {key}"),
        format!("{WHO} namespaces=\"git\",namespaces=\"{NAMESPACE}\" {key}"),
        WHO.to_owned(),
    ] {
        assert!(signers(&line).is_err(), "{line}");
    }
}

#[test]
fn a_key_that_is_not_allowed_is_refused_for_its_own_reason() {
    let signature = sign(&private(1), NAMESPACE, b"statement").unwrap();
    let said = |line: &str| {
        let (allowed, who) = (signers(line).unwrap(), [WHO.to_owned()]);
        let signed = (NAMESPACE, b"statement".as_slice());
        let at = super::AT.parse().unwrap();
        let verified = verify(signature.as_bytes(), signed, (&allowed, &who), at);
        verified.map_or_else(|fault| fault.to_string(), |signed| signed.principal)
    };
    let key = public(1);
    for (line, reason) in [
        (String::new(), "of the policy (`--policy`) names a file"),
        (format!("{WHO} {}", public(2)), "in no line"),
        (
            format!("other@moonshine.example {key}"),
            "as `other@moonshine.example`",
        ),
        (
            format!("{WHO} namespaces=\"git,file\" {key}"),
            "namespaces `git,file` only",
        ),
        (
            format!("{WHO} namespaces=\"*,!conf*\" {key}"),
            "namespaces `*,!conf*` only",
        ),
        (format!("{WHO} namespaces=\"*\" {key}"), WHO),
        (
            format!("{WHO} valid-before=\"20261101Z\" {key}"),
            "until 2026-11-01",
        ),
        (
            format!("{WHO} valid-after=\"20270101Z\" {key}"),
            "from 2027-01-01",
        ),
    ] {
        assert!(said(&line).contains(reason), "{line}: {}", said(&line));
    }
}

#[test]
fn any_byte_of_what_is_signed_matters() {
    let signature = sign(&private(1), NAMESPACE, b"statement").unwrap();
    let allowed = signers(&format!("{WHO} {}", public(1))).unwrap();
    let at = super::AT.parse().unwrap();
    let verified = |bytes: &[u8]| {
        let who = [WHO.to_owned()];
        verify(
            signature.as_bytes(),
            (NAMESPACE, bytes),
            (&allowed, &who),
            at,
        )
    };
    assert_eq!(verified(b"statement").unwrap().principal, WHO);
    for wrong in [b"statemenT".as_slice(), b"statement\n", b""] {
        assert_eq!(verified(wrong), Err(SignatureFault::Bytes));
    }
    assert!(matches!(
        sign("no key", NAMESPACE, b""),
        Err(SignError::NoKey)
    ));
}

pub fn challenge(nonce: &str) -> String {
    serde_json::to_string(&issued(nonce)).unwrap()
}

pub fn issued(nonce: &str) -> Challenge {
    Challenge {
        format: FORMAT.to_owned(),
        id: "ch-1".to_owned(),
        nonce: nonce.repeat(32),
        partner: "Moonshine Analytics".to_owned(),
        issued_at: "2026-11-20T00:00:00Z".to_owned(),
        expires_at: "2026-12-04T00:00:00Z".to_owned(),
        sample_sha256: None,
        control_proof: Vec::new(),
        repetitions: 1,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_shows_which_challenge_it_was_made_from() {
    let text = challenge("0a");
    let seed = Challenge::parse(&text).unwrap().seed(&text, 1);
    let mut run = judged_as(Wish {
        seed,
        ..Wish::of("bearer-single")
    })
    .await;
    run.challenge = Some(text.clone());
    let archive = packed(&run);
    let asked = LENIENT.replace("required = false\n[target]", "required = true\n[target]");
    assert_ne!(asked, LENIENT);
    let with = async |issued: Option<String>| {
        let reviewer = Reviewer {
            challenge: issued,
            ..reviewer(&asked)
        };
        review(&archive, &reviewer).await
    };
    let review = with(Some(text.clone())).await;
    assert_eq!(review.decision, Decision::Accepted, "{:?}", review.checks);
    for other in [None, Some(challenge("0b")), Some(format!("{text}\n"))] {
        let review = with(other).await;
        assert_eq!(failing(&review), ["G1"]);
        assert_eq!(review.decision, Decision::Refused);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_that_a_run_does_not_follow_from_is_refused() {
    let text = challenge("0a");
    let late = text.replace("2026-11-20T", "2026-11-22T");
    for (named, decision) in [(text, Decision::Forged), (late, Decision::Forged)] {
        let mut run = whole().await.clone();
        run.challenge = Some(named.clone());
        let reviewer = Reviewer {
            challenge: Some(named),
            ..reviewer(LENIENT)
        };
        let review = review(&packed(&run), &reviewer).await;
        assert_eq!(failing(&review), ["G1"]);
        assert_eq!(review.decision, decision);
    }
}
