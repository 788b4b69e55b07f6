//! The content of a file on its way: small ones in memory, large ones on disk or made when they are read, so that size costs
//! no memory.

use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::sync::Arc;

use bytes::Bytes;
use rand::Rng as _;
use rand_chacha::ChaCha20Rng;
use tempfile::SpooledTempFile;
use tokio::sync::Mutex;

use crate::model::digest::{Digest, Digesting};
use crate::wire::storage::upload::Upload;

/// Bytes that are kept in memory.
const IN_MEMORY: usize = 4 * 1024 * 1024;

/// Bytes that are copied at once.
const STEP: usize = 1024 * 1024;

/// Bytes that are drawn at once: whole words.
const DRAWN: usize = 64 * 1024;

/// Bytes that a generator counts as one.
const WORD: u64 = 4;

/// A file that is being written.
pub struct Spool {
    held: SpooledTempFile,
    bytes: u64,
    digest: Digesting,
}

/// A file that is written in full; cloning shares it.
#[derive(Clone)]
pub struct Content {
    held: Held,
    bytes: u64,
    sha256: Digest,
    /// Who counts what becomes of it.
    upload: Option<Arc<Upload>>,
}

/// Where the bytes of a file come from.
#[derive(Clone)]
enum Held {
    Spooled(Arc<Mutex<SpooledTempFile>>),
    /// They follow from a generator at its start.
    Drawn(Box<ChaCha20Rng>),
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
            held: Held::Spooled(Arc::new(Mutex::new(self.held))),
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
    /// So many random bytes, which nothing compresses, from a generator at its start.
    #[must_use]
    pub fn drawn(rng: ChaCha20Rng, bytes: u64) -> Self {
        let held = Held::Drawn(Box::new(rng.clone()));
        let (mut rng, mut digest, mut rest) = (rng, Digesting::default(), bytes);
        let mut part = vec![0; DRAWN];
        while rest > 0 {
            let length = usize::try_from(rest).map_or(DRAWN, |rest| rest.min(DRAWN));
            part.truncate(length);
            rng.fill_bytes(&mut part);
            digest.update(&part);
            rest -= length as u64;
        }
        Self {
            held,
            bytes,
            sha256: digest.finish(),
            upload: None,
        }
    }

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
        let held = self.held.clone();
        let most =
            usize::try_from(self.bytes.saturating_sub(offset)).map_or(most, |rest| rest.min(most));
        let read = move || held.read(offset, most).map(Bytes::from);
        let part = tokio::task::spawn_blocking(read)
            .await
            .map_err(io::Error::other)??;
        if let Some(upload) = &self.upload {
            upload.has_read(part.len() as u64);
        }
        Ok(part)
    }
}

impl Held {
    /// So many bytes from a place on; fewer where a file ends before.
    fn read(&self, offset: u64, bytes: usize) -> io::Result<Vec<u8>> {
        let mut part = Vec::new();
        match self {
            Self::Spooled(file) => {
                let mut file = file.blocking_lock();
                file.seek(SeekFrom::Start(offset))?;
                (&mut *file).take(bytes as u64).read_to_end(&mut part)?;
            }
            Self::Drawn(rng) => {
                let mut rng = rng.clone();
                rng.set_word_pos(u128::from(offset / WORD));
                let before = usize::try_from(offset % WORD).unwrap_or_default();
                part.resize(before + bytes, 0);
                rng.fill_bytes(&mut part);
                part.drain(..before);
            }
        }
        Ok(part)
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )]

    use rand_chacha::rand_core::SeedableRng as _;

    use super::*;

    #[tokio::test]
    async fn what_is_drawn_when_it_is_read_is_what_a_generator_draws_at_once() {
        let rng = || ChaCha20Rng::seed_from_u64(7);
        let mut all = vec![0; DRAWN + 4_321];
        rng().fill_bytes(&mut all);
        let content = Content::drawn(rng(), all.len() as u64);
        assert_eq!(content.sha256(), Digest::hash(&all));
        for (from, most) in [
            (0, 10),
            (4, 4),
            (63, 70_000),
            (DRAWN - 1, 2),
            (DRAWN, 9_999),
        ] {
            let part = content.part(from as u64, most).await.unwrap();
            assert_eq!(part, all[from..all.len().min(from + most)], "{from}");
        }
        let half = content.half().await.unwrap();
        assert_eq!(half.sha256(), Digest::hash(&all[..all.len() / 2]));
        assert!(content.part(1 << 40, 9).await.unwrap().is_empty());
    }
}
