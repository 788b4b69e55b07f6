//! A Spark schema as Parquet's message, and the tree by which rows are cut into columns.

use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::schema::types::{Type, TypePtr};

use crate::encode::file::parquet::error::ParquetError;
use crate::encode::file::parquet::options::{ParquetOptions, TimestampType};
use crate::encode::file::schema::{DataType, Field, Schema};

/// The message's name, as Spark gives it.
const MESSAGE: &str = "spark_schema";

/// How the cells of one leaf column are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    Binary,
    Boolean,
    Date,
    DecimalFixed { bytes: usize, precision: u8 },
    DecimalInt { precision: u8 },
    DecimalLong { precision: u8 },
    Double,
    Float,
    Int,
    Int96,
    Long,
    Micros,
    Millis,
    Short,
    Text,
    TimestampNtz,
    Tiny,
}

/// A node of the tree that mirrors the schema, with the leaf columns numbered from left to right.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) optional: bool,
    /// Spark's dotted path, for messages.
    pub(super) path: String,
    /// Spark's name of the type, for messages.
    pub(super) type_name: String,
    pub(super) shape: Shape,
}

/// What a node holds.
#[derive(Debug)]
pub(super) enum Shape {
    Leaf { column: usize, leaf: Leaf },
    List(Box<Node>),
    Map(Box<Node>, Box<Node>),
    Struct(Vec<Node>),
}

/// The message, the tree and how each leaf column is stored.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) message: TypePtr,
    pub(super) roots: Vec<Node>,
    pub(super) leaves: Vec<Leaf>,
}

impl Layout {
    pub(super) fn new(schema: &Schema, options: &ParquetOptions) -> Result<Self, ParquetError> {
        let mut builder = Builder {
            options,
            leaves: Vec::new(),
        };
        let (types, roots) = builder.fields(&schema.fields, "")?;
        let message = Type::group_type_builder(MESSAGE)
            .with_fields(types)
            .build()?;
        Ok(Self {
            message: Arc::new(message),
            roots,
            leaves: builder.leaves,
        })
    }
}

struct Builder<'a> {
    options: &'a ParquetOptions,
    leaves: Vec<Leaf>,
}

impl Builder<'_> {
    fn fields(
        &mut self,
        fields: &[Field],
        path: &str,
    ) -> Result<(Vec<TypePtr>, Vec<Node>), ParquetError> {
        if fields.is_empty() {
            let place = if path.is_empty() { "a file" } else { path };
            return Err(ParquetError::Schema(format!(
                "expected columns in {place}, received none"
            )));
        }
        let mut types = Vec::with_capacity(fields.len());
        let mut nodes = Vec::with_capacity(fields.len());
        for (index, field) in fields.iter().enumerate() {
            if fields[..index].iter().any(|other| other.name == field.name) {
                return Err(ParquetError::Schema(format!(
                    "expected distinct column names, received {} twice",
                    field.name
                )));
            }
            let path = join(path, &field.name);
            let (kind, node) = self.node(&field.name, &field.data_type, field.nullable, &path)?;
            types.push(Arc::new(kind));
            nodes.push(node);
        }
        Ok((types, nodes))
    }

    fn node(
        &mut self,
        name: &str,
        data_type: &DataType,
        nullable: bool,
        path: &str,
    ) -> Result<(Type, Node), ParquetError> {
        let repetition = if nullable {
            Repetition::OPTIONAL
        } else {
            Repetition::REQUIRED
        };
        let (kind, shape, type_name) = match data_type {
            DataType::Array(element, contains_null) => {
                let (kind, shape) = self.array(name, element, *contains_null, repetition, path)?;
                (kind, shape, "array".to_owned())
            }
            DataType::Map(key, value, contains_null) => {
                let (kind, shape) =
                    self.map(name, (key, value, *contains_null), repetition, path)?;
                (kind, shape, "map".to_owned())
            }
            DataType::Struct(fields) => {
                let (types, nodes) = self.fields(fields, path)?;
                let group = Type::group_type_builder(name)
                    .with_repetition(repetition)
                    .with_fields(types)
                    .build()?;
                (group, Shape::Struct(nodes), "struct".to_owned())
            }
            flat @ (DataType::BigInt
            | DataType::Binary
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
            | DataType::TinyInt) => self.leaf(name, flat, repetition)?,
        };
        Ok((
            kind,
            Node {
                optional: nullable,
                path: path.to_owned(),
                type_name,
                shape,
            },
        ))
    }

    fn array(
        &mut self,
        name: &str,
        element: &DataType,
        contains_null: bool,
        repetition: Repetition,
        path: &str,
    ) -> Result<(Type, Shape), ParquetError> {
        let legacy = self.options.legacy_format;
        let element_name = if legacy { "array" } else { "element" };
        let (kind, node) =
            self.node(element_name, element, contains_null, &join(path, "element"))?;
        let repeated = if legacy && !contains_null {
            repeat(&kind)?
        } else {
            Type::group_type_builder(if legacy { "bag" } else { "list" })
                .with_repetition(Repetition::REPEATED)
                .with_fields(vec![Arc::new(kind)])
                .build()?
        };
        let group = Type::group_type_builder(name)
            .with_repetition(repetition)
            .with_logical_type(Some(LogicalType::List))
            .with_converted_type(ConvertedType::LIST)
            .with_fields(vec![Arc::new(repeated)])
            .build()?;
        Ok((group, Shape::List(Box::new(node))))
    }

    fn map(
        &mut self,
        name: &str,
        (key, value, contains_null): (&DataType, &DataType, bool),
        repetition: Repetition,
        path: &str,
    ) -> Result<(Type, Shape), ParquetError> {
        let (key_type, key) = self.node("key", key, false, &join(path, "key"))?;
        let (value_type, value) = self.node("value", value, contains_null, &join(path, "value"))?;
        let mut entry = Type::group_type_builder("key_value")
            .with_repetition(Repetition::REPEATED)
            .with_fields(vec![Arc::new(key_type), Arc::new(value_type)]);
        if self.options.legacy_format {
            entry = entry.with_converted_type(ConvertedType::MAP_KEY_VALUE);
        }
        let group = Type::group_type_builder(name)
            .with_repetition(repetition)
            .with_logical_type(Some(LogicalType::Map))
            .with_converted_type(ConvertedType::MAP)
            .with_fields(vec![Arc::new(entry.build()?)])
            .build()?;
        Ok((group, Shape::Map(Box::new(key), Box::new(value))))
    }

    fn leaf(
        &mut self,
        name: &str,
        data_type: &DataType,
        repetition: Repetition,
    ) -> Result<(Type, Shape, String), ParquetError> {
        let (leaf, type_name) = leaf_of(data_type, self.options)?;
        let kind = primitive(name, data_type, leaf, repetition)?;
        let column = self.leaves.len();
        self.leaves.push(leaf);
        Ok((kind, Shape::Leaf { column, leaf }, type_name))
    }
}

