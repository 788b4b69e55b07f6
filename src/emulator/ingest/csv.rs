//! Delimited text as rows: what names the columns, and which cells are null or empty.
//!
//! Null and empty may look alike by construction. The choice: nothing at all between delimiters is null where the
//! configured null is nothing; a pair of quotes with nothing inside is empty, unless the configured empty is another
//! text, and the configured null is a pair of quotes, or nothing; any other text is null before it is empty.

use std::sync::Arc;

use crate::emulator::ingest::dialect::Dialect;
use crate::emulator::ingest::error::Unreadable;
use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::machine::{Machine, RawCell, Record};
use crate::emulator::ingest::row::{Cell, Row};
use crate::emulator::ingest::rules::Rules;
use crate::emulator::ingest::setup::Reading;
use crate::emulator::ingest::text::Characters;

/// The rows of a CSV file.
pub(crate) struct CsvRows {
    machine: Machine,
    reading: Reading,
    rules: Rules,
    names: Option<Arc<[String]>>,
    /// A record that was read to learn the number of columns.
    kept: Option<Record>,
    /// Whether the header of this file is a row, too.
    header_is_row: bool,
    rows: u64,
    is_over: bool,
}

/// What a cell stands for.
enum Meaning {
    Null,
    Empty,
    Text,
}

impl CsvRows {
    /// `later` says that it is a split part, and not the first.
    pub(crate) fn new(characters: Characters, reading: Reading, later: bool, rules: Rules) -> Self {
        let dialect = Dialect::new(&reading, &rules);
        let header_is_row = match later {
            true => rules.has(Fault::SecondHeaderTakenAsRow),
            false => rules.has(Fault::HeaderTakenAsRow),
        };
        Self {
            machine: Machine::new(characters, dialect),
            reading,
            rules,
            names: None,
            kept: None,
            header_is_row,
            rows: 0,
            is_over: false,
        }
    }

    fn next_row(&mut self) -> Result<Option<Row>, Unreadable> {
        let names = match &self.names {
            Some(names) => Arc::clone(names),
            None => self.learn_names()?,
        };
        let record = match self.kept.take() {
            Some(record) => Some(record),
            None => self.machine.next()?,
        };
        let Some(record) = record else {
            return Ok(None);
        };
        if !record.is_ended {
            if self.rules.has(Fault::UnendedRowRefused) {
                return Err(Unreadable::Refused("the last row has no line end"));
            }
            if self.rules.has(Fault::UnendedRowLost) {
                return Ok(None);
            }
        }
        self.rows = self.rows.saturating_add(1);
        self.row(names, record.cells).map(Some)
    }

    fn learn_names(&mut self) -> Result<Arc<[String]>, Unreadable> {
        let first = self.machine.next()?;
        let cells = || {
            let cells = first.iter().flat_map(|record| &record.cells);
            cells.map(|cell| cell.text.clone())
        };
        let configured = &self.reading.columns;
        let takes_first = self.reading.header || self.rules.has(Fault::FirstRowTakenAsHeader);
        let by_position =
            self.rules.has(Fault::ColumnsByPosition) && configured.len() == cells().count();
        let names: Arc<[String]> = match (takes_first, configured.is_empty()) {
            (true, false) if by_position => configured.as_slice().into(),
            (true, _) => cells().collect(),
            (false, false) => configured.as_slice().into(),
            (false, true) => (0..cells().count()).map(|n| format!("_c{n}")).collect(),
        };
        let keeps_first = !takes_first || (self.reading.header && self.header_is_row);
        self.kept = first.filter(|_| keeps_first);
        self.names = Some(Arc::clone(&names));
        Ok(names)
    }

    fn row(&self, names: Arc<[String]>, mut raw: Vec<RawCell>) -> Result<Row, Unreadable> {
        if raw.len() != names.len() {
            if !self.rules.has(Fault::WrongWidthAccepted) {
                return Err(Unreadable::Width {
                    row: self.rows,
                    cells: raw.len(),
                    columns: names.len(),
                });
            }
            raw.resize(names.len(), RawCell::default());
        }
        let cells = raw.into_iter().map(|cell| self.cell(cell)).collect();
        Ok(Row { names, cells })
    }

