//! Faults that store other identities than were sent.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use percent_encoding::percent_decode_str;

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::Identity;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::setup::DestinationSetup;
use crate::emulator::rest::store::spelling;

/// Changes the identities of a profile.
pub(super) fn distort(identities: &mut Vec<Identity>, setup: &DestinationSetup, rules: &Rules) {
    dropped(identities, setup, rules);
    for identity in identities.iter_mut() {
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
        if rules.has(Fault::IdentityUrlDecoded) {
            let decoded = percent_decode_str(&identity.id).decode_utf8_lossy();
            identity.id = decoded.into_owned();
        }
        if rules.has(Fault::IdentityCutAtColon)
            && let Some((before, _)) = identity.id.split_once(':')
        {
            identity.id = before.to_owned();
        }
        if rules.has(Fault::IdentityCutAtBytes) {
            let end = identity.id.floor_char_boundary(255);
            identity.id.truncate(end);
        }
        identity.id = spelling::stored(identity, rules);
    }
    if rules.has(Fault::UnsentIdentityAdded) {
        identities.extend(identities.first().map(numbered));
    }
}

fn dropped(identities: &mut Vec<Identity>, setup: &DestinationSetup, rules: &Rules) {
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
    if rules.has(Fault::ThirdIdentityDropped) {
        keep_first(2, identities);
    }
    if rules.has(Fault::SixthIdentityDropped) {
        keep_first(5, identities);
    }
    if rules.has(Fault::NamespaceDropped) {
        identities.retain(|identity| Some(&identity.namespace) != setup.namespaces.last());
    }
}

/// Keeps so many identities of each namespace.
fn keep_first(most: usize, identities: &mut Vec<Identity>) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    identities.retain(|identity| {
        let count = seen.entry(identity.namespace.clone()).or_default();
        *count = count.saturating_add(1);
        *count <= most
    });
}

/// The destination's own number of a person, which is the same for the same identity.
fn numbered(first: &Identity) -> Identity {
    let mut hasher = DefaultHasher::new();
    first.hash(&mut hasher);
    Identity {
        namespace: "contact_number".to_owned(),
        id: format!("contact-{}", hasher.finish()),
    }
}
