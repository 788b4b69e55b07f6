//! The other side of the door: finds recorded exchanges and compares what is asked for now with what was then.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::model::record::{
    Body, Connection, Destination, Exchange, FailureKind, Purpose, RequestRecord, Scenario,
};
use crate::model::redact::untagged;
use crate::wire::error::Divergence;
use crate::wire::tap::Place;

/// Begins the text of a failure that stands for a token which could not be had.
pub(crate) const NO_TOKEN: &str = "no access token: ";

/// Exchanges by lane and ordinal.
pub(crate) type Track = BTreeMap<(u32, u32), Arc<Exchange>>;

/// What was recorded of one destination.
pub(crate) struct Tape {
    scenarios: HashMap<String, (u64, Track)>,
    pub(crate) destination: Track,
    connections: BTreeMap<String, Connection>,
}

impl Tape {
    pub(crate) fn new(destination: &Destination, scenarios: &[Scenario]) -> Self {
        let own = scenarios
            .iter()
            .filter(|scenario| scenario.destination == destination.name);
        Self {
            scenarios: own
                .map(|s| (s.id.clone(), (s.at_ms, track(&s.exchanges))))
                .collect(),
            destination: track(&destination.exchanges),
            connections: destination
                .connections
                .iter()
                .map(|c| (c.origin.clone(), c.clone()))
                .collect(),
        }
    }

    /// When the scenario began, in milliseconds from the run's start.
    pub(crate) fn began_ms(&self, scenario: &str) -> u64 {
        self.scenarios.get(scenario).map_or(0, |(at, _)| *at)
    }

    /// All recorded facts.
    pub(crate) fn connections(&self) -> Vec<Connection> {
        self.connections.values().cloned().collect()
    }

    /// The facts of a host.
    pub(crate) fn connection(
        &self,
        scenario: &str,
        origin: &str,
    ) -> Result<Connection, Divergence> {
        self.connections
            .get(origin)
            .cloned()
            .ok_or_else(|| Divergence {
                scenario: scenario.to_owned(),
                lane: 0,
                ordinal: 0,
                field: "connection".to_owned(),
                recorded: "none".to_owned(),
                now: origin.to_owned(),
            })
    }

    /// The recorded exchange of a place, if it was made by the same request.
    pub(crate) fn find(
        &self,
        place: &Place,
        purpose: Purpose,
        now: &RequestRecord,
    ) -> Result<Arc<Exchange>, Divergence> {
        let scenario = place.scenario.as_deref().unwrap_or_default();
        let key = (place.lane, place.ordinal);
        let found = match &place.scenario {
            Some(_) => self.scenarios.get(scenario).and_then(|(_, t)| t.get(&key)),
            None => self.destination.get(&key),
        };
        let differs = |(field, recorded, now): Difference| Divergence {
            scenario: scenario.to_owned(),
            lane: place.lane,
            ordinal: place.ordinal,
            field,
            recorded,
            now,
        };
        let Some(found) = found else {
            let now = format!("{} {}", now.method, now.url);
            return Err(differs(("exchange".to_owned(), "none".to_owned(), now)));
        };
        match difference(found, purpose, now) {
            Some(difference) => Err(differs(difference)),
            None => Ok(Arc::clone(found)),
        }
    }

    /// The first recorded exchange of a scenario that was not asked for again.
    pub(crate) fn left(&self, scenario: &str, used: &Track) -> Option<Divergence> {
        let (_, track) = self.scenarios.get(scenario)?;
        let ((lane, ordinal), exchange) = track.iter().find(|(key, _)| !used.contains_key(key))?;
        Some(Divergence {
            scenario: scenario.to_owned(),
            lane: *lane,
            ordinal: *ordinal,
            field: "exchange".to_owned(),
            recorded: format!("{} {}", exchange.request.method, exchange.request.url),
            now: "none".to_owned(),
        })
    }
}

type Difference = (String, String, String);

fn track(exchanges: &[Exchange]) -> Track {
    exchanges
        .iter()
        .map(|e| ((e.lane, e.ordinal), Arc::new(e.clone())))
        .collect()
}

/// The first field that differs, tags of marks left out.
fn difference(then: &Exchange, purpose: Purpose, now: &RequestRecord) -> Option<Difference> {
    let request = &then.request;
    let differ = |field: &str, a: &str, b: &str| {
        (!same(a, b)).then(|| (field.to_owned(), a.to_owned(), b.to_owned()))
    };
    differ("purpose", name(then.purpose), name(purpose))
        .or_else(|| differ("method", &request.method, &now.method))
        .or_else(|| differ("URL", &request.url, &now.url))
        .or_else(|| header_difference(then, now))
        .or_else(|| differ("body", &shown(&request.body), &shown(&now.body)))
}

/// Header by header in order; what names our own version is left out, and the credential of a request that was not
/// sent for want of a token.
fn header_difference(then: &Exchange, now: &RequestRecord) -> Option<Difference> {
    let unsent = then.failure().is_some_and(|failure| {
        failure.kind == FailureKind::Other && failure.text.starts_with(NO_TOKEN)
    });
    let counts = |(name, _): &&(String, String)| {
        let credential = name.eq_ignore_ascii_case("authorization");
        !name.eq_ignore_ascii_case("user-agent") && (!unsent || !credential)
    };
    let mut recorded = then.request.headers.iter().filter(counts);
    let mut asked = now.headers.iter().filter(counts);
    loop {
        let (a, b) = match (recorded.next(), asked.next()) {
            (None, None) => return None,
            (a, b) => (a, b),
        };
        let equal = a
            .zip(b)
            .is_some_and(|((an, av), (bn, bv))| an.eq_ignore_ascii_case(bn) && same(av, bv));
        if !equal {
            let text = |h: Option<&(String, String)>| {
                h.map_or_else(|| "none".to_owned(), |(n, v)| format!("{n}: {v}"))
            };
            let name = a.or(b).map_or("", |(name, _)| name.as_str());
            let field = format!("header `{}`", name.to_ascii_lowercase());
            return Some((field, text(a), text(b)));
        }
    }
}

/// What was withheld cannot be compared.
fn same(then: &str, now: &str) -> bool {
    then == now || then.starts_with("⟦withheld:") || untagged(then) == untagged(now)
}

fn shown(body: &Body) -> Cow<'_, str> {
    match body {
        Body::Empty => Cow::Borrowed(""),
        Body::Text(text) | Body::Base64(text) => Cow::Borrowed(text),
        Body::Digest { bytes, sha256 } => Cow::Owned(format!("{bytes} bytes, SHA-256 {sha256}")),
    }
}

fn name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Delivery => "delivery",
        Purpose::Observation => "observation",
        Purpose::Token => "token",
    }
}
