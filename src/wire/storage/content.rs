//! The content of a file on its way: small ones in memory, large ones on disk, so that size costs no memory.

use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::sync::Arc;

use bytes::Bytes;
use tempfile::SpooledTempFile;
use tokio::sync::Mutex;

use crate::model::digest::{Digest, Digesting};
use crate::wire::storage::upload::Upload;

/// Bytes that are kept in memory.
const IN_MEMORY: usize = 4 * 1024 * 1024;

/// Bytes that are copied at once.
const STEP: usize = 1024 * 1024;

/// A file that is being written.
pub struct Spool {
    held: SpooledTempFile,
    bytes: u64,
    digest: Digesting,
}

/// A file that is written in full; cloning shares it.
#[derive(Clone)]
pub struct Content {
    held: Arc<Mutex<SpooledTempFile>>,
    bytes: u64,
    sha256: Digest,
    /// Who counts what becomes of it.
    upload: Option<Arc<Upload>>,
}

impl Spool {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self {
            held: SpooledTempFile::new(IN_MEMORY),
            bytes: 0,
            digest: Digesting::default(),
        }
    }

    /// Ends writing.
    #[must_use]
    pub fn finish(self) -> Content {
        Content {
            held: Arc::new(Mutex::new(self.held)),
            bytes: self.bytes,
            sha256: self.digest.finish(),
            upload: None,
        }
    }
}

impl Default for Spool {
    fn default() -> Self {
        Self::new()
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.held.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.held.flush()
    }
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        let mut spool = Spool::new();
        // memory takes what it is given; a disk that does not shows in the digest
        let _written = spool.write_all(bytes);
        spool.finish()
    }
}

impl Content {
    /// Size.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its SHA-256.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        self.sha256
    }

    /// The first half of it.
    ///
    /// # Errors
    /// When it cannot be read back.
    pub async fn half(&self) -> io::Result<Content> {
        let (half, mut spool) = (self.bytes / 2, Spool::new());
        while spool.bytes < half {
            let rest = usize::try_from(half - spool.bytes).unwrap_or(STEP);
            let part = self.part(spool.bytes, rest.min(STEP)).await?;
            if part.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            spool.write_all(&part)?;
        }
        Ok(spool.finish())
    }

    /// The same, for an upload that counts what becomes of it.
    pub(super) fn counted(&self, upload: &Arc<Upload>) -> Content {
        Content {
            upload: Some(Arc::clone(upload)),
            ..self.clone()
        }
    }

    /// The location took so many bytes of it.
    pub(super) fn taken(&self, bytes: usize) {
        if let Some(upload) = &self.upload {
            upload.has_taken(bytes as u64);
        }
    }

    /// At most so many bytes from a place on; fewer only at the end.
    pub(crate) async fn part(&self, offset: u64, most: usize) -> io::Result<Bytes> {
        let held = Arc::clone(&self.held);
        let read = move || -> io::Result<Bytes> {
            let mut held = held.blocking_lock();
            held.seek(SeekFrom::Start(offset))?;
            let mut part = Vec::new();
            (&mut *held).take(most as u64).read_to_end(&mut part)?;
            Ok(Bytes::from(part))
        };
        let part = tokio::task::spawn_blocking(read)
            .await
            .map_err(io::Error::other)??;
        if let Some(upload) = &self.upload {
            upload.has_read(part.len() as u64);
        }
        Ok(part)
    }
}
