//! The canary of a certified run: made-up secrets go the way of the real ones, to a server of destspec itself that gives
//! them back in many guises, and are looked for in what was recorded. That the detector sees them before shows that it
//! looks.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rand::RngExt as _;
use rand::distr::Alphanumeric;

use crate::model::record::canary::{Canary, HEADER, NAME};
use crate::model::record::{Exchange, Purpose, RawResult};
use crate::model::redact::Redactor;
use crate::model::secret::{NamedSecret, Secret};
use crate::wire::Door;
use crate::wire::echo::{Echo, HIDDEN, deserted};
use crate::wire::http::Outgoing;
use crate::wire::tap::{Inspected, Place};

/// Characters of a secret.
const LENGTH: usize = 32;
/// How long a server on this machine may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The secrets of one canary, and a detector that shares no memory with what records.
struct Planted {
    header: String,
    query: String,
    detector: Redactor,
}

impl Planted {
    /// Makes secrets up; the redactor learns them as it does real ones.
    fn new(redactor: &Redactor) -> Self {
        let text = || {
            let letters = rand::rng().sample_iter(Alphanumeric).take(LENGTH);
            letters.map(char::from).collect::<String>()
        };
        let (header, query) = (text(), text());
        let detector = Redactor::new(rand::random());
        for (place, value) in [("header", &header), ("query", &query)] {
            let name = format!("{NAME} {place}");
            let named = NamedSecret::new(&name, Secret::new(value.clone()));
            redactor.learn(&named);
            detector.learn(&named);
        }
        Self {
            header,
            query,
            detector,
        }
    }

    /// How many places of a request and its answer hold a secret, and in how many of them the detector finds it.
    fn seen(&self, outgoing: &Outgoing, result: &RawResult) -> (usize, usize) {
        let mut places = vec![outgoing.url.clone(), self.header.clone()];
        if let RawResult::Answer(answer) = result {
            let echoed = ["x-echo", "set-cookie", "location"];
            let headers = answer.headers.iter();
            let headers = headers.filter(|(name, _)| echoed.contains(&name.as_str()));
            places.extend(headers.map(|(_, value)| value.clone()));
            let body = String::from_utf8_lossy(&answer.body);
            places.extend(body.lines().map(ToOwned::to_owned));
        }
        let seen = places.iter().filter(|place| self.sees(place));
        (places.len(), seen.count())
    }

    fn sees(&self, text: &str) -> bool {
        self.detector.bytes(text.as_bytes()).is_some()
    }

    fn is_in(&self, exchange: &Exchange) -> bool {
        // what cannot be written cannot be shown to be clean
        serde_json::to_string(exchange).map_or(true, |text| self.sees(&text))
    }
}

impl Door {
    /// Plants secrets and looks for them in what this door records; where the machine lets no server begin, none are.
    pub async fn canary(&self) -> Canary {
        let mut canary = Canary {
            planted: 0,
            seen: 0,
            found: 0,
            exchanges: Vec::new(),
        };
        let (Some(echo), Some(nobody)) = (Echo::begin().await, deserted().await) else {
            return canary;
        };
        let planted = Planted::new(&self.0.tap.redactor);
        let asked = [
            (echo.address, "/open"),
            (echo.address, HIDDEN),
            (nobody, "/"),
        ];
        for (ordinal, (address, path)) in (0..).zip(asked) {
            let outgoing = self.probe(&planted, address, path);
            let mut counted = (0, 0);
            let count = |result: &RawResult| {
                counted = planted.seen(&outgoing, result);
                Inspected::default()
            };
            let place = Place {
                scenario: None,
                lane: 0,
                ordinal,
                attempt: 1,
            };
            // a replay never plants, so that nothing can diverge
            let Ok(exchange) = self.0.perform(&place, &outgoing, count).await else {
                return canary;
            };
            canary.planted += counted.0;
            canary.seen += counted.1;
            canary.found += usize::from(planted.is_in(&exchange));
            canary.exchanges.push(exchange);
        }
        canary
    }

    fn probe(&self, planted: &Planted, address: SocketAddr, path: &str) -> Arc<Outgoing> {
        let own = vec![(HEADER.to_owned(), planted.header.clone())];
        Arc::new(Outgoing {
            purpose: Purpose::Canary,
            method: "GET".to_owned(),
            url: format!("http://{address}{path}?probe={}", planted.query),
            headers: self.0.headers(own, None),
            authorization: None,
            carried: None,
            body: Bytes::new(),
            time_limit: PATIENCE,
            fence: false,
        })
    }
}
