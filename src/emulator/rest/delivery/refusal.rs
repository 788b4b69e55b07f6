//! Faults that refuse what has to be taken, or refuse it in the wrong way.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use crate::emulator::rest::answer::Answer;
use crate::emulator::rest::audiences::{is_deleted, is_unknown, revive};
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::timestamp;
use crate::emulator::rest::message::{Message, Profile};
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::setup::DestinationSetup;
use crate::emulator::rest::state::Destination;
use crate::emulator::rest::store::Store;

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const BROKEN: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

/// The wrong answer that the faults in force give to this message, if any.
pub(super) fn refusal(
    message: &Message,
    setup: &DestinationSetup,
    store: &Store,
    rules: &Rules,
) -> Option<Answer> {
    let first = first_match(rules, &batch_faults(message, setup));
    let each = || {
        message
            .profiles
            .iter()
            .find_map(|profile| profile_refusal(message, profile, setup, store, rules))
    };
    first.or_else(each)
}

type Candidate = (Fault, bool, StatusCode);

fn first_match(rules: &Rules, candidates: &[Candidate]) -> Option<Answer> {
    let (fault, _, status) = candidates
        .iter()
        .find(|(fault, applies, _)| *applies && rules.has(*fault))?;
    Some(Answer::error(*status, "refused", fault.description()))
}

