//! What a scenario has said of its profiles so far: the changes that it makes, and the state that they add up to.

use std::iter;

use rand_chacha::ChaCha20Rng;
use serde_json::Value;

use crate::encode::message::synthetic;
use crate::model::profile::{Profile, Status};
use crate::suite::parameter::Change;
use crate::suite::stop::Stop;
use crate::suite::subject::Streaming;
use crate::suite::{broken, omission};

/// When a profile qualified first, and when it changes: destinations may go by the time.
pub const QUALIFIED: &str = "2026-01-15T10:30:00Z";
const LEFT: &str = "2026-01-16T10:30:00Z";
const RETURNED: &str = "2026-01-17T10:30:00Z";

/// Changes profiles as the next message is to say it.
///
/// # Errors
/// When the submission does not let it happen: too few audiences, no attributes.
pub fn change(
    subject: &Streaming,
    profiles: &mut [Profile],
    change: Change,
    rng: &mut ChaCha20Rng,
) -> Result<(), Stop> {
    for profile in profiles {
        match change {
            Change::Leaves | Change::EachLeaves => leave(profile),
            Change::Returns => come_back(profile),
            Change::FirstLeavesChanged => leave_changed(subject, profile, rng),
            Change::LeavesByOneIdentity => leave_by_one_identity(subject, profile)?,
            Change::LeavesFirst => profile.leave_first(LEFT),
            Change::LeavesFirstAlone => {
                profile.leave_first(LEFT);
                profile.keep_exits();
            }
            Change::LeavesFirstChanged => {
                profile.leave_first(LEFT);
                profile.keep_exits();
                change_attributes(subject, profile, rng)?;
            }
            Change::EntersSecond => enter_second(subject, profile)?,
            Change::EntersSecondAlone => {
                profile.segment_membership.clear();
                enter_second(subject, profile)?;
            }
            Change::GainsIdentity => gain_identity(subject, profile, rng)?,
            Change::ChangesAttributesAlone => {
                if subject.is_grouped_by_audience() {
                    return Err(Stop::Omit(omission::grouped_by_audience()));
                }
                profile.segment_membership.clear();
                change_attributes(subject, profile, rng)?;
            }
            Change::ChangesAttributes => change_attributes(subject, profile, rng)?,
            Change::LosesAttribute => *last_attribute(profile)? = None,
            Change::RegainsAttribute => regain_attribute(subject, profile, rng)?,
        }
    }
    Ok(())
}

/// A profile that enters an audience, leaves it and comes back, as a message says each.
pub fn brief(entered: Profile) -> [Profile; 3] {
    let mut left = entered.clone();
    leave(&mut left);
    let mut back = left.clone();
    come_back(&mut back);
    [entered, left, back]
}

fn leave(profile: &mut Profile) {
    profile.leave_all();
    profile.qualify_at(LEFT);
}

fn come_back(profile: &mut Profile) {
    profile.enter_all();
    profile.qualify_at(RETURNED);
}

/// Identities may be taken from a profile between two messages: the exit is that of the person whom the rest of them name.
fn leave_by_one_identity(subject: &Streaming, profile: &mut Profile) -> Result<(), Stop> {
    let last = profile.identities().last();
    let last = last.map(|(namespace, id)| (namespace.to_owned(), id.to_owned()));
    let (namespace, id) = last.ok_or_else(|| broken::nothing_to_judge("identity"))?;
    if subject.as_stored(profile).len() > 1 {
        return Err(Stop::Omit(omission::identities_apart()));
    }
    profile.identity_map.clear();
    let known = std::mem::take(profile);
    *profile = known.identity(&namespace, id);
    leave(profile);
    Ok(())
}

fn gain_identity(
    subject: &Streaming,
    profile: &mut Profile,
    rng: &mut ChaCha20Rng,
) -> Result<(), Stop> {
    if !subject.own_profiles().is_empty() {
        return Err(Stop::Omit(omission::no_own_profile_alike()));
    }
    if let Some(first) = subject.claims.namespaces.first() {
        let known = std::mem::take(profile);
        *profile = known.identity(&first.name, synthetic::identity(rng, &first.name));
    }
    Ok(())
}

fn enter_second(subject: &Streaming, profile: &mut Profile) -> Result<(), Stop> {
    let second = subject.claims.audiences.get(1);
    let second = second.ok_or_else(|| Stop::Omit(omission::too_few_audiences(2, 1)))?;
    let entered = std::mem::take(profile);
    *profile = entered.member(&second.namespace, &second.id, Status::Realized, LEFT);
    Ok(())
}

