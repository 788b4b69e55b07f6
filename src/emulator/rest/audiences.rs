//! The audience metadata API: creates, tells, renames and deletes audiences, as faults want it.

use std::time::Instant;

use axum::body::Bytes;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::emulator::rest::answer::{Answer, Content};
use crate::emulator::rest::auth::{self, Why};
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::setup::Auth;
use crate::emulator::rest::state::Destination;
use crate::emulator::rest::store::audiences::Audience;
use crate::emulator::rest::variation::Variation;

/// Answers a request under `/audiences`.
pub(crate) fn answer(
    parts: &Parts,
    segment: Option<&str>,
    body: &Bytes,
    destination: &Destination,
    rules: &Rules,
) -> Answer {
    let denied = auth::admit(&parts.headers, destination, rules).err();
    let is_nearly_right = is_nearly_right(parts, destination, rules);
    let denied = denied.filter(|denied| !is_nearly_right && !is_let_in(denied.why, rules));
    let denied = match denied {
        Some(denied) if !rules.has(Fault::AudienceStrangersServed) => return denied.answer,
        denied => denied.map(|denied| denied.answer),
    };
    let id = segment.map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned());
    let done = match (&parts.method, id) {
        (&Method::POST, None) => create(body, destination, rules),
        (&Method::GET, Some(id)) => return denied.unwrap_or_else(|| tell(&id, destination)),
        (&Method::PUT, Some(id)) => rename(&id, body, destination, rules),
        (&Method::DELETE, Some(id)) => delete(&id, destination, rules),
        _ => Answer::error(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "expected another method",
        ),
    };
    match rules.has(Fault::AudienceErrorBehind200) && done.status.is_success() {
        true => denied.unwrap_or_else(|| erring(done)),
        false => denied.unwrap_or(done),
    }
}

/// The same answer with an error in its body.
pub(super) fn erring(done: Answer) -> Answer {
    let mut body = match done.body {
        Content::Json(Value::Object(body)) => body,
        Content::Json(_) | Content::Empty | Content::Text(..) => serde_json::Map::new(),
    };
    body.insert(
        "errors".to_owned(),
        json!([{"message": "the index is locked"}]),
    );
    let mut answer = Answer::json(StatusCode::OK, Value::Object(body));
    answer.headers = done.headers;
    answer
}

/// Whether a fault takes for the token what is only like it.
fn is_nearly_right(parts: &Parts, destination: &Destination, rules: &Rules) -> bool {
    let Auth::Bearer { token } = &destination.setup.auth else {
        return false;
    };
    let header = parts.headers.get(AUTHORIZATION);
    let presented = header.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    presented.is_some_and(|presented| {
        let begins = !presented.is_empty() && token.starts_with(presented);
        rules.has(Fault::AudienceTokenPrefixAccepted) && begins
            || rules.has(Fault::AudienceTokenCaseIgnored) && presented.eq_ignore_ascii_case(token)
    })
}

/// Whether somebody is served whose credentials are wrong or missing.
fn is_let_in(why: Why, rules: &Rules) -> bool {
    match why {
        Why::Missing => rules.has(Fault::AudienceStrangersLetIn),
        Why::Wrong => rules.has(Fault::AudienceImpostorsLetIn),
        Why::Expired => false,
    }
}

/// Answers a request under `/dataflows`: what the audience template says of the destination itself.
pub(crate) fn dataflow(
    parts: &Parts,
    segment: Option<&str>,
    body: &Bytes,
    destination: &Destination,
    rules: &Rules,
) -> Answer {
    if let Err(denied) = auth::admit(&parts.headers, destination, rules) {
        return denied.answer;
    }
    if rules.varies(Variation::DataflowsForgotten) {
        return Answer::json(StatusCode::ACCEPTED, json!({}));
    }
    let mut audiences = destination.audiences();
    let known = &mut audiences.dataflows;
    let taken = match (&parts.method, segment) {
        (&Method::POST, None) => {
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            let id = body.get("id").and_then(Value::as_str).map(str::to_owned);
            id.is_some_and(|id| {
                known.insert(id);
                true
            })
        }
        (&Method::PUT, Some(_)) if rules.has(Fault::DataflowRefused) => {
            return Answer::error(StatusCode::CONFLICT, "kept", "dataflows stay as they are");
        }
        (&Method::PUT, Some(id)) => known.contains(id),
        (&Method::DELETE, Some(id)) => known.remove(id),
        _ => false,
    };
    if let (&Method::DELETE, Some(id), true) = (&parts.method, segment, is_below(rules)) {
        let all = &mut audiences.known;
        all.retain(|_, audience| audience.dataflow != id);
    }
    match taken {
        true => Answer::json(StatusCode::OK, json!({"status": "noted"})),
        false => Answer::error(
            StatusCode::NOT_FOUND,
            "unknown_dataflow",
            "no such dataflow",
        ),
    }
}

