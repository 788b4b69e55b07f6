//! SFTP by password or by key (reference 2.9): the operations of a location over sessions that are kept.

mod client;
mod stream;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;

use crate::model::record::{Entry, Failure, FailureKind, StorageResult};
use crate::model::redact::Redactor;
use crate::model::secret::Secret;
use crate::wire::storage::seen::Seen;
use crate::wire::storage::sftp::client::{HostKey, Login as Proof, MOST_ENTRIES, Sftp, SftpError};
use crate::wire::storage::sftp::stream::{Sink, reader};
use crate::wire::storage::{Content, Login, Means, OpenedStorage, Storage, unusable};

/// Folders below each other that are listed.
const DEEPEST: usize = 16;

/// A folder of a server and what it is reached with.
#[derive(Clone)]
pub struct SftpSetup {
    /// Name or address of the server.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Folder; a leading slash tells the root from the home of the user.
    pub folder: String,
    /// Who logs in.
    pub username: String,
    /// By what.
    pub secret: SftpSecret,
    /// The announced host key; without one, any is taken.
    pub host_key: Option<String>,
}

/// What a user proves to be the one with.
#[derive(Clone)]
pub enum SftpSecret {
    /// A password.
    Password(Secret),
    /// A private key.
    Key {
        /// PEM or OpenSSH.
        key: Secret,
        /// What opens it.
        passphrase: Option<Secret>,
    },
}

impl SftpSetup {
    pub(crate) fn open(&self, login: Login, means: &Means, redactor: &Redactor) -> OpenedStorage {
        let host_key = self.host_key.as_deref().map(str::parse::<HostKey>);
        let host_key = host_key.transpose();
        let setup = client::SftpSetup {
            host: self.host.clone(),
            port: self.port,
            username: self.user(login),
            login: self.proof(login, redactor),
            host_key: host_key.map_err(|error| unusable(error.to_string()))?,
            time_limit: means.time_limit,
        };
        Ok(Arc::new(Server {
            setup,
            folder: root(&self.folder).to_owned(),
            idle: Mutex::default(),
            refusal: (login != Login::Valid).then(Mutex::default),
        }))
    }

    fn user(&self, login: Login) -> String {
        match login {
            Login::Anonymous => "anonymous".to_owned(),
            Login::Near(miss) if miss.is_of_another() => format!("{}x", self.username),
            Login::Valid | Login::Near(_) => self.username.clone(),
        }
    }

    fn proof(&self, login: Login, redactor: &Redactor) -> Proof {
        match (&self.secret, login) {
            (_, Login::Anonymous) => Proof::Password("anonymous".to_owned()),
            (SftpSecret::Password(password), Login::Near(miss)) if !miss.is_of_another() => {
                let (near, _) = miss.of_secret(redactor, "password", password);
                Proof::Password(near.expose().to_owned())
            }
            (SftpSecret::Password(password), Login::Valid | Login::Near(_)) => {
                Proof::Password(password.expose().to_owned())
            }
            (SftpSecret::Key { key, passphrase }, Login::Valid | Login::Near(_)) => Proof::Key {
                pem: key.expose().to_owned(),
                passphrase: passphrase.as_ref().map(|own| own.expose().to_owned()),
            },
        }
    }

    /// Whether Experience Platform takes no such secret: a key has to be of RSA and without passphrase. What cannot be read
    /// is of no form.
    pub fn is_foreign(&self) -> bool {
        let taken = self.proof(Login::Valid, &Redactor::replaying());
        matches!(
            taken.as_platform_takes_it(),
            Err(SftpError::KeyKind { .. } | SftpError::KeyEncrypted)
        )
    }
}

/// A folder without slashes at its end, but that of the root of the server; nothing is the home of the user.
fn root(folder: &str) -> &str {
    match folder.trim_end_matches('/') {
        "" if folder.starts_with('/') => "/",
        folder => folder,
    }
}

