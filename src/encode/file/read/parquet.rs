//! Parquet back to rows, from the file's own message and the level encoding of each leaf column.

use bytes::Bytes;
use parquet::basic::{LogicalType, Repetition, TimeUnit};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType as Physical, FixedLenByteArray, Int96};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::Type;

use crate::encode::file::read::ReadError;
use crate::encode::file::schema::{DataType, Row, Schema, Value};

const MICROS_PER_DAY: i64 = 86_400_000_000;
const EPOCH_JULIAN_DAY: i64 = 2_440_588;

/// The rows of a whole file. Days and instants are given as stored, also where the footer names the legacy calendar.
///
/// # Errors
/// Bytes that are not Parquet, or columns that are not the schema's.
pub fn read(bytes: Bytes, schema: &Schema) -> Result<Vec<Row>, ReadError> {
    let reader = SerializedFileReader::new(bytes).map_err(unreadable)?;
    let message = reader.metadata().file_metadata().schema();
    let roots = roots(message, schema)?;
    let mut rows = Vec::new();
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(unreadable)?;
        let count = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let mut leaves = leaves(&*group)?;
        for _ in 0..count {
            let row: Result<Row, ReadError> = roots
                .iter()
                .map(|root| assemble(root, &mut leaves))
                .collect();
            rows.push(row?);
        }
        if leaves.iter().any(|leaf| leaf.peek().is_some()) {
            return Err(ReadError::format(
                "parquet",
                "a column has more rows than the others",
            ));
        }
    }
    Ok(rows)
}

fn unreadable(error: ParquetError) -> ReadError {
    ReadError::format("parquet", error)
}

/// A node of the file's message, joined to the schema's type. `defined` is the level at which it is not null.
struct Node {
    optional: bool,
    defined: i16,
    first: usize,
    last: usize,
    shape: Shape,
}

enum Shape {
    Leaf {
        data_type: DataType,
        unit: Option<TimeUnit>,
    },
    List {
        level: i16,
        element: Box<Node>,
    },
    Map {
        level: i16,
        key: Box<Node>,
        value: Box<Node>,
    },
    Struct(Vec<Node>),
}

/// Levels that enclose a node, and the number of the next leaf.
struct Walk {
    defined: i16,
    repeated: i16,
    leaf: usize,
}

fn roots(message: &Type, schema: &Schema) -> Result<Vec<Node>, ReadError> {
    let names: Vec<&str> = message
        .get_fields()
        .iter()
        .map(|field| field.name())
        .collect();
    let expected: Vec<&str> = schema
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    if names != expected {
        return Err(ReadError::Columns {
            expected: expected.join(", "),
            received: names.join(", "),
        });
    }
    let mut walk = Walk {
        defined: 0,
        repeated: 0,
        leaf: 0,
    };
    let fields = message.get_fields().iter().zip(&schema.fields);
    fields
        .map(|(kind, field)| walk.node(kind, &field.data_type))
        .collect()
}

impl Walk {
    fn node(&mut self, kind: &Type, data_type: &DataType) -> Result<Node, ReadError> {
        let optional = kind.get_basic_info().repetition() == Repetition::OPTIONAL;
        self.defined += i16::from(optional);
        let defined = self.defined;
        let first = self.leaf;
        let shape = match data_type {
            DataType::Array(element, _) => {
                let element = self.entry(kind, element)?;
                Shape::List {
                    level: self.repeated + 1,
                    element: Box::new(element),
                }
            }
            DataType::Map(key, value, _) => {
                let [entry] = kind.get_fields() else {
                    return Err(foreign(kind));
                };
                let [key_kind, value_kind] = entry.get_fields() else {
                    return Err(foreign(kind));
                };
                self.defined += 1;
                self.repeated += 1;
                let key = Box::new(self.node(key_kind, key)?);
                let value = Box::new(self.node(value_kind, value)?);
                self.defined -= 1;
                self.repeated -= 1;
                Shape::Map {
                    level: self.repeated + 1,
                    key,
                    value,
                }
            }
            DataType::Struct(fields) => {
                let kinds = kind.get_fields();
                if kinds.len() != fields.len() {
                    return Err(foreign(kind));
                }
                let pairs = kinds.iter().zip(fields);
                let nodes: Result<_, _> = pairs
                    .map(|(kind, field)| self.node(kind, &field.data_type))
                    .collect();
                Shape::Struct(nodes?)
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
            | DataType::TinyInt) => {
                self.leaf += 1;
                Shape::Leaf {
                    data_type: flat.clone(),
                    unit: unit(kind),
                }
            }
        };
        self.defined -= i16::from(optional);
        Ok(Node {
            optional,
            defined,
            first,
            last: self.leaf,
            shape,
        })
    }

