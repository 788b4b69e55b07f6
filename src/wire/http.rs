//! Sends one HTTP request and reads its answer whole: no redirect, no proxy, no cookie, no retry.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, Version};
use tokio::task::JoinSet;

use crate::model::record::{Failure, FailureKind, Purpose, RawAnswer, RawResult, TlsCause};
use crate::wire::auth::Authorization;
use crate::wire::auth::carried::Carried;
use crate::wire::coding::decoded;
use crate::wire::error::WireError;
use crate::wire::tls_failure;

/// Bytes of an answer that are read at most.
pub(crate) const MOST: usize = 16 << 20;

/// A request ready to go.
pub(crate) struct Outgoing {
    pub(crate) purpose: Purpose,
    pub(crate) method: String,
    pub(crate) url: String,
    /// All headers that are set, credentials masked.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) authorization: Option<Authorization>,
    /// What is sent where the credential stands elsewhere than in `Authorization`.
    pub(crate) carried: Option<Carried>,
    pub(crate) body: Bytes,
    pub(crate) time_limit: Duration,
    /// Whether its answer may hold a secret that nobody knows. Of those that can be asked for, only tokens are such.
    pub(crate) fence: bool,
}

/// The client of one destination, which keeps so many connections of each host.
pub(crate) fn client(tls: rustls::ClientConfig, kept: usize) -> Result<Client, WireError> {
    Client::builder()
        .pool_max_idle_per_host(kept)
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .build()
        .map_err(|error| WireError::Client(innermost(&error.without_url())))
}

/// When something was sent, and how long it took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    pub(crate) sent: Instant,
    pub(crate) took: Duration,
    /// Whether it was sent once more, on a connection of its own.
    pub(crate) reconnected: bool,
    /// Whether the connection that was kept had to be left for another.
    pub(crate) spoilt: bool,
    /// Whether an answer began.
    pub(crate) begun: bool,
    /// Whether nothing was sent, for the host was dead at its first contact.
    pub(crate) unsent: bool,
}

impl Timing {
    /// Of what took no time.
    pub(crate) fn now() -> Self {
        Self {
            sent: Instant::now(),
            took: Duration::ZERO,
            reconnected: false,
            spoilt: false,
            begun: false,
            unsent: false,
        }
    }
}

/// Sends and reads in a task of its own, so that the time taken is the destination's and not that of whatever else the
/// caller's task is doing; dropped, it sends no more.
pub(crate) async fn send(client: &Client, outgoing: &Arc<Outgoing>) -> (RawResult, Timing) {
    let (client, outgoing) = (client.clone(), Arc::clone(outgoing));
    let mut task = JoinSet::new();
    task.spawn(async move {
        let (sent, begun) = (Instant::now(), AtomicBool::new(false));
        let result = timed(&client, &outgoing, &begun).await;
        let timing = Timing {
            sent,
            took: sent.elapsed(),
            begun: begun.into_inner(),
            ..Timing::now()
        };
        (result, timing)
    });
    match task.join_next().await {
        Some(Ok(done)) => done,
        Some(Err(_)) | None => {
            let failure = unsendable("the HTTP client failed");
            (RawResult::Failure(failure), Timing::now())
        }
    }
}

/// Whatever happens is a result.
async fn timed(client: &Client, outgoing: &Outgoing, begun: &AtomicBool) -> RawResult {
    let limit = outgoing.time_limit;
    match tokio::time::timeout(limit, exchange(client, outgoing, begun)).await {
        Ok(Ok(answer)) => RawResult::Answer(answer),
        Ok(Err(failure)) => RawResult::Failure(failure),
        Err(_) => RawResult::Failure(Failure {
            kind: FailureKind::TimedOut,
            text: format!("no complete answer within {} ms", limit.as_millis()),
        }),
    }
}

async fn exchange(
    client: &Client,
    outgoing: &Outgoing,
    begun: &AtomicBool,
) -> Result<RawAnswer, Failure> {
    let method = Method::from_bytes(outgoing.method.as_bytes())
        .map_err(|_| unsendable("the method is not a token"))?;
    let carried = outgoing.carried.as_ref();
    let url = carried.map_or(outgoing.url.as_str(), Carried::url);
    let url = url::Url::parse(url)
        .map_err(|error| unsendable(&format!("the URL is not valid: {error}")))?;
    let request = client
        .request(method, url)
        .headers(headers(outgoing)?)
        .body(carried.map_or_else(|| outgoing.body.clone(), Carried::body));
    let response =
        request
            .send()
            .await
            .map_err(|error| match is_of_handshake(&error, &outgoing.url) {
                true => Failure {
                    kind: FailureKind::Tls,
                    text: TlsCause::Closed.said().to_owned(),
                },
                false => failure(&error.without_url(), false),
            })?;
    begun.store(true, Ordering::Relaxed);
    read(response).await
}

