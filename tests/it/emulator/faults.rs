//! The catalogue of faults, and faults of connections, statuses, credentials and load.

use std::collections::BTreeSet;

use destspec::emulator::rest::{Emulator, Fault, Setup};
use reqwest::Method;
use serde_json::json;

use crate::emulator::client::{Lab, minimal, profile, trusting};

#[test]
fn a_fault_is_known_by_its_name() {
    let names: BTreeSet<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
    assert_eq!(names.len(), Fault::ALL.len());
    assert!(
        Fault::ALL
            .iter()
            .all(|fault| fault.name().parse() == Ok(*fault))
    );
    let error = "no-such".parse::<Fault>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected the name of a fault, received `no-such`"
    );
}

#[test]
fn the_table_of_faults_names_every_fault_once_and_in_order() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/faults.toml");
    let table: toml::Value = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let listed: Vec<_> = table["fault"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    let known: Vec<_> = destspec::emulator::Fault::all()
        .map(|fault| fault.name())
        .collect();
    assert_eq!(listed, known);
}

#[tokio::test]
async fn certificates_at_fault_are_refused_by_a_client_that_checks_them() {
    for fault in [
        Fault::CertificateForAnotherHost,
        Fault::CertificateUntrusted,
        Fault::CertificateExpired,
    ] {
        let lab = Lab::faulty(fault).await;
        assert!(
            lab.client
                .get(lab.emulator.base_url())
                .send()
                .await
                .is_err(),
            "{fault}"
        );
    }
    let lab = Lab::faulty(Fault::PlainHttp).await;
    assert!(lab.emulator.base_url().starts_with("http://"));
    assert_eq!(
        lab.deliver("bearer-single", &minimal("a@example.com"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn grouped_faults_are_what_they_are_called() {
    let mut exit =
        json!({"profiles": [profile(&[("email", "a@example.com")], &[("a1", "exited")])]});
    exit["group"] = json!({"namespace": "ups", "id": "a1", "status": "exited"});
    let lab = Lab::faulty(Fault::GroupStatusIgnored).await;
    assert_eq!(lab.deliver("bearer-grouped", &exit).await.status, 200);
    assert_eq!(
        lab.observe("bearer-grouped", "a@example.com").await.json()["audiences"],
        json!(["a1"])
    );
    let two = json!({"profiles": [profile(&[("email", "a@example.com")], &[]), profile(&[("email", "b@example.com")], &[])]});
    let lab = Lab::faulty(Fault::LastProfileDropped).await;
    assert_eq!(lab.deliver("bearer-grouped", &two).await.status, 200);
    assert_eq!(
        lab.observe("bearer-grouped", "a@example.com").await.status,
        200
    );
    assert_eq!(
        lab.observe("bearer-grouped", "b@example.com").await.status,
        404
    );
}

#[tokio::test]
async fn faults_of_statuses_are_what_they_are_called() {
    let good = minimal("a@example.com");
    for (fault, statuses) in [
        (Fault::EverythingFails, [500, 500]),
        (Fault::EverythingRefused, [400, 400]),
        (Fault::ContentTypeRefused, [415, 415]),
        (Fault::MethodRefused, [405, 405]),
        (Fault::TransientServerError, [500, 200]),
        (Fault::RepeatedMessageRefused, [200, 409]),
        (Fault::Redirect, [302, 302]),
        (Fault::ValidCredentialsRefused, [401, 401]),
        (Fault::BearerRefused, [401, 401]),
    ] {
        let lab = Lab::faulty(fault).await;
        for status in statuses {
            assert_eq!(
                lab.deliver("bearer-single", &good).await.status,
                status,
                "{fault}"
            );
        }
    }
    let lab = Lab::faulty(Fault::ErrorBehind200).await;
    assert!(lab.deliver("bearer-single", &good).await.json()["errors"].is_array());
    let lab = Lab::faulty(Fault::RefusalBehind200).await;
    let answer = lab.deliver("bearer-batch", &good).await;
    assert_eq!(
        (answer.status, &answer.json()["errors"][0]["error"]),
        (200, &json!("unknown_audience"))
    );
}

#[tokio::test]
async fn faults_of_wrong_requests_are_what_they_are_called() {
    let (json_type, text) = (
        ("content-type", "application/json"),
        ("content-type", "text/plain"),
    );
    let body = minimal("a@example.com").to_string();
    let path = "/bearer-single/profiles";
    for (fault, method, path, header, body, status) in [
        (
            Fault::MalformedJsonAccepted,
            Method::POST,
            path,
            json_type,
            "{",
            200,
        ),
        (
            Fault::MalformedJsonFails,
            Method::POST,
            path,
            json_type,
            "{",
            500,
        ),
        (
            Fault::WrongContentTypeAccepted,
            Method::POST,
            path,
            text,
            body.as_str(),
            200,
        ),
        (
            Fault::WrongContentTypeFails,
            Method::POST,
            path,
            text,
            &body,
            500,
        ),
        (Fault::AllowMissing, Method::GET, path, json_type, "", 405),
        (
            Fault::UnknownPathFails,
            Method::POST,
            "/nowhere",
            json_type,
            &body,
            500,
        ),
        (
            Fault::UnknownPathAccepted,
            Method::POST,
            "/nowhere",
            json_type,
            &body,
            200,
        ),
    ] {
        let lab = Lab::faulty(fault).await;
        let answer = lab
            .send(
                method,
                path,
                &[("authorization", &lab.bearer()), header],
                body,
            )
            .await;
        assert_eq!(answer.status, status, "{fault}");
        assert_eq!(answer.header("allow"), "");
    }
}

#[tokio::test]
async fn faults_of_authentication_are_what_they_are_called() {
    let wrong = Some("Bearer wrong-token");
    for (fault, credentials, status, challenged) in [
        (Fault::CredentialsNotNeeded, None, 200, false),
        (Fault::CredentialsNotNeeded, wrong, 401, true),
        (Fault::AnyCredentialsAccepted, wrong, 200, false),
        (Fault::AnyCredentialsAccepted, None, 401, true),
        (Fault::ChallengeMissing, wrong, 401, false),
        (Fault::MissingCredentialsBadRequest, None, 400, false),
        (Fault::WrongCredentialsForbidden, wrong, 403, false),
        (Fault::WrongCredentialsFail, wrong, 500, false),
        (Fault::CredentialsEchoed, wrong, 401, true),
    ] {
        let lab = Lab::faulty(fault).await;
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(credentials.map(|value| ("authorization", value)));
        let answer = lab
            .send(
                Method::POST,
                "/bearer-single/profiles",
                &headers,
                &minimal("a@example.com").to_string(),
            )
            .await;
        assert_eq!(
            (answer.status, !answer.header("www-authenticate").is_empty()),
            (status, challenged),
            "{fault}"
        );
        assert_eq!(
            answer.text.contains("wrong-token"),
            fault == Fault::CredentialsEchoed
        );
    }
}

#[tokio::test]
async fn faults_of_challenges_and_schemes_are_what_they_are_called() {
    for (fault, scheme, status) in [
        (Fault::AnySchemeAccepted, "Token", 200),
        (Fault::SchemeCaseSensitive, "bearer", 401),
        (Fault::SchemeCaseSensitive, "Bearer", 200),
        (Fault::BearerRefused, "Token", 200),
    ] {
        let lab = Lab::faulty(fault).await;
        let header = format!("{scheme} {}", lab.credentials.token);
        let headers = [
            ("content-type", "application/json"),
            ("authorization", header.as_str()),
        ];
        let body = minimal("a@example.com").to_string();
        assert_eq!(
            lab.send(Method::POST, "/bearer-single/profiles", &headers, &body)
                .await
                .status,
            status,
            "{fault}"
        );
    }
    let challenge = |fault: Fault| async move {
        let lab = Lab::faulty(fault).await;
        let answer = lab
            .send(
                Method::POST,
                "/bearer-single/profiles",
                &[("authorization", "Bearer x")],
                "{}",
            )
            .await;
        answer.header("www-authenticate").to_owned()
    };
    assert_eq!(
        challenge(Fault::RealmMissing).await,
        r#"Bearer error="invalid_token""#
    );
    assert_eq!(
        challenge(Fault::InvalidTokenUnnamed).await,
        r#"Bearer realm="destination""#
    );
}

#[tokio::test]
async fn passwords_at_fault_are_refused() {
    for fault in [Fault::ColonInPasswordRefused, Fault::Utf8PasswordRefused] {
        let lab = Lab::faulty(fault).await;
        let url = format!("{}/basic-single/profiles", lab.emulator.base_url());
        let (user, password) = (&lab.credentials.username, &lab.credentials.password);
        let request = lab
            .client
            .post(url)
            .basic_auth(user, Some(password))
            .body("{}");
        assert_eq!(request.send().await.unwrap().status(), 401, "{fault}");
    }
}

#[tokio::test]
async fn faults_of_overload_are_what_they_are_called() {
    let body = minimal("a@example.com");
    for (fault, status) in [
        (Fault::OverloadServerError, 500),
        (Fault::OverloadBadRequest, 400),
        (Fault::RetryAfterMissing, 429),
        (Fault::BurstServerError, 500),
    ] {
        let lab = Lab::faulty(fault).await;
        let answers =
            futures::future::join_all((0..200).map(|_| lab.deliver("bearer-single", &body))).await;
        assert!(
            answers.iter().any(|answer| answer.status == status),
            "{fault}"
        );
        assert!(
            answers
                .iter()
                .all(|answer| answer.header("retry-after").is_empty()
                    || fault == Fault::BurstServerError)
        );
    }
}

#[tokio::test]
async fn a_slow_destination_answers_after_its_time() {
    let credentials = destspec::emulator::rest::ReferenceCredentials::random();
    let mut destinations = destspec::emulator::rest::reference(&credentials);
    let slowness = std::time::Duration::from_millis(30);
    destinations
        .iter_mut()
        .for_each(|destination| destination.slowness = slowness);
    let setup = Setup {
        destinations,
        faults: [Fault::SlowAnswer].into(),
        ..Setup::default()
    };
    crate::emulator::client::install_provider();
    let emulator = Emulator::start(setup).await.unwrap();
    let client = trusting(emulator.certificate_authority_pem());
    let url = format!("{}/bearer-single/profiles", emulator.base_url());
    let started = std::time::Instant::now();
    assert_eq!(
        client
            .post(url.clone())
            .body("{}")
            .send()
            .await
            .unwrap()
            .status(),
        401
    );
    assert!(started.elapsed() >= slowness);
    emulator.stop().await;
    assert!(client.post(url).body("{}").send().await.is_err());
}
