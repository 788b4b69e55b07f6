//! Headers of answers, conditions of requests, and what is kept of a request for later answers.

use std::time::SystemTime;

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE,
    HeaderMap, HeaderName, HeaderValue,
};
use axum::http::{Response, StatusCode};

use crate::emulator::storage::azure::call::Call;
use crate::emulator::storage::azure::failure::{self, Failure};
use crate::emulator::storage::azure::room::Stored;

/// The end of a header's name in requests, and the header of answers.
const KEPT: [(&str, HeaderName); 6] = [
    ("content-type", CONTENT_TYPE),
    ("content-md5", HeaderName::from_static("content-md5")),
    ("cache-control", CACHE_CONTROL),
    ("content-encoding", CONTENT_ENCODING),
    ("content-language", CONTENT_LANGUAGE),
    ("content-disposition", CONTENT_DISPOSITION),
];

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}

/// An answer with a text.
pub(super) fn text(media_type: &str, text: String) -> Response<Body> {
    let mut answer = Response::new(Body::from(text));
    say(answer.headers_mut(), CONTENT_TYPE, media_type);
    answer
}

/// The answer to a write.
pub(super) fn written(status: StatusCode, stored: &Stored) -> Response<Body> {
    let mut answer = empty(status);
    say(answer.headers_mut(), "etag", &stored.etag);
    say(
        answer.headers_mut(),
        "last-modified",
        &date(stored.modified),
    );
    answer
}

/// Sets a header, if its value can be one.
pub(super) fn say(headers: &mut HeaderMap, name: impl Into<Named>, value: &str) {
    if let (Named(Some(name)), Ok(value)) = (name.into(), HeaderValue::from_str(value)) {
        headers.insert(name, value);
    }
}

/// The name of a header, if it can be one.
pub(super) struct Named(Option<HeaderName>);

impl From<&str> for Named {
    fn from(name: &str) -> Self {
        Self(name.parse().ok())
    }
}

impl From<HeaderName> for Named {
    fn from(name: HeaderName) -> Self {
        Self(Some(name))
    }
}

/// A time as headers have it.
pub(super) fn date(time: SystemTime) -> String {
    httpdate::fmt_http_date(time)
}

/// What a request says that later answers are to repeat; the names of its headers begin so.
pub(super) fn kept(call: &Call, begin: &str) -> HeaderMap {
    let mut kept = HeaderMap::new();
    say(&mut kept, CONTENT_TYPE, "application/octet-stream");
    kept.extend(named(call, begin));
    let own = call.headers.iter().filter(|(name, _)| {
        let name = name.as_str();
        name.starts_with("x-ms-meta-") || name == "x-ms-properties"
    });
    kept.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    kept
}

/// The headers of a request whose names begin so, under the names that answers have.
pub(super) fn named(call: &Call, begin: &str) -> HeaderMap {
    let mut named = HeaderMap::new();
    for (end, name) in KEPT {
        let value = call.header(&format!("{begin}{end}"));
        if !value.is_empty() {
            say(&mut named, name, value);
        }
    }
    named
}

/// Refuses a write whose conditions are not met by what is there.
pub(super) fn write_conditions(
    call: &Call,
    etag: Option<&str>,
    exists: Failure,
) -> Result<(), Failure> {
    let (wanted, unwanted) = (call.header("if-match"), call.header("if-none-match"));
    let is = |condition: &str| etag.is_some_and(|etag| condition == "*" || condition == etag);
    if unwanted == "*" && etag.is_some() {
        return Err(exists);
    }
    match !wanted.is_empty() && !is(wanted) || !unwanted.is_empty() && is(unwanted) {
        true => Err(failure::CONDITION_NOT_MET),
        false => Ok(()),
    }
}

/// Refuses a read whose conditions are not met by what is there.
pub(super) fn read_conditions(
    call: &Call,
    etag: &str,
    modified: SystemTime,
) -> Result<(), Failure> {
    let is = |condition: &str| condition == "*" || condition == etag;
    let later = |name: &str| {
        let time = httpdate::parse_http_date(call.header(name)).ok()?;
        // headers have whole seconds
        let modified = httpdate::parse_http_date(&date(modified)).ok()?;
        Some(modified > time)
    };
    let (wanted, unwanted) = (call.header("if-match"), call.header("if-none-match"));
    if !wanted.is_empty() && !is(wanted) || later("if-unmodified-since") == Some(true) {
        return Err(failure::CONDITION_NOT_MET);
    }
    let same = !unwanted.is_empty() && is(unwanted);
    match same || unwanted.is_empty() && later("if-modified-since") == Some(false) {
        true => Err(failure::NOT_MODIFIED),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use jiff::Timestamp;

    use super::*;

    fn call(name: &'static str, value: &str) -> Call {
        let mut headers = HeaderMap::new();
        say(&mut headers, name, value);
        Call::new(Method::GET, "/", "", headers, Timestamp::now())
    }

    #[test]
    fn conditions_of_writes_concern_what_is_there() {
        let found = |name, value, etag: Option<&str>| {
            let found = write_conditions(&call(name, value), etag, failure::BLOB_EXISTS);
            found.err().map(|failure| failure.status.as_u16())
        };
        assert_eq!(found("if-none-match", "*", None), None);
        assert_eq!(found("if-none-match", "*", Some("1")), Some(409));
        assert_eq!(found("if-match", "*", None), Some(412));
        assert_eq!(found("if-match", "1", Some("1")), None);
        assert_eq!(found("if-match", "2", Some("1")), Some(412));
    }

    #[test]
    fn conditions_of_reads_tell_the_same_from_the_changed() {
        let now = SystemTime::now();
        let found = |name, value: &str| {
            let found = read_conditions(&call(name, value), "1", now);
            found.err().map(|failure| failure.status.as_u16())
        };
        assert_eq!(found("if-none-match", "1"), Some(304));
        assert_eq!(found("if-none-match", "2"), None);
        assert_eq!(found("if-match", "2"), Some(412));
        assert_eq!(found("if-modified-since", &date(now)), Some(304));
        assert_eq!(
            found("if-unmodified-since", &date(SystemTime::UNIX_EPOCH)),
            Some(412)
        );
    }
}
