//! `SimpleDateFormat` of Java: patterns, formatting and lenient parsing.

mod calendar;
mod names;
mod parse;
mod resolve;
mod zone;

pub(crate) use zone::Zone;

use calendar::{Fields, Weeks};
use names::Names;

/// One part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Field(char, usize),
}

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
}

/// The letters that have a meaning.
const LETTERS: &str = "GyMdkHmsSEDFwWahKzZYuXL";

impl Pattern {
    /// Compile a pattern.
    ///
    /// # Errors
    /// A reason: an unknown letter, or a quote that is not closed.
    pub fn new(pattern: &str) -> Result<Pattern, String> {
        let mut parts: Vec<Part> = Vec::new();
        let mut chars = pattern.chars().peekable();
        let mut quoted = false;
        while let Some(c) = chars.next() {
            if c == '\'' {
                if chars.peek() == Some(&'\'') {
                    chars.next();
                    literal(&mut parts, '\'');
                } else {
                    quoted = !quoted;
                }
            } else if quoted || !c.is_ascii_alphabetic() {
                literal(&mut parts, c);
            } else {
                let mut count = 1;
                while chars.peek() == Some(&c) {
                    chars.next();
                    count += 1;
                }
                field(&mut parts, c, count)?;
            }
        }
        if quoted {
            return Err("a quote is never closed".to_owned());
        }
        Ok(Pattern { parts })
    }

    /// Format epoch milliseconds.
    ///
    /// # Errors
    /// A reason: a name that this engine does not have in the language.
    pub fn format(&self, millis: i64, zone: &Zone, language: &str) -> Result<String, String> {
        let names = Names::of(language)?;
        let offset = zone.offset(millis);
        let fields = Fields::of(millis.saturating_add(offset.millis));
        let weeks = Weeks::of(language);
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Field('z', count) => out.push_str(&zone.name(&offset, *count >= 4)?),
                Part::Field('Z', _) => zone::rfc(offset.millis, &mut out),
                Part::Field('X', count) => zone::iso(offset.millis, *count, &mut out),
                Part::Field(letter, count) => {
                    one(&fields, &weeks, names, *letter, *count, &mut out)
                }
            }
        }
        Ok(out)
    }
}

fn literal(parts: &mut Vec<Part>, c: char) {
    match parts.last_mut() {
        Some(Part::Literal(text)) => text.push(c),
        _ => parts.push(Part::Literal(c.to_string())),
    }
}

fn field(parts: &mut Vec<Part>, letter: char, count: usize) -> Result<(), String> {
    if !LETTERS.contains(letter) {
        return Err(format!(
            "`{letter}` is no letter of a date pattern, put text in single quotes"
        ));
    }
    if letter == 'X' && count > 3 {
        return Err("`X` stands at most three times".to_owned());
    }
    parts.push(Part::Field(letter, count));
    Ok(())
}

/// Write one field that needs no zone.
fn one(
    fields: &Fields,
    weeks: &Weeks,
    names: &Names,
    letter: char,
    count: usize,
    out: &mut String,
) {
    let text = |long: &[&str], short: &[&str], at: usize| {
        let table = if count >= 4 { long } else { short };
        table.get(at).copied().unwrap_or_default().to_owned()
    };
    let number = match letter {
        'G' => return out.push_str(names.eras[usize::from(fields.year > 0)]),
        'M' | 'L' if count >= 3 => {
            return out.push_str(&text(
                &names.months,
                &names.short_months,
                fields.month as usize - 1,
            ));
        }
        'E' => {
            return out.push_str(&text(
                &names.days,
                &names.short_days,
                fields.weekday as usize,
            ));
        }
        'a' => return out.push_str(names.halves[usize::from(fields.hour >= 12)]),
        'y' => return year(fields.year_of_era(), count, out),
        'Y' => return year(weeks.week_year(fields), count, out),
        'M' | 'L' => fields.month,
        'd' => fields.day,
        'k' if fields.hour == 0 => 24,
        'k' | 'H' => fields.hour,
        'h' if fields.hour % 12 == 0 => 12,
        'h' | 'K' => fields.hour % 12,
        'm' => fields.minute,
        's' => fields.second,
        'S' => fields.milli,
        'D' => fields.day_of_year(),
        'F' => (fields.day - 1) / 7 + 1,
        'w' => weeks.of_year(fields),
        'W' => weeks.of_month(fields),
        // Monday is 1, Sunday 7
        _ => (fields.weekday + 6) % 7 + 1,
    };
    padded(number, count, out);
}

fn year(year: i64, count: usize, out: &mut String) {
    if year < 0 {
        out.push('-');
    }
    let year = year.abs();
    match count {
        2 => padded(year % 100, 2, out),
        count => padded(year, count, out),
    }
}

/// A number with zeros before it up to `width`, which may exceed what the formatting of Rust takes.
fn padded(number: i64, width: usize, out: &mut String) {
    let digits = number.to_string();
    out.extend(std::iter::repeat_n('0', width.saturating_sub(digits.len())));
    out.push_str(&digits);
}
