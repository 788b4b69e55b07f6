//! Writing a file piece by piece: pieces are appended, invisible, and flushed into the file.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};

use crate::emulator::storage::Object;
use crate::emulator::storage::azure::auth::Need;
use crate::emulator::storage::azure::call::Feed;
use crate::emulator::storage::azure::content;
use crate::emulator::storage::azure::failure::{self, Dialect, Failure};
use crate::emulator::storage::azure::headers::{self, say};
use crate::emulator::storage::azure::names::{self, Kind};
use crate::emulator::storage::azure::room::{Draft, Fresh, Room, Shelf, Stored, whole};
use crate::emulator::storage::azure::visit::Visit;

/// Takes a piece.
pub(super) async fn append(
    visit: &Visit<'_>,
    name: &str,
    feed: &mut Feed,
) -> Result<Response<Body>, Failure> {
    let call = visit.call;
    let room = visit.permitted(Need::Write)?;
    let position = call.number("position")?.ok_or(failure::MISSING_PARAMETER)?;
    if call.header("content-length") == "0" {
        return Err(failure::BAD_HEADER);
    }
    let target = names::stored(name, Kind::File, room, Dialect::Dfs, visit.rules())?;
    let waiting = room.waiting()?;
    let received = feed.received(call, &waiting).await?;
    {
        let current = current(room, &target);
        let mut shelf = room.shelf();
        let draft = continued(&mut shelf, name, current)?;
        // the name is free again at once: the piece lives as long as it is held
        let piece = waiting.commit(name, received.upload)?;
        waiting.remove(name);
        draft.pieces.insert(position, piece);
    }
    if call.asks("flush", "true") {
        return flushed(visit, name, position + received.bytes, StatusCode::ACCEPTED);
    }
    let mut answer = headers::empty(StatusCode::ACCEPTED);
    if !call.header("content-md5").is_empty() {
        say(answer.headers_mut(), "content-md5", &received.md5);
    }
    Ok(answer)
}

/// Makes what was appended part of the file.
pub(super) fn flush(visit: &Visit<'_>, name: &str) -> Result<Response<Body>, Failure> {
    let position = visit.call.number("position")?;
    let position = position.ok_or(failure::MISSING_PARAMETER)?;
    flushed(visit, name, position, StatusCode::OK)
}

/// The file of a name as it is: its number, and how long its writers think that it is.
fn current(room: &Room, name: &str) -> Option<(Arc<Object>, u64)> {
    let object = room.store.get(name)?;
    let written = room.properties(&object).written;
    Some((object, written))
}

/// The draft of a file; what a draft was made for may have been replaced since.
fn continued<'a>(
    shelf: &'a mut Shelf,
    name: &str,
    current: Option<(Arc<Object>, u64)>,
) -> Result<&'a mut Draft, Failure> {
    let number = current.as_ref().map(|(object, _)| object.number);
    let valid = shelf
        .drafts
        .get(name)
        .is_some_and(|draft| draft.on == number);
    if !valid {
        shelf.drafts.remove(name);
        let (object, written) = current.ok_or(failure::PATH_NOT_FOUND)?;
        let draft = Draft {
            on: Some(object.number),
            base: written,
            ..Draft::default()
        };
        shelf.drafts.insert(name.to_owned(), draft);
    }
    shelf.drafts.get_mut(name).ok_or(failure::PATH_NOT_FOUND)
}

fn flushed(
    visit: &Visit<'_>,
    name: &str,
    position: u64,
    status: StatusCode,
) -> Result<Response<Body>, Failure> {
    let rules = visit.rules();
    let room = visit.permitted(Need::Write)?;
    let target = names::stored(name, Kind::File, room, Dialect::Dfs, rules)?;
    content::fits(position, rules)?;
    let current = current(room, &target);
    let (pieces, created, base, kept) = {
        let mut shelf = room.shelf();
        let draft = continued(&mut shelf, name, current.clone())?;
        conditions(visit, draft, current.as_ref().map(|(object, _)| object))?;
        contiguous(draft, position)?;
        let pieces: Vec<Arc<Object>> = draft.pieces.values().cloned().collect();
        (
            pieces,
            draft.created.clone(),
            draft.base,
            draft.headers.clone(),
        )
    };
    let before = created.as_ref().and_then(|created| created.before.clone());
    let old = current.filter(|_| created.is_none() && base > 0);
    let mut kept = match &old {
        Some((object, _)) => room.properties(object).headers.clone(),
        None => kept,
    };
    kept.extend(headers::named(visit.call, "x-ms-"));
    let old = old.map(|(object, _)| whole(&object));
    let fresh_slices = content::arranged(pieces.iter().map(whole).collect(), rules);
    let old_bytes = old.as_ref().map_or(0, |slice| slice.bytes);
    let slices: Vec<_> = old.into_iter().chain(fresh_slices).collect();
    let fresh = Fresh {
        upload: content::assembled(&room.store, &slices)?,
        kept: old_bytes,
        before,
        headers: kept,
        blocks: Vec::new(),
    };
    let stored = room.place(&target, fresh, rules)?;
    let draft = Draft {
        on: stored.number,
        base: position,
        ..Draft::default()
    };
    room.shelf().drafts.insert(name.to_owned(), draft);
    Ok(headers::written(status, &stored))
}

fn conditions(
    visit: &Visit<'_>,
    draft: &Draft,
    current: Option<&Arc<Object>>,
) -> Result<(), Failure> {
    let created = draft.created.as_ref().map(|created| created.etag.clone());
    let etag = created.or_else(|| Some(Stored::of(current?).etag));
    headers::write_conditions(visit.call, etag.as_deref(), failure::PATH_EXISTS)
}

/// Refuses a flush of what has gaps, or of another length.
fn contiguous(draft: &Draft, position: u64) -> Result<(), Failure> {
    let mut end = draft.base;
    for (begin, piece) in &draft.pieces {
        if *begin != end {
            return Err(failure::FLUSH_POSITION);
        }
        end += piece.bytes;
    }
    match end == position {
        true => Ok(()),
        false => Err(failure::FLUSH_POSITION),
    }
}
