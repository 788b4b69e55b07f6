//! The grammar of paths into an answer (reference 8.4): `root` is the whole body, `headers.…` a header by its name, hyphens
//! included and in any case; what begins with `body.` or `response.`, or with neither, is in the body.

use serde_json::Value;

use crate::encode::oauth2::value_at;

/// The text that a path leads to: never an empty one.
pub fn found(path: &str, body: Option<&Value>, headers: &[(String, String)]) -> Option<String> {
    let path = path.trim().trim_start_matches('{').trim_end_matches('}');
    let path = path.trim();
    if let Some(name) = path.strip_prefix("headers.") {
        let mut all = headers.iter();
        let found = all.find(|(known, _)| known.eq_ignore_ascii_case(name));
        return found.and_then(|(_, value)| some(value));
    }
    let body = body?;
    if path == "root" {
        return text(body);
    }
    let rooted = ["body.", "response."]
        .into_iter()
        .find_map(|root| value_at(body, path.strip_prefix(root)?));
    text(rooted.or_else(|| value_at(body, path))?)
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => some(text),
        Value::Array(items) if items.is_empty() => None,
        Value::Object(members) if members.is_empty() => None,
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Some(value.to_string())
        }
    }
}

fn some(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_documented_path_is_read() {
        let body = json!({
            "id": 7, "message": "no", "error": {"message": "bad"}, "data": [{"permission": "rw"}],
            "segments": [{"segment": {"id": "s-1"}}], "response": {"id": "inner"}, "empty": " ",
        });
        let headers = [(String::from("x-moviestar-id"), String::from("h-1"))];
        for (path, value) in [
            ("{{response.id}}", Some("7")),
            ("{{body.segments[0].segment.id}}", Some("s-1")),
            ("{{response.data[0].permission}}", Some("rw")),
            ("{{headers.X-Moviestar-Id}}", Some("h-1")),
            ("{{error.message}}", Some("bad")),
            ("{{{message}}}", Some("no")),
            ("{{ body.response.id }}", Some("inner")),
            ("{{empty}}", None),
            ("{{headers.x-other}}", None),
            ("{{response.nothing}}", None),
        ] {
            assert_eq!(
                found(path, Some(&body), &headers).as_deref(),
                value,
                "{path}"
            );
        }
        assert_eq!(
            found("{{root}}", Some(&json!("no")), &[]).as_deref(),
            Some("no")
        );
        assert_eq!(found("{{root}}", None, &[]), None);
    }
}
