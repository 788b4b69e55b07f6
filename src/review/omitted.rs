//! Check E4: whether what a MUST asks for was left out by the partner's own choice, and not because a destination like this
//! cannot be asked. A run is conformant all the same, so that somebody has to be told.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::outcome::Outcome;
use crate::model::record::Run;
use crate::model::requirement::Level;
use crate::publish::report::sentence::sentence;
use crate::review::check::{Checks, Decision};
use crate::review::policy::Policy;
use crate::suite::omission::{Doing, doing};
use crate::suite::words;

/// Each reason, the requirements that were left out for it, and the destinations.
type LeftOut<'a> = BTreeMap<String, (BTreeSet<&'a str>, BTreeSet<&'a str>)>;

/// Whether the policy takes every requirement that was left out by choice.
pub fn chosen(run: &Run, policy: &Policy, checks: &mut Checks) {
    let taken = &policy.evidence.left_out;
    let (taken, open): (Vec<_>, Vec<_>) =
        by_choice(run).partition(|(requirement, _, _)| taken.iter().any(|one| one == requirement));
    if open.is_empty() && !taken.is_empty() {
        let words = format!(
            "left out by choice, which the policy takes: {}",
            said(taken)
        );
        checks.note("E4", words);
        return;
    }
    let fault = (!open.is_empty()).then(|| (Decision::Person, said(open)));
    checks.judge("E4", fault);
}

/// What of MUSTs was left out by choice, in words.
pub fn told(run: &Run) -> Option<String> {
    let all: Vec<_> = by_choice(run).collect();
    (!all.is_empty()).then(|| said(all))
}

/// Requirement, destination and reason of each scenario of a MUST that was left out by choice; what a filter left out is for
/// another check.
fn by_choice(run: &Run) -> impl Iterator<Item = (&str, &str, String)> {
    let words = words();
    let all = run.all().flat_map(|run| &run.scenarios);
    all.filter(|scenario| scenario.level == Level::Must)
        .filter_map(move |scenario| match &scenario.outcome {
            Outcome::Omitted {
                reason,
                filtered: false,
            } => match doing(&reason.code) {
                Doing::Choice => {
                    let why = sentence(&words, reason);
                    Some((&*scenario.requirement, &*scenario.destination, why))
                }
                Doing::Fact => None,
            },
            Outcome::Omitted { filtered: true, .. }
            | Outcome::Passed { .. }
            | Outcome::Failed { .. }
            | Outcome::Blocked { .. }
            | Outcome::Broken { .. } => None,
        })
}

/// One sentence a reason.
fn said(left_out: Vec<(&str, &str, String)>) -> String {
    let mut folded = LeftOut::new();
    for (requirement, destination, why) in left_out {
        let (requirements, destinations) = folded.entry(why).or_default();
        requirements.insert(requirement);
        destinations.insert(destination);
    }
    let listed = |all: BTreeSet<&str>| all.into_iter().collect::<Vec<_>>().join(", ");
    let lines = folded.into_iter().map(|(why, (requirements, of))| {
        format!("{} of {}: {why}", listed(requirements), listed(of))
    });
    lines.collect::<Vec<_>>().join("; ")
}
