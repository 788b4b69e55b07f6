//! A host that cannot be reached is waited for once, and what needs it is blocked, in a run and in its replay.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;
use std::time::Duration;

use destspec::model::record::{FailureKind, Run, TlsCause};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::support::judged::{Wish, emulator, findings, perform, submitted};
use crate::support::silent::silent;

const CERTIFICATE: &str = include_str!("support/authority.pem");

async fn judged(address: &str) -> Run {
    let mut submitted = submitted(address, CERTIFICATE, |_, text| text);
    for destination in &mut submitted.submission.destinations {
        destination.limits.time_limit = Duration::from_millis(300);
        destination.limits.allow_load = false;
        destination.limits.concurrency = 4;
    }
    perform(&submitted, Wish::default()).await
}

/// How many exchanges of each destination reached for the host, and of how many.
fn tried(run: &Run) -> Vec<(usize, usize)> {
    let of_one = |name: &str| {
        let own = run.scenarios.iter().filter(|s| s.destination == name);
        let all: Vec<_> = own.flat_map(|s| &s.exchanges).collect();
        let lacks_token = |kind| kind == FailureKind::NoToken;
        let sent = all.iter().filter(|e| {
            let waits = e.failure().is_some_and(|failure| lacks_token(failure.kind));
            !waits && e.http().is_some_and(|http| !http.unsent)
        });
        (sent.count(), all.len())
    };
    run.destinations.iter().map(|d| of_one(&d.name)).collect()
}

/// Nothing but the missing encryption is held against a destination that nobody has reached.
fn is_blocked_alone(run: &Run) {
    for scenario in &run.scenarios {
        let word = scenario.outcome.word();
        let known = ["STR-1.01"].contains(&scenario.requirement.as_str());
        assert!(
            known || !["failed", "broken"].contains(&word),
            "{}",
            findings(run)
        );
    }
    let blocked = run
        .scenarios
        .iter()
        .filter(|s| s.outcome.word() == "blocked");
    assert!(blocked.count() > 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_never_answers_is_waited_for_once() {
    let (address, server) = silent().await;
    let run = judged(&address).await;
    server.abort();
    is_blocked_alone(&run);
    for (sent, all) in tried(&run) {
        // those that were under way when the first had waited in vain
        assert!(sent <= 4 && all > 20, "{sent} of {all}");
    }
    let failures = run.scenarios.iter().flat_map(|s| &s.exchanges);
    let mut kinds = failures.filter_map(|e| e.failure().map(|failure| failure.kind));
    assert!(kinds.all(|kind| kind == FailureKind::Silent || kind == FailureKind::NoToken));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_port_is_tried_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let run = judged(&address).await;
    is_blocked_alone(&run);
    for (sent, all) in tried(&run) {
        assert!(sent <= 4 && all > 20, "{sent} of {all}");
    }
}

/// A server that takes every connection, and resets it when it has read that much.
async fn resetting(after: usize) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut first = vec![0; after];
            let _read = stream.read_exact(&mut first).await;
            stream.set_zero_linger().unwrap();
        }
    });
    (format!("https://localhost:{port}"), server)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_is_reset_is_tried_once_and_told_in_one_way() {
    for after in [0, 1] {
        let (address, server) = resetting(after).await;
        let run = judged(&address).await;
        server.abort();
        for destination in &run.destinations {
            let own = run.scenarios.iter();
            let own = own.filter(|s| s.destination == destination.name);
            let failures = own
                .flat_map(|s| &s.exchanges)
                .filter_map(|e| e.failure())
                .filter(|failure| failure.kind != FailureKind::NoToken);
            let texts: BTreeSet<&str> = failures.map(|failure| failure.text.as_str()).collect();
            assert_eq!(texts, BTreeSet::from([TlsCause::Closed.said()]));
        }
        for (sent, all) in tried(&run) {
            assert!(sent <= 4 && all > 20, "{sent} of {all}");
        }
    }
}

/// An address at which nothing listens.
async fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_of_observation_that_is_dead_blocks_what_it_would_show_and_accuses_nobody() {
    let emulator = emulator(BTreeSet::new(), BTreeSet::new()).await;
    let (live, dead) = (emulator.base_url(), closed().await);
    let asked = |line: &str| line.contains("/observe/");
    let authority = emulator.certificate_authority_pem();
    let mut submitted = submitted(&live, authority, |_, text| {
        let moved = |line: &str| match asked(line) {
            true => line.replace(&live, &dead),
            false => line.to_owned(),
        };
        text.lines().map(moved).collect::<Vec<_>>().join("\n")
    });
    let destinations = &mut submitted.submission.destinations;
    destinations.retain(|d| d.name == "bearer-single");
    destinations[0].limits.concurrency = 4;
    let run = perform(&submitted, Wish::default()).await;
    let ended = |word: &str| {
        let ended = run.scenarios.iter().filter(|s| s.outcome.word() == word);
        ended.count()
    };
    assert_eq!(ended("failed") + ended("broken"), 0, "{}", findings(&run));
    assert!(ended("blocked") > 20 && ended("passed") > 20);
    let all = run.scenarios.iter().flat_map(|s| &s.exchanges);
    let http = all.filter_map(|e| e.http());
    let sent = http.filter(|http| !http.unsent && http.request.url.starts_with(&dead));
    // those that were under way when the first had been turned away
    let sent = sent.count();
    assert!((1..=4).contains(&sent), "{sent}");
}
