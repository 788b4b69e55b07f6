//! The authorization endpoint (RFC 6749, sections 3.1 and 4.1.1): whom a person is asked to let in, and where the code goes.

use std::collections::HashMap;

use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use url::form_urlencoded::Serializer;
use url::{Host, Url};

use crate::emulator::rest::answer::{Answer, Content};
use crate::emulator::rest::comparison::{same_secret, same_user};
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::oauth2::{form, pairs};
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::setup::{Auth, Grant};
use crate::emulator::rest::state::Destination;
use crate::emulator::rest::variation::Variation;

/// The redirect URIs that Adobe asks partners to register, one a region.
const REGISTERED: [&str; 6] = [
    "https://platform-va7.adobe.io/data/core/activation/oauth/api/v1/callback",
    "https://platform-nld2.adobe.io/data/core/activation/oauth/api/v1/callback",
    "https://platform-aus5.adobe.io/data/core/activation/oauth/api/v1/callback",
    "https://platform-can2.adobe.io/data/core/activation/oauth/api/v1/callback",
    "https://platform-gbr9.adobe.io/data/core/activation/oauth/api/v1/callback",
    "https://platform.adobe.io/data/core/activation/oauth/api/v1/callback",
];

/// Answers a browser; `None` where nobody logs in.
pub(crate) fn answer(
    parts: &Parts,
    body: &[u8],
    destination: &Destination,
    rules: &Rules,
) -> Option<Answer> {
    let Auth::OAuth2 {
        client_id,
        grant: Grant::AuthorizationCode {
            username, password, ..
        },
        ..
    } = &destination.setup.auth
    else {
        return None;
    };
    let asked = pairs(parts.uri.query().unwrap_or_default()).unwrap_or_default();
    if let Err(answer) = to_registered(&asked, client_id, rules) {
        return Some(answer);
    }
    if parts.method != Method::POST {
        return Some(page(&asked, parts, rules));
    }
    let typed = form(&parts.headers, body).unwrap_or_default();
    let field = |name: &str| typed.get(name).map_or("", String::as_str);
    let known = same_user(field("username"), username, rules)
        && same_secret(field("password"), password, rules);
    Some(match known {
        true => {
            let code = destination
                .tokens()
                .issue_code(text(&asked, "redirect_uri"));
            back(&asked, &[("code", &code)])
        }
        false => page(&asked, parts, rules),
    })
}

fn text<'a>(asked: &'a HashMap<String, String>, name: &str) -> &'a str {
    asked.get(name).map_or("", String::as_str)
}

/// Whether the answer may go where the request says.
fn to_registered(
    asked: &HashMap<String, String>,
    client_id: &str,
    rules: &Rules,
) -> Result<(), Answer> {
    if text(asked, "client_id") != client_id {
        return Err(refusal("the client is not known", rules));
    }
    let uri = text(asked, "redirect_uri");
    if is_registered(uri, rules) {
        return match text(asked, "response_type") {
            "code" => Ok(()),
            _ => Err(back(asked, &[("error", "unsupported_response_type")])),
        };
    }
    let alike = |known: &&str| {
        let origin = known.split("/data/").next().unwrap_or_default();
        uri.starts_with(origin)
    };
    let ends_alike = |known: &&str| {
        let bare = known.trim_start_matches("https://");
        uri.ends_with(bare)
    };
    let lookalike = rules.has(Fault::LookalikeSentError) && REGISTERED.iter().any(alike)
        || rules.has(Fault::SuffixSentError) && REGISTERED.iter().any(ends_alike);
    Err(
        match (
            rules.has(Fault::StrangerSentError) || lookalike,
            rules.has(Fault::StrangerSentCode),
        ) {
            (true, _) => back(asked, &[("error", "invalid_request")]),
            (false, true) => back(asked, &[("code", "a-code-for-strangers")]),
            (false, false) => refusal("the redirect URI is not registered", rules),
        },
    )
}

/// Compared as a whole (RFC 6749, section 3.1.2.3); of a program on the same machine the port may be any (RFC 8252,
/// section 7.3).
fn is_registered(uri: &str, rules: &Rules) -> bool {
    let lacks_region = rules.has(Fault::RegionMissing) || rules.has(Fault::RegionMissingPage);
    if lacks_region && uri == REGISTERED[2] {
        return false;
    }
    if rules.has(Fault::RedirectUrisRefused) {
        return false;
    }
    let loopback = Url::parse(uri).is_ok_and(|url| {
        url.scheme() == "http"
            && matches!(url.host(), Some(Host::Ipv4(address)) if address.is_loopback())
            && url.path() == "/callback"
    });
    REGISTERED.contains(&uri) || loopback
}

fn refusal(why: &str, rules: &Rules) -> Answer {
    let status = match rules.varies(Variation::StrangerShownPage) {
        true => StatusCode::OK,
        false => StatusCode::BAD_REQUEST,
    };
    if rules.has(Fault::RegionMissingPage) {
        let mut answer = html(StatusCode::OK, String::new());
        answer.status = StatusCode::SEE_OTHER;
        return answer.with(LOCATION, "/sorry?authError=redirect");
    }
    html(
        status,
        format!("<h1>Access cannot be given</h1><p>{why}</p>"),
    )
}

/// The page on which a person logs in.
fn page(asked: &HashMap<String, String>, parts: &Parts, rules: &Rules) -> Answer {
    if rules.has(Fault::RedirectUriErrorPage) {
        let mut answer = html(StatusCode::OK, String::new());
        answer.status = StatusCode::SEE_OTHER;
        return answer.with(LOCATION, "/error?error=redirect_uri_mismatch");
    }
    if rules.varies(Variation::LoginElsewhere)
        && parts.method == Method::GET
        && !asked.contains_key("here")
    {
        let here = format!(
            "{}?{}&here=1",
            parts.uri.path(),
            parts.uri.query().unwrap_or_default()
        );
        let answer = html(StatusCode::SEE_OTHER, String::new());
        return answer.with(LOCATION, &here);
    }
    let form = "<h1>Log in</h1><form method=\"post\"><input name=\"username\"><input name=\"password\" type=\"password\"><button>Allow</button></form>";
    html(StatusCode::OK, form.to_owned())
}

fn html(status: StatusCode, body: String) -> Answer {
    let mut answer = Answer::json(status, serde_json::Value::Null).with(CACHE_CONTROL, "no-store");
    answer.body = Content::Text(
        "text/html; charset=utf-8",
        format!("<!doctype html>\n{body}"),
    );
    answer
}

/// Sends the browser to the redirect URI, with the state that it came with.
fn back(asked: &HashMap<String, String>, said: &[(&str, &str)]) -> Answer {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(said);
    if let Some(state) = asked.get("state") {
        query.append_pair("state", state);
    }
    let uri = text(asked, "redirect_uri");
    let separator = if uri.contains('?') { '&' } else { '?' };
    let answer = html(StatusCode::FOUND, String::new());
    answer.with(LOCATION, &format!("{uri}{separator}{}", query.finish()))
}
