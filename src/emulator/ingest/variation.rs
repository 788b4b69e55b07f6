//! Harmless differences: whatever a platform may do and still ingest all that it should.

use crate::emulator::names::named;

named! {
    /// One harmless difference of a platform; no verdict may change with it.
    Variation, "variation":
    ColumnsReversed, "columns-reversed", "the columns of a row are answered in another order";
    RowsReordered, "rows-reordered", "rows are answered in another order";
    PartsReversed, "parts-reversed", "of a split file, the last part is ingested first";
    PendingTwice, "pending-twice", "the first two questions about a file, folder or members are answered 202";
    NumbersAsNumbers, "numbers-as-numbers", "cells of CSV that are whole numbers are answered as JSON numbers";
    RowsCounted, "rows-counted", "the number of rows stands in the header `X-Rows`";
    LengthAnnounced, "length-announced", "answers of up to a mebibyte have a length, and do not come in pieces";
    DeletedKept, "deleted-kept", "the rows of a file that was ingested stay when the file is deleted";
    WholeSeconds, "whole-seconds", "a file is taken for new by its size and the second of its time";
    NothingIs204, "nothing-is-204", "a file without rows is answered 204";
    JsonArray, "json-array", "rows are answered as one `application/json` array";
}
