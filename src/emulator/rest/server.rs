//! The server: listening, TLS, HTTP/1.1 and HTTP/2.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::header::CONNECTION;
use axum::http::{Request, Response, StatusCode};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::emulator::rest::answer::{Answer, Content};
use crate::emulator::rest::error::EmulatorError;
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::routes::{self, route};
use crate::emulator::rest::rules::HttpVersion;
use crate::emulator::rest::setup::Setup;
use crate::emulator::rest::state::{Delivery, State};
use crate::emulator::rest::tls;
use crate::emulator::rest::variation::Variation;

/// The largest body read: ten thousand profiles with fifty attributes fit.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// A running emulator; it stops when dropped.
pub struct Emulator {
    state: Arc<State>,
    base_url: String,
    authority_pem: String,
    server: JoinHandle<()>,
}

impl Emulator {
    /// Starts serving on a free port of 127.0.0.1, for the host names `localhost` and `127.0.0.1`.
    ///
    /// # Errors
    ///
    /// When a name is unfit, a certificate cannot be made or nothing can be listened on.
    pub async fn start(setup: Setup) -> Result<Self, EmulatorError> {
        Self::start_on(setup, 0).await
    }

    /// As [`Emulator::start`], on a given port; 0 takes a free one.
    ///
    /// # Errors
    ///
    /// As [`Emulator::start`].
    pub async fn start_on(setup: Setup, port: u16) -> Result<Self, EmulatorError> {
        checked_names(&setup)?;
        let plain = setup.plain_http;
        let state = Arc::new(State::new(setup));
        let plain = plain || state.rules.has(Fault::PlainHttp);
        let identity = tls::identity(&state.rules)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let scheme = if plain { "http" } else { "https" };
        let base_url = format!("{scheme}://localhost:{}", listener.local_addr()?.port());
        let acceptor = (!plain).then(|| TlsAcceptor::from(identity.server));
        let server = tokio::spawn(serve(listener, acceptor, Arc::clone(&state)));
        Ok(Self {
            state,
            base_url,
            authority_pem: identity.authority_pem,
            server,
        })
    }

    /// Scheme, host and port, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    /// The certificate of the authority to trust, in PEM.
    #[must_use]
    pub fn certificate_authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// What a destination received at its delivery endpoint, in order of answering; empty for an unknown name.
    #[must_use]
    pub fn deliveries(&self, name: &str) -> Vec<Delivery> {
        self.state
            .destination(name)
            .map(|destination| destination.deliveries().clone())
            .unwrap_or_default()
    }

    /// Answers every GET of this path with this text from now on.
    pub fn serve(&self, path: String, text: String) {
        self.state.pages().insert(path, text);
    }

    /// Ends the life of every token that a destination issued so far.
    pub fn expire_tokens(&self, name: &str) {
        if let Some(destination) = self.state.destination(name) {
            destination.tokens().expire();
        }
    }

    /// Stops, and returns when nothing listens any more.
    pub async fn stop(mut self) {
        self.server.abort();
        // an aborted task ends with an error by design
        let _ended = (&mut self.server).await;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn checked_names(setup: &Setup) -> Result<(), EmulatorError> {
    let mut seen = std::collections::BTreeSet::new();
    let legal = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    let wrong = setup
        .destinations
        .iter()
        .find(|one| !legal(&one.name) || !seen.insert(one.name.as_str()));
    wrong.map_or(Ok(()), |one| Err(EmulatorError::Name(one.name.clone())))
}

async fn serve(listener: TcpListener, acceptor: Option<TlsAcceptor>, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        connections.spawn(connection(stream, acceptor.clone(), Arc::clone(&state)));
    }
}

async fn connection(stream: TcpStream, acceptor: Option<TlsAcceptor>, state: Arc<State>) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    match acceptor {
        None => speak(stream, state).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                speak(stream, state).await;
            }
        }
    }
}

/// A server that is at fault leaves behind what it did not read, and takes it for the next request.
type Leftover = Arc<AtomicBool>;

async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, state: Arc<State>) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .title_case_headers(state.rules.varies(Variation::TitleCaseHeaders));
    match state.rules.version() {
        HttpVersion::Two => builder = builder.http2_only(),
        HttpVersion::One => builder = builder.http1_only(),
        HttpVersion::Either => {}
    }
    let leftover = Leftover::default();
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let (state, leftover) = (Arc::clone(&state), Arc::clone(&leftover));
        async move {
            let request = request.map(Body::new);
            Ok::<_, Infallible>(respond(request, &leftover, &state).await)
        }
    });
    // a client that goes away is no concern of the server
    let _ended = builder
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn respond(request: Request<Body>, leftover: &Leftover, state: &State) -> Response<Body> {
    let (parts, body) = request.into_parts();
    if leftover.load(Ordering::Acquire) {
        return not_http().write(&parts.headers, &state.rules);
    }
    let answer = match to_bytes(body, LARGEST_BODY).await {
        Ok(body) => {
            let answer = route(&parts, &body, state).await;
            let refused = answer.status.is_client_error() && !body.is_empty();
            let unread =
                refused && routes::is_delivery(&parts) && state.rules.has(Fault::UnreadBody);
            leftover.store(unread, Ordering::Release);
            answer
        }
        Err(_) => Answer::error(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "the body is too large",
        ),
    };
    answer.write(&parts.headers, &state.rules)
}

/// What a server answers that finds no request line where it looks for one.
fn not_http() -> Answer {
    let mut answer = Answer::json(StatusCode::BAD_REQUEST, json!({})).with(CONNECTION, "close");
    answer.body = Content::Empty;
    answer
}
