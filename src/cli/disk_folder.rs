//! A folder on disk in which an export appears at once: files are hidden and temporary until all of them are whole, and
//! an export that fails or is interrupted leaves neither files nor folders. No file of another content is replaced.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile, TempPath};

use crate::cli::output;
use crate::encode::file::folder::Folder;

/// What the names of hidden files begin with.
const HIDDEN: &str = ".destspec-";

/// A folder on disk. Clones are the same folder: while one is written to, another can abandon it.
#[derive(Clone)]
pub struct DiskFolder {
    path: PathBuf,
    state: Arc<Mutex<State>>,
}

/// A file that is being written.
pub struct HiddenFile {
    out: BufWriter<File>,
    place: usize,
}

#[derive(Default)]
struct State {
    /// Final path of each file, with its hidden one.
    hidden: Vec<(PathBuf, TempPath)>,
    /// Folders that were made, outer ones first.
    made: Vec<PathBuf>,
    end: Option<End>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Abandoned,
    Committed,
}

impl DiskFolder {
    /// The folder of that path; it is made when the first file is.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
            state: Arc::default(),
        }
    }

    /// Removes what was written and takes no more; false where all of it is published.
    pub fn abandon(&self) -> bool {
        let mut state = self.state();
        if state.end == Some(End::Committed) {
            return false;
        }
        state.end = Some(End::Abandoned);
        state.clear();
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, if files are still taken.
    fn open(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.state();
        match state.end {
            None => Ok(state),
            Some(End::Abandoned) => Err(io::Error::other("the export was interrupted")),
            Some(End::Committed) => Err(io::Error::other("the export is published")),
        }
    }
}

impl Folder for DiskFolder {
    type File = HiddenFile;

    fn create(&mut self, name: &str) -> io::Result<Self::File> {
        let path = self.path.join(name);
        let folder = path.parent().unwrap_or(&self.path);
        let mut state = self.open()?;
        state.make(folder)?;
        let (file, hidden) = Builder::new()
            .prefix(HIDDEN)
            .tempfile_in(folder)?
            .into_parts();
        let place = state.hidden.len();
        state.hidden.push((path, hidden));
        let out = BufWriter::with_capacity(1 << 16, file);
        Ok(HiddenFile { out, place })
    }

    fn close(&mut self, _: &str, file: Self::File) -> io::Result<()> {
        let HiddenFile { out, place } = file;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let state = self.open()?;
        let hidden = state.hidden.get(place);
        hidden.map_or(Ok(()), |(_, hidden)| output::readable(hidden))
    }

    fn commit(&mut self) -> io::Result<()> {
        let mut state = self.open()?;
        // a name that cannot be taken is found before any file is published
        let taken = state.hidden.iter().find(|(path, _)| path.is_dir());
        if let Some((path, _)) = taken {
            let text = format!("`{}` is a folder", path.display());
            return Err(io::Error::new(io::ErrorKind::IsADirectory, text));
        }
        for (path, hidden) in &state.hidden {
            if path.exists() && !may_replace(path, hidden)? {
                let text = format!("`{}` is there with another content", path.display());
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
            }
        }
        let mut published = Published::default();
        for (path, hidden) in state.hidden.drain(..) {
            published.add(path, hidden)?;
        }
        published.keep();
        state.made.clear();
        state.end = Some(End::Committed);
        Ok(())
    }
}

impl Write for HiddenFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl State {
    /// Makes a folder and those around it, and remembers which it made.
    fn make(&mut self, folder: &Path) -> io::Result<()> {
        let missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
        let missing: Vec<&Path> = folder.ancestors().take_while(missing).collect();
        let outer_first = missing.into_iter().rev().map(Path::to_path_buf);
        self.made.extend(outer_first);
        fs::create_dir_all(folder)
    }

