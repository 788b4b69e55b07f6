//! The Blob dialect: which operation a request asks for.

mod batch;
mod list;
mod read;
mod write;

use axum::body::Body;
use axum::http::{Method, Response, StatusCode};

pub(super) use read::{content, head};

use crate::emulator::storage::Fault;
use crate::emulator::storage::azure::auth::Need;
use crate::emulator::storage::azure::call::Feed;
use crate::emulator::storage::azure::failure::{self, Dialect, Failure};
use crate::emulator::storage::azure::headers;
use crate::emulator::storage::azure::room::Room;
use crate::emulator::storage::azure::visit::Visit;
use crate::emulator::storage::rules::Rules;

/// Does what a request asks for.
pub(super) async fn answer(visit: &Visit<'_>, feed: &mut Feed) -> Result<Response<Body>, Failure> {
    match visit.file {
        Some(name) => of_blob(visit, name, feed).await,
        None => of_container(visit, feed).await,
    }
}

async fn of_container(visit: &Visit<'_>, feed: &mut Feed) -> Result<Response<Body>, Failure> {
    let call = visit.call;
    if !call.asks("restype", "container") {
        return Err(failure::BAD_PARAMETER);
    }
    match (&call.method, call.parameter("comp")) {
        (&Method::GET, Some("list")) => list::answer(visit),
        (&Method::GET | &Method::HEAD, None) => described(visit),
        (&Method::POST, Some("batch")) => batch::answer(visit, feed).await,
        (_, None) => Err(failure::VERB),
        (_, Some(_)) => Err(failure::BAD_PARAMETER),
    }
}

async fn of_blob(
    visit: &Visit<'_>,
    name: &str,
    feed: &mut Feed,
) -> Result<Response<Body>, Failure> {
    let call = visit.call;
    match (&call.method, call.parameter("comp")) {
        (&Method::GET, None) => content(visit, name),
        (&Method::HEAD, None) => head(visit, name),
        (&Method::PUT, None) if !call.header("x-ms-copy-source").is_empty() => {
            Err(failure::UNSUPPORTED_HEADER)
        }
        (&Method::PUT, None) => write::put(visit, name, feed).await,
        (&Method::PUT, Some("block")) => write::put_block(visit, name, feed).await,
        (&Method::PUT, Some("blocklist")) => write::put_block_list(visit, name, feed).await,
        (&Method::DELETE, None) => {
            let room = visit.permitted(Need::Delete)?;
            deleted(room, name, visit.rules())?;
            Ok(deletion())
        }
        (_, None) => Err(failure::VERB),
        (_, Some(_)) => Err(failure::BAD_PARAMETER),
    }
}

fn described(visit: &Visit<'_>) -> Result<Response<Body>, Failure> {
    visit.permitted(Need::Describe)?;
    let mut answer = headers::empty(StatusCode::OK);
    let own = answer.headers_mut();
    headers::say(own, "etag", "\"0x8DE0000000000000\"");
    headers::say(own, "last-modified", "Sun, 01 Nov 2026 00:00:00 GMT");
    for (name, value) in [
        ("x-ms-lease-status", "unlocked"),
        ("x-ms-lease-state", "available"),
        ("x-ms-has-immutability-policy", "false"),
        ("x-ms-has-legal-hold", "false"),
    ] {
        headers::say(own, name, value);
    }
    Ok(answer)
}

fn deletion() -> Response<Body> {
    let mut answer = headers::empty(StatusCode::ACCEPTED);
    headers::say(answer.headers_mut(), "x-ms-delete-type-permanent", "true");
    answer
}

/// Deletes a blob; a directory is one, as long as it is empty.
fn deleted(room: &Room, name: &str, rules: &Rules) -> Result<(), Failure> {
    let file = room.store.get(name).is_some();
    let folder = !file && room.hierarchical && room.is_folder(name);
    let full = folder && !room.store.list(&format!("{name}/")).is_empty();
    match (file || folder, full) {
        (false, _) => Err(Failure::no_file(Dialect::Blob)),
        (true, true) => Err(failure::DIRECTORY_FULL),
        (true, false) if rules.has(Fault::DeleteIgnored) => Ok(()),
        (true, false) => {
            room.remove(name);
            room.forget_folder(name);
            Ok(())
        }
    }
}
