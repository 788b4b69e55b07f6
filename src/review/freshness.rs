//! Checks G: from which challenge a run was made, when, and where it went.

use jiff::{SignedDuration, Timestamp};

use crate::model::challenge::Challenge;
use crate::model::record::{Operation, Run};
use crate::review::chain::Chain;
use crate::review::check::{Checks, Decision, Fault, unless};
use crate::review::policy::TargetPolicy;
use crate::review::{Reviewer, ledger};

/// Whether the run is known to have been made after the reviewer's challenge was issued.
pub fn fresh((run, chain): (&Run, &Chain<'_>), reviewer: &Reviewer, checks: &mut Checks) -> bool {
    let challenged = challenge((run, chain), reviewer, checks);
    let days = i64::from(reviewer.policy.run.max_age_days);
    let oldest = SignedDuration::from_hours(24 * days);
    let late = |run: &Run| {
        let took = SignedDuration::from_millis(i64::try_from(run.duration_ms).unwrap_or(i64::MAX));
        match run.started.parse::<Timestamp>() {
            Err(_) => Some(format!("`{}` is no time", run.started)),
            Ok(start) if reviewer.at.duration_since(start) > oldest => Some(format!(
                "it began on {}, more than {days} days ago",
                run.started
            )),
            Ok(start) if reviewer.at.duration_since(start) < took => Some(format!(
                "it ends after the review, which is at {}",
                reviewer.at
            )),
            Ok(_) => None,
        }
    };
    let fault = run.all().find_map(late);
    checks.judge("G3", fault.map(|why| (Decision::Refused, why)));
    challenged
}

fn challenge((run, chain): (&Run, &Chain<'_>), reviewer: &Reviewer, checks: &mut Checks) -> bool {
    let required = reviewer.policy.challenge.required;
    let refused = |why: &str| Some((Decision::Refused, why.to_owned()));
    let Some(text) = &run.challenge else {
        if required {
            let why = "the policy asks for a challenge, and it was made without";
            checks.judge("G1", refused(why));
        } else {
            checks.note("G1", String::from("no challenge, and none asked for"));
        }
        return false;
    };
    let fault = match Challenge::parse(text) {
        Err(fault) => Some((Decision::Malformed, fault.to_string())),
        Ok(challenge) => match &reviewer.challenge {
            None if required => refused("the reviewer names none: --challenge FILE"),
            None => {
                let words = "made from a challenge that was compared with none: --challenge FILE";
                checks.note("G1", words.to_owned());
                return false;
            }
            Some(issued) if issued != text => refused("it was made from another one"),
            Some(_) => answered(&challenge, text, (run, reviewer)).or_else(|| {
                let other = ledger::other(&reviewer.ledger, text, chain.statement_sha256)?;
                let why = format!("it was spent on the bundle whose statement is {other}");
                Some((Decision::Refused, why))
            }),
        },
    };
    checks.judge("G1", fault)
}

/// Whether the suite ran as often as the challenge asks, each time from data of its own. Only a challenge that is the
/// reviewer's asks for anything.
pub fn repeated(run: &Run, reviewer: &Reviewer, checks: &mut Checks) {
    let challenge = run.challenge.as_deref().map(Challenge::parse);
    let challenge = challenge.and_then(Result::ok);
    let asked = challenge.as_ref().map_or(1, |c| c.repetitions);
    let ran = run.all().count();
    let holds = u32::try_from(ran) == Ok(asked);
    if holds && (challenge.is_none() || reviewer.challenge != run.challenge) {
        let ran = times(ran);
        let words = format!("run {ran}; no challenge of the reviewer says how often");
        checks.note("E2", words);
        return;
    }
    checks.judge(
        "E2",
        unless(holds, Decision::Refused, || {
            let asked = usize::try_from(asked).map_or_else(|_| asked.to_string(), times);
            format!("expected {asked}, received {}", times(ran))
        }),
    );
}

fn times(count: usize) -> String {
    match count {
        1 => String::from("once"),
        count => format!("{count} times"),
    }
}

fn answered(challenge: &Challenge, text: &str, (run, reviewer): (&Run, &Reviewer)) -> Fault {
    let seeded = |(run, n): (&Run, u32)| challenge.seed(text, n) == run.seed;
    if !run.all().zip(1..).all(seeded) {
        let why = "the seed of its data does not follow from it";
        return Some((Decision::Forged, why.to_owned()));
    }
    let time = |text: &str| text.parse::<Timestamp>().ok();
    let (from, to) = (time(&challenge.issued_at), time(&challenge.expires_at));
    // the partner's clock may be slow
    let skew = SignedDuration::from_secs(reviewer.policy.run.max_clock_skew_s.into());
    let from = from.and_then(|from| from.checked_sub(skew).ok());
    let outside = |started: Option<Timestamp>| started < from || started > to;
    if from.is_none() || run.all().any(|run| outside(time(&run.started))) {
        let why = "it began before the challenge was issued, or after it expired";
        return Some((Decision::Refused, why.to_owned()));
    }
    unless(
        challenge.partner == run.partner.name,
        Decision::Refused,
        || format!("it was issued to `{}`", challenge.partner),
    )
}

/// Where the run went.
pub fn target(run: &Run, reviewer: &Reviewer, checks: &mut Checks) {
    let allowed = &reviewer.policy.target;
    let own = run.all().flat_map(|run| &run.destinations);
    let own = own.flat_map(|d| d.exchanges.iter().chain(&d.control).chain(&d.audiences));
    let all = run.all().flat_map(|run| &run.scenarios);
    let all = all.flat_map(|s| &s.exchanges).chain(own);
    let (mut strange, mut open) = (None, None);
    for exchange in all {
        let url = exchange.request().map(|r| url::Url::parse(&r.url));
        let place = match (url, exchange.storage().map(|s| &s.operation)) {
            (Some(Ok(url)), _) => {
                if url.scheme() != "https" {
                    open = open.or_else(|| Some(url.scheme().to_owned()));
                }
                let host = url.host_str().unwrap_or_default().to_owned();
                (!allowed.hosts.contains(&host)).then_some(host)
            }
            (Some(Err(_)), _) => Some(String::from("no URL")),
            (None, Some(Operation::Connect { location })) => {
                (!allowed.locations.contains(location)).then(|| location.clone())
            }
            (None, _) => None,
        };
        strange = strange.or(place);
    }
    checks.judge(
        "G4",
        strange.map(|place| (Decision::Refused, stray(&place, &allowed.hosts))),
    );
    let open = open.filter(|_| allowed.tls);
    checks.judge(
        "G5",
        open.map(|scheme| (Decision::Refused, format!("one went over `{scheme}`"))),
    );
    checks.judge("G8", named(run, allowed));
}

/// What of a place is said that the policy does not take; with a port beside it, it names no host.
fn stray(place: &str, hosts: &[String]) -> String {
    let is_it = |host: &&String| {
        let rest = host.strip_prefix(place);
        rest.is_some_and(|rest| rest.starts_with(':'))
    };
    match hosts.iter().find(is_it) {
        Some(host) => {
            format!("`{place}` is none: `target.hosts` has `{host}`, write it without its port")
        }
        None => format!("`{place}` is none"),
    }
}

/// Why the destinations of a run, in each repetition, are not those that the policy names, if so.
fn named(run: &Run, allowed: &TargetPolicy) -> Fault {
    let (must, may) = (&allowed.destinations, &allowed.optional_destinations);
    run.all().find_map(|run| {
        let holds = |name: &String| run.destinations.iter().any(|d| d.name == *name);
        let mut own = run.destinations.iter().map(|d| &d.name);
        let missing = must.iter().find(|name| !holds(name));
        let missing = missing.map(|name| format!("`{name}` is missing"));
        let why = missing.or_else(|| {
            let stray = own.find(|name| !must.contains(name) && !may.contains(name))?;
            Some(format!("`{stray}` is none"))
        })?;
        Some((Decision::Refused, why))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_the_policy_has_with_a_port_is_told_to_be_written_without() {
        let hosts = [String::from("localhost:44937")];
        assert!(
            stray("localhost", &hosts).contains("`localhost:44937`, write it without its port")
        );
        assert_eq!(stray("local", &hosts), "`local` is none");
    }

    #[test]
    fn how_often_is_said_as_people_say_it() {
        assert_eq!([1, 3].map(times), ["once", "3 times"]);
    }
}