    fn clear(&mut self) {
        self.hidden.clear();
        for folder in self.made.drain(..).rev() {
            // one that holds something is not ours alone
            let _kept = fs::remove_dir(folder);
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Whether a file is empty or has the bytes of what replaces it: nobody can tell who wrote another.
fn may_replace(there: &Path, hidden: &Path) -> io::Result<bool> {
    let (one, other) = (File::open(there)?, File::open(hidden)?);
    if one.metadata()?.len() == 0 {
        return Ok(true);
    }
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let [mut one, mut other] = [one, other].map(BufReader::new);
    loop {
        let (a, b) = (one.fill_buf()?, other.fill_buf()?);
        let length = a.len().min(b.len());
        if length == 0 {
            return Ok(true);
        }
        if a.get(..length) != b.get(..length) {
            return Ok(false);
        }
        one.consume(length);
        other.consume(length);
    }
}

/// Files that have their names, each with what had the name before; taken back unless they are kept.
#[derive(Default)]
struct Published(Vec<(PathBuf, Option<TempPath>)>);

impl Published {
    fn add(&mut self, path: PathBuf, hidden: TempPath) -> io::Result<()> {
        let before = aside(&path)?;
        let named = hidden.persist(&path).map_err(|error| error.error);
        if named.is_ok() || before.is_some() {
            self.0.push((path, before));
        }
        named
    }

    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        for (path, before) in self.0.drain(..).rev() {
            // nothing more can be done where the disk refuses even this
            let _undone = match before {
                Some(before) => before.persist(&path).map_err(|error| error.error),
                None => fs::remove_file(&path),
            };
        }
    }
}

/// The file of a path under a second, hidden name; under that alone where a file cannot have two.
fn aside(path: &Path) -> io::Result<Option<TempPath>> {
    let Some(folder) = path.parent().filter(|_| path.exists()) else {
        return Ok(None);
    };
    let linked = Builder::new().prefix(HIDDEN).make_in(folder, |hidden| {
        fs::hard_link(path, hidden).or_else(|_| fs::rename(path, hidden))
    });
    linked.map(NamedTempFile::into_temp_path).map(Some)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    }

    fn put(folder: &mut DiskFolder, name: &str, text: &str) {
        let mut file = folder.create(name).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        folder.close(name, file).unwrap();
    }

    #[test]
    fn a_file_has_its_name_only_after_the_commit() {
        let place = tempfile::tempdir().unwrap();
        let mut folder = DiskFolder::new(place.path());
        put(&mut folder, "in/a.csv", "x");
        assert!(!place.path().join("in/a.csv").exists());
        folder.commit().unwrap();
        assert!(!folder.abandon(), "what is published stays");
        drop(folder);
        assert_eq!(names(&place.path().join("in")), ["a.csv"]);
        assert_eq!(fs::read(place.path().join("in/a.csv")).unwrap(), b"x");
    }

    #[test]
    fn a_folder_that_is_dropped_leaves_neither_files_nor_folders() {
        let place = tempfile::tempdir().unwrap();
        let mut folder = DiskFolder::new(&place.path().join("out"));
        put(&mut folder, "in/deep/a.csv", "x");
        let open = folder.create("b.csv").unwrap();
        drop((folder, open));
        assert!(names(place.path()).is_empty());
    }

    #[test]
    fn a_folder_that_is_abandoned_while_a_file_is_open_is_empty_and_takes_no_more() {
        let place = tempfile::tempdir().unwrap();
        let mut folder = DiskFolder::new(place.path());
        put(&mut folder, "a.csv", "x");
        let open = folder.create("b.csv").unwrap();
        assert!(folder.clone().abandon());
        assert!(names(place.path()).is_empty());
        assert!(folder.close("b.csv", open).is_err());
        assert!(folder.create("c.csv").is_err());
        assert!(folder.commit().is_err());
    }

    #[test]
    fn a_name_that_a_folder_has_publishes_none_of_the_files() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("b.csv")).unwrap();
        let mut folder = DiskFolder::new(place.path());
        for name in ["a.csv", "b.csv"] {
            put(&mut folder, name, "x");
        }
        assert!(folder.commit().is_err());
        drop(folder);
        assert_eq!(names(place.path()), ["b.csv"]);
    }

    #[test]
    fn a_file_of_another_content_stays_and_an_empty_one_or_one_of_the_same_is_replaced() {
        let place = tempfile::tempdir().unwrap();
        for text in ["other", "an"] {
            fs::write(place.path().join("b.csv"), text).unwrap();
            let mut folder = DiskFolder::new(place.path());
            for name in ["a.csv", "b.csv"] {
                put(&mut folder, name, "after");
            }
            let refused = folder.commit().unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
            drop(folder);
            assert_eq!(names(place.path()), ["b.csv"]);
            assert_eq!(
                fs::read(place.path().join("b.csv")).unwrap(),
                text.as_bytes()
            );
        }
        for text in ["", "after"] {
            fs::write(place.path().join("b.csv"), text).unwrap();
            let mut folder = DiskFolder::new(place.path());
            put(&mut folder, "b.csv", "after");
            folder.commit().unwrap();
        }
    }

    #[test]
    fn files_that_were_replaced_come_back_when_a_later_one_cannot_be_published() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("old.csv"), "").unwrap();
        let mut folder = DiskFolder::new(place.path());
        for name in ["old.csv", "new.csv", "gone/c.csv"] {
            put(&mut folder, name, "after");
        }
        fs::remove_dir_all(place.path().join("gone")).unwrap();
        assert!(folder.commit().is_err());
        drop(folder);
        assert_eq!(names(place.path()), ["old.csv"]);
        assert_eq!(fs::read(place.path().join("old.csv")).unwrap(), b"");
    }

    #[test]
    fn the_later_of_two_files_of_one_name_stays() {
        let place = tempfile::tempdir().unwrap();
        let mut folder = DiskFolder::new(place.path());
        put(&mut folder, "a.csv", "first");
        put(&mut folder, "a.csv", "second");
        folder.commit().unwrap();
        assert_eq!(names(place.path()), ["a.csv"]);
        assert_eq!(fs::read(place.path().join("a.csv")).unwrap(), b"second");
    }
}
