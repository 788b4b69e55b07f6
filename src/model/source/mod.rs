//! Texts that people wrote, and what is wrong with them: where, why, and what to do.

pub mod json;
pub mod reader;
pub mod toml;
pub mod tree;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A file as read: its name as the user gave it, and its text.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Name to show.
    pub name: String,
    /// Whole text.
    pub text: String,
}

/// A range of bytes in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub source: Arc<Source>,
    /// Bytes in its text.
    pub span: Range<usize>,
}

/// Whether a problem forbids going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It does.
    Error,
    /// It does not.
    Warning,
}

/// One thing wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub source: Arc<Source>,
    /// Bytes in its text.
    pub span: Range<usize>,
    /// What is wrong; lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Error or warning.
    pub severity: Severity,
}

impl Source {
    /// A source of that name.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            text: text.into(),
        })
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let mut end = byte.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &self.text[..end];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before[start..]
            .trim_start_matches('\u{feff}')
            .chars()
            .count()
            + 1;
        (line, column)
    }
}

impl Place {
    /// A place in a source.
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        Self {
            source: Arc::clone(source),
            span,
        }
    }

    /// Where within it the text stands first; all of it where it does not.
    #[must_use]
    pub fn of(&self, text: &str) -> Self {
        let found = self
            .source
            .text
            .get(self.span.clone())
            .and_then(|within| within.find(text));
        let span = found.map_or_else(
            || self.span.clone(),
            |at| self.span.start + at..self.span.start + at + text.len(),
        );
        Self::new(&self.source, span)
    }

    /// An error here.
    pub fn error(&self, message: impl Into<String>, help: impl Into<String>) -> Problem {
        self.problem(Severity::Error, message, help)
    }

    /// A warning here.
    pub fn warning(&self, message: impl Into<String>, help: impl Into<String>) -> Problem {
        self.problem(Severity::Warning, message, help)
    }

    fn problem(
        &self,
        severity: Severity,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Problem {
        Problem {
            source: Arc::clone(&self.source),
            span: self.span.clone(),
            message: message.into(),
            help: Some(help.into()),
            severity,
        }
    }
}

/// `file:line:column`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.source.line_column(self.span.start);
        write!(f, "{}:{line}:{column}", self.source.name)
    }
}

impl Problem {
    /// Line and column of its start, both from 1.
    pub fn line_column(&self) -> (usize, usize) {
        self.source.line_column(self.span.start)
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        Place::new(&self.source, self.span.clone())
    }

    /// Whether it forbids going on.
    pub fn is_error(&self) -> bool {
        match self.severity {
            Severity::Error => true,
            Severity::Warning => false,
        }
    }
}

/// `file:line:column: message`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.message)
    }
}
