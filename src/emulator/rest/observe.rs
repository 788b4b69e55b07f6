//! What the destination says that it stored.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::http::header::LINK;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::emulator::rest::answer::Answer;
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::{Audience, Identity};
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::state::Destination;
use crate::emulator::rest::store::{Store, Stored, spelling};
use crate::emulator::rest::variation::Variation;

/// Audiences on one page, where there are pages.
const PAGE: usize = 100;

/// Who is asked about: the percent-encoded last segment of the path, the namespace where one is asked for, and the page,
/// counted from 0.
#[derive(Debug, Clone)]
pub(crate) struct Question<'a> {
    pub(crate) path: &'a str,
    pub(crate) segment: &'a str,
    pub(crate) namespace: Option<String>,
    pub(crate) page: usize,
}

/// Answers for the person who has that identity.
pub(crate) fn profile(question: Question<'_>, destination: &Destination, rules: &Rules) -> Answer {
    let Ok(value) = percent_decode_str(question.segment).decode_utf8() else {
        return Answer::error(
            StatusCode::BAD_REQUEST,
            "wrong_identity",
            "the identity is not UTF-8",
        );
    };
    let mut store = destination.store();
    if rules.has(Fault::MessagesOvertaken) {
        store.catch_up();
    }
    let found = match &question.namespace {
        Some(namespace) => in_namespace(&store, namespace, &value, rules),
        None => store
            .by_value(&value)
            .or_else(|| store.by_value(&spelling::sought(&value, rules))),
    };
    let stored = found
        .filter(|stored| !rules.varies(Variation::OutsidersUnknown) || !stored.members.is_empty());
    let answer = match stored {
        Some(stored) => shown(stored, &question, rules),
        None if rules.varies(Variation::NobodyEmpty) => shown(&Stored::default(), &question, rules),
        None => Answer::error(
            StatusCode::NOT_FOUND,
            "unknown_profile",
            "no profile has this identity",
        ),
    };
    store.catch_up();
    answer.compressible()
}

fn in_namespace<'a>(
    store: &'a Store,
    namespace: &str,
    value: &str,
    rules: &Rules,
) -> Option<&'a Stored> {
    let identity = |id: String| Identity {
        namespace: namespace.to_owned(),
        id,
    };
    let asked = identity(value.to_owned());
    let spelt = identity(spelling::stored(&asked, rules));
    store.known(&[asked, spelt])
}

fn shown(stored: &Stored, question: &Question<'_>, rules: &Rules) -> Answer {
    let mut members = audiences(&stored.members, &stored.duplicates.members);
    if is_left_behind(stored, question) {
        members.extend(audiences(&stored.removed, &[]));
    }
    let (members, more) = paged(listed(members, rules), question.page, rules);
    let identities = stored
        .identities
        .iter()
        .chain(&stored.duplicates.identities);
    let identities = listed(identities.map(identity).collect(), rules);
    let mut attributes = stored.attributes.clone();
    if rules.varies(Variation::NullsUnlisted) {
        attributes.retain(|_, value| !value.is_null());
    }
    let is_nobody = stored.identities.is_empty() && rules.varies(Variation::NobodyEmpty);
    let removed = (!is_nobody && !rules.varies(Variation::RemovedUnlisted)).then(|| {
        listed(
            audiences(&stored.removed, &stored.duplicates.removed),
            rules,
        )
    });
    let asked = question.namespace.as_deref().map(|namespace| {
        let namespace = utf8_percent_encode(namespace, NON_ALPHANUMERIC);
        format!("namespace={namespace}&")
    });
    let (asked, page) = (asked.unwrap_or_default(), question.page.saturating_add(1));
    let next = format!("{}?{asked}page={page}", question.path);
    let members = [
        ("audiences", Some(json!(members))),
        ("removed", removed.map(Value::Array)),
        ("identities", Some(json!(identities))),
        ("attributes", Some(Value::Object(attributes))),
        ("next", more.then(|| json!(next))),
    ];
    let is_empty = |value: &Value| {
        let list = value.as_array().is_some_and(Vec::is_empty);
        list || value.as_object().is_some_and(Map::is_empty)
    };
    let unlisted = rules.varies(Variation::EmptiesUnlisted);
    let members = members.map(|(name, value)| (name, value.filter(|v| !(unlisted && is_empty(v)))));
    let named = members.map(|(name, value)| Some((name.to_owned(), value?)));
    let answer = Answer::json(StatusCode::OK, named.into_iter().flatten().collect());
    match more {
        true => answer.with(LINK, &format!("<{next}>; rel=\"next\"")),
        false => answer,
    }
}

/// Whether the exits of a person were stored, and not for the identity that is asked by.
fn is_left_behind(stored: &Stored, question: &Question<'_>) -> bool {
    let asked = percent_decode_str(question.segment).decode_utf8_lossy();
    let left = stored.left_by.as_ref();
    left.is_some_and(|identity| identity.id != asked)
}

fn audiences(of_a_set: &BTreeSet<Audience>, again: &[Audience]) -> Vec<Value> {
    of_a_set
        .iter()
        .chain(again)
        .map(|(_, id)| json!(id))
        .collect()
}

fn identity(identity: &Identity) -> Value {
    json!({"type": identity.namespace, "id": identity.id})
}

fn listed(mut entries: Vec<Value>, rules: &Rules) -> Vec<Value> {
    if rules.varies(Variation::ReversedLists) {
        entries.reverse();
    }
    entries
}

/// The entries of a page, and whether there are more.
fn paged(entries: Vec<Value>, page: usize, rules: &Rules) -> (Vec<Value>, bool) {
    if !rules.varies(Variation::PagedObservation) {
        return (entries, false);
    }
    let begin = page.saturating_mul(PAGE);
    let more = entries.len() > begin.saturating_add(PAGE);
    let entries = entries.into_iter().skip(begin).take(PAGE).collect();
    (entries, more)
}