/// The same profiles as they leave every audience, with other attributes: whichever is taken, it shows.
pub fn exits(subject: &Streaming, profiles: &[Profile], rng: &mut ChaCha20Rng) -> Vec<Profile> {
    let mut exits = profiles.to_vec();
    for profile in &mut exits {
        leave_changed(subject, profile, rng);
    }
    exits
}

fn leave_changed(subject: &Streaming, profile: &mut Profile, rng: &mut ChaCha20Rng) {
    leave(profile);
    // without attributes, or without others, the exit alone shows it
    let _ = change_attributes(subject, profile, rng);
}

/// What has to be stored of profiles after another message about them was accepted.
///
/// A message says all identities and attributes of a profile; memberships that it does not name stay (reference 5.9).
pub fn accepted(stored: &[Profile], said: &[Profile]) -> Vec<Profile> {
    let mut all: Vec<Profile> = Vec::new();
    for profile in said {
        let again = all.iter_mut().find(|known| known.shares_identity(profile));
        let known = stored.iter().find(|known| known.shares_identity(profile));
        match (again, known) {
            (Some(again), _) => *again = again.overwritten(profile),
            (None, Some(known)) => all.push(known.overwritten(profile)),
            (None, None) => all.push(profile.clone()),
        }
    }
    let others = stored
        .iter()
        .filter(|s| !said.iter().any(|p| p.shares_identity(s)));
    all.extend(others.cloned());
    all
}

/// Gives every attribute another value, as far as there is one.
fn change_attributes(
    subject: &Streaming,
    profile: &mut Profile,
    rng: &mut ChaCha20Rng,
) -> Result<(), Stop> {
    last_attribute(profile)?;
    let before = profile.attributes.clone();
    for (name, value) in &mut profile.attributes {
        if let Some(other) = another(subject, rng, name, value.as_ref()) {
            *value = Some(other);
        }
    }
    match profile.attributes == before {
        true => Err(Stop::Omit(omission::no_own_profile_alike())),
        false => Ok(()),
    }
}

fn regain_attribute(
    subject: &Streaming,
    profile: &mut Profile,
    rng: &mut ChaCha20Rng,
) -> Result<(), Stop> {
    let name = profile.attributes.last().map(|(name, _)| name.clone());
    let back = another(subject, rng, &name.unwrap_or_default(), None);
    let back = back.ok_or_else(|| Stop::Omit(omission::no_own_profile_alike()))?;
    *last_attribute(profile)? = Some(back);
    Ok(())
}

fn last_attribute(profile: &mut Profile) -> Result<&mut Option<Value>, Stop> {
    let last = profile.attributes.last_mut();
    let last = last.ok_or_else(|| Stop::Omit(omission::no_attribute()))?;
    Ok(&mut last.1)
}

/// A value that a destination which looks at it would take for an attribute of that name: one of the partner's own
/// profiles has it, or it is made up.
fn another(
    subject: &Streaming,
    rng: &mut ChaCha20Rng,
    name: &str,
    than: Option<&Value>,
) -> Option<Value> {
    let is_other = |value: &Value| Some(value) != than;
    let kind = subject.claims.attributes.kind(name);
    match subject.own_profiles() {
        [] => iter::repeat_with(|| synthetic::typed(rng, name, kind)).find(is_other),
        own => {
            let mut values = own.iter().filter_map(|own| own.attribute_value(name));
            values.find(|value| is_other(value)).cloned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(id: &str, audience: &str, status: Status) -> Profile {
        Profile::new()
            .identity("email", id)
            .member("ups", audience, status, QUALIFIED)
    }

    #[test]
    fn a_membership_that_a_message_does_not_name_stays() {
        let before = [profile("a", "one", Status::Realized)];
        let after = accepted(&before, &[profile("a", "two", Status::Exited)]);
        let memberships: Vec<(&str, Status)> = after[0]
            .memberships()
            .map(|(_, id, m)| (id, m.status))
            .collect();
        assert_eq!(
            memberships,
            [("one", Status::Realized), ("two", Status::Exited)]
        );
    }

    #[test]
    fn of_several_messages_about_one_person_the_last_counts() {
        let states = brief(profile("a", "one", Status::Realized));
        let last_of = |said: &[Profile]| {
            let all = accepted(&[], said);
            assert_eq!(all.len(), 1);
            all[0].memberships().next().map(|(_, _, m)| m.status)
        };
        assert_eq!(last_of(&states[..2]), Some(Status::Exited));
        assert_eq!(last_of(&states), Some(Status::Realized));
    }

    #[test]
    fn other_people_stay_as_they_are() {
        let before = [
            profile("a", "one", Status::Realized),
            profile("b", "one", Status::Realized),
        ];
        let after = accepted(&before, &[profile("a", "one", Status::Exited)]);
        assert_eq!(after.len(), 2);
        assert_eq!(after[1], before[1]);
    }
}
