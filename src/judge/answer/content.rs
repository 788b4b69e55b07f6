//! Judges what an answer says besides its status: an error behind 2xx, a credential repeated.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::judge::answer::{hidden, status_line};
use crate::model::finding::Finding;
use crate::model::record::{Answer, Body, Exchange};

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// The body of a 2xx reports an error, which nobody reads.
        destination "answer.hidden-error" hidden_error(answer, member, value) {
            expected: "4xx or 5xx for what was not taken",
            received: "{answer} with an error in its body: `{member}`: {value}",
            remedy: "answer with an error status: of a 2xx, only the status is read",
        }
        /// The answer is too long to be kept: its digest is in the record, and what it says was not read.
        surroundings "answer.too-long" too_long(bytes) {
            expected: "an answer that can be read whole",
            received: "{bytes} bytes, of which only the digest was kept",
            remedy: "let the endpoint answer in fewer words, and run again",
        }
        /// An answer holds a secret, or the credential that was sent.
        destination "answer.credential-repeated" credential_repeated(answer) {
            expected: "an answer without credentials",
            received: "{answer}",
            remedy: "never repeat a credential: answers end in logs",
        }
    }
}

/// The body of a 2xx reports no error: Experience Platform would not see it.
///
/// # Errors
/// A finding against the destination, with the JSON Pointer of the error; against the surroundings where the body was not
/// kept.
pub fn no_hidden_error(exchange: &Exchange) -> Result<(), Finding> {
    let Some(answer) = exchange.answer().filter(|a| a.is_success()) else {
        return Ok(());
    };
    read_whole(answer)?;
    let Some(body) = answer.body.json() else {
        let found = answer.body.text().and_then(hidden::in_text);
        let finding = |(place, words)| codes::hidden_error(status_line(answer), place, words);
        return found.map_or(Ok(()), |found| Err(finding(found)));
    };
    match hidden_error(&body, "") {
        None => Ok(()),
        Some(error) => {
            let found = codes::hidden_error(status_line(answer), error.member, error.value);
            Err(found.at(error.pointer))
        }
    }
}

/// The body was kept, so that it can be judged.
///
/// # Errors
/// A finding against the surroundings.
pub fn read_whole(answer: &Answer) -> Result<(), Finding> {
    match answer.body {
        Body::Digest { bytes, .. } => Err(codes::too_long(bytes)),
        Body::Empty | Body::Text(_) | Body::Base64(_) | Body::Withheld(_) => Ok(()),
    }
}

/// An error that a body reports.
struct Hidden {
    pointer: String,
    member: String,
    value: String,
}

