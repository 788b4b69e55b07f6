//! The token endpoint (RFC 6749, sections 2.3.1 and 4.4): who is given a token.

mod answer;

use std::collections::HashMap;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use percent_encoding::percent_decode_str;

use crate::emulator::rest::answer::Answer;
use crate::emulator::rest::auth;
use crate::emulator::rest::comparison::{same_name, same_secret};
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::oauth2::answer::{failure, invalid_client, issued};
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::setup::{Auth, TokenShape};
use crate::emulator::rest::state::Destination;

struct Client<'a> {
    id: &'a str,
    secret: &'a str,
    header_only: bool,
    scopes: &'a [String],
    shape: TokenShape,
}

/// Answers a token request; `None` where the destination has no token endpoint.
pub(crate) fn token(
    headers: &HeaderMap,
    body: &[u8],
    destination: &Destination,
    rules: &Rules,
) -> Option<Answer> {
    let Auth::OAuth2ClientCredentials {
        client_id,
        client_secret,
        use_basic_auth,
        scopes,
        response,
    } = &destination.setup.auth
    else {
        return None;
    };
    let client = Client {
        id: client_id,
        secret: client_secret,
        header_only: *use_basic_auth,
        scopes,
        shape: *response,
    };
    Some(grant(headers, body, &client, destination, rules).unwrap_or_else(|answer| answer))
}

fn grant(
    headers: &HeaderMap,
    body: &[u8],
    client: &Client<'_>,
    destination: &Destination,
    rules: &Rules,
) -> Result<Answer, Answer> {
    let form = form(headers, body)?;
    authenticate(headers, &form, client, rules)?;
    let grant = form
        .get("grant_type")
        .ok_or_else(|| failure("invalid_request", "no grant_type"))?;
    if grant != "client_credentials" && !rules.has(Fault::WrongGrantIssued) {
        return Err(match rules.has(Fault::WrongGrantMisnamed) {
            true => failure("invalid_request", "this grant is not supported"),
            false => failure("unsupported_grant_type", "this grant is not supported"),
        });
    }
    let scope = form.get("scope").map_or("", String::as_str);
    let unknown = |scope: &str| {
        !client.scopes.is_empty() && !client.scopes.iter().any(|known| known == scope)
    };
    if scope
        .split(' ')
        .filter(|scope| !scope.is_empty())
        .any(unknown)
    {
        return Err(failure("invalid_scope", "a scope is not known"));
    }
    let lifetime = match rules.has(Fault::ShortLivedToken) {
        true => Duration::from_secs(600),
        false => destination.setup.token_lifetime,
    };
    let token = destination.tokens().issue(lifetime, rules);
    Ok(issued(&token, lifetime, scope, client.shape, rules))
}

/// Parameters must not be repeated (RFC 6749, section 3.2).
fn form(headers: &HeaderMap, body: &[u8]) -> Result<HashMap<String, String>, Answer> {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(failure(
            "invalid_request",
            "expected application/x-www-form-urlencoded",
        ));
    }
    let text = std::str::from_utf8(body)
        .map_err(|_| failure("invalid_request", "the body is not UTF-8"))?;
    let mut form = HashMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if form.insert(decoded(name)?, decoded(value)?).is_some() {
            return Err(failure("invalid_request", "a parameter is repeated"));
        }
    }
    Ok(form)
}

fn decoded(text: &str) -> Result<String, Answer> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded
        .map(String::from)
        .map_err(|_| failure("invalid_request", "a parameter is not UTF-8"))
}

fn authenticate(
    headers: &HeaderMap,
    form: &HashMap<String, String>,
    client: &Client<'_>,
    rules: &Rules,
) -> Result<(), Answer> {
    let header = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let in_body = form.get("client_secret");
    if header.is_some() && in_body.is_some() {
        return Err(failure(
            "invalid_request",
            "the client authenticates in two ways",
        ));
    }
    let (id, secret) = match header {
        Some(_) if rules.has(Fault::BasicClientRefused) => return Err(invalid_client(true, rules)),
        Some(header) => in_header(header, rules).ok_or_else(|| invalid_client(true, rules))?,
        None if client.header_only || rules.has(Fault::BodyCredentialsRefused) => {
            return Err(invalid_client(false, rules));
        }
        None => (
            form.get("client_id").cloned().unwrap_or_default(),
            in_body.cloned().unwrap_or_default(),
        ),
    };
    let known = same_name(&id, client.id, rules) || rules.has(Fault::UnknownClientIssued);
    match known && is_secret(&secret, client.secret, rules) {
        true => Ok(()),
        false => Err(invalid_client(header.is_some(), rules)),
    }
}

fn is_secret(presented: &str, secret: &str, rules: &Rules) -> bool {
    same_secret(presented, secret, rules)
        || rules.has(Fault::WrongSecretIssued)
        || presented.is_empty() && rules.has(Fault::EmptySecretIssued)
}

/// RFC 6749 section 2.3.1 encodes both as forms; Adobe documents plain Base64. Either spelling of the pair is read.
fn in_header(header: &str, rules: &Rules) -> Option<(String, String)> {
    let (scheme, value) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Basic").then_some(())?;
    let (id, secret) = auth::basic(value, rules)?;
    let plain = |text: String| match text.contains('%') {
        true => decoded(&text).unwrap_or(text),
        false => text,
    };
    Some((plain(id), plain(secret)))
}
