//! The types that a platform takes a column of texts for, where all its cells look like it: what readers of CSV do that
//! are not told the types.

use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::moment;
use crate::emulator::ingest::row::{Cell, Row, Rows};
use crate::emulator::ingest::rules::Rules;

/// A text as one of that type; nothing where it is none.
type Typing = fn(&str) -> Option<Cell>;

const TYPES: [(Fault, Typing); 3] = [
    (Fault::NumberColumnsInferred, number),
    (Fault::TruthColumnsInferred, truth),
    (Fault::TimeColumnsInferred, time),
];

/// The rows with the columns that a fault infers; what breaks off stays as it is.
pub(crate) fn inferred(rows: Rows, rules: &Rules) -> Rows {
    let in_force = TYPES.iter().filter(|(fault, _)| rules.has(*fault));
    let typings: Vec<Typing> = in_force.map(|(_, typing)| *typing).collect();
    if typings.is_empty() {
        return rows;
    }
    let mut all: Vec<Row> = Vec::new();
    for row in rows {
        match row {
            Ok(row) => all.push(row),
            Err(reason) => {
                let read = all.into_iter().map(Ok);
                return Box::new(read.chain(std::iter::once(Err(reason))));
            }
        }
    }
    for typing in typings {
        let width = all.first().map_or(0, |row| row.cells.len());
        (0..width).for_each(|place| infer(&mut all, place, typing));
    }
    Box::new(all.into_iter().map(Ok))
}

/// Types a column where each of its texts has that type; cells without a value are of any.
fn infer(rows: &mut [Row], place: usize, typing: Typing) {
    let typed = |row: &Row| match row.cells.get(place) {
        Some(Cell::Text(text)) => typing(text),
        Some(cell @ (Cell::Null | Cell::Json(_))) => Some(cell.clone()),
        None => None,
    };
    let column: Option<Vec<Cell>> = rows.iter().map(typed).collect();
    for (row, typed) in rows.iter_mut().zip(column.unwrap_or_default()) {
        if let Some(cell) = row.cells.get_mut(place) {
            *cell = typed;
        }
    }
}

/// Whole where it fits, of 64 bits with a floating point where not.
fn number(text: &str) -> Option<Cell> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return None;
    }
    let whole = text.parse::<i64>().map(|whole| whole.to_string());
    let number = whole.or_else(|_| text.parse().map(|number: f64| number.to_string()));
    let finite = |text: &String| text.ends_with(|c: char| c.is_ascii_digit());
    number.ok().filter(finite).map(Cell::Json)
}

/// As Python writes it.
fn truth(text: &str) -> Option<Cell> {
    let said = match text {
        "true" => "True",
        "false" => "False",
        _ => return None,
    };
    Some(Cell::Text(said.to_owned()))
}

/// As many databases write it: a date at midnight, no `T`, no zone.
fn time(text: &str) -> Option<Cell> {
    let time = match moment::is_date(text) {
        true => format!("{text} 00:00:00"),
        false => moment::to_the_second(text)?.replacen('T', " ", 1),
    };
    Some(Cell::Text(time))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    /// The JSON of rows of two columns, read with a fault.
    fn read(rows: &[[&str; 2]], fault: Fault) -> Vec<String> {
        let row = |[first, second]: &[&str; 2]| Row {
            names: ["a", "b"].map(str::to_owned).into(),
            cells: [*first, *second]
                .map(|text| Cell::Text(text.to_owned()))
                .into(),
        };
        let rows: Vec<Row> = rows.iter().map(row).collect();
        let read = inferred(Box::new(rows.into_iter().map(Ok)), &Rules::with(fault));
        let json = |row: Row| {
            let mut json = String::new();
            row.write(&mut json);
            json
        };
        read.map(|row| json(row.unwrap())).collect()
    }

    #[test]
    fn a_column_has_the_type_that_all_its_cells_have() {
        for (fault, texts, expected) in [
            (
                Fault::NumberColumnsInferred,
                ["007", "1e5"],
                ["7", "100000"],
            ),
            (
                Fault::TruthColumnsInferred,
                ["true", "false"],
                ["\"True\"", "\"False\""],
            ),
            (
                Fault::TimeColumnsInferred,
                ["2026-03-02", "2026-01-15T10:30:00Z"],
                ["\"2026-03-02 00:00:00\"", "\"2026-01-15 10:30:00\""],
            ),
        ] {
            let [first, second] = texts;
            let rows = [[first, "x"], [second, first]];
            let kept = [
                format!(r#"{{"a":{},"b":"x"}}"#, expected[0]),
                format!(r#"{{"a":{},"b":"{first}"}}"#, expected[1]),
            ];
            assert_eq!(read(&rows, fault), kept, "{fault}");
        }
    }

    #[test]
    fn what_is_no_number_in_json_is_none() {
        let rows = [["-inf", "1,5"], ["1", "2"]];
        let kept = [r#"{"a":"-inf","b":"1,5"}"#, r#"{"a":"1","b":"2"}"#];
        assert_eq!(read(&rows, Fault::NumberColumnsInferred), kept);
    }
}
