//! Whether what a platform answers of a cell is what was written, however its types write it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::encode::file::understood::{Cell, Time, Typed};

/// Whole numbers up to which a number of 64 bits has each.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

/// Microseconds of a microsecond, a millisecond and a second.
const UNITS: [i64; 3] = [1, 1_000, 1_000_000];

/// Whether a value is what the cell says.
pub(super) fn is_understood(cell: &Cell, seen: Option<&Value>) -> bool {
    let is = |text: &str| cell.texts.iter().any(|own| own == text) || is_alike(cell, text);
    match seen {
        None | Some(Value::Null) => cell.null,
        Some(Value::String(text)) => is(text),
        Some(Value::Number(number)) => is(&number.to_string()),
        Some(Value::Bool(flag)) => is(&flag.to_string()),
        Some(Value::Array(_) | Value::Object(_)) => false,
    }
}

/// Whether a text says the same of what has a type.
fn is_alike(cell: &Cell, text: &str) -> bool {
    match &cell.typed {
        Typed::Text => false,
        Typed::Boolean(truth) => said(text) == Some(*truth),
        Typed::Number => cell
            .texts
            .first()
            .is_some_and(|own| is_same_number(own, text)),
        Typed::Time(time) => is_time(text, time),
    }
}

/// A truth value as databases write it.
fn said(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" => Some(true),
        "false" | "f" | "0" => Some(false),
        _ => None,
    }
}

/// The same value with other zeros behind the point. Whole numbers are what their digits are: beyond 2^53 others are near.
fn is_same_number(own: &str, seen: &str) -> bool {
    let is_whole = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        digits.bytes().all(|b| b.is_ascii_digit())
    };
    if is_whole(own) && is_whole(seen) {
        return own == seen;
    }
    let read = |text: &str| text.parse::<f64>().ok().filter(|n| n.abs() < EXACT);
    read(own).is_some_and(|number| read(seen) == Some(number))
}

/// Nanoseconds of a microsecond.
const NANOS: i64 = 1_000;

/// An instant with any offset (RFC 3339), without one in UTC, or as seconds, milliseconds, microseconds or nanoseconds since
/// 1970.
fn is_time(text: &str, time: &Time) -> bool {
    if let Some(micros) = instant(text) {
        return time.is(micros);
    }
    let since = text.parse::<i64>().ok();
    let in_units = |unit: i64| {
        let micros = since.and_then(|n| n.checked_mul(unit));
        micros.is_some_and(|micros| time.is(micros))
    };
    let of_nanos = since.filter(|n| n % NANOS == 0).map(|n| n / NANOS);
    UNITS.into_iter().any(in_units)
        || of_nanos.is_some_and(|micros| time.is(micros))
        || is_fraction(text, time)
}

/// Microseconds since 1970.
fn instant(text: &str) -> Option<i64> {
    let text = &joined(text);
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_microsecond());
    }
    let local = text.parse::<DateTime>().ok()?;
    let zoned = local.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_microsecond())
}

/// A text with its offset right behind the time, as databases print it: `13:05:09 +0000`, `13:05:09 UTC`.
fn joined(text: &str) -> String {
    match text.rsplit_once(' ') {
        Some((time, "UTC" | "Z")) => format!("{time}Z"),
        Some((time, offset)) if offset.starts_with(['+', '-']) => format!("{time}{offset}"),
        Some(_) | None => text.to_owned(),
    }
}

/// The same as a number with a point, to the microsecond.
fn is_fraction(text: &str, time: &Time) -> bool {
    let decimal = text.parse::<f64>().ok().filter(|_| text.contains('.'));
    let in_units = |n: f64| {
        let micros = UNITS.map(|unit| (n * unit as f64).round());
        let whole = |micros: &f64| micros.abs() < EXACT;
        micros
            .iter()
            .filter(|m| whole(m))
            .any(|m| time.is(*m as i64))
    };
    decimal.is_some_and(in_units)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cell(text: &str, typed: Typed) -> Cell {
        Cell {
            texts: vec![text.to_owned()],
            null: false,
            typed,
        }
    }

    #[test]
    fn what_has_a_type_is_understood_in_every_spelling_of_its_value_and_no_other() {
        let noon = 1_767_268_800_000_000;
        let instant = cell(
            "2026-01-01T12:00:00.000Z",
            Typed::Time(Time::instant(noon, None)),
        );
        let day = cell("2026-01-01", Typed::Time(Time::day(20_454, None)));
        let truth = cell("true", Typed::Boolean(true));
        let number = |text| cell(text, Typed::Number);
        for (cell, same, other) in [
            (
                &instant,
                json!("2026-01-01T14:00:00+02:00"),
                json!("2026-01-01T12:00:00+02:00"),
            ),
            (
                &instant,
                json!("2026-01-01T12:00:00+0000"),
                json!("2026-01-01T12:00:00-0000x"),
            ),
            (
                &instant,
                json!("2026-01-01 12:00"),
                json!("2026-01-01 12:01"),
            ),
            (
                &instant,
                json!("2026-01-01 12:00:00.000000+00:00"),
                json!("2026-01-01 12:00:00.000001+00:00"),
            ),
            (
                &instant,
                json!("2026-01-01 12:00:00.000 +0000"),
                json!("2026-01-01 12:00:00.000 +0100"),
            ),
            (
                &instant,
                json!("2026-01-01 14:00:00 +02:00"),
                json!("2026-01-01 14:00:00 -02:00"),
            ),
            (
                &instant,
                json!("2026-01-01 12:00:00 UTC"),
                json!("2026-01-01 12:00:01 UTC"),
            ),
            (
                &instant,
                json!(1_767_268_800_000_000_000_i64),
                json!(1_767_268_800_000_000_001_i64),
            ),
            (&instant, json!(1_767_268_800), json!(1_767_268_801)),
            (&instant, json!(1_767_268_800_000_i64), json!("2026-01-01")),
            (&instant, json!(1_767_268_800.0), json!("1767268800.000001")),
            (&day, json!(1_767_225_600_000_i64), json!(1_767_268_800)),
            (&day, json!("2026-01-01"), json!("2026-01-02")),
            (
                &day,
                json!("2026-01-01T00:00:00Z"),
                json!("2026-01-01T01:00:00Z"),
            ),
            (&truth, json!("T"), json!("yes")),
            (&truth, json!(1), json!(0)),
            (&truth, json!("TRUE"), json!("FALSE")),
            (&number("32"), json!(32.0), json!(32.5)),
            (&number("782.5"), json!("782.50"), json!("782.05")),
            (
                &number("9007199254740993"),
                json!(9_007_199_254_740_993_i64),
                json!(9_007_199_254_740_992.0),
            ),
            (&cell("007", Typed::Text), json!("007"), json!(7)),
            (&cell("1.50", Typed::Text), json!("1.50"), json!(1.5)),
        ] {
            assert!(is_understood(cell, Some(&same)), "{cell:?}: {same}");
            assert!(!is_understood(cell, Some(&other)), "{cell:?}: {other}");
        }
    }
}
