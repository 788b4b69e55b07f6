//! What a person states of a partnership, folded: attested, expired or missing.

use jiff::civil::Date;

use crate::model::conclusion::fold::Folded;
use crate::model::conclusion::{Conclusion, codes};
use crate::model::record::{Attestation, Run};

/// What is concluded of a prerequisite that persons state.
pub(super) fn of_partnership(run: &Run, prerequisite: &str) -> Folded {
    let stated: Vec<&Attestation> = run
        .attestations
        .iter()
        .filter(|a| a.requirement == prerequisite)
        .collect();
    let valid = stated.iter().find(|a| is_valid(a, &run.started));
    match (valid, stated.first()) {
        (Some(a), _) => (Conclusion::Attested, None, codes::attested(&a.by, &a.on)),
        (None, Some(a)) if is_of_later(a, &run.started) => {
            let why = codes::attestation_later(&a.by, &a.on);
            (Conclusion::Missing, None, why)
        }
        (None, Some(a)) => {
            let until = a.valid_until.as_deref().unwrap_or_default();
            let why = codes::attestation_expired(&a.by, &a.on, until);
            (Conclusion::Expired, None, why)
        }
        (None, None) => (Conclusion::Missing, None, codes::not_attested(prerequisite)),
    }
}

/// Whether a statement still held on the day on which the run began. A day that cannot be read holds nothing.
fn is_valid(attestation: &Attestation, started: &str) -> bool {
    if is_of_later(attestation, started) {
        return false;
    }
    let Some(until) = &attestation.valid_until else {
        return true;
    };
    match (day(until), day(started)) {
        (Some(until), Some(started)) => started <= until,
        (Some(_) | None, _) => false,
    }
}

/// Whether a statement was made after the day on which the run began; somewhere it is a day later than here.
fn is_of_later(attestation: &Attestation, started: &str) -> bool {
    let (on, started) = (day(&attestation.on), day(started));
    let latest = started.and_then(|day| day.tomorrow().ok());
    on.zip(latest).is_some_and(|(on, latest)| on > latest)
}

fn day(text: &str) -> Option<Date> {
    text.get(..10).and_then(|day| day.parse().ok())
}
