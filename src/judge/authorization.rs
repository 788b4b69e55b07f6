//! Judges what an authorization endpoint does with redirect URIs (RFC 6749 sections 3.1.2 and 4.1.2.1), as far as it shows
//! before a person has logged in.

use url::Url;

use crate::judge::answer::{answered, status_line};
use crate::judge::header::lines;
use crate::model::finding::Finding;
use crate::model::record::{Answer, Exchange};

/// Errors that the endpoint sends back where it takes the redirect URI and wants a person first (RFC 6749 section 4.1.2.1;
/// OpenID Connect Core section 3.1.2.6).
const WANTS_SOMEBODY: [&str; 5] = [
    "access_denied",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "login_required",
];

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// The authorization endpoint refuses a redirect URI of Experience Platform: customers of that region cannot log in.
        destination "authorization.redirect-uri-refused" redirect_uri_refused(uri, answer) {
            expected: "a page to log in, or a redirect, for the redirect URI `{uri}`",
            received: "{answer}",
            remedy: "register all six redirect URIs of Adobe's OAuth 2 page for this client, each as a whole",
        }
        /// A redirect URI of Experience Platform is answered as those that nobody registered, and unlike the others.
        destination "authorization.redirect-uri-unregistered" redirect_uri_unregistered(uri, answer) {
            expected: "what the other redirect URIs of Experience Platform are answered, for `{uri}`, too",
            received: "{answer}, as for every redirect URI that nobody registered",
            remedy: "register all six redirect URIs of Adobe's OAuth 2 page for this client, each as a whole",
        }
        /// The authorization endpoint takes the redirect URI and refuses the request.
        destination "authorization.request-refused" request_refused(uri, error) {
            expected: "a page to log in, or a redirect with a code, for the redirect URI `{uri}`",
            received: "a redirect with `error`: `{error}`",
            remedy: "let this client use the authorization code grant with the scopes that are configured",
        }
        /// The authorization endpoint redirects to a URI that nobody registered.
        destination "authorization.stranger-redirected" stranger_redirected(uri, status) {
            expected: "no redirect to `{uri}`, which nobody registered",
            received: "{status} with a `Location` there",
            remedy: "compare redirect URIs as a whole with those registered, and answer a wrong one with a page of your own (RFC 6749 section 4.1.2.1)",
        }
        /// No redirect URI of Experience Platform was taken, so that refusing another shows nothing.
        surroundings "authorization.none-taken" none_taken() {
            expected: "a redirect URI of Experience Platform taken first",
            received: "{@because}",
            remedy: "mend what refuses it; this scenario then shows something",
        }
        /// The authorization endpoint is not available, so that it refuses whoever comes.
        surroundings "authorization.unavailable" unavailable(answer) {
            expected: "an answer that is about the redirect URI",
            received: "{answer}: refused for another reason",
            remedy: "run again when the authorization endpoint is available",
        }
    }
}

/// The redirect URI is taken: a page, a request to log in, or a redirect that says nothing against it.
///
/// # Errors
/// A finding that says who must act.
pub fn taken(exchange: &Exchange, uri: &str) -> Result<(), Finding> {
    let answer = available(exchange)?;
    let refused = || codes::redirect_uri_refused(uri, status_line(answer));
    match answer.status {
        // it asks for credentials in its own way
        401 => Ok(()),
        200..300 => Ok(()),
        300..=399 => match (goes_to(exchange, answer, uri), error(exchange, answer)) {
            (_, None) => Ok(()),
            (true, Some(error)) if WANTS_SOMEBODY.contains(&error.as_str()) => Ok(()),
            (true, Some(error)) => Err(codes::request_refused(uri, error)),
            (false, Some(_)) => Err(refused()),
        },
        _ => Err(refused()),
    }
}

/// Nothing is sent to a redirect URI that nobody registered; `true` where it was refused as well.
///
/// # Errors
/// A finding that says who must act.
pub fn stranger(exchange: &Exchange, uri: &str) -> Result<bool, Finding> {
    let answer = available(exchange)?;
    if (300..400).contains(&answer.status) && goes_to(exchange, answer, uri) {
        return Err(codes::stranger_redirected(uri, answer.status));
    }
    let says_error = (300..400).contains(&answer.status) && error(exchange, answer).is_some();
    Ok(says_error || (400..500).contains(&answer.status) && answer.status != 401)
}

/// The redirect URI of Experience Platform is answered otherwise than those that nobody registered, or as most of its
/// siblings are: a page may say in words what its status does not.
///
/// # Errors
/// A finding against the destination.
pub fn registered(
    (uri, exchange): (&str, &Exchange),
    siblings: &[&Exchange],
    strangers: &[&Exchange],
) -> Result<(), Finding> {
    let is_alike = |other: &&Exchange| way(other) == way(exchange);
    let alike = siblings.iter().filter(|other| is_alike(other)).count();
    match strangers.iter().all(is_alike) && alike * 2 < siblings.len() {
        true => {
            let line = exchange.answer().map(status_line).unwrap_or_default();
            Err(codes::redirect_uri_unregistered(uri, line))
        }
        false => Ok(()),
    }
}

/// Which way an answer leads: its status, and where it redirects to.
fn way(exchange: &Exchange) -> Option<(u16, Option<(url::Origin, String)>)> {
    let answer = exchange.answer()?;
    let there = location(exchange, answer);
    let there = there.map(|url| (url.origin(), url.path().to_owned()));
    Some((answer.status, there))
}

fn available(exchange: &Exchange) -> Result<&Answer, Finding> {
    let answer = answered(exchange)?;
    match answer.status {
        429 | 503 => Err(codes::unavailable(status_line(answer))),
        _ => Ok(answer),
    }
}

/// Where a redirect goes, which may be written relative to the URL that was asked.
fn location(exchange: &Exchange, answer: &Answer) -> Option<Url> {
    let asked = Url::parse(&exchange.request()?.url).ok()?;
    asked.join(lines(answer, "location").first()?).ok()
}

fn goes_to(exchange: &Exchange, answer: &Answer, uri: &str) -> bool {
    let (there, uri) = (location(exchange, answer), Url::parse(uri).ok());
    let place = |url: &Url| (url.origin(), url.path().to_owned());
    there
        .as_ref()
        .map(place)
        .is_some_and(|there| Some(there) == uri.as_ref().map(place))
}

/// The error that a redirect names, in its query or its fragment.
fn error(exchange: &Exchange, answer: &Answer) -> Option<String> {
    let location = location(exchange, answer)?;
    let texts = [location.query(), location.fragment()];
    let mut pairs = texts
        .into_iter()
        .flatten()
        .flat_map(|text| url::form_urlencoded::parse(text.as_bytes()));
    let (_, error) = pairs.find(|(name, _)| name == "error")?;
    Some(error.into_owned())
}
