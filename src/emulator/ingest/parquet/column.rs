//! One leaf column of a row group: its values with their levels, one after the other.

use std::collections::VecDeque;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::schema::types::ColumnDescPtr;

use crate::emulator::ingest::error::Unreadable;
use crate::emulator::ingest::row::Cell;
use crate::emulator::ingest::rules::Rules;

use super::value::Kind;

/// Records read at a time.
const BATCH: usize = 1024;

/// One place in a column: how much of its path is there, where it is repeated, and the value where there is one.
pub(crate) struct Entry {
    pub(crate) definition: i16,
    pub(crate) repetition: i16,
    pub(crate) cell: Cell,
}

/// A leaf column, read in order.
pub(crate) struct Column {
    reader: ColumnReader,
    description: ColumnDescPtr,
    kind: Kind,
    ahead: VecDeque<Entry>,
}

impl Column {
    pub(crate) fn new(reader: ColumnReader, description: ColumnDescPtr, rules: Rules) -> Self {
        let kind = Kind::new(&description, rules);
        Self {
            reader,
            description,
            kind,
            ahead: VecDeque::new(),
        }
    }

    /// What comes next, nothing after the last.
    pub(crate) fn peek(&mut self) -> Result<Option<&Entry>, Unreadable> {
        if self.ahead.is_empty() {
            self.fill()?;
        }
        Ok(self.ahead.front())
    }

    /// Takes what comes next.
    pub(crate) fn take(&mut self) -> Result<Entry, Unreadable> {
        self.peek()?;
        self.ahead
            .pop_front()
            .ok_or(Unreadable::Refused("a column ends before its row group"))
    }

    fn fill(&mut self) -> Result<(), Unreadable> {
        let kind = &self.kind;
        let highest = self.description.max_def_level();
        let ahead = &mut self.ahead;
        match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => {
                batch(reader, highest, ahead, |value| kind.boolean(*value))
            }
            ColumnReader::Int32ColumnReader(reader) => {
                batch(reader, highest, ahead, |value| kind.int(i64::from(*value)))
            }
            ColumnReader::Int64ColumnReader(reader) => {
                batch(reader, highest, ahead, |value| kind.int(*value))
            }
            ColumnReader::Int96ColumnReader(reader) => {
                batch(reader, highest, ahead, |value| kind.int96(value.data()))
            }
            ColumnReader::FloatColumnReader(reader) => {
                batch(reader, highest, ahead, |value| kind.float(*value))
            }
            ColumnReader::DoubleColumnReader(reader) => {
                batch(reader, highest, ahead, |value| kind.double(*value))
            }
            ColumnReader::ByteArrayColumnReader(reader) => {
                batch(reader, highest, ahead, |value| kind.bytes(value.data()))
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                batch(reader, highest, ahead, |value| kind.bytes(value.data()))
            }
        }
    }
}

fn batch<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    highest: i16,
    ahead: &mut VecDeque<Entry>,
    cell: impl Fn(&T::T) -> Result<Cell, Unreadable>,
) -> Result<(), Unreadable> {
    let (mut definitions, mut repetitions, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let (_, _, levels) = reader.read_records(
        BATCH,
        Some(&mut definitions),
        Some(&mut repetitions),
        &mut values,
    )?;
    let mut values = values.iter();
    for place in 0..levels {
        let definition = definitions.get(place).copied().unwrap_or(highest);
        let value = match definition == highest {
            true => values.next(),
            false => None,
        };
        ahead.push_back(Entry {
            definition,
            repetition: repetitions.get(place).copied().unwrap_or_default(),
            cell: value.map_or(Ok(Cell::Null), &cell)?,
        });
    }
    Ok(())
}
