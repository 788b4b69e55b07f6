//! Deliveries: messages rendered and sent as Experience Platform would, and the questions about what was stored.

use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;

use crate::encode::message::Message;
use crate::judge::earlier;
use crate::model::profile::Profile;
use crate::model::record::{Exchange, Purpose};
use crate::suite::parameter::{Flaw, Part};
use crate::suite::phrases::{Args, Stop};
use crate::suite::steps::stored::judged;
use crate::suite::steps::token;
use crate::suite::target::Target;
use crate::suite::twin;
use crate::suite::world::{Stored, World};
use crate::wire::{Credential, Request, Retry, Session};

/// Nothing is sent: the claims are what is judged.
pub async fn configuration_is_read(world: &mut World, _: &Args) -> Result<(), Stop> {
    world.target().map(|_| ())
}

/// The host of the endpoint: name resolution, TCP, TLS.
pub async fn endpoint_is_contacted(world: &mut World, _: &Args) -> Result<(), Stop> {
    let (target, session) = (world.target()?, world.session()?);
    let connection = session.connection(&target.endpoint).await?;
    world.scene()?.connection = Some(connection);
    Ok(())
}

/// Every message, one after another; then what was stored is asked for.
pub async fn delivered(world: &mut World, _: &Args) -> Result<(), Stop> {
    deliver(world).await?;
    observe(world).await
}

/// Every message twice.
pub async fn delivered_twice(world: &mut World, _: &Args) -> Result<(), Stop> {
    deliver(world).await?;
    deliver(world).await?;
    observe(world).await
}

/// Every message, then the same profiles as they leave their audiences.
pub async fn delivered_then_exit(world: &mut World, _: &Args) -> Result<(), Stop> {
    deliver(world).await?;
    leave(world).await?;
    observe(world).await
}

/// Every message, then the exits, then the same profiles as they come back.
pub async fn delivered_then_exit_and_return(world: &mut World, _: &Args) -> Result<(), Stop> {
    let stayed = world.scene()?.profiles.clone();
    deliver(world).await?;
    leave(world).await?;
    let scene = world.scene()?;
    scene.profiles = stayed;
    let profiles = scene.profiles.iter_mut();
    profiles.for_each(|profile| profile.qualify_at(RETURNED));
    deliver(world).await?;
    observe(world).await
}

/// After [`crate::suite::cast`]'s qualification: destinations may go by the time.
const LEFT: &str = "2026-01-16T10:30:00Z";
const RETURNED: &str = "2026-01-17T10:30:00Z";

async fn leave(world: &mut World) -> Result<(), Stop> {
    for profile in &mut world.scene()?.profiles {
        profile.leave_all();
        profile.qualify_at(LEFT);
    }
    deliver(world).await
}

/// Every message at once, each in a lane of its own.
pub async fn delivered_at_once(world: &mut World, _: &Args) -> Result<(), Stop> {
    let messages = render(world)?;
    let session = world.session()?;
    let sends = messages.iter().enumerate().map(|(i, message)| {
        let lane = session.lane(u32::try_from(i).unwrap_or(u32::MAX).saturating_add(1));
        async move {
            lane.send(request(message, Credential::Valid, Retry::Never))
                .await
                .map(|_| ())
        }
    });
    join_all(sends)
        .await
        .into_iter()
        .collect::<Result<Vec<()>, _>>()?;
    let sent = session.exchanges().len();
    let scene = world.scene()?;
    (scene.deliveries, scene.messages) = ((0..sent).collect(), messages);
    Ok(())
}

/// The good twin first, then the twin with exactly one flaw.
pub async fn with_twin(world: &mut World, args: &Args) -> Result<(), Stop> {
    let flaw = args.get::<Flaw>(0)?;
    if flaw == Flaw::ExpiredToken {
        token::delivered_and_outlived(world, args).await?;
    } else {
        deliver(world).await?;
    }
    let (target, session) = (world.target()?, world.session()?);
    let scene = world.scene()?;
    let token = scene.tokens.first().copied().unwrap_or_default();
    let flawed = twin::flawed(&target, &session, &scene.profiles, flaw, token)?;
    let index = session.send(flawed).await?;
    world.scene()?.twin = Some((flaw, index));
    Ok(())
}

/// Renders the scene's profiles and sends every message.
///
/// # Errors
/// When a template does not render, or a replay diverges.
pub async fn deliver(world: &mut World) -> Result<(), Stop> {
    let messages = render(world)?;
    let (session, case) = (world.session()?, world.scene()?.scheme_case);
    let credential = if case {
        Credential::SchemeCase
    } else {
        Credential::Valid
    };
    for message in messages {
        let index = session
            .send(request(&message, credential, Retry::AsPlatform))
            .await?;
        let scene = world.scene()?;
        scene.deliveries.push(index);
        scene.messages.push(message);
    }
    Ok(())
}

