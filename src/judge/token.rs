//! Judges the answers of a token endpoint (RFC 6749 sections 5.1 and 5.2).

use serde_json::Value;

use crate::encode::oauth2::{TokenAnswer, TokenClient, Unread, pointer, value_at};
use crate::judge::answer::{answered, status_line};
use crate::judge::header::{directives, lines, media_type};
use crate::model::finding::Finding;
use crate::model::record::{Answer, Body, Exchange};

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

/// The answer is 200 and holds an access token where it is configured to be: the client itself reads it again.
///
/// # Errors
/// A finding that says who must act.
pub fn issued(exchange: &Exchange, client: &TokenClient) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    if answer.status != 200 {
        return Err(
            Finding::destination("200 and an access token", shown(answer)).remedy(
                "see whether client id and secret are valid and how the endpoint takes them",
            ),
        );
    }
    let read = TokenAnswer::recorded(answer);
    let Err(why) = client.read(&read) else {
        return Ok(());
    };
    let place = client.token_place();
    let finding = Finding::destination(format!("an access token at `{place}`"), shown(answer));
    Err(match why {
        Unread::NotJson(_) | Unread::Refused(_) => {
            finding.remedy("answer with a JSON object as the whole body (RFC 6749 section 5.1)")
        }
        Unread::Unrendered { .. } => finding.remedy("correct `responseFields`, or the answer"),
        Unread::Absent { .. } | Unread::NoText { .. } => {
            let body = read.body.unwrap_or(Value::Null);
            finding
                .at(pointer(&body, place))
                .remedy("correct `accessTokenResponsePath` or `responseFields`, or the answer")
        }
    })
}

/// The answer is JSON and names its token type.
///
/// # Errors
/// A finding that says who must act.
pub fn typed(exchange: &Exchange) -> Result<(), Finding> {
    let answer = success(exchange)?;
    if !media_type(answer).is_some_and(|media| media.is_json()) {
        let named = lines(answer, "content-type").join(", ");
        return Err(Finding::destination(
            "`Content-Type: application/json`",
            format!("`{named}`"),
        ));
    }
    match json(answer)?.get("token_type").and_then(Value::as_str) {
        Some(kind) if !kind.is_empty() => Ok(()),
        Some(_) | None => {
            Err(Finding::destination("`token_type` in the answer", shown(answer)).at("/token_type"))
        }
    }
}

/// The answer says `Cache-Control: no-store`.
///
/// # Errors
/// A finding that says who must act.
pub fn uncached(exchange: &Exchange) -> Result<(), Finding> {
    let answer = success(exchange)?;
    let mut said = directives(answer, "cache-control").into_iter();
    if said.any(|directive| directive.name == "no-store") {
        return Ok(());
    }
    let received = match lines(answer, "cache-control").as_slice() {
        [] => String::from("no `Cache-Control`"),
        lines => format!("`Cache-Control: {}`", lines.join(", ")),
    };
    Err(Finding::destination("`Cache-Control: no-store`", received))
}

/// The life in seconds of the token that an answer gives.
pub fn life(exchange: &Exchange, client: &TokenClient) -> Option<u64> {
    client.life(&TokenAnswer::recorded(exchange.answer()?))
}

/// The token lives at least so many seconds.
///
/// # Errors
/// A finding that says who must act.
pub fn long_lived(exchange: &Exchange, client: &TokenClient, seconds: u64) -> Result<(), Finding> {
    let answer = success(exchange)?;
    let body = json(answer)?;
    let place = client.life_place();
    match life(exchange, client) {
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
            Err(finding.at(pointer(&body, place)).remedy(remedy))
        }
        None => {
            let finding = Finding::destination(format!("a life at `{place}`"), shown(answer));
            Err(finding.at(pointer(&body, place)))
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
    let read = TokenAnswer::recorded(answer);
    if matches!(answer.status, 400 | 401) && read.error() == Some(code) {
        return Ok(());
    }
    Err(Finding::destination(expected, shown(answer)).at("/error"))
}

/// The validations hold. Whether they do was told of the answer as it came, for the recorded one is masked; a record
/// that says nothing of it is judged as it stands.
///
/// # Errors
/// A finding that names the validation.
pub fn validations_hold(exchange: &Exchange, client: &TokenClient) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    let read = TokenAnswer::recorded(answer);
    let facts = exchange.token();
    for (place, validation) in (0..).zip(client.all_validations()) {
        let had = facts.map(|facts| facts.failed_validations.contains(&place));
        if had == Some(false) {
            continue;
        }
        let validated = client.validated(validation, &read);
        let validated = validated.map_err(|reason| unrendered(&validation.actual.value, reason))?;
        if had == Some(true) || !validated.holds {
            return Err(Finding::destination(
                format!("validation `{}`: `{}`", validation.name, validated.expected),
                format!("`{}`", validated.actual),
            )
            .remedy("correct the validation, or the answer of the token endpoint"));
        }
    }
    Ok(())
}

/// Every configured place holds a value.
///
/// # Errors
/// A finding that names the place.
pub fn places_exist(exchange: &Exchange, client: &TokenClient) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    let read = TokenAnswer::recorded(answer);
    for field in client.response_fields() {
        let rendered = client.over_answer(&field.value, &read);
        let rendered = rendered.map_err(|reason| unrendered(&field.value.value, reason))?;
        if rendered.is_empty() {
            return Err(Finding::destination(
                format!("a value for `{}` by `{}`", field.name, field.value.value),
                shown(answer),
            )
            .remedy("correct `responseFields`, or the answer of the token endpoint"));
        }
    }
    if client.template.is_some() {
        return Ok(());
    }
    let body = read.body.unwrap_or(Value::Null);
    for path in [&client.paths.access_token, &client.paths.expires_in] {
        if value_at(&body, path).is_none_or(Value::is_null) {
            let finding = Finding::destination(format!("a value at `{path}`"), shown(answer));
            return Err(finding.at(pointer(&body, path)));
        }
    }
    Ok(())
}

fn unrendered(template: &str, reason: String) -> Finding {
    Finding::surroundings(format!("`{template}` rendered over the answer"), reason)
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
        .ok_or_else(|| Finding::destination("a token answer in JSON", shown(answer)))
}

/// Status and what the body was: names of its members, or its shape where it was withheld.
fn shown(answer: &Answer) -> String {
    let what = match &answer.body {
        Body::Empty => String::from("without a body"),
        Body::Withheld(withheld) => withheld.shape.to_string(),
        Body::Digest { bytes, .. } => format!("{bytes} bytes, not kept"),
        Body::Base64(_) => String::from("bytes that are no text"),
        Body::Text(_) => match (TokenAnswer::recorded(answer).error(), answer.body.json()) {
            (None, Some(Value::Object(map))) => {
                let names: Vec<String> = map.keys().map(|key| format!("`{key}`")).collect();
                format!("an answer with {}", names.join(", "))
            }
            (_, _) => return status_line(answer),
        },
    };
    format!("{}, {what}", answer.status)
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
