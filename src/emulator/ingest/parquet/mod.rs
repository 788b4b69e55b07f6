//! Parquet as rows: columns are read through the crate `parquet`, records are put together here.

mod column;
mod node;
mod value;

use std::fs::File;
use std::sync::Arc;

use parquet::file::reader::{FileReader as _, SerializedFileReader};

use crate::emulator::ingest::error::Unreadable;
use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::row::Row;
use crate::emulator::ingest::rules::Rules;

use column::Column;
use node::Node;

/// The rows of a Parquet file.
pub(crate) struct ParquetRows {
    file: SerializedFileReader<File>,
    names: Arc<[String]>,
    fields: Vec<Node>,
    rules: Rules,
    columns: Vec<Column>,
    next_group: usize,
    due: i64,
    is_over: bool,
}

impl ParquetRows {
    pub(crate) fn new(file: File, rules: Rules) -> Result<Self, Unreadable> {
        let file = SerializedFileReader::new(file)?;
        let schema = file.metadata().file_metadata().schema_descr();
        let root = schema.root_schema().get_fields();
        let names = root.iter().map(|field| field.name().to_owned()).collect();
        let fields = Node::of_root(root);
        Ok(Self {
            file,
            names,
            fields,
            rules,
            columns: Vec::new(),
            next_group: 0,
            due: 0,
            is_over: false,
        })
    }

    fn next_row(&mut self) -> Result<Option<Row>, Unreadable> {
        while self.due == 0 {
            if !self.open_group()? {
                return Ok(None);
            }
        }
        self.due = self.due.saturating_sub(1);
        let mut cells = Vec::with_capacity(self.fields.len());
        for field in &self.fields {
            cells.push(field.read(&mut self.columns)?);
        }
        let names = Arc::clone(&self.names);
        Ok(Some(Row { names, cells }))
    }

    /// Opens the columns of the next row group; whether there is one.
    fn open_group(&mut self) -> Result<bool, Unreadable> {
        let is_last = self.next_group >= self.file.num_row_groups()
            || (self.next_group > 0 && self.rules.has(Fault::FirstRowGroupOnly));
        if is_last {
            return Ok(false);
        }
        let group = self.file.get_row_group(self.next_group)?;
        self.next_group = self.next_group.saturating_add(1);
        self.due = group.metadata().num_rows();
        let schema = self.file.metadata().file_metadata().schema_descr_ptr();
        self.columns.clear();
        for (place, description) in schema.columns().iter().enumerate() {
            let reader = group.get_column_reader(place)?;
            let description = Arc::clone(description);
            self.columns
                .push(Column::new(reader, description, self.rules.clone()));
        }
        Ok(true)
    }
}

impl Iterator for ParquetRows {
    type Item = Result<Row, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = self.next_row().transpose();
        self.is_over = !matches!(next, Some(Ok(_)));
        next
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::io::{Seek as _, Write as _};

    use parquet::data_type::{
        ByteArray, ByteArrayType, DataType, Int32Type, Int64Type, Int96, Int96Type,
    };
    use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
    use parquet::schema::parser::parse_message_type;

    use super::*;

