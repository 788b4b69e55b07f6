//! JSON lines back to rows, by `serde_json`. Numbers are read from their text, so that no digit is lost.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::encode::file::read::{ReadError, text};
use crate::encode::file::schema::{DataType, Field, Row, Schema, Value};

/// The rows of a whole, decompressed file in UTF-8. A missing field is null. Dates and times have to be in ISO 8601;
/// map keys of these types are read as Spark writes them, as numbers.
///
/// # Errors
/// Text that is not JSON, or not of the schema's types.
pub fn read(bytes: &[u8], schema: &Schema) -> Result<Vec<Row>, ReadError> {
    serde_json::Deserializer::from_slice(bytes)
        .into_iter::<Entries>()
        .map(|entries| {
            let entries = entries.map_err(unreadable)?;
            fields(&entries, &schema.fields)
        })
        .collect()
}

fn unreadable(error: serde_json::Error) -> ReadError {
    ReadError::format("json", error)
}

/// An object's entries in order.
struct Entries(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

fn fields(entries: &Entries, fields: &[Field]) -> Result<Row, ReadError> {
    fields
        .iter()
        .map(|field| {
            let entry = entries.0.iter().find(|(name, _)| *name == field.name);
            entry.map_or(Ok(Value::Null), |(_, raw)| {
                value(raw, &field.data_type, &field.name)
            })
        })
        .collect()
}

fn value(raw: &RawValue, data_type: &DataType, column: &str) -> Result<Value, ReadError> {
    let json = raw.get().trim();
    if json == "null" {
        return Ok(Value::Null);
    }
    match data_type {
        DataType::Array(element, _) => {
            let items: Vec<Box<RawValue>> = serde_json::from_str(json).map_err(unreadable)?;
            let values: Result<_, _> = items
                .iter()
                .map(|item| value(item, element, column))
                .collect();
            Ok(Value::Array(values?))
        }
        DataType::Map(key_type, value_type, _) => {
            let Entries(entries) = serde_json::from_str(json).map_err(unreadable)?;
            let pairs: Result<_, ReadError> = entries
                .iter()
                .map(|(key, item)| {
                    Ok((
                        self::key(key, key_type, column)?,
                        value(item, value_type, column)?,
                    ))
                })
                .collect();
            Ok(Value::Map(pairs?))
        }
        DataType::Struct(inner) => {
            let entries: Entries = serde_json::from_str(json).map_err(unreadable)?;
            Ok(Value::Struct(fields(&entries, inner)?))
        }
        DataType::Binary => {
            let encoded: String = serde_json::from_str(json).map_err(unreadable)?;
            let decoded = BASE64_STANDARD.decode(encoded);
            decoded
                .map(Value::Binary)
                .map_err(|error| ReadError::format("json", error))
        }
        flat @ (DataType::BigInt
        | DataType::Boolean
        | DataType::Date
        | DataType::Decimal(..)
        | DataType::Double
        | DataType::Float
        | DataType::Int
        | DataType::SmallInt
        | DataType::String
        | DataType::Timestamp
        | DataType::TimestampNtz
        | DataType::TinyInt) => scalar(json, flat, column),
    }
}

fn scalar(json: &str, data_type: &DataType, column: &str) -> Result<Value, ReadError> {
    if json.starts_with('"') {
        let content: String = serde_json::from_str(json).map_err(unreadable)?;
        return text::value(&content, data_type, column);
    }
    text::value(json, data_type, column)
}

/// A map's key: days and microseconds for dates and instants.
fn key(key: &str, data_type: &DataType, column: &str) -> Result<Value, ReadError> {
    let refused = |expected| ReadError::Cell {
        column: column.to_owned(),
        expected,
        received: key.to_owned(),
    };
    if *data_type == DataType::Date {
        return key.parse().map(Value::Date).map_err(|_| refused("days"));
    }
    if *data_type == DataType::Timestamp {
        return key
            .parse()
            .map(Value::Timestamp)
            .map_err(|_| refused("microseconds"));
    }
    if *data_type == DataType::TimestampNtz {
        return key
            .parse()
            .map(Value::TimestampNtz)
            .map_err(|_| refused("microseconds"));
    }
    text::value(key, data_type, column)
}
