//! CSV against the `csv` crate, gzip against its codec alone, and the memory that a long file takes; all in one run.

#![expect(clippy::print_stdout, reason = "a benchmark reports to its user")]

use std::error::Error;
use std::io::{self, Write};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

use destspec::encode::file::compression::Encoder;
use destspec::encode::file::csv::CsvWriter;
use destspec::encode::file::options::{
    Compression, CsvOptions, Defaults, FileOptions, Given, Origin, Reading,
};
use destspec::encode::file::schema::{DataType, Field, Row, Schema, Value};

type Outcome<T> = Result<T, Box<dyn Error>>;

const ROWS: usize = 200_000;
const ROUNDS: usize = 9;

/// Swallows bytes and counts them.
struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn main() -> Outcome<()> {
    if let Some(rows) = env::var_os("DESTSPEC_BENCH_ROWS") {
        return write_long_file(rows.to_string_lossy().parse()?);
    }
    let options = options(&[])?;
    csv_against_the_csv_crate(&options)?;
    gzip_against_the_codec(&options)?;
    memory()
}

fn options(given: &[(&str, &str)]) -> Outcome<FileOptions> {
    let given: Given = given
        .iter()
        .map(|(name, text)| ((*name).to_owned(), ((*text).to_owned(), Origin::Partner)))
        .collect();
    Ok(FileOptions::resolve(&given, Defaults::Adobe(Reading::A))?)
}

fn schema() -> Schema {
    let columns = [
        ("email", DataType::String),
        ("firstName", DataType::String),
        ("lastName", DataType::String),
        ("city", DataType::String),
        ("status", DataType::String),
        ("points", DataType::Int),
        ("customerId", DataType::BigInt),
        ("note", DataType::String),
    ];
    let field = |(name, data_type): (&str, DataType)| Field {
        name: name.to_owned(),
        data_type,
        nullable: true,
    };
    Schema {
        fields: columns.map(field).to_vec(),
    }
}

/// Every sixteenth note needs quotes.
fn row(at: i64) -> Row {
    let text = |text: String| Value::String(text);
    vec![
        text(format!("person{at}@example.com")),
        text(["Ana", "John", "Zoë", "Mihai"][(at % 4) as usize].to_owned()),
        text(format!("Example-{}", at % 977)),
        text(["Bucharest", "New York", "Paris", "São Paulo"][(at / 4 % 4) as usize].to_owned()),
        text(if at % 10 == 0 { "exited" } else { "realized" }.to_owned()),
        Value::Int((at * 7919 % 100_003) as i32),
        Value::BigInt(at * 1_000_003),
        text(if at % 16 == 0 {
            "said \"yes\", twice".to_owned()
        } else {
            format!("note number {}", at % 313)
        }),
    ]
}

fn timed(work: impl FnOnce() -> Outcome<u64>) -> Outcome<(Duration, u64)> {
    let start = Instant::now();
    let bytes = work()?;
    Ok((start.elapsed(), bytes))
}

fn csv_against_the_csv_crate(options: &FileOptions) -> Outcome<()> {
    let rows: Vec<Row> = (0..ROWS as i64).map(row).collect();
    let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        ours = ours.min(timed(|| write_ours(&rows, &options.csv))?.0);
        theirs = theirs.min(timed(|| write_theirs(&rows))?.0);
    }
    let per_second = |time: Duration| ROWS as f64 / time.as_secs_f64();
    println!("csv, {ROWS} rows of 8 columns, best of {ROUNDS}:");
    println!("  destspec   {:>12.0} rows/s", per_second(ours));
    println!("  csv crate  {:>12.0} rows/s", per_second(theirs));
    println!(
        "  ratio      {:>12.2} (0.80 wanted)",
        theirs.as_secs_f64() / ours.as_secs_f64()
    );
    Ok(())
}

fn write_ours(rows: &[Row], options: &CsvOptions) -> Outcome<u64> {
    let mut writer = CsvWriter::new(Counter(0), &schema(), options)?;
    rows.iter().try_for_each(|row| writer.write_row(row))?;
    Ok(writer.finish()?.0)
}

