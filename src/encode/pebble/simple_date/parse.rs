//! Lenient parsing: numbers may overflow their field, text after the date is ignored.

use crate::encode::pebble::java_text;
use crate::encode::pebble::simple_date::calendar::Weeks;
use crate::encode::pebble::simple_date::names::Names;
use crate::encode::pebble::simple_date::{Part, Pattern, resolve, zone};

/// The first year that two digits may mean; Java takes the year eighty years ago.
const CENTURY_START: i64 = 1946;

/// The fields read so far; the order in which they were read decides between contradicting ones.
#[derive(Debug, Default)]
pub(super) struct Read {
    fields: Vec<(char, i64)>,
    /// Milliseconds east of Greenwich.
    pub zone: Option<i64>,
}

impl Read {
    fn set(&mut self, field: char, value: i64) {
        self.fields.retain(|(known, _)| *known != field);
        self.fields.push((field, value));
    }

    pub fn get(&self, field: char) -> Option<i64> {
        self.fields
            .iter()
            .find(|(known, _)| *known == field)
            .map(|(_, value)| *value)
    }

    /// When a field was read, from 1; 0 for never.
    pub fn stamp(&self, field: char) -> usize {
        self.fields
            .iter()
            .position(|(known, _)| *known == field)
            .map_or(0, |at| at + 1)
    }
}

impl Pattern {
    /// Epoch milliseconds of a text; without a zone it is taken as UTC.
    ///
    /// # Errors
    /// A reason: where the text does not follow the pattern.
    pub fn parse(&self, text: &str, language: &str) -> Result<i64, String> {
        let names = Names::of(language)?;
        let mut read = Read::default();
        let mut at = 0;
        for (index, part) in self.parts.iter().enumerate() {
            match part {
                Part::Literal(literal) => match text[at..].strip_prefix(literal.as_str()) {
                    Some(_) => at += literal.len(),
                    None => {
                        return Err(format!(
                            "expected `{literal}` at character {}",
                            characters(text, at)
                        ));
                    }
                },
                Part::Field(letter, count) => {
                    let obeys = matches!(self.parts.get(index + 1), Some(Part::Field(next, count)) if counts(*next, *count));
                    at = field(text, at, *letter, *count, obeys, names, &mut read).ok_or_else(
                        || {
                            format!(
                                "expected a value for `{letter}` at character {}",
                                characters(text, at)
                            )
                        },
                    )?;
                }
            }
        }
        if at == 0 {
            return Err("nothing was read".to_owned());
        }
        Ok(resolve::moment(&read, &Weeks::of(language)))
    }
}

fn characters(text: &str, at: usize) -> usize {
    text[..at].chars().count() + 1
}

/// Whether a field that follows without a gap makes the one before obey its number of letters.
fn counts(letter: char, count: usize) -> bool {
    match letter {
        'M' | 'L' => count <= 2,
        'y' | 'Y' | 'd' | 'H' | 'k' | 'K' | 'h' | 'm' | 's' | 'S' | 'D' | 'F' | 'w' | 'W' | 'u' => {
            true
        }
        _ => false,
    }
}

/// Read one field; the place after it, or `None`.
fn field(
    text: &str,
    start: usize,
    letter: char,
    count: usize,
    obeys: bool,
    names: &Names,
    read: &mut Read,
) -> Option<usize> {
    let blanks = text[start..]
        .bytes()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    let at = start + blanks;
    if at >= text.len() {
        return None;
    }
    match letter {
        // names are looked for without skipping blanks, as Java does
        'G' => named(text, start, &[&names.eras], 'G', read),
        'a' => named(text, start, &[&names.halves], 'a', read),
        'E' => named(text, start, &[&names.days, &names.short_days], 'E', read),
        'M' | 'L' if count > 2 => named(
            text,
            start,
            &[&names.months, &names.short_months],
            'M',
            read,
        ),
        'z' | 'Z' => zone_name(text, start, at, read),
        'X' => iso_zone(text, at, count, read),
        _ => {
            let limit = match obeys {
                true => start + bytes_of(&text[start..], count)?,
                false => text.len(),
            };
            let (value, end) = number(text.get(..limit)?, at)?;
            let digits = text[at..end].chars().count();
            let value = match letter {
                'M' | 'L' => value - 1,
                'y' | 'Y' if count <= 2 && digits == 2 && value >= 0 => {
                    let pivot = CENTURY_START % 100;
                    value + CENTURY_START - pivot + if value < pivot { 100 } else { 0 }
                }
                'k' if value == 24 => 0,
                'h' if value == 12 => 0,
                // Monday is 1 and Sunday 7; Java takes what is neither for a day counted from Sunday as 1
                'u' if (1..=7).contains(&value) => value % 7,
                'u' => value - 1,
                _ => value,
            };
            let key = match letter {
                'L' => 'M',
                'k' => 'H',
                'K' => 'h',
                'u' => 'E',
                other => other,
            };
            read.set(key, value);
            Some(end)
        }
    }
}

/// The bytes of the first `count` UTF-16 units; `None` when there are fewer.
fn bytes_of(text: &str, count: usize) -> Option<usize> {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= count {
            return Some(at);
        }
        units += c.len_utf16();
    }
    (units >= count).then_some(text.len())
}

