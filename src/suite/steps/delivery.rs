//! Deliveries: messages sent as Experience Platform would send them. What was accepted is asked for right afterwards.

use futures::future::join_all;

use crate::model::profile::Profile;
use crate::model::record::ExchangeRef;
use crate::suite::broken;
use crate::suite::delivery::{messages, request};
use crate::suite::evidence::{Scene, Stored};
use crate::suite::flaw;
use crate::suite::history;
use crate::suite::observe::{observe, observe_everyone};
use crate::suite::parameter::{Change, Flaw};
use crate::suite::stop::{Args, Stop};
use crate::suite::world::World;
use crate::wire::{Credential, Retry};

/// Nothing is sent: the claims are what is judged.
pub async fn configuration_is_read(world: &mut World, _: &Args) -> Result<(), Stop> {
    world.session().map(|_| ())
}

/// The host of the endpoint: name resolution, TCP, TLS.
pub async fn endpoint_is_contacted(world: &mut World, _: &Args) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let connection = session.connection(&subject.endpoint).await?;
    world.scene()?.connection = Some(connection);
    Ok(())
}

/// Every message, one after another; then what was stored is asked for.
pub async fn delivered(world: &mut World, _: &Args) -> Result<(), Stop> {
    let valid = valid(world)?;
    deliver(world, valid).await?;
    if is_about_one(&world.scene()?.profiles) {
        pause_within(world).await?;
    }
    observe(world).await
}

/// Whether several messages are about one person: what an earlier one said may still come, after an answer that agrees
/// with the last.
fn is_about_one(profiles: &[Profile]) -> bool {
    let mut next = profiles.iter().zip(profiles.iter().skip(1));
    next.any(|(one, next)| one.shares_identity(next))
}

/// All the time that the submission gives a message.
async fn pause_within(world: &mut World) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    session.pause(subject.destination.observe.within).await;
    Ok(())
}

/// The same messages once more. That they were taken does not show in what is stored, so they get all the time that the
/// submission gives a message: what follows must not overtake them.
pub async fn delivered_again(world: &mut World, _: &Args) -> Result<(), Stop> {
    let valid = valid(world)?;
    deliver(world, valid).await?;
    pause_within(world).await?;
    observe(world).await
}

/// The profile changes, and its message is delivered.
pub async fn changed(world: &mut World, args: &Args) -> Result<(), Stop> {
    let change = args.get::<Change>(0)?;
    let (subject, session) = (world.streaming()?, world.session()?);
    let rng = &mut session.rng("change");
    let profiles = &mut world.scene()?.profiles;
    let is_first_alone = change == Change::FirstLeavesChanged;
    if is_first_alone {
        profiles.truncate(1);
    }
    history::change(&subject, profiles, change, rng)?;
    if change == Change::LeavesByOneIdentity {
        forget_unnamed(world.scene()?);
    }
    delivered(world, args).await?;
    if is_first_alone {
        forget_first(world.scene()?);
    }
    Ok(())
}

/// Of identities that a message does not name any more nothing is asked: who keeps a row for each may keep theirs.
fn forget_unnamed(scene: &mut Scene) {
    for known in &mut scene.expected {
        let mut named = scene.profiles.iter();
        if let Some(named) = named.find(|profile| profile.shares_identity(known)) {
            known.identity_map.clone_from(&named.identity_map);
        }
    }
}

/// Leaves of what was asked what is told of others: the one who changed is judged by scenarios of one.
fn forget_first(scene: &mut Scene) {
    let Scene {
        profiles,
        rounds,
        others,
        ..
    } = scene;
    let is_other = |asked: &Stored| {
        let mut changed = profiles.iter();
        !changed.any(|profile| profile.shares_identity(&asked.person.profile))
    };
    if let Some(round) = rounds.last_mut() {
        round.retain(is_other);
    }
    others.clear();
}

