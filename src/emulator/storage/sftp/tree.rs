//! Folders and files, as every session sees them. A file that is being written is there from its opening, and grows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use russh_sftp::protocol::{OpenFlags, StatusCode};
use russh_sftp::server::StatusReply;

use super::Rules;
use super::draft::{Bytes, Draft, copied, failure, locked};
use super::path::{below, joined, refusal, resolved, split, stored};
use crate::emulator::storage::{Fault, Store, Variation};

/// After how long a listing shows a file under [`Variation::EventualList`].
const LISTED_AFTER: Duration = Duration::from_millis(300);

pub(super) type Answer<T> = Result<T, StatusReply>;

/// What has a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    Folder,
    File { bytes: u64, modified: SystemTime },
}

/// All folders and files of a server.
pub(super) struct Tree {
    store: Arc<Store>,
    home: String,
    rules: Arc<Rules>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    folders: BTreeSet<String>,
    growing: BTreeMap<String, Bytes>,
}

impl Tree {
    pub(super) fn new(store: Arc<Store>, home: &str, rules: Arc<Rules>) -> Self {
        let home = resolved("", home);
        let mut state = State::default();
        if !rules.has(Fault::ContainerMissing) {
            state.add_folder(&home);
        }
        Self {
            store,
            home,
            rules,
            state: Mutex::new(state),
        }
    }

    pub(super) fn home(&self) -> &str {
        &self.home
    }

    pub(super) fn entry(&self, path: &str) -> Option<Entry> {
        self.entry_in(&self.state(), path)
    }

    /// What is in a folder, in order of names.
    pub(super) fn entries(&self, folder: &str) -> Answer<BTreeMap<String, Entry>> {
        let state = self.state();
        match self.entry_in(&state, folder) {
            Some(Entry::Folder) => {}
            Some(Entry::File { .. }) => return Err(StatusCode::Failure.into()),
            None => return Err(StatusCode::NoSuchFile.into()),
        }
        let names = self.names(&state, folder).into_iter();
        let now = SystemTime::now();
        let known = names.filter_map(|name| {
            let entry = self.entry_in(&state, &joined(folder, &name))?;
            self.listed(entry, now).then_some((name, entry))
        });
        Ok(known.collect())
    }

    pub(super) fn make_folder(&self, path: &str) -> Answer<()> {
        let path = stored(&self.rules, &self.home, path);
        self.changeable(&path)?;
        if self.rules.has(Fault::FoldersRefused) {
            return Err(StatusCode::PermissionDenied.into());
        }
        let mut state = self.state();
        self.parent_exists(&state, &path)?;
        if self.entry_in(&state, &path).is_some() {
            return Err(StatusCode::Failure.into());
        }
        state.folders.insert(path);
        Ok(())
    }

    pub(super) fn remove_folder(&self, path: &str) -> Answer<()> {
        self.changeable(path)?;
        let mut state = self.state();
        match self.entry_in(&state, path) {
            Some(Entry::Folder) if self.names(&state, path).is_empty() => {}
            Some(_) => return Err(StatusCode::Failure.into()),
            None => return Err(StatusCode::NoSuchFile.into()),
        }
        if self.deletes()? {
            state.folders.remove(path);
        }
        Ok(())
    }

    pub(super) fn remove(&self, path: &str) -> Answer<()> {
        self.changeable(path)?;
        let mut state = self.state();
        match self.entry_in(&state, path) {
            Some(Entry::File { .. }) => {}
            Some(Entry::Folder) => return Err(StatusCode::Failure.into()),
            None => return Err(StatusCode::NoSuchFile.into()),
        }
        if self.deletes()? {
            self.forget(&mut state, path);
        }
        Ok(())
    }

    /// Renames a file or folder; what has the new name is in the way unless it is a file to be replaced.
    pub(super) fn rename(&self, from: &str, to: &str, replace: bool) -> Answer<()> {
        let to = self.place(to);
        if self.rules.has(Fault::RenameRefused) {
            return Err(StatusCode::PermissionDenied.into());
        }
        self.changeable(from)?;
        self.accepted(&to)?;
        let mut state = self.state();
        let moved = self.entry_in(&state, from).ok_or(StatusCode::NoSuchFile)?;
        self.parent_exists(&state, &to)?;
        match self.entry_in(&state, &to) {
            None => {}
            Some(Entry::File { .. }) if replace && from == to => return Ok(()),
            Some(Entry::File { .. }) if replace && moved != Entry::Folder => {
                if self.rules.has(Fault::OverwriteRefused) {
                    return Err(StatusCode::Failure.into());
                }
                if self.rules.has(Fault::OverwriteIgnored) {
                    self.forget(&mut state, from);
                    return Ok(());
                }
                self.forget(&mut state, &to);
            }
            Some(_) => return Err(StatusCode::Failure.into()),
        }
        match moved {
            Entry::File { .. } => self.move_file(&mut state, from, &to),
            Entry::Folder if below(from, &to).is_some() => return Err(StatusCode::Failure.into()),
            Entry::Folder => self.move_folder(&mut state, from, &to),
        }
        Ok(())
    }

