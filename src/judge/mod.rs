//! Observation to finding. Pure: `fn(observed, claimed) -> Result<(), Finding>`; no clock, no socket, no session.

pub mod answer;
pub mod challenge;
pub mod connection;
pub mod header;
pub mod stored;
pub mod token;