fn headers(outgoing: &Outgoing) -> Result<HeaderMap, Failure> {
    let mut map = HeaderMap::with_capacity(outgoing.headers.len());
    for (name, value) in &outgoing.headers {
        let own = outgoing.authorization.as_ref();
        let sent = own.filter(|_| name.eq_ignore_ascii_case("authorization"));
        let carried = outgoing.carried.as_ref();
        let sent = sent.map(Authorization::value);
        let sent = sent.or_else(|| carried.and_then(|carried| carried.header(name)));
        let bytes = sent.unwrap_or(value).as_bytes();
        let refused = || unsendable(&format!("header `{name}` is not valid"));
        let mut value = HeaderValue::from_bytes(bytes).map_err(|_| refused())?;
        value.set_sensitive(sent.is_some());
        map.append(
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused())?,
            value,
        );
    }
    Ok(map)
}

async fn read(mut response: Response) -> Result<RawAnswer, Failure> {
    let status = response.status().as_u16();
    let version = version(response.version());
    let headers: Vec<_> = response
        .headers()
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    let hint = response.content_length().unwrap_or(0).min(MOST as u64);
    let mut body = Vec::with_capacity(usize::try_from(hint).unwrap_or(0));
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| failure(&error.without_url(), true))?
    {
        if body.len() + chunk.len() > MOST {
            return Err(Failure {
                kind: FailureKind::Broken,
                text: format!("answered {status} with more than {MOST} bytes"),
            });
        }
        body.extend_from_slice(&chunk);
    }
    let (body, coded) = match decoded(&headers, &body) {
        Some((plain, coded)) => (plain, Some(coded)),
        None => (body, None),
    };
    Ok(RawAnswer {
        status,
        version,
        headers,
        body,
        coded,
    })
}

fn version(version: Version) -> String {
    format!("{version:?}")
}

fn unsendable(why: &str) -> Failure {
    Failure {
        kind: FailureKind::Other,
        text: format!("cannot send: {why}"),
    }
}

/// What a client's error comes down to; of its texts the innermost alone, for others hold the URL and with it a credential.
pub(crate) fn failure(error: &reqwest::Error, answered: bool) -> Failure {
    let text = innermost(error);
    if let Some(cause) = chain(error).find_map(of_tls) {
        return Failure {
            kind: FailureKind::Tls,
            text: tls_failure::sentence(cause),
        };
    }
    if !answered && chain(error).any(is_refused_stream) {
        return Failure {
            kind: FailureKind::Reset,
            text: UNPROCESSED.to_owned(),
        };
    }
    let kind = kind(error, &text, answered);
    let text = match kind {
        FailureKind::Refused => "connection refused".to_owned(),
        FailureKind::Resolve => "the host name does not resolve".to_owned(),
        FailureKind::Reset => "the connection was closed before an answer".to_owned(),
        FailureKind::Broken => format!("the answer broke off or is not HTTP: {text}"),
        FailureKind::Tls
        | FailureKind::NoToken
        | FailureKind::TimedOut
        | FailureKind::Silent
        | FailureKind::Unusable
        | FailureKind::Other => text,
    };
    Failure { kind, text }
}

/// What a request failed of that the server did not begin to process, so that it may be sent again.
const UNPROCESSED: &str = "the server closed the HTTP/2 stream before it processed the request";

/// Whether the server says that it did not begin to process the request (RFC 9113 sections 6.8 and 8.7).
pub(crate) fn is_unprocessed(failure: &Failure) -> bool {
    failure.kind == FailureKind::Reset && failure.text == UNPROCESSED
}

