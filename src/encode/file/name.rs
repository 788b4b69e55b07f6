//! File names from the configured macros (reference 7.5).
//!
//! Adobe does not document what becomes of characters that a storage cannot hold in a name. Here `/`, `\` and control
//! characters become `_`; everything else, spaces included, stays.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use thiserror::Error;

/// The longest file name, in characters (reference 7.5 and 10).
pub const LONGEST_NAME: usize = 255;

/// A part that a file name can hold. The order is the order of Adobe's screen, in which appended parts stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Macro {
    /// `DESTINATION`: the destination's name in the catalogue
    Destination,
    /// `SEGMENT_ID`
    SegmentId,
    /// `SEGMENT_NAME`
    SegmentName,
    /// `DESTINATION_INSTANCE_ID`
    DestinationInstanceId,
    /// `DESTINATION_INSTANCE_NAME`
    DestinationInstanceName,
    /// `ORGANIZATION_NAME`
    OrganizationName,
    /// `SANDBOX_NAME`
    SandboxName,
    /// `DATETIME`: `YYYYMMDD_HHMMSS`, UTC
    DateTime,
    /// `TIMESTAMP`: seconds since 1970
    Timestamp,
    /// `CUSTOM_TEXT`
    CustomText,
    /// `MERGE_POLICY_ID`
    MergePolicyId,
    /// `MERGE_POLICY_NAME`
    MergePolicyName,
}

impl Macro {
    /// Every macro, in the order of Adobe's screen.
    pub const ALL: [Self; 12] = [
        Self::Destination,
        Self::SegmentId,
        Self::SegmentName,
        Self::DestinationInstanceId,
        Self::DestinationInstanceName,
        Self::OrganizationName,
        Self::SandboxName,
        Self::DateTime,
        Self::Timestamp,
        Self::CustomText,
        Self::MergePolicyId,
        Self::MergePolicyName,
    ];

    /// Adobe's spelling.
    pub fn name(self) -> &'static str {
        match self {
            Self::Destination => "DESTINATION",
            Self::SegmentId => "SEGMENT_ID",
            Self::SegmentName => "SEGMENT_NAME",
            Self::DestinationInstanceId => "DESTINATION_INSTANCE_ID",
            Self::DestinationInstanceName => "DESTINATION_INSTANCE_NAME",
            Self::OrganizationName => "ORGANIZATION_NAME",
            Self::SandboxName => "SANDBOX_NAME",
            Self::DateTime => "DATETIME",
            Self::Timestamp => "TIMESTAMP",
            Self::CustomText => "CUSTOM_TEXT",
            Self::MergePolicyId => "MERGE_POLICY_ID",
            Self::MergePolicyName => "MERGE_POLICY_NAME",
        }
    }
}

impl FromStr for Macro {
    type Err = NameError;

    fn from_str(name: &str) -> Result<Self, NameError> {
        // the two other spellings are those of the flow service
        match name {
            "DESTINATION_NAME" => Ok(Self::Destination),
            "custom-text" => Ok(Self::CustomText),
            _ => Self::ALL
                .into_iter()
                .find(|known| known.name() == name)
                .ok_or_else(|| NameError::Unknown(name.to_owned())),
        }
    }
}

