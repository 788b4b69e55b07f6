//! Stand-in for the platform of a partner that ingests the files put into its storage, and says what it understood.
//!
//! Its readers are its own: they share no code with whatever wrote the files. Reading order: `setup`, `routes`,
//! `platform` (what became of a file), `files` and `manifest` (what belongs together), `open`, then the formats:
//! `compression`, `zlib`, `hadoop`, `text`, `dialect`, `machine`, `csv`, `json`, `parquet`; `members`; `answer` and
//! `lines`, `receipt`. Faults of cells are in `distortion` and `moment`, of columns in
//! `inference`, all others where they happen.

mod answer;
mod calendar;
mod compression;
mod csv;
mod dialect;
mod distortion;
mod error;
mod fault;
mod files;
mod hadoop;
mod inference;
mod json;
mod lines;
mod machine;
mod manifest;
mod members;
mod memory;
mod moment;
mod open;
mod parquet;
mod platform;
#[cfg(test)]
mod probe;
mod receipt;
mod routes;
mod row;
mod rules;
mod setup;
mod text;
mod variation;
mod zlib;

pub use fault::Fault;
pub use routes::router;
pub use setup::{Compression, Encoding, Feed, FileType, PlatformSetup, Reading};
pub use variation::Variation;
