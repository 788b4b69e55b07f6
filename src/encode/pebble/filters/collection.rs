//! The filters of lists and maps.

use std::sync::Arc;

use crate::encode::pebble::eval::Arguments;
use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::hash_order;
use crate::encode::pebble::java_text;
use crate::encode::pebble::render::Render;
use crate::encode::pebble::value::{List, ListKind, Value};

pub(super) fn length(render: &Render<'_>, input: &Value) -> Outcome<Value> {
    let length = match input {
        Value::Str(text) => java_text::length(text),
        Value::List(list) | Value::Array(list) => render.length(list),
        Value::Map(map) => map.len(),
        _ => 0,
    };
    Ok(Value::Int(length as i32))
}

fn empty_string(filter: &str) -> Fail {
    Fail::runtime(format!("`{filter}` of an empty string"))
}

fn not_a_collection(filter: &str, input: &Value) -> Fail {
    Fail::runtime(format!(
        "`{filter}` takes a list or a string, received {}",
        input.kind()
    ))
}

pub(super) fn first(render: &Render<'_>, input: &Value) -> Outcome<Value> {
    match input {
        Value::Str(text) => java_text::char_at(text, 0)
            .map(Value::Char)
            .ok_or_else(|| empty_string("first")),
        Value::List(list) | Value::Array(list) => {
            Ok(render.element(list, 0).unwrap_or(Value::Null))
        }
        _ => Err(not_a_collection("first", input)),
    }
}

pub(super) fn last(render: &Render<'_>, input: &Value) -> Outcome<Value> {
    match input {
        Value::Str(text) => text
            .chars()
            .next_back()
            .map(|c| {
                let mut buffer = [0; 2];
                let units = c.encode_utf16(&mut buffer);
                Value::Char(units[units.len() - 1])
            })
            .ok_or_else(|| empty_string("last")),
        Value::List(list) | Value::Array(list) => {
            let last = render.length(list).checked_sub(1);
            Ok(last
                .and_then(|at| render.element(list, at))
                .unwrap_or(Value::Null))
        }
        _ => Err(not_a_collection("last", input)),
    }
}

pub(super) fn join(render: &Render<'_>, input: &Value, separator: &Value) -> Outcome<Value> {
    let separator: &str = match separator {
        Value::Null => "",
        Value::Str(text) => text,
        other => {
            return Err(Fail::runtime(format!(
                "the separator of `join` is a string, received {}",
                other.kind()
            )));
        }
    };
    let (Value::List(list) | Value::Array(list)) = input else {
        return Err(Fail::runtime(format!(
            "`join` takes a list, received {}",
            input.kind()
        )));
    };
    let mut text = String::new();
    for (at, item) in render.items(list).iter().enumerate() {
        if at > 0 {
            text.push_str(separator);
        }
        render.java(item, &mut text, 0)?;
    }
    render.text(text)
}

pub(super) fn reverse(render: &mut Render<'_>, input: Value) -> Outcome<Value> {
    match &input {
        Value::List(list) if matches!(list.kind, ListKind::List | ListKind::Fixed) => {
            let mut items = render.items(list).to_vec();
            items.reverse();
            render.change(list, items, false)?;
        }
        _ => {
            return Err(Fail::runtime(format!(
                "`reverse` takes a list, received {}",
                input.kind()
            )));
        }
    }
    Ok(input)
}

pub(super) fn sort(render: &mut Render<'_>, input: Value, descending: bool) -> Outcome<Value> {
    let sorted = match &input {
        Value::List(list) if matches!(list.kind, ListKind::List | ListKind::Fixed) => {
            Arc::clone(list)
        }
        // the array is sorted in place and seen as a list
        Value::Array(array) if !descending => {
            let mut list = List::new(render.items(array).to_vec());
            list.kind = ListKind::Fixed;
            list.view = Some((Arc::clone(array), 0));
            render.listed(list)?
        }
        _ => {
            let name = if descending { "rsort" } else { "sort" };
            return Err(Fail::runtime(format!(
                "`{name}` takes a list, received {}",
                input.kind()
            )));
        }
    };
    let mut items = render.items(&sorted).to_vec();
    if items.len() > 1 {
        let mut failure = None;
        items.sort_by(|left, right| match render.compare(left, right) {
            Ok(order) if descending => order.reverse(),
            Ok(order) => order,
            Err(fail) => {
                failure.get_or_insert(fail);
                std::cmp::Ordering::Equal
            }
        });
        if let Some(fail) = failure {
            return Err(fail);
        }
    }
    render.change(&sorted, items, true)?;
    Ok(Value::List(sorted))
}

