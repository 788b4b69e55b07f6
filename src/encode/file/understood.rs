//! The cells of rows as a reader understands them that reads a file as it was configured: what a platform has ingested is
//! compared with it.

use crate::encode::file::error::FileError;
use crate::encode::file::options::{CsvOptions, FileOptions, FileType, TextOptions};
use crate::encode::file::schema::{DataType, Row, Schema, Value};
use crate::encode::file::value_text::push_value;

/// What a cell may be understood as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The texts: as written, and where that differs as ISO 8601 has it.
    pub texts: Vec<String>,
    /// Whether it may be nothing.
    pub null: bool,
}

/// The cells of a row.
///
/// # Errors
/// A value that its column or its pattern cannot write.
pub fn understood(
    options: &FileOptions,
    schema: &Schema,
    row: &Row,
) -> Result<Vec<Cell>, FileError> {
    let cells = schema.fields.iter().zip(row);
    cells
        .map(|(field, value)| match options.file_type {
            FileType::Csv => csv(&options.csv, value, &field.data_type),
            FileType::Json => plain(&options.json.text, value, &field.data_type),
            FileType::Parquet => plain(&options.csv.text, value, &field.data_type),
        })
        .collect()
}

/// Null and empty are told apart where their texts, without quotes, differ: what reads quotes away cannot do more.
fn csv(options: &CsvOptions, value: &Value, data_type: &DataType) -> Result<Cell, FileError> {
    let bare = |text: &str| text.trim_matches(options.quote).to_owned();
    let (null, empty) = (bare(&options.null_value), bare(&options.empty_value));
    let alike = null == empty;
    let nothing = Cell {
        texts: if alike {
            vec![String::new()]
        } else {
            Vec::new()
        },
        null: true,
    };
    if *value == Value::Null {
        return Ok(nothing);
    }
    let mut cell = plain(&options.text, value, data_type)?;
    for text in &mut cell.texts {
        *text = trimmed(text, options).to_owned();
    }
    let reads_as = |written: &str| cell.texts.iter().any(|text| text == written);
    // a text that is what stands for null is null to any reader
    cell.null = reads_as(&null) || (alike && reads_as(""));
    if reads_as(&empty) && !empty.is_empty() {
        cell.texts.push(String::new());
    }
    Ok(cell)
}

fn plain(options: &TextOptions, value: &Value, data_type: &DataType) -> Result<Cell, FileError> {
    if *value == Value::Null {
        return Ok(Cell {
            texts: Vec::new(),
            null: true,
        });
    }
    let mut written = Vec::new();
    push_value(value, data_type, options, &mut written)?;
    let written = String::from_utf8_lossy(&written).into_owned();
    let iso = iso(value).filter(|iso| *iso != written);
    Ok(Cell {
        texts: [written].into_iter().chain(iso).collect(),
        null: false,
    })
}

/// A date as ISO 8601 has it.
fn iso(value: &Value) -> Option<String> {
    let Value::Date(days) = value else {
        return None;
    };
    let epoch = jiff::civil::date(1970, 1, 1);
    let span = jiff::Span::new().try_days(*days).ok()?;
    Some(epoch.checked_add(span).ok()?.to_string())
}

fn trimmed<'a>(text: &'a str, options: &CsvOptions) -> &'a str {
    let from = match options.ignore_leading {
        true => text.trim_start_matches(is_white),
        false => text,
    };
    match options.ignore_trailing {
        true => from.trim_end_matches(is_white),
        false => from,
    }
}

/// Everything up to the blank, as the writer has it.
fn is_white(sign: char) -> bool {
    sign <= ' '
}
