//! The token endpoint.

use std::time::Duration;

use crate::encode::oauth2::TokenClient;
use crate::judge::token;
use crate::model::finding::Finding;
use crate::model::outcome::Strength;
use crate::model::record::{Exchange, ExchangeRef, TokenGrant};
use crate::suite::evidence::Evidence;
use crate::suite::parameter::ClientFlaw;
use crate::suite::steps::audience_state;
use crate::suite::stop::{Args, Stop};
use crate::suite::world::World;
use crate::suite::{broken, near_miss, omission};
use crate::wire::TokenAsk;

/// A token, as the submission configures it.
pub async fn requested(world: &mut World, _: &Args) -> Result<(), Stop> {
    let index = world.session()?.token(TokenAsk::Valid).await?;
    world.scene()?.tokens.push(index);
    Ok(())
}

/// The same request with one flaw.
pub async fn requested_with_flaw(world: &mut World, args: &Args) -> Result<(), Stop> {
    let flaw = args.get::<ClientFlaw>(0)?;
    let ask = match flaw {
        ClientFlaw::WrongSecret => TokenAsk::WrongSecret,
        ClientFlaw::UnknownGrant => TokenAsk::UnsupportedGrant,
        ClientFlaw::UnknownScope => TokenAsk::UnknownScope,
        ClientFlaw::WrongPassword => TokenAsk::WrongPassword,
        ClientFlaw::WrongRefreshToken => TokenAsk::WrongRefreshToken,
        ClientFlaw::WrongCode => TokenAsk::WrongCode,
    };
    let asked = world.session()?.token(ask).await?;
    world.scene()?.flawed_token = Some((flaw, asked));
    Ok(())
}

/// Another token by the refresh token that was given last; nothing is asked where none was.
pub async fn refreshed(world: &mut World, _: &Args) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let client = subject.token_client()?;
    let scene = world.scene()?;
    let gives = |which: &&ExchangeRef| {
        let exchange = session.exchange(**which);
        client.grant == TokenGrant::RefreshToken
            || exchange.is_some_and(|exchange| token::gives_refresh(&exchange, client))
    };
    let mut given = scene.tokens.iter().chain(&scene.refreshes).rev();
    if let Some(given) = given.find(gives).copied() {
        let asked = session.token(TokenAsk::Refresh(given)).await?;
        world.scene()?.refreshes.push(asked);
    }
    Ok(())
}

/// The same request with each client secret that differs from the right one in one thing, as many as the submission allows.
pub async fn requested_with_near_misses(world: &mut World, _: &Args) -> Result<(), Stop> {
    let misses = world
        .streaming()?
        .client_near_misses()
        .map_err(Stop::Omit)?;
    for miss in misses {
        let asked = world.session()?.token(TokenAsk::Near(miss)).await?;
        world.scene()?.near_miss_tokens.push((miss, asked));
    }
    Ok(())
}

/// A pause until the life of the first token is over, on clocks that may differ, too.
pub async fn expires(world: &mut World, _: &Args) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let taken = world.scene()?.tokens.first().copied();
    let exchange = taken.and_then(|taken| session.exchange(taken));
    let client = subject.token_client()?;
    let life = exchange.and_then(|exchange| token::named_life(&exchange, client));
    let life = life.ok_or_else(|| Stop::Omit(omission::life_not_named()))?;
    let limits = &subject.destination.limits;
    let wait = Duration::from_secs(life).saturating_add(limits.clock_leeway);
    if wait > limits.wait_for_expiry {
        return Err(Stop::Omit(match limits.clock_leeway.is_zero() {
            true => omission::life_too_long(life, limits.wait_for_expiry.as_secs()),
            false => omission::life_and_leeway_too_long(
                life,
                limits.clock_leeway.as_secs_f64(),
                limits.wait_for_expiry.as_secs(),
            ),
        }));
    }
    // Both clocks may count whole seconds.
    session.pause(wait + Duration::from_secs(1)).await;
    Ok(())
}

/// The answer is 200 and holds a token at the configured place.
pub fn issued(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    each(evidence, token::issued)
}

/// The answer is JSON and names its type.
pub fn typed(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    each(evidence, token::typed)
}

/// The answer forbids caching.
pub fn uncached(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    each(evidence, |exchange, _| token::uncached(exchange))
}

/// The token lives so many hours.
pub fn long_lived(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let hours = args.get::<u64>(0)?;
    each(evidence, |exchange, client| {
        token::long_lived(exchange, client, hours * 3_600)
    })
}

/// The good client was issued a token, the one with a flaw refused with that code.
pub fn refused_as(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let code = args.get::<String>(0)?;
    each(evidence, token::issued).map_err(unproven)?;
    let flawed = evidence.scene.flawed_token;
    let (flaw, index) = flawed.ok_or_else(|| broken::nothing_to_judge("client with a flaw"))?;
    let exchange = evidence.exchange(index)?;
    let client = evidence.streaming()?.token_client()?;
    let judged = match flaw {
        ClientFlaw::UnknownScope => token::scope_refused(exchange, client, &code),
        ClientFlaw::WrongSecret
        | ClientFlaw::UnknownGrant
        | ClientFlaw::WrongPassword
        | ClientFlaw::WrongRefreshToken
        | ClientFlaw::WrongCode => token::refused_as(exchange, &code),
    };
    judged.map_err(|finding| finding.shown_by(index))?;
    Ok(Strength::Differential)
}

/// The good client was issued a token, and another for each refresh token that it was given.
pub fn refreshes_issued(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    each(evidence, token::issued).map_err(unproven)?;
    if evidence.scene.refreshes.is_empty() {
        return each(evidence, token::refreshable);
    }
    let client = evidence.streaming()?.token_client()?;
    for which in &evidence.scene.refreshes {
        let exchange = evidence.exchange(*which)?;
        token::not_throttled(exchange)
            .and_then(|()| token::refreshed(exchange, client))
            .map_err(|finding| finding.shown_by(*which))?;
    }
    Ok(Strength::StatusOnly)
}

/// The good client was issued a token, and none whose secret is nearly right.
pub fn near_misses_refused(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    each(evidence, token::issued).map_err(unproven)?;
    let client = evidence.streaming()?.token_client()?;
    for (miss, which) in &evidence.scene.near_miss_tokens {
        token::refused(evidence.exchange(*which)?, client, near_miss::term(*miss))
            .map_err(|finding| finding.shown_by(*which))?;
    }
    Ok(Strength::Differential)
}

/// The validations of the configured token request hold; where none was made, those of the audience template.
pub fn validations_hold(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    if evidence.scene.tokens.is_empty() {
        return audience_state::customer_data_fits(evidence);
    }
    each(evidence, token::validations_hold)
}

/// Every configured response path leads to a value.
pub fn paths_exist(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    each(evidence, token::places_exist)
}

/// The token URL has at most one query parameter.
pub fn one_query_parameter(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    token::one_query_parameter(&evidence.streaming()?.token_client()?.url)?;
    Ok(Strength::StatusOnly)
}

fn each(
    evidence: &Evidence,
    judge: impl Fn(&Exchange, &TokenClient) -> Result<(), Finding>,
) -> Result<Strength, Stop> {
    let client = evidence.streaming()?.token_client()?;
    if evidence.scene.tokens.is_empty() {
        return Err(broken::nothing_to_judge("token request").into());
    }
    for index in &evidence.scene.tokens {
        let exchange = evidence.exchange(*index)?;
        token::not_throttled(exchange)
            .and_then(|()| judge(exchange, client))
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
