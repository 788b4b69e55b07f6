//! Faults of a store that is read, waited for and written back, as if nothing could happen in between.

use std::time::Duration;

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::{Identity, Message};
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::state::Destination;
use crate::emulator::rest::store::{Store, Stored};

/// How long the store is waited for: longer than simultaneous messages take to arrive.
const WAIT: Duration = Duration::from_millis(20);

/// What was read some time before it is written back.
pub(super) enum Stale {
    Nothing,
    Everything(Box<Store>),
    People(Vec<(Vec<Identity>, Stored)>),
}

impl Stale {
    /// Reads what the faults in force read, and waits.
    pub(super) async fn read(message: &Message, destination: &Destination, rules: &Rules) -> Self {
        let stale = match (
            rules.has(Fault::StoreOverwritten),
            rules.has(Fault::UpdateLost),
        ) {
            (true, _) => Self::Everything(Box::new(destination.store().clone())),
            (false, true) => Self::People(people(message, &destination.store())),
            (false, false) => return Self::Nothing,
        };
        tokio::time::sleep(WAIT).await;
        stale
    }

    /// Forgets whatever came since.
    pub(super) fn write_back(self, store: &mut Store) {
        match self {
            Self::Nothing => {}
            Self::Everything(stale) => *store = *stale,
            Self::People(people) => {
                for (identities, stale) in people {
                    if let Some(stored) = store.known_mut(&identities) {
                        *stored = stale;
                    }
                }
            }
        }
    }
}

/// Who is not known yet is read as nobody.
fn people(message: &Message, store: &Store) -> Vec<(Vec<Identity>, Stored)> {
    let read = |identities: &Vec<Identity>| {
        let stored = store.known(identities).cloned().unwrap_or_default();
        (identities.clone(), stored)
    };
    message
        .profiles
        .iter()
        .map(|profile| read(&profile.identities))
        .collect()
}
