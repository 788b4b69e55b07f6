//! What can be chosen about a Parquet file: codec, timestamps, calendar, layout.

use parquet::basic::{Compression, GzipLevel, ZstdLevel};

use crate::encode::file::parquet::error::ParquetError;

/// How pages are compressed. The default is Spark's: snappy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Codec {
    /// gzip, one member a page
    Gzip,
    /// LZ4 in Hadoop's framing (`LZ4` in the footer)
    Lz4,
    /// A bare LZ4 block (`LZ4_RAW` in the footer)
    Lz4Raw,
    /// snappy
    #[default]
    Snappy,
    /// none
    Uncompressed,
    /// zstd, level 3
    Zstd,
}

impl Codec {
    /// The codec of an option's value, in any letter case.
    ///
    /// # Errors
    /// Names that Spark's Parquet writer does not know, or whose class it cannot load.
    pub fn parse(name: &str) -> Result<Self, ParquetError> {
        let refused = |reason| {
            Err(ParquetError::Codec {
                name: name.to_owned(),
                reason,
            })
        };
        match name.to_ascii_lowercase().as_str() {
            "none" | "uncompressed" => Ok(Self::Uncompressed),
            "snappy" => Ok(Self::Snappy),
            "gzip" => Ok(Self::Gzip),
            "lz4" => Ok(Self::Lz4),
            "lz4raw" | "lz4_raw" => Ok(Self::Lz4Raw),
            "zstd" => Ok(Self::Zstd),
            "brotli" | "lzo" => refused("Spark knows the name but ships no such codec"),
            "bzip2" | "deflate" => refused(
                "the Parquet format has no such codec; expected none, snappy, gzip, lz4 or zstd",
            ),
            _ => refused("Spark knows no such codec; expected none, snappy, gzip, lz4 or zstd"),
        }
    }

    /// What Spark puts between the name and `.parquet`, dot included; nothing when not compressed.
    pub fn infix(self) -> &'static str {
        match self {
            Self::Gzip => ".gz",
            Self::Lz4 => ".lz4hadoop",
            Self::Lz4Raw => ".lz4raw",
            Self::Snappy => ".snappy",
            Self::Uncompressed => "",
            Self::Zstd => ".zstd",
        }
    }

    pub(super) fn compression(self) -> Compression {
        match self {
            Self::Gzip => Compression::GZIP(GzipLevel::default()),
            Self::Lz4 => Compression::LZ4,
            Self::Lz4Raw => Compression::LZ4_RAW,
            Self::Snappy => Compression::SNAPPY,
            Self::Uncompressed => Compression::UNCOMPRESSED,
            Self::Zstd => Compression::ZSTD(ZstdLevel::try_new(3).unwrap_or_default()),
        }
    }
}

/// How an instant is stored: `spark.sql.parquet.outputTimestampType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimestampType {
    /// Nanoseconds of the day and Julian day in twelve bytes; Spark's default
    #[default]
    Int96,
    /// `TIMESTAMP(MICROS, adjusted to UTC)`
    Micros,
    /// `TIMESTAMP(MILLIS, adjusted to UTC)`, cut to the millisecond below
    Millis,
}

impl TimestampType {
    /// The type of the switch's value, in any letter case.
    ///
    /// # Errors
    /// Any other word.
    pub fn parse(value: &str) -> Result<Self, ParquetError> {
        match value.to_ascii_uppercase().as_str() {
            "INT96" => Ok(Self::Int96),
            "TIMESTAMP_MICROS" => Ok(Self::Micros),
            "TIMESTAMP_MILLIS" => Ok(Self::Millis),
            _ => Err(ParquetError::Setting {
                key: "spark.sql.parquet.outputTimestampType",
                expected: "INT96, TIMESTAMP_MICROS or TIMESTAMP_MILLIS",
                value: value.to_owned(),
            }),
        }
    }
}

/// What happens to days before 1582-10-15 and instants before 1900, where the hybrid calendar of Spark 2 differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rebase {
    /// Write them as they are, proleptic Gregorian
    Corrected,
    /// Refuse; the default of Spark 3
    #[default]
    Exception,
    /// Write the same calendar fields in the hybrid Julian calendar and say so in the footer
    Legacy,
}

