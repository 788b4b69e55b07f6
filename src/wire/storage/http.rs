//! The HTTP client under the object stores: the destination's own, which trusts what it trusts and follows nothing. It
//! notes what a storage refused with, which a store's error hides.

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};

use bytes::Bytes;
use futures::{Stream, TryStreamExt as _};
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};

use reqwest::header::HeaderMap;

use crate::model::record::{Failure, FailureKind, StorageResult};
use crate::wire::http;

/// Bytes of a refusal, or of what a service gives out, that are read.
pub(crate) const SHORT: usize = 64 * 1024;

/// Bytes of a page of a list that are read.
pub(crate) const LONG: usize = 16 << 20;

/// Signs of a refusal's text that are kept.
const LONGEST: usize = 300;

tokio::task_local! {
    /// The last thing that went wrong.
    static SEEN: RefCell<Option<StorageResult>>;
}

/// Makes every store use one client.
#[derive(Debug, Clone)]
pub(crate) struct Connector(pub(crate) reqwest::Client);

#[derive(Debug)]
struct Watched(reqwest::Client);

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Watched(self.0.clone())))
    }
}

impl HttpService for Watched {
    fn call<'a, 'f>(
        &'a self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'f>>
    where
        'a: 'f,
        Self: 'f,
    {
        Box::pin(watched(&self.0, request))
    }
}

/// Performs an operation of a store; of an error, what the storage said with it.
pub(crate) async fn told(
    operation: impl Future<Output = Result<StorageResult, object_store::Error>>,
) -> StorageResult {
    let run = async {
        let result = operation.await;
        let seen = SEEN.with(RefCell::take);
        match (result, seen) {
            (Ok(result), _) => result,
            (Err(_), Some(seen)) => seen,
            (Err(error), None) => of_many(&innermost(&error)),
        }
    };
    SEEN.scope(RefCell::new(None), run).await
}

/// Azure answers the deletion of many with a status for each, which the store's error names.
fn of_many(text: &str) -> StorageResult {
    let refused = ["403", "404", "409"]
        .into_iter()
        .find(|code| text.contains(&format!("(code: {code})")));
    match refused {
        Some(code) => StorageResult::Refused {
            code: code.to_owned(),
            text: text.chars().take(LONGEST).collect(),
        },
        None => super::failed(text),
    }
}

async fn watched(
    client: &reqwest::Client,
    request: HttpRequest,
) -> Result<HttpResponse, HttpError> {
    let head = request.method() == reqwest::Method::HEAD;
    let response = HttpService::call(client, request)
        .await
        .inspect_err(|error| {
            note(StorageResult::Failure {
                failure: transport(error),
            });
        })?;
    let status = response.status();
    if status.is_success() || status.is_informational() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = if head {
        Bytes::new()
    } else {
        beginning(body.bytes_stream(), SHORT).await?
    };
    let named = parts.headers.get("x-ms-error-code");
    let named = named.and_then(|value| value.to_str().ok());
    let shown = String::from_utf8_lossy(&bytes);
    let code = named
        .map(ToOwned::to_owned)
        .or_else(|| element(&shown, "Code"));
    // a redirection without code is none of a storage
    if code.is_some() || !status.is_redirection() {
        let text = element(&shown, "Message").map_or_else(
            || status.to_string(),
            |text| text.chars().take(LONGEST).collect(),
        );
        note(StorageResult::Refused {
            code: code.unwrap_or_else(|| status.as_u16().to_string()),
            text: match region(&parts.headers).filter(|_| status.is_redirection()) {
                Some(region) => format!("{text} (the region of the bucket is `{region}`)"),
                None => text,
            },
        });
    }
    Ok(HttpResponse::from_parts(
        parts,
        HttpResponseBody::from(bytes),
    ))
}

/// The first bytes of a body: there may be more than anybody wants, and no end.
pub(crate) async fn beginning<E>(
    body: impl Stream<Item = Result<Bytes, E>>,
    most: usize,
) -> Result<Bytes, E> {
    let mut body = pin!(body);
    let mut read = Vec::new();
    while read.len() < most
        && let Some(mut chunk) = body.try_next().await?
    {
        chunk.truncate(most - read.len());
        read.extend_from_slice(&chunk);
    }
    Ok(Bytes::from(read))
}

/// The region that a bucket says to be in.
fn region(headers: &HeaderMap) -> Option<&str> {
    let named = headers.get("x-amz-bucket-region")?.to_str().ok()?;
    let is_sign = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    (named.len() < 40 && named.bytes().all(is_sign)).then_some(named)
}

/// Notes what an operation came to, where its error cannot say so.
pub(crate) fn note(seen: StorageResult) {
    // outside of an operation nobody asks for it
    let _outside = SEEN.try_with(|last| *last.borrow_mut() = Some(seen));
}

pub(crate) fn transport(error: &HttpError) -> Failure {
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<reqwest::Error>()) {
        Some(error) => http::failure(error, error.is_decode()),
        None => Failure {
            kind: match error.kind() == HttpErrorKind::Timeout {
                true => FailureKind::TimedOut,
                false => FailureKind::Other,
            },
            text: error.to_string(),
        },
    }
}

fn innermost(error: &object_store::Error) -> String {
    let first: &(dyn std::error::Error + 'static) = error;
    let chain = std::iter::successors(Some(first), |error| (*error).source());
    chain.last().map(ToString::to_string).unwrap_or_default()
}

/// The text of the first XML element of that name.
pub(crate) fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let plain = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
    Some(plain.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::{StreamExt as _, stream};

    use super::*;

    #[tokio::test]
    async fn a_body_without_end_is_read_as_far_as_it_says_anything() {
        let body = |piece| stream::repeat_with(move || Ok::<_, Infallible>(Bytes::from(piece)));
        let read = beginning(body("abc"), 7).await;
        assert_eq!(read, Ok(Bytes::from("abcabca")));
        let read = beginning(body("abc").take(2), 7).await;
        assert_eq!(read, Ok(Bytes::from("abcabc")));
    }

    #[test]
    fn the_code_of_a_refusal_is_the_text_of_its_element() {
        let xml = "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>a &amp; b &lt;c&gt;</Message></Error>";
        assert_eq!(element(xml, "Code").as_deref(), Some("NoSuchKey"));
        assert_eq!(element(xml, "Message").as_deref(), Some("a & b <c>"));
        assert_eq!(element(xml, "Resource"), None);
    }
}
