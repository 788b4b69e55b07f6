//! Rows as lines of JSON on their way out, with the harmless differences of a platform.

use std::io;

use axum::body::Bytes;
use tokio::sync::mpsc::Sender;

use crate::emulator::ingest::row::{Cell, Row};
use crate::emulator::ingest::rules::Rules;
use crate::emulator::ingest::variation::Variation;

/// Bytes that are sent together.
const PIECE: usize = 1 << 16;
/// Rows that change places with each other.
const WINDOW: usize = 1000;
/// The most digits of a number that every reader of JSON keeps.
const DIGITS: usize = 15;

/// Where lines go.
pub(crate) struct Lines {
    sender: Sender<io::Result<Bytes>>,
    rules: Rules,
    held: Vec<String>,
    buffer: String,
    lines: u64,
}

impl Lines {
    pub(crate) fn new(sender: Sender<io::Result<Bytes>>, rules: &Rules) -> Self {
        Self {
            sender,
            rules: rules.clone(),
            held: Vec::new(),
            buffer: String::new(),
            lines: 0,
        }
    }

    /// Sends a row.
    pub(crate) fn row(&mut self, mut row: Row) -> io::Result<()> {
        if self.rules.varies(Variation::ColumnsReversed) {
            row.names = row.names.iter().rev().cloned().collect();
            row.cells.reverse();
        }
        if self.rules.varies(Variation::NumbersAsNumbers) {
            row.cells = row.cells.into_iter().map(number).collect();
        }
        let mut line = String::new();
        row.write(&mut line);
        self.line(line)
    }

    /// Sends a line.
    pub(crate) fn line(&mut self, line: String) -> io::Result<()> {
        if !self.rules.varies(Variation::RowsReordered) {
            return self.write(&line);
        }
        self.held.push(line);
        match self.held.len() < WINDOW {
            true => Ok(()),
            false => self.release(),
        }
    }

    /// Sends what is still here.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.release()?;
        if self.rules.varies(Variation::JsonArray) {
            let begin = if self.lines == 0 { "[" } else { "" };
            self.buffer.push_str(begin);
            self.buffer.push_str("]\n");
        }
        self.send()
    }

    fn release(&mut self) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        held.iter().rev().try_for_each(|line| self.write(line))
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        let in_array = self.rules.varies(Variation::JsonArray);
        let before = match (in_array, self.lines) {
            (false, _) => "",
            (true, 0) => "[",
            (true, _) => ",\n",
        };
        self.buffer.push_str(before);
        self.buffer.push_str(line);
        if !in_array {
            self.buffer.push('\n');
        }
        self.lines = self.lines.saturating_add(1);
        match self.buffer.len() < PIECE {
            true => Ok(()),
            false => self.send(),
        }
    }

    fn send(&mut self) -> io::Result<()> {
        let piece = Bytes::from(std::mem::take(&mut self.buffer));
        if piece.is_empty() {
            return Ok(());
        }
        let sent = self.sender.blocking_send(Ok(piece));
        sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// Text that is a whole number as it would be printed, as a number.
fn number(cell: Cell) -> Cell {
    match cell {
        Cell::Text(text) if is_number(&text) => Cell::Json(text),
        Cell::Text(_) | Cell::Null | Cell::Json(_) => cell,
    }
}

fn is_number(text: &str) -> bool {
    let parsed = text.parse::<i64>();
    text.len() <= DIGITS && parsed.is_ok_and(|number| number.to_string() == text)
}
