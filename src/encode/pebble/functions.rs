//! The functions of Pebble that Adobe supports, and those that Adobe adds (reference 5.3).

use std::sync::Arc;

use crate::encode::pebble::escape::form_encode;
use crate::encode::pebble::eval::Arguments;
use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::map::Map;
use crate::encode::pebble::render::Render;
use crate::encode::pebble::value::Value;

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Max,
    Min,
    AddedSegments,
    RemovedSegments,
    HasSegments,
    FormUrlEncode,
}

impl Function {
    pub fn named(name: &str) -> Option<Function> {
        Some(match name {
            "max" => Function::Max,
            "min" => Function::Min,
            "addedSegments" => Function::AddedSegments,
            "removedSegments" => Function::RemovedSegments,
            "hasSegments" => Function::HasSegments,
            "formUrlEncode" => Function::FormUrlEncode,
            _ => return None,
        })
    }

    pub fn call(self, render: &mut Render<'_>, args: &Arguments) -> Outcome<Value> {
        match self {
            Function::Max => extreme(render, args, ">", |new, best| new > best),
            Function::Min => extreme(render, args, "<", |new, best| new < best),
            Function::AddedSegments => segments(render, &args.get(0), Change::Added),
            Function::RemovedSegments => segments(render, &args.get(0), Change::Removed),
            Function::HasSegments => Ok(Value::Bool(!entries(&args.get(0))?.is_empty())),
            Function::FormUrlEncode => form(render, args),
        }
    }
}

fn extreme(
    render: &Render<'_>,
    args: &Arguments,
    sign: &str,
    better: fn(f64, f64) -> bool,
) -> Outcome<Value> {
    let mut best = Value::Null;
    for value in args.values.iter().flatten() {
        if matches!(best, Value::Null) || render.is_ordered(value, &best, sign, better)? {
            best = value.clone();
        }
    }
    Ok(best)
}

/// Which audiences of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Added,
    Removed,
}

/// The entries of the audiences that were added (`realized`, or `existing` of older documents) or removed (`exited`).
///
/// Takes the map of one namespace or the whole two-level map, in which case the namespaces are joined.
pub(crate) fn segments(render: &Render<'_>, membership: &Value, change: Change) -> Outcome<Value> {
    let wanted: &[&str] = match change {
        Change::Added => &["realized", "existing"],
        Change::Removed => &["exited"],
    };
    let status = |entry: &Value| match entry {
        Value::Map(audience) => match audience.get_str("status") {
            Some(Value::Str(status)) => wanted.contains(&&**status),
            _ => false,
        },
        _ => false,
    };
    let mut items = Vec::new();
    for (map, at) in entries(membership)? {
        render.spend(1)?;
        if map
            .entries
            .get(at)
            .is_some_and(|(_, audience)| status(audience))
        {
            items.extend(map.entry(at));
        }
    }
    render.list(items)
}

/// The audiences of a membership: the map that holds each, and its place in it.
fn entries(membership: &Value) -> Outcome<Vec<(Arc<Map>, usize)>> {
    let map = match membership {
        Value::Null => return Ok(Vec::new()),
        Value::Map(map) => map,
        _ => {
            return Err(Fail::runtime(format!(
                "expected a map of audiences, received {}",
                membership.kind()
            ))
            .help(
                "pass `input.profile.segmentMembership` or one of its namespaces, such as `.ups`",
            ));
        }
    };
    let is_audience = |value: &Value| matches!(value, Value::Map(audience) if audience.get_str("status").is_some());
    let one_level = map.entries.iter().any(|(_, value)| is_audience(value));
    let mut found = Vec::new();
    for (at, (_, value)) in map.entries.iter().enumerate() {
        match value {
            Value::Map(namespace) if !one_level => {
                found.extend((0..namespace.len()).map(|at| (Arc::clone(namespace), at)));
            }
            _ => found.push((Arc::clone(map), at)),
        }
    }
    Ok(found)
}

fn form(render: &Render<'_>, args: &Arguments) -> Outcome<Value> {
    if args.values.len() % 2 == 1 {
        return Err(Fail::runtime(
            "formUrlEncode takes pairs of a name and a value, received an odd number of arguments",
        ));
    }
    let mut body = String::new();
    for (at, value) in args.values.iter().enumerate() {
        let mut text = String::new();
        render.concat(value.as_ref().unwrap_or(&Value::Null), &mut text)?;
        if at > 0 {
            body.push(if at % 2 == 1 { '=' } else { '&' });
        }
        form_encode(&text, &mut body);
    }
    render.text(body)
}
