//! SFTP as Experience Platform speaks it to a partner's server: a password or a key, no agent, no file of the user's, no
//! environment. Every wait for the network has a limit.
//!
//! What lives here: what a connection needs, and its operations. `handshake` reaches the server and knows its host key,
//! `login` proves who one is, `transfer` moves files, `error` says what went wrong.

mod error;
mod handshake;
mod host_key;
mod login;
mod transfer;

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use russh::client::{Handle, Msg};
use russh::{Channel, ChannelMsg, Disconnect};
use russh_sftp::client::{Config, RawSftpSession, error::Error as ProtocolError};
use russh_sftp::protocol::{self, File, FileAttributes, StatusCode};

pub use error::{Operation, SftpError};
pub use host_key::HostKey;
pub use login::Login;

use error::failed;
use handshake::{Seen, Watch};

/// Entries of a folder that are looked at: a list may have no end.
pub const MOST_ENTRIES: usize = 100_000;

/// What a connection needs.
#[derive(Debug, Clone)]
pub struct SftpSetup {
    /// Name or address of the server.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Who logs in.
    pub username: String,
    /// By which secret.
    pub login: Login,
    /// The host key to insist on; without one, any is taken.
    pub host_key: Option<HostKey>,
    /// How long any single wait for the network may take.
    pub time_limit: Duration,
}

/// A session at a server.
pub struct Sftp {
    raw: RawSftpSession,
    seen: Arc<Seen>,
    time_limit: Duration,
    /// Ends the connection when it goes.
    _connection: Handle<Watch>,
}

impl fmt::Debug for Sftp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sftp").finish_non_exhaustive()
    }
}

impl Sftp {
    /// Connects, checks the host key, logs in and begins a session.
    ///
    /// # Errors
    /// One for each step that fails.
    pub async fn connect(setup: &SftpSetup) -> Result<Self, SftpError> {
        let credential = login::credential(&setup.login).await?;
        let (mut connection, seen) = handshake::reach(setup).await?;
        login::prove(&mut connection, setup, credential, &seen).await?;
        let channel = channel(&connection, setup.time_limit, &seen).await?;
        let config = Config {
            // this limit comes second: operations have their own
            request_timeout_secs: setup.time_limit.as_secs().saturating_add(2),
            ..Config::default()
        };
        let raw = RawSftpSession::new_with_config(channel.into_stream(), config);
        let begun = limited(setup.time_limit, Operation::Begin, raw.init()).await?;
        begun.map_err(|error| failed(Operation::Begin, "sftp", error, &seen))?;
        Ok(Self {
            raw,
            seen,
            time_limit: setup.time_limit,
            _connection: connection,
        })
    }

    /// What a folder holds: names with sizes in bytes, and whether each is a folder; in order of names. What is no name of
    /// something in it is passed over.
    ///
    /// # Errors
    /// When the server refuses, or says nothing in time.
    pub async fn entries(&self, folder: &str) -> Result<Vec<(String, u64, bool)>, SftpError> {
        let doing = Operation::List;
        let handle = self.ask(doing, folder, self.raw.opendir(folder)).await?;
        let handle = kept(doing, folder, handle)?;
        let listed = self.listed(folder, &handle).await;
        let closed = self.ask(doing, folder, self.raw.close(&handle)).await;
        let mut entries = listed?;
        closed?;
        entries.sort();
        Ok(entries)
    }

    async fn listed(
        &self,
        folder: &str,
        handle: &str,
    ) -> Result<Vec<(String, u64, bool)>, SftpError> {
        let (mut entries, mut seen) = (Vec::new(), 0);
        while seen < MOST_ENTRIES {
            let next = limited(self.time_limit, Operation::List, self.raw.readdir(handle)).await?;
            let names = match next {
                Ok(names) => names.files,
                Err(ProtocolError::Status(status)) if status.status_code == StatusCode::Eof => {
                    return Ok(entries);
                }
                Err(error) => return Err(failed(Operation::List, folder, error, &self.seen)),
            };
            if names.is_empty() {
                break;
            }
            seen += names.len();
            let own = names.into_iter().filter(|file| is_name(&file.filename));
            entries.extend(own.map(|file| {
                let is_folder = is_listed_folder(&file);
                (
                    file.filename,
                    file.attrs.size.unwrap_or_default(),
                    is_folder,
                )
            }));
        }
        Ok(entries)
    }

