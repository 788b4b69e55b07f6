//! What the destination says that it stored.

use axum::http::StatusCode;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::emulator::rest::answer::Answer;
use crate::emulator::rest::state::Destination;
use crate::emulator::rest::store::{Audience, Stored};

/// Answers for the person whose identity is the percent-encoded last segment of the path.
pub(crate) fn profile(segment: &str, destination: &Destination) -> Answer {
    let Ok(value) = percent_decode_str(segment).decode_utf8() else {
        return Answer::error(
            StatusCode::BAD_REQUEST,
            "wrong_identity",
            "the identity is not UTF-8",
        );
    };
    let mut store = destination.store();
    let answer = match store.by_value(&value) {
        Some(stored) => Answer::json(StatusCode::OK, shown(stored)),
        None => Answer::error(
            StatusCode::NOT_FOUND,
            "unknown_profile",
            "no profile has this identity",
        ),
    };
    store.catch_up();
    answer
}

fn shown(stored: &Stored) -> Value {
    let ids = |audiences: &std::collections::BTreeSet<Audience>| -> Vec<String> {
        audiences.iter().map(|(_, id)| id.clone()).collect()
    };
    let identities: Vec<_> = stored
        .identities
        .iter()
        .map(|identity| json!({"type": identity.namespace, "id": identity.id}))
        .collect();
    json!({
        "audiences": ids(&stored.members),
        "removed": ids(&stored.removed),
        "identities": identities,
        "attributes": stored.attributes,
    })
}
