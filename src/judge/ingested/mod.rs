//! Judges what a platform says that it understood of the files: a JSON object a row, compared cell by cell with what was
//! written. The order of rows and of columns is free. Which rows those are is found in `rows`.

mod rows;
pub mod together;

use serde_json::{Map, Value};

use crate::judge::answer::{status_line, unread_line};
use crate::judge::ingested::rows::unsent;
use crate::model::finding::Finding;
use crate::model::record::{
    Act, Answer, Body, CommandExchange, CommandResult, Exchange, Operation, StorageExchange,
    StorageResult,
};

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// A cell was understood as something else than was written.
        destination "ingested.cell-differs" cell_differs(column, class, wanted, received) {
            expected: "{@class} in column `{column}` understood as {wanted}",
            received: "{received}",
            remedy: "read the files as `fileConfigurations` says: `destspec render file --explain` shows every option, and the files themselves",
        }
        /// A column is not among those that were understood.
        destination "ingested.column-missing" column_missing(column, received) {
            expected: "the column `{column}` in every row",
            received: "columns {received}",
            remedy: "name columns as the header of the file does; without a header, in the order of the mapping",
        }
        /// Rows that were written were not understood.
        destination "ingested.rows-missing" rows_missing(missing, written, received) {
            expected: "{written} rows",
            received: "{received}: {missing} of those that were written are missing",
            remedy: "see whether the first or the last row, a row without a line end, or the rest of a split export is lost",
        }
        /// There are rows that nobody has written.
        destination "ingested.rows-unsent" rows_unsent(unsent, written, row) {
            expected: "the {written} rows that were written and nothing else",
            received: "{unsent} more, such as {row}",
            remedy: "see whether the header, the manifest or what a name held before is read as rows",
        }
        /// Nothing was ingested within the time that the submission gives.
        destination "ingested.not-yet" not_yet(seconds, answer) {
            expected: "the rows of the files within {seconds} s",
            received: "{answer}",
            remedy: "see the log of the ingestion; where it takes longer, say so in `within_seconds` of [destination.observe.ingestion]",
        }
        /// The platform says that it cannot read the files.
        destination "ingested.refused" refused(answer) {
            expected: "files that the platform can read",
            received: "{answer}",
            remedy: "read the files as `fileConfigurations` says: format, compression and character set",
        }
        /// The answer is not a JSON object a line.
        destination "ingested.unreadable" unreadable(answer) {
            expected: "a JSON object a line for every row, or an array of them",
            received: "{answer}",
            remedy: "answer the rows as they were understood, each with the names of its columns",
        }
        /// The answer is longer than what is kept, so that it was not read.
        surroundings "ingested.too-long" too_long(bytes, most) {
            expected: "an answer of at most {most} bytes about what was ingested",
            received: "{bytes} bytes, of which only the digest was kept",
            remedy: "answer about the file or the folder that was asked about, with the columns of the file alone",
        }
        /// The platform could not be asked.
        surroundings(configuration) "ingested.not-asked" not_asked(answer) {
            expected: "an answer about what was ingested",
            received: "{answer}",
            remedy: "correct `url`, `receipt` or `command` of [destination.observe.ingestion], what it may read, `ingestion_token` in [destination.credentials], and `ca_file`",
        }
        /// A platform says that a broken file was ingested.
        destination "ingested.broken-accepted" broken_accepted(rows) {
            expected: "a broken file reported",
            received: "{rows} rows of it",
            remedy: "check what is decompressed, and tell of files that end too early",
        }
        /// A platform answers about a broken file as if it held nothing.
        destination "ingested.broken-unreported" broken_unreported() {
            expected: "a broken file reported",
            received: "an answer of no rows, as of an empty file",
            remedy: "answer 422 with the reason, or 404 while there is no whole file",
        }
        /// A cell without a value.
        term "cell.null" NULL() { "a missing value" }
        /// A text of no sign.
        term "cell.empty" EMPTY() { "an empty text" }
        /// Blanks at an end.
        term "cell.blanks" BLANKS() { "a text with blanks around" }
        /// A line feed or a carriage return.
        term "cell.line-break" LINE_BREAK() { "a text with a line break" }
        /// A quotation mark.
        term "cell.quote" QUOTE() { "a text with a quote" }
        /// A backslash.
        term "cell.escape" ESCAPE() { "a text with a backslash" }
        /// What often stands between cells.
        term "cell.separator" SEPARATOR() { "a text with a separator" }
        /// Characters beyond U+FFFF.
        term "cell.beyond-bmp" BEYOND_BMP() { "a text with characters beyond the BMP" }
        /// Characters beyond U+007F.
        term "cell.non-ascii" NON_ASCII() { "a text with characters beyond ASCII" }
        /// The word null.
        term "cell.null-word" NULL_WORD() { "a text like null" }
        /// Digits that begin with zeros.
        term "cell.zeros" ZEROS() { "digits with leading zeros" }
        /// A text that reads as a number.
        term "cell.number" NUMBER() { "a text like a number" }
        /// A date.
        term "cell.date" DATE() { "a date" }
        /// More than 255 signs.
        term "cell.long" LONG() { "a long text" }
        /// Nothing in particular.
        term "cell.plain" PLAIN() { "a plain text" }
    }
}

