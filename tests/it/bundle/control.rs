//! Whoever signs shows that it runs the hosts that were judged, and nobody else does.
#![expect(clippy::panic, reason = "tests may panic")]

use std::collections::{BTreeMap, BTreeSet};

use destspec::model::challenge::Challenge;
use destspec::model::control::path;
use destspec::model::digest::Digest;
use destspec::model::record::Run;
use destspec::model::sdk::Family;
use destspec::review::chain::Chain;
use destspec::review::check::{Checks, Decision, Status};
use destspec::review::container::{Container, Limits};
use destspec::review::control::{controlled, fault};
use destspec::review::signature::{Signed, fingerprint};
use destspec::suite::control::hosts;
use destspec::suite::replay::replay;
use serde_json::json;
use ssh_key::PublicKey;
use tokio::sync::OnceCell;

use super::forged::{edited, exchange};
use super::signed::{WHO, issued, private, public};
use super::way::{POLICY, done, furnish, issue, pack, run as certified, verify};
use super::{LENIENT, packed, reviewer};
use crate::support::judged::{Wish, about, perform, that_takes_files, wished};
use crate::support::program::Folder;
use crate::support::served::served_as;

/// A conformant run of one destination, whose host serves the proof that its challenge asks for.
pub async fn run() -> &'static Run {
    static RUN: OnceCell<Run> = OnceCell::const_new();
    RUN.get_or_init(judged).await
}

async fn judged() -> Run {
    let mut wish = Wish::of("bearer-single");
    let emulator = wished(BTreeSet::new(), BTreeSet::new(), &wish).await;
    let host = emulator.base_url().replace("https://", "");
    let challenge = Challenge {
        control_proof: vec![host.parse().unwrap()],
        ..issued("0a")
    };
    let text = format!("{}\n", challenge.proof(&key(1)));
    emulator.serve(path(&challenge.id), text);
    wish.challenge = Some(serde_json::to_string(&challenge).unwrap());
    perform(&about(&emulator, &wish, false), wish).await
}

fn key(seed: u8) -> String {
    fingerprint(&PublicKey::from_openssh(&public(seed)).unwrap())
}

fn challenge(run: &Run) -> Challenge {
    Challenge::parse(run.challenge.as_ref().unwrap()).unwrap()
}

/// A status and a body, by what a scenario calls them.
pub fn answer(run: &Run, called: &str) -> (u16, String) {
    let challenge = challenge(run);
    let right = challenge.proof(&key(1));
    match called {
        "the right text" => (200, right),
        "the right text and line breaks" => (200, format!("{right} \r\n\n")),
        "the right text after a line break" => (200, format!("\n{right}")),
        "the right text twice" => (200, format!("{right}\n{right}\n")),
        "the right text in a page" => (200, format!("<html><p>{right}</p></html>")),
        "the right text with 404" => (404, right),
        "the right text with 302" => (302, right),
        "the right text with 203" => (203, right),
        "the right text in capitals" => (200, right.to_ascii_uppercase()),
        "the right text padded" => (200, format!("{right}=")),
        "the text of another challenge" => (200, issued("0b").proof(&key(1))),
        "the text of another key" => (200, challenge.proof(&key(2))),
        "the nonce" => (200, challenge.nonce),
        "nothing" => (200, String::new()),
        other => panic!("unknown answer: {other}"),
    }
}

