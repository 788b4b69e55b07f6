//! The one grammar of response paths: names joined by dots, indexes as `[0]` or `.0`, or a JSON Pointer (RFC 6901). A name
//! with dots or brackets in it wins over a path of that spelling.

use serde_json::Value;

/// The value at a path.
pub fn value_at<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    found(body, path).map(|(value, _)| value)
}

/// The JSON Pointer of a path: to the value where there is one, else as the path reads.
pub fn pointer(body: &Value, path: &str) -> String {
    let read = || {
        let dotted = path.replace('[', ".").replace(']', "");
        let parts = dotted.split('.').filter(|part| !part.is_empty());
        parts.map(token).collect()
    };
    match found(body, path) {
        Some((_, pointer)) => pointer,
        None if path.starts_with('/') => path.to_owned(),
        None => read(),
    }
}

fn token(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn found<'a>(body: &'a Value, path: &str) -> Option<(&'a Value, String)> {
    if path.starts_with('/') {
        return Some((body.pointer(path)?, path.to_owned()));
    }
    walk(body, path)
}

/// The value at the rest of a path, with its pointer; the longest name comes first.
fn walk<'a>(value: &'a Value, rest: &str) -> Option<(&'a Value, String)> {
    let ends = rest
        .char_indices()
        .filter(|(at, c)| *at > 0 && matches!(c, '.' | '['));
    let ends: Vec<usize> = ends.map(|(at, _)| at).collect();
    std::iter::once(rest.len())
        .chain(ends.into_iter().rev())
        .find_map(|end| {
            let (name, after) = rest.split_at_checked(end)?;
            let (inner, name) = member(value, name)?;
            if after.is_empty() {
                return Some((inner, token(name)));
            }
            let (value, pointer) = walk(inner, after.strip_prefix('.').unwrap_or(after))?;
            Some((value, format!("{}{pointer}", token(name))))
        })
}

/// A member by its name, or an element by its index, with the name that a pointer has for it.
fn member<'a, 'n>(value: &'a Value, name: &'n str) -> Option<(&'a Value, &'n str)> {
    match value {
        Value::Object(map) => Some((map.get(name)?, name)),
        Value::Array(items) => {
            let bracketed = name
                .strip_prefix('[')
                .and_then(|name| name.strip_suffix(']'));
            let index = bracketed.unwrap_or(name);
            let place: usize = index.parse().ok()?;
            Some((items.get(place)?, index))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_are_dotted_indexed_or_pointers() {
        let body = json!({"data": {"tokens": [{"value": "a"}, {"value": "b"}], "x/y": "c"}});
        for (path, value, at) in [
            ("data.tokens[1].value", "b", "/data/tokens/1/value"),
            ("data.tokens.0.value", "a", "/data/tokens/0/value"),
            ("/data/tokens/1/value", "b", "/data/tokens/1/value"),
            ("data.x/y", "c", "/data/x~1y"),
        ] {
            assert_eq!(value_at(&body, path), Some(&json!(value)), "{path}");
            assert_eq!(pointer(&body, path), at);
        }
        for path in [
            "data.tokens[2].value",
            "data.tokens[].value",
            "data..tokens",
            "",
            "/data/token",
            "data.tokens.value",
        ] {
            assert_eq!(value_at(&body, path), None, "{path}");
        }
        assert_eq!(pointer(&body, "data.token[3].v"), "/data/token/3/v");
    }

    #[test]
    fn a_name_with_dots_in_it_wins() {
        let body = json!({"a.b": "whole", "a": {"b": "nested", "c.d": ["deep"], "e[0]": "named"}});
        assert_eq!(value_at(&body, "a.b"), Some(&json!("whole")));
        assert_eq!(value_at(&body, "a.c.d[0]"), Some(&json!("deep")));
        assert_eq!(value_at(&body, "a.e[0]"), Some(&json!("named")));
    }

    #[test]
    fn a_list_may_come_first() {
        let body = json!([{"token": "a"}]);
        assert_eq!(value_at(&body, "[0].token"), Some(&json!("a")));
        assert_eq!(value_at(&body, "0.token"), Some(&json!("a")));
    }
}
