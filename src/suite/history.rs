//! What a scenario has said of its profiles so far: the changes that it makes, and the state that they add up to.

use rand_chacha::ChaCha20Rng;

use crate::encode::message::synthetic;
use crate::model::profile::{Profile, Status};
use crate::suite::omission;
use crate::suite::parameter::Change;
use crate::suite::stop::Stop;
use crate::suite::subject::Streaming;

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
            Change::Leaves => {
                profile.leave_all();
                profile.qualify_at(LEFT);
            }
            Change::Returns => {
                profile.enter_all();
                profile.qualify_at(RETURNED);
            }
            Change::LeavesFirst => profile.leave_first(LEFT),
            Change::LeavesFirstAlone => {
                profile.leave_first(LEFT);
                profile.keep_exits();
            }
            Change::LeavesFirstChanged => {
                profile.leave_first(LEFT);
                profile.keep_exits();
                attribute(profile, Some("Changed"))?;
            }
            Change::EntersSecond => enter_second(subject, profile)?,
            Change::EntersSecondAlone => {
                profile.segment_membership.clear();
                enter_second(subject, profile)?;
            }
            Change::GainsIdentity => gain_identity(subject, profile, rng)?,
            Change::ChangesAttribute => attribute(profile, Some("Changed"))?,
            Change::LosesAttribute => attribute(profile, None)?,
            Change::RegainsAttribute => attribute(profile, Some("Regained"))?,
        }
    }
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

/// The same profiles as they leave every audience.
pub fn exits(profiles: &[Profile]) -> Vec<Profile> {
    let mut exits = profiles.to_vec();
    for profile in &mut exits {
        profile.leave_all();
        profile.qualify_at(LEFT);
    }
    exits
}

/// What has to be stored of profiles after another message about them was accepted.
///
/// A message says all identities and attributes of a profile; memberships that it does not name stay (reference 5.9).
pub fn accepted(stored: &[Profile], said: &[Profile]) -> Vec<Profile> {
    let add = |profile: &Profile| {
        let before = stored.iter().find(|s| s.shares_identity(profile));
        before.map_or_else(|| profile.clone(), |before| before.overwritten(profile))
    };
    let mut all: Vec<Profile> = said.iter().map(add).collect();
    let others = stored
        .iter()
        .filter(|s| !said.iter().any(|p| p.shares_identity(s)));
    all.extend(others.cloned());
    all
}

/// A value that a destination which looks at it would take for an attribute of that name.
fn attribute(profile: &mut Profile, value: Option<&'static str>) -> Result<(), Stop> {
    let last = profile.attributes.last_mut();
    let (name, last) = last.ok_or_else(|| Stop::Omit(omission::no_attribute()))?;
    let date = name.to_lowercase().contains("date");
    *last = value.map(|word| match (date, word) {
        (true, "Changed") => "1999-12-31".into(),
        (true, _) => "2000-01-01".into(),
        (false, word) => word.into(),
    });
    Ok(())
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
    fn other_people_stay_as_they_are() {
        let before = [
            profile("a", "one", Status::Realized),
            profile("b", "one", Status::Realized),
        ];
        let after = accepted(&before, &exits(&before[..1]));
        assert_eq!(after.len(), 2);
        assert_eq!(after[1], before[1]);
    }
}