/// Whether an audience is one of a dataflow, without which there is none.
fn is_below(rules: &Rules) -> bool {
    rules.varies(Variation::AudiencesBelowDataflows)
}

/// What callers may do.
pub(crate) fn permissions(parts: &Parts, destination: &Destination, rules: &Rules) -> Answer {
    let denied = auth::admit(&parts.headers, destination, rules).err();
    if let Some(denied) = denied.filter(|_| !rules.has(Fault::AudienceValidationOpen)) {
        return denied.answer;
    }
    let data = match rules.has(Fault::AudienceValidationEmpty) {
        true => json!([]),
        false => json!([{"permission": "audiences.write"}]),
    };
    Answer::json(StatusCode::OK, json!({"data": data}))
}

fn create(body: &Bytes, destination: &Destination, rules: &Rules) -> Answer {
    if rules.has(Fault::AudienceCreateFails) {
        return failed();
    }
    let read = match read(body) {
        Ok(read) => read,
        Err(answer) => return answer,
    };
    let name = read.name.clone();
    if name.trim().is_empty() && !rules.has(Fault::AudienceNamelessCreated) {
        return refused(rules);
    }
    let unusual = name.contains('/') && rules.has(Fault::AudienceSlashRefused)
        || name.chars().count() > 128 && rules.has(Fault::AudienceLongNameRefused)
        || read.description.is_empty() && rules.has(Fault::AudienceDescriptionNeeded);
    if unusual {
        return Answer::error(
            StatusCode::BAD_REQUEST,
            "wrong_audience",
            "it cannot be stored",
        );
    }
    let mut audiences = destination.audiences();
    if is_below(rules) && !audiences.dataflows.contains(&read.dataflow) {
        return Answer::error(
            StatusCode::NOT_FOUND,
            "unknown_dataflow",
            "no such dataflow",
        );
    }
    let same = audiences.known.iter().find(|(_, known)| known.name == name);
    let same = same.map(|(id, _)| id.clone());
    let before = audiences.deleted_as(&name);
    if before.is_some() && rules.has(Fault::AudienceNameNeverFree) {
        return Answer::error(StatusCode::CONFLICT, "known", "there was such an audience");
    }
    let revived = before.filter(|_| rules.has(Fault::AudienceRevived));
    let id = match (same, revived) {
        (Some(first), _) if rules.has(Fault::AudiencesMerged) => first,
        (Some(_), _) if rules.varies(Variation::AudienceNamesUnique) => {
            return Answer::error(StatusCode::CONFLICT, "known", "there is such an audience");
        }
        (_, Some(id)) if audiences.revive(&id) => id,
        _ => audiences.create(Audience {
            name: stored(name, rules),
            ..read
        }),
    };
    let told = match rules.has(Fault::AudienceIdTruncated) {
        true => id.split('-').next().unwrap_or_default().to_owned(),
        false => id,
    };
    drop(audiences);
    let status = match rules.varies(Variation::AudienceCreated201) {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    shown(status, &told, rules.has(Fault::AudienceIdMissing))
}

fn stored(name: String, rules: &Rules) -> String {
    if rules.has(Fault::AudienceNameAsciiOnly) {
        let sign = |c: char| if c.is_ascii() { c } else { '?' };
        return name.chars().map(sign).collect();
    }
    if rules.has(Fault::AudienceNameEscaped) {
        return name.replace('&', "&amp;").replace('"', "&quot;");
    }
    if rules.has(Fault::AudienceNameBlanksJoined) {
        return name.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    if rules.has(Fault::AudienceMarkupStripped) {
        return without_tags(&name);
    }
    if rules.has(Fault::AudienceNameCutToBytes) {
        return name
            .chars()
            .scan(0_usize, |bytes, sign| {
                *bytes = bytes.saturating_add(sign.len_utf8());
                (*bytes <= 255).then_some(sign)
            })
            .collect();
    }
    match rules.varies(Variation::AudienceNamesTrimmed) {
        true => name.trim().to_owned(),
        false => name,
    }
}

fn without_tags(name: &str) -> String {
    let mut kept = String::new();
    for piece in name.split_inclusive('>') {
        kept.push_str(match (piece.split_once('<'), piece.ends_with('>')) {
            (Some((before, _)), true) => before,
            (_, _) => piece,
        });
    }
    kept
}

/// A name as it is stored when an audience is renamed.
fn restored(name: String, rules: &Rules) -> String {
    let name = stored(name, rules);
    if rules.has(Fault::AudienceRenameEscaped) {
        return name.replace('&', "&amp;").replace('<', "&lt;");
    }
    match rules.has(Fault::AudienceRenameTrimmed) {
        true => name.trim_end().to_owned(),
        false => name,
    }
}

fn shown(status: StatusCode, id: &str, without: bool) -> Answer {
    let body = match without {
        true => json!({"audience": {"status": "created"}}),
        false => json!({"audience": {"id": id, "status": "created"}}),
    };
    let mut answer = Answer::json(status, body);
    // any byte beyond ASCII may stand in a header (RFC 9110 section 5.5)
    if let Ok(value) = HeaderValue::from_bytes(id.as_bytes()) {
        let name = HeaderName::from_static("x-audience-id");
        answer.headers.push((name, value));
    }
    answer
}

fn tell(id: &str, destination: &Destination) -> Answer {
    match destination.audiences().known.get(id) {
        Some(found) => Answer::json(
            StatusCode::OK,
            json!({"audience": {"id": id, "name": found.name, "description": found.description}}),
        ),
        None => unknown(),
    }
}

fn rename(id: &str, body: &Bytes, destination: &Destination, rules: &Rules) -> Answer {
    let Audience {
        name, description, ..
    } = match read(body) {
        Ok(read) => read,
        Err(answer) => return answer,
    };
    let mut audiences = destination.audiences();
    let meant = match rules.has(Fault::AudienceRenamedByOrigin) {
        true => audiences.first_of_origin(id),
        false => Some(id.to_owned()),
    };
    let Some(found) = meant.and_then(|meant| audiences.known.get_mut(&meant)) else {
        return unknown();
    };
    if name.trim().is_empty() && rules.varies(Variation::AudienceEmptyRenameIgnored) {
        return shown(StatusCode::OK, id, false);
    }
    if name.trim().is_empty() && !rules.has(Fault::AudienceNamelessRenamed) {
        return refused(rules);
    }
    if rules.has(Fault::AudienceRenameRefused) {
        return Answer::error(StatusCode::BAD_REQUEST, "fixed", "names are fixed");
    }
    let second = found.is_renamed() && rules.has(Fault::AudienceRenamedOnce);
    let before = found.name.clone();
    if !rules.has(Fault::AudienceRenameIgnored) {
        (found.name, found.description) = (restored(name.clone(), rules), description);
    }
    if rules.has(Fault::AudienceRenamedByName) {
        let namesakes = audiences.known.values_mut();
        for namesake in namesakes.filter(|other| other.name == before) {
            namesake.name = name.clone();
        }
    }
    if second {
        return unknown();
    }
    let id = match rules.has(Fault::AudienceIdChangesOnRename) {
        true => {
            let moved = audiences.known.remove(id);
            let id = format!("{id}-2");
            audiences
                .known
                .extend(moved.map(|moved| (id.clone(), moved)));
            id
        }
        false => id.to_owned(),
    };
    drop(audiences);
    if rules.has(Fault::AudienceMembersLostOnRename) {
        for member in destination.store().members_of(&id) {
            member.members.retain(|(_, of)| *of != id);
        }
    }
    shown(StatusCode::OK, &id, false)
}

fn delete(id: &str, destination: &Destination, rules: &Rules) -> Answer {
    let has_members = || destination.store().members_of(id).next().is_some();
    if rules.has(Fault::AudienceDeleteRefused)
        || rules.has(Fault::AudienceWithMembersKept) && has_members()
    {
        return Answer::error(StatusCode::CONFLICT, "kept", "audiences are kept");
    }
    let mut audiences = destination.audiences();
    let Some(audience) = audiences.known.get(id).cloned() else {
        let revived = rules.has(Fault::AudienceSecondDeleteRevives) && audiences.revive(id);
        return match revived {
            true => nothing(),
            false => gone_before(rules),
        };
    };
    if !rules.has(Fault::AudienceDeleteForgotten) {
        audiences.known.remove(id);
    }
    audiences.known.retain(|_, other| {
        !(rules.has(Fault::AudienceDeletedByName) && other.name == audience.name
            || rules.has(Fault::AudienceDeletedByOrigin) && other.origin == audience.origin)
    });
    audiences.deleted.insert(id.to_owned(), audience);
    drop(audiences);
    leave(id, destination, rules);
    nothing()
}

/// What becomes of the members of an audience that is deleted: nothing, unless a fault or a variation wants it.
fn leave(id: &str, destination: &Destination, rules: &Rules) {
    let mut store = destination.store();
    for member in store.members_of(id) {
        if rules.has(Fault::AudienceMembersLostOnDelete) {
            member.members.clear();
        }
        if rules.has(Fault::AudienceMembersErasedOnDelete) {
            member.attributes.clear();
        }
        if rules.varies(Variation::AudienceMembersLeave) {
            let (left, stay) = std::mem::take(&mut member.members)
                .into_iter()
                .partition(|(_, of)| of == id);
            member.members = stay;
            member.removed.extend::<std::collections::BTreeSet<_>>(left);
        }
    }
}

pub(super) fn nothing() -> Answer {
    let mut answer = Answer::json(StatusCode::NO_CONTENT, json!({}));
    answer.body = Content::Empty;
    answer
}

/// The answer to the deletion of an audience that is not there.
fn gone_before(rules: &Rules) -> Answer {
    if rules.has(Fault::AudienceSecondDeleteFails) {
        return failed();
    }
    if rules.varies(Variation::AudienceSecondDeleteConflict) {
        return Answer::error(StatusCode::CONFLICT, "deleted", "it was deleted before");
    }
    match rules.varies(Variation::AudienceDeletedQuietly) {
        true => Answer::json(StatusCode::OK, json!({"deleted": 0})),
        false => unknown(),
    }
}

/// Whether a message may not name an audience, which may be because it is too new, or not what it was.
pub(crate) fn is_unknown(id: &str, destination: &Destination, rules: &Rules) -> bool {
    let audiences = destination.audiences();
    let Some(audience) = audiences.known.get(id) else {
        return false;
    };
    let is_new = audience.made.elapsed().as_secs() < 60;
    rules.has(Fault::AudienceUsableLater) && is_new
        || rules.has(Fault::AudienceRenamedUnusable) && audience.is_renamed()
}

/// Brings back an audience that was deleted and a message names, where a fault wants it.
pub(crate) fn revive(id: &str, destination: &Destination, rules: &Rules) {
    if rules.has(Fault::DeletedAudienceRevived) {
        destination.audiences().revive(id);
    }
}

/// Whether an audience was created and deleted.
pub(crate) fn is_deleted(id: &str, destination: &Destination) -> bool {
    let audiences = destination.audiences();
    audiences.deleted.contains_key(id)
}

pub(super) fn read(body: &Bytes) -> Result<Audience, Answer> {
    let wrong = || Answer::error(StatusCode::BAD_REQUEST, "malformed", "the body is not JSON");
    let body: Value = serde_json::from_slice(body).map_err(|_| wrong())?;
    let text = |name: &str| {
        let found = body.get(name).and_then(Value::as_str);
        found.unwrap_or_default().to_owned()
    };
    Ok(Audience {
        name: text("name"),
        description: text("description"),
        origin: text("external_id"),
        dataflow: text("dataflow"),
        made: Instant::now(),
        exports: 0,
    })
}

fn refused(rules: &Rules) -> Answer {
    let status = match rules.has(Fault::AudienceRefusalFails) {
        true => StatusCode::INTERNAL_SERVER_ERROR,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    match rules.has(Fault::AudienceRefusalWordless) {
        true => Answer::json(status, json!({"error": "wrong_audience", "message": ""})),
        false => Answer::error(status, "wrong_audience", "an audience needs a name"),
    }
}

pub(super) fn unknown() -> Answer {
    Answer::error(
        StatusCode::NOT_FOUND,
        "unknown_audience",
        "no such audience",
    )
}

pub(super) fn failed() -> Answer {
    Answer::error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "something went wrong",
    )
}
