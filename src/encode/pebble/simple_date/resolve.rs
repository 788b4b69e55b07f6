//! The moment that fields name when they are too few, too many or out of range: the resolution of `GregorianCalendar`.

use crate::encode::pebble::simple_date::calendar::{
    CUTOVER, DAY, Reckoning, Weeks, day_number, weekday,
};
use crate::encode::pebble::simple_date::parse::Read;

/// The first year of which a part is Gregorian.
const CUTOVER_YEAR: i32 = 1582;

/// Which fields name the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Month,
    DayOfMonth,
    WeekOfMonth,
    WeekdayInMonth,
    DayOfYear,
    WeekOfYear,
}

/// Epoch milliseconds of the fields; like Java's they wrap round.
pub(super) fn moment(read: &Read, weeks: &Weeks) -> i64 {
    let time = time_of_day(read);
    let over = time.div_euclid(DAY);
    let day = match read.get('Y') {
        Some(year) if read.stamp('Y') > read.stamp('y') => week_date(read, weeks, year) + over,
        _ => over + date(read, weeks, over),
    };
    day.wrapping_mul(DAY)
        .wrapping_add(time.rem_euclid(DAY))
        .wrapping_sub(read.zone.unwrap_or(0))
}

fn time_of_day(read: &Read) -> i64 {
    let of_day = read.stamp('H') > 0 && read.stamp('H') >= both(read, 'h', 'a');
    let hour = match of_day {
        true => read.get('H').unwrap_or(0),
        false => read.get('h').unwrap_or(0) + 12 * read.get('a').unwrap_or(0),
    };
    hour * 3_600_000
        + read.get('m').unwrap_or(0) * 60_000
        + read.get('s').unwrap_or(0) * 1000
        + read.get('S').unwrap_or(0)
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

/// A year of weeks, a week and a day of it.
fn week_date(read: &Read, weeks: &Weeks, year: i64) -> i64 {
    let mut week = read.get('w').unwrap_or(1);
    let mut day = read.get('E').unwrap_or(weeks.first);
    if !(0..7).contains(&day) {
        // only here is a day out of range counted on from Monday
        week += day.div_euclid(7);
        day = (day.rem_euclid(7) + 1) % 7;
    }
    let first = weeks.first_day(day_number(year, 1, 1, Reckoning::of_year(year)));
    first + (day - weeks.first).rem_euclid(7) + i64::from((7 * (week - 1)) as i32)
}

/// The day by the calendar of its year, unless what the other fields add leads back before the change of calendars.
fn date(read: &Read, weeks: &Weeks, over: i64) -> i64 {
    let mut year = read.get('y').unwrap_or(1970) as i32;
    if read.get('G') == Some(0) {
        year = 1_i32.wrapping_sub(year);
    }
    let by = selected(read);
    let of_year = matches!(by, By::DayOfYear | By::WeekOfYear);
    if year > CUTOVER_YEAR || (year == CUTOVER_YEAR && !of_year) {
        let gregorian = day(read, weeks, by, year, Reckoning::Gregorian);
        if gregorian + over >= CUTOVER {
            return gregorian;
        }
    }
    day(read, weeks, by, year, Reckoning::Julian)
}

/// The fields read last that name a day together, else alone.
fn selected(read: &Read) -> By {
    let stamp = |field| read.stamp(field);
    let together = [
        (stamp('d'), By::DayOfMonth),
        (both(read, 'W', 'E'), By::WeekOfMonth),
        (both(read, 'F', 'E'), By::WeekdayInMonth),
        (stamp('D'), By::DayOfYear),
        (both(read, 'w', 'E'), By::WeekOfYear),
    ];
    let alone = [
        (stamp('W'), By::WeekOfMonth),
        (stamp('F').max(stamp('E')), By::WeekdayInMonth),
        (stamp('w'), By::WeekOfYear),
    ];
    let latest = |fields: &[(usize, By)]| {
        // of equal ones the first
        let best = fields.iter().rev().max_by_key(|(stamp, _)| *stamp);
        best.filter(|(stamp, _)| *stamp > 0).copied()
    };
    let Some((best, by)) = latest(&together).or_else(|| latest(&alone)) else {
        return By::Month;
    };
    // with a weekday read last, what it stands with was read last too
    let rival = |other: char| best == both(read, other, 'E');
    match by {
        By::WeekOfMonth if rival('w') && stamp('W') < stamp('w') => By::WeekOfYear,
        By::WeekdayInMonth if rival('w') && stamp('F') < stamp('w') => By::WeekOfYear,
        By::WeekOfMonth if rival('F') && stamp('W') < stamp('F') => By::WeekdayInMonth,
        by => by,
    }
}

fn day(read: &Read, weeks: &Weeks, by: By, year: i32, reckoning: Reckoning) -> i64 {
    let month = read.get('M').unwrap_or(0) as i32;
    let moved = year.wrapping_add(month.div_euclid(12));
    let first = day_number(
        moved.into(),
        i64::from(month.rem_euclid(12)) + 1,
        1,
        reckoning,
    );
    let of_year = day_number(year.into(), 1, 1, reckoning);
    let weekday_read = read.get('E').unwrap_or(weeks.first);
    let value = |field, otherwise| read.get(field).unwrap_or(otherwise);
    let week_of = |first: i64| {
        let start = weeks.first_day(first);
        start + (weekday_read - weeks.first).rem_euclid(7)
    };
    match by {
        By::Month => first,
        By::DayOfMonth => first + value('d', 1) - 1,
        By::WeekOfMonth => week_of(first) + i64::from((7 * (value('W', 1) - 1)) as i32),
        By::WeekdayInMonth => {
            let which = value('F', 1);
            let last = match which < 0 {
                false => i64::from((7 * which) as i32) - 1,
                // counted from the end of the month
                true => {
                    let length = month_length(moved, month.rem_euclid(12));
                    i64::from((length + 7 * (which + 1)) as i32) - 1
                }
            };
            let day = first + last;
            day - (weekday(day) - weekday_read).rem_euclid(7)
        }
        By::DayOfYear => of_year + value('D', 1) - 1,
        By::WeekOfYear => week_of(of_year) + 7 * (value('w', 1) - 1),
    }
}

/// Days of a month, from 0.
fn month_length(year: i32, month: i32) -> i64 {
    let (year, month) = (i64::from(year), i64::from(month));
    let reckoning = Reckoning::of_year(year);
    day_number(year, month + 2, 1, reckoning) - day_number(year, month + 1, 1, reckoning)
}
