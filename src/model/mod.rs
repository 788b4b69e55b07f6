//! What things are. Pure: no I/O, no clock, no environment; values are passed in. Names no other layer.

pub mod challenge;
pub mod code;
pub mod conclusion;
pub mod control;
pub mod digest;
pub mod finding;
pub mod http_token;
pub mod location;
pub mod namespace;
pub mod near_miss;
pub mod outcome;
pub mod percent;
pub mod profile;
pub mod profile_json;
pub mod reason;
pub mod record;
pub mod redact;
pub mod requirement;
pub mod rule;
pub mod sdk;
pub mod secret;
pub mod source;
pub mod submission;
pub mod token;
