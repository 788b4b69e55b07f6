//! Long lists of a context in one piece of memory, read from front to back.
//!
//! A batch as a tree of values outgrows every cache, and each step from value to value then waits for memory. Here a
//! value is one word; maps and lists stand where they occur, each text once. What a template takes out becomes a value.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::encode::pebble::map::Map;
use crate::encode::pebble::value::{List, Value, from_number};

/// Texts that are recognised when they come again.
const REMEMBERED: usize = 4096;

/// Bits of a word that say what it is.
const KIND: u32 = 3;
const NULL: u32 = 0;
const FALSE: u32 = 1;
const TRUE: u32 = 2;
const NUMBER: u32 = 3;
const TEXT: u32 = 4;
const LIST: u32 = 5;
const MAP: u32 = 6;

/// The elements of a list.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    elements: Vec<u32>,
    /// Of a list its length and elements, of a map its length, keys and values in turn.
    words: Vec<u32>,
    /// Start and end of each text.
    texts: Vec<(u32, u32)>,
    text: String,
    numbers: Vec<Value>,
    /// Its values print as compact JSON.
    json: bool,
    /// Levels of nesting below the list.
    pub depth: u16,
}

/// Writes a tape.
#[derive(Debug)]
pub(crate) struct Writer {
    tape: Tape,
    known: HashMap<Box<str>, u32>,
    /// Levels of nesting that elements may have.
    deepest: u16,
}

impl Writer {
    pub fn new(json: bool, deepest: u16) -> Writer {
        Writer {
            tape: Tape {
                json,
                ..Tape::default()
            },
            known: HashMap::new(),
            deepest,
        }
    }

    /// Add an element; `None` when the tape is full.
    pub fn push(&mut self, json: &Json) -> Option<()> {
        let word = self.word(json, 0)?;
        self.tape.elements.push(word);
        Some(())
    }

    pub fn finish(self) -> Tape {
        self.tape
    }

    fn word(&mut self, json: &Json, depth: u16) -> Option<u32> {
        match json {
            Json::Null => Some(NULL),
            Json::Bool(false) => Some(FALSE),
            Json::Bool(true) => Some(TRUE),
            Json::Number(number) => {
                self.tape.numbers.push(from_number(number));
                tagged(NUMBER, self.tape.numbers.len() - 1)
            }
            Json::String(text) => self.text(text),
            Json::Array(_) | Json::Object(_) if depth == self.deepest => Some(NULL),
            Json::Array(items) => {
                let start = self.reserve(items.len(), 1, depth)?;
                for (at, item) in items.iter().enumerate() {
                    self.tape.words[start + at] = self.word(item, depth + 1)?;
                }
                tagged(LIST, start - 1)
            }
            Json::Object(members) => {
                let start = self.reserve(members.len(), 2, depth)?;
                for (at, (name, value)) in members.iter().enumerate() {
                    self.tape.words[start + 2 * at] = self.text(name)?;
                    self.tape.words[start + 2 * at + 1] = self.word(value, depth + 1)?;
                }
                tagged(MAP, start - 1)
            }
        }
    }

    /// Write a length and room for as many elements; where they start.
    fn reserve(&mut self, length: usize, words: usize, depth: u16) -> Option<usize> {
        self.tape.depth = self.tape.depth.max(depth + 1);
        self.tape.words.push(u32::try_from(length).ok()?);
        let start = self.tape.words.len();
        self.tape.words.resize(start + length * words, NULL);
        Some(start)
    }

    fn text(&mut self, text: &str) -> Option<u32> {
        if let Some(word) = self.known.get(text) {
            return Some(*word);
        }
        let start = u32::try_from(self.tape.text.len()).ok()?;
        let end = u32::try_from(self.tape.text.len() + text.len()).ok()?;
        self.tape.text.push_str(text);
        self.tape.texts.push((start, end));
        let word = tagged(TEXT, self.tape.texts.len() - 1)?;
        if self.known.len() < REMEMBERED {
            self.known.insert(text.into(), word);
        }
        Some(word)
    }
}

fn tagged(kind: u32, payload: usize) -> Option<u32> {
    let payload = u32::try_from(payload).ok()?;
    payload.checked_mul(1 << KIND).map(|payload| payload | kind)
}

impl Tape {
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    pub fn element(&self, at: usize) -> Option<Node<'_>> {
        let word = *self.elements.get(at)?;
        Some(Node { tape: self, word })
    }

    /// All elements as values; equal texts are one.
    pub fn values(&self) -> Vec<Value> {
        let mut texts = vec![None; self.texts.len()];
        let nodes = (0..self.len()).filter_map(|at| self.element(at));
        nodes.map(|node| node.made(&mut texts)).collect()
    }
}

/// A value on a tape.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'t> {
    tape: &'t Tape,
    word: u32,
}

