//! Profiles become bytes here. Pure: no clock, no socket, no environment; names only `model`.

pub mod file;
pub mod message;
pub mod pebble;
