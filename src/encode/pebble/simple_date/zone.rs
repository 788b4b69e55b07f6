//! `TimeZone` of Java: ids, custom offsets, names.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::encode::calendar::ZONES;

/// A time zone.
#[derive(Debug, Clone)]
pub(crate) enum Zone {
    /// Milliseconds east of Greenwich, and the name that is printed.
    Fixed(i64, String),
    Named(TimeZone),
}

/// What a zone says of a moment.
#[derive(Debug)]
pub(super) struct Offset {
    pub millis: i64,
    summer: bool,
    abbreviation: String,
}

/// Abbreviation, its long name, and milliseconds in hours with minutes: what `zzzz` prints and `z` reads.
const LONG: [(&str, &str, i64); 30] = [
    ("UTC", "Coordinated Universal Time", 0),
    ("GMT", "Greenwich Mean Time", 0),
    ("EST", "Eastern Standard Time", -300),
    ("EDT", "Eastern Daylight Time", -240),
    ("CST", "Central Standard Time", -360),
    ("CDT", "Central Daylight Time", -300),
    ("MST", "Mountain Standard Time", -420),
    ("MDT", "Mountain Daylight Time", -360),
    ("PST", "Pacific Standard Time", -480),
    ("PDT", "Pacific Daylight Time", -420),
    ("AKST", "Alaska Standard Time", -540),
    ("AKDT", "Alaska Daylight Time", -480),
    ("HST", "Hawaii-Aleutian Standard Time", -600),
    ("AST", "Atlantic Standard Time", -240),
    ("ADT", "Atlantic Daylight Time", -180),
    ("NST", "Newfoundland Standard Time", -210),
    ("NDT", "Newfoundland Daylight Time", -150),
    ("WET", "Western European Standard Time", 0),
    ("WEST", "Western European Summer Time", 60),
    ("CET", "Central European Standard Time", 60),
    ("CEST", "Central European Summer Time", 120),
    ("EET", "Eastern European Standard Time", 120),
    ("EEST", "Eastern European Summer Time", 180),
    ("MSK", "Moscow Standard Time", 180),
    ("IST", "India Standard Time", 330),
    ("JST", "Japan Standard Time", 540),
    ("KST", "Korean Standard Time", 540),
    ("BST", "British Summer Time", 60),
    ("AEST", "Australian Eastern Standard Time", 600),
    ("AEDT", "Australian Eastern Daylight Time", 660),
];

impl Zone {
    pub fn utc() -> Zone {
        Zone::Fixed(0, "UTC".to_owned())
    }

    /// `TimeZone.getTimeZone(id)`: an id that nobody knows is Greenwich.
    pub fn named(id: &str) -> Zone {
        match id {
            "UTC" | "Etc/UTC" | "UCT" | "Etc/UCT" | "Zulu" | "Etc/Zulu" | "Universal"
            | "Etc/Universal" => {
                return Zone::utc();
            }
            "EST" => return Zone::Fixed(-5 * 3_600_000, "EST".to_owned()),
            "MST" => return Zone::Fixed(-7 * 3_600_000, "MST".to_owned()),
            "HST" => return Zone::Fixed(-10 * 3_600_000, "HST".to_owned()),
            _ => {}
        }
        let id = ZONES
            .iter()
            .find(|(old, _)| *old == id)
            .map_or(id, |(_, id)| id);
        if let Ok(zone) = TimeZone::get(id)
            && zone.iana_name() == Some(id)
            && id != "GMT"
        {
            return Zone::Named(zone);
        }
        match custom(id) {
            Some(0) | None => Zone::Fixed(0, "GMT".to_owned()),
            Some(millis) => {
                let minutes = millis / 60_000;
                let sign = if millis < 0 { '-' } else { '+' };
                let name = format!(
                    "GMT{sign}{:02}:{:02}",
                    minutes.abs() / 60,
                    minutes.abs() % 60
                );
                Zone::Fixed(millis, name)
            }
        }
    }

    pub(super) fn offset(&self, millis: i64) -> Offset {
        match self {
            Zone::Fixed(offset, name) => Offset {
                millis: *offset,
                summer: false,
                abbreviation: name.clone(),
            },
            Zone::Named(zone) if millis < KNOWN_FROM => {
                let [january, july] = LATE.map(|seconds| at_moment(zone, seconds * 1000));
                if january.millis <= july.millis {
                    january
                } else {
                    july
                }
            }
            Zone::Named(zone) => at_moment(zone, millis),
        }
    }

