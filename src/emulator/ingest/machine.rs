//! The state machine that makes records of delimited text. What a record means (names, nulls) is said elsewhere.
//!
//! Where the text is ambiguous by construction, the choice is: the leftmost delimiter counts; of a closing quote that
//! an escaped escape precedes, where the two differ, it closes if a delimiter or the end of the row follows.

use crate::emulator::ingest::dialect::Dialect;
use crate::emulator::ingest::error::Unreadable;
use crate::emulator::ingest::text::Characters;

/// A cell as it stands in the file, without its quotes and escapes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RawCell {
    pub(crate) text: String,
    pub(crate) is_quoted: bool,
}

/// One row as it stands in the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) cells: Vec<RawCell>,
    /// Whether a line end follows it.
    pub(crate) is_ended: bool,
}

/// Where in a cell the machine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Begin,
    Plain,
    Quoted,
    /// After a character inside quotes that may make the next one text.
    Escape(char),
    /// After a quote inside quotes.
    Quote,
}

/// Makes records of characters.
pub(crate) struct Machine {
    characters: Characters,
    dialect: Dialect,
    place: Place,
    cell: RawCell,
    /// What follows the closing quote and may become a delimiter.
    tail: String,
    /// Whether the last character inside the quotes was an escaped escape, with another escape than its own.
    is_doubtful: bool,
    record: Record,
    rows: u64,
    after_return: bool,
}

/// What a character did.
enum Step {
    On,
    RowEnds,
}

impl Machine {
    pub(crate) fn new(characters: Characters, dialect: Dialect) -> Self {
        Self {
            characters,
            dialect,
            place: Place::Begin,
            cell: RawCell::default(),
            tail: String::new(),
            is_doubtful: false,
            record: Record::default(),
            rows: 0,
            after_return: false,
        }
    }

