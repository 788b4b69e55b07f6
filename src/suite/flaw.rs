//! The same message with one flaw: it differs from a good one by exactly that.

use std::sync::Arc;

use bytes::Bytes;
use rand::RngExt;

use crate::model::profile::{Profile, Status};
use crate::model::record::ExchangeRef;
use crate::suite::cast::Cast;
use crate::suite::delivery::{messages, request};
use crate::suite::parameter::Flaw;
use crate::suite::stop::Stop;
use crate::suite::subject::Streaming;
use crate::suite::{broken, omission};
use crate::wire::{Credential, Request, Retry, Session};

/// The terms.
pub mod codes {
    crate::model::code::codes! {
        /// A body that is no JSON.
        term "flaw.malformed-json" MALFORMED_JSON() { "a message of malformed JSON" }
        /// A body with something behind its JSON.
        term "flaw.trailing-text" TRAILING_TEXT() { "a message with a brace behind its JSON" }
        /// A content type that is not the configured one.
        term "flaw.content-type" CONTENT_TYPE() { "a message with a wrong content type" }
        /// A method that is not the configured one.
        term "flaw.method" METHOD() { "a request with a wrong method" }
        /// A path that does not exist.
        term "flaw.path" PATH() { "a message to an unknown path" }
        /// An audience that was never declared.
        term "flaw.unknown-audience" UNKNOWN_AUDIENCE() { "an unknown audience" }
        /// A profile without any identity.
        term "flaw.no-identity" NO_IDENTITY() { "a profile without identities" }
        /// An attribute that nobody mapped.
        term "flaw.undeclared-attribute" UNDECLARED_ATTRIBUTE() { "an undeclared attribute" }
        /// No credentials.
        term "flaw.no-credentials" NO_CREDENTIALS() { "a message without credentials" }
        /// Well-formed credentials that were never issued.
        term "flaw.wrong-credentials" WRONG_CREDENTIALS() { "a message with wrong credentials" }
        /// The valid user name with a password that is not its own.
        term "flaw.wrong-password" WRONG_PASSWORD() { "a message with a wrong password" }
        /// A token after its life.
        term "flaw.expired-token" EXPIRED_TOKEN() { "a message with an expired token" }
        /// The valid token under a scheme other than Bearer.
        term "flaw.other-scheme" OTHER_SCHEME() { "the token under another scheme" }
        /// The valid token without a scheme.
        term "flaw.no-scheme" NO_SCHEME() { "the token under no scheme" }
    }
}

/// The first message of the profiles, with one flaw.
///
/// # Errors
/// When a template does not render.
pub async fn flawed(
    subject: &Arc<Streaming>,
    session: &Session,
    profiles: &[Profile],
    flaw: Flaw,
    token: Option<ExchangeRef>,
) -> Result<Request, Stop> {
    let mut profiles = with_flaw(session, profiles, flaw);
    if flaw == Flaw::BesideUnknownAudience {
        beside_unknown(subject, session, &mut profiles)?;
    }
    let message = messages(subject, &profiles, false)
        .await?
        .into_iter()
        .next();
    let message = message.ok_or_else(|| Stop::Omit(omission::nothing_rendered(term(flaw))))?;
    let mut flawed = request(&message, credential(flaw, token)?, Retry::WhenThrottled);
    match flaw {
        Flaw::MalformedJson => flawed.body = Bytes::from(cut(&message.body)),
        Flaw::TrailingText => flawed.body = Bytes::from(format!("{}}}", message.body)),
        Flaw::ContentType => flawed.headers = with_content_type(flawed.headers, "text/plain"),
        Flaw::Method => (flawed.method, flawed.body) = (other_method(&flawed.method), Bytes::new()),
        Flaw::Path => flawed.url = unknown_path(&flawed.url),
        Flaw::UnknownAudience
        | Flaw::BesideUnknownAudience
        | Flaw::NoIdentity
        | Flaw::UndeclaredAttribute
        | Flaw::NoCredentials
        | Flaw::WrongCredentials
        | Flaw::WrongPassword
        | Flaw::ExpiredToken
        | Flaw::NoScheme
        | Flaw::OtherScheme => {}
    }
    Ok(flawed)
}