/// Why a file name cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameError {
    /// No such macro.
    #[error("expected a macro of file names, received {0}")]
    Unknown(String),
    /// A percent sign that opens no macro.
    #[error("expected a closing % in the file name {0}")]
    Open(String),
    /// `DATETIME` and `TIMESTAMP` in one name.
    #[error("expected DATETIME or TIMESTAMP in the file name, received both")]
    TwoTimes,
    /// One macro twice, or in both the default name and the appended parts.
    #[error("expected {0} once in the file name, received it twice")]
    Twice(&'static str),
    /// `CUSTOM_TEXT` in the default name, where Adobe does not allow it.
    #[error("cannot use CUSTOM_TEXT in the default file name")]
    CustomTextInDefault,
    /// A letter of a date pattern that has no meaning in names.
    #[error("expected a pattern of YYYY MM dd HH mm ss, received {0}")]
    Pattern(String),
    /// A macro whose value is not known in this export.
    #[error("cannot name the file: {0} has no value")]
    NoValue(&'static str),
    /// Nothing to name the file by.
    #[error("cannot name the file: the name is empty")]
    Empty,
    /// More than [`LONGEST_NAME`] characters.
    #[error("expected a file name of at most 255 characters, received {length}: {name}")]
    TooLong {
        /// Its characters.
        length: usize,
        /// The name.
        name: String,
    },
}

/// What the macros of one export stand for. A macro whose value is missing is an error only where it is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameValues {
    /// `CUSTOM_TEXT`
    pub custom_text: Option<String>,
    /// `DESTINATION`
    pub destination: Option<String>,
    /// `DESTINATION_INSTANCE_ID`
    pub destination_instance_id: Option<String>,
    /// `DESTINATION_INSTANCE_NAME`
    pub destination_instance_name: Option<String>,
    /// `MERGE_POLICY_ID`
    pub merge_policy_id: Option<String>,
    /// `MERGE_POLICY_NAME`
    pub merge_policy_name: Option<String>,
    /// `ORGANIZATION_NAME`
    pub organization_name: Option<String>,
    /// `SANDBOX_NAME`
    pub sandbox_name: Option<String>,
    /// `SEGMENT_ID`
    pub segment_id: Option<String>,
    /// `SEGMENT_NAME`
    pub segment_name: Option<String>,
    /// The time of the export, seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Date(String),
    Macro(Macro),
    Text(String),
}

/// How the files of an export are named, extension left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern {
    parts: Vec<Part>,
}

/// `YYYYMMDD_HHMMSS`, as the table of macros documents it (another page prints `MMDDYYYY_HHMMSS`).
const DATETIME: &str = "YYYYMMdd_HHmmss";

impl Default for NamePattern {
    /// `<destinationName>_segment<segmentID>_<yyyymmddhhmmss>`, when nothing is configured.
    fn default() -> Self {
        Self {
            parts: vec![
                Part::Macro(Macro::Destination),
                Part::Text("_segment".to_owned()),
                Part::Macro(Macro::SegmentId),
                Part::Text("_".to_owned()),
                Part::Date("yyyyMMddHHmmss".to_owned()),
            ],
        }
    }
}

/// As a template of the flow service.
impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => f.write_str(text)?,
                Part::Date(pattern) => write!(f, "%DATETIME({pattern})%")?,
                Part::Macro(name) => write!(f, "%{}%", name.name())?,
            }
        }
        Ok(())
    }
}

impl NamePattern {
    /// The pattern of `filenameConfig`: `defaultFilename`, then the append options in the order of Adobe's screen, each
    /// behind an underscore. With neither, the default name.
    ///
    /// # Errors
    /// Unknown macros, one used twice, both times at once, custom text in `defaultFilename`.
    pub fn configured(default_filename: &str, append: &[Macro]) -> Result<Self, NameError> {
        let mut pattern = Self::template(default_filename)?;
        if pattern.parts.contains(&Part::Macro(Macro::CustomText)) {
            return Err(NameError::CustomTextInDefault);
        }
        let ordered: BTreeSet<Macro> = append.iter().copied().collect();
        if ordered.len() < append.len() {
            let twice = append
                .iter()
                .enumerate()
                .find(|(at, one)| append[..*at].contains(one));
            return Err(NameError::Twice(twice.map_or("", |(_, one)| one.name())));
        }
        for appended in ordered {
            if !pattern.parts.is_empty() {
                pattern.parts.push(Part::Text("_".to_owned()));
            }
            pattern.parts.push(Part::Macro(appended));
        }
        if pattern.parts.is_empty() {
            return Ok(Self::default());
        }
        pattern.validated()
    }

