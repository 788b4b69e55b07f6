//! Options of CSV files, with Spark's own readings of separators and single characters.

use std::sync::Arc;

use crate::encode::file::charset::Charset;
use crate::encode::file::error::FileError;
use crate::encode::file::options::json::TextOptions;
use crate::encode::file::options::source::{Source, one_unit};
use crate::encode::file::options::{Defaults, Reading};

/// What Spark knows to do, in reading, with a quote that is not escaped.
const QUOTE_HANDLINGS: [&str; 5] = [
    "STOP_AT_DELIMITER",
    "BACK_TO_DELIMITER",
    "STOP_AT_CLOSING_QUOTE",
    "SKIP_VALUE",
    "RAISE_ERROR",
];

/// Options of CSV files (writer rules, sections 0 to 2). Single characters are of the basic plane.
#[derive(Debug, Clone)]
pub struct CsvOptions {
    /// Between cells; one character or more.
    pub sep: String,
    /// Around cells that need it; U+0000 where the partner gave an empty text.
    pub quote: char,
    /// Before a quote inside of a quoted cell.
    pub escape: char,
    /// Before an escape inside of a quoted cell; `None` for no such escaping.
    pub escape_escape: Option<char>,
    /// Whether every cell is quoted.
    pub quote_all: bool,
    /// Whether a quote inside of a value makes its cell quoted.
    pub escape_quotes: bool,
    /// Whether the column names come first.
    pub header: bool,
    /// Whether white space at a value's start is dropped.
    pub ignore_leading: bool,
    /// Whether white space at a value's end is dropped.
    pub ignore_trailing: bool,
    /// What null is written as.
    pub null_value: String,
    /// What an empty text is written as.
    pub empty_value: String,
    /// A first cell that starts with it is quoted.
    pub comment: char,
    /// What ends a row; one or two UTF-16 units.
    pub line_sep: String,
    /// The character set.
    pub charset: Charset,
    /// Dates and timestamps.
    pub text: Arc<TextOptions>,
    /// Whether null is first replaced by `null_value` and then treated as data, as Spark did before 3.3.
    pub legacy_null: bool,
    /// Whether column names differ by letter case.
    pub case_sensitive: bool,
}

impl CsvOptions {
    pub(super) fn resolve(source: &mut Source<'_>) -> Result<Self, FileError> {
        let sep = separator(&source.text_of(&["sep", "delimiter"], Some(","), ","))?;
        // Adobe's documented default is null, which Spark takes for its own.
        let quote = source.unit("quote", None, "\"")?;
        let escape = source.unit("escape", Some("\\"), "\\")?;
        let escape_escape = escape_escape(source, quote, escape)?;
        let (null_value, empty_value) = null_and_empty(source);
        refuse_unused(source)?;
        Ok(Self {
            sep,
            quote,
            escape,
            escape_escape,
            quote_all: source.boolean("quoteAll", Some("false"), "false")?,
            escape_quotes: source.boolean("escapeQuotes", Some("true"), "true")?,
            header: source.boolean("header", Some("true"), "false")?,
            ignore_leading: source.boolean("ignoreLeadingWhiteSpace", Some("true"), "true")?,
            ignore_trailing: source.boolean("ignoreTrailingWhiteSpace", Some("true"), "true")?,
            null_value,
            empty_value,
            comment: comment(source)?,
            line_sep: line_separator(source)?,
            charset: source.charset()?,
            text: Arc::new(TextOptions::resolve(source)?),
            legacy_null: source.boolean(
                "spark.sql.legacy.nullValueWrittenAsQuotedEmptyStringCsv",
                None,
                "false",
            )?,
            case_sensitive: source.boolean("spark.sql.caseSensitive", None, "false")?,
        })
    }
}

