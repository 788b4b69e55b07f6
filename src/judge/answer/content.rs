//! Judges what an answer says besides its status: an error behind 2xx, a credential repeated.

use crate::judge::answer::{hidden, reported, status_line};
use crate::model::finding::Finding;
use crate::model::record::{Answer, Body, Exchange};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

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
    match reported::in_json(&body, "") {
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
    if let Some((name, _)) = headers.find(|(_, value)| repeats(value)) {
        let place = format!("{} with it in `{name}`", status_line(answer));
        return Err(codes::credential_repeated(place));
    }
    if repeats(&said(&answer.body)) {
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
}
