//! Destinations that do nothing right meet no prerequisite.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::any;
use destspec::model::conclusion::{Conclusion, RunConclusion, conclude_destination, conclude_run};
use destspec::model::record::Run;
use tokio::net::TcpListener;

use crate::support::judged::{Wish, failed, findings, perform, submitted};
use crate::support::silent::silent;

/// A destination that does nothing right.
struct Null {
    name: &'static str,
    answer: fn(Bytes) -> Response,
}

const NULLS: &[Null] = &[
    Null {
        name: "always 200",
        answer: |_| StatusCode::OK.into_response(),
    },
    Null {
        name: "always 204",
        answer: |_| StatusCode::NO_CONTENT.into_response(),
    },
    Null {
        name: "always 401",
        answer: |_| StatusCode::UNAUTHORIZED.into_response(),
    },
    Null {
        name: "always 404",
        answer: |_| StatusCode::NOT_FOUND.into_response(),
    },
    Null {
        name: "always 429",
        answer: |_| StatusCode::TOO_MANY_REQUESTS.into_response(),
    },
    Null {
        name: "always 500",
        answer: |_| StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    },
    Null {
        name: "echo",
        answer: |body| ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
    },
    Null {
        name: "HTML login page",
        answer: |_| {
            (
                [(header::CONTENT_TYPE, "text/html")],
                "<html><form>Log in</form></html>",
            )
                .into_response()
        },
    },
    Null {
        name: "redirect loop",
        answer: |_| Redirect::temporary("/").into_response(),
    },
];

/// Every null destination, by name.
pub fn names() -> Vec<&'static str> {
    let alike = NULLS.iter().map(|null| null.name);
    alike
        .chain(["closes the connection", "never answers", "refused port"])
        .collect()
}

async fn judged(address: &str, observed: bool) -> Run {
    limited(address, observed, Duration::from_secs(10)).await
}

async fn limited(address: &str, observed: bool, time_limit: Duration) -> Run {
    let mut submitted = submitted(address, CERTIFICATE, |_, text| text);
    for destination in &mut submitted.submission.destinations {
        destination.limits.time_limit = time_limit;
        destination.limits.allow_load = false;
        destination.limits.concurrency = 64;
        if !observed {
            destination.observe = destspec::model::submission::Observe::default();
        }
    }
    perform(&submitted, Wish::default()).await
}

/// A certificate to satisfy the submission; a null destination speaks plain HTTP.
const CERTIFICATE: &str = include_str!("support/authority.pem");

fn meets_nothing(name: &str, run: &Run) {
    let met = run
        .destinations
        .iter()
        .flat_map(|d| conclude_destination(run, d));
    // the configuration is good, whatever answers
    let met = met.filter(|c| c.prerequisite != "CFG");
    let met: Vec<_> = met.filter(|c| c.conclusion == Conclusion::Met).collect();
    assert!(met.is_empty(), "{name} meets {met:?}\n{}", findings(run));
    assert_ne!(conclude_run(run), RunConclusion::Conformant, "{name}");
    let broken = run
        .scenarios
        .iter()
        .filter(|s| s.outcome.word() == "broken")
        .count();
    assert_eq!(broken, 0, "{name}: {}", findings(run));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_that_answers_everything_alike_meets_nothing() {
    for null in NULLS {
        let answer = null.answer;
        let router = Router::new().fallback(any(move |body: Bytes| async move { answer(body) }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        for observed in [true, false] {
            let run = judged(&address, observed).await;
            meets_nothing(null.name, &run);
            // To throttle is right, so that nothing but the missing encryption is held against it.
            if null.name == "always 429" {
                let failed = failed(&run);
                assert_eq!(
                    failed,
                    BTreeSet::from(["STR-1.01".to_owned()]),
                    "{}",
                    findings(&run)
                );
            }
        }
        server.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_every_message_at_once_is_throttled_nothing_is_said_of_what_is_stored() {
    let router = Router::new().fallback(any(|| async { StatusCode::TOO_MANY_REQUESTS }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut submitted = submitted(&address, CERTIFICATE, |_, text| text);
    for destination in &mut submitted.submission.destinations {
        destination.limits.allow_load = true;
    }
    let mut wish = Wish::default();
    wish.selection.destinations = vec![String::from("bearer-batch")];
    wish.selection.requirements = vec![String::from("STR-1.16")];
    let run = perform(&submitted, wish).await;
    let of_it = run
        .scenarios
        .iter()
        .filter(|s| s.requirement == "STR-1.16" && s.destination == "bearer-batch");
    let words: Vec<_> = of_it.map(|s| s.outcome.word()).collect();
    assert!(words.contains(&"blocked"), "{}", findings(&run));
    assert!(!words.contains(&"broken"), "{}", findings(&run));
    server.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_that_closes_the_connection_meets_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(stream);
        }
    });
    meets_nothing("closes the connection", &judged(&address, true).await);
    server.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_that_never_answers_meets_nothing() {
    let (address, server) = silent().await;
    meets_nothing(
        "never answers",
        &limited(&address, true, Duration::from_millis(100)).await,
    );
    server.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_port_meets_nothing_and_is_the_surroundings() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let run = judged(&address, true).await;
    meets_nothing("refused port", &run);
    let failed = run
        .scenarios
        .iter()
        .filter(|s| s.outcome.word() == "failed" && s.requirement == "STR-1.02");
    assert_eq!(failed.count(), 0, "{}", findings(&run));
}

#[test]
fn every_null_destination_has_a_name_of_its_own() {
    let unique: BTreeSet<&str> = names().into_iter().collect();
    assert_eq!(unique.len(), names().len());
}
