//! The values of a template: the Java objects that Pebble would hold.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicI32};
use std::sync::{Arc, OnceLock};

use serde_json::Value as Json;

use crate::encode::pebble::decimal::Decimal;
use crate::encode::pebble::map::Map;
use crate::encode::pebble::tape::{Tape, Writer};

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
    items: Items,
    /// Prints as compact JSON.
    pub(crate) json: bool,
    pub(crate) kind: ListKind,
    /// The list this is a range of, and where the range starts.
    pub(crate) view: Option<(Arc<List>, usize)>,
    pub(crate) depth: u16,
    /// Made of a part of a tape, anew wherever that part is read: a change of it would show nowhere else.
    pub(crate) from_tape: bool,
}

#[derive(Debug)]
enum Items {
    Values(Vec<Value>),
    /// The values are made when something asks for all of them.
    Tape(Tape, OnceLock<Vec<Value>>),
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
            items: Items::Values(items),
            json: false,
            kind: ListKind::List,
            view: None,
            depth,
            from_tape: false,
        }
    }

    fn of_tape(tape: Tape) -> List {
        List {
            depth: tape.depth + 1,
            items: Items::Tape(tape, OnceLock::new()),
            ..List::new(Vec::new())
        }
    }

    /// The elements as values.
    pub(crate) fn items(&self) -> &[Value] {
        match &self.items {
            Items::Values(items) => items,
            Items::Tape(tape, items) => items.get_or_init(|| tape.values()),
        }
    }

    /// The tape that holds the elements, of a long list.
    pub(crate) fn tape(&self) -> Option<&Tape> {
        match &self.items {
            Items::Values(_) => None,
            Items::Tape(tape, _) => Some(tape),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match &self.items {
            Items::Values(items) => items.len(),
            Items::Tape(tape, _) => tape.len(),
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
        Maker::new(true).value(json, MAX_DEPTH)
    }

    /// A value that prints as Java's `toString`.
    pub fn java_from(json: &Json) -> Value {
        Maker::new(false).value(json, MAX_DEPTH)
    }

    /// A JSON object whose members are values made before, shared and not copied; prints as compact JSON.
    pub fn json_object(members: impl IntoIterator<Item = (String, Value)>) -> Value {
        let entries = members
            .into_iter()
            .map(|(name, value)| (Value::Str(name.into()), value));
        Value::Map(Arc::new(Map::linked(entries.collect(), true)))
    }

    /// A JSON array of elements that are taken up one by one; prints as compact JSON.
    pub fn json_array(elements: impl IntoIterator<Item = Json>) -> Value {
        let mut writer = Writer::new(true, MAX_DEPTH - 1);
        // what a full tape has no room for
        let mut rest = Vec::new();
        for element in elements {
            if !rest.is_empty() || writer.push(&element).is_none() {
                rest.push(Value::json_from(&element));
            }
        }
        let mut list = List::of_tape(writer.finish());
        if !rest.is_empty() {
            list = List::new(list.items().iter().cloned().chain(rest).collect());
        }
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

/// Makes values of JSON, and one string of all that are equal.
struct Maker {
    strings: HashSet<Arc<str>>,
    prints_json: bool,
}

/// Elements from which on a list is kept on a tape.
const LONG: usize = 32;

/// Strings that are remembered.
const REMEMBERED: usize = 4096;

impl Maker {
    fn new(prints_json: bool) -> Maker {
        Maker {
            strings: HashSet::new(),
            prints_json,
        }
    }

    fn string(&mut self, text: &str) -> Value {
        if let Some(known) = self.strings.get(text) {
            return Value::Str(Arc::clone(known));
        }
        let made: Arc<str> = text.into();
        if self.strings.len() < REMEMBERED {
            self.strings.insert(Arc::clone(&made));
        }
        Value::Str(made)
    }

    /// A long list.
    fn tape(&self, items: &[Json], depth: u16) -> Option<List> {
        if items.len() < LONG {
            return None;
        }
        let mut writer = Writer::new(self.prints_json, depth);
        items.iter().try_for_each(|item| writer.push(item))?;
        Some(List::of_tape(writer.finish()))
    }

    fn value(&mut self, json: &Json, depth: u16) -> Value {
        match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => from_number(number),
            Json::String(text) => self.string(text),
            Json::Array(_) | Json::Object(_) if depth == 0 => Value::Null,
            Json::Array(items) => {
                let mut list = self.tape(items, depth - 1).unwrap_or_else(|| {
                    let items = items.iter().map(|item| self.value(item, depth - 1));
                    List::new(items.collect())
                });
                list.json = self.prints_json;
                Value::List(Arc::new(list))
            }
            Json::Object(members) => {
                let entry = |(name, value): (&String, &Json)| {
                    (self.string(name), self.value(value, depth - 1))
                };
                let entries = members.iter().map(entry).collect();
                Value::Map(Arc::new(Map::linked(entries, self.prints_json)))
            }
        }
    }
}

pub(crate) fn from_number(number: &serde_json::Number) -> Value {
    if let Some(long) = number.as_i64() {
        return i32::try_from(long).map_or(Value::Long(long), Value::Int);
    }
    if let Some(big) = number.as_u64() {
        return Value::Big(big);
    }
    Value::Double(number.as_f64().unwrap_or(f64::NAN))
}
