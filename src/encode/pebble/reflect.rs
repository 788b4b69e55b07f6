//! Public methods of Java objects, found by name as Pebble finds them: any case, with or without `get`, `is`, `has`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::encode::pebble::access::java_class;
use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::filters::sublist;
use crate::encode::pebble::java_text;
use crate::encode::pebble::members::{self, Member};
use crate::encode::pebble::methods;
use crate::encode::pebble::render::Render;
use crate::encode::pebble::value::{Entry, List, ListKind, Value};

impl Render<'_> {
    /// The attribute `name` of an object, or `None` when it has no such method for these arguments.
    pub fn reflect(&mut self, value: &Value, name: &str, args: &[Value]) -> Outcome<Option<Value>> {
        if name.is_empty() {
            return Err(Fail::runtime("the name of an attribute is empty"));
        }
        let refused = |what: &str| {
            let fail = Fail::unsupported(format!(
                "the Java {what} `{name}` of {} is not supported here",
                value.kind()
            ));
            Err(fail.help("use a filter"))
        };
        let greedy = self.options.greedy_match_method;
        let method = match members::chosen(value, name, args, greedy) {
            None => return Ok(None),
            Some(Member::Denied) => {
                return Err(Fail::runtime(format!(
                    "access to the class or the locks of a value by `{name}` is denied"
                )));
            }
            Some(Member::Field) => return refused("field"),
            Some(Member::Method { null: true, .. }) => {
                return Err(Fail::runtime(format!("`{name}` takes no null")));
            }
            Some(Member::Method { name, null: false }) => name,
        };
        match self.method(value, &method, args)? {
            Some(found) => {
                if args.is_empty() && matches!(value, Value::Map(_)) {
                    self.called.insert((java_class(value), name.into()));
                }
                Ok(Some(found))
            }
            None if args.iter().any(|arg| matches!(arg, Value::Null)) => {
                Err(Fail::runtime(format!("`{name}` takes no null")))
            }
            None => refused("method"),
        }
    }

    fn method(&mut self, value: &Value, method: &str, args: &[Value]) -> Outcome<Option<Value>> {
        match (method, args) {
            ("tostring", []) if matches!(value, Value::Entry(_)) => {
                return Err(
                    Fail::runtime("Java lets nobody call `toString` of an entry")
                        .help("print the entry itself, or its `key` and `value`"),
                );
            }
            ("equals", [other]) => {
                return self
                    .equals(value, other)
                    .map(|same| Some(Value::Bool(same)));
            }
            ("compareto", [other]) => return self.compared_to(value, other).map(Some),
            ("tostring", []) if !matches!(value, Value::Array(_)) => {
                let text = self.java_string(value)?;
                return self.text(text).map(Some);
            }
            ("hashcode", [])
                if !matches!(value, Value::Array(_) | Value::Loop(_) | Value::Lazy(_)) =>
            {
                return self.hash(value, 0).map(|hash| Some(Value::Int(hash)));
            }
            _ => {}
        }
        match value {
            Value::Str(text) => {
                self.spend(text.len() / 16)?;
                methods::string(self, &Arc::clone(text), method, args)
            }
            Value::List(list) => self.list_method(&Arc::clone(list), method, args),
            Value::Map(_) => self.map_method(value, method, args),
            Value::Entry(entry) => Ok(entry_method(entry, method, args)),
            Value::Loop(state) if args.is_empty() => {
                let index = state.index.load(Ordering::Relaxed);
                Ok(Some(match method {
                    "getindex" => Value::Int(index),
                    "getlength" => Value::Lazy(state.length),
                    "getrevindex" => Value::Lazy(state.length - index - 1),
                    "isfirst" => Value::Bool(index == 0),
                    "islast" => Value::Bool(state.last.load(Ordering::Relaxed)),
                    _ => return Ok(None),
                }))
            }
            Value::Bool(_) if (method, args.len()) == ("booleanvalue", 0) => {
                Ok(Some(value.clone()))
            }
            Value::Char(_) if (method, args.len()) == ("charvalue", 0) => Ok(Some(value.clone())),
            number if number.is_number() => self.number_method(number, method, args),
            _ => Ok(None),
        }
    }

    /// `value.compareTo(other)`: Java compares values of one class only.
    fn compared_to(&mut self, value: &Value, other: &Value) -> Outcome<Value> {
        if let (Value::Str(left), Value::Str(right)) = (value, other) {
            return Ok(Value::Int(java_text::difference(left, right)));
        }
        if let (Value::Char(left), Value::Char(right)) = (value, other) {
            return Ok(Value::Int(i32::from(*left) - i32::from(*right)));
        }
        let order = self.compare(value, other).map_err(|_| {
            let fail = Fail::runtime(format!(
                "`compareTo` compares values of one class, received {} and {}",
                value.kind(),
                other.kind()
            ));
            match value.is_number() && other.is_number() {
                true => fail.help("an integer literal is a Long, an integer of a profile an Integer: compare them with `<`"),
                false => fail,
            }
        })?;
        Ok(Value::Int(order as i32))
    }

    fn number_method(
        &mut self,
        number: &Value,
        method: &str,
        args: &[Value],
    ) -> Outcome<Option<Value>> {
        Ok(match (method, args) {
            ("intvalue", []) => Some(Value::Int(self.int(number))),
            ("longvalue", []) => Some(Value::Long(self.long(number))),
            ("doublevalue", []) => Some(Value::Double(self.double(number))),
            ("shortvalue", []) => Some(Value::Int(i32::from(self.int(number) as i16))),
            ("bytevalue", []) => Some(Value::Int(i32::from(self.int(number) as i8))),
            ("isnan", []) => match number {
                Value::Double(number) => Some(Value::Bool(number.is_nan())),
                _ => None,
            },
            ("isinfinite", []) => match number {
                Value::Double(number) => Some(Value::Bool(number.is_infinite())),
                _ => None,
            },
            _ => None,
        })
    }

    fn list_method(
        &mut self,
        list: &Arc<List>,
        method: &str,
        args: &[Value],
    ) -> Outcome<Option<Value>> {
        let is_list = matches!(list.kind, ListKind::List | ListKind::Fixed);
        let length = self.length(list);
        Ok(match (method, args) {
            ("size", []) => Some(Value::Int(length as i32)),
            ("isempty", []) => Some(Value::Bool(length == 0)),
            ("contains", [value]) => Some(Value::Bool(self.contains(self.items(list), value)?)),
            ("containsall", [Value::List(values)]) => Some(Value::Bool(
                self.contains_all(self.items(list), self.items(values))?,
            )),
            ("add", [value]) => {
                let mut items = self.items(list).to_vec();
                items.push(value.clone());
                self.altered(list, items)?;
                Some(Value::Bool(true))
            }
            ("addall", [Value::List(values)]) => {
                let mut items = self.items(list).to_vec();
                items.extend_from_slice(self.items(values));
                let grown = items.len() > length;
                self.altered(list, items)?;
                Some(Value::Bool(grown))
            }
            ("removeall", [values @ Value::List(_)]) => {
                Some(Value::Bool(self.shrink(list, values)?))
            }
            ("clear", []) => {
                self.altered(list, Vec::new())?;
                Some(Value::Null)
            }
            ("indexof", [value]) if is_list => Some(Value::Int(self.index_of(list, value, false)?)),
            ("lastindexof", [value]) if is_list => {
                Some(Value::Int(self.index_of(list, value, true)?))
            }
            ("get", [at]) if is_list => match self.parameter(at)? {
                Some(at) => Some(self.indexed(list, at)?),
                None => None,
            },
            // of the two methods Pebble takes the one for an element, also for an Integer
            ("remove", [value]) => {
                let value = value.clone();
                Some(Value::Bool(self.remove(list, &value)?))
            }
            ("set", [at, value]) if is_list => match self.parameter(at)? {
                Some(at) => {
                    let old = self.indexed(list, at)?;
                    let mut items = self.items(list).to_vec();
                    items[at as usize] = value.clone();
                    self.change(list, items, false)?;
                    Some(old)
                }
                None => None,
            },
            ("sublist", [from, to]) if is_list => {
                match (self.parameter(from)?, self.parameter(to)?) {
                    (Some(from), Some(to)) if from >= 0 && from <= to && to as usize <= length => {
                        Some(sublist(self, list, from as usize, to as usize)?)
                    }
                    (Some(from), Some(to)) => {
                        return Err(Fail::runtime(format!(
                            "`subList({from}, {to})` does not fit a length of {length}"
                        )));
                    }
                    _ => None,
                }
            }
            _ => None,
        })
    }

    /// Structural changes, which the views of maps and arrays do not take.
    fn altered(&mut self, list: &Arc<List>, items: Vec<Value>) -> Outcome<()> {
        if list.kind != ListKind::List {
            return Err(Fail::unsupported(
                "a view of a map or an array cannot be changed here",
            ));
        }
        self.change(list, items, true)
    }

    fn remove(&mut self, list: &Arc<List>, value: &Value) -> Outcome<bool> {
        let Some(at) = usize::try_from(self.index_of(list, value, false)?).ok() else {
            return Ok(false);
        };
        let mut items = self.items(list).to_vec();
        items.remove(at);
        self.altered(list, items)?;
        Ok(true)
    }

    fn index_of(&self, list: &Arc<List>, value: &Value, last: bool) -> Outcome<i32> {
        let mut found = -1;
        for (at, item) in self.items(list).iter().enumerate() {
            if self.equals(value, item)? {
                found = at as i32;
                if !last {
                    break;
                }
            }
        }
        Ok(found)
    }

    fn indexed(&self, list: &Arc<List>, at: i32) -> Outcome<Value> {
        let items = self.items(list);
        usize::try_from(at)
            .ok()
            .and_then(|at| items.get(at).cloned())
            .ok_or_else(|| {
                Fail::runtime(format!(
                    "index {at} is out of bounds for a length of {}",
                    items.len()
                ))
            })
    }

    /// An argument for a parameter of type `int`; `None` when the method does not take it.
    ///
    /// Literals are `Long`, which Pebble passes only when it matches methods greedily.
    pub fn parameter(&self, value: &Value) -> Outcome<Option<i32>> {
        match value {
            Value::Int(value) => Ok(Some(*value)),
            Value::Null => Err(Fail::runtime("null is passed for a number")),
            value if value.is_number() && self.options.greedy_match_method => {
                Ok(Some(self.int(value)))
            }
            _ => Ok(None),
        }
    }

    fn map_method(
        &mut self,
        value: &Value,
        method: &str,
        args: &[Value],
    ) -> Outcome<Option<Value>> {
        let Value::Map(map) = value else {
            return Ok(None);
        };
        let view = |items: Vec<Value>, kind| {
            let mut list = List::new(items);
            list.kind = kind;
            self.listed(list).map(Value::List)
        };
        Ok(match (method, args) {
            ("size", []) => Some(Value::Int(map.len() as i32)),
            ("isempty", []) => Some(Value::Bool(map.len() == 0)),
            ("keyset", []) => Some(view(
                map.entries.iter().map(|(key, _)| key.clone()).collect(),
                ListKind::Set,
            )?),
            ("values", []) => Some(view(
                map.entries.iter().map(|(_, value)| value.clone()).collect(),
                ListKind::Collection,
            )?),
            ("entryset", []) => Some(view(
                (0..map.len()).filter_map(|at| map.entry(at)).collect(),
                ListKind::Set,
            )?),
            ("get", [key]) => Some(self.get(map, key)?.cloned().unwrap_or(Value::Null)),
            ("getordefault", [key, default]) => {
                Some(self.get(map, key)?.unwrap_or(default).clone())
            }
            ("containskey", [key]) => Some(Value::Bool(self.get(map, key)?.is_some())),
            ("containsvalue", [wanted]) => {
                let mut found = false;
                for (_, value) in &map.entries {
                    found = found || self.equals(wanted, value)?;
                }
                Some(Value::Bool(found))
            }
            ("put" | "putifabsent" | "replace", [_, _])
            | ("remove" | "putall", [_])
            | ("clear", []) => {
                return Err(Fail::unsupported(format!(
                    "the method `{method}` that changes a map is not supported here"
                ))
                .help("make a new map: `{% set m = m | merge({\"key\": value}) %}`"));
            }
            _ => None,
        })
    }
}

fn entry_method(entry: &Entry, method: &str, args: &[Value]) -> Option<Value> {
    match (method, args) {
        ("getkey", []) => Some(entry.key.clone()),
        ("getvalue", []) => Some(entry.value.clone()),
        _ => None,
    }
}

/// One unit of a string as a value.
pub(crate) fn unit_at(text: &str, at: i32) -> Outcome<Value> {
    usize::try_from(at)
        .ok()
        .and_then(|at| java_text::char_at(text, at))
        .map(Value::Char)
        .ok_or_else(|| {
            Fail::runtime(format!(
                "index {at} is out of bounds for a string of length {}",
                java_text::length(text)
            ))
        })
}
