//! Credentials and challenges.

use crate::judge::{answer, challenge, configuration};
use crate::model::outcome::Strength;
use crate::suite::parameter::Challenge;
use crate::suite::phrases::{Args, Stop};
use crate::suite::steps::answer::good_twin_accepted;
use crate::suite::world::{Evidence, World};

/// The scheme's name in another letter case.
pub async fn scheme_in_another_case(world: &mut World, _: &Args) -> Result<(), Stop> {
    world.scene()?.scheme_case = true;
    Ok(())
}

/// Basic (from edition e2 on), bearer or OAuth 2.0 is configured. Only a claim, hence the weakest strength.
pub fn offered(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    let target = evidence.target;
    configuration::authentication_offered(
        &target.claims.authentications,
        target.edition,
        &target.authentication_words(),
    )?;
    Ok(Strength::StatusOnly)
}

/// An answer of 401 to the twin carries a challenge.
pub fn challenged(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    good_twin_accepted(evidence)?;
    let (_, index, exchange) = evidence.twin()?;
    challenge::present(answer::answered(exchange)?).map_err(|finding| finding.shown_by(index))?;
    Ok(Strength::StatusOnly)
}

/// The twin is answered with 401 and that challenge.
pub fn challenged_with(evidence: &Evidence<'_>, args: &Args) -> Result<Strength, Stop> {
    good_twin_accepted(evidence)?;
    let (_, index, exchange) = evidence.twin()?;
    let answer = answer::answered(exchange)?;
    let judged = match args.get::<Challenge>(0)? {
        Challenge::BasicRealm => challenge::basic_realm(answer),
        Challenge::InvalidToken => challenge::invalid_token(answer),
    };
    judged.map_err(|finding| finding.shown_by(index))?;
    Ok(Strength::Differential)
}

/// No answer holds what redaction replaced, nor the wrong credential that was sent.
pub fn not_repeated(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    let (_, twin, flawed) = evidence.twin()?;
    let sent = flawed
        .request
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let wrong = sent
        .and_then(|(_, value)| value.rsplit(' ').next())
        .unwrap_or_default();
    for (index, exchange) in evidence.with_twin()? {
        let wrong = if index == twin { wrong } else { "" };
        answer::not_repeated(exchange, wrong).map_err(|finding| finding.shown_by(index))?;
    }
    Ok(Strength::StatusOnly)
}

/// The token went in `Authorization: Bearer` and nowhere else.
pub fn in_header(evidence: &Evidence<'_>, _: &Args) -> Result<Strength, Stop> {
    for (index, exchange) in evidence.deliveries()? {
        answer::bearer_in_header(exchange).map_err(|finding| finding.shown_by(index))?;
    }
    Ok(Strength::StatusOnly)
}
