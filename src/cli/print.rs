//! The only printer: results on standard output, everything else on standard error.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report, Severity};

use crate::cli::args::Colour;
use crate::model::source::Problem;

/// Writes a result. A closed pipe is no error of ours.
pub fn result(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// Writes a message for the user.
pub fn message(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether to colour standard output.
pub fn coloured(choice: Colour) -> bool {
    match choice {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        }
    }
}

/// Shows problems on the text that has them.
pub fn problems(problems: &[Problem]) {
    for problem in problems {
        let severity = if problem.is_error() {
            Severity::Error
        } else {
            Severity::Warning
        };
        let span = problem.span.start..problem.span.end.max(problem.span.start);
        let mut diagnostic = MietteDiagnostic::new(problem.to_string()).with_severity(severity);
        diagnostic.help.clone_from(&problem.help);
        if !problem.source.text.is_empty() {
            diagnostic = diagnostic.with_label(LabeledSpan::underline(span));
        }
        let source = NamedSource::new(&problem.source.name, Arc::new(problem.source.text.clone()));
        let report = Report::new(diagnostic).with_source_code(source);
        message(format!("{report:?}").trim_end());
    }
}
