//! CSV back to rows, by the `csv` crate.
//!
//! Only what one reader can tell apart is read: single-byte separator, quote and escape, the escape escaping itself.
//! A cell of nothing is null where null is written as nothing; otherwise the text of `nullValue` is null, and that of
//! `emptyValue`, as a quote-aware reader sees it, is the empty string.

use csv::{ReaderBuilder, StringRecord, Terminator};

use crate::encode::file::options::CsvOptions;
use crate::encode::file::read::{ReadError, text};
use crate::encode::file::schema::{Row, Schema, Value};

/// The rows of a whole, decompressed file. Dates and times have to be in ISO 8601.
///
/// # Errors
/// Options under which cells cannot be told apart, other columns than the schema's, text of other types.
pub fn read(bytes: &[u8], schema: &Schema, options: &CsvOptions) -> Result<Vec<Row>, ReadError> {
    let mut reader = builder(options)?.from_reader(bytes);
    let null = as_read(&options.null_value, options);
    let empty = as_read(&options.empty_value, options);
    let mut rows = Vec::new();
    for (number, record) in reader.records().enumerate() {
        let record = record.map_err(|error| ReadError::format("csv", error))?;
        if record.len() != schema.fields.len() {
            return Err(ReadError::Columns {
                expected: schema.fields.len().to_string(),
                received: record.len().to_string(),
            });
        }
        if number == 0 && options.header {
            header(&record, schema, &empty)?;
            continue;
        }
        let cells = record.iter().zip(&schema.fields);
        let row: Result<Row, ReadError> = cells
            .map(|(cell, field)| {
                if cell == null {
                    Ok(Value::Null)
                } else if cell == empty {
                    text::value("", &field.data_type, &field.name)
                } else {
                    text::value(cell, &field.data_type, &field.name)
                }
            })
            .collect();
        rows.push(row?);
    }
    Ok(rows)
}

fn header(record: &StringRecord, schema: &Schema, empty: &str) -> Result<(), ReadError> {
    let names: Vec<&str> = record
        .iter()
        .map(|name| if name == empty { "" } else { name })
        .collect();
    let expected: Vec<&str> = schema
        .fields
        .iter()
        .map(|field| field.name.trim())
        .collect();
    if names
        .iter()
        .map(|name| name.trim())
        .eq(expected.iter().copied())
    {
        return Ok(());
    }
    Err(ReadError::Columns {
        expected: expected.join(", "),
        received: names.join(", "),
    })
}

fn builder(options: &CsvOptions) -> Result<ReaderBuilder, ReadError> {
    let lossy = |what: &str| ReadError::Lossy(what.to_owned());
    let [separator] = options.sep.as_bytes() else {
        return Err(lossy("the separator is longer than one byte"));
    };
    let byte = |c: char| u8::try_from(c).ok().filter(u8::is_ascii);
    let quote = byte(options.quote).ok_or_else(|| lossy("the quote is not ASCII"))?;
    let escape = byte(options.escape).ok_or_else(|| lossy("the escape is not ASCII"))?;
    if !options.charset.is_utf8() {
        return Err(lossy("the character set is not UTF-8"));
    }
    let mut builder = ReaderBuilder::new();
    match options.line_sep.as_bytes() {
        [one] => builder.terminator(Terminator::Any(*one)),
        b"\r\n" => builder.terminator(Terminator::CRLF),
        _ => return Err(lossy("the line separator is longer than one byte")),
    };
    if escape == quote {
        builder.double_quote(true);
    } else if options.escape_escape == Some(options.escape) {
        builder.double_quote(false).escape(Some(escape));
    } else {
        return Err(lossy("the escape does not escape itself"));
    }
    builder
        .has_headers(false)
        .flexible(true)
        .delimiter(*separator)
        .quote(quote);
    Ok(builder)
}

/// What a reader makes of the text that stands for null or empty: a quoted text loses its quotes.
fn as_read(text: &str, options: &CsvOptions) -> String {
    text.strip_prefix(options.quote)
        .and_then(|rest| rest.strip_suffix(options.quote))
        .unwrap_or(text)
        .to_owned()
}
