//! Audiences at the destination: created, renamed, deleted, asked for. What is judged of them is in `audience_state`.

use std::time::Duration;

use crate::encode::message::synthetic;
use crate::judge::{audience as judge, earlier};
use crate::model::record::{Exchange, ExchangeRef};
use crate::model::submission::{Audience, Retrieval};
use crate::suite::audience::{Handled, Told, ask, not_created};
use crate::suite::dataflow::ask_about_destination;
use crate::suite::observe::observe;
use crate::suite::parameter::{AudienceAct, AudienceKind, Caller};
use crate::suite::steps::ingestion::all_landed;
use crate::suite::stop::{Args, Stop};
use crate::suite::world::World;
use crate::suite::{broken, omission};
use crate::wire::{Credential, Request, Session};

/// An audience to be created; one of the destination is created at once.
pub async fn given(world: &mut World, args: &Args) -> Result<(), Stop> {
    let kind = args.get::<AudienceKind>(0)?;
    let session = world.session()?;
    let mut rng = session.rng("audience");
    let made = Handled::new(kind, session.run_id(), &mut rng);
    world.scene()?.audience = Some(made.clone());
    match kind {
        AudienceKind::Existing => {
            perform(world, AudienceAct::Created).await?;
            let made = handled(world)?.clone();
            learn(world, &made)
        }
        AudienceKind::Beside | AudienceKind::BesideNamesake | AudienceKind::BesideOrigin => {
            let mut another = || made.another(session.run_id(), &mut rng);
            let others = [another(), another()];
            create_beside(world, others, kind).await
        }
        AudienceKind::Plain
        | AudienceKind::Undescribed
        | AudienceKind::Blanks
        | AudienceKind::Quotes
        | AudienceKind::Ampersands
        | AudienceKind::Slashes
        | AudienceKind::NonAscii
        | AudienceKind::Markup
        | AudienceKind::Ends
        | AudienceKind::Longest
        | AudienceKind::LongestBeyond => Ok(()),
    }
}

/// Creates the audience between two others: what takes the first or the last of several for it is wrong either way. Of those
/// that have something in common with it, any may be refused.
async fn create_beside(
    world: &mut World,
    [before, after]: [Handled; 2],
    kind: AudienceKind,
) -> Result<(), Stop> {
    create_other(world, before).await?;
    perform(world, AudienceAct::Created).await?;
    create_other(world, after).await?;
    let scene = world.scene()?;
    let all = scene.audience.iter().chain(&scene.beside);
    let mut ids: Vec<&str> = all.map(|a| a.named.alias.as_str()).collect();
    ids.sort_unstable();
    let shared = ids.windows(2).find(|pair| pair[0] == pair[1]);
    match (ids.contains(&""), shared, kind) {
        (false, None, _) => {}
        (_, _, AudienceKind::BesideNamesake) => return Err(Stop::Omit(omission::no_namesake())),
        (_, _, AudienceKind::BesideOrigin) => return Err(Stop::Omit(omission::one_an_origin())),
        (true, _, _) => return Err(earlier::codes::audience_not_created().into()),
        (false, Some(shared), _) => return Err(judge::codes::one_id(shared[0]).into()),
    }
    let first = scene.beside.first().cloned();
    let first = first.ok_or_else(|| broken::nothing_to_judge("other audience"))?;
    if kind == AudienceKind::Beside {
        learn(world, &first)?;
    }
    let made = handled(world)?.clone();
    learn(world, &made)
}

async fn create_other(world: &mut World, mut other: Handled) -> Result<(), Stop> {
    let (subject, session) = (world.subject()?, world.session()?);
    let act = AudienceAct::Created;
    let done = ask(
        &session,
        subject.audience_api()?,
        &mut other,
        act,
        Credential::Valid,
    );
    let done = done.await;
    world.scene()?.beside.push(other);
    done
}

/// From here on messages may name it.
fn learn(world: &mut World, audience: &Handled) -> Result<(), Stop> {
    let named = audience.named.clone();
    if named.alias.is_empty() {
        let (subject, session) = (world.subject()?, world.session()?);
        return Err(not_created(&session, subject.audience_api()?, audience).into());
    }
    world.learn(&Audience {
        id: named.id,
        alias: named.alias,
        name: named.name,
        namespace: String::from("ups"),
        synthetic: false,
    })
}

/// The dataflow begins, changes and ends, as far as the template has requests for it.
pub async fn dataflow_lives(world: &mut World, _: &Args) -> Result<(), Stop> {
    let (subject, session) = (world.subject()?, world.session()?);
    let id = synthetic::audience_id(&mut session.rng("destination"), 0);
    let asked = ask_about_destination(&session, subject.audience_api()?, id).await?;
    world.scene()?.about_destination = asked;
    Ok(())
}

