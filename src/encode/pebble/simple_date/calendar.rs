//! The calendar of Java: Gregorian from 15 October 1582, Julian before.

/// The first Gregorian day, in days since 1970.
pub(super) const CUTOVER: i64 = -141_427;

pub(super) const DAY: i64 = 86_400_000;

/// A moment in fields of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fields {
    /// Days since 1970.
    pub days: i64,
    /// 0 is the year 1 before Christ.
    pub year: i64,
    /// From 1.
    pub month: i64,
    pub day: i64,
    /// Sunday is 0.
    pub weekday: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub milli: i64,
}

impl Fields {
    /// The fields of local milliseconds since 1970.
    pub fn of(millis: i64) -> Fields {
        let days = millis.div_euclid(DAY);
        let time = millis.rem_euclid(DAY);
        let (year, month, day) = date(days);
        Fields {
            days,
            year,
            month,
            day,
            weekday: weekday(days),
            hour: time / 3_600_000,
            minute: time / 60_000 % 60,
            second: time / 1000 % 60,
            milli: time % 1000,
        }
    }

    pub fn year_of_era(&self) -> i64 {
        if self.year > 0 {
            self.year
        } else {
            1 - self.year
        }
    }

    pub fn day_of_year(&self) -> i64 {
        self.days - days(self.year, 1, 1) + 1
    }
}

/// Year, month and day of days since 1970.
fn date(days: i64) -> (i64, i64, i64) {
    if days >= CUTOVER {
        gregorian(days)
    } else {
        julian(days)
    }
}

fn gregorian(days: i64) -> (i64, i64, i64) {
    // days since 1 March of the year 0
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    from_march(year_of_era + era * 400, day_of_year)
}

fn julian(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_470;
    let era = shifted.div_euclid(1461);
    let of_era = shifted.rem_euclid(1461);
    let year_of_era = (of_era - of_era / 1460) / 365;
    from_march(year_of_era + era * 4, of_era - 365 * year_of_era)
}

/// A year that starts in March, and a day in it from 0.
fn from_march(year: i64, day_of_year: i64) -> (i64, i64, i64) {
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (if month <= 2 { year + 1 } else { year }, month, day)
}

/// By which rule years are leap years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reckoning {
    Gregorian,
    Julian,
}

impl Reckoning {
    /// The rule in most of a year.
    pub fn of_year(year: i64) -> Reckoning {
        match year > 1582 {
            true => Reckoning::Gregorian,
            false => Reckoning::Julian,
        }
    }
}

/// Days since 1970 of a date whose month may overflow.
pub(super) fn day_number(year: i64, month: i64, day: i64, reckoning: Reckoning) -> i64 {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    let march_year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let julian = march_year * 365 + march_year.div_euclid(4) + day_of_year;
    match reckoning {
        Reckoning::Gregorian => {
            julian - march_year.div_euclid(100) + march_year.div_euclid(400) - 719_468
        }
        Reckoning::Julian => julian - 719_470,
    }
}

/// Days since 1970 of a date by the calendar of that time.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let gregorian = day_number(year, month, day, Reckoning::Gregorian);
    match gregorian >= CUTOVER {
        true => gregorian,
        false => day_number(year, month, day, Reckoning::Julian),
    }
}

/// The weekday of days since 1970; Sunday is 0.
pub(super) fn weekday(days: i64) -> i64 {
    (days + 4).rem_euclid(7)
}

/// How a locale counts weeks.
#[derive(Debug)]
pub(super) struct Weeks {
    /// Sunday is 0.
    pub first: i64,
    /// Days of the year that its first week needs.
    minimal: i64,
}

impl Weeks {
    pub fn of(language: &str) -> Weeks {
        match language {
            "de" | "fr" => Weeks {
                first: 1,
                minimal: 4,
            },
            "tr" => Weeks {
                first: 1,
                minimal: 1,
            },
            _ => Weeks {
                first: 0,
                minimal: 1,
            },
        }
    }

    /// The week of a day, counted from the week that holds enough days after `start`.
    fn number(&self, days: i64, start: i64) -> i64 {
        (days - self.first_day(start)).div_euclid(7) + 1
    }

    /// The first day of the first week of a period that starts on `start`.
    pub fn first_day(&self, start: i64) -> i64 {
        let since = (weekday(start) - self.first).rem_euclid(7);
        let week = start - since;
        if 7 - since >= self.minimal {
            week
        } else {
            week + 7
        }
    }

    pub fn of_year(&self, fields: &Fields) -> i64 {
        self.number(fields.days, days(self.week_year(fields), 1, 1))
    }

    pub fn of_month(&self, fields: &Fields) -> i64 {
        self.number(fields.days, days(fields.year, fields.month, 1))
    }

    pub fn week_year(&self, fields: &Fields) -> i64 {
        let first = |year| self.first_day(days(year, 1, 1));
        if fields.days >= first(fields.year + 1) {
            fields.year + 1
        } else if fields.days < first(fields.year) {
            fields.year - 1
        } else {
            fields.year
        }
    }
}
