//! Java maps: linked ones in document order, hashed ones in the order of their buckets.

use std::sync::Arc;

use crate::encode::pebble::java_text;
use crate::encode::pebble::value::{Value, deepest};

/// Maps up to this size are searched from the front.
const SMALL: usize = 8;

/// A Java map with its entries in iteration order.
#[derive(Debug)]
pub struct Map {
    pub(crate) entries: Vec<(Value, Value)>,
    /// Hash of each string key and its entry, sorted; empty for small maps.
    index: Vec<(i32, u32)>,
    /// Prints as compact JSON.
    pub(crate) json: bool,
    /// Size of the table of a `HashMap`; 0 for a `LinkedHashMap`.
    pub(crate) capacity: usize,
    pub(crate) depth: u16,
}

impl Map {
    /// A `LinkedHashMap` with distinct keys.
    pub(crate) fn linked(entries: Vec<(Value, Value)>, json: bool) -> Map {
        Map::build(entries, json, 0)
    }

    pub(crate) fn build(entries: Vec<(Value, Value)>, json: bool, capacity: usize) -> Map {
        let depth = deepest(entries.iter().flat_map(|(key, value)| [key, value]));
        let mut index = Vec::new();
        if entries.len() > SMALL {
            for (at, (key, _)) in entries.iter().enumerate() {
                if let Value::Str(key) = key {
                    index.push((java_text::hash(key), at as u32));
                }
            }
            index.sort_unstable();
        }
        Map {
            entries,
            index,
            json,
            capacity,
            depth,
        }
    }

    /// The value of a string key, whose hash the caller has at hand.
    pub(crate) fn get_hashed(&self, name: &str, hash: i32) -> Option<&Value> {
        let is = |key: &Value| matches!(key, Value::Str(key) if **key == *name);
        if self.entries.len() <= SMALL {
            return self
                .entries
                .iter()
                .find(|(key, _)| is(key))
                .map(|(_, value)| value);
        }
        let from = self.index.partition_point(|(known, _)| *known < hash);
        self.index[from..]
            .iter()
            .take_while(|(known, _)| *known == hash)
            .map(|(_, at)| &self.entries[*at as usize])
            .find(|(key, _)| is(key))
            .map(|(_, value)| value)
    }

    pub(crate) fn get_str(&self, name: &str) -> Option<&Value> {
        let hash = if self.entries.len() <= SMALL {
            0
        } else {
            java_text::hash(name)
        };
        self.get_hashed(name, hash)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn entry(&self, at: usize) -> Option<Value> {
        let (key, value) = self.entries.get(at)?;
        Some(Value::Entry(Arc::new(
            crate::encode::pebble::value::Entry {
                key: key.clone(),
                value: value.clone(),
            },
        )))
    }
}
