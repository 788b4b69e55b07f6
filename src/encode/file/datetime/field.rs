//! The fields of a moment, and the printing of a pattern's items.

use crate::encode::calendar::{DAYS, MONTHS, civil};
use crate::encode::file::datetime::pattern::{Item, Sign};
use crate::encode::file::datetime::zone::Zone;
use crate::encode::file::error::FileError;
use crate::encode::file::java_text::push_text;

const QUARTERS: [&str; 4] = ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"];
const SECONDS_PER_DAY: i64 = 86_400;
/// Days from 1858-11-17, the first modified Julian day, to 1970-01-01.
const JULIAN_OFFSET: i64 = 40_587;

/// A date, perhaps with a time of day, perhaps with a zone.
pub(super) struct Moment<'a> {
    days: i64,
    year: i64,
    month: i64,
    day: i64,
    /// Seconds and nanoseconds of the day.
    time: Option<(i64, u32)>,
    /// The zone, the instant's epoch second and the offset there.
    zone: Option<(&'a Zone, i64, i32)>,
}

impl<'a> Moment<'a> {
    pub(super) fn date(days: i32) -> Self {
        Self::new(i64::from(days), None, None)
    }

    pub(super) fn local(micros: i64) -> Self {
        let seconds = micros.div_euclid(1_000_000);
        Self::new(
            seconds.div_euclid(SECONDS_PER_DAY),
            Some((seconds.rem_euclid(SECONDS_PER_DAY), nanos(micros))),
            None,
        )
    }

    pub(super) fn instant(micros: i64, zone: &'a Zone) -> Self {
        let epoch = micros.div_euclid(1_000_000);
        let offset = zone.offset_at(epoch);
        let seconds = epoch + i64::from(offset);
        let time = Some((seconds.rem_euclid(SECONDS_PER_DAY), nanos(micros)));
        Self::new(
            seconds.div_euclid(SECONDS_PER_DAY),
            time,
            Some((zone, epoch, offset)),
        )
    }

    fn new(days: i64, time: Option<(i64, u32)>, zone: Option<(&'a Zone, i64, i32)>) -> Self {
        let (year, month, day) = civil(days);
        Self {
            days,
            year,
            month,
            day,
            time,
            zone,
        }
    }

    /// The number that a letter stands for; `None` where the moment has no such field.
    fn number(&self, letter: char) -> Option<i64> {
        let of_day = self.time.map(|(seconds, _)| seconds);
        match letter {
            'u' => Some(self.year),
            'y' => Some(if self.year > 0 {
                self.year
            } else {
                1 - self.year
            }),
            'M' | 'L' => Some(self.month),
            'Q' | 'q' => Some((self.month + 2) / 3),
            'd' => Some(self.day),
            'D' => Some(self.days - days_from_civil(self.year, 1, 1) + 1),
            // JDK 18 and earlier: the day within the aligned week.
            'F' => Some((self.day - 1) % 7 + 1),
            'g' => Some(self.days + JULIAN_OFFSET),
            'H' => of_day.map(|s| s / 3600),
            'k' => of_day.map(|s| if s < 3600 { 24 } else { s / 3600 }),
            'K' => of_day.map(|s| s / 3600 % 12),
            'h' => of_day.map(|s| (s / 3600 + 11) % 12 + 1),
            'm' => of_day.map(|s| s / 60 % 60),
            's' => of_day.map(|s| s % 60),
            _ => None,
        }
    }

    fn text(&self, letter: char, long: bool) -> Option<&'static str> {
        let pick = |names: &'static [&'static str], at: i64| {
            usize::try_from(at)
                .ok()
                .and_then(|at| names.get(at))
                .copied()
        };
        let name = match letter {
            'M' | 'L' => pick(&MONTHS, self.month - 1),
            'E' => pick(&DAYS, (self.days + 4).rem_euclid(7)),
            'Q' | 'q' if long => return pick(&QUARTERS, (self.month - 1) / 3),
            'Q' | 'q' => return pick(&["Q1", "Q2", "Q3", "Q4"], (self.month - 1) / 3),
            'G' if long => {
                return Some(if self.year > 0 {
                    "Anno Domini"
                } else {
                    "Before Christ"
                });
            }
            'G' => return Some(if self.year > 0 { "AD" } else { "BC" }),
            'a' => {
                return self.time.map(|(seconds, _)| {
                    if seconds < SECONDS_PER_DAY / 2 {
                        "AM"
                    } else {
                        "PM"
                    }
                });
            }
            _ => None,
        }?;
        Some(if long { name } else { &name[..3] })
    }

    fn missing(&self, letter: char) -> FileError {
        FileError::PatternField {
            kind: if self.time.is_some() {
                "timestamp_ntz"
            } else {
                "date"
            },
            letter,
        }
    }
}

