//! The audiences that callers created.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// One audience.
#[derive(Debug, Clone)]
pub(crate) struct Audience {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) made: Instant,
}

/// The audiences that were created and not deleted, by their ids, those that were deleted, and how many there ever were.
#[derive(Debug, Default)]
pub(crate) struct Audiences {
    pub(crate) known: BTreeMap<String, Audience>,
    pub(crate) deleted: BTreeSet<String>,
    /// Dataflows that were created and not deleted.
    pub(crate) dataflows: BTreeSet<String>,
    made: u64,
}

impl Audiences {
    /// The ids that messages may name.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &String> {
        self.known.keys()
    }

    pub(crate) fn create(&mut self, name: String, description: String) -> String {
        self.made = self.made.saturating_add(1);
        // an id may hold any sign, and is named as it is
        let number = self.made.wrapping_mul(7_919) % 1_000_000;
        let id = format!("Aud/\u{e9} +%41-{number:06}");
        let made = Instant::now();
        let audience = Audience {
            name,
            description,
            made,
        };
        self.known.insert(id.clone(), audience);
        id
    }
}
