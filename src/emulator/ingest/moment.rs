//! Dates and times that a platform misreads: text that looks like one, in the patterns that exports commonly have.

use crate::emulator::ingest::calendar;

/// Exchanges day and month, where both could be either: `2026-03-04` and `03/04/2026`, whatever follows.
pub(crate) fn swapped(text: &str) -> Option<String> {
    let (first, second) = if shaped(text, "0000-00-00") {
        (5, 8)
    } else if shaped(text, "00/00/0000") {
        (0, 3)
    } else {
        return None;
    };
    let pair = |at: usize| text.get(at..at.checked_add(2)?);
    let (one, other) = (pair(first)?, pair(second)?);
    let could_be = |pair: &str| pair.parse().is_ok_and(|n: u8| (1..=12).contains(&n));
    if !could_be(one) || !could_be(other) {
        return None;
    }
    let between = text.get(first + 2..second)?;
    let (before, after) = (text.get(..first)?, text.get(second + 2..)?);
    Some(format!("{before}{other}{between}{one}{after}"))
}

/// The date of a timestamp.
pub(crate) fn date_only(text: &str) -> Option<String> {
    is_timestamp(text).then(|| text.chars().take(10).collect())
}

/// A timestamp without its fraction of a second.
pub(crate) fn without_fraction(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').filter(|_| is_timestamp(text))?;
    let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    Some(format!("{whole}{zone}"))
}

/// A timestamp an hour later.
pub(crate) fn an_hour_later(text: &str) -> Option<String> {
    if !is_timestamp(text) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let hour = number(11, 13)? + 1;
    let days = calendar::days(number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let date = calendar::date(days + hour / 24);
    let (between, rest) = (text.get(10..11)?, text.get(13..)?);
    Some(format!("{date}{between}{:02}{rest}", hour % 24))
}

/// A timestamp with the hours of the afternoon counted from one again.
pub(crate) fn by_twelve_hours(text: &str) -> Option<String> {
    let hour: u8 = text
        .get(11..13)
        .filter(|_| is_timestamp(text))?
        .parse()
        .ok()?;
    let (before, after) = (text.get(..11)?, text.get(13..)?);
    (hour > 12).then(|| format!("{before}{:02}{after}", hour % 12))
}

/// A date and nothing more.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && shaped(text, "0000-00-00")
}

/// A timestamp without its fraction of a second and its zone.
pub(crate) fn to_the_second(text: &str) -> Option<&str> {
    shaped(text, "0000-00-00T00:00:00").then(|| text.get(..19))?
}

fn is_timestamp(text: &str) -> bool {
    shaped(text, "0000-00-00T00:00") || shaped(text, "0000-00-00 00:00")
}

/// Whether text begins in a shape, in which `0` is any digit.
fn shaped(text: &str, shape: &str) -> bool {
    let fits = |(byte, wanted): (u8, u8)| match wanted {
        b'0' => byte.is_ascii_digit(),
        _ => byte == wanted,
    };
    text.len() >= shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_moment_is_misread() {
        for (text, wrong) in [
            ("2026-03-04", Some("2026-04-03")),
            ("2026-03-04T05:06:07Z", Some("2026-04-03T05:06:07Z")),
            ("03/04/2026", Some("04/03/2026")),
            ("2026-03-14", None),
            ("2026-3-4", None),
            ("é026-03-04", None),
        ] {
            assert_eq!(swapped(text).as_deref(), wrong, "{text}");
        }
        let text = "2026-12-31T23:59:59.125+02:00";
        assert_eq!(date_only(text).as_deref(), Some("2026-12-31"));
        assert_eq!(
            without_fraction(text).as_deref(),
            Some("2026-12-31T23:59:59+02:00")
        );
        assert_eq!(
            an_hour_later(text).as_deref(),
            Some("2027-01-01T00:59:59.125+02:00")
        );
        assert_eq!(date_only("2026-12-31"), None);
        assert_eq!(
            by_twelve_hours(text).as_deref(),
            Some("2026-12-31T11:59:59.125+02:00")
        );
        assert_eq!(by_twelve_hours("2026-12-31T12:00:00Z"), None);
    }
}
