//! What a value of a leaf column means: the logical type over the physical one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::schema::types::ColumnDescriptor;

use crate::emulator::ingest::calendar;
use crate::emulator::ingest::error::Unreadable;
use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::row::Cell;
use crate::emulator::ingest::rules::Rules;

/// The Julian day of 1970-01-01.
const JULIAN_EPOCH: i64 = 2_440_588;

/// What the values of a column are.
pub(crate) struct Kind {
    name: String,
    meaning: Meaning,
    rules: Rules,
}

enum Meaning {
    /// What the physical type says.
    Plain,
    Text,
    Unsigned,
    Date,
    /// Units in a millisecond, or thousandths of one; and whether in UTC.
    Timestamp(TimeUnit, bool),
    /// Digits after the point.
    Decimal(i32),
}

impl Kind {
    pub(crate) fn new(column: &ColumnDescriptor, rules: Rules) -> Self {
        Self {
            name: column.name().to_owned(),
            meaning: Meaning::new(column),
            rules,
        }
    }

    pub(crate) fn boolean(&self, value: bool) -> Result<Cell, Unreadable> {
        Ok(Cell::Json(value.to_string()))
    }

    pub(crate) fn int(&self, value: i64) -> Result<Cell, Unreadable> {
        Ok(match &self.meaning {
            Meaning::Plain => Cell::Json(value.to_string()),
            Meaning::Unsigned if i32::try_from(value).is_ok() => {
                Cell::Json(value.rem_euclid(1 << 32).to_string())
            }
            Meaning::Unsigned => Cell::Json(value.cast_unsigned().to_string()),
            Meaning::Date if self.rules.has(Fault::ParquetDatesAsDays) => {
                Cell::Json(value.to_string())
            }
            Meaning::Date => Cell::Text(calendar::date(value)),
            Meaning::Timestamp(unit, in_utc) => timestamp(micros(value, *unit), *in_utc),
            Meaning::Decimal(scale) => self.decimal(i128::from(value), *scale),
            Meaning::Text => return Err(Unreadable::Type(self.name.clone())),
        })
    }

    /// Nanoseconds of a day in the first two words, and a Julian day: a moment in UTC.
    pub(crate) fn int96(&self, words: &[u32]) -> Result<Cell, Unreadable> {
        let [low, high, day] = words else {
            return Err(Unreadable::Type(self.name.clone()));
        };
        if self.rules.has(Fault::Int96Unread) {
            return Ok(Cell::Null);
        }
        let nanos = (i64::from(*high) << 32) | i64::from(*low);
        let days = i64::from(*day) - JULIAN_EPOCH;
        Ok(timestamp(days * 86_400_000_000 + nanos / 1000, true))
    }

    pub(crate) fn float(&self, value: f32) -> Result<Cell, Unreadable> {
        Ok(number(f64::from(value), serde_json::to_string(&value).ok()))
    }

    pub(crate) fn double(&self, value: f64) -> Result<Cell, Unreadable> {
        Ok(number(value, serde_json::to_string(&value).ok()))
    }

    pub(crate) fn bytes(&self, value: &[u8]) -> Result<Cell, Unreadable> {
        match &self.meaning {
            Meaning::Text => match str::from_utf8(value) {
                Ok(text) => Ok(Cell::Text(text.to_owned())),
                Err(_) => Err(Unreadable::Encoding("UTF-8")),
            },
            Meaning::Decimal(scale) => match unscaled(value) {
                Some(number) => Ok(self.decimal(number, *scale)),
                None => Err(Unreadable::Type(self.name.clone())),
            },
            Meaning::Plain => Ok(Cell::Text(STANDARD.encode(value))),
            Meaning::Unsigned | Meaning::Date | Meaning::Timestamp(..) => {
                Err(Unreadable::Type(self.name.clone()))
            }
        }
    }

    fn decimal(&self, unscaled: i128, scale: i32) -> Cell {
        let scale = match self.rules.has(Fault::DecimalsUnscaled) {
            true => 0,
            false => usize::try_from(scale).unwrap_or_default(),
        };
        let digits = format!("{:0width$}", unscaled.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if unscaled < 0 { "-" } else { "" };
        let point = if scale > 0 { "." } else { "" };
        Cell::Json(format!("{sign}{whole}{point}{fraction}"))
    }
}

impl Meaning {
    fn new(column: &ColumnDescriptor) -> Self {
        if let Some(LogicalType::Timestamp(kind)) = column.logical_type_ref() {
            return Self::Timestamp(kind.unit, kind.is_adjusted_to_u_t_c);
        }
        if let Some(LogicalType::Decimal(_)) = column.logical_type_ref() {
            return Self::Decimal(column.type_scale());
        }
        let converted = column.converted_type();
        let is_one_of = |kinds: &[ConvertedType]| kinds.contains(&converted);
        if is_one_of(&[
            ConvertedType::UTF8,
            ConvertedType::ENUM,
            ConvertedType::JSON,
        ]) {
            Self::Text
        } else if is_one_of(&[ConvertedType::DECIMAL]) {
            Self::Decimal(column.type_scale())
        } else if is_one_of(&[ConvertedType::DATE]) {
            Self::Date
        } else if is_one_of(&[ConvertedType::TIMESTAMP_MILLIS]) {
            Self::Timestamp(TimeUnit::MILLIS, true)
        } else if is_one_of(&[ConvertedType::TIMESTAMP_MICROS]) {
            Self::Timestamp(TimeUnit::MICROS, true)
        } else if is_one_of(&[
            ConvertedType::UINT_8,
            ConvertedType::UINT_16,
            ConvertedType::UINT_32,
            ConvertedType::UINT_64,
        ]) {
            Self::Unsigned
        } else {
            Self::Plain
        }
    }
}

fn micros(value: i64, unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => value.saturating_mul(1000),
        TimeUnit::MICROS => value,
        TimeUnit::NANOS => value.div_euclid(1000),
    }
}

fn timestamp(micros: i64, in_utc: bool) -> Cell {
    let zone = if in_utc { "Z" } else { "" };
    Cell::Text(format!("{}{zone}", calendar::timestamp(micros)))
}

/// What JSON has no number for is text.
fn number(value: f64, json: Option<String>) -> Cell {
    match json {
        Some(json) if value.is_finite() => Cell::Json(json),
        _ if value.is_nan() => Cell::Text("NaN".to_owned()),
        _ if value > 0.0 => Cell::Text("Infinity".to_owned()),
        _ => Cell::Text("-Infinity".to_owned()),
    }
}

/// A big-endian number in two's complement of at most sixteen bytes.
fn unscaled(bytes: &[u8]) -> Option<i128> {
    if bytes.len() > 16 {
        return None;
    }
    let is_negative = bytes.first().is_some_and(|first| *first >= 0x80);
    let start = if is_negative { -1 } else { 0 };
    let number = bytes.iter().fold(start, |number: i128, byte| {
        (number << 8) | i128::from(*byte)
    });
    Some(number)
}
