//! A bucket: the files of its store, and what only this protocol knows about them.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::emulator::storage::s3::news::News;
use crate::emulator::storage::s3::note::{Note, version_id};
use crate::emulator::storage::s3::pending::Uploads;
use crate::emulator::storage::s3::receive::copy;
use crate::emulator::storage::s3::setup::{Bucket, Key};
use crate::emulator::storage::store::{Object, Store};

/// One bucket while the server runs.
pub(crate) struct Holding {
    pub(crate) name: String,
    pub(crate) store: Arc<Store>,
    /// Empty where keys may touch everything.
    pub(crate) prefix: String,
    pub(crate) keys: Vec<Key>,
    pub(crate) news: News,
    pub(crate) uploads: Uploads,
    history: Mutex<History>,
    turn: Mutex<()>,
}

/// What a name once was: a file, or deleted.
#[derive(Clone)]
pub(crate) struct Version {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) object: Option<Arc<Object>>,
}

#[derive(Default)]
struct History {
    /// By the number of the file.
    notes: BTreeMap<u64, Note>,
    /// In the order in which they came.
    versions: Vec<Version>,
}

impl Holding {
    pub(crate) fn new(bucket: Bucket) -> Self {
        Self {
            name: bucket.name,
            store: bucket.store,
            prefix: bucket.prefix.unwrap_or_default(),
            keys: bucket.keys,
            news: News::default(),
            uploads: Uploads::default(),
            history: Mutex::default(),
            turn: Mutex::default(),
        }
    }

    /// Whoever holds this is the only one who looks at a name and then changes it.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known about a file; little, if it came into the store by another way.
    pub(crate) fn note(&self, object: &Object) -> Note {
        let known = self.history().notes.get(&object.number).cloned();
        known.unwrap_or_else(|| Note {
            etag: format!("{:032x}", object.number),
            ..Note::default()
        })
    }

    /// Notes a file that was stored. What it replaced is forgotten, unless there are versions.
    pub(crate) fn keep(&self, name: &str, object: &Arc<Object>, note: Note, replaced: Option<u64>) {
        let mut history = self.history();
        match &note.version {
            Some(id) => history.versions.push(Version {
                name: name.to_owned(),
                id: id.clone(),
                object: Some(Arc::clone(object)),
            }),
            None => {
                replaced.and_then(|number| history.notes.remove(&number));
            }
        }
        history.notes.insert(object.number, note);
    }

    /// Deletes a name and leaves a marker, whose id this is.
    pub(crate) fn mark_deleted(&self, name: &str) -> String {
        self.store.remove(name);
        let id = version_id();
        self.history().versions.push(Version {
            name: name.to_owned(),
            id: id.clone(),
            object: None,
        });
        id
    }

    /// Deletes a name for good.
    pub(crate) fn forget(&self, name: &str) {
        let number = self.store.get(name).map(|object| object.number);
        self.store.remove(name);
        number.and_then(|number| self.history().notes.remove(&number));
    }

    /// What a name was under that id.
    pub(crate) fn version(&self, name: &str, id: &str) -> Option<Version> {
        let history = self.history();
        let mut of_name = history.versions.iter();
        of_name
            .find(|version| version.name == name && version.id == id)
            .cloned()
    }

    /// What a name last was.
    pub(crate) fn last_version(&self, name: &str) -> Option<Version> {
        let history = self.history();
        let mut latest = history.versions.iter().rev();
        latest.find(|version| version.name == name).cloned()
    }

    /// Deletes a version for good; the one before shows, if it was the last.
    ///
    /// # Errors
    /// When the one before cannot be copied.
    pub(crate) fn drop_version(&self, version: &Version) -> io::Result<()> {
        let was_last = self
            .last_version(&version.name)
            .is_some_and(|last| last.id == version.id);
        let of_another = |kept: &Version| kept.name != version.name || kept.id != version.id;
        self.history().versions.retain(of_another);
        if was_last {
            self.store.remove(&version.name);
            self.show_last(&version.name)?;
        }
        Ok(())
    }

    /// A store takes no file twice, so what shows again is a copy.
    fn show_last(&self, name: &str) -> io::Result<()> {
        let Some((last, object)) = self
            .last_version(name)
            .and_then(|last| Some((last.clone(), last.object?)))
        else {
            return Ok(());
        };
        let mut upload = self.store.begin()?;
        copy(&mut object.open()?, &mut upload)?;
        let shown = self.store.commit(name, upload)?;
        let note = self.note(&object);
        let mut history = self.history();
        history.notes.insert(shown.number, note);
        let mut versions = history.versions.iter_mut();
        if let Some(version) = versions.find(|version| version.id == last.id) {
            version.object = Some(shown);
        }
        Ok(())
    }

    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