    /// The element below a LIST group: in three levels, or in two when the repeated field is the element.
    fn entry(&mut self, kind: &Type, element: &DataType) -> Result<Node, ReadError> {
        let [repeated] = kind.get_fields() else {
            return Err(foreign(kind));
        };
        self.defined += 1;
        self.repeated += 1;
        let wrapped = repeated.is_group() && matches!(repeated.name(), "list" | "bag");
        let inner = if wrapped {
            repeated.get_fields()
        } else {
            std::slice::from_ref(repeated)
        };
        let node = inner
            .first()
            .ok_or_else(|| foreign(kind))
            .and_then(|inner| self.node(inner, element));
        self.defined -= 1;
        self.repeated -= 1;
        node
    }
}

fn foreign(kind: &Type) -> ReadError {
    ReadError::format(
        "parquet",
        format!("the column {} is not of the schema's shape", kind.name()),
    )
}

fn unit(kind: &Type) -> Option<TimeUnit> {
    match kind.get_basic_info().logical_type_ref() {
        Some(LogicalType::Timestamp(timestamp)) => Some(timestamp.unit),
        _ => None,
    }
}

/// One leaf column of a row group: levels, and the values that are not null.
struct LeafCells {
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    cells: Cells,
    at: usize,
    taken: usize,
}

enum Cells {
    Boolean(Vec<bool>),
    Bytes(Vec<ByteArray>),
    Double(Vec<f64>),
    Fixed(Vec<FixedLenByteArray>),
    Float(Vec<f32>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Int96(Vec<Int96>),
}

impl LeafCells {
    /// Repetition and definition of the next cell.
    fn peek(&self) -> Option<(i16, i16)> {
        let definition = *self.definitions.get(self.at)?;
        Some((
            self.repetitions.get(self.at).copied().unwrap_or(0),
            definition,
        ))
    }
}

fn leaves(group: &dyn RowGroupReader) -> Result<Vec<LeafCells>, ReadError> {
    (0..group.num_columns())
        .map(|index| {
            let values = group.metadata().column(index).num_values();
            let maximum = group
                .metadata()
                .column(index)
                .column_descr()
                .max_def_level();
            let count = usize::try_from(values).unwrap_or(0);
            let reader = group.get_column_reader(index).map_err(unreadable)?;
            let mut leaf = decode(reader, count).map_err(unreadable)?;
            if maximum == 0 {
                leaf.definitions = vec![0; count];
            }
            Ok(leaf)
        })
        .collect()
}

fn decode(reader: ColumnReader, count: usize) -> Result<LeafCells, ParquetError> {
    let (definitions, repetitions, cells) = match reader {
        ColumnReader::BoolColumnReader(reader) => triplets(reader, count, Cells::Boolean)?,
        ColumnReader::ByteArrayColumnReader(reader) => triplets(reader, count, Cells::Bytes)?,
        ColumnReader::DoubleColumnReader(reader) => triplets(reader, count, Cells::Double)?,
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            triplets(reader, count, Cells::Fixed)?
        }
        ColumnReader::FloatColumnReader(reader) => triplets(reader, count, Cells::Float)?,
        ColumnReader::Int32ColumnReader(reader) => triplets(reader, count, Cells::Int32)?,
        ColumnReader::Int64ColumnReader(reader) => triplets(reader, count, Cells::Int64)?,
        ColumnReader::Int96ColumnReader(reader) => triplets(reader, count, Cells::Int96)?,
    };
    Ok(LeafCells {
        definitions,
        repetitions,
        cells,
        at: 0,
        taken: 0,
    })
}

fn triplets<T: Physical>(
    mut reader: ColumnReaderImpl<T>,
    count: usize,
    cells: impl FnOnce(Vec<T::T>) -> Cells,
) -> Result<(Vec<i16>, Vec<i16>, Cells), ParquetError> {
    let (mut definitions, mut repetitions, mut values) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        let read = reader.read_records(
            count,
            Some(&mut definitions),
            Some(&mut repetitions),
            &mut values,
        )?;
        if read.0 == 0 {
            return Ok((definitions, repetitions, cells(values)));
        }
    }
}

