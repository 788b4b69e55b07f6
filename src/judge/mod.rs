//! Observation to finding. Pure: `fn(observed, claimed) -> Result<(), Finding>`; no clock, no socket, no session.

pub mod answer;
pub mod audience;
pub mod authorization;
pub mod challenge;
pub mod configuration;
pub mod connection;
pub mod earlier;
pub mod filed;
pub mod form;
pub mod header;
mod held;
pub mod ingested;
pub mod location;
pub mod observed;
pub mod paging;
mod refusing;
mod spelling;
pub mod stored;
pub mod token;
pub mod unsent;

use crate::model::code::Code;

/// The codes of everything that is judged here.
pub const CODES: &[&[Code]] = &[
    answer::content::codes::CODES,
    answer::refusal::codes::CODES,
    answer::status::codes::CODES,
    audience::codes::CODES,
    authorization::codes::CODES,
    challenge::codes::CODES,
    configuration::codes::CODES,
    connection::codes::CODES,
    earlier::codes::CODES,
    form::codes::CODES,
    ingested::codes::CODES,
    location::codes::CODES,
    observed::codes::CODES,
    stored::codes::CODES,
    token::codes::CODES,
];
