//! Rows in, Parquet bytes out: one row group in memory at a time, already encoded.

use std::io::Write;
use std::sync::Arc;

use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use crate::encode::file::parquet::column::{Column, Properties};
use crate::encode::file::parquet::error::ParquetError;
use crate::encode::file::parquet::layout::{Layout, Node};
use crate::encode::file::parquet::metadata::key_values;
use crate::encode::file::parquet::options::{Codec, ParquetOptions};
use crate::encode::file::parquet::rebase::Calendar;
use crate::encode::file::parquet::shred::{Place, shred};
use crate::encode::file::schema::{Schema, Value};

/// Rows that wait before their columns are encoded: few enough to stay in the processor's cache.
const BATCH_ROWS: usize = 512;
/// A batch is encoded early once a column holds this many bytes.
const BATCH_BYTES: usize = 1 << 20;
/// Pages of Hadoop's LZ4 must fit its decompressor's buffer of 256 KiB.
const LZ4_PAGE_BYTES: usize = 128 << 10;

/// Writes one Parquet file. Memory is bounded by a row group, not by the number of rows.
///
/// After an error the file is of no use: drop the writer and what it wrote.
pub struct ParquetWriter<W: Write + Send> {
    calendar: Calendar,
    columns: Vec<Column>,
    file: SerializedFileWriter<W>,
    /// Rows that wait in the columns' batches.
    waiting: usize,
    /// Whether the open row group has rows.
    open: bool,
    roots: Vec<Node>,
    row_group_bytes: usize,
}

impl<W: Write + Send> ParquetWriter<W> {
    /// A file of this schema. The first bytes are handed to `out` at once.
    ///
    /// # Errors
    /// A schema that Spark refuses (no columns, a column twice, an impossible decimal), an unknown zone, a failing `out`.
    pub fn new(out: W, schema: &Schema, options: &ParquetOptions) -> Result<Self, ParquetError> {
        let layout = Layout::new(schema, options)?;
        let properties = properties(schema, options);
        let dictionary = Arc::clone(&properties.dictionary);
        let file = SerializedFileWriter::new(out, layout.message, dictionary)?;
        let columns = file
            .schema_descr()
            .columns()
            .iter()
            .zip(&layout.leaves)
            .map(|(description, leaf)| {
                Column::new(*leaf, Arc::clone(description), properties.clone())
            })
            .collect();
        Ok(Self {
            calendar: Calendar::new(options)?,
            columns,
            file,
            waiting: 0,
            open: false,
            roots: layout.roots,
            row_group_bytes: options.row_group_bytes,
        })
    }

    /// Appends a row.
    ///
    /// # Errors
    /// Cells that do not fit the schema, days and instants that Spark refuses, a failing `out`.
    pub fn write(&mut self, row: &[Value]) -> Result<(), ParquetError> {
        if row.len() != self.roots.len() {
            return Err(ParquetError::Width {
                expected: self.roots.len(),
                received: row.len(),
            });
        }
        for (node, value) in self.roots.iter().zip(row) {
            shred(
                node,
                value,
                Place::default(),
                &mut self.columns,
                &self.calendar,
            )?;
        }
        self.open = true;
        self.waiting += 1;
        if self.waiting >= BATCH_ROWS || self.too_wide() {
            self.encode_batch()?;
        }
        Ok(())
    }

    /// Writes the last row group and the footer, and gives `out` back.
    ///
    /// # Errors
    /// A failing `out`.
    pub fn finish(mut self) -> Result<W, ParquetError> {
        if self.open {
            self.close_row_group()?;
        }
        Ok(self.file.into_inner()?)
    }

    /// Few rows may hold long values: looked at every 32 rows, which is cheap and early enough.
    fn too_wide(&self) -> bool {
        self.waiting.is_multiple_of(32)
            && self
                .columns
                .iter()
                .any(|column| column.waiting() > BATCH_BYTES)
    }

    fn encode_batch(&mut self) -> Result<(), ParquetError> {
        for column in &mut self.columns {
            column.flush()?;
        }
        self.waiting = 0;
        let bytes: usize = self.columns.iter().map(Column::bytes).sum();
        if bytes >= self.row_group_bytes {
            self.close_row_group()?;
        }
        Ok(())
    }

    fn close_row_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for column in &mut self.columns {
            if let Some((bytes, result)) = column.close()? {
                group.append_column(&bytes, result)?;
            }
        }
        group.close()?;
        self.waiting = 0;
        self.open = false;
        Ok(())
    }
}

fn properties(schema: &Schema, options: &ParquetOptions) -> Properties {
    let mut builder = WriterProperties::builder()
        .set_compression(options.codec.compression())
        .set_key_value_metadata(Some(key_values(schema, options)));
    if options.codec == Codec::Lz4 {
        builder = builder
            .set_data_page_size_limit(LZ4_PAGE_BYTES)
            .set_dictionary_page_size_limit(LZ4_PAGE_BYTES);
    }
    Properties {
        plain: Arc::new(builder.clone().set_dictionary_enabled(false).build()),
        dictionary: Arc::new(builder.build()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::encode::file::schema::{DataType, Field};

    fn schema(data_type: DataType, nullable: bool) -> Schema {
        Schema {
            fields: vec![Field {
                name: "c".to_owned(),
                data_type,
                nullable,
            }],
        }
    }

    fn refusal(schema: &Schema, row: &[Value]) -> String {
        let mut writer =
            ParquetWriter::new(Vec::new(), schema, &ParquetOptions::default()).unwrap();
        writer.write(row).unwrap_err().to_string()
    }

    #[test]
    fn a_cell_of_another_type_is_refused_and_named() {
        let text = schema(DataType::String, true);
        assert_eq!(
            refusal(&text, &[Value::Int(1)]),
            "expected string in column c, received int"
        );
        assert_eq!(refusal(&text, &[]), "expected a row of 1 cells, received 0");
        let decimal = schema(DataType::Decimal(3, 1), true);
        assert!(refusal(&decimal, &[Value::Decimal(1000)]).starts_with("expected decimal(3,1)"));
    }

    #[test]
    fn a_null_in_a_required_column_is_refused() {
        let required = schema(DataType::String, false);
        assert_eq!(
            refusal(&required, &[Value::Null]),
            "expected a value in column c, received null"
        );
    }

    #[test]
    fn a_schema_without_columns_is_refused() {
        let empty = schema(DataType::Struct(Vec::new()), true);
        assert!(ParquetWriter::new(Vec::new(), &empty, &ParquetOptions::default()).is_err());
        let none = Schema::default();
        assert!(ParquetWriter::new(Vec::new(), &none, &ParquetOptions::default()).is_err());
    }
}
