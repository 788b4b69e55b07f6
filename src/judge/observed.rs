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
        surroundings "observed.not-reached" not_reached(failure) {
            expected: "an answer about what was stored",
            received: "{failure}",
            remedy: "correct `url` in [destination.observe], open the way to its host, or name its authority with `ca_file`",
        }
        /// Who is asked what was stored does not take the credentials that go with the question.
        surroundings "observed.not-allowed" not_allowed(answer) {
            expected: "an answer about what was stored",
            received: "{answer}",
            remedy: "let the credentials of delivery, as `token` in [destination.credentials], ask at the `url` of [destination.observe], or name one where they may: no others go with the question",
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
