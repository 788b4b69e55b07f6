//! Giving a file or a directory another name.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use percent_encoding::percent_decode_str;

use crate::emulator::storage::Fault;
use crate::emulator::storage::azure::auth::Need;
use crate::emulator::storage::azure::content;
use crate::emulator::storage::azure::dfs::path::replaceable;
use crate::emulator::storage::azure::failure::{self, Dialect, Failure};
use crate::emulator::storage::azure::headers;
use crate::emulator::storage::azure::names::{self, Kind};
use crate::emulator::storage::azure::room::{Fresh, Room, whole};
use crate::emulator::storage::azure::visit::Visit;
use crate::emulator::storage::rules::Rules;

/// Gives what `x-ms-rename-source` names the name of the request.
pub(super) fn answer(visit: &Visit<'_>, name: &str) -> Result<Response<Body>, Failure> {
    let rules = visit.rules();
    let room = visit.permitted(visit.need_to_write(name))?;
    if rules.has(Fault::RenameRefused) {
        return Err(Failure::immutable(Dialect::Dfs));
    }
    let named = source(visit.call.header("x-ms-rename-source"), &room.name)?;
    visit
        .access
        .permit(Need::Move, Some(&named), visit.call, rules)?;
    let source = known(&named, room, rules);
    if room.store.get(&source).is_some() {
        let target = names::stored(name, Kind::File, room, Dialect::Dfs, rules)?;
        has_parent(room, &target)?;
        match replaceable(visit, room, &target, rules)? {
            true => replaced(room, &source, &target, rules)?,
            false => moved(room, &source, &target),
        }
    } else if room.is_folder(&source) {
        let target = names::stored(name, Kind::Folder, room, Dialect::Dfs, rules)?;
        has_parent(room, &target)?;
        if room.is_folder(&target) {
            return Err(failure::PATH_EXISTS);
        }
        folder(room, &source, &target);
    } else if !is_lost(&named, room, rules) {
        return Err(failure::RENAME_SOURCE);
    }
    Ok(headers::written(StatusCode::CREATED, &room.pretended(name)))
}

/// A file that was stored under another name than it was given is renamed by the given one.
fn known(named: &str, room: &Room, rules: &Rules) -> String {
    let known = room.store.get(named).is_some() || room.is_folder(named);
    let stored = || names::stored(named, Kind::File, room, Dialect::Dfs, rules).ok();
    match known {
        true => named.to_owned(),
        false => stored().unwrap_or_else(|| named.to_owned()),
    }
}

/// Whether a file was written and is not there for a fault, of which nothing is to show yet.
fn is_lost(named: &str, room: &Room, rules: &Rules) -> bool {
    rules.has(Fault::WriteLost) && room.shelf().drafts.remove(named).is_some()
}

fn has_parent(room: &Room, target: &str) -> Result<(), Failure> {
    let parent = target.rsplit_once('/').map_or("", |(parent, _)| parent);
    match room.hierarchical && !room.is_folder(parent) {
        true => Err(failure::RENAME_PARENT),
        false => Ok(()),
    }
}

/// The path of `/FILESYSTEM/path?signature`.
fn source(header: &str, filesystem: &str) -> Result<String, Failure> {
    let path = header.split_once('?').map_or(header, |(path, _)| path);
    let path = percent_decode_str(path)
        .decode_utf8()
        .map_err(|_| failure::SOURCE_URI)?;
    let own = path.trim_start_matches('/').strip_prefix(filesystem);
    let path = own.and_then(|path| path.strip_prefix('/'));
    let path = path.map(|path| path.trim_end_matches('/'));
    path.filter(|path| !path.is_empty())
        .map(str::to_owned)
        .ok_or(failure::SOURCE_URI)
}

fn moved(room: &Room, source: &str, target: &str) {
    let mut shelf = room.shelf();
    shelf.drafts.remove(source);
    shelf.drafts.remove(target);
    room.store.rename(source, target);
}

/// A file whose new name was taken, where a fault does not just replace what had it.
fn replaced(room: &Room, source: &str, target: &str, rules: &Rules) -> Result<(), Failure> {
    let object = room.store.get(source).ok_or(failure::RENAME_SOURCE)?;
    let fresh = Fresh {
        upload: content::assembled(&room.store, &[whole(&object)])?,
        // nothing of it is new, so that nothing of it changes
        kept: object.bytes,
        before: room.store.get(target),
        headers: room.properties(&object).headers.clone(),
        blocks: Vec::new(),
    };
    room.place(target, fresh, rules)?;
    room.remove(source);
    Ok(())
}

fn folder(room: &Room, source: &str, target: &str) {
    let inside = format!("{source}/");
    let renamed = |name: &str| format!("{target}{}", &name[source.len()..]);
    for (name, _) in room.store.list(&inside) {
        moved(room, &name, &renamed(&name));
    }
    let folders = room.folders(source);
    room.make_folder(target);
    for (name, _) in folders {
        room.forget_folder(&name);
        room.make_folder(&renamed(&name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_is_a_path_of_the_same_file_system() {
        let path = |header| source(header, "fs").map_err(|failure| failure.code);
        assert_eq!(path("/fs/in/a%20b?sv=1&sig=x%2F"), Ok("in/a b".to_owned()));
        for wrong in ["/other/a", "/fs", "/fs/", "", "/fsa/b"] {
            assert_eq!(path(wrong), Err("InvalidSourceUri"), "{wrong}");
        }
    }
}
