//! Bundle to decision: reads what a partner packed as something hostile, follows its chain, judges it again and applies
//! the reviewer's policy. Nothing is extracted, nothing is asked of the outside.
//!
//! Reading order: [`container`], [`chain`], [`verdict`], [`policy`], [`report`]; of what was accepted
//! [`certificate`] and [`ledger`], of what is run again [`sample`].

pub mod certificate;
pub mod chain;
pub mod check;
pub mod container;
pub mod control;
pub mod freshness;
pub mod hygiene;
pub mod known;
pub mod ledger;
pub mod lookalike;
pub mod omitted;
pub mod person;
pub mod policy;
pub mod report;
pub mod sample;
pub mod signature;
pub mod times;
pub mod verdict;

use jiff::Timestamp;

use crate::model::digest::Digest;
use crate::model::record::Run;
use crate::publish::bundle::statement::Claim;
use crate::review::check::{Check, Checks, Decision};
use crate::review::ledger::Spent;
use crate::review::policy::Policy;
use crate::review::signature::Signer;

/// Who reviews, and by what.
#[derive(Debug)]
pub struct Reviewer {
    /// The policy.
    pub policy: Policy,
    /// Who may sign.
    pub signers: Vec<Signer>,
    /// The challenge that was issued, as it was read.
    pub challenge: Option<String>,
    /// What was certified before.
    pub ledger: Vec<Spent>,
    /// The time of the review.
    pub at: Timestamp,
}

/// What a review comes to.
#[derive(Debug)]
pub struct Review {
    /// Every check, in order.
    pub checks: Vec<Check>,
    /// What follows from them.
    pub decision: Decision,
    /// What the bundle proves at most: 0 nothing, 1 who states it, 2 that it was made after a challenge was issued.
    pub level: u8,
    /// Digest of the bundle.
    pub bundle: Digest,
    /// Digest of its statement.
    pub statement: Option<Digest>,
    /// What follows from its record.
    pub claim: Option<Claim>,
    /// The record, where it could be read.
    pub run: Option<Run>,
    /// What a person still has to judge.
    pub person: Vec<String>,
}

/// Reviews a bundle.
pub async fn review(bytes: &[u8], reviewer: &Reviewer) -> Review {
    let mut checks = Checks::default();
    let mut review = Review {
        checks: Vec::new(),
        decision: Decision::Malformed,
        level: 0,
        bundle: Digest::hash(bytes),
        statement: None,
        claim: None,
        run: None,
        person: Vec::new(),
    };
    let limits = reviewer.policy.limits();
    if let Some(chain) = chain::follow(bytes, &limits, reviewer, &mut checks) {
        review.statement = Some(chain.statement_sha256);
        verdict::judge(&chain, reviewer, &mut checks, &mut review).await;
    }
    review.decision = checks.decision();
    review.checks = checks.0;
    review
}
