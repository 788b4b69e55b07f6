//! Rows cut into columns: each cell goes to its leaf with a repetition and a definition level (the Dremel encoding).

use parquet::data_type::Int96;

use crate::encode::file::parquet::column::{Cells, Column};
use crate::encode::file::parquet::error::ParquetError;
use crate::encode::file::parquet::layout::{Leaf, Node, Shape};
use crate::encode::file::parquet::rebase::Calendar;
use crate::encode::file::schema::Value;

const MICROS_PER_DAY: i64 = 86_400_000_000;
/// The Julian day number of 1970-01-01.
const EPOCH_JULIAN_DAY: i64 = 2_440_588;

/// Where a value stands: the level at which it repeats, how deep it is defined, how many lists enclose it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    repetition: i16,
    definition: i16,
    lists: i16,
}

impl Place {
    fn deeper(self) -> Self {
        Self {
            definition: self.definition + 1,
            ..self
        }
    }

    /// The place of the entry with this index in a list that stands here.
    fn entry(self, index: usize) -> Self {
        let lists = self.lists + 1;
        let repetition = if index == 0 { self.repetition } else { lists };
        Self {
            repetition,
            definition: self.definition + 1,
            lists,
        }
    }
}

/// Puts one value, and all that it holds, into the leaf columns below the node.
pub(super) fn shred(
    node: &Node,
    value: &Value,
    place: Place,
    columns: &mut [Column],
    calendar: &Calendar,
) -> Result<(), ParquetError> {
    if matches!(value, Value::Null) {
        if !node.optional {
            return Err(ParquetError::Null {
                column: node.path.clone(),
            });
        }
        absent(node, place, columns);
        return Ok(());
    }
    let place = if node.optional { place.deeper() } else { place };
    match (&node.shape, value) {
        (Shape::Leaf { column, leaf }, _) => {
            let column = &mut columns[*column];
            column.place(place.repetition, place.definition);
            if !store(&mut column.cells, *leaf, value, &node.path, calendar)? {
                return Err(misfit(node, value));
            }
        }
        (Shape::Struct(nodes), Value::Struct(values)) => {
            if nodes.len() != values.len() {
                return Err(misfit(node, value));
            }
            for (node, value) in nodes.iter().zip(values) {
                shred(node, value, place, columns, calendar)?;
            }
        }
        (Shape::List(_) | Shape::Map(..), Value::Array(_) | Value::Map(_)) => {
            entries(node, value, place, columns, calendar)?;
        }
        _ => return Err(misfit(node, value)),
    }
    Ok(())
}

fn entries(
    node: &Node,
    value: &Value,
    place: Place,
    columns: &mut [Column],
    calendar: &Calendar,
) -> Result<(), ParquetError> {
    match (&node.shape, value) {
        (Shape::List(element), Value::Array(values)) => {
            if values.is_empty() {
                absent(element, place, columns);
            }
            for (index, value) in values.iter().enumerate() {
                shred(element, value, place.entry(index), columns, calendar)?;
            }
        }
        (Shape::Map(key_node, value_node), Value::Map(pairs)) => {
            if pairs.is_empty() {
                absent(key_node, place, columns);
                absent(value_node, place, columns);
            }
            for (index, (key, value)) in pairs.iter().enumerate() {
                shred(key_node, key, place.entry(index), columns, calendar)?;
                shred(value_node, value, place.entry(index), columns, calendar)?;
            }
        }
        _ => return Err(misfit(node, value)),
    }
    Ok(())
}

/// Notes in every leaf below the node that nothing is there.
fn absent(node: &Node, place: Place, columns: &mut [Column]) {
    match &node.shape {
        Shape::Leaf { column, .. } => {
            columns[*column].place(place.repetition, place.definition);
        }
        Shape::List(element) => absent(element, place, columns),
        Shape::Map(key, value) => {
            absent(key, place, columns);
            absent(value, place, columns);
        }
        Shape::Struct(nodes) => {
            for node in nodes {
                absent(node, place, columns);
            }
        }
    }
}

