//! One storage operation and its result, as recorded: what was done, not how the protocol said it, so that SFTP looks
//! like S3 and signatures do not matter.

use serde::{Deserialize, Serialize};

use crate::model::digest::Digest;
use crate::model::record::failure::Failure;
use crate::model::redact::Redactor;

/// A storage operation and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageExchange {
    /// What was asked of the location.
    pub operation: Operation,
    /// As whom, where not with the credentials that were given: `anonymous`, or in what they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// What came of it.
    pub result: StorageResult,
    /// Whether nothing was asked, since the location failed so at its first contact.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsent: bool,
}

/// What is asked of a storage location. Paths are relative to the location, with `/` between their parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "lowercase", deny_unknown_fields)]
pub enum Operation {
    /// Connects and logs in.
    Connect {
        /// The location in one line: kind, host or account, bucket or container, folder.
        location: String,
    },
    /// Writes a file.
    Put {
        /// Path.
        path: String,
        /// Length in bytes.
        bytes: u64,
        /// Of the content.
        sha256: Digest,
    },
    /// Reads a file.
    Get {
        /// Path.
        path: String,
    },
    /// Reads a file in which the platform says what it understood.
    Receipt {
        /// Path.
        path: String,
    },
    /// Reads a file that is there where the platform could not read what was written.
    Rejection {
        /// Path.
        path: String,
    },
    /// Lists what lies under a path.
    List {
        /// Path.
        path: String,
    },
    /// Deletes a file.
    Delete {
        /// Path.
        path: String,
    },
    /// Gives a file another path.
    Rename {
        /// Path until then.
        from: String,
        /// Path from then on.
        to: String,
    },
}

/// What came of a storage operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase", deny_unknown_fields)]
pub enum StorageResult {
    /// Done, and there is nothing to tell.
    Done,
    /// The content of a file.
    Content {
        /// Length in bytes.
        bytes: u64,
        /// Of the content.
        sha256: Digest,
    },
    /// The text of a file that is judged by what it says.
    Text {
        /// All of it, redacted.
        text: String,
    },
    /// The files under a path, in the order of their paths.
    Entries {
        /// The files.
        entries: Vec<Entry>,
    },
    /// The location refused: there is no such file, or it may not be done.
    Refused {
        /// The code by which the protocol says it, e.g. `AccessDenied`, `SSH_FX_PERMISSION_DENIED`.
        code: String,
        /// What the location says, redacted.
        text: String,
    },
    /// The location gave no whole answer.
    Failure {
        /// Why.
        failure: Failure,
    },
}

/// A file in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Path, relative to the location.
    pub path: String,
    /// Length in bytes.
    pub bytes: u64,
}

impl StorageExchange {
    /// Whether it wrote a file.
    pub fn wrote(&self) -> bool {
        matches!(self.operation, Operation::Put { .. }) && self.result == StorageResult::Done
    }
}

impl Operation {
    /// The operation with every text redacted.
    pub fn redacted(self, redactor: &Redactor) -> Self {
        let text = |text: String| redactor.own(text);
        match self {
            Self::Connect { location } => Self::Connect {
                location: redactor.url(&location),
            },
            Self::Put {
                path,
                bytes,
                sha256,
            } => Self::Put {
                path: text(path),
                bytes,
                sha256,
            },
            Self::Get { path } => Self::Get { path: text(path) },
            Self::Receipt { path } => Self::Receipt { path: text(path) },
            Self::Rejection { path } => Self::Rejection { path: text(path) },
            Self::List { path } => Self::List { path: text(path) },
            Self::Delete { path } => Self::Delete { path: text(path) },
            Self::Rename { from, to } => Self::Rename {
                from: text(from),
                to: text(to),
            },
        }
    }

    /// The path that it is about; the first of two.
    pub fn path(&self) -> &str {
        match self {
            Self::Connect { .. } => "",
            Self::Put { path, .. }
            | Self::Get { path }
            | Self::Receipt { path }
            | Self::Rejection { path }
            | Self::List { path }
            | Self::Delete { path }
            | Self::Rename { from: path, .. } => path,
        }
    }

    /// What becomes of the path: "written", "read".
    pub fn participle(&self) -> &'static str {
        match self {
            Self::Connect { .. } => "opened",
            Self::Put { .. } => "written",
            Self::Get { .. } | Self::Receipt { .. } | Self::Rejection { .. } => "read",
            Self::List { .. } => "listed",
            Self::Delete { .. } => "deleted",
            Self::Rename { .. } => "renamed",
        }
    }

    /// One line for it, e.g. `put audiences/a.csv (120 bytes)`.
    pub fn summary(&self) -> String {
        match self {
            Self::Connect { location } => format!("connect {location}"),
            Self::Put { path, bytes, .. } => format!("put {path} ({bytes} bytes)"),
            Self::Get { path } | Self::Receipt { path } | Self::Rejection { path } => {
                format!("get {path}")
            }
            Self::List { path } => format!("list {path}"),
            Self::Delete { path } => format!("delete {path}"),
            Self::Rename { from, to } => format!("rename {from} to {to}"),
        }
    }
}

/// Codes by which locations say that a file or folder is not there.
const ABSENT: [&str; 6] = [
    "404",
    "BlobNotFound",
    "NoSuchKey",
    "PathNotFound",
    "SSH_FX_NO_SUCH_FILE",
    "SSH_FX_NO_SUCH_PATH",
];

impl StorageResult {
    /// Whether a file or folder is said not to be there.
    pub fn is_absent(&self) -> bool {
        match self {
            Self::Refused { code, .. } => ABSENT.contains(&code.as_str()),
            Self::Done
            | Self::Content { .. }
            | Self::Text { .. }
            | Self::Entries { .. }
            | Self::Failure { .. } => false,
        }
    }

    /// The result with every text redacted.
    pub fn redacted(self, redactor: &Redactor) -> Self {
        let entry = |entry: Entry| Entry {
            path: redactor.own(entry.path),
            bytes: entry.bytes,
        };
        match self {
            Self::Done => Self::Done,
            Self::Content { bytes, sha256 } => Self::Content { bytes, sha256 },
            Self::Text { text } => Self::Text {
                text: redactor.own(text),
            },
            Self::Entries { entries } => Self::Entries {
                entries: entries.into_iter().map(entry).collect(),
            },
            Self::Refused { code, text } => Self::Refused {
                code: redactor.own(code),
                text: redactor.answered(text),
            },
            Self::Failure { failure } => Self::Failure {
                failure: failure.redacted(redactor),
            },
        }
    }

    /// One line for it.
    pub fn summary(&self) -> String {
        match self {
            Self::Done => "done".to_owned(),
            Self::Content { bytes, .. } => format!("{bytes} bytes"),
            Self::Text { text } => format!("{} lines", text.lines().count()),
            Self::Entries { entries } => format!("{} files", entries.len()),
            Self::Refused { code, text } => format!("refused: {code} {text}"),
            Self::Failure { failure } => failure.text.clone(),
        }
    }
}
