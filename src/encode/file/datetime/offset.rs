//! Offsets from UTC as text: the letters X, x, Z and O.

/// How an offset is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OffsetStyle {
    /// `+05:30` and its kin.
    Digits {
        colon: bool,
        minutes: Part,
        seconds: bool,
        zero: &'static str,
    },
    /// `GMT+5:30`, or `GMT+05:30`.
    Localized { long: bool },
}

/// Whether minutes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Always,
    NotZero,
}

impl OffsetStyle {
    pub(super) fn localized(long: bool) -> Self {
        Self::Localized { long }
    }

    /// The style of `X`, `x` and `Z`; `None` for too many letters.
    pub(super) fn for_letter(letter: char, count: usize) -> Option<Self> {
        let zero = |count| match (letter, count) {
            ('X', _) => "Z",
            (_, 1) => "+00",
            (_, 2 | 4) => "+0000",
            _ => "+00:00",
        };
        match (letter, count) {
            ('Z', 1..=3) => Some(Self::Digits {
                colon: false,
                minutes: Part::Always,
                seconds: false,
                zero: "+0000",
            }),
            ('Z', 4) => Some(Self::localized(true)),
            ('Z', 5) => Some(Self::Digits {
                colon: true,
                minutes: Part::Always,
                seconds: true,
                zero: "Z",
            }),
            ('X' | 'x', 1) => Some(Self::Digits {
                colon: false,
                minutes: Part::NotZero,
                seconds: false,
                zero: zero(1),
            }),
            ('X' | 'x', 2..=5) => Some(Self::Digits {
                colon: count % 2 == 1,
                minutes: Part::Always,
                seconds: count > 3,
                zero: zero(count),
            }),
            _ => None,
        }
    }

    /// Appends an offset in seconds east of UTC.
    pub(super) fn push(self, offset: i32, out: &mut Vec<u8>) {
        match self {
            Self::Digits {
                colon,
                minutes,
                seconds,
                zero,
            } => {
                let start = out.len();
                let sign = if offset < 0 { b'-' } else { b'+' };
                let (h, m, s) = parts(offset);
                out.push(sign);
                push_two(h, out);
                let mut total = h;
                if minutes == Part::Always || m > 0 {
                    push_part(m, colon, out);
                    total += m;
                    if seconds && s > 0 {
                        push_part(s, colon, out);
                        total += s;
                    }
                }
                // An offset of less than what is printed counts as none.
                if total == 0 {
                    out.truncate(start);
                    out.extend_from_slice(zero.as_bytes());
                }
            }
            Self::Localized { long } => push_localized(offset, long, out),
        }
    }
}

fn push_localized(offset: i32, long: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(b"GMT");
    if offset == 0 {
        return;
    }
    let (h, m, s) = parts(offset);
    out.push(if offset < 0 { b'-' } else { b'+' });
    if long || h >= 10 {
        push_two(h, out);
    } else {
        out.push(b'0' + h);
    }
    if long || m > 0 || s > 0 {
        push_part(m, true, out);
    }
    if s > 0 {
        push_part(s, true, out);
    }
}

/// Hours, minutes and seconds of an offset, without its sign; Java allows 18 hours at most.
fn parts(offset: i32) -> (u8, u8, u8) {
    let seconds = offset.unsigned_abs();
    (
        (seconds / 3600 % 100) as u8,
        (seconds / 60 % 60) as u8,
        (seconds % 60) as u8,
    )
}

fn push_part(value: u8, colon: bool, out: &mut Vec<u8>) {
    if colon {
        out.push(b':');
    }
    push_two(value, out);
}

fn push_two(value: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(&[b'0' + value / 10, b'0' + value % 10]);
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn text(letter: char, count: usize, offset: i32) -> String {
        let mut out = Vec::new();
        OffsetStyle::for_letter(letter, count)
            .unwrap()
            .push(offset, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn seconds_are_written_only_by_the_long_forms() {
        assert_eq!(text('X', 3, -28_378), "-07:52");
        assert_eq!(text('X', 5, -28_378), "-07:52:58");
        assert_eq!(text('x', 4, -28_378), "-075258");
        assert_eq!(text('X', 1, -28_378), "-0752");
        assert_eq!(text('Z', 4, -28_378), "GMT-07:52:58");
    }

    #[test]
    fn an_offset_below_a_minute_counts_as_none_where_seconds_are_not_written() {
        assert_eq!(text('X', 3, -52), "Z");
        assert_eq!(text('x', 3, -52), "+00:00");
        assert_eq!(text('X', 5, -52), "-00:00:52");
    }
}