    /// What `z` prints, and `zzzz` when `long`.
    ///
    /// # Errors
    /// A reason, for a zone whose name is not known here.
    pub(super) fn name(&self, offset: &Offset, long: bool) -> Result<String, String> {
        let short = &offset.abbreviation;
        if short.starts_with("GMT") && short.len() > 3 {
            return Ok(short.clone());
        }
        if short.starts_with(['+', '-']) {
            return Err("the name of this time zone is not known here, use `X` or `Z`".to_owned());
        }
        if !long {
            return Ok(short.clone());
        }
        LONG.iter()
            .find(|(known, _, minutes)| {
                known == short
                    && minutes * 60_000 == offset.millis
                    && offset.summer == is_summer(known)
            })
            .map(|(_, name, _)| (*name).to_owned())
            .ok_or_else(|| {
                format!(
                    "the long name of the time zone {short} is not known here, use `z`, `X` or `Z`"
                )
            })
    }
}

/// Java knows the offsets of zones from 1900 on; before, there is only their standard time of now.
const KNOWN_FROM: i64 = -2_208_988_800_000;

/// The end of the year 9998, up to where the rules are at hand.
const LAST_KNOWN: i64 = 253_370_764_800_000;

/// Milliseconds in 400 years.
const FOUR_CENTURIES: i64 = 146_097 * 86_400_000;

/// A January and a July of now, in seconds.
const LATE: [i64; 2] = [1_736_899_200, 1_752_537_600];

fn at_moment(zone: &TimeZone, millis: i64) -> Offset {
    // the calendar repeats, and so do the rules of the zones
    let known = match millis > LAST_KNOWN {
        true => millis.rem_euclid(FOUR_CENTURIES) + FOUR_CENTURIES,
        false => millis,
    };
    let moment = Timestamp::from_millisecond(known).unwrap_or(Timestamp::MAX);
    let info = zone.to_offset_info(moment);
    Offset {
        millis: i64::from(info.offset().seconds()) * 1000,
        summer: info.dst().is_dst(),
        abbreviation: info.abbreviation().to_owned(),
    }
}

fn is_summer(abbreviation: &str) -> bool {
    abbreviation == "BST"
        || abbreviation.ends_with("DT")
        || (abbreviation.len() == 4
            && abbreviation.ends_with("EST")
            && !abbreviation.starts_with('A'))
}

/// The minutes east of Greenwich of a name that `z` reads at the start of `text`, and its length.
pub(super) fn read_name(text: &str) -> Option<(i64, usize)> {
    let starts = |name: &str| {
        text.get(..name.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(name))
    };
    LONG.iter()
        .flat_map(|(short, long, minutes)| [(*long, *minutes), (*short, *minutes)])
        .filter(|(name, _)| starts(name))
        .max_by_key(|(name, _)| name.len())
        .map(|(name, minutes)| (minutes, name.len()))
}

/// `GMT+h`, `GMT+hh`, `GMT+hhmm`, `GMT+h:mm` or `GMT+hh:mm` in milliseconds.
fn custom(id: &str) -> Option<i64> {
    let rest = id.strip_prefix("GMT")?;
    let sign = match rest.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = &rest[1..];
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 && (1..=2).contains(&hours.len()) => {
            (hours, minutes)
        }
        Some(_) => return None,
        None => match digits.len() {
            1 | 2 => (digits, "0"),
            3 | 4 => digits.split_at_checked(digits.len() - 2)?,
            _ => return None,
        },
    };
    let number = |text: &str| match text.bytes().all(|b| b.is_ascii_digit()) {
        true => text.parse::<i64>().ok(),
        false => None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes) * 60_000)
}

/// What `Z` prints: `+0100`.
pub(super) fn rfc(millis: i64, out: &mut String) {
    let minutes = millis / 60_000;
    let sign = if minutes < 0 { '-' } else { '+' };
    let _ = write!(
        out,
        "{sign}{:02}{:02}",
        minutes.abs() / 60,
        minutes.abs() % 60
    );
}

/// What `X`, `XX` and `XXX` print: `Z`, or `+01`, `+0100`, `+01:00`.
pub(super) fn iso(millis: i64, count: usize, out: &mut String) {
    let minutes = millis / 60_000;
    if minutes == 0 {
        return out.push('Z');
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    let _ = write!(out, "{sign}{:02}", minutes.abs() / 60);
    if count == 3 {
        out.push(':');
    }
    if count > 1 {
        let _ = write!(out, "{:02}", minutes.abs() % 60);
    }
}
