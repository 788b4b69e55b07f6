//! Times as drawings: what happened when in a scenario, and how long deliveries were answered in. Numbers only; a page draws.

use serde::Serialize;

use crate::model::record::{Purpose, Run};
use crate::publish::report::case::{Case, Transcript};

/// Width of a timeline, in the units of its drawing.
const WIDE: u64 = 1_000;
/// Narrower than this a bar is not seen.
const NARROWEST: u64 = 4;
/// Bars of a timeline at most.
const BARS: usize = 40;
/// Upper bounds of the classes of times, in microseconds; beyond the last is one more class.
const BOUNDS: [(u64, &str); 13] = [
    (1_000, "1 ms"),
    (2_000, "2"),
    (5_000, "5"),
    (10_000, "10"),
    (20_000, "20"),
    (50_000, "50"),
    (100_000, "100"),
    (200_000, "200"),
    (500_000, "500"),
    (1_000_000, "1 s"),
    (2_000_000, "2"),
    (5_000_000, "5"),
    (10_000_000, "10"),
];
/// Width of a class, in the units of the drawing.
const CLASS: usize = 40;
/// Height of the tallest.
const TALL: usize = 90;
/// How the limit of answers is written in the step that judges it.
const LIMIT: &str = " percent of the answers come within ";

/// One exchange in a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// `#2`, or `#2–31`.
    pub label: String,
    /// Its number.
    pub number: usize,
    /// `delivery`.
    pub purpose: &'static str,
    /// What came, in short.
    pub came: String,
    /// Where it begins, in thousandths of the span of the plot.
    pub x: u64,
    /// How wide it is.
    pub width: u64,
    /// Milliseconds from the scenario's first exchange.
    pub at: u64,
}

/// How long deliveries were answered in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// How many answers.
    pub answers: usize,
    /// Milliseconds in which half of them came.
    pub half: String,
    /// Milliseconds in which 95 % of them came.
    pub most: String,
    /// Milliseconds of the slowest.
    pub slowest: String,
    /// The classes from the first to the last that is of interest.
    pub classes: Vec<Class>,
    /// Width of the drawing.
    pub width: usize,
    /// The limit, where one was judged.
    pub limit: Option<Limit>,
}

/// A class of times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Class {
    /// Where it begins.
    pub x: usize,
    /// How tall its column is.
    pub height: usize,
    /// How many answers.
    pub count: usize,
    /// Its upper bound; nothing for the one that has none.
    pub bound: &'static str,
}

/// The time within which answers have to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// Where the drawing has it.
    pub x: usize,
    /// Seconds.
    pub seconds: u64,
}

/// The timeline of a case; nothing where there is nothing to compare.
pub fn timeline(case: &Case) -> Vec<Bar> {
    let shown = || case.exchanges.iter().take(BARS);
    // a record may name any number
    let at_us = |e: &Transcript| e.at_ms.saturating_mul(1_000);
    let begin = shown().map(at_us).min().unwrap_or(0);
    let end = shown().map(|e| at_us(e).saturating_add(e.took_us)).max();
    let span = end.unwrap_or(0).saturating_sub(begin).max(1);
    if case.exchanges.len() < 2 {
        return Vec::new();
    }
    let scaled = |us: u64| us.saturating_mul(WIDE) / span;
    let mut bars: Vec<Bar> = shown()
        .map(|e| {
            let after = at_us(e).saturating_sub(begin);
            let x = scaled(after).min(WIDE - NARROWEST);
            Bar {
                label: e.label.clone(),
                number: e.number,
                purpose: e.purpose,
                came: e.came.clone(),
                x,
                width: scaled(e.took_us).clamp(NARROWEST, WIDE - x),
                at: after / 1_000,
            }
        })
        .collect();
    bars.sort_by_key(|bar| (bar.x, bar.number));
    bars
}

