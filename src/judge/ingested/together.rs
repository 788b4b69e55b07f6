//! Judges all answers about one export together: a platform may answer file by file, or about the first of them with all.

use crate::encode::file::understood::Cell;
use crate::judge::ingested::rows::{as_written as same, counted as as_many};
use crate::judge::ingested::{Row, Told, codes, is_later, is_nothing, said, told};
use crate::model::finding::{Blame, Finding};
use crate::model::outcome::Strength;
use crate::model::record::Exchange;

/// What was exported, as it has to be understood.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// Names of the columns.
    pub columns: &'a [String],
    /// Row by row.
    pub rows: &'a [Vec<Cell>],
    /// Whether some of the rows are those of one person in several audiences.
    pub shared: bool,
    /// The rows of other exports in the same folder, under other names: an answer about the folder holds them, too.
    pub others: &'a [Vec<Cell>],
}

/// The rows were understood as they were written, and nothing else was, within so many seconds.
///
/// # Errors
/// Against the destination; against the surroundings where it could not be asked.
pub fn as_written(
    answers: &[&Exchange],
    written: Written<'_>,
    within: u64,
) -> Result<Strength, Finding> {
    let is_nothing = written.rows.is_empty() && answers.iter().all(|answer| is_nothing(answer));
    let rows = rows(answers).map(|rows| rows.or_else(|| is_nothing.then(Vec::new)));
    let judged = rows.and_then(|rows| match rows {
        Some(rows) => agrees(answers, written, &rows),
        None => Err(not_yet(answers, within)),
    });
    judged.map_err(|finding| shown(finding, answers))?;
    Ok(Strength::Observed)
}

/// There are as many rows as were written, in all answers together or in the first, within so many seconds.
///
/// # Errors
/// As [`as_written`].
pub fn counted(answers: &[&Exchange], written: usize, within: u64) -> Result<Strength, Finding> {
    let judged = rows(answers).and_then(|all| match (first(answers), all) {
        (_, None) => Err(not_yet(answers, within)),
        (Some(first), Some(_)) if first.len() == written => Ok(()),
        (_, Some(all)) => as_many(written, &all),
    });
    judged.map_err(|finding| shown(finding, answers))?;
    Ok(Strength::Observed)
}

/// A file that breaks off is refused, or nothing of it is ingested.
///
/// # Errors
/// As [`as_written`].
pub fn reported(answers: &[&Exchange]) -> Result<Strength, Finding> {
    let judged = match rows(answers) {
        Ok(Some(rows)) if rows.is_empty() => Err(codes::broken_unreported()),
        Ok(Some(rows)) => Err(codes::broken_accepted(rows.len())),
        Ok(None) => Ok(Strength::StatusOnly),
        Err(finding) if finding.blame == Blame::Destination => Ok(Strength::Observed),
        Err(finding) => Err(finding),
    };
    judged.map_err(|finding| shown(finding, answers))
}

/// Why the platform took none of what it was asked about, if so.
pub fn refusal(answers: &[&Exchange]) -> Option<Finding> {
    rows(answers).err()
}

/// Whether asking again would show nothing new: the rows are there, or they are refused. Who says "later" is asked later.
pub fn is_definite(answers: &[&Exchange], written: Written<'_>) -> bool {
    match rows(answers) {
        Ok(Some(rows)) => agrees(answers, written, &rows).is_ok(),
        Ok(None) => false,
        Err(_) => !answers.iter().any(|answer| is_later(answer)),
    }
}

/// The rows of all answers together; nothing while one of them is not there yet.
fn rows(answers: &[&Exchange]) -> Result<Option<Vec<Row>>, Finding> {
    let mut all = Vec::new();
    for answer in answers {
        match told(answer)? {
            Told::Rows(rows) => all.extend(rows),
            Told::NotYet => return Ok(None),
        }
    }
    Ok(Some(all))
}

/// The rows of the first answer.
fn first(answers: &[&Exchange]) -> Option<Vec<Row>> {
    rows(answers.get(..1)?).ok().flatten()
}

/// All answers together are what was written, with what lies beside it or without, or the first is: a platform may answer
/// about the first file of a split export with all of it.
fn agrees(answers: &[&Exchange], written: Written<'_>, all: &[Row]) -> Result<(), Finding> {
    let first = first(answers).filter(|_| answers.len() > 1);
    match first {
        Some(first) if alike(written, &first).is_ok() => Ok(()),
        Some(_) | None => alike(written, all),
    }
}

fn alike(written: Written<'_>, rows: &[Row]) -> Result<(), Finding> {
    let same = |wanted: &[Vec<Cell>]| same(written.columns, wanted, rows);
    same(written.rows).or_else(|finding| {
        // whoever is in several audiences may be told once
        let is_same = written.shared && same(&distinct(written.rows)).is_ok()
            || !written.others.is_empty() && same(&[written.rows, written.others].concat()).is_ok();
        is_same.then_some(()).ok_or(finding)
    })
}

