//! Judges what a destination says it stored against what was sent: the difference is the finding.

use assert_json_diff::{CompareMode, Config, assert_json_matches_no_panic};
use serde_json::{Map, Value};

use crate::judge::answer::{answered, status_line};
use crate::model::finding::Finding;
use crate::model::profile::Profile;
use crate::model::record::{Answer, Exchange};
use crate::model::submission::{Observation, Part};

/// Where an answer holds what is judged.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    /// JSON Pointer (RFC 6901) to the value.
    pointer: &'a str,
    /// JSON Pointer to the id within an element, where elements are objects.
    element: Option<&'a str>,
    /// JSON Pointer to the audiences that were left, where the destination keeps them.
    removed: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of(observation: &'a Observation) -> Self {
        Self {
            pointer: &observation.pointer,
            element: observation.element.as_deref(),
            removed: observation.removed.as_deref(),
        }
    }
}

/// A part of a profile is stored as it was sent, by the answer to a question.
///
/// `alias` gives the name by which the destination knows an audience.
///
/// # Errors
/// A finding with the difference and its JSON Pointer.
pub fn as_sent(
    exchange: &Exchange,
    (part, observation): (Part, &Observation),
    profile: &Profile,
    alias: impl Fn(&str, &str) -> String,
) -> Result<(), Finding> {
    let place = Place::of(observation);
    let answer = answered(exchange)?;
    match part {
        Part::Membership => membership(answer, place, profile, alias),
        Part::Identities => identities(answer, place, profile),
        Part::Attributes => attributes(answer, place, profile),
    }
}

/// Nothing is stored besides what was sent, and nothing twice.
///
/// # Errors
/// A finding that names what nobody sent.
pub fn nothing_else(
    exchange: &Exchange,
    (part, observation): (Part, &Observation),
    profile: &Profile,
    alias: impl Fn(&str, &str) -> String,
) -> Result<(), Finding> {
    let sent: Vec<String> = match part {
        Part::Membership => profile
            .memberships()
            .filter(|(_, _, membership)| membership.status.is_in())
            .map(|(namespace, id, _)| alias(namespace, id))
            .collect(),
        Part::Identities => profile.identities().map(|(_, id)| id.to_owned()).collect(),
        Part::Attributes => return Ok(()),
    };
    let place = Place::of(observation);
    let mut left = elements(answered(exchange)?, place)?;
    for name in &sent {
        if let Some(at) = left.iter().position(|stored| stored == name) {
            left.remove(at);
        }
    }
    let Some(surplus) = left.into_iter().next() else {
        return Ok(());
    };
    let received = if sent.contains(&surplus) {
        format!("`{surplus}` twice")
    } else {
        format!("`{surplus}`, which nobody sent")
    };
    let expected = format!("the {} that was sent and nothing else", part.word());
    Err(Finding::destination(expected, received)
        .at(place.pointer)
        .remedy("see whether messages share a default value, or whether a message that comes twice is added twice"))
}

/// Two answers tell the same, whatever else they hold: the same elements, each as often; for attributes the same value.
///
/// # Errors
/// A finding with the difference.
pub fn same_answer(
    (before, now): (&Exchange, &Exchange),
    (part, observation): (Part, &Observation),
) -> Result<(), Finding> {
    let place = Place::of(observation);
    let told = |exchange: &Exchange| -> Result<Value, Finding> {
        let answer = answered(exchange)?;
        match part {
            Part::Membership | Part::Identities => {
                let mut all = elements(answer, place)?;
                all.sort_unstable();
                Ok(all.into())
            }
            Part::Attributes => value(answer, place.pointer),
        }
    };
    differ(
        &told(now)?,
        &told(before)?,
        place.pointer,
        "what was stored before",
    )
}

/// What had to be stored and is named by no message: the template does not send it. Only names that no encoding changes
/// can be said to be missing.
pub fn unsent(
    part: Part,
    profile: &Profile,
    deliveries: &[&Exchange],
    alias: impl Fn(&str, &str) -> String,
) -> Option<String> {
    let bodies: Vec<&str> = deliveries
        .iter()
        .filter_map(|e| e.request()?.body.text())
        .collect();
    let names: Vec<String> = match part {
        Part::Membership => profile
            .memberships()
            .map(|(namespace, id, _)| alias(namespace, id))
            .collect(),
        Part::Identities => profile.identities().map(|(_, id)| id.to_owned()).collect(),
        Part::Attributes => profile.attributes.iter().map(|(n, _)| n.clone()).collect(),
    };
    let plain = |name: &String| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.@".contains(&b);
        name.bytes().all(fits)
    };
    let missing = |name: &String| !bodies.iter().any(|body| body.contains(name.as_str()));
    let mut names = names.into_iter();
    names.find(|name| plain(name) && !bodies.is_empty() && missing(name))
}

/// The audiences that the profile is in are stored, those that it left are not. Others that are stored besides do no harm.
fn membership(
    answer: &Answer,
    place: Place<'_>,
    profile: &Profile,
    alias: impl Fn(&str, &str) -> String,
) -> Result<(), Finding> {
    let stored = elements(answer, place)?;
    let left = place
        .removed
        .map(|pointer| elements(answer, Place { pointer, ..place }))
        .transpose()?;
    let word = |is_in: bool, has_left: bool| match (is_in, has_left && left.is_some()) {
        (true, _) => Value::from("member"),
        (false, true) => Value::from("has left"),
        (false, false) => Value::from("no member"),
    };
    let mut sent = Map::new();
    for (namespace, id, membership) in profile.memberships() {
        let is_in = membership.status.is_in();
        sent.insert(alias(namespace, id), word(is_in, !is_in));
    }
    let has_left = |id: &String| left.as_ref().is_some_and(|left| left.contains(id));
    let found = sent
        .keys()
        .map(|id| (id.clone(), word(stored.contains(id), has_left(id))))
        .collect();
    differ(
        &Value::Object(found),
        &Value::Object(sent),
        place.pointer,
        "the membership that was sent",
    )
}

