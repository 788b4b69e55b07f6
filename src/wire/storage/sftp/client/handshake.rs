//! Reaching a server: name, connection, exchange of keys, host key.

use std::borrow::Cow;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use russh::client::{self, DisconnectReason, Handle, Handler};
use russh::keys::{Algorithm, PublicKeyOrCertificate};
use russh::{AlgorithmKind, Disconnect, Preferred};
use tokio::net::{TcpStream, lookup_host};

use super::error::{Operation, SftpError, words};
use super::host_key::{HostKey, same_kind};
use super::{SftpSetup, limited};

/// How this side names itself.
const NAME: &str = concat!("SSH-2.0-destspec_", env!("CARGO_PKG_VERSION"));

/// What was seen of a connection, by the task that runs it.
#[derive(Default)]
pub(super) struct Seen(Mutex<State>);

#[derive(Default)]
struct State {
    complaint: Option<SftpError>,
    farewell: Option<(u32, String)>,
}

impl Seen {
    /// Why the server ended the connection, if it said so.
    pub(super) fn farewell(&self) -> Option<(Disconnect, String)> {
        let state = self.state();
        let (code, text) = state.farewell.as_ref()?;
        let many = Disconnect::TooManyConnections as u32;
        let code = if *code == many {
            Disconnect::TooManyConnections
        } else {
            Disconnect::ByApplication
        };
        Some((code, text.clone()))
    }

    /// A connection that ended with these words.
    #[cfg(test)]
    pub(super) fn ended(code: Disconnect, text: &str) -> Self {
        let seen = Self::default();
        seen.state().farewell = Some((code as u32, text.to_owned()));
        seen
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches a connection, and lets only the announced server be.
pub(super) struct Watch {
    expected: Option<HostKey>,
    seen: Arc<Seen>,
}

impl Handler for Watch {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        shown: &PublicKeyOrCertificate,
    ) -> Result<bool, russh::Error> {
        let key = shown.public_key();
        let expected = self.expected.as_ref();
        let complaint = expected.and_then(|expected| expected.complaint(&key));
        let mut state = self.seen.state();
        state.complaint = complaint;
        Ok(state.complaint.is_none())
    }

    async fn disconnected(
        &mut self,
        reason: DisconnectReason<russh::Error>,
    ) -> Result<(), russh::Error> {
        match reason {
            DisconnectReason::ReceivedDisconnect(info) => {
                let said = (info.reason_code as u32, words(&info.message));
                self.seen.state().farewell = Some(said);
                Ok(())
            }
            DisconnectReason::Error(error) => Err(error),
        }
    }
}

/// Connects and exchanges keys. A server may have several host keys and show one of them; where only a fingerprint is
/// known, and so not the kind of its key, the server is asked again for keys of other kinds.
pub(super) async fn reach(setup: &SftpSetup) -> Result<(Handle<Watch>, Arc<Seen>), SftpError> {
    let expected = setup.host_key.as_ref();
    let mut kinds = kinds(expected);
    let mut complaint = None;
    loop {
        let error = match attempt(setup, &kinds).await {
            Ok(reached) => return Ok(reached),
            Err(error) => error,
        };
        if matches!(error, SftpError::NoCommonAlgorithm { .. }) {
            return Err(complaint.unwrap_or(error));
        }
        let SftpError::HostKeyUnknown { algorithm, .. } = &error else {
            return Err(error);
        };
        let shown = algorithm.parse::<Algorithm>().ok();
        complaint = complaint.or_else(|| Some(error.clone()));
        let known = kinds.len();
        kinds.retain(|kind| shown.as_ref().is_none_or(|shown| !same_kind(kind, shown)));
        let again = kinds.len() < known && expected.is_some_and(HostKey::has_fingerprints);
        if !again || kinds.is_empty() {
            return Err(complaint.unwrap_or(error));
        }
    }
}

/// Kinds of host keys, those that are announced first.
fn kinds(expected: Option<&HostKey>) -> Vec<Algorithm> {
    let mut kinds = Preferred::DEFAULT.key.into_owned();
    kinds.sort_by_key(|kind| !expected.is_some_and(|expected| expected.may_have(kind)));
    kinds
}

async fn attempt(
    setup: &SftpSetup,
    kinds: &[Algorithm],
) -> Result<(Handle<Watch>, Arc<Seen>), SftpError> {
    let stream = connected(setup).await?;
    let seen = Arc::new(Seen::default());
    let watch = Watch {
        expected: setup.host_key.clone(),
        seen: Arc::clone(&seen),
    };
    let config = client::Config {
        client_id: russh::SshId::Standard(Cow::Borrowed(NAME)),
        preferred: Preferred {
            key: Cow::Owned(kinds.to_vec()),
            ..Preferred::DEFAULT
        },
        nodelay: true,
        ..client::Config::default()
    };
    let greeted = client::connect_stream(Arc::new(config), stream, watch);
    match limited(setup.time_limit, Operation::Greet, greeted).await? {
        Ok(connection) => Ok((connection, seen)),
        Err(error) => Err(not_greeted(&address(setup), &error, &seen)),
    }
}

async fn connected(setup: &SftpSetup) -> Result<TcpStream, SftpError> {
    let host = setup.host.as_str();
    let limit = setup.time_limit;
    let unknown = || SftpError::NameUnknown {
        host: host.to_owned(),
    };
    let found = limited(limit, Operation::Connect, lookup_host((host, setup.port))).await?;
    let addresses: Vec<SocketAddr> = found.map_err(|_| unknown())?.collect();
    let mut failed = unknown();
    for one in addresses {
        match limited(limit, Operation::Connect, TcpStream::connect(one)).await {
            Ok(Ok(stream)) => {
                // speed only
                let _done = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => failed = unreached(address(setup), &error),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn address(setup: &SftpSetup) -> String {
    format!("{}:{}", setup.host, setup.port)
}

fn unreached(address: String, error: &io::Error) -> SftpError {
    if error.kind() == io::ErrorKind::ConnectionRefused {
        return SftpError::Refused { address };
    }
    let text = error.kind().to_string();
    SftpError::Unreachable { address, text }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "russh has many errors, and says the rest of them well"
)]
fn not_greeted(address: &str, error: &russh::Error, seen: &Seen) -> SftpError {
    if let Some(complaint) = seen.state().complaint.take() {
        return complaint;
    }
    if let Some((_, text)) = seen.farewell() {
        return SftpError::Closed { text };
    }
    match error {
        russh::Error::NoCommonAlgo { kind, theirs, .. } => SftpError::NoCommonAlgorithm {
            kind: kind_of(kind),
            theirs: words(&theirs.join(", ")),
        },
        russh::Error::Disconnect
        | russh::Error::HUP
        | russh::Error::Version
        | russh::Error::IO(_)
        | russh::Error::Join(_) => SftpError::NotSsh {
            address: address.to_owned(),
        },
        other => SftpError::Handshake {
            text: words(&other.to_string()),
        },
    }
}

fn kind_of(kind: &AlgorithmKind) -> &'static str {
    match kind {
        AlgorithmKind::Kex => "key exchange",
        AlgorithmKind::Key => "host key algorithm",
        AlgorithmKind::Cipher => "cipher",
        AlgorithmKind::Compression => "compression",
        AlgorithmKind::Mac => "message authentication code",
    }
}
