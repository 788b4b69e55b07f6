//! Attributes: keys of maps, elements of lists, and methods found by reflection.

use std::sync::Arc;

use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::map::Map;
use crate::encode::pebble::render::Render;
use crate::encode::pebble::value::Value;

impl Render<'_> {
    /// `value.name`, `value["name"]` or `value.name(args)`; `hash` is the hash of the name when it is known.
    pub fn attribute(
        &mut self,
        value: Value,
        name: &Arc<str>,
        hash: Option<i32>,
        args: Option<&[Value]>,
    ) -> Outcome<Value> {
        if args.is_none()
            && let Value::Map(map) = &value
            && self.called.is_empty()
        {
            let found = match hash {
                Some(hash) => map.get_hashed(name, hash),
                None => map.get_str(name),
            };
            return match found {
                Some(found) => Ok(found.clone()),
                None if self.options.strict_variables => Err(no_attribute(name, &value)),
                None => Ok(Value::Null),
            };
        }
        self.resolve(value, &Value::Str(Arc::clone(name)), name, args)
    }

    /// `value[index]` with an index that is no string.
    pub fn subscript(&mut self, value: Value, index: &Value) -> Outcome<Value> {
        let name = match index {
            Value::Array(_) => return Err(Fail::runtime("an array cannot be an index")),
            index => self.java_string(index)?,
        };
        self.resolve(value, index, &name, None)
    }

    fn resolve(
        &mut self,
        value: Value,
        index: &Value,
        name: &str,
        args: Option<&[Value]>,
    ) -> Outcome<Value> {
        let found = match &value {
            Value::Null if self.options.strict_variables => {
                return Err(Fail::missing(format!(
                    "`{name}` is read from a value that is null"
                )));
            }
            Value::Null => None,
            Value::Map(map) if args.is_none() && !self.was_called(&value, name) => {
                return self.map_value(map, index, name);
            }
            Value::List(list) if args.is_none() && parse_index(name).is_some() => {
                let at = parse_index(name).and_then(|at| usize::try_from(at).ok());
                let item = at.and_then(|at| self.element(list, at));
                if item.is_none() && self.options.strict_variables {
                    return Err(Fail::missing(format!("the list has no element {name}")));
                }
                Some(item.unwrap_or(Value::Null))
            }
            Value::Array(list) if args.is_none() => {
                let at = parse_index(name).and_then(|at| usize::try_from(at).ok());
                let item = at.and_then(|at| self.element(list, at));
                if item.is_none() && self.options.strict_variables {
                    return Err(Fail::missing(format!("the array has no element {name}")));
                }
                Some(item.unwrap_or(Value::Null))
            }
            _ => self.reflect(&value, name, args.unwrap_or_default())?,
        };
        match found {
            Some(found) => Ok(found),
            None if self.options.strict_variables => Err(no_attribute(name, &value)),
            None => Ok(Value::Null),
        }
    }

    /// Whether a method of maps was called by this name before: Pebble then finds it without parentheses too.
    fn was_called(&self, value: &Value, name: &str) -> bool {
        !self.called.is_empty() && self.called.contains(&(java_class(value), name.into()))
    }

    fn map_value(&self, map: &Arc<Map>, index: &Value, name: &str) -> Outcome<Value> {
        if map.len() == 0 && !self.options.strict_variables {
            return Ok(Value::Null);
        }
        let key = if index.is_number() {
            self.converted(map, index, name)?
        } else {
            index.clone()
        };
        match self.get(map, &key)? {
            Some(value) => Ok(value.clone()),
            None if self.options.strict_variables => {
                Err(no_attribute(name, &Value::Map(Arc::clone(map))))
            }
            None => Ok(Value::Null),
        }
    }

    /// A number is converted to the type of the first key.
    fn converted(&self, map: &Map, index: &Value, name: &str) -> Outcome<Value> {
        match map.entries.first().map(|(key, _)| key) {
            Some(Value::Long(_)) => Ok(Value::Long(self.long(index))),
            Some(Value::Int(_)) => Ok(Value::Int(self.int(index))),
            Some(Value::Double(_)) => Ok(Value::Double(self.double(index))),
            _ => Err(Fail::runtime(format!(
                "the number {name} cannot be a key of a map whose keys are no numbers"
            ))
            .help(format!("write `[\"{name}\"]`"))),
        }
    }
}

/// `Integer.parseInt`.
fn parse_index(name: &str) -> Option<i32> {
    name.parse().ok()
}

fn no_attribute(name: &str, value: &Value) -> Fail {
    Fail::missing(format!("there is no `{name}` in {}", value.kind()))
}

/// The Java class of a value, as far as methods tell classes apart.
pub(crate) fn java_class(value: &Value) -> &'static str {
    match value {
        Value::Map(map) if map.json => "JsonMap",
        Value::Map(map) if map.capacity == 0 => "LinkedHashMap",
        Value::Map(_) => "HashMap",
        value => value.kind(),
    }
}
