//! What the phrases do, one file per noun of the domain. A step acts through the Session or judges the record; it
//! holds no rule of its own: rules live in `judge`.

pub mod answer;
pub mod audience;
pub mod audience_state;
pub mod authentication;
pub mod authorization;
pub mod configuration;
pub mod delivery;
pub mod file;
pub mod ingestion;
pub mod location;
pub mod members;
pub mod profile;
pub mod stored;
pub mod token;
