//! What a reviewer signs of a bundle that was accepted: an in-toto statement with a simple verification result. Its subject
//! is the statement of the bundle, which no signature that is added later changes.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::model::digest::Digest;
use crate::model::record::{Destination, Exchange, Operation, Run};
use crate::publish::bundle::STATEMENT;
use crate::publish::bundle::statement::{Sha256, Subject, TYPE};
use crate::publish::report::text;
use crate::review::check::Decision;
use crate::review::{Review, person};

/// in-toto Simple Verification Result, version 0.2.
pub const PREDICATE: &str = "https://in-toto.io/attestation/svr/v0.2";
/// The namespace that a reviewer signs in, so that no signature of a partner passes for one of a reviewer.
pub const NAMESPACE: &str = "certificate@destspec.dev";
/// Days that a certificate holds where the reviewer does not say.
pub const DAYS: u16 = 90;

/// The document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Certificate {
    /// [`TYPE`].
    #[serde(rename = "_type")]
    pub kind: String,
    /// The statement of the bundle, alone.
    pub subject: Vec<Subject>,
    /// [`PREDICATE`].
    pub predicate_type: String,
    /// What was verified.
    pub predicate: Verified,
}

/// What was verified, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Verified {
    /// Who verified, and by which policy.
    pub verifier: Verifier,
    /// When, RFC 3339 in UTC.
    pub time_created: String,
    /// What holds of the bundle, and of whom: names as the record has them stand after `=`.
    pub properties: Vec<String>,
}

/// The program and the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verifier {
    /// Names the program and its version.
    pub id: String,
    /// The policy, by the digest of its file.
    pub policies: Vec<Subject>,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The bundle was not accepted.
    #[error("expected a bundle that is accepted, received one of which it is said: {}", .0.words())]
    Decision(Decision),
    /// The time of its end is none.
    #[error("cannot say until when it holds: {0}")]
    Time(#[from] jiff::Error),
    /// It cannot be written.
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Certificate {
    /// What follows from a review by that policy, for so many days from its time on.
    ///
    /// # Errors
    /// When the bundle was not accepted.
    pub fn of(
        review: &Review,
        policy: (&str, &str),
        at: Timestamp,
        days: u16,
    ) -> Result<Self, CertificateError> {
        let (Decision::Accepted, Some(statement), Some(run)) =
            (review.decision, review.statement, &review.run)
        else {
            return Err(CertificateError::Decision(review.decision));
        };
        let until = at.checked_add(SignedDuration::from_hours(24 * i64::from(days)))?;
        // no longer than what persons stated
        let until = until.to_zoned(TimeZone::UTC).date();
        let until = person::holds_until(run).map_or(until, |end| end.min(until));
        let mut properties = vec![
            String::from("DESTSPEC_CONFORMANT"),
            format!("DESTSPEC_EDITION_{}", upper(&run.edition.to_string())),
            format!("DESTSPEC_ASSURANCE_L{}", review.level),
            format!("DESTSPEC_VALID_UNTIL_{}", until.strftime("%Y_%m_%d")),
            format!("DESTSPEC_PARTNER={}", run.partner.name),
        ];
        let destinations = run.destinations.iter();
        properties
            .extend(destinations.map(|d| format!("DESTSPEC_DESTINATION={} {}", d.name, d.version)));
        properties.extend(places(run));
        let (name, text) = policy;
        Ok(Self {
            kind: TYPE.to_owned(),
            subject: vec![subject(STATEMENT, statement)],
            predicate_type: PREDICATE.to_owned(),
            predicate: Verified {
                verifier: Verifier {
                    id: format!(
                        "https://destspec.dev/verifier/{}",
                        env!("CARGO_PKG_VERSION")
                    ),
                    policies: vec![subject(name, Digest::hash(text))],
                },
                time_created: at.to_string(),
                properties,
            },
        })
    }

    /// Its bytes.
    ///
    /// # Errors
    /// When serde_json refuses them.
    pub fn render(&self) -> Result<String, CertificateError> {
        Ok(text::json(&serde_json::to_string_pretty(self)?))
    }
}

/// Each host and each location that the run went to.
fn places(run: &Run) -> BTreeSet<String> {
    let own = run.all().flat_map(|run| &run.destinations);
    let own = own.flat_map(Destination::own_exchanges);
    let scenarios = run.all().flat_map(|run| &run.scenarios);
    let all = scenarios.flat_map(|s| &s.exchanges).chain(own);
    let place = |exchange: &Exchange| {
        if let Some(request) = exchange.request() {
            let url = url::Url::parse(&request.url).ok()?;
            return Some(format!("DESTSPEC_HOST={}", url.host_str()?));
        }
        let Operation::Connect { location } = &exchange.storage()?.operation else {
            return None;
        };
        Some(format!("DESTSPEC_LOCATION={location}"))
    };
    all.filter_map(|exchange| place(exchange)).collect()
}

fn subject(name: &str, sha256: Digest) -> Subject {
    Subject {
        name: name.to_owned(),
        digest: Sha256 { sha256 },
    }
}

/// Letters and digits in capitals, everything else as `_`.
fn upper(text: &str) -> String {
    let plain = text.chars().map(|c| match c.is_ascii_alphanumeric() {
        true => c.to_ascii_uppercase(),
        false => '_',
    });
    plain.collect()
}
