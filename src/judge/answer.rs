//! Judges the answer to a message: its status, its body, its headers.

use serde_json::Value;

use crate::model::finding::Finding;
use crate::model::record::{Answer, Exchange, FailureKind};

/// The message was answered with 2xx.
///
/// # Errors
/// A finding that says who must act: the surroundings where the host cannot be reached or no token could be had.
pub fn accepted(exchange: &Exchange) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    if answer.is_success() {
        Ok(())
    } else {
        Err(not_accepted(answer))
    }
}

/// An answer came.
///
/// # Errors
/// A finding that says who must act.
pub fn answered(exchange: &Exchange) -> Result<&Answer, Finding> {
    let Some(failure) = exchange.failure() else {
        return exchange
            .answer()
            .ok_or_else(|| Finding::destspec("an answer or a failure", "neither"));
    };
    let expected = "an HTTP answer";
    let finding = match failure.kind {
        FailureKind::Refused | FailureKind::Resolve => Finding::surroundings(expected, &failure.text)
            .remedy("start the destination, or correct the URL in its configuration"),
        FailureKind::Tls => Finding::surroundings(expected, &failure.text)
            .remedy("use a certificate that is valid for the host name, or name a private authority with `ca_file`"),
        FailureKind::NoToken | FailureKind::Other => {
            Finding::surroundings(expected, &failure.text)
        }
        FailureKind::TimedOut => Finding::destination(expected, &failure.text)
            .remedy("answer sooner, or raise `time_limit_seconds` in [destination.limits]"),
        FailureKind::Broken | FailureKind::Reset => Finding::destination(expected, &failure.text),
    };
    Err(finding)
}

/// The message with one flaw was refused for that flaw, with one of the statuses if any are named.
///
/// A refusal that is not about the flaw (throttling, a time-out) leaves the requirement unproven.
///
/// # Errors
/// A finding against the destination, or against the surroundings where the refusal was for another reason.
pub fn refused(
    exchange: &Exchange,
    statuses: &[u16],
    flaw: &str,
    about_credentials: bool,
) -> Result<(), Finding> {
    let wanted = wanted(statuses);
    let answer = match answered(exchange) {
        Ok(answer) => answer,
        Err(finding) => {
            return Err(Finding::surroundings(
                format!("{flaw} refused with {wanted}"),
                finding.received,
            ));
        }
    };
    let expected = format!("{flaw} refused with {wanted}");
    let received = status_line(answer);
    match answer.status {
        status if statuses.contains(&status) => Ok(()),
        200..300 => Err(Finding::destination(
            expected,
            format!("{received}: it was accepted"),
        )),
        429 | 408 | 503 => Err(Finding::surroundings(
            expected,
            format!("{received}: refused for another reason"),
        )
        .remedy(
            "run again when the destination is not throttling, or lower `requests_per_second`",
        )),
        401 | 403 if !about_credentials => Err(Finding::surroundings(
            expected,
            format!("{received}: refused for its credentials, not for the flaw"),
        )),
        400..500 if statuses.is_empty() => Ok(()),
        500.. if statuses.is_empty() => Err(Finding::surroundings(
            expected,
            format!("{received}: it broke, and refused nothing"),
        )),
        _ => Err(Finding::destination(expected, received)),
    }
}

/// The answer is no redirect.
///
/// # Errors
/// A finding against the destination.
pub fn no_redirect(exchange: &Exchange) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    if (300..400).contains(&answer.status) {
        let to = answer
            .header("location")
            .map(|l| format!(" to {l}"))
            .unwrap_or_default();
        return Err(Finding::destination(
            "an answer from the configured URL",
            format!("{}{to}", status_line(answer)),
        )
        .remedy("configure the URL that the redirect leads to"));
    }
    Ok(())
}

/// The answer is no 5xx.
///
/// # Errors
/// A finding against the destination.
pub fn no_server_error(exchange: &Exchange) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    if answer.status >= 500 {
        return Err(Finding::destination("2xx or 4xx", status_line(answer))
            .remedy("answer 4xx for what is wrong in the message: a 5xx is retried in vain"));
    }
    Ok(())
}

