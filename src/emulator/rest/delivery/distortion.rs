//! Faults that take a message and store something else.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::{Identity, Membership, Message, Profile};
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::setup::DestinationSetup;
use crate::emulator::rest::store::{Audience, Store};

/// Changes what is about to be stored.
pub(crate) fn distort(
    message: &mut Message,
    setup: &DestinationSetup,
    store: &Store,
    rules: &Rules,
) {
    if rules.has(Fault::LastProfileDropped) && message.profiles.len() > 1 {
        message.profiles.pop();
    }
    if rules.has(Fault::GroupStatusIgnored) && message.group.is_some() {
        message.profiles.iter_mut().for_each(exits_become_entries);
    }
    if rules.has(Fault::FirstAttributesForAll) {
        first_attributes_for_all(&mut message.profiles);
    }
    for profile in &mut message.profiles {
        history(profile, store, rules);
        audiences(profile, rules);
        identities(&mut profile.identities, setup, rules);
        attributes(profile, rules);
    }
}

/// Takes back what a message did: who entered leaves, who left enters.
pub(crate) fn undo(message: &mut Message) {
    for profile in &mut message.profiles {
        std::mem::swap(&mut profile.audiences.add, &mut profile.audiences.remove);
    }
}

fn exits_become_entries(profile: &mut Profile) {
    let exits = std::mem::take(&mut profile.audiences.remove);
    profile.audiences.add.extend(exits);
}

fn first_attributes_for_all(profiles: &mut [Profile]) {
    if let Some((first, others)) = profiles.split_first_mut() {
        for other in others {
            other.attributes.clone_from(&first.attributes);
        }
    }
}

fn history(profile: &mut Profile, store: &Store, rules: &Rules) {
    let Some(stored) = store.known(&profile.identities) else {
        return;
    };
    let key = |namespace: &String, id: &String| -> Audience { (namespace.clone(), id.clone()) };
    if rules.has(Fault::RemovalNotApplied) {
        profile
            .audiences
            .remove
            .retain(|entry| !stored.members.contains(&key(&entry.namespace, &entry.id)));
    }
    if rules.has(Fault::ExitLeavesAll) && !profile.audiences.remove.is_empty() {
        let stays = |entry: &Membership| stored.members.contains(&key(&entry.namespace, &entry.id));
        let left: Vec<_> = profile
            .audiences
            .add
            .extract_if(.., |entry| stays(entry))
            .collect();
        profile.audiences.remove.extend(left);
    }
    if rules.has(Fault::AttributeNotUpdated) {
        let known = |name: &String| stored.attributes.get(name).is_some_and(|v| !v.is_null());
        profile.attributes.retain(|name, _| !known(name));
    }
    if rules.has(Fault::ReaddNotApplied) {
        profile
            .audiences
            .add
            .retain(|entry| !stored.removed.contains(&key(&entry.namespace, &entry.id)));
    }
}

fn audiences(profile: &mut Profile, rules: &Rules) {
    let changes = &mut profile.audiences;
    let (adds, removes) = (!changes.add.is_empty(), !changes.remove.is_empty());
    if rules.has(Fault::RealizedIgnored) {
        changes.add.clear();
    }
    if rules.has(Fault::ExitedDropped) || rules.has(Fault::ExitedOnlyIgnored) && !adds {
        changes.remove.clear();
    }
    if rules.has(Fault::StrangerAudience)
        && let Some(first) = changes.add.first().cloned()
    {
        let id = "everybody".to_owned();
        changes.add.push(Membership { id, ..first });
    }
    if rules.has(Fault::ManyAudiencesTruncated) {
        changes.add.truncate(100);
    }
    if rules.has(Fault::OtherNamespaceIgnored) {
        changes.add.retain(|entry| entry.namespace == "ups");
        changes.remove.retain(|entry| entry.namespace == "ups");
    }
    if rules.has(Fault::ExitedStoredAsRealized)
        || rules.has(Fault::MixedTakenForRealized) && adds && removes
    {
        exits_become_entries(profile);
    }
}

fn identities(identities: &mut Vec<Identity>, setup: &DestinationSetup, rules: &Rules) {
    if rules.has(Fault::SecondNamespaceDropped)
        && let Some(first) = identities
            .first()
            .map(|identity| identity.namespace.clone())
    {
        identities.retain(|identity| identity.namespace == first);
    }
    if rules.has(Fault::SecondIdentityDropped) {
        let mut seen = BTreeSet::new();
        identities.retain(|identity| seen.insert(identity.namespace.clone()));
    }
    if rules.has(Fault::NamespaceDropped) {
        identities.retain(|identity| Some(&identity.namespace) != setup.namespaces.last());
    }
    for identity in identities {
        if rules.has(Fault::HashUpperCase) && setup.hashed_namespaces.contains(&identity.namespace)
        {
            identity.id = identity.id.to_uppercase();
        }
        if rules.has(Fault::PlusDecoded) {
            identity.id = identity.id.replace('+', " ");
        }
        if rules.has(Fault::IdentityTruncated) {
            identity.id = identity.id.chars().take(64).collect();
        }
    }
}

fn attributes(profile: &mut Profile, rules: &Rules) {
    if rules.has(Fault::AttributesDropped) {
        profile.attributes.clear();
    }
    if rules.has(Fault::ManyAttributesTruncated) {
        let kept = std::mem::take(&mut profile.attributes).into_iter().take(32);
        profile.attributes = kept.collect();
    }
    for value in profile.attributes.values_mut() {
        if let Value::String(text) = value {
            *text = mangled(text, rules);
        }
    }
}

fn mangled(text: &str, rules: &Rules) -> String {
    let mut text = text.to_owned();
    if rules.has(Fault::NonBmpMangled) {
        text = text
            .chars()
            .map(|c| if c > '\u{FFFF}' { '?' } else { c })
            .collect();
    }
    if rules.has(Fault::HtmlEscaped) {
        text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#39;");
    }
    if rules.has(Fault::BackslashLost) {
        text = text.replace('\\', "");
    }
    if rules.has(Fault::NewlineLost) {
        text = text.replace('\n', " ");
    }
    text
}