fn nanos(micros: i64) -> u32 {
    (micros.rem_euclid(1_000_000) * 1_000) as u32
}

/// Prints items one after another.
pub(super) fn push_all(
    items: &[Item],
    moment: &Moment<'_>,
    out: &mut Vec<u8>,
) -> Result<(), FileError> {
    items.iter().try_for_each(|item| push(item, moment, out))
}

fn push(item: &Item, moment: &Moment<'_>, out: &mut Vec<u8>) -> Result<(), FileError> {
    match item {
        Item::Literal(text) => out.extend_from_slice(text.as_bytes()),
        Item::Number {
            letter,
            min,
            max,
            sign,
        } => {
            let value = moment
                .number(*letter)
                .ok_or_else(|| moment.missing(*letter))?;
            push_number(value, (*letter, *min, *max, *sign), out)?;
        }
        Item::TwoDigitYear { letter } => {
            let year = moment
                .number(*letter)
                .ok_or_else(|| moment.missing(*letter))?;
            push_number(year.abs() % 100, (*letter, 2, 2, Sign::NotNegative), out)?;
        }
        Item::Fraction(width) => {
            let (_, nanos) = moment.time.ok_or_else(|| moment.missing('S'))?;
            push_fraction(nanos, *width, out);
        }
        Item::Text { letter, long } => {
            let text = moment
                .text(*letter, *long)
                .ok_or_else(|| moment.missing(*letter))?;
            out.extend_from_slice(text.as_bytes());
        }
        Item::Optional(items) => push_optional(items, moment, out)?,
        Item::Offset(style) => {
            let (_, _, offset) = moment.zone.ok_or_else(|| moment.missing('X'))?;
            style.push(offset, out);
        }
        Item::ZoneId => {
            let (zone, ..) = moment.zone.ok_or_else(|| moment.missing('V'))?;
            out.extend_from_slice(zone.id().as_bytes());
        }
        Item::ZoneName { long } => {
            let (zone, epoch, _) = moment.zone.ok_or_else(|| moment.missing('z'))?;
            out.extend_from_slice(zone.name_at(epoch, *long).as_bytes());
        }
        Item::Generic { long } => {
            let (zone, ..) = moment.zone.ok_or_else(|| moment.missing('v'))?;
            out.extend_from_slice(zone.generic_name(*long).as_bytes());
        }
    }
    Ok(())
}

/// A section that asks for a field which the moment lacks prints nothing.
fn push_optional(items: &[Item], moment: &Moment<'_>, out: &mut Vec<u8>) -> Result<(), FileError> {
    let start = out.len();
    match push_all(items, moment, out) {
        Err(FileError::PatternField { .. }) => {
            out.truncate(start);
            Ok(())
        }
        other => other,
    }
}

fn push_number(
    value: i64,
    (letter, min, max, sign): (char, usize, usize, Sign),
    out: &mut Vec<u8>,
) -> Result<(), FileError> {
    if (0..100).contains(&value) && min == 2 {
        out.extend_from_slice(&[b'0' + (value / 10) as u8, b'0' + (value % 10) as u8]);
        return Ok(());
    }
    let digits = value.unsigned_abs();
    let width = digits.checked_ilog10().map_or(1, |log| log as usize + 1);
    if width > max || (value < 0 && sign == Sign::NotNegative) {
        return Err(FileError::PatternWidth { value, letter });
    }
    if value < 0 {
        out.push(b'-');
    } else if sign == Sign::ExceedsPad && width > min {
        out.push(b'+');
    }
    push_text(out, format_args!("{digits:0>min$}"));
    Ok(())
}

/// The first digits of the second's fraction, cut off and never rounded.
fn push_fraction(nanos: u32, width: usize, out: &mut Vec<u8>) {
    let mut rest = nanos;
    let mut unit = 100_000_000;
    for _ in 0..width {
        out.push(b'0' + (rest / unit) as u8);
        rest %= unit;
        unit = (unit / 10).max(1);
    }
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}
