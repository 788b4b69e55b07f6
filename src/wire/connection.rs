//! What is seen of a host apart from HTTP: addresses, TCP, TLS version, protocol and certificate.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Url;

use crate::model::digest::Digest;
use crate::model::record::{Connection, Failure, FailureKind, TlsCause};
use crate::wire::door::{Door, Live, Side, turned_away};
use crate::wire::error::Divergence;
use crate::wire::http::io_kind;
use crate::wire::tls_failure;

/// How long a server that asked for a certificate may take to turn us away.
const TURNED_AWAY_WITHIN: Duration = Duration::from_secs(1);

/// How long is waited for a connection to a host that has just let a whole time limit pass.
const ONCE_MORE: Duration = Duration::from_secs(1);

impl Door {
    pub(crate) async fn connection(
        &self,
        scenario: &str,
        url: &str,
    ) -> Result<Connection, Divergence> {
        let url = Url::parse(url).ok();
        let origin = url.as_ref().map_or_else(|| "none".to_owned(), origin);
        let live = match &self.0.side {
            Side::Live(live) => live,
            Side::Replay(tape) => return tape.connection(scenario, &origin),
        };
        let cell = Arc::clone(
            self.0
                .connections
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(origin.clone())
                .or_default(),
        );
        let look = async || observe(live, origin, url.as_ref(), self.0.time_limit).await;
        Ok(cell.get_or_init(look).await.clone())
    }

    /// What was seen of each host so far, by origin.
    pub fn connections(&self) -> Vec<Connection> {
        match &self.0.side {
            Side::Live(_) => self
                .0
                .connections
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .values()
                .filter_map(|cell| cell.get().cloned())
                .collect(),
            Side::Replay(tape) => tape.connections(),
        }
    }
}

/// The origin that a URL names; nothing where it is none.
pub(crate) fn origin_of(url: &str) -> String {
    Url::parse(url)
        .ok()
        .as_ref()
        .map(origin)
        .unwrap_or_default()
}

fn origin(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{}://{host}:{port}", url.scheme())
}

async fn observe(live: &Live, origin: String, url: Option<&Url>, limit: Duration) -> Connection {
    let dead = live.hosts.dead(&origin);
    let silent = dead.filter(|failure| failure.kind == FailureKind::Silent);
    let limit = silent.as_ref().map_or(limit, |_| limit.min(ONCE_MORE));
    let mut seen = Connection {
        origin,
        addresses: Vec::new(),
        connected: false,
        tls: None,
        alpn: None,
        certificate_sha256: None,
        failure: None,
    };
    let looked = tokio::time::timeout(limit, look(live, url, &mut seen)).await;
    seen.failure = match looked {
        Ok(done) => done.err(),
        Err(_) => Some(silent.unwrap_or_else(|| Failure {
            kind: FailureKind::TimedOut,
            text: format!("no connection within {} ms", limit.as_millis()),
        })),
    };
    seen.failure = seen.failure.map(|f| live.hosts.failed(&seen.origin, f));
    seen
}

async fn look(live: &Live, url: Option<&Url>, seen: &mut Connection) -> Result<(), Failure> {
    let fails = |kind, text: String| Failure { kind, text };
    let no_host = || fails(FailureKind::Other, "the URL names no host".to_owned());
    let url = url.ok_or_else(no_host)?;
    let host = url.host_str().ok_or_else(no_host)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().ok_or_else(no_host)?;
    let found = tokio::net::lookup_host((host, port)).await.map_err(|_| {
        let text = "the host name does not resolve".to_owned();
        fails(FailureKind::Resolve, text)
    })?;
    let addresses: Vec<_> = found.collect();
    seen.addresses = addresses.iter().map(|a| a.ip().to_string()).collect();
    let is_secure = url.scheme() == "https";
    let stream = TcpStream::connect(&*addresses).await.map_err(|error| {
        // whether a reset comes before or in the handshake is a matter of microseconds
        match is_secure && io_kind(&error) == FailureKind::Reset {
            true => handshake_failure(&error),
            false => fails(io_kind(&error), error.kind().to_string()),
        }
    })?;
    seen.connected = true;
    if !is_secure {
        return Ok(());
    }
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| fails(FailureKind::Tls, "the host is no TLS name".to_owned()))?;
    let connector = TlsConnector::from(Arc::clone(&live.tls));
    let stream = connector.connect(name, stream).await.map_err(|error| {
        match live.certificate_asked.is_so() {
            true => turned_away(),
            false => handshake_failure(&error),
        }
    })?;
    note(&stream, seen);
    match live.certificate_asked.is_so() {
        true => stays_open(stream).await,
        false => Ok(()),
    }
}

fn handshake_failure(error: &std::io::Error) -> Failure {
    let cause = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let broken = || match io_kind(error) {
        FailureKind::Reset => TlsCause::Closed.said().to_owned(),
        FailureKind::Broken
        | FailureKind::Refused
        | FailureKind::Resolve
        | FailureKind::NoToken
        | FailureKind::TimedOut
        | FailureKind::Silent
        | FailureKind::Tls
        | FailureKind::Unusable
        | FailureKind::Other => "TLS: the handshake broke off".to_owned(),
    };
    Failure {
        kind: FailureKind::Tls,
        text: cause.map_or_else(broken, tls_failure::sentence),
    }
}

/// In TLS 1.3 a server that wants a certificate closes the connection after the handshake (RFC 8446 section 4.4.2.4).
async fn stays_open(mut stream: TlsStream<TcpStream>) -> Result<(), Failure> {
    let said = tokio::time::timeout(TURNED_AWAY_WITHIN, stream.read_u8()).await;
    match said {
        Ok(Err(_)) => Err(turned_away()),
        // whatever it says before it is asked, it keeps us: HTTP/2 begins with settings
        Ok(Ok(_)) | Err(_) => Ok(()),
    }
}

fn note(stream: &TlsStream<TcpStream>, seen: &mut Connection) {
    let (_, tls) = stream.get_ref();
    seen.tls = tls.protocol_version().and_then(|version| {
        version
            .as_str()
            .map(|name| name.replace("TLSv1_", "TLSv1."))
    });
    seen.alpn = tls
        .alpn_protocol()
        .map(|name| String::from_utf8_lossy(name).into_owned());
    let leaf = tls.peer_certificates().and_then(|chain| chain.first());
    seen.certificate_sha256 = leaf.map(Digest::hash);
}
