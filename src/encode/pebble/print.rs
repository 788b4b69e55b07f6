//! Values as text: `toString` of Java, and compact JSON under `input`.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::java_text;
use crate::encode::pebble::number;
use crate::encode::pebble::render::Render;
use crate::encode::pebble::value::{LoopState, Value};

impl Render<'_> {
    /// What `{{ }}` writes: nothing for null.
    pub fn print_to(&self, value: &Value, out: &mut String) -> Outcome<()> {
        match value {
            Value::Null => Ok(()),
            Value::Str(text) | Value::Safe(text) => {
                out.push_str(text);
                Ok(())
            }
            Value::Decimal(decimal) => {
                out.push_str(&decimal.plain());
                Ok(())
            }
            value => self.java(value, out, 0),
        }
    }

    /// What `~` appends: nothing for null, and `toString` of the rest.
    pub fn concat(&self, value: &Value, out: &mut String) -> Outcome<()> {
        match value {
            Value::Null => Ok(()),
            value => self.java(value, out, 0),
        }
    }

    /// `String.valueOf(value)`.
    pub fn java_string(&self, value: &Value) -> Outcome<String> {
        let mut out = String::new();
        self.java(value, &mut out, 0)?;
        Ok(out)
    }

    /// `String.valueOf(value)`, after `out`.
    pub fn java(&self, value: &Value, out: &mut String, depth: u16) -> Outcome<()> {
        self.spend(1)?;
        self.bounded(out)?;
        crate::encode::pebble::render::within(depth)?;
        match value {
            Value::Null => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Int(value) | Value::Lazy(value) => _ = write!(out, "{value}"),
            Value::Long(value) => _ = write!(out, "{value}"),
            Value::Big(value) => _ = write!(out, "{value}"),
            Value::Double(value) => number::print_double(*value, out),
            Value::Decimal(decimal) => out.push_str(&decimal.print()),
            Value::Char(unit) => out.push(java_text::unit(*unit)),
            Value::Str(text) | Value::Safe(text) => out.push_str(text),
            Value::List(list) if list.json => self.json(value, out, depth)?,
            Value::List(list) => {
                out.push('[');
                for (at, item) in self.items(list).iter().enumerate() {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    self.java(item, out, depth + 1)?;
                }
                out.push(']');
            }
            Value::Array(_) => {
                return Err(Fail::unsupported(
                    "a Java array cannot be printed: its text is a random address",
                )
                .help("join the result of `split` with `| join(\",\")`"));
            }
            Value::Map(map) if map.json => self.json(value, out, depth)?,
            Value::Map(map) => {
                out.push('{');
                for (at, (key, value)) in map.entries.iter().enumerate() {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    self.java(key, out, depth + 1)?;
                    out.push('=');
                    self.java(value, out, depth + 1)?;
                }
                out.push('}');
            }
            Value::Entry(entry) => {
                self.java(&entry.key, out, depth + 1)?;
                out.push('=');
                self.java(&entry.value, out, depth + 1)?;
            }
            Value::Loop(state) => print_loop(state, out),
        }
        Ok(())
    }

    /// Compact JSON.
    pub fn json(&self, value: &Value, out: &mut String, depth: u16) -> Outcome<()> {
        self.spend(1)?;
        self.bounded(out)?;
        crate::encode::pebble::render::within(depth)?;
        match value {
            Value::Null => out.push_str("null"),
            Value::Bool(_) | Value::Int(_) | Value::Lazy(_) | Value::Long(_) | Value::Big(_) => {
                self.java(value, out, depth)?;
            }
            Value::Double(number) if number.is_finite() => number::print_double(*number, out),
            Value::Decimal(decimal) => out.push_str(&decimal.plain()),
            Value::List(list) | Value::Array(list) => {
                out.push('[');
                for (at, item) in self.items(list).iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    self.json(item, out, depth + 1)?;
                }
                out.push(']');
            }
            Value::Map(map) => {
                out.push('{');
                for (at, (key, value)) in map.entries.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    quote(&self.java_string(key)?, out);
                    out.push(':');
                    self.json(value, out, depth + 1)?;
                }
                out.push('}');
            }
            Value::Entry(entry) => {
                out.push('{');
                quote(&self.java_string(&entry.key)?, out);
                out.push(':');
                self.json(&entry.value, out, depth + 1)?;
                out.push('}');
            }
            Value::Double(_) | Value::Char(_) | Value::Str(_) | Value::Safe(_) | Value::Loop(_) => {
                quote(&self.java_string(value)?, out);
            }
        }
        Ok(())
    }
}

/// A JSON string, escaped as Jackson does: quotes, backslashes and control characters only.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{C}' => out.push_str("\\f"),
            c if c < ' ' => _ = write!(out, "\\u{:04X}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn print_loop(state: &LoopState, out: &mut String) {
    let index = state.index.load(Ordering::Relaxed);
    let last = state.last.load(Ordering::Relaxed);
    let length = state.length;
    // writing to a String cannot fail
    let _ = write!(
        out,
        "{{last={last}, length={length}, index={index}, revindex={}, first={}}}",
        length - index - 1,
        index == 0,
    );
}