    /// The pattern of the flow service's `fileNameTemplate`, as in `%DESTINATION_NAME%_%DATETIME(YYYYMMdd)%`.
    ///
    /// # Errors
    /// Unknown macros, one used twice, both times at once, a pattern of other letters.
    pub fn template(template: &str) -> Result<Self, NameError> {
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some((text, after)) = rest.split_once('%') {
            let (name, after) = after
                .split_once('%')
                .ok_or_else(|| NameError::Open(template.to_owned()))?;
            if !text.is_empty() {
                parts.push(Part::Text(text.to_owned()));
            }
            parts.push(part(name)?);
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Self { parts }.validated()
    }

    fn validated(self) -> Result<Self, NameError> {
        for (at, part) in self.parts.iter().enumerate() {
            if let Part::Macro(name) = part
                && self.parts[..at].contains(part)
            {
                return Err(NameError::Twice(name.name()));
            }
        }
        let date = self
            .parts
            .iter()
            .any(|part| matches!(part, Part::Date(_)) || *part == Part::Macro(Macro::DateTime));
        if date && self.parts.contains(&Part::Macro(Macro::Timestamp)) {
            return Err(NameError::TwoTimes);
        }
        Ok(self)
    }

    /// Whether the name tells the audience.
    pub fn names_the_audience(&self) -> bool {
        self.holds(Macro::SegmentId) || self.holds(Macro::SegmentName)
    }

    /// Whether that macro is in it.
    pub fn holds(&self, wanted: Macro) -> bool {
        self.parts.contains(&Part::Macro(wanted))
    }

    /// Whether each export has a name of its own. Without a time in the name it overwrites the previous one.
    pub fn is_distinct_in_time(&self) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Date(_) => true,
            Part::Macro(name) => matches!(name, Macro::DateTime | Macro::Timestamp),
            Part::Text(_) => false,
        })
    }

    /// The name of this export's files, extension left out, without characters that no storage holds in a name.
    ///
    /// # Errors
    /// A macro without a value, an empty name.
    pub fn stem(&self, values: &NameValues) -> Result<String, NameError> {
        let mut stem = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => stem.push_str(text),
                Part::Date(pattern) => stem.push_str(&date(pattern, values.seconds)?),
                Part::Macro(name) => stem.push_str(&values.of(*name)?),
            }
        }
        let stem = sanitised(&stem);
        if stem.is_empty() {
            Err(NameError::Empty)
        } else {
            Ok(stem)
        }
    }
}

fn part(name: &str) -> Result<Part, NameError> {
    match name
        .strip_prefix("DATETIME(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(pattern) => date(pattern, 0).map(|_| Part::Date(pattern.to_owned())),
        None => name.parse().map(Part::Macro),
    }
}

impl NameValues {
    fn of(&self, name: Macro) -> Result<String, NameError> {
        let value = match name {
            Macro::DateTime => return date(DATETIME, self.seconds),
            Macro::Timestamp => return Ok(self.seconds.to_string()),
            Macro::CustomText => &self.custom_text,
            Macro::Destination => &self.destination,
            Macro::DestinationInstanceId => &self.destination_instance_id,
            Macro::DestinationInstanceName => &self.destination_instance_name,
            Macro::MergePolicyId => &self.merge_policy_id,
            Macro::MergePolicyName => &self.merge_policy_name,
            Macro::OrganizationName => &self.organization_name,
            Macro::SandboxName => &self.sandbox_name,
            Macro::SegmentId => &self.segment_id,
            Macro::SegmentName => &self.segment_name,
        };
        value.clone().ok_or_else(|| NameError::NoValue(name.name()))
    }
}

