//! Why a file cannot be read.

use std::io;

use parquet::errors::ParquetError;

/// Why a file cannot be read, in words for whoever asks what became of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("the file cannot be decompressed or read: {0}")]
    Io(#[from] io::Error),
    #[error("its bytes are no {0}")]
    Encoding(&'static str),
    #[error("row {row} has {cells} cells, expected {columns}")]
    Width {
        row: u64,
        cells: usize,
        columns: usize,
    },
    #[error("row {0} ends inside quotes")]
    Unclosed(u64),
    #[error("row {0} goes on after a closing quote")]
    AfterQuote(u64),
    #[error("line {line} is no JSON object: {reason}")]
    Json { line: u64, reason: String },
    #[error("it is no Parquet: {0}")]
    Parquet(#[from] ParquetError),
    #[error("a value of column `{0}` is of a type that is not understood")]
    Type(String),
    #[error("it is no manifest: {0}")]
    Manifest(serde_json::Error),
    #[error("{0}")]
    Refused(&'static str),
}
