//! The token of a run is renewed by what the answer before gave, and is always the one that was taken last.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::sync::Arc;
use std::time::Duration;

use destspec::encode::oauth2::TokenClient;
use destspec::model::record::TokenGrant;
use destspec::model::secret::Secret;
use destspec::wire::{AuthSetup, Credential, OAuth2Setup, TokenAsk};
use wiremock::matchers::{body_string_contains, header, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::wire::{TOKEN, live, post, replay};

/// Answers each token request whose body holds a text, so many times.
async fn answers(server: &MockServer, (text, times): (&str, u64), status: u16, refresh: &str) {
    issues(server, (text, times), status, (TOKEN, refresh)).await;
}

/// The same with a token of its own.
async fn issues(
    server: &MockServer,
    (text, times): (&str, u64),
    status: u16,
    (token, refresh): (&str, &str),
) {
    let body = serde_json::json!({
        "access_token": token, "expires_in": 3600, "refresh_token": refresh, "error": "invalid_grant",
    });
    Mock::given(path("/token"))
        .and(body_string_contains(text))
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .up_to_n_times(times)
        .mount(server)
        .await;
}

#[tokio::test]
async fn a_token_that_ends_is_renewed_by_the_newest_refresh_token_or_from_the_start() {
    let server = MockServer::start().await;
    answers(&server, ("grant_type=password", 9), 200, "canary-refresh-1").await;
    answers(
        &server,
        ("refresh_token=canary-refresh-1", 1),
        200,
        "canary-refresh-2",
    )
    .await;
    answers(&server, ("refresh_token=canary-refresh-2", 1), 400, "").await;
    Mock::given(header("Authorization", format!("Bearer {TOKEN}").as_str()))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let mut client = TokenClient::new(format!("{}/token", server.uri()));
    client.grant = TokenGrant::Password;
    client.refresh_url = Some(client.url.clone());
    let auth = |secret: Secret, password: Secret| {
        AuthSetup::OAuth2(Box::new(OAuth2Setup {
            client_id: "cid".to_owned(),
            client_secret: secret,
            owner: Some(("ada".to_owned(), password)),
            refresh_token: None,
            fields: Vec::new(),
            endpoint: Arc::new(client.clone()),
        }))
    };
    let door = live(auth(
        Secret::new("canary-secret"),
        Secret::new("canary-password"),
    ));
    let session = door.session("s");
    for _ in 0..3 {
        session
            .send(post(&server.uri(), Credential::Valid))
            .await
            .unwrap();
        door.advance(Duration::from_secs(3600));
    }
    let asked = door.destination_exchanges();
    let grants: Vec<_> = asked.iter().map(|e| e.token().unwrap().grant).collect();
    let (first, next) = (TokenGrant::Password, TokenGrant::RefreshToken);
    assert_eq!(grants, [first, next, next, first]);
    let seen = session.exchanges();
    assert!(seen.iter().all(|e| e.answer().unwrap().status == 200));
    assert!(!serde_json::to_string(&asked).unwrap().contains("canary"));
    let again = replay(
        auth(
            Secret::replayed("client_secret"),
            Secret::replayed("password"),
        ),
        &door,
        &session,
    );
    let second = again.session("s");
    for _ in 0..3 {
        second
            .send(post(&server.uri(), Credential::Valid))
            .await
            .unwrap();
    }
    assert_eq!(second.exchanges(), seen);
    assert!(again.unverifiable().is_empty());
}

#[tokio::test]
async fn where_a_refresh_ends_the_token_before_deliveries_go_on_with_the_newest() {
    let server = MockServer::start().await;
    let (first, second) = ("canary-token-first", "canary-token-second");
    for (used, token, next) in [("1", first, "2"), ("2", second, "3")] {
        let (used, next) = (
            format!("canary-refresh-{used}"),
            format!("canary-refresh-{next}"),
        );
        let text = format!("refresh_token={used}");
        issues(&server, (&text, 1), 200, (token, &next)).await;
    }
    Mock::given(header("Authorization", format!("Bearer {first}").as_str()))
        .respond_with(ResponseTemplate::new(200))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(header("Authorization", format!("Bearer {second}").as_str()))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let mut client = TokenClient::new(format!("{}/token", server.uri()));
    client.grant = TokenGrant::RefreshToken;
    client.refresh_url = Some(client.url.clone());
    let door = live(AuthSetup::OAuth2(Box::new(OAuth2Setup {
        client_id: "cid".to_owned(),
        client_secret: Secret::new("canary-secret"),
        owner: None,
        refresh_token: Some(Secret::new("canary-refresh-1")),
        fields: Vec::new(),
        endpoint: Arc::new(client),
    })));
    let (session, other) = (door.session("s"), door.session("another"));
    let delivered = || session.send(post(&server.uri(), Credential::Valid));
    delivered().await.unwrap();
    other.token(TokenAsk::Valid).await.unwrap();
    delivered().await.unwrap();
    let statuses = session.exchanges();
    let statuses: Vec<_> = statuses
        .iter()
        .map(|e| e.answer().unwrap().status)
        .collect();
    assert_eq!(statuses, [200, 200]);
}
