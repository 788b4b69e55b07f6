//! Phrases to calls: the suite as data, the plan, the phrase table, the steps, the run, and the run judged again.
//!
//! `engine` is the only file that names cucumber. A `Given` or `When` acts through the Session; a `Then` is a plain
//! function of the record and of a subject that leads nowhere. Imports inside go one way: what a step may see is below
//! the phrases, which are below the plan, which is below the run.

mod aside;
pub mod asking;
pub mod audience;
mod bar;
pub mod broken;
pub mod cast;
pub mod catalogue;
mod cells;
pub mod control;
pub mod dataflow;
pub mod delivery;
mod engine;
pub mod evidence;
pub mod export;
pub mod filed;
pub mod filing;
pub mod flaw;
pub mod heard;
pub mod history;
pub mod hostile;
mod judging;
pub mod moment;
pub mod near_miss;
pub mod need;
pub mod observe;
pub mod omission;
pub mod open;
pub mod page;
pub mod pair;
pub mod parameter;
pub mod phrases;
pub mod plan;
pub mod posted;
pub mod replay;
pub mod run;
pub mod source;
pub mod steps;
mod stock;
pub mod stop;
pub mod subject;
mod token_endpoint;
mod waits;
pub mod world;
pub mod writing;

use crate::model::code::{Code, Words};

/// The codes of the suite itself, and of what is concluded.
pub const CODES: &[&[Code]] = &[
    broken::CODES,
    flaw::codes::CODES,
    near_miss::codes::CODES,
    omission::CODES,
    crate::model::conclusion::codes::CODES,
];

/// The catalogue of every code that a record of this version can hold.
pub fn words() -> Words {
    Words::new(crate::judge::CODES.iter().chain(CODES).copied().flatten())
}
