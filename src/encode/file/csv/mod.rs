//! CSV as Spark's writer makes it: a streaming writer over two renderings of a cell that agree.

#[cfg(test)]
mod agreement;
mod fast;
mod general;
mod header;

use std::io::Write;

use crate::encode::file::error::FileError;
use crate::encode::file::options::CsvOptions;
use crate::encode::file::schema::{DataType, Schema, Value};
use crate::encode::file::text_rows::TextRows;
use crate::encode::file::value_text::{check_names, check_width, push_value};

use fast::Fast;
use general::General;

/// Writes rows as CSV (writer rules, sections 2 and 3). Memory does not grow with the number of rows.
pub struct CsvWriter<W: Write> {
    rows: TextRows<W>,
    types: Vec<DataType>,
    options: CsvOptions,
    general: General,
    fast: Option<Fast>,
    scratch: Vec<u8>,
}

impl<W: Write> CsvWriter<W> {
    /// Starts a file: checks the schema, and writes the header where it is asked for.
    ///
    /// # Errors
    ///
    /// No columns, two columns of one name, a type that CSV cannot hold, or what the writer beneath reports.
    pub fn new(out: W, schema: &Schema, options: &CsvOptions) -> Result<Self, FileError> {
        check_names(schema, options.case_sensitive)?;
        for field in &schema.fields {
            check_type(&field.name, &field.data_type)?;
        }
        let general = General::new(options);
        let fast = Fast::new(options);
        let types = schema
            .fields
            .iter()
            .map(|field| field.data_type.clone())
            .collect();
        let mut writer = Self {
            rows: TextRows::new(out, &options.charset),
            types,
            options: options.clone(),
            general,
            fast,
            scratch: Vec::new(),
        };
        if writer.options.header {
            let general = &mut writer.general;
            writer.rows.add(|rows| {
                header::push(schema, general, rows);
                Ok(())
            })?;
        }
        Ok(writer)
    }

    /// Writes one row; on an error the file is as if the row had not been given.
    ///
    /// # Errors
    ///
    /// A row of another width or type than the schema's, a pattern that a value cannot fill, or what the writer beneath
    /// reports.
    pub fn write_row(&mut self, row: &[Value]) -> Result<(), FileError> {
        check_width(self.types.len(), row)?;
        let (types, options, scratch) = (&self.types, &self.options, &mut self.scratch);
        match &self.fast {
            Some(fast) => self
                .rows
                .add(|rows| push_fast(fast, types, options, row, (rows, scratch))),
            None => {
                let general = &mut self.general;
                self.rows
                    .add(|rows| push_general(general, types, options, row, (rows, scratch)))
            }
        }
    }

    /// Writes what is left and gives the writer beneath back.
    ///
    /// # Errors
    ///
    /// What the writer beneath reports.
    pub fn finish(self) -> Result<W, FileError> {
        self.rows.finish()
    }
}

fn check_type(column: &str, data_type: &DataType) -> Result<(), FileError> {
    match data_type {
        DataType::Array(..) | DataType::Binary | DataType::Map(..) | DataType::Struct(_) => {
            Err(FileError::UnsupportedType {
                column: column.to_owned(),
                data_type: data_type.to_string(),
                format: "CSV",
            })
        }
        DataType::BigInt
        | DataType::Boolean
        | DataType::Date
        | DataType::Decimal(..)
        | DataType::Double
        | DataType::Float
        | DataType::Int
        | DataType::SmallInt
        | DataType::String
        | DataType::Timestamp
        | DataType::TimestampNtz
        | DataType::TinyInt => Ok(()),
    }
}

/// Rows so far, and a place for one value's text.
type Buffers<'a> = (&'a mut Vec<u8>, &'a mut Vec<u8>);

fn push_fast(
    fast: &Fast,
    types: &[DataType],
    options: &CsvOptions,
    row: &[Value],
    (rows, scratch): Buffers<'_>,
) -> Result<(), FileError> {
    let start = rows.len();
    for (column, (value, data_type)) in row.iter().zip(types).enumerate() {
        if column > 0 {
            rows.push(fast.sep);
        }
        match (value, data_type) {
            (Value::String(text), DataType::String) => {
                fast.push_cell(text.as_bytes(), column == 0, rows)
            }
            (Value::Null, _) => fast.push_null(column == 0, rows),
            (value, data_type) if fast.writes_plainly(value) => {
                push_value(value, data_type, &options.text, rows)?
            }
            (value, data_type) => {
                scratch.clear();
                push_value(value, data_type, &options.text, scratch)?;
                fast.push_cell(scratch, column == 0, rows);
            }
        }
    }
    if rows.len() > start {
        rows.extend_from_slice(options.line_sep.as_bytes());
    }
    Ok(())
}

fn push_general(
    general: &mut General,
    types: &[DataType],
    options: &CsvOptions,
    row: &[Value],
    (rows, scratch): Buffers<'_>,
) -> Result<(), FileError> {
    general.start_row();
    for (value, data_type) in row.iter().zip(types) {
        match value {
            Value::Null if options.legacy_null => {
                general.push_cell(Some(&options.null_value), true)
            }
            Value::Null => general.push_cell(None, true),
            Value::String(text) if *data_type == DataType::String => {
                general.push_cell(Some(text), true)
            }
            Value::Array(_)
            | Value::BigInt(_)
            | Value::Binary(_)
            | Value::Boolean(_)
            | Value::Date(_)
            | Value::Decimal(_)
            | Value::Double(_)
            | Value::Float(_)
            | Value::Int(_)
            | Value::Map(_)
            | Value::SmallInt(_)
            | Value::String(_)
            | Value::Struct(_)
            | Value::Timestamp(_)
            | Value::TimestampNtz(_)
            | Value::TinyInt(_) => {
                scratch.clear();
                push_value(value, data_type, &options.text, scratch)?;
                general.push_cell(Some(&String::from_utf8_lossy(scratch)), true);
            }
        }
    }
    general.end_row(rows);
    Ok(())
}
