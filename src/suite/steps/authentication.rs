//! Credentials and challenges.

use crate::judge::{answer, challenge, configuration};
use crate::model::outcome::Strength;
use crate::suite::evidence::Evidence;
use crate::suite::parameter::Challenge;
use crate::suite::steps::answer::good_message_accepted;
use crate::suite::stop::{Args, Stop};
use crate::suite::world::World;

/// The scheme's name in another letter case.
pub async fn scheme_in_another_case(world: &mut World, _: &Args) -> Result<(), Stop> {
    world.scene()?.scheme_case = true;
    Ok(())
}

/// Basic (from edition e2 on), bearer or OAuth 2.0 is configured. Only a claim, hence the weakest strength.
pub fn offered(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let subject = evidence.streaming()?;
    let (claims, words) = (
        &subject.claims.authentications,
        subject.authentication_words(),
    );
    configuration::authentication_offered(claims, subject.edition, &words)?;
    Ok(Strength::StatusOnly)
}

/// An answer of 401 to the message with a flaw carries a challenge.
pub fn challenged(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    good_message_accepted(evidence)?;
    let (_, exchange) = evidence.flawed()?;
    challenge::present(answer::answered(exchange)?)
        .map_err(|finding| finding.shown_by(exchange.reference()))?;
    Ok(Strength::StatusOnly)
}

/// The message with a flaw is answered with 401 and that challenge.
pub fn challenged_with(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    good_message_accepted(evidence)?;
    let (_, exchange) = evidence.flawed()?;
    let answer = answer::answered(exchange)?;
    let judged = match args.get::<Challenge>(0)? {
        Challenge::BasicRealm => challenge::basic_realm(answer),
        Challenge::InvalidToken => challenge::invalid_token(answer),
    };
    judged.map_err(|finding| finding.shown_by(exchange.reference()))?;
    Ok(Strength::Differential)
}

/// No answer holds what redaction replaced, nor the wrong credential that was sent.
pub fn not_repeated(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let (_, flawed) = evidence.flawed()?;
    let sent = answer::authorization(flawed).and_then(|value| value.rsplit(' ').next());
    for exchange in evidence.all_deliveries()? {
        let is_flawed = exchange.reference() == flawed.reference();
        let wrong = sent.filter(|_| is_flawed).unwrap_or_default();
        answer::not_repeated(exchange, wrong)
            .map_err(|finding| finding.shown_by(exchange.reference()))?;
    }
    Ok(Strength::StatusOnly)
}