/// The same type, repeated: what the legacy layout does with arrays that hold no nulls.
fn repeat(kind: &Type) -> Result<Type, ParquetError> {
    let info = kind.get_basic_info();
    let built = if kind.is_group() {
        Type::group_type_builder(kind.name())
            .with_repetition(Repetition::REPEATED)
            .with_logical_type(info.logical_type_ref().cloned())
            .with_converted_type(info.converted_type())
            .with_fields(kind.get_fields().to_vec())
            .build()
    } else {
        let length = match kind {
            Type::PrimitiveType { type_length, .. } => *type_length,
            Type::GroupType { .. } => -1,
        };
        Type::primitive_type_builder(kind.name(), kind.get_physical_type())
            .with_repetition(Repetition::REPEATED)
            .with_logical_type(info.logical_type_ref().cloned())
            .with_converted_type(info.converted_type())
            .with_length(length)
            .with_precision(precision_of(kind).0)
            .with_scale(precision_of(kind).1)
            .build()
    };
    Ok(built?)
}

fn precision_of(kind: &Type) -> (i32, i32) {
    match kind {
        Type::PrimitiveType {
            precision, scale, ..
        } => (*precision, *scale),
        Type::GroupType { .. } => (-1, -1),
    }
}

fn leaf_of(data_type: &DataType, options: &ParquetOptions) -> Result<(Leaf, String), ParquetError> {
    let (leaf, name) = match data_type {
        DataType::BigInt => (Leaf::Long, "bigint"),
        DataType::Binary => (Leaf::Binary, "binary"),
        DataType::Boolean => (Leaf::Boolean, "boolean"),
        DataType::Date => (Leaf::Date, "date"),
        DataType::Decimal(precision, scale) => {
            let leaf = decimal_leaf(*precision, *scale, options.legacy_format)?;
            return Ok((leaf, format!("decimal({precision},{scale})")));
        }
        DataType::Double => (Leaf::Double, "double"),
        DataType::Float => (Leaf::Float, "float"),
        DataType::Int => (Leaf::Int, "int"),
        DataType::SmallInt => (Leaf::Short, "smallint"),
        DataType::String => (Leaf::Text, "string"),
        DataType::Timestamp => match options.timestamps {
            TimestampType::Int96 => (Leaf::Int96, "timestamp"),
            TimestampType::Micros => (Leaf::Micros, "timestamp"),
            TimestampType::Millis => (Leaf::Millis, "timestamp"),
        },
        DataType::TimestampNtz => (Leaf::TimestampNtz, "timestamp_ntz"),
        DataType::TinyInt => (Leaf::Tiny, "tinyint"),
        DataType::Array(..) | DataType::Map(..) | DataType::Struct(_) => {
            return Err(ParquetError::Schema(
                "expected a flat type, received a nested one".into(),
            ));
        }
    };
    Ok((leaf, name.to_owned()))
}

