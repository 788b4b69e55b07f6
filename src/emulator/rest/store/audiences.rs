//! The audiences that callers created.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// One audience.
#[derive(Debug, Clone)]
pub(crate) struct Audience {
    pub(crate) name: String,
    pub(crate) description: String,
    /// What the caller calls it: several may have the same.
    pub(crate) origin: String,
    /// The dataflow that the caller creates it for.
    pub(crate) dataflow: String,
    pub(crate) made: Instant,
    /// How often it was said to be exported.
    pub(crate) exports: u32,
}

impl Audience {
    /// Whether it has another name than it was made with, as far as a name shows that.
    pub(crate) fn is_renamed(&self) -> bool {
        self.name.ends_with(" renamed")
    }
}

/// The audiences that were created and not deleted, by their ids, those that were deleted, and how many there ever were.
#[derive(Debug, Default)]
pub(crate) struct Audiences {
    pub(crate) known: BTreeMap<String, Audience>,
    pub(crate) deleted: BTreeMap<String, Audience>,
    /// Dataflows that were created and not deleted.
    pub(crate) dataflows: BTreeSet<String>,
    made: u64,
}

impl Audiences {
    /// The ids that messages may name.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &String> {
        self.known.keys()
    }

    pub(crate) fn create(&mut self, audience: Audience) -> String {
        self.made = self.made.saturating_add(1);
        // an id may hold any sign, and is named as it is
        let number = self.made.wrapping_mul(7_919) % 1_000_000;
        let id = format!("Aud/\u{e9} +%41-{number:06}");
        self.known.insert(id.clone(), audience);
        id
    }

    /// Whether an audience that was deleted was there to be brought back.
    pub(crate) fn revive(&mut self, id: &str) -> bool {
        let deleted = self.deleted.remove(id);
        let revived = deleted.map(|audience| self.known.insert(id.to_owned(), audience));
        revived.is_some()
    }

    /// The id of the first that was made for the same one of the caller as the one of this id.
    pub(crate) fn first_of_origin(&self, id: &str) -> Option<String> {
        let origin = &self.known.get(id)?.origin;
        let all = self.known.iter().filter(|(_, a)| a.origin == *origin);
        all.min_by_key(|(_, a)| a.made).map(|(id, _)| id.clone())
    }

    /// The id of an audience of that name that was deleted.
    pub(crate) fn deleted_as(&self, name: &str) -> Option<String> {
        let mut all = self.deleted.iter();
        let found = all.find(|(_, audience)| audience.name == name);
        found.map(|(id, _)| id.clone())
    }
}