/// Every message at once, each in a lane of its own.
pub async fn delivered_at_once(world: &mut World, _: &Args) -> Result<(), Stop> {
    world.may_deliver()?;
    let (subject, session) = (world.streaming()?, world.session()?);
    let scene = world.scene()?;
    let messages = messages(&subject, &scene.profiles, scene.alone).await?;
    let sends = (1..).zip(&messages).map(|(lane, message)| {
        let lane = session.lane(lane);
        async move {
            lane.send(request(message, Credential::Valid, Retry::Never))
                .await
        }
    });
    let sent: Result<Vec<ExchangeRef>, _> = join_all(sends).await.into_iter().collect();
    world.scene()?.deliveries = sent?;
    observe_everyone(world).await
}

/// The exit of the profile, with one flaw: were it applied, it would show.
pub async fn exit_with_flaw(world: &mut World, args: &Args) -> Result<(), Stop> {
    let flaw = args.get::<Flaw>(0)?;
    let exits = exits(world)?;
    flawed(world, &exits, flaw).await
}

fn exits(world: &mut World) -> Result<Vec<Profile>, Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let rng = &mut session.rng("exit");
    Ok(history::exits(&subject, &world.scene()?.profiles, rng))
}

/// The message once more, with one flaw.
pub async fn same_with_flaw(world: &mut World, args: &Args) -> Result<(), Stop> {
    let flaw = args.get::<Flaw>(0)?;
    let profiles = world.scene()?.profiles.clone();
    flawed(world, &profiles, flaw).await
}

/// The exit of the profile with each credential that differs from the right one in one thing, as many as the submission
/// allows.
pub async fn exit_with_near_misses(world: &mut World, _: &Args) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let misses = subject.near_misses().map_err(Stop::Omit)?;
    let exits = exits(world)?;
    let message = messages(&subject, &exits, false).await?.into_iter().next();
    let message = message.ok_or_else(|| broken::nothing_to_judge("message about an exit"))?;
    for miss in misses {
        let near = request(&message, Credential::Near(miss), Retry::WhenThrottled);
        let sent = session.send(near).await?;
        world.scene()?.near_misses.push((miss, sent));
    }
    observe(world).await
}

/// A message with each token, the older token last.
pub async fn delivered_with_each_token(world: &mut World, _: &Args) -> Result<(), Stop> {
    world.may_deliver()?;
    let (subject, session) = (world.streaming()?, world.session()?);
    let scene = world.scene()?.clone();
    let messages = messages(&subject, &scene.profiles, scene.alone).await?;
    for (token, message) in scene.tokens.iter().rev().zip(&messages) {
        let message = request(message, Credential::TokenOf(*token), Retry::AsPlatform);
        let sent = session.send(message).await?;
        world.scene()?.deliveries.push(sent);
    }
    observe(world).await
}

/// A message with the token that was refreshed last, where one was.
pub async fn delivered_with_refreshed_token(world: &mut World, _: &Args) -> Result<(), Stop> {
    world.may_deliver()?;
    let (subject, session) = (world.streaming()?, world.session()?);
    let scene = world.scene()?.clone();
    let Some(token) = scene.refreshes.last().copied() else {
        return Ok(());
    };
    let messages = messages(&subject, &scene.profiles, scene.alone).await?;
    for message in &messages {
        let message = request(message, Credential::TokenOf(token), Retry::AsPlatform);
        let sent = session.send(message).await?;
        world.scene()?.deliveries.push(sent);
    }
    observe(world).await
}

async fn flawed(world: &mut World, profiles: &[Profile], flaw: Flaw) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let token = world.scene()?.tokens.first().copied();
    let flawed = flaw::flawed(&subject, &session, profiles, flaw, token).await?;
    let sent = session.send(flawed).await?;
    world.scene()?.flawed = Some((flaw, sent));
    observe(world).await
}

fn valid(world: &mut World) -> Result<Credential, Stop> {
    Ok(if world.scene()?.scheme_case {
        Credential::SchemeCase
    } else {
        Credential::Valid
    })
}

async fn deliver(world: &mut World, credential: Credential) -> Result<(), Stop> {
    world.may_deliver()?;
    let (subject, session) = (world.streaming()?, world.session()?);
    let scene = world.scene()?;
    let messages = messages(&subject, &scene.profiles, scene.alone).await?;
    for message in messages {
        let message = request(&message, credential, Retry::AsPlatform);
        let sent = session.send(message).await?;
        world.scene()?.deliveries.push(sent);
    }
    Ok(())
}
