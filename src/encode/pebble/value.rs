//! The values of a template: the Java objects that Pebble would hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32};

use serde_json::Value as Json;

use crate::encode::pebble::decimal::Decimal;
use crate::encode::pebble::map::Map;

/// Levels of nesting that a value may have; deeper JSON is cut to null.
pub(crate) const MAX_DEPTH: u16 = 256;

/// A value as Pebble sees it. Cloning shares lists, maps and text.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Value {
    /// `null`, and every name or attribute that does not exist.
    Null,
    /// `Boolean`.
    Bool(bool),
    /// `Integer`: integers of a context that fit in 32 bits.
    Int(i32),
    /// `Long`: literals, results of arithmetic, larger integers of a context.
    Long(i64),
    /// `BigInteger`: an integer of a context above 2^63 - 1.
    Big(u64),
    /// `Double`.
    Double(f64),
    /// `BigDecimal`.
    Decimal(Arc<Decimal>),
    /// The lazy numbers of `loop`, which are neither `Integer` nor `Long`.
    Lazy(i32),
    /// `Character`: one UTF-16 unit.
    Char(u16),
    /// `String`.
    Str(Arc<str>),
    /// A string that autoescaping leaves alone.
    Safe(Arc<str>),
    /// `List`, and the collections that methods of maps return.
    List(Arc<List>),
    /// A Java array, as `split` returns it.
    Array(Arc<List>),
    /// `Map`.
    Map(Arc<Map>),
    /// One entry of a map.
    Entry(Arc<Entry>),
    /// The variable `loop`.
    Loop(Arc<LoopState>),
}

/// Which Java collection a [`List`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListKind {
    List,
    Set,
    Collection,
    Array,
    /// `Arrays.asList`: a list whose length is fixed.
    Fixed,
}

/// A Java collection. A template that changes it changes an overlay of the rendering, never this.
#[derive(Debug)]
pub struct List {
    pub(crate) items: Vec<Value>,
    /// Prints as compact JSON.
    pub(crate) json: bool,
    pub(crate) kind: ListKind,
    /// The list this is a range of, and where the range starts.
    pub(crate) view: Option<(Arc<List>, usize)>,
    pub(crate) depth: u16,
}

/// One entry of a map.
#[derive(Debug)]
pub struct Entry {
    pub(crate) key: Value,
    pub(crate) value: Value,
}

/// Where a loop stands.
#[derive(Debug)]
pub struct LoopState {
    pub(crate) index: AtomicI32,
    pub(crate) length: i32,
    pub(crate) last: AtomicBool,
}

impl List {
    pub(crate) fn new(items: Vec<Value>) -> List {
        let depth = deepest(&items);
        List {
            items,
            json: false,
            kind: ListKind::List,
            view: None,
            depth,
        }
    }
}

/// One more than the deepest of `values`.
pub(crate) fn deepest<'v>(values: impl IntoIterator<Item = &'v Value>) -> u16 {
    1 + values.into_iter().map(Value::depth).max().unwrap_or(0)
}

impl Value {
    /// A value that prints as compact JSON, as everything under `input` does at Adobe.
    pub fn json_from(json: &Json) -> Value {
        from(json, true, MAX_DEPTH)
    }

    /// A value that prints as Java's `toString`.
    pub fn java_from(json: &Json) -> Value {
        from(json, false, MAX_DEPTH)
    }

    /// A JSON object whose members are values made before, shared and not copied; prints as compact JSON.
    pub fn json_object(members: impl IntoIterator<Item = (String, Value)>) -> Value {
        let entries = members
            .into_iter()
            .map(|(name, value)| (Value::Str(name.into()), value));
        Value::Map(Arc::new(Map::linked(entries.collect(), true)))
    }

    /// A JSON array whose elements are values made before, shared and not copied; prints as compact JSON.
    pub fn json_array(elements: impl IntoIterator<Item = Value>) -> Value {
        let mut list = List::new(elements.into_iter().collect());
        list.json = true;
        Value::List(Arc::new(list))
    }

    pub(crate) fn depth(&self) -> u16 {
        match self {
            Value::List(list) | Value::Array(list) => list.depth,
            Value::Map(map) => map.depth,
            Value::Entry(entry) => deepest([&entry.key, &entry.value]),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Long(_)
            | Value::Big(_)
            | Value::Double(_)
            | Value::Decimal(_)
            | Value::Lazy(_)
            | Value::Char(_)
            | Value::Str(_)
            | Value::Safe(_)
            | Value::Loop(_) => 0,
        }
    }

    /// The kind of value in words for a message.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Int(_)
            | Value::Long(_)
            | Value::Big(_)
            | Value::Double(_)
            | Value::Decimal(_)
            | Value::Lazy(_) => "a number",
            Value::Char(_) => "a single character",
            Value::Str(_) => "a string",
            Value::Safe(_) => "an escaped string",
            Value::List(_) => "a list",
            Value::Array(_) => "an array",
            Value::Map(_) => "a map",
            Value::Entry(_) => "an entry of a map",
            Value::Loop(_) => "the variable `loop`",
        }
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(
            self,
            Value::Int(_)
                | Value::Long(_)
                | Value::Big(_)
                | Value::Double(_)
                | Value::Decimal(_)
                | Value::Lazy(_)
        )
    }
}

fn from(json: &Json, prints_json: bool, depth: u16) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => from_number(number),
        Json::String(text) => Value::Str(text.as_str().into()),
        Json::Array(_) | Json::Object(_) if depth == 0 => Value::Null,
        Json::Array(items) => {
            let mut list = List::new(
                items
                    .iter()
                    .map(|item| from(item, prints_json, depth - 1))
                    .collect(),
            );
            list.json = prints_json;
            Value::List(Arc::new(list))
        }
        Json::Object(members) => {
            let entry = |(name, value): (&String, &Json)| {
                (
                    Value::Str(name.as_str().into()),
                    from(value, prints_json, depth - 1),
                )
            };
            Value::Map(Arc::new(Map::linked(
                members.iter().map(entry).collect(),
                prints_json,
            )))
        }
    }
}

fn from_number(number: &serde_json::Number) -> Value {
    if let Some(long) = number.as_i64() {
        return i32::try_from(long).map_or(Value::Long(long), Value::Int);
    }
    if let Some(big) = number.as_u64() {
        return Value::Big(big);
    }
    Value::Double(number.as_f64().unwrap_or(f64::NAN))
}
