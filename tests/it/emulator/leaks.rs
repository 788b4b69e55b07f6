//! Faults that refuse a delivery and store it all the same.

use destspec::emulator::rest::Fault;
use reqwest::Method;
use serde_json::json;

use crate::emulator::client::{Lab, minimal, profile};
use crate::emulator::tokens::access_token;

/// Delivers what has to be refused, and says with what status and whether it shows.
async fn refused(
    lab: &Lab,
    authorization: Option<&str>,
    media_type: &str,
    body: &str,
) -> (u16, bool) {
    let mut headers = vec![("content-type", media_type)];
    headers.extend(authorization.map(|value| ("authorization", value)));
    let path = "/bearer-single/profiles";
    let answer = lab.send(Method::POST, path, &headers, body).await;
    let shown = lab.observe("bearer-single", "a@example.com").await.status == 200;
    (answer.status, shown)
}

#[tokio::test]
async fn what_is_refused_shows_only_under_its_fault() {
    let body = minimal("a@example.com").to_string();
    let broken = format!("{}{{", &body[..body.len() - 1]);
    let json = "application/json";
    for (fault, authorization, media_type, body, status) in [
        (
            Fault::StoredWithoutCredentials,
            Some(false),
            json,
            &body,
            401,
        ),
        (Fault::StoredWithWrongCredentials, None, json, &body, 401),
        (
            Fault::WrongContentTypeStored,
            Some(true),
            "text/plain",
            &body,
            415,
        ),
        (Fault::MalformedJsonStored, Some(true), json, &broken, 400),
    ] {
        for (lab, shows) in [
            (Lab::new(&[], &[]).await, false),
            (Lab::faulty(fault).await, true),
        ] {
            let bearer = lab.bearer();
            let presented = match authorization {
                None => Some("Bearer wrong"),
                Some(valid) => valid.then_some(bearer.as_str()),
            };
            assert_eq!(
                refused(&lab, presented, media_type, body).await,
                (status, shows),
                "{fault}"
            );
        }
    }
}

#[tokio::test]
async fn an_expired_token_is_refused_and_what_came_with_it_shows_only_under_its_fault() {
    for (faults, status) in [
        (&[][..], 404),
        (&[Fault::StoredWithExpiredToken], 200),
        (&[Fault::StoredWithWrongCredentials], 404),
    ] {
        let lab = Lab::new(faults, &[]).await;
        let old = access_token(&lab.token().await);
        lab.emulator.expire_tokens("oauth2-batch");
        assert_eq!(lab.deliver_with("oauth2-batch", &old).await, 401);
        let fresh = format!("Bearer {}", access_token(&lab.token().await));
        let path = "/oauth2-batch/observe/profiles/a@example.com";
        let observed = lab
            .send(Method::GET, path, &[("authorization", &fresh)], "")
            .await;
        assert_eq!(observed.status, status, "{faults:?}");
    }
}

#[tokio::test]
async fn a_message_refused_for_one_profile_leaves_the_others_only_under_its_fault() {
    let known = "11aa3b9e-2f1c-4d37-9a55-0c7b6f1e2d01";
    let message = json!({"profiles": [
        profile(&[("email", "before")], &[(known, "realized")]),
        profile(&[("email", "stranger")], &[("unknown", "realized")]),
        profile(&[("email", "after")], &[(known, "realized")]),
    ]});
    for (faults, shown) in [(&[][..], 404), (&[Fault::RefusedPartlyStored], 200)] {
        let lab = Lab::new(faults, &[]).await;
        assert_eq!(lab.deliver("bearer-batch", &message).await.status, 422);
        for (name, status) in [("before", shown), ("stranger", 404), ("after", 404)] {
            let observed = lab.observe("bearer-batch", name).await;
            assert_eq!(observed.status, status, "{name} {faults:?}");
        }
    }
}
