//! Writing a blob: at once, or block by block.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Response, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::emulator::storage::azure::auth::Need;
use crate::emulator::storage::azure::call::{Call, Feed};
use crate::emulator::storage::azure::content::{self, Slice};
use crate::emulator::storage::azure::failure::{self, Dialect, Failure};
use crate::emulator::storage::azure::headers::{self, say};
use crate::emulator::storage::azure::names::{self, Kind};
use crate::emulator::storage::azure::room::{Fresh, Room, Stored, whole};
use crate::emulator::storage::azure::visit::Visit;
use crate::emulator::storage::azure::xml::{self, Source};
use crate::emulator::storage::{Fault, Object};

/// The largest block list that is read: 50,000 long ids.
const LARGEST_LIST: usize = 16 * 1024 * 1024;

/// Where a blob is about to be written.
struct Target<'a> {
    room: &'a Room,
    /// The name that it is stored under.
    name: String,
    before: Option<Arc<Object>>,
}

/// Writes a blob at once.
pub(super) async fn put(
    visit: &Visit<'_>,
    name: &str,
    feed: &mut Feed,
) -> Result<Response<Body>, Failure> {
    let call = visit.call;
    let target = target(visit, name)?;
    match call.header("x-ms-blob-type") {
        "" => Err(failure::MISSING_HEADER),
        "BlockBlob" => Ok(()),
        _ => Err(failure::BAD_HEADER),
    }?;
    content::fits(length(call)?, visit.rules())?;
    let received = feed.received(call, &target.room.store).await?;
    let mut headers = kept(call);
    if !headers.contains_key("content-md5") {
        say(&mut headers, "content-md5", &received.md5);
    }
    let fresh = Fresh {
        upload: received.upload,
        kept: 0,
        before: target.before,
        headers,
        blocks: Vec::new(),
    };
    target.room.shelf().blocks.remove(name);
    let stored = target.room.place(&target.name, fresh, visit.rules())?;
    let mut answer = created(&stored);
    say(answer.headers_mut(), "content-md5", &received.md5);
    Ok(answer)
}

/// Writes a block, which nobody sees before a block list names it.
pub(super) async fn put_block(
    visit: &Visit<'_>,
    name: &str,
    feed: &mut Feed,
) -> Result<Response<Body>, Failure> {
    let call = visit.call;
    let room = visit.permitted(Need::Write)?;
    let id = call
        .parameter("blockid")
        .ok_or(failure::MISSING_PARAMETER)?;
    match STANDARD.decode(id) {
        Ok(id) if (1..=64).contains(&id.len()) => {}
        Ok(_) | Err(_) => return Err(failure::BAD_PARAMETER),
    }
    length(call)?;
    let waiting = room.waiting()?;
    let received = feed.received(call, &waiting).await?;
    let mut shelf = room.shelf();
    let blocks = shelf.blocks.entry(name.to_owned()).or_default();
    if blocks.keys().any(|other| other.len() != id.len()) {
        return Err(failure::BLOCK_IDS);
    }
    // the name is free again at once: the block lives as long as it is held
    let block = waiting.commit(id, received.upload)?;
    waiting.remove(id);
    blocks.insert(id.to_owned(), block);
    drop(shelf);
    let mut answer = headers::empty(StatusCode::CREATED);
    say(answer.headers_mut(), "content-md5", &received.md5);
    Ok(answer)
}

/// Makes a blob of blocks.
pub(super) async fn put_block_list(
    visit: &Visit<'_>,
    name: &str,
    feed: &mut Feed,
) -> Result<Response<Body>, Failure> {
    let target = target(visit, name)?;
    let list = feed.text(LARGEST_LIST).await?;
    let list = xml::block_list(&list).ok_or(failure::BAD_XML)?;
    let waiting = target.room.shelf().blocks.get(name).cloned();
    let parts = parts(&list, waiting.unwrap_or_default(), &target)?;
    let bytes = parts.iter().map(|(_, slice)| slice.bytes).sum();
    content::fits(bytes, visit.rules())?;
    let parts = content::arranged(parts, visit.rules());
    let slices: Vec<Slice> = parts.iter().map(|(_, slice)| slice.clone()).collect();
    let fresh = Fresh {
        upload: content::assembled(&target.room.store, &slices)?,
        kept: 0,
        before: target.before,
        headers: kept(visit.call),
        blocks: places(parts),
    };
    let stored = target.room.place(&target.name, fresh, visit.rules())?;
    target.room.shelf().blocks.remove(name);
    Ok(created(&stored))
}

fn target<'a>(visit: &Visit<'a>, name: &str) -> Result<Target<'a>, Failure> {
    let room = visit.permitted(visit.need_to_write(name))?;
    let name = names::stored(name, Kind::File, room, Dialect::Blob, visit.rules())?;
    let before = room.store.get(&name);
    let etag = before.as_deref().map(|object| Stored::of(object).etag);
    headers::write_conditions(
        visit.call,
        etag.as_deref(),
        Failure::file_exists(Dialect::Blob),
    )?;
    match before.is_some() && visit.rules().has(Fault::OverwriteRefused) {
        true => Err(Failure::immutable(Dialect::Blob)),
        false => Ok(Target { room, name, before }),
    }
}

fn length(call: &Call) -> Result<u64, Failure> {
    match call.header("content-length") {
        "" => Err(failure::LENGTH_REQUIRED),
        text => text.parse().map_err(|_| failure::BAD_HEADER),
    }
}

/// The type of a blob that is written at once may be said in either of two headers.
fn kept(call: &Call) -> HeaderMap {
    let mut headers = headers::kept(call, "x-ms-blob-");
    let plain = call.header("content-type");
    let is_list = call.parameter("comp").is_some();
    if call.header("x-ms-blob-content-type").is_empty() && !plain.is_empty() && !is_list {
        say(&mut headers, "content-type", plain);
    }
    headers
}

fn created(stored: &Stored) -> Response<Body> {
    headers::written(StatusCode::CREATED, stored)
}

/// The parts that a block list names, from what waits and from the blob as it is.
fn parts(
    list: &[(Source, String)],
    waiting: BTreeMap<String, Arc<Object>>,
    target: &Target<'_>,
) -> Result<Vec<(String, Slice)>, Failure> {
    let before = target.before.as_ref();
    let committed = before.map(|object| (object, target.room.properties(object)));
    let committed = |id: &str| {
        let (object, properties) = committed.as_ref()?;
        let (_, offset, bytes) = properties.blocks.iter().find(|(own, _, _)| own == id)?;
        Some(Slice {
            object: Arc::clone(object),
            offset: *offset,
            bytes: *bytes,
        })
    };
    let uncommitted = |id: &str| waiting.get(id).map(whole);
    list.iter()
        .map(|(source, id)| {
            let slice = match source {
                Source::Committed => committed(id),
                Source::Uncommitted => uncommitted(id),
                Source::Latest => uncommitted(id).or_else(|| committed(id)),
            };
            let slice = slice.ok_or(failure::BLOCK_LIST)?;
            Ok((id.clone(), slice))
        })
        .collect()
}

/// Where the parts are in the blob that is made of them.
fn places(parts: Vec<(String, Slice)>) -> Vec<(String, u64, u64)> {
    let mut end = 0;
    parts
        .into_iter()
        .map(|(id, slice)| {
            let offset = end;
            end += slice.bytes;
            (id, offset, slice.bytes)
        })
        .collect()
}
