//! Files as Experience Platform writes them, byte for byte what Apache Spark would write.

pub mod candidates;
pub mod charset;
pub mod columns;
pub mod compression;
pub mod configured;
pub mod csv;
pub mod datetime;
pub mod error;
pub mod expected;
pub mod export;
pub mod folder;
pub mod folder_path;
mod java_digits;
pub mod java_text;
pub mod json;
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
