//! The other side of the door: finds recorded exchanges and compares what is asked for now with what was then. What was
//! withheld cannot be compared: it is counted and named, and never taken for equal.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::control::SCENARIO;
use crate::model::record::{
    Body, Connection, DATAFLOW, Destination, Exchange, ExchangeRef, FailureKind, Operation,
    Purpose, RequestRecord, STOCK, Scenario,
};
use crate::model::redact::{marks, untagged};
use crate::wire::error::Divergence;
use crate::wire::tap::Place;

/// Exchanges by lane and ordinal.
pub(crate) type Track = BTreeMap<ExchangeRef, Arc<Exchange>>;

/// What was recorded of one destination.
pub(crate) struct Tape {
    scenarios: HashMap<String, (u64, Track)>,
    pub(crate) destination: Track,
    /// What requests of the version that recorded said of themselves.
    pub(crate) user_agent: String,
    connections: BTreeMap<String, Connection>,
    asked: Mutex<BTreeSet<String>>,
    unverifiable: Mutex<BTreeMap<String, usize>>,
}

impl Tape {
    pub(crate) fn new(
        destination: &Destination,
        (version, scenarios): (&str, &[Scenario]),
    ) -> Self {
        let own = scenarios
            .iter()
            .filter(|scenario| scenario.destination == destination.name);
        let control = (SCENARIO.to_owned(), (0, track(&destination.control)));
        let dataflow = (DATAFLOW.to_owned(), (0, track(&destination.dataflow)));
        let stock = (STOCK.to_owned(), (0, track(&destination.audiences)));
        Self {
            scenarios: own
                .map(|s| (s.id.clone(), (s.at_ms, track(&s.exchanges))))
                .chain([control, dataflow, stock])
                .collect(),
            destination: track(&destination.exchanges),
            user_agent: format!("destspec/{version}"),
            connections: destination
                .connections
                .iter()
                .map(|c| (c.origin.clone(), c.clone()))
                .collect(),
            asked: Mutex::default(),
            unverifiable: Mutex::default(),
        }
    }

    /// When the scenario began, in milliseconds from the run's start.
    pub(crate) fn began_ms(&self, scenario: &str) -> u64 {
        self.scenarios.get(scenario).map_or(0, |(at, _)| *at)
    }