impl Rebase {
    /// The mode of the switch's value, in any letter case.
    ///
    /// # Errors
    /// Any other word.
    pub fn parse(value: &str) -> Result<Self, ParquetError> {
        match value.to_ascii_uppercase().as_str() {
            "CORRECTED" => Ok(Self::Corrected),
            "EXCEPTION" => Ok(Self::Exception),
            "LEGACY" => Ok(Self::Legacy),
            _ => Err(ParquetError::Setting {
                key: "spark.sql.parquet.datetimeRebaseModeInWrite",
                expected: "EXCEPTION, CORRECTED or LEGACY",
                value: value.to_owned(),
            }),
        }
    }
}

/// Everything that can be chosen about a Parquet file; the default is Spark 3.5's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParquetOptions {
    /// How pages are compressed.
    pub codec: Codec,
    /// Days before 1582-10-15, and instants not stored as INT96: `spark.sql.parquet.datetimeRebaseModeInWrite`.
    pub dates: Rebase,
    /// Instants stored as INT96: `spark.sql.parquet.int96RebaseModeInWrite`.
    pub int96: Rebase,
    /// Layout of Spark 1.4 and before: `spark.sql.parquet.writeLegacyFormat`.
    pub legacy_format: bool,
    /// A row group is closed once its cells hold this many bytes before encoding; memory is bounded by a small multiple.
    pub row_group_bytes: usize,
    /// The session's zone, named in the footer under [`Rebase::Legacy`].
    pub time_zone: String,
    /// How an instant is stored.
    pub timestamps: TimestampType,
}

impl Default for ParquetOptions {
    fn default() -> Self {
        Self {
            codec: Codec::default(),
            dates: Rebase::default(),
            int96: Rebase::default(),
            legacy_format: false,
            row_group_bytes: 24 << 20,
            time_zone: "UTC".to_owned(),
            timestamps: TimestampType::default(),
        }
    }
}

impl ParquetOptions {
    /// The options of Spark's own names: `compression` (or `parquet.compression`) and the `spark.sql.parquet.…` switches.
    /// Names are matched in any letter case; names of other things are passed over, as Spark does.
    ///
    /// # Errors
    /// A value that Spark refuses.
    pub fn from_spark<'a>(
        settings: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ParquetError> {
        let mut options = Self::default();
        let mut fallback = None;
        let mut chosen = None;
        for (name, value) in settings {
            match name.to_ascii_lowercase().as_str() {
                "compression" => chosen = Some(Codec::parse(value)?),
                "parquet.compression" | "spark.sql.parquet.compression.codec" => {
                    fallback = Some(Codec::parse(value)?);
                }
                "spark.sql.parquet.outputtimestamptype" => {
                    options.timestamps = TimestampType::parse(value)?;
                }
                "spark.sql.parquet.datetimerebasemodeinwrite" => {
                    options.dates = Rebase::parse(value)?;
                }
                "spark.sql.parquet.int96rebasemodeinwrite" => {
                    options.int96 = Rebase::parse(value)?;
                }
                "spark.sql.parquet.writelegacyformat" => {
                    options.legacy_format = value.eq_ignore_ascii_case("true");
                }
                "spark.sql.session.timezone" => value.clone_into(&mut options.time_zone),
                _ => {}
            }
        }
        options.codec = chosen.or(fallback).unwrap_or_default();
        Ok(options)
    }

    /// The extension Spark gives such a file: `.snappy.parquet`, `.gz.parquet`, `.parquet`, …
    pub fn extension(&self) -> String {
        format!("{}.parquet", self.codec.infix())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn codecs_that_parquet_cannot_have_are_refused_with_the_reason() {
        let refused = Codec::parse("BZIP2").unwrap_err().to_string();
        assert!(
            refused.contains("BZIP2") && refused.contains("no such codec"),
            "{refused}"
        );
        assert!(Codec::parse("deflate").is_err());
        assert!(Codec::parse("").is_err());
        assert_eq!(Codec::parse("GZIP").unwrap(), Codec::Gzip);
    }

    #[test]
    fn the_option_wins_over_the_session_and_the_default_is_snappy() {
        let session = ("spark.sql.parquet.compression.codec", "gzip");
        assert_eq!(ParquetOptions::default().extension(), ".snappy.parquet");
        assert_eq!(
            ParquetOptions::from_spark([session]).unwrap().extension(),
            ".gz.parquet"
        );
        let both = ParquetOptions::from_spark([("Compression", "none"), session]).unwrap();
        assert_eq!(both.extension(), ".parquet");
    }
}