/// Every identity that was sent is stored.
fn identities(answer: &Answer, place: Place<'_>, profile: &Profile) -> Result<(), Finding> {
    let stored = elements(answer, place)?;
    let mut sent: Vec<&str> = profile.identities().map(|(_, id)| id).collect();
    sent.sort_unstable();
    let found: Vec<&str> = sent
        .iter()
        .copied()
        .filter(|id| stored.iter().any(|s| s == id))
        .collect();
    if found == sent {
        return Ok(());
    }
    differ(
        &found.into(),
        &sent.into(),
        place.pointer,
        "every identity that was sent",
    )
}

/// Every attribute that was sent is stored unchanged; one that was missing is null or absent.
fn attributes(answer: &Answer, place: Place<'_>, profile: &Profile) -> Result<(), Finding> {
    let stored = value(answer, place.pointer)?;
    let mut sent = Map::new();
    let mut found = Map::new();
    for (name, attribute) in &profile.attributes {
        sent.insert(name.clone(), attribute.clone().unwrap_or(Value::Null));
        found.insert(
            name.clone(),
            stored.get(name).cloned().unwrap_or(Value::Null),
        );
    }
    differ(
        &Value::Object(found),
        &Value::Object(sent),
        place.pointer,
        "the attributes that were sent",
    )
}

fn differ(found: &Value, sent: &Value, pointer: &str, expected: &str) -> Result<(), Finding> {
    let Err(difference) =
        assert_json_matches_no_panic(found, sent, Config::new(CompareMode::Strict))
    else {
        return Ok(());
    };
    let first = first_difference(found, sent);
    Err(Finding::destination(
        format!("{expected} stored: {}", first.1),
        format!("stored: {}", first.2),
    )
    .at(format!("{pointer}{}", first.0))
    .detail(
        difference
            .replace("json atoms at path", "at")
            .replace("lhs", "stored")
            .replace("rhs", "sent"),
    )
    .remedy("compare the message that was sent with what the endpoint makes of it; where it is stored later, say how long that may take in `within_seconds` of [destination.observe]"))
}

fn first_difference(found: &Value, sent: &Value) -> (String, String, String) {
    match (found, sent) {
        (Value::Object(found), Value::Object(sent)) => sent
            .iter()
            .find(|(key, value)| found.get(*key) != Some(value))
            .map(|(key, value)| {
                let here = format!("/{}", key.replace('~', "~0").replace('/', "~1"));
                let stored = found
                    .get(key)
                    .map_or_else(|| String::from("nothing"), Value::to_string);
                (
                    here,
                    format!("`{key}` {value}"),
                    format!("`{key}` {stored}"),
                )
            })
            .unwrap_or_default(),
        (found, sent) => (String::new(), sent.to_string(), found.to_string()),
    }
}

fn elements(answer: &Answer, place: Place<'_>) -> Result<Vec<String>, Finding> {
    let list = match value(answer, place.pointer) {
        Ok(Value::Null) => Value::Array(Vec::new()),
        Err(_) if is_left_out(answer, place.pointer) => Value::Array(Vec::new()),
        other => other?,
    };
    let Value::Array(items) = &list else {
        return Err(unreadable(place.pointer, "a list", &list));
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
    Ok(items.iter().map(text).collect())
}

/// Whether the object that should hold a list of an entry is there and says something, but not the list: many servers
/// leave out what is empty (RFC 7643 section 2.5). A list at the top of the answer is never left out.
fn is_left_out(answer: &Answer, pointer: &str) -> bool {
    let Some((parent, name)) = pointer.rsplit_once('/').filter(|_| answer.is_success()) else {
        return false;
    };
    let Some(body) = answer.body.json().filter(|_| !parent.is_empty()) else {
        return false;
    };
    matches!(body.pointer(parent), Some(Value::Object(entry)) if !entry.is_empty() && !entry.contains_key(name))
}

fn value(answer: &Answer, pointer: &str) -> Result<Value, Finding> {
    if !answer.is_success() {
        return Err(Finding::destination(
            "2xx and what was stored of the profile",
            status_line(answer),
        )
        .remedy("see whether the profile was stored within `within_seconds`, and whether [destination.observe] asks for it as it should"));
    }
    if answer
        .body
        .text()
        .is_some_and(|text| text.contains("⟦withheld:"))
    {
        return Err(Finding::surroundings(
            "a readable observation",
            "an answer withheld because it holds a secret",
        ));
    }
    let body = answer
        .body
        .json()
        .ok_or_else(|| Finding::destination("an observation in JSON", status_line(answer)))?;
    let found = body
        .pointer(pointer)
        .cloned()
        .ok_or_else(|| unreadable(pointer, "a value", &body))?;
    if found.to_string().contains("⟦secret:") {
        return Err(Finding::surroundings(
            "a readable observation",
            "a value that redaction hides",
        )
        .at(pointer));
    }
    Ok(found)
}

fn unreadable(pointer: &str, expected: &str, body: &Value) -> Finding {
    let text: String = body.to_string().chars().take(160).collect();
    Finding::destination(
        format!("{expected} at `{pointer}` of the observation"),
        format!("`{text}`"),
    )
    .at(pointer)
    .remedy("correct the JSON Pointer in [destination.observe], or the answer")
}