struct Server {
    setup: client::SftpSetup,
    folder: String,
    idle: Mutex<Vec<Arc<Sftp>>>,
    /// How a login that has to be refused was; the right one is tried whenever it is needed.
    refusal: Option<Mutex<Option<SftpError>>>,
}

impl Server {
    fn path(&self, path: &str) -> String {
        match (self.folder.as_str(), path.trim_matches('/')) {
            ("", "") => ".".to_owned(),
            ("", path) => path.to_owned(),
            (folder, "") => folder.to_owned(),
            ("/", path) => format!("/{path}"),
            (folder, path) => format!("{folder}/{path}"),
        }
    }

    /// Works in a session of its own, one that is idle or a new one; a session that failed is not kept. Servers end what is
    /// idle, so that what was lost with a kept session is done again in a new one.
    async fn work<T, W>(&self, work: impl Fn(Arc<Sftp>) -> W) -> Result<T, SftpError>
    where
        W: Future<Output = Result<T, SftpError>>,
    {
        let (done, _) = self.work_twice(work).await;
        done
    }

    /// As [`work`](Self::work), of what finds nothing there when it is done again: whether it was done before the session
    /// was lost is not known then.
    async fn work_once<W>(&self, work: impl Fn(Arc<Sftp>) -> W) -> Result<(), SftpError>
    where
        W: Future<Output = Result<(), SftpError>>,
    {
        match self.work_twice(work).await {
            (Err(SftpError::NoSuchFile { .. }), Some(lost)) => Err(lost),
            (done, _) => done,
        }
    }

    /// What came of it, and how a kept session was lost before.
    async fn work_twice<T, W>(
        &self,
        work: impl Fn(Arc<Sftp>) -> W,
    ) -> (Result<T, SftpError>, Option<SftpError>)
    where
        W: Future<Output = Result<T, SftpError>>,
    {
        let kept = locked(&self.idle).pop();
        let lost = match kept {
            None => None,
            Some(session) => match self.work_in(session, &work).await {
                Err(error @ SftpError::Closed { .. }) => Some(error),
                done => return (done, None),
            },
        };
        let done = match self.connected().await {
            Ok(session) => self.work_in(Arc::new(session), &work).await,
            Err(error) => Err(error),
        };
        (done, lost)
    }

    async fn work_in<T, W>(
        &self,
        session: Arc<Sftp>,
        work: &impl Fn(Arc<Sftp>) -> W,
    ) -> Result<T, SftpError>
    where
        W: Future<Output = Result<T, SftpError>>,
    {
        let done = work(Arc::clone(&session)).await;
        if !done.as_ref().is_err_and(ends_session) {
            locked(&self.idle).push(session);
        }
        done
    }

    /// A new session. A wrong login that was refused stays so: each try counts against the account.
    async fn connected(&self) -> Result<Sftp, SftpError> {
        let refused = self.refusal.as_ref().and_then(|held| locked(held).clone());
        if let Some(refused) = refused {
            return Err(refused);
        }
        let session = Sftp::connect(&self.setup).await;
        if let (Err(error), Some(held)) = (&session, &self.refusal)
            && is_of_login(error)
        {
            *locked(held) = Some(error.clone());
        }
        session
    }

    async fn look(&self) -> Result<StorageResult, SftpError> {
        let folder = self.path("");
        let whole = folder.as_str();
        let looked = self.work(|session| async move { session.entries(whole).await });
        match looked.await {
            Ok(_) => Ok(StorageResult::Done),
            Err(SftpError::NoSuchFile { .. }) => Ok(StorageResult::Refused {
                code: "SSH_NO_ROOT".to_owned(),
                text: format!("there is no folder `{folder}`"),
            }),
            Err(error) => Err(error),
        }
    }

    async fn write(&self, path: &str, content: &Content) -> Result<StorageResult, SftpError> {
        let path = &self.path(path);
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.work(|session| async move {
            if !folder.is_empty() {
                session.make_folders(folder).await?;
            }
            let taken = |bytes| content.taken(bytes);
            session
                .put(path, reader(content), Some(content.bytes()), taken)
                .await
        })
        .await?;
        Ok(StorageResult::Done)
    }

