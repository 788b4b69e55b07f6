//! Folders and files, as every session sees them. A file that is being written is there from its opening, and grows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use russh_sftp::protocol::{OpenFlags, StatusCode};
use russh_sftp::server::StatusReply;

use super::draft::{Bytes, Draft, copied, failure, locked};
use super::path::{below, joined, refusal, resolved, split, stored};
use crate::emulator::storage::rules::Rules;
use crate::emulator::storage::{Fault, Store, Variation};

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
    /// Names that a listing has left out once.
    hidden: BTreeSet<String>,
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
        let mut state = self.state();
        match self.entry_in(&state, folder) {
            Some(Entry::Folder) => {}
            Some(Entry::File { .. }) => return Err(StatusCode::Failure.into()),
            None => return Err(StatusCode::NoSuchFile.into()),
        }
        let names = self.names(&state, folder).into_iter();
        let known = names.filter_map(|name| {
            let path = joined(folder, &name);
            let entry = self.entry_in(&state, &path)?;
            self.listed(&mut state, entry, path)
                .then_some((name, entry))
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

    /// Whether a listing shows it: a late one leaves out each name of a file once.
    fn listed(&self, state: &mut State, entry: Entry, path: String) -> bool {
        match entry {
            Entry::File { .. } if self.rules.varies(Variation::EventualList) => {
                !state.hidden.insert(path)
            }
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
mod tests;
