//! What a storage holds: names and files. A file is on disk from its first byte, so that its size costs no memory; a
//! name has one file, and what replaces it does so at once.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tempfile::{NamedTempFile, TempDir, TempPath};

/// The files of one bucket, container, file system or server.
pub struct Store {
    folder: TempDir,
    objects: Mutex<BTreeMap<String, Arc<Object>>>,
    next: AtomicU64,
    folds_case: bool,
}

/// A file as it was stored; it stays readable while somebody holds it.
pub struct Object {
    /// Size in bytes.
    pub bytes: u64,
    /// When it was stored.
    pub modified: SystemTime,
    /// Unique in its store: tells this file from what had its name before.
    pub number: u64,
    path: TempPath,
}

/// A file that is still being written; dropping it leaves nothing.
pub struct Upload {
    file: NamedTempFile,
}

impl Store {
    /// An empty one.
    ///
    /// # Errors
    /// When no temporary folder can be made.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            folder: TempDir::new()?,
            objects: Mutex::default(),
            next: AtomicU64::new(1),
            folds_case: false,
        })
    }

    /// The same, in which names that differ in case alone are those of one file.
    #[must_use]
    pub fn folding_case(self, folds_case: bool) -> Self {
        Self { folds_case, ..self }
    }

    /// Begins a file; nobody sees it before it is [committed](Self::commit).
    ///
    /// # Errors
    /// When no file can be made.
    pub fn begin(&self) -> io::Result<Upload> {
        let file = NamedTempFile::new_in(self.folder.path())?;
        Ok(Upload { file })
    }

    /// Puts a written file under a name, in place of what had it.
    ///
    /// # Errors
    /// When the size of the file cannot be read.
    pub fn commit(&self, name: &str, upload: Upload) -> io::Result<Arc<Object>> {
        let object = Arc::new(Object {
            bytes: upload.bytes()?,
            modified: SystemTime::now(),
            number: self.next.fetch_add(1, Ordering::Relaxed),
            path: upload.file.into_temp_path(),
        });
        let mut objects = self.objects();
        let name = self.known(name, &objects);
        objects.insert(name, Arc::clone(&object));
        drop(objects);
        Ok(object)
    }

    /// The file of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Object>> {
        let objects = self.objects();
        objects.get(&self.known(name, &objects)).cloned()
    }

    /// Names that begin so, with their files, in order of their bytes.
    #[must_use]
    pub fn list(&self, prefix: &str) -> Vec<(String, Arc<Object>)> {
        let objects = self.objects();
        let from = objects.range(prefix.to_owned()..);
        let own = from.take_while(|(name, _)| name.starts_with(prefix));
        own.map(|(name, object)| (name.clone(), Arc::clone(object)))
            .collect()
    }

    /// Forgets a name; whether it was known.
    pub fn remove(&self, name: &str) -> bool {
        let mut objects = self.objects();
        let name = self.known(name, &objects);
        objects.remove(&name).is_some()
    }

    /// Gives the file of one name another, in place of what had that; whether the first was known.
    pub fn rename(&self, from: &str, to: &str) -> bool {
        let mut objects = self.objects();
        let from = self.known(from, &objects);
        let moved = objects.remove(&from);
        let known = moved.is_some();
        objects.extend(moved.map(|object| (to.to_owned(), object)));
        known
    }

    /// The name that a file has which is meant by one.
    fn known(&self, name: &str, objects: &BTreeMap<String, Arc<Object>>) -> String {
        let same = |other: &&String| other.to_lowercase() == name.to_lowercase();
        let known = match self.folds_case {
            true => objects.keys().find(same),
            false => None,
        };
        known.map_or_else(|| name.to_owned(), Clone::clone)
    }

    fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Object>>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Object {
    /// Opens it for reading, at its beginning.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(&self) -> io::Result<File> {
        File::open(&self.path)
    }

    /// All of it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        std::fs::read(&self.path)
    }
}

impl Upload {
    /// Writes at the end.
    ///
    /// # Errors
    /// When the disk takes no more.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::End(0))?;
        self.file.write_all(bytes)
    }

    /// Writes at a place, counted in bytes from the beginning.
    ///
    /// # Errors
    /// When the disk takes no more.
    pub fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.write_all(bytes)
    }

    /// Shortens or lengthens it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        self.file.as_file().set_len(bytes)
    }

    /// Size so far in bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn bytes(&self) -> io::Result<u64> {
        Ok(self.file.as_file().metadata()?.len())
    }

    /// Where it is on disk, for reading it back.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.file.path().to_owned()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn put(store: &Store, name: &str, text: &str) {
        let mut upload = store.begin().unwrap();
        upload.append(text.as_bytes()).unwrap();
        store.commit(name, upload).unwrap();
    }

    #[test]
    fn a_file_is_seen_once_it_is_whole_and_replaces_what_had_its_name() {
        let store = Store::new().unwrap();
        put(&store, "in/a", "old");
        let old = store.get("in/a").unwrap();
        let mut upload = store.begin().unwrap();
        upload.append(b"ne").unwrap();
        assert_eq!(store.get("in/a").unwrap().read().unwrap(), b"old");
        upload.append(b"w").unwrap();
        store.commit("in/a", upload).unwrap();
        let new = store.get("in/a").unwrap();
        assert_eq!((new.read().unwrap(), new.bytes), (b"new".to_vec(), 3));
        assert_ne!(new.number, old.number);
        assert_eq!(old.read().unwrap(), b"old");
    }

    #[test]
    fn case_is_told_apart_unless_it_is_folded() {
        for (folds_case, second) in [(false, "old"), (true, "new")] {
            let store = Store::new().unwrap().folding_case(folds_case);
            put(&store, "in/Aa", "old");
            put(&store, "in/aA", "new");
            assert_eq!(store.list("in/").len(), 2 - usize::from(folds_case));
            let held = store.get("in/Aa").unwrap().read().unwrap();
            assert_eq!(held, second.as_bytes());
        }
    }

    #[test]
    fn a_prefix_is_no_folder() {
        let store = Store::new().unwrap();
        for name in ["in/a", "in/b/c", "inside", "out"] {
            put(&store, name, "");
        }
        let names = |prefix: &str| {
            let all = store.list(prefix);
            all.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(names("in"), ["in/a", "in/b/c", "inside"]);
        assert_eq!(names("in/"), ["in/a", "in/b/c"]);
    }

    #[test]
    fn what_is_renamed_has_one_name() {
        let store = Store::new().unwrap();
        put(&store, "a", "1");
        assert!(store.rename("a", "b") && !store.rename("a", "c"));
        assert!(store.get("a").is_none() && store.remove("b") && !store.remove("b"));
    }
}
