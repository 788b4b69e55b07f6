//! Options of JSON files, and the options that every text format shares.

use std::sync::Arc;

use crate::encode::file::charset::Charset;
use crate::encode::file::datetime::{Formatter, Zone};
use crate::encode::file::error::FileError;
use crate::encode::file::java_text::Digits;
use crate::encode::file::options::source::Source;

/// Spark's default for `timestampFormat`, which is also Adobe's.
const TIMESTAMP: &str = "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]";

/// How dates and timestamps become text.
#[derive(Debug, Clone, PartialEq)]
pub struct TextOptions {
    /// `dateFormat`
    pub date: Formatter,
    /// `timestampFormat`
    pub timestamp: Formatter,
    /// `timestampNTZFormat`
    pub timestamp_ntz: Formatter,
    /// `timeZone`, else the session's time zone.
    pub zone: Zone,
    /// `javaVersion`, which is no option of Spark's: digits as of 18 and earlier, or as of 19 and later.
    pub digits: Digits,
}

impl TextOptions {
    pub(super) fn resolve(source: &mut Source<'_>) -> Result<Self, FileError> {
        source.refuse_legacy_patterns()?;
        let text = Self {
            date: source.formatter("dateFormat", Some("yyyy-MM-dd"), "yyyy-MM-dd")?,
            timestamp: source.formatter("timestampFormat", Some(TIMESTAMP), TIMESTAMP)?,
            timestamp_ntz: source.formatter(
                "timestampNTZFormat",
                None,
                "yyyy-MM-dd'T'HH:mm:ss[.SSS]",
            )?,
            zone: source.zone()?,
            digits: source.digits()?,
        };
        let names = [&text.date, &text.timestamp, &text.timestamp_ntz]
            .iter()
            .any(|pattern| pattern.has_names());
        source.refuse_other_languages(names)?;
        Ok(text)
    }
}

/// Options of JSON files (writer rules, section 4).
#[derive(Debug, Clone)]
pub struct JsonOptions {
    /// Whether null fields of objects are left out.
    pub ignore_null_fields: bool,
    /// Whether objects are spread over lines.
    pub pretty: bool,
    /// Whether characters beyond ASCII are written as `\uXXXX`.
    pub code_points: bool,
    /// What ends a record.
    pub line_sep: String,
    /// The character set.
    pub charset: Charset,
    /// Dates and timestamps.
    pub text: Arc<TextOptions>,
    /// Whether column names differ by letter case.
    pub case_sensitive: bool,
}

impl JsonOptions {
    pub(super) fn resolve(source: &mut Source<'_>) -> Result<Self, FileError> {
        let session = source
            .given("spark.sql.jsonGenerator.ignoreNullFields")
            .map_or("true", |(text, _)| text);
        for flag in [
            "primitivesAsString",
            "prefersDecimal",
            "allowComments",
            "allowUnquotedFieldNames",
            "allowSingleQuotes",
            "allowNumericLeadingZeros",
            "allowNonNumericNumbers",
            "allowBackslashEscapingAnyCharacter",
            "multiLine",
            "allowUnquotedControlChars",
            "dropFieldIfAllNull",
            "enableDateTimeParsingFallback",
        ] {
            source.unused_boolean(flag)?;
        }
        Ok(Self {
            ignore_null_fields: source.boolean("ignoreNullFields", None, session)?,
            pretty: source.boolean("pretty", None, "false")?,
            code_points: source.boolean("writeNonAsciiCharacterAsCodePoint", None, "false")?,
            line_sep: source.line_separator()?,
            charset: source.charset()?,
            text: Arc::new(TextOptions::resolve(source)?),
            case_sensitive: source.boolean("spark.sql.caseSensitive", None, "false")?,
        })
    }
}
