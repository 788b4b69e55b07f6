//! The door to a destination: what is sent, what is recorded, and that a replay sees the same without a network.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use destspec::judge::paging;
use destspec::model::near_miss::NearMiss;
use destspec::model::outcome::Outcome;
use destspec::model::record::{
    Act, Body, Destination, Exchange, FailureKind, Given, Purpose, Scenario,
};
use destspec::model::redact::Redactor;
use destspec::model::requirement::Level;
use destspec::model::secret::Secret;
use destspec::model::source::{Place, Source};
use destspec::model::submission::Observation;
use destspec::wire::{AuthSetup, Credential, Door, DoorSetup, Request, Retry, RetryClass, Session};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use wiremock::matchers::{any, header, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub const TOKEN: &str = "canary-token/\"Zq9+Lm2Wx&R7";

fn setup(auth: AuthSetup, redactor: Redactor) -> DoorSetup {
    DoorSetup {
        folder: std::path::PathBuf::new(),
        environment: Vec::new(),
        run_id: "run-1".to_owned(),
        seed: 7,
        started: Some(Instant::now()),
        destination: "moonshine".to_owned(),
        auth,
        audience_auth: None,
        storage: None,
        redactor: Arc::new(redactor),
        certificate_authority_pem: None,
        concurrency: 8,
        pace_per_second: None,
        time_limit: Duration::from_secs(5),
        retry_waits: [1, 2].map(Duration::from_millis),
        retry_class: RetryClass::BestEffort,
        journal: None,
    }
}

pub fn live(auth: AuthSetup) -> Door {
    Door::live(setup(auth, Redactor::new([3; 32]))).unwrap()
}

pub fn post(url: &str, credential: Credential) -> Request {
    Request {
        purpose: Purpose::Delivery,
        method: "POST".to_owned(),
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: Bytes::from_static(br#"{"id":1}"#),
        credential,
        retry: Retry::AsPlatform,
        ..Request::question(url, "")
    }
}

fn basic(password: Secret) -> AuthSetup {
    AuthSetup::Basic {
        username: "jane".to_owned(),
        password,
    }
}

fn bearer() -> AuthSetup {
    AuthSetup::Bearer {
        token: Secret::new(TOKEN),
    }
}

fn scenario(session: &Session) -> Scenario {
    Scenario {
        id: "s".to_owned(),
        destination: "moonshine".to_owned(),
        file: "features/a.feature".to_owned(),
        line: 1,
        feature: "a".to_owned(),
        title: "a".to_owned(),
        requirement: "STR-1.01".to_owned(),
        level: Level::Must,
        outcome: Outcome::Omitted {
            reason: destspec::suite::omission::by_tags(),
            filtered: false,
        },
        steps: Vec::new(),
        exchanges: session.exchanges(),
        at_ms: session.began_ms(),
        duration_ms: 0,
    }
}

pub fn replay(auth: AuthSetup, door: &Door, session: &Session) -> Door {
    let destination = Destination {
        name: "moonshine".to_owned(),
        version: "1".to_owned(),
        family: destspec::model::sdk::Family::Streaming,
        claims: Vec::new(),
        facts: Vec::new(),
        warnings: Vec::new(),
        profiles: "synthetic".to_owned(),
        files: Vec::new(),
        given: Given::default(),
        exchanges: door.destination_exchanges(),
        connections: door.connections(),
        swept: None,
        swept_audiences: None,
        swept_dataflow: None,
        canary: None,
        control: Vec::new(),
        audiences: Vec::new(),
        dataflow: Vec::new(),
    };
    let json = serde_json::to_string(&(destination, scenario(session))).unwrap();
    let (destination, scenario): (Destination, Scenario) = serde_json::from_str(&json).unwrap();
    let setup = setup(auth, Redactor::replaying());
    let recorded = (env!("CARGO_PKG_VERSION"), &[scenario][..]);
    Door::replay(setup, &destination, recorded)
}

pub async fn answering(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(template)
        .mount(&server)
        .await;
    server
}

pub async fn sent(door: &Door, request: Request) -> Arc<Exchange> {
    let session = door.session("s");
    let sent = session.send(request).await.unwrap();
    session.exchange(sent).unwrap()
}

fn value<'a>(exchange: &'a Exchange, name: &str) -> Option<&'a str> {
    let headers = &exchange.request().unwrap().headers;
    let found = headers.iter().find(|(n, _)| n == name);
    found.map(|(_, v)| v.as_str())
}

