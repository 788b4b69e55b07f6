//! Several deletions in one request, each with credentials of its own.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, Response, StatusCode};
use percent_encoding::percent_decode_str;

use crate::emulator::storage::azure::auth::{Need, authenticate};
use crate::emulator::storage::azure::blob::deleted;
use crate::emulator::storage::azure::call::{Call, Feed};
use crate::emulator::storage::azure::failure::{self, Dialect, Failure};
use crate::emulator::storage::azure::headers;
use crate::emulator::storage::azure::visit::Visit;

/// The largest batch, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;

/// The largest batch, in requests.
const MOST: usize = 256;

/// A request of a batch.
struct Part {
    /// What the answer repeats.
    id: String,
    call: Call,
}

/// Deletes what the requests of a batch name.
pub(super) async fn answer(visit: &Visit<'_>, feed: &mut Feed) -> Result<Response<Body>, Failure> {
    visit.permitted(Need::Batch)?;
    let boundary = boundary(visit.call.header("content-type")).ok_or(failure::BAD_HEADER)?;
    let body = feed.text(LARGEST).await?;
    let parts = parts(&body, &boundary, visit)?;
    let own = format!("batchresponse_{:032x}", rand::random::<u128>());
    let mut text = String::new();
    for part in parts {
        let _ = write!(text, "--{own}\r\nContent-Type: application/http\r\n");
        if !part.id.is_empty() {
            let _ = write!(text, "Content-ID: {}\r\n", part.id);
        }
        let _ = write!(text, "\r\n{}\r\n", answered(&part.call, visit));
    }
    let _ = write!(text, "--{own}--\r\n");
    let mut answer = headers::text(&format!("multipart/mixed; boundary={own}"), text);
    *answer.status_mut() = StatusCode::ACCEPTED;
    Ok(answer)
}

fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/mixed") {
        return None;
    }
    let (_, boundary) = parameters.split_once("boundary=")?;
    Some(boundary.trim().trim_matches('"').to_owned())
}

fn parts(body: &str, boundary: &str, visit: &Visit<'_>) -> Result<Vec<Part>, Failure> {
    let line = format!("--{boundary}");
    let pieces = body.split(line.as_str()).skip(1);
    let pieces = pieces.take_while(|piece| !piece.starts_with("--"));
    let parts: Option<Vec<Part>> = pieces.map(|piece| part(piece, visit)).collect();
    match parts {
        Some(parts) if (1..=MOST).contains(&parts.len()) => Ok(parts),
        Some(_) | None => Err(failure::BATCH),
    }
}

fn part(piece: &str, visit: &Visit<'_>) -> Option<Part> {
    let (head, request) = piece.split_once("\r\n\r\n")?;
    let head = fields(head.lines());
    let mut lines = request.lines();
    let mut words = lines.next()?.split(' ');
    let method = Method::from_bytes(words.next()?.as_bytes()).ok()?;
    let target = words.next()?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let own = fields(lines.take_while(|line| !line.is_empty()));
    let mut call = Call::new(method, path, query, own, visit.call.now);
    call.paths.push(format!("/{}{path}", visit.account.name));
    let id = head.get("content-id").and_then(|id| id.to_str().ok());
    Some(Part {
        id: id.unwrap_or_default().to_owned(),
        call,
    })
}

fn fields<'a>(lines: impl Iterator<Item = &'a str>) -> HeaderMap {
    lines
        .filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            let name: HeaderName = name.trim().parse().ok()?;
            Some((name, HeaderValue::from_str(value.trim()).ok()?))
        })
        .collect()
}

/// The answer to one request of a batch, as text.
fn answered(call: &Call, visit: &Visit<'_>) -> String {
    match one(call, visit) {
        Ok(()) => "HTTP/1.1 202 Accepted\r\nx-ms-delete-type-permanent: true\r\n\r\n".to_owned(),
        Err(failure) => {
            let (media_type, document) = failure.document(Dialect::Blob);
            format!(
                "HTTP/1.1 {} {}\r\nx-ms-error-code: {}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n{document}",
                failure.status.as_u16(),
                failure.status.canonical_reason().unwrap_or_default(),
                failure.code,
                document.len(),
            )
        }
    }
}

fn one(call: &Call, visit: &Visit<'_>) -> Result<(), Failure> {
    if call.method != Method::DELETE {
        return Err(failure::BATCH);
    }
    let path = call.paths.first().map_or("", String::as_str);
    let name = named(path, &visit.account.name, visit.container).ok_or(failure::BATCH)?;
    let file = Some(name.as_str());
    let access = authenticate(call, visit.account, (visit.container, file), visit.server)?;
    let own = Visit {
        dialect: visit.dialect,
        server: visit.server,
        account: visit.account,
        room: visit.room,
        container: visit.container,
        file,
        access,
        call,
    };
    let room = own.permitted(Need::Delete)?;
    deleted(room, &name, visit.rules())
}

/// The blob of a path, which may begin with the account or with the container.
fn named(path: &str, account: &str, container: &str) -> Option<String> {
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let long = path.strip_prefix(&format!("/{account}/{container}/"));
    let short = || path.strip_prefix(&format!("/{container}/"));
    let name = long.or_else(short)?;
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_may_be_in_quotes() {
        let found = |text| boundary(text);
        assert_eq!(
            found("multipart/mixed; boundary=\"b\""),
            Some("b".to_owned())
        );
        assert_eq!(found("Multipart/Mixed;boundary=b"), Some("b".to_owned()));
        assert_eq!(found("text/plain; boundary=b"), None);
    }

    #[test]
    fn a_blob_is_named_with_or_without_its_account() {
        let name = |path| named(path, "acct", "c");
        assert_eq!(name("/acct/c/in/a%20b"), Some("in/a b".to_owned()));
        assert_eq!(name("/c/a"), Some("a".to_owned()));
        assert_eq!(name("/other/a"), None);
        assert_eq!(name("/c/"), None);
    }
}
