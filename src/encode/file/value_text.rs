//! Values as text, and the checks of schema and row that every text format makes.

use std::collections::HashSet;
use std::fmt;

use crate::encode::file::error::FileError;
use crate::encode::file::java_text::{push_decimal, push_double, push_float, push_integer};
use crate::encode::file::options::TextOptions;
use crate::encode::file::schema::{DataType, Field, Schema, Value};

/// Appends the text of a value that is not null and has no parts (writer rules, section 3).
///
/// # Errors
///
/// A value of another type, or one that its pattern cannot write.
pub(crate) fn push_value(
    value: &Value,
    data_type: &DataType,
    options: &TextOptions,
    out: &mut Vec<u8>,
) -> Result<(), FileError> {
    match (value, data_type) {
        (Value::String(text), DataType::String) => out.extend_from_slice(text.as_bytes()),
        (Value::Boolean(true), DataType::Boolean) => out.extend_from_slice(b"true"),
        (Value::Boolean(false), DataType::Boolean) => out.extend_from_slice(b"false"),
        (Value::TinyInt(number), DataType::TinyInt) => push_integer(i64::from(*number), out),
        (Value::SmallInt(number), DataType::SmallInt) => push_integer(i64::from(*number), out),
        (Value::Int(number), DataType::Int) => push_integer(i64::from(*number), out),
        (Value::BigInt(number), DataType::BigInt) => push_integer(*number, out),
        (Value::Float(number), DataType::Float) => push_float(*number, options.digits, out),
        (Value::Double(number), DataType::Double) => push_double(*number, options.digits, out),
        (Value::Decimal(unscaled), DataType::Decimal(_, scale)) => {
            push_decimal(*unscaled, *scale, out)
        }
        (Value::Date(days), DataType::Date) => options.date.push_date(*days, out)?,
        (Value::Timestamp(micros), DataType::Timestamp) => {
            options
                .timestamp
                .push_instant(*micros, &options.zone, out)?
        }
        (Value::TimestampNtz(micros), DataType::TimestampNtz) => {
            options.timestamp_ntz.push_local(*micros, out)?
        }
        (value, data_type) => return Err(wrong_type(value, data_type)),
    }
    Ok(())
}

/// The refusal of a value that is not of its column's type.
pub(crate) fn wrong_type(value: &Value, data_type: &DataType) -> FileError {
    FileError::ValueType {
        expected: data_type.to_string(),
        received: type_name(value),
    }
}

/// Refuses a row of another width than the schema's.
pub(crate) fn check_width(expected: usize, row: &[Value]) -> Result<(), FileError> {
    if row.len() == expected {
        Ok(())
    } else {
        Err(FileError::RowWidth {
            expected,
            received: row.len(),
        })
    }
}

/// Refuses what Spark refuses of a schema: no columns, also in a nested struct, and two columns of one name.
pub(crate) fn check_names(schema: &Schema, case_sensitive: bool) -> Result<(), FileError> {
    if is_empty(&schema.fields) {
        return Err(FileError::NoColumns);
    }
    let mut seen = HashSet::new();
    for field in &schema.fields {
        let name = if case_sensitive {
            field.name.clone()
        } else {
            field.name.to_lowercase()
        };
        if !seen.insert(name) {
            return Err(FileError::DuplicateColumn(field.name.clone()));
        }
    }
    Ok(())
}

fn is_empty(fields: &[Field]) -> bool {
    fields.is_empty()
        || fields.iter().any(|field| {
            if let DataType::Struct(inner) = &field.data_type {
                is_empty(inner)
            } else {
                false
            }
        })
}

/// Spark SQL's own spelling of a type.
impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Array(element, _) => write!(f, "array<{element}>"),
            Self::BigInt => f.write_str("bigint"),
            Self::Binary => f.write_str("binary"),
            Self::Boolean => f.write_str("boolean"),
            Self::Date => f.write_str("date"),
            Self::Decimal(precision, scale) => write!(f, "decimal({precision},{scale})"),
            Self::Double => f.write_str("double"),
            Self::Float => f.write_str("float"),
            Self::Int => f.write_str("int"),
            Self::Map(key, value, _) => write!(f, "map<{key},{value}>"),
            Self::SmallInt => f.write_str("smallint"),
            Self::String => f.write_str("string"),
            Self::Struct(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|field| format!("{}:{}", field.name, field.data_type))
                    .collect();
                write!(f, "struct<{}>", fields.join(","))
            }
            Self::Timestamp => f.write_str("timestamp"),
            Self::TimestampNtz => f.write_str("timestamp_ntz"),
            Self::TinyInt => f.write_str("tinyint"),
        }
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "array",
        Value::BigInt(_) => "bigint",
        Value::Binary(_) => "binary",
        Value::Boolean(_) => "boolean",
        Value::Date(_) => "date",
        Value::Decimal(_) => "decimal",
        Value::Double(_) => "double",
        Value::Float(_) => "float",
        Value::Int(_) => "int",
        Value::Map(_) => "map",
        Value::Null => "null",
        Value::SmallInt(_) => "smallint",
        Value::String(_) => "string",
        Value::Struct(_) => "struct",
        Value::Timestamp(_) => "timestamp",
        Value::TimestampNtz(_) => "timestamp_ntz",
        Value::TinyInt(_) => "tinyint",
    }
}
