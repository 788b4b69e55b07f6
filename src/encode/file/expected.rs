//! The rows of a file as another program should read them, for comparison: what `tests/interop.py` takes.

use serde_json::{Value as Json, json};
use thiserror::Error;

use crate::encode::file::options::{Compression, FileOptions};
use crate::encode::file::schema::{Field, Row, Schema, Value};

/// Why the expected rows cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExpectedError {
    /// The text of the column's values depends on more than the values.
    #[error(
        "cannot tell how other programs read column `{0}`: expected text, whole numbers or booleans"
    )]
    Column(String),
}

/// Format, compression, columns and rows. Cells of CSV are texts, those of JSON and Parquet values.
///
/// # Errors
/// A column of another type than text, whole number, boolean.
pub fn expected(
    options: &FileOptions,
    schema: &Schema,
    rows: &[Row],
) -> Result<Json, ExpectedError> {
    let csv = &options.csv;
    let as_text = options.file_type.is_of_texts();
    let cells = |row: &Row| -> Result<Json, ExpectedError> {
        let cells = schema.fields.iter().zip(row);
        cells
            .map(|(field, value)| cell(field, value, as_text))
            .collect()
    };
    let rows: Json = rows.iter().map(cells).collect::<Result<_, _>>()?;
    let columns: Vec<&str> = schema
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    Ok(json!({
        "format": options.file_type.extension(),
        "compression": compression(options.compression),
        "csv": {
            "sep": csv.sep,
            "quote": csv.quote,
            "escape": csv.escape,
            "header": csv.header,
            "null": csv.null_value,
        },
        "columns": columns,
        "rows": rows,
    }))
}

fn compression(compression: Compression) -> &'static str {
    match compression {
        Compression::Bzip2 => "bzip2",
        Compression::Deflate => "deflate",
        Compression::Gzip => "gzip",
        Compression::Lz4 => "lz4",
        Compression::None => "none",
        Compression::Snappy => "snappy",
    }
}

fn cell(field: &Field, value: &Value, as_text: bool) -> Result<Json, ExpectedError> {
    let cell: Json = match value {
        Value::Null => return Ok(Json::Null),
        Value::Int(number) => (*number).into(),
        Value::BigInt(number) => (*number).into(),
        Value::Boolean(flag) => (*flag).into(),
        Value::String(text) => return Ok(text.clone().into()),
        Value::Array(_)
        | Value::Binary(_)
        | Value::Date(_)
        | Value::Decimal(_)
        | Value::Double(_)
        | Value::Float(_)
        | Value::Map(_)
        | Value::SmallInt(_)
        | Value::Struct(_)
        | Value::Timestamp(_)
        | Value::TimestampNtz(_)
        | Value::TinyInt(_) => return Err(ExpectedError::Column(field.name.clone())),
    };
    Ok(if as_text {
        cell.to_string().into()
    } else {
        cell
    })
}
