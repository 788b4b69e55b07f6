//! Storage locations as Experience Platform reaches them: one file a kind behind one trait. Operations are recorded as what
//! was done, not as bytes on the wire, so that every kind is judged alike.
//!
//! Invariants: no client without explicit credentials, so that none asks an instance for its own; retries and times are
//! bounded; whatever the location says is a [`StorageResult`], never an `Err`.

pub mod adls;
pub mod azure_blob;
mod content;
pub mod dlz;
mod entra;
pub mod gcs;
mod granted;
mod hosts;
mod http;
mod login;
mod object;
mod patience;
mod role;
pub mod s3;
mod seen;
pub mod sftp;
mod sweep;
mod upload;

use std::sync::Arc;

use futures::future::BoxFuture;
use std::time::Duration;

use crate::model::record::{Failure, FailureKind, Operation, StorageResult};
use crate::model::redact::Redactor;

pub use crate::wire::storage::adls::AdlsSetup;
pub use crate::wire::storage::azure_blob::AzureBlobSetup;
pub(crate) use crate::wire::storage::sweep::sweep;

pub use crate::wire::storage::content::{Content, Spool};
pub use crate::wire::storage::dlz::DlzSetup;
pub use crate::wire::storage::gcs::GcsSetup;
pub use crate::wire::storage::hosts::LocationHosts;
pub use crate::wire::storage::login::Login;
pub use crate::wire::storage::s3::{Role, S3Setup};
use crate::wire::storage::seen::Seen;
pub use crate::wire::storage::sftp::{SftpSecret, SftpSetup};
pub use crate::wire::storage::upload::{Upload, Uploads};

/// A location and what it is reached with.
#[derive(Clone)]
pub enum StorageSetup {
    /// Amazon S3.
    S3(Box<S3Setup>),
    /// Google Cloud Storage.
    GoogleCloud(Box<GcsSetup>),
    /// Azure Blob Storage.
    AzureBlob(Box<AzureBlobSetup>),
    /// Azure Data Lake Storage Gen2.
    AdlsGen2(Box<AdlsSetup>),
    /// SFTP.
    Sftp(Box<SftpSetup>),
    /// Data Landing Zone.
    DataLandingZone(Box<DlzSetup>),
}

/// A client of a storage, or what came of it instead.
pub(crate) type OpenedStorage = Result<Arc<dyn Storage>, StorageResult>;

/// What every client of a storage needs besides.
#[derive(Clone)]
pub(crate) struct Means {
    pub(crate) http: reqwest::Client,
    /// Limit for an operation; large files have more by their size.
    pub(crate) time_limit: Duration,
}

/// One location, reached with one set of credentials. Paths are relative to it.
pub(crate) trait Storage: Send + Sync {
    /// Looks at what is there.
    fn connect(&self) -> BoxFuture<'_, StorageResult>;

    /// Writes a file, in place of what has its name.
    fn put<'a>(&'a self, path: &'a str, content: &'a Content) -> BoxFuture<'a, StorageResult>;

    /// Reads a file, for its digest or its text.
    fn get<'a>(&'a self, path: &'a str, seen: Seen) -> BoxFuture<'a, StorageResult>;

    /// Files below a folder, at any depth, in the order of their paths.
    fn list<'a>(&'a self, path: &'a str) -> BoxFuture<'a, StorageResult>;

    /// Deletes a file.
    fn delete<'a>(&'a self, path: &'a str) -> BoxFuture<'a, StorageResult>;

    /// Whether each of the requests that a list or a removal takes has a limit of its own: where folders are walked one by
    /// one, all of them take as long as there are folders.
    fn limits_requests(&self) -> bool {
        false
    }

    /// Removes a folder that is empty, where folders are things of their own.
    fn remove_folder<'a>(&'a self, _folder: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }

    /// Gives a file another path.
    fn rename<'a>(&'a self, from: &'a str, to: &'a str) -> BoxFuture<'a, StorageResult>;
}

impl StorageSetup {
    /// A client that logs in so.
    ///
    /// # Errors
    /// The configuration or the credentials cannot be used, in words without secrets.
    pub(crate) fn open(
        &self,
        login: Login,
        means: &Means,
        redactor: &Arc<Redactor>,
    ) -> OpenedStorage {
        match self {
            Self::S3(setup) => setup.open(login, means, redactor),
            Self::GoogleCloud(setup) => setup.open(login, means, redactor),
            Self::AzureBlob(setup) => setup.open(login, means, redactor),
            Self::AdlsGen2(setup) => setup.open(login, means, redactor),
            Self::Sftp(setup) => setup.open(login, means, redactor),
            Self::DataLandingZone(setup) => setup.open(login, means, redactor),
        }
    }
}

/// Performs an operation within its time. What is written counts as an upload as long as it takes.
pub(crate) async fn perform(
    storage: &dyn Storage,
    (operation, content): (&Operation, Option<&Content>),
    time_limit: Duration,
    (uploads, redactor): (&Uploads, &Redactor),
) -> StorageResult {
    let bytes = content.map_or(0, Content::bytes);
    let under_way = match operation {
        Operation::Put { path, .. } => Some(uploads.begin(redactor.text(path), bytes)),
        Operation::Connect { .. }
        | Operation::Get { .. }
        | Operation::Receipt { .. }
        | Operation::Rejection { .. }
        | Operation::List { .. }
        | Operation::Delete { .. }
        | Operation::Rename { .. } => None,
    };
    let counted = |content: &Content| match &under_way {
        Some(own) => content.counted(&own.upload),
        None => content.clone(),
    };
    let content = content.map(counted);
    let limit = time_limit + Duration::from_secs(bytes / SLOWEST);
    let done = match (operation, &content) {
        (Operation::Connect { .. }, _) => storage.connect(),
        (Operation::Put { path, .. }, Some(content)) => storage.put(path, content),
        (Operation::Put { .. }, None) => return failed("cannot write: there is no content"),
        (Operation::Get { path }, _) => storage.get(path, Seen::digest()),
        (Operation::Receipt { path } | Operation::Rejection { path }, _) => {
            storage.get(path, Seen::text())
        }
        (Operation::List { path }, _) => storage.list(path),
        (Operation::Delete { path }, _) => storage.delete(path),
        (Operation::Rename { from, to }, _) => storage.rename(from, to),
    };
    within(limit, done).await
}

/// What came of an operation within its time.
async fn within(limit: Duration, done: BoxFuture<'_, StorageResult>) -> StorageResult {
    let result = tokio::time::timeout(limit, done).await;
    result.unwrap_or_else(|_| {
        let late = format!("no answer within {} ms", limit.as_millis());
        failure(FailureKind::TimedOut, &late)
    })
}

/// Bytes a second that any location takes.
const SLOWEST: u64 = 256 * 1024;

fn failed(why: &str) -> StorageResult {
    failure(FailureKind::Other, why)
}

/// Files are asked of a destination that takes none.
pub(crate) fn lacking() -> StorageResult {
    failed("the destination has no storage")
}

/// No client can be made with what was given.
fn unusable(why: impl AsRef<str>) -> StorageResult {
    failure(FailureKind::Unusable, why.as_ref())
}

fn failure(kind: FailureKind, why: &str) -> StorageResult {
    StorageResult::Failure {
        failure: Failure {
            kind,
            text: why.to_owned(),
        },
    }
}
