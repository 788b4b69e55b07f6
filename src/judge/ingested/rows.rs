//! Finds the rows that were written among those that were understood, whatever their order, in a time that no answer can
//! draw out.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::encode::file::understood::{Cell, Typed};
use crate::judge::ingested::{SHOWN, codes};
use crate::judge::spelling::is_understood;
use crate::model::finding::Finding;

/// Signs of a text that is long.
const LONG: usize = 255;

/// Rows that are compared with each other at most; more are counted only.
const MOST: usize = 5_000;

/// Comparisons of two rows at most: rows that are found by a text take one each.
const COMPARISONS: usize = 2_000_000;

/// The rows that were understood are those that were written.
///
/// # Errors
/// Against the destination: the first cell that differs, by the class of its text; rows that are missing or too many.
pub fn as_written(
    columns: &[String],
    written: &[Vec<Cell>],
    understood: &[Map<String, Value>],
) -> Result<(), Finding> {
    if let (Some(first), false) = (understood.first(), written.is_empty()) {
        for column in columns {
            // what is null may be left out, but not of every row
            if !understood.iter().any(|row| row.contains_key(column))
                && has_value(columns, column, written)
            {
                let names: Vec<String> = first.keys().map(|name| format!("`{name}`")).collect();
                return Err(codes::column_missing(column, names.join(", ")));
            }
        }
    }
    if written.len() > MOST {
        return counted(written.len(), understood);
    }
    let mut search = Search::new(columns, written, understood);
    let lost: Vec<&Vec<Cell>> = written.iter().filter(|row| !search.takes(row)).collect();
    search.comparisons = COMPARISONS;
    if let Some(finding) = lost.iter().find_map(|row| search.nearest(row)) {
        return Err(finding);
    }
    if !lost.is_empty() {
        return Err(codes::rows_missing(
            lost.len(),
            written.len(),
            understood.len(),
        ));
    }
    let mut left = search.left();
    match left.next() {
        Some(row) => Err(unsent(row, left.count() + 1, written.len())),
        None => Ok(()),
    }
}

/// Which rows were understood, each taken once.
struct Search<'a> {
    columns: &'a [String],
    understood: &'a [Map<String, Value>],
    taken: Vec<bool>,
    /// Place of the column that tells rows apart.
    telling: usize,
    /// Places of the rows that have a text there.
    places: HashMap<&'a str, Vec<usize>>,
    /// Comparisons that are left.
    comparisons: usize,
}

impl<'a> Search<'a> {
    fn new(
        columns: &'a [String],
        written: &[Vec<Cell>],
        understood: &'a [Map<String, Value>],
    ) -> Self {
        let telling = telling(columns.len(), written);
        let name = columns.get(telling).map_or("", String::as_str);
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, row) in understood.iter().enumerate() {
            if let Some(text) = row.get(name).and_then(Value::as_str) {
                places.entry(text).or_default().push(place);
            }
        }
        Self {
            columns,
            understood,
            taken: vec![false; understood.len()],
            telling,
            places,
            comparisons: COMPARISONS,
        }
    }

    /// The rows that are not taken.
    fn left(&self) -> impl Iterator<Item = &'a Map<String, Value>> {
        let all = self.understood.iter().zip(&self.taken);
        all.filter(|(_, taken)| !**taken).map(|(row, _)| row)
    }

    /// Whether the row was understood; it is taken.
    fn takes(&mut self, row: &[Cell]) -> bool {
        let texts = row.get(self.telling).map_or(&[][..], |cell| &cell.texts);
        let places = texts
            .iter()
            .filter_map(|text| self.places.get(text.as_str()));
        let places: Vec<usize> = places.flatten().copied().collect();
        // what has a type is the same in other words, too
        let found = self.first(row, places.into_iter());
        let found = found.or_else(|| self.first(row, 0..self.understood.len()));
        if let Some(taken) = found.and_then(|place| self.taken.get_mut(place)) {
            *taken = true;
        }
        found.is_some()
    }

    /// The first of these places with the row that nobody has taken.
    fn first(&mut self, row: &[Cell], mut places: impl Iterator<Item = usize>) -> Option<usize> {
        places.find(|place| {
            let is_free = self.taken.get(*place) == Some(&false) && self.may_compare();
            let seen = self.understood.get(*place).filter(|_| is_free);
            seen.is_some_and(|seen| differing(self.columns, row, seen).next().is_none())
        })
    }

    fn may_compare(&mut self) -> bool {
        let left = self.comparisons.checked_sub(1);
        self.comparisons = left.unwrap_or_default();
        left.is_some()
    }

    /// The finding about the cell in which the most similar row differs; nothing where no row is similar.
    fn nearest(&mut self, row: &[Cell]) -> Option<Finding> {
        let left: Vec<_> = self.left().take(self.comparisons).collect();
        self.comparisons -= left.len();
        let differing = |seen| differing(self.columns, row, seen);
        let seen = left
            .into_iter()
            .min_by_key(|seen| differing(seen).count())?;
        // a row of which hardly a cell is the same is another row
        if differing(seen).count() * 2 > self.columns.len().max(2) {
            return None;
        }
        let at = differing(seen).next()?;
        let (column, cell) = (self.columns.get(at)?, row.get(at)?);
        let wanted = match cell.texts.first() {
            Some(text) if !(cell.null && text.is_empty()) => quoted(text),
            Some(_) | None => String::from("null"),
        };
        let received = seen
            .get(column)
            .map_or_else(|| String::from("nothing"), short);
        Some(codes::cell_differs(column, class(cell), wanted, received))
    }
}

