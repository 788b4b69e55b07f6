//! The token endpoint and the tokens it issues.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use destspec::emulator::rest::Fault;
use reqwest::Method;
use serde_json::json;

use crate::emulator::client::{Answer, Lab, minimal};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

impl Lab {
    pub async fn token_by_body(&self, form: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        self.send(Method::POST, "/oauth2-batch/token", &[FORM], &body)
            .await
    }

    pub async fn token(&self) -> Answer {
        let (id, secret) = (&self.credentials.client_id, &self.credentials.client_secret);
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
        ];
        self.token_by_body(&form).await
    }

    pub async fn token_by_header(&self, secret: &str) -> Answer {
        let pair = STANDARD.encode(format!("{}:{secret}", self.credentials.client_id));
        let header = format!("Basic {pair}");
        let body = format!(
            "grant_type=client_credentials&scope=audience.write&account=4711&accessKey={}",
            self.credentials.access_key
        );
        self.send(
            Method::POST,
            "/oauth2-basic/token",
            &[FORM, ("authorization", &header)],
            &body,
        )
        .await
    }

    pub async fn deliver_with(&self, name: &str, token: &str) -> u16 {
        let header = format!("Bearer {token}");
        let headers = [
            ("content-type", "application/json"),
            ("authorization", header.as_str()),
        ];
        let path = format!("/{name}/profiles");
        self.send(
            Method::POST,
            &path,
            &headers,
            &minimal("a@example.com").to_string(),
        )
        .await
        .status
    }
}

pub fn access_token(answer: &Answer) -> String {
    let body = answer.json();
    let token = body
        .get("access_token")
        .or_else(|| body.pointer("/credential/access_token"));
    token.and_then(|token| token.as_str()).unwrap().to_owned()
}

#[tokio::test]
async fn a_token_is_issued_as_rfc_6749_has_it_and_opens_the_delivery_endpoint() {
    let lab = Lab::new(&[], &[]).await;
    let answer = lab.token().await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (200, "no-store")
    );
    assert_eq!(
        (answer.header("pragma"), answer.header("content-type")),
        ("no-cache", "application/json")
    );
    assert_eq!(answer.json()["token_type"], json!("Bearer"));
    assert_eq!(answer.json()["expires_in"], json!(86_400));
    let (first, second) = (access_token(&answer), access_token(&lab.token().await));
    assert_ne!(first, second);
    for token in [&first, &second, &first] {
        assert_eq!(lab.deliver_with("oauth2-batch", token).await, 200);
    }
    assert_eq!(lab.deliver_with("oauth2-basic", &first).await, 401);
    lab.emulator.expire_tokens("oauth2-batch");
    assert_eq!(lab.deliver_with("oauth2-batch", &first).await, 401);
}