    const SCHEMA: &str = "message spark_schema {
        optional int96 at;
        required int32 day (DATE);
        required int64 amount (DECIMAL(12, 2));
        optional group tags (LIST) { repeated group list { optional binary element (UTF8); } }
        optional group by_key (MAP) {
            repeated group key_value { required binary key (UTF8); optional int32 value; }
        }
    }";

    type Levels = (&'static [i16], &'static [i16]);

    fn column<T: DataType>(
        group: &mut SerializedRowGroupWriter<'_, File>,
        values: &[T::T],
        (definitions, repetitions): Levels,
    ) {
        let mut writer = group.next_column().unwrap().unwrap();
        let typed = writer.typed::<T>();
        let given = |levels: &'static [i16]| (!levels.is_empty()).then_some(levels);
        typed
            .write_batch(values, given(definitions), given(repetitions))
            .unwrap();
        writer.close().unwrap();
    }

    fn texts(texts: &[&str]) -> Vec<ByteArray> {
        texts.iter().map(|text| ByteArray::from(*text)).collect()
    }

    fn int96(nanos: u64, day: u32) -> Int96 {
        let low = u32::try_from(nanos % (1 << 32)).unwrap();
        let high = u32::try_from(nanos >> 32).unwrap();
        Int96::from(vec![low, high, day])
    }

    /// Two row groups: one with two rows, one with a row of nulls.
    fn file() -> File {
        let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
        let file = tempfile::tempfile().unwrap();
        let whole = file.try_clone().unwrap();
        let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
        // 2026-01-02T03:04:05.000006Z and 1969-12-31T23:59:59.5Z
        let moments = [
            int96(11_045_000_006_000, 2_461_043),
            int96(86_399_500_000_000, 2_440_587),
        ];
        let none: Levels = (&[], &[]);
        let mut group = writer.next_row_group().unwrap();
        column::<Int96Type>(&mut group, &moments, (&[1, 1], &[]));
        column::<Int32Type>(&mut group, &[20_455, -1], none);
        column::<Int64Type>(&mut group, &[-5, 123_456], none);
        let tags = texts(&["a", "b"]);
        column::<ByteArrayType>(&mut group, &tags, (&[3, 2, 3, 1], &[0, 1, 1, 0]));
        let keys = texts(&["x", "y"]);
        column::<ByteArrayType>(&mut group, &keys, (&[2, 2, 1], &[0, 1, 0]));
        column::<Int32Type>(&mut group, &[7], (&[3, 2, 1], &[0, 1, 0]));
        group.close().unwrap();
        let mut group = writer.next_row_group().unwrap();
        column::<Int96Type>(&mut group, &[], (&[0], &[]));
        column::<Int32Type>(&mut group, &[0], none);
        column::<Int64Type>(&mut group, &[0], none);
        column::<ByteArrayType>(&mut group, &[], (&[0], &[0]));
        column::<ByteArrayType>(&mut group, &[], (&[0], &[0]));
        column::<Int32Type>(&mut group, &[], (&[0], &[0]));
        group.close().unwrap();
        writer.close().unwrap();
        whole
    }

    fn read(file: File, rules: Rules) -> Result<Vec<String>, Unreadable> {
        ParquetRows::new(file, rules)?
            .map(|row| {
                let mut json = String::new();
                row?.write(&mut json);
                Ok(json)
            })
            .collect()
    }

    #[test]
    fn records_are_put_together_with_their_types_lists_and_maps() {
        assert_eq!(
            read(file(), Rules::default()).unwrap(),
            [
                "{\"at\":\"2026-01-02T03:04:05.000006Z\",\"day\":\"2026-01-02\",\"amount\":-0.05,\
                 \"tags\":[\"a\",null,\"b\"],\"by_key\":{\"x\":7,\"y\":null}}",
                "{\"at\":\"1969-12-31T23:59:59.500Z\",\"day\":\"1969-12-31\",\"amount\":1234.56,\
                 \"tags\":[],\"by_key\":{}}",
                "{\"at\":null,\"day\":\"1970-01-01\",\"amount\":0.00,\"tags\":null,\
                 \"by_key\":null}",
            ]
        );
    }

    #[test]
    fn every_fault_misreads_what_it_says() {
        for (fault, wrong) in [
            (Fault::Int96Unread, "\"at\":null,\"day\":\"1969-12-31\""),
            (Fault::ParquetDatesAsDays, "\"day\":-1,"),
            (Fault::DecimalsUnscaled, "\"amount\":123456,"),
        ] {
            let rows = read(file(), Rules::with(fault)).unwrap();
            assert!(rows.iter().any(|row| row.contains(wrong)), "{fault}");
        }
        let first = read(file(), Rules::with(Fault::FirstRowGroupOnly)).unwrap();
        assert_eq!(first.len(), 2);
    }

    #[test]
    fn what_is_no_parquet_or_cut_off_is_an_error() {
        let mut text = tempfile::tempfile().unwrap();
        text.write_all(b"id\n1\n").unwrap();
        text.rewind().unwrap();
        assert!(read(text, Rules::default()).is_err());
        let cut = file();
        let length = cut.metadata().unwrap().len();
        cut.set_len(length - 1).unwrap();
        assert!(read(cut, Rules::default()).is_err());
    }
}
