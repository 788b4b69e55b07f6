//! Making and deleting files and directories.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};

use crate::emulator::storage::Fault;
use crate::emulator::storage::azure::auth::Need;
use crate::emulator::storage::azure::failure::{self, Dialect, Failure};
use crate::emulator::storage::azure::headers::{self, say};
use crate::emulator::storage::azure::names::{self, Kind};
use crate::emulator::storage::azure::room::{Created, Draft, Fresh, Room, Stored};
use crate::emulator::storage::azure::visit::Visit;
use crate::emulator::storage::rules::Rules;

/// Faults about overwriting show when the new bytes come, so that the old ones have to be there until then.
const LATE: [Fault; 3] = [
    Fault::OverwriteIgnored,
    Fault::OverwriteAppends,
    Fault::OverwriteKeepsTail,
];

/// Makes an empty file, in place of what had its name.
pub(super) fn create_file(visit: &Visit<'_>, name: &str) -> Result<Response<Body>, Failure> {
    let rules = visit.rules();
    let room = visit.permitted(visit.need_to_write(name))?;
    let target = names::stored(name, Kind::File, room, Dialect::Dfs, rules)?;
    let before = room.store.get(&target);
    let etag = before.as_deref().map(|object| Stored::of(object).etag);
    headers::write_conditions(
        visit.call,
        etag.as_deref(),
        Failure::file_exists(Dialect::Dfs),
    )?;
    if before.is_some() && rules.has(Fault::OverwriteRefused) {
        return Err(Failure::immutable(Dialect::Dfs));
    }
    let kept = headers::kept(visit.call, "x-ms-");
    let late = before.is_some() && LATE.iter().any(|fault| rules.has(*fault));
    let stored = match late {
        true => room.pretended(&target),
        false => {
            let fresh = Fresh {
                upload: room.store.begin()?,
                kept: 0,
                before: None,
                headers: kept.clone(),
                blocks: Vec::new(),
            };
            room.place(&target, fresh, rules)?
        }
    };
    let draft = Draft {
        on: stored.number,
        headers: kept,
        created: Some(Created {
            before: before.filter(|_| late),
            etag: stored.etag.clone(),
        }),
        ..Draft::default()
    };
    room.shelf().drafts.insert(name.to_owned(), draft);
    Ok(headers::written(StatusCode::CREATED, &stored))
}

/// Makes a directory; one that exists stays as it is.
pub(super) fn create_folder(visit: &Visit<'_>, name: &str) -> Result<Response<Body>, Failure> {
    let rules = visit.rules();
    let room = visit.permitted(Need::Create)?;
    let target = names::stored(name, Kind::Folder, room, Dialect::Dfs, rules)?;
    if room.is_folder(&target) && visit.call.header("if-none-match") == "*" {
        return Err(failure::PATH_EXISTS);
    }
    let below = target.len() > room.folder.len();
    if !below || !rules.has(Fault::FoldersFlattened) {
        room.make_folder(&target);
    }
    let stored = room.pretended(&target);
    Ok(headers::written(StatusCode::CREATED, &stored))
}

/// Deletes a file, or a directory with or without what lies in it.
pub(super) fn delete(visit: &Visit<'_>, name: &str) -> Result<Response<Body>, Failure> {
    let room = visit.permitted(Need::Delete)?;
    let rules = visit.rules();
    let names = match room.store.get(name) {
        Some(_) => vec![name.to_owned()],
        None => folder(visit, room, name)?,
    };
    if !rules.has(Fault::DeleteIgnored) {
        forget(room, name, &names);
    }
    let mut answer = headers::empty(StatusCode::OK);
    say(answer.headers_mut(), "x-ms-delete-type-permanent", "true");
    Ok(answer)
}

fn forget(room: &Room, name: &str, files: &[String]) {
    for file in files {
        room.remove(file);
    }
    let folders = room.folders(name).into_iter();
    for (folder, _) in folders {
        room.forget_folder(&folder);
    }
}

/// The files of a directory that may be deleted.
fn folder(visit: &Visit<'_>, room: &Room, name: &str) -> Result<Vec<String>, Failure> {
    if !room.is_folder(name) {
        return Err(failure::PATH_NOT_FOUND);
    }
    let files = room.store.list(&format!("{name}/")).into_iter();
    let files: Vec<String> = files.map(|(name, _)| name).collect();
    let full = !files.is_empty() || room.folders(name).len() > 1;
    match full && !visit.call.asks("recursive", "true") {
        true => Err(failure::DIRECTORY_NOT_EMPTY),
        false => Ok(files),
    }
}

/// Refuses or allows that something with a name be replaced by what is renamed.
pub(super) fn replaceable(
    visit: &Visit<'_>,
    room: &Room,
    target: &str,
    rules: &Rules,
) -> Result<bool, Failure> {
    let before = room.store.get(target);
    let etag = before.as_ref().map(Arc::as_ref).map(Stored::of);
    headers::write_conditions(
        visit.call,
        etag.as_ref().map(|stored| stored.etag.as_str()),
        Failure::file_exists(Dialect::Dfs),
    )?;
    match before.is_some() && rules.has(Fault::OverwriteRefused) {
        true => Err(Failure::immutable(Dialect::Dfs)),
        false => Ok(before.is_some() && LATE.iter().any(|fault| rules.has(*fault))),
    }
}