    /// The next record that is not an empty line, nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Record>, Unreadable> {
        while let Some(character) = self.characters.next()? {
            if std::mem::take(&mut self.after_return) && character == '\n' {
                continue;
            }
            if let Step::RowEnds = self.step(character)? {
                self.after_return = character == '\r';
                self.end_cell()?;
                if let Some(mut record) = self.finished() {
                    record.is_ended = true;
                    return Ok(Some(record));
                }
            }
        }
        self.end_cell()?;
        Ok(self.finished())
    }

    fn finished(&mut self) -> Option<Record> {
        let record = std::mem::take(&mut self.record);
        let is_blank = matches!(record.cells.as_slice(),
            [only] if only.text.is_empty() && !only.is_quoted);
        if is_blank {
            return None;
        }
        self.rows = self.rows.saturating_add(1);
        Some(record)
    }

    fn step(&mut self, character: char) -> Result<Step, Unreadable> {
        match self.place {
            Place::Begin if Some(character) == self.dialect.quote => {
                self.cell.is_quoted = true;
                self.place = Place::Quoted;
                Ok(Step::On)
            }
            Place::Begin | Place::Plain => self.plain(character),
            Place::Quoted => self.quoted(character),
            Place::Escape(escape) => self.escaped(escape, character),
            Place::Quote => self.after_quote(character),
        }
    }

    fn plain(&mut self, character: char) -> Result<Step, Unreadable> {
        self.place = Place::Plain;
        self.cell.text.push(character);
        if self.cell.text.ends_with(&self.dialect.delimiter) {
            let length = self.cell.text.len() - self.dialect.delimiter.len();
            self.cell.text.truncate(length);
            self.end_cell()?;
        } else if is_newline(character) {
            self.cell.text.pop();
            return Ok(Step::RowEnds);
        }
        Ok(Step::On)
    }

    fn quoted(&mut self, character: char) -> Result<Step, Unreadable> {
        let is_doubtful = std::mem::take(&mut self.is_doubtful);
        let begins = [self.dialect.escape, self.dialect.escape_of_escape];
        if Some(character) == self.dialect.quote {
            self.is_doubtful = is_doubtful;
            self.place = Place::Quote;
        } else if begins.contains(&Some(character)) {
            self.place = Place::Escape(character);
        } else if is_newline(character) && self.dialect.newline_splits_quoted {
            self.place = Place::Plain;
            return Ok(Step::RowEnds);
        } else {
            self.cell.text.push(character);
            self.split_inside()?;
        }
        Ok(Step::On)
    }

    /// The fault of delimiters that separate inside quotes.
    fn split_inside(&mut self) -> Result<(), Unreadable> {
        let delimiter = &self.dialect.delimiter;
        if !self.dialect.delimiter_splits_quoted || !self.cell.text.ends_with(delimiter) {
            return Ok(());
        }
        let length = self.cell.text.len() - delimiter.len();
        self.cell.text.truncate(length);
        self.place = Place::Plain;
        self.end_cell()
    }

    fn escaped(&mut self, escape: char, character: char) -> Result<Step, Unreadable> {
        self.place = Place::Quoted;
        let escapes =
            |by: Option<char>, what: Option<char>| by == Some(escape) && what == Some(character);
        let dialect = &self.dialect;
        if escapes(dialect.escape, dialect.quote) {
            self.cell.text.push(character);
        } else if escapes(dialect.escape_of_escape, dialect.escape) {
            self.cell.text.push(character);
            self.is_doubtful = dialect.escape_of_escape != dialect.escape;
        } else {
            self.cell.text.push(escape);
            return self.quoted(character);
        }
        Ok(Step::On)
    }

    /// A quote inside quotes closes them, or makes the next character text.
    fn after_quote(&mut self, character: char) -> Result<Step, Unreadable> {
        let dialect = &self.dialect;
        if self.tail.is_empty() {
            let doubles = dialect.escape == dialect.quote && Some(character) == dialect.quote;
            let escapes =
                dialect.escape_of_escape == dialect.quote && Some(character) == dialect.escape;
            if dialect.escape.is_some() && (doubles || escapes) {
                self.cell.text.push(character);
                self.place = Place::Quoted;
                return Ok(Step::On);
            }
            if is_newline(character) {
                return Ok(Step::RowEnds);
            }
        }
        self.tail.push(character);
        if self.tail == dialect.delimiter {
            self.tail.clear();
            self.place = Place::Plain;
            self.end_cell()?;
            return Ok(Step::On);
        }
        match dialect.delimiter.starts_with(&self.tail) {
            true => Ok(Step::On),
            false => self.goes_on(),
        }
    }

    /// What follows a closing quote is neither a delimiter nor the end of the row.
    fn goes_on(&mut self) -> Result<Step, Unreadable> {
        let tail = std::mem::take(&mut self.tail);
        let (escape, quote) = (self.dialect.escape_of_escape, self.dialect.quote);
        if std::mem::take(&mut self.is_doubtful) {
            // it was an escape as text, and an escaped quote
            self.cell.text.pop();
            self.cell.text.extend([escape, quote].into_iter().flatten());
            self.place = Place::Quoted;
        } else if self.dialect.is_lenient {
            self.place = Place::Plain;
        } else {
            return Err(Unreadable::AfterQuote(self.rows.saturating_add(1)));
        }
        let mut last = Step::On;
        for character in tail.chars() {
            last = self.step(character)?;
        }
        Ok(last)
    }

    fn end_cell(&mut self) -> Result<(), Unreadable> {
        let unclosed = match self.place {
            Place::Begin | Place::Plain => false,
            Place::Quote => !self.tail.is_empty(),
            Place::Quoted | Place::Escape(_) => true,
        };
        if unclosed {
            return Err(Unreadable::Unclosed(self.rows.saturating_add(1)));
        }
        self.place = Place::Begin;
        self.is_doubtful = false;
        self.record.cells.push(std::mem::take(&mut self.cell));
        Ok(())
    }
}

