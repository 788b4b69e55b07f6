//! Listing the paths of a file system.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::emulator::storage::azure::auth::Need;
use crate::emulator::storage::azure::failure::{self, Failure};
use crate::emulator::storage::azure::headers::{self, say};
use crate::emulator::storage::azure::room::Entry;
use crate::emulator::storage::azure::visit::Visit;

/// The longest page.
const PAGE: usize = 5000;

/// A page of the listing that a request asks for.
pub(super) fn answer(visit: &Visit<'_>) -> Result<Response<Body>, Failure> {
    let room = visit.permitted(Need::List)?;
    let call = visit.call;
    let recursive = call
        .parameter("recursive")
        .ok_or(failure::MISSING_PARAMETER)?;
    let recursive = recursive.eq_ignore_ascii_case("true");
    let directory = call.parameter("directory").unwrap_or_default();
    let directory = directory.trim_matches('/');
    if !room.is_folder(directory) {
        return Err(failure::PATH_NOT_FOUND);
    }
    let limit = match call.number("maxResults")? {
        Some(0) => return Err(failure::OUT_OF_RANGE),
        Some(asked) => usize::try_from(asked).unwrap_or(PAGE).min(PAGE),
        None => PAGE,
    };
    let token = call.parameter("continuation").unwrap_or_default();
    let from = from(token)?;
    let prefix = match directory {
        "" => String::new(),
        directory => format!("{directory}/"),
    };
    let entries = room.entries(&prefix, token.is_empty(), visit.rules());
    let mut paths = paths(entries, &prefix, recursive);
    paths.retain(|name, _| *name >= from);
    let next = paths.keys().nth(limit).cloned();
    let page = paths.iter().take(limit);
    let page: Vec<Value> = page.map(|(name, entry)| written(name, entry)).collect();
    let mut answer = headers::text(
        "application/json;charset=utf-8",
        json!({"paths": page}).to_string(),
    );
    if let Some(next) = next {
        say(
            answer.headers_mut(),
            "x-ms-continuation",
            &STANDARD.encode(next),
        );
    }
    Ok(answer)
}

/// The name that a page begins with.
fn from(token: &str) -> Result<String, Failure> {
    let bytes = STANDARD.decode(token).map_err(|_| failure::BAD_PARAMETER)?;
    String::from_utf8(bytes).map_err(|_| failure::BAD_PARAMETER)
}

/// Files with the directories that they lie in; only those right below the prefix, unless all are asked for.
fn paths(entries: Vec<(String, Entry)>, prefix: &str, recursive: bool) -> BTreeMap<String, Entry> {
    let mut paths: BTreeMap<String, Entry> = BTreeMap::new();
    for (name, entry) in entries {
        let below = &name[prefix.len()..];
        for (place, _) in below.match_indices('/') {
            let folder = name[..prefix.len() + place].to_owned();
            paths
                .entry(folder)
                .or_insert(Entry::Folder(entry.modified()));
        }
        paths.insert(name, entry);
    }
    paths.retain(|name, _| recursive || !name[prefix.len()..].contains('/'));
    paths
}

fn written(name: &str, entry: &Entry) -> Value {
    let mut path = json!({
        "name": name,
        "contentLength": entry.bytes().to_string(),
        "etag": entry.etag().trim_matches('"'),
        "lastModified": headers::date(entry.modified()),
        "owner": "$superuser",
        "group": "$superuser",
        "permissions": "rw-r-----",
    });
    if let (Entry::Folder(_), Some(path)) = (entry, path.as_object_mut()) {
        path.insert("isDirectory".to_owned(), json!("true"));
    }
    path
}
