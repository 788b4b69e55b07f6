//! What is written can be read back by readers that share nothing with the writers: all of it under lossless options,
//! and under others all but what the test names.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use bytes::Bytes;
use destspec::encode::file::folder::MemoryFolder;
use destspec::encode::file::options::{Defaults, FileOptions, FileType, Given, Origin};
use destspec::encode::file::parquet::{ParquetOptions, TimestampType};
use destspec::encode::file::read::{self, decompress::decompress};
use destspec::encode::file::schema::{DataType, Field, Row, Schema, Value};
use destspec::encode::file::write::{Plan, write};
use proptest::prelude::*;
use proptest::sample::select;

/// 1900-01-01 and 2100-01-01, in days.
const DAYS: std::ops::Range<i32> = -25_567..47_482;

/// Written for null where null must differ from all texts; no generated text is equal to it.
const NULL: &str = "<null>";

fn field(name: &str, data_type: DataType) -> Field {
    Field {
        name: name.to_owned(),
        data_type,
        nullable: true,
    }
}

fn flat() -> Schema {
    let types = [
        DataType::String,
        DataType::String,
        DataType::Int,
        DataType::BigInt,
        DataType::Boolean,
        DataType::Date,
        DataType::Timestamp,
        DataType::TimestampNtz,
        DataType::Decimal(12, 3),
        DataType::Decimal(38, 18),
        DataType::Double,
        DataType::Float,
        DataType::SmallInt,
        DataType::TinyInt,
    ];
    let fields = types
        .into_iter()
        .enumerate()
        .map(|(at, kind)| field(&format!("c{at}"), kind));
    Schema {
        fields: fields.collect(),
    }
}

fn nested() -> Schema {
    let list = |kind| DataType::Array(Box::new(kind), true);
    let map = |value| DataType::Map(Box::new(DataType::String), Box::new(value), true);
    let pair = || {
        DataType::Struct(vec![
            field("a", DataType::Int),
            field("b", list(DataType::Date)),
        ])
    };
    let mut schema = flat();
    let more = [
        DataType::Binary,
        list(DataType::String),
        map(list(pair())),
        pair(),
        list(list(DataType::BigInt)),
    ];
    schema.fields.extend(
        more.into_iter()
            .enumerate()
            .map(|(at, kind)| field(&format!("n{at}"), kind)),
    );
    schema
}

fn text() -> impl Strategy<Value = String> {
    let letters = select(vec![
        'a', 'b', '1', ' ', '\t', '\n', '\r', '"', '\'', '\\', ',', ';', '|', '#', '\0', 'é', '😀',
        '\u{a0}',
    ]);
    proptest::collection::vec(letters, 0..8).prop_map(|letters| letters.into_iter().collect())
}

fn value(kind: &DataType) -> BoxedStrategy<Value> {
    let micros = || {
        (DAYS, 0..86_400_000_000_i64)
            .prop_map(|(day, micros)| i64::from(day) * 86_400_000_000 + micros)
    };
    let some = match kind {
        DataType::Array(element, _) => proptest::collection::vec(value(element), 0..3)
            .prop_map(Value::Array)
            .boxed(),
        DataType::BigInt => any::<i64>().prop_map(Value::BigInt).boxed(),
        DataType::Binary => any::<Vec<u8>>().prop_map(Value::Binary).boxed(),
        DataType::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        DataType::Date => DAYS.prop_map(Value::Date).boxed(),
        DataType::Decimal(precision, _) => {
            let most = 10_i128.pow(u32::from(*precision)) - 1;
            (-most..=most).prop_map(Value::Decimal).boxed()
        }
        DataType::Double => any::<f64>().prop_map(Value::Double).boxed(),
        DataType::Float => any::<f32>().prop_map(Value::Float).boxed(),
        DataType::Int => any::<i32>().prop_map(Value::Int).boxed(),
        DataType::Map(_, item, _) => {
            let pair = ("[a-z]{1,3}".prop_map(Value::String), value(item));
            proptest::collection::vec(pair, 0..2)
                .prop_map(Value::Map)
                .boxed()
        }
        DataType::SmallInt => any::<i16>().prop_map(Value::SmallInt).boxed(),
        DataType::String => text().prop_map(Value::String).boxed(),
        DataType::Struct(fields) => {
            let values: Vec<_> = fields.iter().map(|field| value(&field.data_type)).collect();
            values.prop_map(Value::Struct).boxed()
        }
        DataType::Timestamp => micros().prop_map(Value::Timestamp).boxed(),
        DataType::TimestampNtz => micros().prop_map(Value::TimestampNtz).boxed(),
        DataType::TinyInt => any::<i8>().prop_map(Value::TinyInt).boxed(),
    };
    prop_oneof![1 => Just(Value::Null), 6 => some].boxed()
}

fn rows(schema: &Schema) -> impl Strategy<Value = Vec<Row>> {
    let row: Vec<_> = schema
        .fields
        .iter()
        .map(|field| value(&field.data_type))
        .collect();
    proptest::collection::vec(row, 0..6)
}

fn options(pairs: &[(&str, &str)]) -> FileOptions {
    let given: Given = pairs
        .iter()
        .map(|(name, text)| ((*name).to_owned(), ((*text).to_owned(), Origin::Partner)))
        .collect();
    FileOptions::resolve(&given, Defaults::Spark).unwrap()
}

