//! Audiences at the destination: created, renamed, deleted, and what becomes of their members.

use std::time::Duration;

use crate::judge::{audience as judge, earlier, stored};
use crate::model::finding::Finding;
use crate::model::outcome::Strength;
use crate::model::record::{Answer, Exchange, ExchangeRef};
use crate::model::sdk::{Event, EventKind};
use crate::model::submission::{Audience, Part, Retrieval};
use crate::suite::audience::{Handled, ask, ask_about_destination};
use crate::suite::evidence::{Evidence, Stored};
use crate::suite::parameter::{AudienceAct, AudienceKind, AudienceState};
use crate::suite::stop::{Args, Stop};
use crate::suite::world::World;
use crate::suite::{broken, omission};
use crate::wire::{Request, Session};

/// An audience to be created; one of the destination is created at once.
pub async fn given(world: &mut World, args: &Args) -> Result<(), Stop> {
    let kind = args.get::<AudienceKind>(0)?;
    let session = world.session()?;
    let mut rng = session.rng("audience");
    let made = Handled::new(kind, session.run_id(), &mut rng);
    world.scene()?.audience = Some(made.clone());
    match kind {
        AudienceKind::Existing => {}
        AudienceKind::Beside | AudienceKind::BesideNamesake => {
            let mut other = Handled::new(kind, session.run_id(), &mut rng);
            if kind == AudienceKind::BesideNamesake {
                other.named.name = made.named.name;
            }
            world.scene()?.beside = Some(other);
        }
        AudienceKind::Plain
        | AudienceKind::Undescribed
        | AudienceKind::Blanks
        | AudienceKind::Quotes
        | AudienceKind::Ampersands
        | AudienceKind::Slashes
        | AudienceKind::NonAscii
        | AudienceKind::Longest => return Ok(()),
    }
    perform(world, AudienceAct::Created).await?;
    create_beside(world).await?;
    let named = handled(world)?.named.clone();
    if named.alias.is_empty() {
        return Err(earlier::codes::audience_not_created().into());
    }
    world.learn(&Audience {
        id: named.id,
        alias: named.alias,
        name: named.name,
        namespace: String::from("ups"),
        synthetic: false,
    })
}

/// Creates the other audience, where there is one; of a namesake it may be refused.
async fn create_beside(world: &mut World) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let Some(mut other) = world.scene()?.beside.clone() else {
        return Ok(());
    };
    let done = ask(
        &session,
        subject.audience_api()?,
        &mut other,
        AudienceAct::Created,
    );
    let done = done.await;
    let alias = other.named.alias.clone();
    let is_namesake = other.named.name == handled(world)?.named.name;
    world.scene()?.beside = Some(other);
    done?;
    let is_other = !alias.is_empty() && alias != handled(world)?.named.alias;
    match (is_other, is_namesake) {
        (true, _) => Ok(()),
        (false, true) => Err(Stop::Omit(omission::no_namesake())),
        (false, false) => Err(earlier::codes::audience_not_created().into()),
    }
}

/// The dataflow begins, changes and ends, as far as the template has requests for it.
pub async fn dataflow_lives(world: &mut World, _: &Args) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let asked = ask_about_destination(&session, subject.audience_api()?).await?;
    world.scene()?.about_destination = asked;
    Ok(())
}

/// Every request about the destination itself was taken.
pub fn destination_known(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    if evidence.scene.about_destination.is_empty() {
        return Err(broken::nothing_to_judge("request about the destination").into());
    }
    for (kind, which) in &evidence.scene.about_destination {
        judge::taken(evidence.exchange(*which)?, event_of(evidence, *kind)?)
            .map_err(|finding| finding.shown_by(*which))?;
    }
    Ok(Strength::StatusOnly)
}

/// What becomes of it.
pub async fn happens(world: &mut World, args: &Args) -> Result<(), Stop> {
    let act = args.get::<AudienceAct>(0)?;
    if act == AudienceAct::Retrieved {
        return retrieve(world).await;
    }
    perform(world, act).await
}