impl<'t> Node<'t> {
    fn kind(self) -> u32 {
        self.word & ((1 << KIND) - 1)
    }

    fn payload(self) -> usize {
        (self.word >> KIND) as usize
    }

    fn placed(self, place: usize) -> Option<Node<'t>> {
        let word = *self.tape.words.get(place)?;
        Some(Node {
            tape: self.tape,
            word,
        })
    }

    pub fn is_null(self) -> bool {
        self.kind() == NULL
    }

    pub fn is_list(self) -> bool {
        self.kind() == LIST
    }

    pub fn is_map(self) -> bool {
        self.kind() == MAP
    }

    pub fn text(self) -> Option<&'t str> {
        if self.kind() != TEXT {
            return None;
        }
        let (start, end) = *self.tape.texts.get(self.payload())?;
        self.tape.text.get(start as usize..end as usize)
    }

    /// Elements of a list or entries of a map; 0 for anything else.
    pub fn len(self) -> usize {
        match self.kind() {
            LIST | MAP => self.tape.words[self.payload()] as usize,
            _ => 0,
        }
    }

    /// An element of a list.
    pub fn element(self, at: usize) -> Option<Node<'t>> {
        (self.is_list() && at < self.len()).then(|| self.placed(self.payload() + 1 + at))?
    }

    /// Key and value of an entry of a map.
    pub fn entry(self, at: usize) -> Option<(Node<'t>, Node<'t>)> {
        if !self.is_map() || at >= self.len() {
            return None;
        }
        let place = self.payload() + 1 + 2 * at;
        Some((self.placed(place)?, self.placed(place + 1)?))
    }

    /// The value of a key of a map.
    pub fn get(self, name: &str) -> Option<Node<'t>> {
        let entries = (0..self.len()).filter_map(|at| self.entry(at));
        let mut found = entries.filter(|(key, _)| key.text() == Some(name));
        found.next().map(|(_, value)| value)
    }

    /// The value as one of its own.
    pub fn value(self) -> Value {
        self.made(&mut [])
    }

    /// The value, with the texts that were made before.
    fn made(self, texts: &mut [Option<Arc<str>>]) -> Value {
        match self.kind() {
            NULL => Value::Null,
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            NUMBER => {
                let number = self.tape.numbers.get(self.payload());
                number.cloned().unwrap_or(Value::Null)
            }
            LIST => {
                let items = (0..self.len()).filter_map(|at| self.element(at));
                let mut list = List::new(items.map(|item| item.made(texts)).collect());
                list.json = self.tape.json;
                list.from_tape = true;
                Value::List(Arc::new(list))
            }
            MAP => {
                let entries = (0..self.len()).filter_map(|at| self.entry(at));
                let entries = entries.map(|(key, value)| (key.made(texts), value.made(texts)));
                Value::Map(Arc::new(Map::linked(entries.collect(), self.tape.json)))
            }
            _ => {
                let text = || self.text().unwrap_or_default().into();
                Value::Str(match texts.get_mut(self.payload()) {
                    Some(known) => Arc::clone(known.get_or_insert_with(text)),
                    None => text(),
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tape(elements: &[Json], deepest: u16) -> Tape {
        let mut writer = Writer::new(true, deepest);
        assert!(
            elements
                .iter()
                .all(|element| writer.push(element).is_some())
        );
        writer.finish()
    }

    #[test]
    fn a_tape_gives_back_what_was_written() {
        let elements = [
            json!({"a": "x", "b": [1, -2, 2.5, 18_446_744_073_709_551_615_u64, {"a": "x"}]}),
            json!(null),
            json!(true),
            json!(false),
            json!("ä😀"),
            json!([]),
            json!({}),
            json!({"a": {"b": {"c": []}}}),
        ];
        let tape = tape(&elements, 10);
        assert_eq!((tape.len(), tape.depth), (8, 4));
        for (read, json) in tape.values().iter().zip(&elements) {
            let made = format!("{:?}", Value::json_from(json));
            let read = format!("{read:?}");
            assert_eq!(read.replace("from_tape: true", "from_tape: false"), made);
        }
        let first = tape.element(0);
        let found = first.and_then(|node| node.get("b")?.element(4)?.get("a"));
        assert_eq!(found.and_then(Node::text), Some("x"));
        assert!(first.is_some_and(|node| node.get("z").is_none()));
    }

    #[test]
    fn what_is_nested_too_deep_is_null() {
        let tape = tape(&[json!([[["x"]], {"a": {"b": 1}}])], 2);
        let first = tape.element(0);
        let inner = first.and_then(|node| node.element(0)?.element(0));
        assert!(inner.is_some_and(Node::is_null));
        let map = first.and_then(|node| node.element(1)?.get("a"));
        assert!(map.is_some_and(Node::is_null));
    }
}
