//! What becomes of a profile that meets what is stored of it: faults, and the variations that a right destination
//! may have.

use serde_json::{Map, Value};

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::{Membership, Message, Profile};
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::store::{Store, Stored};
use crate::emulator::rest::variation::Variation;

/// An update without a condition: it is one of everybody's row.
fn everyone(message: &Message, store: &mut Store, rules: &Rules) {
    for profile in &message.profiles {
        let is_known = store.known(&profile.identities).is_some();
        if rules.has(Fault::ExitOfEveryone) {
            for exit in profile.audiences.remove.iter().map(Membership::audience) {
                store.everyone().for_each(|stored| {
                    stored.members.remove(&exit);
                });
            }
        }
        if rules.has(Fault::AttributesOfEveryone) && is_known {
            for stored in store.everyone() {
                stored.attributes.extend(profile.attributes.clone());
            }
        }
    }
}

/// Changes a message as the one before it has it.
pub(super) fn follow(message: &mut Message, store: &mut Store, rules: &Rules) {
    everyone(message, store, rules);
    if !rules.has(Fault::AudiencesOfMessageBefore) {
        return;
    }
    let entered = message.profiles.iter();
    let entered = entered.flat_map(|profile| profile.audiences.add.iter().cloned());
    let before = store.entered_before(entered.collect());
    for changes in message.profiles.iter_mut().map(|p| &mut p.audiences) {
        let new = |entry: &&Membership| {
            let mut named = changes.add.iter().chain(&changes.remove);
            named.all(|own| own.audience() != entry.audience())
        };
        let more: Vec<Membership> = before.iter().filter(new).cloned().collect();
        if !changes.add.is_empty() {
            changes.add.extend(more);
        }
    }
}

/// Changes a profile and what is stored of it, before the one is added to the other; without faults and variations,
/// nothing. Says whether there is anything to be added.
pub(super) fn meet(profile: &mut Profile, store: &mut Store, rules: &Rules) -> bool {
    let Some(stored) = store.known_mut(&profile.identities) else {
        return unknown(profile, rules);
    };
    let changes = &profile.audiences;
    let is_without = changes.add.is_empty() && changes.remove.is_empty();
    if rules.has(Fault::KnownProfileIgnored) || rules.has(Fault::AudiencelessIgnored) && is_without
    {
        return false;
    }
    identities(profile, stored, rules);
    membership(profile, stored, rules);
    rows(profile, stored, rules);
    duplicates(profile, stored, rules);
    attributes(profile, stored, rules);
    true
}

fn unknown(profile: &mut Profile, rules: &Rules) -> bool {
    let exits_only = profile.audiences.add.is_empty() && !profile.audiences.remove.is_empty();
    if exits_only && rules.has(Fault::ExitOfUnknownEnters) {
        profile.audiences.add = std::mem::take(&mut profile.audiences.remove);
    }
    let forgets = [Variation::UnknownExitForgotten, Variation::NobodyEmpty];
    !(exits_only && forgets.iter().any(|variation| rules.varies(*variation)))
}

fn identities(profile: &mut Profile, stored: &mut Stored, rules: &Rules) {
    if rules.has(Fault::NewIdentityIgnored) {
        let known = &stored.identities;
        profile
            .identities
            .retain(|identity| known.contains(identity));
    }
    if rules.has(Fault::ExitReachesOneIdentity) && !profile.audiences.remove.is_empty() {
        stored.left_by = profile.identities.first().cloned();
    }
}

fn membership(profile: &mut Profile, stored: &mut Stored, rules: &Rules) {
    let changes = &mut profile.audiences;
    let named = &profile.identities;
    let is_named = |known| named.contains(known);
    if rules.has(Fault::ExitNeedsAllIdentities) && !stored.identities.iter().all(is_named) {
        changes.remove.clear();
    }
    if rules.has(Fault::RemovalNotApplied) {
        let stays = &stored.members;
        changes
            .remove
            .retain(|entry| !stays.contains(&entry.audience()));
    }
    if rules.has(Fault::ReaddNotApplied) {
        let gone = &stored.removed;
        changes
            .add
            .retain(|entry| !gone.contains(&entry.audience()));
    }
    if rules.has(Fault::LeavingOneLeavesAll) && !changes.remove.is_empty()
        || rules.has(Fault::EnteringDropsOthers) && !changes.add.is_empty()
    {
        stored.members.clear();
    }
}