    async fn read(&self, path: &str, seen: Seen) -> Result<StorageResult, SftpError> {
        let path = &self.path(path);
        let sink = self.work(|session| {
            let mut sink = Sink(seen.clone());
            async move {
                session.get(path, &mut sink).await?;
                Ok(sink)
            }
        });
        Ok(sink.await?.0.finish())
    }

    async fn below(&self, path: &str) -> Result<StorageResult, SftpError> {
        let (mut entries, _) = self.found(path).await?;
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(StorageResult::Entries { entries })
    }

    /// The files below a folder, and the folders from the top, it included: no deeper and no more than anybody has, for a
    /// server may show what has no end.
    async fn found(&self, top: &str) -> Result<(Vec<Entry>, Vec<String>), SftpError> {
        let (mut files, mut folders) = (Vec::new(), vec![(1, top.trim_matches('/').to_owned())]);
        let mut at = 0;
        while let Some((depth, folder)) = folders.get(at).cloned() {
            let full = &self.path(&folder);
            let found = self.work(|session| async move { session.entries(full).await });
            for (name, bytes, is_folder) in found.await? {
                let path = match folder.as_str() {
                    "" => name,
                    folder => format!("{folder}/{name}"),
                };
                match is_folder {
                    true if depth < DEEPEST => folders.push((depth + 1, path)),
                    true => {}
                    false => files.push(Entry { path, bytes }),
                }
            }
            at += 1;
            if files.len() + folders.len() > MOST_ENTRIES {
                break;
            }
        }
        Ok((files, folders.into_iter().map(|(_, path)| path).collect()))
    }

    async fn forget(&self, path: &str) -> Result<StorageResult, SftpError> {
        let path = &self.path(path);
        self.work_once(|session| async move { session.delete(path).await })
            .await?;
        Ok(StorageResult::Done)
    }

    async fn moved(&self, from: &str, to: &str) -> Result<StorageResult, SftpError> {
        let (from, to) = (&self.path(from), &self.path(to));
        self.work_once(|session| async move { session.rename(from, to).await })
            .await?;
        Ok(StorageResult::Done)
    }

    /// Folders from below: none is removed that holds something.
    async fn emptied(&self, folder: &str) -> Result<(), SftpError> {
        let (_, folders) = self.found(folder).await?;
        for folder in folders.iter().rev() {
            let folder = &self.path(folder);
            self.work_once(|session| async move { session.remove_folder(folder).await })
                .await?;
        }
        Ok(())
    }
}

fn locked<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a login was refused.
fn is_of_login(error: &SftpError) -> bool {
    matches!(
        error,
        SftpError::LoginRefused { .. }
            | SftpError::LoginEnded { .. }
            | SftpError::LoginIncomplete { .. }
    )
}

/// Whether nothing more can be done in the session.
fn ends_session(error: &SftpError) -> bool {
    !matches!(
        error,
        SftpError::PermissionDenied { .. }
            | SftpError::NoSuchFile { .. }
            | SftpError::FileInTheWay { .. }
            | SftpError::Unsupported { .. }
            | SftpError::Failure { .. }
    )
}

