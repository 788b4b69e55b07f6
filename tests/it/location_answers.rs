//! What comes of answers that a storage or its token service may give besides those of the stand-ins: a service that is
//! busy, a key that has ended, names that others chose, a bucket that is elsewhere.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, Response};
use destspec::emulator::host::Host;
use destspec::judge::location;
use destspec::model::finding::Finding;
use destspec::model::record::{Failure, FailureKind, Operation, Purpose, StorageResult};
use destspec::model::secret::Secret;
use destspec::wire::storage::{Role, S3Setup};
use destspec::wire::{Door, Login, StorageSetup};

use crate::support::locations::{ACCESS_KEY, SECRET_KEY, door, opened};

const TOKEN: &str = "/large/oauth2/v2.0/token";
const NO_FILES: &str = "{\"paths\":[]}";

/// Answers whose turn it is, the last of them again and again; headers as `name: value`.
type Turns = &'static [(u16, &'static str, &'static str)];

/// What is answered below each path, and how often it was asked.
type Told = Arc<Mutex<Vec<(&'static str, Turns, usize)>>>;

async fn served(told: &[(&'static str, Turns)]) -> (Host, Told) {
    let told = told.iter().map(|(path, turns)| (*path, *turns, 0));
    let told: Told = Arc::new(Mutex::new(told.collect()));
    let own = Arc::clone(&told);
    let answer = move |request: Request<Body>| {
        let mut told = own.lock().unwrap();
        let path = request.uri().path().to_owned();
        let mut fitting = told.iter_mut();
        let (_, turns, asked) = fitting.find(|(own, ..)| path.starts_with(own)).unwrap();
        let (status, header, body) = turns[(*asked).min(turns.len() - 1)];
        *asked += 1;
        let answer = Response::builder().status(status);
        let answer = match header.split_once(": ") {
            Some((name, value)) => answer.header(name, value),
            None => answer,
        };
        std::future::ready(answer.body(Body::from(body)).unwrap())
    };
    let router = axum::Router::new().fallback(answer);
    (Host::start(None, 0, |_| router).await.unwrap(), told)
}

fn asked(told: &Told) -> Vec<usize> {
    told.lock()
        .unwrap()
        .iter()
        .map(|(.., asked)| *asked)
        .collect()
}

async fn looked(door: &Door) -> (StorageResult, Result<(), Finding>) {
    let session = door.session("answers");
    let location = "in".to_owned();
    let connect = (Operation::Connect { location }, None);
    let seen = session.store(Purpose::Observation, connect, Login::Valid);
    let exchange = session.exchange(seen.await.unwrap()).unwrap();
    let storage = exchange.storage().unwrap();
    (storage.result.clone(), location::carried_out(storage))
}

#[tokio::test]
async fn who_gives_out_tokens_may_be_busy_and_tokens_may_end() {
    let (host, told) = served(&[
        (
            TOKEN,
            &[
                (503, "retry-after: 0", "{}"),
                (429, "retry-after: 0", "{}"),
                (200, "", "{\"access_token\":\"t1\",\"expires_in\":3599}"),
            ],
        ),
        (
            "/dfs/",
            &[
                (503, "retry-after: 0", "{}"),
                (200, "", NO_FILES),
                (401, "x-ms-error-code: InvalidAuthenticationInfo", "{}"),
                (200, "", NO_FILES),
            ],
        ),
    ])
    .await;
    let door = door("ADLS", host.base_url());
    for _ in 0..2 {
        assert_eq!(looked(&door).await.0, StorageResult::Done);
    }
    assert_eq!(asked(&told), [4, 4]);
}

#[tokio::test]
async fn a_token_that_ends_soon_is_taken_again_before() {
    let ended = (200, "", "{\"access_token\":\"t1\",\"expires_in\":\"0\"}");
    let (host, told) = served(&[
        (TOKEN, Box::leak(Box::new([ended]))),
        ("/dfs/", &[(200, "", NO_FILES)]),
    ])
    .await;
    let door = door("ADLS", host.base_url());
    for _ in 0..3 {
        assert_eq!(looked(&door).await.0, StorageResult::Done);
    }
    assert_eq!(asked(&told), [3, 3]);
}

#[tokio::test]
async fn a_wrong_secret_is_tried_once_and_a_service_that_stays_busy_is_not_the_destination() {
    let refused = StorageResult::Refused {
        code: "invalid_client".to_owned(),
        text: "the token service answered 401".to_owned(),
    };
    let failed = StorageResult::Failure {
        failure: Failure {
            kind: FailureKind::Other,
            text: "the token service answered 503".to_owned(),
        },
    };
    let wrong = (401, "retry-after: 0", "{\"error\":\"invalid_client\"}");
    let busy = (503, "retry-after: 0", "{}");
    for (answer, expected, requests) in [(wrong, refused, 1), (busy, failed, 3)] {
        let (host, told) = served(&[(TOKEN, Box::leak(Box::new([answer])))]).await;
        let door = door("ADLS", host.base_url());
        for _ in 0..3 {
            assert_eq!(looked(&door).await.0, expected);
        }
        assert_eq!(asked(&told), [requests]);
    }
}

/// A bucket whose key assumes a role.
fn assuming(host: &Host) -> StorageSetup {
    StorageSetup::S3(Box::new(S3Setup {
        bucket: "large".to_owned(),
        folder: "in".to_owned(),
        endpoint: Some(host.base_url().to_owned()),
        region: None,
        access_key_id: ACCESS_KEY.to_owned(),
        secret_access_key: Secret::new(SECRET_KEY),
        session_token: None,
        role: Some(Role {
            arn: "arn:aws:iam::123456789012:role/example".to_owned(),
            external_id: None,
        }),
    }))
}

#[tokio::test]
async fn a_role_is_assumed_again_of_a_busy_service_and_before_its_key_ends() {
    const KEY: &str = "<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
        <SessionToken>t</SessionToken><Expiration>2020-01-01T00:00:00Z</Expiration>";
    let (host, told) = served(&[
        (
            "/large",
            &[(
                200,
                "",
                "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>",
            )],
        ),
        ("/", &[(503, "retry-after: 0", ""), (200, "", KEY)]),
    ])
    .await;
    let door = opened(assuming(&host));
    for _ in 0..2 {
        assert_eq!(looked(&door).await.0, StorageResult::Done);
    }
    assert_eq!(asked(&told), [2, 3]);
}

#[tokio::test]
async fn names_that_others_gave_their_files_do_no_harm() {
    let list: Turns = &[(
        200,
        "",
        "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>in//old.csv</Key>\
         <LastModified>2026-01-01T00:00:00Z</LastModified><Size>1</Size></Contents></ListBucketResult>",
    )];
    let (host, _) = served(&[("/", list)]).await;
    let (result, judged) = looked(&door("S3", host.base_url())).await;
    assert_eq!(result, StorageResult::Done);
    assert!(judged.is_ok());
}

#[tokio::test]
async fn a_bucket_that_is_elsewhere_names_its_region() {
    let moved: Turns = &[(
        301,
        "x-amz-bucket-region: eu-west-1",
        "<Error><Code>PermanentRedirect</Code><Message>Ask elsewhere.</Message></Error>",
    )];
    let (host, _) = served(&[("/", moved)]).await;
    let (result, judged) = looked(&door("S3", host.base_url())).await;
    let text = "Ask elsewhere. (the region of the bucket is `eu-west-1`)".to_owned();
    let code = "PermanentRedirect".to_owned();
    assert_eq!(result, StorageResult::Refused { code, text });
    assert_eq!(judged.unwrap_err().reason.code, "location.wrong-region");
}

#[tokio::test]
async fn a_location_that_is_busy_is_not_the_destination() {
    let busy: Turns = &[(
        503,
        "",
        "<Error><Code>SlowDown</Code><Message>Ask later.</Message></Error>",
    )];
    let (host, _) = served(&[("/", busy)]).await;
    let (_, judged) = looked(&door("S3", host.base_url())).await;
    assert_eq!(judged.unwrap_err().reason.code, "location.busy");
}

/// Answers without end below a path, and with a token elsewhere.
async fn endless(below: &'static str, status: u16) -> Host {
    let answer = move |request: Request<Body>| {
        let blanks = || futures::stream::repeat(Ok::<_, Infallible>(vec![b' '; 4096]));
        let answer = match request.uri().path().starts_with(below) {
            true => Response::builder()
                .status(status)
                .body(Body::from_stream(blanks())),
            false => Response::builder().body(Body::from("{\"access_token\":\"t1\"}")),
        };
        std::future::ready(answer.unwrap())
    };
    let router = axum::Router::new().fallback(answer);
    Host::start(None, 0, |_| router).await.unwrap()
}

#[tokio::test]
async fn an_answer_without_end_is_read_no_further_than_it_says_anything() {
    for (kind, below) in [("S3", "/"), ("ADLS", TOKEN), ("ADLS", "/dfs/")] {
        let host = endless(below, 400).await;
        let (result, _) = looked(&door(kind, host.base_url())).await;
        let said = result.summary();
        assert!(said.starts_with("refused: 400 "), "{kind}: {below}: {said}");
    }
    let host = endless("/", 400).await;
    let (result, _) = looked(&opened(assuming(&host))).await;
    let said = result.summary();
    assert!(said.starts_with("refused: AssumeRole "), "{said}");
    let host = endless("/dfs/", 200).await;
    let session = door("ADLS", host.base_url()).session("endless");
    let path = "run".to_owned();
    let list = (Operation::List { path }, None);
    let listed = session.store(Purpose::Observation, list, Login::Valid);
    let exchange = session.exchange(listed.await.unwrap()).unwrap();
    let text = exchange.storage().unwrap().result.summary();
    assert!(text.contains("not JSON"), "{text}");
}
