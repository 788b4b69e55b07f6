//! Looks options up by name, remembers what was found and where it came from.

use std::collections::BTreeMap;

use crate::encode::file::charset::Charset;
use crate::encode::file::datetime::{Formatter, Zone};
use crate::encode::file::error::FileError;
use crate::encode::file::java_text::Digits;
use crate::encode::file::options::{Defaults, Origin};

/// Option name → its rendered text and its origin.
pub type Given = BTreeMap<String, (String, Origin)>;

/// One option as it was resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The option's name as Spark spells it.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Where the text came from.
    pub origin: Origin,
}

pub(super) struct Source<'a> {
    given: BTreeMap<String, (&'a str, Origin)>,
    pub(super) defaults: Defaults,
    resolved: Vec<Resolved>,
    warnings: Vec<String>,
}

impl<'a> Source<'a> {
    pub(super) fn new(given: &'a Given, defaults: Defaults) -> Self {
        let given = given
            .iter()
            .map(|(name, (text, origin))| (name.to_lowercase(), (text.as_str(), *origin)))
            .collect();
        Self {
            given,
            defaults,
            resolved: Vec::new(),
            warnings: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (Vec<Resolved>, Vec<String>) {
        (self.resolved, self.warnings)
    }

    pub(super) fn warn(&mut self, text: String) {
        self.warnings.push(text);
    }

    /// The text that was given for `name`, if any.
    pub(super) fn given(&self, name: &str) -> Option<(&'a str, Origin)> {
        self.given.get(&name.to_lowercase()).copied()
    }

    /// The text of an option: as given, else Adobe's default where there is one and it is asked for, else Spark's.
    pub(super) fn text(&mut self, name: &str, adobe: Option<&str>, spark: &str) -> String {
        self.text_of(&[name], adobe, spark)
    }

    /// The same for an option with several names; the first that is given wins.
    pub(super) fn text_of(&mut self, names: &[&str], adobe: Option<&str>, spark: &str) -> String {
        let found = names.iter().find_map(|name| self.given(name));
        let (text, origin) = match (found, self.defaults, adobe) {
            (Some(found), ..) => found,
            (None, Defaults::Adobe(_), Some(adobe)) => (adobe, Origin::AdobeDefault),
            (None, Defaults::Adobe(_) | Defaults::Spark, _) => (spark, Origin::SparkDefault),
        };
        let name = names.first().copied().unwrap_or_default().to_owned();
        self.resolved.push(Resolved {
            name,
            text: text.to_owned(),
            origin,
        });
        text.to_owned()
    }

    pub(super) fn boolean(
        &mut self,
        name: &str,
        adobe: Option<&str>,
        spark: &str,
    ) -> Result<bool, FileError> {
        let text = self.text(name, adobe, spark);
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(FileError::option(
                name,
                &text,
                "it must be true or false",
                "write true or false",
            )),
        }
    }

    /// One UTF-16 unit; an empty text is U+0000.
    pub(super) fn unit(
        &mut self,
        name: &str,
        adobe: Option<&str>,
        spark: &str,
    ) -> Result<char, FileError> {
        let text = self.text(name, adobe, spark);
        one_unit(name, &text).map(|unit| unit.unwrap_or('\0'))
    }

    /// Refuses a number that Spark parses although writing does not use it.
    pub(super) fn unused_number(&mut self, name: &str) -> Result<(), FileError> {
        match self.given(name) {
            Some((text, _)) if text.parse::<i32>().is_err() => Err(FileError::option(
                name,
                text,
                "it must be a whole number",
                "leave it out: it has no effect on writing",
            )),
            Some(_) | None => Ok(()),
        }
    }

    /// Refuses a flag that Spark parses although writing does not use it.
    pub(super) fn unused_boolean(&mut self, name: &str) -> Result<(), FileError> {
        match self.given(name) {
            Some((text, _))
                if !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false") =>
            {
                Err(FileError::option(
                    name,
                    text,
                    "it must be true or false",
                    "leave it out: it has no effect on writing",
                ))
            }
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn charset(&mut self) -> Result<Charset, FileError> {
        let name = self.text_of(&["encoding", "charset"], None, "UTF-8");
        Charset::for_name(&name).ok_or_else(|| {
            FileError::option(
                "encoding",
                &name,
                "there is no such character set",
                "use UTF-8",
            )
        })
    }

    pub(super) fn formatter(
        &mut self,
        name: &str,
        adobe: Option<&str>,
        spark: &str,
    ) -> Result<Formatter, FileError> {
        let pattern = self.text(name, adobe, spark);
        Formatter::compile(&pattern).map_err(|reason| {
            FileError::option(
                name,
                &pattern,
                reason,
                "use a pattern such as yyyy-MM-dd or yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
            )
        })
    }

    pub(super) fn zone(&mut self) -> Result<Zone, FileError> {
        let id = self.text_of(&["timeZone", "spark.sql.session.timeZone"], None, "UTC");
        Zone::for_id(&id).ok_or_else(|| {
            FileError::option(
                "timeZone",
                &id,
                "there is no such time zone",
                "use an id such as UTC, Europe/Paris or +05:30",
            )
        })
    }

    /// Names of months, days and zones are known in American English only.
    pub(super) fn refuse_other_languages(&self, has_names: bool) -> Result<(), FileError> {
        match self.given("locale") {
            Some((tag, _))
                if has_names
                    && !["en", "en-us", "en_us"].contains(&tag.to_lowercase().as_str()) =>
            {
                let reason = "a pattern asks for names, which are known in American English only";
                Err(FileError::option(
                    "locale",
                    tag,
                    reason,
                    "leave it out, or use patterns of digits",
                ))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Spark can be told to read patterns as it did before 3.0; the rules do not cover that.
    pub(super) fn refuse_legacy_patterns(&self) -> Result<(), FileError> {
        let name = "spark.sql.legacy.timeParserPolicy";
        match self.given(name) {
            Some((policy, _)) if policy.eq_ignore_ascii_case("LEGACY") => Err(FileError::option(
                name,
                policy,
                "patterns of Spark 2 are not modelled",
                "leave it out",
            )),
            Some(_) | None => Ok(()),
        }
    }

    /// The digits of the Java that runs Spark; 17 where nothing is said, as for Spark 3.
    pub(super) fn digits(&mut self) -> Result<Digits, FileError> {
        let version = self.text("javaVersion", None, "17");
        match version.parse() {
            Ok(0..19_u32) => Ok(Digits::Jdk18),
            Ok(_) => Ok(Digits::Jdk19),
            Err(_) => {
                let help = "write a number such as 17 or 21";
                Err(FileError::option(
                    "javaVersion",
                    &version,
                    "it must be a whole number",
                    help,
                ))
            }
        }
    }

    /// The shared refusal of an empty line separator.
    pub(super) fn line_separator(&mut self) -> Result<String, FileError> {
        let text = self.text("lineSep", None, "\n");
        if text.is_empty() {
            return Err(FileError::option(
                "lineSep",
                &text,
                "it is empty",
                "use a line feed, or leave it out",
            ));
        }
        Ok(text)
    }
}

/// `None` for an empty text, and a refusal of more than one UTF-16 unit.
pub(super) fn one_unit(name: &str, text: &str) -> Result<Option<char>, FileError> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (None, _) => Ok(None),
        (Some(c), None) if c.len_utf16() == 1 => Ok(Some(c)),
        (Some(_), _) => {
            let reason =
                "it has more than one character (one outside the basic plane counts as two)";
            Err(FileError::option(
                name,
                text,
                reason,
                "use one character, or an empty text for U+0000",
            ))
        }
    }
}
