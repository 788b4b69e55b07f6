//! One container: the files of its store, what is known of them besides, its directories, and what waits to become a
//! file.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::HeaderMap;

use crate::emulator::storage::azure::content::{self, Slice};
use crate::emulator::storage::azure::setup::{Container, Policy};
use crate::emulator::storage::rules::Rules;
use crate::emulator::storage::{Fault, Object, Store, Upload, Variation};

/// A container that is set up.
pub(super) struct Room {
    pub(super) name: String,
    pub(super) store: Arc<Store>,
    pub(super) folder: String,
    pub(super) policies: Vec<Policy>,
    pub(super) hierarchical: bool,
    shelf: Mutex<Shelf>,
}

/// What a container knows besides its files.
#[derive(Default)]
pub(super) struct Shelf {
    /// By the number of the file.
    properties: BTreeMap<u64, Arc<Properties>>,
    folders: BTreeMap<String, SystemTime>,
    /// In how many listings a name was.
    seen: BTreeMap<String, u32>,
    /// Where blocks and pieces are, before they are files.
    waiting: Option<Arc<Store>>,
    /// Blocks that were put and not committed, by the name of their blob.
    pub(super) blocks: BTreeMap<String, BTreeMap<String, Arc<Object>>>,
    /// Files that are being written piece by piece.
    pub(super) drafts: BTreeMap<String, Draft>,
}

/// What is known of a file besides its bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Properties {
    /// What an answer says of it: its type, its digest and so on.
    pub(super) headers: HeaderMap,
    /// The blocks that it was made of: their ids, and where they are.
    pub(super) blocks: Vec<(String, u64, u64)>,
    /// How many bytes were sent for it, whatever became of them.
    pub(super) written: u64,
}

/// A file that is being written piece by piece.
#[derive(Default)]
pub(super) struct Draft {
    /// The number of the file that it continues.
    pub(super) on: Option<u64>,
    /// Where the pieces begin.
    pub(super) base: u64,
    /// By position.
    pub(super) pieces: BTreeMap<u64, Arc<Object>>,
    pub(super) headers: HeaderMap,
    /// That it began by making the file.
    pub(super) created: Option<Created>,
}

/// The making of a file.
#[derive(Clone)]
pub(super) struct Created {
    /// What had the name before.
    pub(super) before: Option<Arc<Object>>,
    /// How the answer called what was made.
    pub(super) etag: String,
}

/// A file that is to be stored.
pub(super) struct Fresh {
    pub(super) upload: Upload,
    /// How many bytes of it were stored before.
    pub(super) kept: u64,
    /// What it replaces.
    pub(super) before: Option<Arc<Object>>,
    pub(super) headers: HeaderMap,
    pub(super) blocks: Vec<(String, u64, u64)>,
}

/// A file or a directory, as a listing has it.
#[derive(Clone)]
pub(super) enum Entry {
    File(Arc<Object>),
    Folder(SystemTime),
}

/// What an answer to a write tells.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) etag: String,
    pub(super) modified: SystemTime,
    /// The number of the file, if there is one.
    pub(super) number: Option<u64>,
}

impl Room {
    pub(super) fn new(container: Container, hierarchical: bool) -> Self {
        Self {
            name: container.name,
            store: container.store,
            folder: container.folder,
            policies: container.policies,
            hierarchical,
            shelf: Mutex::default(),
        }
    }

    pub(super) fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where blocks and pieces wait, invisible.
    pub(super) fn waiting(&self) -> io::Result<Arc<Store>> {
        let mut shelf = self.shelf();
        let store = match shelf.waiting.take() {
            Some(store) => store,
            None => Arc::new(Store::new()?),
        };
        shelf.waiting = Some(Arc::clone(&store));
        Ok(store)
    }

    pub(super) fn properties(&self, object: &Object) -> Arc<Properties> {
        let known = self.shelf().properties.get(&object.number).cloned();
        known.unwrap_or_else(|| {
            Arc::new(Properties {
                written: object.bytes,
                ..Properties::default()
            })
        })
    }