async fn perform(world: &mut World, act: AudienceAct) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let mut handled = handled(world)?.clone();
    let done = ask(&session, subject.audience_api()?, &mut handled, act).await;
    world.scene()?.audience = Some(handled);
    done
}

fn handled(world: &mut World) -> Result<&mut Handled, Stop> {
    let made = world.scene()?.audience.as_mut();
    made.ok_or_else(|| broken::nothing_to_judge("audience").into())
}

/// Asks for it until it is as it has to be, or no time is left.
async fn retrieve(world: &mut World) -> Result<(), Stop> {
    let audience = handled(world)?.clone();
    let asked = asked_for(world, &audience).await?;
    handled(world)?.retrieved = asked.or(audience.retrieved);
    if let Some(other) = world.scene()?.beside.clone() {
        let asked = asked_for(world, &other).await?;
        world.scene()?.beside = Some(Handled {
            retrieved: asked,
            ..other
        });
    }
    Ok(())
}

/// The last answer about an audience; none where nobody can be asked, or it has no id, which is judged.
async fn asked_for(world: &mut World, audience: &Handled) -> Result<Option<ExchangeRef>, Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let Some(retrieval) = subject.destination.observe.audience.clone() else {
        return Ok(None);
    };
    if audience.named.alias.is_empty() {
        return Ok(None);
    }
    let url = subject.retrieval_url(&retrieval, &audience.named.alias);
    let (mut left, mut pause) = (
        subject.destination.observe.within,
        Duration::from_millis(50),
    );
    let asked = loop {
        let asked = session
            .send(Request::question(&url, "application/json"))
            .await?;
        if left.is_zero() || agrees(&session, asked, &retrieval, audience) {
            break asked;
        }
        pause = (pause * 2).min(left);
        left -= pause;
        session.pause(pause).await;
    };
    Ok(Some(asked))
}

fn agrees(session: &Session, asked: ExchangeRef, how: &Retrieval, audience: &Handled) -> bool {
    let exchange = session.exchange(asked);
    let as_wanted = |exchange: &Exchange| match was_deleted(audience) {
        true => judge::gone(exchange, how).is_ok(),
        false => judge::told(exchange, how, expected(audience)).is_ok(),
    };
    exchange.is_some_and(|exchange| as_wanted(&exchange))
}

fn was_deleted(audience: &Handled) -> bool {
    audience.calls.iter().any(|c| c.act == AudienceAct::Deleted)
}

fn expected(audience: &Handled) -> (&str, &str) {
    (&audience.named.alias, &audience.named.name)
}

/// It is as it has to be.
pub fn is(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let audience = of_scene(evidence)?;
    match args.get::<AudienceState>(0)? {
        AudienceState::HasId => has_id(evidence, audience),
        AudienceState::KeepsId => keeps_id(evidence, audience),
        AudienceState::HasName => retrieved(evidence, audience, |exchange, how| {
            judge::told(exchange, how, expected(audience))
        }),
        AudienceState::Gone => {
            takes(evidence, audience, AudienceAct::Deleted)?;
            retrieved(evidence, audience, judge::gone)
        }
        AudienceState::AloneConcerned => alone_concerned(evidence),
        AudienceState::DeletedTwice => {
            takes(evidence, audience, AudienceAct::Deleted).map_err(unproven)?;
            shown(evidence, audience, AudienceAct::DeletedAgain, |e, _| {
                judge::deleted_again(e)
            })?;
            Ok(Strength::StatusOnly)
        }
        AudienceState::RefusedWithReason => {
            let act = AudienceAct::CreatedNameless;
            shown(evidence, audience, act, judge::refused_with_reason)?;
            Ok(Strength::Differential)
        }
        AudienceState::NotMerged => {
            let first = audience.named.alias.clone();
            shown(evidence, audience, AudienceAct::CreatedAgain, |e, event| {
                judge::not_merged(e, event, &first)
            })?;
            Ok(Strength::Differential)
        }
        AudienceState::TakesMembers => takes_members(evidence),
        AudienceState::TakesNone => takes_none(evidence, audience),
        AudienceState::StrangersDenied => strangers_denied(evidence, audience),
        AudienceState::Validated => {
            let act = AudienceAct::Validated;
            shown(evidence, audience, act, judge::fields_present)?;
            Ok(Strength::StatusOnly)
        }
    }
}

