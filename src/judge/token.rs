//! Judges the answers of a token endpoint (RFC 6749 sections 5.1 and 5.2).

use serde_json::Value;

use crate::judge::answer::content::read_whole;
use crate::judge::answer::{answered, status_line};
use crate::model::finding::Finding;
use crate::model::record::{Answer, Exchange};

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// The token endpoint throttles. To throttle is right, and says nothing of the client.
        surroundings "token.throttled" throttled(answer) {
            expected: "an answer to the token request",
            received: "{answer}",
            remedy: "run again when the token endpoint is not throttling",
        }
        /// The token endpoint is not available, so that it refuses whoever asks.
        surroundings "token.unavailable" unavailable(answer) {
            expected: "an answer that is about the client",
            received: "{answer}: refused for another reason",
            remedy: "run again when the token endpoint is available",
        }
        /// A valid client was not issued a token.
        destination "token.refused" refused(answer) {
            expected: "200 and an access token",
            received: "{answer}",
            remedy: "see whether client id and secret are valid and how the endpoint takes them",
        }
        /// No token was issued, so that there is no token answer to judge.
        surroundings "token.none-issued" none_issued(answer) {
            expected: "a token answer to judge",
            received: "{answer}",
            remedy: "mend what refuses the client; this scenario then shows something",
        }
        /// A valid client was not issued a token, so that refusing one with a flaw shows nothing.
        surroundings "token.good-client-refused" good_client_refused() {
            expected: "a token for the valid client first",
            received: "{@because}",
            remedy: "mend what refuses the valid client; this scenario then shows something",
        }
        /// The token answer is not JSON.
        destination "token.not-json" not_json(answer) {
            expected: "a token answer in JSON",
            received: "{answer}",
            remedy: "answer with a JSON object (RFC 6749 section 5.1)",
        }
        /// The token answer has nothing at the path of the access token.
        destination "token.no-token-at-path" no_token_at_path(path, members) {
            expected: "an access token at `{path}`",
            received: "an answer with {members}",
            remedy: "correct `accessTokenResponsePath`, or the answer",
        }
        /// What the token answer has at the path of the access token is no text, or an empty one.
        destination "token.no-text-at-path" no_text_at_path(path, value) {
            expected: "an access token at `{path}`",
            received: "`{value}`",
            remedy: "correct `accessTokenResponsePath`, or the answer",
        }
        /// The token answer does not say that it is JSON.
        destination "token.media-type-other" media_type_other(media) {
            expected: "`Content-Type: application/json`",
            received: "`Content-Type: {media}`",
            remedy: "name the media type of the token answer",
        }
        /// The token answer does not name the type of the token.
        destination "token.type-missing" type_missing(members) {
            expected: "`token_type` in the answer",
            received: "an answer with {members}",
            remedy: "name it, e.g. `\"token_type\": \"Bearer\"`",
        }
        /// The token answer does not forbid caching.
        destination "token.cacheable" cacheable(value) {
            expected: "`Cache-Control: no-store`",
            received: "`Cache-Control: {value}`",
            remedy: "forbid caching with `Cache-Control: no-store`: a cached token is a leaked token",
        }
        /// The token lives shorter than Adobe advises.
        destination "token.life-short" life_short(seconds, life) {
            expected: "a life of {seconds} s or more",
            received: "{life} s",
            remedy: "issue tokens that live 24 hours",
        }
        /// The token lives so short that Experience Platform drops profiles.
        destination "token.life-drops-profiles" life_drops_profiles(seconds, life) {
            expected: "a life of {seconds} s or more",
            received: "{life} s",
            remedy: "issue tokens that live 24 hours: below one hour Experience Platform drops profiles",
        }
        /// The token answer does not say how long the token lives.
        destination "token.life-missing" life_missing(path, members) {
            expected: "a life at `{path}`",
            received: "an answer with {members}",
            remedy: "name the life in seconds, or correct the configured path",
        }
        /// A client with a flaw was issued a token.
        destination "token.flaw-accepted" flaw_accepted(error, status) {
            expected: "400 or 401 with `error`: `{error}`",
            received: "{status}: the client was not refused",
            remedy: "refuse the client: a token endpoint that gives tokens to strangers protects nothing",
        }
        /// A client with a flaw was refused, and not with the status and error code of RFC 6749.
        destination "token.flaw-refused-otherwise" flaw_refused_otherwise(error, answer) {
            expected: "400 or 401 with `error`: `{error}`",
            received: "{answer}",
            remedy: "answer with the error code that says what is wrong (RFC 6749 section 5.2)",
        }
        /// The token URL has more query parameters than Experience Platform takes.
        destination "token.query-parameters" query_parameters(count) {
            expected: "at most one query parameter in the token URL",
            received: "{count}",
            remedy: "leave out query parameters, or move them into the body",
        }
        /// A configured validation of the token answer does not hold.
        destination "token.validation-fails" validation_fails(validation, wanted, actual) {
            expected: "validation `{validation}`: `{wanted}`",
            received: "`{actual}`",
            remedy: "correct the validation, or the answer of the token endpoint",
        }
        /// A configured response field renders to nothing over the token answer.
        destination "token.field-empty" field_empty(field, template) {
            expected: "a value for `{field}` by `{template}`",
            received: "nothing",
            remedy: "correct `responseFields`, or the answer of the token endpoint",
        }
        /// A configured response path leads to nothing in the token answer.
        destination "token.nothing-at-path" nothing_at_path(path, answer) {
            expected: "a value at `{path}`",
            received: "{answer}",
            remedy: "correct the path in the configuration, or the answer of the token endpoint",
        }
        /// A template of the configuration does not render over the token answer.
        surroundings "token.template-fails" template_fails(template, failure) {
            expected: "`{template}` rendered over the answer",
            received: "{failure}",
            remedy: "correct the template in `accessTokenRequest`",
        }
    }
}

