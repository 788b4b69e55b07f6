//! Fills macros in. The documents mix three syntaxes and name no engine: statements are Pebble, three braces and two insert
//! (reference 8.4.1). Whether a URL escapes what is inserted is documented nowhere: names and ids are escaped here, for
//! unescaped they break it.

use crate::model::percent::encoded;
use serde_json::Value;

use crate::encode::oauth2::value_at;
use crate::encode::pebble::{Context, Options, Template};

/// The audience: it changes from one to the next, and is escaped in a URL.
const AUDIENCE: &str = "segment";

/// What only audiences that customers upload have; those of destspec have none of it.
pub(super) const OF_UPLOADS: [&str; 3] = [
    "segment.metadata",
    "segmentEnrichmentAttributes",
    "destination.enrichmentAttributes",
];

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// A URL.
    Url,
    /// A header or a body.
    Text,
}

/// The text with its macros filled in.
///
/// # Errors
/// In words, when a macro names nothing or a statement does not parse.
pub(super) fn text(text: &str, variables: &Value, within: Within) -> Result<String, String> {
    if text.contains("{%") {
        return pebble(text, variables, within);
    }
    let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, inner)) = rest.split_once("{{") {
        filled.push_str(before);
        let (open, close) = match inner.strip_prefix('{') {
            Some(raw) => (raw, "}}}"),
            None => (inner, "}}"),
        };
        let unclosed = || format!("expected `{close}` after `{open}`");
        let (name, after) = open.split_once(close).ok_or_else(unclosed)?;
        let name = name.trim();
        let value = shown(&value(name, variables)?);
        let of_audience = name.split('.').next() == Some(AUDIENCE);
        let escaped = within == Within::Url && of_audience;
        match escaped {
            true => filled.push_str(&encoded(&value)),
            false => filled.push_str(&value),
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// JSON with the macros in its texts filled in; a text that is one macro in three braces becomes its value.
pub(super) fn json(body: &Value, variables: &Value) -> Result<Value, String> {
    Ok(match body {
        Value::String(written) => match alone(written) {
            Some(name) => value(name, variables)?,
            None => Value::String(text(written, variables, Within::Text)?),
        },
        Value::Array(items) => {
            let items = items.iter().map(|item| json(item, variables));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Object(members) => {
            let member = |(key, item): (&String, &Value)| Ok((key.clone(), json(item, variables)?));
            Value::Object(members.iter().map(member).collect::<Result<_, String>>()?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => body.clone(),
    })
}

/// The name in a text that is one macro in three braces.
fn alone(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("{{{")?.strip_suffix("}}}")?;
    (!inner.contains(['{', '}'])).then(|| inner.trim())
}

fn value(name: &str, variables: &Value) -> Result<Value, String> {
    if let Some(found) = value_at(variables, name) {
        return Ok(found.clone());
    }
    let uploaded = OF_UPLOADS.iter().any(|known| {
        let below = name.strip_prefix(known);
        below.is_some_and(|below| below.is_empty() || below.starts_with('.'))
    });
    match uploaded {
        true => Ok(Value::String(String::new())),
        false => Err(format!("the macro `{name}` names nothing")),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// The same with its texts escaped.
fn escaped(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(encoded(text)),
        Value::Object(members) => {
            let members = members.iter();
            Value::Object(members.map(|(k, v)| (k.clone(), escaped(v))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => value.clone(),
    }
}

fn pebble(text: &str, variables: &Value, within: Within) -> Result<String, String> {
    let text = text.replace("{{{", "{{").replace("}}}", "}}");
    let mut context = Context::new();
    for (name, value) in variables.as_object().into_iter().flatten() {
        match within == Within::Url && name == AUDIENCE {
            true => context.set_json(name, &escaped(value)),
            false => context.set_json(name, value),
        }
    }
    let template = Template::parse(&text, &Options::adobe());
    let rendered = template.and_then(|template| template.render(&context));
    rendered.map_err(|error| error.to_string())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use serde_json::json;

    use super::*;

    fn variables() -> Value {
        json!({
            "segment": {"name": "A & \"b\" / é", "alias": "x/1"},
            "customerData": {"endpoint": "https://api.example.com"},
            "segmentEnrichmentAttributes": [],
        })
    }

    #[test]
    fn names_are_escaped_in_a_url_and_nowhere_else() {
        let url = text(
            "{{customerData.endpoint}}/a/{{segment.alias}}?n={{ segment.name }}",
            &variables(),
            Within::Url,
        );
        assert_eq!(
            url.unwrap(),
            "https://api.example.com/a/x%2F1?n=A%20%26%20%22b%22%20%2F%20%C3%A9"
        );
        let plain = text("{{{segment.name}}}", &variables(), Within::Text);
        assert_eq!(plain.unwrap(), "A & \"b\" / é");
    }

    #[test]
    fn a_body_stays_json_whatever_is_filled_in() {
        let body = json!({"n": "{{segment.name}}", "e": "{{{segmentEnrichmentAttributes}}}", "m": "{{segment.metadata.x}}", "k": 1});
        let filled = json(&body, &variables()).unwrap();
        assert_eq!(
            filled,
            json!({"n": "A & \"b\" / é", "e": [], "m": "", "k": 1})
        );
    }

    #[test]
    fn statements_are_pebble() {
        let filled = text(
            "{% if segment.alias %}{{{segment.alias}}}{% endif %}",
            &variables(),
            Within::Text,
        );
        assert_eq!(filled.unwrap(), "x/1");
        let url = text(
            "{% if segment.alias %}/a/{{segment.alias}}?n={{ segment.name }}{% endif %}",
            &variables(),
            Within::Url,
        );
        assert_eq!(url.unwrap(), "/a/x%2F1?n=A%20%26%20%22b%22%20%2F%20%C3%A9");
    }

    #[test]
    fn a_macro_that_names_nothing_is_an_error() {
        let unknown = text("{{segment.nmae}}", &variables(), Within::Text);
        assert!(unknown.unwrap_err().contains("segment.nmae"));
        assert!(text("{{segment.name", &variables(), Within::Text).is_err());
    }
}