fn of_scene(evidence: &Evidence) -> Result<&Handled, Stop> {
    let made = evidence.scene.audience.as_ref();
    made.ok_or_else(|| broken::nothing_to_judge("audience").into())
}

fn event_of(evidence: &Evidence, kind: EventKind) -> Result<&Event, Stop> {
    let event = evidence.streaming()?.audience_api()?.event(kind);
    event.ok_or_else(|| broken::nothing_to_judge(kind.key()).into())
}

/// Judges the exchange of an act.
fn shown(
    evidence: &Evidence,
    audience: &Handled,
    act: AudienceAct,
    judge: impl Fn(&Exchange, &Event) -> Result<(), Finding>,
) -> Result<(), Stop> {
    let which = audience.call(act)?;
    let judged = judge(evidence.exchange(which)?, event_of(evidence, act.event())?);
    judged.map_err(|finding| finding.shown_by(which).into())
}

fn takes(evidence: &Evidence, audience: &Handled, act: AudienceAct) -> Result<(), Stop> {
    shown(evidence, audience, act, |exchange, event| {
        judge::taken(exchange, event).map(|_| ())
    })
}

fn has_id(evidence: &Evidence, audience: &Handled) -> Result<Strength, Stop> {
    shown(
        evidence,
        audience,
        AudienceAct::Created,
        |exchange, event| judge::created(exchange, event).map(|_| ()),
    )?;
    Ok(Strength::StatusOnly)
}

/// Every request that names it by its id was taken, and none gave it another.
fn keeps_id(evidence: &Evidence, audience: &Handled) -> Result<Strength, Stop> {
    let id = &audience.named.alias;
    for call in &audience.calls {
        let (exchange, event) = (
            evidence.exchange(call.exchange)?,
            event_of(evidence, call.act.event())?,
        );
        let judged = match call.act.event() {
            EventKind::Update => judge::renamed(exchange, event, id),
            EventKind::Create => judge::created(exchange, event).map(|_| ()),
            EventKind::Delete
            | EventKind::Validate
            | EventKind::Notify
            | EventKind::CreateDestination
            | EventKind::UpdateDestination
            | EventKind::DeleteDestination => judge::taken(exchange, event).map(|_| ()),
        };
        judged.map_err(|finding| finding.shown_by(call.exchange))?;
    }
    Ok(Strength::StatusOnly)
}

/// What the destination says of it, where the submission says how to ask.
fn retrieved(
    evidence: &Evidence,
    audience: &Handled,
    judge: impl Fn(&Exchange, &Retrieval) -> Result<(), Finding>,
) -> Result<Strength, Stop> {
    let how = evidence.streaming()?.destination.observe.audience.as_ref();
    let Some(how) = how else {
        return Ok(Strength::StatusOnly);
    };
    let which = audience.retrieved;
    let which = which.ok_or_else(earlier::codes::audience_not_created)?;
    judge(evidence.exchange(which)?, how).map_err(|finding| finding.shown_by(which))?;
    Ok(Strength::Observed)
}

/// The other audience is stored as it was.
fn alone_concerned(evidence: &Evidence) -> Result<Strength, Stop> {
    let other = evidence.scene.beside.as_ref();
    let other = other.ok_or_else(|| broken::nothing_to_judge("other audience"))?;
    retrieved(evidence, other, |exchange, how| {
        judge::left_alone(exchange, how, expected(other))
    })
}

