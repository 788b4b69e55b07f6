//! Judges what comes with a 401: the challenge of RFC 9110 section 11.6.1 and what the schemes add.

use crate::judge::header::{Challenge, challenges, lines};
use crate::model::finding::Finding;
use crate::model::record::Answer;

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// An answer of 401 carries no challenge.
        destination "challenge.missing" missing() {
            expected: "401 with a `WWW-Authenticate` header",
            received: "401 without one",
            remedy: "name the scheme, e.g. `WWW-Authenticate: Bearer realm=\"profiles\"`",
        }
        /// A message with a wrong credential was not answered with 401.
        destination "challenge.not-401" not_401(challenge, status) {
            expected: "401 with `WWW-Authenticate: {challenge}`",
            received: "{status}",
            remedy: "answer 401 with that challenge where a credential is not valid",
        }
        /// An answer of 401 challenges with another scheme than the one in use.
        destination "challenge.other-scheme" other_scheme(challenge, found) {
            expected: "401 with `WWW-Authenticate: {challenge}`",
            received: "`WWW-Authenticate: {found}`",
            remedy: "challenge with the scheme that the endpoint takes",
        }
        /// A Basic challenge names no realm.
        destination "challenge.realm-missing" realm_missing(found) {
            expected: "a Basic challenge with a realm",
            received: "`{found}`",
            remedy: "name the realm, e.g. `WWW-Authenticate: Basic realm=\"profiles\"`",
        }
        /// A Bearer challenge does not say that the token is invalid.
        destination "challenge.error-missing" error_missing(found) {
            expected: "a Bearer challenge with `error=\"invalid_token\"`",
            received: "`{found}`",
            remedy: "say so, e.g. `WWW-Authenticate: Bearer error=\"invalid_token\"`",
        }
    }
}

/// An answer of 401 carries `WWW-Authenticate`.
///
/// # Errors
/// A finding against the destination.
pub fn present(answer: &Answer) -> Result<(), Finding> {
    if answer.status == 401 && answer.header("www-authenticate").is_none() {
        return Err(codes::missing());
    }
    Ok(())
}

/// The answer is 401 and challenges with `Basic` and a realm (RFC 7617 section 2).
///
/// # Errors
/// A finding against the destination.
pub fn basic_realm(answer: &Answer) -> Result<(), Finding> {
    let challenge = challenge(answer, "Basic realm=\"…\"", "basic")?;
    match challenge.parameter("realm") {
        Some(_) => Ok(()),
        None => Err(codes::realm_missing(said(answer))),
    }
}

/// The answer is 401 and challenges with `Bearer` and `error="invalid_token"` (RFC 6750 section 3.1).
///
/// # Errors
/// A finding against the destination.
pub fn invalid_token(answer: &Answer) -> Result<(), Finding> {
    let challenge = challenge(answer, "Bearer error=\"invalid_token\"", "bearer")?;
    match challenge.parameter("error") {
        Some("invalid_token") => Ok(()),
        Some(_) | None => Err(codes::error_missing(said(answer))),
    }
}

fn said(answer: &Answer) -> String {
    lines(answer, "www-authenticate").join(", ")
}

fn challenge(answer: &Answer, wanted: &str, scheme: &str) -> Result<Challenge, Finding> {
    if answer.status != 401 {
        return Err(codes::not_401(wanted, answer.status));
    }
    let challenges = challenges(answer);
    if challenges.is_empty() {
        return Err(codes::missing());
    }
    let found = challenges.into_iter().find(|c| c.scheme == scheme);
    found.ok_or_else(|| codes::other_scheme(wanted, said(answer)))
}
