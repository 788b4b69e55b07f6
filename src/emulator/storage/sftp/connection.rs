//! One SSH connection: logging in, and the one subsystem there is.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use russh::keys::PublicKey;
use russh::server::{
    Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Server, Session, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, Disconnect, Error};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::gate::{Gate, Rights};
use super::session::Sftp;
use super::tree::Tree;
use crate::emulator::storage::Variation;
use crate::emulator::storage::rules::Rules;

/// How long logging in takes under [`Variation::SlowLogin`].
const SLOW: Duration = Duration::from_millis(300);

/// What all connections share.
pub(super) struct Shared {
    pub(super) gate: Gate,
    pub(super) tree: Arc<Tree>,
    pub(super) rules: Arc<Rules>,
    pub(super) free: Arc<Semaphore>,
}

/// Makes a connection of everyone who comes.
pub(super) struct Door {
    shared: Arc<Shared>,
}

impl Door {
    pub(super) fn new(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
        }
    }
}

impl Server for Door {
    type Handler = Connection;

    fn new_client(&mut self, _: Option<SocketAddr>) -> Connection {
        Connection {
            shared: Arc::clone(&self.shared),
            rights: None,
            place: None,
            channels: BTreeMap::new(),
        }
    }
}

/// Somebody connected.
pub(super) struct Connection {
    shared: Arc<Shared>,
    rights: Option<Rights>,
    place: Option<OwnedSemaphorePermit>,
    channels: BTreeMap<ChannelId, Channel<Msg>>,
}

impl Connection {
    async fn answer(&mut self, rights: Option<Rights>) -> Auth {
        if self.shared.rules.varies(Variation::SlowLogin) {
            tokio::time::sleep(SLOW).await;
        }
        self.rights = rights;
        match rights {
            Some(_) => Auth::Accept,
            None => self.refusal(),
        }
    }

    fn refusal(&self) -> Auth {
        Auth::Reject {
            proceed_with_methods: Some(self.shared.gate.methods()),
            partial_success: false,
        }
    }

    fn by_key(&self, user: &str, key: &PublicKey) -> Option<Rights> {
        self.shared.gate.key(user, key)
    }
}

impl Handler for Connection {
    type Error = Error;

    async fn auth_none(&mut self, user: &str) -> Result<Auth, Error> {
        let rights = self.shared.gate.anonymous(user);
        Ok(match rights {
            Some(_) => self.answer(rights).await,
            None => self.refusal(),
        })
    }

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Error> {
        let rights = self.shared.gate.password(user, password);
        Ok(self.answer(rights).await)
    }

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Error> {
        Ok(match self.by_key(user, offer.public_key) {
            Some(_) => Auth::Accept,
            None => self.refusal(),
        })
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Error> {
        let rights = self.by_key(user, key.public_key);
        Ok(self.answer(rights).await)
    }

    async fn auth_succeeded(&mut self, session: &mut Session) -> Result<(), Error> {
        self.place = Arc::clone(&self.shared.free).try_acquire_owned().ok();
        if self.place.is_none() {
            let why = "too many sessions at once";
            session.disconnect(Disconnect::TooManyConnections, why, "")?;
        }
        Ok(())
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
        name: &str,
        session: &mut Session,
    ) -> Result<(), Error> {
        let channel = self.channels.remove(&id).filter(|_| name == "sftp");
        match (channel, self.rights) {
            (Some(channel), Some(rights)) => {
                session.channel_success(id)?;
                let tree = Arc::clone(&self.shared.tree);
                let sftp = Sftp::new(tree, rights, Arc::clone(&self.shared.rules));
                russh_sftp::server::run(channel.into_stream(), sftp).await;
                Ok(())
            }
            (_, _) => session.channel_failure(id),
        }
    }

    async fn channel_eof(&mut self, id: ChannelId, session: &mut Session) -> Result<(), Error> {
        // OpenSSH's client waits for the other side to close
        session.close(id)
    }
}
