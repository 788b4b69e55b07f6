//! Time zones by the ids that Spark accepts, their offsets, and their names in English.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::encode::calendar::ZONES;

/// Per line: short and long names for standard, daylight and generic time, as Java 17 gives them, then the zones.
const NAMES: &str = include_str!("zone_names.tsv");

/// 400 years, after which the Gregorian calendar repeats.
const CYCLE: i64 = 146_097 * 86_400;

/// Three-letter ids that Spark passes on as offsets, beside those of Java's calendar.
const OFFSETS: [(&str, &str); 3] = [("EST", "-05:00"), ("HST", "-10:00"), ("MST", "-07:00")];

/// Ids that Java knows for offsets alone, in hours.
const SYSTEM_V: [(&str, i32); 7] = [
    ("SystemV/AST4", -4),
    ("SystemV/CST6", -6),
    ("SystemV/EST5", -5),
    ("SystemV/HST10", -10),
    ("SystemV/MST7", -7),
    ("SystemV/PST8", -8),
    ("SystemV/YST9", -9),
];

/// Ids that have been links since 2024, with local mean time before 1883.
const LINKS: [(&str, &str); 4] = [
    ("CST6CDT", "America/Chicago"),
    ("EST5EDT", "America/New_York"),
    ("MST7MDT", "America/Denver"),
    ("PST8PDT", "America/Los_Angeles"),
];

type Names = [&'static str; 6];

static NAMES_BY_ZONE: LazyLock<HashMap<&'static str, Names>> = LazyLock::new(|| {
    let mut by_zone = HashMap::new();
    for line in NAMES.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        if let [a, b, c, d, e, f, zones] = columns[..] {
            by_zone.extend(zones.split(' ').map(|zone| (zone, [a, b, c, d, e, f])));
        }
    }
    by_zone
});

/// A time zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    id: String,
    rules: Rules,
}

#[derive(Debug, Clone, PartialEq)]
enum Rules {
    /// Seconds east of UTC, and whether the id is nothing but the offset.
    Fixed {
        offset: i32,
        bare: bool,
    },
    Region(TimeZone),
}

impl Zone {
    /// The zone that Spark understands by `id`: a region, `UTC`, an offset, or a prefix with an offset such as `UTC+5`.
    #[must_use]
    pub fn for_id(id: &str) -> Option<Self> {
        let padded = pad_offset(id);
        let id = ZONES
            .iter()
            .chain(&OFFSETS)
            .find(|(short, _)| *short == padded)
            .map_or(padded.as_str(), |(_, long)| long);
        if id == "Z" {
            return Some(Self::fixed("Z".to_owned(), 0, true));
        }
        if id.starts_with(['+', '-']) {
            let offset = parse_offset(id)?;
            return Some(Self::fixed(offset_id(offset), offset, true));
        }
        for prefix in ["UTC", "GMT", "UT"] {
            let Some(rest) = id.strip_prefix(prefix) else {
                continue;
            };
            if rest.is_empty() {
                return Some(Self::fixed(prefix.to_owned(), 0, false));
            }
            if rest.starts_with(['+', '-']) {
                let offset = parse_offset(rest)?;
                let suffix = if offset == 0 {
                    String::new()
                } else {
                    offset_id(offset)
                };
                return Some(Self::fixed(format!("{prefix}{suffix}"), offset, false));
            }
        }
        if let Some((id, hours)) = SYSTEM_V.iter().find(|(name, _)| *name == id) {
            return Some(Self::fixed((*id).to_owned(), hours * 3600, false));
        }
        let target = LINKS
            .iter()
            .find(|(name, _)| *name == id)
            .map_or(id, |(_, target)| target);
        let region = TimeZone::get(target).ok()?;
        // Java compares ids with their letter case.
        (region.iana_name() == Some(target)).then(|| Self {
            id: id.to_owned(),
            rules: Rules::Region(region),
        })
    }

    /// `UTC`.
    #[must_use]
    pub fn utc() -> Self {
        Self::fixed("UTC".to_owned(), 0, false)
    }

    fn fixed(id: String, offset: i32, bare: bool) -> Self {
        Self {
            id,
            rules: Rules::Fixed { offset, bare },
        }
    }

    /// The id as the pattern letters `VV` print it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Seconds east of UTC at an epoch second.
    #[must_use]
    pub fn offset_at(&self, epoch: i64) -> i32 {
        match &self.rules {
            Rules::Fixed { offset, .. } => *offset,
            Rules::Region(zone) => zone.to_offset(timestamp(epoch)).seconds(),
        }
    }

    /// The name in force at an epoch second; an offset is its own name.
    pub(super) fn name_at(&self, epoch: i64, long: bool) -> &str {
        let daylight = match &self.rules {
            Rules::Fixed { bare: true, .. } => return &self.id,
            Rules::Fixed { bare: false, .. } => false,
            Rules::Region(zone) => self.is_daylight(zone, epoch),
        };
        self.name(usize::from(daylight) + if long { 3 } else { 0 })
    }

