//! destspec behaves towards a destination exactly as Experience Platform would and judges what comes back.
//!
//! The folders are the stations that a datum passes, in order; imports go one way, and `tests/tidy/main.rs` holds the table.
//!
//! 1. [`model`] — what things are: submission, Destination SDK JSON, profile, requirement, record, the folds to a
//!    conclusion. Pure.
//! 2. [`encode`] — profiles to bytes: Pebble templates, messages, files as Apache Spark writes them. Pure.
//! 3. [`wire`] — bytes to and from the outside. The only sockets of the client: a `Session` is live or replays a record.
//! 4. [`judge`] — observation to finding. Pure.
//! 5. [`suite`] — phrases to calls: catalogue, plan, phrase table, steps, run.
//! 6. [`publish`] — record to reports and bundles. Pure: the same record gives the same bytes.
//! 7. [`review`] — bundle to decision: what a partner packed, judged again by the same suite and by a reviewer's policy.
//! 8. [`cli`] — words to calls. The only reader of files and environment, the only printer.
//!
//! [`emulator`] stands beside them: stand-in destinations that share no code with the client.
//!
//! Invariants: an `Exchange` has one constructor and it demands a `Redactor`; a secret is seen only in `wire::auth` and
//! in redaction; a `Then` is a function of the record and asks nothing new; a failure that was not judged is destspec's
//! own fault.
//!
//! Reading order: `model::record`, `suite::phrases`, `suite::steps`, `wire::session`, `suite::run`, `publish::report`.

pub mod cli;
pub mod emulator;
pub mod encode;
pub mod judge;
pub mod model;
pub mod publish;
pub mod review;
pub mod suite;
pub mod wire;
