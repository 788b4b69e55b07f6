//! The only printer: results on standard output, everything else on standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report,
    Severity,
};

use crate::cli::Failure;
use crate::cli::args::Colour;
use crate::cli::excerpt::cut;
use crate::cli::load::plain;
use crate::model::source::Problem;
use crate::publish::report::text::{block, is_deceptive, line};

/// Writes a result. Who closes the pipe has read enough: that is no error.
///
/// # Errors
/// When it is lost.
pub fn result(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::usage(
            format!("cannot write to standard output: {}", plain(&error)),
            Some(String::from(
                "free some space there, or let it go elsewhere",
            )),
        )),
        Err(_) | Ok(()) => Ok(()),
    }
}

/// Differences that are shown; the others are counted.
const SHOWN: usize = 20;

/// Adds places where something differs from its record: each with what was recorded and what there is `now`. `first`
/// begins the line of a place, `indent` the others.
pub fn differences<'a>(
    out: &mut String,
    (first, indent, now): (&str, &str, &str),
    all: impl ExactSizeIterator<Item = [&'a String; 3]>,
) {
    let more = all.len().saturating_sub(SHOWN);
    for [part, recorded, received] in all.take(SHOWN).map(|one| one.map(|part| line(part))) {
        out.push_str(&format!(
            "{first}{part}\n{indent}  recorded  {recorded}\n{indent}  {now:<8}  {received}\n"
        ));
    }
    if more > 0 {
        out.push_str(&format!("{indent}and {more} more differences\n"));
    }
}

/// Writes a message for the user; what it repeats of others drives no terminal.
pub fn message(text: &str) {
    drawn(&block(text));
}

/// Writes what has colours of our own, and of others nothing that drives a terminal.
pub fn drawn(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether to colour standard output.
pub fn coloured(choice: Colour) -> bool {
    match choice {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => io::stdout().is_terminal() && takes_colour(),
    }
}

/// Columns that a summary is laid out for: those of the terminal, or that `COLUMNS` says, within what can be read.
pub fn width() -> usize {
    let said = std::env::var("COLUMNS").ok();
    let said = said.and_then(|said| said.trim().parse().ok());
    let seen = || {
        let size = terminal_size::terminal_size_of(io::stdout())
            .or_else(|| terminal_size::terminal_size_of(io::stderr()))?;
        Some(usize::from(size.0.0))
    };
    legible(said.or_else(seen))
}

/// Where no terminal is, a hundred columns.
fn legible(columns: Option<usize>) -> usize {
    columns
        .filter(|columns| *columns > 0)
        .map_or(100, |columns| columns.clamp(60, 140))
}

/// Whether a line on standard error can be drawn again.
pub fn can_draw() -> bool {
    io::stderr().is_terminal() && !is_dumb()
}

fn takes_colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !refused && !is_dumb()
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|name| name == "dumb")
}

/// Shows problems on the text that has them.
pub fn problems(problems: &[Problem]) {
    let handler = handler();
    for problem in problems {
        let severity = if problem.is_warning() {
            Severity::Warning
        } else {
            Severity::Error
        };
        let said = block(&problem.to_string());
        let mut diagnostic = MietteDiagnostic::new(said).with_severity(severity);
        diagnostic.help = problem.help.as_deref().map(block);
        let (text, span) = cut(&harmless(&problem.source.shown()), &problem.span);
        if !text.is_empty() {
            diagnostic = diagnostic.with_label(LabeledSpan::underline(span));
        }
        let source = NamedSource::new(line(&problem.source.path), text);
        let report = Report::new(diagnostic).with_source_code(source);
        let mut shown = String::new();
        // Writing to a string cannot fail.
        let _ = handler.render_report(&mut shown, report.as_ref());
        drawn(shown.trim_end());
    }
}

/// The text of a file with `?` for each byte of what could drive a terminal, so that every place in it stays where it is.
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let ends_line = c == '\r' && rest.peek() == Some(&'\n');
        // a byte order mark begins many a file
        match is_deceptive(c) && !ends_line && !matches!(c, '\n' | '\t' | '\u{feff}') {
            true => out.extend(std::iter::repeat_n('?', c.len_utf8())),
            false => out.push(c),
        }
    }
    out
}

/// The message says line and column, those of the file and not of what is shown of it. What no terminal shows is not
/// wrapped: paths stay whole.
fn handler() -> GraphicalReportHandler {
    let terminal = io::stderr().is_terminal();
    let theme = if terminal && takes_colour() {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    GraphicalReportHandler::new_themed(theme)
        .without_primary_span_start()
        .with_width(if terminal { width() } else { 1000 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_as_wide_as_the_terminal_where_that_can_be_read() {
        let widths = [None, Some(0), Some(20), Some(80), Some(400)].map(legible);
        assert_eq!(widths, [100, 100, 60, 80, 140]);
    }

    #[test]
    fn a_file_that_is_shown_drives_no_terminal_and_keeps_its_places() {
        let text = "\u{feff}{\r\n\t\"a\u{1b}]0;x\u{7}\": \"\u{9b}2J\u{202e}é\"\r}";
        let shown = harmless(text);
        assert_eq!(shown, "\u{feff}{\r\n\t\"a?]0;x?\": \"??2J???é\"?}");
        assert_eq!(shown.len(), text.len());
    }
}