    fn cell(&self, raw: RawCell) -> Cell {
        let is_kept = |fault: Fault| self.rules.has(fault) && !raw.text.is_empty();
        match self.meaning(&raw) {
            Meaning::Null if is_kept(Fault::NullTextKept) => Cell::Text(raw.text),
            Meaning::Null if self.rules.has(Fault::NullReadAsEmpty) => Cell::Text(String::new()),
            Meaning::Null => Cell::Null,
            Meaning::Empty if self.rules.has(Fault::EmptyReadAsNull) => Cell::Null,
            Meaning::Empty if is_kept(Fault::EmptyTextKept) => Cell::Text(raw.text),
            Meaning::Empty => Cell::Text(String::new()),
            Meaning::Text => self.text(raw),
        }
    }

    fn text(&self, raw: RawCell) -> Cell {
        let is_null_word = matches!(raw.text.as_str(), "null" | "NULL");
        if is_null_word && self.rules.has(Fault::NullWordReadAsNull) {
            return Cell::Null;
        }
        match self.reading.quote {
            Some(quote) if raw.is_quoted && self.rules.has(Fault::QuotesKept) => {
                Cell::Text(format!("{quote}{}{quote}", raw.text))
            }
            _ => Cell::Text(raw.text),
        }
    }

    fn meaning(&self, raw: &RawCell) -> Meaning {
        let (null, empty) = (&self.reading.null_value, &self.reading.empty_value);
        if raw.text.is_empty() {
            return match raw.is_quoted {
                true => self.quoted_nothing(),
                false if is_blank(null) => Meaning::Null,
                false => Meaning::Empty,
            };
        }
        match (self.stands_for(raw, null), self.stands_for(raw, empty)) {
            (true, _) => Meaning::Null,
            (false, true) => Meaning::Empty,
            (false, false) => Meaning::Text,
        }
    }

    fn quoted_nothing(&self) -> Meaning {
        let is_nothing = |value: &str| {
            let pair = self.quoted(value).is_some_and(str::is_empty);
            (pair, is_blank(value))
        };
        let null = is_nothing(&self.reading.null_value);
        match (null, is_nothing(&self.reading.empty_value)) {
            (_, (true, _)) => Meaning::Empty,
            ((true, _), _) => Meaning::Null,
            ((false, true), (false, false)) => Meaning::Null,
            ((false, _), (false, _)) => Meaning::Empty,
        }
    }

    /// Whether the text is that of a configured value, written as it is where it brings its own quotes.
    fn stands_for(&self, raw: &RawCell, value: &str) -> bool {
        match self.quoted(value) {
            Some(inside) => raw.is_quoted && raw.text == inside,
            None => raw.text == value || raw.text == trimmed(value),
        }
    }

    /// What is between the quotes of a value that brings its own.
    fn quoted<'a>(&self, value: &'a str) -> Option<&'a str> {
        let quote = self.reading.quote?;
        value.strip_prefix(quote)?.strip_suffix(quote)
    }
}

/// A configured value as it is written where cells are trimmed.
fn trimmed(value: &str) -> &str {
    value.trim_matches(|c: char| c <= ' ')
}

fn is_blank(value: &str) -> bool {
    trimmed(value).is_empty()
}

impl Iterator for CsvRows {
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

    use super::*;
    use crate::emulator::ingest::setup::Encoding;

    fn read(text: &str, reading: &Reading, rules: &Rules) -> Result<Vec<String>, Unreadable> {
        let file = std::io::Cursor::new(text.as_bytes().to_vec());
        let characters = Characters::new(Box::new(file), Encoding::Utf8);
        CsvRows::new(characters, reading.clone(), false, rules.clone())
            .map(|row| {
                let mut json = String::new();
                row?.write(&mut json);
                Ok(json)
            })
            .collect()
    }

    fn rows(text: &str, reading: &Reading) -> Vec<String> {
        read(text, reading, &Rules::default()).unwrap()
    }

    fn faulty(text: &str, reading: &Reading, fault: Fault) -> Vec<String> {
        read(text, reading, &Rules::with(fault)).unwrap()
    }

    fn nulls(null: &str, empty: &str) -> Reading {
        Reading {
            null_value: null.to_owned(),
            empty_value: empty.to_owned(),
            header: false,
            ..Reading::default()
        }
    }

    fn headless(columns: &[&str]) -> Reading {
        Reading {
            header: false,
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            ..Reading::default()
        }
    }

