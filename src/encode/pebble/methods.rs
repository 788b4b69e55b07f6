//! The methods of `java.lang.String`.

use std::sync::Arc;

use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::java_text;
use crate::encode::pebble::reflect::unit_at;
use crate::encode::pebble::render::Render;
use crate::encode::pebble::split;
use crate::encode::pebble::value::{List, ListKind, Value};

/// Call `method` (lower case) on `text`; `None` when there is no such method for these arguments.
pub(crate) fn string(
    render: &mut Render<'_>,
    text: &Arc<str>,
    method: &str,
    args: &[Value],
) -> Outcome<Option<Value>> {
    match args {
        [] => bare(render, text, method),
        [argument] => one(render, text, method, argument),
        [first, second] => two(render, text, method, first, second),
        _ => Ok(None),
    }
}

fn bare(render: &Render<'_>, text: &Arc<str>, method: &str) -> Outcome<Option<Value>> {
    let language = "en";
    let value = match method {
        "length" => Value::Int(java_text::length(text) as i32),
        "isempty" => Value::Bool(text.is_empty()),
        "isblank" => Value::Bool(text.chars().all(java_text::is_whitespace)),
        "trim" => render.text(java_text::trim(text))?,
        "strip" => render.text(text.trim_matches(java_text::is_whitespace))?,
        "stripleading" => render.text(text.trim_start_matches(java_text::is_whitespace))?,
        "striptrailing" => render.text(text.trim_end_matches(java_text::is_whitespace))?,
        "touppercase" => render.text(java_text::upper(text, language))?,
        "tolowercase" => render.text(java_text::lower(text, language))?,
        "intern" => Value::Str(Arc::clone(text)),
        "getbytes" => array(
            render,
            text.bytes()
                .map(|byte| Value::Int(i32::from(byte as i8)))
                .collect(),
        )?,
        _ => return Ok(None),
    };
    Ok(Some(value))
}

fn array(render: &Render<'_>, items: Vec<Value>) -> Outcome<Value> {
    let mut list = List::new(items);
    list.kind = ListKind::Array;
    render.listed(list).map(Value::Array)
}

fn strings(render: &Render<'_>, parts: Vec<String>) -> Outcome<Value> {
    let mut items = Vec::with_capacity(parts.len());
    for part in parts {
        items.push(render.text(part)?);
    }
    array(render, items)
}

/// The UTF-16 index of the byte offset `at`, -1 for none.
fn unit_index(text: &str, at: Option<usize>) -> Value {
    Value::Int(at.map_or(-1, |at| java_text::length(&text[..at]) as i32))
}

fn one(
    render: &mut Render<'_>,
    text: &Arc<str>,
    method: &str,
    argument: &Value,
) -> Outcome<Option<Value>> {
    if let Some(found) = by_number(render, text, method, argument)? {
        return Ok(Some(found));
    }
    let Value::Str(other) = argument else {
        let unequal = matches!(argument, Value::Null) && method == "equalsignorecase";
        return Ok(unequal.then_some(Value::Bool(false)));
    };
    render.spend(other.len() / 16)?;
    let value = match method {
        "startswith" => Value::Bool(text.starts_with(&**other)),
        "endswith" => Value::Bool(text.ends_with(&**other)),
        "contains" => Value::Bool(text.contains(&**other)),
        "contentequals" => Value::Bool(text == other),
        "equalsignorecase" => Value::Bool(folded(text) == folded(other)),
        "concat" => render.text(format!("{text}{other}"))?,
        "indexof" => unit_index(text, text.find(&**other)),
        "lastindexof" => unit_index(text, text.rfind(&**other)),
        "comparetoignorecase" => Value::Int(java_text::difference(&folded(text), &folded(other))),
        "split" => {
            let parts = split::split(render, text, other, 0)?;
            strings(render, parts)?
        }
        "matches" => Value::Bool(split::matches(render, text, other)?),
        _ => return Ok(None),
    };
    Ok(Some(value))
}

/// The methods that take one `int`.
fn by_number(
    render: &Render<'_>,
    text: &str,
    method: &str,
    argument: &Value,
) -> Outcome<Option<Value>> {
    if !argument.is_number()
        || !["charat", "codepointat", "substring", "repeat", "indexof"].contains(&method)
    {
        return Ok(None);
    }
    let Some(at) = render.parameter(argument)? else {
        return Ok(None);
    };
    let length = java_text::length(text) as i32;
    let value = match method {
        "charat" => unit_at(text, at)?,
        "codepointat" => match unit_at(text, at)? {
            Value::Char(unit) => Value::Int(i32::from(unit)),
            other => other,
        },
        "substring" => cut(render, text, at, length)?,
        "indexof" => match u32::try_from(at).ok().and_then(char::from_u32) {
            Some(c) => unit_index(text, text.find(c)),
            None => Value::Int(-1),
        },
        _ => match usize::try_from(at) {
            Ok(count) => {
                render.make(text.len().saturating_mul(count))?;
                render.text(text.repeat(count))?
            }
            Err(_) => {
                return Err(Fail::runtime(
                    "a string cannot be repeated a negative number of times",
                ));
            }
        },
    };
    Ok(Some(value))
}

fn cut(render: &Render<'_>, text: &str, from: i32, to: i32) -> Outcome<Value> {
    let length = java_text::length(text) as i32;
    if from < 0 || from > to || to > length {
        return Err(Fail::runtime(format!(
            "`substring({from}, {to})` does not fit a length of {length}"
        )));
    }
    render.text(java_text::substring(text, from as usize, to as usize))
}

fn two(
    render: &mut Render<'_>,
    text: &Arc<str>,
    method: &str,
    first: &Value,
    second: &Value,
) -> Outcome<Option<Value>> {
    let value = match (method, first, second) {
        ("replace", Value::Str(from), Value::Str(to)) => {
            let found = text.matches(&**from).count();
            render.make(text.len() + found * to.len())?;
            render.text(text.replace(&**from, to))?
        }
        ("replaceall" | "replacefirst", Value::Str(pattern), Value::Str(to)) => {
            let all = method == "replaceall";
            let replaced = split::replace(render, text, pattern, to, all)?;
            render.text(replaced)?
        }
        ("split", Value::Str(pattern), limit) => match render.parameter(limit)? {
            Some(limit) => {
                let parts = split::split(render, text, pattern, limit)?;
                strings(render, parts)?
            }
            None => return Ok(None),
        },
        ("substring" | "subsequence", from, to) => {
            match (render.parameter(from)?, render.parameter(to)?) {
                (Some(from), Some(to)) => cut(render, text, from, to)?,
                _ => return Ok(None),
            }
        }
        ("startswith", Value::Str(prefix), from) => match render.parameter(from)? {
            Some(from) => {
                let length = java_text::length(text);
                let tail = usize::try_from(from).ok().filter(|from| *from <= length);
                Value::Bool(tail.is_some_and(|from| {
                    java_text::substring(text, from, length).starts_with(&**prefix)
                }))
            }
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(value))
}

/// Both cases folded, as `equalsIgnoreCase` compares.
fn folded(text: &str) -> String {
    text.to_uppercase().to_lowercase()
}
