//! The order in which a `HashMap` of Java iterates: by bucket, and in a bucket by insertion.

use std::sync::Arc;

use crate::encode::pebble::fail::Outcome;
use crate::encode::pebble::java_text;
use crate::encode::pebble::map::Map;
use crate::encode::pebble::render::{Render, within};
use crate::encode::pebble::value::Value;

/// The map that a map literal makes.
pub(crate) fn literal(render: &Render<'_>, entries: Vec<(Value, Value)>) -> Outcome<Value> {
    let capacity = table_size((entries.len() * 4).div_ceil(3));
    hashed(render, entries, capacity)
}

/// `new HashMap(initial)` with `entries` put one after another.
pub(crate) fn with_initial(
    render: &Render<'_>,
    entries: Vec<(Value, Value)>,
    initial: usize,
) -> Outcome<Value> {
    hashed(render, entries, table_size(initial))
}

/// The smallest power of two that is not below `size`.
fn table_size(size: usize) -> usize {
    size.max(1).next_power_of_two()
}

/// Put `entries` into a table of at least `capacity` buckets.
pub(crate) fn hashed(
    render: &Render<'_>,
    entries: Vec<(Value, Value)>,
    mut capacity: usize,
) -> Outcome<Value> {
    render.make(entries.len() * 2 * size_of::<Value>())?;
    let mut placed: Vec<(u32, Value, Value)> = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let hash = spread(render, &key)?;
        placed.push((hash, key, value));
    }
    let mut distinct = distinct(render, placed)?;
    while distinct.len() * 4 > capacity * 3 {
        capacity *= 2;
    }
    let mask = capacity as u32 - 1;
    distinct.sort_by_key(|(hash, ..)| hash & mask);
    let entries = distinct
        .into_iter()
        .map(|(_, key, value)| (key, value))
        .collect();
    let map = Map::build(entries, false, capacity);
    within(map.depth)?;
    Ok(Value::Map(Arc::new(map)))
}

/// A later value replaces an earlier one, in its place and under its key.
fn distinct(
    render: &Render<'_>,
    placed: Vec<(u32, Value, Value)>,
) -> Outcome<Vec<(u32, Value, Value)>> {
    let mut kept: Vec<(u32, Value, Value)> = Vec::with_capacity(placed.len());
    let mut seen: std::collections::HashMap<u32, Vec<usize>> = std::collections::HashMap::new();
    for (hash, key, value) in placed {
        let same = seen.entry(hash).or_default();
        let mut found = None;
        for at in same.iter() {
            if render.equals(&kept[*at].1, &key)? {
                found = Some(*at);
                break;
            }
        }
        match found {
            Some(at) => kept[at].2 = value,
            None => {
                same.push(kept.len());
                kept.push((hash, key, value));
            }
        }
    }
    Ok(kept)
}

/// The hash with its upper half folded in, as `HashMap` spreads it.
fn spread(render: &Render<'_>, key: &Value) -> Outcome<u32> {
    let hash = match key {
        Value::Str(text) => java_text::hash(text),
        key => render.hash(key, 0)?,
    } as u32;
    Ok(hash ^ (hash >> 16))
}
