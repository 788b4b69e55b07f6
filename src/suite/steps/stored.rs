//! What the destination stored, by its own word.

use crate::judge::stored::{self, Place};
use crate::model::finding::Finding;
use crate::model::outcome::Strength;
use crate::model::profile::Profile;
use crate::model::record::Exchange;
use crate::suite::broken;
use crate::suite::parameter::Part;
use crate::suite::phrases::{Args, Stop};
use crate::suite::steps::delivery::word;
use crate::suite::target::Target;
use crate::suite::world::{Evidence, Stored};

/// What is stored of every profile is what was sent; where nothing can be asked, the strength stays status-only.
pub fn as_sent(evidence: &Evidence<'_>, args: &Args) -> Result<Strength, Stop> {
    let part = args.get::<Part>(0)?;
    if evidence.target.observation(part).is_none() {
        return Ok(Strength::StatusOnly);
    }
    let asked: Vec<&Stored> = evidence
        .scene
        .stored
        .iter()
        .filter(|s| s.part == part)
        .collect();
    if asked.is_empty() {
        let what = format!("observation of {}", word(part));
        return Err(broken::nothing_to_judge(what).into());
    }
    asked.iter().try_for_each(|stored| one(evidence, stored))?;
    Ok(Strength::Observed)
}

/// Each message was rendered with the namespaces of one group and no others.
pub fn grouped(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    let groups = evidence.target.identity_groups();
    for message in &evidence.scene.messages {
        let held: Vec<&str> = message
            .profiles
            .iter()
            .flat_map(|p| p.identities().map(|(ns, _)| ns))
            .collect();
        if !groups
            .iter()
            .any(|group| held.iter().all(|ns| group.iter().any(|g| g == ns)))
        {
            return Err(broken::groups_mixed(held.join(", ")).into());
        }
    }
    Ok(Strength::StatusOnly)
}

fn one(evidence: &Evidence<'_>, stored: &Stored) -> Result<(), Stop> {
    let exchange = evidence.exchange(stored.exchange)?;
    let judged = judged(evidence.target, stored.part, &stored.profile, exchange);
    judged.map_err(|finding| {
        let finding = finding.shown_by(stored.exchange);
        match unsent(evidence, stored) {
            Some(name) => stored::codes::never_sent(name).because(finding),
            None => finding,
        }
        .into()
    })
}

/// What had to be stored and was not even sent.
fn unsent(evidence: &Evidence<'_>, stored: &Stored) -> Option<String> {
    let deliveries = evidence
        .scene
        .deliveries
        .iter()
        .filter_map(|index| evidence.exchanges.get(*index));
    let bodies: Vec<&str> = deliveries.filter_map(|e| e.request.body.text()).collect();
    let profile = &stored.profile;
    let mut names: Box<dyn Iterator<Item = String> + '_> = match stored.part {
        Part::Membership => {
            let known = profile.memberships();
            Box::new(known.map(|(ns, id, _)| evidence.target.alias(ns, id)))
        }
        Part::Identities => Box::new(profile.identities().map(|(_, id)| id.to_owned())),
        Part::Attributes => Box::new(profile.attributes.iter().map(|(name, _)| name.clone())),
    };
    // Only names that no encoding changes can be said to be missing.
    let plain = |name: &String| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.@".contains(&b);
        name.bytes().all(fits)
    };
    names.find(|name| {
        plain(name) && !bodies.is_empty() && !bodies.iter().any(|body| body.contains(name.as_str()))
    })
}

/// A part of a profile is stored as it was sent, by this answer.
///
/// # Errors
/// A finding with the difference.
pub fn judged(
    target: &Target,
    part: Part,
    profile: &Profile,
    exchange: &Exchange,
) -> Result<(), Finding> {
    let Some(observation) = target.observation(part) else {
        return Ok(());
    };
    let place = Place {
        pointer: &observation.pointer,
        element: observation.element.as_deref(),
        removed: observation.removed.as_deref(),
    };
    let answer = crate::judge::answer::answered(exchange)?;
    match part {
        Part::Membership => {
            stored::membership(answer, place, profile, |ns, id| target.alias(ns, id))
        }
        Part::Identities => stored::identities(answer, place, profile),
        Part::Attributes => stored::attributes(answer, place, profile),
    }
}