/// Rows that are listed once, however often they are there.
fn rows(profile: &mut Profile, stored: &mut Stored, rules: &Rules) {
    let changes = &mut profile.audiences;
    if rules.has(Fault::ExitTakesOneRow) {
        let entered = changes.add.iter().map(Membership::audience);
        let again = entered.filter(|audience| stored.members.contains(audience));
        stored.duplicates.unlisted.extend(again);
        let unlisted = &mut stored.duplicates.unlisted;
        changes.remove.retain(|exit| {
            let row = unlisted
                .iter()
                .position(|audience| *audience == exit.audience());
            row.map(|row| unlisted.remove(row)).is_none()
        });
    }
    if rules.has(Fault::ReturnStaysListedAsLeft) {
        let left = &stored.removed;
        let back = changes.add.iter().map(Membership::audience);
        let back = back.filter(|audience| left.contains(audience));
        stored.duplicates.removed.extend(back);
    }
}

/// Rows are added without a look at those that are there; an exit removes all of them.
fn duplicates(profile: &Profile, stored: &mut Stored, rules: &Rules) {
    let changes = &profile.audiences;
    if rules.has(Fault::MembershipsDuplicated) {
        let left = |audience| {
            changes
                .remove
                .iter()
                .any(|exit| exit.audience() == audience)
        };
        let again = changes.add.iter().map(|entry| entry.audience());
        let again = again.filter(|audience| stored.members.contains(audience));
        stored.duplicates.members.extend(again);
        let duplicates = &mut stored.duplicates.members;
        duplicates.retain(|audience| !left(audience.clone()));
    }
    if rules.has(Fault::IdentitiesDuplicated) {
        let again = profile.identities.iter().cloned();
        let again = again.filter(|identity| stored.identities.contains(identity));
        stored.duplicates.identities.extend(again);
    }
}

fn attributes(profile: &mut Profile, stored: &mut Stored, rules: &Rules) {
    let known = &stored.attributes;
    profile
        .attributes
        .retain(|name, value| !is_kept_out(known.get(name), value, rules));
    if rules.has(Fault::OneAttributeChanged) {
        keep_one_change(&mut profile.attributes, &stored.attributes);
    }
    if rules.has(Fault::ExitErasesAttributes) && !profile.audiences.remove.is_empty() {
        profile.attributes = Map::new();
        stored.attributes = Map::new();
    }
    if rules.has(Fault::ExitAttributesIgnored) && profile.audiences.add.is_empty() {
        profile.attributes = Map::new();
    }
    if rules.varies(Variation::LackingErased) {
        let sent = &profile.attributes;
        stored.attributes.retain(|name, _| sent.contains_key(name));
    }
}

/// Leaves of the values that differ from those known the last alone.
fn keep_one_change(sent: &mut Map<String, Value>, known: &Map<String, Value>) {
    let differs = |name: &String, value: &Value| known.get(name).is_some_and(|k| k != value);
    let mut changed: Vec<String> = sent
        .iter()
        .filter(|(name, value)| differs(name, value))
        .map(|(name, _)| name.clone())
        .collect();
    changed.pop();
    sent.retain(|name, _| !changed.contains(name));
}

fn is_kept_out(known: Option<&Value>, sent: &Value, rules: &Rules) -> bool {
    let Some(known) = known else {
        return false;
    };
    let became_null = sent.is_null() && !known.is_null();
    let came_back = known.is_null() && !sent.is_null();
    let changed = !became_null && !came_back && known != sent;
    rules.has(Fault::ChangedAttributeIgnored) && changed
        || rules.has(Fault::NullAttributeIgnored) && became_null
        || rules.has(Fault::ReturningAttributeIgnored) && came_back
}
