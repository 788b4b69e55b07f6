//! What the destination answered.

use crate::judge::{answer, connection, earlier};
use crate::model::finding::Finding;
use crate::model::outcome::Strength;
use crate::model::record::Exchange;
use crate::suite::evidence::Evidence;
use crate::suite::flaw;
use crate::suite::near_miss;
use crate::suite::parameter::Flaw;
use crate::suite::stop::{Args, Stop};
use crate::suite::{broken, omission};

/// Every message was answered with 2xx.
pub fn accepted(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    each(evidence, answer::accepted)
}

/// The configured method and content type are read.
pub fn method_and_type_accepted(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    each(evidence, answer::method_and_type_read)
}

/// No answer is a redirect.
pub fn no_redirect(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    each(evidence, answer::no_redirect)
}

/// Under load: accepted, or throttled with 429.
pub fn accepted_or_throttled(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    each(evidence, answer::accepted_or_throttled)
}

/// No answer, that to a flaw included, hides an error behind 2xx; where nothing is delivered, none about the audience.
pub fn no_hidden_error(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let scene = &evidence.scene;
    if let Some(audience) = scene
        .audience
        .as_ref()
        .filter(|_| scene.deliveries.is_empty())
    {
        let calls: Vec<_> = audience.calls.iter().map(|call| call.exchange).collect();
        each_of(evidence.exchanges_of(&calls)?, answer::answered_at_all)?;
        return each_of(evidence.exchanges_of(&calls)?, answer::no_hidden_error);
    }
    each(evidence, answer::answered_at_all)?;
    each_of(evidence.all_deliveries()?, answer::no_hidden_error)
}

/// No answer to the message with a flaw is a 5xx; the good message must have been accepted, or nothing is shown.
pub fn no_server_error(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    good_message_accepted(evidence)?;
    let (_, exchange) = evidence.flawed()?;
    answer::no_server_error(exchange).map_err(|finding| finding.shown_by(exchange.reference()))?;
    Ok(Strength::StatusOnly)
}

/// The good message was accepted, the one with a flaw refused for it.
pub fn refused(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    good_message_accepted(evidence)?;
    let statuses = (0..args.len())
        .map(|place| args.get::<u16>(place))
        .collect::<Result<Vec<_>, _>>()?;
    let (flaw, exchange) = evidence.flawed()?;
    let (subject, about_credentials) = (flaw::term(flaw), flaw::about_credentials(flaw));
    let judged = if flaw == Flaw::ExpiredToken {
        answer::expired_refused(exchange, &statuses, subject)
    } else {
        answer::refused(exchange, &statuses, subject, about_credentials)
    };
    judged.map_err(|finding| finding.shown_by(exchange.reference()))?;
    Ok(Strength::Differential)
}

/// The good message was accepted, and none whose credentials are nearly right.
pub fn near_misses_refused(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    good_message_accepted(evidence)?;
    for (miss, which) in &evidence.scene.near_misses {
        let flaw = near_miss::term(*miss);
        answer::refused(evidence.exchange(*which)?, &[], flaw, true)
            .map_err(|finding| finding.shown_by(*which))?;
    }
    Ok(Strength::Differential)
}

/// An answer of 405 has `Allow`.
pub fn allow_named(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    good_message_accepted(evidence)?;
    let (_, exchange) = evidence.flawed()?;
    let taken = evidence
        .deliveries()?
        .into_iter()
        .find_map(Exchange::request);
    let taken = taken.ok_or_else(|| broken::nothing_to_judge("delivery"))?;
    answer::allow_named(exchange, &taken.method)
        .map_err(|finding| finding.shown_by(exchange.reference()))?;
    Ok(Strength::StatusOnly)
}

/// An answer of 429 or 503 has `Retry-After`.
pub fn retry_after(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let throttled = |e: &Exchange| e.answer().is_some_and(|a| matches!(a.status, 429 | 503));
    if !evidence.exchanges().any(throttled) {
        return Err(Stop::Omit(omission::no_throttling_seen()));
    }
    each(evidence, answer::retry_after)
}

/// So many percent of the answers came within so many seconds.
pub fn in_time(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let (percent, seconds) = (args.get::<usize>(0)?, args.get::<u64>(1)?);
    each(evidence, answer::accepted).map_err(unproven)?;
    let mut times: Vec<u64> = evidence
        .deliveries()?
        .iter()
        .map(|e| e.duration_us)
        .collect();
    answer::in_time(&mut times, percent, seconds)?;
    Ok(Strength::StatusOnly)
}

/// The connection is encrypted. It shows nothing of what the endpoint understands, hence the weakest strength.
pub fn encrypted(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let seen = evidence.scene.connection.as_ref();
    connection::encrypted(seen.ok_or_else(|| broken::nothing_to_judge("connection"))?)?;
    Ok(Strength::StatusOnly)
}

/// The good message was accepted; else a refusal shows nothing.
///
/// # Errors
/// A finding against the surroundings: the requirement stays unproven.
pub fn good_message_accepted(evidence: &Evidence) -> Result<(), Stop> {
    each(evidence, answer::accepted)
        .map(|_| ())
        .map_err(unproven)
}

/// A failure on the way to what is judged leaves the requirement unproven.
fn unproven(stop: Stop) -> Stop {
    match stop {
        Stop::Finding(finding) => earlier::codes::message_not_accepted()
            .because(finding)
            .into(),
        Stop::Omit(reason) => Stop::Omit(reason),
    }
}

fn each(
    evidence: &Evidence,
    judge: fn(&Exchange) -> Result<(), Finding>,
) -> Result<Strength, Stop> {
    each_of(evidence.deliveries()?, judge)
}

fn each_of(
    exchanges: Vec<&Exchange>,
    judge: fn(&Exchange) -> Result<(), Finding>,
) -> Result<Strength, Stop> {
    for exchange in exchanges {
        judge(exchange).map_err(|finding| finding.shown_by(exchange.reference()))?;
    }
    Ok(Strength::StatusOnly)
}
