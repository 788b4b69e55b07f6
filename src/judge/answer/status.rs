//! Judges whether an answer came, in time, and with a status that takes the message.

use crate::judge::answer::status_line;
use crate::judge::connection;
use crate::model::finding::Finding;
use crate::model::record::{Answer, Exchange, Failure, FailureKind};

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// The request failed before HTTP began: the TLS handshake did not come about. Whether that is the endpoint's
        /// fault is judged once, with the connection.
        surroundings(network) "answer.tls-failed" tls_failed(failure) {
            expected: "an HTTP answer",
            received: "{failure}",
            remedy: "`destspec check` says what to do: the TLS of a host is judged once, with its connection",
        }
        /// No answer came, for a reason that says nothing about the destination.
        surroundings(network) "answer.not-sent" not_sent(failure) {
            expected: "an HTTP answer",
            received: "{failure}",
            remedy: "see what keeps the request from the endpoint, and run again",
        }
        /// No token was issued, so that the message was not sent.
        surroundings "answer.no-token" no_token(failure) {
            expected: "an access token to send the message with",
            received: "{failure}",
            remedy: "see what the token endpoint answered; this scenario then shows something",
        }
        /// No complete answer came within the time limit of one exchange.
        destination "answer.timed-out" timed_out(failure) {
            expected: "an HTTP answer",
            received: "{failure}",
            remedy: "answer sooner, or raise `time_limit_seconds` in [destination.limits]",
        }
        /// An answer began and broke off, or what came is not HTTP.
        destination "answer.broken-off" broken_off(failure) {
            expected: "an HTTP answer",
            received: "{failure}",
            remedy: "see the log of the endpoint: the answer has to be whole and HTTP",
        }
        /// The endpoint closed the connection and answered nothing.
        destination "answer.connection-closed" connection_closed(failure) {
            expected: "an HTTP answer",
            received: "{failure}",
            remedy: "see the log of the endpoint: every request has to be answered",
        }
        /// A message that has to be taken was answered with a status that is not 2xx.
        destination "answer.not-accepted" not_accepted(answer) {
            expected: "2xx",
            received: "{answer}",
            remedy: "see the log of the endpoint for why it did not take the message",
        }
        /// A message that has to be taken was answered with 400 or 422: the endpoint finds fault with its content.
        destination "answer.message-refused" message_refused(answer) {
            expected: "2xx",
            received: "{answer}",
            remedy: "`destspec render message` shows the exact bytes that were refused",
        }
        /// A message with valid credentials was answered with 401 or 403.
        destination(configuration) "answer.refused-for-credentials" refused_for_credentials(answer) {
            expected: "2xx",
            received: "{answer}",
            remedy: "see whether the credentials in [destination.credentials] are valid for this endpoint",
        }
        /// The configured URL answers with 404.
        destination "answer.url-unknown" url_unknown(answer) {
            expected: "2xx",
            received: "{answer}",
            remedy: "see whether the URL in the destination server, as rendered, is the endpoint's",
        }
        /// The configured URL redirects. Redirects are not followed.
        destination "answer.redirected" redirected(answer, location) {
            expected: "an answer from the configured URL",
            received: "{answer}, `Location: {location}`",
            remedy: "configure the URL that the redirect leads to: redirects are not followed",
        }
        /// A message that has to be taken was answered with 5xx.
        destination "answer.server-error" server_error(answer) {
            expected: "2xx",
            received: "{answer}",
            remedy: "see the log of the endpoint for its error",
        }
        /// A gateway answers that what it stands before is not there.
        surroundings "answer.gateway" gateway(answer) {
            expected: "an answer of the endpoint",
            received: "{answer}: a gateway that reaches nothing behind it",
            remedy: "start what stands behind the gateway, or correct the URL in the destination server",
        }
        /// A proxy on the way asks for a login of its own.
        surroundings(network) "answer.proxy-login" proxy_login(answer) {
            expected: "an answer of the endpoint",
            received: "{answer}: a proxy on the way asks for a login",
            remedy: "open a way to the endpoint that needs no proxy: Experience Platform logs in to none; `curl -v URL` shows who answers",
        }
        /// The endpoint throttles. To throttle is right, and says nothing of what is judged here.
        surroundings "answer.throttled" throttled(answer) {
            expected: "an answer that is about the message",
            received: "{answer}",
            remedy: "run again when the destination is not throttling, or lower `concurrency` or `requests_per_second` in [destination.limits]",
        }
        /// The endpoint does not take the method that the configuration names.
        destination "answer.method-refused" method_refused(method, answer) {
            expected: "{method} accepted",
            received: "{answer}",
            remedy: "correct `httpMethod` in the destination server, or let the endpoint take it",
        }
        /// The endpoint does not read the content type that the configuration names.
        destination "answer.content-type-refused" content_type_refused(answer) {
            expected: "the configured content type accepted",
            received: "{answer}",
            remedy: "correct `contentType` in the destination server, or let the endpoint read it",
        }
        /// Under load, a message was answered with a status that is not sent again: its profiles are lost.
        destination "answer.lost-under-load" lost_under_load(answer) {
            expected: "2xx or 429 under load",
            received: "{answer}",
            remedy: "throttle with 429: it is the one code that every aggregation type retries",
        }
        /// An answer of 429 or 503 does not say when to come back.
        destination "answer.retry-after-missing" retry_after_missing(status) {
            expected: "{status} with a `Retry-After` header",
            received: "{status} without one",
            remedy: "say when to come back, e.g. `Retry-After: 30`",
        }
        /// `Retry-After` is neither a number of seconds nor a date.
        destination "answer.retry-after-unread" retry_after_unread(value) {
            expected: "`Retry-After` with seconds or a date",
            received: "`Retry-After: {value}`",
            remedy: "say when to come back, e.g. `Retry-After: 30`",
        }
        /// Too many answers took longer than they may.
        destination "answer.slow" slow(percent, seconds, milliseconds) {
            expected: "{percent} % of the answers within {seconds} s",
            received: "{milliseconds} ms",
            remedy: "answer once the message is safe, and work on it afterwards",
        }
        /// What is judged as an HTTP answer was none.
        destspec "broken.no-http" no_http() {
            expected: "an HTTP exchange to judge",
            received: "another one",
            remedy: "please report it with this record",
        }
        /// No time was measured where times are judged.
        destspec "broken.no-times" no_times() {
            expected: "times to judge",
            received: "none",
            remedy: "please report it with this record",
        }
    }
}