fn decimal_leaf(precision: u8, scale: u8, legacy: bool) -> Result<Leaf, ParquetError> {
    if !(1..=38).contains(&precision) || scale > precision {
        return Err(ParquetError::Schema(format!(
            "expected a decimal of 1 to 38 digits, received decimal({precision},{scale})"
        )));
    }
    Ok(match precision {
        0..=9 if !legacy => Leaf::DecimalInt { precision },
        10..=18 if !legacy => Leaf::DecimalLong { precision },
        _ => Leaf::DecimalFixed {
            bytes: decimal_bytes(precision),
            precision,
        },
    })
}

/// The fewest bytes whose signed range holds that many digits.
fn decimal_bytes(precision: u8) -> usize {
    let largest = 10_i128.pow(u32::from(precision)) - 1;
    (1..16)
        .find(|bytes| largest < 1_i128 << (8 * bytes - 1))
        .unwrap_or(16)
}

fn primitive(
    name: &str,
    data_type: &DataType,
    leaf: Leaf,
    repetition: Repetition,
) -> Result<Type, ParquetError> {
    let physical = match leaf {
        Leaf::Boolean => Physical::BOOLEAN,
        Leaf::Date | Leaf::DecimalInt { .. } | Leaf::Int | Leaf::Short | Leaf::Tiny => {
            Physical::INT32
        }
        Leaf::DecimalLong { .. }
        | Leaf::Long
        | Leaf::Micros
        | Leaf::Millis
        | Leaf::TimestampNtz => Physical::INT64,
        Leaf::Int96 => Physical::INT96,
        Leaf::Float => Physical::FLOAT,
        Leaf::Double => Physical::DOUBLE,
        Leaf::Binary | Leaf::Text => Physical::BYTE_ARRAY,
        Leaf::DecimalFixed { .. } => Physical::FIXED_LEN_BYTE_ARRAY,
    };
    let mut builder = Type::primitive_type_builder(name, physical)
        .with_repetition(repetition)
        .with_logical_type(logical(data_type, leaf));
    if let DataType::Decimal(precision, scale) = data_type {
        builder = builder
            .with_precision(i32::from(*precision))
            .with_scale(i32::from(*scale));
    }
    if let Leaf::DecimalFixed { bytes, .. } = leaf {
        builder = builder.with_length(i32::try_from(bytes).unwrap_or(16));
    }
    Ok(builder.build()?)
}

fn logical(data_type: &DataType, leaf: Leaf) -> Option<LogicalType> {
    let timestamp =
        |unit, is_adjusted_to_u_t_c| Some(LogicalType::timestamp(is_adjusted_to_u_t_c, unit));
    match leaf {
        Leaf::Date => Some(LogicalType::Date),
        Leaf::DecimalFixed { .. } | Leaf::DecimalInt { .. } | Leaf::DecimalLong { .. } => {
            let DataType::Decimal(precision, scale) = data_type else {
                return None;
            };
            Some(LogicalType::decimal(
                i32::from(*scale),
                i32::from(*precision),
            ))
        }
        Leaf::Micros => timestamp(TimeUnit::MICROS, true),
        Leaf::Millis => timestamp(TimeUnit::MILLIS, true),
        Leaf::TimestampNtz => timestamp(TimeUnit::MICROS, false),
        Leaf::Short => Some(LogicalType::integer(16, true)),
        Leaf::Tiny => Some(LogicalType::integer(8, true)),
        Leaf::Text => Some(LogicalType::String),
        Leaf::Binary
        | Leaf::Boolean
        | Leaf::Double
        | Leaf::Float
        | Leaf::Int
        | Leaf::Int96
        | Leaf::Long => None,
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_takes_the_fewest_bytes() {
        for (precision, bytes) in [(1, 1), (2, 1), (3, 2), (5, 3), (18, 8), (20, 9), (38, 16)] {
            assert_eq!(decimal_bytes(precision), bytes, "precision {precision}");
        }
    }
}
