//! Check G7: whether whoever signed runs the hosts that were judged. The record holds what they served; that they serve it
//! still is for `destspec challenge proof --fetch` to say.

use std::collections::BTreeSet;

use crate::model::challenge::Challenge;
use crate::model::control::{self, ControlHost};
use crate::model::record::{Exchange, Purpose, Run};
use crate::model::sdk::Family;
use crate::review::Reviewer;
use crate::review::chain::Chain;
use crate::review::check::{Checks, Decision, Fault, unless};
use crate::review::known;
use crate::review::policy::Attestations;

/// Whether control is proved, where the challenge or the policy asks for it.
pub fn controlled((run, chain): (&Run, &Chain<'_>), reviewer: &Reviewer, checks: &mut Checks) {
    let required = reviewer.policy.challenge.control_proof;
    let asked = of(run).is_some();
    let (what, fault) = if asked {
        let key = chain.signer.as_ref().map(|s| s.fingerprint.as_str());
        match (fault(run, key), reviewer.policy.evidence.unproved_locations) {
            (Some((Decision::Person, why)), Attestations::Accept) => (
                format!("{}; the policy takes: {why}", known::what("G7")),
                None,
            ),
            (fault, Attestations::Accept | Attestations::Person) => {
                (known::what("G7").to_owned(), fault)
            }
        }
    } else {
        let why =
            || String::from("the policy asks for a proof of control, and the challenge for none");
        let what = match required {
            true => known::what("G7"),
            false => "no proof of control, and none asked for",
        };
        let what = what.to_owned();
        (what, unless(!required, Decision::Refused, why))
    };
    checks.add("G7", &what, fault);
}

/// The challenge of a run, if it asks for proofs of control.
fn of(run: &Run) -> Option<Challenge> {
    let challenge = Challenge::parse(run.challenge.as_deref()?).ok()?;
    (!challenge.control_proof.is_empty()).then_some(challenge)
}

/// Why a run does not show what its challenge asks for, that who signs by the key with this fingerprint runs its hosts;
/// nothing where it asks for none.
pub fn fault(run: &Run, fingerprint: Option<&str>) -> Fault {
    let each = run.all().filter_map(|run| once(run, fingerprint));
    each.min_by_key(|(decision, _)| *decision)
}

fn once(run: &Run, fingerprint: Option<&str>) -> Fault {
    let challenge = of(run)?;
    let Some(fingerprint) = fingerprint else {
        let why = "a proof names the key that signs, and no allowed signer signed";
        return Some((Decision::Refused, why.to_owned()));
    };
    let proof = challenge.proof(fingerprint);
    let faults = || {
        challenge
            .control_proof
            .iter()
            .find_map(|host| unproved(run, (&challenge.id, host), &proof))
    };
    if let Some(why) = elsewhere(run, &challenge).or_else(faults) {
        return Some((Decision::Refused, why));
    }
    let mut files = run.destinations.iter().filter(|d| d.family == Family::File);
    let files = files.next().map(|d| {
        format!(
            "`{}` takes files: nothing at a location proves who runs it",
            d.name
        )
    });
    files.map(|why| (Decision::Person, why))
}

/// Why the hosts that were judged are not those that the challenge names, if so.
fn elsewhere(run: &Run, challenge: &Challenge) -> Option<String> {
    let mut judged = BTreeSet::new();
    for url in run
        .scenarios
        .iter()
        .flat_map(|s| &s.exchanges)
        .filter_map(|e| taken(e))
    {
        match ControlHost::of(url) {
            Some(host) => judged.insert(host),
            None => {
                return Some(format!(
                    "`{url}` leads to no host over TLS in its plain form"
                ));
            }
        };
    }
    let unnamed = judged
        .iter()
        .find(|host| !challenge.control_proof.contains(host));
    let unnamed =
        unnamed.map(|host| format!("`{host}` was judged, and the challenge does not name it"));
    unnamed.or_else(|| {
        let mut named = challenge.control_proof.iter();
        let stray = named.find(|host| !judged.contains(host));
        stray.map(|host| format!("`{host}` is named by the challenge, and was not judged"))
    })
}

/// Where a message or an audience went.
fn taken(exchange: &Exchange) -> Option<&str> {
    match exchange.purpose {
        Purpose::Delivery | Purpose::Audience => exchange.request().map(|r| r.url.as_str()),
        Purpose::Observation
        | Purpose::Token
        | Purpose::Canary
        | Purpose::Authorization
        | Purpose::Control => None,
    }
}

/// Why a host did not serve the proof, if so.
fn unproved(run: &Run, (id, host): (&str, &ControlHost), proof: &str) -> Option<String> {
    let url = host.url(id);
    let all = run.destinations.iter().flat_map(|d| &d.control);
    let mut asked = all
        .filter(|e| e.request().is_some_and(|r| r.url == url))
        .peekable();
    if asked.peek().is_none() {
        return Some(format!("`{url}` was not asked for"));
    }
    let fault = asked.find_map(|exchange| control::fault(exchange, proof));
    fault.map(|fault| format!("`{url}`: {fault}"))
}