/// The configured method and content type are read: the answer is neither 405 nor 415.
///
/// # Errors
/// A finding against the destination.
pub fn method_and_type_read(exchange: &Exchange) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    match answer.status {
        405 => Err(Finding::destination(
            format!("{} accepted", method(exchange)),
            status_line(answer),
        )
        .remedy("correct `httpMethod` in the destination server, or let the endpoint take it")),
        415 => Err(Finding::destination(
            "the configured content type accepted",
            status_line(answer),
        )
        .remedy("correct `contentType` in the destination server, or let the endpoint read it")),
        _ => Ok(()),
    }
}

fn method(exchange: &Exchange) -> &str {
    exchange.request().map_or("", |request| &request.method)
}

/// An answer of 405 has `Allow` (RFC 9110 section 15.5.6).
///
/// # Errors
/// A finding against the destination.
pub fn allow_named(exchange: &Exchange) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    match (answer.status, answer.header("allow")) {
        (405, None) => Err(
            Finding::destination("405 with an `Allow` header", "405 without one")
                .remedy("name the methods that the path takes, e.g. `Allow: POST`"),
        ),
        _ => Ok(()),
    }
}

/// Accepted, or throttled with 429.
///
/// # Errors
/// A finding against the destination.
pub fn accepted_or_throttled(exchange: &Exchange) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    if answer.is_success() || answer.status == 429 {
        return Ok(());
    }
    Err(
        Finding::destination("2xx or 429 under load", status_line(answer))
            .remedy("throttle with 429: it is the one code that every aggregation type retries"),
    )
}

/// An answer of 429 or 503 has `Retry-After` (RFC 9110 section 10.2.3).
///
/// # Errors
/// A finding against the destination.
pub fn retry_after(exchange: &Exchange) -> Result<(), Finding> {
    let Some(answer) = exchange.answer() else {
        return Ok(());
    };
    if matches!(answer.status, 429 | 503) && answer.header("retry-after").is_none() {
        return Err(Finding::destination(
            format!("{} with a `Retry-After` header", answer.status),
            format!("{} without one", answer.status),
        ));
    }
    Ok(())
}

/// The body of a 2xx reports no error: Experience Platform would not see it.
///
/// # Errors
/// A finding against the destination, with the JSON Pointer of the error.
pub fn no_hidden_error(exchange: &Exchange) -> Result<(), Finding> {
    let Some(answer) = exchange.answer().filter(|a| a.is_success()) else {
        return Ok(());
    };
    let Some(body) = answer.body.json() else {
        return Ok(());
    };
    match hidden_error(&body, "") {
        None => Ok(()),
        Some((pointer, what)) => Err(Finding::destination(
            "4xx or 5xx for what was not taken",
            format!("{} with an error in its body: {what}", status_line(answer)),
        )
        .at(pointer)
        .remedy("answer with an error status: of a 2xx, only the status is read")),
    }
}

