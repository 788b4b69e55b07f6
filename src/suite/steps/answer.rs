//! What the destination answered.

use crate::judge::{answer, connection, earlier};
use crate::model::finding::Finding;
use crate::model::outcome::Strength;
use crate::model::record::Exchange;
use crate::suite::phrases::{Args, Stop};
use crate::suite::twin;
use crate::suite::world::Evidence;
use crate::suite::{broken, flaw, omission};

/// Every message was answered with 2xx.
pub fn accepted(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    each(evidence, answer::accepted)
}

/// The configured method and content type are read.
pub fn method_and_type_accepted(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    each(evidence, answer::method_and_type_read)
}

/// No answer is a redirect.
pub fn no_redirect(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    each(evidence, answer::no_redirect)
}

/// Under load: accepted, or throttled with 429.
pub fn accepted_or_throttled(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    each(evidence, answer::accepted_or_throttled)
}

/// No answer, the twin's included, hides an error behind 2xx.
pub fn no_hidden_error(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    each(evidence, answer::answered_at_all)?;
    each_of(evidence.with_twin()?, answer::no_hidden_error)
}

/// No answer to the twin is a 5xx; the good twin must have been accepted, or nothing is shown.
pub fn no_server_error(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    good_twin_accepted(evidence)?;
    let (_, index, exchange) = evidence.twin()?;
    answer::no_server_error(exchange).map_err(|finding| finding.shown_by(index))?;
    Ok(Strength::StatusOnly)
}

/// The good twin was accepted, the twin with one flaw refused for it.
pub fn refused(evidence: &Evidence<'_>, args: &Args) -> Result<Strength, Stop> {
    good_twin_accepted(evidence)?;
    let statuses = (0..args.len())
        .map(|place| args.get::<u16>(place))
        .collect::<Result<Vec<_>, _>>()?;
    let (kind, index, exchange) = evidence.twin()?;
    answer::refused(
        exchange,
        &statuses,
        flaw::term(kind),
        twin::about_credentials(kind),
    )
    .map_err(|finding| finding.shown_by(index))?;
    Ok(Strength::Differential)
}

/// An answer of 405 has `Allow`.
pub fn allow_named(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    good_twin_accepted(evidence)?;
    let (_, index, exchange) = evidence.twin()?;
    answer::allow_named(exchange).map_err(|finding| finding.shown_by(index))?;
    Ok(Strength::StatusOnly)
}

/// An answer of 429 or 503 has `Retry-After`.
pub fn retry_after(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    let throttled = |e: &Exchange| e.answer().is_some_and(|a| matches!(a.status, 429 | 503));
    if !evidence.exchanges.iter().any(throttled) {
        return Err(Stop::Omit(omission::no_throttling_seen()));
    }
    each(evidence, answer::retry_after)
}

/// So many percent of the answers came within so many seconds.
pub fn in_time(evidence: &Evidence<'_>, args: &Args) -> Result<Strength, Stop> {
    let (percent, seconds) = (args.get::<usize>(0)?, args.get::<u64>(1)?);
    each(evidence, answer::accepted).map_err(unproven)?;
    let mut times: Vec<u64> = evidence
        .deliveries()?
        .iter()
        .map(|(_, e)| e.duration_us)
        .collect();
    answer::in_time(&mut times, percent, seconds)?;
    Ok(Strength::StatusOnly)
}

/// The connection is encrypted. It shows nothing of what the endpoint understands, hence the weakest strength.
pub fn encrypted(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    let seen = evidence.scene.connection.as_ref();
    connection::encrypted(seen.ok_or_else(|| broken::nothing_to_judge("connection"))?)?;
    Ok(Strength::StatusOnly)
}

/// The good twin was accepted; else the twin's refusal shows nothing.
///
/// # Errors
/// A finding against the surroundings: the requirement stays unproven.
pub fn good_twin_accepted(evidence: &Evidence<'_>) -> Result<(), Stop> {
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
    evidence: &Evidence<'_>,
    judge: fn(&Exchange) -> Result<(), Finding>,
) -> Result<Strength, Stop> {
    each_of(evidence.deliveries()?, judge)
}

fn each_of(
    exchanges: Vec<(usize, &Exchange)>,
    judge: fn(&Exchange) -> Result<(), Finding>,
) -> Result<Strength, Stop> {
    for (index, exchange) in exchanges {
        judge(exchange).map_err(|finding| finding.shown_by(index))?;
    }
    Ok(Strength::StatusOnly)
}
