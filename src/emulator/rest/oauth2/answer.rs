//! What the token endpoint answers (RFC 6749, sections 5.1 and 5.2), and the shapes that only faults give it.

use std::fmt::Write as _;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, PRAGMA, WWW_AUTHENTICATE};
use serde_json::{Map, Value, json};

use crate::emulator::rest::answer::{Answer, Content};
use crate::emulator::rest::auth::challenge::{self, Scheme};
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::setup::TokenShape;
use crate::emulator::rest::variation::Variation;

/// A request for a token that was refused.
pub(super) fn failure(code: &str, description: &str) -> Answer {
    let body = json!({"error": code, "error_description": description});
    Answer::json(StatusCode::BAD_REQUEST, body)
        .with(CACHE_CONTROL, "no-store")
        .with(PRAGMA, "no-cache")
        .compressible()
}

/// A client that did not authenticate, or not as itself.
pub(super) fn invalid_client(by_header: bool, rules: &Rules) -> Answer {
    if rules.has(Fault::WrongSecretFails) {
        return Answer::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "the client could not be looked up",
        );
    }
    if rules.has(Fault::WrongSecretUnnamed) {
        return uncached(
            Answer::json(StatusCode::BAD_REQUEST, json!({"message": "no"})),
            rules,
        );
    }
    let mut answer = match rules.has(Fault::RefusalWithToken) {
        true => uncached(
            Answer::json(
                StatusCode::BAD_REQUEST,
                json!({"error": "invalid_client", "access_token": "of-the-client-before"}),
            ),
            rules,
        ),
        false => failure("invalid_client", "the client is not known"),
    };
    answer.status = StatusCode::UNAUTHORIZED;
    match by_header && !rules.has(Fault::ChallengeMissing) {
        true => answer.with(
            WWW_AUTHENTICATE,
            &format!(r#"{} realm="token""#, challenge::name(Scheme::Basic, rules)),
        ),
        false => answer,
    }
}

/// What was granted.
pub(super) struct Granted<'a> {
    pub(super) token: &'a str,
    pub(super) refresh: Option<&'a str>,
    pub(super) lifetime: Duration,
    pub(super) scope: &'a str,
}

/// A token that was issued.
pub(super) fn issued(granted: &Granted<'_>, shape: TokenShape, rules: &Rules) -> Answer {
    let (token, scope) = (granted.token, granted.scope);
    let mut credential = credential(token, granted.lifetime, rules);
    if let Some(refresh) = granted.refresh {
        credential.insert("refresh_token".to_owned(), json!(refresh));
    }
    let mut body = match shape {
        TokenShape::Standard => Value::Object(credential),
        TokenShape::Nested => json!({"status": "granted", "credential": credential}),
    };
    if let Value::Object(members) = &mut body {
        decorate(members, scope, rules);
    }
    let mut answer = Answer::json(StatusCode::OK, Value::Null).compressible();
    answer.body = written(body, token, rules);
    if rules.has(Fault::TokenInHeader) {
        answer = answer.with(HeaderName::from_static("x-access-token"), token);
    }
    if rules.has(Fault::TokenMediaTypeInvented) {
        answer = answer.with(CONTENT_TYPE, "text/json-ish");
    }
    uncached(answer, rules)
}

fn credential(token: &str, lifetime: Duration, rules: &Rules) -> Map<String, Value> {
    let token = match (
        rules.has(Fault::TokenElsewhere),
        rules.has(Fault::TokenUnderData),
        rules.has(Fault::TokenInHeader),
    ) {
        (true, _, _) => Some(("accessToken", json!(token))),
        (false, true, _) => Some(("data", json!({"token": token}))),
        (false, false, true) => None,
        (false, false, false) => Some(("access_token", json!(token))),
    };
    let seconds = lifetime.as_secs();
    let life = match (
        rules.varies(Variation::LifeWithFraction),
        rules.varies(Variation::LifeAsText),
    ) {
        (true, _) => json!(lifetime.as_secs_f64()),
        (false, true) => json!(seconds.to_string()),
        (false, false) => json!(seconds),
    };
    let members = token.into_iter().chain([("expires_in", life)]);
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn decorate(members: &mut Map<String, Value>, scope: &str, rules: &Rules) {
    if rules.has(Fault::ValidationsNotHolding) && members.contains_key("status") {
        members.insert("status".to_owned(), json!("pending"));
    }
    if !rules.has(Fault::TokenTypeMissing) {
        let lower = rules.varies(Variation::LowerCaseTokenType);
        let kind = match (rules.has(Fault::TokenTypeOther), lower) {
            (true, _) => "mac",
            (false, true) => "bearer",
            (false, false) => "Bearer",
        };
        members.insert("token_type".to_owned(), json!(kind));
    }
    if !scope.is_empty() {
        members.insert("scope".to_owned(), json!(scope));
    }
    if rules.varies(Variation::ExtraTokenFields) {
        members.insert("issued_by".to_owned(), json!("emulator"));
        members.insert(
            "links".to_owned(),
            json!([{"rel": "help", "href": "https://docs.example/tokens"}]),
        );
    }
}

/// JSON, unless a fault writes something else.
fn written(body: Value, token: &str, rules: &Rules) -> Content {
    const JSON: &str = "application/json";
    let text = body.to_string();
    let shapes = [
        (
            Fault::TokenAnswerNotJson,
            "application/x-www-form-urlencoded",
            form_encoded(&body),
        ),
        (
            Fault::TokenAnswerXml,
            "application/xml",
            format!(
                "<?xml version=\"1.0\"?>\n<response>{}</response>",
                xml(&body)
            ),
        ),
        (Fault::TokenAnswerPlainText, "text/plain", token.to_owned()),
        (Fault::TokenAnswerWithMark, JSON, format!("\u{FEFF}{text}")),
        (Fault::TokenAnswerGuarded, JSON, format!(")]}}',\n{text}")),
        (
            Fault::TokenAnswerCommented,
            JSON,
            format!("{text}\n/* issued by the emulator */\n"),
        ),
        (Fault::TokenAnswerInArray, JSON, format!("[{text}]")),
        (Fault::TokenAnswerInText, JSON, json!(text).to_string()),
    ];
    let wrong = shapes.into_iter().find(|(fault, _, _)| rules.has(*fault));
    wrong.map_or(Content::Json(body), |(_, media_type, text)| {
        Content::Text(media_type, text)
    })
}

/// A form has no levels: what is nested stands beside the rest.
fn form_encoded(body: &Value) -> String {
    let members = body.as_object().into_iter().flatten();
    let pairs: Vec<_> = members
        .map(|(name, value)| match value.is_object() {
            true => form_encoded(value),
            false => format!("{name}={}", plain(value)),
        })
        .collect();
    pairs.join("&")
}

/// No value of a token answer has a sign that XML would escape.
fn xml(value: &Value) -> String {
    let Value::Object(members) = value else {
        return plain(value);
    };
    let mut text = String::new();
    for (name, value) in members {
        let _ = write!(text, "<{name}>{}</{name}>", xml(value));
    }
    text
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn uncached(answer: Answer, rules: &Rules) -> Answer {
    let value = match rules.has(Fault::NoStoreMisspelt) {
        true => "x-no-store",
        false => "no-store",
    };
    match rules.has(Fault::NoStoreMissing) {
        true => answer,
        false => answer.with(CACHE_CONTROL, value).with(PRAGMA, "no-cache"),
    }
}
