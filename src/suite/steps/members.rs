//! What becomes of the members of an audience that is created, renamed or deleted.

use crate::judge::answer::accepted;
use crate::judge::{audience as judge, earlier, stored};
use crate::model::finding::Finding;
use crate::model::outcome::Strength;
use crate::model::record::{Answer, Exchange, ExchangeRef};
use crate::model::submission::{Observation, Part};
use crate::suite::audience::Handled;
use crate::suite::broken;
use crate::suite::evidence::{Evidence, Stored};
use crate::suite::heard::{shown, takes, unproven};
use crate::suite::parameter::AudienceAct;
use crate::suite::steps::stored::told_alike;
use crate::suite::stop::Stop;

/// The message about the audience was accepted and stored, as was one about another audience.
pub fn taken(evidence: &Evidence) -> Result<Strength, Stop> {
    let (about_it, other) = two_messages(evidence)?;
    accepted(other).map_err(message_refused)?;
    let unusable = |finding: Finding| judge::codes::not_usable().because(finding);
    accepted(about_it).map_err(|finding| unusable(finding).shown_by(about_it.reference()))?;
    let Some(observation) = evidence.streaming()?.observation(Part::Membership) else {
        return Ok(Strength::StatusOnly);
    };
    let of = |place: usize| {
        let mut all = evidence.scene.rounds.iter().flatten();
        let found = all.find(|s| s.part == Part::Membership && s.person.place == place);
        found.ok_or_else(|| broken::nothing_to_judge("observation"))
    };
    agrees(evidence, observation, of(2)?)?.map_err(message_refused)?;
    agrees(evidence, observation, of(1)?)?.map_err(unusable)?;
    Ok(Strength::Observed)
}

/// The message about the audience that is gone did no harm, while one about another audience was accepted.
pub fn none_taken(evidence: &Evidence, audience: &Handled) -> Result<Strength, Stop> {
    takes(evidence, audience, AudienceAct::Deleted).map_err(unproven)?;
    let (about_it, other) = two_messages(evidence)?;
    accepted(other).map_err(message_refused)?;
    let retried = evidence
        .streaming()?
        .destination
        .aggregation()
        .retry_class();
    judge::unharmed(about_it, retried).map_err(|finding| finding.shown_by(about_it.reference()))?;
    let refused = !about_it.answer().is_some_and(Answer::is_success);
    Ok(match refused {
        true => Strength::Differential,
        false => Strength::StatusOnly,
    })
}

/// Every message before an exchange was accepted, where there were any.
pub fn taken_before(evidence: &Evidence, end: ExchangeRef) -> Result<(), Stop> {
    let deliveries = evidence.exchanges_of(&evidence.scene.deliveries)?;
    all_taken(deliveries.into_iter().filter(|d| d.reference() < end))
}

fn all_taken<'a>(mut deliveries: impl Iterator<Item = &'a Exchange>) -> Result<(), Stop> {
    deliveries.try_for_each(|delivery| accepted(delivery).map(drop).map_err(message_refused))
}

/// Who was in an audience still is after it was renamed; who was in others still is after it was deleted, and is otherwise
/// as before.
pub fn kept(evidence: &Evidence, audience: &Handled, act: AudienceAct) -> Result<Strength, Stop> {
    all_taken(evidence.deliveries()?.into_iter())?;
    takes(evidence, audience, act).map_err(unproven)?;
    let subject = evidence.streaming()?;
    let Some(observation) = subject.observation(Part::Membership) else {
        return Ok(Strength::StatusOnly);
    };
    let [before, .., now] = evidence.scene.rounds.as_slice() else {
        return Err(broken::nothing_to_judge("observation before and after").into());
    };
    for stored in of_part(before, Part::Membership) {
        agrees(evidence, observation, stored)?.map_err(message_refused)?;
    }
    let lost = |finding: Finding, stored: &Stored| {
        let lost = judge::codes::members_lost(act.event().key()).because(finding);
        match stored.pages.last() {
            Some(last) => lost.shown_by(*last),
            None => lost,
        }
    };
    for stored in of_part(now, Part::Membership) {
        agrees(evidence, observation, stored)?.map_err(|finding| lost(finding, stored))?;
    }
    let attributes = of_part(before, Part::Attributes).zip(of_part(now, Part::Attributes));
    for (before, now) in attributes.filter(|_| subject.sends_attributes) {
        told_alike(evidence, before, now)?.map_err(|finding| lost(finding, now))?;
    }
    Ok(Strength::Observed)
}

fn of_part(round: &[Stored], part: Part) -> impl Iterator<Item = &Stored> {
    round.iter().filter(move |stored| stored.part == part)
}

/// Nobody who was in an audience that was deleted is in the one that was created under its name.
pub fn none_inherited(evidence: &Evidence, audience: &Handled) -> Result<Strength, Stop> {
    all_taken(evidence.deliveries()?.into_iter())?;
    takes(evidence, audience, AudienceAct::Deleted).map_err(unproven)?;
    let act = AudienceAct::CreatedAgain;
    let first = &audience.named.alias;
    let second = shown(evidence, audience, act, judge::second)?;
    if second.as_ref() != Some(first) {
        return Ok(Strength::Differential);
    }
    let Some(observation) = evidence.streaming()?.observation(Part::Membership) else {
        return Ok(Strength::StatusOnly);
    };
    let asked = evidence.scene.rounds.last().into_iter().flatten();
    for stored in asked.filter(|s| s.part == Part::Membership) {
        let pages = evidence.exchanges_of(&stored.pages)?;
        if let Some(last) = stored.pages.last()
            && stored::lists(&pages, observation, first)
        {
            let inherited = judge::codes::members_inherited(first.clone());
            return Err(inherited.shown_by(*last).into());
        }
    }
    Ok(Strength::Observed)
}

/// What is stored of somebody's memberships is what was sent.
fn agrees(
    evidence: &Evidence,
    observation: &Observation,
    stored: &Stored,
) -> Result<Result<(), Finding>, Stop> {
    let subject = evidence.streaming()?;
    let pages = evidence.exchanges_of(&stored.pages)?;
    let alias = |namespace: &str, id: &str| subject.alias(namespace, id);
    let question = (Part::Membership, observation);
    let profile = &stored.person.profile;
    Ok(stored::as_sent(&pages, question, profile, alias))
}

/// The message about the audience of the scenario, and the one about another.
fn two_messages(evidence: &Evidence) -> Result<(&Exchange, &Exchange), Stop> {
    match evidence.deliveries()?.as_slice() {
        [about_it, other] => Ok((*about_it, *other)),
        _ => Err(broken::nothing_to_judge("two messages").into()),
    }
}

fn message_refused(finding: Finding) -> Stop {
    earlier::codes::message_not_accepted()
        .because(finding)
        .into()
}
