//! Harmless variations are what they are called.

use std::collections::BTreeSet;

use destspec::emulator::rest::Variation;
use reqwest::Method;
use serde_json::json;

use crate::emulator::client::{Answer, Lab, minimal, profile};

const JSON: (&str, &str) = ("content-type", "application/json");
const WHO: &str = "a@example.com";

async fn varied(variation: Variation) -> Lab {
    Lab::new(&[], &[variation]).await
}

/// Delivers to `bearer-single`, and observes.
async fn observed(lab: &Lab, changes: &[&[(&str, &str)]]) -> Answer {
    for changes in changes {
        let message = profile(&[("email", WHO)], changes);
        assert_eq!(lab.deliver("bearer-single", &message).await.status, 200);
    }
    lab.observe("bearer-single", WHO).await
}

async fn challenged(lab: &Lab) -> Answer {
    let headers = [JSON, ("authorization", "Bearer wrong")];
    let path = "/bearer-single/profiles";
    lab.send(Method::POST, path, &headers, "{}").await
}

#[tokio::test]
async fn headers_that_hold_lists_come_in_several_lines() {
    let lab = varied(Variation::RepeatedHeaders).await;
    let token = lab.token().await;
    assert_eq!(
        token.lines("cache-control"),
        ["private", "No-Store, max-age=0"]
    );
    let path = "/bearer-single/profiles";
    let other = lab.send(Method::GET, path, &[], "").await;
    assert_eq!(other.lines("allow"), ["OPTIONS", "POST"]);
    assert_eq!(
        challenged(&lab).await.lines("www-authenticate"),
        [
            "Negotiate",
            r#"Bearer realm="destination", error="invalid_token""#
        ]
    );
}

#[tokio::test]
async fn answers_may_be_compressed() {
    let asking = async |lab: &Lab, accepted: &str| {
        let path = format!("/bearer-single/observe/profiles/{WHO}");
        let bearer = lab.bearer();
        let headers = [
            ("authorization", bearer.as_str()),
            ("accept-encoding", accepted),
        ];
        let answer = lab.send(Method::GET, &path, &headers, "").await;
        assert_eq!(answer.json()["audiences"], json!(["a1"]));
        answer.header("content-encoding").to_owned()
    };
    for (variation, unasked, asked) in [
        (Variation::GzipAsked, "", "gzip"),
        (Variation::Gzip, "gzip", "gzip"),
        (Variation::Deflate, "deflate", "deflate"),
    ] {
        let lab = varied(variation).await;
        let answer = observed(&lab, &[&[("a1", "realized")]]).await;
        assert_eq!(answer.header("content-encoding"), unasked, "{variation}");
        assert_eq!(asking(&lab, "gzip, deflate").await, asked, "{variation}");
        assert_eq!(asking(&lab, "identity").await, "", "{variation}");
        assert_eq!(lab.token().await.header("content-encoding"), unasked);
        let delivery = lab.deliver("bearer-single", &minimal(WHO)).await;
        assert_eq!(delivery.header("content-encoding"), "");
    }
}

#[tokio::test]
async fn headers_vary_as_they_are_called() {
    let lab = varied(Variation::JsonCharset).await;
    let answer = lab.deliver("bearer-single", &minimal(WHO)).await;
    assert_eq!(
        answer.header("content-type"),
        "application/json;charset=UTF-8"
    );
    let lab = varied(Variation::BalancerCookie).await;
    let answers = [challenged(&lab).await, challenged(&lab).await];
    let cookies = answers.each_ref().map(|answer| answer.header("set-cookie"));
    assert!(cookies.iter().all(|cookie| cookie.starts_with("BALANCER=")));
    assert_ne!(cookies[0], cookies[1]);
    let lab = varied(Variation::ConnectionClose).await;
    let answer = lab.deliver("bearer-single", &minimal(WHO)).await;
    assert_eq!(
        (answer.version, answer.header("connection")),
        (reqwest::Version::HTTP_11, "close")
    );
}

#[tokio::test]
async fn a_challenge_may_be_one_of_several_and_oddly_written() {
    let lab = varied(Variation::DecoratedChallenge).await;
    let others = r#"Negotiate, Custom title="Basic realm=, or \"Bearer\"""#;
    let error = r#"ERROR="invalid_token", error_description="the token, alas, is not \"valid\"""#;
    assert_eq!(
        challenged(&lab).await.lines("www-authenticate"),
        [format!(
            r#"{others}, bEARER Realm="destination", Scope="audience.write", {error}"#
        )]
    );
    let path = "/basic-single/profiles";
    let missing = lab.send(Method::POST, path, &[JSON], "{}").await;
    assert_eq!(
        missing.lines("www-authenticate"),
        [format!(
            r#"{others}, bASIC Realm="destination", Charset="UTF-8""#
        )]
    );
}

#[tokio::test]
async fn a_pause_may_be_a_date() {
    let lab = varied(Variation::RetryAfterDate).await;
    let body = minimal(WHO);
    let deliveries = (0..200).map(|_| lab.deliver("bearer-single", &body));
    let answers = futures::future::join_all(deliveries).await;
    let busy = answers.iter().find(|answer| answer.status == 429).unwrap();
    let date = busy.header("retry-after");
    assert!(date.ends_with(" GMT") && date.len() == 29, "{date}");
}

#[tokio::test]
async fn members_for_errors_may_say_that_there_are_none() {
    for (variation, errors, error) in [
        (
            Variation::ErrorsCounted,
            json!({"count": 0, "items": []}),
            "0",
        ),
        (Variation::ErrorsDenied, json!("0"), "none"),
    ] {
        let lab = varied(variation).await;
        let answer = lab.deliver("bearer-single", &minimal(WHO)).await.json();
        assert_eq!(
            (&answer["errors"], &answer["error"]),
            (&errors, &json!(error))
        );
    }
}

