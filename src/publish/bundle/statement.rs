//! The one document that is signed: an in-toto Statement v1 whose subject is `SHA256SUMS`. What it says of the run
//! follows from the record; it is a claim that a reviewer recomputes.

use serde::{Deserialize, Serialize};

use crate::model::challenge::Challenge;
use crate::model::conclusion::{RunConclusion, conclude_run};
use crate::model::digest::Digest;
use crate::model::outcome::Outcome;
use crate::model::record::Run;
use crate::model::requirement::{Edition, Level};
use crate::publish::bundle::{FORMAT, SUMS};
use crate::publish::report::text;

/// in-toto Statement v1.
pub const TYPE: &str = "https://in-toto.io/Statement/v1";
/// What is stated.
pub const PREDICATE: &str = "https://destspec.dev/attestation/conformance-run/v1";

/// The document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Statement {
    /// [`TYPE`].
    #[serde(rename = "_type")]
    pub kind: String,
    /// `SHA256SUMS`, alone.
    pub subject: Vec<Subject>,
    /// [`PREDICATE`].
    pub predicate_type: String,
    /// What is stated of the subject.
    pub predicate: Predicate,
}

/// A file and its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// Its digest.
    pub digest: Sha256,
}

/// The digests of a subject: one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sha256 {
    /// SHA-256.
    pub sha256: Digest,
}

/// What is stated of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Predicate {
    /// Version of the bundle's layout.
    pub format: u32,
    /// The run.
    pub run_id: String,
    /// Who submitted.
    pub partner: String,
    /// What is concluded.
    pub claim: Claim,
    /// What was judged by.
    pub edition: Judged,
    /// What judged.
    pub harness: Harness,
    /// Seed of all test data.
    pub seed: u64,
    /// What of the suite was wanted; empty where nothing was left out.
    pub selection: String,
    /// What was judged, as `name version`.
    pub destinations: Vec<String>,
    /// Whether it was run to be certified.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub certified: bool,
    /// What a reviewer had issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Issued>,
    /// How often it was run again, from further data.
    #[serde(default, skip_serializing_if = "is_never")]
    pub repeated: usize,
    /// When it began, RFC 3339 in UTC.
    pub started_at: String,
    /// Whole milliseconds that it took.
    pub duration_ms: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_never(repeated: &usize) -> bool {
    *repeated == 0
}

/// A conclusion and how many scenarios came out how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Claim {
    /// The conclusion, repetitions included.
    pub verdict: RunConclusion,
    /// Scenarios that were planned.
    pub planned: usize,
    /// Those of them at MUST level.
    pub must: usize,
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Blocked or broken.
    pub unjudged: usize,
    /// Left out since they do not apply.
    pub not_applicable: usize,
    /// Left out by a filter or an interruption.
    pub filtered: usize,
}

/// The suite and the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Judged {
    /// Edition of the prerequisites page.
    pub id: Edition,
    /// Digest of the suite.
    pub suite_sha256: Digest,
    /// Digest of the plan.
    pub plan_sha256: Digest,
}

/// The program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Harness {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A challenge by name and digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issued {
    /// Its name.
    pub id: String,
    /// Digest of its bytes.
    pub sha256: Digest,
}

impl Statement {
    /// What is stated of a run whose files have these sums.
    pub fn of(run: &Run, sums: Digest) -> Self {
        let subject = Subject {
            name: SUMS.to_owned(),
            digest: Sha256 { sha256: sums },
        };
        Self {
            kind: TYPE.to_owned(),
            subject: vec![subject],
            predicate_type: PREDICATE.to_owned(),
            predicate: Predicate::of(run),
        }
    }

    /// Its bytes.
    ///
    /// # Errors
    /// When serde_json refuses them.
    pub fn render(&self) -> serde_json::Result<String> {
        Ok(text::json(&serde_json::to_string_pretty(self)?))
    }
}

impl Predicate {
    fn of(run: &Run) -> Self {
        let destination =
            |d: &crate::model::record::Destination| [d.name.as_str(), d.version.as_str()].join(" ");
        Self {
            format: FORMAT,
            run_id: run.id.clone(),
            partner: run.partner.name.clone(),
            claim: Claim::of(run),
            edition: Judged {
                id: run.edition,
                suite_sha256: run.suite,
                plan_sha256: run.plan,
            },
            harness: Harness {
                name: String::from("destspec"),
                version: run.destspec.clone(),
            },
            seed: run.seed,
            selection: run.selection.words(),
            destinations: run.destinations.iter().map(destination).collect(),
            certified: run.is_certified(),
            challenge: run.challenge.as_deref().map(|text| Issued {
                id: Challenge::parse(text).map_or_else(|_| String::new(), |c| c.id),
                sha256: Digest::hash(text),
            }),
            repeated: run.repetitions.len(),
            started_at: run.started.clone(),
            duration_ms: run.duration_ms,
        }
    }
}

impl Claim {
    /// What follows from a run.
    pub fn of(run: &Run) -> Self {
        let mut claim = Self {
            verdict: conclude_run(run),
            planned: run.scenarios.len(),
            must: 0,
            passed: 0,
            failed: 0,
            unjudged: 0,
            not_applicable: 0,
            filtered: 0,
        };
        for scenario in &run.scenarios {
            claim.must += usize::from(scenario.level == Level::Must);
            *match scenario.outcome {
                Outcome::Passed { .. } => &mut claim.passed,
                Outcome::Failed { .. } => &mut claim.failed,
                Outcome::Blocked { .. } | Outcome::Broken { .. } => &mut claim.unjudged,
                Outcome::Omitted { filtered: true, .. } => &mut claim.filtered,
                Outcome::Omitted {
                    filtered: false, ..
                } => &mut claim.not_applicable,
            } += 1;
        }
        claim
    }
}
