//! The cells of rows as a reader understands them that reads a file as it was configured: what a platform has ingested is
//! compared with it.

use crate::encode::file::csv::CsvWriter;
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
    /// What it is, where others may write the same otherwise.
    pub typed: Typed,
}

/// What a cell is by the type of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// Text, or what is written in one way.
    Text,
    /// A truth value.
    Boolean(bool),
    /// A number.
    Number,
    /// Microseconds since 1970-01-01T00:00:00Z.
    Instant(i64),
}

/// Microseconds.
const DAY: i64 = 86_400_000_000;

impl Typed {
    fn of(value: &Value) -> Self {
        match value {
            Value::Boolean(truth) => Self::Boolean(*truth),
            Value::Timestamp(micros) => Self::Instant(*micros),
            // who has no type for days has the instant at which a day begins
            Value::Date(days) => {
                let begins = i64::from(*days).checked_mul(DAY);
                begins.map_or(Self::Text, Self::Instant)
            }
            Value::BigInt(_)
            | Value::Decimal(_)
            | Value::Double(_)
            | Value::Float(_)
            | Value::Int(_)
            | Value::SmallInt(_)
            | Value::TinyInt(_) => Self::Number,
            Value::Array(_)
            | Value::Binary(_)
            | Value::Map(_)
            | Value::Null
            | Value::String(_)
            | Value::Struct(_)
            | Value::TimestampNtz(_) => Self::Text,
        }
    }
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

/// Whether anything of a row is written: of one whose whole text is empty nothing is (writer rules, section 2.1).
///
/// # Errors
/// A value that its column or its pattern cannot write.
pub fn is_written(options: &FileOptions, schema: &Schema, row: &Row) -> Result<bool, FileError> {
    if options.file_type != FileType::Csv || schema.fields.len() > 1 {
        return Ok(true);
    }
    let bare = CsvOptions {
        header: false,
        ..options.csv.clone()
    };
    let mut writer = CsvWriter::new(Vec::new(), schema, &bare)?;
    writer.write_row(row)?;
    Ok(!writer.finish()?.is_empty())
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
        typed: Typed::Text,
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
            typed: Typed::Text,
        });
    }
    let mut written = Vec::new();
    push_value(value, data_type, options, &mut written)?;
    let written = String::from_utf8_lossy(&written).into_owned();
    let mut texts = iso(value);
    texts.retain(|iso| *iso != written);
    texts.insert(0, written);
    Ok(Cell {
        texts,
        null: false,
        typed: Typed::of(value),
    })
}

/// A date, or an instant in UTC, as ISO 8601 and RFC 3339 have it.
fn iso(value: &Value) -> Vec<String> {
    match value {
        Value::Date(days) => spelt(*days),
        Value::Timestamp(micros) => instants(*micros),
        Value::Array(_)
        | Value::BigInt(_)
        | Value::Binary(_)
        | Value::Boolean(_)
        | Value::Decimal(_)
        | Value::Double(_)
        | Value::Float(_)
        | Value::Int(_)
        | Value::Map(_)
        | Value::Null
        | Value::SmallInt(_)
        | Value::String(_)
        | Value::Struct(_)
        | Value::TimestampNtz(_)
        | Value::TinyInt(_) => Vec::new(),
    }
}

/// A day, and its beginning: who has no type for days has one for instants.
fn spelt(days: i32) -> Vec<String> {
    let mut all: Vec<String> = date(days).into_iter().collect();
    all.extend(instants(i64::from(days).saturating_mul(DAY)));
    all
}

fn date(days: i32) -> Option<String> {
    let epoch = jiff::civil::date(1970, 1, 1);
    let span = jiff::Span::new().try_days(days).ok()?;
    Some(epoch.checked_add(span).ok()?.to_string())
}

/// An instant has many spellings; none of them says something else.
fn instants(micros: i64) -> Vec<String> {
    let Ok(instant) = jiff::Timestamp::from_microsecond(micros) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for digits in [None, Some(3), Some(6), Some(9), Some(0)] {
        let text = match digits {
            None => instant.to_string(),
            Some(digits) if digits == 0 && micros % 1_000_000 != 0 => continue,
            Some(digits) => format!("{instant:.digits$}"),
        };
        let bare = text.trim_end_matches('Z');
        for zone in ["Z", "+00:00", "+0000", ""] {
            all.push(format!("{bare}{zone}"));
            all.push(format!("{}{zone}", bare.replace('T', " ")));
        }
    }
    all
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::encode::file::options::{Defaults, Origin, Reading};
    use crate::encode::file::schema::Field;

    #[test]
    fn of_a_row_whose_whole_text_is_empty_nothing_is_written() {
        let pairs = [("nullValue", ""), ("emptyValue", "\"\"")];
        let given = pairs.map(|(name, text)| (name.to_owned(), (text.to_owned(), Origin::Partner)));
        let given = given.into_iter().collect();
        let options = FileOptions::resolve(&given, Defaults::Adobe(Reading::A)).unwrap();
        let field = |name: &str| Field {
            name: name.to_owned(),
            data_type: DataType::String,
            nullable: true,
        };
        let [one, two] =
            [vec![field("a")], vec![field("a"), field("b")]].map(|fields| Schema { fields });
        let of = |schema: &Schema, row: &Row| is_written(&options, schema, row).unwrap();
        assert!(!of(&one, &vec![Value::Null]));
        assert!(of(&one, &vec![Value::String(String::new())]));
        assert!(of(&one, &vec![Value::String("x".to_owned())]));
        assert!(of(&two, &vec![Value::Null, Value::Null]));
    }

    #[test]
    fn an_instant_is_understood_in_every_spelling_and_no_other_instant_is() {
        let all = instants(1_500_000);
        for text in [
            "1970-01-01T00:00:01.5Z",
            "1970-01-01T00:00:01.500Z",
            "1970-01-01 00:00:01.500000+00:00",
            "1970-01-01T00:00:01.5",
        ] {
            assert!(all.contains(&text.to_owned()), "{text}");
        }
        assert!(!all.contains(&"1970-01-01T00:00:01Z".to_owned()));
        assert!(instants(1_000_000).contains(&"1970-01-01T00:00:01.000Z".to_owned()));
    }
}