/// The same rows through the other writer, whose callers turn numbers into text themselves.
fn write_theirs(rows: &[Row]) -> Outcome<u64> {
    let mut writer = csv::WriterBuilder::new()
        .buffer_capacity(64 * 1024)
        .from_writer(Counter(0));
    writer.write_record(schema().fields.iter().map(|field| &field.name))?;
    let mut text = String::new();
    for row in rows {
        for value in row {
            match value {
                Value::String(text) => writer.write_field(text)?,
                Value::Int(number) => write_number(&mut writer, i64::from(*number), &mut text)?,
                Value::BigInt(number) => write_number(&mut writer, *number, &mut text)?,
                Value::Null
                | Value::Array(_)
                | Value::Binary(_)
                | Value::Boolean(_)
                | Value::Date(_)
                | Value::Decimal(_)
                | Value::Double(_)
                | Value::Float(_)
                | Value::Map(_)
                | Value::SmallInt(_)
                | Value::Struct(_)
                | Value::Timestamp(_)
                | Value::TimestampNtz(_)
                | Value::TinyInt(_) => {
                    return Err("the rows of this benchmark hold strings and integers only".into());
                }
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(writer.into_inner().map_err(|error| error.to_string())?.0)
}

fn write_number(writer: &mut csv::Writer<Counter>, number: i64, text: &mut String) -> Outcome<()> {
    use std::fmt::Write as _;
    text.clear();
    write!(text, "{number}")?;
    Ok(writer.write_field(text.as_str())?)
}

fn gzip_against_the_codec(options: &FileOptions) -> Outcome<()> {
    let mut writer = CsvWriter::new(Vec::new(), &schema(), &options.csv)?;
    (0..ROWS as i64).try_for_each(|at| writer.write_row(&row(at)))?;
    let plain = writer.finish()?;
    let (mut ours, mut alone) = (Duration::MAX, Duration::MAX);
    for _ in 0..3 {
        let encoder = || Encoder::new(Counter(0), Compression::Gzip);
        ours = ours.min(timed(|| Ok(through(encoder(), &plain)?.finish()?.0))?.0);
        let codec = || flate2::write::GzEncoder::new(Counter(0), flate2::Compression::default());
        alone = alone.min(timed(|| Ok(through(codec(), &plain)?.finish()?.0))?.0);
    }
    let rate = |time: Duration| plain.len() as f64 / 1e6 / time.as_secs_f64();
    println!("gzip, the same {} bytes, best of 3:", plain.len());
    println!("  destspec    {:>10.1} MB/s", rate(ours));
    println!("  codec alone {:>10.1} MB/s", rate(alone));
    println!(
        "  ratio       {:>10.2} (0.90 wanted)",
        alone.as_secs_f64() / ours.as_secs_f64()
    );
    Ok(())
}

fn through<W: Write>(mut encoder: W, plain: &[u8]) -> Outcome<W> {
    for part in plain.chunks(64 * 1024) {
        encoder.write_all(part)?;
    }
    Ok(encoder)
}

/// One child per length, so that each has its own peak.
fn memory() -> Outcome<()> {
    println!("peak memory of one process that writes rows of 8 columns as csv.gz:");
    for rows in [100_000, 5_000_000] {
        let child = Command::new(env::current_exe()?)
            .env("DESTSPEC_BENCH_ROWS", rows.to_string())
            .output()?;
        if !child.status.success() {
            return Err(String::from_utf8_lossy(&child.stderr).into());
        }
        print!(
            "  {rows:>9} rows: {}",
            String::from_utf8_lossy(&child.stdout)
        );
    }
    Ok(())
}

fn write_long_file(rows: i64) -> Outcome<()> {
    let options = options(&[("compression", "gzip")])?;
    let mut writer = CsvWriter::new(
        Encoder::new(Counter(0), options.compression),
        &schema(),
        &options.csv,
    )?;
    (0..rows).try_for_each(|at| writer.write_row(&row(at)))?;
    let written = writer.finish()?.finish()?.0;
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap_or("unknown")
        .trim();
    println!("{peak} ({written} bytes written)");
    Ok(())
}
