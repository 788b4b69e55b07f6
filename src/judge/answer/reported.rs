//! Errors that an accepted answer reports in JSON, by the names that APIs have for them.

use serde_json::Value;

/// An error that a body reports.
pub(super) struct Reported {
    /// JSON Pointer to it.
    pub pointer: String,
    /// The member that names it.
    pub member: String,
    /// What the member holds, as JSON.
    pub value: String,
}

/// The first error that a body reports.
pub(super) fn in_json(value: &Value, pointer: &str) -> Option<Reported> {
    match value {
        Value::Object(map) => map.iter().find_map(|(key, inner)| {
            if inner.is_string() && map.iter().any(is_code_of_taken) {
                return None;
            }
            let here = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            if says_error(key, inner) || pointer.is_empty() && is_error_code(key, inner) {
                Some(Reported {
                    pointer: here,
                    member: key.clone(),
                    value: inner.to_string(),
                })
            } else {
                in_json(inner, &here)
            }
        }),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(i, inner)| in_json(inner, &format!("{pointer}/{i}"))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Whether the answer names the status of an error: at its top, for within it a code may be anything.
fn is_error_code(key: &str, value: &Value) -> bool {
    let is_code = ["code", "statuscode"].contains(&plain(key).as_str());
    is_code && value.as_u64().is_some_and(is_error_status)
}

/// Words of names that mean what was not taken, as APIs have them: `errors`, `FailedRecordCount`, `partialFailureError`,
/// `errcode`, `UnprocessedItems`.
const REFUSED: [&str; 19] = [
    "err",
    "errcode",
    "error",
    "errored",
    "errors",
    "errs",
    "exception",
    "exceptions",
    "failed",
    "failure",
    "failures",
    "fault",
    "faulted",
    "faults",
    "invalid",
    "rejected",
    "rejections",
    "unprocessable",
    "unprocessed",
];

/// Words that name what was refused, how many, or where, and nothing else.
const AROUND: [&str; 38] = [
    "any",
    "audiences",
    "batch",
    "bulk",
    "code",
    "count",
    "data",
    "detail",
    "details",
    "documents",
    "entities",
    "entries",
    "entry",
    "events",
    "has",
    "identities",
    "insert",
    "is",
    "item",
    "items",
    "list",
    "members",
    "message",
    "messages",
    "num",
    "number",
    "of",
    "partial",
    "profiles",
    "record",
    "records",
    "row",
    "rows",
    "total",
    "upsert",
    "users",
    "validation",
    "write",
];

/// States of what was not taken, or not as a whole.
const REFUSED_STATES: [&str; 9] = [
    "error",
    "failed",
    "failure",
    "fail",
    "invalid",
    "partial",
    "partialfailure",
    "partiallyfailed",
    "rejected",
];

fn says_error(key: &str, value: &Value) -> bool {
    match plain(key).as_str() {
        "success" | "ok" | "succeeded" => matches!(value, Value::Bool(false)),
        "status" => match value {
            Value::String(s) => {
                REFUSED_STATES.contains(&plain(s).as_str()) || s.parse().is_ok_and(is_error_status)
            }
            Value::Number(n) => n.as_u64().is_some_and(is_error_status),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
        },
        name => {
            names_errors(key) && !(says_none(value) || name.ends_with("code") && is_taken(value))
        }
    }
}

/// Whether the words of a name say that errors are told there, and no word says otherwise.
fn names_errors(key: &str) -> bool {
    let words = words(key);
    let is_known = |word: &str| REFUSED.contains(&word) || AROUND.contains(&word);
    words.iter().any(|word| REFUSED.contains(&word.as_str()))
        && words.iter().all(|word| is_known(word))
}

/// The words of a name in lower case: `FailedRecordCount`, `failed_record_count`, `failed-record-count` are the same.
fn words(key: &str) -> Vec<String> {
    let mut divided = String::new();
    let mut was_lower = false;
    for sign in key.chars() {
        if sign.is_ascii_uppercase() && was_lower {
            divided.push(' ');
        }
        was_lower = sign.is_ascii_lowercase() || sign.is_ascii_digit();
        divided.push(if sign.is_alphanumeric() {
            sign.to_ascii_lowercase()
        } else {
            ' '
        });
    }
    divided.split_whitespace().map(ToOwned::to_owned).collect()
}

/// Whether a code is that of a success, as HTTP numbers them.
fn is_taken(value: &Value) -> bool {
    value
        .as_u64()
        .is_some_and(|code| (200..300).contains(&code))
}

/// Whether a member that names errors says that there is none: nothing, zero, a list or an object of such, or an object
/// whose code is zero, whatever its words.
fn says_none(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(holds) => !holds,
        Value::Number(number) => number.as_f64().is_none_or(|number| number <= 0.0),
        Value::String(text) => {
            let text = plain(text).replace(' ', "");
            matches!(
                text.trim_end_matches('.'),
                "" | "none" | "no" | "null" | "false" | "ok" | "success" | "successful" | "n/a"
            ) || text.starts_with("noerror")
                || text.bytes().all(|digit| digit == b'0')
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

/// Whether a code of errors says that there is none: what else is said of errors in words is said of none, too.
fn is_code_of_taken((key, value): (&String, &Value)) -> bool {
    let is_code = names_errors(key) && plain(key).ends_with("code");
    is_code && (says_none(value) && !value.is_null() || is_taken(value))
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_code_at_the_top_is_that_of_the_answer() {
        let at = |body: &Value| in_json(body, "").map(|error| error.pointer);
        assert_eq!(at(&json!({"code": 500})), Some(String::from("/code")));
        assert_eq!(at(&json!({"code": 0, "profile": {"code": 500}})), None);
        let thrown = json!({"exception": "java.lang.NullPointerException"});
        assert_eq!(at(&thrown), Some(String::from("/exception")));
    }

    #[test]
    fn errors_are_told_by_the_names_that_apis_have_for_them() {
        let found = |body: &Value| in_json(body, "").map(|error| error.member);
        for told in [
            json!({"FailedRecordCount": 1}),
            json!({"partialFailureError": {"code": 3}}),
            json!({"errcode": 40013, "errmsg": "invalid appid"}),
            json!({"hasErrors": true}),
            json!({"writeErrors": [{"index": 0, "code": 11000}]}),
            json!({"UnprocessedItems": {"members": [{"id": "ada"}]}}),
            json!({"num_failed_records": 2}),
            json!({"error-count": "2"}),
            json!({"errorCode": "E17"}),
            json!({"results": [{"status": "partial_failure"}]}),
            json!({"status": "Rejected"}),
            json!({"errorMessage": "Task timed out after 3.00 seconds"}),
            json!({"errorMessage": "unknown profile", "errorCode": null}),
            json!({"validationErrors": [{"field": "email"}]}),
        ] {
            let member = found(&told);
            let first = told.as_object().unwrap().keys().next();
            assert!(
                member.as_ref() == first || member.as_deref() == Some("status"),
                "{told}"
            );
        }
        for none in [
            json!({"FailedRecordCount": 0, "partialFailureError": null}),
            json!({"errcode": 0, "errmsg": "ok"}),
            json!({"errorCode": "0000"}),
            json!({"errorCode": 200}),
            json!({"error": "NO_ERROR", "errorMessage": "No errors."}),
            json!({"errorCode": 0, "errorMessage": "Request successful"}),
            json!({"errorMessage": "No error occurred"}),
            json!({"hasErrors": false, "writeErrors": [], "UnprocessedItems": {}}),
            json!({"errorHandling": "strict", "failedOver": true, "errorUrl": "https://docs.moonshine.example/"}),
            json!({"status": "queued", "profile": {"status": "invalidated"}}),
        ] {
            assert_eq!(found(&none), None, "{none}");
        }
    }

    #[test]
    fn errors_that_say_none_are_none() {
        let at = |body: Value| in_json(&body, "").map(|error| error.pointer);
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
        let at = |body: &Value| in_json(body, "").map(|error| error.pointer);
        let second = Some(String::from("/Operations/1/status"));
        assert_eq!(at(&bulk(json!("409"))), second);
        assert_eq!(at(&bulk(json!(500))), second);
        assert_eq!(at(&bulk(json!("204"))), None);
        assert_eq!(at(&bulk(json!("active"))), None);
    }
}
