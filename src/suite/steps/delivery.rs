//! Deliveries: messages rendered and sent as Experience Platform would, and the questions about what was stored.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;

use crate::encode::message::Message;
use crate::judge::stored;
use crate::model::profile::Profile;
use crate::model::record::{Answer, Exchange, ExchangeRef, Purpose};
use crate::suite::delivery::{messages, request};
use crate::suite::evidence::Stored;
use crate::suite::flaw;
use crate::suite::parameter::{Flaw, Part};
use crate::suite::stop::{Args, Stop};
use crate::suite::steps::token;
use crate::suite::subject::Subject;
use crate::suite::world::World;
use crate::wire::{Credential, Request, Retry, Session};

/// Nothing is sent: the claims are what is judged.
pub async fn configuration_is_read(world: &mut World, _: &Args) -> Result<(), Stop> {
    world.subject().map(|_| ())
}

/// The host of the endpoint: name resolution, TCP, TLS.
pub async fn endpoint_is_contacted(world: &mut World, _: &Args) -> Result<(), Stop> {
    let (subject, session) = (world.subject()?, world.session()?);
    let connection = session.connection(&subject.endpoint).await?;
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
    let messages = render(world).await?;
    let session = world.session()?;
    let sends = (1..).zip(&messages).map(|(lane, message)| {
        let lane = session.lane(lane);
        async move { lane.send(request(message, Credential::Valid, Retry::Never)).await }
    });
    let sent: Result<Vec<ExchangeRef>, _> = join_all(sends).await.into_iter().collect();
    let scene = world.scene()?;
    (scene.deliveries, scene.messages) = (sent?, messages);
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
    let (subject, session) = (world.subject()?, world.session()?);
    let scene = world.scene()?;
    let (profiles, token) = (scene.profiles.clone(), scene.tokens.first().copied());
    let flawed = flaw::flawed(&subject, &session, &profiles, flaw, token).await?;
    let sent = session.send(flawed).await?;
    world.scene()?.flawed = Some((flaw, sent));
    Ok(())
}

/// Renders the scene's profiles and sends every message.
///
/// # Errors
/// When a template does not render, or a replay diverges.
pub async fn deliver(world: &mut World) -> Result<(), Stop> {
    let messages = render(world).await?;
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

async fn render(world: &mut World) -> Result<Vec<Arc<Message>>, Stop> {
    let subject = world.subject()?;
    let scene = world.scene()?;
    messages(&subject, &scene.profiles, scene.alone).await
}

/// Asks what was stored of every profile, for each part that the submission says how to ask for.
async fn observe(world: &mut World) -> Result<(), Stop> {
    let (subject, session) = (world.subject()?, world.session()?);
    if !all_accepted(world, &session)? {
        return Ok(());
    }
    let mut profiles = world.scene()?.profiles.clone();
    // Every profile of a full batch would be thousands of questions; the ends and the middle show as much.
    if profiles.len() > OBSERVED {
        let (middle, last) = (profiles.len() / 2, profiles.len() - 1);
        profiles = [0, middle, last].map(|i| profiles[i].clone()).to_vec();
    }
    let mut left = subject.destination.observe.within;
    for profile in profiles {
        for stored in subject.as_stored(&profile) {
            ask(world, &subject, &session, &stored, &mut left).await?;
        }
    }
    Ok(())
}

const OBSERVED: usize = 10;

async fn ask(
    world: &mut World,
    subject: &Subject,
    session: &Session,
    profile: &Profile,
    left: &mut Duration,
) -> Result<(), Stop> {
    let questions = subject.questions(profile);
    for (at, (_, url)) in questions.iter().enumerate() {
        let same = |(_, other): &&(Part, String)| other == url;
        if questions[..at].iter().any(|other| same(&other)) {
            continue;
        }
        let asked = questions.iter().filter(same);
        let parts: Vec<Part> = asked.map(|(part, _)| *part).collect();
        let agrees = |exchange: &Exchange| {
            let alias = |namespace: &str, id: &str| subject.alias(namespace, id);
            parts.iter().all(|part| {
                let observation = subject.observation(*part);
                observation.is_none_or(|observation| {
                    stored::as_sent(exchange, (*part, observation), profile, alias).is_ok()
                })
            })
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
) -> Result<ExchangeRef, Stop> {
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
    let scene = world.scene()?;
    let accepted = |which: &ExchangeRef| {
        let exchange = session.exchange(*which);
        exchange.is_some_and(|e| e.answer().is_some_and(Answer::is_success))
    };
    Ok(scene.deliveries.iter().all(accepted))
}
