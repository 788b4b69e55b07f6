//! The rules for a cell on UTF-8 bytes, for options whose special characters are all ASCII.

use crate::encode::file::csv::general::General;
use crate::encode::file::options::CsvOptions;
use crate::encode::file::schema::Value;

/// Bytes that may end an unquoted run.
const SPECIAL: u8 = 1;
/// Bytes that cannot stand outside of quotes.
const HIT: u8 = 2;

/// Renders cells under the usual options; [`General`] renders the same ones, and the others.
#[derive(Debug)]
pub(super) struct Fast {
    pub(super) sep: u8,
    quote: u8,
    escape: u8,
    /// U+0000 for none.
    escape_escape: u8,
    comment: u8,
    line_sep: Vec<u8>,
    new_line: u8,
    classes: [u8; 256],
    quote_all: bool,
    ignore_leading: bool,
    ignore_trailing: bool,
    /// Null in the first column, and elsewhere.
    null: [Vec<u8>; 2],
    /// The same for an empty text.
    empty: [Vec<u8>; 2],
    /// Whether digits, signs and the letters of `true` and `false` are ordinary.
    plain_words: bool,
}

impl Fast {
    /// `None` where an option needs the rules in full.
    pub(super) fn new(options: &CsvOptions) -> Option<Self> {
        let ascii = |c: char| u8::try_from(c).ok().filter(u8::is_ascii);
        let mut separator = options.sep.chars();
        let sep = ascii(separator.next()?).filter(|_| separator.next().is_none())?;
        let (quote, escape, comment) = (
            ascii(options.quote)?,
            ascii(options.escape)?,
            ascii(options.comment)?,
        );
        let escape_escape = ascii(options.escape_escape.unwrap_or('\0'))?;
        let line_sep = options.line_sep.as_bytes().to_vec();
        let new_line = if let [only] = line_sep[..] {
            only
        } else {
            b'\n'
        };
        let rewrites = line_sep.len() > 1
            && ([sep, quote, escape, escape_escape].contains(&b'\n') || line_sep[1] == 0);
        // White space that is dropped behind but kept in front has a rule of its own.
        if !options.line_sep.is_ascii()
            || rewrites
            || (options.ignore_trailing && !options.ignore_leading)
        {
            return None;
        }
        let mut classes = [0; 256];
        classes[usize::from(quote)] |= SPECIAL;
        classes[usize::from(escape)] |= SPECIAL;
        let quote_hits = options.escape_quotes.then_some(quote);
        for byte in [sep, b'\n', b'\r', new_line]
            .into_iter()
            .chain(line_sep.iter().copied())
            .chain(quote_hits)
        {
            classes[usize::from(byte)] |= HIT;
        }
        let ordinary = |byte: &u8| classes[usize::from(*byte)] == 0 && *byte != comment;
        let plain_words = !options.quote_all && b"-0123456789aeflrstu".iter().all(ordinary);
        Some(Self {
            sep,
            quote,
            escape,
            escape_escape,
            comment,
            line_sep,
            new_line,
            classes,
            quote_all: options.quote_all,
            ignore_leading: options.ignore_leading,
            ignore_trailing: options.ignore_trailing,
            null: rendered(
                options,
                if options.legacy_null {
                    Some(&options.null_value)
                } else {
                    None
                },
            ),
            empty: rendered(options, Some("")),
            plain_words,
        })
    }

    pub(super) fn push_null(&self, first: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.null[usize::from(!first)]);
    }

    /// Whether a value's text is sure to need neither quotes nor trimming.
    pub(super) fn writes_plainly(&self, value: &Value) -> bool {
        self.plain_words
            && matches!(
                value,
                Value::BigInt(_)
                    | Value::Boolean(_)
                    | Value::Int(_)
                    | Value::SmallInt(_)
                    | Value::TinyInt(_)
            )
    }

    /// Appends a cell of data.
    pub(super) fn push_cell(&self, text: &[u8], first: bool, out: &mut Vec<u8>) {
        let start = match text {
            [] => return out.extend_from_slice(&self.empty[usize::from(!first)]),
            [byte, ..] if self.ignore_leading && is_white(*byte) => {
                text.iter().position(|&byte| !is_white(byte))
            }
            _ => Some(0),
        };
        let Some(start) = start else {
            return out.extend_from_slice(&self.empty[usize::from(!first)]);
        };
        let body = &text[start..];
        if self.quote_all || body[0] == self.quote || (first && text[0] == self.comment) {
            return self.push_quoted(body, 0, out);
        }
        let Some(at) = self.find(body, SPECIAL | HIT) else {
            return self.push_raw(body, out);
        };
        if self.classes[usize::from(body[at])] & SPECIAL != 0
            && self.find(&body[at..], HIT).is_none()
        {
            return self.push_raw(body, out);
        }
        self.push_quoted(body, at, out);
    }

    /// The first byte of the given classes.
    fn find(&self, text: &[u8], classes: u8) -> Option<usize> {
        let hit = |byte: u8| self.classes[usize::from(byte)] & classes;
        let mut chunks = text.chunks_exact(8);
        let mut before = 0;
        for chunk in &mut chunks {
            if chunk.iter().fold(0, |seen, &byte| seen | hit(byte)) != 0 {
                break;
            }
            before += 8;
        }
        text[before..]
            .iter()
            .position(|&byte| hit(byte) != 0)
            .map(|at| before + at)
    }

    fn push_raw(&self, text: &[u8], out: &mut Vec<u8>) {
        let mut end = text.len();
        if self.ignore_trailing {
            while end > 0 && is_white(text[end - 1]) {
                end -= 1;
            }
        }
        out.extend_from_slice(&text[..end]);
    }

    /// Quotes a text whose first `ordinary` bytes need no escape.
    #[cold]
    fn push_quoted(&self, text: &[u8], ordinary: usize, out: &mut Vec<u8>) {
        out.push(self.quote);
        let start = out.len();
        out.extend_from_slice(&text[..ordinary]);
        for &byte in &text[ordinary..] {
            if byte == self.quote {
                out.push(self.escape);
            } else if byte == self.escape && self.escape_escape != 0 {
                out.push(self.escape_escape);
            }
            if byte == self.new_line {
                out.extend_from_slice(&self.line_sep);
            } else {
                out.push(byte);
            }
        }
        if self.ignore_trailing && text.last().is_some_and(|&byte| is_white(byte)) {
            while out.len() > start && out.last().is_some_and(|&byte| is_white(byte)) {
                out.pop();
            }
        }
        out.push(self.quote);
    }
}

/// What the rules in full make of a value, in the first column and elsewhere.
fn rendered(options: &CsvOptions, value: Option<&str>) -> [Vec<u8>; 2] {
    let mut general = General::new(options);
    [true, false].map(|first| general.lone_cell(value, first))
}

fn is_white(byte: u8) -> bool {
    byte <= 0x20
}
