//! Phrases to calls: the suite as data, the plan, the phrase table, the steps, and the run.
//!
//! `engine` is the only file that names cucumber. A `Given` or `When` acts through the Session; a `Then` is a plain
//! function of the record.

pub mod cast;
pub mod catalogue;
mod engine;
pub mod need;
pub mod open;
pub mod parameter;
pub mod phrases;
pub mod plan;
pub mod run;
pub mod steps;
pub mod target;
pub mod token_template;
pub mod twin;
pub mod world;
