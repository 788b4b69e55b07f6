//! What the destination stored, by its own word.

use crate::judge::unsent::unsent;
use crate::judge::{earlier, stored};
use crate::model::finding::{Finding, PlaceInMessage};
use crate::model::outcome::Strength;
use crate::model::record::{Answer, Exchange};
use crate::suite::broken;
use crate::suite::evidence::{Evidence, Stored};
use crate::suite::parameter::Part;
use crate::suite::steps::answer::{accepted, good_message_accepted};
use crate::suite::stop::{Args, Stop};

/// What is stored of everyone, each time it was asked for, is what was sent; where nothing can be asked, the strength
/// stays status-only.
pub fn as_sent(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let part = args.get::<Part>(0)?;
    let Some(asked) = asked(evidence, part, &evidence.scene.rounds)? else {
        return Ok(Strength::StatusOnly);
    };
    asked
        .into_iter()
        .try_for_each(|stored| agrees(evidence, stored))?;
    if part == Part::Membership {
        let mut others = evidence.scene.others.iter();
        others.try_for_each(|stored| gone_by_another_identity(evidence, stored))?;
    }
    Ok(Strength::Observed)
}

/// Somebody who has left every audience is in none of them, whichever identity finds the person.
fn gone_by_another_identity(evidence: &Evidence, asked: &Stored) -> Result<(), Stop> {
    let (subject, pages) = (evidence.streaming()?, evidence.exchanges_of(&asked.pages)?);
    let Some(observation) = subject.observation(asked.part) else {
        return Ok(());
    };
    let profile = &asked.person.profile;
    let mut left = profile
        .memberships()
        .map(|(namespace, id, _)| subject.alias(namespace, id));
    let Some(listed) = left.find(|alias| stored::lists(&pages, observation, alias)) else {
        return Ok(());
    };
    let identity = profile.identities().next().map_or("", |(_, id)| id);
    let finding = stored::codes::member_by_another_identity(listed, identity);
    Err(shown_by(finding.at(&observation.pointer), asked).into())
}

/// The first message was refused, or what is stored is what was sent.
pub fn refused_or_as_sent(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let refused = |exchange: &&Exchange| {
        exchange
            .answer()
            .is_some_and(|a| (400..500).contains(&a.status))
    };
    // what comes after a refused message is about nobody
    if evidence.deliveries()?.first().is_some_and(refused) {
        return Ok(Strength::StatusOnly);
    }
    accepted(evidence, args)?;
    as_sent(evidence, args)
}

/// The message with a flaw was accepted, or what is stored is what had to be stored before it.
pub fn as_before_unless_accepted(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    good_message_accepted(evidence)?;
    let (_, flawed) = evidence.flawed()?;
    if flawed.answer().is_some_and(Answer::is_success) {
        return Ok(Strength::StatusOnly);
    }
    as_before(evidence, args)
}

/// What is stored now is what had to be stored before the last message, and is told in the same way.
pub fn as_before(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let part = args.get::<Part>(0)?;
    let [.., before, now] = evidence.scene.rounds.as_slice() else {
        return unasked(evidence, part);
    };
    let rounds = [before.clone(), now.clone()];
    let Some(asked) = asked(evidence, part, &rounds)? else {
        return Ok(Strength::StatusOnly);
    };
    for (before, now) in asked.iter().zip(asked.iter().skip(asked.len() / 2)) {
        match part {
            Part::Membership | Part::Identities => {
                agrees(evidence, before).map_err(unproven)?;
                agrees(evidence, now)?;
            }
            // an attribute that was never stored as it was sent is judged by itself
            Part::Attributes if evidence.streaming()?.sends_attributes => {}
            Part::Attributes => return Ok(Strength::StatusOnly),
        }
        told_alike(evidence, before, now)?.map_err(|finding| shown_by(finding, now))?;
    }
    Ok(Strength::Observed)
}