/// What becomes of it.
pub async fn happens(world: &mut World, args: &Args) -> Result<(), Stop> {
    let act = args.get::<AudienceAct>(0)?;
    match act.caller() {
        Caller::Owner if act == AudienceAct::Retrieved => retrieve(world).await,
        // of files that are not there nothing is said
        Caller::Owner if act == AudienceAct::Notified && !all_landed(world)? => Ok(()),
        Caller::Owner => {
            settle(world).await?;
            perform(world, act).await
        }
        Caller::Stranger => perform_as(world, act, Credential::None).await,
        Caller::Impostor => perform_as(world, act, Credential::Wrong).await,
        Caller::Nearly => {
            let misses = world.subject()?.audience_near_misses();
            let misses = misses.map_err(Stop::Omit)?;
            for miss in misses {
                perform_as(world, act, Credential::Near(miss)).await?;
            }
            Ok(())
        }
        Caller::Late => {
            let token = world.scene()?.tokens.first().copied();
            let token = token.ok_or_else(|| broken::nothing_to_judge("token taken before"))?;
            perform_as(world, act, Credential::TokenOf(token)).await
        }
    }
}

async fn perform(world: &mut World, act: AudienceAct) -> Result<(), Stop> {
    perform_as(world, act, Credential::Valid).await
}

async fn perform_as(
    world: &mut World,
    act: AudienceAct,
    credential: Credential,
) -> Result<(), Stop> {
    let (subject, session) = (world.subject()?, world.session()?);
    let mut handled = handled(world)?.clone();
    let api = subject.audience_api()?;
    let done = ask(&session, api, &mut handled, act, credential).await;
    world.scene()?.audience = Some(handled);
    done
}

fn handled(world: &mut World) -> Result<&mut Handled, Stop> {
    let made = world.scene()?.audience.as_mut();
    made.ok_or_else(|| broken::nothing_to_judge("audience").into())
}

/// Gives an audience whose creation was answered 202 the time that the submission allows, before more is asked of it.
async fn settle(world: &mut World) -> Result<(), Stop> {
    let (subject, session) = (world.subject()?, world.session()?);
    let audience = handled(world)?.clone();
    let created = |status| match audience.calls.as_slice() {
        [only] => session
            .exchange(only.exchange)
            .is_some_and(|e| e.answer().is_some_and(|answer| answer.status == status)),
        _ => false,
    };
    if created(202) && audience.told.is_empty() && !subject.destination().observe.within.is_zero() {
        asked_for(world, &audience).await?;
    }
    Ok(())
}

/// Asks for it until it is as it has to be, or no time is left; and for what became of members, where there are any.
async fn retrieve(world: &mut World) -> Result<(), Stop> {
    let audience = handled(world)?.clone();
    let asked = asked_for(world, &audience).await?;
    handled(world)?.told.extend(asked);
    for place in 0..world.scene()?.beside.len() {
        let other = world.scene()?.beside.get(place).cloned();
        let Some(other) = other else { continue };
        let asked = asked_for(world, &other).await?;
        if let Some(other) = world.scene()?.beside.get_mut(place) {
            other.told.extend(asked);
        }
    }
    if world.scene()?.deliveries.is_empty() {
        return Ok(());
    }
    if audience.was(AudienceAct::Deleted) {
        forget(world, &audience.named.id)?;
    }
    observe(world).await
}

/// Whether somebody is a member of an audience that was deleted is nobody's business.
fn forget(world: &mut World, id: &str) -> Result<(), Stop> {
    let scene = world.scene()?;
    for profile in scene.profiles.iter_mut().chain(&mut scene.expected) {
        profile.forget(id);
    }
    Ok(())
}

/// The last answer about an audience; none where nobody can be asked, or it has no id, which is judged.
async fn asked_for(world: &mut World, audience: &Handled) -> Result<Option<Told>, Stop> {
    let (subject, session) = (world.subject()?, world.session()?);
    let Some(retrieval) = subject.retrieval().cloned() else {
        return Ok(None);
    };
    if audience.named.alias.is_empty() {
        return Ok(None);
    }
    let url = subject.retrieval_url(&retrieval, &audience.named.alias);
    let (mut left, mut pause) = (
        subject.destination().observe.within,
        Duration::from_millis(50),
    );
    let asked = loop {
        let question = Request::question(&url, "application/json").about_audiences();
        let asked = session.send(question).await?;
        if left.is_zero() || agrees(&session, asked, &retrieval, audience) {
            break asked;
        }
        pause = (pause * 2).min(left);
        left -= pause;
        session.pause(pause).await;
    };
    Ok(Some(Told {
        exchange: asked,
        name: audience.named.name.clone(),
    }))
}

fn agrees(session: &Session, asked: ExchangeRef, how: &Retrieval, audience: &Handled) -> bool {
    let exchange = session.exchange(asked);
    let named = &audience.named;
    let is_told = |exchange: &Exchange, name| {
        judge::told(exchange, how, (named.alias.as_str(), name)).is_ok()
    };
    let as_wanted = |exchange: &Exchange| match audience.was(AudienceAct::Deleted) {
        true => judge::gone(exchange, how, &named.name).is_ok(),
        false => is_told(exchange, &named.name) || is_told(exchange, named.name.trim()),
    };
    exchange.is_some_and(|exchange| as_wanted(&exchange))
}
