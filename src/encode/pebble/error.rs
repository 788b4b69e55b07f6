//! What stops a template: where, why, and what Adobe supports instead.

use std::fmt::Write as _;

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

impl Error {
    /// The error under the line of `template` it belongs to, with a caret below the column.
    ///
    /// Several lines of text, without a newline at the end.
    pub fn show(&self, template: &str) -> String {
        let text = source_line(template, self.line);
        let margin = " ".repeat(self.line.to_string().len());
        let mut shown = format!(
            "{}\n{margin} --> line {}, column {}\n",
            self.message, self.line, self.column
        );
        let (text, column) = window(text, self.column);
        let pad: String = text
            .chars()
            .take(column.saturating_sub(1))
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        // writing to a String cannot fail
        let _ = write!(
            shown,
            "{margin} |\n{} | {text}\n{margin} | {pad}^",
            self.line
        );
        if let Some(help) = &self.help {
            let _ = write!(shown, "\n{margin} = help: {help}");
        }
        shown
    }
}

/// Line `number` (from 1) of `template`, where CRLF, LF and a lone CR end a line.
fn source_line(template: &str, number: usize) -> &str {
    let mut rest = template;
    for _ in 1..number {
        let Some(end) = rest.find(['\r', '\n']) else {
            return "";
        };
        let skip = if rest[end..].starts_with("\r\n") {
            2
        } else {
            1
        };
        rest = &rest[end + skip..];
    }
    rest.split(['\r', '\n']).next().unwrap_or("")
}

/// At most 100 characters of a long line around `column`, and the column within them.
fn window(line: &str, column: usize) -> (String, usize) {
    const WIDTH: usize = 100;
    let start = if column > WIDTH * 3 / 4 {
        column - WIDTH / 2
    } else {
        0
    };
    (
        line.chars().skip(start).take(WIDTH).collect(),
        column - start,
    )
}
