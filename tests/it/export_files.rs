//! Whole exports: names, splits, compression, manifest, digests, and nothing left behind when one fails.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

use std::io::{self, Write};

use destspec::encode::file::folder::{Folder, MemoryFolder};
use destspec::encode::file::manifest::Manifest;
use destspec::encode::file::options::{Defaults, FileOptions, Given, Origin, Reading};
use destspec::encode::file::parquet::ParquetOptions;
use destspec::encode::file::schema::{DataType, Field, Row, Schema, Value};
use destspec::encode::file::write::{ManifestPlan, Plan, Progress, WriteError, Written, write};
use sha2::{Digest, Sha256};

fn schema() -> Schema {
    let field = |name: &str, data_type| Field {
        name: name.to_owned(),
        data_type,
        nullable: true,
    };
    Schema {
        fields: vec![field("n", DataType::Int), field("s", DataType::String)],
    }
}

fn rows(count: i32) -> impl Iterator<Item = Row> {
    (0..count).map(|number| vec![Value::Int(number), Value::String(format!("row {number}"))])
}

fn options(pairs: &[(&str, &str)]) -> FileOptions {
    let given: Given = pairs
        .iter()
        .map(|(name, text)| ((*name).to_owned(), ((*text).to_owned(), Origin::Partner)))
        .collect();
    FileOptions::resolve(&given, Defaults::Adobe(Reading::A)).unwrap()
}

fn manifest() -> ManifestPlan {
    ManifestPlan {
        destination_id: "d-1".to_owned(),
        flow_run_id: "run-1".to_owned(),
        scheduled_time: "2023-08-18T01:00:00Z".to_owned(),
        sink_path: "/out".to_owned(),
    }
}

fn export<F: Folder>(
    folder: &mut F,
    options: &FileOptions,
    manifest: Option<&ManifestPlan>,
    rows: impl Iterator<Item = Row>,
) -> Result<Vec<Written>, WriteError> {
    let (schema, parquet) = (schema(), ParquetOptions::default());
    let plan = Plan {
        schema: &schema,
        options,
        parquet: &parquet,
        stem: "f",
        manifest,
    };
    write(folder, &plan, rows, &mut |_: Progress<'_>| {})
}

#[test]
fn an_export_is_split_and_listed_with_true_sizes_and_digests() {
    let mut folder = MemoryFolder::default();
    let options = options(&[("maxFileRowCount", "2"), ("compression", "GZIP")]);
    let written = export(&mut folder, &options, Some(&manifest()), rows(5)).unwrap();
    let names: Vec<_> = written.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "f.csv.gz",
            "f_2.csv.gz",
            "f_3.csv.gz",
            "manifest-d-1-run-1.json"
        ]
    );
    assert_eq!(
        written.iter().map(|file| file.rows).collect::<Vec<_>>(),
        [2, 2, 1, 0]
    );
    for file in &written {
        let bytes = &folder.files()[&file.name];
        assert_eq!(file.size, bytes.len() as u64);
        let digest: String = Sha256::digest(bytes)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(file.sha256, digest);
    }
    let json = &folder.files()["manifest-d-1-run-1.json"];
    let listed: Manifest = serde_json::from_slice(json).unwrap();
    let expected: Vec<_> = written[..3]
        .iter()
        .map(|file| (file.name.clone(), file.size))
        .collect();
    let listed: Vec<_> = listed
        .export_results
        .into_iter()
        .map(|file| (file.name, file.size))
        .collect();
    assert_eq!(listed, expected);
}

#[test]
fn a_full_last_file_is_not_followed_by_an_empty_one() {
    let mut folder = MemoryFolder::default();
    let options = options(&[("maxFileRowCount", "2"), ("fileType", "json")]);
    let written = export(&mut folder, &options, None, rows(4)).unwrap();
    assert_eq!(written.len(), 2);
    let expected = b"{\"n\":2,\"s\":\"row 2\"}\n{\"n\":3,\"s\":\"row 3\"}\n";
    assert_eq!(folder.files()["f_2.json"], expected);
}

#[test]
fn an_export_without_rows_makes_its_one_file() {
    for (file_type, name) in [
        ("csv", "f.csv"),
        ("json", "f.json"),
        ("parquet", "f.parquet"),
    ] {
        let mut folder = MemoryFolder::default();
        export(
            &mut folder,
            &options(&[("fileType", file_type)]),
            None,
            rows(0),
        )
        .unwrap();
        assert_eq!(folder.files().keys().collect::<Vec<_>>(), [name]);
    }
}

#[test]
fn parquet_files_end_as_spark_s_do() {
    for (codec, name) in [
        ("snappy", "f.snappy.parquet"),
        ("gzip", "f.gz.parquet"),
        ("lz4", "f.lz4hadoop.parquet"),
        ("none", "f.parquet"),
    ] {
        let mut folder = MemoryFolder::default();
        let options = options(&[("fileType", "parquet"), ("compression", codec)]);
        export(&mut folder, &options, None, rows(3)).unwrap();
        assert_eq!(folder.files().keys().collect::<Vec<_>>(), [name]);
    }
}

#[test]
fn a_row_that_does_not_fit_leaves_no_file_behind() {
    for file_type in ["csv", "json", "parquet"] {
        let mut folder = MemoryFolder::default();
        let options = options(&[("fileType", file_type), ("maxFileRowCount", "2")]);
        let wide = vec![Value::Int(1), Value::Null, Value::Null];
        let outcome = export(&mut folder, &options, None, rows(4).chain([wide]));
        assert!(outcome.is_err(), "{file_type}");
        assert!(folder.files().is_empty(), "{file_type}");
    }
}

/// A disk that takes a number of bytes and no more.
struct Full(usize);

impl Folder for Full {
    type File = Disk;

    fn create(&mut self, _: &str) -> io::Result<Disk> {
        Ok(Disk(self.0))
    }

    fn close(&mut self, _: &str, _: Disk) -> io::Result<()> {
        panic!("a file that did not fit was closed")
    }

    fn commit(&mut self) -> io::Result<()> {
        panic!("an export that did not fit was published")
    }
}

struct Disk(usize);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.0 {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_one_error_and_nothing_is_published() {
    for file_type in ["csv", "json", "parquet"] {
        for compression in ["none", "gzip", "lz4"] {
            let options = options(&[("fileType", file_type), ("compression", compression)]);
            let outcome = export(&mut Full(20), &options, None, rows(20_000));
            assert!(outcome.is_err(), "{file_type} {compression}");
        }
    }
}
