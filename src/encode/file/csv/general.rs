//! The rules for a cell in full, in UTF-16 units as the original counts them (writer rules, section 2).

use crate::encode::file::options::CsvOptions;

/// Renders rows under any options.
#[derive(Debug)]
pub(super) struct General {
    quote: u16,
    escape: u16,
    /// U+0000 for none.
    escape_escape: u16,
    comment: u16,
    sep: Vec<u16>,
    line_sep: Vec<u16>,
    /// What counts as a line feed inside of values.
    new_line: u16,
    triggers: Vec<u16>,
    quote_all: bool,
    ignore_leading: bool,
    ignore_trailing: bool,
    null_value: Vec<u16>,
    empty_value: Vec<u16>,
    row: Vec<u16>,
    column: usize,
    value: Vec<u16>,
    cell: Cell,
}

/// The text of one cell; its last units may be marked to be dropped.
#[derive(Debug, Default)]
struct Cell {
    units: Vec<u16>,
    dropped: usize,
}

impl Cell {
    fn len(&self) -> usize {
        self.units.len() - self.dropped
    }

    fn recount_white(&mut self) {
        self.dropped = self
            .units
            .iter()
            .rev()
            .take_while(|&&unit| is_white(unit))
            .count();
    }
}

/// How one text goes into a cell.
#[derive(Clone, Copy)]
struct Manner {
    quoted: bool,
    trims: bool,
    /// Whether the text stands for null or for an empty value.
    stands_in: bool,
}

impl General {
    pub(super) fn new(options: &CsvOptions) -> Self {
        let line_sep: Vec<u16> = options.line_sep.encode_utf16().collect();
        let new_line = if let [only] = line_sep[..] {
            only
        } else {
            u16::from(b'\n')
        };
        let quote = unit(options.quote);
        let mut triggers = vec![u16::from(b'\n'), u16::from(b'\r'), new_line];
        triggers.extend(&line_sep);
        triggers.extend(options.escape_quotes.then_some(quote));
        Self {
            quote,
            escape: unit(options.escape),
            escape_escape: options.escape_escape.map_or(0, unit),
            comment: unit(options.comment),
            sep: options.sep.encode_utf16().collect(),
            line_sep,
            new_line,
            triggers,
            quote_all: options.quote_all,
            ignore_leading: options.ignore_leading,
            ignore_trailing: options.ignore_trailing,
            null_value: options.null_value.encode_utf16().collect(),
            empty_value: options.empty_value.encode_utf16().collect(),
            row: Vec::new(),
            column: 0,
            value: Vec::new(),
            cell: Cell::default(),
        }
    }

    pub(super) fn start_row(&mut self) {
        self.row.clear();
        self.column = 0;
    }