/// The message was answered with 2xx.
///
/// # Errors
/// A finding that says who must act: the surroundings where the host cannot be reached or no token could be had.
pub fn accepted(exchange: &Exchange) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    if answer.is_success() {
        return Ok(());
    }
    let line = status_line(answer);
    Err(match answer.status {
        429 => codes::throttled(line),
        401 | 403 => codes::refused_for_credentials(line),
        300..=303 | 305..400 => redirect(answer),
        404 => codes::url_unknown(line),
        405 => codes::method_refused(method(exchange), line),
        415 => codes::content_type_refused(line),
        400 | 422 => codes::message_refused(line),
        500.. => codes::server_error(line),
        _ => codes::not_accepted(line),
    })
}

/// An answer came.
///
/// # Errors
/// A finding that says who must act.
pub fn answered(exchange: &Exchange) -> Result<&Answer, Finding> {
    if let Some(failure) = exchange.failure() {
        return Err(unanswered(failure));
    }
    exchange.answer().ok_or_else(codes::no_http)
}

fn unanswered(failure: &Failure) -> Finding {
    let text = &failure.text;
    match failure.kind {
        FailureKind::Silent => connection::codes::timed_out(text),
        FailureKind::Refused => connection::codes::refused(text),
        FailureKind::Resolve => connection::codes::name_unresolved(text),
        FailureKind::Tls => codes::tls_failed(text),
        FailureKind::NoToken => codes::no_token(text),
        FailureKind::Unusable | FailureKind::Other => codes::not_sent(text),
        FailureKind::TimedOut => codes::timed_out(text),
        FailureKind::Broken => codes::broken_off(text),
        FailureKind::Reset => codes::connection_closed(text),
    }
}