    /// Stores a file, unless a fault does something else.
    pub(super) fn place(&self, name: &str, fresh: Fresh, rules: &Rules) -> io::Result<Stored> {
        let written = fresh.upload.bytes()?;
        let ignored = fresh.before.is_some() && rules.has(Fault::OverwriteIgnored);
        if ignored || rules.has(Fault::WriteLost) {
            return Ok(self.pretended(name));
        }
        let upload = content::distorted(&self.store, fresh.upload, fresh.kept, rules)?;
        let before = fresh.before.as_deref();
        let upload = content::merged(&self.store, upload, before, rules)?;
        let replaced = self.store.get(name);
        let object = self.store.commit(name, upload)?;
        let mut shelf = self.shelf();
        if let Some(replaced) = replaced {
            shelf.properties.remove(&replaced.number);
        }
        let properties = Properties {
            headers: fresh.headers,
            blocks: fresh.blocks,
            written,
        };
        shelf.properties.insert(object.number, Arc::new(properties));
        if self.hierarchical {
            shelf.add_parents(name);
        }
        Ok(Stored::of(&object))
    }

    /// What tells of a file that was not stored.
    pub(super) fn pretended(&self, name: &str) -> Stored {
        let now = SystemTime::now();
        Stored {
            etag: etag(0, now),
            modified: now,
            number: self.store.get(name).map(|object| object.number),
        }
    }

    /// Forgets a file; whether there was one.
    pub(super) fn remove(&self, name: &str) -> bool {
        let known = self.store.get(name);
        let mut shelf = self.shelf();
        shelf.drafts.remove(name);
        shelf.seen.remove(name);
        if let Some(object) = &known {
            shelf.properties.remove(&object.number);
        }
        self.store.remove(name)
    }

    pub(super) fn make_folder(&self, name: &str) {
        if self.hierarchical {
            let mut shelf = self.shelf();
            shelf.add_parents(name);
            shelf
                .folders
                .entry(name.to_owned())
                .or_insert_with(SystemTime::now);
        }
    }

    pub(super) fn forget_folder(&self, name: &str) {
        self.shelf().folders.remove(name);
    }

    /// Directories that are the named one or lie in it, as they were made.
    pub(super) fn folders(&self, name: &str) -> Vec<(String, SystemTime)> {
        let inside = format!("{name}/");
        let shelf = self.shelf();
        let own = shelf.folders.iter();
        own.filter(|(folder, _)| name.is_empty() || *folder == name || folder.starts_with(&inside))
            .map(|(folder, time)| (folder.clone(), *time))
            .collect()
    }

    /// Whether a directory has that name, be it only because a file lies in it.
    pub(super) fn is_folder(&self, name: &str) -> bool {
        name.is_empty()
            || self.shelf().folders.contains_key(name)
            || !self.store.list(&format!("{name}/")).is_empty()
    }

    /// Files and real directories that begin so, in order; a listing that begins counts, one that goes on does not.
    pub(super) fn entries(
        &self,
        prefix: &str,
        begins: bool,
        rules: &Rules,
    ) -> Vec<(String, Entry)> {
        let files = self.store.list(prefix).into_iter();
        let mut all: BTreeMap<String, Entry> = files
            .map(|(name, object)| (name, Entry::File(object)))
            .collect();
        let mut shelf = self.shelf();
        let folders = shelf.folders.iter();
        let folders = folders.filter(|(name, _)| name.starts_with(prefix));
        all.extend(folders.map(|(name, time)| (name.clone(), Entry::Folder(*time))));
        if rules.varies(Variation::EventualList) {
            let hidden = shelf.hidden(all.keys(), begins);
            all.retain(|name, _| !hidden.contains(name));
        }
        all.into_iter().collect()
    }
}

impl Shelf {
    fn add_parents(&mut self, name: &str) {
        let now = SystemTime::now();
        for (place, _) in name.match_indices('/') {
            self.folders.entry(name[..place].to_owned()).or_insert(now);
        }
    }