#[tokio::test]
async fn a_replay_gives_the_same_exchanges_with_the_network_closed() {
    let server = answering(ResponseTemplate::new(503).set_body_string(TOKEN)).await;
    let (url, door) = (format!("{}/deliver", server.uri()), live(bearer()));
    let session = door.session("s");
    for credential in [Credential::Valid, Credential::Wrong, Credential::None] {
        session.send(post(&url, credential)).await.unwrap();
    }
    session
        .lane(1)
        .send(post(&url, Credential::SchemeCase))
        .await
        .unwrap();
    session.connection(&url).await.unwrap();
    drop(server);
    let token = Secret::replayed("token");
    let again = replay(AuthSetup::Bearer { token }, &door, &session);
    let second = again.session("s");
    for credential in [Credential::Valid, Credential::Wrong, Credential::None] {
        second.send(post(&url, credential)).await.unwrap();
    }
    assert_eq!(second.unused().unwrap().lane, 1);
    second
        .lane(1)
        .send(post(&url, Credential::SchemeCase))
        .await
        .unwrap();
    second.connection(&url).await.unwrap();
    assert_eq!(second.exchanges(), session.exchanges());
    assert_eq!(second.exchanges().len(), 12);
    assert_eq!(second.now_ms(), session.now_ms());
    assert_eq!(again.connections(), door.connections());
    assert_eq!(second.unused(), None);
}

/// Asks for a page and for those behind it.
async fn pages(session: &Session, first: &str) {
    let observation = Observation {
        over: None,
        url: first.to_owned(),
        pointer: "/a".to_owned(),
        removed: None,
        element: None,
        next: None,
        cursor: None,
        not_found_is_nobody: true,
        place: Place::new(&Source::new("a", ""), 0..0),
    };
    let mut next = Some(first.to_owned());
    while let Some(url) = next {
        let question = Request {
            credential: Credential::Valid,
            ..Request::question(&url, "application/json")
        };
        let page = session.send(question).await.unwrap();
        let page = session.exchange(page).unwrap();
        next = paging::next(page.answer().unwrap(), &observation, &url);
    }
}

#[tokio::test]
async fn a_page_is_asked_for_by_the_signature_of_its_url_which_no_record_holds() {
    let server = MockServer::start().await;
    let signature = "6Gh4Jk8L%2Fz2Xc7%2Bb3Nm9Qw5Er%3D";
    Mock::given(query_param("sig", "6Gh4Jk8L/z2Xc7+b3Nm9Qw5Er="))
        .and(header("Authorization", format!("Bearer {TOKEN}").as_str()))
        .respond_with(ResponseTemplate::new(200).set_body_string("{}"))
        .mount(&server)
        .await;
    let link = format!("</p?page=2&sig={signature}&x=1>; rel=\"next\"");
    let body = format!(r#"{{"a": [], "photo": "https:\/\/h\/p?x=1\u0026sig={signature}"}}"#);
    let first = ResponseTemplate::new(200).insert_header("Link", link);
    Mock::given(path("/first"))
        .respond_with(first.set_body_string(body))
        .mount(&server)
        .await;
    let (url, door) = (format!("{}/first", server.uri()), live(bearer()));
    let session = door.session("s");
    pages(&session, &url).await;
    let statuses = session.exchanges();
    let statuses: Vec<u16> = statuses
        .iter()
        .map(|e| e.answer().unwrap().status)
        .collect();
    assert_eq!(statuses, [200, 200]);
    let record = serde_json::to_string(&scenario(&session)).unwrap();
    assert!(!record.contains("6Gh4Jk8L"), "{record}");
    assert!(record.contains("sig=⟦withheld:signature⟧&x=1"), "{record}");
    drop(server);
    let token = Secret::replayed("token");
    let again = replay(AuthSetup::Bearer { token }, &door, &session);
    let second = again.session("s");
    pages(&second, &url).await;
    assert_eq!(second.exchanges(), session.exchanges());
    assert_eq!((second.unused(), again.unverifiable().len()), (None, 0));
}

#[tokio::test]
async fn a_divergence_names_the_first_field_that_differs() {
    let server = answering(ResponseTemplate::new(204)).await;
    let door = live(AuthSetup::None);
    let session = door.session("s");
    session
        .send(post(&server.uri(), Credential::None))
        .await
        .unwrap();
    let again = replay(AuthSetup::None, &door, &session);
    let mut other = post(&server.uri(), Credential::None);
    other.body = Bytes::from_static(b"{}");
    let divergence = again.session("s").send(other.clone()).await.unwrap_err();
    assert_eq!(
        (divergence.field.as_str(), divergence.now.as_str()),
        ("body", "{}")
    );
    other.headers.push(("X-More".to_owned(), "1".to_owned()));
    let divergence = again.session("s").send(other.clone()).await.unwrap_err();
    assert_eq!(divergence.field, "header `user-agent`");
    assert_eq!(divergence.now, "x-more: 1");
    other.method = "PUT".to_owned();
    let divergence = again.session("s").send(other).await.unwrap_err();
    assert_eq!(divergence.field, "method");
}

#[tokio::test]
async fn a_refused_delivery_is_repeated_twice_and_a_lost_one_never() {
    for (status, attempts) in [(503, 3), (403, 3), (400, 1), (501, 1), (200, 1)] {
        let server = answering(ResponseTemplate::new(status)).await;
        let door = live(AuthSetup::None);
        let session = door.session("s");
        let index = session
            .send(post(&server.uri(), Credential::None))
            .await
            .unwrap();
        let seen: Vec<_> = session.exchanges().iter().map(|e| e.attempt).collect();
        assert_eq!(seen, (1..=attempts).collect::<Vec<_>>(), "{status}");
        assert_eq!(index.ordinal as usize + 1, seen.len());
    }
    assert!(RetryClass::Configurable.retries(501) && !RetryClass::Configurable.retries(500));
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let template = ResponseTemplate::new(302).insert_header("Location", "/elsewhere");
    let server = answering(template).await;
    let request = post(&server.uri(), Credential::None);
    let exchange = sent(&live(AuthSetup::None), request).await;
    assert_eq!(exchange.answer().unwrap().status, 302);
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

/// Answers the first request of each connection and closes it at the second, without a word.
async fn forgetful() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                let _ = stream.write_all(answer).await;
                let _ = stream.read(&mut buffer).await;
            });
        }
    });
    url
}