/// Writes the rows and reads them back.
fn there_and_back(
    schema: &Schema,
    options: &FileOptions,
    parquet: &ParquetOptions,
    rows: &[Row],
) -> Vec<Row> {
    let mut folder = MemoryFolder::default();
    let plan = Plan {
        schema,
        options,
        parquet,
        stem: "f",
        manifest: None,
    };
    write(&mut folder, &plan, rows.to_vec(), &mut |_| {}).unwrap();
    let bytes = folder.files().values().next().unwrap();
    match options.file_type {
        FileType::Csv => {
            let plain = decompress(bytes, options.compression).unwrap();
            read::csv::read(&plain, schema, &options.csv).unwrap()
        }
        FileType::Json => {
            let plain = decompress(bytes, options.compression).unwrap();
            read::json::read(&plain, schema).unwrap()
        }
        FileType::Parquet => read::parquet::read(Bytes::from(bytes.clone()), schema).unwrap(),
    }
}

/// Rows as text, so that NaN is itself and -0.0 is not 0.0.
fn shown(rows: &[Row]) -> String {
    format!("{rows:#?}")
}

const MICROS: [(&str, &str); 2] = [
    ("timestampFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX"),
    ("timestampNTZFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSSSS"),
];

fn compression() -> impl Strategy<Value = &'static str> {
    select(vec!["none", "gzip", "bzip2", "lz4", "snappy", "deflate"])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn csv_keeps_every_row_when_null_and_empty_differ_and_nothing_is_trimmed(
        rows in rows(&flat()),
        sep in select(vec![",", ";", "|", "\t"]),
        quote in select(vec!["\"", "'"]),
        doubled in any::<bool>(),
        flags in any::<[bool; 3]>(),
        compression in compression(),
    ) {
        let [quote_all, escape_quotes, header] = flags.map(|flag| if flag { "true" } else { "false" });
        let empty = quote.repeat(2);
        let mut pairs = vec![
            ("sep", sep), ("quote", quote), ("escape", if doubled { quote } else { "\\" }),
            ("quoteAll", quote_all), ("escapeQuotes", escape_quotes), ("header", header),
            ("ignoreLeadingWhiteSpace", "false"), ("ignoreTrailingWhiteSpace", "false"),
            ("nullValue", NULL), ("emptyValue", &empty), ("compression", compression),
        ];
        pairs.extend(MICROS);
        let read = there_and_back(&flat(), &options(&pairs), &ParquetOptions::default(), &rows);
        prop_assert_eq!(shown(&read), shown(&rows));
    }

    #[test]
    fn csv_by_default_loses_outer_white_space_empty_strings_and_microseconds(rows in rows(&flat())) {
        let read = there_and_back(&flat(), &options(&[]), &ParquetOptions::default(), &rows);
        let expected: Vec<Row> = rows.into_iter().map(|row| row.into_iter().map(collapsed).collect()).collect();
        prop_assert_eq!(shown(&read), shown(&expected));
    }

    #[test]
    fn json_keeps_every_row(rows in rows(&nested()), ignore in any::<bool>(), compression in compression()) {
        let ignore = if ignore { "true" } else { "false" };
        let mut pairs = vec![("fileType", "json"), ("ignoreNullFields", ignore), ("compression", compression)];
        pairs.extend(MICROS);
        let read = there_and_back(&nested(), &options(&pairs), &ParquetOptions::default(), &rows);
        prop_assert_eq!(shown(&read), shown(&rows));
    }

    #[test]
    fn parquet_keeps_every_row(
        rows in rows(&nested()),
        legacy_format in any::<bool>(),
        micros in any::<bool>(),
        row_group_bytes in select(vec![1, 1 << 20]),
        compression in select(vec!["none", "gzip", "lz4", "snappy"]),
    ) {
        let timestamps = if micros { TimestampType::Micros } else { TimestampType::Int96 };
        let parquet = ParquetOptions { legacy_format, row_group_bytes, timestamps, ..ParquetOptions::default() };
        let options = options(&[("fileType", "parquet"), ("compression", compression)]);
        let read = there_and_back(&nested(), &options, &parquet, &rows);
        prop_assert_eq!(shown(&read), shown(&rows));
    }
}

/// What Spark's default CSV options leave of a value: text without white space at its ends; null for a text of nothing;
/// milliseconds.
fn collapsed(value: Value) -> Value {
    if let Value::String(text) = &value {
        let rest = text.trim_matches(|c| c <= ' ');
        return if rest.is_empty() {
            Value::Null
        } else {
            Value::String(rest.to_owned())
        };
    }
    if let Value::Timestamp(micros) = value {
        return Value::Timestamp(micros.div_euclid(1000) * 1000);
    }
    if let Value::TimestampNtz(micros) = value {
        return Value::TimestampNtz(micros.div_euclid(1000) * 1000);
    }
    value
}

#[test]
fn many_row_groups_of_lists_and_a_dictionary_that_overflows_are_read_back() {
    let list = DataType::Array(Box::new(DataType::String), true);
    let schema = Schema {
        fields: vec![field("n", DataType::BigInt), field("l", list)],
    };
    let rows: Vec<Row> = (0..20_000_i64)
        .map(|n| {
            vec![
                Value::BigInt(n % 700),
                Value::Array(
                    (0..n % 4)
                        .map(|m| Value::String(format!("{n} {m}")))
                        .collect(),
                ),
            ]
        })
        .collect();
    for compression in ["lz4", "snappy"] {
        let options = options(&[("fileType", "parquet"), ("compression", compression)]);
        let parquet = ParquetOptions {
            row_group_bytes: 200_000,
            ..ParquetOptions::default()
        };
        assert!(
            there_and_back(&schema, &options, &parquet, &rows) == rows,
            "{compression}"
        );
    }
}