/// The message about the audience was accepted and stored, as was one about another audience.
fn takes_members(evidence: &Evidence) -> Result<Strength, Stop> {
    let (about_it, other) = two_messages(evidence)?;
    crate::judge::answer::accepted(other).map_err(message_refused)?;
    let unusable = |finding: Finding| judge::codes::not_usable().because(finding);
    crate::judge::answer::accepted(about_it)
        .map_err(|finding| unusable(finding).shown_by(about_it.reference()))?;
    let Some(observation) = evidence.streaming()?.observation(Part::Membership) else {
        return Ok(Strength::StatusOnly);
    };
    let asked = |place: usize| {
        let mut all = evidence.scene.rounds.iter().flatten();
        all.find(|s| s.part == Part::Membership && s.person.place == place)
    };
    let agrees = |stored: Option<&Stored>| -> Result<Result<(), Finding>, Stop> {
        let subject = evidence.streaming()?;
        let stored = stored.ok_or_else(|| broken::nothing_to_judge("observation"))?;
        let pages = evidence.exchanges_of(&stored.pages)?;
        let alias = |namespace: &str, id: &str| subject.alias(namespace, id);
        let question = (Part::Membership, observation);
        let profile = &stored.person.profile;
        Ok(stored::as_sent(&pages, question, profile, alias))
    };
    agrees(asked(2))?.map_err(message_refused)?;
    agrees(asked(1))?.map_err(unusable)?;
    Ok(Strength::Observed)
}

/// The message about the audience that is gone did no harm, while one about another audience was accepted.
fn takes_none(evidence: &Evidence, audience: &Handled) -> Result<Strength, Stop> {
    takes(evidence, audience, AudienceAct::Deleted).map_err(unproven)?;
    let (about_it, other) = two_messages(evidence)?;
    crate::judge::answer::accepted(other).map_err(message_refused)?;
    judge::unharmed(about_it).map_err(|finding| finding.shown_by(about_it.reference()))?;
    let refused = !about_it.answer().is_some_and(Answer::is_success);
    Ok(match refused {
        true => Strength::Differential,
        false => Strength::StatusOnly,
    })
}

/// The message about the audience of the scenario, and the one about another.
fn two_messages(evidence: &Evidence) -> Result<(&Exchange, &Exchange), Stop> {
    match evidence.deliveries()?.as_slice() {
        [about_it, other] => Ok((*about_it, *other)),
        _ => Err(broken::nothing_to_judge("two messages").into()),
    }
}

fn strangers_denied(evidence: &Evidence, audience: &Handled) -> Result<Strength, Stop> {
    let strangers = audience.calls.iter().filter(|c| c.act.is_forbidden());
    for call in strangers {
        match call.act.is_by_stranger() {
            true => shown(evidence, audience, call.act, judge::stranger_denied)?,
            false => shown(evidence, audience, call.act, judge::impostor_denied)?,
        }
    }
    Ok(Strength::Differential)
}

/// The customer data is what the validations of the audience template ask for.
pub fn customer_data_fits(evidence: &Evidence) -> Result<Strength, Stop> {
    let failed = evidence.streaming()?.audience_api()?.failed_validations();
    match failed.first() {
        Some((field, regex)) => Err(judge::codes::customer_data_unlike(field, regex).into()),
        None => Ok(Strength::StatusOnly),
    }
}

/// A failure on the way to what is judged leaves the requirement unproven.
fn unproven(stop: Stop) -> Stop {
    match stop {
        Stop::Finding(finding) => {
            let finding = earlier::codes::audience_not_handled().because(finding);
            finding.into()
        }
        Stop::Omit(reason) => Stop::Omit(reason),
    }
}

fn message_refused(finding: Finding) -> Stop {
    earlier::codes::message_not_accepted()
        .because(finding)
        .into()
}