/// Stores one cell in its column's form; false when it is not of the column's type.
fn store(
    cells: &mut Cells,
    leaf: Leaf,
    value: &Value,
    path: &str,
    calendar: &Calendar,
) -> Result<bool, ParquetError> {
    match (cells, leaf, value) {
        (Cells::Bytes(cells), Leaf::Text, Value::String(text)) => cells.push(text.as_bytes()),
        (Cells::Bytes(cells), Leaf::Binary, Value::Binary(bytes)) => cells.push(bytes),
        (Cells::Boolean(cells), Leaf::Boolean, Value::Boolean(cell)) => cells.push(*cell),
        (Cells::Int32(cells), Leaf::Int, Value::Int(cell)) => cells.push(*cell),
        (Cells::Int32(cells), Leaf::Short, Value::SmallInt(cell)) => cells.push((*cell).into()),
        (Cells::Int32(cells), Leaf::Tiny, Value::TinyInt(cell)) => cells.push((*cell).into()),
        (Cells::Int32(cells), Leaf::Date, Value::Date(days)) => {
            cells.push(calendar.day(*days, path)?);
        }
        (Cells::Int64(cells), Leaf::Long, Value::BigInt(cell)) => cells.push(*cell),
        (Cells::Int64(cells), Leaf::TimestampNtz, Value::TimestampNtz(cell)) => cells.push(*cell),
        (Cells::Int64(cells), Leaf::Micros, Value::Timestamp(cell)) => {
            cells.push(calendar.timestamp(*cell, path)?);
        }
        (Cells::Int64(cells), Leaf::Millis, Value::Timestamp(cell)) => {
            cells.push(calendar.timestamp(*cell, path)?.div_euclid(1000));
        }
        (Cells::Int96(cells), Leaf::Int96, Value::Timestamp(cell)) => {
            cells.push(int96(calendar.int96(*cell, path)?));
        }
        (Cells::Float(cells), Leaf::Float, Value::Float(cell)) => cells.push(*cell),
        (Cells::Double(cells), Leaf::Double, Value::Double(cell)) => cells.push(*cell),
        (cells, leaf, Value::Decimal(unscaled)) => return Ok(decimal(cells, leaf, *unscaled)),
        _ => return Ok(false),
    }
    Ok(true)
}

/// Nanoseconds of the day in two little-endian words, then the Julian day.
fn int96(micros: i64) -> Int96 {
    let nanos = u64::try_from(micros.rem_euclid(MICROS_PER_DAY)).unwrap_or(0) * 1000;
    let day = micros.div_euclid(MICROS_PER_DAY) + EPOCH_JULIAN_DAY;
    let mut stored = Int96::new();
    let low = u32::try_from(nanos & 0xffff_ffff).unwrap_or(0);
    let high = u32::try_from(nanos >> 32).unwrap_or(0);
    // days before the Julian epoch wrap, as Java's int does
    stored.set_data(low, high, i32::try_from(day).unwrap_or(0).cast_unsigned());
    stored
}

fn decimal(cells: &mut Cells, leaf: Leaf, unscaled: i128) -> bool {
    let fits = |precision: u8| unscaled.unsigned_abs() < 10_u128.pow(u32::from(precision));
    match (cells, leaf) {
        (Cells::Int32(cells), Leaf::DecimalInt { precision }) if fits(precision) => {
            i32::try_from(unscaled).map(|cell| cells.push(cell)).is_ok()
        }
        (Cells::Int64(cells), Leaf::DecimalLong { precision }) if fits(precision) => {
            i64::try_from(unscaled).map(|cell| cells.push(cell)).is_ok()
        }
        (Cells::Fixed(cells), Leaf::DecimalFixed { bytes, precision }) if fits(precision) => {
            cells.push(&unscaled.to_be_bytes()[16 - bytes..]);
            true
        }
        _ => false,
    }
}

fn misfit(node: &Node, value: &Value) -> ParquetError {
    ParquetError::Type {
        column: node.path.clone(),
        expected: node.type_name.clone(),
        received: type_name(value),
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "array",
        Value::BigInt(_) => "bigint",
        Value::Binary(_) => "binary",
        Value::Boolean(_) => "boolean",
        Value::Date(_) => "date",
        Value::Decimal(_) => "a decimal of other size",
        Value::Double(_) => "double",
        Value::Float(_) => "float",
        Value::Int(_) => "int",
        Value::Map(_) => "map",
        Value::Null => "null",
        Value::SmallInt(_) => "smallint",
        Value::String(_) => "string",
        Value::Struct(_) => "a struct of other fields",
        Value::Timestamp(_) => "timestamp",
        Value::TimestampNtz(_) => "timestamp_ntz",
        Value::TinyInt(_) => "tinyint",
    }
}
