//! Credentials by the shape of a name: which headers and which parameters of a query hold one, whoever made the name up.

use std::ops::Range;

use percent_encoding::percent_decode_str;

use crate::model::redact::fence::is_token_like;
use crate::model::sdk::literal::{Literal, Marked, is_placeholder};
use crate::model::sdk::template::{Origin, TemplateString};
use crate::model::source::reader::Cursor;

/// The last words of names of credentials; of a key and a token the word before it decides.
const WORDS: [&str; 22] = [
    "accesskey",
    "accesstoken",
    "apikey",
    "apitoken",
    "appkey",
    "authkey",
    "authorization",
    "authtoken",
    "clientsecret",
    "cookie",
    "credential",
    "credentials",
    "jwt",
    "passphrase",
    "passwd",
    "password",
    "secret",
    "secretkey",
    "sharedsecret",
    "sig",
    "signature",
    "subscriptionkey",
];

/// What a key is of that opens something, whatever it looks like; of another its value decides.
const OPENING_KEYS: [&str; 16] = [
    "access",
    "account",
    "admin",
    "api",
    "app",
    "application",
    "auth",
    "function",
    "functions",
    "master",
    "private",
    "secret",
    "service",
    "shared",
    "signing",
    "subscription",
];

/// What a key is of that opens nothing.
const PLAIN_KEYS: [&str; 42] = [
    "aggregation",
    "audience",
    "cache",
    "content",
    "correlation",
    "dedup",
    "deduplication",
    "entity",
    "event",
    "foreign",
    "group",
    "grouping",
    "hash",
    "idempotency",
    "idempotent",
    "identity",
    "join",
    "language",
    "lookup",
    "match",
    "merge",
    "message",
    "namespace",
    "natural",
    "object",
    "order",
    "ordering",
    "partition",
    "primary",
    "profile",
    "public",
    "range",
    "record",
    "routing",
    "row",
    "segment",
    "shard",
    "socket",
    "sort",
    "surrogate",
    "unique",
    "websocket",
];

/// What a token is of that opens nothing.
const PLAIN_TOKENS: [&str; 14] = [
    "continuation",
    "csrf",
    "cursor",
    "delta",
    "idempotency",
    "next",
    "page",
    "pagination",
    "paging",
    "request",
    "resume",
    "skip",
    "sync",
    "xsrf",
];

/// Parameters of a query that hold a credential or something else: the value decides.
const VAGUE: [&str; 6] = ["auth", "authentication", "code", "key", "sig", "signature"];

/// Values that are no credentials under any name: whether there is one, of which kind, or where to get one.
const PLAIN_VALUES: [&str; 18] = [
    "0", "1", "basic", "bearer", "digest", "false", "fetch", "hmac", "no", "none", "null", "oauth",
    "oauth2", "off", "on", "required", "true", "yes",
];

/// What to do about a credential in a query.
pub(crate) const QUERY_REMEDY: &str = "make it a customer data field of format `password`, and write `{{customerData.NAME}}` in its place";

/// Takes the credentials that stand in a query into custody: the template with a mark in the place of each, and they.
/// The cursor is that of the template.
pub(crate) fn taken(
    cursor: Option<Cursor<'_>>,
    template: TemplateString,
    is_query: bool,
) -> (TemplateString, Vec<Literal>) {
    let Some(cursor) = cursor.and_then(|c| c.object()?.get("value")) else {
        return (template, Vec::new());
    };
    let Marked { text, literals } = marked(&cursor, &template.value, is_query);
    let template = TemplateString {
        value: text,
        ..template
    };
    (template, literals)
}

/// The same of a text: the cursor is that of its string.
pub(crate) fn marked(cursor: &Cursor<'_>, text: &str, is_query: bool) -> Marked {
    let origin = Origin::of(cursor);
    let (mut literals, mut shown, mut done) = (Vec::new(), String::new(), 0);
    for (name, place) in secret_parameters(text, is_query) {
        let before = text.get(..place.start).unwrap_or_default();
        let value = text.get(place.clone()).unwrap_or_default();
        let (column, wide) = (before.chars().count() + 1, value.chars().count());
        let start = origin.locate(1, column).span.start;
        let end = origin.locate(1, column + wide).span.start;
        let literal = Literal::part(cursor, (start..end, value), (&name, QUERY_REMEDY));
        shown.push_str(before.get(done..).unwrap_or_default());
        shown.push_str(&literal.mark());
        done = place.end;
        literals.push(literal);
    }
    shown.push_str(text.get(done..).unwrap_or_default());
    Marked {
        text: shown,
        literals,
    }
}

/// Whether a credential stands in the query of a URL.
pub(crate) fn in_url(text: &str) -> bool {
    !secret_parameters(text, false).is_empty()
}