    /// Appends the row in UTF-8; a row without any text is not written at all.
    pub(super) fn end_row(&mut self, out: &mut Vec<u8>) {
        if self.row.is_empty() {
            return;
        }
        push_unit(self.new_line, self.new_line, &self.line_sep, &mut self.row);
        for c in char::decode_utf16(self.row.iter().copied()) {
            out.extend_from_slice(c.unwrap_or('?').encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    /// Appends a cell to the row; `None` is null. Column names that are exempt from trimming have `trims` off.
    pub(super) fn push_cell(&mut self, value: Option<&str>, trims: bool) {
        if self.column > 0 {
            self.push_sep();
        }
        let mut text = std::mem::take(&mut self.value);
        let stands_in = self.choose(value, &mut text);
        self.cell.units.clear();
        self.cell.dropped = 0;
        let quoted = self.fill(
            &text,
            Manner {
                quoted: self.quote_all,
                trims,
                stands_in,
            },
        );
        // Everything was dropped: the text for an empty value goes behind it.
        if self.cell.len() == 0 && !stands_in {
            text.clear();
            text.extend(&self.empty_value);
            self.fill(
                &text,
                Manner {
                    quoted,
                    trims,
                    stands_in,
                },
            );
        }
        self.value = text;
        let end = self.cell.len();
        if quoted {
            push_unit(self.quote, self.new_line, &self.line_sep, &mut self.row);
        }
        self.row.extend(&self.cell.units[..end]);
        if quoted {
            push_unit(self.quote, self.new_line, &self.line_sep, &mut self.row);
        }
        self.column += 1;
    }

    /// One cell alone, in UTF-8, as it is in the first column or elsewhere.
    pub(super) fn lone_cell(&mut self, value: Option<&str>, first: bool) -> Vec<u8> {
        self.start_row();
        if !first {
            self.push_cell(Some("x"), true);
        }
        let before = self.row.len() + if first { 0 } else { self.sep.len() };
        self.push_cell(value, true);
        String::from_utf16_lossy(&self.row[before..]).into_bytes()
    }

    fn push_sep(&mut self) {
        for &unit in &self.sep {
            push_unit(unit, self.new_line, &self.line_sep, &mut self.row);
        }
    }

    /// The text to write, and whether it stands for null or for an empty value.
    fn choose(&self, value: Option<&str>, text: &mut Vec<u16>) -> bool {
        text.clear();
        let Some(value) = value else {
            text.extend(&self.null_value);
            return true;
        };
        text.extend(value.encode_utf16());
        if text.is_empty() || (self.ignore_leading && text.iter().all(|&unit| is_white(unit))) {
            text.clear();
            text.extend(&self.empty_value);
            return true;
        }
        false
    }

    /// Puts a text into the cell; whether the cell is quoted.
    fn fill(&mut self, text: &[u16], manner: Manner) -> bool {
        let start = if manner.trims && self.ignore_leading {
            text.iter()
                .position(|&unit| !is_white(unit))
                .unwrap_or(text.len())
        } else {
            0
        };
        let opens = text.get(start).is_some_and(|&unit| {
            unit == self.quote || (self.column == 0 && text[0] == self.comment)
        });
        if manner.quoted || opens {
            let wrapped = text.first() == Some(&self.quote) && text.last() == Some(&self.quote);
            if manner.stands_in && text.len() >= 2 && wrapped {
                self.cell.units.extend(text);
                return false;
            }
            self.quote_from(start, text, manner.trims);
            return true;
        }
        let Some(at) =
            (start..text.len()).find(|&at| self.is_special(text[at]) || self.hits(text, at))
        else {
            self.cell.units.extend(&text[start..]);
            self.drop_white(text[start..].last(), manner.trims);
            return false;
        };
        if self.is_special(text[at]) && !(at..text.len()).any(|later| self.hits(text, later)) {
            self.cell.units.extend(&text[start..]);
            self.drop_white(text.last(), manner.trims);
            return false;
        }
        self.cell.units.extend(&text[start..at]);
        self.quote_from(at, text, manner.trims);
        true
    }

    fn is_special(&self, unit: u16) -> bool {
        unit == self.quote || unit == self.escape
    }

    /// Whether a separator starts here, or the unit cannot stand outside of quotes.
    fn hits(&self, text: &[u16], at: usize) -> bool {
        text[at..].starts_with(&self.sep) || self.triggers.contains(&text[at])
    }

    fn quote_from(&mut self, from: usize, text: &[u16], trims: bool) {
        for &unit in &text[from..] {
            let before = if unit == self.quote {
                Some(self.escape)
            } else if unit == self.escape {
                Some(self.escape_escape).filter(|&escape| escape != 0)
            } else {
                None
            };
            for unit in before.into_iter().chain([unit]) {
                push_unit(unit, self.new_line, &self.line_sep, &mut self.cell.units);
            }
        }
        self.drop_white(text[from..].last(), trims);
    }

    /// After a text whose last unit is white, or that has none, white units at the cell's end are dropped.
    fn drop_white(&mut self, last: Option<&u16>, trims: bool) {
        if trims && self.ignore_trailing && last.is_none_or(|&unit| is_white(unit)) {
            self.cell.recount_white();
        }
    }
}

/// Appends a unit; a line feed becomes the line separator, whose second unit counts only if it is not U+0000.
fn push_unit(unit: u16, new_line: u16, line_sep: &[u16], out: &mut Vec<u16>) {
    if unit == new_line {
        out.extend(
            line_sep
                .iter()
                .enumerate()
                .filter(|&(at, &unit)| at == 0 || unit != 0)
                .map(|(_, unit)| unit),
        );
    } else {
        out.push(unit);
    }
}

fn is_white(unit: u16) -> bool {
    unit <= 0x20
}

/// The option's one unit; options hold characters of the basic plane only.
fn unit(c: char) -> u16 {
    u16::try_from(u32::from(c)).unwrap_or(0)
}
