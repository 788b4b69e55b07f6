//! Object stores: the operations that Amazon S3, Google Cloud Storage and Azure Blob Storage share.

use futures::future::BoxFuture;
use futures::{StreamExt as _, TryFutureExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload, RetryConfig};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::model::record::{Entry, StorageResult};
use crate::wire::storage::http::told;
use crate::wire::storage::patience::AGAIN;
use crate::wire::storage::seen::Seen;
use crate::wire::storage::{Content, Storage, failed, unusable};

/// Files from this size on are written in parts.
const LARGE: u64 = 8 * 1024 * 1024;

/// Bytes of a part; the least that Amazon S3 takes is 5 MiB.
const PART: usize = 8 * 1024 * 1024;

/// Parts that are on their way at once.
const AT_ONCE: usize = 4;

/// How long giving up an upload may take.
const GIVING_UP: Duration = Duration::from_secs(10);

/// Entries of a list that are kept.
const MOST_ENTRIES: usize = 10_000;

/// A bucket or container and the folder that is the location in it.
pub(crate) struct Objects<S> {
    store: S,
    folder: String,
}

impl<S: ObjectStore> Objects<S> {
    /// The folder is written as configured; slashes around it are no part of a key.
    pub(crate) fn new(store: S, folder: &str) -> Self {
        Self {
            store,
            folder: folder.trim_matches('/').to_owned(),
        }
    }

    /// A key as it is written, not encoded: names of files may hold any sign.
    fn key(&self, path: &str) -> Result<Path, object_store::Error> {
        let both = [self.folder.as_str(), path.trim_matches('/')];
        let parts = both.iter().filter(|part| !part.is_empty());
        let joined = parts.copied().collect::<Vec<_>>().join("/");
        Ok(Path::parse(joined)?)
    }

    async fn first(&self) -> Result<StorageResult, object_store::Error> {
        let folder = self.key("")?;
        let prefix = (!self.folder.is_empty()).then_some(&folder);
        match self.store.list(prefix).next().await {
            // whatever others keep there: it was listed
            Some(Err(error)) if is_of_foreign_name(&error) => Ok(StorageResult::Done),
            Some(Err(error)) => Err(error),
            Some(Ok(_)) | None => Ok(StorageResult::Done),
        }
    }

    async fn write(
        &self,
        path: &str,
        content: &Content,
    ) -> Result<StorageResult, object_store::Error> {
        let key = self.key(path)?;
        if content.bytes() < LARGE {
            let all = content.part(0, PART).await.map_err(disk)?;
            let bytes = all.len();
            self.store.put(&key, PutPayload::from(all)).await?;
            content.taken(bytes);
            return Ok(StorageResult::Done);
        }
        let upload = self.store.put_multipart(&key).await?;
        Begun(Some(upload)).finished(content).await?;
        Ok(StorageResult::Done)
    }

    async fn read(&self, path: &str, mut seen: Seen) -> Result<StorageResult, object_store::Error> {
        let got = self.store.get(&self.key(path)?).await?;
        let mut stream = got.into_stream();
        while let Some(chunk) = stream.try_next().await? {
            seen.take(&chunk);
        }
        Ok(seen.finish())
    }

    async fn below(&self, path: &str) -> Result<StorageResult, object_store::Error> {
        let folder = self.key(path)?;
        let prefix = (!folder.as_ref().is_empty()).then_some(&folder);
        let own = match self.folder.as_str() {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let mut entries: Vec<Entry> = Vec::new();
        let mut found = self.store.list(prefix).take(MOST_ENTRIES);
        while let Some(meta) = found.try_next().await? {
            let name = meta.location.as_ref();
            entries.push(Entry {
                path: name.strip_prefix(&own).unwrap_or(name).to_owned(),
                bytes: meta.size,
            });
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(StorageResult::Entries { entries })
    }

    async fn forget(&self, path: &str) -> Result<StorageResult, object_store::Error> {
        self.store.delete(&self.key(path)?).await?;
        Ok(StorageResult::Done)
    }
}

impl<S: ObjectStore> Storage for Objects<S> {
    fn connect(&self) -> BoxFuture<'_, StorageResult> {
        Box::pin(told(self.first()))
    }

    fn put<'a>(&'a self, path: &'a str, content: &'a Content) -> BoxFuture<'a, StorageResult> {
        Box::pin(told(self.write(path, content)))
    }

    fn get<'a>(&'a self, path: &'a str, seen: Seen) -> BoxFuture<'a, StorageResult> {
        Box::pin(told(self.read(path, seen)))
    }

    fn list<'a>(&'a self, path: &'a str) -> BoxFuture<'a, StorageResult> {
        Box::pin(told(self.below(path)))
    }

    fn delete<'a>(&'a self, path: &'a str) -> BoxFuture<'a, StorageResult> {
        Box::pin(told(self.forget(path)))
    }

    fn rename<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, StorageResult> {
        Box::pin(async { failed("an object store knows no renaming") })
    }
}

/// An upload in parts. What does not come to its end is given up: a location keeps the parts, and bills them.
struct Begun(Option<Box<dyn MultipartUpload>>);

