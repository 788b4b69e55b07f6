//! The token endpoint (RFC 6749): which client is given a token, and for what.

mod answer;
pub(crate) mod authorize;

use std::collections::HashMap;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use percent_encoding::percent_decode_str;

use crate::emulator::rest::answer::Answer;
use crate::emulator::rest::auth;
use crate::emulator::rest::comparison::{same_name, same_secret, same_user};
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::oauth2::answer::{Granted, failure, invalid_client, issued};
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::setup::{Auth, Grant, TokenShape};
use crate::emulator::rest::state::Destination;
use crate::emulator::rest::tokens::Tokens;
use crate::emulator::rest::variation::Variation;

struct Client<'a> {
    id: &'a str,
    secret: &'a str,
    header_only: bool,
    scopes: &'a [String],
    shape: TokenShape,
    typed: &'a [(String, String)],
    grant: &'a Grant,
}

/// Answers a token request; `None` where the destination has no token endpoint.
pub(crate) fn token(
    headers: &HeaderMap,
    body: &[u8],
    destination: &Destination,
    rules: &Rules,
) -> Option<Answer> {
    let Auth::OAuth2 {
        client_id,
        client_secret,
        use_basic_auth,
        scopes,
        response,
        typed,
        grant: of_client,
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
        typed,
        grant: of_client,
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
    let named = |(name, value): &(String, String)| form.get(name) == Some(value);
    if !client.typed.iter().all(named) {
        return Err(failure("invalid_request", "the account is not known"));
    }
    let used = granted(&form, client, destination, rules)?;
    let scope = form.get("scope").map_or("", String::as_str);
    let unknown = |scope: &str| {
        !client.scopes.is_empty() && !client.scopes.iter().any(|known| known == scope)
    };
    if scope
        .split(' ')
        .filter(|scope| !scope.is_empty())
        .any(unknown)
    {
        match rules.has(Fault::UnknownScopeIssued) || rules.varies(Variation::UnknownScopeNarrowed)
        {
            true => {}
            false if rules.has(Fault::UnknownScopeMisnamed) => {
                return Err(failure("invalid_request", "a scope is not known"));
            }
            false => return Err(failure("invalid_scope", "a scope is not known")),
        }
    }
    let narrowed = client.scopes.join(" ");
    let scope = match rules.varies(Variation::UnknownScopeNarrowed) {
        true => narrowed.as_str(),
        false => scope,
    };
    let lifetime = match rules.has(Fault::ShortLivedToken) {
        true => Duration::from_secs(600),
        false => destination.setup.token_lifetime,
    };
    let mut tokens = destination.tokens();
    let token = tokens.issue(lifetime, rules);
    let refresh = refresh_token(&mut tokens, client.grant, &used, rules);
    if let Used::RefreshToken(used) = &used {
        tokens.note_refreshed(&token);
        if rules.has(Fault::RefreshRevokesOld) {
            tokens.revoke_with(used);
        }
        tokens.note_pair(used, &token);
    }
    if let Some(refresh) = &refresh {
        tokens.note_pair(refresh, &token);
    }
    drop(tokens);
    let granted = Granted {
        token: &token,
        refresh: refresh.as_deref(),
        lifetime,
        scope,
    };
    Ok(issued(&granted, client.shape, rules))
}

/// For what a token is issued.
enum Used {
    /// The client alone, a password or a code.
    Other,
    RefreshToken(String),
}

/// Whether this grant is this client's, and what it shows is good.
fn granted(
    form: &HashMap<String, String>,
    client: &Client<'_>,
    destination: &Destination,
    rules: &Rules,
) -> Result<Used, Answer> {
    let text = |name: &str| form.get(name).map_or("", String::as_str);
    let good = |good: bool, what: &str| match good {
        true => Ok(Used::Other),
        false if rules.has(Fault::InvalidGrantMisnamed) => Err(failure("invalid_request", what)),
        false => Err(failure("invalid_grant", what)),
    };
    let grant = form
        .get("grant_type")
        .ok_or_else(|| failure("invalid_request", "no grant_type"))?;
    match (grant.as_str(), client.grant) {
        ("client_credentials", Grant::ClientCredentials) => Ok(Used::Other),
        ("password", Grant::Password { username, password }) => {
            let known = same_user(text("username"), username, rules)
                && same_secret(text("password"), password, rules);
            let refused = rules.has(Fault::PasswordGrantRefused);
            good(
                known && !refused || rules.has(Fault::WrongPasswordIssued),
                "user name or password is not right",
            )
        }
        ("authorization_code", Grant::AuthorizationCode { .. }) => {
            let taken = destination
                .tokens()
                .take_code(text("code"), text("redirect_uri"));
            good(
                taken || rules.has(Fault::WrongCodeIssued),
                "the code is not valid",
            )
        }
        ("refresh_token", Grant::Password { .. } | Grant::AuthorizationCode { .. }) => {
            let token = text("refresh_token");
            let valid = destination.tokens().refreshes(token, rules);
            let valid = valid && !rules.has(Fault::RefreshRefused);
            good(
                valid || rules.has(Fault::WrongRefreshTokenIssued),
                "the refresh token is not valid",
            )?;
            Ok(Used::RefreshToken(token.to_owned()))
        }
        _ if rules.has(Fault::WrongGrantIssued) => Ok(Used::Other),
        _ if rules.has(Fault::WrongGrantMisnamed) => {
            Err(failure("invalid_request", "this grant is not supported"))
        }
        _ => Err(failure(
            "unsupported_grant_type",
            "this grant is not supported",
        )),
    }
}

/// The refresh token that goes with a token, where one does (RFC 6749, sections 4.4.3 and 6).
fn refresh_token(tokens: &mut Tokens, grant: &Grant, used: &Used, rules: &Rules) -> Option<String> {
    let rotates = match grant {
        Grant::ClientCredentials => return None,
        Grant::Password { .. } => {
            rules.varies(Variation::RefreshTokensReplaced)
                || rules.has(Fault::RotatedRefreshRefused)
        }
        Grant::AuthorizationCode { .. } => !rules.varies(Variation::RefreshTokensKept),
    };
    match used {
        _ if rules.has(Fault::RefreshTokenMissing) => None,
        Used::Other => Some(tokens.issue_refresh(None)),
        Used::RefreshToken(token) => rotates.then(|| tokens.issue_refresh(Some(token))),
    }
}

/// Parameters must not be repeated (RFC 6749, section 3.2).
pub(super) fn form(headers: &HeaderMap, body: &[u8]) -> Result<HashMap<String, String>, Answer> {
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
    pairs(text)
}

fn pairs(text: &str) -> Result<HashMap<String, String>, Answer> {
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
