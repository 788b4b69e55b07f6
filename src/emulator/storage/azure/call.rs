//! A request as it came, and its body as it comes.

use std::io::{self, Write as _};

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, Method};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use jiff::Timestamp;
use md5::{Digest as _, Md5};

use crate::emulator::storage::azure::failure::{self, Failure};
use crate::emulator::storage::{Store, Upload};

/// How much of a body is read for nothing, so that a refusal reaches a client that is still writing.
const DRAINED: usize = 64 * 1024 * 1024;

/// All of a request but its body.
pub(super) struct Call {
    pub(super) method: Method,
    /// The paths that the client may have signed, as they were written; the first is that of the request.
    pub(super) paths: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    /// When it came.
    pub(super) now: Timestamp,
}

impl Call {
    pub(super) fn new(
        method: Method,
        path: &str,
        query: &str,
        headers: HeaderMap,
        now: Timestamp,
    ) -> Self {
        Self {
            method,
            paths: vec![path.to_owned()],
            query: url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            headers,
            now,
        }
    }

    /// A parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let own = self
            .query
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.as_str())
    }

    /// Whether a parameter of the query has that value.
    pub(super) fn asks(&self, name: &str, value: &str) -> bool {
        self.parameter(name)
            .is_some_and(|own| own.eq_ignore_ascii_case(value))
    }

    /// A number of the query.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, Failure> {
        let text = self.parameter(name);
        text.map(|text| text.parse().map_err(|_| failure::BAD_PARAMETER))
            .transpose()
    }

    /// A header, or nothing where it is absent.
    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// The body of a request.
pub(super) struct Feed {
    stream: BodyDataStream,
}

/// A body that is on disk.
pub(super) struct Received {
    pub(super) upload: Upload,
    pub(super) bytes: u64,
    /// In base64.
    pub(super) md5: String,
}

impl Feed {
    pub(super) fn new(body: Body) -> Self {
        Self {
            stream: body.into_data_stream(),
        }
    }

    /// All of it in a new file, if it is what `Content-MD5` says.
    pub(super) async fn received(
        &mut self,
        call: &Call,
        store: &Store,
    ) -> Result<Received, Failure> {
        let mut upload = store.begin()?;
        let (bytes, md5) = self.copied(|part| upload.append(part)).await?;
        checked(call.header("content-md5"), &md5)?;
        Ok(Received { upload, bytes, md5 })
    }

    /// All of it as text.
    pub(super) async fn text(&mut self, largest: usize) -> Result<String, Failure> {
        let mut body = Vec::new();
        while let Some(part) = self.stream.next().await {
            let part = part.map_err(io::Error::other)?;
            if body.len() + part.len() > largest {
                return Err(failure::TOO_LARGE);
            }
            body.write_all(&part)?;
        }
        String::from_utf8(body).map_err(|_| failure::BAD_XML)
    }

    /// Reads what nobody read.
    pub(super) async fn drain(&mut self) {
        let mut rest = DRAINED;
        while let Some(Ok(part)) = self.stream.next().await {
            match rest.checked_sub(part.len()) {
                Some(less) => rest = less,
                None => return,
            }
        }
    }

    async fn copied(
        &mut self,
        mut sink: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(u64, String), Failure> {
        let (mut bytes, mut digest) = (0, Md5::new());
        while let Some(part) = self.stream.next().await {
            let part = part.map_err(io::Error::other)?;
            digest.update(&part);
            sink(&part)?;
            bytes += part.len() as u64;
        }
        Ok((bytes, STANDARD.encode(digest.finalize())))
    }
}

fn checked(expected: &str, md5: &str) -> Result<(), Failure> {
    if expected.is_empty() || expected == md5 {
        return Ok(());
    }
    let length = STANDARD.decode(expected).map(|bytes| bytes.len());
    Err(match length {
        Ok(16) => failure::MD5_MISMATCH,
        Ok(_) | Err(_) => failure::MD5_INVALID,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn call(md5: &'static str) -> Call {
        let headers =
            HeaderMap::from_iter([("content-md5".parse().unwrap(), md5.parse().unwrap())]);
        Call::new(Method::PUT, "/", "a=b+c&A=%2B", headers, Timestamp::now())
    }

    #[tokio::test]
    async fn a_body_that_is_not_what_its_digest_says_is_refused() {
        let store = Store::new().unwrap();
        for (md5, expected) in [
            ("", None),
            ("XUFAKrxLKna5cZ2REBfFkg==", None),
            ("AAAAAAAAAAAAAAAAAAAAAA==", Some(failure::MD5_MISMATCH)),
            ("AAAA", Some(failure::MD5_INVALID)),
        ] {
            let mut feed = Feed::new(Body::from("hello"));
            let found = feed.received(&call(md5), &store).await;
            assert_eq!(found.err(), expected, "{md5}");
        }
    }

    #[test]
    fn a_plus_in_a_query_is_a_blank() {
        assert_eq!(call("").parameter("a"), Some("b c"));
    }
}
