//! Phrases to calls: the suite as data, the plan, the phrase table, the steps, and the run.
//!
//! `engine` is the only file that names cucumber. A `Given` or `When` acts through the Session; a `Then` is a plain
//! function of the record.

pub mod broken;
pub mod cast;
pub mod catalogue;
mod engine;
pub mod flaw;
pub mod need;
pub mod omission;
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

use crate::model::code::Words;

/// The catalogue of every code that a record of this version can hold.
pub fn words() -> Words {
    let judged = crate::judge::CODES.iter();
    let own = [
        broken::CODES,
        flaw::codes::CODES,
        omission::CODES,
        crate::model::conclusion::codes::CODES,
    ];
    Words::new(judged.copied().chain(own).flatten())
}
