//! The authorization endpoint, as far as it shows before a person has logged in.

use bytes::Bytes;

use crate::encode::message::synthetic;
use crate::judge::authorization;
use crate::model::outcome::Strength;
use crate::model::record::{Exchange, ExchangeRef, Purpose};
use crate::model::sdk::REDIRECT_URIS;
use crate::suite::broken;
use crate::suite::evidence::Evidence;
use crate::suite::parameter::RedirectUri;
use crate::suite::stop::{Args, Stop};
use crate::suite::world::World;
use crate::wire::{Account, Credential, Request, Retry};

/// Places of nobody: one like no other, and those that begin or end like one of Experience Platform, have it for a user's
/// name, or have another scheme. Nothing is sent to any of them.
const STRANGERS: [&str; 6] = [
    "https://stranger.example/callback",
    "https://platform.adobe.io.stranger.example/data/core/activation/oauth/api/v1/callback",
    "https://platform.adobe.io@stranger.example/data/core/activation/oauth/api/v1/callback",
    "https://stranger-platform.adobe.io/data/core/activation/oauth/api/v1/callback",
    "http://platform.adobe.io/data/core/activation/oauth/api/v1/callback",
    "https://platform.adobe.io/data/core/activation/oauth/api/v1/callback/stranger",
];

/// The authorization request for each of them, as a browser would begin.
pub async fn opened(world: &mut World, args: &Args) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let kind = args.get::<RedirectUri>(0)?;
    let uris: &[&str] = match kind {
        RedirectUri::OfPlatform => &REDIRECT_URIS,
        RedirectUri::OfStrangers => &STRANGERS,
    };
    for uri in uris {
        let mut rng = session.rng(&format!("state {uri}"));
        let url = subject.authorization_request(uri, &synthetic::letters(&mut rng, 16))?;
        let sent = session.send(page(url)).await?;
        let asked = (kind, (*uri).to_owned(), sent);
        world.scene()?.authorizations.push(asked);
    }
    Ok(())
}

fn page(url: String) -> Request {
    Request {
        purpose: Purpose::Authorization,
        method: String::from("GET"),
        url,
        headers: vec![(String::from("Accept"), String::from("text/html"))],
        body: Bytes::new(),
        account: Account::Own,
        credential: Credential::None,
        retry: Retry::Never,
        time_limit: None,
    }
}

/// Every one is taken; the more it shows where another is refused.
pub fn taken(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let known = asked(evidence, args.get::<RedirectUri>(0)?)?;
    let siblings = exchanges(evidence, &known)?;
    let others = asked(evidence, RedirectUri::OfStrangers)?;
    let strangers = exchanges(evidence, &others)?;
    for ((uri, which), exchange) in known.iter().zip(&siblings) {
        authorization::taken(exchange, uri)
            .and_then(|()| authorization::registered((uri, exchange), &siblings, &strangers))
            .map_err(|finding| finding.shown_by(*which))?;
    }
    let mut refused = others.iter().zip(&strangers);
    let refused = refused.all(|((uri, _), exchange)| {
        authorization::stranger(exchange, uri).is_ok_and(|refused| refused)
    });
    Ok(strength(refused))
}

/// Nothing is sent to any of them, while one of Experience Platform is taken.
pub fn nothing_sent(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let mut why = None;
    let known = asked(evidence, RedirectUri::OfPlatform)?;
    let one_taken = known.into_iter().any(|(uri, which)| {
        let judged = evidence
            .exchange(which)
            .map(|e| authorization::taken(e, uri));
        judged.is_ok_and(|judged| judged.map_err(|finding| why = Some(finding)).is_ok())
    });
    if let Some(finding) = why.filter(|_| !one_taken) {
        return Err(authorization::codes::none_taken().because(finding).into());
    }
    let mut refused = true;
    for (uri, which) in asked(evidence, args.get::<RedirectUri>(0)?)? {
        refused &= authorization::stranger(evidence.exchange(which)?, uri)
            .map_err(|finding| finding.shown_by(which))?;
    }
    Ok(strength(refused))
}

fn strength(refused: bool) -> Strength {
    match refused {
        true => Strength::Differential,
        false => Strength::StatusOnly,
    }
}

fn exchanges<'a>(
    evidence: &'a Evidence,
    asked: &[(&str, ExchangeRef)],
) -> Result<Vec<&'a Exchange>, Stop> {
    let all = asked.iter();
    all.map(|(_, which)| evidence.exchange(*which)).collect()
}

fn asked(evidence: &Evidence, kind: RedirectUri) -> Result<Vec<(&str, ExchangeRef)>, Stop> {
    let all = evidence.scene.authorizations.iter();
    let asked: Vec<_> = all
        .filter(|(asked, _, _)| *asked == kind)
        .map(|(_, uri, which)| (uri.as_str(), *which))
        .collect();
    match asked.is_empty() {
        true => Err(broken::nothing_to_judge("authorization request").into()),
        false => Ok(asked),
    }
}
