//! HTTP, TLS and authentication without faults, and the variations that change nothing of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use destspec::emulator::rest::Variation;
use reqwest::{Method, Version};
use serde_json::json;

use crate::emulator::client::{Lab, minimal, trusting};

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a_message_with_valid_credentials_is_accepted_over_both_versions_of_http() {
    for (variation, version) in [
        (Variation::Http1Only, Version::HTTP_11),
        (Variation::Http2Only, Version::HTTP_2),
    ] {
        let lab = Lab::new(&[], &[variation]).await;
        let answer = lab
            .deliver("bearer-single", &minimal("a@example.com"))
            .await;
        assert_eq!(
            (answer.status, answer.version),
            (200, version),
            "{}",
            answer.text
        );
    }
}

#[tokio::test]
async fn a_client_that_trusts_another_authority_does_not_connect() {
    let (lab, other) = (Lab::new(&[], &[]).await, Lab::new(&[], &[]).await);
    let stranger = trusting(other.emulator.certificate_authority_pem());
    assert!(stranger.get(lab.emulator.base_url()).send().await.is_err());
    assert_eq!(
        lab.client
            .get(lab.emulator.base_url())
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
}

#[tokio::test]
async fn what_is_not_a_delivery_is_refused_with_its_own_status() {
    let lab = Lab::new(&[], &[]).await;
    let bearer = lab.bearer();
    let authorization = ("authorization", bearer.as_str());
    let body = minimal("a@example.com").to_string();
    let path = "/bearer-single/profiles";
    let wrong_type = lab
        .send(
            Method::POST,
            path,
            &[authorization, ("content-type", "text/plain")],
            &body,
        )
        .await;
    assert_eq!(wrong_type.status, 415);
    let wrong_method = lab.send(Method::GET, path, &[authorization], "").await;
    assert_eq!(
        (wrong_method.status, wrong_method.header("allow")),
        (405, "POST")
    );
    assert_eq!(
        lab.send(
            Method::POST,
            "/bearer-single/nowhere",
            &[authorization, JSON],
            &body
        )
        .await
        .status,
        404
    );
    assert_eq!(
        lab.send(Method::POST, path, &[authorization, JSON], &body[1..])
            .await
            .status,
        400
    );
    assert_eq!(
        lab.send(Method::POST, path, &[authorization, JSON], r#"{"a": 1}"#)
            .await
            .status,
        400
    );
    assert!(
        lab.emulator
            .deliveries("bearer-single")
            .iter()
            .all(|delivery| delivery.status != 200)
    );
}

#[tokio::test]
async fn a_bearer_token_is_challenged_as_rfc_6750_has_it() {
    let lab = Lab::new(&[], &[]).await;
    let body = minimal("a@example.com").to_string();
    let token = &lab.credentials.token;
    let missing = lab
        .send(Method::POST, "/bearer-single/profiles", &[JSON], &body)
        .await;
    assert_eq!(
        (missing.status, missing.header("www-authenticate")),
        (401, r#"Bearer realm="destination""#)
    );
    for (header, status) in [
        (format!("Bearer {token}"), 200),
        (format!("bEARER {token}"), 200),
        (format!("Token {token}"), 401),
        (format!("Bearer {token}x"), 401),
        ("Bearer".to_owned(), 401),
    ] {
        let headers = [JSON, ("authorization", header.as_str())];
        let answer = lab
            .send(Method::POST, "/bearer-single/profiles", &headers, &body)
            .await;
        assert_eq!(answer.status, status, "{header}");
        assert_eq!(
            answer.header("www-authenticate").contains("invalid_token"),
            status == 401
        );
        assert!(!answer.text.contains(token.as_str()));
    }
}

#[tokio::test]
async fn a_password_may_have_colons_and_characters_beyond_ascii() {
    let lab = Lab::new(&[], &[]).await;
    let mut body = minimal("a@example.com");
    body["audiences"]["add"][0]["id"] = json!("11aa3b9e-2f1c-4d37-9a55-0c7b6f1e2d01");
    let (user, password) = (&lab.credentials.username, &lab.credentials.password);
    assert!(password.contains(':') && !password.is_ascii());
    for (scheme, pair, status) in [
        ("Basic", format!("{user}:{password}"), 200),
        ("basic", format!("{user}:{password}"), 200),
        ("Basic", format!("{user}:{password}x"), 401),
        ("Basic", format!("x{user}:{password}"), 401),
        ("Basic", user.clone(), 401),
    ] {
        let header = format!("{scheme} {}", STANDARD.encode(&pair));
        let headers = [JSON, ("authorization", header.as_str())];
        let answer = lab
            .send(
                Method::POST,
                "/basic-single/profiles",
                &headers,
                &body.to_string(),
            )
            .await;
        assert_eq!(answer.status, status, "{}", answer.text);
        if status == 401 {
            assert_eq!(
                answer.header("www-authenticate"),
                r#"Basic realm="destination", charset="UTF-8""#
            );
        }
    }
}

#[tokio::test]
async fn no_variation_changes_whether_a_message_is_accepted_stored_or_refused() {
    for variation in Variation::ALL {
        let lab = Lab::new(&[], &[*variation]).await;
        let answer = lab
            .deliver("bearer-single", &minimal("a@example.com"))
            .await;
        assert!(
            (200..300).contains(&answer.status),
            "{variation}: {}",
            answer.status
        );
        // What is stored later shows in the second answer.
        lab.observe("bearer-single", "a@example.com").await;
        assert_eq!(
            lab.observe("bearer-single", "a@example.com").await.json()["audiences"],
            json!(["a1"])
        );
        let missing = lab
            .send(Method::POST, "/bearer-single/profiles", &[JSON], "{}")
            .await;
        assert_eq!(missing.status, 401, "{variation}");
        let challenge = missing.lines("www-authenticate").join(", ").to_lowercase();
        assert!(challenge.contains("bearer realm="), "{variation}");
    }
}

#[tokio::test]
async fn a_variation_is_what_it_is_called() {
    let answer = |variation: Variation| async move {
        Lab::new(&[], &[variation])
            .await
            .deliver("bearer-single", &minimal("a@example.com"))
            .await
    };
    assert_eq!(answer(Variation::Created).await.status, 201);
    assert_eq!(answer(Variation::Accepted).await.status, 202);
    assert_eq!(answer(Variation::NoContent).await.status, 204);
    assert_eq!(answer(Variation::EmptyBody).await.text, "");
    assert_eq!(answer(Variation::PlainTextBody).await.text, "OK");
    assert_eq!(
        answer(Variation::ChunkedAnswer)
            .await
            .header("content-length"),
        ""
    );
    assert_eq!(
        answer(Variation::ExtraHeaders).await.header("server"),
        "emulator"
    );
}

#[tokio::test]
async fn overload_is_answered_429_and_says_when_to_come_back() {
    let lab = Lab::new(&[], &[]).await;
    let body = minimal("a@example.com");
    let answers =
        futures::future::join_all((0..200).map(|_| lab.deliver("bearer-single", &body))).await;
    let (busy, taken): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 429);
    assert!(
        !busy.is_empty()
            && busy
                .iter()
                .all(|answer| answer.header("retry-after") == "1")
    );
    assert!(!taken.is_empty() && taken.iter().all(|answer| answer.status == 200));
}