/// Signs of a row or cell that are shown.
const SHOWN: usize = 160;

/// A row as it was understood: its cells by column.
pub type Row = Map<String, Value>;

/// What the platform says, as far as it has something to say.
pub enum Told {
    /// Rows by column.
    Rows(Vec<Row>),
    /// It is not done yet.
    NotYet,
}

/// Reads an answer.
///
/// # Errors
/// It could not be asked, it refuses, or it says nothing that can be read.
pub fn told(exchange: &Exchange) -> Result<Told, Finding> {
    if let Some(failure) = exchange.failure() {
        return Err(codes::not_asked(&failure.text));
    }
    match &exchange.act {
        Act::Http(_) => match exchange.answer() {
            Some(answer) => answered(answer),
            None => Err(codes::not_asked("")),
        },
        Act::Storage(storage) => received(storage),
        Act::Command(command) => written(command),
    }
}

/// What was said, in one line, to those who look for more.
pub fn said(exchange: &Exchange) -> String {
    match &exchange.act {
        Act::Http(_) => exchange.answer().map(status_line).unwrap_or_default(),
        Act::Storage(_) | Act::Command(_) => exchange.summary(),
    }
}

/// A receipt that is not there says that nothing is done yet; a rejection that is there, that nothing can be.
fn received(storage: &StorageExchange) -> Result<Told, Finding> {
    let is_receipt = matches!(storage.operation, Operation::Receipt { .. });
    match (&storage.result, is_receipt) {
        (StorageResult::Text { text }, true) => {
            let unreadable = || codes::unreadable(first_line(text));
            lines(text).ok_or_else(unreadable).map(Told::Rows)
        }
        (StorageResult::Text { text }, false) => Err(codes::refused(first_line(text))),
        (StorageResult::Content { bytes, .. }, _) => {
            match usize::try_from(*bytes).is_ok_and(|bytes| bytes <= Body::OBSERVED_INLINE) {
                true => Err(codes::unreadable(format!(
                    "{bytes} bytes that are no UTF-8"
                ))),
                false => Err(codes::too_long(bytes, Body::OBSERVED_INLINE)),
            }
        }
        (result, true) if result.is_absent() => Ok(Told::NotYet),
        (result, _) => Err(codes::not_asked(result.summary())),
    }
}

/// What a command wrote and how it ended, as sysexits.h has it.
fn written(command: &CommandExchange) -> Result<Told, Finding> {
    match &command.result {
        CommandResult::Ended {
            code: 0, output, ..
        } => {
            let unreadable = || codes::unreadable(first_line(output));
            lines(output).ok_or_else(unreadable).map(Told::Rows)
        }
        CommandResult::Ended { code: 75, .. } => Ok(Told::NotYet),
        CommandResult::Ended { code: 65, .. } => Err(codes::refused(command.came())),
        CommandResult::Ended { .. } | CommandResult::Failure { .. } => {
            Err(codes::not_asked(command.came()))
        }
    }
}

fn answered(answer: &Answer) -> Result<Told, Finding> {
    match answer.status {
        200 | 203 => rows(answer).map(Told::Rows),
        202 | 204 | 404 | 425 => Ok(Told::NotYet),
        409 | 415 | 422 => Err(codes::refused(status_line(answer))),
        _ => Err(codes::not_asked(status_line(answer))),
    }
}

/// Whether an answer says that there is nothing, be it not yet or for ever.
pub fn is_nothing(exchange: &Exchange) -> bool {
    exchange.answer().is_some_and(|answer| answer.status == 204)
}