/// The parameters of a query that always have the same credential: name, and bytes of the value.
fn secret_parameters(text: &str, is_query: bool) -> Vec<(String, Range<usize>)> {
    // places of a text of several lines are not known
    if text.contains(['\n', '\r']) {
        return Vec::new();
    }
    let found = parameters(text, is_query).into_iter();
    let held = found.filter(|(name, place)| {
        let value = text.get(place.clone()).unwrap_or_default();
        !is_placeholder(value) && is_secret_parameter(name, value)
    });
    held.map(|(name, place)| (name.to_ascii_lowercase(), place))
        .collect()
}

fn is_secret_parameter(name: &str, value: &str) -> bool {
    let is_vague = VAGUE.contains(&name.to_ascii_lowercase().as_str());
    let value = percent_decode_str(value).decode_utf8_lossy();
    if is_vague {
        return is_mark(&value) || is_token_like(&value);
    }
    is_credential(name, &value)
}

/// What stands for a credential in a record.
fn is_mark(value: &str) -> bool {
    value.starts_with("⟦secret:")
}

/// Every parameter in whose name and value nothing is filled in.
fn parameters(text: &str, is_query: bool) -> Vec<(String, Range<usize>)> {
    let bare = without_tags(text);
    let start = match is_query {
        true => 0,
        false => match bare.find('?') {
            Some(at) => at + 1,
            None => return Vec::new(),
        },
    };
    let end = bare.find('#').unwrap_or(bare.len()).max(start);
    let (mut at, mut found) = (start, Vec::new());
    for pair in bare.get(start..end).unwrap_or_default().split('&') {
        if let Some((name, value)) = pair.split_once('=') {
            let from = at + name.len() + 1;
            let name = name.trim_start_matches('?');
            let is_name = !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            // a submission fills in `{identity}`, a template what is in its tags
            if is_name && !value.contains([TAG, '{', '}']) {
                found.push((name.to_owned(), from..from + value.len()));
            }
        }
        at += pair.len() + 1;
    }
    found
}

/// Stands for each byte of a tag of a template.
const TAG: char = '\u{1}';

