//! Announcements that an audience was exported as files, taken as faults want it.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::emulator::rest::answer::Answer;
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::state::Destination;
use crate::emulator::rest::variation::Variation;
use crate::emulator::rest::{audiences, auth};

/// Takes note of an export.
pub(crate) fn taken(
    parts: &Parts,
    segment: &str,
    body: &Bytes,
    destination: &Destination,
    rules: &Rules,
) -> Answer {
    let denied = auth::admit(&parts.headers, destination, rules).err();
    if let Some(denied) = denied.filter(|_| !rules.has(Fault::AudienceNoticesOpen)) {
        return denied.answer;
    }
    if rules.has(Fault::AudienceNoticeFails) {
        return audiences::failed();
    }
    let read = match audiences::read(body) {
        Ok(read) => read,
        Err(answer) => return answer,
    };
    let id = percent_decode_str(segment).decode_utf8_lossy();
    let mut stored = destination.audiences();
    let Some(known) = stored.known.get_mut(&*id) else {
        return audiences::unknown();
    };
    let stale = known.is_renamed() && rules.has(Fault::AudienceNoticeOfRenamedLost);
    if stale || known.exports > 0 && rules.has(Fault::AudienceNoticedOnce) {
        return audiences::unknown();
    }
    known.exports = known.exports.saturating_add(1);
    if rules.has(Fault::AudienceNoticeRenames) {
        known.name = format!("{} (export {})", read.name, known.exports);
    }
    drop(stored);
    match (
        rules.has(Fault::AudienceNoticeErrorBehind200),
        rules.varies(Variation::AudienceNoticeAccepted),
        rules.varies(Variation::AudienceNoticeNoContent),
    ) {
        (true, _, _) => audiences::erring(Answer::json(StatusCode::OK, json!({}))),
        (false, true, _) => Answer::json(StatusCode::ACCEPTED, json!({"status": "queued"})),
        (false, false, true) => audiences::nothing(),
        (false, false, false) => Answer::json(StatusCode::OK, json!({"status": "noted"})),
    }
}
