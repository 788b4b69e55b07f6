//! Tokens at the door to a destination: taken in time, by every grant, replayed, and masked.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::sync::Arc;
use std::time::Duration;

use destspec::encode::oauth2::TokenClient;
use destspec::model::record::{Body, ExchangeRef, FailureKind, Format, TokenGrant};
use destspec::model::secret::Secret;
use destspec::wire::{AuthSetup, Credential, OAuth2Setup, Session, TokenAsk};
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::wire::{TOKEN, answering, live, post, replay, sent};

async fn token_server(life: u64) -> MockServer {
    let server = MockServer::start().await;
    let body = serde_json::json!({"access_token": TOKEN, "expires_in": life});
    Mock::given(path("/token"))
        .and(body_string_contains("client_secret=s+cret%2Fcret"))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(&server)
        .await;
    let refused = serde_json::json!({"error": "invalid_client"});
    Mock::given(path("/token"))
        .respond_with(ResponseTemplate::new(401).set_body_json(refused))
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(header("Authorization", format!("Bearer {TOKEN}").as_str()))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    server
}

fn oauth2(server: &MockServer, secret: Secret) -> AuthSetup {
    let mut client = TokenClient::new(format!("{}/token", server.uri()));
    client.scopes = vec!["read".to_owned(), "write".to_owned()];
    by_client(client, secret)
}

fn by_client(client: TokenClient, secret: Secret) -> AuthSetup {
    AuthSetup::OAuth2(Box::new(OAuth2Setup {
        client_id: "cid".to_owned(),
        client_secret: secret,
        owner: None,
        refresh_token: None,
        fields: Vec::new(),
        endpoint: Arc::new(client),
    }))
}

#[tokio::test]
async fn a_token_is_taken_once_and_again_before_it_expires() {
    let server = token_server(3600).await;
    let door = live(oauth2(&server, Secret::new("s cret/cret")));
    let (a, b) = (door.session("a"), door.session("b"));
    let request = || post(&server.uri(), Credential::Valid);
    let (x, y) = tokio::join!(a.send(request()), b.send(request()));
    let first = ExchangeRef {
        lane: 0,
        ordinal: 0,
    };
    assert_eq!((x, y), (Ok(first), Ok(first)));
    assert_eq!(door.destination_exchanges().len(), 1);
    door.advance(Duration::from_secs(3000));
    a.send(request()).await.unwrap();
    assert_eq!(door.destination_exchanges().len(), 1);
    door.advance(Duration::from_secs(545));
    a.send(request()).await.unwrap();
    assert_eq!(door.destination_exchanges().len(), 2);
    assert!(
        a.exchanges()
            .iter()
            .all(|e| e.answer().unwrap().status == 200)
    );
}

#[tokio::test]
async fn token_requests_replay_and_their_tokens_can_be_used() {
    let server = token_server(86_400).await;
    let door = live(oauth2(&server, Secret::new("s cret/cret")));
    let session = door.session("s");
    let run = async |session: &Session| {
        session
            .send(post(&server.uri(), Credential::Valid))
            .await
            .unwrap();
        let good = session.token(TokenAsk::Valid).await.unwrap();
        session
            .send(post(&server.uri(), Credential::TokenOf(good)))
            .await
            .unwrap();
        let bad = session.token(TokenAsk::WrongSecret).await.unwrap();
        session
            .send(post(&server.uri(), Credential::TokenOf(bad)))
            .await
            .unwrap();
        session.token(TokenAsk::UnsupportedGrant).await.unwrap();
    };
    run(&session).await;
    let seen = session.exchanges();
    assert_eq!(seen[2].answer().unwrap().status, 200);
    assert_eq!(seen[3].answer().unwrap().status, 401);
    assert!(
        seen[4]
            .failure()
            .unwrap()
            .text
            .starts_with("no access token: ")
    );
    let body = seen[1].request().unwrap().body.text().unwrap();
    assert!(
        body.contains("client_secret=⟦secret:client_secret#"),
        "{body}"
    );
    assert!(body.ends_with("&scope=read+write"), "{body}");
    let grants: Vec<_> = seen
        .iter()
        .filter_map(|e| e.token())
        .map(|facts| facts.grant)
        .collect();
    let (known, unknown) = (TokenGrant::ClientCredentials, TokenGrant::Unsupported);
    assert_eq!(grants, [known, known, unknown]);
    let again = replay(
        oauth2(&server, Secret::replayed("client_secret")),
        &door,
        &session,
    );
    let second = again.session("s");
    run(&second).await;
    assert_eq!(second.exchanges(), seen);
    assert_eq!(again.destination_exchanges(), door.destination_exchanges());
}

#[tokio::test]
async fn a_token_by_an_indexed_path_is_found_and_masked_with_its_copies() {
    let server = MockServer::start().await;
    let body = serde_json::json!({
        "data": {"tokens": [{"value": TOKEN}]}, "refresh_token": "refresh-canary-1234", "expires_in": 90_000.0,
        "scope": "read", "session": "canary-of-a-session",
    });
    let template = ResponseTemplate::new(200)
        .insert_header("X-Token", TOKEN)
        .set_body_json(body);
    Mock::given(path("/token"))
        .respond_with(template)
        .mount(&server)
        .await;
    Mock::given(header("Authorization", format!("Bearer {TOKEN}").as_str()))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let mut client = TokenClient::new(format!("{}/token", server.uri()));
    client.paths.access_token = "data.tokens[0].value".to_owned();
    let door = live(by_client(client, Secret::new("s cret/cret")));
    let delivered = sent(&door, post(&server.uri(), Credential::Valid)).await;
    assert_eq!(delivered.answer().unwrap().status, 200);
    let own = door.destination_exchanges();
    let answer = own[0].answer().unwrap();
    assert_eq!(answer.header("x-token"), Some("⟦withheld:header⟧"));
    let body = answer.body.json().unwrap();
    let token = body["data"]["tokens"][0]["value"].as_str().unwrap();
    assert!(token.starts_with("⟦secret:access_token#"), "{body}");
    assert_eq!(
        (&body["scope"], &body["expires_in"]),
        (&"read".into(), &90_000.0.into())
    );
    assert!(!body.to_string().contains("canary"), "{body}");
}

#[tokio::test]
async fn a_token_answer_that_is_not_read_is_withheld() {
    let server =
        answering(ResponseTemplate::new(200).set_body_string("access_token=canary-4711-zq9lm2wx"))
            .await;
    let door = live(oauth2(&server, Secret::new("s cret/cret")));
    let delivered = sent(&door, post(&server.uri(), Credential::Valid)).await;
    let failure = delivered.failure().unwrap();
    assert_eq!(failure.kind, FailureKind::NoToken);
    let own = door.destination_exchanges();
    let Body::Withheld(withheld) = &own[0].answer().unwrap().body else {
        unreachable!("a body that was not read is withheld");
    };
    assert_eq!(
        (withheld.shape.format, &*withheld.shape.members),
        (Format::Form, &["access_token".to_owned()][..])
    );
    assert!(!serde_json::to_string(&own).unwrap().contains("canary"));
}