impl Begun {
    async fn finished(mut self, content: &Content) -> Result<(), object_store::Error> {
        let Some(upload) = &mut self.0 else {
            return Ok(());
        };
        let sent = match sent(upload.as_mut(), content).await {
            Ok(()) => upload.complete().await.map(drop),
            Err(error) => Err(error),
        };
        match &sent {
            Ok(()) => drop(self.0.take()),
            Err(_) => {
                if let Some(given_up) = self.give_up() {
                    let _left = given_up.await;
                }
            }
        }
        sent
    }

    /// In a task of its own, for nobody may be left to wait; and what is answered to it is no answer to the operation.
    fn give_up(&mut self) -> Option<JoinHandle<()>> {
        let (mut upload, runtime) = self.0.take().zip(Handle::try_current().ok())?;
        let aborted = async move {
            // what it leaves behind is the location's to clear away
            let _left = tokio::time::timeout(GIVING_UP, upload.abort()).await;
        };
        Some(runtime.spawn(aborted))
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        drop(self.give_up());
    }
}

async fn sent(
    upload: &mut dyn MultipartUpload,
    content: &Content,
) -> Result<(), object_store::Error> {
    let mut offset = 0;
    while offset < content.bytes() {
        let mut together = Vec::new();
        for _ in 0..AT_ONCE {
            let part = content.part(offset, PART).await.map_err(disk)?;
            offset += part.len() as u64;
            if !part.is_empty() {
                let bytes = part.len();
                let sent = upload.put_part(PutPayload::from(part));
                together.push(sent.inspect_ok(move |()| content.taken(bytes)));
            }
        }
        futures::future::try_join_all(together).await?;
    }
    Ok(())
}

/// Two retries, soon: a harness waits for nobody.
pub(crate) fn retries(time_limit: Duration) -> RetryConfig {
    RetryConfig {
        max_retries: AGAIN,
        retry_timeout: time_limit,
        ..RetryConfig::default()
    }
}

/// Why a store cannot be made; its text names settings, not their values.
pub(crate) fn refused(error: &object_store::Error) -> StorageResult {
    unusable(error.to_string())
}

/// Whether a list holds a key that the client does not take, with an empty step or a dot for one.
fn is_of_foreign_name(error: &object_store::Error) -> bool {
    let first: &(dyn std::error::Error + 'static) = error;
    std::iter::successors(Some(first), |error| (*error).source())
        .any(|error| error.is::<object_store::path::Error>())
}

fn disk(error: std::io::Error) -> object_store::Error {
    object_store::Error::Generic {
        store: "spool",
        source: Box::new(error),
    }
}

#[cfg(test)]
mod tests {
    use std::future;

    use object_store::{PutResult, UploadPart};
    use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

    use super::*;

    /// How far an upload comes.
    #[derive(Debug, Clone, Copy)]
    enum Comes {
        ToItsEnd,
        ToNoPart,
        ToNoCompletion,
        Nowhere,
    }

    #[derive(Debug)]
    struct Upload(Comes, UnboundedSender<&'static str>);

    #[async_trait::async_trait]
    impl MultipartUpload for Upload {
        fn put_part(&mut self, _: PutPayload) -> UploadPart {
            match self.0 {
                Comes::ToNoPart => Box::pin(future::ready(Err(broken()))),
                Comes::Nowhere => Box::pin(future::pending()),
                Comes::ToItsEnd | Comes::ToNoCompletion => Box::pin(future::ready(Ok(()))),
            }
        }

        async fn complete(&mut self) -> object_store::Result<PutResult> {
            match self.0 {
                Comes::ToItsEnd => Ok(PutResult {
                    e_tag: None,
                    version: None,
                    extensions: Default::default(),
                }),
                Comes::ToNoPart | Comes::ToNoCompletion | Comes::Nowhere => Err(broken()),
            }
        }

        async fn abort(&mut self) -> object_store::Result<()> {
            // nobody listens in vain
            let _told = self.1.send("given up");
            Ok(())
        }
    }

    fn broken() -> object_store::Error {
        disk(std::io::Error::other("broken"))
    }

    #[tokio::test]
    async fn an_upload_that_does_not_come_to_its_end_is_given_up() {
        let content = Content::from(b"a,b".as_slice());
        for (comes, expected) in [
            (Comes::ToItsEnd, None),
            (Comes::ToNoPart, Some("given up")),
            (Comes::ToNoCompletion, Some("given up")),
            (Comes::Nowhere, Some("given up")),
        ] {
            let (told, mut heard) = unbounded_channel();
            let begun = Begun(Some(Box::new(Upload(comes, told))));
            // only what comes nowhere is cut off: a busy machine takes its time for the others
            let soon = match comes {
                Comes::Nowhere => Duration::from_millis(5),
                Comes::ToItsEnd | Comes::ToNoPart | Comes::ToNoCompletion => Duration::MAX,
            };
            let ended = tokio::time::timeout(soon, begun.finished(&content)).await;
            let is_done = ended.is_ok_and(|ended| ended.is_ok());
            assert_eq!(is_done, expected.is_none(), "{comes:?}");
            assert_eq!(heard.recv().await, expected, "{comes:?}");
        }
    }
}
