//! Template strings (reference 3.1.1) and where their characters are in the JSON file.

use std::ops::Range;

use crate::model::rule::Rule;
use crate::model::sdk::literal::is_template;
use crate::model::source::Place;
use crate::model::source::fields::Fields;
use crate::model::source::reader::Cursor;
use crate::model::source::suggestion::instead;
use crate::model::source::tree::Value;

/// Whether a value is a literal or a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// `NONE`: the value is a literal.
    None,
    /// `PEBBLE_V1`: the value is a template.
    PebbleV1,
}

/// A `{templatingStrategy, value}` object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateString {
    /// How to read the value.
    pub strategy: Strategy,
    /// The value, unescaped from JSON.
    pub value: String,
    /// Where it is written.
    pub origin: Origin,
}

/// Where a value is written in a JSON file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// File, and bytes of the value there; a string with its quotes.
    pub place: Place,
    /// JSON Pointer (RFC 6901) to it, e.g. `/httpTemplate/requestBody/value`.
    pub pointer: String,
}

impl TemplateString {
    /// Whether the same text comes out for every profile and customer.
    pub fn is_fixed(&self) -> bool {
        match self.strategy {
            Strategy::None => true,
            Strategy::PebbleV1 => !["{{", "{%", "{#"].iter().any(|d| self.value.contains(d)),
        }
    }

    /// Reads a template string object.
    pub(crate) fn read(cursor: &Cursor<'_>) -> Option<Self> {
        let read = Self::of_any_strategy(cursor)?;
        if read.strategy == Strategy::None && is_template(&read.value) {
            cursor.reader().report(read.origin.place.warning(
                format!(
                    "`{}` is sent as it stands: with the strategy `NONE` nothing is filled in",
                    cursor.label()
                ),
                "write `PEBBLE_V1`, or a text without `{{` and `{%`",
            ));
        }
        Some(read)
    }

    /// The same where the strategy is judged by whoever asks.
    pub(crate) fn of_any_strategy(cursor: &Cursor<'_>) -> Option<Self> {
        if let Value::String(_) = cursor.node.value {
            cursor.error(
                "expected a template string object, received a string",
                "write { \"templatingStrategy\": \"NONE\", \"value\": \"…\" }",
            );
            return None;
        }
        let fields = cursor.object()?;
        let strategy = strategy(&fields);
        let value = fields.need("value");
        fields.ignore(&["name"]);
        fields.finish();
        let value = value?;
        Some(Self {
            strategy,
            value: value.scalar()?,
            origin: Origin::of(&value),
        })
    }
}

/// The strategy; without one that is known the value is read as a template, which a text without tags is, too.
fn strategy(fields: &Fields<'_>) -> Strategy {
    const ALL: [(&str, Strategy); 2] =
        [("NONE", Strategy::None), ("PEBBLE_V1", Strategy::PebbleV1)];
    const KEY: &str = "templatingStrategy";
    let Some(cursor) = fields.get(KEY) else {
        let what = "missing `templatingStrategy`";
        let help = "add `\"templatingStrategy\": \"PEBBLE_V1\"`, or `NONE` for a fixed text";
        fields.lacks_of(Rule::TemplateStrings, KEY, what, help);
        return Strategy::PebbleV1;
    };
    if cursor.one_of_any(&ALL).is_some() {
        return cursor.one_of(&ALL).unwrap_or(Strategy::PebbleV1);
    }
    if let Some(text) = cursor.string() {
        cursor.violation(
            Rule::TemplateStrings,
            format!("expected `NONE` or `PEBBLE_V1`, received `{text}`"),
            instead(&text, &ALL.map(|(name, _)| name)),
        );
    }
    Strategy::PebbleV1
}

impl Origin {
    /// Where a value is.
    pub(crate) fn of(cursor: &Cursor<'_>) -> Self {
        Self {
            place: cursor.place(),
            pointer: cursor.pointer.clone(),
        }
    }

    /// Where line and column (both from 1, in characters) of a JSON string's text are in the file.
    ///
    /// The end of the string where it has fewer lines or columns.
    pub fn locate(&self, line: usize, column: usize) -> Place {
        let span = self.place.span.clone();
        let raw = &self.place.source.text[span.clone()];
        let inner = raw.strip_prefix('"').unwrap_or(raw);
        let inner = inner.strip_suffix('"').unwrap_or(inner);
        let start = span.start + usize::from(raw.starts_with('"'));
        let (mut at_line, mut at_column) = (1, 1);
        let mut units = Units(inner).peekable();
        let mut offset = 0;
        while let Some((length, unit)) = units.next() {
            if at_line == line && at_column >= column {
                return self.at(start + offset..start + offset + length);
            }
            offset += length;
            let crlf = unit == '\r' && units.peek().is_some_and(|(_, next)| *next == '\n');
            if (unit == '\n' || unit == '\r') && !crlf {
                if at_line == line {
                    break;
                }
                at_line += 1;
                at_column = 1;
            } else {
                at_column += 1;
            }
        }
        self.at(start + offset..start + offset)
    }

    fn at(&self, span: Range<usize>) -> Place {
        Place::new(&self.place.source, span)
    }
}

/// The characters of a JSON string as written: bytes they take, and what they mean.
struct Units<'a>(&'a str);

impl Iterator for Units<'_> {
    type Item = (usize, char);

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.0.chars().next()?;
        let (length, meaning) = if first == '\\' {
            escape(self.0)
        } else {
            (first.len_utf8(), first)
        };
        self.0 = self.0.get(length..).unwrap_or("");
        Some((length, meaning))
    }
}

/// An escape at the start of a text. A surrogate pair is one character.
fn escape(text: &str) -> (usize, char) {
    let hex = |at: usize| {
        text.get(at..at + 4)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
    };
    match text.as_bytes().get(1) {
        Some(b'n') => (2, '\n'),
        Some(b'r') => (2, '\r'),
        Some(b'u') => match hex(2) {
            Some(0xD800..=0xDBFF) if text.get(6..8) == Some("\\u") => (12, '\u{fffd}'),
            Some(code) => (6, char::from_u32(code).unwrap_or('\u{fffd}')),
            None => (2, 'u'),
        },
        Some(_) => (2, '\u{fffd}'),
        None => (1, '\\'),
    }
}

#[cfg(test)]
mod tests {
    use crate::model::source::Source;

    use super::*;

    fn origin(raw: &str) -> Origin {
        let source = Source::new("a.json", raw);
        Origin {
            place: Place::new(&source, 0..raw.len()),
            pointer: String::new(),
        }
    }

    #[test]
    fn a_template_line_is_found_behind_escaped_line_breaks() {
        let origin = origin(r#""{\n\"a\":\"{{ x }}\",\r\n{% bad %}""#);
        let place = origin.locate(3, 1);
        assert_eq!(
            &place.source.text[place.span.start..place.span.start + 6],
            "{% bad"
        );
        let place = origin.locate(2, 2);
        assert_eq!(&place.source.text[place.span], "a");
    }

    #[test]
    fn a_surrogate_pair_is_one_column() {
        let origin = origin(r#""\ud83d\ude00x""#);
        let place = origin.locate(1, 2);
        assert_eq!(&place.source.text[place.span], "x");
    }

    #[test]
    fn a_place_beyond_the_text_is_its_end() {
        let origin = origin(r#""ab""#);
        assert_eq!(origin.locate(1, 9).span, 3..3);
        assert_eq!(origin.locate(9, 1).span, 3..3);
    }
}
