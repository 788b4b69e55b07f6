//! The schema and rows of a case, from Spark's type names and the corpus' JSON forms.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use destspec::encode::file::schema::{DataType, Field, Row, Schema, Value};
use jiff::civil;
use serde_json::Value as Json;

pub fn schema(json: &Json) -> Schema {
    let field = |column: &Json| Field {
        name: column["name"].as_str().unwrap().to_owned(),
        data_type: data_type(column["type"].as_str().unwrap()),
        nullable: column["nullable"].as_bool().unwrap_or(true),
    };
    Schema {
        fields: json.as_array().unwrap().iter().map(field).collect(),
    }
}

pub fn rows(json: &Json, schema: &Schema) -> Vec<Row> {
    let row = |row: &Json| {
        let cells = row.as_array().unwrap().iter().zip(&schema.fields);
        cells
            .map(|(cell, field)| value(cell, &field.data_type))
            .collect()
    };
    json.as_array().unwrap().iter().map(row).collect()
}

fn data_type(name: &str) -> DataType {
    let (head, inner) = name.split_once('<').map_or((name, ""), |(head, rest)| {
        (head, rest.strip_suffix('>').unwrap())
    });
    match head.split('(').next().unwrap() {
        "array" => DataType::Array(Box::new(data_type(inner)), true),
        "bigint" => DataType::BigInt,
        "binary" => DataType::Binary,
        "boolean" => DataType::Boolean,
        "date" => DataType::Date,
        "decimal" => {
            let mut numbers = head["decimal(".len()..]
                .trim_end_matches(')')
                .split(',')
                .map(|part| part.trim().parse().unwrap());
            DataType::Decimal(numbers.next().unwrap(), numbers.next().unwrap_or(0))
        }
        "double" => DataType::Double,
        "float" => DataType::Float,
        "int" => DataType::Int,
        "map" => {
            let parts = split(inner);
            DataType::Map(
                Box::new(data_type(parts[0])),
                Box::new(data_type(parts[1])),
                true,
            )
        }
        "smallint" => DataType::SmallInt,
        "string" => DataType::String,
        "struct" => DataType::Struct(split(inner).into_iter().map(field).collect()),
        "timestamp" => DataType::Timestamp,
        "timestamp_ntz" => DataType::TimestampNtz,
        "tinyint" => DataType::TinyInt,
        // Rows have no intervals; the one column of them holds nulls only, and a null has no type in a file.
        "interval day to second" => DataType::BigInt,
        other => panic!("type {other}"),
    }
}

fn field(text: &str) -> Field {
    let (name, kind) = text.split_once(':').unwrap();
    Field {
        name: name.trim().to_owned(),
        data_type: data_type(kind.trim()),
        nullable: true,
    }
}

/// Splits at the commas outside of brackets.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0;
    let outside = |c: char| {
        depth += i32::from(matches!(c, '<' | '(')) - i32::from(matches!(c, '>' | ')'));
        c == ',' && depth == 0
    };
    text.split(outside)
        .filter(|part| !part.is_empty())
        .map(str::trim)
        .collect()
}

fn value(json: &Json, kind: &DataType) -> Value {
    if json.is_null() {
        return Value::Null;
    }
    let text = || json.as_str().unwrap();
    let integer = || json.as_i64().unwrap();
    match kind {
        DataType::Array(element, _) => Value::Array(
            json.as_array()
                .unwrap()
                .iter()
                .map(|v| value(v, element))
                .collect(),
        ),
        DataType::BigInt => Value::BigInt(integer()),
        DataType::Binary => Value::Binary(STANDARD.decode(text()).unwrap()),
        DataType::Boolean => Value::Boolean(json.as_bool().unwrap()),
        DataType::Date => Value::Date(days(text())),
        DataType::Decimal(_, scale) => Value::Decimal(unscaled(text(), *scale)),
        DataType::Double => Value::Double(double(json)),
        DataType::Float => Value::Float(double(json) as f32),
        DataType::Int => Value::Int(integer().try_into().unwrap()),
        DataType::Map(key, element, _) => {
            let entry = |entry: &Json| (value(&entry[0], key), value(&entry[1], element));
            Value::Map(json.as_array().unwrap().iter().map(entry).collect())
        }
        DataType::SmallInt => Value::SmallInt(integer().try_into().unwrap()),
        DataType::String => Value::String(text().to_owned()),
        DataType::Struct(fields) => Value::Struct(
            fields
                .iter()
                .map(|field| {
                    value(
                        json.get(&field.name).unwrap_or(&Json::Null),
                        &field.data_type,
                    )
                })
                .collect(),
        ),
        DataType::Timestamp => Value::Timestamp(local(text().strip_suffix('Z').unwrap())),
        DataType::TimestampNtz => Value::TimestampNtz(local(text())),
        DataType::TinyInt => Value::TinyInt(integer().try_into().unwrap()),
    }
}

fn double(json: &Json) -> f64 {
    json.as_f64()
        .unwrap_or_else(|| match json.as_str().unwrap() {
            "NaN" => f64::NAN,
            "Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            other => panic!("double {other}"),
        })
}

fn days(text: &str) -> i32 {
    days_of(text.parse().unwrap())
}

fn days_of(date: civil::Date) -> i32 {
    date.since(civil::date(1970, 1, 1)).unwrap().get_days()
}

/// Microseconds since 1970 of a local date and time, by hand: the last hours of 9999 are no instant to the library.
fn local(text: &str) -> i64 {
    let time: civil::DateTime = text.parse().unwrap();
    let seconds =
        i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    (i64::from(days_of(time.date())) * 86_400 + seconds) * 1_000_000
        + i64::from(time.subsec_nanosecond() / 1000)
}

/// The digits of a decimal at its scale; the corpus may write fewer, or an exponent.
fn unscaled(text: &str, scale: u8) -> i128 {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().unwrap();
    let shift = i32::from(scale) - i32::try_from(fraction.len()).unwrap()
        + exponent.parse::<i32>().unwrap();
    let factor = 10_i128.pow(shift.unsigned_abs());
    if shift >= 0 {
        digits * factor
    } else {
        digits / factor
    }
}
