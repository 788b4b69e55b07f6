//! The shapes of time that Platform is known to send.

/// What a time looks like, or `None` if it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Digits after the decimal point of the seconds.
    pub(crate) fraction: usize,
    /// The zone is written in digits and not as `Z`.
    pub(crate) numeric_zone: bool,
}

/// Reads `2022-02-08T18:34:24`, an optional fraction, and `Z`, `+0000` or `+00:00`.
pub(crate) fn shape(text: &str) -> Option<Shape> {
    let (moment, rest) = text.split_at_checked(19)?;
    like(moment, "0000-00-00T00:00:00").then_some(())?;
    in_range(moment)?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        None => (0, rest),
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            (digits > 0).then(|| (digits, rest.get(digits..).unwrap_or_default()))?
        }
    };
    let unsigned = zone.strip_prefix(['+', '-']);
    let numeric_zone = unsigned.is_some_and(|zone| like(zone, "0000") || like(zone, "00:00"));
    (numeric_zone || zone == "Z").then_some(Shape {
        fraction,
        numeric_zone,
    })
}

/// Whether a text has the shape of a pattern, in which a zero stands for any digit.
pub(crate) fn like(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text
            .bytes()
            .zip(pattern.bytes())
            .all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                other => byte == other,
            })
}

fn in_range(moment: &str) -> Option<()> {
    let number = |range: std::ops::Range<usize>| moment.get(range)?.parse::<u8>().ok();
    let fits = (1..=12).contains(&number(5..7)?)
        && (1..=31).contains(&number(8..10)?)
        && number(11..13)? < 24
        && number(14..16)? < 60
        && number(17..19)? <= 60;
    fits.then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_documented_shapes_are_read() {
        let shapes = [
            "2019-11-20T13:15:49Z",
            "2019-04-15T02:41:50.000+0000",
            "2022-02-08T18:34:24.000+0000",
            "2021-10-26T16:59:00.828461Z",
            "2021-10-26T17:41:55.947+0000",
        ];
        let read: Vec<_> = shapes.iter().filter_map(|text| shape(text)).collect();
        assert_eq!(
            read.iter().map(|shape| shape.fraction).collect::<Vec<_>>(),
            [0, 3, 3, 6, 3]
        );
        assert_eq!(read.iter().filter(|shape| shape.numeric_zone).count(), 3);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "2021-13-01T00:00:00Z",
            "2021-10-26T16:59:00",
            "2021-10-26T16:59:00.Z",
            "2021-10-26T16:59:00Zulu",
        ] {
            assert_eq!(shape(text), None, "{text}");
        }
    }
}
