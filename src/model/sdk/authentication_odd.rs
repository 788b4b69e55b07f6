//! What of an OAuth 2.0 entry is odd: it is read and used as it stands, and a token endpoint refuses it, or it does nothing
//! (reference 2.5; RFC 6749). No page of Adobe's demands anything of it, so that these are warnings.

use std::collections::BTreeSet;

use crate::model::sdk::authentication::{DataField, FieldSource};
use crate::model::sdk::literal::is_template;
use crate::model::sdk::server::Method;
use crate::model::sdk::template::TemplateString;
use crate::model::sdk::token::Validation;
use crate::model::source::fields::Fields;
use crate::model::source::reader::Cursor;

/// What a redirect to an authorization endpoint adds (RFC 6749 section 4.1.1).
const ADDED: [&str; 5] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
];

/// Names that override what the entry itself gives, whose values may be given with the credentials (reference 2.5.2).
const KNOWN: [&str; 4] = ["clientId", "clientSecret", "refreshToken", "expiresIn"];

/// A URL that a client may not be given.
pub(crate) fn address(cursor: &Cursor<'_>, key: &str, text: &str) {
    let is_here = |rest: &str| {
        ["localhost", "127.", "[::1]"]
            .iter()
            .any(|host| rest.starts_with(host))
    };
    if text
        .strip_prefix("http://")
        .is_some_and(|rest| !is_here(rest))
    {
        cursor.warning(
            "plain HTTP: the secret of the client, or a login, goes over it in the clear",
            "write `https://` (RFC 6749 sections 3.1.2.1 and 3.2)",
        );
    }
    if text.contains('#') && !is_template(text) {
        cursor.warning(
            "the URL has a fragment, which is never sent",
            "take it out (RFC 6749 section 3.2)",
        );
    }
    let query = text.split_once('?').map_or("", |(_, query)| query);
    let names = query.split('&').filter_map(|pair| pair.split('=').next());
    let mut added = names.filter(|name| key == "authorizationUrl" && ADDED.contains(name));
    if let Some(name) = added.next() {
        cursor.warning(
            format!("the URL has `{name}`, which Experience Platform adds to it"),
            "take it out: no parameter may come twice (RFC 6749 section 3.1)",
        );
    }
}

/// An entry of `scope` that is not one scope (RFC 6749 section 3.3).
pub(crate) fn scope(cursor: &Cursor<'_>) {
    for entry in cursor.array().unwrap_or_default() {
        let text = entry.string().unwrap_or_default();
        let is_sign = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\');
        if text.trim().is_empty() {
            entry.warning("a scope is empty", "take it out");
        } else if text.split_whitespace().nth(1).is_some() {
            entry.warning(
                format!("`{text}` is more than one scope"),
                "write each as an entry of its own: how entries are joined is not documented",
            );
        } else if !is_template(&text) && !text.chars().all(is_sign) {
            entry.warning(
                format!("`{text}` is no scope: a sign in it may not be in one"),
                "a scope has visible ASCII signs without `\"` and `\\` (RFC 6749 section 3.3)",
            );
        }
    }
}

/// A response path that is written as in another place, or as elsewhere.
pub(crate) fn path(cursor: &Cursor<'_>, text: &str) {
    if is_template(text) || text.starts_with('$') {
        cursor.warning(
            format!("`{text}` is no path into the body of an answer"),
            "write names joined by dots, as in `data.access_token`; templates are for `accessTokenRequest.responseFields`",
        );
    }
}

/// Data fields of one name, and what nobody supplies.
pub(crate) fn data_fields(entries: &[(Cursor<'_>, DataField)]) {
    let mut known = BTreeSet::new();
    for (cursor, field) in entries {
        let name = field.name.as_str();
        if !known.insert(name) {
            cursor.warning(
                format!("`{name}` is given twice among the `authenticationDataFields`"),
                "leave one",
            );
        }
        let is_empty = field.value.is_none() && field.literal.is_none();
        let lacks = field.source == FieldSource::Partner
            && is_empty
            && field.response_path.is_none()
            && !KNOWN.contains(&name);
        if lacks {
            cursor.warning(
                format!("`{name}` has no `value`, no `authenticationResponsePath`, and no customer who types it"),
                "give it one of them; `\"source\": \"CUSTOMER\"` asks the customer",
            );
        }
        let life = field.value.as_ref().filter(|_| name == "expiresIn");
        let is_seconds = |value: &serde_json::Value| match value.as_str() {
            Some(text) => is_template(text) || text.trim().parse::<f64>().is_ok(),
            None => value.is_number(),
        };
        if life.is_some_and(|value| !is_seconds(value)) {
            cursor.warning(
                "`expiresIn` is no number of seconds, so that a token has no known end",
                "write seconds, such as `3600`",
            );
        }
    }
}

/// A token request that goes in the clear, or whose body is not read.
pub(crate) fn token_request(fields: &Fields<'_>, method: Method) {
    let url = fields.get("urlBasedDestination");
    let url = url.and_then(|c| c.object()?.get("url")?.object()?.get("value"));
    if let Some((url, text)) = url.and_then(|url| Some((url.clone(), url.string()?))) {
        address(&url, "urlBasedDestination", &text);
    }
    if method == Method::Get
        && let Some(written) = fields
            .get("httpTemplate")
            .and_then(|c| c.object()?.get("httpMethod"))
    {
        written.warning(
            "a token is asked for by `GET`, whose body servers leave unread",
            "use `POST` (RFC 6749 section 3.2)",
        );
    }
}

/// A validation that compares two texts that never change.
pub(crate) fn validation(cursor: &Cursor<'_>, validation: &Validation) {
    let is_fixed = |template: &TemplateString| !is_template(&template.value);
    if is_fixed(&validation.actual) {
        let (actual, expected) = (&validation.actual.value, &validation.expected.value);
        let outcome = match (is_fixed(&validation.expected), actual == expected) {
            (true, true) => "always holds",
            (true, false) => "never holds",
            (false, _) => "compares the wrong way round: what is expected is read of the answer",
        };
        cursor.warning(
            format!("the validation `{}` {outcome}", validation.name),
            "read `actualValue` of the answer, as in `{{ response.status }}`",
        );
    }
}
