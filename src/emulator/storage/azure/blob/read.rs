//! Reading a file, in either dialect: all of it, a range, or what is known of it.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode};
use futures::stream;

use crate::emulator::storage::Object;
use crate::emulator::storage::azure::auth::Need;
use crate::emulator::storage::azure::failure::{self, Dialect, Failure};
use crate::emulator::storage::azure::headers::{self, say};
use crate::emulator::storage::azure::room::{Entry, Room};
use crate::emulator::storage::azure::visit::Visit;

/// How much of a file is in memory at once.
const STEP: u64 = 256 * 1024;

/// What is known of a file or directory.
pub(in crate::emulator::storage::azure) fn head(
    visit: &Visit<'_>,
    name: &str,
) -> Result<Response<Body>, Failure> {
    let room = visit.permitted(Need::Read)?;
    let entry = found(room, name, visit.dialect)?;
    headers::read_conditions(visit.call, &entry.etag(), entry.modified())?;
    let mut answer = described(visit, room, &entry, StatusCode::OK);
    say(
        answer.headers_mut(),
        "content-length",
        &entry.bytes().to_string(),
    );
    Ok(answer)
}

/// What is in a file.
pub(in crate::emulator::storage::azure) fn content(
    visit: &Visit<'_>,
    name: &str,
) -> Result<Response<Body>, Failure> {
    let room = visit.permitted(Need::Read)?;
    let entry = found(room, name, visit.dialect)?;
    headers::read_conditions(visit.call, &entry.etag(), entry.modified())?;
    let Entry::File(object) = &entry else {
        return match visit.dialect {
            Dialect::Blob => Ok(described(visit, room, &entry, StatusCode::OK)),
            Dialect::Dfs => Err(failure::PATH_CONFLICT),
        };
    };
    let own = visit.call.header("x-ms-range");
    let range = match own {
        "" => visit.call.header("range"),
        own => own,
    };
    let range = ranged(range, object.bytes)?;
    let status = match range {
        Some(_) => StatusCode::PARTIAL_CONTENT,
        None => StatusCode::OK,
    };
    let (first, bytes) = range.unwrap_or((0, object.bytes));
    let mut answer = described(visit, room, &entry, status);
    let own = answer.headers_mut();
    say(own, "content-length", &bytes.to_string());
    if range.is_some() {
        let last = first + bytes - 1;
        say(
            own,
            "content-range",
            &format!("bytes {first}-{last}/{}", object.bytes),
        );
        if let Some(md5) = own.remove("content-md5") {
            own.insert("x-ms-blob-content-md5", md5);
        }
    }
    *answer.body_mut() = streamed(Arc::clone(object), first, bytes)?;
    Ok(answer)
}

fn found(room: &Room, name: &str, dialect: Dialect) -> Result<Entry, Failure> {
    if let Some(object) = room.store.get(name) {
        return Ok(Entry::File(object));
    }
    let name = name.trim_end_matches('/');
    let time = room.folders(name).into_iter().find(|(own, _)| own == name);
    match time {
        Some((_, time)) => Ok(Entry::Folder(time)),
        None if room.hierarchical || dialect == Dialect::Dfs => implied(room, name, dialect),
        None => Err(Failure::no_file(dialect)),
    }
}

/// A directory that exists because a file lies in it.
fn implied(room: &Room, name: &str, dialect: Dialect) -> Result<Entry, Failure> {
    let inside = room.store.list(&format!("{name}/"));
    let oldest = inside.iter().map(|(_, object)| object.modified).min();
    oldest
        .map(Entry::Folder)
        .ok_or_else(|| Failure::no_file(dialect))
}

fn described(visit: &Visit<'_>, room: &Room, entry: &Entry, status: StatusCode) -> Response<Body> {
    let mut answer = headers::empty(status);
    let own = answer.headers_mut();
    let kind = match entry {
        Entry::File(object) => {
            own.extend(room.properties(object).headers.clone());
            "file"
        }
        Entry::Folder(_) => {
            say(own, "x-ms-meta-hdi_isfolder", "true");
            "directory"
        }
    };
    if !own.contains_key("content-type") {
        say(own, "content-type", "application/octet-stream");
    }
    say(own, "etag", &entry.etag());
    say(own, "last-modified", &headers::date(entry.modified()));
    say(own, "accept-ranges", "bytes");
    if visit.dialect == Dialect::Blob {
        say(own, "x-ms-blob-type", "BlockBlob");
        say(own, "x-ms-creation-time", &headers::date(entry.modified()));
    }
    if room.hierarchical || visit.dialect == Dialect::Dfs {
        say(own, "x-ms-resource-type", kind);
        say(own, "x-ms-owner", "$superuser");
        say(own, "x-ms-group", "$superuser");
        say(own, "x-ms-permissions", "rw-r-----");
    }
    say(own, "x-ms-lease-status", "unlocked");
    say(own, "x-ms-lease-state", "available");
    answer
}

/// The first byte and the number of bytes; `None` for all of them.
fn ranged(header: &str, bytes: u64) -> Result<Option<(u64, u64)>, Failure> {
    if header.is_empty() {
        return Ok(None);
    }
    let bounds = header
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'));
    let (first, last) = bounds.ok_or(failure::BAD_HEADER)?;
    let first: u64 = first.parse().map_err(|_| failure::BAD_HEADER)?;
    let last = match last {
        "" => u64::MAX,
        last => last.parse().map_err(|_| failure::BAD_HEADER)?,
    };
    if last < first {
        return Err(failure::BAD_HEADER);
    }
    match first < bytes {
        true => Ok(Some((first, last.min(bytes - 1) - first + 1))),
        false => Err(failure::RANGE),
    }
}

/// Reads while somebody takes it; the file stays while it is read, whatever becomes of its name.
fn streamed(object: Arc<Object>, first: u64, bytes: u64) -> Result<Body, Failure> {
    let mut file = object.open()?;
    file.seek(SeekFrom::Start(first))?;
    let parts = stream::unfold(
        (file, object, bytes),
        |(mut file, object, rest)| async move {
            if rest == 0 {
                return None;
            }
            let step = usize::try_from(rest.min(STEP)).unwrap_or_default();
            let mut part = vec![0; step];
            let read = file.read_exact(&mut part).map(|()| Bytes::from(part));
            let rest = if read.is_ok() { rest - step as u64 } else { 0 };
            Some((read, (file, object, rest)))
        },
    );
    Ok(Body::from_stream(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_a_beginning_and_lies_within_the_file() {
        for (header, expected) in [
            ("", Ok(None)),
            ("bytes=0-0", Ok(Some((0, 1)))),
            ("bytes=4-", Ok(Some((4, 6)))),
            ("bytes=4-99", Ok(Some((4, 6)))),
            ("bytes=10-", Err(failure::RANGE)),
            ("bytes=-5", Err(failure::BAD_HEADER)),
            ("bytes=5-4", Err(failure::BAD_HEADER)),
            ("lines=1-2", Err(failure::BAD_HEADER)),
        ] {
            assert_eq!(ranged(header, 10), expected, "{header}");
        }
    }
}
