//! The delivery endpoint: from the bytes received to what is stored and answered.

mod distortion;
mod refusal;

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::emulator::rest::answer::{Answer, Content, accepted};
use crate::emulator::rest::auth;
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::Message;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::state::{Delivery, Destination};
use crate::emulator::rest::variation::Variation;

/// Deliveries in flight that a destination at fault does not stand.
const MANY: usize = 32;

/// Receives one delivery, waiting where a busy or a slow destination would.
pub(crate) async fn receive(
    path: &str,
    headers: &HeaderMap,
    body: &Bytes,
    destination: &Destination,
    rules: &Rules,
) -> Answer {
    let slot = destination.load.enter();
    let answer = match &slot {
        None => overloaded(rules),
        Some(slot) if slot.others >= MANY && rules.has(Fault::BurstServerError) => failed(),
        Some(slot) => {
            if !slot.time().is_zero() {
                tokio::time::sleep(slot.time()).await;
            }
            if rules.has(Fault::SlowAnswer) {
                tokio::time::sleep(destination.setup.slowness).await;
            }
            taken(headers, body, destination, rules).unwrap_or_else(|answer| answer)
        }
    };
    destination.deliveries().push(Delivery {
        path: path.to_owned(),
        content_type: content_type(headers).to_owned(),
        body: body.clone(),
        status: answer.status.as_u16(),
    });
    answer
}

fn taken(
    headers: &HeaderMap,
    body: &Bytes,
    destination: &Destination,
    rules: &Rules,
) -> Result<Answer, Answer> {
    auth::admit(headers, destination, rules)?;
    if rules.has(Fault::Redirect) {
        return Err(Answer::json(StatusCode::FOUND, json!({})).with(LOCATION, "/moved"));
    }
    media_type(headers, rules)?;
    let document = parsed(body, rules)?;
    let remembers = [
        Fault::TransientServerError,
        Fault::RepeatedMessageRefused,
        Fault::RepeatedMessageUndone,
    ];
    let repeated = remembers.iter().any(|fault| rules.has(*fault)) && destination.seen_before(body);
    if rules.has(Fault::TransientServerError) && !repeated {
        return Err(failed());
    }
    let message = match Message::read(&document)
        .and_then(|message| understood(message, destination, rules))
    {
        Ok(message) => message,
        Err(refused) if rules.has(Fault::RefusalBehind200) => return Ok(hidden(refused)),
        Err(refused) => return Err(refused),
    };
    if rules.has(Fault::RepeatedMessageRefused) && repeated {
        return Err(Answer::error(
            StatusCode::CONFLICT,
            "repeated",
            "this message was received before",
        ));
    }
    Ok(stored(message, repeated, destination, rules))
}

fn understood(
    message: Message,
    destination: &Destination,
    rules: &Rules,
) -> Result<Message, Answer> {
    let wrong = refusal::refusal(&message, &destination.setup, &destination.store(), rules);
    wrong.map_or(Ok(()), Err)?;
    message.validate(&destination.setup).map(|()| message)
}

fn stored(
    mut message: Message,
    repeated: bool,
    destination: &Destination,
    rules: &Rules,
) -> Answer {
    let mut store = destination.store();
    let count = message.profiles.len();
    distortion::distort(&mut message, &destination.setup, &store, rules);
    if rules.has(Fault::RepeatedMessageUndone) && repeated {
        distortion::undo(&mut message);
    }
    let declared = &destination.setup.attributes;
    for profile in &mut message.profiles {
        profile
            .attributes
            .retain(|name, _| declared.is_empty() || declared.contains(name));
    }
    let known = message
        .profiles
        .iter()
        .filter(|profile| !profile.identities.is_empty());
    known.for_each(|profile| match rules.varies(Variation::StoredLater) {
        true => store.apply_later(profile),
        false => store.apply(profile),
    });
    match rules.has(Fault::ErrorBehind200) {
        true => Answer::json(
            StatusCode::OK,
            json!({"accepted": 0, "errors": [{"index": 0, "message": "not stored"}]}),
        ),
        false => accepted(json!({"accepted": count}), rules),
    }
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

fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn parsed(body: &Bytes, rules: &Rules) -> Result<Value, Answer> {
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

fn failed() -> Answer {
    Answer::error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "something went wrong",
    )
}

fn hidden(refused: Answer) -> Answer {
    let body = match refused.body {
        Content::Json(error) => json!({"accepted": 0, "errors": [error]}),
        Content::Empty | Content::Text(..) => json!({"accepted": 0, "errors": []}),
    };
    Answer::json(StatusCode::OK, body)
}

fn overloaded(rules: &Rules) -> Answer {
    let status = match (
        rules.has(Fault::OverloadServerError),
        rules.has(Fault::OverloadBadRequest),
    ) {
        (true, _) => StatusCode::INTERNAL_SERVER_ERROR,
        (false, true) => StatusCode::BAD_REQUEST,
        (false, false) => StatusCode::TOO_MANY_REQUESTS,
    };
    let answer = Answer::error(status, "overloaded", "too many deliveries at once");
    match status == StatusCode::TOO_MANY_REQUESTS && !rules.has(Fault::RetryAfterMissing) {
        true => answer.with(RETRY_AFTER, "1"),
        false => answer,
    }
}
