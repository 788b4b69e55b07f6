//! A failure inside the engine, before it is placed on the template.

use crate::encode::pebble::error::{Error, ErrorKind};
use crate::encode::pebble::source;

/// Where a construct stands: byte offset, and the line that Pebble reports for it (0: the line of the offset).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub at: u32,
    pub line: u32,
}

/// A failure; boxed because the path without one is the common one.
#[derive(Debug)]
pub(crate) struct Fail(pub Box<Failure>);

#[derive(Debug)]
pub(crate) struct Failure {
    pub kind: ErrorKind,
    pub message: String,
    pub help: Option<String>,
    /// Unknown until the expression that failed adds its own.
    pub span: Option<Span>,
    /// A missing attribute or variable of the strict mode, which `default` and `is defined` forgive.
    pub missing: bool,
    /// No failure of the template: a list of a tape is changed, and all is to be rendered without tapes.
    pub again: bool,
}

/// What evaluation gives.
pub(crate) type Outcome<T> = Result<T, Fail>;

impl Fail {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Fail {
        Fail(Box::new(Failure {
            kind,
            message: message.into(),
            help: None,
            span: None,
            missing: false,
            again: false,
        }))
    }

    /// Pebble fails on these values.
    pub fn runtime(message: impl Into<String>) -> Fail {
        Fail::new(ErrorKind::Runtime, message)
    }

    /// Adobe, or this engine, does not support the construct.
    pub fn unsupported(message: impl Into<String>) -> Fail {
        Fail::new(ErrorKind::Unsupported, message)
    }

    /// A bound is exceeded.
    pub fn limit(message: impl Into<String>) -> Fail {
        Fail::new(ErrorKind::Limit, message)
    }

    /// A list is changed that was made of a tape.
    pub fn again() -> Fail {
        let mut fail = Fail::runtime(String::new());
        fail.0.again = true;
        fail
    }

    /// A missing name of the strict mode.
    pub fn missing(message: impl Into<String>) -> Fail {
        let mut fail = Fail::runtime(message);
        fail.0.missing = true;
        fail
    }

    pub fn help(mut self, help: impl Into<String>) -> Fail {
        self.0.help = Some(help.into());
        self
    }

    /// Place the failure, unless something inside already did.
    pub fn at(mut self, span: Span) -> Fail {
        self.0.span.get_or_insert(span);
        self
    }

    /// Pebble wraps the failure of an operand: it reports the line of the operator, and no longer forgives.
    pub fn wrapped(mut self, span: Span) -> Fail {
        let at = self.0.span.map_or(span.at, |inner| inner.at);
        self.0.span = Some(Span {
            at,
            line: span.line,
        });
        self.0.missing = false;
        self
    }

    /// The public error, with line and column in `source`.
    pub fn into_error(self, source: &str) -> Error {
        let span = self.0.span.unwrap_or_default();
        let (mut line, mut column) = source::position(source, span.at as usize);
        if span.line != 0 && span.line as usize != line {
            line = span.line as usize;
            let (start, end) = source::line_bounds(source, line);
            let text = &source[start..end];
            column = text.chars().take_while(|c| c.is_whitespace()).count() + 1;
        }
        Error {
            kind: self.0.kind,
            line,
            column,
            message: shortened(self.0.message),
            help: self.0.help.map(shortened),
        }
    }
}

/// A message that quotes a long part of a template, cut to a readable length.
fn shortened(message: String) -> String {
    const LONGEST: usize = 400;
    match message.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{} ...", &message[..at]),
        None => message,
    }
}
