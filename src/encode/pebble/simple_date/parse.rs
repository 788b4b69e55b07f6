//! Lenient parsing: numbers may overflow their field, text after the date is ignored.

use crate::encode::pebble::simple_date::calendar::{self, DAY, Weeks};
use crate::encode::pebble::simple_date::names::Names;
use crate::encode::pebble::simple_date::{Part, Pattern, zone};

/// The first year that two digits may mean; Java takes the year eighty years ago.
const CENTURY_START: i64 = 1946;

/// The fields read so far; the order in which they were read decides between contradicting ones.
#[derive(Debug, Default)]
struct Read {
    fields: Vec<(char, i64)>,
    zone: Option<i64>,
}

impl Read {
    fn set(&mut self, field: char, value: i64) {
        self.fields.retain(|(known, _)| *known != field);
        self.fields.push((field, value));
    }

    fn get(&self, field: char) -> Option<i64> {
        self.fields
            .iter()
            .find(|(known, _)| *known == field)
            .map(|(_, value)| *value)
    }

    /// When a field was read, from 1; 0 for never.
    fn stamp(&self, field: char) -> usize {
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
        Ok(resolve(&read, &Weeks::of(language)))
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
            let end = if obeys { Some(start + count) } else { None };
            let (value, end) = number(text, at, end)?;
            let digits = end - at;
            let value = match letter {
                'M' | 'L' => value - 1,
                'y' | 'Y' if count <= 2 && digits == 2 && value >= 0 => {
                    let pivot = CENTURY_START % 100;
                    value + CENTURY_START - pivot + if value < pivot { 100 } else { 0 }
                }
                'k' if value == 24 => 0,
                'h' if value == 12 => 0,
                // Monday is 1, Sunday 7
                'u' => value % 7,
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

/// An integer at `at`, not beyond `end`, and where it ends.
fn number(text: &str, at: usize, end: Option<usize>) -> Option<(i64, usize)> {
    let limit = match end {
        Some(end) if end > text.len() => return None,
        Some(end) => end,
        None => text.len(),
    };
    let rest = text.get(at..limit)?;
    let negative = rest.starts_with('-');
    let digits = rest[usize::from(negative)..]
        .bytes()
        .take_while(u8::is_ascii_digit)
        .count();
    if digits == 0 {
        return None;
    }
    let length = digits + usize::from(negative);
    // what does not fit is cut to 32 bits, as Number.intValue does
    let value = match rest[..length].parse::<i64>() {
        Ok(long) => long as i32,
        Err(_) if negative => i32::MIN,
        Err(_) => i32::MAX,
    };
    Some((i64::from(value), at + length))
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

/// The moment that the fields name, by the resolution of `GregorianCalendar`.
fn resolve(read: &Read, weeks: &Weeks) -> i64 {
    let mut year = read.get('y').unwrap_or(1970);
    if read.get('G') == Some(0) {
        year = 1 - year;
    }
    let day = match read.get('Y') {
        Some(week_year) if read.stamp('Y') > read.stamp('y') => {
            let first = weeks.first_day(calendar::days(week_year, 1, 1));
            week_day(read, weeks, first, read.get('w').unwrap_or(1))
        }
        _ => date(read, weeks, year),
    };
    let hour = if read.stamp('H') > 0 && read.stamp('H') >= both(read, 'h', 'a') {
        read.get('H').unwrap_or(0)
    } else {
        read.get('h').unwrap_or(0) + 12 * read.get('a').unwrap_or(0)
    };
    let time = hour * 3_600_000
        + read.get('m').unwrap_or(0) * 60_000
        + read.get('s').unwrap_or(0) * 1000
        + read.get('S').unwrap_or(0);
    day.saturating_mul(DAY)
        .saturating_add(time)
        .saturating_sub(read.zone.unwrap_or(0))
}

/// The later stamp of two fields that count only together; 0 when one is missing.
fn both(read: &Read, first: char, second: char) -> usize {
    let (first, second) = (read.stamp(first), read.stamp(second));
    if first == 0 || second == 0 {
        0
    } else {
        first.max(second)
    }
}

fn date(read: &Read, weeks: &Weeks, year: i64) -> i64 {
    let month = read.get('M').unwrap_or(0) + 1;
    let candidates = [
        ('d', read.stamp('d')),
        ('W', both(read, 'W', 'E')),
        ('F', both(read, 'F', 'E')),
        ('D', read.stamp('D')),
        ('w', both(read, 'w', 'E')),
    ];
    let mut best = candidates
        .iter()
        .rev()
        .max_by_key(|(_, stamp)| *stamp)
        .copied()
        .unwrap_or(('d', 0));
    if best.1 == 0 {
        let alone = [
            ('W', read.stamp('W')),
            ('F', read.stamp('F').max(read.stamp('E'))),
            ('w', read.stamp('w')),
        ];
        best = alone
            .iter()
            .rev()
            .max_by_key(|(_, stamp)| *stamp)
            .copied()
            .unwrap_or(best);
    }
    let first = calendar::days(year, month, 1);
    match best {
        ('W', stamp) if stamp > 0 => week_day(
            read,
            weeks,
            weeks.first_day(first),
            read.get('W').unwrap_or(1),
        ),
        ('F', stamp) if stamp > 0 => {
            let weekday = read.get('E').unwrap_or(weeks.first);
            let to_weekday = (weekday - (first + 4).rem_euclid(7)).rem_euclid(7);
            first + to_weekday + 7 * (read.get('F').unwrap_or(1) - 1)
        }
        ('D', stamp) if stamp > 0 => calendar::days(year, 1, 1) + read.get('D').unwrap_or(1) - 1,
        ('w', stamp) if stamp > 0 => {
            let first = weeks.first_day(calendar::days(year, 1, 1));
            week_day(read, weeks, first, read.get('w').unwrap_or(1))
        }
        _ => calendar::days(year, month, read.get('d').unwrap_or(1)),
    }
}

fn week_day(read: &Read, weeks: &Weeks, first: i64, week: i64) -> i64 {
    let weekday = read.get('E').unwrap_or(weeks.first);
    first + 7 * (week - 1) + (weekday - weeks.first).rem_euclid(7)
}