fn assemble(node: &Node, leaves: &mut [LeafCells]) -> Result<Value, ReadError> {
    let Some((_, definition)) = leaves[node.first].peek() else {
        return Err(ReadError::format(
            "parquet",
            "a column has fewer rows than the others",
        ));
    };
    if node.optional && definition < node.defined {
        skip(node, leaves);
        return Ok(Value::Null);
    }
    match &node.shape {
        Shape::Leaf { data_type, unit } => take(&mut leaves[node.first], data_type, unit.as_ref()),
        Shape::Struct(nodes) => {
            let values: Result<_, _> = nodes.iter().map(|node| assemble(node, leaves)).collect();
            Ok(Value::Struct(values?))
        }
        Shape::List { .. } | Shape::Map { .. } if definition == node.defined => {
            skip(node, leaves);
            Ok(match node.shape {
                Shape::Map { .. } => Value::Map(Vec::new()),
                Shape::Leaf { .. } | Shape::List { .. } | Shape::Struct(_) => {
                    Value::Array(Vec::new())
                }
            })
        }
        Shape::List { level, element } => {
            let mut values = vec![assemble(element, leaves)?];
            while continues(&leaves[node.first], *level) {
                values.push(assemble(element, leaves)?);
            }
            Ok(Value::Array(values))
        }
        Shape::Map { level, key, value } => {
            let mut pairs = vec![(assemble(key, leaves)?, assemble(value, leaves)?)];
            while continues(&leaves[node.first], *level) {
                pairs.push((assemble(key, leaves)?, assemble(value, leaves)?));
            }
            Ok(Value::Map(pairs))
        }
    }
}

fn continues(leaf: &LeafCells, level: i16) -> bool {
    leaf.peek()
        .is_some_and(|(repetition, _)| repetition == level)
}

fn skip(node: &Node, leaves: &mut [LeafCells]) {
    for leaf in &mut leaves[node.first..node.last] {
        leaf.at += 1;
    }
}

fn take(
    leaf: &mut LeafCells,
    data_type: &DataType,
    unit: Option<&TimeUnit>,
) -> Result<Value, ReadError> {
    let index = leaf.taken;
    leaf.at += 1;
    leaf.taken += 1;
    value(&leaf.cells, index, data_type, unit).ok_or_else(|| {
        ReadError::format(
            "parquet",
            "a column is stored in a type that Spark does not use",
        )
    })
}

fn value(
    cells: &Cells,
    index: usize,
    data_type: &DataType,
    unit: Option<&TimeUnit>,
) -> Option<Value> {
    Some(match (cells, data_type) {
        (Cells::Boolean(cells), DataType::Boolean) => Value::Boolean(*cells.get(index)?),
        (Cells::Bytes(cells), DataType::String) => {
            Value::String(cells.get(index)?.as_utf8().ok()?.to_owned())
        }
        (Cells::Bytes(cells), DataType::Binary) => Value::Binary(cells.get(index)?.data().to_vec()),
        (Cells::Double(cells), DataType::Double) => Value::Double(*cells.get(index)?),
        (Cells::Float(cells), DataType::Float) => Value::Float(*cells.get(index)?),
        (Cells::Fixed(cells), DataType::Decimal(..)) => {
            Value::Decimal(big_endian(cells.get(index)?.data()))
        }
        (Cells::Int32(cells), _) => narrow(*cells.get(index)?, data_type)?,
        (Cells::Int64(cells), _) => wide(*cells.get(index)?, data_type, unit)?,
        (Cells::Int96(cells), DataType::Timestamp) => {
            Value::Timestamp(int96_micros(cells.get(index)?)?)
        }
        _ => return None,
    })
}

fn narrow(cell: i32, data_type: &DataType) -> Option<Value> {
    match (data_type, cell) {
        (DataType::Date, _) => Some(Value::Date(cell)),
        (DataType::Decimal(..), _) => Some(Value::Decimal(cell.into())),
        (DataType::Int, _) => Some(Value::Int(cell)),
        (DataType::SmallInt, _) => cell.try_into().ok().map(Value::SmallInt),
        (DataType::TinyInt, _) => cell.try_into().ok().map(Value::TinyInt),
        _ => None,
    }
}

fn wide(cell: i64, data_type: &DataType, unit: Option<&TimeUnit>) -> Option<Value> {
    let micros = match unit {
        Some(TimeUnit::MILLIS) => cell.checked_mul(1000)?,
        Some(TimeUnit::NANOS) => cell.div_euclid(1000),
        Some(TimeUnit::MICROS) | None => cell,
    };
    match (data_type, cell) {
        (DataType::BigInt, _) => Some(Value::BigInt(cell)),
        (DataType::Decimal(..), _) => Some(Value::Decimal(cell.into())),
        (DataType::Timestamp, _) => Some(Value::Timestamp(micros)),
        (DataType::TimestampNtz, _) => Some(Value::TimestampNtz(micros)),
        _ => None,
    }
}

fn int96_micros(cell: &Int96) -> Option<i64> {
    let [low, high, day] = cell.data() else {
        return None;
    };
    let nanos = (i64::from(*high) << 32) | i64::from(*low);
    let day = i64::from(day.cast_signed()) - EPOCH_JULIAN_DAY;
    Some(day * MICROS_PER_DAY + nanos / 1000)
}

fn big_endian(bytes: &[u8]) -> i128 {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let start = if negative { -1 } else { 0 };
    bytes
        .iter()
        .fold(start, |value, byte| (value << 8) | i128::from(*byte))
}
