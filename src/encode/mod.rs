//! Profiles become bytes here. Pure: no clock, no socket, no environment; names only `model`.

pub mod audience;
mod calendar;
pub mod file;
pub mod message;
pub mod oauth2;
pub mod pebble;

/// The id of a made-up customer's instance of the destination: it is in every key, name and manifest that Experience
/// Platform makes.
pub(crate) const INSTANCE: &str = "de575bec-0000-4000-8000-000000000000";