fn batch_faults(message: &Message, setup: &DestinationSetup) -> Vec<Candidate> {
    let (count, limit) = (message.profiles.len(), setup.max_profiles);
    vec![
        (Fault::EverythingFails, true, BROKEN),
        (Fault::EverythingRefused, true, BAD),
        (
            Fault::BatchLimitOffByOne,
            limit > 1 && count == limit,
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        (Fault::SingleProfileRefused, limit > 1 && count == 1, BAD),
        (Fault::FixedBatchSize, limit > 1 && count != limit, BAD),
    ]
}

fn profile_refusal(
    message: &Message,
    profile: &Profile,
    setup: &DestinationSetup,
    store: &Store,
    rules: &Rules,
) -> Option<Answer> {
    first_match(rules, &minimal_faults(message, profile))
        .or_else(|| first_match(rules, &audience_faults(profile, setup, store)))
        .or_else(|| first_match(rules, &identity_faults(profile, setup)))
        .or_else(|| first_match(rules, &attribute_faults(profile, setup)))
}

/// What a fault answers to a message about an audience that was created or deleted.
pub(super) fn audience(
    message: &Message,
    destination: &Destination,
    rules: &Rules,
) -> Option<Answer> {
    let profiles = message.profiles.iter();
    let mut ids = profiles.flat_map(|profile| profile.audiences.add.iter().map(|a| &a.id));
    let refused = |status| Answer::error(status, "unknown_audience", "unknown audience");
    if ids.clone().any(|id| is_unknown(id, destination, rules)) {
        return Some(refused(StatusCode::NOT_FOUND));
    }
    ids.clone().for_each(|id| revive(id, destination, rules));
    let gone = ids.any(|id| is_deleted(id, destination));
    let faults = [
        (
            Fault::DeletedAudienceFails,
            StatusCode::INTERNAL_SERVER_ERROR,
        ),
        (Fault::DeletedAudienceConflict, StatusCode::CONFLICT),
    ];
    let found = faults
        .into_iter()
        .find(|(fault, _)| gone && rules.has(*fault));
    found.map(|(_, status)| refused(status))
}

fn minimal_faults(message: &Message, profile: &Profile) -> Vec<Candidate> {
    let minimal = message.profiles.len() == 1
        && profile.identities.len() == 1
        && profile.audiences.add.len() == 1
        && profile.audiences.remove.is_empty()
        && profile.attributes.is_empty();
    vec![(Fault::MinimalMessageRefused, minimal, BAD)]
}

fn audience_faults(profile: &Profile, setup: &DestinationSetup, store: &Store) -> Vec<Candidate> {
    let (add, remove) = (&profile.audiences.add, &profile.audiences.remove);
    let all = || add.iter().chain(remove);
    let shapes: Vec<_> = all()
        .filter_map(|entry| timestamp::shape(&entry.time))
        .collect();
    let stranger =
        !setup.audiences.is_empty() && all().any(|entry| !setup.audiences.contains(&entry.id));
    let exit_only = add.is_empty() && !remove.is_empty();
    vec![
        (Fault::RealizedRefused, !add.is_empty(), BAD),
        (Fault::ExitedOnlyRefused, exit_only, BAD),
        (
            Fault::MixedRefused,
            !add.is_empty() && !remove.is_empty(),
            BAD,
        ),
        (
            Fault::ExistingRefused,
            add.iter().any(|entry| entry.status == "existing"),
            BAD,
        ),
        (Fault::ManyAudiencesRefused, add.len() > 100, BAD),
        (
            Fault::OtherNamespaceRefused,
            all().any(|entry| entry.namespace != "ups"),
            BAD,
        ),
        (
            Fault::ExitOfUnknownRefused,
            exit_only && store.known(&profile.identities).is_none(),
            StatusCode::NOT_FOUND,
        ),
        (
            Fault::NumericZoneRefused,
            shapes.iter().any(|shape| shape.numeric_zone),
            BAD,
        ),
        (
            Fault::FractionRefused,
            shapes.iter().any(|shape| shape.fraction > 0),
            BAD,
        ),
        (Fault::UnknownAudienceFails, stranger, BROKEN),
    ]
}

fn identity_faults(profile: &Profile, setup: &DestinationSetup) -> Vec<Candidate> {
    let identities = &profile.identities;
    let namespaces: BTreeSet<&String> = identities
        .iter()
        .map(|identity| &identity.namespace)
        .collect();
    let uses = |namespace: &String| namespaces.contains(namespace);
    let rest = setup.identity_groups.get(1..).unwrap_or_default();
    let longest = identities
        .iter()
        .map(|identity| identity.id.chars().count())
        .max()
        .unwrap_or_default();
    vec![
        (
            Fault::NamespaceRefused,
            setup.namespaces.last().is_some_and(uses),
            BAD,
        ),
        (
            Fault::SecondIdentityRefused,
            identities.len() > namespaces.len(),
            BAD,
        ),
        (Fault::SecondNamespaceRefused, namespaces.len() > 1, BAD),
        (
            Fault::LackingNamespaceRefused,
            lacking(&namespaces, setup),
            BAD,
        ),
        (
            Fault::HashRefused,
            setup.hashed_namespaces.iter().any(uses),
            BAD,
        ),
        (
            Fault::SecondGroupRefused,
            rest.iter().flatten().any(uses),
            BAD,
        ),
        (Fault::LongIdentityRefused, longest > 128, BAD),
        (
            Fault::UnicodeIdentityRefused,
            identities.iter().any(|identity| !identity.id.is_ascii()),
            BAD,
        ),
        (Fault::EmptyIdentitiesFails, identities.is_empty(), BROKEN),
    ]
}

/// A profile of a single namespace is left alone, so that only the mixed one fails.
fn lacking(namespaces: &BTreeSet<&String>, setup: &DestinationSetup) -> bool {
    let fits = |group: &&Vec<String>| namespaces.iter().all(|namespace| group.contains(namespace));
    let wanted = setup
        .identity_groups
        .iter()
        .find(fits)
        .unwrap_or(&setup.namespaces);
    namespaces.len() > 1 && namespaces.len() < wanted.len()
}

fn attribute_faults(profile: &Profile, setup: &DestinationSetup) -> Vec<Candidate> {
    let attributes = &profile.attributes;
    vec![
        (Fault::AttributesRefused, !attributes.is_empty(), BAD),
        (
            Fault::NullAttributeRefused,
            attributes.values().any(serde_json::Value::is_null),
            BAD,
        ),
        (
            Fault::MissingAttributeRefused,
            setup
                .attributes
                .iter()
                .any(|name| !attributes.contains_key(name)),
            BAD,
        ),
        (Fault::ManyAttributesRefused, attributes.len() > 32, BAD),
    ]
}