/// An integer at `at`, and where it ends: `DecimalFormat` reads it, with its exponent and its words.
fn number(text: &str, at: usize) -> Option<(i64, usize)> {
    let rest = text.get(at..)?;
    if rest.starts_with("NaN") {
        return Some((0, at + 3));
    }
    let unsigned = rest.strip_prefix('-').unwrap_or(rest);
    let negative = unsigned.len() < rest.len();
    let start = at + usize::from(negative);
    if unsigned.starts_with('∞') {
        let value = if negative { i32::MIN } else { i32::MAX };
        return Some((i64::from(value), start + '∞'.len_utf8()));
    }
    let (digits, length) = digits(unsigned);
    if digits.is_empty() {
        return None;
    }
    let (exponent, longer) = exponent(&unsigned[length..]).unwrap_or_default();
    let sign = if negative { "-" } else { "" };
    Some((
        truncated(&format!("{sign}{digits}"), &exponent),
        start + length + longer,
    ))
}

/// The digits at the start, of any script, as ASCII; and their bytes.
fn digits(text: &str) -> (String, usize) {
    let mut digits = String::new();
    let mut length = 0;
    for c in text.chars() {
        // beyond U+FFFF there are two units, which are no digits
        let Some(digit) = java_text::digit(c).filter(|_| c.len_utf16() == 1) else {
            break;
        };
        digits.push(char::from(b'0' + digit));
        length += c.len_utf8();
    }
    (digits, length)
}

/// An exponent at the start, with its sign, and its bytes.
fn exponent(text: &str) -> Option<(String, usize)> {
    let rest = text.strip_prefix('E')?;
    let unsigned = rest.strip_prefix('-').unwrap_or(rest);
    let (digits, length) = digits(unsigned);
    let sign = &rest[..rest.len() - unsigned.len()];
    (!digits.is_empty()).then(|| (format!("{sign}{digits}"), 1 + sign.len() + length))
}

/// What does not fit is cut to 32 bits, as `Number.intValue` does.
fn truncated(digits: &str, exponent: &str) -> i64 {
    let whole = match exponent {
        "" => digits.parse::<i64>().ok(),
        _ => None,
    };
    let long = whole.or_else(|| {
        let value: f64 = format!("{digits}e{exponent}").parse().ok()?;
        let fits = value.abs() < 9.2e18 && value.fract() == 0.0;
        fits.then_some(value as i64)
    });
    match long {
        Some(long) => i64::from(long as i32),
        None => {
            let value: f64 = format!("{digits}e{exponent}").parse().unwrap_or(0.0);
            i64::from(value as i32)
        }
    }
}

/// The longest name at `at` in any case.
fn named(text: &str, at: usize, tables: &[&[&str]], field: char, read: &mut Read) -> Option<usize> {
    let rest = &text[at..];
    let (value, length) = tables
        .iter()
        .flat_map(|table| table.iter().enumerate())
        .filter(|(_, name)| {
            rest.get(..name.len())
                .is_some_and(|head| head.to_lowercase() == name.to_lowercase())
        })
        .map(|(value, name)| (value as i64, name.len()))
        .max_by_key(|(_, length)| *length)?;
    read.set(field, value);
    Some(at + length)
}

fn zone_name(text: &str, start: usize, at: usize, read: &mut Read) -> Option<usize> {
    let rest = &text[at..];
    if let Some(sign) = sign(rest) {
        return numeric_zone(text, at + 1, sign, 0, false, read);
    }
    if text
        .get(start..start + 3)
        .is_some_and(|head| head.eq_ignore_ascii_case("GMT"))
    {
        let after = start + 3;
        return match sign(&text[after..]) {
            Some(sign) => numeric_zone(text, after + 1, sign, 0, true, read),
            None => {
                read.zone = Some(0);
                Some(after)
            }
        };
    }
    let (minutes, length) = zone::read_name(rest)?;
    read.zone = Some(minutes * 60_000);
    Some(at + length)
}

fn iso_zone(text: &str, at: usize, count: usize, read: &mut Read) -> Option<usize> {
    if text[at..].starts_with('Z') {
        read.zone = Some(0);
        return Some(at + 1);
    }
    let sign = sign(&text[at..])?;
    numeric_zone(text, at + 1, sign, count, count == 3, read)
}

fn sign(text: &str) -> Option<i64> {
    match text.as_bytes().first()? {
        b'+' => Some(1),
        b'-' => Some(-1),
        _ => None,
    }
}

fn numeric_zone(
    text: &str,
    start: usize,
    sign: i64,
    count: usize,
    colon: bool,
    read: &mut Read,
) -> Option<usize> {
    let bytes = text.as_bytes();
    let digit = |at: usize| {
        bytes
            .get(at)
            .filter(|b| b.is_ascii_digit())
            .map(|b| i64::from(b - b'0'))
    };
    let mut at = start;
    let mut hours = digit(at)?;
    at += 1;
    // Java looks at the character after the first digit even when there is none
    bytes.get(at)?;
    match digit(at) {
        Some(second) => {
            hours = hours * 10 + second;
            at += 1;
        }
        None if count > 0 || !colon => return None,
        None => {}
    }
    if hours > 23 {
        return None;
    }
    let mut minutes = 0;
    if count != 1 {
        if colon {
            if bytes.get(at) != Some(&b':') {
                return None;
            }
            at += 1;
        }
        minutes = digit(at)? * 10 + digit(at + 1)?;
        at += 2;
        if minutes > 59 {
            return None;
        }
    }
    read.zone = Some(sign * (hours * 60 + minutes) * 60_000);
    Some(at)
}