    /// The name without regard to daylight saving time.
    pub(super) fn generic_name(&self, long: bool) -> &str {
        match self.rules {
            Rules::Fixed { bare: true, .. } => &self.id,
            Rules::Fixed { bare: false, .. } | Rules::Region(_) => {
                self.name(if long { 5 } else { 2 })
            }
        }
    }

    fn name(&self, column: usize) -> &str {
        NAMES_BY_ZONE
            .get(self.id.as_str())
            .map_or(self.id.as_str(), |names| names[column])
    }

    fn is_daylight(&self, zone: &TimeZone, epoch: i64) -> bool {
        let info = zone.to_offset_info(timestamp(epoch));
        // Java counts Irish Standard Time as summer time, also in the years when it was kept all year.
        let irish =
            matches!(self.id.as_str(), "Europe/Dublin" | "Eire") && info.offset().seconds() == 3600;
        info.dst().is_dst() || irish
    }
}

/// The instant for looking up an offset: beyond the range of the time zone library, rules repeat every 400 years.
fn timestamp(epoch: i64) -> Timestamp {
    let (least, most) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let within = if epoch > most {
        epoch - ((epoch - most) / CYCLE + 1) * CYCLE
    } else {
        epoch.max(least)
    };
    Timestamp::from_second(within).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Spark's own mending: `+5:30` is `+05:30`, and `+05:3` at the end is `+05:03`.
fn pad_offset(id: &str) -> String {
    let mut text = id.to_owned();
    let bytes = id.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if let Some(at) = (0..bytes.len()).find(|&at| {
        matches!(bytes[at], b'+' | b'-') && digit(at + 1) && bytes.get(at + 2) == Some(&b':')
    }) {
        text.insert(at + 1, '0');
    }
    let bytes = text.as_bytes();
    if let [.., b'+' | b'-', a, b, b':', c] = bytes
        && [a, b, c].iter().all(|byte| byte.is_ascii_digit())
    {
        text.insert(text.len() - 1, '0');
    }
    text
}

/// `+h`, `+hh`, `+hh:mm`, `+hhmm`, `+hh:mm:ss` and `+hhmmss`, up to 18 hours.
fn parse_offset(text: &str) -> Option<i32> {
    let (sign, rest) = text.split_at_checked(1)?;
    let rest = if rest.len() == 1 {
        format!("0{rest}")
    } else {
        rest.to_owned()
    };
    let colons = match rest.len() {
        2 | 4 => false,
        6 if !rest.contains(':') => false,
        5 | 8 => true,
        _ => return None,
    };
    let digits = if colons {
        let parts: Vec<&str> = rest.split(':').collect();
        parts
            .iter()
            .all(|part| part.len() == 2)
            .then(|| parts.concat())?
    } else {
        rest
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| {
        digits
            .get(at..at + 2)
            .map_or(Some(0), |part| part.parse::<i32>().ok())
    };
    let (hours, minutes, seconds) = (part(0)?, part(2)?, part(4)?);
    let total = hours * 3600 + minutes * 60 + seconds;
    (minutes < 60 && seconds < 60 && total <= 18 * 3600).then_some(if sign == "-" {
        -total
    } else {
        total
    })
}

fn offset_id(offset: i32) -> String {
    if offset == 0 {
        return "Z".to_owned();
    }
    let sign = if offset < 0 { '-' } else { '+' };
    let seconds = offset.abs();
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if s == 0 {
        format!("{sign}{h:02}:{m:02}")
    } else {
        format!("{sign}{h:02}:{m:02}:{s:02}")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn ids_are_those_of_java() {
        let ids = [
            ("UTC", "UTC"),
            ("Z", "Z"),
            ("+5:30", "+05:30"),
            ("UTC+5", "UTC+05:00"),
            ("EST", "-05:00"),
            ("+00:00", "Z"),
            ("PST", "America/Los_Angeles"),
            ("Europe/Paris", "Europe/Paris"),
            ("GMT+0", "GMT"),
            ("-0830", "-08:30"),
            ("+053015", "+05:30:15"),
            ("+05:30:15", "+05:30:15"),
        ];
        for (given, id) in ids {
            assert_eq!(Zone::for_id(given).unwrap().id(), id, "{given}");
        }
        for id in [
            "Mars/Olympus",
            "europe/paris",
            "+19:00",
            "+1:2:3",
            "",
            "+",
            "UTC+x",
            "utc",
        ] {
            assert!(Zone::for_id(id).is_none(), "{id}");
        }
    }

    #[test]
    fn far_years_keep_the_last_rules() {
        let zone = Zone::for_id("Europe/Paris").unwrap();
        assert_eq!(zone.offset_at(i64::MAX / 1_000_000), 3600);
        assert_eq!(zone.offset_at(i64::MIN / 1_000_000), 561);
    }
}
