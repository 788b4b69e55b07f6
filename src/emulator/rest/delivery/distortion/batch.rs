//! Faults that take the profiles of one message for one another.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::{Changes, Identity, Membership, Profile};
use crate::emulator::rest::rules::Rules;

type Loss = fn(&mut Vec<Profile>);
type Mixture = fn(&mut [Profile]);

const LOSSES: [(Fault, Loss); 5] = [
    (Fault::LastProfileDropped, last_dropped),
    (Fault::LastProfileOnly, last_only),
    (Fault::FirstOfPartLost, first_of_parts),
    (Fault::IdentitylessEndsBatch, until_nobody),
    (Fault::FirstNamespaceForAll, of_first_namespace),
];

const MIXTURES: [(Fault, Mixture); 10] = [
    (Fault::AttributelessTakesThoseBefore, attributes_inherited),
    (Fault::FirstColumnsForAll, first_columns),
    (Fault::AttributesShifted, shifted),
    (Fault::FirstAudiencesForAll, first_audiences),
    (Fault::FirstStatusForAll, first_status),
    (Fault::AudiencesAccumulate, accumulated),
    (Fault::ThirdExitIgnored, two_exits),
    (Fault::IdentitiesZipped, zipped),
    (Fault::BatchExitsIgnored, without_exits),
    (Fault::BatchExitsForAll, exits_for_all),
];

/// Changes the profiles of a message that has several.
pub(super) fn distort(profiles: &mut Vec<Profile>, rules: &Rules) {
    if profiles.len() < 2 {
        return;
    }
    let losses = LOSSES.iter().filter(|(fault, _)| rules.has(*fault));
    losses.for_each(|(_, loss)| loss(profiles));
    let mixtures = MIXTURES.iter().filter(|(fault, _)| rules.has(*fault));
    mixtures.for_each(|(_, mixture)| mixture(profiles));
}

fn last_dropped(profiles: &mut Vec<Profile>) {
    profiles.pop();
}

/// The variable of a loop, read when the loop has ended.
fn last_only(profiles: &mut Vec<Profile>) {
    profiles.drain(..profiles.len().saturating_sub(1));
}

/// What is written in parts, with a part that begins one too late.
fn first_of_parts(profiles: &mut Vec<Profile>) {
    let mut place = 0;
    profiles.retain(|_| {
        let is_lost = place > 0 && place % 100 == 0;
        place += 1;
        !is_lost
    });
}

/// What has nobody to belong to throws, and the error ends the loop.
fn until_nobody(profiles: &mut Vec<Profile>) {
    if let Some(end) = profiles.iter().position(Profile::is_nobody) {
        profiles.truncate(end);
    }
}

fn of_first_namespace(profiles: &mut Vec<Profile>) {
    let first = profiles.first().and_then(|first| first.identities.first());
    let Some(namespace) = first.map(|identity| identity.namespace.clone()) else {
        return;
    };
    profiles.retain(|profile| {
        let identities = &profile.identities;
        identities
            .iter()
            .any(|identity| identity.namespace == namespace)
    });
}

/// A variable that is set where there is something to be set.
fn attributes_inherited(profiles: &mut [Profile]) {
    let mut before = Map::new();
    for profile in profiles {
        match profile.attributes.values().all(Value::is_null) {
            true => profile.attributes.clone_from(&before),
            false => before.clone_from(&profile.attributes),
        }
    }
}

/// One insert for all rows, its columns taken from the first.
fn first_columns(profiles: &mut [Profile]) {
    let columns: BTreeSet<String> = profiles
        .first()
        .map(|first| first.attributes.keys().cloned().collect())
        .unwrap_or_default();
    for profile in profiles {
        profile.attributes.retain(|name, _| columns.contains(name));
    }
}

/// A list of values for each attribute, without those that are lacking, put back by position.
fn shifted(profiles: &mut [Profile]) {
    let names: BTreeSet<String> = profiles
        .iter()
        .flat_map(|profile| profile.attributes.keys().cloned())
        .collect();
    let mut rows = vec![Map::new(); profiles.len()];
    for name in names {
        let column = profiles
            .iter()
            .filter_map(|profile| profile.attributes.get(&name))
            .filter(|value| !value.is_null());
        for (row, value) in rows.iter_mut().zip(column) {
            row.insert(name.clone(), value.clone());
        }
    }
    for (profile, row) in profiles.iter_mut().zip(rows) {
        // a cell that nothing was put into is null
        for (name, value) in &mut profile.attributes {
            *value = row.get(name).cloned().unwrap_or(Value::Null);
        }
        profile.attributes.extend(row);
    }
}

fn first_audiences(profiles: &mut [Profile]) {
    let Some(audiences) = profiles.first().map(|first| first.audiences.clone()) else {
        return;
    };
    for profile in profiles {
        profile.audiences = audiences.clone();
    }
}

fn first_status(profiles: &mut [Profile]) {
    let enters = profiles
        .first()
        .is_some_and(|first| !first.audiences.add.is_empty());
    for Changes { add, remove } in profiles.iter_mut().map(|profile| &mut profile.audiences) {
        match enters {
            true => add.append(remove),
            false => remove.append(add),
        }
    }
}

/// A default argument that all calls share.
fn accumulated(profiles: &mut [Profile]) {
    let mut known = BTreeSet::new();
    let mut shared: Vec<Membership> = Vec::new();
    for profile in profiles {
        let entries = profile.audiences.add.iter();
        shared.extend(entries.filter(|e| known.insert(e.audience())).cloned());
        profile.audiences.add.clone_from(&shared);
    }
}

fn without_exits(profiles: &mut [Profile]) {
    if profiles
        .iter()
        .any(|profile| !profile.audiences.add.is_empty())
    {
        profiles
            .iter_mut()
            .for_each(|profile| profile.audiences.remove.clear());
    }
}

/// Removals have a request of their own to a system behind, which takes so many and says nothing of the others.
fn two_exits(profiles: &mut [Profile]) {
    let mut left = 2;
    for removed in profiles.iter_mut().map(|p| &mut p.audiences.remove) {
        removed.truncate(left);
        left -= removed.len();
    }
}

/// A column of identities beside the rows of the message.
fn zipped(profiles: &mut [Profile]) {
    let column: Vec<Identity> = profiles
        .iter()
        .flat_map(|profile| profile.identities.iter().cloned())
        .collect();
    for (profile, identity) in profiles.iter_mut().zip(column) {
        profile.identities = vec![identity];
    }
}

/// One deletion for the audiences and the people of the whole message.
fn exits_for_all(profiles: &mut [Profile]) {
    let exits: Vec<Membership> = profiles
        .iter()
        .flat_map(|profile| profile.audiences.remove.iter().cloned())
        .collect();
    let left = |entry: &Membership| exits.iter().any(|exit| exit.audience() == entry.audience());
    for profile in profiles {
        profile.audiences.add.retain(|entry| !left(entry));
        profile.audiences.remove.clone_from(&exits);
    }
}
