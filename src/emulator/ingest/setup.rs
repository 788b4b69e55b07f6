//! What a platform is set up with: its feeds, and how the files of each are to be read.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::variation::Variation;
use crate::emulator::storage::Store;

/// A platform that ingests files, with all that it gets wrong on purpose.
pub struct PlatformSetup {
    /// Where files come from.
    pub feeds: Vec<Feed>,
    /// The bearer token that questions must carry, where one is asked for.
    pub token: Option<String>,
    /// Deliberate misbehaviours.
    pub faults: BTreeSet<Fault>,
    /// Harmless differences.
    pub variations: BTreeSet<Variation>,
}

/// A storage whose files are ingested, all of them read the same way.
pub struct Feed {
    /// The first segment of the path of its questions.
    pub name: String,
    /// Where the files land.
    pub store: Arc<Store>,
    /// How they are read.
    pub reading: Reading,
    /// Whether a receipt is left beside every file.
    pub receipts: bool,
}

/// How the files of a feed are read. Apart from the first two and the last, the options are of CSV.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The format.
    pub file_type: FileType,
    /// What the whole file is compressed with; Parquet says so inside the file, and this is not looked at.
    pub compression: Compression,
    /// What separates cells: one character or more.
    pub delimiter: String,
    /// What surrounds cells that hold a delimiter or line end; `Some('\0')` is a quote like any other, `None` means
    /// that every delimiter separates and every line feed ends a row.
    pub quote: Option<char>,
    /// What stands before a quote inside a quoted cell; where it is the quote, or `None`, quotes are doubled.
    pub escape: Option<char>,
    /// What stands before an escape inside a quoted cell; `None` is the escape, unless that is the quote.
    pub char_to_escape_quote_escaping: Option<char>,
    /// Whether the first row of every file, split parts included, holds the names of the columns.
    pub header: bool,
    /// The names where there is no header, in order; without any, columns are `_c0`, `_c1` and so on. Of JSON, those
    /// that a row lacks are null in it.
    pub columns: Vec<String>,
    /// The text of a null cell.
    pub null_value: String,
    /// The text of an empty cell.
    pub empty_value: String,
    /// How characters are bytes, in CSV and JSON.
    pub encoding: Encoding,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            file_type: FileType::Csv,
            compression: Compression::None,
            delimiter: ",".to_owned(),
            quote: Some('"'),
            escape: Some('\\'),
            char_to_escape_quote_escaping: None,
            header: true,
            columns: Vec::new(),
            null_value: String::new(),
            empty_value: "\"\"".to_owned(),
            encoding: Encoding::Utf8,
        }
    }
}

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileType {
    /// Delimited text.
    Csv,
    /// One JSON object a line.
    Json,
    /// Apache Parquet.
    Parquet,
}

/// What a CSV or JSON file is compressed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Nothing.
    None,
    /// RFC 1952, any number of members.
    Gzip,
    /// Any number of streams.
    Bzip2,
    /// Blocks as Hadoop frames them, not LZ4 frames.
    Lz4,
    /// Blocks as Hadoop frames them, not the framing format of Snappy.
    Snappy,
    /// RFC 1950, the format of zlib.
    Deflate,
}

/// How characters are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8; a byte order mark is skipped.
    Utf8,
    /// UTF-16 in the order that its byte order mark says, big-endian without one.
    Utf16,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// ISO 8859-1.
    Latin1,
}