    /// Removes a folder that holds nothing.
    ///
    /// # Errors
    /// When the server refuses, or says nothing in time.
    pub async fn remove_folder(&self, path: &str) -> Result<(), SftpError> {
        self.ask(Operation::Delete, path, self.raw.rmdir(path))
            .await?;
        Ok(())
    }

    /// Deletes a file.
    ///
    /// # Errors
    /// When the server refuses, or says nothing in time.
    pub async fn delete(&self, path: &str) -> Result<(), SftpError> {
        self.ask(Operation::Delete, path, self.raw.remove(path))
            .await?;
        Ok(())
    }

    /// Renames a file; by version 3 of the protocol no file may have the new name.
    ///
    /// # Errors
    /// When the server refuses, or says nothing in time.
    pub async fn rename(&self, from: &str, to: &str) -> Result<(), SftpError> {
        self.ask(Operation::Rename, from, self.raw.rename(from, to))
            .await?;
        Ok(())
    }

    /// Makes a folder and those that it lies in; what exists is left as it is.
    ///
    /// # Errors
    /// When the server refuses, a file is in the way, or the server says nothing in time.
    pub async fn make_folders(&self, path: &str) -> Result<(), SftpError> {
        if self.is_folder(path).await? {
            return Ok(());
        }
        for folder in ancestry(path) {
            self.make_folder(folder).await?;
        }
        Ok(())
    }

    async fn make_folder(&self, path: &str) -> Result<(), SftpError> {
        match self.is_folder(path).await {
            Ok(false) => {}
            // what lies above the own folder may be hidden; the folders below it tell
            Ok(true) | Err(SftpError::PermissionDenied { .. }) => return Ok(()),
            Err(error) => return Err(error),
        }
        let attributes = FileAttributes::empty();
        let made = self.ask(
            Operation::MakeFolder,
            path,
            self.raw.mkdir(path, attributes),
        );
        match made.await {
            Ok(_) => Ok(()),
            // somebody else may have made it meanwhile, or it is hidden
            Err(error) => match self.is_folder(path).await {
                Ok(true) => Ok(()),
                Ok(false) | Err(_) => Err(error),
            },
        }
    }

