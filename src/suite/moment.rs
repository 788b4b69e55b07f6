//! Moments of a run that goes on: what somebody who waits wants to know.

use crate::model::outcome::Outcome;

/// Something that has just happened.
pub enum Moment<'a> {
    /// A scenario began.
    Began {
        /// The destination that it judges.
        destination: &'a str,
        /// Its id.
        scenario: &'a str,
    },
    /// A scenario ended.
    Ended {
        /// The destination that it judged.
        destination: &'a str,
        /// Its id.
        scenario: &'a str,
        /// What became of it.
        outcome: &'a Outcome,
    },
}
