//! A cell's text back to its value, for the text formats. Dates and times are read in ISO 8601 only.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};

use crate::encode::file::read::ReadError;
use crate::encode::file::schema::{DataType, Value};

/// The value of a cell that is not null.
pub(super) fn value(text: &str, data_type: &DataType, column: &str) -> Result<Value, ReadError> {
    let refused = |expected| ReadError::Cell {
        column: column.to_owned(),
        expected,
        received: text.to_owned(),
    };
    let (found, expected) = match data_type {
        DataType::BigInt => (text.parse().ok().map(Value::BigInt), "bigint"),
        DataType::Boolean => (text.parse().ok().map(Value::Boolean), "boolean"),
        DataType::Date => (text.parse().ok().and_then(days).map(Value::Date), "date"),
        DataType::Decimal(_, scale) => (unscaled(text, *scale).map(Value::Decimal), "decimal"),
        DataType::Double => (text.parse().ok().map(Value::Double), "double"),
        DataType::Float => (text.parse().ok().map(Value::Float), "float"),
        DataType::Int => (text.parse().ok().map(Value::Int), "int"),
        DataType::SmallInt => (text.parse().ok().map(Value::SmallInt), "smallint"),
        DataType::String => (Some(Value::String(text.to_owned())), "string"),
        DataType::Timestamp => (instant(text).map(Value::Timestamp), "timestamp"),
        DataType::TimestampNtz => (
            text.parse().ok().and_then(local).map(Value::TimestampNtz),
            "timestamp_ntz",
        ),
        DataType::TinyInt => (text.parse().ok().map(Value::TinyInt), "tinyint"),
        DataType::Array(..) | DataType::Binary | DataType::Map(..) | DataType::Struct(_) => {
            (None, "a type that text can hold")
        }
    };
    found.ok_or_else(|| refused(expected))
}

fn days(day: Date) -> Option<i32> {
    Some(day.since(date(1970, 1, 1)).ok()?.get_days())
}

fn instant(text: &str) -> Option<i64> {
    Some(text.parse::<Timestamp>().ok()?.as_microsecond())
}

fn local(time: DateTime) -> Option<i64> {
    let seconds =
        i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    let day = i64::from(days(time.date())?);
    Some((day * 86_400 + seconds) * 1_000_000 + i64::from(time.subsec_nanosecond()) / 1000)
}

/// The digits of a plain or scientific number at this scale.
fn unscaled(text: &str, scale: u8) -> Option<i128> {
    let (mantissa, exponent) = text.split_once(['E', 'e']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()? - exponent.parse::<i32>().ok()?;
    let missing = u32::try_from(i32::from(scale) - places).ok()?;
    digits.checked_mul(10_i128.checked_pow(missing)?)
}