/// The text with every tag of a template blotted out, so that places stay where they are.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let first = |text: &str| {
        let tags = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")].into_iter();
        let opened = tags.filter_map(|(open, close)| Some((text.find(open)?, close)));
        opened.min_by_key(|(at, _)| *at)
    };
    while let Some((at, close)) = first(rest) {
        let (before, tag) = rest.split_at(at);
        let end = tag.find(close).map_or(tag.len(), |end| end + close.len());
        out.push_str(before);
        out.extend(std::iter::repeat_n(TAG, end));
        rest = tag.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Whether the words of the name of a header or a parameter are those of a credential, and the value may be one.
pub(crate) fn is_credential(name: &str, value: &str) -> bool {
    let words = words(name);
    let Some((last, before)) = words.split_last() else {
        return false;
    };
    let before = before.last().map_or("", String::as_str);
    let looks_so = is_mark(value) || is_token_like(value);
    let is_named = match last.as_str() {
        "key" if OPENING_KEYS.contains(&before) => true,
        "key" => looks_so && !PLAIN_KEYS.contains(&before),
        "auth" | "authentication" => looks_so,
        "token" => !PLAIN_TOKENS.contains(&before),
        word => WORDS.contains(&word),
    };
    is_named && !is_plain(value)
}

/// The words of a name in lower case: between signs, and where a capital follows a small letter.
fn words(name: &str) -> Vec<String> {
    let mut parted = String::with_capacity(name.len() + 4);
    let mut was_small = false;
    for c in name.chars() {
        if was_small && c.is_ascii_uppercase() {
            parted.push('-');
        }
        was_small = c.is_ascii_lowercase();
        parted.push(c.to_ascii_lowercase());
    }
    let words = parted.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn is_plain(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    PLAIN_VALUES.contains(&value.as_str())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;
    use crate::model::rule::Rule;
    use crate::model::sdk::server_json::read;
    use crate::model::source::{Severity, Source};

    #[test]
    fn headers_of_credentials_are_known_by_their_last_words() {
        for name in [
            "Ocp-Apim-Subscription-Key",
            "x-functions-key",
            "x-goog-api-key",
            "DD-API-KEY",
            "Private-Token",
            "X-ApiKey",
            "x_client_secret",
            "X-Authorization",
            "X-Hub-Signature",
            "X-User-Password",
            "Api-Key",
            "Cookie",
        ] {
            assert!(is_credential(name, "abc"), "{name}");
        }
        for name in ["X-Custom-Auth", "X-Acme-Key"] {
            assert!(is_credential(name, CODE), "{name}");
        }
    }

    #[test]
    fn what_only_looks_like_a_credential_is_none() {
        for (name, value) in [
            ("Idempotency-Key", "abc"),
            ("Content-Key", "abc"),
            ("X-Partition-Key", CODE),
            ("X-Project-Key", "default"),
            ("X-Use-Auth", "1"),
            ("Sec-WebSocket-Key", "abc"),
            ("Surrogate-Key", "abc"),
            ("X-CSRF-Token", "abc"),
            ("X-MS-Continuation-Token", "abc"),
            ("X-Key-Id", "abc"),
            ("X-Token-Type", "abc"),
            ("X-Author", "abc"),
            ("X-Authority", "abc"),
            ("X-Monkey", "abc"),
            ("X-Use-Auth", "true"),
            ("X-Token", "Fetch"),
            ("X-Region", "eu"),
        ] {
            assert!(!is_credential(name, value), "{name}");
        }
    }

    const CODE: &str = "Zf1aB2cD3eF4gH5iJ6kL7mN8oP9qR0sT1uV2wX3yZ4%3D%3D";

    fn held(text: &str, is_query: bool) -> Vec<String> {
        let found = secret_parameters(text, is_query).into_iter();
        found
            .map(|(name, place)| format!("{name}={}", &text[place]))
            .collect()
    }

    #[test]
    fn fixed_credentials_of_a_query_are_found_whatever_is_filled_in_beside_them() {
        let code = format!("code={CODE}");
        for url in [
            format!("https://h.example/api/x?{code}"),
            format!("https://h.example/api/x?v=1&{code}#top"),
            format!("https://{{{{ a ? 'b' : 'c' }}}}.example/?r={{{{customerData.r}}}}&{code}&x"),
        ] {
            assert_eq!(held(&url, false), std::slice::from_ref(&code), "{url}");
        }
        assert_eq!(
            held("?api_key=abc&apiKey=d&access_token=e", true),
            ["api_key=abc", "apikey=d", "access_token=e"]
        );
        assert_eq!(held("functionsKey=abc", true), ["functionskey=abc"]);
        assert_eq!(held("code=⟦secret:code⟧", true), ["code=⟦secret:code⟧"]);
    }

    #[test]
    fn parameters_that_open_nothing_or_are_filled_in_stay() {
        for query in [
            "code=US&key=email&auth=basic&sig=v1",
            "project_key=default&id_key=email&list_key=audiences",
            "idempotency_key=abcdefgh12345678&page_token=abcdefgh12345678",
            "api_key={{customerData.key}}&token=a{{b}}",
            "token={token}&api_key={identity}",
            "token=&secret=<yours>&api_key=***&client_id=abc",
            "{{ api_key=1 }}",
        ] {
            assert_eq!(held(query, true), Vec::<String>::new(), "{query}");
        }
        assert!(!in_url("https://h.example/api_key=abc#?token=abc"));
        assert!(in_url("https://h.example/?token=abc"));
    }

    const SERVER: &str = r#"{"name": "n", "destinationServerType": "URL_BASED",
        "urlBasedDestination": {"url": {"templatingStrategy": "PEBBLE_V1",
          "value": "https:\/\/{{customerData.host}}/é?v=1\u0026code=CODE\u0026key={{customerData.k}}"}},
        "httpTemplate": {"httpMethod": "POST", "contentType": "application/json",
          "queryParameters": {"templatingStrategy": "NONE", "value": "a=b&api_key=hunter2"},
          "headers": [{"header": "x-functions-key", "value": {"templatingStrategy": "NONE", "value": "hunter3"}}],
          "requestBody": {"templatingStrategy": "PEBBLE_V1", "value": "{}"}}}"#;

    #[test]
    fn credentials_in_the_query_of_a_server_are_kept_apart_and_marked_where_they_stand() {
        let text = SERVER.replace("CODE", CODE);
        let source = Source::new("s.json", text.as_str());
        let (server, problems) = read(&source, Severity::Warning);
        let (server, about) = (server.unwrap(), |p: &crate::model::source::Problem| p.rule);
        let rules: Vec<_> = problems.iter().map(about).collect();
        assert_eq!(rules, [Some(Rule::Secrets); 3]);
        let own = server.url_based().unwrap();
        let shown = "https://{{customerData.host}}/é?v=1&code=⟦secret:code⟧&key={{customerData.k}}";
        assert_eq!(own.url.value, shown);
        let sent = shown.replace("⟦secret:code⟧", CODE);
        assert_eq!(own.sent_url().value, sent);
        assert_eq!(own.sent_query().unwrap().value, "a=b&api_key=hunter2");
        let names: Vec<_> = own
            .literals()
            .map(|literal| literal.name.as_str())
            .collect();
        assert_eq!(names, ["code", "api_key", "x-functions-key"]);
        for secret in [CODE, "hunter2", "hunter3"] {
            assert!(!source.shown().contains(secret) && !source.marked().contains(secret));
        }
        assert!(source.marked().contains("code=⟦secret:code⟧\\u0026key="));
        // as a replay reads it
        let (again, problems) = read(&Source::new("s.json", source.marked()), Severity::Warning);
        let again = again.unwrap();
        assert_eq!(
            (again.url_based().unwrap().sent_url().value, problems.len()),
            (shown.to_owned(), 3)
        );
        let (refused, problems) = read(&Source::new("s.json", text), Severity::Error);
        assert!(refused.is_some() && problems.iter().filter(|p| p.is_error()).count() == 3);
        let known = own.literals().next().unwrap().known();
        let known: Vec<_> = known.iter().map(|named| named.secret.expose()).collect();
        assert_eq!(known, [CODE, CODE.replace("%3D", "=").as_str()]);
    }
}
