//! Profiles become bytes here. Pure: no clock, no socket, no environment; names only `model`.

pub mod audience;
mod calendar;
pub mod file;
pub mod message;
pub mod oauth2;
pub mod pebble;
