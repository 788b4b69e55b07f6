//! Why a file cannot be written: one type for options, values and the bytes' way out.

use std::io;

/// Why a file, or an option of it, is refused. Every variant has a remedy, see [`FileError::help`].
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Two columns have one name.
    #[error("column `{0}` appears twice (names are compared without case)")]
    DuplicateColumn(String),
    /// A row does not have one value per column.
    #[error("expected {expected} values in the row, received {received}")]
    RowWidth {
        /// Columns of the schema.
        expected: usize,
        /// Values of the row.
        received: usize,
    },
    /// The option's value is one that Spark refuses.
    #[error("cannot use `{value}` for option `{option}`: {reason}")]
    Option {
        /// The option's name as it was given.
        option: String,
        /// The value as it was given, with control characters escaped.
        value: String,
        /// What is wrong with it.
        reason: String,
        /// What to write instead.
        help: &'static str,
    },
    /// A pattern asks for a field that the value does not have, such as the hour of a date.
    #[error("cannot write a {kind} with pattern letter `{letter}`: a {kind} has no such field")]
    PatternField {
        /// `date` or `timestamp_ntz`.
        kind: &'static str,
        /// The letter.
        letter: char,
    },
    /// A number does not fit the width that a pattern gives it.
    #[error(
        "cannot write {value} with pattern letter `{letter}`: it is wider than the pattern allows"
    )]
    PatternWidth {
        /// The number.
        value: i64,
        /// The letter.
        letter: char,
    },
    /// A schema without columns.
    #[error("cannot write a file without columns")]
    NoColumns,
    /// The format has no way to write the column's type.
    #[error("cannot write column `{column}` of type {data_type} as {format}")]
    UnsupportedType {
        /// The column's name.
        column: String,
        /// Spark SQL's name of the type.
        data_type: String,
        /// `CSV` or `JSON`.
        format: &'static str,
    },
    /// A value is not of its column's type.
    #[error("expected a value of type {expected}, received {received}")]
    ValueType {
        /// Spark SQL's name of the column's type.
        expected: String,
        /// The value's own type.
        received: &'static str,
    },
    /// The bytes could not be written.
    #[error("cannot write the file")]
    Io(#[from] io::Error),
}

impl FileError {
    /// What the reader can do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::DuplicateColumn(_) => "rename one of the two columns in the mapping",
            Self::RowWidth { .. } => {
                "give every row one value per column, null where there is none"
            }
            Self::Option { help, .. } => help,
            Self::PatternField { .. } => "remove the letter from dateFormat or timestampNTZFormat",
            Self::PatternWidth { .. } => "use more letters, or a value that fits",
            Self::NoColumns => "map at least one column",
            Self::UnsupportedType { .. } => {
                "flatten the column first, for example with array_to_string"
            }
            Self::ValueType { .. } => "make the value's type that of the column",
            Self::Io(_) => "see that the folder exists, can be written and has room",
        }
    }

    /// A refusal of `value` for `option`.
    pub(crate) fn option(
        option: &str,
        value: &str,
        reason: impl Into<String>,
        help: &'static str,
    ) -> Self {
        Self::Option {
            option: option.to_owned(),
            value: value.escape_debug().to_string(),
            reason: reason.into(),
            help,
        }
    }
}