    /// The facts of the hosts that were asked for: others follow from nothing.
    pub(crate) fn connections(&self) -> Vec<Connection> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let known = asked
            .iter()
            .filter_map(|origin| self.connections.get(origin));
        known.cloned().collect()
    }

    /// What could not be compared so far: name of what hides it, and how often.
    pub(crate) fn unverifiable(&self) -> BTreeMap<String, usize> {
        let unverifiable = self.unverifiable.lock();
        unverifiable.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The facts of a host.
    pub(crate) fn connection(
        &self,
        scenario: &str,
        origin: &str,
    ) -> Result<Connection, Divergence> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(origin.to_owned());
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

    /// Why nothing was sent at a place, where it was for want of a token.
    pub(crate) fn lacked_token(&self, place: &Place) -> Option<String> {
        let failure = self.recorded(place)?.failure()?;
        (failure.kind == FailureKind::NoToken).then(|| failure.text.clone())
    }

    /// The recorded exchange of a place, if it was made by the same request.
    pub(crate) fn find_http(
        &self,
        place: &Place,
        purpose: Purpose,
        now: &RequestRecord,
    ) -> Result<Arc<Exchange>, Divergence> {
        let asked = || format!("{} {}", now.method, now.url);
        self.find(place, purpose, asked, |then| {
            let request = then.request()?;
            Some(
                [
                    vec![
                        compared("method", &request.method, &now.method),
                        compared("URL", &request.url, &now.url),
                    ],
                    headers(&request.headers, &now.headers),
                    vec![compared("body", &shown(&request.body), &shown(&now.body))],
                ]
                .concat(),
            )
        })
    }

    /// The recorded exchange of a place, if it was the same storage operation.
    pub(crate) fn find_storage(
        &self,
        place: &Place,
        purpose: Purpose,
        (now, login): (&Operation, Option<String>),
    ) -> Result<Arc<Exchange>, Divergence> {
        let exact = |operation: &Operation| serde_json::to_string(operation).unwrap_or_default();
        let (now, shown) = (exact(now), now.summary());
        self.find(
            place,
            purpose,
            || shown.clone(),
            |then| {
                let then = then.storage()?;
                let logins = [then.login.as_deref(), login.as_deref()];
                let [before, after] = logins.map(|login| login.unwrap_or("the given credentials"));
                Some(vec![
                    compared("operation", &exact(&then.operation), &now),
                    compared("login", before, after),
                ])
            },
        )
    }

    /// The recorded exchange of a place, if it was the same command.
    pub(crate) fn find_command(
        &self,
        place: &Place,
        purpose: Purpose,
        now: &[String],
    ) -> Result<Arc<Exchange>, Divergence> {
        let exact = |arguments: &[String]| serde_json::to_string(arguments).unwrap_or_default();
        let now = exact(now);
        self.find(
            place,
            purpose,
            || now.clone(),
            |then| {
                let then = then.command()?;
                Some(vec![compared("command", &exact(&then.arguments), &now)])
            },
        )
    }

    fn find(
        &self,
        place: &Place,
        purpose: Purpose,
        asked: impl Fn() -> String,
        compare: impl Fn(&Exchange) -> Option<Vec<Compared>>,
    ) -> Result<Arc<Exchange>, Divergence> {
        let differs = |field: &str, recorded: String, now: String| Divergence {
            scenario: place.scenario.as_deref().unwrap_or_default().to_owned(),
            lane: place.lane,
            ordinal: place.ordinal,
            field: field.to_owned(),
            recorded,
            now,
        };
        let Some(found) = self.recorded(place) else {
            return Err(differs("exchange", "none".to_owned(), asked()));
        };
        let (then, now) = (found.purpose.word(), purpose.word());
        if then != now {
            return Err(differs("purpose", then.to_owned(), now.to_owned()));
        }
        let compared = compare(found);
        let compared = compared.ok_or_else(|| differs("kind", found.asked(), asked()))?;
        for field in compared {
            match field.verdict {
                Sameness::Equal => {}
                Sameness::Unverifiable(names) => self.count(names),
                Sameness::Different => return Err(differs(&field.name, field.then, field.now)),
            }
        }
        Ok(Arc::clone(found))
    }

    fn recorded(&self, place: &Place) -> Option<&Arc<Exchange>> {
        let key = ExchangeRef {
            lane: place.lane,
            ordinal: place.ordinal,
        };
        match place.scenario.as_deref() {
            Some(scenario) => self.scenarios.get(scenario)?.1.get(&key),
            None => self.destination.get(&key),
        }
    }

    fn count(&self, names: Vec<String>) {
        let unverifiable = self.unverifiable.lock();
        let mut unverifiable = unverifiable.unwrap_or_else(PoisonError::into_inner);
        for name in names {
            *unverifiable.entry(name).or_default() += 1;
        }
    }

    /// The first recorded exchange of a scenario that was not asked for again.
    pub(crate) fn left(&self, scenario: &str, used: &Track) -> Option<Divergence> {
        let (_, track) = self.scenarios.get(scenario)?;
        let (place, exchange) = track.iter().find(|(key, _)| !used.contains_key(key))?;
        Some(Divergence {
            scenario: scenario.to_owned(),
            lane: place.lane,
            ordinal: place.ordinal,
            field: "exchange".to_owned(),
            recorded: exchange.asked(),
            now: "none".to_owned(),
        })
    }
}

/// One field of a request, then and now.
#[derive(Clone)]
struct Compared {
    name: String,
    then: String,
    now: String,
    verdict: Sameness,
}

/// Whether a recorded text is what it would be now.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sameness {
    Equal,
    /// All that was not withheld is the same; the names of what hides the rest.
    Unverifiable(Vec<String>),
    Different,
}

