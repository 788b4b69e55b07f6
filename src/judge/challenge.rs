//! Judges what comes with a 401: the challenge of RFC 9110 section 11.6.1 and what the schemes add.

use crate::model::finding::Finding;
use crate::model::record::Answer;

/// An answer of 401 carries `WWW-Authenticate`.
///
/// # Errors
/// A finding against the destination.
pub fn present(answer: &Answer) -> Result<(), Finding> {
    if answer.status == 401 && answer.header("www-authenticate").is_none() {
        return Err(Finding::destination(
            "401 with a `WWW-Authenticate` header",
            "401 without one",
        )
        .remedy("name the scheme, e.g. `WWW-Authenticate: Bearer realm=\"profiles\"`"));
    }
    Ok(())
}

/// The answer is 401 and challenges with `Basic` and a realm (RFC 7617 section 2).
///
/// # Errors
/// A finding against the destination.
pub fn basic_realm(answer: &Answer) -> Result<(), Finding> {
    let challenge = challenge(
        answer,
        "401 with `WWW-Authenticate: Basic realm=\"…\"`",
        "basic",
    )?;
    if challenge.to_ascii_lowercase().contains("realm=") {
        return Ok(());
    }
    Err(Finding::destination(
        "a Basic challenge with a realm",
        format!("`{challenge}`"),
    ))
}

/// The answer is 401 and challenges with `Bearer` and `error="invalid_token"` (RFC 6750 section 3.1).
///
/// # Errors
/// A finding against the destination.
pub fn invalid_token(answer: &Answer) -> Result<(), Finding> {
    let challenge = challenge(
        answer,
        "401 with `WWW-Authenticate: Bearer error=\"invalid_token\"`",
        "bearer",
    )?;
    if challenge.contains("invalid_token") {
        return Ok(());
    }
    Err(Finding::destination(
        "a Bearer challenge with `error=\"invalid_token\"`",
        format!("`{challenge}`"),
    ))
}

fn challenge<'a>(answer: &'a Answer, expected: &str, scheme: &str) -> Result<&'a str, Finding> {
    if answer.status != 401 {
        return Err(Finding::destination(expected, answer.status.to_string()));
    }
    let of_scheme = |value: &&str| value.to_ascii_lowercase().contains(scheme);
    let challenges = answer
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"));
    let values: Vec<&str> = challenges.map(|(_, value)| value.as_str()).collect();
    values.iter().copied().find(of_scheme).ok_or_else(|| {
        let received = if values.is_empty() {
            String::from("401 without a challenge")
        } else {
            format!("`{}`", values.join(", "))
        };
        Finding::destination(expected, received)
    })
}
