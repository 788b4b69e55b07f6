//! The options of a file: closed types, resolved once from names and texts, each with the place it came from.

mod csv;
mod json;
mod source;

use std::fmt;

use crate::encode::file::error::FileError;

pub use csv::CsvOptions;
pub use json::{JsonOptions, TextOptions};
use source::Source;
pub use source::{Given, Resolved};

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileType {
    /// Comma-separated values.
    Csv,
    /// One JSON object per line.
    Json,
    /// Apache Parquet.
    Parquet,
}

impl FileType {
    /// The extension of the file's name, without a dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Parquet => "parquet",
        }
    }

    /// Whether its cells are texts and nothing else, in columns that only a header names.
    #[must_use]
    pub fn is_of_texts(self) -> bool {
        match self {
            Self::Csv => true,
            Self::Json | Self::Parquet => false,
        }
    }

    /// Whether a file that breaks off can be told by what it lacks at its end.
    #[must_use]
    pub fn has_end(self) -> bool {
        match self {
            Self::Parquet => true,
            Self::Csv | Self::Json => false,
        }
    }
}

/// The compression of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// One bzip2 stream.
    Bzip2,
    /// A zlib stream.
    Deflate,
    /// One gzip member.
    Gzip,
    /// Hadoop's framing of LZ4 blocks.
    Lz4,
    /// Bytes as they are.
    None,
    /// Hadoop's framing of Snappy blocks.
    Snappy,
}

impl Compression {
    /// What Spark appends to the name of a CSV or JSON file, with its dot; empty for none.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Bzip2 => ".bz2",
            Self::Deflate => ".deflate",
            Self::Gzip => ".gz",
            Self::Lz4 => ".lz4",
            Self::Snappy => ".snappy",
        }
    }

    /// The compression that Spark means by `name`, in any letter case.
    fn for_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "none" | "uncompressed" => Some(Self::None),
            "bzip2" => Some(Self::Bzip2),
            "deflate" => Some(Self::Deflate),
            "gzip" => Some(Self::Gzip),
            "lz4" => Some(Self::Lz4),
            "snappy" => Some(Self::Snappy),
            _ => None,
        }
    }
}

/// Where the value of an option came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Adobe's documented default.
    AdobeDefault,
    /// The partner's configuration.
    Partner,
    /// Spark's own default.
    SparkDefault,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AdobeDefault => "Adobe's default",
            Self::Partner => "the partner's configuration",
            Self::SparkDefault => "Spark's default",
        })
    }
}

/// A reading of Adobe's ambiguous defaults `""` for `nullValue` and `emptyValue` (writer rules, section 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading {
    /// Null is nothing, an empty string is two quotes.
    #[default]
    A,
    /// Both are nothing.
    B,
    /// Both are two quotes.
    C,
    /// Null is the word `null`, an empty string is nothing.
    D,
}

impl Reading {
    /// `nullValue` and `emptyValue`.
    #[must_use]
    pub fn values(self) -> (&'static str, &'static str) {
        match self {
            Self::A => ("", "\"\""),
            Self::B => ("", ""),
            Self::C => ("\"\"", "\"\""),
            Self::D => ("null", ""),
        }
    }
}

/// Whose defaults fill in what is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defaults {
    /// Adobe's, for a partner's configuration.
    Adobe(Reading),
    /// Spark's, for a complete map of Spark's options.
    Spark,
}

/// Rows per file where the configuration says nothing (Destination SDK reference, section 7.1).
const DEFAULT_MAX_FILE_ROW_COUNT: &str = "5000000";

/// Everything that decides the bytes of a file.
#[derive(Debug, Clone)]
pub struct FileOptions {
    /// The format.
    pub file_type: FileType,
    /// The compression.
    pub compression: Compression,
    /// CSV; Spark's defaults where the format is another.
    pub csv: CsvOptions,
    /// JSON; Spark's defaults where the format is another.
    pub json: JsonOptions,
    /// The most rows of one file.
    pub max_file_row_count: u64,
    /// Whether a manifest is written with the files.
    pub include_file_manifest: bool,
    resolved: Vec<Resolved>,
    warnings: Vec<String>,
}

