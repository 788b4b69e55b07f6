//! What a destination tells of what it stored: the elements and the value that its answers hold at the configured place.
//! Nothing here compares it with what was sent.

use serde_json::Value;

use crate::judge::answer::content::read_whole;
use crate::judge::answer::unread_line;
use crate::judge::held::{Held, held};
use crate::judge::observed::{asked, unanswered};
use crate::judge::stored::codes;
use crate::model::finding::Finding;
use crate::model::record::{Answer, Exchange};
use crate::model::redact::SIGNED;
use crate::model::submission::{Observation, Over};

/// Where an answer holds what is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// JSON Pointer (RFC 6901) to the value.
    pub(super) pointer: &'a str,
    /// JSON Pointer to the id within an element, where elements are objects.
    pub(super) element: Option<&'a str>,
    /// How an element that is over is told from others, where it is listed.
    pub(super) over: Option<&'a Over>,
    /// JSON Pointer to the audiences that were left, where the destination keeps them.
    pub(super) removed: Option<&'a str>,
    /// Whether an answer that knows nobody is an answer.
    pub(super) may_be_nobody: bool,
}

impl<'a> Place<'a> {
    pub(super) fn of(observation: &'a Observation) -> Self {
        Self {
            pointer: &observation.pointer,
            element: observation.element.as_deref(),
            over: observation.over.as_ref(),
            removed: observation.removed.as_deref(),
            may_be_nobody: observation.not_found_is_nobody,
        }
    }
}

pub(super) fn answers<'a>(pages: &[&'a Exchange]) -> Result<Vec<&'a Answer>, Finding> {
    pages.iter().map(|page| asked(page)).collect()
}

pub(super) fn first<'a>(pages: &[&'a Answer]) -> Result<&'a Answer, Finding> {
    let first = pages.first().copied();
    first.ok_or_else(|| codes::not_answered("nothing"))
}

/// Whether the answer is that nobody is known by that name, as of people who are in no audience.
pub(super) fn is_nobody(pages: &[&Answer], place: Place<'_>) -> bool {
    let first = pages.first().filter(|_| place.may_be_nobody);
    first.is_some_and(|answer| matches!(answer.status, 404 | 410))
}

/// The elements of all pages.
pub(super) fn elements(pages: &[&Answer], place: Place<'_>) -> Result<Vec<String>, Finding> {
    if is_nobody(pages, place) {
        return Ok(Vec::new());
    }
    let each: Result<Vec<_>, _> = pages.iter().map(|page| on_page(page, place)).collect();
    Ok(each?.concat())
}

fn on_page(answer: &Answer, place: Place<'_>) -> Result<Vec<String>, Finding> {
    let list = match value(answer, place.pointer) {
        Ok(Value::Null) => Value::Array(Vec::new()),
        Err(_) if held(answer, place.pointer) == Held::LeftOut => Value::Array(Vec::new()),
        other => other?,
    };
    let is_over = |item: &Value| place.over.is_some_and(|over| over.is_of(item));
    let items = match (&list, place.over) {
        (Value::Array(items), _) => items,
        // by their ids, each with its state
        (Value::Object(items), Some(_)) => {
            let items = items.iter().filter(|(_, item)| !is_over(item));
            return Ok(items.map(|(id, _)| id.clone()).collect());
        }
        _ => {
            return Err(codes::no_list_at_pointer(place.pointer, short(&list)).at(place.pointer));
        }
    };
    let text = |item: &Value| {
        let inner = match place.element {
            Some(element) => item.pointer(element).unwrap_or(&Value::Null),
            None => item.get("id").unwrap_or(item),
        };
        inner
            .as_str()
            .map_or_else(|| inner.to_string(), ToOwned::to_owned)
    };
    let items = items.iter().filter(|item| !is_over(item));
    let told: Vec<String> = items.map(text).collect();
    unsigned(&told.concat(), place.pointer)?;
    Ok(told)
}

pub(super) fn value(answer: &Answer, pointer: &str) -> Result<Value, Finding> {
    if !answer.is_success() {
        return Err(unanswered(answer));
    }
    read_whole(answer)?;
    let text = answer.body.text();
    if text.is_some_and(|text| text.contains("⟦withheld:")) {
        return Err(codes::withheld());
    }
    let body = answer.body.json();
    let body = body.ok_or_else(|| codes::not_json(unread_line(answer)))?;
    let found = body.pointer(pointer).cloned();
    let found =
        found.ok_or_else(|| codes::nothing_at_pointer(pointer, short(&body)).at(pointer))?;
    if found.to_string().contains("⟦secret:") {
        return Err(codes::redacted().at(pointer));
    }
    Ok(found)
}

/// What is judged of an answer holds no signature of a URL, which the record has not.
pub(super) fn unsigned(told: &str, pointer: &str) -> Result<(), Finding> {
    match told.contains(SIGNED) {
        true => Err(codes::redacted().at(pointer)),
        false => Ok(()),
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(160).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::record::Body;

    #[test]
    fn an_answer_that_knows_nobody_is_one_unless_the_submission_rules_it_out() {
        let mut unknown = Answer {
            status: 404,
            version: String::from("HTTP/1.1"),
            headers: Vec::new(),
            body: Body::Text(json!({}).to_string()),
            coded: None,
        };
        let of = |may_be_nobody| {
            let place = Place {
                pointer: "/a",
                over: None,
                element: None,
                removed: None,
                may_be_nobody,
            };
            elements(&[&unknown], place)
        };
        assert_eq!(of(true), Ok(Vec::new()));
        assert_eq!(of(false).unwrap_err().reason.code, "stored.not-answered");
        unknown.status = 302;
        unknown.headers.push(("location".into(), "/v2/1".into()));
        let away = value(&unknown, "/a").unwrap_err();
        assert_eq!(away.reason.code, "stored.elsewhere");
    }

    #[test]
    fn an_audience_that_is_listed_with_a_state_that_says_so_was_left() {
        let over = |status: &str| Over {
            status: status.to_owned(),
            words: vec!["exited".to_owned()],
        };
        let of = |audiences: Value, status: &str| {
            let answer = Answer {
                status: 200,
                version: String::from("HTTP/1.1"),
                headers: Vec::new(),
                body: Body::Text(json!({"a": audiences}).to_string()),
                coded: None,
            };
            let over = over(status);
            let place = Place {
                pointer: "/a",
                over: Some(&over),
                element: None,
                removed: None,
                may_be_nobody: true,
            };
            elements(&[&answer], place).unwrap()
        };
        let listed = json!([{"id": "in", "state": "active"}, {"id": "out", "state": "exited"}]);
        assert_eq!(of(listed, "/state"), ["in"]);
        assert_eq!(of(json!({"in": "active", "out": "exited"}), ""), ["in"]);
    }

    #[test]
    fn a_value_whose_signature_was_marked_is_not_judged() {
        let signed = "https://h/p?sig=⟦signed:0a1b2c3d⟧";
        let body = json!({"a": [{"id": "in", "logo": signed}], "b": [signed]});
        let answer = Answer {
            status: 200,
            version: String::from("HTTP/1.1"),
            headers: Vec::new(),
            body: Body::Text(body.to_string()),
            coded: None,
        };
        let of = |pointer| {
            let place = Place {
                pointer,
                over: None,
                element: None,
                removed: None,
                may_be_nobody: true,
            };
            elements(&[&answer], place)
        };
        assert_eq!(of("/b").unwrap_err().reason.code, "stored.redacted");
        assert_eq!(of("/a"), Ok(vec!["in".to_owned()]));
    }
}