/// The rows, each once.
fn distinct(rows: &[Vec<Cell>]) -> Vec<Vec<Cell>> {
    let mut once: Vec<Vec<Cell>> = Vec::new();
    for row in rows {
        if !once.contains(row) {
            once.push(row.clone());
        }
    }
    once
}

fn not_yet(answers: &[&Exchange], within: u64) -> Finding {
    let last = answers.last().map(|answer| said(answer));
    codes::not_yet(within, last.unwrap_or_default())
}

fn shown(finding: Finding, answers: &[&Exchange]) -> Finding {
    match answers.last() {
        Some(last) => finding.shown_by(last.reference()),
        None => finding,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::encode::file::understood::Typed;

    fn answer(status: u16, body: &str) -> Exchange {
        let request =
            json!({"method": "GET", "url": "https://api.example/", "headers": [], "body": "empty"});
        let body = json!({"text": body});
        let answer = json!({"status": status, "version": "HTTP/1.1", "headers": [], "body": body});
        let recorded = json!({
            "lane": 0, "ordinal": 3, "attempt": 1, "purpose": "observation", "at_ms": 0, "duration_us": 0,
            "act": {"http": {"request": request, "result": {"answer": answer}}},
        });
        serde_json::from_value(recorded).unwrap()
    }

    fn of(ids: &[&str]) -> Exchange {
        let rows: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
        answer(200, &Value::Array(rows).to_string())
    }

    fn cells(ids: &[&str]) -> Vec<Vec<Cell>> {
        let row = |id: &&str| {
            vec![Cell {
                texts: vec![(*id).to_owned()],
                null: false,
                typed: Typed::Text,
            }]
        };
        ids.iter().map(row).collect()
    }

    fn judged(
        answers: &[&Exchange],
        (ids, shared, others): (&[&str], bool, &[&str]),
    ) -> Option<String> {
        let columns = [String::from("id")];
        let written = Written {
            columns: &columns,
            rows: &cells(ids),
            shared,
            others: &cells(others),
        };
        let judged = as_written(answers, written, 9).err();
        assert_eq!(is_definite(answers, written), judged.is_none());
        let finding = judged?;
        assert_eq!(finding.exchange, Some(answers.last().unwrap().reference()));
        Some(finding.reason.code.to_string())
    }

    #[test]
    fn a_split_export_is_told_file_by_file_or_whole_with_the_first() {
        let (both, one, two) = (of(&["a", "b"]), of(&["a"]), of(&["b"]));
        let written: (&[&str], _, &[&str]) = (&["a", "b"], false, &[]);
        assert_eq!(judged(&[&one, &two], written), None);
        assert_eq!(judged(&[&both, &two], written), None);
        let lost = judged(&[&one, &one], written);
        assert_eq!(lost.as_deref(), Some("ingested.cell-differs"));
    }

    #[test]
    fn one_person_may_be_told_once_and_what_lies_beside_with_the_rest() {
        let once = of(&["a"]);
        assert_eq!(judged(&[&once], (&["a", "a"], true, &[])), None);
        let lost = judged(&[&once], (&["a", "a"], false, &[]));
        assert_eq!(lost.as_deref(), Some("ingested.rows-missing"));
        let beside = of(&["a", "z"]);
        assert_eq!(judged(&[&beside], (&["a"], false, &["z"])), None);
        let unsent = judged(&[&beside], (&["a"], false, &[]));
        assert_eq!(unsent.as_deref(), Some("ingested.rows-unsent"));
    }

    #[test]
    fn what_is_not_there_yet_is_neither_counted_nor_understood() {
        let (later, rows) = (answer(202, ""), of(&["a"]));
        let late = judged(&[&rows, &later], (&["a"], false, &[]));
        assert_eq!(late.as_deref(), Some("ingested.not-yet"));
        let code = |judged: Result<Strength, Finding>| judged.unwrap_err().reason.code;
        assert_eq!(code(counted(&[&later], 1, 9)), "ingested.not-yet");
        assert_eq!(counted(&[&rows], 1, 9), Ok(Strength::Observed));
        assert_eq!(code(counted(&[&rows], 2, 9)), "ingested.rows-missing");
        let nothing = answer(204, "");
        let none = Written {
            columns: &[],
            rows: &[],
            shared: false,
            others: &[],
        };
        assert_eq!(as_written(&[&nothing], none, 9), Ok(Strength::Observed));
        assert!(!is_definite(&[&nothing], none));
    }

    #[test]
    fn a_broken_file_is_reported_where_it_is_refused() {
        let code = |judged: Result<Strength, Finding>| judged.unwrap_err().reason.code;
        let (refused, later) = (answer(422, "too short"), answer(404, ""));
        assert_eq!(reported(&[&refused]), Ok(Strength::Observed));
        assert_eq!(reported(&[&later]), Ok(Strength::StatusOnly));
        assert_eq!(code(reported(&[&of(&[])])), "ingested.broken-unreported");
        assert_eq!(code(reported(&[&of(&["a"])])), "ingested.broken-accepted");
        assert_eq!(code(reported(&[&answer(500, "")])), "ingested.not-asked");
        assert_eq!(refusal(&[&later]), None);
        assert!(refusal(&[&refused]).is_some());
    }
}
