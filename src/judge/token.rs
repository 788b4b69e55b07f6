//! Judges the answers of a token endpoint (RFC 6749 sections 5.1 and 5.2).

use serde_json::Value;

use crate::judge::answer::{answered, status_line};
use crate::model::finding::Finding;
use crate::model::record::{Answer, Exchange};

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
        Some(answer) => Err(Finding::surroundings(
            "an answer to the token request",
            status_line(answer),
        )
        .remedy("run again when the token endpoint is not throttling")),
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
        return Err(
            Finding::destination("200 and an access token", status_line(answer)).remedy(
                "see whether client id and secret are valid and how the endpoint takes them",
            ),
        );
    }
    match at_path(&json(answer)?, path) {
        Some(Value::String(token)) if !token.is_empty() => Ok(()),
        Some(other) => Err(Finding::destination(
            format!("an access token at `{path}`"),
            format!("`{other}`"),
        )
        .at(pointer(path))),
        None => Err(
            Finding::destination(format!("an access token at `{path}`"), keys(answer))
                .at(pointer(path))
                .remedy("correct `accessTokenResponsePath`, or the answer"),
        ),
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
        return Err(Finding::destination(
            "`Content-Type: application/json`",
            format!("`{media}`"),
        ));
    }
    match json(answer)?.get("token_type") {
        Some(Value::String(kind)) if !kind.is_empty() => Ok(()),
        _ => {
            Err(Finding::destination("`token_type` in the answer", keys(answer)).at("/token_type"))
        }
    }
}

/// The answer says `Cache-Control: no-store`.
///
/// # Errors
/// A finding that says who must act.
pub fn uncached(exchange: &Exchange) -> Result<(), Finding> {
    let answer = success(exchange)?;
    let said = answer.header("cache-control");
    if said.is_some_and(|value| value.to_ascii_lowercase().contains("no-store")) {
        return Ok(());
    }
    let received = said.map_or_else(
        || String::from("no `Cache-Control`"),
        |value| format!("`Cache-Control: {value}`"),
    );
    Err(Finding::destination("`Cache-Control: no-store`", received))
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
        Some(life) => {
            let finding = Finding::destination(
                format!("a life of {seconds} s or more"),
                format!("{life} s"),
            );
            let remedy = if life < LEAST_LIFE {
                "issue tokens that live 24 hours: below one hour Experience Platform drops profiles"
            } else {
                "issue tokens that live 24 hours"
            };
            Err(finding.at(pointer(path)).remedy(remedy))
        }
        None => {
            Err(Finding::destination(format!("a life at `{path}`"), keys(answer)).at(pointer(path)))
        }
    }
}

/// The client with a flaw was refused with 400 or 401 and that error code.
///
/// # Errors
/// A finding that says who must act.
pub fn refused_as(exchange: &Exchange, code: &str) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    let expected = format!("400 or 401 with `error`: `{code}`");
    if answer.is_success() {
        return Err(Finding::destination(
            expected,
            format!("{}: the client was not refused", answer.status),
        ));
    }
    if matches!(answer.status, 429 | 503) {
        return Err(Finding::surroundings(
            expected,
            format!("{}: refused for another reason", status_line(answer)),
        ));
    }
    let error = answer.body.json().and_then(|body| {
        body.get("error")
            .and_then(Value::as_str)
            .map(ToOwned::to_owned)
    });
    if matches!(answer.status, 400 | 401) && error.as_deref() == Some(code) {
        return Ok(());
    }
    Err(Finding::destination(expected, status_line(answer)).at("/error"))
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
    Err(Finding::surroundings(
        "a token answer to judge",
        status_line(answer),
    ))
}

fn json(answer: &Answer) -> Result<Value, Finding> {
    answer
        .body
        .json()
        .ok_or_else(|| Finding::destination("a token answer in JSON", status_line(answer)))
}

fn keys(answer: &Answer) -> String {
    match answer.body.json() {
        Some(Value::Object(map)) => {
            let names: Vec<String> = map.keys().map(|key| format!("`{key}`")).collect();
            format!("an answer with {}", names.join(", "))
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
    Err(Finding::destination(
        "at most one query parameter in the token URL",
        format!("{count}"),
    ))
}