fn is_newline(character: char) -> bool {
    matches!(character, '\n' | '\r')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::emulator::ingest::fault::Fault;
    use crate::emulator::ingest::rules::Rules;
    use crate::emulator::ingest::setup::{Encoding, Reading};

    fn read(text: &str, reading: &Reading, rules: &Rules) -> Result<Vec<Vec<String>>, Unreadable> {
        let file = std::io::Cursor::new(text.as_bytes().to_vec());
        let characters = Characters::new(Box::new(file), Encoding::Utf8);
        let mut machine = Machine::new(characters, Dialect::new(reading, rules));
        let mut rows = Vec::new();
        while let Some(record) = machine.next()? {
            rows.push(record.cells.into_iter().map(|cell| cell.text).collect());
        }
        Ok(rows)
    }

    fn rows(text: &str, reading: &Reading) -> Vec<Vec<String>> {
        read(text, reading, &Rules::default()).unwrap()
    }

    fn faulty(text: &str, reading: &Reading, fault: Fault) -> Vec<Vec<String>> {
        read(text, reading, &Rules::with(fault)).unwrap()
    }

    fn doubling() -> Reading {
        Reading {
            escape: Some('"'),
            ..Reading::default()
        }
    }

    #[test]
    fn quotes_escapes_and_line_ends_inside_quotes_are_text() {
        let text = "a,\"b,\\\"c\\\"\\\\\",\"d\ne\"\r\n\n,\"\",x\\y";
        assert_eq!(
            rows(text, &Reading::default()),
            [["a", "b,\"c\"\\", "d\ne"], ["", "", "x\\y"]]
        );
    }

    #[test]
    fn quotes_are_doubled_where_the_escape_is_the_quote() {
        assert_eq!(
            rows("\"a\"\"b\",\"\"\"\"\n\"\\\",c\n", &doubling()),
            [["a\"b", "\""], ["\\", "c"]]
        );
    }

    #[test]
    fn a_delimiter_may_have_several_characters_and_a_quote_may_be_nul() {
        let reading = Reading {
            delimiter: "||".to_owned(),
            quote: Some('\0'),
            ..Reading::default()
        };
        assert_eq!(
            rows("a|b||\0c||d\0||\"e\"\n", &reading),
            [["a|b", "c||d", "\"e\""]]
        );
        let none = Reading {
            quote: None,
            ..Reading::default()
        };
        assert_eq!(rows("\"a,b\"\n", &none), [["\"a", "b\""]]);
    }

    #[test]
    fn an_escape_of_the_escape_of_its_own_is_understood() {
        let reading = Reading {
            char_to_escape_quote_escaping: Some('^'),
            ..Reading::default()
        };
        let text = "\"a,^\\\",b\n\"^\\\"\",c\n\"\\\"^^\\d\",\"\"\n";
        assert_eq!(
            rows(text, &reading),
            [["a,\\", "b"], ["^\"", "c"], ["\"^\\d", ""]]
        );
    }

    #[test]
    fn what_breaks_off_inside_quotes_or_goes_on_after_them_is_an_error() {
        for text in ["a,\"b", "a,\"b\\\"", "a,\"b\"c\n", "a,\"b\\"] {
            let all = read(text, &Reading::default(), &Rules::default());
            assert!(all.is_err(), "{text}");
        }
    }

    #[test]
    fn every_fault_misreads_what_it_says_and_no_more() {
        let reading = Reading::default();
        let plain = "a,b\n\"c d\",e\n";
        let wide = Reading {
            delimiter: "||".to_owned(),
            ..Reading::default()
        };
        for (text, reading, fault, wrong) in [
            ("a;b,c", &wide, Fault::CommaOnly, vec!["a;b", "c"]),
            ("a||b", &wide, Fault::DelimiterCut, vec!["a", "", "b"]),
            ("\"a\\\"b\"", &reading, Fault::EscapeIgnored, vec!["a\\b\""]),
            (
                "\"a\\\\b\"",
                &reading,
                Fault::EscapeOfEscapeIgnored,
                vec!["a\\\\b"],
            ),
            (
                "\"a\"\"b\"",
                &doubling(),
                Fault::DoublingIgnored,
                vec!["a\"b\""],
            ),
            (
                "\"a,b\"",
                &reading,
                Fault::DelimiterInQuotesSplits,
                vec!["a", "b\""],
            ),
        ] {
            assert_eq!(faulty(text, reading, fault), [wrong], "{fault}");
        }
        for fault in [
            Fault::EscapeIgnored,
            Fault::EscapeOfEscapeIgnored,
            Fault::DelimiterInQuotesSplits,
            Fault::NewlineInQuotesSplits,
        ] {
            assert_eq!(
                faulty(plain, &reading, fault),
                rows(plain, &reading),
                "{fault}"
            );
        }
        assert_eq!(
            faulty("\"a\nb\"", &reading, Fault::NewlineInQuotesSplits),
            [["a"], ["b\""]]
        );
    }
}
