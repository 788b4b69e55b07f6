//! Checks G: from which challenge a run was made, when, and where it went.

use jiff::{SignedDuration, Timestamp};

use crate::model::challenge::Challenge;
use crate::model::record::{Destination, Operation, Run};
use crate::review::chain::Chain;
use crate::review::check::{Checks, Decision, Fault, unless};
use crate::review::policy::TargetPolicy;
use crate::review::{Reviewer, known, ledger};

/// Whether the run is known to have been made after the reviewer's challenge was issued.
pub fn fresh((run, chain): (&Run, &Chain<'_>), reviewer: &Reviewer, checks: &mut Checks) -> bool {
    let challenged = challenge((run, chain), reviewer, checks);
    let days = i64::from(reviewer.policy.run.max_age_days);
    let oldest = SignedDuration::from_hours(24 * days);
    // the partner's clock may be fast
    let latest = reviewer.at.checked_add(skew(reviewer));
    let latest = latest.unwrap_or(Timestamp::MAX);
    let late = |run: &Run| {
        let took = SignedDuration::from_millis(i64::try_from(run.duration_ms).unwrap_or(i64::MAX));
        match run.started.parse::<Timestamp>() {
            Err(_) => Some(format!("`{}` is no time", run.started)),
            Ok(start) if reviewer.at.duration_since(start) > oldest => Some(format!(
                "it began on {}, more than {days} days ago",
                run.started
            )),
            Ok(start) if latest.duration_since(start) < took => Some(format!(
                "it ends after the review, which is at {}, by more than {} s",
                reviewer.at, reviewer.policy.run.max_clock_skew_s
            )),
            Ok(_) => None,
        }
    };
    let fault = run.all().find_map(late);
    checks.judge("G3", fault.map(|why| (Decision::Refused, why)));
    challenged
}

/// By how much the partner's clock may be off.
fn skew(reviewer: &Reviewer) -> SignedDuration {
    SignedDuration::from_secs(reviewer.policy.run.max_clock_skew_s.into())
}

fn challenge((run, chain): (&Run, &Chain<'_>), reviewer: &Reviewer, checks: &mut Checks) -> bool {
    let policy = &reviewer.policy.challenge;
    // one that is named is asked for
    let required = policy.required || reviewer.challenge.is_some();
    let refused = |why: &str| Some((Decision::Refused, why.to_owned()));
    let Some(text) = &run.challenge else {
        if required {
            let why = "a challenge is asked for, and it was made without";
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
    let what = match policy.ledger {
        Some(_) => known::what("G1").to_owned(),
        None => format!("{}; no ledger says whether it was spent", known::what("G1")),
    };
    checks.add("G1", &what, fault)
}

/// Whether the suite ran as often as the challenge asks, each time from data of its own. Only a challenge that is the
/// reviewer's asks for anything.
pub fn repeated(run: &Run, reviewer: &Reviewer, checks: &mut Checks) {
    let challenge = reviewer.challenge.as_ref().or(run.challenge.as_ref());
    let challenge = challenge.map(|text| Challenge::parse(text));
    let challenge = challenge.and_then(Result::ok);
    let asked = challenge.as_ref().map_or(1, |c| c.repetitions);
    let ran = run.all().count();
    let holds = u32::try_from(ran) == Ok(asked);
    if holds && reviewer.challenge.is_none() {
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
    let from = from.and_then(|from| from.checked_sub(skew(reviewer)).ok());
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
    let hosts: Vec<String> = allowed.hosts.iter().map(|host| plain(host)).collect();
    let takes = |host: &str| hosts.contains(&plain(host));
    let own = run.all().flat_map(|run| &run.destinations);
    let own = own.flat_map(Destination::own_exchanges);
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
                (!takes(&host)).then_some(host)
            }
            (Some(Err(_)), _) => Some(String::from("no URL")),
            (None, Some(Operation::Connect { location })) => {
                (!allowed.locations.contains(location)).then(|| location.clone())
            }
            (None, _) => None,
        };
        strange = strange.or(place);
    }
    for destination in run.all().flat_map(|run| &run.destinations) {
        let hosts = destination.given.hosts.iter().flatten();
        for url in hosts.map(|host| url::Url::parse(host)) {
            let (scheme, host) = url.as_ref().map_or(("", ""), of_location);
            if !["https", "sftp"].contains(&scheme) {
                open = open.or_else(|| Some(scheme.to_owned()));
            }
            strange = strange.or_else(|| (!takes(host)).then(|| host.to_owned()));
        }
    }
    let strange = strange.map(|place| stray(&place, &allowed.hosts));
    let strange = strange.or_else(|| run.all().find_map(unplaced));
    checks.judge("G4", strange.map(|why| (Decision::Refused, why)));
    let open = open.filter(|_| allowed.tls);
    checks.judge(
        "G5",
        open.map(|scheme| (Decision::Refused, format!("one went over `{scheme}`"))),
    );
    checks.judge("G8", named(run, allowed));
}

/// Scheme and host.
fn of_location(url: &url::Url) -> (&str, &str) {
    (url.scheme(), url.host_str().unwrap_or_default())
}

/// A location that was asked, of which the record does not say by which hosts it was reached.
fn unplaced(run: &Run) -> Option<String> {
    let mut all = run.destinations.iter().filter(|d| d.given.hosts.is_none());
    let unplaced = all.find(|d| {
        let mut own = run.scenarios.iter().filter(|s| s.destination == d.name);
        own.any(|s| s.exchanges.iter().any(|e| e.storage().is_some()))
    });
    unplaced.map(|d| {
        format!(
            "the record does not say by which host the location of `{}` was reached",
            d.name
        )
    })
}

/// A host as a URL has it: in lower case, and ASCII alone.
fn plain(host: &str) -> String {
    url::Host::parse(host).map_or_else(|_| host.to_owned(), |host| host.to_string())
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
    fn a_host_is_compared_as_a_url_has_it() {
        for (written, in_url) in [
            ("LOCALHOST", "localhost"),
            ("b\u{fc}cher.example", "xn--bcher-kva.example"),
            ("[::0:1]", "[::1]"),
            ("localhost:443", "localhost:443"),
        ] {
            assert_eq!(plain(written), in_url);
        }
    }

    #[test]
    fn how_often_is_said_as_people_say_it() {
        assert_eq!([1, 3].map(times), ["once", "3 times"]);
    }
}
