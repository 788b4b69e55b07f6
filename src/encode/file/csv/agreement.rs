//! The two renderings of a row agree, over options and values that provoke every rule.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use crate::encode::file::csv::fast::Fast;
use crate::encode::file::csv::general::General;
use crate::encode::file::csv::{push_fast, push_general};
use crate::encode::file::options::{CsvOptions, Defaults, FileOptions, Origin};
use crate::encode::file::schema::{DataType, Value};

const UNITS: &[&str] = &[
    "\"", "'", "\\", "|", "#", " ", "\t", ",", "a", "1", "-", "", "\n",
];
const SEPARATORS: &[&str] = &[
    ",", ";", "\t", " ", "\"", "'", "\\\\", "a", "1", "#", "\r", "\n",
];
const TEXTS: &[&str] = &[
    "", "\"\"", "NULL", " n ", "a,b", "\"", "\\", "''", " ", "#", "\n",
];
const LINE_ENDS: &[&str] = &["\n", "\r\n", "\r", "a", "ab", "\n\r"];

fn options() -> impl Strategy<Value = CsvOptions> {
    let optional = |pool: &'static [&'static str]| proptest::option::weighted(0.4, select(pool));
    let flags = proptest::collection::vec(
        proptest::option::weighted(0.4, select(&["true", "false"][..])),
        6,
    );
    (
        (
            optional(SEPARATORS),
            optional(UNITS),
            optional(UNITS),
            optional(UNITS),
            optional(UNITS),
        ),
        (optional(TEXTS), optional(TEXTS), optional(LINE_ENDS)),
        flags,
    )
        .prop_map(
            |((sep, quote, escape, escape_escape, comment), (null, empty, line_sep), flags)| {
                let names = [
                    ("sep", sep),
                    ("quote", quote),
                    ("escape", escape),
                    ("charToEscapeQuoteEscaping", escape_escape),
                    ("comment", comment),
                    ("nullValue", null),
                    ("emptyValue", empty),
                    ("lineSep", line_sep),
                    ("quoteAll", flags[0]),
                    ("escapeQuotes", flags[1]),
                    ("ignoreLeadingWhiteSpace", flags[2]),
                    ("ignoreTrailingWhiteSpace", flags[3]),
                    (
                        "spark.sql.legacy.nullValueWrittenAsQuotedEmptyStringCsv",
                        flags[4],
                    ),
                ];
                let given: BTreeMap<_, _> = names
                    .into_iter()
                    .filter_map(|(name, text)| {
                        Some((name.to_owned(), (text?.to_owned(), Origin::Partner)))
                    })
                    .collect();
                FileOptions::resolve(&given, Defaults::Spark).unwrap().csv
            },
        )
}

fn row() -> impl Strategy<Value = Vec<Value>> {
    let text = proptest::string::string_regex("[ab1\"'\\\\,;|# \t\r\n\u{0}-é😀]{0,8}").unwrap();
    let text = prop_oneof![1 => Just(Value::Null), 6 => text.prop_map(Value::String)];
    let number = prop_oneof![
        any::<i32>().prop_map(Value::Int),
        Just(Value::Int(1)),
        Just(Value::Null)
    ];
    (
        text.clone(),
        number,
        text,
        any::<bool>().prop_map(Value::Boolean),
    )
        .prop_map(|(a, b, c, d)| vec![a, b, c, d])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn the_fast_rendering_is_the_general_one(options in options(), row in row()) {
        let Some(fast) = Fast::new(&options) else { return Ok(()) };
        let types = [DataType::String, DataType::Int, DataType::String, DataType::Boolean];
        for width in [1, 4] {
            let (mut ours, mut theirs, mut scratch) = (Vec::new(), Vec::new(), Vec::new());
            push_fast(&fast, &types[..width], &options, &row[..width], (&mut ours, &mut scratch)).unwrap();
            let mut general = General::new(&options);
            push_general(&mut general, &types[..width], &options, &row[..width], (&mut theirs, &mut scratch)).unwrap();
            prop_assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&theirs));
        }
    }
}
