//! The token endpoint.

use std::time::Duration;

use crate::judge::token;
use crate::model::finding::Finding;
use crate::model::outcome::Strength;
use crate::model::record::Exchange;
use crate::suite::parameter::ClientFlaw;
use crate::suite::phrases::{Args, Stop};
use crate::suite::steps::delivery::{messages, request};
use crate::suite::world::{Evidence, World};
use crate::suite::{broken, omission};
use crate::wire::{Credential, Retry, TokenAsk};

/// A token, as the submission configures it.
pub async fn requested(world: &mut World, _: &Args) -> Result<(), Stop> {
    let index = world.session()?.token(TokenAsk::Valid).await?;
    world.scene()?.tokens.push(index);
    Ok(())
}

/// The good twin of a client first, then the one with a flaw.
pub async fn requested_with_flaw(world: &mut World, args: &Args) -> Result<(), Stop> {
    let flaw = args.get::<ClientFlaw>(0)?;
    requested(world, args).await?;
    let ask = match flaw {
        ClientFlaw::WrongSecret => TokenAsk::WrongSecret,
        ClientFlaw::UnknownGrant => TokenAsk::UnsupportedGrant,
    };
    let index = world.session()?.token(ask).await?;
    world.scene()?.flawed_token = Some((flaw, index));
    Ok(())
}

/// Two tokens; another message with each, the older token last.
pub async fn two_delivered(world: &mut World, args: &Args) -> Result<(), Stop> {
    requested(world, args).await?;
    requested(world, args).await?;
    let (target, session) = (world.target()?, world.session()?);
    let scene = world.scene()?;
    let (tokens, rendered) = (
        scene.tokens.clone(),
        messages(&target, &scene.profiles, scene.alone)?,
    );
    for (token, message) in tokens.iter().rev().zip(&rendered) {
        let credential = Credential::TokenOf(*token);
        let index = session
            .send(request(message, credential, Retry::AsPlatform))
            .await?;
        world.scene()?.deliveries.push(index);
    }
    Ok(())
}

/// Every message with a new token, and a pause until the token's life is over.
pub async fn delivered_and_outlived(world: &mut World, args: &Args) -> Result<(), Stop> {
    requested(world, args).await?;
    let (target, session) = (world.target()?, world.session()?);
    let scene = world.scene()?;
    let rendered = messages(&target, &scene.profiles, scene.alone)?;
    let index = scene.tokens.first().copied().unwrap_or_default();
    let path = &target.token_paths().expires_in;
    let exchange = session.exchange(index);
    let life = exchange.and_then(|exchange| token::life(&exchange, path));
    let life = life.ok_or_else(|| Stop::Omit(omission::life_not_named()))?;
    let allowed = target.destination.limits.wait_for_expiry.as_secs();
    if life > allowed {
        return Err(Stop::Omit(omission::life_too_long(life, allowed)));
    }
    for message in &rendered {
        let sent = request(message, Credential::TokenOf(index), Retry::AsPlatform);
        let delivery = session.send(sent).await?;
        world.scene()?.deliveries.push(delivery);
    }
    // Both clocks may count whole seconds.
    session.pause(Duration::from_secs(life + 1)).await;
    Ok(())
}

/// The answer is 200 and holds a token at the configured place.
pub fn issued(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    each(evidence, |exchange, evidence| {
        token::issued(exchange, &evidence.target.token_paths().access_token)
    })
}

/// The answer is JSON and names its type.
pub fn typed(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    each(evidence, |exchange, _| token::typed(exchange))
}

/// The answer forbids caching.
pub fn uncached(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    each(evidence, |exchange, _| token::uncached(exchange))
}

/// The token lives so many hours.
pub fn long_lived(evidence: &Evidence<'_>, args: &Args) -> Result<Strength, Stop> {
    let hours = args.get::<u64>(0)?;
    let path = evidence.target.token_paths().expires_in.clone();
    each(evidence, |exchange, _| {
        token::long_lived(exchange, &path, hours * 3_600)
    })
}

/// The good client was issued a token, the one with a flaw refused with that code.
pub fn refused_as(evidence: &Evidence<'_>, args: &Args) -> Result<Strength, Stop> {
    let code = args.get::<String>(0)?;
    let path = &evidence.target.token_paths().access_token;
    each(evidence, |exchange, _| token::issued(exchange, path)).map_err(unproven)?;
    let flawed = evidence.scene.flawed_token;
    let (_, index) = flawed.ok_or_else(|| broken::nothing_to_judge("client with a flaw"))?;
    token::refused_as(evidence.exchange(index)?, &code)
        .map_err(|finding| finding.shown_by(index))?;
    Ok(Strength::Differential)
}

/// The validations of the configured token request hold.
pub fn validations_hold(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    each(evidence, |exchange, evidence| {
        evidence.target.validations_hold(exchange)
    })
}

/// Every configured response path leads to a value.
pub fn paths_exist(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    each(evidence, |exchange, evidence| {
        evidence.target.response_paths_exist(exchange)
    })
}

/// The token URL has at most one query parameter.
pub fn one_query_parameter(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    token::one_query_parameter(&evidence.target.token_url())?;
    Ok(Strength::StatusOnly)
}

fn each(
    evidence: &Evidence<'_>,
    judge: impl Fn(&Exchange, &Evidence<'_>) -> Result<(), Finding>,
) -> Result<Strength, Stop> {
    if evidence.scene.tokens.is_empty() {
        return Err(broken::nothing_to_judge("token request").into());
    }
    for index in &evidence.scene.tokens {
        let exchange = evidence.exchange(*index)?;
        token::not_throttled(exchange)
            .and_then(|()| judge(exchange, evidence))
            .map_err(|finding| finding.shown_by(*index))?;
    }
    Ok(Strength::StatusOnly)
}

fn unproven(stop: Stop) -> Stop {
    match stop {
        Stop::Finding(finding) => token::codes::good_client_refused().because(finding).into(),
        Stop::Omit(reason) => Stop::Omit(reason),
    }
}