/// A time by a pattern of `YYYY MM dd HH mm ss` (`yyyy` and `DD` too); other letters are refused, signs stay.
fn date(pattern: &str, seconds: i64) -> Result<String, NameError> {
    let refused = || NameError::Pattern(pattern.to_owned());
    let time = Timestamp::from_second(seconds)
        .map_err(|_| refused())?
        .to_zoned(TimeZone::UTC);
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        let run = rest.chars().take_while(|other| *other == letter).count();
        if letter.is_ascii_alphabetic() {
            text.push_str(&match &rest[..run] {
                "YYYY" | "yyyy" => format!("{:04}", time.year()),
                "MM" => format!("{:02}", time.month()),
                "dd" | "DD" => format!("{:02}", time.day()),
                "HH" => format!("{:02}", time.hour()),
                "mm" => format!("{:02}", time.minute()),
                "ss" => format!("{:02}", time.second()),
                _ => return Err(refused()),
            });
            rest = &rest[run..];
        } else {
            text.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    Ok(text)
}

/// A name without the characters that would make it a path or that no storage holds.
pub(crate) fn sanitised(name: &str) -> String {
    name.chars()
        .map(|c| {
            if matches!(c, '/' | '\\') || c.is_control() {
                '_'
            } else {
                c
            }
        })
        .collect()
}

/// The name with its extension, if it is not too long.
///
/// # Errors
/// More than [`LONGEST_NAME`] characters.
pub(crate) fn bounded(name: String) -> Result<String, NameError> {
    let length = name.chars().count();
    if length > LONGEST_NAME {
        Err(NameError::TooLong { length, name })
    } else {
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn values() -> NameValues {
        let text = |text: &str| Some(text.to_owned());
        NameValues {
            custom_text: text("My_Custom_Text"),
            destination: text("Amazon S3"),
            destination_instance_id: text("7b891e5f"),
            segment_id: text("ce5c5482"),
            segment_name: text("VIP/subscriber"),
            // 2022-05-09T21:05:43Z, the reference's example
            seconds: 1_652_130_343,
            ..NameValues::default()
        }
    }

    #[test]
    fn the_default_name_is_the_documented_one() {
        let pattern = NamePattern::configured("", &[]).unwrap();
        assert_eq!(
            pattern.stem(&values()).unwrap(),
            "Amazon S3_segmentce5c5482_20220509210543"
        );
    }

    #[test]
    fn appended_parts_stand_in_the_order_of_the_screen() {
        let append = [Macro::DateTime, Macro::CustomText, Macro::SegmentId];
        let pattern = NamePattern::configured("export_%DESTINATION%", &append).unwrap();
        let expected = "export_Amazon S3_ce5c5482_20220509_210543_My_Custom_Text";
        assert_eq!(pattern.stem(&values()).unwrap(), expected);
    }

    #[test]
    fn a_name_holds_one_time_and_each_macro_once() {
        let both = NamePattern::configured("%DATETIME%", &[Macro::Timestamp]);
        assert_eq!(both.unwrap_err(), NameError::TwoTimes);
        let twice = NamePattern::configured("%SEGMENT_ID%", &[Macro::SegmentId]);
        assert_eq!(twice.unwrap_err(), NameError::Twice("SEGMENT_ID"));
        let custom = NamePattern::configured("%CUSTOM_TEXT%", &[]);
        assert_eq!(custom.unwrap_err(), NameError::CustomTextInDefault);
    }

    #[test]
    fn the_flow_service_writes_its_own_date_pattern() {
        let pattern =
            NamePattern::template("%DESTINATION_NAME%-%DATETIME(YYYYMMdd_HHmmss)%").unwrap();
        assert_eq!(
            pattern.stem(&values()).unwrap(),
            "Amazon S3-20220509_210543"
        );
        assert!(pattern.is_distinct_in_time());
        assert!(NamePattern::template("%DATETIME(w)%").is_err());
        assert!(NamePattern::template("%SEGMENT_ID").is_err());
        assert!(NamePattern::template("%NOPE%").is_err());
    }

    #[test]
    fn slashes_in_user_given_names_do_not_make_folders() {
        let pattern = NamePattern::configured("", &[Macro::SegmentName]).unwrap();
        assert_eq!(pattern.stem(&values()).unwrap(), "VIP_subscriber");
        assert!(!pattern.is_distinct_in_time());
        let missing = NamePattern::configured("", &[Macro::SandboxName]).unwrap();
        assert_eq!(
            missing.stem(&values()).unwrap_err(),
            NameError::NoValue("SANDBOX_NAME")
        );
    }

    #[test]
    fn the_256th_character_is_refused() {
        assert!(bounded("é".repeat(255)).is_ok());
        assert!(bounded("é".repeat(256)).is_err());
    }
}
