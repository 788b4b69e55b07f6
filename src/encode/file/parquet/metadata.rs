//! What Spark says about itself and the schema in the footer.

use parquet::file::metadata::KeyValue;
use serde_json::{Value as Json, json};

use crate::encode::file::parquet::options::{ParquetOptions, Rebase};
use crate::encode::file::schema::{DataType, Field, Schema};

/// The Spark whose files these are; readers choose their calendar by it.
pub const SPARK_VERSION: &str = "3.5.9";

/// The footer's key/value pairs.
pub(super) fn key_values(schema: &Schema, options: &ParquetOptions) -> Vec<KeyValue> {
    let mut pairs = vec![
        pair("org.apache.spark.version", SPARK_VERSION),
        pair(
            "org.apache.spark.sql.parquet.row.metadata",
            &schema_json(schema),
        ),
    ];
    let dates = options.dates == Rebase::Legacy;
    let int96 = options.int96 == Rebase::Legacy;
    if dates {
        pairs.push(pair("org.apache.spark.legacyDateTime", ""));
    }
    if int96 {
        pairs.push(pair("org.apache.spark.legacyINT96", ""));
    }
    if dates || int96 {
        pairs.push(pair("org.apache.spark.timeZone", &options.time_zone));
    }
    pairs
}

fn pair(key: &str, value: &str) -> KeyValue {
    KeyValue::new(key.to_owned(), value.to_owned())
}

/// Spark's own JSON of a schema, as `StructType.json` prints it.
pub fn schema_json(schema: &Schema) -> String {
    structure(&schema.fields).to_string()
}

fn structure(fields: &[Field]) -> Json {
    let fields: Vec<Json> = fields
        .iter()
        .map(|field| {
            json!({
                "name": field.name,
                "type": data_type(&field.data_type),
                "nullable": field.nullable,
                "metadata": {},
            })
        })
        .collect();
    json!({ "type": "struct", "fields": fields })
}

fn data_type(data_type: &DataType) -> Json {
    match data_type {
        DataType::Array(element, contains_null) => json!({
            "type": "array",
            "elementType": self::data_type(element),
            "containsNull": contains_null,
        }),
        DataType::Map(key, value, contains_null) => json!({
            "type": "map",
            "keyType": self::data_type(key),
            "valueType": self::data_type(value),
            "valueContainsNull": contains_null,
        }),
        DataType::Struct(fields) => structure(fields),
        DataType::Decimal(precision, scale) => Json::from(format!("decimal({precision},{scale})")),
        DataType::BigInt => Json::from("long"),
        DataType::Binary => Json::from("binary"),
        DataType::Boolean => Json::from("boolean"),
        DataType::Date => Json::from("date"),
        DataType::Double => Json::from("double"),
        DataType::Float => Json::from("float"),
        DataType::Int => Json::from("integer"),
        DataType::SmallInt => Json::from("short"),
        DataType::String => Json::from("string"),
        DataType::Timestamp => Json::from("timestamp"),
        DataType::TimestampNtz => Json::from("timestamp_ntz"),
        DataType::TinyInt => Json::from("byte"),
    }
}