    /// Whether a folder is known to be there; only permissions that are told say that it is a file.
    async fn is_folder(&self, path: &str) -> Result<bool, SftpError> {
        match self.ask(Operation::Look, path, self.raw.stat(path)).await {
            Ok(found) if found.attrs.is_dir() || found.attrs.permissions.is_none() => Ok(true),
            Ok(_) => Err(SftpError::FileInTheWay {
                path: path.to_owned(),
            }),
            // some servers have no other word for what is not there
            Err(SftpError::NoSuchFile { .. } | SftpError::Failure { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn ask<T>(
        &self,
        doing: Operation,
        path: &str,
        answer: impl Future<Output = Result<T, ProtocolError>>,
    ) -> Result<T, SftpError> {
        let answer = limited(self.time_limit, doing, answer).await?;
        answer.map_err(|error| failed(doing, path, error, &self.seen))
    }
}

/// Waits for the network, but not for ever.
async fn limited<T>(
    limit: Duration,
    doing: Operation,
    waiting: impl Future<Output = T>,
) -> Result<T, SftpError> {
    let waited = tokio::time::timeout(limit, waiting).await;
    waited.map_err(|_| SftpError::TimeLimit { doing, limit })
}

/// A channel on which SFTP is spoken.
async fn channel(
    connection: &Handle<Watch>,
    limit: Duration,
    seen: &Seen,
) -> Result<Channel<Msg>, SftpError> {
    let opened = limited(limit, Operation::Begin, connection.channel_open_session()).await?;
    let mut channel = opened.map_err(|error| not_begun(error, seen))?;
    let asked = limited(
        limit,
        Operation::Begin,
        channel.request_subsystem(true, "sftp"),
    )
    .await?;
    asked.map_err(|error| not_begun(error, seen))?;
    loop {
        match limited(limit, Operation::Begin, channel.wait()).await? {
            Some(ChannelMsg::Success) => return Ok(channel),
            Some(ChannelMsg::Failure) => return Err(SftpError::NoSftp),
            Some(_) => {}
            None => return Err(not_begun(russh::Error::Disconnect, seen)),
        }
    }
}

fn not_begun(error: russh::Error, seen: &Seen) -> SftpError {
    match seen.farewell() {
        Some((Disconnect::TooManyConnections, text)) => SftpError::SessionLimit { text },
        Some((_, text)) => SftpError::Closed { text },
        None if matches!(error, russh::Error::ChannelOpenFailure(_)) => SftpError::SessionLimit {
            text: "it opens no channel".to_owned(),
        },
        None => SftpError::Closed {
            text: "it gave no reason".to_owned(),
        },
    }
}

/// The handle that a server gives out; any bytes may be one, and those that are no text cannot be given back.
fn kept(doing: Operation, path: &str, answer: protocol::Handle) -> Result<String, SftpError> {
    match answer.handle.contains(char::REPLACEMENT_CHARACTER) {
        true => Err(SftpError::Local {
            doing,
            path: path.to_owned(),
            text: "the handle that the server gave out is not UTF-8, and cannot be given back"
                .to_owned(),
        }),
        false => Ok(answer.handle),
    }
}

/// Whether something in a folder may be called so; other names lead elsewhere.
fn is_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains('/')
}

/// Version 3 of the protocol does not demand permissions; a long line begins as that of `ls -l` then.
fn is_listed_folder(file: &File) -> bool {
    match file.attrs.permissions {
        Some(_) => file.attrs.is_dir(),
        None => file.longname.starts_with(['d', 'D']),
    }
}

/// A path and every folder above it, from the top.
fn ancestry(path: &str) -> Vec<&str> {
    let path = path.trim_end_matches('/');
    let ends = path.match_indices('/').map(|(at, _)| at);
    let all = ends.chain([path.len()]).filter_map(|end| path.get(..end));
    let mut seen = BTreeSet::new();
    all.filter(|part| !part.is_empty() && !part.ends_with('/') && seen.insert(*part))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_made_from_the_top() {
        assert_eq!(ancestry("/in/new/x/"), ["/in", "/in/new", "/in/new/x"]);
        assert_eq!(ancestry("in//new"), ["in", "in//new"]);
        assert!(ancestry("/").is_empty());
    }

    #[test]
    fn a_handle_that_is_not_utf8_is_no_refusal_of_the_server() {
        let given = |bytes: &[u8]| {
            let handle = String::from_utf8_lossy(bytes).into_owned();
            let handle = protocol::Handle { id: 1, handle };
            kept(Operation::List, "/in", handle)
        };
        assert_eq!(given(b"0\0\x01"), Ok("0\0\x01".to_owned()));
        assert!(matches!(given(b"\xff\x00"), Err(SftpError::Local { .. })));
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_none() {
        for name in ["a", "a b", "...", "a\\b", "é"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", ".", "..", "../keep", "a/b", "/etc"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn a_setup_prints_no_secret() {
        let setup = |login| SftpSetup {
            host: "sftp.example.com".to_owned(),
            port: 22,
            username: "aoife".to_owned(),
            login,
            host_key: None,
            time_limit: Duration::from_secs(1),
        };
        let password = setup(Login::Password("hunter2".to_owned()));
        let key = setup(Login::Key {
            pem: "hunter2".to_owned(),
            passphrase: Some("hunter2".to_owned()),
        });
        for setup in [password, key] {
            assert!(!format!("{setup:?}").contains("hunter2"));
        }
    }
}