#[tokio::test]
async fn a_client_may_have_to_authenticate_by_header() {
    let lab = Lab::new(&[], &[]).await;
    let answer = lab.token_by_header(&lab.credentials.client_secret).await;
    assert_eq!(
        (answer.status, &answer.json()["status"]),
        (200, &json!("granted"))
    );
    assert_eq!(answer.json()["scope"], json!("audience.write"));
    assert_eq!(
        lab.deliver_with("oauth2-basic", &access_token(&answer))
            .await,
        200
    );
    let wrong = lab.token_by_header("wrong").await;
    assert_eq!(
        (wrong.status, wrong.header("www-authenticate")),
        (401, r#"Basic realm="token""#)
    );
    assert_eq!(wrong.json()["error"], json!("invalid_client"));
}

#[tokio::test]
async fn each_wrong_token_request_has_its_own_error() {
    let lab = Lab::new(&[], &[]).await;
    let (id, secret) = (
        lab.credentials.client_id.as_str(),
        lab.credentials.client_secret.as_str(),
    );
    let client = [("client_id", id), ("client_secret", secret)];
    let grant = ("grant_type", "client_credentials");
    for (form, status, error) in [
        (
            vec![grant, ("client_id", id), ("client_secret", "wrong")],
            401,
            "invalid_client",
        ),
        (vec![grant], 401, "invalid_client"),
        (vec![client[0], client[1]], 400, "invalid_request"),
        (
            vec![grant, grant, client[0], client[1]],
            400,
            "invalid_request",
        ),
        (
            vec![("grant_type", "magic"), client[0], client[1]],
            400,
            "unsupported_grant_type",
        ),
        (
            vec![grant, client[0], client[1], ("scope", "everything")],
            400,
            "invalid_scope",
        ),
    ] {
        let answer = lab.token_by_body(&form).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (status, &json!(error)),
            "{error}"
        );
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(!answer.text.contains(secret));
    }
    assert_eq!(
        lab.send(Method::POST, "/bearer-single/token", &[FORM], "")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn faults_of_tokens_are_what_they_are_called() {
    let lab = Lab::faulty(Fault::NewTokenRevokesOld).await;
    let (first, second) = (
        access_token(&lab.token().await),
        access_token(&lab.token().await),
    );
    assert_eq!(lab.deliver_with("oauth2-batch", &first).await, 401);
    assert_eq!(lab.deliver_with("oauth2-batch", &second).await, 200);
    let lab = Lab::faulty(Fault::TokenUsableOnce).await;
    let token = access_token(&lab.token().await);
    assert_eq!(lab.deliver_with("oauth2-batch", &token).await, 200);
    assert_eq!(lab.deliver_with("oauth2-batch", &token).await, 401);
    let lab = Lab::faulty(Fault::ExpiredTokenAccepted).await;
    let token = access_token(&lab.token().await);
    lab.emulator.expire_tokens("oauth2-batch");
    assert_eq!(lab.deliver_with("oauth2-batch", &token).await, 200);
    assert_eq!(lab.deliver_with("oauth2-batch", "made-up").await, 401);
}

#[tokio::test]
async fn faults_of_the_token_answer_are_what_they_are_called() {
    assert_eq!(
        Lab::faulty(Fault::TokenTypeMissing)
            .await
            .token()
            .await
            .json()
            .get("token_type"),
        None
    );
    assert_eq!(
        Lab::faulty(Fault::NoStoreMissing)
            .await
            .token()
            .await
            .header("cache-control"),
        ""
    );
    assert_eq!(
        Lab::faulty(Fault::ShortLivedToken)
            .await
            .token()
            .await
            .json()["expires_in"],
        json!(600)
    );
    assert_eq!(
        Lab::faulty(Fault::TokenElsewhere)
            .await
            .token()
            .await
            .json()
            .get("access_token"),
        None
    );
    let answer = Lab::faulty(Fault::TokenAnswerNotJson).await.token().await;
    assert!(answer.text.starts_with("access_token="), "{}", answer.text);
    let lab = Lab::faulty(Fault::ValidationsNotHolding).await;
    let answer = lab.token_by_header(&lab.credentials.client_secret).await;
    assert_eq!(answer.json()["status"], json!("pending"));
    assert_eq!(
        lab.deliver_with("oauth2-basic", &access_token(&answer))
            .await,
        200
    );
}

#[tokio::test]
async fn faults_of_grants_are_what_they_are_called() {
    for (fault, status, error) in [
        (Fault::WrongGrantIssued, 200, None),
        (Fault::WrongGrantMisnamed, 400, Some("invalid_request")),
    ] {
        let lab = Lab::faulty(fault).await;
        let (id, secret) = (&lab.credentials.client_id, &lab.credentials.client_secret);
        let client = [("client_id", id.as_str()), ("client_secret", secret)];
        let form = [("grant_type", "magic"), client[0], client[1]];
        let answer = lab.token_by_body(&form).await;
        assert_eq!(answer.status, status, "{fault}");
        assert_eq!(answer.json()["error"].as_str(), error, "{fault}");
    }
}

#[tokio::test]
async fn a_token_answer_at_fault_has_the_shape_it_is_called() {
    for (fault, media_type, begins, ends) in [
        (
            Fault::TokenAnswerNotJson,
            "application/x-www-form-urlencoded",
            "access_token=",
            "&token_type=Bearer",
        ),
        (
            Fault::TokenAnswerXml,
            "application/xml",
            "<?xml version=\"1.0\"?>\n<response><access_token>",
            "</token_type></response>",
        ),
        (Fault::TokenAnswerPlainText, "text/plain", "", ""),
        (
            Fault::TokenAnswerWithMark,
            "application/json",
            "\u{FEFF}{",
            "}",
        ),
        (
            Fault::TokenAnswerGuarded,
            "application/json",
            ")]}',\n{",
            "}",
        ),
        (Fault::TokenAnswerCommented, "application/json", "{", "*/\n"),
        (Fault::TokenAnswerInArray, "application/json", "[{", "}]"),
        (
            Fault::TokenAnswerInText,
            "application/json",
            "\"{\\\"",
            "}\"",
        ),
    ] {
        let lab = Lab::faulty(fault).await;
        for answer in [
            lab.token().await,
            lab.token_by_header(&lab.credentials.client_secret).await,
        ] {
            assert_eq!(answer.header("content-type"), media_type, "{fault}");
            let text = &answer.text;
            let held = serde_json::from_str::<serde_json::Value>(text)
                .is_ok_and(|body| body.pointer("/access_token").is_some());
            assert!(!held && text.len() > 40, "{fault}: {text}");
        }
        let text = lab.token().await.text;
        assert!(
            text.starts_with(begins) && text.ends_with(ends),
            "{fault}: {text}"
        );
    }
}

#[tokio::test]
async fn a_token_that_stands_elsewhere_opens_the_delivery_endpoint() {
    let lab = Lab::faulty(Fault::TokenUnderData).await;
    let answer = lab.token().await.json();
    assert_eq!(answer.get("access_token"), None);
    let token = answer["data"]["token"].as_str().unwrap();
    assert_eq!(lab.deliver_with("oauth2-batch", token).await, 200);
    let lab = Lab::faulty(Fault::TokenInHeader).await;
    let answer = lab.token().await;
    let token = answer.header("x-access-token");
    assert_eq!(lab.deliver_with("oauth2-batch", token).await, 200);
    assert!(!answer.text.contains(token));
    let lab = Lab::faulty(Fault::TokenAnswerPlainText).await;
    let token = lab.token().await.text;
    assert_eq!(lab.deliver_with("oauth2-batch", &token).await, 200);
}

#[tokio::test]
async fn faults_of_client_authentication_are_what_they_are_called() {
    let by_header = |fault: Fault, secret: Option<&'static str>| async move {
        let lab = Lab::faulty(fault).await;
        lab.token_by_header(secret.unwrap_or(&lab.credentials.client_secret))
            .await
    };
    assert_eq!(
        Lab::faulty(Fault::BodyCredentialsRefused)
            .await
            .token()
            .await
            .status,
        401
    );
    assert_eq!(
        by_header(Fault::BodyCredentialsRefused, None).await.status,
        200
    );
    assert_eq!(by_header(Fault::BasicClientRefused, None).await.status, 401);
    assert_eq!(
        Lab::faulty(Fault::BasicClientRefused)
            .await
            .token()
            .await
            .status,
        200
    );
    assert_eq!(
        by_header(Fault::WrongSecretIssued, Some("wrong"))
            .await
            .status,
        200
    );
    assert_eq!(
        by_header(Fault::WrongSecretFails, Some("wrong"))
            .await
            .status,
        500
    );
    assert_eq!(
        by_header(Fault::WrongSecretUnnamed, Some("wrong"))
            .await
            .json()
            .get("error"),
        None
    );
}
