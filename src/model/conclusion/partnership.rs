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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_holds_from_its_day_to_its_last_and_a_day_is_later_somewhere() {
        let started = "2026-11-22T23:00:00Z";
        for (on, until, holds) in [
            ("2026-11-02", None, true),
            ("2026-11-23", None, true),
            ("2026-11-24", None, false),
            ("2026-11-02", Some("2026-11-22"), true),
            ("2026-11-02", Some("2026-11-21"), false),
            ("2026-11-24", Some("2027-11-24"), false),
        ] {
            let attestation = Attestation {
                requirement: String::from("PAR-1"),
                statement: String::from("s"),
                by: String::from("J. Doe"),
                on: on.to_owned(),
                valid_until: until.map(str::to_owned),
                document_sha256: None,
            };
            assert_eq!(is_valid(&attestation, started), holds, "{on} {until:?}");
        }
    }
}
