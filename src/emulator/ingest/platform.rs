//! What became of files: the answer to a question, without its form. Files are ingested when somebody asks.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use crate::emulator::ingest::error::Unreadable;
use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::files::{
    Export, StoredFile, export_of, exports, in_folder, is_manifest, part_names, split_folder,
    stored_name,
};
use crate::emulator::ingest::manifest::{Announced, announced, row};
use crate::emulator::ingest::memory::Memory;
use crate::emulator::ingest::open;
use crate::emulator::ingest::row::Rows;
use crate::emulator::ingest::rules::Rules;
use crate::emulator::ingest::setup::{Feed, PlatformSetup};
use crate::emulator::ingest::variation::Variation;
use crate::emulator::storage::Store;

/// The feeds, the token and the rules of a platform.
pub(crate) struct Platform {
    pub(crate) sources: BTreeMap<String, Arc<Source>>,
    pub(crate) token: Option<String>,
    pub(crate) rules: Rules,
}

/// A feed, and what was already done with its files.
pub(crate) struct Source {
    pub(crate) feed: Feed,
    memory: Memory,
    pub(crate) rules: Rules,
}

/// What somebody asks about: a path in the storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Question {
    /// A file with its split parts.
    File(String),
    /// All files in a folder and below.
    Folder(String),
}

/// A file or split part to take rows from.
#[derive(Clone)]
pub(crate) struct Piece {
    pub(crate) file: StoredFile,
    later: bool,
}

/// A file, and what is the matter with it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) file: String,
    pub(crate) reason: String,
}

/// What became of the files asked about.
pub(crate) enum Outcome {
    /// There are none.
    Nothing,
    /// Some are not complete yet.
    Pending(Vec<Note>),
    /// Some cannot be read.
    Unreadable(Vec<Note>),
    /// All were read: so many rows.
    Ingested(Vec<Piece>, u64),
}

/// The files of a question, and all manifests that speak of them.
struct Found {
    exports: Vec<Export>,
    announced: Announced,
}

impl Platform {
    pub(crate) fn new(setup: PlatformSetup) -> Self {
        let rules = Rules::new(setup.faults, setup.variations);
        let source = |feed: Feed| Source {
            feed,
            memory: Memory::default(),
            rules: rules.clone(),
        };
        let named = |feed: Feed| (feed.name.clone(), Arc::new(source(feed)));
        Self {
            sources: setup.feeds.into_iter().map(named).collect(),
            token: setup.token,
            rules: rules.clone(),
        }
    }
}

impl Source {
    /// Ingests what is asked about, as far as that was not done before.
    pub(crate) fn ingest(&self, question: &Question) -> Outcome {
        let found = match self.found(question) {
            Ok(found) => found,
            Err((file, reason)) => return unreadable(file, &reason),
        };
        let mut waiting = self.incomplete(question, &found);
        let mut pieces = self.pieces(&found);
        if self.rules.varies(Variation::DeletedKept) {
            self.keep(question, &mut pieces);
        }
        if pieces.is_empty() && waiting.is_empty() {
            return Outcome::Nothing;
        }
        if self.is_asked_too_early(question, &pieces) {
            waiting.push(note(path(question), "it waits for its turn"));
        }
        match waiting.is_empty() {
            true => self.read(pieces),
            false => Outcome::Pending(waiting),
        }
    }

