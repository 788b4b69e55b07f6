//! Delivery rate: an endpoint driven through `Session` with recording on, and by a plain reqwest loop beside it.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench reports to its user and may panic"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use destspec::model::record::Purpose;
use destspec::model::redact::Redactor;
use destspec::model::secret::{NamedSecret, Secret};
use destspec::wire::{AuthSetup, Credential, Door, DoorSetup, Request, Retry, RetryClass};
use futures::future::join_all;

const LANES: u32 = 32;
const EACH: usize = 100;
const ROUNDS: usize = 6;
const TOKEN: &str = "bench-token-4Zq9Lm2WxR7tVb";

fn body() -> Bytes {
    let users = r#"{"id":"jane@example.com","segmentMembership":{"add":["gold"]}}"#;
    Bytes::from(format!("[{}]", [users; 15].join(",")))
}

async fn through_session(door: &Door, url: &str, round: usize) -> f64 {
    let session = door.session(&round.to_string());
    let start = Instant::now();
    let lanes = (0..LANES).map(|n| {
        let lane = session.lane(n);
        let url = url.to_owned();
        tokio::spawn(async move {
            for _ in 0..EACH {
                let sent = lane.send(Request {
                    purpose: Purpose::Delivery,
                    method: "POST".to_owned(),
                    url: url.clone(),
                    headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
                    body: body(),
                    credential: Credential::Valid,
                    retry: Retry::Never,
                    time_limit: None,
                });
                let index = sent.await.unwrap();
                assert!(lane.exchange(index).unwrap().answer().unwrap().is_success());
            }
        })
    });
    for lane in join_all(lanes).await {
        lane.unwrap();
    }
    f64::from(LANES) * EACH as f64 / start.elapsed().as_secs_f64()
}

async fn plainly(client: &reqwest::Client, url: &str) -> f64 {
    let start = Instant::now();
    let lanes = (0..LANES).map(|_| {
        let (client, url) = (client.clone(), url.to_owned());
        tokio::spawn(async move {
            for _ in 0..EACH {
                let request = client.post(&url).bearer_auth(TOKEN).body(body());
                let answer = request.send().await.unwrap();
                assert!(answer.status().is_success());
                answer.bytes().await.unwrap();
            }
        })
    });
    for lane in join_all(lanes).await {
        lane.unwrap();
    }
    f64::from(LANES) * EACH as f64 / start.elapsed().as_secs_f64()
}

fn door() -> Door {
    let token = Secret::new(TOKEN);
    Door::live(DoorSetup {
        run_id: "bench".to_owned(),
        seed: 1,
        started: Instant::now(),
        destination: "bench".to_owned(),
        auth: AuthSetup::Bearer { token },
        redactor: Arc::new(Redactor::new([1; 32])),
        certificate_authority_pem: None,
        concurrency: LANES as usize,
        pace_per_second: None,
        time_limit: Duration::from_secs(10),
        retry_waits: [Duration::ZERO; 2],
        retry_class: RetryClass::BestEffort,
        journal: None,
    })
    .unwrap()
}

#[tokio::main]
async fn main() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/deliver", listener.local_addr().unwrap());
    let router = Router::new().route("/deliver", post(|_: Bytes| async { r#"{"status":"ok"}"# }));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let door = door();
    // The plain client takes the provider of the process; the door brings its own.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let (mut session, mut plain) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        plain.push(plainly(&client, &url).await);
        session.push(through_session(&door, &url, round).await);
    }
    let redactor = Redactor::new([1; 32]);
    redactor.learn(&NamedSecret::new("token", Secret::new(TOKEN)));
    let text = String::from_utf8(body().to_vec()).unwrap();
    let start = Instant::now();
    for _ in 0..10_000 {
        assert_eq!(redactor.text(&text).len(), text.len());
    }
    let each = start.elapsed() / 10_000;
    println!("redactor: {each:?} for {} bytes", text.len());
    session.sort_by(f64::total_cmp);
    plain.sort_by(f64::total_cmp);
    let (session, plain) = (session[ROUNDS / 2], plain[ROUNDS / 2]);
    println!(
        "session {session:.0}/s, plain {plain:.0}/s, ratio {:.2}",
        session / plain
    );
}