fn hidden_error(value: &Value, pointer: &str) -> Option<(String, String)> {
    match value {
        Value::Object(map) => map.iter().find_map(|(key, inner)| {
            let here = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            if says_error(key, inner) {
                Some((here, format!("`{key}`: {inner}")))
            } else {
                hidden_error(inner, &here)
            }
        }),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(i, inner)| hidden_error(inner, &format!("{pointer}/{i}"))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn says_error(key: &str, value: &Value) -> bool {
    let holds = match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Number(n) => n.as_f64().is_some_and(|n| n > 0.0),
        Value::String(s) => !s.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    };
    match key.to_ascii_lowercase().as_str() {
        "error" | "errors" | "failed" | "failures" | "rejected" | "invalid" => holds,
        "success" | "ok" => matches!(value, Value::Bool(false)),
        "status" => match value {
            Value::String(s) => {
                matches!(
                    s.to_ascii_lowercase().as_str(),
                    "error" | "failed" | "failure"
                ) || s.parse().is_ok_and(is_error_status)
            }
            Value::Number(n) => n.as_u64().is_some_and(is_error_status),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
        },
        _ => false,
    }
}

/// Bulk answers (RFC 7644 section 3.7.3) give each operation a status of its own inside of one 200.
fn is_error_status(status: u64) -> bool {
    (400..600).contains(&status)
}

/// Status and, where there is one, the start of the body: one line.
pub fn status_line(answer: &Answer) -> String {
    let said = answer.body.text().map(str::trim).filter(|t| !t.is_empty());
    match said {
        Some(text) => {
            let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let short: String = line.chars().take(160).collect();
            let dots = if short.len() < line.len() { "…" } else { "" };
            format!("{}, `{short}{dots}`", answer.status)
        }
        None => answer.status.to_string(),
    }
}

fn not_accepted(answer: &Answer) -> Finding {
    // To throttle is right: it says nothing of the message.
    if answer.status == 429 {
        return Finding::surroundings("2xx", status_line(answer))
            .remedy("lower `concurrency` or `requests_per_second` in [destination.limits]");
    }
    let finding = Finding::destination("2xx", status_line(answer));
    match answer.status {
        401 | 403 => finding.remedy(
            "see whether the credentials in [destination.credentials] are valid for this endpoint",
        ),
        300..400 => finding
            .remedy("configure the URL that the redirect leads to: redirects are not followed"),
        404 => finding.remedy(
            "see whether the URL in the destination server, as rendered, is the endpoint's",
        ),
        400 | 422 => {
            finding.remedy("`destspec render message` shows the exact bytes that were refused")
        }
        _ => finding,
    }
}

fn wanted(statuses: &[u16]) -> String {
    match statuses {
        [] => String::from("4xx"),
        some => some
            .iter()
            .map(u16::to_string)
            .collect::<Vec<_>>()
            .join(" or "),
    }
}

/// An answer came: the judgement of its status is left to others.
///
/// # Errors
/// A finding that says who must act.
pub fn answered_at_all(exchange: &Exchange) -> Result<(), Finding> {
    answered(exchange).map(|_| ())
}

/// So many percent of the times, in microseconds, lie within so many seconds (nearest rank).
///
/// # Errors
/// A finding against the destination.
pub fn in_time(times: &mut [u64], percent: usize, seconds: u64) -> Result<(), Finding> {
    times.sort_unstable();
    let rank = (times.len() * percent).div_ceil(100).saturating_sub(1);
    let Some(time) = times.get(rank) else {
        return Err(Finding::destspec("times to judge", "none"));
    };
    if *time <= seconds * 1_000_000 {
        return Ok(());
    }
    let found = *time / 1_000;
    Err(Finding::destination(
        format!("{percent} % of the answers within {seconds} s"),
        format!("{found} ms"),
    ))
}

/// The answer holds neither a secret nor the credential that was sent. Judged on the record: a secret is a token there.
///
/// # Errors
/// A finding against the destination.
pub fn not_repeated(exchange: &Exchange, sent: &str) -> Result<(), Finding> {
    let Some(answer) = exchange.answer() else {
        return Ok(());
    };
    let texts = answer
        .headers
        .iter()
        .map(|(_, value)| value.as_str())
        .chain(answer.body.text());
    for text in texts {
        let repeats = text.contains("⟦secret:")
            || text.contains("⟦withheld:")
            || (!sent.is_empty() && text.contains(sent));
        if repeats {
            return Err(
                Finding::destination("an answer without credentials", status_line(answer))
                    .remedy("never repeat a credential: answers end in logs"),
            );
        }
    }
    Ok(())
}

/// The `Authorization` header that was sent, masked.
pub fn authorization(exchange: &Exchange) -> Option<&str> {
    let headers = &exchange.request()?.headers;
    let mut all = headers.iter();
    let found = all.find(|(name, _)| name.eq_ignore_ascii_case("authorization"))?;
    Some(&found.1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_bulk_answer_hides_an_error_in_the_status_of_an_operation() {
        let bulk = |status: Value| json!({"Operations": [{"status": "201"}, {"status": status}]});
        let at = |body: &Value| hidden_error(body, "").map(|(pointer, _)| pointer);
        let second = Some(String::from("/Operations/1/status"));
        assert_eq!(at(&bulk(json!("409"))), second);
        assert_eq!(at(&bulk(json!(500))), second);
        assert_eq!(at(&bulk(json!("204"))), None);
        assert_eq!(at(&bulk(json!("active"))), None);
    }
}
