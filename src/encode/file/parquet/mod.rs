//! Parquet as Spark 3.5 writes it (reference `spark-writer-rules.md`, section 6): the options and the streaming writer.

mod column;
mod error;
mod layout;
mod metadata;
mod options;
mod rebase;
mod shred;
mod writer;

pub use crate::encode::file::parquet::error::ParquetError;
pub use crate::encode::file::parquet::metadata::{SPARK_VERSION, schema_json};
pub use crate::encode::file::parquet::options::{Codec, ParquetOptions, Rebase, TimestampType};
pub use crate::encode::file::parquet::writer::ParquetWriter;
