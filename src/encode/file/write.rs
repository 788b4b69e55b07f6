//! The files of one export: rows in, named, split, compressed and listed files out (reference 7.1, 7.5, 7.7, 7.8).
//!
//! Undocumented, and decided here: compressed files have Spark's suffixes (`.csv.gz`, `.snappy.parquet`); the manifest is
//! written last; an export without rows still makes its one file, as Spark does.

use std::io::{self, Write};
use std::num::NonZeroU64;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::encode::file::compression::Encoder;
use crate::encode::file::csv::CsvWriter;
use crate::encode::file::error::FileError;
use crate::encode::file::folder::Folder;
use crate::encode::file::json::JsonWriter;
use crate::encode::file::manifest::{ExportResult, Manifest};
use crate::encode::file::name::NameError;
use crate::encode::file::options::{Compression, FileOptions, FileType};
use crate::encode::file::parquet::{Codec, ParquetError, ParquetOptions, ParquetWriter};
use crate::encode::file::schema::{Row, Schema, Value};
use crate::encode::file::split::Split;

/// Why an export cannot be written. Nothing of it stands under a final name then.
#[derive(Debug, Error)]
pub enum WriteError {
    /// An option, a row or a value is refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// A Parquet file is refused.
    #[error(transparent)]
    Parquet(#[from] ParquetError),
    /// A file's name is refused.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The folder does not take the file.
    #[error("cannot write {name}: {source}")]
    Folder {
        /// The file's name.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// The folder does not publish the files.
    #[error("cannot publish the files: {0}")]
    Publish(#[source] io::Error),
    /// The manifest cannot be put into JSON.
    #[error("cannot write the manifest: {0}")]
    Manifest(#[from] serde_json::Error),
}

impl WriteError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::File(FileError::Io(_))
            | Self::Folder { .. }
            | Self::Manifest(_)
            | Self::Name(_)
            | Self::Parquet(_)
            | Self::Publish(_) => "name a folder that can be written to and has room",
            Self::File(error) => error.help(),
        }
    }
}

/// The manifest of an export, except for its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestPlan {
    /// The destination's id, for the manifest's name.
    pub destination_id: String,
    /// The dataflow run.
    pub flow_run_id: String,
    /// UTC time of the export, `2023-08-18T01:00:00Z`.
    pub scheduled_time: String,
    /// The folder in the storage.
    pub sink_path: String,
}

/// What is written, and how.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// The columns.
    pub schema: &'a Schema,
    /// Format, compression and all that decides the bytes.
    pub options: &'a FileOptions,
    /// What Parquet knows besides: timestamps, calendar, layout. Its codec is not looked at.
    pub parquet: &'a ParquetOptions,
    /// The files' name without extension and number.
    pub stem: &'a str,
    /// The manifest, if one is wanted.
    pub manifest: Option<&'a ManifestPlan>,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its name.
    pub name: String,
    /// Bytes as stored.
    pub size: u64,
    /// SHA-256 of the bytes as stored, lower-case hexadecimal.
    pub sha256: String,
    /// Rows; none in a manifest.
    pub rows: u64,
}

