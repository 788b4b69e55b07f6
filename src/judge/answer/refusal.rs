//! Judges the answer to a message with one flaw: refused for that flaw, and as it should be.

use crate::judge::answer::{answered, status_line};
use crate::judge::header;
use crate::model::finding::Finding;
use crate::model::http_token::is_token;
use crate::model::record::Exchange;

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// A message with a flaw that has to be refused was answered with 2xx.
        destination "answer.flaw-accepted" flaw_accepted(flaw, statuses, answer) {
            expected: "{@flaw} refused with {statuses}",
            received: "{answer}: it was accepted",
            remedy: "refuse what is wrong: of a 2xx, only the status is read",
        }
        /// A message was accepted whose token had reached the end of the life that the token endpoint named.
        destination "answer.expired-token-accepted" expired_token_accepted(statuses, answer) {
            expected: "a message refused with {statuses} whose token is past its end",
            received: "{answer}: it was accepted",
            remedy: "refuse tokens past their end; where yours are taken somewhat longer because clocks differ, for five minutes at most, say for how long: `clock_leeway_seconds` in [destination.limits]",
        }
        /// A message with a flaw was refused, and not with a status that says what is wrong.
        destination "answer.flaw-refused-otherwise" flaw_refused_otherwise(flaw, statuses, answer) {
            expected: "{@flaw} refused with {statuses}",
            received: "{answer}",
            remedy: "answer with the status that says what is wrong",
        }
        /// No complete answer came to the message with the flaw, so that nothing is shown.
        surroundings "answer.flaw-unanswered" flaw_unanswered() {
            expected: "an answer to the message with the flaw",
            received: "{@because}",
            remedy: "answer every message; this scenario then shows something",
        }
        /// The message with the flaw met a destination that is not available: it was refused for another reason.
        surroundings "answer.unavailable" unavailable(answer) {
            expected: "a refusal that is about the flaw",
            received: "{answer}: refused for another reason",
            remedy: "run again when the destination is available",
        }
        /// The message with the flaw was refused for its credentials, which are valid: the flaw was never looked at.
        surroundings "answer.flaw-not-reached" flaw_not_reached(answer) {
            expected: "a refusal that is about the flaw",
            received: "{answer}: refused for its credentials, not for the flaw",
            remedy: "see why valid credentials are refused for this message",
        }
        /// The message with the flaw was answered with 5xx: the endpoint broke, and refused nothing.
        surroundings "answer.flaw-broke-it" flaw_broke_it(answer) {
            expected: "a refusal that is about the flaw",
            received: "{answer}: it broke, and refused nothing",
            remedy: "answer 4xx for what is wrong in the message: a 5xx is retried in vain",
        }
        /// A message with a flaw was answered with 5xx, where 2xx and 4xx are both right.
        destination "answer.server-error-for-flaw" server_error_for_flaw(answer) {
            expected: "2xx or 4xx",
            received: "{answer}",
            remedy: "answer 4xx for what is wrong in the message: a 5xx is retried in vain",
        }
        /// An answer of 405 does not name the methods that the path takes.
        destination "answer.allow-missing" allow_missing() {
            expected: "405 with an `Allow` header",
            received: "405 without one",
            remedy: "name the methods that the path takes, e.g. `Allow: POST`",
        }
        /// `Allow` in an answer of 405 does not list the method that the path does take.
        destination "answer.allow-other" allow_other(method, allow) {
            expected: "405 with an `Allow` header that lists `{method}`",
            received: "`Allow: {allow}`",
            remedy: "list the methods that the path takes, divided by commas",
        }
    }
}

