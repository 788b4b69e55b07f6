//! Twins: the message that differs from a good one by exactly one flaw.

use bytes::Bytes;
use rand::RngExt;

use crate::model::profile::{Profile, Status};
use crate::suite::flaw::term;
use crate::suite::omission;
use crate::suite::parameter::Flaw;
use crate::suite::phrases::Stop;
use crate::suite::steps::delivery::{messages, request};
use crate::suite::target::Target;
use crate::wire::{Credential, Request, Retry, Session};

/// The first message of the profiles, with one flaw.
///
/// # Errors
/// When a template does not render.
pub fn flawed(
    target: &Target,
    session: &Session,
    profiles: &[Profile],
    flaw: Flaw,
    token: usize,
) -> Result<Request, Stop> {
    let profiles = with_flaw(session, profiles, flaw);
    let message = messages(target, &profiles, false)?.into_iter().next();
    let nothing = || Stop::Omit(omission::nothing_rendered(term(flaw)));
    let message = message.ok_or_else(nothing)?;
    let mut twin = request(&message, credential(flaw, token), Retry::Never);
    match flaw {
        Flaw::MalformedJson => twin.body = Bytes::from(cut(&message.body)),
        Flaw::ContentType => twin.headers = with_content_type(twin.headers, "text/plain"),
        Flaw::Method => (twin.method, twin.body) = (other_method(&twin.method), Bytes::new()),
        Flaw::Path => twin.url = unknown_path(&twin.url),
        Flaw::UnknownAudience
        | Flaw::NoIdentity
        | Flaw::UndeclaredAttribute
        | Flaw::NoCredentials
        | Flaw::WrongCredentials
        | Flaw::WrongPassword
        | Flaw::ExpiredToken
        | Flaw::OtherScheme => {}
    }
    Ok(twin)
}

/// Whether a refusal with 401 or 403 is about the flaw.
pub fn about_credentials(flaw: Flaw) -> bool {
    match flaw {
        Flaw::NoCredentials
        | Flaw::WrongCredentials
        | Flaw::WrongPassword
        | Flaw::ExpiredToken
        | Flaw::OtherScheme => true,
        Flaw::MalformedJson
        | Flaw::ContentType
        | Flaw::Method
        | Flaw::Path
        | Flaw::UnknownAudience
        | Flaw::NoIdentity
        | Flaw::UndeclaredAttribute => false,
    }
}

fn with_flaw(session: &Session, profiles: &[Profile], flaw: Flaw) -> Vec<Profile> {
    let mut profiles = profiles.to_vec();
    for profile in &mut profiles {
        match flaw {
            Flaw::UnknownAudience => {
                let id = format!(
                    "destspec-unknown-{:08x}",
                    session.rng("unknown audience").random::<u32>()
                );
                profile.segment_membership.clear();
                *profile = std::mem::take(profile).member(
                    "ups",
                    &id,
                    Status::Realized,
                    "2026-01-01T00:00:00Z",
                );
            }
            Flaw::NoIdentity => profile.identity_map.clear(),
            Flaw::UndeclaredAttribute => {
                *profile = std::mem::take(profile).attribute("destspecUndeclared", "undeclared");
            }
            Flaw::MalformedJson
            | Flaw::ContentType
            | Flaw::Method
            | Flaw::Path
            | Flaw::NoCredentials
            | Flaw::WrongCredentials
            | Flaw::WrongPassword
            | Flaw::ExpiredToken
            | Flaw::OtherScheme => {}
        }
    }
    profiles
}

fn credential(flaw: Flaw, token: usize) -> Credential {
    match flaw {
        Flaw::NoCredentials => Credential::None,
        Flaw::WrongCredentials => Credential::Wrong,
        Flaw::WrongPassword => Credential::WrongPassword,
        Flaw::ExpiredToken => Credential::TokenOf(token),
        Flaw::OtherScheme => Credential::WrongScheme,
        Flaw::MalformedJson
        | Flaw::ContentType
        | Flaw::Method
        | Flaw::Path
        | Flaw::UnknownAudience
        | Flaw::NoIdentity
        | Flaw::UndeclaredAttribute => Credential::Valid,
    }
}

/// Without its last bracket, and with a stray one: no reader of RFC 8259 takes it.
fn cut(body: &str) -> String {
    let trimmed = body.trim_end();
    let end = trimmed.char_indices().next_back().map_or(0, |(at, _)| at);
    format!("{}{{", &trimmed[..end])
}

fn with_content_type(headers: Vec<(String, String)>, media: &str) -> Vec<(String, String)> {
    let mut headers: Vec<_> = headers
        .into_iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"))
        .collect();
    headers.insert(0, (String::from("Content-Type"), media.to_owned()));
    headers
}

/// A method that changes nothing: the twin must not harm a real destination.
fn other_method(method: &str) -> String {
    String::from(if method == "GET" { "OPTIONS" } else { "GET" })
}

fn unknown_path(url: &str) -> String {
    let (path, query) = url
        .split_once('?')
        .map_or((url, None), |(path, query)| (path, Some(query)));
    let path = format!("{}/destspec-no-such-path", path.trim_end_matches('/'));
    query.map_or_else(|| path.clone(), |query| format!("{path}?{query}"))
}