#[tokio::test]
async fn what_a_kept_connection_lost_is_sent_once_more_on_a_new_one() {
    let door = live(AuthSetup::None);
    let url = forgetful().await;
    for expected in [false, true] {
        let exchange = sent(&door, post(&url, Credential::None)).await;
        assert!(exchange.answer().is_some());
        assert!(matches!(&exchange.act, Act::Http(http) if http.reconnected == expected));
    }
}

async fn speaking(text: &'static [u8], stay: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(text).await;
            if stay {
                std::future::pending::<()>().await;
            }
        }
    });
    url
}

#[tokio::test]
async fn a_failure_on_the_wire_is_an_exchange_of_its_kind() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf";
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let cases = [
        (speaking(half, false).await, FailureKind::Broken),
        (
            speaking(b"SSH-2.0-x\r\n\r\n", false).await,
            FailureKind::Broken,
        ),
        (speaking(b"", false).await, FailureKind::Reset),
        (speaking(b"", true).await, FailureKind::TimedOut),
        (format!("http://{closed}/"), FailureKind::Refused),
        ("http://nowhere.invalid/".to_owned(), FailureKind::Resolve),
        ("nonsense".to_owned(), FailureKind::Other),
    ];
    let door = live(bearer());
    for (url, kind) in cases {
        let mut request = post(&url, Credential::Valid);
        if kind == FailureKind::TimedOut {
            request.time_limit = Some(Duration::from_millis(50));
        }
        let exchange = sent(&door, request).await;
        let failure = exchange.failure().unwrap();
        assert_eq!(failure.kind, kind, "{url}: {}", failure.text);
    }
}

#[tokio::test]
async fn credentials_travel_as_configured_and_are_recorded_masked() {
    let server = MockServer::start().await;
    Mock::given(header("Authorization", "Basic amFuZTpwYTpzc3dvcmQ="))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let door = live(basic(Secret::new("pa:ssword")));
    for (credential, status, shown) in [
        (Credential::Valid, 200, Some("Basic ⟦secret:basic#")),
        (Credential::SchemeCase, 404, Some("bASIC ⟦secret:basic#")),
        (Credential::WrongScheme, 404, Some("Token ⟦secret:basic#")),
        (Credential::WrongPassword, 404, Some("Basic amFuZT")),
        (
            Credential::Near(NearMiss::OtherUser),
            404,
            Some("Basic ⟦secret:basic, of an unknown user#"),
        ),
        (Credential::None, 404, None),
    ] {
        let exchange = sent(&door, post(&server.uri(), credential)).await;
        assert_eq!(exchange.answer().unwrap().status, status, "{credential:?}");
        let value = value(&exchange, "Authorization");
        let shown = shown.map(|shown| value.is_some_and(|v| v.starts_with(shown)));
        assert_ne!(shown, Some(false), "{credential:?}: {value:?}");
        assert_eq!(shown.is_none(), value.is_none());
    }
}

#[tokio::test]
async fn secrets_are_nowhere_in_the_record() {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(TOKEN);
    let hex: String = TOKEN.bytes().map(|b| format!("{b:02x}")).collect();
    let echo = format!("{TOKEN} {encoded} {hex} {}", serde_json::json!(TOKEN));
    let template = ResponseTemplate::new(200)
        .insert_header("X-Echo", TOKEN)
        .insert_header("Set-Cookie", "session=abcdef; Path=/")
        .set_body_string(echo);
    let server = answering(template).await;
    let exchange = sent(&live(bearer()), post(&server.uri(), Credential::Valid)).await;
    let json = serde_json::to_string(&exchange).unwrap();
    for secret in ["canary", encoded.as_str(), hex.as_str(), "session=abcdef"] {
        assert!(!json.contains(secret), "{json}");
    }
    assert!(matches!(exchange.answer().unwrap().body, Body::Text(_)));
}
