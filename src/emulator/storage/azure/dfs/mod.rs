//! The Data Lake dialect: which operation a request asks for.

mod list;
mod path;
mod pieces;
mod rename;

use axum::body::Body;
use axum::http::{Method, Response, StatusCode};

use crate::emulator::storage::azure::auth::Need;
use crate::emulator::storage::azure::blob::{content, head};
use crate::emulator::storage::azure::call::Feed;
use crate::emulator::storage::azure::failure::{self, Failure};
use crate::emulator::storage::azure::headers::{self, say};
use crate::emulator::storage::azure::visit::Visit;

/// Does what a request asks for.
pub(super) async fn answer(visit: &Visit<'_>, feed: &mut Feed) -> Result<Response<Body>, Failure> {
    match visit.file {
        Some(name) => of_path(visit, name.trim_end_matches('/'), feed).await,
        None => of_filesystem(visit),
    }
}

fn of_filesystem(visit: &Visit<'_>) -> Result<Response<Body>, Failure> {
    let call = visit.call;
    match (&call.method, call.parameter("resource")) {
        (&Method::GET, Some("filesystem")) => list::answer(visit),
        (&Method::HEAD, Some("filesystem")) => described(visit),
        (&Method::GET | &Method::HEAD, None) => Err(failure::MISSING_PARAMETER),
        (_, Some("filesystem")) => Err(failure::VERB),
        (_, Some(_) | None) => Err(failure::BAD_PARAMETER),
    }
}

async fn of_path(
    visit: &Visit<'_>,
    name: &str,
    feed: &mut Feed,
) -> Result<Response<Body>, Failure> {
    let call = visit.call;
    let parameter = match call.method {
        Method::PUT => call.parameter("resource"),
        _ => call.parameter("action"),
    };
    match (&call.method, parameter) {
        (&Method::GET, None) => content(visit, name),
        (&Method::HEAD, None | Some("getStatus" | "getAccessControl")) => head(visit, name),
        (&Method::PUT, _) if !call.header("x-ms-rename-source").is_empty() => {
            rename::answer(visit, name)
        }
        (&Method::PUT, Some("file")) => path::create_file(visit, name),
        (&Method::PUT, Some("directory")) => path::create_folder(visit, name),
        (&Method::PATCH, Some("append")) => pieces::append(visit, name, feed).await,
        (&Method::PATCH, Some("flush")) => pieces::flush(visit, name),
        (&Method::DELETE, None) => path::delete(visit, name),
        (&Method::PUT | &Method::PATCH, None) => Err(failure::MISSING_PARAMETER),
        (&Method::PUT | &Method::PATCH | &Method::HEAD | &Method::GET, Some(_)) => {
            Err(failure::BAD_PARAMETER)
        }
        (_, Some(_) | None) => Err(failure::VERB),
    }
}

fn described(visit: &Visit<'_>) -> Result<Response<Body>, Failure> {
    let room = visit.permitted(Need::Describe)?;
    let mut answer = headers::empty(StatusCode::OK);
    let own = answer.headers_mut();
    say(own, "etag", "\"0x8DE0000000000000\"");
    say(own, "last-modified", "Sun, 01 Nov 2026 00:00:00 GMT");
    say(
        own,
        "x-ms-namespace-enabled",
        &room.hierarchical.to_string(),
    );
    Ok(answer)
}
