//! Why an export is refused, and what to do about it.

use std::io;

use thiserror::Error;

use crate::encode::file::candidates::CandidateError;
use crate::encode::file::expected::ExpectedError;
use crate::encode::file::export::rows::ColumnsError;
use crate::encode::file::write::WriteError;
use crate::model::source::Problem;

/// Why an export is refused.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The partner's configuration forbids it.
    #[error("{0}")]
    Configuration(Problem),
    /// The submission has no such audience.
    #[error("no audience has the id `{id}`")]
    Audience {
        /// The id.
        id: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// An increment of a destination that takes full exports only.
    #[error("cannot export incrementally: `defaultExportMode` is `DAILY_FULL_EXPORT`")]
    Incremental,
    /// The previous export is not before this one.
    #[error("expected a time of the previous export before that of this one")]
    Previous,
    /// A time that no calendar has.
    #[error("expected a time of a calendar year up to 9999, received {0} µs since 1970")]
    Time(i64),
    /// The columns do not go together.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// A profile does not fit into a row.
    #[error(transparent)]
    Profile(#[from] CandidateError),
    /// The rows cannot be told for comparison.
    #[error(transparent)]
    Expected(#[from] ExpectedError),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl ExportError {
    /// A folder that does not take a file.
    pub(crate) fn folder(name: &str, source: io::Error) -> Self {
        let name = name.to_owned();
        Self::Write(WriteError::Folder { name, source })
    }

    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Configuration(problem) => problem.help.clone().unwrap_or_default(),
            Self::Audience { known, .. } => format!("there are: {}", known.join(", ")),
            Self::Incremental => {
                "name no previous export, or configure `FIRST_FULL_THEN_INCREMENTAL`".to_owned()
            }
            Self::Previous | Self::Time(_) => "correct the times of the exports".to_owned(),
            Self::Columns(_) | Self::Profile(_) | Self::Expected(_) => {
                "see `schemaConfig` and `identityNamespaces` of the destination, and its profiles"
                    .to_owned()
            }
            Self::Write(error) => error.help().to_owned(),
        }
    }
}
