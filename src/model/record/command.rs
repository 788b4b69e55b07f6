//! One command that a submission names, and what it said, as recorded: a replay starts none.

use serde::{Deserialize, Serialize};

use crate::model::record::failure::Failure;
use crate::model::redact::Redactor;

/// A command and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandExchange {
    /// The program and its arguments.
    pub arguments: Vec<String>,
    /// What came of it.
    pub result: CommandResult,
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase", deny_unknown_fields)]
pub enum CommandResult {
    /// It ended.
    Ended {
        /// Its exit code.
        code: i32,
        /// What it wrote to its standard output; bytes that are no UTF-8 are U+FFFD.
        output: String,
        /// The end of what it wrote to its standard error.
        errors: String,
    },
    /// It could not be started, did not end in time, was killed, or wrote too much.
    Failure {
        /// Why.
        failure: Failure,
    },
}

impl CommandExchange {
    /// The command with every text redacted.
    #[must_use]
    pub fn redacted(self, redactor: &Redactor) -> Self {
        let result = match self.result {
            CommandResult::Ended {
                code,
                output,
                errors,
            } => CommandResult::Ended {
                code,
                output: redactor.own(output),
                errors: redactor.answered(errors),
            },
            CommandResult::Failure { failure } => CommandResult::Failure {
                failure: failure.redacted(redactor),
            },
        };
        Self {
            arguments: redacted(self.arguments, redactor),
            result,
        }
    }

    /// One line for what was started.
    pub fn asked(&self) -> String {
        format!("run {}", self.arguments.join(" "))
    }

    /// One line for what came of it.
    pub fn came(&self) -> String {
        match &self.result {
            CommandResult::Ended {
                code: 0, output, ..
            } => format!("{} lines", output.lines().count()),
            CommandResult::Ended { code, errors, .. } => {
                let last = errors.trim().lines().last().unwrap_or_default();
                format!("exit code {code} {last}").trim_end().to_owned()
            }
            CommandResult::Failure { failure } => failure.text.clone(),
        }
    }

    /// What it wrote, in full.
    pub fn told(&self) -> String {
        match &self.result {
            CommandResult::Ended {
                code,
                output,
                errors,
            } => format!("exit code {code}\n{output}{errors}"),
            CommandResult::Failure { failure } => failure.text.clone(),
        }
    }
}

/// Arguments as they are recorded.
pub fn redacted(arguments: Vec<String>, redactor: &Redactor) -> Vec<String> {
    let own = |text: String| redactor.own(text);
    arguments.into_iter().map(own).collect()
}