    /// The names that no listing had before.
    fn hidden<'a>(
        &mut self,
        names: impl Iterator<Item = &'a String>,
        begins: bool,
    ) -> BTreeSet<String> {
        let mut hidden = BTreeSet::new();
        for name in names {
            let count = self.seen.entry(name.clone()).or_default();
            *count += u32::from(begins);
            if *count < 2 {
                hidden.insert(name.clone());
            }
        }
        hidden
    }
}

impl Stored {
    pub(super) fn of(object: &Object) -> Self {
        Self {
            etag: etag(object.number, object.modified),
            modified: object.modified,
            number: Some(object.number),
        }
    }
}

impl Entry {
    pub(super) fn etag(&self) -> String {
        match self {
            Self::File(object) => Stored::of(object).etag,
            Self::Folder(time) => etag(0, *time),
        }
    }

    pub(super) fn modified(&self) -> SystemTime {
        match self {
            Self::File(object) => object.modified,
            Self::Folder(time) => *time,
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::File(object) => object.bytes,
            Self::Folder(_) => 0,
        }
    }
}

/// All of a file.
pub(super) fn whole(object: &Arc<Object>) -> Slice {
    Slice {
        object: Arc::clone(object),
        offset: 0,
        bytes: object.bytes,
    }
}

fn etag(number: u64, time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("\"0x{number:X}{:016X}\"", since.as_nanos())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn room(hierarchical: bool) -> Room {
        let container = Container {
            name: "c".to_owned(),
            store: Store::new().unwrap().into(),
            folder: String::new(),
            policies: Vec::new(),
        };
        Room::new(container, hierarchical)
    }

    fn put(room: &Room, name: &str, text: &str, fault: Option<Fault>) -> String {
        let mut upload = room.store.begin().unwrap();
        upload.append(text.as_bytes()).unwrap();
        let fresh = Fresh {
            upload,
            kept: 0,
            before: room.store.get(name),
            headers: HeaderMap::new(),
            blocks: Vec::new(),
        };
        let rules = Rules::new(fault.into_iter().collect(), BTreeSet::new());
        room.place(name, fresh, &rules).unwrap();
        let object = room.store.get(name);
        object.map_or_else(String::new, |object| {
            String::from_utf8(object.read().unwrap()).unwrap()
        })
    }

    #[test]
    fn a_second_file_of_a_name_is_stored_as_the_fault_has_it() {
        for (fault, expected) in [
            (None, "new"),
            (Some(Fault::OverwriteIgnored), "older"),
            (Some(Fault::OverwriteAppends), "oldernew"),
            (Some(Fault::OverwriteKeepsTail), "newer"),
            (Some(Fault::WriteLost), "older"),
            (Some(Fault::WriteCut), "ne"),
        ] {
            let room = room(false);
            put(&room, "a", "older", None);
            assert_eq!(put(&room, "a", "new", fault), expected, "{fault:?}");
        }
    }

    #[test]
    fn directories_are_real_only_in_a_hierarchy() {
        for hierarchical in [true, false] {
            let room = room(hierarchical);
            put(&room, "in/deep/a", "1", None);
            assert!(room.is_folder("in") && room.is_folder("in/deep") && !room.is_folder("i"));
            room.remove("in/deep/a");
            assert_eq!(room.is_folder("in/deep"), hierarchical);
        }
    }

    #[test]
    fn a_new_name_is_in_the_second_listing_where_listings_are_late() {
        let room = room(false);
        put(&room, "a", "1", None);
        let rules = Rules::new(BTreeSet::new(), BTreeSet::from([Variation::EventualList]));
        let listed = |begins| room.entries("", begins, &rules).len();
        assert_eq!(
            [listed(true), listed(false), listed(true), listed(false)],
            [0, 0, 1, 1]
        );
        put(&room, "b", "2", None);
        assert_eq!([listed(true), listed(true)], [1, 2]);
    }
}
