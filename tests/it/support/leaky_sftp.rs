//! An SFTP server that lets everybody in and repeats a secret: each refusal holds it in the next of its forms.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use russh::keys::{Algorithm, PrivateKey};
use russh::server::{
    Auth, ChannelOpenHandle, Config, Handler, Msg, Server, Session, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, Error};
use russh_sftp::protocol::StatusCode;
use russh_sftp::server::StatusReply;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::support::guises::guises;

/// The server; it stops when it is dropped.
pub struct LeakySftp {
    /// Port on the loopback.
    pub port: u16,
    /// The line of its host key.
    pub host_key: String,
    served: Arc<AtomicUsize>,
    _runtime: Runtime,
}

/// How often each kind of refusal comes, in turn.
const REFUSALS: [StatusCode; 3] = [
    StatusCode::Failure,
    StatusCode::PermissionDenied,
    StatusCode::OpUnsupported,
];

impl LeakySftp {
    /// Starts it with the text that it repeats.
    pub fn start(secret: &str) -> LeakySftp {
        let runtime = Runtime::new().unwrap();
        let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
        let host_key = key.public_key().to_openssh().unwrap();
        let config = Arc::new(Config {
            keys: vec![key],
            ..Config::default()
        });
        let listener = TcpListener::bind("127.0.0.1:0");
        let listener = runtime.block_on(listener).unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = Arc::new(AtomicUsize::new(0));
        let forms = guises(secret).into_iter().map(|(_, form)| form);
        let mut server = Leak {
            forms: forms.collect(),
            served: Arc::clone(&served),
        };
        runtime.spawn(async move { server.run_on_socket(config, &listener).await });
        LeakySftp {
            port,
            host_key,
            served,
            _runtime: runtime,
        }
    }

    /// How many refusals there were.
    pub fn served(&self) -> usize {
        self.served.load(Ordering::SeqCst)
    }
}

#[derive(Clone)]
struct Leak {
    forms: Arc<[String]>,
    served: Arc<AtomicUsize>,
}

impl Server for Leak {
    type Handler = Connection;

    fn new_client(&mut self, _: Option<SocketAddr>) -> Connection {
        Connection {
            leak: self.clone(),
            channels: BTreeMap::new(),
        }
    }
}

struct Connection {
    leak: Leak,
    channels: BTreeMap<ChannelId, Channel<Msg>>,
}

impl Handler for Connection {
    type Error = Error;

    async fn auth_password(&mut self, _: &str, _: &str) -> Result<Auth, Error> {
        Ok(Auth::Accept)
    }

    async fn auth_publickey(&mut self, _: &str, _: VerifiedPublicKey<'_>) -> Result<Auth, Error> {
        Ok(Auth::Accept)
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Error> {
        self.channels.insert(channel.id(), channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        _: &str,
        session: &mut Session,
    ) -> Result<(), Error> {
        session.channel_success(id)?;
        if let Some(channel) = self.channels.remove(&id) {
            let leak = self.leak.clone();
            russh_sftp::server::run(channel.into_stream(), leak).await;
        }
        Ok(())
    }
}

impl russh_sftp::server::Handler for Leak {
    type Error = StatusReply;

    fn unimplemented(&self) -> StatusReply {
        let turn = self.served.fetch_add(1, Ordering::SeqCst);
        let form = &self.forms[turn % self.forms.len()];
        REFUSALS[turn % REFUSALS.len()].with_message(format!("seen {form} here"))
    }
}