/// What was never stored as it was sent shows nothing by staying so.
fn unproven(stop: Stop) -> Stop {
    match stop {
        Stop::Finding(finding) => earlier::codes::message_not_stored().because(finding).into(),
        Stop::Omit(reason) => Stop::Omit(reason),
    }
}

/// A part of a person is told as it was before.
///
/// # Errors
/// An exchange is not there: destspec's fault.
pub fn told_alike(
    evidence: &Evidence,
    before: &Stored,
    now: &Stored,
) -> Result<Result<(), Finding>, Stop> {
    let Some(observation) = evidence.streaming()?.observation(now.part) else {
        return Ok(Ok(()));
    };
    let (first, second) = (
        evidence.exchanges_of(&before.pages)?,
        evidence.exchanges_of(&now.pages)?,
    );
    let question = (now.part, observation);
    let profile = &now.person.profile;
    Ok(stored::same_answer((&first, &second), question, profile))
}

/// Nothing is stored of these people that was not sent, and nothing twice.
pub fn nothing_else(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let mut strength = Strength::StatusOnly;
    for part in [Part::Membership, Part::Identities] {
        for stored in asked(evidence, part, &evidence.scene.rounds)?.unwrap_or_default() {
            nothing_else_of(evidence, stored)?;
            strength = Strength::Observed;
        }
    }
    Ok(strength)
}

fn nothing_else_of(evidence: &Evidence, asked: &Stored) -> Result<(), Stop> {
    let Some(observation) = evidence.streaming()?.observation(asked.part) else {
        return Ok(());
    };
    let subject = evidence.streaming()?;
    let alias = |namespace: &str, id: &str| subject.alias(namespace, id);
    let question = (asked.part, observation);
    stored::nothing_else(
        &evidence.exchanges_of(&asked.pages)?,
        question,
        &asked.person.profile,
        alias,
    )
    .map_err(|finding| shown_by(finding, asked).into())
}

fn shown_by(finding: Finding, asked: &Stored) -> Finding {
    match asked.pages.last() {
        Some(last) => finding.shown_by(*last),
        None => finding,
    }
}

/// The answers about a part; nothing where the submission does not say how to ask.
fn asked<'a>(
    evidence: &Evidence,
    part: Part,
    rounds: &'a [Vec<Stored>],
) -> Result<Option<Vec<&'a Stored>>, Stop> {
    if evidence.streaming()?.observation(part).is_none() {
        return Ok(None);
    }
    let asked: Vec<&Stored> = rounds.iter().flatten().filter(|s| s.part == part).collect();
    if asked.is_empty() {
        return unasked(evidence, part).map(|_| None);
    }
    Ok(Some(asked))
}

fn unasked(evidence: &Evidence, part: Part) -> Result<Strength, Stop> {
    if evidence.streaming()?.observation(part).is_none() {
        return Ok(Strength::StatusOnly);
    }
    // nobody is asked about of whom any message was refused
    good_message_accepted(evidence)?;
    let observation = format!("observation of the {}", part.word());
    Err(broken::nothing_to_judge(observation).into())
}

fn agrees(evidence: &Evidence, asked: &Stored) -> Result<(), Stop> {
    let Some(observation) = evidence.streaming()?.observation(asked.part) else {
        return Ok(());
    };
    let subject = evidence.streaming()?;
    let alias = |namespace: &str, id: &str| subject.alias(namespace, id);
    let (pages, profile) = (evidence.exchanges_of(&asked.pages)?, &asked.person.profile);
    let judged = stored::as_sent(&pages, (asked.part, observation), profile, alias);
    judged.map_err(|finding| {
        let person = PlaceInMessage {
            place: asked.person.place,
            of: asked.person.of,
        };
        let finding = shown_by(finding, asked).about(person);
        let deliveries = evidence.deliveries().unwrap_or_default();
        let differing = finding.reason.values.get("attribute").cloned();
        match unsent(
            asked.part,
            differing.as_deref(),
            profile,
            &deliveries,
            alias,
        ) {
            Some(name) => stored::codes::never_sent(name).because(finding),
            None => finding,
        }
        .into()
    })
}
