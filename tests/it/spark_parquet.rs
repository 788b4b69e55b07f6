//! Parquet against Spark's own files: same rows, same message, same footer entries.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use destspec::encode::file::parquet::{ParquetError, ParquetOptions, ParquetWriter};
use destspec::encode::file::read;
use destspec::encode::file::schema::{Row, Schema};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::printer::print_schema;
use serde_json::Value as Json;

use crate::spark::typed;

/// What Spark was given, and what it did.
struct Case {
    id: String,
    json: Json,
    schema: Schema,
}

impl Case {
    /// Every case of the fixtures, and of the folder that the environment names.
    fn all() -> Vec<Self> {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/spark");
        let more = env::var_os("DESTSPEC_SPARK_CASES").map(PathBuf::from);
        let folders = [Some(fixtures), more].into_iter().flatten();
        let entries = folders
            .filter_map(|root| fs::read_dir(root.join("parquet")).ok())
            .flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| Self::load(path)).collect()
    }

    fn load(path: &Path) -> Self {
        let json: Json = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let schema = typed::schema(&json["schema"]);
        Self {
            id: json["id"].as_str().unwrap().to_owned(),
            json,
            schema,
        }
    }

    fn rows(&self) -> Vec<Row> {
        typed::rows(&self.json["rows"], &self.schema)
    }

    /// Spark's options and switches, as pairs of texts.
    fn settings(&self) -> Vec<(&str, &str)> {
        ["sparkConf", "sparkOptions"]
            .iter()
            .flat_map(|key| self.json[*key].as_object().unwrap())
            .map(|(key, value)| (key.as_str(), value.as_str().unwrap()))
            .collect()
    }

    /// The bytes of the one file Spark wrote, or nothing when it failed.
    fn expected(&self) -> Option<Vec<u8>> {
        let part = self.json["expected"]["parts"].as_array()?.first()?;
        Some(STANDARD.decode(part["base64"].as_str().unwrap()).unwrap())
    }
}

fn write(case: &Case) -> Result<Vec<u8>, ParquetError> {
    let options = ParquetOptions::from_spark(case.settings())?;
    let mut writer = ParquetWriter::new(Vec::new(), &case.schema, &options)?;
    for row in case.rows() {
        writer.write(&row)?;
    }
    writer.finish()
}

/// What two files must agree in besides their rows.
#[derive(Debug, PartialEq)]
struct Outside {
    message: String,
    codecs: Vec<String>,
    footer: BTreeMap<String, Option<String>>,
    rows: i64,
    empty: bool,
}

fn outside(file: &Bytes) -> Outside {
    let reader = SerializedFileReader::new(file.clone()).unwrap();
    let metadata = reader.metadata();
    let mut message = Vec::new();
    print_schema(&mut message, metadata.file_metadata().schema());
    let mut codecs: Vec<_> = metadata
        .row_groups()
        .iter()
        .flat_map(|group| group.columns())
        .map(|column| {
            format!("{:?}", column.compression())
                .chars()
                .take(5)
                .collect()
        })
        .collect();
    codecs.dedup();
    let pairs = metadata
        .file_metadata()
        .key_value_metadata()
        .cloned()
        .unwrap_or_default();
    Outside {
        message: String::from_utf8(message).unwrap(),
        codecs,
        footer: pairs
            .into_iter()
            .map(|pair| (pair.key, pair.value))
            .collect(),
        rows: metadata.file_metadata().num_rows(),
        empty: metadata.num_row_groups() == 0,
    }
}

/// How the case's file differs from Spark's, if it does.
fn disagreement(case: &Case) -> Option<String> {
    let (ours, sparks) = match (write(case), case.expected()) {
        (Err(_), None) => return None,
        (Err(error), Some(_)) => return Some(format!("refused: {error}")),
        (Ok(_), None) => return Some("written, while Spark fails".to_owned()),
        (Ok(ours), Some(sparks)) => (Bytes::from(ours), Bytes::from(sparks)),
    };
    if outside(&ours) != outside(&sparks) {
        return Some(format!(
            "{:#?}\nexpected {:#?}",
            outside(&ours),
            outside(&sparks)
        ));
    }
    let rows = match read::parquet::read(ours, &case.schema) {
        Ok(rows) => rows,
        Err(error) => return Some(format!("ours cannot be read: {error}")),
    };
    let expected = read::parquet::read(sparks, &case.schema).unwrap();
    let differing = rows
        .iter()
        .zip(&expected)
        .position(|(row, other)| !same(row, other));
    match differing {
        Some(at) => Some(format!(
            "row {at}: {:?}\nexpected {:?}",
            rows[at], expected[at]
        )),
        None if rows.len() != expected.len() => Some(format!("{} rows", rows.len())),
        None => None,
    }
}

/// Equal bit for bit, so that NaN is itself and -0.0 is not 0.0.
fn same(row: &[impl std::fmt::Debug], other: &[impl std::fmt::Debug]) -> bool {
    format!("{row:?}") == format!("{other:?}")
}

#[test]
fn parquet_files_agree_with_spark() {
    let cases = Case::all();
    assert!(cases.len() >= 26, "only {} cases were found", cases.len());
    let disagreements: Vec<_> = cases
        .iter()
        .filter_map(|case| disagreement(case).map(|what| format!("{}: {what}", case.id)))
        .collect();
    assert!(
        disagreements.is_empty(),
        "{} of {} cases disagree:\n{}",
        disagreements.len(),
        cases.len(),
        disagreements.join("\n\n")
    );
}

#[test]
fn the_reader_gives_the_rows_that_the_corpus_lists() {
    let cases = Case::all();
    let readable = cases.iter().filter(|case| {
        let settings = case.settings();
        case.expected().is_some()
            && !settings
                .iter()
                .any(|(_, value)| *value == "LEGACY" || value.ends_with("MILLIS"))
    });
    let mut count = 0;
    for case in readable {
        let rows =
            read::parquet::read(Bytes::from(case.expected().unwrap()), &case.schema).unwrap();
        for (row, expected) in rows.iter().zip(&case.rows()) {
            assert!(
                same(row, expected),
                "{}: {row:?}\nexpected {expected:?}",
                case.id
            );
        }
        assert_eq!(rows.len(), case.rows().len(), "{}", case.id);
        count += 1;
    }
    assert!(count >= 20, "only {count} cases were read");
}