impl FileOptions {
    /// Resolves option names (in any letter case) and their rendered texts. Keys are those of `fileConfigurations`
    /// (`fileType`, `compression`, `maxFileRowCount`, `includeFileManifest`), of its `csvOptions`, further Spark options,
    /// and Spark settings under their full names (`spark.sql.…`). Names without effect on writing are accepted.
    ///
    /// # Errors
    ///
    /// [`FileError::Option`] for a value that Spark refuses, or Adobe does not document.
    pub fn resolve(given: &Given, defaults: Defaults) -> Result<Self, FileError> {
        let mut source = Source::new(given, defaults);
        let file_type = file_type(&mut source)?;
        let compression = compression(&mut source, file_type)?;
        let max_file_row_count = row_count(&mut source)?;
        let include_file_manifest =
            source.boolean("includeFileManifest", Some("false"), "false")?;
        let unused = Given::default();
        let mut quiet = Source::new(&unused, Defaults::Spark);
        let (csv, json) = match file_type {
            FileType::Csv => (
                CsvOptions::resolve(&mut source)?,
                JsonOptions::resolve(&mut quiet)?,
            ),
            FileType::Json => (
                CsvOptions::resolve(&mut quiet)?,
                JsonOptions::resolve(&mut source)?,
            ),
            FileType::Parquet => (
                CsvOptions::resolve(&mut quiet)?,
                JsonOptions::resolve(&mut quiet)?,
            ),
        };
        let (resolved, warnings) = source.finish();
        Ok(Self {
            file_type,
            compression,
            csv,
            json,
            max_file_row_count,
            include_file_manifest,
            resolved,
            warnings,
        })
    }

    /// Every option with its text and where that came from, in the order in which they were resolved.
    pub fn explain(&self) -> impl Iterator<Item = &Resolved> {
        self.resolved.iter()
    }

    /// What a user should know about the choice of options; empty where there is nothing.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// What the name of a file of text ends with, such as `.csv.gz`, as Spark names it.
    pub(in crate::encode::file) fn text_suffix(&self) -> String {
        format!(
            ".{}{}",
            self.file_type.extension(),
            self.compression.suffix()
        )
    }
}

fn file_type(source: &mut Source<'_>) -> Result<FileType, FileError> {
    let name = source.text("fileType", Some("csv"), "csv");
    match name.to_ascii_lowercase().as_str() {
        "csv" => Ok(FileType::Csv),
        "json" => Ok(FileType::Json),
        "parquet" => Ok(FileType::Parquet),
        _ => Err(FileError::option(
            "fileType",
            &name,
            "there is no such format",
            "use csv, json or parquet",
        )),
    }
}

fn compression(source: &mut Source<'_>, file_type: FileType) -> Result<Compression, FileError> {
    let (names, spark): (&[&str], _) = match file_type {
        FileType::Csv => (&["compression", "codec"], "none"),
        FileType::Json => (&["compression"], "none"),
        FileType::Parquet => (&["compression"], "snappy"),
    };
    let name = source.text_of(names, Some("none"), spark);
    let refused = |reason: &str| {
        let help = match file_type {
            FileType::Parquet => "use none, gzip, lz4 or snappy",
            FileType::Csv | FileType::Json => "use none, gzip, bzip2, lz4, snappy or deflate",
        };
        Err(FileError::option("compression", &name, reason, help))
    };
    match Compression::for_name(&name) {
        None => refused("there is no such codec"),
        Some(Compression::Bzip2 | Compression::Deflate) if file_type == FileType::Parquet => {
            refused("Parquet has no such codec")
        }
        Some(found) => Ok(found),
    }
}