/// The term for a flaw, as a value of a reason.
pub fn term(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::MalformedJson => codes::MALFORMED_JSON,
        Flaw::TrailingText => codes::TRAILING_TEXT,
        Flaw::ContentType => codes::CONTENT_TYPE,
        Flaw::Method => codes::METHOD,
        Flaw::Path => codes::PATH,
        Flaw::UnknownAudience | Flaw::BesideUnknownAudience => codes::UNKNOWN_AUDIENCE,
        Flaw::NoIdentity => codes::NO_IDENTITY,
        Flaw::UndeclaredAttribute => codes::UNDECLARED_ATTRIBUTE,
        Flaw::NoCredentials => codes::NO_CREDENTIALS,
        Flaw::WrongCredentials => codes::WRONG_CREDENTIALS,
        Flaw::WrongPassword => codes::WRONG_PASSWORD,
        Flaw::ExpiredToken => codes::EXPIRED_TOKEN,
        Flaw::OtherScheme => codes::OTHER_SCHEME,
        Flaw::NoScheme => codes::NO_SCHEME,
    }
}

/// Whether a refusal with 401 or 403 is about the flaw.
pub fn about_credentials(flaw: Flaw) -> bool {
    match flaw {
        Flaw::NoCredentials
        | Flaw::WrongCredentials
        | Flaw::WrongPassword
        | Flaw::ExpiredToken
        | Flaw::NoScheme
        | Flaw::OtherScheme => true,
        Flaw::MalformedJson
        | Flaw::TrailingText
        | Flaw::ContentType
        | Flaw::Method
        | Flaw::Path
        | Flaw::UnknownAudience
        | Flaw::BesideUnknownAudience
        | Flaw::NoIdentity
        | Flaw::UndeclaredAttribute => false,
    }
}

fn with_flaw(session: &Session, profiles: &[Profile], flaw: Flaw) -> Vec<Profile> {
    let mut profiles = profiles.to_vec();
    for profile in &mut profiles {
        match flaw {
            Flaw::UnknownAudience => {
                profile.segment_membership.clear();
                *profile = in_unknown_audience(session, std::mem::take(profile));
            }
            Flaw::NoIdentity => profile.identity_map.clear(),
            Flaw::UndeclaredAttribute => {
                *profile = std::mem::take(profile).attribute("destspecUndeclared", "undeclared");
            }
            Flaw::BesideUnknownAudience
            | Flaw::MalformedJson
            | Flaw::TrailingText
            | Flaw::ContentType
            | Flaw::Method
            | Flaw::Path
            | Flaw::NoCredentials
            | Flaw::WrongCredentials
            | Flaw::WrongPassword
            | Flaw::ExpiredToken
            | Flaw::NoScheme
            | Flaw::OtherScheme => {}
        }
    }
    profiles
}

fn in_unknown_audience(session: &Session, profile: Profile) -> Profile {
    let number = session.rng("unknown audience").random::<u32>();
    let id = format!("destspec-unknown-{number:08x}");
    profile.member("ups", &id, Status::Realized, "2026-01-01T00:00:00Z")
}

/// The unknown audience is that of somebody else behind them, where a message holds several profiles.
fn beside_unknown(
    subject: &Streaming,
    session: &Session,
    profiles: &mut Vec<Profile>,
) -> Result<(), Stop> {
    let alone = subject.profiles_per_message() == 1 || !subject.own_profiles().is_empty();
    let another = match profiles.pop() {
        Some(last) if alone => last,
        last => {
            profiles.extend(last);
            let mut cast = Cast::new(subject, session.rng("another"));
            cast.profile(&[]).map_err(Stop::Omit)?
        }
    };
    profiles.push(in_unknown_audience(session, another));
    Ok(())
}

fn credential(flaw: Flaw, token: Option<ExchangeRef>) -> Result<Credential, Stop> {
    Ok(match flaw {
        Flaw::NoCredentials => Credential::None,
        Flaw::WrongCredentials => Credential::Wrong,
        Flaw::WrongPassword => Credential::WrongPassword,
        Flaw::ExpiredToken => {
            let taken = token.ok_or_else(|| broken::nothing_to_judge("token taken before"))?;
            Credential::TokenOf(taken)
        }
        Flaw::OtherScheme => Credential::WrongScheme,
        Flaw::NoScheme => Credential::NoScheme,
        Flaw::MalformedJson
        | Flaw::TrailingText
        | Flaw::ContentType
        | Flaw::Method
        | Flaw::Path
        | Flaw::UnknownAudience
        | Flaw::BesideUnknownAudience
        | Flaw::NoIdentity
        | Flaw::UndeclaredAttribute => Credential::Valid,
    })
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

/// A method that changes nothing: it must not harm a real destination.
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