    /// Adds what was ingested of files of a folder that are deleted now.
    fn keep(&self, question: &Question, pieces: &mut Vec<Piece>) {
        let read = pieces.iter().filter(|piece| self.verdict(piece).is_ok());
        let read = read.map(|piece| (piece.file.clone(), piece.later));
        let known = self.memory.kept(read).into_iter();
        let known = known.map(|(file, later)| Piece { file, later });
        let Question::Folder(folder) = question else {
            return;
        };
        let folder = folder.trim_matches('/');
        let deleted = known.filter(|piece| {
            let name = piece.file.name.trim_start_matches('/');
            let is_below = name
                .strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with('/'));
            is_below && self.feed.store.get(&piece.file.name).is_none()
        });
        pieces.extend(deleted);
    }

    /// The rows of a piece.
    pub(crate) fn rows(&self, piece: &Piece) -> Rows {
        if is_manifest(&piece.file.name) {
            return Box::new(std::iter::once(row(&piece.file)));
        }
        let reading = &self.feed.reading;
        open::rows(&piece.file.object, reading, piece.later, &self.rules)
    }

    fn found(&self, question: &Question) -> Result<Found, (String, Unreadable)> {
        let store = &self.feed.store;
        let asked = path(question);
        let files = match question {
            Question::File(_) => beside(store, asked),
            Question::Folder(_) => in_folder(store, asked),
        };
        let is_data =
            |file: &StoredFile| self.rules.has(Fault::ManifestIngested) || !is_manifest(&file.name);
        let (data, _): (Vec<_>, Vec<_>) = files.iter().cloned().partition(is_data);
        let exports = match question {
            Question::File(_) => vec![export_of(&stored_name(store, asked), &data)],
            Question::Folder(_) => self.told_apart(exports(&data)),
        };
        let mut manifests = files;
        manifests.retain(|file| is_manifest(&file.name));
        Ok(Found {
            exports,
            announced: announced(&manifests)?,
        })
    }

    /// The exports of a folder, but for those that a fault takes for one that it knows.
    fn told_apart(&self, mut exports: Vec<Export>) -> Vec<Export> {
        if self.rules.has(Fault::SecondExportIgnored) {
            exports.truncate(1);
        }
        if self.rules.has(Fault::LaterExportsIgnored) {
            let number = |export: &Export| export.first().map(|file| file.object.number);
            let mut known = BTreeSet::new();
            exports.sort_by_key(number);
            exports.retain(|export| {
                let names = export
                    .first()
                    .map(|file| without_time(&file.name).to_owned());
                known.insert(names)
            });
        }
        exports
    }

    /// What a manifest says that is not there in its full size.
    fn incomplete(&self, question: &Question, found: &Found) -> Vec<Note> {
        let mut notes = Vec::new();
        for (name, size) in &found.announced.0 {
            let stored = self.feed.store.get(name);
            let is_short = stored.is_none_or(|object| object.bytes < *size);
            let is_asked = concerns(question, name, found.announced.0.len());
            if is_short && is_asked && !self.rules.has(Fault::ManifestUnread) {
                notes.push(note(name, "it is smaller than its manifest says"));
            }
        }
        if self.rules.has(Fault::ManifestRequired) {
            let files = found.exports.iter().flatten();
            let unnamed = files.filter(|file| !found.announced.0.contains_key(&file.name));
            notes.extend(unnamed.map(|file| note(&file.name, "no manifest names it")));
        }
        notes
    }

    fn pieces(&self, found: &Found) -> Vec<Piece> {
        let all = found.exports.iter().flat_map(|export| self.parts(export));
        let mut pieces: Vec<Piece> = all.flat_map(|piece| self.versions(piece)).collect();
        if [Fault::CorruptEndsAll, Fault::CorruptRewriteEndsAll]
            .iter()
            .any(|fault| self.rules.has(*fault))
        {
            let ends = self.ends(&pieces);
            pieces.retain(|piece| {
                let folder = split_folder(&piece.file.name).0;
                let end = ends.get(folder).copied().unwrap_or_default();
                piece.file.object.number >= end
            });
        }
        pieces
    }

    fn parts(&self, export: &Export) -> Vec<Piece> {
        let files = export.iter().cloned().enumerate();
        let mut parts: Vec<Piece> = files
            .map(|(place, file)| Piece {
                file,
                later: place > 0,
            })
            .collect();
        if self.rules.has(Fault::SecondPartIgnored) {
            parts.truncate(1);
        }
        if self.rules.has(Fault::LastPartReplaces) {
            parts.drain(..parts.len().saturating_sub(1));
        }
        if self.rules.varies(Variation::PartsReversed) {
            parts.reverse();
        }
        parts
    }

    /// What is taken for the content of a file that may have been written again.
    fn versions(&self, piece: Piece) -> Vec<Piece> {
        const REMEMBERING: [Fault; 5] = [
            Fault::KnownContentIgnored,
            Fault::RewrittenAppended,
            Fault::OldContentKept,
            Fault::SameSizeIgnored,
            Fault::EmptiedIgnored,
        ];
        let remembers = REMEMBERING.iter().any(|fault| self.rules.has(*fault));
        if !remembers && !self.rules.varies(Variation::WholeSeconds) {
            return vec![piece];
        }
        let version = |object| Piece {
            file: StoredFile {
                name: piece.file.name.clone(),
                object,
            },
            later: piece.later,
        };
        let versions = self.memory.versions(&piece.file);
        let versions: Vec<Piece> = versions.into_iter().map(version).collect();
        if self.rules.has(Fault::RewrittenAppended) {
            return versions;
        }
        if self.rules.has(Fault::KnownContentIgnored) {
            let is_known = |place: usize| {
                let mut before = versions.iter().take(place);
                before.any(|old| same_content(old, &versions[place]))
            };
            let last_new = (0..versions.len()).rev().find(|place| !is_known(*place));
            return last_new
                .map(|place| versions[place].clone())
                .into_iter()
                .collect();
        }
        let kept = versions
            .into_iter()
            .reduce(|old, new| match self.is_ignored(&old, &new) {
                true => old,
                false => new,
            });
        vec![kept.unwrap_or(piece)]
    }

    /// Whether a new content of a name is not taken up.
    fn is_ignored(&self, old: &Piece, new: &Piece) -> bool {
        let same_size = old.file.object.bytes == new.file.object.bytes;
        let second = |piece: &Piece| {
            let since = piece.file.object.modified.duration_since(UNIX_EPOCH);
            since.map_or(0, |since| since.as_secs())
        };
        let same_second = self.rules.varies(Variation::WholeSeconds) && second(old) == second(new);
        (same_size && same_second)
            || self.rules.has(Fault::OldContentKept)
            || (self.rules.has(Fault::SameSizeIgnored) && same_size)
            || (self.rules.has(Fault::EmptiedIgnored) && self.verdict(new) == Ok(0))
    }

    /// By folder, the last file that cannot be read: what is older is lost with the fault.
    fn ends(&self, pieces: &[Piece]) -> BTreeMap<String, u64> {
        let folders = pieces.iter().map(|piece| split_folder(&piece.file.name).0);
        let folders: BTreeSet<&str> = folders.collect();
        let mut ends = BTreeMap::new();
        for folder in folders {
            let files = beside(&self.feed.store, folder).into_iter();
            let broken = files
                .filter(|file| !is_manifest(&file.name))
                .map(|file| Piece { file, later: false })
                .filter(|piece| self.ends_all(piece) && self.verdict(piece).is_err());
            let last = broken.map(|piece| piece.file.object.number).max();
            let ended = self.memory.ended(folder, last);
            ends.extend(ended.map(|number| (folder.to_owned(), number)));
        }
        ends
    }

    /// Whether a file that cannot be read is one whose name could be, where only that counts.
    fn ends_all(&self, piece: &Piece) -> bool {
        if self.rules.has(Fault::CorruptEndsAll) {
            return true;
        }
        let mut known = self.memory.versions(&piece.file).into_iter();
        known.any(|object| {
            let name = piece.file.name.clone();
            let file = StoredFile { name, object };
            self.verdict(&Piece { file, later: false }).is_ok()
        })
    }

    fn is_asked_too_early(&self, question: &Question, pieces: &[Piece]) -> bool {
        if self.rules.has(Fault::EverythingPending) {
            return true;
        }
        let numbers = pieces.iter().map(|piece| piece.file.object.number);
        self.rules.varies(Variation::PendingTwice)
            && self.memory.times_asked(path(question), numbers.collect()) <= 2
    }

    fn read(&self, mut pieces: Vec<Piece>) -> Outcome {
        let (mut rows, mut broken) = (0_u64, Vec::new());
        pieces.retain(|piece| match self.verdict(piece) {
            Ok(count) => {
                rows = rows.saturating_add(count);
                true
            }
            Err(reason) => {
                broken.push(note(&piece.file.name, &reason));
                false
            }
        });
        if self.rules.has(Fault::CorruptUnreported) {
            broken.clear();
        }
        match (broken.is_empty(), pieces.is_empty()) {
            (false, _) => Outcome::Unreadable(broken),
            (true, true) => Outcome::Nothing,
            (true, false) => Outcome::Ingested(pieces, rows),
        }
    }

    /// How many rows a file has, or why it cannot be read; it is read to its end once.
    fn verdict(&self, piece: &Piece) -> Result<u64, String> {
        let key = (piece.file.object.number, piece.later);
        if let Some(known) = self.memory.verdict(key) {
            return known;
        }
        // broken Parquet may make its reader panic
        let counted = catch_unwind(AssertUnwindSafe(|| count(self.rows(piece))));
        let verdict = match counted {
            Ok(Ok(0)) if self.rules.has(Fault::EmptyFileFails) => {
                Err("the file has no rows".to_owned())
            }
            Ok(counted) => counted.map_err(|reason| reason.to_string()),
            Err(_) => Err("the reader gave up".to_owned()),
        };
        self.memory.keep_verdict(key, verdict.clone());
        verdict
    }
}

