//! Who may deliver: Basic (RFC 7617), Bearer (RFC 6750), and the challenges of RFC 9110.

pub(crate) mod challenge;

use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::emulator::rest::answer::Answer;
use crate::emulator::rest::auth::challenge::{Scheme, challenge};
use crate::emulator::rest::comparison::{same_secret, same_user};
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::setup::Auth;
use crate::emulator::rest::state::Destination;
use crate::emulator::rest::tokens::Validity;

/// A request that was not let in.
pub(crate) struct Denied {
    pub(crate) why: Why,
    pub(crate) answer: Answer,
}

/// What is wrong with the credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Missing,
    Wrong,
    Expired,
}

/// Lets a request in, or says why not.
pub(crate) fn admit(
    headers: &HeaderMap,
    destination: &Destination,
    rules: &Rules,
) -> Result<(), Denied> {
    let auth = &destination.setup.auth;
    if matches!(auth, Auth::None) {
        return Ok(());
    }
    let Some(header) = headers.get(AUTHORIZATION) else {
        return match rules.has(Fault::CredentialsNotNeeded) {
            true => Ok(()),
            false => Err(missing(auth, rules)),
        };
    };
    let presented = header.to_str().unwrap_or_default();
    let denied = |why: Why| {
        let answer = wrong(auth, presented, rules);
        Err(Denied { why, answer })
    };
    match judged(presented, destination, rules) {
        None if rules.has(Fault::ValidCredentialsRefused) => denied(Why::Wrong),
        None => Ok(()),
        Some(_) if rules.has(Fault::AnyCredentialsAccepted) => Ok(()),
        Some(why) => denied(why),
    }
}

/// What is wrong with credentials that were presented, if anything.
fn judged(presented: &str, destination: &Destination, rules: &Rules) -> Option<Why> {
    let bare = match rules.has(Fault::SchemeNotNeeded) {
        true => ("Bearer", presented),
        false => (presented, ""),
    };
    let (scheme, value) = presented.split_once(' ').unwrap_or(bare);
    let value = value.trim();
    if rules.has(Fault::UnsignedTokenAccepted) && is_unsigned(value) {
        return None;
    }
    let valid = match &destination.setup.auth {
        Auth::None => true,
        Auth::Basic { username, password } => {
            is_scheme(scheme, "Basic", rules)
                && basic(value, rules).is_some_and(|(user, secret)| {
                    same_user(&user, username, rules) && is_password(&secret, password, rules)
                })
        }
        Auth::Bearer { token } => {
            is_scheme(scheme, "Bearer", rules) && same_secret(value, token, rules)
        }
        Auth::OAuth2 { .. } => {
            is_scheme(scheme, "Bearer", rules)
                && match destination.tokens().take(value, rules) {
                    Validity::Valid => true,
                    Validity::Expired => return Some(Why::Expired),
                    Validity::Unknown => false,
                }
        }
    };
    (!valid).then_some(Why::Wrong)
}

/// Whether the part for a signature is empty, as of the algorithm `none` (RFC 7515 section 3.1, RFC 7518 section 3.6).
fn is_unsigned(token: &str) -> bool {
    let parts: Vec<&str> = token.split('.').collect();
    matches!(parts.as_slice(), [header, claims, ""] if !header.is_empty() && !claims.is_empty())
}

fn is_scheme(presented: &str, wanted: &str, rules: &Rules) -> bool {
    if wanted == "Bearer" && rules.has(Fault::BearerRefused) {
        return presented == "Token";
    }
    match (
        rules.has(Fault::AnySchemeAccepted),
        rules.has(Fault::SchemeCaseSensitive),
    ) {
        (true, _) => true,
        (false, true) => presented == wanted,
        (false, false) => presented.eq_ignore_ascii_case(wanted),
    }
}

/// User name and password out of the value of a Basic credential.
pub(crate) fn basic(value: &str, rules: &Rules) -> Option<(String, String)> {
    let bytes = STANDARD.decode(value.trim()).ok()?;
    let pair = match rules.has(Fault::Utf8PasswordRefused) {
        true => bytes.iter().copied().map(char::from).collect(),
        false => String::from_utf8(bytes).ok()?,
    };
    let (user, password) = match rules.has(Fault::ColonInPasswordRefused) {
        true => pair.rsplit_once(':')?,
        false => pair.split_once(':')?,
    };
    Some((user.to_owned(), password.to_owned()))
}

fn is_password(presented: &str, password: &str, rules: &Rules) -> bool {
    same_secret(presented, password, rules)
        || presented.is_empty() && rules.has(Fault::EmptyPasswordAccepted)
}

fn missing(auth: &Auth, rules: &Rules) -> Denied {
    let status = match rules.has(Fault::MissingCredentialsBadRequest) {
        true => StatusCode::BAD_REQUEST,
        false => StatusCode::UNAUTHORIZED,
    };
    let answer = Answer::error(status, "unauthorized", "credentials are needed");
    Denied {
        why: Why::Missing,
        answer: challenged(answer, auth, false, rules),
    }
}

fn wrong(auth: &Auth, presented: &str, rules: &Rules) -> Answer {
    let status = match (
        rules.has(Fault::WrongCredentialsForbidden),
        rules.has(Fault::WrongCredentialsFail),
    ) {
        (true, _) => StatusCode::FORBIDDEN,
        (false, true) => StatusCode::INTERNAL_SERVER_ERROR,
        (false, false) => StatusCode::UNAUTHORIZED,
    };
    let message = match rules.has(Fault::CredentialsEchoed) {
        true => format!("`{presented}` is not valid"),
        false => "the credentials are not valid".to_owned(),
    };
    let answer = Answer::error(status, "unauthorized", &message);
    challenged(answer, auth, true, rules)
}

fn challenged(answer: Answer, auth: &Auth, presented: bool, rules: &Rules) -> Answer {
    let scheme = match auth {
        Auth::Basic { .. } => Scheme::Basic,
        Auth::None | Auth::Bearer { .. } | Auth::OAuth2 { .. } => Scheme::Bearer,
    };
    match answer.status == StatusCode::UNAUTHORIZED && !rules.has(Fault::ChallengeMissing) {
        true => answer.with(WWW_AUTHENTICATE, &challenge(scheme, presented, rules)),
        false => answer,
    }
}