    pub(super) fn open(&self, path: &str) -> Answer<File> {
        let state = self.state();
        match self.entry_in(&state, path) {
            Some(Entry::File { .. }) => self.file(&state, path),
            Some(Entry::Folder) => Err(StatusCode::Failure.into()),
            None => Err(StatusCode::NoSuchFile.into()),
        }
    }

    /// Opens for writing, and for reading what is written.
    pub(super) fn begin(&self, path: &str, flags: OpenFlags) -> Answer<(Draft, File)> {
        let path = self.place(path);
        self.accepted(&path)?;
        let mut state = self.state();
        self.parent_exists(&state, &path)?;
        let old = match self.entry_in(&state, &path) {
            Some(Entry::Folder) => return Err(StatusCode::Failure.into()),
            None if flags.contains(OpenFlags::CREATE) => None,
            None => return Err(StatusCode::NoSuchFile.into()),
            Some(Entry::File { bytes, .. }) => Some(bytes),
        };
        if old.is_some()
            && (flags.contains(OpenFlags::EXCLUDE) || self.rules.has(Fault::OverwriteRefused))
        {
            return Err(StatusCode::Failure.with_message("the file exists"));
        }
        let (draft, reader) = self.draft(&state, &path, old, flags)?;
        let ignored = old.is_some() && self.rules.has(Fault::OverwriteIgnored);
        if !ignored && !self.rules.has(Fault::WriteLost) {
            state.growing.insert(path, Arc::clone(draft.bytes()));
        }
        Ok((draft, reader))
    }

