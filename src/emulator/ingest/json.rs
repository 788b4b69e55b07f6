//! JSON as rows: one object a line, numbers kept digit for digit.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::emulator::ingest::error::Unreadable;
use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::row::{Cell, Row};
use crate::emulator::ingest::rules::Rules;
use crate::emulator::ingest::text::Characters;

/// The rows of a JSON file.
pub(crate) struct JsonRows {
    characters: Characters,
    /// Columns that every row has, if only as null.
    columns: Vec<String>,
    rules: Rules,
    first: Option<BTreeSet<String>>,
    line: u64,
    is_over: bool,
}

impl JsonRows {
    pub(crate) fn new(characters: Characters, columns: Vec<String>, rules: Rules) -> Self {
        Self {
            characters,
            columns,
            rules,
            first: None,
            line: 0,
            is_over: false,
        }
    }

    fn next_row(&mut self) -> Result<Option<Row>, Unreadable> {
        while let Some((line, is_ended)) = self.next_line()? {
            if line.trim().is_empty() {
                continue;
            }
            if self.rules.has(Fault::JsonLinesUnread) && self.first.is_some() {
                return Err(Unreadable::Refused("more follows the end of the document"));
            }
            if !is_ended && self.rules.has(Fault::UnendedRowRefused) {
                return Err(Unreadable::Refused("the last row has no line end"));
            }
            if !is_ended && self.rules.has(Fault::UnendedRowLost) {
                return Ok(None);
            }
            return self.row(&line).map(Some);
        }
        Ok(None)
    }

    fn next_line(&mut self) -> Result<Option<(String, bool)>, Unreadable> {
        let mut line = String::new();
        self.line = self.line.saturating_add(1);
        while let Some(character) = self.characters.next()? {
            if character == '\n' {
                return Ok(Some((line, true)));
            }
            line.push(character);
        }
        Ok((!line.is_empty()).then_some((line, false)))
    }

    fn row(&mut self, line: &str) -> Result<Row, Unreadable> {
        let members: Members<'_> =
            serde_json::from_str(line).map_err(|error| self.broken(error.to_string()))?;
        let (mut names, mut cells) = (Vec::new(), Vec::new());
        for (name, value) in members.0 {
            let text = value
                .get()
                .strip_prefix('"')
                .and_then(|t| t.strip_suffix('"'));
            let raw = text.filter(|_| self.rules.has(Fault::JsonEscapesKept));
            cells.push(match raw {
                Some(raw) => Cell::Text(raw.to_owned()),
                None => cell(value).map_err(|error| self.broken(error.to_string()))?,
            });
            names.push(name);
        }
        self.compare_with_first(&mut names, &mut cells)?;
        for column in &self.columns {
            if !names.contains(column) {
                names.push(column.clone());
                cells.push(Cell::Null);
            }
        }
        let names = names.into();
        Ok(Row { names, cells })
    }

    /// The faults of a platform that takes the columns of the first row for those of all.
    fn compare_with_first(
        &mut self,
        names: &mut Vec<String>,
        cells: &mut Vec<Cell>,
    ) -> Result<(), Unreadable> {
        let own = || names.iter().cloned().collect();
        let first = self.first.get_or_insert_with(own);
        if self.rules.has(Fault::JsonAbsentRefused)
            && first.iter().any(|name| !names.contains(name))
        {
            return Err(self.broken("a column is missing".to_owned()));
        }
        if self.rules.has(Fault::JsonFirstRowsColumns) {
            let mut is_known = names.iter().map(|name| first.contains(name));
            cells.retain(|_| is_known.next().unwrap_or_default());
            names.retain(|name| first.contains(name));
        }
        Ok(())
    }

    fn broken(&self, reason: String) -> Unreadable {
        Unreadable::Json {
            line: self.line,
            reason,
        }
    }
}

impl Iterator for JsonRows {
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

fn cell(value: &RawValue) -> serde_json::Result<Cell> {
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'n') => Ok(Cell::Null),
        Some(b'"') => serde_json::from_str(text).map(Cell::Text),
        _ => Ok(Cell::Json(text.to_owned())),
    }
}

/// The members of an object in their order, values untouched.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::emulator::ingest::setup::Encoding;

    fn read(text: &str, columns: &[&str], rules: Rules) -> Result<Vec<String>, Unreadable> {
        let file = std::io::Cursor::new(text.as_bytes().to_vec());
        let characters = Characters::new(Box::new(file), Encoding::Utf8);
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        JsonRows::new(characters, columns, rules)
            .map(|row| {
                let mut json = String::new();
                row?.write(&mut json);
                Ok(json)
            })
            .collect()
    }

    #[test]
    fn values_keep_their_digits_and_absent_columns_are_null() {
        let text = "{\"b\":0E-18,\"a\":\"x\\n\"}\n{\"c\":[1, 2.50]}";
        assert_eq!(
            read(text, &["a", "b"], Rules::default()).unwrap(),
            [
                r#"{"b":0E-18,"a":"x\n"}"#,
                r#"{"c":[1, 2.50],"a":null,"b":null}"#
            ]
        );
    }

    #[test]
    fn a_line_that_is_no_object_is_an_error() {
        for text in [
            "{\"a\":1}\n{\"a\":",
            "[1]\n",
            "{\"a\":1} {\"a\":2}\n",
            "{\"a\":\"\\ud800\"}\n",
        ] {
            assert!(read(text, &[], Rules::default()).is_err(), "{text}");
        }
    }

    #[test]
    fn every_fault_misreads_what_it_says() {
        let text = "{\"a\":1}\n{\"b\":2}";
        let faulty = |fault| read(text, &["a"], Rules::with(fault));
        assert_eq!(
            faulty(Fault::JsonFirstRowsColumns).unwrap(),
            [r#"{"a":1}"#, r#"{"a":null}"#]
        );
        assert_eq!(faulty(Fault::UnendedRowLost).unwrap(), [r#"{"a":1}"#]);
        for fault in [
            Fault::JsonLinesUnread,
            Fault::JsonAbsentRefused,
            Fault::UnendedRowRefused,
        ] {
            assert!(faulty(fault).is_err(), "{fault}");
        }
    }
}