/// Whether the platform was too busy to answer, or not there, for now.
pub fn is_later(exchange: &Exchange) -> bool {
    exchange
        .answer()
        .is_some_and(|answer| matches!(answer.status, 429 | 502..=504))
}

fn rows(answer: &Answer) -> Result<Vec<Row>, Finding> {
    let unreadable = || codes::unreadable(unread_line(answer));
    let text = match answer.body.text() {
        Some(text) => text,
        None => match answer.body {
            Body::Empty => "",
            Body::Digest { bytes, .. } => {
                return Err(codes::too_long(bytes, Body::OBSERVED_INLINE));
            }
            Body::Text(_) | Body::Base64(_) | Body::Withheld(_) => return Err(unreadable()),
        },
    };
    lines(text).ok_or_else(unreadable)
}

/// The objects of a text: one a line, or an array of them.
fn lines(text: &str) -> Option<Vec<Row>> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let values: Vec<Value> = if text.starts_with('[') {
        serde_json::from_str(text).ok()?
    } else {
        let lines = serde_json::Deserializer::from_str(text).into_iter();
        lines.collect::<Result<_, _>>().ok()?
    };
    let object = |value: Value| match value {
        Value::Object(object) => Some(object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            None
        }
    };
    values.into_iter().map(object).collect()
}

fn first_line(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    line.chars().take(SHOWN).collect()
}

/// A file that is no data has no rows, whatever else is said of it; beside it so many were written.
///
/// # Errors
/// Against the destination where it has some; against the surroundings where it could not be asked.
pub fn without_rows(exchange: &Exchange, written: usize) -> Result<(), Finding> {
    let failed = exchange.answer().is_some_and(|answer| answer.status >= 500);
    match told(exchange) {
        Ok(Told::Rows(rows)) => match rows.first() {
            Some(row) => Err(unsent(row, rows.len(), written)),
            None => Ok(()),
        },
        Err(finding) if failed || exchange.failure().is_some() => Err(finding),
        Ok(Told::NotYet) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use serde_json::json;

    use super::*;
    use crate::model::digest::Digest;
    use crate::model::finding::Blame;

    fn answered(act: &Value) -> Exchange {
        let recorded = json!({
            "lane": 0, "ordinal": 0, "attempt": 1, "purpose": "observation", "act": act, "at_ms": 0, "duration_us": 0,
        });
        serde_json::from_value(recorded).unwrap()
    }

    #[test]
    fn what_is_no_data_has_no_rows_whatever_else_is_said_of_it() {
        let said = |status: u16, body: &Body| {
            let request = json!({"method": "GET", "url": "https://api.example/", "headers": [], "body": "empty"});
            let answer =
                json!({"status": status, "version": "HTTP/1.1", "headers": [], "body": body});
            let exchange =
                answered(&json!({"http": {"request": request, "result": {"answer": answer}}}));
            without_rows(&exchange, 12)
                .err()
                .map(|f| f.reason.code.to_string())
        };
        let row = Body::Text("{\"flowRunId\":1}".to_owned());
        for status in [202, 204, 400, 403, 404, 415, 422, 429] {
            assert_eq!(said(status, &row), None, "{status}");
        }
        assert_eq!(said(200, &Body::Empty), None);
        assert_eq!(said(200, &row).as_deref(), Some("ingested.rows-unsent"));
        assert_eq!(said(500, &row).as_deref(), Some("ingested.not-asked"));
    }

    #[test]
    fn what_was_not_kept_is_not_blamed_on_the_destination() {
        let (bytes, sha256) = (Body::OBSERVED_INLINE as u64 + 1, Digest::hash(""));
        let body = Body::Digest { bytes, sha256 };
        let request =
            json!({"method": "GET", "url": "https://api.example/", "headers": [], "body": "empty"});
        let answer = json!({"status": 200, "version": "HTTP/1.1", "headers": [], "body": body});
        let url = answered(&json!({"http": {"request": request, "result": {"answer": answer}}}));
        let receipt = |bytes| {
            received(&StorageExchange {
                operation: Operation::Receipt {
                    path: "a".to_owned(),
                },
                login: None,
                result: StorageResult::Content { bytes, sha256 },
                unsent: false,
            })
        };
        for told in [told(&url), receipt(bytes)] {
            let finding = told.err().unwrap();
            assert_eq!(finding.reason.code, "ingested.too-long");
            assert_eq!(finding.blame, Blame::Surroundings);
        }
        assert_eq!(receipt(9).err().unwrap().reason.code, "ingested.unreadable");
    }
}
