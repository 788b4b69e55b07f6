//! Exchanges that say nothing new, as polls do: each that repeats the one before it is counted with it.

use crate::model::record::{Act, Answer, Exchange, ExchangeRef, Result as Came};

/// One exchange, and those that follow it with the same request and the same answer.
#[derive(Debug, Clone, Copy)]
pub struct Alike<'a> {
    /// Place of the first among all, from 1.
    pub number: usize,
    /// How many there are.
    pub count: usize,
    /// The first.
    pub first: &'a Exchange,
    /// The last; the first where there is one.
    pub last: &'a Exchange,
}

/// All of them in their order, each that repeats the one before it together with it.
pub fn alike<'a>(all: impl IntoIterator<Item = &'a Exchange>) -> Vec<Alike<'a>> {
    let mut found: Vec<Alike<'a>> = Vec::new();
    for (exchange, number) in all.into_iter().zip(1..) {
        match found.last_mut() {
            Some(known) if repeats(known.last, exchange) => {
                known.count += 1;
                known.last = exchange;
            }
            Some(_) | None => found.push(Alike {
                number,
                count: 1,
                first: exchange,
                last: exchange,
            }),
        }
    }
    found
}

impl Alike<'_> {
    /// Whether that exchange is one of them.
    pub fn holds(&self, place: ExchangeRef) -> bool {
        (self.first.reference()..=self.last.reference()).contains(&place)
    }

    /// `#2`, or `#2–31`.
    pub fn label(&self) -> String {
        match self.count {
            1 => format!("#{}", self.number),
            count => format!("#{}–{}", self.number, self.number + count - 1),
        }
    }

    /// `30 times in 6.2 s`, where there are several.
    pub fn times(&self) -> Option<String> {
        let tenths = (self.span_us() + 50_000) / 100_000;
        let (seconds, tenths) = (tenths / 10, tenths % 10);
        (self.count > 1).then(|| format!("{} times in {seconds}.{tenths} s", self.count))
    }

    /// Microseconds from the first sending to the end of the last answer.
    pub fn span_us(&self) -> u64 {
        let later = self.last.at_ms.saturating_sub(self.first.at_ms);
        let span = later.saturating_mul(1_000);
        span.saturating_add(self.last.duration_us)
    }
}

fn repeats(before: &Exchange, exchange: &Exchange) -> bool {
    let again = match (&before.act, &exchange.act) {
        (Act::Http(before), Act::Http(now)) => {
            before.request == now.request
                && before.unsent == now.unsent
                && same(&before.result, &now.result)
        }
        (Act::Storage(before), Act::Storage(now)) => before == now,
        (Act::Command(before), Act::Command(now)) => before == now,
        (Act::Http(_) | Act::Storage(_) | Act::Command(_), _) => false,
    };
    again && before.purpose == exchange.purpose && before.lane == exchange.lane
}

/// Headers count for little: dates and ids of requests are in them.
fn same(before: &Came, now: &Came) -> bool {
    let kind = |answer: &Answer| {
        let mut all = answer.headers.iter();
        let kind = all.find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        kind.map(|(_, value)| value.clone())
    };
    match (before, now) {
        (Came::Answer(before), Came::Answer(now)) => {
            before.status == now.status && before.body == now.body && kind(before) == kind(now)
        }
        (Came::Failure(before), Came::Failure(now)) => before == now,
        (Came::Answer(_) | Came::Failure(_), _) => false,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(ordinal: u32, body: &str) -> Exchange {
        let exchange = json!({
            "lane": 0, "ordinal": ordinal, "attempt": 1, "purpose": "observation",
            "act": {"http": {
                "request": {"method": "GET", "url": "https://api.moonshine.example/v1", "headers": [], "body": "empty"},
                "result": {"answer": {
                    "version": "HTTP/1.1", "status": 200, "headers": [["date", format!("{ordinal}")]], "body": {"text": body},
                }},
            }},
            "at_ms": 200 * u64::from(ordinal), "duration_us": 20_000,
        });
        serde_json::from_value(exchange).unwrap()
    }

    #[test]
    fn polls_are_one_until_the_answer_is_another() {
        let all: Vec<Exchange> = ["[]", "[]", "[]", "[1]", "[]"]
            .into_iter()
            .zip(0..)
            .map(|(body, ordinal)| asked(ordinal, body))
            .collect();
        let found = alike(&all);
        let labels: Vec<String> = found.iter().map(Alike::label).collect();
        assert_eq!(labels, ["#1–3", "#4", "#5"]);
        assert_eq!(found[0].times().as_deref(), Some("3 times in 0.4 s"));
        assert_eq!(found[1].times(), None);
        assert!(found[0].holds(all[2].reference()) && !found[0].holds(all[3].reference()));
    }
}
