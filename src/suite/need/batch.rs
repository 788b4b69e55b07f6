//! What a scenario about files needs of a destination.

use crate::encode::file::options::Compression;
use crate::encode::file::write;
use crate::model::location::Location;
use crate::model::reason::Reason;
use crate::suite::cells::Telling;
use crate::suite::need::needs;
use crate::suite::omission;
use crate::suite::subject::Batch;

needs! {
    /// Files are taken.
    Files = "needs.files",
    /// Files are CSV.
    Csv = "needs.csv",
    /// Files are CSV with the names of their columns.
    Header = "needs.header",
    /// The submission says how to ask what was ingested.
    Ingestion = "needs.ingestion",
    /// Files have a manifest.
    Manifest = "needs.manifest",
    /// Files are compressed.
    Compressed = "needs.compressed",
    /// Files have an end that can be missed: they are compressed, or Parquet.
    Ended = "needs.ended",
    /// A column holds the alias of the audience.
    AliasColumn = "needs.alias-column",
    /// A column holds dates.
    Dates = "needs.dates",
    /// A column holds times.
    Times = "needs.times",
    /// A column holds numbers.
    Numbers = "needs.numbers",
    /// Files are JSON or Parquet: what separates cells is no text.
    Structured = "needs.structured",
    /// The location is a bucket of Amazon S3.
    S3 = "needs.s3",
    /// The location is a container of Azure Blob Storage.
    Blob = "needs.blob",
    /// The location is a bucket of Google Cloud Storage.
    Gcs = "needs.gcs",
    /// The location is Azure Data Lake Storage.
    Adls = "needs.adls",
    /// The location is an SFTP server.
    Sftp = "needs.sftp",
    /// The location is a Data Landing Zone.
    Dlz = "needs.dlz",
}

impl Need {
    /// Why a destination does not meet it.
    pub fn unmet(self, subject: &Batch) -> Option<Reason> {
        (!self.is_met(subject)).then(|| self.reason(subject))
    }

    fn is_met(self, subject: &Batch) -> bool {
        let options = subject.exporter.options();
        let tells = |telling: Telling| {
            let columns = subject.exporter.text_columns();
            columns.iter().any(|column| telling.tells(column))
        };
        match self {
            Need::Files => true,
            Need::Csv => options.file_type.is_of_texts(),
            Need::Header => options.file_type.is_of_texts() && options.csv.header,
            Need::Ingestion => subject.ingestion().is_some(),
            Need::Manifest => options.include_file_manifest,
            Need::Compressed => options.compression != Compression::None,
            Need::Ended => options.compression != Compression::None || options.file_type.has_end(),
            Need::AliasColumn => subject.exporter.has_aliases(),
            Need::Dates => tells(Telling::Dates),
            Need::Times => tells(Telling::Times),
            Need::Numbers => tells(Telling::Numbers),
            Need::Structured => !options.file_type.is_of_texts(),
            Need::S3 => matches!(subject.location(), Location::S3 { .. }),
            Need::Blob => matches!(subject.location(), Location::AzureBlob { .. }),
            Need::Gcs => matches!(subject.location(), Location::GoogleCloud { .. }),
            Need::Adls => matches!(subject.location(), Location::AdlsGen2 { .. }),
            Need::Sftp => matches!(subject.location(), Location::Sftp { .. }),
            Need::Dlz => matches!(subject.location(), Location::DataLandingZone { .. }),
        }
    }

    fn reason(self, subject: &Batch) -> Reason {
        match self {
            Need::Files => omission::other_family(),
            Need::Csv | Need::Header | Need::Compressed | Need::Ended | Need::Structured => {
                omission::other_format(write::suffix(subject.exporter.options()))
            }
            Need::Ingestion => omission::no_ingestion(),
            Need::Manifest => omission::no_manifest(),
            Need::AliasColumn => omission::no_alias_column(),
            Need::Dates => omission::no_dates(),
            Need::Times => omission::no_times(),
            Need::Numbers => omission::no_numbers(),
            Need::S3 | Need::Blob | Need::Gcs | Need::Adls | Need::Sftp | Need::Dlz => {
                omission::other_location(subject.kind())
            }
        }
    }
}
