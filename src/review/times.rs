//! Checks F6 and G9: whether the times of a record agree with one another, and with what the hosts said of theirs. Nobody
//! can replay a time; what was measured lies within what it was measured in.

use std::collections::BTreeMap;

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

use crate::model::record::{Exchange, Run, Scenario};
use crate::review::Reviewer;
use crate::review::check::{Checks, Decision, Fault};

/// Each time is rounded down to whole milliseconds.
const ROUNDED_MS: u64 = 2;
/// Hours by which the clocks of the hosts may differ from what the record says before a person has to look into it.
const HOURS: u64 = 24;

/// Whether each exchange lies in its scenario, each scenario in its run, and each lane goes forward.
pub fn agree(run: &Run, checks: &mut Checks) {
    let fault = run.all().find_map(|run| {
        let mut all = run.scenarios.iter();
        all.find_map(|scenario| outside(run, scenario))
    });
    checks.judge("F6", fault.map(|why| (Decision::Forged, why)));
}

fn outside(run: &Run, scenario: &Scenario) -> Option<String> {
    let id = &scenario.id;
    let end = scenario.at_ms.saturating_add(scenario.duration_ms);
    if end > run.duration_ms.saturating_add(ROUNDED_MS) {
        return Some(format!("`{id}` ends after the run does"));
    }
    let mut last: BTreeMap<u32, (u32, u64)> = BTreeMap::new();
    for exchange in &scenario.exchanges {
        let place = exchange.reference();
        if exchange.at_ms.saturating_add(ROUNDED_MS) < scenario.at_ms
            || ended_ms(exchange) > end.saturating_add(ROUNDED_MS)
        {
            return Some(format!("{place} of `{id}` is not within the scenario"));
        }
        let before = last.insert(exchange.lane, (exchange.ordinal, exchange.at_ms));
        let backwards = |(ordinal, at): (u32, u64)| {
            (ordinal < exchange.ordinal) != (at <= exchange.at_ms) && at != exchange.at_ms
        };
        if before.is_some_and(backwards) {
            return Some(format!(
                "{place} of `{id}` was sent before the one before it"
            ));
        }
    }
    None
}

fn ended_ms(exchange: &Exchange) -> u64 {
    exchange.at_ms.saturating_add(exchange.duration_us / 1000)
}

/// Whether the hosts dated their answers (RFC 9110 section 6.6.1) as the record does, in the median of each repetition. By
/// their clocks the run must not be older than the policy takes, either.
pub fn told(run: &Run, reviewer: &Reviewer, checks: &mut Checks) {
    if run.all().all(|run| differences(run).is_empty()) {
        checks.note("G9", String::from("no host dated its answers"));
        return;
    }
    let faults = run.all().filter_map(|run| apart(run, reviewer));
    let worst = faults.min_by_key(|(decision, _)| *decision);
    checks.judge("G9", worst);
}

fn apart(run: &Run, reviewer: &Reviewer) -> Fault {
    let mut apart = differences(run);
    apart.sort_unstable();
    let median = *apart.get(apart.len() / 2)?;
    let hours = median.unsigned_abs().as_secs() / 3600;
    if hours < HOURS {
        return None;
    }
    let when = if median.is_negative() {
        "earlier"
    } else {
        "later"
    };
    let why = format!("{hours} hours {when}, in the median");
    let started = run.started.parse::<Timestamp>().ok();
    let dated = started.and_then(|started| started.checked_add(median).ok());
    let days = reviewer.policy.run.max_age_days;
    let oldest = SignedDuration::from_hours(24 * i64::from(days));
    match dated {
        Some(dated) if reviewer.at.duration_since(dated) <= oldest => Some((Decision::Person, why)),
        Some(_) | None => {
            let why = format!("{why}, which is more than {days} days ago");
            Some((Decision::Refused, why))
        }
    }
}

fn differences(run: &Run) -> Vec<SignedDuration> {
    let Ok(started) = run.started.parse::<Timestamp>() else {
        return Vec::new();
    };
    let exchanges = run.scenarios.iter().flat_map(|s| &s.exchanges);
    let dated = exchanges.filter_map(|exchange| {
        let date = exchange.answer()?.header("date")?;
        let date = rfc2822::parse(date).ok()?.timestamp();
        let at = i64::try_from(exchange.at_ms).ok()?;
        let then = started.checked_add(SignedDuration::from_millis(at)).ok()?;
        Some(date.duration_since(then))
    });
    dated.collect()
}
