//! `destspec report RECORD`: renders a recorded run again, or one that was packed.

use std::path::Path;

use crate::cli::args::{Dialect, Format, ReportArgs};
use crate::cli::exit::Exit;
use crate::cli::{Failure, load, look, print};
use crate::model::record::Run;
use crate::publish::report::{JunitDialect, Options, Report, ReportError, json, render};
use crate::suite::words;

/// Renders the record to standard output; the exit code is the run's.
///
/// # Errors
/// When the record cannot be read.
pub fn run(args: &ReportArgs, colour: bool) -> Result<Exit, Failure> {
    let run = look::record(&args.record)?;
    let options = Options {
        color: colour,
        width: print::width(),
        dialect: dialect(args.junit_dialect),
        paths: Vec::new(),
    };
    let kind = match args.format {
        Format::Adobe => Report::Adobe,
        Format::Html => Report::Html,
        Format::Json => Report::Json,
        Format::Junit => Report::Junit,
        Format::Markdown => Report::Markdown,
        Format::Terminal => Report::Terminal,
    };
    print::result(&render(kind, &run, &words(), &options).map_err(Failure::fault)?)?;
    Ok(Exit::of_run(&run))
}

/// Reads a record.
///
/// # Errors
/// When it cannot be read, or states what does not follow from it.
pub fn record(path: &Path) -> Result<Run, Failure> {
    const HELP: &str = "name the record.json that `destspec run` wrote";
    let text = load::text(path, &load::instead(path, "record.json", HELP))?;
    json::parse(&text).map_err(|e| {
        let why = match &e {
            ReportError::Json(cause) => format!("expected a record as JSON: {cause}"),
            ReportError::Html(_)
            | ReportError::Junit(_)
            | ReportError::Format { .. }
            | ReportError::Record(_)
            | ReportError::Conclusions => e.to_string(),
        };
        let text = format!("cannot read `{}`: {why}", path.display());
        Failure::usage(text, Some(HELP.to_owned()))
    })
}

/// The dialect that an argument names.
pub fn dialect(dialect: Dialect) -> JunitDialect {
    match dialect {
        Dialect::Default => JunitDialect::Default,
        Dialect::Xunit => JunitDialect::Xunit,
    }
}