fn method(exchange: &Exchange) -> &str {
    exchange.request().map_or("", |request| &request.method)
}

/// An answer came: the judgement of its status is left to others.
///
/// # Errors
/// A finding that says who must act.
pub fn answered_at_all(exchange: &Exchange) -> Result<(), Finding> {
    answered(exchange).map(|_| ())
}

/// The answer is no redirect.
///
/// # Errors
/// A finding against the destination.
pub fn no_redirect(exchange: &Exchange) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    // 304 leads nowhere else (RFC 9110 section 15.4.5)
    if (300..400).contains(&answer.status) && answer.status != 304 {
        return Err(redirect(answer));
    }
    Ok(())
}

/// The answer is one of the endpoint, not of what stands before it.
///
/// # Errors
/// A finding that names a gateway or a proxy.
pub fn not_between(exchange: &Exchange) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    match between(answer) {
        Some(finding) => Err(finding),
        None => Ok(()),
    }
}

fn between(answer: &Answer) -> Option<Finding> {
    match answer.status {
        407 => Some(codes::proxy_login(status_line(answer))),
        502..=504 => Some(codes::gateway(status_line(answer))),
        _ => None,
    }
}

fn redirect(answer: &Answer) -> Finding {
    codes::redirected(
        status_line(answer),
        answer.header("location").unwrap_or_default(),
    )
}

/// The configured method and content type are read: the answer is neither 405 nor 415.
///
/// # Errors
/// A finding against the destination.
pub fn method_and_type_read(exchange: &Exchange) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    match answer.status {
        405 => Err(codes::method_refused(method(exchange), status_line(answer))),
        415 => Err(codes::content_type_refused(status_line(answer))),
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
    Err(codes::lost_under_load(status_line(answer)))
}

/// An answer of 429 or 503 has `Retry-After` (RFC 9110 section 10.2.3).
///
/// # Errors
/// A finding against the destination.
pub fn retry_after(exchange: &Exchange) -> Result<(), Finding> {
    let Some(answer) = exchange.answer() else {
        return Ok(());
    };
    if !matches!(answer.status, 429 | 503) {
        return Ok(());
    }
    let value = answer.header("retry-after");
    let value = value.ok_or_else(|| codes::retry_after_missing(answer.status))?;
    let is_seconds = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    if is_seconds || httpdate::parse_http_date(value).is_ok() {
        return Ok(());
    }
    Err(codes::retry_after_unread(value))
}

/// So many percent of the times, in microseconds, lie within so many seconds (nearest rank).
///
/// # Errors
/// A finding against the destination.
pub fn in_time(times: &mut [u64], percent: usize, seconds: u64) -> Result<(), Finding> {
    times.sort_unstable();
    let rank = (times.len() * percent).div_ceil(100).saturating_sub(1);
    let time = times.get(rank).ok_or_else(codes::no_times)?;
    if *time <= seconds * 1_000_000 {
        return Ok(());
    }
    Err(codes::slow(percent, seconds, *time / 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Body;

    #[test]
    fn a_gateway_and_a_proxy_are_told_from_the_endpoint() {
        let code = |status| {
            let answer = Answer {
                status,
                version: String::from("HTTP/1.1"),
                headers: Vec::new(),
                body: Body::Empty,
                coded: None,
            };
            between(&answer).map(|finding| finding.reason.code.into_owned())
        };
        assert_eq!(code(407).as_deref(), Some("answer.proxy-login"));
        for status in [502, 503, 504] {
            assert_eq!(code(status).as_deref(), Some("answer.gateway"));
        }
        for status in [200, 204, 401, 404, 405, 500, 501] {
            assert_eq!(code(status), None, "{status}");
        }
    }
}
