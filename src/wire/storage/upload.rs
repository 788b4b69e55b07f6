//! Uploads that are under way, for somebody who waits: how much of a file the location has taken. No verdict hangs on it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The uploads of one destination; cloning shares them.
#[derive(Clone, Default)]
pub struct Uploads(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    under_way: Vec<Arc<Upload>>,
    /// Of those that are over.
    most_held: u64,
}

/// One file on its way to the location.
#[derive(Debug)]
pub struct Upload {
    /// Its path, without secrets.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// When it began.
    pub began: Instant,
    read: AtomicU64,
    taken: AtomicU64,
    most_held: AtomicU64,
}

/// An upload is under way as long as this is held.
pub(crate) struct UnderWay {
    all: Uploads,
    pub(crate) upload: Arc<Upload>,
}

impl Uploads {
    /// Those that are under way, the oldest first.
    #[must_use]
    pub fn under_way(&self) -> Vec<Arc<Upload>> {
        self.known().under_way.clone()
    }

    /// The most bytes that any of them had in memory at once: read from the file, and not yet taken by the location.
    #[must_use]
    pub fn most_held(&self) -> u64 {
        let known = self.known();
        let held = |upload: &Arc<Upload>| upload.most_held.load(Ordering::Relaxed);
        let now = known.under_way.iter().map(held).max();
        known.most_held.max(now.unwrap_or_default())
    }

    /// One more.
    pub(crate) fn begin(&self, path: String, bytes: u64) -> UnderWay {
        let upload = Arc::new(Upload {
            path,
            bytes,
            began: Instant::now(),
            read: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            most_held: AtomicU64::new(0),
        });
        self.known().under_way.push(Arc::clone(&upload));
        UnderWay {
            all: self.clone(),
            upload,
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Upload {
    /// Bytes that the location has taken.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    pub(crate) fn has_read(&self, bytes: u64) {
        let read = self.read.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let held = read.saturating_sub(self.taken());
        self.most_held.fetch_max(held, Ordering::Relaxed);
    }

    pub(crate) fn has_taken(&self, bytes: u64) {
        self.taken.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut known = self.all.known();
        let held = self.upload.most_held.load(Ordering::Relaxed);
        known.most_held = known.most_held.max(held);
        known
            .under_way
            .retain(|other| !Arc::ptr_eq(other, &self.upload));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_and_not_yet_taken_is_held() {
        let uploads = Uploads::default();
        let one = uploads.begin("a".to_owned(), 30);
        one.upload.has_read(20);
        one.upload.has_taken(15);
        one.upload.has_read(10);
        assert_eq!((one.upload.taken(), uploads.most_held()), (15, 20));
        one.upload.has_read(10);
        assert_eq!(uploads.most_held(), 25);
    }

    #[test]
    fn an_upload_is_under_way_until_it_is_over() {
        let uploads = Uploads::default();
        let one = uploads.begin("a".to_owned(), 1);
        let two = uploads.begin("b".to_owned(), 2);
        two.upload.has_read(2);
        drop(two);
        let left: Vec<String> = uploads
            .under_way()
            .iter()
            .map(|upload| upload.path.clone())
            .collect();
        assert_eq!((left, uploads.most_held()), (vec!["a".to_owned()], 2));
        drop(one);
        assert!(uploads.under_way().is_empty());
    }
}
