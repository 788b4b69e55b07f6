//! Rows per second of the Parquet writer against arrow's own on the same rows in the same run.
//!
//! `cargo bench --bench parquet`. Both start from the same rows in memory and compress with snappy; rounds are
//! interleaved and the median of their ratios counts. Fails below 0.9 of arrow's rate,
//! and above 128 MiB of memory at five million rows.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark reports, and may panic"
)]

use std::io::sink;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs};

use arrow_array::builder::{
    Date32Builder, Float64Builder, Int32Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType as ArrowType, Field as ArrowField, Schema as ArrowSchema, TimeUnit};
use destspec::encode::file::parquet::{ParquetOptions, ParquetWriter, TimestampType};
use destspec::encode::file::schema::{DataType, Field, Row, Schema, Value};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ROWS: usize = 200_000;
const ROUNDS: usize = 15;
const REQUIRED: f64 = 0.9;
const ALLOWED_MIB: u64 = 128;
/// Set in the process whose memory is measured.
const ROWS_OF_MEMORY: &str = "DESTSPEC_BENCH_ROWS";

fn main() -> ExitCode {
    if let Some(count) = env::var_os(ROWS_OF_MEMORY) {
        return write_lazily(count.to_str().unwrap().parse().unwrap());
    }
    let (schema, rows) = (schema(), rows(ROWS).collect::<Vec<_>>());
    let arrow_schema = arrow_schema();
    let batches: Vec<_> = rows
        .chunks(8192)
        .map(|rows| batch(&arrow_schema, rows))
        .collect();
    let (mut ours, mut arrows, mut built) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(timed(|| write_ours(&schema, &rows)));
        arrows.push(timed(|| {
            write_arrow(
                &arrow_schema,
                rows.chunks(8192).map(|rows| batch(&arrow_schema, rows)),
            );
        }));
        built.push(timed(|| {
            write_arrow(&arrow_schema, batches.iter().cloned())
        }));
    }
    let (ratio, against_built) = (ratio(&arrows, &ours), ratio(&built, &ours));
    println!("destspec                     {:>10.0} rows/s", rate(&ours));
    println!(
        "arrow                        {:>10.0} rows/s",
        rate(&arrows)
    );
    println!("arrow, columns already built {:>10.0} rows/s", rate(&built));
    println!("ratio {ratio:.2} (required {REQUIRED}), against built columns {against_built:.2}");
    let peaks = [100_000, 5_000_000].map(|count| (count, peak_of(count)));
    for (count, peak) in peaks {
        println!("peak memory at {count} rows: {peak} MiB (allowed {ALLOWED_MIB})");
    }
    if ratio < REQUIRED || peaks.iter().any(|(_, peak)| *peak > ALLOWED_MIB) {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The peak memory, in MiB, of another process that writes so many rows without keeping them.
fn peak_of(count: usize) -> u64 {
    let program = env::current_exe().unwrap();
    let ran = Command::new(program)
        .env(ROWS_OF_MEMORY, count.to_string())
        .output()
        .unwrap();
    String::from_utf8(ran.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

fn write_lazily(count: usize) -> ExitCode {
    let mut writer = ParquetWriter::new(sink(), &schema(), &ParquetOptions::default()).unwrap();
    for row in rows(count) {
        writer.write(&row).unwrap();
    }
    writer.finish().unwrap();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    println!("{}", kib / 1024);
    ExitCode::SUCCESS
}

/// The median of the rounds' ratios: a round disturbs both sides alike.
fn ratio(others: &[Duration], ours: &[Duration]) -> f64 {
    let mut ratios: Vec<_> = others
        .iter()
        .zip(ours)
        .map(|(other, our)| other.as_secs_f64() / our.as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

fn rate(times: &[Duration]) -> f64 {
    ROWS as f64 / times.iter().min().map_or(f64::NAN, Duration::as_secs_f64)
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn write_ours(schema: &Schema, rows: &[Row]) {
    let options = ParquetOptions {
        timestamps: TimestampType::Micros,
        ..ParquetOptions::default()
    };
    let mut writer = ParquetWriter::new(sink(), schema, &options).unwrap();
    for row in rows {
        writer.write(row).unwrap();
    }
    writer.finish().unwrap();
}

fn write_arrow(schema: &Arc<ArrowSchema>, batches: impl Iterator<Item = RecordBatch>) {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    let mut writer = ArrowWriter::try_new(sink(), Arc::clone(schema), Some(properties)).unwrap();
    for batch in batches {
        writer.write(&batch).unwrap();
    }
    writer.close().unwrap();
}

/// Eight columns as an audience export has them: ids, names, an e-mail address, few-valued and numeric columns.
fn schema() -> Schema {
    let columns = [
        ("id", DataType::String),
        ("email", DataType::String),
        ("first", DataType::String),
        ("status", DataType::String),
        ("age", DataType::Int),
        ("score", DataType::Double),
        ("born", DataType::Date),
        ("seen", DataType::Timestamp),
    ];
    let fields = columns.map(|(name, data_type)| Field {
        name: name.to_owned(),
        data_type,
        nullable: true,
    });
    Schema {
        fields: fields.into(),
    }
}

fn rows(count: usize) -> impl Iterator<Item = Row> {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    (0..count).map(move |index| row(index, &mut random))
}

fn row(index: usize, random: &mut ChaCha8Rng) -> Row {
    let first = ["Ann", "Bob", "Cem", "Dora", "Eve", "Finn"][random.random_range(0..6)];
    let status = ["realized", "exited"][random.random_range(0..2)];
    let age = random.random_range(0..100);
    vec![
        Value::String(format!("{:016x}{index:08x}", random.next_u64())),
        Value::String(format!("{first}.{index}@example.com")),
        Value::String(first.to_owned()),
        Value::String(status.to_owned()),
        if age < 10 {
            Value::Null
        } else {
            Value::Int(age)
        },
        Value::Double(random.random()),
        Value::Date(random.random_range(0..20_000)),
        Value::Timestamp(random.random_range(0..1_700_000_000_000_000)),
    ]
}

fn arrow_schema() -> Arc<ArrowSchema> {
    let utc = Some(Arc::from("UTC"));
    let columns = [
        ("id", ArrowType::Utf8),
        ("email", ArrowType::Utf8),
        ("first", ArrowType::Utf8),
        ("status", ArrowType::Utf8),
        ("age", ArrowType::Int32),
        ("score", ArrowType::Float64),
        ("born", ArrowType::Date32),
        ("seen", ArrowType::Timestamp(TimeUnit::Microsecond, utc)),
    ];
    let fields: Vec<_> = columns
        .into_iter()
        .map(|(name, kind)| ArrowField::new(name, kind, true))
        .collect();
    Arc::new(ArrowSchema::new(fields))
}

/// The same rows as arrow's columns.
fn batch(schema: &Arc<ArrowSchema>, rows: &[Row]) -> RecordBatch {
    let mut texts: Vec<_> = (0..4).map(|_| StringBuilder::new()).collect();
    let (mut age, mut score) = (Int32Builder::new(), Float64Builder::new());
    let (mut born, mut seen) = (Date32Builder::new(), TimestampMicrosecondBuilder::new());
    for row in rows {
        for (builder, cell) in texts.iter_mut().zip(row) {
            builder.append_option(if let Value::String(text) = cell {
                Some(text)
            } else {
                None
            });
        }
        age.append_option(if let Value::Int(cell) = row[4] {
            Some(cell)
        } else {
            None
        });
        score.append_option(if let Value::Double(cell) = row[5] {
            Some(cell)
        } else {
            None
        });
        born.append_option(if let Value::Date(cell) = row[6] {
            Some(cell)
        } else {
            None
        });
        seen.append_option(if let Value::Timestamp(cell) = row[7] {
            Some(cell)
        } else {
            None
        });
    }
    let mut columns: Vec<ArrayRef> = texts
        .iter_mut()
        .map(|builder| Arc::new(builder.finish()) as ArrayRef)
        .collect();
    columns.push(Arc::new(age.finish()));
    columns.push(Arc::new(score.finish()));
    columns.push(Arc::new(born.finish()));
    columns.push(Arc::new(seen.finish().with_timezone("UTC")));
    RecordBatch::try_new(Arc::clone(schema), columns).unwrap()
}