/// What happens while files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// A file of this name is opened.
    Opened(&'a str),
    /// So many rows of the export are written. Told every 1024 rows.
    Rows(u64),
    /// A file is complete.
    Closed(&'a Written),
}

/// How often rows are told of.
const ROWS_BETWEEN_TELLS: u64 = 1024;

/// Writes an export and publishes it when all of it is written. Memory does not grow with the rows.
///
/// # Errors
/// Options, values or names that are refused, and a folder that fails; nothing is published then.
pub fn write<F: Folder>(
    folder: &mut F,
    plan: &Plan<'_>,
    rows: impl IntoIterator<Item = Row>,
    tell: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<Written>, WriteError> {
    let parquet = parquet_options(plan.options, plan.parquet);
    let split = split(plan, &parquet);
    let mut written: Vec<Written> = Vec::new();
    let mut rows = rows.into_iter().peekable();
    let mut total = 0;
    loop {
        let number = u64::try_from(written.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        let name = split.name(number)?;
        tell(Progress::Opened(&name));
        let out = Tally::new(folder.create(&name).map_err(at(&name))?);
        let mut file = Open::new(out, plan, &parquet)?;
        let mut count = 0;
        while count < split.rows.get()
            && let Some(row) = rows.next()
        {
            file.row(&row)?;
            count += 1;
            total += 1;
            if total % ROWS_BETWEEN_TELLS == 0 {
                tell(Progress::Rows(total));
            }
        }
        close(folder, file.finish()?, name, count, &mut written, tell)?;
        if rows.peek().is_none() {
            break;
        }
    }
    if let Some(manifest) = plan.manifest {
        write_manifest(folder, manifest, &mut written, tell)?;
    }
    folder.commit().map_err(WriteError::Publish)?;
    Ok(written)
}

fn close<F: Folder>(
    folder: &mut F,
    out: Tally<F::File>,
    name: String,
    rows: u64,
    written: &mut Vec<Written>,
    tell: &mut dyn FnMut(Progress<'_>),
) -> Result<(), WriteError> {
    let Tally { out, size, digest } = out;
    folder.close(&name, out).map_err(at(&name))?;
    let sha256 = digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let file = Written {
        name,
        size,
        sha256,
        rows,
    };
    tell(Progress::Closed(&file));
    written.push(file);
    Ok(())
}

fn write_manifest<F: Folder>(
    folder: &mut F,
    plan: &ManifestPlan,
    written: &mut Vec<Written>,
    tell: &mut dyn FnMut(Progress<'_>),
) -> Result<(), WriteError> {
    let name = Manifest::name(&plan.destination_id, &plan.flow_run_id)?;
    let export_results = written
        .iter()
        .map(|file| ExportResult {
            sink_path: plan.sink_path.clone(),
            name: file.name.clone(),
            size: file.size,
        })
        .collect();
    let manifest = Manifest {
        flow_run_id: plan.flow_run_id.clone(),
        scheduled_time: plan.scheduled_time.clone(),
        export_results,
    };
    tell(Progress::Opened(&name));
    let mut out = Tally::new(folder.create(&name).map_err(at(&name))?);
    out.write_all(manifest.to_json()?.as_bytes())
        .map_err(at(&name))?;
    close(folder, out, name, 0, written, tell)
}

fn at(name: &str) -> impl FnOnce(io::Error) -> WriteError + use<'_> {
    move |source| WriteError::Folder {
        name: name.to_owned(),
        source,
    }
}

/// Parquet's options with the codec of the file options; codecs that Parquet lacks are refused when those are resolved.
fn parquet_options(options: &FileOptions, parquet: &ParquetOptions) -> ParquetOptions {
    let codec = match options.compression {
        Compression::Gzip => Codec::Gzip,
        Compression::Lz4 => Codec::Lz4,
        Compression::Snappy => Codec::Snappy,
        Compression::Bzip2 | Compression::Deflate | Compression::None => Codec::Uncompressed,
    };
    ParquetOptions {
        codec,
        ..parquet.clone()
    }
}

fn split(plan: &Plan<'_>, parquet: &ParquetOptions) -> Split {
    let rows = NonZeroU64::new(plan.options.max_file_row_count).unwrap_or(NonZeroU64::MIN);
    Split {
        stem: plan.stem.to_owned(),
        extension: extension(plan.options, parquet),
        rows,
    }
}

fn extension(options: &FileOptions, parquet: &ParquetOptions) -> String {
    match options.file_type {
        FileType::Csv | FileType::Json => options.text_suffix(),
        FileType::Parquet => parquet.extension(),
    }
}

/// What the names of files with these options end with, dot included.
pub fn suffix(options: &FileOptions) -> String {
    extension(
        options,
        &parquet_options(options, &ParquetOptions::default()),
    )
}

/// A file of any format that is being written.
enum Open<W: Write + Send> {
    Csv(Box<CsvWriter<Encoder<W>>>),
    Json(Box<JsonWriter<Encoder<W>>>),
    Parquet(Box<ParquetWriter<W>>),
}

impl<W: Write + Send> Open<W> {
    fn new(out: W, plan: &Plan<'_>, parquet: &ParquetOptions) -> Result<Self, WriteError> {
        let options = plan.options;
        let encoder = |out| Encoder::new(out, options.compression);
        Ok(match options.file_type {
            FileType::Csv => {
                let writer = CsvWriter::new(encoder(out), plan.schema, &options.csv)?;
                Self::Csv(Box::new(writer))
            }
            FileType::Json => {
                let writer = JsonWriter::new(encoder(out), plan.schema, &options.json)?;
                Self::Json(Box::new(writer))
            }
            FileType::Parquet => {
                Self::Parquet(Box::new(ParquetWriter::new(out, plan.schema, parquet)?))
            }
        })
    }

    fn row(&mut self, row: &[Value]) -> Result<(), WriteError> {
        match self {
            Self::Csv(writer) => writer.write_row(row)?,
            Self::Json(writer) => writer.write_row(row)?,
            Self::Parquet(writer) => writer.write(row)?,
        }
        Ok(())
    }

    fn finish(self) -> Result<W, WriteError> {
        Ok(match self {
            Self::Csv(writer) => writer.finish()?.finish().map_err(FileError::from)?,
            Self::Json(writer) => writer.finish()?.finish().map_err(FileError::from)?,
            Self::Parquet(writer) => writer.finish()?,
        })
    }
}

/// Counts and digests what passes through.
struct Tally<W> {
    out: W,
    size: u64,
    digest: Sha256,
}

impl<W> Tally<W> {
    fn new(out: W) -> Self {
        Self {
            out,
            size: 0,
            digest: Sha256::new(),
        }
    }
}

impl<W: Write> Write for Tally<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.digest.update(&bytes[..count]);
        self.size += u64::try_from(count).unwrap_or(0);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