/// Hosts by what a scenario calls them, where `HERE` is the one that was judged.
pub fn named(run: &Run, called: &str) -> Vec<String> {
    let here = challenge(run).control_proof[0].to_string();
    let all = called.split(", ");
    all.map(|host| host.replace("HERE", &here)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_asked_once_and_without_credentials_and_a_replay_says_the_same() {
    let run = run().await;
    let [destination] = &run.destinations[..] else {
        panic!("expected one destination");
    };
    let [asked] = &destination.control[..] else {
        panic!("expected one question: {:?}", destination.control);
    };
    let request = asked.request().unwrap();
    assert!(
        request.url.ends_with("/.well-known/destspec/ch-1"),
        "{}",
        request.url
    );
    let mut names = request
        .headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase());
    assert!(names.all(|name| name != "authorization"));
    let replayed = replay(run).await.unwrap();
    assert_eq!(replayed.differences, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_was_made_up_is_found_when_it_is_judged_again() {
    let mut run = run().await.clone();
    let made_up = run.destinations[0].control[0].clone();
    run.destinations[0].control.push(made_up);
    let replayed = replay(&run).await.unwrap();
    assert_eq!(replayed.differences.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_location_of_files_is_left_to_a_person() {
    let mut run = run().await.clone();
    assert_eq!(fault(&run, Some(&key(1))), None);
    let mut files = run.destinations[0].clone();
    files.family = Family::File;
    run.destinations.push(files);
    let (decision, why) = fault(&run, Some(&key(1))).unwrap();
    assert_eq!(decision, Decision::Person, "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_may_take_a_location_of_files_that_proves_nothing() {
    let run = run().await;
    let mut with_files = run.clone();
    let mut files = run.destinations[0].clone();
    files.family = Family::File;
    with_files.destinations.push(files);
    let archive = packed(run);
    let judged = |key: &str, run: &Run, who: u8| {
        let policy = LENIENT.replace("[evidence]", &format!("[evidence]\n{key}"));
        let signer = Signed {
            principal: WHO.to_owned(),
            fingerprint: self::key(who),
        };
        let chain = Chain {
            container: Container::open(&archive, &Limits::MOST).unwrap(),
            sums: BTreeMap::new(),
            statement_sha256: Digest::hash(""),
            signer: Some(signer),
        };
        let mut checks = Checks::default();
        controlled((run, &chain), &reviewer(&policy), &mut checks);
        let check = checks.0.remove(0);
        (check.status, check.detail)
    };
    let accept = "unproved_locations = \"accept\"";
    let (status, words) = judged(accept, &with_files, 1);
    assert_eq!(status, Status::Passed, "{words}");
    assert!(
        words.contains("the policy takes: `bearer-single` takes files"),
        "{words}"
    );
    assert_eq!(judged("", &with_files, 1).0, Status::Person);
    assert_eq!(judged("", run, 1).0, Status::Passed);
    // what a host has to serve is asked for all the same
    assert_eq!(judged(accept, &with_files, 2).0, Status::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_judged_is_a_host_over_tls_in_its_plain_form() {
    let run = run().await;
    let here = challenge(run).control_proof[0].to_string();
    for url in [
        format!("http://{here}/x"),
        format!("https://{}/x", here.replace("localhost", "localhost.")),
        format!("https://{here}.evil.example/x"),
        format!("https://{here}@evil.example/x"),
        String::from("none"),
    ] {
        let run = edited(run, |run| {
            exchange(run)["act"]["http"]["request"]["url"] = json!(url);
        });
        let fault = fault(&run, Some(&key(1)));
        assert!(
            matches!(fault, Some((Decision::Refused, _))),
            "{url}: {fault:?}"
        );
    }
}

/// A challenge that asks those hosts for proofs.
fn issue_about(folder: &Folder, code: i32, hosts: &[&str]) -> String {
    let named = hosts.iter().flat_map(|host| ["--control", host]);
    let named: Vec<&str> = ["--force"].into_iter().chain(named).collect();
    issue(folder, code, &named)
}

#[test]
fn a_partner_shows_that_it_runs_its_host_and_a_reviewer_asks_again() {
    let folder = Folder::empty();
    furnish(&folder, &POLICY.replace("control_proof = false\n", ""));
    folder.write("other", private(2));
    for (file, seed) in [("key", 1), ("other", 2)] {
        folder.write(&format!("{file}.pub"), public(seed));
    }
    let (without, port) = served_as(&folder, "acme", &[]);
    issue_about(&folder, 0, &[&format!("localhost:{port}")]);
    let said = certified(&folder, 4, "out");
    assert!(
        said.contains("received 404") && said.contains("challenge proof"),
        "{said}"
    );
    assert!(!folder.path("out").exists(), "something was written");
    drop(without);
    let proof = |signer: &str, code, more: &[&str]| {
        let all = ["challenge", "proof", "c.json", "--signer", signer];
        done(&folder, code, &[&all[..], more].concat())
    };
    let text = proof("key.pub", 0, &[]);
    assert_eq!(text, proof("key", 0, &[]));
    assert_ne!(text, proof("other.pub", 0, &[]));
    let serve = [
        "--port",
        &port,
        "--challenge",
        "c.json",
        "--signer",
        "key.pub",
    ];
    let (with, _) = served_as(&folder, "acme", &serve);
    let again = ["--fetch", "--ca-file", "acme/reference-ca.pem"];
    assert!(proof("key.pub", 0, &again).contains("\n  the proof\n"));
    assert!(proof("other.pub", 1, &again).contains("received another"));
    certified(&folder, 0, "out");
    let said = pack(&folder, 5, ("out", "a.zip", "ssh:other"));
    assert!(said.contains("of the key that signs"), "{said}");
    assert!(!folder.path("a.zip").exists(), "something was packed");
    pack(&folder, 0, ("out", "a.zip", "ssh:key"));
    let said = verify(&folder, 0, "a.zip");
    assert!(said.contains("G7  passed"), "{said}");
    drop(with);
    proof("key.pub", 3, &again);
}

#[test]
fn a_destination_of_files_is_asked_where_its_audience_api_is() {
    let hosts = hosts(&that_takes_files());
    assert_eq!(hosts, BTreeSet::from(["localhost:8443".parse().unwrap()]));
}

#[test]
fn a_challenge_about_other_hosts_is_refused_before_anything_is_sent() {
    let folder = Folder::empty();
    let (_served, port) = served_as(&folder, "acme", &[]);
    let here = format!("localhost:{port}");
    for (hosts, why) in [
        (vec!["api.acme.example"], "which it does not name"),
        (
            vec![here.as_str(), "api.acme.example"],
            "to which nothing would be sent",
        ),
    ] {
        issue_about(&folder, 0, &hosts);
        let said = certified(&folder, 2, "out");
        assert!(said.contains(why), "{said}");
        assert!(!folder.path("out").exists(), "something was written");
    }
    for host in [
        "API.acme.example",
        "acme.example.",
        "a@acme.example",
        "acme.example/x",
        "bücher.example",
    ] {
        let said = issue_about(&folder, 2, &[host]);
        assert!(said.contains("expected a host in its plain form"), "{said}");
    }
}
