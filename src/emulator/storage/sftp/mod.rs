//! A stand-in for a partner's SFTP server, in process: users with passwords and keys, folders that are real, files on
//! disk. What is read or written comes from the files of a [`Store`]; a name there is an absolute path without its first slash.
//!
//! What lives here: starting and stopping. `connection` speaks SSH, `session` SFTP, `gate` knows who may come in, `tree`
//! holds folders and files, `draft` a file that is being written, `path` reads and spoils paths.

mod connection;
mod draft;
mod gate;
mod path;
mod session;
mod tree;

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use russh::keys::{Algorithm, PrivateKey};
use russh::server::{Config, RunningServerHandle, Server as _};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::emulator::storage::rules::Rules;
use crate::emulator::storage::{Fault, Store, Variation};
use connection::{Door, Shared};
use gate::Gate;
use tree::Tree;

/// How long a refusal to log in takes at least.
const REFUSAL_TIME: Duration = Duration::from_millis(20);
/// How many messages may wait for a session that is busy answering. russh queues announcements of a larger window
/// among them: were the queue ever full, a client that asks for much at once (OpenSSH's) and this side would wait for
/// each other. The window bounds the bytes.
const WAITING: usize = 65_536;

/// What a server is to be.
pub struct SftpSetup {
    /// Who may log in.
    pub users: Vec<User>,
    /// The files.
    pub store: Arc<Store>,
    /// The folder in which a session begins and below which users write, e.g. `/upload`.
    pub home: String,
    /// At most so many sessions at once.
    pub sessions: usize,
    /// Deliberate misbehaviours.
    pub faults: BTreeSet<Fault>,
    /// Harmless differences.
    pub variations: BTreeSet<Variation>,
}

/// Somebody who may log in.
pub struct User {
    /// Name.
    pub name: String,
    /// Password, where one is taken.
    pub password: Option<String>,
    /// Public keys, each a line as in OpenSSH's `authorized_keys`, without options.
    pub authorized_keys: Vec<String>,
    /// Whether files may be written below the home.
    pub writable: bool,
}

/// Why a server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A line of `authorized_keys` is none.
    #[error("cannot read an authorised key of user `{user}`")]
    AuthorizedKey {
        /// Whose key it is.
        user: String,
    },
    /// No host key came about.
    #[error("cannot make a host key")]
    HostKey(#[source] ssh_key::Error),
    /// Nothing to listen on.
    #[error("cannot listen on 127.0.0.1")]
    Listen(#[from] io::Error),
}

/// A running server; it stops when dropped.
pub struct SftpServer {
    address: SocketAddr,
    host_key: String,
    running: RunningServerHandle,
}

impl SftpServer {
    /// Starts serving on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When a key cannot be read or made, or nothing can be listened on.
    pub async fn start(setup: SftpSetup) -> Result<Self, StartError> {
        let rules = Arc::new(Rules::new(setup.faults, setup.variations));
        let gate = Gate::new(setup.users, Arc::clone(&rules))?;
        let shown = host_key()?;
        let announced = announced(&shown, &rules)?;
        let config = Arc::new(config(&gate, shown));
        let tree = Tree::new(setup.store, &setup.home, Arc::clone(&rules));
        let mut door = Door::new(Shared {
            gate,
            tree: Arc::new(tree),
            rules,
            free: Arc::new(Semaphore::new(setup.sessions)),
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (tell, told) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            let server = door.run_on_socket(config, &listener);
            // whoever started it may be gone already
            let _gone = tell.send(server.handle());
            let _ended = server.await;
        });
        let running = told.await.map_err(io::Error::other)?;
        Ok(Self {
            address,
            host_key: announced,
            running,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The host key that it announces, as a line of OpenSSH without host names.
    #[must_use]
    pub fn host_key(&self) -> String {
        self.host_key.clone()
    }
}

impl Drop for SftpServer {
    fn drop(&mut self) {
        self.running.shutdown("the server stops".to_owned());
    }
}

fn host_key() -> Result<PrivateKey, StartError> {
    PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).map_err(StartError::HostKey)
}

fn announced(shown: &PrivateKey, rules: &Rules) -> Result<String, StartError> {
    let line = |key: &PrivateKey| {
        let line = key.public_key().to_openssh();
        line.map_err(StartError::HostKey)
    };
    if rules.has(Fault::HostKeyChanged) {
        line(&host_key()?)
    } else {
        line(shown)
    }
}

fn config(gate: &Gate, host_key: PrivateKey) -> Config {
    Config {
        methods: gate.methods(),
        auth_rejection_time: REFUSAL_TIME,
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![host_key],
        channel_buffer_size: WAITING,
        nodelay: true,
        ..Config::default()
    }
}
