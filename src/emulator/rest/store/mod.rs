//! What was stored: one record per person, found by any identity.

pub(crate) mod alike;
pub(crate) mod audiences;
pub(crate) mod spelling;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

use crate::emulator::rest::message::{Audience, Identity, Membership, Profile};
use crate::emulator::rest::store::alike::Folded;

/// What is known of one person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stored {
    pub(crate) identities: BTreeSet<Identity>,
    pub(crate) members: BTreeSet<Audience>,
    pub(crate) removed: BTreeSet<Audience>,
    pub(crate) attributes: Map<String, Value>,
    /// The one identity that exits were stored for, where a fault stores them for one alone.
    pub(crate) left_by: Option<Identity>,
    /// What a fault listed once more, though it was there.
    pub(crate) duplicates: Duplicates,
}

/// Entries that a list without a key holds twice.
#[derive(Debug, Clone, Default)]
pub(crate) struct Duplicates {
    pub(crate) members: Vec<Audience>,
    pub(crate) identities: Vec<Identity>,
    pub(crate) removed: Vec<Audience>,
    /// Rows that are there and not listed.
    pub(crate) unlisted: Vec<Audience>,
}

/// Everyone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    records: BTreeMap<usize, Stored>,
    by_identity: HashMap<Identity, usize>,
    by_value: HashMap<String, usize>,
    next: usize,
    waiting: Vec<Profile>,
    entered: Vec<Membership>,
    newly_known: Vec<Identity>,
    folded: Folded,
}

impl Store {
    /// Keeps what a profile says until [`Store::catch_up`].
    pub(crate) fn apply_later(&mut self, profile: &Profile) {
        self.waiting.push(profile.clone());
    }

    /// The same, after all that is kept until then.
    pub(crate) fn apply_last(&mut self, profile: &Profile) {
        self.waiting.insert(0, profile.clone());
    }

    /// Adds what was kept.
    pub(crate) fn catch_up(&mut self) {
        for profile in std::mem::take(&mut self.waiting) {
            self.apply(&profile);
        }
    }

    /// Adds what a profile says; records that share an identity become one.
    pub(crate) fn apply(&mut self, profile: &Profile) {
        let key = self.record_of(profile);
        let record = self.records.entry(key).or_default();
        for audience in profile.audiences.add.iter().map(Membership::audience) {
            record.removed.remove(&audience);
            record.members.insert(audience);
        }
        for audience in profile.audiences.remove.iter().map(Membership::audience) {
            record.members.remove(&audience);
            record.removed.insert(audience);
        }
        record.attributes.extend(profile.attributes.clone());
        record.identities.extend(profile.identities.iter().cloned());
        for identity in &profile.identities {
            if self.by_identity.insert(identity.clone(), key).is_none() {
                self.newly_known.push(identity.clone());
            }
            self.by_value.insert(identity.id.clone(), key);
        }
    }

    /// Everyone, to be changed.
    pub(crate) fn everyone(&mut self) -> impl Iterator<Item = &mut Stored> {
        self.records.values_mut()
    }

    /// Everyone who is in an audience, to be changed.
    pub(crate) fn members_of(&mut self, audience: &str) -> impl Iterator<Item = &mut Stored> {
        let records = self.records.values_mut();
        records.filter(move |stored| stored.members.iter().any(|(_, id)| id == audience))
    }

    /// The record that one of the identities belongs to.
    pub(crate) fn known(&self, identities: &[Identity]) -> Option<&Stored> {
        self.records.get(&self.key(identities)?)
    }

    /// The same record, to be changed.
    pub(crate) fn known_mut(&mut self, identities: &[Identity]) -> Option<&mut Stored> {
        let key = self.key(identities)?;
        self.records.get_mut(&key)
    }

    /// The record that an identity of this value belongs to, whatever its namespace.
    pub(crate) fn by_value(&self, value: &str) -> Option<&Stored> {
        self.records.get(self.by_value.get(value)?)
    }

    /// Every identity that got known since this was asked.
    fn newly_known(&mut self) -> Vec<Identity> {
        std::mem::take(&mut self.newly_known)
    }

    /// Remembers what a message entered and says what the one before it did.
    pub(crate) fn entered_before(&mut self, now: Vec<Membership>) -> Vec<Membership> {
        std::mem::replace(&mut self.entered, now)
    }

    fn key(&self, identities: &[Identity]) -> Option<usize> {
        identities
            .iter()
            .find_map(|identity| self.by_identity.get(identity).copied())
    }

    fn record_of(&mut self, profile: &Profile) -> usize {
        let found: BTreeSet<usize> = profile
            .identities
            .iter()
            .filter_map(|identity| self.by_identity.get(identity).copied())
            .collect();
        let mut keys = found.into_iter();
        let Some(first) = keys.next() else {
            self.next = self.next.saturating_add(1);
            return self.next;
        };
        keys.for_each(|other| self.join(first, other));
        first
    }

    fn join(&mut self, into: usize, from: usize) {
        let Some(other) = self.records.remove(&from) else {
            return;
        };
        for identity in &other.identities {
            self.by_identity.insert(identity.clone(), into);
            self.by_value.insert(identity.id.clone(), into);
        }
        let record = self.records.entry(into).or_default();
        record.identities.extend(other.identities);
        record.members.extend(other.members);
        record.removed.extend(other.removed);
        record.attributes.extend(other.attributes);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use serde_json::json;

    use super::*;

    fn profile(ids: &[&str], add: &[&str], remove: &[&str]) -> Profile {
        let entries = |ids: &[&str], status: &str| {
            ids.iter()
                .map(|id| json!({"namespace": "ups", "id": id, "status": status, "time": "2026-01-01T00:00:00Z"}))
                .collect::<Vec<_>>()
        };
        let identities: Vec<_> = ids
            .iter()
            .map(|id| json!({"type": "email", "id": id}))
            .collect();
        serde_json::from_value(json!({
            "identities": identities,
            "audiences": {"add": entries(add, "realized"), "remove": entries(remove, "exited")}
        }))
        .unwrap()
    }

    fn members(store: &Store, value: &str) -> Vec<String> {
        store
            .by_value(value)
            .unwrap()
            .members
            .iter()
            .map(|(_, id)| id.clone())
            .collect()
    }

    #[test]
    fn who_leaves_is_no_member_and_may_come_back() {
        let mut store = Store::default();
        store.apply(&profile(&["a"], &["x", "y"], &[]));
        store.apply(&profile(&["a"], &[], &["x"]));
        assert_eq!(members(&store, "a"), ["y"]);
        assert_eq!(store.by_value("a").unwrap().removed.len(), 1);
        store.apply(&profile(&["a"], &["x"], &[]));
        assert_eq!(members(&store, "a"), ["x", "y"]);
        assert!(store.by_value("a").unwrap().removed.is_empty());
    }

    #[test]
    fn records_that_share_an_identity_become_one() {
        let mut store = Store::default();
        store.apply(&profile(&["a"], &["x"], &[]));
        store.apply(&profile(&["b"], &["y"], &[]));
        store.apply(&profile(&["a", "b", "c"], &[], &[]));
        for value in ["a", "b", "c"] {
            assert_eq!(members(&store, value), ["x", "y"]);
        }
        assert!(store.by_value("d").is_none());
    }
}
