//! One leaf column of the open row group: cells wait here in small batches, encoded pages in memory.

use std::collections::HashSet;
use std::hash::Hash;
use std::io;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use parquet::column::page::{CompressedPage, PageWriteSpec, PageWriter};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, get_column_writer};
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::errors::ParquetError as Encoding;
use parquet::file::properties::WriterPropertiesPtr;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use crate::encode::file::parquet::error::ParquetError;
use crate::encode::file::parquet::layout::Leaf;

/// A batch with fewer cells says nothing about repetition.
const SAMPLE: usize = 512;

/// How a column is encoded, without a dictionary and with one.
#[derive(Debug, Clone)]
pub(super) struct Properties {
    pub(super) plain: WriterPropertiesPtr,
    pub(super) dictionary: WriterPropertiesPtr,
}

/// Cells of one batch, in their stored form.
#[derive(Debug)]
pub(super) enum Cells {
    Boolean(Vec<bool>),
    Bytes(Slices),
    Double(Vec<f64>),
    Fixed(Slices),
    Float(Vec<f32>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Int96(Vec<Int96>),
}

/// Byte strings end to end in one allocation a batch.
#[derive(Debug, Default)]
pub(super) struct Slices {
    arena: Vec<u8>,
    ends: Vec<usize>,
}

impl Slices {
    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.ends.iter().scan(0, |start, end| {
            let slice = &self.arena[*start..*end];
            *start = *end;
            Some(slice)
        })
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.arena.extend_from_slice(bytes);
        self.ends.push(self.arena.len());
    }

    fn take(&mut self) -> impl Iterator<Item = ByteArray> + '_ {
        let spare = Vec::with_capacity(self.arena.len() + self.arena.len() / 8);
        let arena = Bytes::from(mem::replace(&mut self.arena, spare));
        let mut start = 0;
        self.ends.drain(..).map(move |end| {
            let slice = arena.slice(start..end);
            start = end;
            ByteArray::from(slice)
        })
    }
}

impl Cells {
    fn new(leaf: Leaf) -> Self {
        match leaf {
            Leaf::Binary | Leaf::Text => Self::Bytes(Slices::default()),
            Leaf::Boolean => Self::Boolean(Vec::new()),
            Leaf::Date | Leaf::DecimalInt { .. } | Leaf::Int | Leaf::Short | Leaf::Tiny => {
                Self::Int32(Vec::new())
            }
            Leaf::DecimalFixed { .. } => Self::Fixed(Slices::default()),
            Leaf::DecimalLong { .. }
            | Leaf::Long
            | Leaf::Micros
            | Leaf::Millis
            | Leaf::TimestampNtz => Self::Int64(Vec::new()),
            Leaf::Double => Self::Double(Vec::new()),
            Leaf::Float => Self::Float(Vec::new()),
            Leaf::Int96 => Self::Int96(Vec::new()),
        }
    }

    /// Whether a dictionary pays: not when nearly all cells of a batch differ, as in a column of ids.
    fn repeat(&self) -> bool {
        let (count, distinct) = match self {
            Self::Boolean(_) => return false,
            Self::Bytes(cells) | Self::Fixed(cells) => (cells.ends.len(), distinct(cells.iter())),
            Self::Double(cells) => (
                cells.len(),
                distinct(cells.iter().map(|cell| cell.to_bits())),
            ),
            Self::Float(cells) => (
                cells.len(),
                distinct(cells.iter().map(|cell| cell.to_bits())),
            ),
            Self::Int32(cells) => (cells.len(), distinct(cells.iter())),
            Self::Int64(cells) => (cells.len(), distinct(cells.iter())),
            Self::Int96(cells) => (cells.len(), distinct(cells.iter().map(Int96::data))),
        };
        count < SAMPLE || 100 * distinct <= 99 * count
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Boolean(cells) => cells.len(),
            Self::Bytes(cells) | Self::Fixed(cells) => cells.arena.len() + 4 * cells.ends.len(),
            Self::Double(cells) => 8 * cells.len(),
            Self::Float(cells) => 4 * cells.len(),
            Self::Int32(cells) => 4 * cells.len(),
            Self::Int64(cells) => 8 * cells.len(),
            Self::Int96(cells) => 12 * cells.len(),
        }
    }
}

fn distinct<T: Hash + Eq>(cells: impl Iterator<Item = T>) -> usize {
    cells.collect::<HashSet<_>>().len()
}

/// One leaf column of the open row group.
pub(super) struct Column {
    pub(super) cells: Cells,
    description: ColumnDescPtr,
    properties: Properties,
    /// Whether the column has definition levels, and repetition levels.
    defined: bool,
    repeated: bool,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    /// Cell bytes of the open row group before encoding.
    bytes: usize,
    open: Option<Open>,
}

struct Open {
    writer: ColumnWriter<'static>,
    pages: Pages,
}

