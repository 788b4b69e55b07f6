//! The filters of Pebble 3.2.4, and `added`, `removed` and `toJson` of Adobe.

mod collection;
pub(crate) use collection::sublist;
mod date;
mod number_format;
mod text;

use std::sync::Arc;

use crate::encode::pebble::escape;
use crate::encode::pebble::eval::Arguments;
use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::functions::{Change, segments};
use crate::encode::pebble::options::Escaping;
use crate::encode::pebble::predicates::is_empty;
use crate::encode::pebble::render::Render;
use crate::encode::pebble::value::Value;

macro_rules! filters {
    ($($variant:ident $name:literal $parameters:expr;)*) => {
        /// A filter.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Filter {
            $($variant,)*
        }

        /// The names of all filters, sorted.
        const NAMES: &[&str] = &[$($name),*];

        impl Filter {
            pub fn named(name: &str) -> Option<Filter> {
                match name {
                    $($name => Some(Filter::$variant),)*
                    _ => None,
                }
            }

            /// The names of the parameters; `None` for a filter that ignores whatever it is given.
            pub fn parameters(self) -> Option<&'static [&'static str]> {
                match self {
                    $(Filter::$variant => $parameters,)*
                }
            }
        }
    };
}

filters! {
    Abbreviate "abbreviate" Some(&["length"]);
    Abs "abs" None;
    Added "added" None;
    Base64Decode "base64decode" None;
    Base64Encode "base64encode" None;
    Capitalize "capitalize" None;
    Date "date" Some(&["format", "existingFormat", "timeZone"]);
    Default "default" Some(&["default"]);
    Escape "escape" Some(&["strategy"]);
    First "first" None;
    Join "join" Some(&["separator"]);
    Last "last" None;
    Length "length" None;
    Lower "lower" None;
    Merge "merge" Some(&["items"]);
    NumberFormat "numberformat" Some(&["format"]);
    Raw "raw" None;
    Removed "removed" None;
    Replace "replace" Some(&["replace_pairs"]);
    Reverse "reverse" None;
    Rsort "rsort" None;
    Sha256 "sha256" None;
    Slice "slice" Some(&["fromIndex", "toIndex"]);
    Sort "sort" None;
    Split "split" Some(&["delimiter", "limit"]);
    Title "title" None;
    ToJson "toJson" None;
    Trim "trim" None;
    Upper "upper" None;
    UrlEncode "urlencode" None;
}

impl Filter {
    /// The failure of a filter that does not exist.
    pub fn unknown(name: &str) -> Fail {
        let fail = Fail::runtime(format!("unknown filter `{name}`"));
        let near = NAMES
            .iter()
            .map(|known| {
                (
                    strsim::damerau_levenshtein(known, &name.to_lowercase()),
                    known,
                )
            })
            .min();
        match (name, near) {
            ("json" | "tojson" | "to_json" | "json_encode" | "tojsonpretty", _) => {
                fail.help("write `toJson`")
            }
            ("nl2br" | "format", _) => fail.help("Pebble has this filter from version 4 on only"),
            (_, Some((distance, known))) if distance <= 2 => {
                fail.help(format!("did you mean `{known}`?"))
            }
            _ => fail.help(format!("the filters are {}", NAMES.join(", "))),
        }
    }

    /// Apply the filter to `input`.
    pub fn apply(self, render: &mut Render<'_>, input: Value, args: &Arguments) -> Outcome<Value> {
        if let Value::Str(text) = &input {
            render.spend(text.len() / 32)?;
        }
        match self {
            Filter::Default => Ok(if is_empty(render, &input) {
                args.get(0)
            } else {
                input
            }),
            Filter::Merge => collection::merge(render, input, args.get(0)),
            Filter::Added => segments(render, &input, Change::Added),
            Filter::Removed => segments(render, &input, Change::Removed),
            Filter::Length => collection::length(render, &input),
            Filter::ToJson => {
                let mut out = String::new();
                render.json(&input, &mut out, 0)?;
                render.text(out)
            }
            Filter::Abs => text::abs(&input),
            _ if matches!(input, Value::Null) => Ok(Value::Null),
            Filter::Escape => escaped(render, &input, &args.get(0)),
            Filter::Raw => raw(render, &input),
            Filter::First => collection::first(render, &input),
            Filter::Last => collection::last(render, &input),
            Filter::Join => collection::join(render, &input, &args.get(0)),
            Filter::Reverse => collection::reverse(render, input),
            Filter::Sort => collection::sort(render, input, false),
            Filter::Rsort => collection::sort(render, input, true),
            Filter::Slice => collection::slice(render, &input, args),
            Filter::Replace => text::replace(render, &input, &args.get(0)),
            Filter::Split => text::split(render, &input, args),
            Filter::Date => date::date(render, &input, args),
            Filter::NumberFormat => number_format::number_format(render, &input, &args.get(0)),
            Filter::Abbreviate
            | Filter::Base64Decode
            | Filter::Base64Encode
            | Filter::Capitalize
            | Filter::Lower
            | Filter::Sha256
            | Filter::Title
            | Filter::Trim
            | Filter::Upper
            | Filter::UrlEncode => text::apply(self, render, &input, args),
        }
    }
}

fn raw(render: &Render<'_>, input: &Value) -> Outcome<Value> {
    let text: Arc<str> = match input {
        Value::Str(text) => Arc::clone(text),
        Value::Decimal(decimal) => decimal.plain().into(),
        input => {
            let text = render.java_string(input)?;
            render.make(text.len())?;
            text.into()
        }
    };
    Ok(Value::Safe(text))
}

fn escaped(render: &Render<'_>, input: &Value, strategy: &Value) -> Outcome<Value> {
    let strategy = match strategy {
        Value::Null => render.options.escaping,
        Value::Str(name) => Escaping::named(name).ok_or_else(|| {
            Fail::runtime(format!("unknown escaping strategy `{name}`"))
                .help("the strategies are html, js, css, url_param and json")
        })?,
        other => {
            return Err(Fail::runtime(format!(
                "the strategy of `escape` is a string, received {}",
                other.kind()
            )));
        }
    };
    escape::apply(render, input, strategy)
}

/// The failure of a filter that takes strings only.
pub(crate) fn strings_only(filter: &str, input: &Value) -> Fail {
    Fail::runtime(format!(
        "`{filter}` takes a string, received {}",
        input.kind()
    ))
    .help(format!("make it a string first: `value ~ \"\" | {filter}`"))
}