fn compared(name: &str, then: &str, now: &str) -> Compared {
    Compared {
        name: name.to_owned(),
        verdict: sameness(then, now),
        then: then.to_owned(),
        now: now.to_owned(),
    }
}

fn track(exchanges: &[Arc<Exchange>]) -> Track {
    exchanges
        .iter()
        .map(|e| (e.reference(), Arc::clone(e)))
        .collect()
}

/// Header by header in order.
fn headers(then: &[(String, String)], now: &[(String, String)]) -> Vec<Compared> {
    let (mut then, mut now) = (then.iter(), now.iter());
    let mut all = Vec::new();
    loop {
        let (a, b) = match (then.next(), now.next()) {
            (None, None) => return all,
            (a, b) => (a, b),
        };
        let line = |h: Option<&(String, String)>| {
            h.map_or_else(
                || "none".to_owned(),
                |(name, value)| format!("{}: {value}", name.to_ascii_lowercase()),
            )
        };
        let name = a.or(b).map_or("", |(name, _)| name.as_str());
        let field = format!("header `{}`", name.to_ascii_lowercase());
        all.push(compared(&field, &line(a), &line(b)));
    }
}

fn sameness(then: &str, now: &str) -> Sameness {
    if then == now || untagged(then) == untagged(now) {
        return Sameness::Equal;
    }
    let (texts, names) = marks(then);
    if !names.is_empty() && fits(&texts, now) {
        return Sameness::Unverifiable(names);
    }
    Sameness::Different
}

/// Whether a text begins with the first of these texts, ends with the last, and has the others in order between them.
fn fits(texts: &[&str], now: &str) -> bool {
    let [first, middle @ .., last] = texts else {
        return false;
    };
    let inner = now
        .strip_prefix(first)
        .and_then(|rest| rest.strip_suffix(last));
    inner.is_some_and(|inner| {
        let after = |rest: &str, text: &&str| {
            let at = rest.find(text)?;
            rest.get(at + text.len()..).map(ToOwned::to_owned)
        };
        let left = middle
            .iter()
            .try_fold(inner.to_owned(), |rest, text| after(&rest, text));
        left.is_some()
    })
}

fn shown(body: &Body) -> Cow<'_, str> {
    match body {
        Body::Empty => Cow::Borrowed(""),
        Body::Text(text) | Body::Base64(text) => Cow::Borrowed(text),
        Body::Digest { bytes, sha256 } => Cow::Owned(format!("{bytes} bytes, SHA-256 {sha256}")),
        Body::Withheld(withheld) => Cow::Owned(format!(
            "{} bytes, SHA-256 {}",
            withheld.bytes, withheld.sha256
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_marks_do_not_count_and_other_texts_do() {
        let same = |then, now| sameness(then, now) == Sameness::Equal;
        assert!(same("Bearer ⟦secret:token#1f2e⟧", "Bearer ⟦secret:token⟧"));
        assert!(!same("Bearer ⟦secret:token#1f2e⟧", "Bearer ⟦secret:other⟧"));
        assert!(!same("a", "b"));
    }

    #[test]
    fn what_was_withheld_is_unverifiable_and_what_stands_around_it_counts() {
        let hidden = |name: &str| Sameness::Unverifiable(vec![name.to_owned()]);
        assert_eq!(
            sameness("⟦withheld:token#1f2e⟧", "{\"a\":1}"),
            hidden("token")
        );
        assert_eq!(
            sameness("a=⟦secret:token#1f2e⟧&b", "a=x&b"),
            hidden("token")
        );
        assert_eq!(
            sameness("⟦withheld:token⟧ and more", "anything"),
            Sameness::Different
        );
        assert_eq!(
            sameness("x⟦withheld:token⟧", "anything"),
            Sameness::Different
        );
        assert_eq!(sameness("ab⟦secret:t⟧ab", "ab"), Sameness::Different);
    }
}
