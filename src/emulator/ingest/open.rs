//! A stored file as the rows that the platform takes from it.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use crate::emulator::ingest::compression::decompressed;
use crate::emulator::ingest::csv::CsvRows;
use crate::emulator::ingest::distortion::Distortion;
use crate::emulator::ingest::error::Unreadable;
use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::inference::inferred;
use crate::emulator::ingest::json::JsonRows;
use crate::emulator::ingest::parquet::ParquetRows;
use crate::emulator::ingest::row::{Row, Rows};
use crate::emulator::ingest::rules::Rules;
use crate::emulator::ingest::setup::{FileType, Reading};
use crate::emulator::ingest::text::Characters;
use crate::emulator::storage::Object;

/// The most rows of a file that the fault leaves.
const LIMIT: usize = 1000;

/// The rows of a file; `later` says that it is a split part, and not the first.
pub(crate) fn rows(object: &Object, reading: &Reading, later: bool, rules: &Rules) -> Rows {
    match opened(object, reading, later, rules) {
        Ok(rows) => kept(rows, rules),
        Err(reason) => Box::new(std::iter::once(Err(reason))),
    }
}

fn opened(
    object: &Object,
    reading: &Reading,
    later: bool,
    rules: &Rules,
) -> Result<Rows, Unreadable> {
    let file = object.open()?;
    if reading.file_type == FileType::Parquet {
        return Ok(Box::new(ParquetRows::new(file, rules.clone())?));
    }
    let plain = decompressed(file, reading.compression, rules)?;
    let characters = Characters::new(plain, reading.encoding);
    Ok(match reading.file_type {
        FileType::Csv => Box::new(CsvRows::new(
            characters,
            reading.clone(),
            later,
            rules.clone(),
        )),
        FileType::Json | FileType::Parquet => Box::new(JsonRows::new(
            characters,
            reading.columns.clone(),
            rules.clone(),
        )),
    })
}

/// What the platform keeps of the rows it read.
fn kept(rows: Rows, rules: &Rules) -> Rows {
    let distortion = Distortion::new(rules);
    let rows = inferred(rows, rules);
    let mut rows: Rows = Box::new(rows.map(move |row| row.map(|row| distortion.of(row))));
    if rules.has(Fault::FirstRowLost) {
        rows = Box::new(rows.skip(1));
    }
    if rules.has(Fault::RowsLimited) {
        rows = Box::new(rows.take(LIMIT));
    }
    if rules.has(Fault::DuplicateRowsDropped) {
        rows = once_each(rows, |row| hash(&row.cells));
    }
    if rules.has(Fault::RepeatedKeysDropped) {
        rows = once_each(rows, |row| hash(&row.cells.first()));
    }
    if rules.has(Fault::CorruptAccepted) {
        rows = Box::new(rows.map_while(Result::ok).map(Ok));
    }
    rows
}

fn once_each(rows: Rows, key: impl Fn(&Row) -> u64 + 'static) -> Rows {
    let mut seen = HashSet::new();
    Box::new(rows.filter(move |row| row.as_ref().map_or(true, |row| seen.insert(key(row)))))
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use crate::emulator::ingest::fault::Fault;
    use crate::emulator::ingest::probe::{Probe, ids};

    #[tokio::test]
    async fn rows_are_kept_unless_a_fault_drops_some() {
        for (fault, expected) in [
            (Fault::FirstRowLost, vec!["2", "1", "2"]),
            (Fault::DuplicateRowsDropped, vec!["1", "2"]),
            (Fault::RepeatedKeysDropped, vec!["1", "2"]),
        ] {
            let probe = Probe::csv(&[fault]);
            probe.put("in/a.csv", "id\n1\n2\n1\n2\n");
            assert_eq!(probe.folder().await, ids(&expected), "{fault}");
        }
        let limited = Probe::csv(&[Fault::RowsLimited]);
        limited.put("in/a.csv", &format!("id\n{}", "1\n".repeat(1001)));
        assert_eq!(limited.folder().await.1.lines().count(), 1000);
    }
}