impl Column {
    pub(super) fn new(leaf: Leaf, description: ColumnDescPtr, properties: Properties) -> Self {
        Self {
            cells: Cells::new(leaf),
            defined: description.max_def_level() > 0,
            repeated: description.max_rep_level() > 0,
            description,
            properties,
            definitions: Vec::new(),
            repetitions: Vec::new(),
            bytes: 0,
            open: None,
        }
    }

    /// Notes the place of the next cell, or of a null when the definition is not the column's deepest.
    #[inline]
    pub(super) fn place(&mut self, repetition: i16, definition: i16) {
        if self.defined {
            self.definitions.push(definition);
        }
        if self.repeated {
            self.repetitions.push(repetition);
        }
    }

    /// Cell bytes of the open row group before encoding.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes of the batch that waits.
    pub(super) fn waiting(&self) -> usize {
        self.cells.bytes()
    }

    /// Encodes the batch that waits.
    pub(super) fn flush(&mut self) -> Result<(), ParquetError> {
        self.bytes += self.cells.bytes() + 2 * (self.definitions.len() + self.repetitions.len());
        let open = self.open.get_or_insert_with(|| {
            let pages = Pages::default();
            let Properties { plain, dictionary } = &self.properties;
            let properties = if self.cells.repeat() {
                dictionary
            } else {
                plain
            };
            let writer = get_column_writer(
                Arc::clone(&self.description),
                Arc::clone(properties),
                Box::new(pages.clone()),
            );
            Open { writer, pages }
        });
        let definitions = self.defined.then_some(self.definitions.as_slice());
        let repetitions = self.repeated.then_some(self.repetitions.as_slice());
        write(&mut open.writer, &mut self.cells, definitions, repetitions)?;
        self.definitions.clear();
        self.repetitions.clear();
        Ok(())
    }

    /// Ends the column in this row group: its encoded bytes and what the footer says of them.
    pub(super) fn close(&mut self) -> Result<Option<(Bytes, ColumnCloseResult)>, ParquetError> {
        self.flush()?;
        self.bytes = 0;
        let Some(Open { writer, pages }) = self.open.take() else {
            return Ok(None);
        };
        let result = writer.close()?;
        Ok(Some((pages.take()?, result)))
    }
}

/// The cells, written, leave their allocation to the next batch.
fn cleared<T>(written: usize, cells: &mut Vec<T>) -> usize {
    cells.clear();
    written
}

fn write(
    writer: &mut ColumnWriter<'_>,
    cells: &mut Cells,
    def: Option<&[i16]>,
    rep: Option<&[i16]>,
) -> Result<(), ParquetError> {
    match (writer, cells) {
        (ColumnWriter::BoolColumnWriter(writer), Cells::Boolean(cells)) => {
            cleared(writer.write_batch(cells, def, rep)?, cells)
        }
        (ColumnWriter::ByteArrayColumnWriter(writer), Cells::Bytes(cells)) => {
            writer.write_batch(&cells.take().collect::<Vec<_>>(), def, rep)?
        }
        (ColumnWriter::FixedLenByteArrayColumnWriter(writer), Cells::Fixed(cells)) => {
            let cells: Vec<_> = cells.take().map(FixedLenByteArray::from).collect();
            writer.write_batch(&cells, def, rep)?
        }
        (ColumnWriter::DoubleColumnWriter(writer), Cells::Double(cells)) => {
            cleared(writer.write_batch(cells, def, rep)?, cells)
        }
        (ColumnWriter::FloatColumnWriter(writer), Cells::Float(cells)) => {
            cleared(writer.write_batch(cells, def, rep)?, cells)
        }
        (ColumnWriter::Int32ColumnWriter(writer), Cells::Int32(cells)) => {
            cleared(writer.write_batch(cells, def, rep)?, cells)
        }
        (ColumnWriter::Int64ColumnWriter(writer), Cells::Int64(cells)) => {
            cleared(writer.write_batch(cells, def, rep)?, cells)
        }
        (ColumnWriter::Int96ColumnWriter(writer), Cells::Int96(cells)) => {
            cleared(writer.write_batch(cells, def, rep)?, cells)
        }
        _ => return Err(Encoding::General("a column changed its type".to_owned()).into()),
    };
    Ok(())
}

/// Encoded pages of one column chunk, shared between the column's writer and the row group.
#[derive(Clone)]
struct Pages(Arc<Mutex<TrackedWrite<Vec<u8>>>>);

impl Default for Pages {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(TrackedWrite::new(Vec::new()))))
    }
}

impl Pages {
    fn lock(&self) -> MutexGuard<'_, TrackedWrite<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(self) -> Result<Bytes, ParquetError> {
        let pages = mem::replace(&mut *self.lock(), TrackedWrite::new(Vec::new()));
        Ok(Bytes::from(pages.into_inner()?))
    }
}

impl PageWriter for Pages {
    fn write_page(&mut self, page: CompressedPage) -> Result<PageWriteSpec, Encoding> {
        SerializedPageWriter::new(&mut *self.lock()).write_page(page)
    }

    fn close(&mut self) -> Result<(), Encoding> {
        io::Write::flush(&mut *self.lock())?;
        Ok(())
    }
}