/// A message as a request.
pub fn request(message: &Message, credential: Credential, retry: Retry) -> Request {
    Request {
        purpose: Purpose::Delivery,
        method: message.method.as_str().to_owned(),
        url: message.url.clone(),
        headers: message.headers.clone(),
        body: Bytes::from(message.body.clone()),
        credential,
        retry,
        time_limit: None,
    }
}

/// Renders profiles, each in a message of its own where asked.
///
/// # Errors
/// When a template does not render: the surroundings, since the submission is at fault.
pub fn messages(target: &Target, profiles: &[Profile], alone: bool) -> Result<Vec<Message>, Stop> {
    let rendered = if alone {
        profiles
            .iter()
            .map(|p| target.renderer.messages(std::slice::from_ref(p)))
            .collect::<Result<Vec<_>, _>>()
    } else {
        target
            .renderer
            .messages(profiles)
            .map(|messages| vec![messages])
    };
    let messages = rendered.map_err(earlier::codes::message_not_rendered)?;
    Ok(messages.into_iter().flatten().collect())
}

fn render(world: &mut World) -> Result<Vec<Message>, Stop> {
    let target = world.target()?;
    let scene = world.scene()?;
    messages(&target, &scene.profiles, scene.alone)
}

/// Asks what was stored of every profile, for each part that the submission says how to ask for.
async fn observe(world: &mut World) -> Result<(), Stop> {
    let (target, session) = (world.target()?, world.session()?);
    if !all_accepted(world, &session)? {
        return Ok(());
    }
    let mut profiles = world.scene()?.profiles.clone();
    // Every profile of a full batch would be thousands of questions; the ends and the middle show as much.
    if profiles.len() > OBSERVED {
        let (middle, last) = (profiles.len() / 2, profiles.len() - 1);
        profiles = [0, middle, last].map(|i| profiles[i].clone()).to_vec();
    }
    let mut left = target.destination.observe.within;
    for profile in profiles {
        for stored in target.as_stored(&profile) {
            ask(world, &target, &session, &stored, &mut left).await?;
        }
    }
    Ok(())
}

const OBSERVED: usize = 10;

async fn ask(
    world: &mut World,
    target: &Target,
    session: &Session,
    profile: &Profile,
    left: &mut Duration,
) -> Result<(), Stop> {
    let questions = target.questions(profile);
    for (at, (_, url)) in questions.iter().enumerate() {
        let same = |(_, other): &&(Part, String)| other == url;
        if questions[..at].iter().any(|other| same(&other)) {
            continue;
        }
        let asked = questions.iter().filter(same);
        let parts: Vec<Part> = asked.map(|(part, _)| *part).collect();
        let agrees = |exchange: &Exchange| {
            parts
                .iter()
                .all(|part| judged(target, *part, profile, exchange).is_ok())
        };
        let exchange = settled(session, url, agrees, left).await?;
        let stored = parts.iter().map(|part| Stored {
            part: *part,
            profile: profile.clone(),
            exchange,
        });
        world.scene()?.stored.extend(stored);
    }
    Ok(())
}

/// Asks until the answer agrees or no time is left: what was accepted may be stored later. Only pauses count, so that a
/// replay asks as often.
async fn settled(
    session: &Session,
    url: &str,
    agrees: impl Fn(&Exchange) -> bool,
    left: &mut Duration,
) -> Result<usize, Stop> {
    let mut pause = Duration::from_millis(50);
    loop {
        let index = session.send(question(url)).await?;
        let settled = session.exchange(index).is_none_or(|e| agrees(&e));
        if settled || left.is_zero() {
            return Ok(index);
        }
        pause = (pause * 2).min(*left);
        *left -= pause;
        session.pause(pause).await;
    }
}

fn question(url: &str) -> Request {
    Request {
        purpose: Purpose::Observation,
        method: String::from("GET"),
        url: url.to_owned(),
        headers: vec![(String::from("Accept"), String::from("application/json"))],
        body: Bytes::new(),
        credential: Credential::Valid,
        retry: Retry::Never,
        time_limit: None,
    }
}

fn all_accepted(world: &mut World, session: &Session) -> Result<bool, Stop> {
    let exchanges = session.exchanges();
    let scene = world.scene()?;
    let accepted = |i: &usize| {
        exchanges
            .get(*i)
            .and_then(|e| e.answer())
            .is_some_and(|a| a.is_success())
    };
    Ok(scene.deliveries.iter().all(accepted))
}

/// The part of a phrase as the word in a note.
pub fn word(part: Part) -> &'static str {
    match part {
        Part::Membership => "membership",
        Part::Identities => "identities",
        Part::Attributes => "attributes",
    }
}
