//! Why a Parquet file cannot be written.

use thiserror::Error;

/// Why a Parquet file cannot be written.
#[derive(Debug, Error)]
pub enum ParquetError {
    /// A date before 1582-10-15 or a timestamp before 1900, where the two calendars Spark has used disagree.
    #[error(
        "cannot write column {column}: {value} is before {limit}, where Spark refuses to choose a calendar"
    )]
    Ancient {
        /// The column's dotted path.
        column: String,
        /// The day or instant, ISO 8601.
        value: String,
        /// The first day or instant that is written.
        limit: &'static str,
    },
    /// Spark has no such codec for Parquet, or cannot load it.
    #[error("cannot compress parquet with {name}: {reason}")]
    Codec {
        /// The name as given.
        name: String,
        /// Spark's reason, in our words.
        reason: &'static str,
    },
    /// A switch has a value that Spark does not know.
    #[error("expected {expected} for {key}, received {value}")]
    Setting {
        /// Spark's name of the switch.
        key: &'static str,
        /// The values that are known.
        expected: &'static str,
        /// The value as given.
        value: String,
    },
    /// A null in a column that holds none.
    #[error("expected a value in column {column}, received null")]
    Null {
        /// The column's dotted path.
        column: String,
    },
    /// A schema that Spark refuses.
    #[error("cannot write the schema: {0}")]
    Schema(String),
    /// A cell that is not of its column's type.
    #[error("expected {expected} in column {column}, received {received}")]
    Type {
        /// The column's dotted path.
        column: String,
        /// The column's type, in Spark's words.
        expected: String,
        /// The cell's type, in Spark's words.
        received: &'static str,
    },
    /// A row with more or fewer cells than the schema has columns.
    #[error("expected a row of {expected} cells, received {received}")]
    Width {
        /// Columns of the schema.
        expected: usize,
        /// Cells of the row.
        received: usize,
    },
    /// The bytes could not be encoded or handed on.
    #[error("cannot write parquet: {0}")]
    Write(#[from] parquet::errors::ParquetError),
}
