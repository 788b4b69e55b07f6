//! Ancient days and instants: refused, kept, or moved to the hybrid Julian calendar as Spark does.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::encode::calendar::civil;
use crate::encode::file::parquet::error::ParquetError;
use crate::encode::file::parquet::options::{ParquetOptions, Rebase};

/// 1582-10-15, the first Gregorian day, in days since 1970-01-01.
const GREGORIAN_DAY: i32 = -141_427;
/// 1900-01-01T00:00:00Z, after which no zone's rules differ between Java's two calendars.
const MODERN_MICROS: i64 = -2_208_988_800_000_000;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// The calendar rules of one file.
#[derive(Debug)]
pub(super) struct Calendar {
    dates: Rebase,
    int96: Rebase,
    zone: TimeZone,
}

impl Calendar {
    pub(super) fn new(options: &ParquetOptions) -> Result<Self, ParquetError> {
        let zone = TimeZone::get(&options.time_zone).map_err(|_| ParquetError::Setting {
            key: "spark.sql.session.timeZone",
            expected: "the name of a time zone",
            value: options.time_zone.clone(),
        })?;
        Ok(Self {
            dates: options.dates,
            int96: options.int96,
            zone,
        })
    }

    /// The day to store for a proleptic Gregorian day.
    pub(super) fn day(&self, days: i32, column: &str) -> Result<i32, ParquetError> {
        if days >= GREGORIAN_DAY || self.dates == Rebase::Corrected {
            return Ok(days);
        }
        if self.dates == Rebase::Legacy {
            return Ok(julian_day(days));
        }
        Err(ParquetError::Ancient {
            column: column.to_owned(),
            value: iso_day(days),
            limit: "1582-10-15",
        })
    }

    /// The instant to store as INT96.
    pub(super) fn int96(&self, micros: i64, column: &str) -> Result<i64, ParquetError> {
        self.instant(micros, self.int96, column)
    }

    /// The instant to store as a count of micro- or milliseconds.
    pub(super) fn timestamp(&self, micros: i64, column: &str) -> Result<i64, ParquetError> {
        self.instant(micros, self.dates, column)
    }

    fn instant(&self, micros: i64, mode: Rebase, column: &str) -> Result<i64, ParquetError> {
        if micros >= MODERN_MICROS || mode == Rebase::Corrected {
            return Ok(micros);
        }
        if mode == Rebase::Legacy {
            return Ok(self.julian_instant(micros));
        }
        Err(ParquetError::Ancient {
            column: column.to_owned(),
            value: iso_day(day_of(micros)),
            limit: "1900-01-01T00:00:00Z",
        })
    }

    fn julian_instant(&self, micros: i64) -> i64 {
        let offset = Timestamp::from_duration(SignedDuration::from_micros(micros))
            .map_or(0, |instant| {
                i64::from(self.zone.to_offset(instant).seconds()) * 1_000_000
            });
        let local = micros + offset;
        let day = day_of(local);
        let moved = i64::from(julian_day(day)) - i64::from(day);
        micros + moved * MICROS_PER_DAY
    }
}

/// The day on which the hybrid calendar shows the fields that the Gregorian one shows on `days`.
fn julian_day(days: i32) -> i32 {
    if days >= GREGORIAN_DAY {
        return days;
    }
    let (year, month, day) = civil(i64::from(days));
    // the ten days that the reform left out become its first day
    if (year, month) == (1582, 10) && day > 4 {
        return GREGORIAN_DAY;
    }
    let shift = (14 - month) / 12;
    let years = year + 4800 - shift;
    let months = month + 12 * shift - 3;
    let number = day + (153 * months + 2) / 5 + 365 * years + years.div_euclid(4) - 32_083;
    i32::try_from(number - 2_440_588).unwrap_or(days)
}

fn iso_day(days: i32) -> String {
    let (year, month, day) = civil(i64::from(days));
    format!("{year:04}-{month:02}-{day:02}")
}

fn day_of(micros: i64) -> i32 {
    i32::try_from(micros.div_euclid(MICROS_PER_DAY)).unwrap_or(i32::MIN)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn calendar(mode: Rebase) -> Calendar {
        Calendar::new(&ParquetOptions {
            dates: mode,
            int96: mode,
            ..ParquetOptions::default()
        })
        .unwrap()
    }

    #[test]
    fn the_last_julian_day_is_ten_days_off() {
        let legacy = calendar(Rebase::Legacy);
        // 1582-10-04 proleptic is 1582-09-24 Julian; the Julian 1582-10-04 is the day before the reform
        assert_eq!(
            legacy.day(GREGORIAN_DAY - 11, "d").unwrap(),
            GREGORIAN_DAY - 1
        );
        assert_eq!(legacy.day(GREGORIAN_DAY - 5, "d").unwrap(), GREGORIAN_DAY);
        assert_eq!(legacy.day(-719_162, "d").unwrap(), -719_164, "0001-01-01");
    }

    #[test]
    fn ancient_days_are_refused_by_default_and_named() {
        let refused = calendar(Rebase::Exception)
            .day(GREGORIAN_DAY - 1, "born")
            .unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("born: 1582-10-14 is before 1582-10-15")
        );
        assert_eq!(
            calendar(Rebase::Exception).day(GREGORIAN_DAY, "d").unwrap(),
            GREGORIAN_DAY
        );
        assert_eq!(
            calendar(Rebase::Corrected).day(-719_162, "d").unwrap(),
            -719_162
        );
    }

    #[test]
    fn instants_before_1900_are_refused_and_the_first_of_1900_is_not() {
        let exception = calendar(Rebase::Exception);
        assert!(exception.int96(MODERN_MICROS - 1, "t").is_err());
        assert!(exception.timestamp(MODERN_MICROS - 1, "t").is_err());
        assert_eq!(exception.int96(MODERN_MICROS, "t").unwrap(), MODERN_MICROS);
    }
}
