//! What every format is read into: rows of cells, and their JSON.

use std::sync::Arc;

use crate::emulator::ingest::error::Unreadable;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Cell {
    Null,
    Text(String),
    /// The JSON of a number, boolean, list or object, digit for digit.
    Json(String),
}

/// One row; as many cells as names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) names: Arc<[String]>,
    pub(crate) cells: Vec<Cell>,
}

/// The rows of a file, until it ends or breaks.
pub(crate) type Rows = Box<dyn Iterator<Item = Result<Row, Unreadable>>>;

impl Cell {
    /// Adds its JSON.
    pub(crate) fn write(&self, json: &mut String) {
        match self {
            Self::Null => json.push_str("null"),
            Self::Text(text) => quote(text, json),
            Self::Json(value) => json.push_str(value),
        }
    }

    /// What a person would read, nothing for null.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Null => None,
            Self::Text(text) | Self::Json(text) => Some(text),
        }
    }
}

impl Row {
    /// Adds its JSON object, without a line end.
    pub(crate) fn write(&self, json: &mut String) {
        let named = self.names.iter().map(String::as_str).zip(&self.cells);
        object(named, json);
    }

    /// The cell of a column.
    pub(crate) fn cell(&self, column: &str) -> Option<&Cell> {
        let place = self.names.iter().position(|name| name == column)?;
        self.cells.get(place)
    }
}

/// Adds a JSON object with these members, in this order.
pub(crate) fn object<'a>(members: impl Iterator<Item = (&'a str, &'a Cell)>, json: &mut String) {
    json.push('{');
    for (place, (name, cell)) in members.enumerate() {
        if place > 0 {
            json.push(',');
        }
        quote(name, json);
        json.push(':');
        cell.write(json);
    }
    json.push('}');
}

/// Adds a JSON string.
fn quote(text: &str, json: &mut String) {
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        json.push('"');
        json.push_str(text);
        json.push('"');
    } else {
        json.push_str(&serde_json::Value::from(text).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_an_object_in_the_order_of_its_columns() {
        let row = Row {
            names: ["b", "a \"x\"", "c"].map(str::to_owned).into(),
            cells: vec![
                Cell::Text("1\n".to_owned()),
                Cell::Null,
                Cell::Json("1.50".to_owned()),
            ],
        };
        let mut json = String::new();
        row.write(&mut json);
        assert_eq!(json, r#"{"b":"1\n","a \"x\"":null,"c":1.50}"#);
        assert_eq!(row.cell("c").and_then(Cell::text), Some("1.50"));
        assert_eq!(row.cell("d"), None);
    }
}
