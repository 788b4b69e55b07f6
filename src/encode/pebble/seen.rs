//! Values looked at where they are: in the context, in a variable, on a tape.

use std::sync::Arc;

use crate::encode::pebble::ast::{Step, StepName};
use crate::encode::pebble::tape::Node;
use crate::encode::pebble::value::{Entry, Value};

/// A value that nobody had to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Seen<'v> {
    Value(&'v Value),
    Node(Node<'v>),
    /// What is missing on a tape.
    Null,
}

impl<'v> Seen<'v> {
    /// The value as one of its own.
    pub fn value(self) -> Value {
        match self {
            Seen::Value(value) => value.clone(),
            Seen::Node(node) => node.value(),
            Seen::Null => Value::Null,
        }
    }

    pub fn text(self) -> Option<&'v str> {
        match self {
            Seen::Value(Value::Str(text)) => Some(text),
            Seen::Value(_) | Seen::Null => None,
            Seen::Node(node) => node.text(),
        }
    }
}

/// What a variable holds. To count references to every value of a large batch would cost more than to render it.
#[derive(Debug)]
pub(crate) enum Held<'p> {
    Own(Value),
    Seen(Seen<'p>),
    /// An entry of a map.
    Entry(Seen<'p>, Seen<'p>),
}

impl<'p> Held<'p> {
    /// The value as one of its own.
    pub fn value(&self) -> Value {
        match self {
            Held::Own(value) => value.clone(),
            Held::Seen(seen) => seen.value(),
            Held::Entry(key, value) => Value::Entry(Arc::new(Entry {
                key: key.value(),
                value: value.value(),
            })),
        }
    }

    /// What the variable and the first of the steps stand for, and the steps that are left.
    pub fn start<'s>(&self, steps: &'s [Step]) -> Option<(Seen<'p>, &'s [Step])> {
        match self {
            Held::Own(_) => None,
            Held::Seen(seen) => Some((*seen, steps)),
            Held::Entry(key, value) => {
                let (first, rest) = steps.split_first()?;
                match (&first.name, &first.args) {
                    (StepName::Name(name, _), None) if **name == *"key" => Some((*key, rest)),
                    (StepName::Name(name, _), None) if **name == *"value" => Some((*value, rest)),
                    _ => None,
                }
            }
        }
    }
}
