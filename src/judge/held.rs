//! Absence, told in one place: what an answer has where a JSON Pointer leads, and in which way it has nothing.

use serde_json::Value;

use crate::model::record::Answer;

/// What an answer has at a pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// A value, null included.
    Value,
    /// The entry that should hold it is there and says something, but not this: many servers leave out what is empty
    /// (RFC 7643 section 2.5).
    LeftOut,
    /// The answer says something, but not this, nor what should hold it.
    Missing,
    /// No answer that could have it.
    Nothing,
}

pub(super) fn held(answer: &Answer, pointer: &str) -> Held {
    let Some(body) = answer.body.json().filter(|_| answer.is_success()) else {
        return Held::Nothing;
    };
    let says = |entry: Option<&Value>| matches!(entry, Some(Value::Object(e)) if !e.is_empty());
    let parent = pointer.rsplit_once('/').map(|(parent, _)| parent);
    // what lacks at the top may as well be elsewhere
    let parent = parent.filter(|parent| !parent.is_empty());
    match body.pointer(pointer) {
        Some(_) => Held::Value,
        None if parent.is_some_and(|parent| says(body.pointer(parent))) => Held::LeftOut,
        None if says(Some(&body)) => Held::Missing,
        None => Held::Nothing,
    }
}

/// Whether a page has something there: a list that no page has is no list of nobody.
pub(super) fn is_on_a_page(pages: &[&Answer], pointer: &str) -> bool {
    pages.iter().any(|page| held(page, pointer) == Held::Value)
}

/// Whether the whole answer says something else.
pub(super) fn is_without(pages: &[&Answer], pointer: &str) -> bool {
    match pages {
        [page] => matches!(held(page, pointer), Held::LeftOut | Held::Missing),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::record::Body;

    fn answer(body: &Value) -> Answer {
        Answer {
            status: 200,
            version: String::from("HTTP/1.1"),
            headers: Vec::new(),
            body: Body::Text(body.to_string()),
            coded: None,
        }
    }

    #[test]
    fn what_an_answer_has_at_a_pointer_is_told_apart() {
        for (body, pointer, has) in [
            (json!({"a": {"b": null}}), "/a/b", Held::Value),
            (json!({"a": {"c": 1}}), "/a/b", Held::LeftOut),
            (json!({"a": {}}), "/a/b", Held::Missing),
            (json!({"c": 1}), "/a", Held::Missing),
            (json!({}), "/a", Held::Nothing),
            (json!([1]), "/a", Held::Nothing),
        ] {
            assert_eq!(held(&answer(&body), pointer), has, "{body} {pointer}");
        }
        let mut refused = answer(&json!({"error": "no"}));
        refused.status = 500;
        assert_eq!(held(&refused, "/a"), Held::Nothing);
    }
}