/// Options that Spark reads before it writes, though only reading uses them.
fn refuse_unused(source: &mut Source<'_>) -> Result<(), FileError> {
    for number in ["maxColumns", "maxCharsPerColumn", "inputBufferSize"] {
        source.unused_number(number)?;
    }
    for flag in [
        "inferSchema",
        "enforceSchema",
        "multiLine",
        "preferDate",
        "enableDateTimeParsingFallback",
    ] {
        source.unused_boolean(flag)?;
    }
    if let Some((text, _)) = source.given("unescapedQuoteHandling")
        && !QUOTE_HANDLINGS.contains(&text.to_uppercase().as_str())
    {
        let help = "leave it out: it has no effect on writing";
        return Err(FileError::option(
            "unescapedQuoteHandling",
            text,
            "there is no such handling",
            help,
        ));
    }
    if let Some((text, _)) = source.given("samplingRatio")
        && text.trim().parse::<f64>().is_err()
    {
        let help = "leave it out: it has no effect on writing";
        return Err(FileError::option(
            "samplingRatio",
            text,
            "it must be a number",
            help,
        ));
    }
    Ok(())
}

/// An empty text leaves Spark's own `#`; only one character replaces it, U+0000 too.
fn comment(source: &mut Source<'_>) -> Result<char, FileError> {
    let text = source.text("comment", None, "#");
    Ok(one_unit("comment", &text)?.unwrap_or('#'))
}

/// Unset means the escape itself where that is not the quote.
fn escape_escape(
    source: &mut Source<'_>,
    quote: char,
    escape: char,
) -> Result<Option<char>, FileError> {
    let name = "charToEscapeQuoteEscaping";
    let unset = if escape == quote { '\0' } else { escape };
    let text = source.text(name, None, &unset.to_string());
    Ok(Some(one_unit(name, &text)?.unwrap_or(unset)).filter(|&c| c != '\0'))
}

/// Adobe prints `""` for both defaults, which can be read in several ways.
fn null_and_empty(source: &mut Source<'_>) -> (String, String) {
    let reading = match source.defaults {
        Defaults::Adobe(reading) => reading,
        Defaults::Spark => Reading::A,
    };
    let (null, empty) = reading.values();
    let open: Vec<&str> = ["nullValue", "emptyValue"]
        .into_iter()
        .filter(|name| source.given(name).is_none())
        .collect();
    if source.defaults != Defaults::Spark && !open.is_empty() {
        source.warn(format!(
            "Adobe's default `\"\"` of {} is ambiguous: null is written as `{null}`, an empty text as `{empty}`; set both to be sure",
            open.join(" and ")
        ));
    }
    (
        source.text("nullValue", Some(null), ""),
        source.text("emptyValue", Some(empty), "\"\""),
    )
}

fn line_separator(source: &mut Source<'_>) -> Result<String, FileError> {
    let text = source.line_separator()?;
    if text.encode_utf16().count() > 2 {
        let help = "use a line feed, or carriage return and line feed";
        return Err(FileError::option(
            "lineSep",
            &text,
            "it is longer than two characters",
            help,
        ));
    }
    Ok(text)
}

/// Decodes Spark's backslash pairs.
fn separator(text: &str) -> Result<String, FileError> {
    let refused = |reason: &str| {
        Err(FileError::option(
            "sep",
            text,
            reason,
            "use one character or more; write a tab as \\t and a backslash as \\\\",
        ))
    };
    let mut decoded = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            decoded.push(c);
            continue;
        }
        match characters.next() {
            Some('t') => decoded.push('\t'),
            Some('r') => decoded.push('\r'),
            Some('b') => decoded.push('\u{8}'),
            Some('f') => decoded.push('\u{C}'),
            Some(own @ ('"' | '\'' | '\\')) => decoded.push(own),
            Some(_) => return refused("it has an unknown backslash pair"),
            None => return refused("it ends with a single backslash"),
        }
    }
    if decoded.is_empty() {
        refused("it is empty")
    } else {
        Ok(decoded)
    }
}
