//! `equals`, `hashCode` and `compareTo` of Java.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::java_text;
use crate::encode::pebble::map::Map;
use crate::encode::pebble::render::Render;
use crate::encode::pebble::value::{List, ListKind, Value};

impl Render<'_> {
    /// `left.equals(right)`, null equal to null only.
    pub fn equals(&self, left: &Value, right: &Value) -> Outcome<bool> {
        self.spend(1)?;
        Ok(match (left, right) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(l), Value::Bool(r)) => l == r,
            (Value::Int(l), Value::Int(r)) => l == r,
            (Value::Long(l), Value::Long(r)) => l == r,
            (Value::Big(l), Value::Big(r)) => l == r,
            (Value::Double(l), Value::Double(r)) => {
                l.to_bits() == r.to_bits() || (l.is_nan() && r.is_nan())
            }
            (Value::Decimal(l), Value::Decimal(r)) => l == r,
            (Value::Char(l), Value::Char(r)) => l == r,
            (Value::Str(l), Value::Str(r)) | (Value::Safe(l), Value::Safe(r)) => {
                self.spend(l.len() / 64)?;
                l == r
            }
            (Value::List(l), Value::List(r)) => self.lists_equal(l, r)?,
            (Value::Array(l), Value::Array(r)) => Arc::ptr_eq(l, r),
            (Value::Map(l), Value::Map(r)) => self.maps_equal(l, r)?,
            (Value::Entry(l), Value::Entry(r)) => {
                self.equals(&l.key, &r.key)? && self.equals(&l.value, &r.value)?
            }
            (Value::Loop(l), Value::Loop(r)) => Arc::ptr_eq(l, r),
            _ => false,
        })
    }

    fn lists_equal(&self, left: &Arc<List>, right: &Arc<List>) -> Outcome<bool> {
        if Arc::ptr_eq(left, right) {
            return Ok(true);
        }
        let class = |list: &List| match list.kind {
            ListKind::List | ListKind::Fixed => 0,
            ListKind::Set => 1,
            ListKind::Collection | ListKind::Array => 2,
        };
        let (l, r) = (self.items(left), self.items(right));
        if class(left) != class(right) || class(left) == 2 || l.len() != r.len() {
            return Ok(false);
        }
        if left.kind == ListKind::Set {
            return self.contains_all(l, r);
        }
        for (l, r) in l.iter().zip(r) {
            if !self.equals(l, r)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn maps_equal(&self, left: &Arc<Map>, right: &Arc<Map>) -> Outcome<bool> {
        if Arc::ptr_eq(left, right) {
            return Ok(true);
        }
        if left.len() != right.len() {
            return Ok(false);
        }
        for (key, value) in &left.entries {
            match self.get(right, key)? {
                Some(other) if self.equals(value, other)? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// `Map.get`, `None` when there is no such key.
    pub fn get<'m>(&self, map: &'m Map, key: &Value) -> Outcome<Option<&'m Value>> {
        if let Value::Str(name) = key {
            return Ok(map.get_str(name));
        }
        for (known, value) in &map.entries {
            if self.equals(known, key)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// `Collection.contains`.
    pub fn contains(&self, items: &[Value], value: &Value) -> Outcome<bool> {
        for item in items {
            if self.equals(value, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `Collection.containsAll`.
    pub fn contains_all(&self, items: &[Value], values: &[Value]) -> Outcome<bool> {
        for value in values {
            if !self.contains(items, value)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `hashCode`, 0 for null. The identity hashes of arrays and loops are all taken for 0.
    pub fn hash(&self, value: &Value, depth: u16) -> Outcome<i32> {
        self.spend(1)?;
        crate::encode::pebble::render::within(depth)?;
        let long = |value: i64| (value ^ (value as u64 >> 32) as i64) as i32;
        Ok(match value {
            Value::Null | Value::Array(_) | Value::Loop(_) | Value::Lazy(_) => 0,
            Value::Bool(true) => 1231,
            Value::Bool(false) => 1237,
            Value::Int(value) => *value,
            Value::Long(value) => long(*value),
            Value::Big(value) => ((value >> 32) as i32)
                .wrapping_mul(31)
                .wrapping_add(*value as i32),
            Value::Double(value) if value.is_nan() => long(0x7FF8_0000_0000_0000),
            Value::Double(value) => long(value.to_bits() as i64),
            Value::Decimal(decimal) => java_text::hash(&decimal.print()),
            Value::Char(unit) => i32::from(*unit),
            Value::Str(text) | Value::Safe(text) => java_text::hash(text),
            Value::List(list) => {
                let set = list.kind == ListKind::Set;
                let mut hash: i32 = if set { 0 } else { 1 };
                for item in self.items(list) {
                    let item = self.hash(item, depth + 1)?;
                    hash = if set { hash } else { hash.wrapping_mul(31) }.wrapping_add(item);
                }
                hash
            }
            Value::Map(map) => {
                let mut hash: i32 = 0;
                for (key, value) in &map.entries {
                    hash = hash
                        .wrapping_add(self.hash(key, depth + 1)? ^ self.hash(value, depth + 1)?);
                }
                hash
            }
            Value::Entry(entry) => {
                self.hash(&entry.key, depth + 1)? ^ self.hash(&entry.value, depth + 1)?
            }
        })
    }

    /// `left.compareTo(right)`: values of one comparable class only.
    pub fn compare(&self, left: &Value, right: &Value) -> Outcome<Ordering> {
        self.spend(1)?;
        Ok(match (left, right) {
            (Value::Bool(l), Value::Bool(r)) => l.cmp(r),
            (Value::Int(l), Value::Int(r)) => l.cmp(r),
            (Value::Long(l), Value::Long(r)) => l.cmp(r),
            (Value::Big(l), Value::Big(r)) => l.cmp(r),
            (Value::Double(l), Value::Double(r)) => l.total_cmp(r),
            (Value::Decimal(l), Value::Decimal(r)) => l.compare(r),
            (Value::Char(l), Value::Char(r)) => l.cmp(r),
            (Value::Str(l), Value::Str(r)) => java_text::compare(l, r),
            _ => {
                let mut message = format!(
                    "{} and {} cannot be sorted together",
                    left.kind(),
                    right.kind()
                );
                if left.is_number() && right.is_number() {
                    message = "numbers of different types cannot be sorted together".to_owned();
                }
                return Err(Fail::runtime(message).help("sort strings only, or integers only"));
            }
        })
    }
}