#[tokio::test]
async fn the_life_of_a_token_may_be_written_in_other_ways() {
    let written = async |variation: Variation| varied(variation).await.token().await.text;
    let fraction = written(Variation::LifeWithFraction).await;
    assert!(fraction.contains(r#""expires_in":86400.0"#), "{fraction}");
    let text = written(Variation::LifeAsText).await;
    assert!(text.contains(r#""expires_in":"86400""#), "{text}");
}

#[tokio::test]
async fn who_is_in_no_audience_may_be_unknown() {
    let (add, exit) = (&[("a1", "realized")][..], &[("a1", "exited")][..]);
    let lab = varied(Variation::OutsidersUnknown).await;
    assert_eq!(observed(&lab, &[add]).await.status, 200);
    assert_eq!(observed(&lab, &[exit]).await.status, 404);
    assert_eq!(observed(&lab, &[add]).await.status, 200);
    let lab = varied(Variation::UnknownExitForgotten).await;
    assert_eq!(observed(&lab, &[exit]).await.status, 404);
    assert_eq!(observed(&lab, &[add, exit]).await.status, 200);
    let lab = varied(Variation::NobodyEmpty).await;
    let nobody = json!({"audiences": [], "identities": [], "attributes": {}});
    assert_eq!(observed(&lab, &[exit]).await.json(), nobody);
    assert_eq!(
        observed(&lab, &[add, exit]).await.json()["removed"],
        json!(["a1"])
    );
    let lab = varied(Variation::RemovedUnlisted).await;
    assert_eq!(observed(&lab, &[exit]).await.json().get("removed"), None);
}

#[tokio::test]
async fn what_is_empty_may_be_left_out() {
    let lab = varied(Variation::EmptiesUnlisted).await;
    let answer = observed(&lab, &[&[("a1", "exited")]]).await.json();
    let told: BTreeSet<&str> = answer
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(told, BTreeSet::from(["identities", "removed"]));
}

#[tokio::test]
async fn an_observation_may_come_in_pages() {
    let lab = varied(Variation::PagedObservation).await;
    let ids: Vec<String> = (0..250).map(|n| format!("a{n:03}")).collect();
    let crowd: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "realized")).collect();
    let mut answer = observed(&lab, &[&crowd]).await;
    let (mut pages, mut found) = (1, Vec::new());
    loop {
        let body = answer.json();
        let page = body["audiences"].as_array().unwrap();
        found.extend(page.iter().map(|id| id.as_str().unwrap().to_owned()));
        let Some(next) = body["next"].as_str() else {
            break;
        };
        assert_eq!(answer.header("link"), format!("<{next}>; rel=\"next\""));
        answer = lab
            .send(Method::GET, next, &[("authorization", &lab.bearer())], "")
            .await;
        pages += 1;
    }
    assert_eq!((pages, found), (3, ids));
}

#[tokio::test]
async fn lists_may_have_another_order() {
    let lab = varied(Variation::ReversedLists).await;
    let answer = observed(&lab, &[&[("a1", "realized"), ("a2", "realized")]]).await;
    assert_eq!(answer.json()["audiences"], json!(["a2", "a1"]));
}

#[tokio::test]
async fn attributes_that_are_null_or_lacking_may_be_left_out() {
    for (variation, left) in [
        (Variation::NullsUnlisted, json!({"a": "x", "c": "z"})),
        (Variation::LackingErased, json!({"b": null, "c": "z"})),
    ] {
        let lab = varied(variation).await;
        for attributes in [json!({"a": "x", "b": "y"}), json!({"b": null, "c": "z"})] {
            let mut message = minimal(WHO);
            message["attributes"] = attributes;
            assert_eq!(lab.deliver("bearer-single", &message).await.status, 200);
        }
        let answer = lab.observe("bearer-single", WHO).await.json();
        assert_eq!(answer["attributes"], left, "{variation}");
    }
}

#[tokio::test]
async fn a_mail_address_may_lose_its_case_and_is_found_by_what_was_sent() {
    let lab = varied(Variation::MailLowerCased).await;
    let message = profile(&[("email", "Ana@example.com"), ("external_id", "A1")], &[]);
    assert_eq!(lab.deliver("bearer-single", &message).await.status, 200);
    for sent in ["Ana@example.com", "A1"] {
        let answer = lab.observe("bearer-single", sent).await.json();
        assert_eq!(
            answer["identities"],
            json!([
                {"type": "email", "id": "ana@example.com"},
                {"type": "external_id", "id": "A1"},
            ])
        );
    }
}

#[tokio::test]
async fn a_phone_may_be_stored_without_its_plus_and_is_found_by_what_was_sent() {
    let lab = varied(Variation::PhonesBare).await;
    let (sent, entered) = ("+12015550123", "22bb4caf-3a2d-4e48-8b66-1d8c7a2f3e02");
    let message = json!({"profiles": [profile(&[("phone", sent)], &[(entered, "realized")])]});
    assert_eq!(lab.deliver("bearer-batch", &message).await.status, 200);
    let answer = lab.observe("bearer-batch", sent).await.json();
    assert_eq!(
        answer["identities"],
        json!([{"type": "phone", "id": "12015550123"}])
    );
}

#[tokio::test]
async fn a_client_may_be_asked_for_a_certificate_and_have_none() {
    let lab = varied(Variation::ClientCertificateAsked).await;
    assert_eq!(observed(&lab, &[&[("a1", "realized")]]).await.status, 200);
}