fn row_count(source: &mut Source<'_>) -> Result<u64, FileError> {
    let default = DEFAULT_MAX_FILE_ROW_COUNT;
    let text = source.text("maxFileRowCount", Some(default), default);
    text.trim()
        .parse()
        .ok()
        .filter(|count| *count > 0)
        .ok_or_else(|| {
            FileError::option(
                "maxFileRowCount",
                &text,
                "it is not a positive whole number",
                "use a number such as 5000000",
            )
        })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Given {
        pairs
            .iter()
            .map(|(name, text)| ((*name).to_owned(), ((*text).to_owned(), Origin::Partner)))
            .collect()
    }

    fn refusal(pairs: &[(&str, &str)]) -> String {
        FileOptions::resolve(&given(pairs), Defaults::Spark)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn adobe_s_defaults_write_a_header_and_spark_s_do_not() {
        let none = Given::default();
        assert!(
            FileOptions::resolve(&none, Defaults::Adobe(Reading::A))
                .unwrap()
                .csv
                .header
        );
        assert!(
            !FileOptions::resolve(&none, Defaults::Spark)
                .unwrap()
                .csv
                .header
        );
    }

    #[test]
    fn every_option_knows_where_it_came_from() {
        let options =
            FileOptions::resolve(&given(&[("SEP", ";")]), Defaults::Adobe(Reading::A)).unwrap();
        let origin = |name: &str| {
            options
                .explain()
                .find(|o| o.name == name)
                .map(|o| (o.text.clone(), o.origin))
                .unwrap()
        };
        assert_eq!(origin("sep"), (";".to_owned(), Origin::Partner));
        assert_eq!(origin("header"), ("true".to_owned(), Origin::AdobeDefault));
        assert_eq!(origin("comment"), ("#".to_owned(), Origin::SparkDefault));
    }

    #[test]
    fn an_ambiguous_default_is_warned_of_until_it_is_decided() {
        let adobe = Defaults::Adobe(Reading::A);
        assert_eq!(
            FileOptions::resolve(&Given::default(), adobe)
                .unwrap()
                .warnings()
                .len(),
            1
        );
        let decided = given(&[("nullValue", ""), ("emptyValue", "")]);
        assert!(
            FileOptions::resolve(&decided, adobe)
                .unwrap()
                .warnings()
                .is_empty()
        );
    }

    #[test]
    fn sep_wins_over_delimiter() {
        let options = FileOptions::resolve(
            &given(&[("delimiter", "|"), ("sep", "\\t")]),
            Defaults::Spark,
        )
        .unwrap();
        assert_eq!(options.csv.sep, "\t");
    }

    #[test]
    fn what_spark_refuses_is_refused_with_a_reason() {
        assert!(refusal(&[("quote", "\"\"")]).contains("more than one character"));
        assert!(refusal(&[("escape", "😀")]).contains("more than one character"));
        assert!(refusal(&[("sep", "")]).contains("empty"));
        assert!(refusal(&[("sep", "\\")]).contains("backslash"));
        assert!(refusal(&[("sep", "\\x")]).contains("backslash"));
        assert!(refusal(&[("lineSep", "abc")]).contains("two characters"));
        assert!(refusal(&[("header", "yes")]).contains("true or false"));
        assert!(refusal(&[("compression", "zstd")]).contains("no such codec"));
        assert!(refusal(&[("timeZone", "Mars/Olympus")]).contains("time zone"));
        assert!(refusal(&[("encoding", "nope")]).contains("character set"));
        assert!(refusal(&[("maxColumns", "x")]).contains("whole number"));
        assert!(refusal(&[("dateFormat", "YYYY")]).contains("weeks"));
        assert!(refusal(&[("fileType", "parquet"), ("compression", "bzip2")]).contains("Parquet"));
    }

    #[test]
    fn csv_options_do_not_matter_to_json() {
        let json = given(&[
            ("fileType", "JSON"),
            ("quote", "ab"),
            ("compression", "GZIP"),
        ]);
        assert_eq!(
            FileOptions::resolve(&json, Defaults::Spark)
                .unwrap()
                .text_suffix(),
            ".json.gz"
        );
    }
}
