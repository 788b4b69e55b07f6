//! Files as Experience Platform writes them, byte for byte what Apache Spark would write.

mod candidates;
pub mod charset;
mod columns;
pub mod compression;
mod configured;
pub mod csv;
pub mod datetime;
pub mod error;
mod expected;
pub mod export;
pub mod folder;
mod folder_path;
mod java_digits;
pub mod java_text;
pub mod json;
mod location;
pub mod manifest;
pub mod mapping;
pub mod name;
pub mod options;
pub mod parquet;
pub mod read;
pub mod schema;
pub mod split;
mod text_rows;
mod value_text;
pub mod write;
