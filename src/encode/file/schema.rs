//! The typed rows that every file format writes: Spark SQL's types and values, nothing of any format.

/// A column: its name as written and its type. `nullable` is false only where Spark's schema says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The column name, written as it is.
    pub name: String,
    /// The Spark SQL type.
    pub data_type: DataType,
    /// Whether a cell may be null.
    pub nullable: bool,
}

/// The columns of a file, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema {
    /// The columns.
    pub fields: Vec<Field>,
}

/// Spark SQL types that an export can hold.
#[derive(Debug, Clone, PartialEq)]
pub enum DataType {
    /// `array<element>`; whether elements may be null.
    Array(Box<DataType>, bool),
    /// `bigint`
    BigInt,
    /// `binary`
    Binary,
    /// `boolean`
    Boolean,
    /// `date`
    Date,
    /// `decimal(precision, scale)`
    Decimal(u8, u8),
    /// `double`
    Double,
    /// `float`
    Float,
    /// `int`
    Int,
    /// `map<key, value>`; whether values may be null.
    Map(Box<DataType>, Box<DataType>, bool),
    /// `smallint`
    SmallInt,
    /// `string`
    String,
    /// `struct<…>`
    Struct(Vec<Field>),
    /// `timestamp`: an instant.
    Timestamp,
    /// `timestamp_ntz`: a local date and time.
    TimestampNtz,
    /// `tinyint`
    TinyInt,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Elements in order.
    Array(Vec<Value>),
    /// `bigint`
    BigInt(i64),
    /// Raw bytes.
    Binary(Vec<u8>),
    /// `boolean`
    Boolean(bool),
    /// Days since 1970-01-01, proleptic Gregorian.
    Date(i32),
    /// The unscaled value; the scale is the type's.
    Decimal(i128),
    /// `double`
    Double(f64),
    /// `float`
    Float(f32),
    /// `int`
    Int(i32),
    /// Entries in order.
    Map(Vec<(Value, Value)>),
    /// SQL null.
    Null,
    /// `smallint`
    SmallInt(i16),
    /// `string`
    String(String),
    /// Field values in the type's order.
    Struct(Vec<Value>),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Timestamp(i64),
    /// Microseconds since 1970-01-01T00:00:00 of the local clock.
    TimestampNtz(i64),
    /// `tinyint`
    TinyInt(i8),
}

/// One row: a value per column, in the schema's order.
pub type Row = Vec<Value>;
