//! What is asked of a platform about an export: the ways of the submission with their placeholders filled in.

use crate::model::percent::encoded;
use crate::model::submission::{Ingestion, IngestionWay};
use crate::suite::subject::batch::{Batch, joined};

/// A question that is ready to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// A URL that answers.
    Url(String),
    /// Files below the root: with the rows, and the one that is there where there are none.
    Receipt {
        /// With the rows.
        receipt: String,
        /// Where there are none.
        rejection: Option<String>,
    },
    /// A program and its arguments.
    Command(Vec<String>),
}

impl Batch {
    /// The question about a folder or a file, each a path below the root.
    pub fn question(&self, ingestion: &Ingestion, folder: &str, file: &str) -> Question {
        // a folder ends with a slash: it is no prefix of another
        let full = |path: &str| joined(self.root(), path);
        let (whole_folder, whole_file) = (full(&format!("{folder}/")), full(file));
        match &ingestion.way {
            IngestionWay::Url(url) => Question::Url(
                url.replace("{folder}", &encoded(&whole_folder))
                    .replace("{file}", &encoded(&whole_file)),
            ),
            IngestionWay::Receipt { receipt, rejection } => {
                let fill = |name: &String| filled(name, folder, file);
                Question::Receipt {
                    receipt: fill(receipt),
                    rejection: rejection.as_ref().map(fill),
                }
            }
            IngestionWay::Command(arguments) => {
                let fill = |text: &String| filled(text, &whole_folder, &whole_file);
                Question::Command(arguments.iter().map(fill).collect())
            }
        }
    }

    /// The questions about files of a folder: one about it, or one about each, as the submission has it.
    pub fn questions<'a>(
        &self,
        ingestion: &Ingestion,
        folder: &str,
        files: impl Iterator<Item = &'a str>,
    ) -> Vec<Question> {
        let most = match ingestion.is_by_folder() {
            true => 1,
            false => usize::MAX,
        };
        let one = |file| self.question(ingestion, folder, file);
        let mut questions: Vec<Question> = files.take(most).map(one).collect();
        questions.dedup();
        questions
    }

    /// Whether a file is one in which the platform speaks of another.
    pub fn is_receipt(&self, path: &str, (folder, file): (&str, &str)) -> bool {
        let question = self
            .ingestion()
            .map(|ingestion| self.question(ingestion, folder, file));
        match question {
            Some(Question::Receipt { receipt, rejection }) => {
                path == receipt || rejection.is_some_and(|rejection| path == rejection)
            }
            Some(Question::Url(_) | Question::Command(_)) | None => false,
        }
    }
}

/// Both placeholders filled in at once: a path that looks like one stays as it is.
fn filled(text: &str, folder: &str, file: &str) -> String {
    let parts = text.split("{folder}");
    let parts: Vec<String> = parts.map(|part| part.replace("{file}", file)).collect();
    parts.join(folder)
}
