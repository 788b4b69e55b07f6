//! Who may deliver: Basic (RFC 7617), Bearer (RFC 6750), and the challenges of RFC 9110.

use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::emulator::rest::answer::Answer;
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::setup::Auth;
use crate::emulator::rest::state::Destination;
use crate::emulator::rest::variation::Variation;

/// Lets a request in, or says why not.
pub(crate) fn admit(
    headers: &HeaderMap,
    destination: &Destination,
    rules: &Rules,
) -> Result<(), Answer> {
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
    match rules.has(Fault::AnyCredentialsAccepted) || valid(presented, destination, rules) {
        true if rules.has(Fault::ValidCredentialsRefused) => Err(wrong(auth, presented, rules)),
        true => Ok(()),
        false => Err(wrong(auth, presented, rules)),
    }
}

fn valid(presented: &str, destination: &Destination, rules: &Rules) -> bool {
    let (scheme, value) = presented.split_once(' ').unwrap_or((presented, ""));
    match &destination.setup.auth {
        Auth::None => true,
        Auth::Basic { username, password } => {
            is_scheme(scheme, "Basic", rules)
                && basic(value, rules).is_some_and(|(user, secret)| {
                    user == *username && equals(&secret, password, rules)
                })
        }
        Auth::Bearer { token } => {
            is_scheme(scheme, "Bearer", rules) && equals(value.trim(), token, rules)
        }
        Auth::OAuth2ClientCredentials { .. } => {
            is_scheme(scheme, "Bearer", rules) && destination.tokens().take(value.trim(), rules)
        }
    }
}

fn equals(presented: &str, right: &str, rules: &Rules) -> bool {
    presented == right || rules.has(Fault::CredentialPrefixAccepted) && presented.starts_with(right)
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

fn missing(auth: &Auth, rules: &Rules) -> Answer {
    let status = match rules.has(Fault::MissingCredentialsBadRequest) {
        true => StatusCode::BAD_REQUEST,
        false => StatusCode::UNAUTHORIZED,
    };
    challenged(
        Answer::error(status, "unauthorized", "credentials are needed"),
        auth,
        false,
        rules,
    )
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
    challenged(
        Answer::error(status, "unauthorized", &message),
        auth,
        true,
        rules,
    )
}

fn challenged(answer: Answer, auth: &Auth, presented: bool, rules: &Rules) -> Answer {
    match answer.status == StatusCode::UNAUTHORIZED && !rules.has(Fault::ChallengeMissing) {
        true => answer.with(WWW_AUTHENTICATE, &challenge(auth, presented, rules)),
        false => answer,
    }
}

/// RFC 6750 section 3: no error code when no credentials were presented.
fn challenge(auth: &Auth, presented: bool, rules: &Rules) -> String {
    let is_basic = matches!(auth, Auth::Basic { .. });
    let mut parameters = Vec::new();
    if !rules.has(Fault::RealmMissing) {
        parameters.push(r#"realm="destination""#);
    }
    if is_basic {
        parameters.push(r#"charset="UTF-8""#);
    }
    if !is_basic && presented && !rules.has(Fault::InvalidTokenUnnamed) {
        parameters.push(r#"error="invalid_token""#);
    }
    let scheme = scheme(is_basic, rules);
    format!("{scheme} {}", parameters.join(", "))
        .trim_end()
        .to_owned()
}

/// The scheme of a challenge, as the variations spell it.
pub(crate) fn scheme(is_basic: bool, rules: &Rules) -> &'static str {
    match (is_basic, rules.varies(Variation::LowerCaseChallenge)) {
        (true, false) => "Basic",
        (true, true) => "basic",
        (false, false) => "Bearer",
        (false, true) => "bearer",
    }
}