/// The place of the column with the most texts that differ.
fn telling(columns: usize, written: &[Vec<Cell>]) -> usize {
    let texts = |at: usize| {
        let cells = written.iter().filter_map(move |row| row.get(at));
        let texts: HashSet<_> = cells.filter_map(|cell| cell.texts.first()).collect();
        texts.len()
    };
    (0..columns).max_by_key(|at| texts(*at)).unwrap_or_default()
}

pub(super) fn unsent(row: &Map<String, Value>, unsent: usize, written: usize) -> Finding {
    let row = Value::Object(row.clone()).to_string();
    let shown: String = row.chars().take(SHOWN).collect();
    codes::rows_unsent(unsent, written, format!("`{shown}`"))
}

fn has_value(columns: &[String], column: &str, written: &[Vec<Cell>]) -> bool {
    let at = columns.iter().position(|name| name == column);
    at.is_some_and(|at| {
        let cells = written.iter().filter_map(|row| row.get(at));
        cells.into_iter().any(|cell| !cell.null)
    })
}

/// There are as many rows as were written.
///
/// # Errors
/// Against the destination.
pub fn counted(written: usize, understood: &[Map<String, Value>]) -> Result<(), Finding> {
    match understood.len() {
        seen if seen < written => Err(codes::rows_missing(written - seen, written, seen)),
        seen if seen > written => Err(codes::rows_unsent(
            seen - written,
            written,
            "rows of other files",
        )),
        _ => Ok(()),
    }
}

fn quoted(text: &str) -> String {
    short(&Value::String(text.to_owned()))
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    let cut: String = text.chars().take(SHOWN).collect();
    let dots = if cut.len() < text.len() { "…" } else { "" };
    format!("`{cut}{dots}`")
}

/// Places of the columns in which a row differs.
fn differing(
    columns: &[String],
    row: &[Cell],
    seen: &Map<String, Value>,
) -> impl Iterator<Item = usize> {
    let cells = columns.iter().zip(row).enumerate();
    let differs = |(_, (column, cell)): &(_, (&String, &Cell))| {
        !is_understood(cell, seen.get(column.as_str()))
    };
    cells.filter(differs).map(|(at, _)| at)
}

/// What is particular about a cell's text: the most telling first.
fn class(cell: &Cell) -> &'static str {
    let Some(text) = cell.texts.first() else {
        return codes::NULL;
    };
    let has = |sign: char| text.contains(sign);
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if matches!(cell.typed, Typed::Time(_)) {
        codes::DATE
    } else if text.is_empty() {
        if cell.null { codes::NULL } else { codes::EMPTY }
    } else if text.trim() != text {
        codes::BLANKS
    } else if has('\n') || has('\r') {
        codes::LINE_BREAK
    } else if text.chars().count() > LONG {
        codes::LONG
    } else if has('"') {
        codes::QUOTE
    } else if has('\\') {
        codes::ESCAPE
    } else if text.contains([',', ';', '|', '\t']) {
        codes::SEPARATOR
    } else if text.chars().any(|c| c > '\u{ffff}') {
        codes::BEYOND_BMP
    } else if !text.is_ascii() {
        codes::NON_ASCII
    } else if text.eq_ignore_ascii_case("null") {
        codes::NULL_WORD
    } else if digits && text.starts_with('0') {
        codes::ZEROS
    } else if text.parse::<f64>().is_ok() {
        codes::NUMBER
    } else {
        codes::PLAIN
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        Cell {
            texts: vec![text.to_owned()],
            null: false,
            typed: Typed::Text,
        }
    }

    fn rows(count: usize) -> Vec<Vec<Cell>> {
        let row = |n: usize| vec![cell("a"), cell(&n.to_string())];
        (0..count).map(row).collect()
    }

    fn understood(texts: impl Iterator<Item = usize>) -> Vec<Map<String, Value>> {
        let row = |n: usize| serde_json::json!({"kind": "a", "id": n.to_string()});
        let rows = texts.map(|n| row(n).as_object().unwrap().clone());
        rows.collect()
    }

    fn judged(written: usize, seen: &[Map<String, Value>]) -> (Option<String>, usize) {
        let (columns, written) = (["kind", "id"].map(str::to_owned), rows(written));
        let mut search = Search::new(&columns, &written, seen);
        assert_eq!(search.telling, 1);
        for row in &written {
            search.takes(row);
        }
        let found = as_written(&columns, &written, seen).err();
        let code = found.map(|finding| finding.reason.code.to_string());
        (code, COMPARISONS - search.comparisons)
    }

    #[test]
    fn rows_in_any_order_are_compared_once_each() {
        let seen = understood((0..MOST).rev());
        assert_eq!(judged(MOST, &seen), (None, MOST));
    }

    #[test]
    fn an_answer_of_many_rows_that_nobody_wrote_is_compared_a_limited_number_of_times() {
        let seen = understood((0..20_000).map(|n| n + MOST));
        let lost = Some(String::from("ingested.cell-differs"));
        assert_eq!(judged(1_200, &seen), (lost, COMPARISONS));
        let seen = understood(0..20_000);
        let unsent = Some(String::from("ingested.rows-unsent"));
        assert_eq!(judged(1_200, &seen), (unsent, 1_200));
    }
}
