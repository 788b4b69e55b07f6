//! The catalogue of deliberate misbehaviours of a platform that ingests files.

use crate::emulator::names::named;

named! {
    /// One deliberate misbehaviour of a platform that ingests files, as narrow as it can be.
    Fault, "fault":
    HeaderTakenAsRow, "header-taken-as-row", "the header is a row as well";
    FirstRowTakenAsHeader, "first-row-taken-as-header", "where there is no header, the first row is taken for one";
    CommaOnly, "comma-only", "cells are separated at commas, whatever the delimiter";
    DelimiterCut, "delimiter-cut", "of a delimiter of several characters only the first is known";
    QuotesKept, "quotes-kept", "the quotes around a cell are kept as part of it";
    EscapeIgnored, "escape-ignored", "quotes inside a quoted cell are understood only where they are doubled";
    DoublingIgnored, "doubling-ignored", "doubled quotes inside a quoted cell are not understood";
    EscapeOfEscapeIgnored, "escape-of-escape-ignored", "an escape inside a quoted cell stays doubled";
    DelimiterInQuotesSplits, "delimiter-in-quotes-splits", "a delimiter separates cells inside quotes too";
    NewlineInQuotesSplits, "newline-in-quotes-splits", "a line end ends the row inside quotes too";
    CellNewlinesFlattened, "cell-newlines-flattened", "line ends inside a cell become blanks";
    EmptyReadAsNull, "empty-read-as-null", "an empty cell is null";
    NullReadAsEmpty, "null-read-as-empty", "a null cell is empty";
    NullTextKept, "null-text-kept", "the text that stands for null is kept as text";
    EmptyTextKept, "empty-text-kept", "the text that stands for an empty cell is kept as text";
    NullWordReadAsNull, "null-word-read-as-null", "the words `null` and `NULL` are null where another text stands for null";
    CellsTrimmed, "cells-trimmed", "blanks around a cell are dropped";
    CellLeadingZerosLost, "cell-leading-zeros-lost", "text of digits loses its leading zeros";
    CellNumbersRounded, "cell-numbers-rounded", "whole numbers of more than 15 digits are rounded";
    NumberColumnsInferred, "number-columns-inferred", "a column of nothing but numbers is read as numbers";
    TruthColumnsInferred, "truth-columns-inferred", "a column of nothing but `true` and `false` is read as `True` and `False`";
    TimeColumnsInferred, "time-columns-inferred", "a column of nothing but dates or times is read as times without their zone";
    LongCellsCut, "long-cells-cut", "cells are cut to 255 characters";
    LongestCellsCut, "longest-cells-cut", "cells are cut to 4,000 characters";
    MinusLost, "minus-lost", "numbers lose their sign";
    ExponentLost, "exponent-lost", "a number ends before its exponent";
    CellEntitiesDecoded, "cell-entities-decoded", "entities of HTML in a cell become what they stand for";
    CellBlanksJoined, "cell-blanks-joined", "blanks in a row inside a cell become one";
    CommentsCut, "comments-cut", "what follows a `#` in a cell is dropped";
    DatesSwapped, "dates-swapped", "day and month of a date are exchanged where both are at most 12";
    TimesLost, "times-lost", "of a timestamp only the date is kept";
    TimeFractionsLost, "time-fractions-lost", "fractions of seconds are dropped";
    AfternoonLost, "afternoon-lost", "the hours of the afternoon are read as those of the morning";
    SummerTimeAdded, "summer-time-added", "times of the summer are an hour late";
    TimeZoneShifted, "time-zone-shifted", "timestamps are an hour late";
    Latin1Read, "latin1-read", "the UTF-8 of a cell is read as ISO 8859-1";
    NonAsciiLost, "non-ascii-lost", "characters beyond ASCII become question marks in cells";
    FourByteCharactersLost, "four-byte-characters-lost", "characters of four bytes are dropped from cells";
    ColumnsByPosition, "columns-by-position", "columns get the configured names in order, whatever the header says";
    ColumnNamesLowerCased, "column-names-lower-cased", "names of columns are in lower case";
    ColumnDotsReplaced, "column-dots-replaced", "dots in names of columns become underscores";
    LastColumnLost, "last-column-lost", "the last of several columns is not ingested";
    GzipUnread, "gzip-unread", "files compressed with gzip cannot be read";
    Bzip2Unread, "bzip2-unread", "files compressed with bzip2 cannot be read";
    Lz4Unread, "lz4-unread", "files in Hadoop's framing of LZ4 cannot be read";
    SnappyUnread, "snappy-unread", "files in Hadoop's framing of Snappy cannot be read";
    DeflateUnread, "deflate-unread", "files compressed with deflate cannot be read";
    CompressedMembersIgnored, "compressed-members-ignored", "of several gzip members or bzip2 streams only the first is read";
    CompressedBlocksIgnored, "compressed-blocks-ignored", "of several LZ4 or Snappy blocks only the first is read";
    JsonLinesUnread, "json-lines-unread", "JSON is understood only as a single document, not as one object a line";
    JsonEscapesKept, "json-escapes-kept", "what is escaped in a text of JSON stays so";
    JsonAbsentRefused, "json-absent-refused", "a JSON row without a column that the first has is an error";
    JsonFirstRowsColumns, "json-first-rows-columns", "columns that the first JSON row lacks are dropped from all";
    Int96Unread, "int96-unread", "timestamps of 96 bits in Parquet are null";
    ParquetDatesAsDays, "parquet-dates-as-days", "dates in Parquet are numbers of days";
    DecimalsUnscaled, "decimals-unscaled", "decimals in Parquet lose their point";
    FirstRowGroupOnly, "first-row-group-only", "of a Parquet file only the first row group is read";
    SecondPartIgnored, "second-part-ignored", "of a split file only the first part is ingested";
    LastPartReplaces, "last-part-replaces", "of a split file only the last part is kept";
    SecondHeaderTakenAsRow, "second-header-taken-as-row", "the headers of all parts but the first are rows as well";
    ManifestIngested, "manifest-ingested", "manifests are read as data";
    ManifestRequired, "manifest-required", "a file that no manifest names is pending for ever";
    ManifestUnread, "manifest-unread", "the sizes in a manifest are not compared";
    FirstRowLost, "first-row-lost", "the first row of a file is not ingested";
    UnendedRowLost, "unended-row-lost", "the last row is not ingested where no line end follows it";
    UnendedRowRefused, "unended-row-refused", "a file without a line end at its end is an error";
    RowsLimited, "rows-limited", "only the first thousand rows of a file are ingested";
    DuplicateRowsDropped, "duplicate-rows-dropped", "a row equal to an earlier one of its file is dropped";
    RepeatedKeysDropped, "repeated-keys-dropped", "a row with the first cell of an earlier one of its file is dropped";
    EmptyFileFails, "empty-file-fails", "a file without rows is an error";
    OldContentKept, "old-content-kept", "a file written again under its name keeps its old content";
    SameSizeIgnored, "same-size-ignored", "a file written again with as many bytes as before keeps its old content";
    EmptiedIgnored, "emptied-ignored", "a file written again without rows keeps its old content";
    KnownContentIgnored, "known-content-ignored", "a file written again with a content that its name had before keeps the one between";
    SecondExportIgnored, "second-export-ignored", "of the exports in a folder only the first by name is ingested";
    LaterExportsIgnored, "later-exports-ignored", "of exports whose names differ in their time only the oldest is ingested";
    RewrittenAppended, "rewritten-appended", "the content of a file written again is added to the old";
    StatusIgnored, "status-ignored", "rows that say exited do not end a membership";
    ReentryIgnored, "reentry-ignored", "who left does not enter again";
    LeavingEmptiesAll, "leaving-empties-all", "one row that says exited ends all memberships";
    CorruptEndsAll, "corrupt-ends-all", "a file that cannot be read makes all that its folder held before vanish";
    CorruptRewriteEndsAll, "corrupt-rewrite-ends-all", "a file that could be read and is written again so that it cannot makes all that its folder held before vanish";
    CorruptAccepted, "corrupt-accepted", "a file that cannot be read is answered as ingested up to where it breaks";
    CorruptUnreported, "corrupt-unreported", "a file that cannot be read is answered as if it were not there";
    WrongWidthAccepted, "wrong-width-accepted", "rows with too few or too many cells are filled up or cut";
    EverythingPending, "everything-pending", "every question is answered 202, for ever";
    IngestionFails, "ingestion-fails", "every question is answered 500";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_fault_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        assert_eq!(names.len(), Fault::ALL.len());
        assert!(
            Fault::ALL
                .iter()
                .all(|fault| fault.name().parse() == Ok(*fault))
        );
    }
}
