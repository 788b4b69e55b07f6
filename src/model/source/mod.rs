//! Texts that people wrote, and what is wrong with them: where, why, and what to do.

pub mod fields;
pub mod json;
pub mod reader;
pub mod suggestion;
pub mod toml;
pub mod tree;
mod user;
pub mod variant;

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::rule::Rule;
use crate::model::secret::mark;

/// A file as read: its name as the user gave it, and its text.
pub struct Source {
    /// Name by which it is recorded.
    pub name: String,
    /// Path from where the user stands, to show: terminals link it.
    pub path: String,
    /// Whole text, secrets included; [`Source::shown`] is for people.
    pub text: String,
    /// The secrets that were found in the text: their bytes and names, in order.
    secrets: Mutex<Vec<(Range<usize>, String)>>,
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
    /// It does not, and breaks a rule nevertheless: the run judges it.
    Violation,
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
    /// Whether it forbids going on.
    pub severity: Severity,
    /// The rule of a configuration that it breaks, or bends where it is a warning.
    pub rule: Option<Rule>,
}

impl Source {
    /// The folder that it lies in, from where the user stands; empty where that is it.
    pub fn folder(&self) -> &Path {
        Path::new(&self.path)
            .parent()
            .unwrap_or_else(|| Path::new(""))
    }

    /// A source of that name, which is its path, too.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let name = name.into();
        Self::at(name.clone(), name, text)
    }

    /// A source of that name at a path.
    pub fn at(
        name: impl Into<String>,
        path: impl Into<String>,
        text: impl Into<String>,
    ) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            path: path.into(),
            text: text.into(),
            secrets: Mutex::default(),
        })
    }

    /// Notes that the secret of that name stands there: it is never shown.
    pub fn hide(&self, span: Range<usize>, name: &str) {
        let mut secrets = self.secrets();
        if !secrets.iter().any(|(known, _)| *known == span) {
            secrets.push((span, name.to_owned()));
            secrets.sort_by_key(|(span, _)| span.start);
        }
    }

    /// The text with `*` for each byte of a secret and of what logs in within a URL, so that every place in it stays where
    /// it is.
    pub fn shown(&self) -> String {
        let mut shown = self.replaced(|secret, _| stars(secret));
        for span in user::spans(&shown).into_iter().rev() {
            let stars = stars(shown.get(span.clone()).unwrap_or_default());
            shown.replace_range(span, &stars);
        }
        shown
    }

    /// The text with its mark for each secret, as a record holds it.
    pub fn marked(&self) -> String {
        self.replaced(|_, name| mark(name))
    }

    fn replaced(&self, other: impl Fn(&str, &str) -> String) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut done = 0;
        for (span, name) in self.secrets().iter() {
            if let Some(secret) = self.text.get(span.clone()).filter(|_| span.start >= done) {
                text.push_str(self.text.get(done..span.start).unwrap_or_default());
                text.push_str(&other(secret, name));
                done = span.end;
            }
        }
        text.push_str(self.text.get(done..).unwrap_or_default());
        text
    }

    /// Whether a secret stands before that byte on its line: where the text is marked, the byte is in another column.
    fn is_behind_a_secret(&self, byte: usize) -> bool {
        let before = self.text.get(..byte).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let mut secrets = self.secrets().clone().into_iter();
        secrets.any(|(span, _)| span.start >= line && span.start < byte)
    }

    fn secrets(&self) -> MutexGuard<'_, Vec<(Range<usize>, String)>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
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

/// A `*` for each byte; line breaks stay.
fn stars(text: &str) -> String {
    let star = |b: u8| if b == b'\n' { '\n' } else { '*' };
    text.bytes().map(star).collect()
}

/// Two files of one name and text are one.
impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.text == other.text
    }
}

impl Eq for Source {}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Source");
        shown.field("name", &self.name).field("text", &self.shown());
        shown.finish()
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

    /// A violation of a rule here.
    pub fn violation(
        &self,
        rule: Rule,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Problem {
        self.problem(Severity::Violation, message, help).of(rule)
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
            rule: None,
        }
    }
}

/// `file:line:column`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.source.line_column(self.span.start);
        write!(f, "{}:{line}:{column}", self.source.path)
    }
}

impl Problem {
    /// Line and column of its start, both from 1.
    pub fn line_column(&self) -> (usize, usize) {
        self.source.line_column(self.span.start)
    }

    /// The same as a matter of that rule.
    #[must_use]
    pub fn of(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// The same as a violation of that rule: what it is about could be read.
    #[must_use]
    pub fn judged(mut self, rule: Rule) -> Self {
        self.severity = Severity::Violation;
        self.of(rule)
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        Place::new(&self.source, self.span.clone())
    }

    /// As a record says it: the same where the file's secrets are marks, so without the column where they move it.
    pub fn recorded(&self) -> String {
        let ((line, column), name) = (self.line_column(), &self.source.name);
        if self.source.is_behind_a_secret(self.span.start) {
            return format!("{name}:{line}: {}", self.message);
        }
        format!("{name}:{line}:{column}: {}", self.message)
    }

    /// Whether it forbids going on.
    pub fn is_error(&self) -> bool {
        match self.severity {
            Severity::Error => true,
            Severity::Violation | Severity::Warning => false,
        }
    }

    /// Whether it is a mere warning.
    pub fn is_warning(&self) -> bool {
        match self.severity {
            Severity::Warning => true,
            Severity::Error | Severity::Violation => false,
        }
    }
}

/// `file:line:column: message`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_a_file_is_shown_as_stars_and_moves_nothing() {
        let source = Source::new("a.json", "{\"a\": \"pässword\",\n \"b\": 1}");
        source.hide(7..16, "a");
        assert_eq!(source.shown(), "{\"a\": \"*********\",\n \"b\": 1}");
        assert_eq!(source.marked(), "{\"a\": \"⟦secret:a⟧\",\n \"b\": 1}");
        assert_eq!(source.shown().len(), source.text.len());
        assert!(!format!("{source:?}").contains("ssword"));
        assert!(source.text.contains("pässword"));
    }

    #[test]
    fn a_problem_shows_the_path_and_a_record_the_name() {
        let source = Source::at("a.json", "acme/a.json", "{}");
        let warning = Place::new(&source, 0..1).warning("w", "h");
        assert_eq!(warning.to_string(), "acme/a.json:1:1: w");
        assert_eq!(warning.recorded(), "a.json:1:1: w");
    }

    #[test]
    fn a_record_says_no_column_behind_a_secret() {
        let source = Source::new("a.json", "{\"a\": \"hunter2\", \"b\": 1,\n \"c\": 2}");
        source.hide(7..14, "a");
        let said = |at: usize| Place::new(&source, at..at + 1).warning("w", "h").recorded();
        assert_eq!(said(1), "a.json:1:2: w");
        assert_eq!(said(18), "a.json:1: w");
        assert_eq!(said(26), "a.json:2:2: w");
    }
}
