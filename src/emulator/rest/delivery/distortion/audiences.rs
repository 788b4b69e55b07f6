//! Faults that store other audiences than were sent, or under other names.

use percent_encoding::percent_decode_str;

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::{Membership, Profile, timestamp};
use crate::emulator::rest::rules::Rules;

/// Changes the audiences of a profile.
pub(super) fn distort(profile: &mut Profile, rules: &Rules) {
    let changes = &mut profile.audiences;
    let (adds, removes) = (!changes.add.is_empty(), !changes.remove.is_empty());
    if rules.has(Fault::RealizedIgnored) {
        changes.add.clear();
    }
    if rules.has(Fault::ExitedDropped) || rules.has(Fault::ExitedOnlyIgnored) && !adds {
        changes.remove.clear();
    }
    if rules.has(Fault::ManyAudiencesTruncated) {
        changes.add.truncate(100);
    }
    if rules.has(Fault::ManyExitsTruncated) {
        changes.remove.truncate(100);
    }
    for list in [&mut changes.add, &mut changes.remove] {
        list.retain(|entry| !has_odd_time(entry, rules));
        list.iter_mut()
            .for_each(|entry| entry.id = alias(&entry.id, rules));
    }
    sources(profile, rules);
    if rules.has(Fault::UnsentAudienceAdded) {
        everybody(&mut profile.audiences.add);
    }
    if rules.has(Fault::ExitedStoredAsRealized)
        || rules.has(Fault::MixedTakenForRealized) && adds && removes
    {
        exits_become_entries(profile);
    }
}

/// Takes all exits of a profile for entries.
pub(super) fn exits_become_entries(profile: &mut Profile) {
    let exits = std::mem::take(&mut profile.audiences.remove);
    profile.audiences.add.extend(exits);
}

/// A time that cannot be parsed throws, and the membership is skipped.
fn has_odd_time(entry: &Membership, rules: &Rules) -> bool {
    timestamp::shape(&entry.time).is_some_and(|shape| {
        shape.numeric_zone && rules.has(Fault::NumericZoneNotStored)
            || shape.fraction > 0 && rules.has(Fault::FractionNotStored)
    })
}

fn sources(profile: &mut Profile, rules: &Rules) {
    let changes = &mut profile.audiences;
    let first = changes.add.iter().chain(&changes.remove).next();
    let first = first.map(|entry| entry.namespace.clone());
    let entries = || changes.add.iter().chain(&changes.remove);
    let several = entries().any(|entry| Some(&entry.namespace) != first.as_ref());
    if rules.has(Fault::OtherNamespaceIgnored) || rules.has(Fault::SecondSourceDropped) && several {
        changes.add.retain(|entry| entry.namespace == "ups");
        changes.remove.retain(|entry| entry.namespace == "ups");
    }
}

/// Who is in an audience is in that of all contacts, too.
fn everybody(add: &mut Vec<Membership>) {
    if let Some(entry) = add.first() {
        let id = "all-contacts".to_owned();
        add.push(Membership {
            id,
            ..entry.clone()
        });
    }
}

fn alias(id: &str, rules: &Rules) -> String {
    let mut id = id.to_owned();
    if rules.has(Fault::AliasCutAtSlash) {
        id = id.split('/').next().unwrap_or_default().to_owned();
    }
    if rules.has(Fault::AliasUrlDecoded) {
        let spaced = id.replace('+', " ");
        id = percent_decode_str(&spaced).decode_utf8_lossy().into_owned();
    }
    if rules.has(Fault::AliasBlankReplaced) {
        id = id.replace(' ', "-");
    }
    if rules.has(Fault::AliasAsciiOnly) {
        id = id
            .chars()
            .map(|c| if c.is_ascii() { c } else { '?' })
            .collect();
    }
    if rules.has(Fault::AliasLowerCased) {
        id = id.to_lowercase();
    }
    id
}