/// Adobe's advice for the life of an access token, in seconds.
pub const ADVISED_LIFE: u64 = 86_400;

/// Below this life profiles are dropped, in seconds (Adobe: guardrails).
pub const LEAST_LIFE: u64 = 3_600;

/// The answer is not 429: to throttle says nothing of the client.
///
/// # Errors
/// A finding against the surroundings.
pub fn not_throttled(exchange: &Exchange) -> Result<(), Finding> {
    match exchange.answer().filter(|answer| answer.status == 429) {
        Some(answer) => Err(codes::throttled(status_line(answer))),
        None => Ok(()),
    }
}

/// The answer is 200 and holds a non-empty access token at the dotted path.
///
/// # Errors
/// A finding that says who must act.
pub fn issued(exchange: &Exchange, path: &str) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    if answer.status != 200 {
        return Err(codes::refused(status_line(answer)));
    }
    match at_path(&json(answer)?, path) {
        Some(Value::String(token)) if !token.is_empty() => Ok(()),
        Some(other) => Err(codes::no_text_at_path(path, other).at(pointer(path))),
        None => Err(codes::no_token_at_path(path, members(answer)).at(pointer(path))),
    }
}

/// The answer is JSON and names its token type.
///
/// # Errors
/// A finding that says who must act.
pub fn typed(exchange: &Exchange) -> Result<(), Finding> {
    let answer = success(exchange)?;
    let media = answer.header("content-type").unwrap_or_default();
    if !media.to_ascii_lowercase().contains("json") {
        return Err(codes::media_type_other(media));
    }
    match json(answer)?.get("token_type") {
        Some(Value::String(kind)) if !kind.is_empty() => Ok(()),
        _ => Err(codes::type_missing(members(answer)).at("/token_type")),
    }
}

/// The answer says `Cache-Control: no-store`.
///
/// # Errors
/// A finding that says who must act.
pub fn uncached(exchange: &Exchange) -> Result<(), Finding> {
    let answer = success(exchange)?;
    let said = answer.header("cache-control").unwrap_or_default();
    if said.to_ascii_lowercase().contains("no-store") {
        return Ok(());
    }
    Err(codes::cacheable(said))
}

/// The life in seconds that the answer names, as a number or as digits.
pub fn life(exchange: &Exchange, path: &str) -> Option<u64> {
    let body = exchange.answer()?.body.json()?;
    at_path(&body, path).and_then(|v| v.as_u64().or_else(|| v.as_str()?.parse().ok()))
}

/// The token lives at least so many seconds.
///
/// # Errors
/// A finding that says who must act.
pub fn long_lived(exchange: &Exchange, path: &str, seconds: u64) -> Result<(), Finding> {
    let answer = success(exchange)?;
    json(answer)?;
    match life(exchange, path) {
        Some(life) if life >= seconds => Ok(()),
        Some(life) if life < LEAST_LIFE => {
            Err(codes::life_drops_profiles(seconds, life).at(pointer(path)))
        }
        Some(life) => Err(codes::life_short(seconds, life).at(pointer(path))),
        None => Err(codes::life_missing(path, members(answer)).at(pointer(path))),
    }
}

/// The client with a flaw was refused with 400 or 401 and that error code.
///
/// # Errors
/// A finding that says who must act.
pub fn refused_as(exchange: &Exchange, code: &str) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    match answer.status {
        200..300 => return Err(codes::flaw_accepted(code, answer.status)),
        429 => return Err(codes::throttled(status_line(answer))),
        503 => return Err(codes::unavailable(status_line(answer))),
        _ => {}
    }
    let error = answer.body.json().and_then(|body| {
        body.get("error")
            .and_then(Value::as_str)
            .map(ToOwned::to_owned)
    });
    if matches!(answer.status, 400 | 401) && error.as_deref() == Some(code) {
        return Ok(());
    }
    Err(codes::flaw_refused_otherwise(code, status_line(answer)).at("/error"))
}

/// A value by a dotted path with optional indexes, e.g. `data.tokens[0].value`.
pub fn at_path<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    body.pointer(&pointer(path))
}

/// A dotted path as a JSON Pointer.
pub fn pointer(path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let dotted = path.replace('[', ".").replace(']', "");
    dotted
        .split('.')
        .filter(|part| !part.is_empty())
        .map(|part| format!("/{part}"))
        .collect()
}

fn success(exchange: &Exchange) -> Result<&Answer, Finding> {
    let answer = answered(exchange)?;
    if answer.is_success() {
        return Ok(answer);
    }
    Err(codes::none_issued(status_line(answer)))
}

fn json(answer: &Answer) -> Result<Value, Finding> {
    read_whole(answer)?;
    let body = answer.body.json();
    body.ok_or_else(|| codes::not_json(status_line(answer)))
}

/// The names of what an answer holds: never the values, one of which is the token.
fn members(answer: &Answer) -> String {
    match answer.body.json() {
        Some(Value::Object(map)) => {
            let names: Vec<String> = map.keys().map(|key| format!("`{key}`")).collect();
            names.join(", ")
        }
        Some(_) | None => status_line(answer),
    }
}

/// The token URL has at most one query parameter.
///
/// # Errors
/// A finding against the destination.
pub fn one_query_parameter(url: &str) -> Result<(), Finding> {
    let query = url
        .split_once('?')
        .map(|(_, query)| query)
        .unwrap_or_default();
    let count = query.split('&').filter(|pair| !pair.is_empty()).count();
    if count <= 1 {
        return Ok(());
    }
    Err(codes::query_parameters(count))
}
