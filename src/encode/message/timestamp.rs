//! The shapes of timestamps that Experience Platform is documented to send (reference 5.1).

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `2019-11-20T13:15:49Z`.
    Seconds,
    /// `2019-04-15T02:41:50.000+0000`: that of grouped messages (reference 5.8).
    Millis,
    /// `2021-10-26T16:59:00.828461Z`.
    Micros,
}

impl Shape {
    pub(crate) const ALL: [Shape; 3] = [Shape::Seconds, Shape::Millis, Shape::Micros];

    /// A timestamp of any shape in this one; what is none stays.
    pub(crate) fn written(self, text: &str) -> String {
        let Ok(timestamp) = text.parse::<Timestamp>() else {
            return text.to_owned();
        };
        let time = timestamp.to_zoned(TimeZone::UTC);
        let seconds = time.strftime("%Y-%m-%dT%H:%M:%S");
        match self {
            Shape::Seconds => format!("{seconds}Z"),
            Shape::Millis => format!("{seconds}.{:03}+0000", time.millisecond()),
            Shape::Micros => {
                let micros = time.subsec_nanosecond() / 1000;
                format!("{seconds}.{micros:06}Z")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_of_any_shape_is_written_in_each() {
        for (given, millis) in [
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
            assert_eq!(Shape::Millis.written(given), millis);
        }
        let given = "2021-10-26T16:59:00.828461Z";
        assert_eq!(Shape::Seconds.written(given), "2021-10-26T16:59:00Z");
        assert_eq!(Shape::Micros.written(given), given);
    }
}
