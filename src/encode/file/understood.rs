//! The cells of rows as a reader understands them that reads a file as it was configured: what a platform has ingested is
//! compared with it.

use std::sync::Arc;

use crate::encode::file::csv::CsvWriter;
use crate::encode::file::error::FileError;
use crate::encode::file::options::{CsvOptions, FileOptions, FileType, TextOptions};
use crate::encode::file::schema::{DataType, Row, Schema, Value};
use crate::encode::file::value_text::push_value;

/// What a cell may be understood as.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The texts: as written, and an empty one where another stands for it.
    pub texts: Vec<String>,
    /// Whether it may be nothing.
    pub null: bool,
    /// What it is, where others may write the same otherwise.
    pub typed: Typed,
}

/// What a cell is by the type of its column.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// Text, or what is written in one way.
    Text,
    /// A truth value.
    Boolean(bool),
    /// A number.
    Number,
    /// A day or an instant.
    Time(Time),
}

/// A day or an instant as a file has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Time {
    /// Microseconds since 1970-01-01T00:00:00Z; of a day, those of its beginning.
    micros: i64,
    is_day: bool,
    /// The patterns that make a text of it; a format that has types for it keeps all of it.
    patterns: Option<Arc<TextOptions>>,
}

/// Microseconds.
const DAY: i64 = 86_400_000_000;

impl Time {
    /// An instant, in microseconds since 1970-01-01T00:00:00Z.
    pub fn instant(micros: i64, patterns: Option<Arc<TextOptions>>) -> Self {
        Self {
            micros,
            is_day: false,
            patterns,
        }
    }

    /// A day, in days since 1970-01-01: who has no type for it has the instant at which it begins.
    pub fn day(days: i32, patterns: Option<Arc<TextOptions>>) -> Self {
        Self {
            micros: i64::from(days) * DAY,
            is_day: true,
            patterns,
        }
    }

    /// Whether an instant, in microseconds since 1970-01-01T00:00:00Z, is what the file says: nobody who reads `13:05` knows
    /// the seconds, nor the century of `26`.
    #[must_use]
    pub fn is(&self, micros: i64) -> bool {
        // an hour amid a day is no day
        let may_be = !self.is_day || micros % DAY == 0;
        let is_written_alike = |patterns: &Arc<TextOptions>| {
            let own = self.written(self.micros, patterns);
            own.is_some() && own == self.written(micros, patterns)
        };
        self.micros == micros || may_be && self.patterns.as_ref().is_some_and(is_written_alike)
    }

    fn written(&self, micros: i64, patterns: &TextOptions) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        let written = if self.is_day {
            let days = i32::try_from(micros.div_euclid(DAY)).ok()?;
            patterns.date.push_date(days, &mut text)
        } else {
            patterns
                .timestamp
                .push_instant(micros, &patterns.zone, &mut text)
        };
        written.ok().map(|()| text)
    }
}

impl Typed {
    fn of(value: &Value, patterns: Option<&Arc<TextOptions>>) -> Self {
        match value {
            Value::Boolean(truth) => Self::Boolean(*truth),
            Value::Timestamp(micros) => Self::Time(Time::instant(*micros, patterns.cloned())),
            Value::Date(days) => Self::Time(Time::day(*days, patterns.cloned())),
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
            FileType::Parquet => kept(&options.csv.text, value, &field.data_type),
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

fn plain(
    options: &Arc<TextOptions>,
    value: &Value,
    data_type: &DataType,
) -> Result<Cell, FileError> {
    if *value == Value::Null {
        return Ok(Cell {
            texts: Vec::new(),
            null: true,
            typed: Typed::Text,
        });
    }
    let mut written = Vec::new();
    push_value(value, data_type, options, &mut written)?;
    Ok(Cell {
        texts: vec![String::from_utf8_lossy(&written).into_owned()],
        null: false,
        typed: Typed::of(value, Some(options)),
    })
}

/// A cell of a format that keeps all of a value.
fn kept(
    options: &Arc<TextOptions>,
    value: &Value,
    data_type: &DataType,
) -> Result<Cell, FileError> {
    let cell = plain(options, value, data_type)?;
    let typed = Typed::of(value, None);
    Ok(Cell { typed, ..cell })
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
    #![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

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

    fn given(pairs: &[(&str, &str)]) -> FileOptions {
        let of = |(name, text): &(&str, &str)| {
            let text = ((*text).to_owned(), Origin::Partner);
            ((*name).to_owned(), text)
        };
        let given = pairs.iter().map(of).collect();
        FileOptions::resolve(&given, Defaults::Adobe(Reading::A)).unwrap()
    }

    fn time(options: &FileOptions, value: &Value, data_type: DataType) -> Time {
        let field = Field {
            name: "at".to_owned(),
            data_type,
            nullable: true,
        };
        let schema = Schema {
            fields: vec![field],
        };
        let cells = understood(options, &schema, &vec![value.clone()]).unwrap();
        match cells.first().map(|cell| &cell.typed) {
            Some(Typed::Time(time)) => time.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_time_is_as_much_as_its_pattern_writes_of_it() {
        const MINUTE: i64 = 60_000_000;
        let five_past = 20_468 * DAY + 785 * MINUTE;
        let exact = five_past + 9_000_000;
        let of = |pairs: &[(&str, &str)]| {
            time(&given(pairs), &Value::Timestamp(exact), DataType::Timestamp)
        };
        let minutes = of(&[("timestampFormat", "yyyy-MM-dd HH:mm")]);
        assert!(minutes.is(five_past));
        assert!(!minutes.is(five_past - MINUTE));
        let typed = [
            ("fileType", "parquet"),
            ("timestampFormat", "yyyy-MM-dd HH:mm"),
        ];
        for whole in [of(&[]), of(&typed)] {
            assert!(whole.is(exact));
            assert!(!whole.is(five_past));
        }
    }

    #[test]
    fn a_day_without_a_century_is_of_any_and_an_hour_amid_it_is_no_day() {
        let options = given(&[("dateFormat", "MM/dd/yy")]);
        // 1984-03-02 and 2084-03-02
        let (day, later) = (5_174, 41_699);
        let time = time(&options, &Value::Date(day), DataType::Date);
        assert!(time.is(i64::from(day) * DAY));
        assert!(time.is(later * DAY));
        assert!(!time.is((later + 1) * DAY));
        assert!(!time.is(later * DAY + 3_600_000_000));
    }
}