    #[test]
    fn null_empty_and_text_are_told_apart_for_every_pair_of_texts() {
        for (null, empty, expected) in [
            (
                "",
                "\"\"",
                r#"{"_c0":null,"_c1":"","_c2":"NULL","_c3":"empty"}"#,
            ),
            (
                "NULL",
                "\"\"",
                r#"{"_c0":"","_c1":"","_c2":null,"_c3":"empty"}"#,
            ),
            (
                "\"\"",
                "",
                r#"{"_c0":"","_c1":null,"_c2":"NULL","_c3":"empty"}"#,
            ),
            (
                "",
                "empty",
                r#"{"_c0":null,"_c1":null,"_c2":"NULL","_c3":""}"#,
            ),
            (
                "\"\"",
                "\"\"",
                r#"{"_c0":"","_c1":"","_c2":"NULL","_c3":"empty"}"#,
            ),
            (
                "",
                "",
                r#"{"_c0":null,"_c1":"","_c2":"NULL","_c3":"empty"}"#,
            ),
        ] {
            let all = rows(",\"\",NULL,empty\n", &nulls(null, empty));
            assert_eq!(all, [expected], "{null} {empty}");
        }
    }

    #[test]
    fn the_quotes_of_a_person_are_not_those_of_the_empty_cell() {
        let all = rows("\"\\\"\\\"\",x\n", &nulls("", "\"\""));
        assert_eq!(all, [r#"{"_c0":"\"\"","_c1":"x"}"#]);
    }

    #[test]
    fn a_header_names_the_columns_and_an_export_of_nobody_has_no_rows() {
        let reading = Reading::default();
        assert_eq!(rows("a,\"b,c\"\n1,2", &reading), [r#"{"a":"1","b,c":"2"}"#]);
        assert_eq!(rows("a,b\n", &reading), Vec::<String>::new());
        assert_eq!(rows("", &reading), Vec::<String>::new());
        assert_eq!(
            rows("1,2\n", &headless(&["x", "y"])),
            [r#"{"x":"1","y":"2"}"#]
        );
    }

    #[test]
    fn a_row_of_another_width_is_an_error() {
        let rules = Rules::default();
        for text in ["a,b\n1\n", "a,b\n1,2,3\n"] {
            assert!(read(text, &Reading::default(), &rules).is_err(), "{text}");
        }
        assert_eq!(
            faulty("a,b\n1\n", &Reading::default(), Fault::WrongWidthAccepted),
            [r#"{"a":"1","b":null}"#]
        );
    }

    #[test]
    fn every_fault_misreads_what_it_says() {
        let reading = Reading::default();
        let reordered = Reading {
            columns: vec!["b".to_owned(), "a".to_owned()],
            ..Reading::default()
        };
        let (one, text) = (r#"{"a":"1","b":"2"}"#, "a,b\n1,2");
        for (reading, fault, wrong) in [
            (
                &reading,
                Fault::HeaderTakenAsRow,
                vec![r#"{"a":"a","b":"b"}"#, one],
            ),
            (&reading, Fault::FirstRowTakenAsHeader, vec![one]),
            (&headless(&[]), Fault::FirstRowTakenAsHeader, vec![one]),
            (
                &reordered,
                Fault::ColumnsByPosition,
                vec![r#"{"b":"1","a":"2"}"#],
            ),
            (&reading, Fault::UnendedRowLost, vec![]),
        ] {
            assert_eq!(faulty(text, reading, fault), wrong, "{fault}");
        }
        assert!(read(text, &reading, &Rules::with(Fault::UnendedRowRefused)).is_err());
    }

    #[test]
    fn every_fault_of_nulls_misreads_what_it_says() {
        for (null, empty, text, fault, wrong) in [
            (
                "",
                "\"\"",
                "\"\",1",
                Fault::EmptyReadAsNull,
                r#"{"_c0":null,"_c1":"1"}"#,
            ),
            (
                "",
                "\"\"",
                ",1",
                Fault::NullReadAsEmpty,
                r#"{"_c0":"","_c1":"1"}"#,
            ),
            (
                "NULL",
                "",
                "NULL,1",
                Fault::NullTextKept,
                r#"{"_c0":"NULL","_c1":"1"}"#,
            ),
            (
                "",
                "no",
                "no,1",
                Fault::EmptyTextKept,
                r#"{"_c0":"no","_c1":"1"}"#,
            ),
            (
                "",
                "",
                "null,1",
                Fault::NullWordReadAsNull,
                r#"{"_c0":null,"_c1":"1"}"#,
            ),
            (
                "",
                "\"\"",
                "\"a,\",1",
                Fault::QuotesKept,
                r#"{"_c0":"\"a,\"","_c1":"1"}"#,
            ),
        ] {
            assert_eq!(faulty(text, &nulls(null, empty), fault), [wrong], "{fault}");
        }
    }
}