pub(super) fn slice(render: &Render<'_>, input: &Value, args: &Arguments) -> Outcome<Value> {
    let index = |value: Value, name: &str| match value {
        Value::Null => Ok(None),
        value if value.is_number() => Ok(Some(render.int(&value))),
        value => Err(Fail::runtime(format!(
            "`{name}` of `slice` is a number, received {}",
            value.kind()
        ))),
    };
    let from = index(args.get(0), "fromIndex")?.unwrap_or(0);
    let to = index(args.get(1), "toIndex")?;
    let length = match input {
        Value::Str(text) => java_text::length(text),
        Value::List(list) | Value::Array(list) => render.length(list),
        _ => {
            return Err(Fail::runtime(format!(
                "`slice` takes a list or a string, received {}",
                input.kind()
            )));
        }
    };
    let Ok(from) = usize::try_from(from) else {
        return Err(Fail::runtime("`slice` cannot start before 0"));
    };
    let to = match to {
        None => length,
        Some(to) if usize::try_from(to).is_ok_and(|to| to <= length && to > from) => to as usize,
        Some(to) => {
            return Err(Fail::runtime(format!(
                "`slice({from}, {to})` does not fit a length of {length}"
            ))
            .help("the end stands after the start, and not after the length"));
        }
    };
    if from > to {
        return Err(Fail::runtime(format!(
            "`slice` starts at {from}, after the length of {length}"
        )));
    }
    match input {
        Value::Str(text) => render.text(java_text::substring(text, from, to)),
        Value::List(list) => sublist(render, list, from, to),
        Value::Array(list) => {
            let mut part = List::new(render.items(list)[from..to].to_vec());
            part.kind = ListKind::Array;
            render.listed(part).map(Value::Array)
        }
        _ => Ok(Value::Null),
    }
}

/// A range of a list, whose changes show in the list.
pub(crate) fn sublist(
    render: &Render<'_>,
    list: &Arc<List>,
    from: usize,
    to: usize,
) -> Outcome<Value> {
    if !matches!(list.kind, ListKind::List | ListKind::Fixed) {
        return Err(Fail::runtime("`slice` takes a list or a string"));
    }
    let mut part = List::new(render.items(list)[from..to].to_vec());
    part.kind = list.kind;
    part.view = Some((Arc::clone(list), from));
    render.listed(part).map(Value::List)
}

pub(super) fn merge(render: &Render<'_>, input: Value, items: Value) -> Outcome<Value> {
    match (&input, &items) {
        (Value::Null, Value::Null) => Err(Fail::runtime("`merge` of null and null")
            .help("give one of them a default: `list | default([]) | merge(other)`")),
        (Value::Null, _) => Ok(items),
        (_, Value::Null) => Ok(input),
        (Value::Map(left), Value::Map(right)) => {
            let entries = left.entries.iter().chain(&right.entries).cloned().collect();
            hash_order::with_initial(render, entries, left.len() + right.len() + 16)
        }
        (Value::Map(left), Value::List(right)) => {
            let right = render.items(right);
            let added = right.iter().map(|item| (item.clone(), item.clone()));
            let entries = left.entries.iter().cloned().chain(added).collect();
            hash_order::with_initial(render, entries, left.len() + right.len() + 16)
        }
        (Value::List(left), Value::List(right)) => {
            let mut joined = render.items(left).to_vec();
            joined.extend_from_slice(render.items(right));
            render.list(joined)
        }
        (Value::List(left), Value::Map(right)) => {
            let mut joined = render.items(left).to_vec();
            joined.extend((0..right.len()).filter_map(|at| right.entry(at)));
            render.list(joined)
        }
        (Value::Array(left), Value::Array(right)) => {
            let mut list = List::new([render.items(left), render.items(right)].concat());
            list.kind = ListKind::Array;
            render.listed(list).map(Value::Array)
        }
        _ => Err(Fail::runtime(format!(
            "`merge` cannot merge {} with {}",
            input.kind(),
            items.kind()
        ))
        .help("merge lists with lists or maps, and maps with maps or lists")),
    }
}