/// How long the deliveries of a run were answered in; nothing where none was.
pub fn latency(run: &Run) -> Option<Latency> {
    let exchanges = run.scenarios.iter().flat_map(|s| &s.exchanges);
    let answered = exchanges.filter(|e| e.purpose == Purpose::Delivery && e.answer().is_some());
    let mut times: Vec<u64> = answered.map(|e| e.duration_us).collect();
    times.sort_unstable();
    let slowest = *times.last()?;
    let limit = limit(run);
    let of = |us: u64| BOUNDS.iter().take_while(|(bound, _)| us > *bound).count();
    let first = of(*times.first()?);
    let last =
        of(slowest).max(limit.map_or(0, |seconds| of(seconds.saturating_mul(1_000_000)) + 1));
    let mut counts = vec![0_usize; last + 1 - first.min(last)];
    for time in &times {
        if let Some(count) = counts.get_mut(of(*time) - first) {
            *count += 1;
        }
    }
    let tallest = counts.iter().copied().max().unwrap_or(1).max(1);
    let class = |(index, count): (usize, &usize)| Class {
        x: index * CLASS,
        // a class that holds one answer among thousands is seen, too
        height: (count * TALL / tallest).max(usize::from(*count > 0) * 2),
        count: *count,
        bound: BOUNDS.get(first + index).map_or("", |(_, name)| name),
    };
    let quantile = |percent: usize| {
        let index = (times.len() * percent).div_ceil(100).saturating_sub(1);
        milliseconds(times.get(index).copied().unwrap_or(slowest))
    };
    Some(Latency {
        answers: times.len(),
        half: quantile(50),
        most: quantile(95),
        slowest: milliseconds(slowest),
        classes: counts.iter().enumerate().map(class).collect(),
        width: counts.len() * CLASS,
        limit: limit.map(|seconds| Limit {
            x: (of(seconds.saturating_mul(1_000_000)) + 1
                - first.min(of(seconds.saturating_mul(1_000_000)) + 1))
                * CLASS,
            seconds,
        }),
    })
}

/// The seconds that a step of the run judges answers by.
fn limit(run: &Run) -> Option<u64> {
    let mut steps = run.scenarios.iter().flat_map(|s| &s.steps);
    steps.find_map(|step| {
        let (_, rest) = step.text.split_once(LIMIT)?;
        rest.split(' ').next()?.parse().ok()
    })
}

/// Microseconds as milliseconds, as exactly as is of use.
fn milliseconds(us: u64) -> String {
    match us {
        0..10_000 => format!("{}.{:02}", us / 1_000, us % 1_000 / 10),
        10_000.. => format!("{}", us / 1_000),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    fn run(times: &[u64], step: &str) -> Run {
        let exchange = |(ordinal, us): (usize, &u64)| {
            serde_json::json!({
                "lane": 0, "ordinal": ordinal, "attempt": 1, "purpose": "delivery", "at_ms": ordinal, "duration_us": us,
                "act": {"http": {
                    "request": {"method": "POST", "url": "https://api.moonshine.example/", "headers": [], "body": "empty"},
                    "result": {"answer": {"status": 200, "version": "HTTP/1.1", "headers": [], "body": "empty"}},
                }},
            })
        };
        let exchanges: Vec<_> = times.iter().enumerate().map(exchange).collect();
        serde_json::from_value(serde_json::json!({
            "format": 2, "destspec": "0", "suite": "ab".repeat(32), "plan": "ab".repeat(32), "id": "r", "seed": 1,
            "edition": "e4", "started": "2026-11-21T05:00:00Z", "duration_ms": 1,
            "partner": {"name": "M", "kind": "customer", "contact": "a@m.example"},
            "requirements": [], "prerequisites": [], "destinations": [],
            "scenarios": [{
                "id": "s", "destination": "d", "file": "f", "line": 1, "feature": "F", "title": "t", "requirement": "STR-1.04",
                "level": "should", "outcome": {"is": "passed", "strength": "observed"}, "at_ms": 0, "duration_ms": 1,
                "steps": [{"keyword": "Then", "text": step, "status": "passed"}], "exchanges": exchanges,
            }],
        }))
        .unwrap()
    }

    #[test]
    fn answers_are_counted_by_class_and_the_limit_stands_after_the_class_that_it_ends() {
        let step = "95 percent of the answers come within 2 seconds";
        let drawn = latency(&run(&[900, 1_000, 1_500, 3_000_000], step)).unwrap();
        let counted: Vec<(usize, &str)> =
            drawn.classes.iter().map(|c| (c.count, c.bound)).collect();
        assert_eq!(counted.first(), Some(&(2, "1 ms")));
        assert_eq!(counted.get(1), Some(&(1, "2")));
        assert_eq!(counted.last(), Some(&(1, "5")));
        assert_eq!(
            drawn.limit,
            Some(Limit {
                x: 11 * CLASS,
                seconds: 2
            })
        );
        assert_eq!(
            (drawn.half.as_str(), drawn.slowest.as_str()),
            ("1.00", "3000")
        );
    }

    #[test]
    fn no_limit_is_drawn_where_none_was_judged_and_nothing_where_nothing_was_answered() {
        let drawn = latency(&run(&[900], "the destination accepts it")).unwrap();
        assert_eq!((drawn.limit, drawn.classes.len()), (None, 1));
        assert_eq!(latency(&run(&[], "")), None);
    }
}
