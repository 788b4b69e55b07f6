//! The columns of an export: where each comes from, what it is called, whether rows may lack it (reference 7.4, 7.11, 7.12).

use std::sync::LazyLock;

use regex::Regex;

use crate::encode::file::schema::{DataType, Field};

/// Where a column's cells come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An XDM attribute, by its dotted path.
    Attribute(String),
    /// One of two texts, by whether the profile has left the audience: an expression of type `text/x.aep-xl`.
    Exited {
        /// The text of a profile that has left.
        yes: String,
        /// The text of a member.
        no: String,
    },
    /// The identities of a namespace: one row each.
    Identity(String),
    /// `segmentMembership.status`: the raw status.
    MembershipStatus,
}

/// The one documented expression, with any texts in it.
static EXITED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"^\s*iif\s*\(\s*segmentMembership(?:\.[^\s.=]+)*\.status\s*==\s*["']exited["']\s*,\s*["']([^"']*)["']\s*,\s*["']([^"']*)["']\s*\)\s*$"#,
    )
    .ok()
});

impl Source {
    /// The source of a mapping as Adobe's JSON and screens write it: an XDM path (`person.name.firstName`,
    /// `segmentMembership.status`), a namespace (`identityMap.Email`), or the documented expression.
    pub fn parse(text: &str) -> Self {
        if let Some(found) = EXITED.as_ref().and_then(|pattern| pattern.captures(text)) {
            return Self::Exited {
                yes: found[1].to_owned(),
                no: found[2].to_owned(),
            };
        }
        let path = text.trim();
        let path = path
            .strip_prefix("xdm: ")
            .or_else(|| path.strip_prefix("xdm:"))
            .unwrap_or(path);
        if path.starts_with("segmentMembership.") && path.ends_with(".status") {
            return Self::MembershipStatus;
        }
        match path
            .strip_prefix("identityMap.")
            .or_else(|| path.strip_prefix("IdentityMap: "))
        {
            Some(namespace) => Self::Identity(namespace.to_owned()),
            None => Self::Attribute(path.to_owned()),
        }
    }

    /// The expression, where it is one that is not evaluated here: it is then read like a path that no profile has.
    pub fn unknown_expression(&self) -> Option<&str> {
        match self {
            Self::Attribute(text) if text.contains(['(', '=', '"']) => Some(text),
            Self::Attribute(_)
            | Self::Exited { .. }
            | Self::Identity(_)
            | Self::MembershipStatus => None,
        }
    }

    /// Whether a column of this source tells who has left the audience.
    pub fn tells_exits(&self) -> bool {
        match self {
            Self::Exited { .. } | Self::MembershipStatus => true,
            Self::Attribute(_) | Self::Identity(_) => false,
        }
    }
}

/// One column of an export.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// Where its cells come from.
    pub source: Source,
    /// The column's name, if the user or the partner gave one.
    pub target: Option<String>,
    /// The type of its cells.
    pub data_type: DataType,
    /// Profiles without it are left out of the export.
    pub mandatory: bool,
    /// It is the deduplication key, or a part of it.
    pub deduplicates: bool,
}

impl Mapping {
    /// A column of this source, optional and no key, under its default name.
    pub fn new(source: Source, data_type: DataType) -> Self {
        Self {
            source,
            target: None,
            data_type,
            mandatory: false,
            deduplicates: false,
        }
    }

    /// The column's name: the one given, else the XDM path with underscores for dots, else the namespace's name.
    pub fn header(&self) -> String {
        match (&self.target, &self.source) {
            (Some(target), _) => target.clone(),
            (None, Source::Attribute(path)) => path.replace('.', "_"),
            (None, Source::Identity(namespace)) => namespace.clone(),
            (None, Source::Exited { .. } | Source::MembershipStatus) => {
                "segmentMembership_status".to_owned()
            }
        }
    }

    /// The column as the file formats know it.
    pub fn field(&self) -> Field {
        Field {
            name: self.header(),
            data_type: self.data_type.clone(),
            nullable: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_called_after_its_path_unless_renamed() {
        let mut mapping = Mapping::new(Source::parse("person.name.firstName"), DataType::String);
        assert_eq!(mapping.header(), "person_name_firstName");
        mapping.target = Some("First name".to_owned());
        assert_eq!(mapping.header(), "First name");
        let identity = Mapping::new(Source::parse("identityMap.Email"), DataType::String);
        assert_eq!(identity.header(), "Email");
    }

    #[test]
    fn the_documented_expression_is_a_flag_of_exits() {
        let text = r#"iif(segmentMembership.ups.aep_seg_id.status=="exited", "1", "0")"#;
        let flag = Source::parse(text);
        assert_eq!(
            flag,
            Source::Exited {
                yes: "1".to_owned(),
                no: "0".to_owned()
            }
        );
        assert!(flag.tells_exits());
        assert_eq!(flag.unknown_expression(), None);
        let other = Source::parse(r#"iif(person.age>17, "adult", "minor")"#);
        assert!(other.unknown_expression().is_some());
        assert_eq!(
            Source::parse("segmentMembership.status"),
            Source::MembershipStatus
        );
        assert_eq!(
            Source::parse("a.status"),
            Source::Attribute("a.status".to_owned())
        );
    }
}
