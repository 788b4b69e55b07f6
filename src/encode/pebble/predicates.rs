//! The tests after `is`.

use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::java_text;
use crate::encode::pebble::render::Render;
use crate::encode::pebble::tape::Node;
use crate::encode::pebble::value::{ListKind, Value};

/// A test of Pebble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    Defined,
    Empty,
    Even,
    Iterable,
    Map,
    Null,
    Odd,
}

impl Test {
    pub fn named(name: &str) -> Option<Test> {
        Some(match name {
            "defined" => Test::Defined,
            "empty" => Test::Empty,
            "even" => Test::Even,
            "iterable" => Test::Iterable,
            "map" => Test::Map,
            "null" => Test::Null,
            "odd" => Test::Odd,
            _ => return None,
        })
    }

    pub fn unknown(name: &str) -> Fail {
        let fail = Fail::runtime(format!("unknown test `{name}` after `is`"));
        match name {
            "true" | "false" => fail.help(format!("write `== {name}`")),
            "none" => fail.help("write `is null`"),
            _ => fail.help("the tests are defined, empty, even, iterable, map, null and odd; write `is not` to negate one"),
        }
    }

    pub fn apply(self, render: &Render<'_>, value: &Value) -> Outcome<bool> {
        Ok(match self {
            Test::Defined => !matches!(value, Value::Null),
            Test::Null => matches!(value, Value::Null),
            Test::Map => matches!(value, Value::Map(_)),
            Test::Iterable => matches!(value, Value::List(_) | Value::Array(_)),
            Test::Empty => is_empty(render, value),
            Test::Even => parity(value, "even")? == 0,
            Test::Odd => parity(value, "odd")? != 0,
        })
    }

    /// The same of a value on a tape; `None` for what only a value of its own can be asked.
    pub fn holds(self, node: Node<'_>) -> Option<bool> {
        Some(match self {
            Test::Defined => !node.is_null(),
            Test::Null => node.is_null(),
            Test::Map => node.is_map(),
            Test::Iterable => node.is_list(),
            Test::Empty => match node.text() {
                Some(text) => java_text::trim(text).is_empty(),
                None if node.is_list() || node.is_map() => node.len() == 0,
                None => node.is_null(),
            },
            Test::Even | Test::Odd => return None,
        })
    }
}

/// Null, a blank string, a collection or map without elements.
pub(crate) fn is_empty(render: &Render<'_>, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Str(text) => java_text::trim(text).is_empty(),
        Value::List(list) => list.kind != ListKind::Array && render.length(list) == 0,
        Value::Map(map) => map.len() == 0,
        _ => false,
    }
}

fn parity(value: &Value, test: &str) -> Outcome<i64> {
    match value {
        Value::Int(value) => Ok(i64::from(value % 2)),
        Value::Long(value) => Ok(value % 2),
        Value::Lazy(_) => Err(Fail::runtime(format!(
            "`is {test}` cannot take `loop.length` or `loop.revindex`"
        ))
        .help("use `loop.index`, or add 0")),
        _ => Err(Fail::runtime(format!(
            "`is {test}` takes an integer, received {}",
            value.kind()
        ))),
    }
}
