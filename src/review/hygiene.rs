//! Searches what is packed for secrets, and for text that does not look like what it is. Knows nobody's secrets.

use std::collections::BTreeSet;

use crate::model::record::{Body, CanaryFault, Exchange, Operation, RequestRecord, Run};
use crate::model::redact::detect::{Decoys, Effort};
use crate::model::redact::{mark_name, marks};
use crate::review::check::Decision;
use crate::review::lookalike;

/// What looks like a secret in what a run asked. A record that is borne out by a replay, which knows no secret but those
/// that stand in the submission, asked nothing else that holds one: these are credentials made up to be refused.
pub fn decoys(run: &Run, effort: &mut Effort) -> Decoys {
    let mut decoys = Decoys::default();
    let scenarios = run.all().flat_map(|run| &run.scenarios);
    for exchange in scenarios.flat_map(|s| &s.exchanges) {
        take(&mut decoys, exchange, effort);
    }
    for source in &run.sources {
        decoys.give_back(source.text.as_bytes(), effort);
    }
    decoys
}

fn take(decoys: &mut Decoys, exchange: &Exchange, effort: &mut Effort) {
    if let Some(RequestRecord {
        url, headers, body, ..
    }) = exchange.request()
    {
        decoys.take(url.as_bytes(), effort);
        for (_, value) in headers {
            decoys.take(value.as_bytes(), effort);
        }
        match body {
            Body::Text(text) | Body::Base64(text) => decoys.take(text.as_bytes(), effort),
            Body::Empty | Body::Digest { .. } | Body::Withheld(_) => {}
        }
    }
    if let Some(Operation::Connect { location }) = exchange.storage().map(|s| &s.operation) {
        decoys.take(location.as_bytes(), effort);
    }
}

/// Files of the submission of which a secret that was given hides a part: nobody can tell whether they have the digest that
/// is said of what was posted. Any other mark hides nothing.
pub fn hidden(run: &Run) -> BTreeSet<&str> {
    let given = run.destinations.iter().flat_map(|d| &d.given.secrets);
    let given: BTreeSet<String> = given.map(|name| mark_name(name)).collect();
    let hidden = run.sources.iter().filter(|source| {
        let (_, names) = marks(&source.text);
        !names.is_empty() && names.iter().all(|name| given.contains(name))
    });
    hidden.map(|source| &*source.name).collect()
}

/// The first fault of a canary, in any repetition.
fn canary_fault(run: &Run) -> Option<CanaryFault> {
    let mut all = run.all().flat_map(|run| {
        let planted = run.destinations.iter().filter_map(|d| d.canary.as_ref());
        planted.filter_map(|canary| canary.fault(&run.id))
    });
    all.next()
}

/// Why a run does not show that its guard of secrets looked.
pub fn canary(run: &Run, required: bool) -> Option<(Decision, String)> {
    if let Some(fault) = canary_fault(run) {
        let decision = match fault {
            CanaryFault::Found(_) => Decision::Secret,
            CanaryFault::Unplanted
            | CanaryFault::Blind { .. }
            | CanaryFault::Unmarked
            | CanaryFault::Other => Decision::Refused,
        };
        return Some((decision, fault.to_string()));
    }
    let lacking = required && !run.is_certified();
    lacking.then(|| {
        let why = "it was not run to be certified: `destspec run --certify`";
        (Decision::Refused, why.to_owned())
    })
}

/// Names and statements of the submission that do not look like what they are, and why.
pub fn deceptive(run: &Run) -> Vec<String> {
    let mut shown = vec![
        ("the partner's name", &run.partner.name),
        ("the contact", &run.partner.contact),
    ];
    for destination in &run.destinations {
        shown.push(("a destination's name", &destination.name));
        shown.push(("a destination's version", &destination.version));
    }
    for attestation in &run.attestations {
        shown.push(("a statement", &attestation.statement));
        shown.push(("who states something", &attestation.by));
    }
    let found = shown.into_iter();
    let found = found.filter_map(|(what, text)| Some(format!("{what}: {}", lookalike::why(text)?)));
    found.collect()
}
