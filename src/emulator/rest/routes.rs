//! Which path and method is whose.

use axum::body::Bytes;
use axum::http::header::{ALLOW, AUTHORIZATION};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::emulator::rest::answer::Answer;
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::observe::Question;
use crate::emulator::rest::state::{Destination, State};
use crate::emulator::rest::variation::Variation;
use crate::emulator::rest::{audiences, auth, delivery, notices, oauth2, observe};

/// Requests about audiences may have their token in the query (RFC 6750 section 2.3).
const BY_QUERY: [&str; 3] = ["audiences", "permissions", "dataflows"];

/// The same request with the token of its query in its headers, where it has none there.
fn by_query(parts: &Parts, rest: &[&str]) -> Option<Parts> {
    let is_meant = rest.first().is_some_and(|first| BY_QUERY.contains(first));
    let is_without = !parts.headers.contains_key(AUTHORIZATION);
    let query = parts.uri.query().filter(|_| is_meant && is_without)?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, token) = pairs.find(|(name, _)| *name == "access_token")?;
    let token = percent_decode_str(token).decode_utf8_lossy();
    let mut presented = parts.clone();
    let header = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    presented.headers.insert(AUTHORIZATION, header);
    Some(presented)
}

/// Answers a request that was read whole.
pub(crate) async fn route(parts: &Parts, body: &Bytes, state: &State) -> Answer {
    let path = parts.uri.path();
    let page = state.pages().get(path).cloned();
    if let Some(text) = page {
        return match method(&parts.method, &Method::GET, state) {
            Ok(()) => Answer::text(text),
            Err(answer) => answer,
        };
    }
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let Some((destination, rest)) = segments
        .split_first()
        .and_then(|(name, rest)| Some((state.destination(name)?, rest)))
    else {
        return unknown(state);
    };
    let presented = by_query(parts, rest);
    let parts = presented.as_ref().unwrap_or(parts);
    match rest {
        ["profiles"] | ["observe", "profiles", _]
            if is_throttled(parts, body, destination, state) =>
        {
            delivery::overloaded(&state.rules)
        }
        ["profiles"] => match delivery_method(&parts.method, state) {
            Ok(()) => {
                delivery::receive(path, &parts.headers, body, destination, &state.rules).await
            }
            Err(answer) => answer,
        },
        ["token"] => match method(&parts.method, &Method::POST, state) {
            Ok(()) => oauth2::token(&parts.headers, body, destination, &state.rules)
                .unwrap_or_else(|| unknown(state)),
            Err(answer) => answer,
        },
        ["authorize"] => {
            let wanted = match parts.method == Method::POST {
                true => Method::POST,
                false => Method::GET,
            };
            match method(&parts.method, &wanted, state) {
                Ok(()) => oauth2::authorize::answer(parts, body, destination, &state.rules)
                    .unwrap_or_else(|| unknown(state)),
                Err(answer) => answer,
            }
        }
        ["observe", "profiles", identity] => {
            observed(parts, identity, destination, state).unwrap_or_else(|answer| answer)
        }
        ["audiences"] if destination.setup.audience_api => {
            audiences::answer(parts, None, body, destination, &state.rules)
        }
        ["audiences", id] if destination.setup.audience_api => {
            audiences::answer(parts, Some(id), body, destination, &state.rules)
        }
        ["audiences", id, "exports"] if destination.setup.audience_api => {
            match method(&parts.method, &Method::POST, state) {
                Ok(()) => notices::taken(parts, id, body, destination, &state.rules),
                Err(answer) => answer,
            }
        }
        ["dataflows", rest @ ..] if destination.setup.audience_api => audiences::dataflow(
            parts,
            rest.first().copied(),
            body,
            destination,
            &state.rules,
        ),
        ["permissions"] if destination.setup.audience_api => {
            match method(&parts.method, &Method::GET, state) {
                Ok(()) => audiences::permissions(parts, destination, &state.rules),
                Err(answer) => answer,
            }
        }
        ["healthz"] => match method(&parts.method, &Method::GET, state) {
            Ok(()) => Answer::json(StatusCode::OK, json!({"status": "ok"})),
            Err(answer) => answer,
        },
        _ => unknown(state),
    }
}

/// Whether a request goes to a delivery endpoint.
pub(crate) fn is_delivery(parts: &Parts) -> bool {
    parts.method == Method::POST && parts.uri.path().ends_with("/profiles")
}

fn is_throttled(parts: &Parts, body: &Bytes, destination: &Destination, state: &State) -> bool {
    let url = parts.uri.to_string();
    state.rules.varies(Variation::Throttled) && destination.load.throttles(&url, body)
}

fn observed(
    parts: &Parts,
    identity: &str,
    destination: &Destination,
    state: &State,
) -> Result<Answer, Answer> {
    method(&parts.method, &Method::GET, state)?;
    auth::admit(&parts.headers, destination, &state.rules).map_err(|denied| denied.answer)?;
    let question = question(parts, identity);
    Ok(observe::profile(question, destination, &state.rules))
}

fn question<'a>(parts: &'a Parts, segment: &'a str) -> Question<'a> {
    let query = parts.uri.query().unwrap_or_default();
    let named = |name: &str| {
        let mut all = query.split('&').filter_map(|pair| pair.split_once('='));
        all.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let decoded = |value: &str| percent_decode_str(value).decode_utf8_lossy().into_owned();
    Question {
        path: parts.uri.path(),
        segment,
        namespace: named("namespace").map(decoded),
        page: named("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or_default(),
    }
}

/// The fault moves the delivery endpoint to another method; all else stays.
fn delivery_method(received: &Method, state: &State) -> Result<(), Answer> {
    match state.rules.has(Fault::MethodRefused) {
        true => method(received, &Method::PUT, state),
        false => method(received, &Method::POST, state),
    }
}

fn method(received: &Method, wanted: &Method, state: &State) -> Result<(), Answer> {
    if received == wanted {
        return Ok(());
    }
    if state.rules.has(Fault::WrongMethodFails) {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        return Err(Answer::error(status, "internal", "something went wrong"));
    }
    let answer = Answer::error(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "expected another method",
    );
    let allowed = match (
        state.rules.has(Fault::AllowEmpty),
        state.rules.has(Fault::AllowGarbage),
    ) {
        (true, _) => "",
        (false, true) => "see the documentation",
        (false, false) => wanted.as_str(),
    };
    match state.rules.has(Fault::AllowMissing) {
        true => Err(answer),
        false => Err(answer.with(ALLOW, allowed)),
    }
}

fn unknown(state: &State) -> Answer {
    match (
        state.rules.has(Fault::UnknownPathFails),
        state.rules.has(Fault::UnknownPathAccepted),
    ) {
        (true, _) => Answer::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something went wrong",
        ),
        (false, true) => Answer::json(StatusCode::OK, json!({})),
        (false, false) => Answer::error(StatusCode::NOT_FOUND, "not_found", "nothing is here"),
    }
}