/// A stream refused, or a connection that ends in good order before it came to the stream.
fn is_refused_stream(cause: &(dyn StdError + 'static)) -> bool {
    let error = cause.downcast_ref::<h2::Error>();
    error
        .filter(|error| error.is_remote())
        .is_some_and(|error| {
            let reason = error.reason();
            error.is_reset() && reason == Some(h2::Reason::REFUSED_STREAM)
                || error.is_go_away() && reason == Some(h2::Reason::NO_ERROR)
        })
}

/// Whether a failure is one of HTTP/2, whose requests are framed: none of them is ever taken for the next.
pub(crate) fn is_of_http2(failure: &Failure) -> bool {
    ["stream error ", "connection error "]
        .iter()
        .any(|kind| failure.text.contains(kind))
}

fn kind(error: &reqwest::Error, text: &str, answered: bool) -> FailureKind {
    if answered {
        return FailureKind::Broken;
    }
    if chain(error).any(|cause| cause.to_string().contains("dns error")) {
        return FailureKind::Resolve;
    }
    if let Some(io) = of_system(error) {
        return io_kind(io);
    }
    if error.is_timeout() {
        return FailureKind::TimedOut;
    }
    if text.contains("connection closed") || text.contains("IncompleteMessage") {
        return FailureKind::Reset;
    }
    if error.is_connect() {
        return FailureKind::Other;
    }
    FailureKind::Broken
}

/// Whether the connection was lost after it was made and before anything could be sent.
fn is_of_handshake(error: &reqwest::Error, url: &str) -> bool {
    let is_lost = || of_system(error).is_some_and(|io| io_kind(io) == FailureKind::Reset);
    url.starts_with("https:") && error.is_connect() && is_lost()
}

/// The innermost error of the operating system: those that hold another do not name it as their source.
fn of_system(error: &reqwest::Error) -> Option<&io::Error> {
    let found = chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>());
    let mut innermost = found.last()?;
    while let Some(inner) = innermost.get_ref().and_then(|inner| inner.downcast_ref()) {
        innermost = inner;
    }
    Some(innermost)
}

/// The kind of an error of the operating system.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the standard library adds kinds at will"
)]
pub(crate) fn io_kind(error: &io::Error) -> FailureKind {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => FailureKind::Refused,
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => FailureKind::Reset,
        io::ErrorKind::TimedOut => FailureKind::TimedOut,
        _ => FailureKind::Other,
    }
}

/// The error of TLS within errors of input and output, which name another's cause as their own.
fn of_tls<'a>(mut cause: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    loop {
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Some(tls);
        }
        cause = cause.downcast_ref::<io::Error>()?.get_ref()?;
    }
}

fn chain<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let first: &(dyn StdError + 'static) = error;
    std::iter::successors(Some(first), |cause| (*cause).source())
}

fn innermost(error: &reqwest::Error) -> String {
    chain(error)
        .last()
        .map_or_else(String::new, ToString::to_string)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers the first request with one frame of HTTP/2 (RFC 9113 section 4.1).
    async fn answering(listener: TcpListener, frame: Vec<u8>) {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket
            .write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0])
            .await
            .unwrap();
        let mut preface = [0; 24];
        socket.read_exact(&mut preface).await.unwrap();
        let mut head = [0; 9];
        while head[3] != 1 {
            socket.read_exact(&mut head).await.unwrap();
            let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
            socket.read_exact(&mut payload).await.unwrap();
        }
        socket.write_all(&frame).await.unwrap();
        let mut rest = Vec::new();
        let _ = socket.read_to_end(&mut rest).await;
    }

    #[tokio::test]
    async fn what_http2_says_was_not_processed_may_be_sent_again() {
        let reset = |code| vec![0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, code];
        let go_away = |code| vec![0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, code];
        for (frame, unprocessed) in [
            (reset(7), true),
            (reset(2), false),
            (go_away(0), true),
            (go_away(2), false),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}/", listener.local_addr().unwrap());
            let server = tokio::spawn(answering(listener, frame.clone()));
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let tls = rustls::ClientConfig::builder_with_provider(provider);
            let tls = tls.with_safe_default_protocol_versions().unwrap();
            let tls = tls.with_root_certificates(rustls::RootCertStore::empty());
            let client = Client::builder()
                .tls_backend_preconfigured(tls.with_no_client_auth())
                .http2_prior_knowledge()
                .retry(reqwest::retry::never())
                .no_proxy()
                .build();
            let error = client.unwrap().get(url).send().await.unwrap_err();
            let failure = failure(&error, false);
            assert_eq!(
                is_unprocessed(&failure),
                unprocessed,
                "{frame:?}: {failure:?}"
            );
            server.abort();
        }
    }

    #[test]
    fn what_breaks_off_in_http2_is_told_from_what_is_out_of_step() {
        let broken = |text: &str| Failure {
            kind: FailureKind::Broken,
            text: format!("the answer broke off or is not HTTP: {text}"),
        };
        for text in [
            "stream error received: unexpected internal error encountered",
            "connection error received: not a result of an error",
        ] {
            assert!(is_of_http2(&broken(text)));
        }
        assert!(!is_of_http2(&broken("invalid HTTP version parsed")));
    }
}
