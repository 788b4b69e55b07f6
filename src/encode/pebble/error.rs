//! What stops a template: where, why, and what Adobe supports instead.

/// Why a template cannot be parsed or rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The template does not follow the grammar of Pebble.
    Syntax,
    /// Pebble knows the construct, but Adobe does not support it.
    Unsupported,
    /// The template parses, but Pebble fails on these values.
    Runtime,
    /// A bound on time, depth or size is exceeded.
    Limit,
}

/// A failure to parse or render a template, with its place in the template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct Error {
    /// What kind of failure this is.
    pub kind: ErrorKind,
    /// Line of the construct, from 1; CRLF ends one line.
    pub line: usize,
    /// Column of the construct in characters, from 1.
    pub column: usize,
    /// What is wrong, naming the construct; lower case, no full stop.
    pub message: String,
    /// What to write instead, when that is known.
    pub help: Option<String>,
}
