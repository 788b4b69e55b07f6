//! The harmless ways to write the headers of an answer.

use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, HeaderMap, HeaderName, HeaderValue, SET_COOKIE,
    WWW_AUTHENTICATE,
};

use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::variation::Variation;

/// Headers that nobody asked for.
const EXTRA: [(&str, &str); 3] = [
    ("x-request-cost", "3"),
    ("server", "emulator"),
    ("x-content-type-options", "nosniff"),
];

/// A first line before that of the list, and what becomes of the list; none but the listed headers hold lists.
const LINES: [(HeaderName, &str, Option<&str>); 3] = [
    (ALLOW, "OPTIONS", None),
    (CACHE_CONTROL, "private", Some("No-Store, max-age=0")),
    (WWW_AUTHENTICATE, "Negotiate", None),
];

/// Changes the headers of an answer as the variations want it.
pub(crate) fn vary(headers: &mut HeaderMap, rules: &Rules) {
    if rules.varies(Variation::RepeatedHeaders) {
        repeat(headers);
    }
    if rules.varies(Variation::ExtraHeaders) {
        for (name, value) in EXTRA {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
    }
    if rules.varies(Variation::BalancerCookie) {
        let cookie = format!(
            "BALANCER={:032x}; Path=/; Secure; HttpOnly",
            rand::random::<u128>()
        );
        headers.extend(HeaderValue::from_str(&cookie).map(|value| (SET_COOKIE, value)));
    }
    if rules.varies(Variation::ConnectionClose) {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
}

fn repeat(headers: &mut HeaderMap) {
    for (name, first, list) in LINES {
        let Some(value) = headers.get(&name).cloned() else {
            continue;
        };
        headers.insert(name.clone(), HeaderValue::from_static(first));
        headers.append(name, list.map_or(value, HeaderValue::from_static));
    }
}
