//! Days and times of day of the proleptic Gregorian calendar, as ISO 8601 writes them.

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;
/// Days in four centuries.
const ERA: i64 = 146_097;
/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// The date that many days after 1970-01-01.
pub(crate) fn date(days: i64) -> String {
    let (year, month, day) = civil(days);
    let year = match year {
        0..=9999 => format!("{year:04}"),
        10_000.. => format!("+{year}"),
        _ => format!("-{:04}", year.unsigned_abs()),
    };
    format!("{year}-{month:02}-{day:02}")
}

/// The time that many microseconds after 1970-01-01T00:00:00, with milliseconds at least and without a zone.
pub(crate) fn timestamp(micros: i64) -> String {
    let (days, time) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let (seconds, fraction) = (time / 1_000_000, time % 1_000_000);
    let fraction = match fraction % 1_000 {
        0 => format!("{:03}", fraction / 1_000),
        _ => format!("{fraction:06}"),
    };
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!(
        "{}T{hour:02}:{minute:02}:{second:02}.{fraction}",
        date(days)
    )
}

/// How many days after 1970-01-01 a date is.
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    // a year here begins in March, so that the odd day is its last
    let moved = if month > 2 { year } else { year - 1 };
    let month = (month + 9) % 12;
    let of_year = (153 * month + 2) / 5 + day - 1;
    let leaps = moved.div_euclid(4) - moved.div_euclid(100) + moved.div_euclid(400);
    moved * 365 + leaps + of_year - EPOCH
}

fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / (ERA - 1)) / 365;
    let of_year = of_era - (year * 365 + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let next = i64::from(month >= 10);
    (era * 400 + year + next, (month + 2) % 12 + 1, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for day in (-1_200_000..3_000_000).step_by(7) {
            let (year, month, of_month) = civil(day);
            assert_eq!(days(year, month, of_month), day);
        }
        for (day, text) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (2_932_896, "9999-12-31"),
            (2_932_897, "+10000-01-01"),
            (-719_528, "0000-01-01"),
        ] {
            assert_eq!(date(day), text);
        }
    }

    #[test]
    fn a_time_has_milliseconds_or_microseconds() {
        assert_eq!(timestamp(-1_000), "1969-12-31T23:59:59.999");
        assert_eq!(timestamp(3_661_000_001), "1970-01-01T01:01:01.000001");
    }
}
