//! Readers of what the writers wrote. They share no code with the writers: two readings of each format, so that one
//! mistake is not made twice.

pub mod csv;
pub mod decompress;
pub mod json;
pub mod parquet;
mod text;

use thiserror::Error;

/// Why a file cannot be read back.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The bytes are not of the format.
    #[error("cannot read {format}: {reason}")]
    Format {
        /// `csv`, `json`, `parquet` or a codec's name.
        format: &'static str,
        /// What is wrong with the bytes.
        reason: String,
    },
    /// A cell's text is not of its column's type.
    #[error("expected {expected} in column {column}, received {received}")]
    Cell {
        /// The column's name.
        column: String,
        /// The column's type.
        expected: &'static str,
        /// The text.
        received: String,
    },
    /// The file's columns are not the schema's.
    #[error("expected columns {expected}, received {received}")]
    Columns {
        /// Names of the schema, or their number.
        expected: String,
        /// Names of the file, or their number.
        received: String,
    },
    /// The options leave no way to tell cells apart.
    #[error("cannot read back: {0}")]
    Lossy(String),
}

impl ReadError {
    pub(crate) fn format(format: &'static str, reason: impl ToString) -> Self {
        Self::Format {
            format,
            reason: reason.to_string(),
        }
    }
}
