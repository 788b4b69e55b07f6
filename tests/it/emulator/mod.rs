//! The emulator as its clients see it: over HTTPS, with a client it shares nothing with.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

mod batches;
pub mod client;
mod distortions;
mod faults;
mod headers;
mod leaks;
mod near_misses;
mod protocol;
mod races;
mod refusals;
mod storing;
mod tokens;
mod variations;