/// What an error is to a judge.
fn told(done: Result<StorageResult, SftpError>) -> StorageResult {
    let error = match done {
        Ok(result) => return result,
        Err(error) => error,
    };
    let text = error.to_string();
    let refused = |code: &str| StorageResult::Refused {
        code: code.to_owned(),
        text: text.clone(),
    };
    let failed = |kind| StorageResult::Failure {
        failure: Failure {
            kind,
            text: text.clone(),
        },
    };
    match error {
        SftpError::NameUnknown { .. } => failed(FailureKind::Resolve),
        SftpError::Refused { .. } => failed(FailureKind::Refused),
        SftpError::TimeLimit { .. } => failed(FailureKind::TimedOut),
        SftpError::Unreachable { .. }
        | SftpError::NotSsh { .. }
        | SftpError::NoCommonAlgorithm { .. }
        | SftpError::Handshake { .. }
        | SftpError::Closed { .. }
        | SftpError::Local { .. }
        | SftpError::Protocol { .. } => failed(FailureKind::Other),
        SftpError::HostKeyUnreadable { .. }
        | SftpError::PassphraseMissing
        | SftpError::PassphraseWrong
        | SftpError::KeyUnreadable { .. }
        | SftpError::KeyKind { .. }
        | SftpError::KeyEncrypted => failed(FailureKind::Unusable),
        SftpError::HostKeyChanged { .. } | SftpError::HostKeyUnknown { .. } => {
            refused("SSH_HOST_KEY")
        }
        SftpError::LoginRefused { .. }
        | SftpError::LoginEnded { .. }
        | SftpError::LoginIncomplete { .. } => refused("SSH_AUTH_FAILED"),
        SftpError::NoSftp => refused("SSH_NO_SFTP"),
        SftpError::SessionLimit { .. } => refused("SSH_TOO_MANY_SESSIONS"),
        SftpError::PermissionDenied { .. } => refused("SSH_FX_PERMISSION_DENIED"),
        SftpError::NoSuchFile { .. } => refused("SSH_FX_NO_SUCH_FILE"),
        SftpError::Unsupported { .. } => refused("SSH_FX_OP_UNSUPPORTED"),
        SftpError::FileInTheWay { .. } | SftpError::Failure { .. } => refused("SSH_FX_FAILURE"),
    }
}

impl Storage for Server {
    fn limits_requests(&self) -> bool {
        true
    }

    fn connect(&self) -> BoxFuture<'_, StorageResult> {
        Box::pin(async { told(self.look().await) })
    }

    fn put<'a>(&'a self, path: &'a str, content: &'a Content) -> BoxFuture<'a, StorageResult> {
        Box::pin(async move { told(self.write(path, content).await) })
    }

    fn get<'a>(&'a self, path: &'a str, seen: Seen) -> BoxFuture<'a, StorageResult> {
        Box::pin(async move { told(self.read(path, seen).await) })
    }

    fn list<'a>(&'a self, path: &'a str) -> BoxFuture<'a, StorageResult> {
        Box::pin(async move { told(self.below(path).await) })
    }

    fn delete<'a>(&'a self, path: &'a str) -> BoxFuture<'a, StorageResult> {
        Box::pin(async move { told(self.forget(path).await) })
    }

    fn remove_folder<'a>(&'a self, folder: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            // an empty folder that stays hurts nobody
            let _left = self.emptied(folder).await;
        })
    }

    fn rename<'a>(&'a self, from: &'a str, to: &'a str) -> BoxFuture<'a, StorageResult> {
        Box::pin(async move { told(self.moved(from, to).await) })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_root_is_not_the_home_of_the_user() {
        let path = |folder: &str, path: &str| {
            let server = Server {
                setup: client::SftpSetup {
                    host: "sftp.example.com".to_owned(),
                    port: 22,
                    username: "aoife".to_owned(),
                    login: Proof::Password(String::new()),
                    host_key: None,
                    time_limit: Duration::ZERO,
                },
                folder: root(folder).to_owned(),
                idle: Mutex::default(),
                refusal: None,
            };
            server.path(path)
        };
        for (folder, itself, file) in [
            ("", ".", "a/b.csv"),
            ("/", "/", "/a/b.csv"),
            ("//", "/", "/a/b.csv"),
            ("/in/", "/in", "/in/a/b.csv"),
            ("in", "in", "in/a/b.csv"),
        ] {
            assert_eq!(path(folder, ""), itself, "{folder}");
            assert_eq!(path(folder, "a/b.csv"), file, "{folder}");
        }
    }
}
