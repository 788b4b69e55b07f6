//! The filters of strings.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::encode::pebble::escape::form_encode;
use crate::encode::pebble::eval::Arguments;
use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::filters::{Filter, strings_only};
use crate::encode::pebble::java_text;
use crate::encode::pebble::render::Render;
use crate::encode::pebble::split;
use crate::encode::pebble::value::{List, ListKind, Value};

/// A filter of one string.
pub(super) fn apply(
    filter: Filter,
    render: &mut Render<'_>,
    input: &Value,
    args: &Arguments,
) -> Outcome<Value> {
    let name = match filter {
        Filter::Lower | Filter::Upper | Filter::Base64Encode => {
            let text = render.java_string(input)?;
            let language = render.options.locale.language.as_str();
            return match filter {
                Filter::Lower => render.text(java_text::lower(&text, language)),
                Filter::Upper => render.text(java_text::upper(&text, language)),
                _ => render.text(STANDARD.encode(text)),
            };
        }
        Filter::Abbreviate => "abbreviate",
        Filter::Base64Decode => "base64decode",
        Filter::Capitalize => "capitalize",
        Filter::Sha256 => "sha256",
        Filter::Title => "title",
        Filter::Trim => "trim",
        _ => "urlencode",
    };
    let Value::Str(text) = input else {
        return Err(strings_only(name, input));
    };
    match filter {
        Filter::Abbreviate => abbreviate(render, text, &args.get(0)),
        Filter::Base64Decode => decode(render, text),
        Filter::Capitalize => render.text(capitalize(text)),
        Filter::Sha256 => {
            let hex = Sha256::digest(text.as_bytes())
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect::<String>();
            render.text(hex)
        }
        Filter::Title => render.text(title(text)),
        Filter::Trim => render.text(java_text::trim(text)),
        _ => {
            let mut out = String::with_capacity(text.len());
            form_encode(text, &mut out);
            render.text(out)
        }
    }
}

fn capitalize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    for c in chars.by_ref() {
        if java_text::is_whitespace(c) {
            out.push(c);
        } else {
            out.push(java_text::title_case(c));
            break;
        }
    }
    out.push_str(chars.as_str());
    out
}

fn title(text: &str) -> String {
    let mut starts = true;
    let case = |c| {
        if java_text::is_whitespace(c) {
            starts = true;
            c
        } else if starts {
            starts = false;
            java_text::title_case(c)
        } else {
            c
        }
    };
    text.chars().map(case).collect()
}

fn abbreviate(render: &Render<'_>, text: &Arc<str>, width: &Value) -> Outcome<Value> {
    let Value::Long(width) = width else {
        return Err(Fail::runtime(
            "`abbreviate` takes the length as an integer literal, such as `abbreviate(20)`",
        ));
    };
    let width = *width as i32;
    let Ok(width) = usize::try_from(width) else {
        return Err(Fail::runtime(
            "the length of `abbreviate` cannot be negative",
        ));
    };
    let length = java_text::length(text);
    if length < width || length <= 3 {
        return Ok(Value::Str(Arc::clone(text)));
    }
    if width <= 3 {
        return render.text(java_text::substring(text, 0, width));
    }
    render.text(format!("{}...", java_text::substring(text, 0, width - 3)))
}

fn decode(render: &Render<'_>, text: &str) -> Outcome<Value> {
    // the decoder of Java takes a last group without its padding, and bits that it does not need
    let bare = text.trim_end_matches('=');
    let padding = text.len() - bare.len();
    let padded = padding == 0 || (padding <= 2 && text.len().is_multiple_of(4));
    let config = base64::engine::GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent);
    let engine = base64::engine::GeneralPurpose::new(&base64::alphabet::STANDARD, config);
    match engine.decode(bare) {
        Ok(bytes) if padded => render.text(String::from_utf8_lossy(&bytes)),
        _ => Err(Fail::runtime(
            "`base64decode` takes a string in Base64, with its padding or without",
        )),
    }
}

pub(super) fn replace(render: &Render<'_>, input: &Value, pairs: &Value) -> Outcome<Value> {
    let Value::Map(pairs) = pairs else {
        return Err(
            Fail::runtime(format!("`replace` takes a map, received {}", pairs.kind()))
                .help("write `replace({\"old\": \"new\"})`"),
        );
    };
    let mut text = render.java_string(input)?;
    for (from, to) in &pairs.entries {
        if matches!(from, Value::Null) || matches!(to, Value::Null) {
            return Err(Fail::runtime(
                "`replace` cannot replace null, or replace by null",
            ));
        }
        let (from, to) = (render.java_string(from)?, render.java_string(to)?);
        let found = text.matches(&*from).count();
        render.make((text.len() + found * to.len()).saturating_sub(found * from.len()))?;
        text = text.replace(&*from, &to);
    }
    render.text(text)
}

pub(super) fn split(render: &mut Render<'_>, input: &Value, args: &Arguments) -> Outcome<Value> {
    let (delimiter, limit) = (args.get(0), args.get(1));
    let limit = match &limit {
        Value::Null => 0,
        limit if limit.is_number() => render.int(limit),
        limit => {
            return Err(Fail::runtime(format!(
                "the limit of `split` is a number, received {}",
                limit.kind()
            )));
        }
    };
    let delimiter = match delimiter {
        Value::Str(delimiter) => delimiter,
        Value::Null => {
            return Err(Fail::runtime("`split` needs a delimiter").help("write `split(\",\")`"));
        }
        other => {
            return Err(Fail::runtime(format!(
                "the delimiter of `split` is a string, received {}",
                other.kind()
            )));
        }
    };
    let Value::Str(text) = input else {
        return Err(strings_only("split", input));
    };
    let parts = split::split(render, text, &delimiter, limit)?;
    let mut items = Vec::with_capacity(parts.len());
    for part in parts {
        items.push(render.text(part)?);
    }
    let mut list = List::new(items);
    list.kind = ListKind::Array;
    render.listed(list).map(Value::Array)
}

pub(super) fn abs(input: &Value) -> Outcome<Value> {
    Ok(match input {
        Value::Int(value) => Value::Int(value.wrapping_abs()),
        Value::Long(value) => Value::Long(value.wrapping_abs()),
        Value::Big(value) => Value::Big(*value),
        Value::Double(value) => Value::Double(value.abs()),
        Value::Decimal(value) => Value::Decimal(Arc::new(value.abs())),
        Value::Lazy(value) => Value::Double(f64::from(*value).abs()),
        other => {
            return Err(Fail::runtime(format!(
                "`abs` takes a number, received {}",
                other.kind()
            )));
        }
    })
}
