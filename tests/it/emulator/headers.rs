//! Faults of headers that hold the right words in the wrong places, and of connections.

use destspec::emulator::rest::Fault;
use reqwest::Method;

use crate::emulator::client::{Answer, Lab, minimal};

const JSON: (&str, &str) = ("content-type", "application/json");

/// What a destination answers to a wrong token.
async fn denied(lab: &Lab) -> Answer {
    let headers = [JSON, ("authorization", "Bearer wrong")];
    let path = "/bearer-single/profiles";
    lab.send(Method::POST, path, &headers, "{}").await
}

#[tokio::test]
async fn a_challenge_at_fault_holds_the_words_and_not_the_meaning() {
    for (fault, challenge) in [
        (
            Fault::ChallengeOfAnotherScheme,
            r#"Negotiate note="not Bearer realm=\"destination\", error=\"invalid_token\"""#,
        ),
        (
            Fault::RealmOnlyInText,
            r#"Bearer note="realm=destination", error="invalid_token""#,
        ),
        (
            Fault::InvalidTokenOnlyInText,
            r#"Bearer realm="destination", error_description="see error=\"invalid_token\" in the manual""#,
        ),
    ] {
        let answer = denied(&Lab::faulty(fault).await).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.lines("www-authenticate"), [challenge], "{fault}");
    }
    let lab = Lab::faulty(Fault::ChallengeOfAnotherScheme).await;
    let path = "/basic-single/profiles";
    let answer = lab.send(Method::POST, path, &[JSON], "{}").await;
    let challenge = r#"Negotiate note="not Basic realm=\"destination\"""#;
    assert_eq!(answer.lines("www-authenticate"), [challenge]);
}

#[tokio::test]
async fn headers_at_fault_are_what_they_are_called() {
    for (fault, allow) in [
        (Fault::AllowEmpty, ""),
        (Fault::AllowGarbage, "see the documentation"),
    ] {
        let lab = Lab::faulty(fault).await;
        let path = "/bearer-single/profiles";
        let answer = lab.send(Method::GET, path, &[], "").await;
        assert_eq!((answer.status, answer.lines("allow")), (405, vec![allow]));
    }
    let answer = Lab::faulty(Fault::NoStoreMisspelt).await.token().await;
    assert_eq!(answer.lines("cache-control"), ["x-no-store"]);
    let answer = Lab::faulty(Fault::TokenMediaTypeInvented)
        .await
        .token()
        .await;
    assert_eq!(answer.lines("content-type"), ["text/json-ish"]);
    assert!(answer.json()["access_token"].is_string());
}

#[tokio::test]
async fn overload_may_be_answered_with_a_pause_that_is_none() {
    let lab = Lab::faulty(Fault::RetryAfterGarbage).await;
    let body = minimal("a@example.com");
    let deliveries = (0..200).map(|_| lab.deliver("bearer-single", &body));
    let answers = futures::future::join_all(deliveries).await;
    let mut busy = answers.iter().filter(|answer| answer.status == 429);
    assert!(busy.clone().count() > 0);
    assert!(busy.all(|answer| answer.lines("retry-after") == ["soon"]));
}

#[tokio::test]
async fn a_body_left_unread_spoils_the_next_request_on_its_connection_only() {
    let lab = Lab::faulty(Fault::UnreadBody).await;
    let body = minimal("a@example.com");
    assert_eq!(denied(&lab).await.status, 401);
    let spoiled = lab.deliver("bearer-single", &body).await;
    assert_eq!(
        (spoiled.status, spoiled.header("connection")),
        (400, "close")
    );
    assert_eq!(spoiled.text, "");
    for _ in 0..2 {
        assert_eq!(lab.deliver("bearer-single", &body).await.status, 200);
    }
    let honest = Lab::new(&[], &[]).await;
    assert_eq!(denied(&honest).await.status, 401);
    assert_eq!(honest.deliver("bearer-single", &body).await.status, 200);
}

#[tokio::test]
async fn a_client_without_a_certificate_is_turned_away() {
    let lab = Lab::faulty(Fault::ClientCertificateRequired).await;
    let request = lab.client.get(lab.emulator.base_url());
    assert!(request.send().await.is_err());
}
