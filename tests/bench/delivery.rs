//! Delivery rate: the reference endpoint driven through `Session` with recording on, and by a plain reqwest loop
//! beside it, in turn; by HTTPS as a run does it, and without TLS, where the client weighs more.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench reports to its user and may panic"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use destspec::emulator::rest::{Auth, Capacity, DestinationSetup, Emulator, Setup};
use destspec::model::record::Purpose;
use destspec::model::redact::Redactor;
use destspec::model::secret::Secret;
use destspec::wire::{Account, AuthSetup, Credential, Door, DoorSetup, Request, Retry, RetryClass};
use futures::future::join_all;
use reqwest::Certificate;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

const LANES: u32 = 32;
const EACH: usize = 100;
const ROUNDS: usize = 9;
const PROFILES: usize = 10;
const NAME: &str = "bench";
const TOKEN: &str = "bench-token-4Zq9Lm2WxR7tVb";

#[tokio::main]
async fn main() {
    // The plain client takes the provider of the process; the door brings its own.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    for plain_http in [false, true] {
        let emulator = emulator(plain_http).await;
        let target = Target {
            url: format!("{}/{NAME}/profiles", emulator.base_url()),
            authority: emulator.certificate_authority_pem().to_owned(),
            body: body(),
        };
        compare(&target, if plain_http { "http" } else { "https" }).await;
        emulator.stop().await;
    }
}

/// Where both send, and what.
struct Target {
    url: String,
    authority: String,
    body: Bytes,
}

async fn compare(target: &Target, scheme: &str) {
    let door = door(target);
    let client = client(target);
    let (mut session, mut plain) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let first = plainly(&client, target).await;
        let second = through_session(&door, target, round).await;
        // The first round connects.
        if round > 0 {
            plain.push(first);
            session.push(second);
        }
    }
    let (session, plain) = (median(session), median(plain));
    println!(
        "{scheme:<6} session {session:>6.0}/s, plain loop {plain:>6.0}/s, ratio {:.2} (0.70 wanted)",
        session / plain
    );
}

async fn emulator(plain_http: bool) -> Emulator {
    let bearer = Auth::Bearer {
        token: TOKEN.to_owned(),
    };
    Emulator::start(Setup {
        destinations: vec![DestinationSetup {
            max_profiles: PROFILES,
            capacity: Capacity::unlimited(),
            ..DestinationSetup::new(NAME, bearer)
        }],
        plain_http,
        ..Setup::default()
    })
    .await
    .unwrap()
}

fn body() -> Bytes {
    let profile = |n: usize| {
        json!({
            "identities": [{"type": "email", "id": format!("ada{n}@example.com")}],
            "audiences": {
                "add": [{
                    "namespace": "ups", "id": "11aa3b9e-2f1c-4d37-9a55-0c7b6f1e2d01",
                    "status": "realized", "time": "2026-05-09T21:05:43Z",
                }],
                "remove": [],
            },
        })
    };
    let profiles: Vec<_> = (0..PROFILES).map(profile).collect();
    Bytes::from(json!({"profiles": profiles}).to_string())
}

async fn through_session(door: &Door, target: &Target, round: usize) -> f64 {
    let session = door.session(&round.to_string());
    let start = Instant::now();
    let lanes = (0..LANES).map(|n| {
        let lane = session.lane(n);
        let (url, body) = (target.url.clone(), target.body.clone());
        tokio::spawn(async move {
            for _ in 0..EACH {
                let sent = lane.send(Request {
                    purpose: Purpose::Delivery,
                    method: "POST".to_owned(),
                    url: url.clone(),
                    headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
                    body: body.clone(),
                    account: Account::Own,
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
    rate(start)
}

async fn plainly(client: &reqwest::Client, target: &Target) -> f64 {
    let start = Instant::now();
    let lanes = (0..LANES).map(|_| {
        let (client, url, body) = (client.clone(), target.url.clone(), target.body.clone());
        tokio::spawn(async move {
            for _ in 0..EACH {
                let request = client
                    .post(&url)
                    .header(CONTENT_TYPE, "application/json")
                    .bearer_auth(TOKEN)
                    .body(body.clone());
                let answer = request.send().await.unwrap();
                assert!(answer.status().is_success());
                answer.bytes().await.unwrap();
            }
        })
    });
    for lane in join_all(lanes).await {
        lane.unwrap();
    }
    rate(start)
}

fn rate(start: Instant) -> f64 {
    f64::from(LANES) * EACH as f64 / start.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn client(target: &Target) -> reqwest::Client {
    let authority = Certificate::from_pem(target.authority.as_bytes()).unwrap();
    reqwest::Client::builder()
        .tls_certs_only([authority])
        .no_proxy()
        .build()
        .unwrap()
}

fn door(target: &Target) -> Door {
    let token = Secret::new(TOKEN);
    Door::live(DoorSetup {
        folder: std::path::PathBuf::new(),
        environment: Vec::new(),
        run_id: "bench".to_owned(),
        seed: 1,
        started: Some(Instant::now()),
        destination: NAME.to_owned(),
        auth: AuthSetup::Bearer { token },
        audience_auth: None,
        storage: None,
        redactor: Arc::new(Redactor::new([1; 32])),
        certificate_authority_pem: Some(target.authority.clone()),
        concurrency: LANES as usize,
        pace_per_second: None,
        time_limit: Duration::from_secs(10),
        retry_waits: [Duration::ZERO; 2],
        retry_class: RetryClass::BestEffort,
        journal: None,
    })
    .unwrap()
}
