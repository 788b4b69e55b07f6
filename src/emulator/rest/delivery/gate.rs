//! What a delivery has to pass before it is read as a message: credentials, media type, size, JSON.

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::emulator::rest::answer::{Answer, accepted};
use crate::emulator::rest::auth::{self, Why};
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::state::Destination;

/// The most bytes that a destination with too small a limit takes.
const SMALL: usize = 100 * 1024;

/// A delivery that did not come through.
pub(super) struct Stopped {
    pub(super) reason: Reason,
    pub(super) answer: Answer,
}

/// What it was stopped for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Credentials(Why),
    MediaType,
    Malformed,
    Other,
}

/// The document that a delivery holds.
pub(super) fn pass(
    headers: &HeaderMap,
    body: &Bytes,
    destination: &Destination,
    rules: &Rules,
) -> Result<Value, Stopped> {
    let stopped = |reason: Reason| move |answer: Answer| Stopped { reason, answer };
    auth::admit(headers, destination, rules)
        .map_err(|denied| stopped(Reason::Credentials(denied.why))(denied.answer))?;
    moved(rules).map_or(Ok(()), |answer| Err(stopped(Reason::Other)(answer)))?;
    media_type(headers, rules).map_err(stopped(Reason::MediaType))?;
    size(body, rules).map_err(stopped(Reason::Other))?;
    parsed(body, rules).map_err(stopped(Reason::Malformed))
}

/// The value of `Content-Type`, empty if there is none.
pub(super) fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn moved(rules: &Rules) -> Option<Answer> {
    let answer = || Answer::json(StatusCode::FOUND, json!({})).with(LOCATION, "/moved");
    rules.has(Fault::Redirect).then(answer)
}

fn media_type(headers: &HeaderMap, rules: &Rules) -> Result<(), Answer> {
    let media_type = content_type(headers)
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    let configured = media_type.eq_ignore_ascii_case("application/json");
    let status = match (configured, rules.has(Fault::WrongContentTypeFails)) {
        (true, _) if rules.has(Fault::ContentTypeRefused) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        (true, _) => return Ok(()),
        (false, _) if rules.has(Fault::WrongContentTypeAccepted) => return Ok(()),
        (false, true) => StatusCode::INTERNAL_SERVER_ERROR,
        (false, false) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
    };
    Err(Answer::error(
        status,
        "unsupported_media_type",
        "expected another content type",
    ))
}

fn size(body: &Bytes, rules: &Rules) -> Result<(), Answer> {
    match body.len() > SMALL && rules.has(Fault::LargeMessageRefused) {
        true => Err(Answer::error(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "expected at most 100 KiB",
        )),
        false => Ok(()),
    }
}

/// The body as who decodes it piece by piece reads it.
fn decoded(body: &Bytes, rules: &Rules) -> Bytes {
    if !rules.has(Fault::LettersBrokenApart) {
        return body.clone();
    }
    let pieces = body.chunks(4096).map(String::from_utf8_lossy);
    Bytes::from(pieces.collect::<String>())
}

fn parsed(body: &Bytes, rules: &Rules) -> Result<Value, Answer> {
    let body = &decoded(body, rules);
    if rules.has(Fault::TrailingTextIgnored)
        && let Some(Ok(first)) = serde_json::Deserializer::from_slice(body)
            .into_iter()
            .next()
    {
        return Ok(first);
    }
    serde_json::from_slice(body).map_err(|error| {
        let message = format!(
            "the body is not JSON: line {}, column {}",
            error.line(),
            error.column()
        );
        match (
            rules.has(Fault::MalformedJsonAccepted),
            rules.has(Fault::MalformedJsonFails),
        ) {
            (true, _) => accepted(json!({"accepted": 0}), rules),
            (false, true) => {
                Answer::error(StatusCode::INTERNAL_SERVER_ERROR, "malformed", &message)
            }
            (false, false) => Answer::error(StatusCode::BAD_REQUEST, "malformed", &message),
        }
    })
}
