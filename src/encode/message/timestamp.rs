//! Timestamps of grouped messages: milliseconds and `+0000` (reference 5.8).

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A timestamp of any shape of reference 5.1 in the shape of grouped messages; what is none stays.
pub(crate) fn grouped(text: &str) -> String {
    let Ok(timestamp) = text.parse::<Timestamp>() else {
        return text.to_owned();
    };
    let time = timestamp.to_zoned(TimeZone::UTC);
    let millisecond = time.millisecond();
    format!(
        "{}.{millisecond:03}+0000",
        time.strftime("%Y-%m-%dT%H:%M:%S")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_shape_becomes_milliseconds_and_a_numeric_zone() {
        for (given, expected) in [
            ("2019-11-20T13:15:49Z", "2019-11-20T13:15:49.000+0000"),
            (
                "2019-04-15T02:41:50.000+0000",
                "2019-04-15T02:41:50.000+0000",
            ),
            (
                "2021-10-26T16:59:00.828461Z",
                "2021-10-26T16:59:00.828+0000",
            ),
            (
                "2022-02-08T19:34:24.5+01:00",
                "2022-02-08T18:34:24.500+0000",
            ),
            ("yesterday", "yesterday"),
        ] {
            assert_eq!(grouped(given), expected);
        }
    }
}
