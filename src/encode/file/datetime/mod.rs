//! Dates and times by Spark's patterns (writer rules, section 3): compiled once, written many times.

mod field;
mod offset;
mod pattern;
mod zone;

use crate::encode::file::error::FileError;

use field::Moment;
use pattern::Item;
pub use zone::Zone;

/// A compiled pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Formatter {
    items: Vec<Item>,
    /// Whether any item asks for the zone or its offset.
    zoned: bool,
}

impl Formatter {
    /// Compiles a pattern of `java.time` as Spark restricts it.
    ///
    /// # Errors
    ///
    /// The reason for which Spark or Java refuses the pattern, in our words.
    pub fn compile(pattern: &str) -> Result<Self, String> {
        let items = pattern::compile(pattern)?;
        let zoned = items.iter().any(Item::is_zoned);
        Ok(Self { items, zoned })
    }

    /// Appends a date, in days since 1970-01-01.
    ///
    /// # Errors
    ///
    /// [`FileError::PatternField`] where the pattern asks for more than a date has.
    pub fn push_date(&self, days: i32, out: &mut Vec<u8>) -> Result<(), FileError> {
        field::push_all(&self.items, &Moment::date(days), out)
    }

    /// Appends an instant, in microseconds since 1970-01-01T00:00:00Z, on the clock of `zone`.
    ///
    /// # Errors
    ///
    /// [`FileError::PatternWidth`] where a number is wider than the pattern allows.
    pub fn push_instant(
        &self,
        micros: i64,
        zone: &Zone,
        out: &mut Vec<u8>,
    ) -> Result<(), FileError> {
        field::push_all(&self.items, &Moment::instant(micros, zone), out)
    }

    /// Appends a local date and time, in microseconds since 1970-01-01T00:00:00 of the same clock.
    ///
    /// # Errors
    ///
    /// [`FileError::PatternField`] where the pattern asks for a zone or an offset.
    pub fn push_local(&self, micros: i64, out: &mut Vec<u8>) -> Result<(), FileError> {
        field::push_all(&self.items, &Moment::local(micros), out)
    }

    /// Whether the pattern asks for names, which depend on the language.
    #[must_use]
    pub fn has_names(&self) -> bool {
        self.items.iter().any(Item::is_name)
    }

    /// Whether the pattern asks for the zone or its offset.
    #[must_use]
    pub fn is_zoned(&self) -> bool {
        self.zoned
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    /// 2022-02-24T13:14:15.123456Z
    const INSTANT: i64 = 1_645_708_455_123_456;

    fn instant(pattern: &str, zone: &str) -> String {
        let mut out = Vec::new();
        let zone = Zone::for_id(zone).unwrap();
        Formatter::compile(pattern)
            .unwrap()
            .push_instant(INSTANT, &zone, &mut out)
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    fn date(pattern: &str, days: i32) -> Result<String, String> {
        let mut out = Vec::new();
        Formatter::compile(pattern)?
            .push_date(days, &mut out)
            .map_err(|error| error.to_string())?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn the_default_pattern_prints_its_optional_sections() {
        let pattern = "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]";
        assert_eq!(instant(pattern, "UTC"), "2022-02-24T13:14:15.123Z");
        assert_eq!(
            instant(pattern, "Asia/Kolkata"),
            "2022-02-24T18:44:15.123+05:30"
        );
    }

    #[test]
    fn an_optional_section_that_a_date_cannot_fill_is_left_out() {
        assert_eq!(date("yyyy-MM-dd[ HH:mm]", 0).unwrap(), "1970-01-01");
        assert!(
            date("yyyy-MM-dd HH", 0)
                .unwrap_err()
                .contains("no such field")
        );
    }

    #[test]
    fn letters_print_as_java_does() {
        let cases = [
            ("EEE MMM d h:mm a", "Thu Feb 24 1:14 PM"),
            ("EEEE MMMM LLLL", "Thursday February February"),
            ("q qq QQQ qqqq", "1 01 Q1 1st quarter"),
            ("D DD DDD F", "55 55 055 3"),
            ("y yy yyy yyyyy", "2022 22 2022 02022"),
            ("G yyyy GGGG", "AD 2022 Anno Domini"),
            ("k K kk KK", "13 1 13 01"),
            ("S SSSSSSSSS", "1 123456000"),
            ("dd''MM 'it''s'", "24'02 it's"),
            ("g", "59634"),
        ];
        for (pattern, expected) in cases {
            assert_eq!(instant(pattern, "UTC"), expected, "{pattern}");
        }
    }

    #[test]
    fn zones_print_as_java_does() {
        assert_eq!(
            instant("X XX XXX x Z ZZZZ ZZZZZ O z VV", "UTC"),
            "Z Z Z +00 +0000 GMT Z GMT UTC UTC"
        );
        assert_eq!(
            instant("z zzzz O OOOO", "America/Los_Angeles"),
            "PST Pacific Standard Time GMT-8 GMT-08:00"
        );
        assert_eq!(instant("z VV", "+05:30"), "+05:30 +05:30");
        assert_eq!(
            instant("v vvvv", "Europe/Paris"),
            "CET Central European Time"
        );
    }

    #[test]
    fn a_year_above_9999_has_a_sign() {
        assert_eq!(date("yyyy", 2_932_897).unwrap(), "+10000");
        assert_eq!(date("yyyy", -719_529).unwrap(), "-0001");
        assert_eq!(date("G yyyy", -719_529).unwrap(), "BC 0002");
        assert_eq!(date("yy", -719_529).unwrap(), "01");
    }

    #[test]
    fn what_spark_refuses_is_refused() {
        for pattern in [
            "YYYY",
            "uuuu",
            "ww",
            "c",
            "e",
            "A",
            "B",
            "n",
            "N",
            "p",
            "b",
            "MMMMM",
            "qqqqq",
            "EEEEE",
            "yyyyyyy",
            "DDDD",
            "#",
            "{",
            "yyyyMMM'",
            "V",
            "OO",
            "ZZZZZZ",
            "XXXXXX",
            "aa",
            "FF",
            "ddd",
            "HHH",
            "SSSSSSSSSS",
            "]",
            "zzzzz",
            "vv",
            "nope",
        ] {
            assert!(Formatter::compile(pattern).is_err(), "{pattern}");
        }
        for pattern in ["[yyyy", "", "yyyy'T'", "'YYYY'", "''"] {
            assert!(Formatter::compile(pattern).is_ok(), "{pattern}");
        }
    }
}
