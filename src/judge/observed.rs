//! Judges whether a destination could be asked what it stored: the question itself, and never what the answer says of
//! anybody.

use crate::judge::answer::{answered, status_line, unread_line};
use crate::judge::stored;
use crate::model::finding::Finding;
use crate::model::record::{Answer, Body, Exchange, FailureKind};

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// Who is to be asked what was stored cannot be reached.
        surroundings(network) "observed.not-reached" not_reached(failure) {
            expected: "an answer about what was stored",
            received: "{failure}",
            remedy: "correct `url` in [destination.observe], open the way to its host, or name its authority with `ca_file`",
        }
        /// Who is asked what was stored does not take the credentials that go with the question.
        surroundings(configuration) "observed.not-allowed" not_allowed(answer) {
            expected: "an answer about what was stored",
            received: "{answer}",
            remedy: "let the credentials of delivery, as `token` in [destination.credentials], ask at the `url` of [destination.observe], or name one where they may: no others go with the question",
        }
        /// Who is asked what was stored is too busy to answer.
        surroundings "observed.busy" busy(answer) {
            expected: "an answer about what was stored",
            received: "{answer}",
            remedy: "allow more questions at the `url` of [destination.observe], or run with a lower `requests_per_second` in [destination.limits]",
        }
    }
}

/// The answer to a question; whoever was asked could be reached, and let the question in.
///
/// # Errors
/// Against the surroundings where the submission decides it, else as of any answer.
pub fn asked(exchange: &Exchange) -> Result<&Answer, Finding> {
    if let Some(failure) = exchange.failure() {
        return Err(match failure.kind {
            FailureKind::Refused
            | FailureKind::Resolve
            | FailureKind::Tls
            | FailureKind::Silent
            | FailureKind::Unusable
            | FailureKind::Other => codes::not_reached(&failure.text),
            FailureKind::Broken
            | FailureKind::Reset
            | FailureKind::NoToken
            | FailureKind::TimedOut => answered(exchange)
                .err()
                .unwrap_or_else(|| codes::not_reached("")),
        });
    }
    let answer = answered(exchange)?;
    match answer.status {
        401 | 403 => Err(codes::not_allowed(status_line(answer))),
        429 | 502..=504 => Err(codes::busy(status_line(answer))),
        _ => Ok(answer),
    }
}

/// What is said of the answer about somebody whom nobody has made: any that can be read will do.
///
/// # Errors
/// As [`asked`]; it is no JSON.
pub fn of_nobody(exchange: &Exchange) -> Result<String, Finding> {
    let answer = asked(exchange)?;
    let status = answer.status;
    match (status, &answer.body) {
        (404 | 410, _) => Ok(format!(
            "{status}: nobody of that name, or the URL is wrong"
        )),
        (200..300, Body::Empty) => Ok(format!("{status}: nothing of nobody")),
        (200..300, _) => match answer.body.json() {
            Some(_) => Ok(format!("{status}, in JSON")),
            None => Err(stored::codes::not_json(unread_line(answer))),
        },
        _ => Err(unanswered(answer)),
    }
}

/// What is said of an answer that is not 2xx.
pub(super) fn unanswered(answer: &Answer) -> Finding {
    match (answer.status, answer.header("location")) {
        (status @ 300..400, Some(place)) => stored::codes::elsewhere(status.to_string(), place),
        _ => stored::codes::not_answered(status_line(answer)),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::finding::Blame;

    #[test]
    fn who_is_too_busy_to_be_asked_has_stored_nothing_wrong() {
        let of = |status: u16| {
            let request = json!({"method": "GET", "url": "https://api.example/", "headers": [], "body": "empty"});
            let answer =
                json!({"status": status, "version": "HTTP/1.1", "headers": [], "body": "empty"});
            let act = json!({"http": {"request": request, "result": {"answer": answer}}});
            let recorded = json!({
                "lane": 0, "ordinal": 0, "attempt": 1, "purpose": "observation", "act": act, "at_ms": 0, "duration_us": 0,
            });
            let exchange: Exchange = serde_json::from_value(recorded).unwrap();
            asked(&exchange).err().map(|finding| finding.blame)
        };
        for busy in [429, 502, 503, 504] {
            assert_eq!(of(busy), Some(Blame::Surroundings), "{busy}");
        }
        for answered in [200, 404, 500] {
            assert_eq!(of(answered), None, "{answered}");
        }
    }
}