fn same_content(one: &Piece, other: &Piece) -> bool {
    let content = |piece: &Piece| {
        let mut bytes = Vec::new();
        let read = piece
            .file
            .object
            .open()
            .and_then(|mut file| file.read_to_end(&mut bytes));
        read.ok().map(|_| bytes)
    };
    content(one) == content(other)
}

/// A name without its extensions and the time at its end.
fn without_time(name: &str) -> &str {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    ["HHmmss", "yyyyMMdd"].iter().fold(stem, |stem, _| {
        let rest = stem.trim_end_matches(|c: char| c.is_ascii_digit());
        rest.strip_suffix('_').unwrap_or(stem)
    })
}

/// The files in the folder of a file, not those below it.
fn beside(store: &Store, name: &str) -> Vec<StoredFile> {
    let bare = |name: &str| split_folder(name).0.trim_matches('/').to_owned();
    let folder = bare(name);
    let mut files = in_folder(store, &folder);
    files.retain(|file| bare(&file.name) == folder);
    files
}

fn count(rows: Rows) -> Result<u64, Unreadable> {
    let mut count = 0_u64;
    for row in rows {
        row?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

/// Whether a file that a manifest names is one of those asked about, be it there or not.
fn concerns(question: &Question, name: &str, files: usize) -> bool {
    let Question::File(asked) = question else {
        return true;
    };
    let bare = |name: &str| name.trim_start_matches('/').to_owned();
    let last = u64::try_from(files).unwrap_or(u64::MAX).saturating_add(1);
    bare(asked) == bare(name)
        || (2..=last).any(|number| {
            let parts = part_names(asked, number);
            parts.iter().any(|part| bare(part) == bare(name))
        })
}

fn path(question: &Question) -> &str {
    match question {
        Question::File(path) | Question::Folder(path) => path,
    }
}

fn note(file: &str, reason: &str) -> Note {
    Note {
        file: file.to_owned(),
        reason: reason.to_owned(),
    }
}

fn unreadable(file: String, reason: &Unreadable) -> Outcome {
    Outcome::Unreadable(vec![note(&file, &reason.to_string())])
}
