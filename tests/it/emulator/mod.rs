//! The emulator as its clients see it: over HTTPS, with a client it shares nothing with.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod client;
mod distortions;
mod faults;
mod protocol;
mod refusals;
mod storing;
mod tokens;
