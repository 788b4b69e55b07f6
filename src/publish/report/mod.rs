//! Reports: pure functions of the record. Everything a partner or its endpoint wrote is hostile and is made harmless here.

pub mod adobe;
pub mod alike;
pub mod answers;
pub mod case;
pub mod change;
pub mod curl;
pub mod fold;
pub mod html;
pub mod json;
pub mod junit;
pub mod lead;
pub mod link;
pub mod markdown;
pub mod matrix;
pub mod plot;
pub mod repeat;
pub mod sentence;
pub mod shell;
pub mod summary;
pub mod terminal;
pub mod text;
pub mod verdict;
pub mod whose;

use crate::model::code::Words;
use crate::model::record::{RecordFault, Run};
use crate::publish::report::summary::Summary;

/// A kind of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// One self-contained page.
    Html,
    /// The record with its conclusions.
    Json,
    /// JUnit XML for continuous integration.
    Junit,
    /// A summary for a pull request.
    Markdown,
    /// A summary for a terminal.
    Terminal,
    /// What Adobe asks for when a destination is submitted; only on demand.
    Adobe,
}

/// Whose reading of JUnit XML is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JunitDialect {
    /// With `file`, `line` and properties on each case: GitLab, GitHub, Azure DevOps, Jenkins' own `junit` step.
    #[default]
    Default,
    /// Valid by `junit-10.xsd` of Jenkins' xUnit plugin, which knows none of these.
    Xunit,
}

/// How to render; nothing of it is found out from the surroundings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Whether the terminal report uses ANSI colours.
    pub color: bool,
    /// Columns of the terminal; 0 does not wrap.
    pub width: usize,
    /// Dialect of the JUnit report.
    pub dialect: JunitDialect,
    /// Where the other reports are: label and path, for the terminal report.
    pub paths: Vec<(String, String)>,
}

/// Why a report could not be rendered or read.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The page's template does not fit its data: our fault.
    #[error("cannot render the HTML report")]
    Html(#[from] minijinja::Error),
    /// The record cannot be written or read as JSON.
    #[error("cannot read or write the record as JSON")]
    Json(#[from] serde_json::Error),
    /// The JUnit writer refused.
    #[error("cannot render the JUnit report")]
    Junit(#[from] quick_junit::SerializeError),
    /// The file is of another version.
    #[error("expected a record of format {expected}, received format {received}")]
    Format {
        /// The version this program reads.
        expected: u32,
        /// The version of the file.
        received: u32,
    },
    /// Something of the run is missing in the file, or changed.
    #[error("the record is not whole: {0}")]
    Record(RecordFault),
    /// The file states conclusions that its record does not bear out.
    #[error("expected the conclusions that follow from the record, received others")]
    Conclusions,
}

impl Report {
    /// Every kind that a run writes, in the order in which they are announced.
    pub const ALL: [Report; 5] = [
        Report::Terminal,
        Report::Html,
        Report::Junit,
        Report::Json,
        Report::Markdown,
    ];

    /// The name of its file in the output folder.
    pub fn file_name(self) -> &'static str {
        match self {
            Report::Html => "report.html",
            Report::Json => "record.json",
            Report::Junit => "junit.xml",
            Report::Markdown => "summary.md",
            Report::Terminal => "summary.txt",
            Report::Adobe => "adobe.md",
        }
    }
}

/// Renders one report of a run, in the words of that catalogue.
///
/// # Errors
/// When a writer refuses the data; no content of a record makes one do so.
pub fn render(
    report: Report,
    run: &Run,
    words: &Words,
    options: &Options,
) -> Result<String, ReportError> {
    match report {
        Report::Html => html::render(&Summary::new(run, words)),
        Report::Json => json::render(run),
        Report::Junit => junit::render(&Summary::new(run, words), options.dialect),
        Report::Markdown => Ok(markdown::render(&Summary::new(run, words))),
        Report::Adobe => Ok(adobe::render(run, &Summary::new(run, words))),
        Report::Terminal => Ok(terminal::render(&Summary::new(run, words), options)),
    }
}