    /// Ends a file; it is stored under the name it has by now, if nobody took that away.
    pub(super) fn finish(&self, draft: &Draft) -> Answer<()> {
        let upload = draft.close(&self.store, &self.rules).map_err(failure)?;
        let mut state = self.state();
        let own = |bytes: &Bytes| Arc::ptr_eq(bytes, draft.bytes());
        let name = state.growing.iter().find(|(_, bytes)| own(bytes));
        let Some(name) = name.map(|(name, _)| name.clone()) else {
            return Ok(());
        };
        state.growing.remove(&name);
        if let Some(upload) = upload {
            self.store.commit(&name, upload).map_err(failure)?;
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entry_in(&self, state: &State, path: &str) -> Option<Entry> {
        let missing = self.rules.has(Fault::ContainerMissing);
        if missing && (path == self.home || below(&self.home, path).is_some()) {
            return None;
        }
        let growing = state.growing.get(path).and_then(|bytes| {
            let bytes = locked(bytes).as_ref()?.bytes().ok()?;
            let modified = SystemTime::now();
            Some(Entry::File { bytes, modified })
        });
        growing.or_else(|| {
            self.store.get(path).map_or_else(
                || self.is_folder(state, path).then_some(Entry::Folder),
                |object| {
                    Some(Entry::File {
                        bytes: object.bytes,
                        modified: object.modified,
                    })
                },
            )
        })
    }

    /// A folder is one that was made, or that a file of the store lies in.
    fn is_folder(&self, state: &State, path: &str) -> bool {
        path.is_empty()
            || state.folders.contains(path)
            || !self.store.list(&format!("{path}/")).is_empty()
    }

    fn names(&self, state: &State, folder: &str) -> BTreeSet<String> {
        let prefix = joined(folder, "");
        let files = self.store.list(&prefix).into_iter().map(|(path, _)| path);
        let others = state.folders.iter().chain(state.growing.keys()).cloned();
        let first = |path: String| {
            let name = below(folder, &path)?.split('/').next()?;
            Some(name.to_owned())
        };
        files.chain(others).filter_map(first).collect()
    }

    fn listed(&self, entry: Entry, now: SystemTime) -> bool {
        match entry {
            Entry::File { modified, .. } if self.rules.varies(Variation::EventualList) => now
                .duration_since(modified)
                .is_ok_and(|age| age >= LISTED_AFTER),
            Entry::File { .. } | Entry::Folder => true,
        }
    }

    /// Where a file goes that is to have a path.
    fn place(&self, path: &str) -> String {
        let path = stored(&self.rules, &self.home, path);
        let (folder, name) = split(&path);
        let inner = below(&self.home, folder).is_some();
        if inner && self.rules.has(Fault::FoldersFlattened) && self.is_new(folder) {
            joined(split(folder).0, name)
        } else {
            path
        }
    }

    /// Whether no file is in a folder that exists.
    fn is_new(&self, folder: &str) -> bool {
        let state = self.state();
        let exists = self.entry_in(&state, folder) == Some(Entry::Folder);
        exists && self.store.list(&format!("{folder}/")).is_empty()
    }

    /// Only what is below the home may be changed by anybody.
    fn changeable(&self, path: &str) -> Answer<()> {
        match below(&self.home, path) {
            Some(_) => Ok(()),
            None => Err(StatusCode::PermissionDenied.into()),
        }
    }

    /// Whether a file may be stored at a path.
    fn accepted(&self, path: &str) -> Answer<()> {
        self.changeable(path)?;
        let (folder, name) = split(path);
        if self.rules.has(Fault::FoldersRefused) && folder != self.home {
            return Err(StatusCode::PermissionDenied.into());
        }
        match refusal(&self.rules, name) {
            Some(why) => Err(StatusCode::Failure.with_message(why)),
            None => Ok(()),
        }
    }

    fn parent_exists(&self, state: &State, path: &str) -> Answer<()> {
        match self.entry_in(state, split(path).0) {
            Some(Entry::Folder) => Ok(()),
            Some(Entry::File { .. }) | None => Err(StatusCode::NoSuchFile.into()),
        }
    }

    fn deletes(&self) -> Answer<bool> {
        if self.rules.has(Fault::DeleteRefused) {
            return Err(StatusCode::PermissionDenied.into());
        }
        Ok(!self.rules.has(Fault::DeleteIgnored))
    }

    fn file(&self, state: &State, path: &str) -> Answer<File> {
        let growing = state.growing.get(path).and_then(|bytes| {
            let bytes = locked(bytes);
            bytes.as_ref().map(|upload| File::open(upload.path()))
        });
        let stored = || self.store.get(path).map(|object| object.open());
        let file = growing.or_else(stored).ok_or(StatusCode::NoSuchFile)?;
        file.map_err(failure)
    }

    fn draft(
        &self,
        state: &State,
        path: &str,
        old: Option<u64>,
        flags: OpenFlags,
    ) -> Answer<(Draft, File)> {
        let appends = self.rules.has(Fault::OverwriteAppends);
        let keeps = appends
            || self.rules.has(Fault::OverwriteKeepsTail)
            || !flags.contains(OpenFlags::TRUNCATE);
        let begun = match old {
            Some(_) if keeps => copied(&self.store, self.file(state, path)?),
            Some(_) | None => self.store.begin(),
        };
        let upload = begun.map_err(failure)?;
        let shift = old.filter(|_| appends).unwrap_or_default();
        let reader = File::open(upload.path()).map_err(failure)?;
        let append = flags.contains(OpenFlags::APPEND);
        Ok((Draft::new(upload, append, shift, &self.rules), reader))
    }

    fn forget(&self, state: &mut State, path: &str) {
        state.growing.remove(path);
        self.store.remove(path);
    }

    fn move_file(&self, state: &mut State, from: &str, to: &str) {
        let growing = state.growing.remove(from);
        state
            .growing
            .extend(growing.map(|bytes| (to.to_owned(), bytes)));
        self.store.rename(from, to);
    }

    fn move_folder(&self, state: &mut State, from: &str, to: &str) {
        let moved = |path: &String| Some((path.clone(), joined(to, below(from, path)?)));
        let files: Vec<_> = self
            .names_below(state, from)
            .iter()
            .filter_map(moved)
            .collect();
        for (old, new) in files {
            self.move_file(state, &old, &new);
        }
        let folders: Vec<_> = state.folders.iter().filter_map(moved).collect();
        for (old, new) in folders {
            state.folders.remove(&old);
            state.folders.insert(new);
        }
        state.folders.remove(from);
        state.folders.insert(to.to_owned());
    }

    fn names_below(&self, state: &State, folder: &str) -> BTreeSet<String> {
        let stored = self.store.list(&format!("{folder}/"));
        let stored = stored.into_iter().map(|(path, _)| path);
        stored.chain(state.growing.keys().cloned()).collect()
    }
}

impl State {
    fn add_folder(&mut self, path: &str) {
        let mut path = path;
        while !path.is_empty() {
            self.folders.insert(path.to_owned());
            path = split(path).0;
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    const PUT: OpenFlags = OpenFlags::WRITE
        .union(OpenFlags::CREATE)
        .union(OpenFlags::TRUNCATE);

    fn tree(faults: &[Fault], variations: &[Variation]) -> Tree {
        let rules = Rules {
            faults: faults.iter().copied().collect(),
            variations: variations.iter().copied().collect(),
        };
        Tree::new(Arc::new(Store::new().unwrap()), "/upload", Arc::new(rules))
    }

    fn put(tree: &Tree, path: &str, text: &str) -> Answer<()> {
        let (draft, _) = tree.begin(path, PUT)?;
        draft.write(0, text.as_bytes())?;
        tree.finish(&draft)
    }

    fn text(tree: &Tree, path: &str) -> Option<String> {
        let bytes = tree.store.get(path)?.read().unwrap();
        Some(String::from_utf8(bytes).unwrap())
    }

    fn code<T>(answer: Answer<T>) -> StatusCode {
        answer
            .err()
            .map_or(StatusCode::Ok, |reply| reply.status_code)
    }

    #[test]
    fn a_file_is_seen_growing_and_is_stored_when_closed() {
        let tree = tree(&[], &[]);
        let (draft, _) = tree.begin("upload/a", PUT).unwrap();
        draft.write(0, b"12").unwrap();
        assert!(matches!(
            tree.entry("upload/a"),
            Some(Entry::File { bytes: 2, .. })
        ));
        assert!(tree.store.get("upload/a").is_none());
        tree.rename("upload/a", "upload/b", false).unwrap();
        draft.write(2, b"3").unwrap();
        tree.finish(&draft).unwrap();
        assert_eq!(text(&tree, "upload/b").unwrap(), "123");
        assert!(tree.entry("upload/a").is_none());
    }

    #[test]
    fn a_file_that_is_removed_while_it_is_written_stays_away() {
        let tree = tree(&[], &[]);
        put(&tree, "upload/a", "old").unwrap();
        let (draft, _) = tree.begin("upload/a", PUT).unwrap();
        tree.remove("upload/a").unwrap();
        tree.finish(&draft).unwrap();
        assert!(tree.entry("upload/a").is_none());
    }

    #[test]
    fn folders_are_made_one_by_one_and_removed_when_empty() {
        let tree = tree(&[], &[]);
        assert_eq!(code(tree.make_folder("upload/a/b")), StatusCode::NoSuchFile);
        assert_eq!(code(put(&tree, "upload/a/f", "")), StatusCode::NoSuchFile);
        tree.make_folder("upload/a").unwrap();
        assert_eq!(code(tree.make_folder("upload/a")), StatusCode::Failure);
        put(&tree, "upload/a/f", "x").unwrap();
        assert_eq!(code(tree.remove_folder("upload/a")), StatusCode::Failure);
        tree.rename("upload/a", "upload/c", false).unwrap();
        assert_eq!(text(&tree, "upload/c/f").unwrap(), "x");
        tree.remove("upload/c/f").unwrap();
        tree.remove_folder("upload/c").unwrap();
        assert!(tree.entries("upload").unwrap().is_empty());
    }

    #[test]
    fn nothing_outside_the_home_can_be_changed() {
        let tree = tree(&[], &[]);
        for answer in [
            put(&tree, "a", ""),
            put(&tree, "uploads/a", ""),
            tree.make_folder("other"),
            tree.remove_folder("upload"),
            tree.rename("upload", "b", false),
        ] {
            assert_eq!(code(answer), StatusCode::PermissionDenied);
        }
    }

    #[test]
    fn a_rename_onto_a_file_needs_to_be_told_to_replace_it() {
        let tree = tree(&[], &[]);
        put(&tree, "upload/a", "new").unwrap();
        put(&tree, "upload/b", "old").unwrap();
        assert_eq!(
            code(tree.rename("upload/a", "upload/b", false)),
            StatusCode::Failure
        );
        assert_eq!(
            code(tree.rename("upload/x", "upload/y", true)),
            StatusCode::NoSuchFile
        );
        tree.rename("upload/a", "upload/b", true).unwrap();
        assert_eq!(text(&tree, "upload/b").unwrap(), "new");
    }

    #[test]
    fn flags_of_opening_mean_what_they_say() {
        let tree = tree(&[], &[]);
        let begin = |flags| tree.begin("upload/a", flags).map(|(draft, _)| draft);
        assert_eq!(code(begin(OpenFlags::WRITE)), StatusCode::NoSuchFile);
        put(&tree, "upload/a", "abc").unwrap();
        assert_eq!(code(begin(PUT | OpenFlags::EXCLUDE)), StatusCode::Failure);
        let draft = begin(OpenFlags::WRITE).unwrap();
        draft.write(1, b"x").unwrap();
        tree.finish(&draft).unwrap();
        assert_eq!(text(&tree, "upload/a").unwrap(), "axc");
        let draft = begin(OpenFlags::WRITE | OpenFlags::APPEND).unwrap();
        draft.write(0, b"d").unwrap();
        tree.finish(&draft).unwrap();
        assert_eq!(text(&tree, "upload/a").unwrap(), "axcd");
    }

    #[test]
    fn each_fault_of_overwriting_shows_in_the_second_write_alone() {
        let twice = |fault| {
            let tree = tree(&[fault], &[]);
            put(&tree, "upload/a", "long one").unwrap();
            let second = code(put(&tree, "upload/a", "new"));
            (second, text(&tree, "upload/a").unwrap())
        };
        let is = |code, text: &str| (code, text.to_owned());
        assert_eq!(
            twice(Fault::OverwriteRefused),
            is(StatusCode::Failure, "long one")
        );
        assert_eq!(
            twice(Fault::OverwriteIgnored),
            is(StatusCode::Ok, "long one")
        );
        assert_eq!(
            twice(Fault::OverwriteAppends),
            is(StatusCode::Ok, "long onenew")
        );
        assert_eq!(
            twice(Fault::OverwriteKeepsTail),
            is(StatusCode::Ok, "newg one")
        );
    }

    #[test]
    fn a_lost_write_is_answered_with_success() {
        let tree = tree(&[Fault::WriteLost], &[]);
        put(&tree, "upload/a", "x").unwrap();
        assert!(tree.entry("upload/a").is_none());
    }

    #[test]
    fn faults_of_folders_concern_folders_below_the_home() {
        let refused = tree(&[Fault::FoldersRefused], &[]);
        put(&refused, "upload/a", "x").unwrap();
        assert_eq!(
            code(refused.make_folder("upload/f")),
            StatusCode::PermissionDenied
        );
        let flat = tree(&[Fault::FoldersFlattened], &[]);
        flat.make_folder("upload/f").unwrap();
        put(&flat, "upload/f/a", "x").unwrap();
        assert_eq!(text(&flat, "upload/a").unwrap(), "x");
        assert!(flat.entry("upload/f/a").is_none());
    }

    #[test]
    fn deleting_can_be_refused_or_ignored() {
        for (fault, answer) in [
            (Fault::DeleteRefused, StatusCode::PermissionDenied),
            (Fault::DeleteIgnored, StatusCode::Ok),
        ] {
            let tree = tree(&[fault], &[]);
            put(&tree, "upload/a", "x").unwrap();
            assert_eq!(code(tree.remove("upload/a")), answer);
            assert!(tree.entry("upload/a").is_some());
        }
    }

    #[test]
    fn a_home_that_is_missing_cannot_be_made() {
        let tree = tree(&[Fault::ContainerMissing], &[]);
        assert_eq!(tree.entry("upload"), None);
        assert_eq!(code(put(&tree, "upload/a", "")), StatusCode::NoSuchFile);
        assert_eq!(
            code(tree.make_folder("upload")),
            StatusCode::PermissionDenied
        );
    }

    #[test]
    fn a_late_listing_hides_what_is_new_and_nothing_else() {
        let tree = tree(&[], &[Variation::EventualList]);
        let modified = SystemTime::now();
        let file = Entry::File { bytes: 1, modified };
        assert!(!tree.listed(file, modified) && tree.listed(file, modified + LISTED_AFTER));
        assert!(tree.listed(Entry::Folder, modified));
    }

    #[test]
    fn spoilt_names_are_stored_and_the_right_ones_not_found() {
        let tree = tree(&[Fault::CaseFolded], &[]);
        put(&tree, "upload/A.csv", "x").unwrap();
        assert!(tree.entry("upload/A.csv").is_none() && tree.entry("upload/a.csv").is_some());
    }
}