fn hidden_error(value: &Value, pointer: &str) -> Option<Hidden> {
    match value {
        Value::Object(map) => map.iter().find_map(|(key, inner)| {
            let here = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            if says_error(key, inner) || pointer.is_empty() && is_error_code(key, inner) {
                Some(Hidden {
                    pointer: here,
                    member: key.clone(),
                    value: inner.to_string(),
                })
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

/// Whether the answer names the status of an error: at its top, for within it a code may be anything.
fn is_error_code(key: &str, value: &Value) -> bool {
    let names = ["code", "statuscode", "status_code"];
    names.contains(&key.to_ascii_lowercase().as_str())
        && value.as_u64().is_some_and(is_error_status)
}

fn says_error(key: &str, value: &Value) -> bool {
    match key.to_ascii_lowercase().as_str() {
        "error" | "errors" | "failed" | "failures" | "rejected" | "invalid" | "exception"
        | "exceptions" | "fault" | "faults" => !says_none(value),
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

/// Whether a member that names errors says that there is none: nothing, zero, a list or an object of such, or an object
/// whose code is zero, whatever its words.
fn says_none(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(holds) => !holds,
        Value::Number(number) => number.as_f64().is_none_or(|number| number <= 0.0),
        Value::String(text) => {
            let text = text.trim().to_ascii_lowercase();
            matches!(
                text.as_str(),
                "" | "0" | "none" | "no" | "null" | "false" | "ok" | "success"
            )
        }
        // a number in a list is the place of what was not taken
        Value::Array(items) => items
            .iter()
            .all(|item| !item.is_number() && says_none(item)),
        Value::Object(map) => map.values().all(says_none) || map.iter().any(is_code_of_none),
    }
}

fn is_code_of_none((key, value): (&String, &Value)) -> bool {
    let is_zero = value.as_u64() == Some(0) || value.as_str() == Some("0");
    is_zero && plain(key).ends_with("code")
}

/// A name in lower case without what divides its words.
fn plain(key: &str) -> String {
    let key = key.to_ascii_lowercase();
    key.replace(['_', '-'], "")
}

/// Bulk answers (RFC 7644 section 3.7.3) give each operation a status of its own inside of one 200.
fn is_error_status(status: u64) -> bool {
    (400..600).contains(&status)
}

/// The answer holds neither a secret nor the credential that was sent. Judged on the record: a secret is a token there.
///
/// # Errors
/// A finding against the destination; against the surroundings where the body was not kept.
pub fn not_repeated(exchange: &Exchange, sent: &str) -> Result<(), Finding> {
    let Some(answer) = exchange.answer() else {
        return Ok(());
    };
    let repeats = |text: &str| {
        text.contains("⟦secret:")
            || text.contains("⟦withheld:")
            || (!sent.is_empty() && text.contains(sent))
    };
    // The value of a cookie is never kept, whoever set it.
    let kept = |name: &str| !name.eq_ignore_ascii_case("set-cookie");
    let mut headers = answer.headers.iter().filter(|(name, _)| kept(name));
    let in_headers = headers.any(|(_, value)| repeats(value));
    if in_headers || repeats(&said(&answer.body)) {
        return Err(codes::credential_repeated(status_line(answer)));
    }
    read_whole(answer)
}

/// What of a body can be searched, whatever its encoding.
fn said(body: &Body) -> String {
    match body {
        Body::Text(text) => text.clone(),
        Body::Base64(encoded) => {
            let bytes = STANDARD.decode(encoded);
            bytes.map_or_else(
                |_| encoded.clone(),
                |bytes| String::from_utf8_lossy(&bytes).into_owned(),
            )
        }
        Body::Empty | Body::Digest { .. } | Body::Withheld(_) => String::new(),
    }
}

/// The `Authorization` header that was sent, masked.
pub fn authorization(exchange: &Exchange) -> Option<&str> {
    let headers = &exchange.request()?.headers;
    let mut all = headers.iter();
    let found = all.find(|(name, _)| name.eq_ignore_ascii_case("authorization"))?;
    Some(&found.1)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::digest::Digest;

    fn answered(body: Body) -> Exchange {
        let recorded = json!({
            "lane": 0, "ordinal": 0, "attempt": 1, "purpose": "delivery",
            "act": {"http": {
                "request": {"method": "POST", "url": "https://api.moonshine.example/", "headers": [], "body": "empty"},
                "result": {"answer": {"status": 200, "version": "HTTP/1.1", "headers": [], "body": body}},
            }},
            "at_ms": 0, "duration_us": 0,
        });
        serde_json::from_value(recorded).unwrap()
    }

    #[test]
    fn what_was_not_kept_is_not_judged() {
        let exchange = answered(Body::Digest {
            bytes: 9_000_000,
            sha256: Digest::hash(""),
        });
        for finding in [no_hidden_error(&exchange), not_repeated(&exchange, "x")] {
            assert_eq!(finding.unwrap_err().reason.code, "answer.too-long");
        }
    }

    #[test]
    fn a_credential_is_found_in_a_body_that_is_no_text() {
        let bytes = [b"\xff\xfe token-1 ".as_slice()].concat();
        let exchange = answered(Body::Base64(STANDARD.encode(bytes)));
        assert!(not_repeated(&exchange, "token-1").is_err());
        assert_eq!(not_repeated(&exchange, "token-2"), Ok(()));
    }

    #[test]
    fn a_code_at_the_top_is_that_of_the_answer() {
        let at = |body: &Value| hidden_error(body, "").map(|error| error.pointer);
        assert_eq!(at(&json!({"code": 500})), Some(String::from("/code")));
        assert_eq!(at(&json!({"code": 0, "profile": {"code": 500}})), None);
        let thrown = json!({"exception": "java.lang.NullPointerException"});
        assert_eq!(at(&thrown), Some(String::from("/exception")));
    }

    #[test]
    fn errors_that_say_none_are_none() {
        let at = |body: Value| hidden_error(&body, "").map(|error| error.pointer);
        assert_eq!(at(json!({"errors": [null]})), None);
        assert_eq!(at(json!({"errors": [null, {}, ""]})), None);
        let success = json!({"error": {"code": "0", "message": "success"}});
        assert_eq!(at(success), None);
        for some in [
            json!({"errors": [null, {"code": 7}]}),
            json!({"errors": [0]}),
            json!({"errors": {"code": 1, "message": "no such audience"}}),
        ] {
            assert_eq!(at(some), Some(String::from("/errors")));
        }
    }

    #[test]
    fn a_bulk_answer_hides_an_error_in_the_status_of_an_operation() {
        let bulk = |status: Value| json!({"Operations": [{"status": "201"}, {"status": status}]});
        let at = |body: &Value| hidden_error(body, "").map(|error| error.pointer);
        let second = Some(String::from("/Operations/1/status"));
        assert_eq!(at(&bulk(json!("409"))), second);
        assert_eq!(at(&bulk(json!(500))), second);
        assert_eq!(at(&bulk(json!("204"))), None);
        assert_eq!(at(&bulk(json!("active"))), None);
    }
}