/// The message with one flaw was refused for that flaw, with one of the statuses if any are named. `flaw` is the id of a
/// term.
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
    let answer = answered(exchange).map_err(|f| codes::flaw_unanswered().because(f))?;
    let line = status_line(answer);
    Err(match answer.status {
        status if statuses.contains(&status) => return Ok(()),
        200..300 => codes::flaw_accepted(flaw, wanted(statuses), line),
        429 => crate::judge::answer::status::codes::throttled(line),
        408 | 502..=504 => codes::unavailable(line),
        401 | 403 if !about_credentials => codes::flaw_not_reached(line),
        400..500 if statuses.is_empty() => return Ok(()),
        // who is nobody may be shown where to log in
        300..400 if statuses.is_empty() && about_credentials => return Ok(()),
        500.. if statuses.is_empty() => codes::flaw_broke_it(line),
        _ => codes::flaw_refused_otherwise(flaw, wanted(statuses), line),
    })
}

/// The same of a token past its end, which a destination may take for a while where it says so: clocks differ (RFC 7519,
/// section 4.1.4).
///
/// # Errors
/// As [`refused`].
pub fn expired_refused(exchange: &Exchange, statuses: &[u16], flaw: &str) -> Result<(), Finding> {
    match answered(exchange) {
        Ok(answer) if (200..300).contains(&answer.status) => Err(codes::expired_token_accepted(
            wanted(statuses),
            status_line(answer),
        )),
        Ok(_) | Err(_) => refused(exchange, statuses, flaw, true),
    }
}

fn wanted(statuses: &[u16]) -> String {
    match statuses {
        [] => String::from("4xx"),
        some => some
            .iter()
            .map(u16::to_string)
            .collect::<Vec<_>>()
            .join(" / "),
    }
}

/// The answer is no 5xx.
///
/// # Errors
/// A finding against the destination.
pub fn no_server_error(exchange: &Exchange) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    if answer.status >= 500 {
        return Err(codes::server_error_for_flaw(status_line(answer)));
    }
    Ok(())
}

/// An answer of 405 has `Allow`, a list of methods (RFC 9110 sections 10.2.1 and 15.5.6) with that one among them.
///
/// # Errors
/// A finding against the destination.
pub fn allow_named(exchange: &Exchange, method: &str) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    if answer.status != 405 {
        return Ok(());
    }
    if answer.header("allow").is_none() {
        return Err(codes::allow_missing());
    }
    let methods = header::list(answer, "allow");
    if methods.contains(&method) && methods.iter().all(|method| is_token(method)) {
        return Ok(());
    }
    Err(codes::allow_other(
        method,
        header::lines(answer, "allow").join(", "),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answered_with(status: u16) -> Option<Exchange> {
        let recorded = json!({
            "lane": 0, "ordinal": 0, "attempt": 1, "purpose": "delivery",
            "act": {"http": {
                "request": {"method": "POST", "url": "https://api.moonshine.example/", "headers": [], "body": "empty"},
                "result": {"answer": {"status": status, "version": "HTTP/1.1", "headers": [], "body": "empty"}},
            }},
            "at_ms": 0, "duration_us": 0,
        });
        serde_json::from_value(recorded).ok()
    }

    #[test]
    fn a_gateway_in_trouble_refuses_for_another_reason() {
        let judged = |status: u16| {
            let exchange = answered_with(status);
            let judged = exchange.map(|e| refused(&e, &[400], "flaw.malformed-json", false));
            judged
                .and_then(Result::err)
                .map(|f| f.reason.code.to_string())
        };
        for status in [502, 503, 504] {
            assert_eq!(judged(status).as_deref(), Some("answer.unavailable"));
        }
        assert_eq!(
            judged(500).as_deref(),
            Some("answer.flaw-refused-otherwise")
        );
    }

    #[test]
    fn who_is_nobody_may_be_shown_where_to_log_in_and_nobody_else() {
        let flaw = "flaw.malformed-json";
        let judged = |statuses: &[u16], about_credentials| {
            answered_with(302).map(|e| refused(&e, statuses, flaw, about_credentials).is_ok())
        };
        assert_eq!(judged(&[], true), Some(true));
        assert_eq!(judged(&[401], true), Some(false));
        assert_eq!(judged(&[], false), Some(false));
    }
}
