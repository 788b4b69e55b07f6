//! Arithmetic, comparison, concatenation and `contains`.

use std::sync::Arc;

use crate::encode::pebble::ast::Binary;
use crate::encode::pebble::decimal::Decimal;
use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::render::Render;
use crate::encode::pebble::value::{List, ListKind, Value};

impl Render<'_> {
    /// An operator whose operands are both evaluated.
    pub fn operate(&mut self, binary: Binary, left: Value, right: Value) -> Outcome<Value> {
        match binary {
            Binary::Concat => {
                let mut text = String::new();
                self.concat(&left, &mut text)?;
                self.concat(&right, &mut text)?;
                self.text(text)
            }
            Binary::Contains => self.contained(&left, &right).map(Value::Bool),
            Binary::Equal => self.same(&left, &right).map(Value::Bool),
            Binary::NotEqual => self.same(&left, &right).map(|same| Value::Bool(!same)),
            Binary::Greater => self.ordered(&left, &right, ">", |l, r| l > r),
            Binary::Less => self.ordered(&left, &right, "<", |l, r| l < r),
            Binary::GreaterEqual => self.ordered(&left, &right, ">=", |l, r| l >= r),
            Binary::LessEqual => self.ordered(&left, &right, "<=", |l, r| l <= r),
            Binary::Add => self.add(left, right),
            Binary::Subtract => self.subtract(left, right),
            // `and` and `or` never come here: they evaluate their right operand themselves
            Binary::Multiply | Binary::Divide | Binary::Modulus | Binary::And | Binary::Or => {
                self.arithmetic(binary, &left, &right)
            }
        }
    }

    /// Two numbers by their value as doubles, the rest by `equals`.
    fn same(&self, left: &Value, right: &Value) -> Outcome<bool> {
        if left.is_number() && right.is_number() {
            return Ok(self.double(left) == self.double(right));
        }
        self.equals(left, right)
    }

    fn ordered(
        &self,
        left: &Value,
        right: &Value,
        sign: &str,
        test: impl Fn(f64, f64) -> bool,
    ) -> Outcome<Value> {
        self.is_ordered(left, right, sign, test).map(Value::Bool)
    }

    /// Whether two numbers stand in an order; false when one is null.
    pub fn is_ordered(
        &self,
        left: &Value,
        right: &Value,
        sign: &str,
        test: impl Fn(f64, f64) -> bool,
    ) -> Outcome<bool> {
        if matches!(left, Value::Null) || matches!(right, Value::Null) {
            return Ok(false);
        }
        if left.is_number() && right.is_number() {
            return Ok(test(self.double(left), self.double(right)));
        }
        let message = format!(
            "`{sign}` compares numbers only, received {} and {}",
            left.kind(),
            right.kind()
        );
        Err(Fail::runtime(message).help("strings can be compared with `==` and `!=` only"))
    }

    fn contained(&self, left: &Value, right: &Value) -> Outcome<bool> {
        match (left, right) {
            (Value::List(list), Value::List(values)) => {
                self.contains_all(self.items(list), self.items(values))
            }
            (Value::List(list) | Value::Array(list), value) => {
                self.contains(self.items(list), value)
            }
            (Value::Map(map), key) => Ok(self.get(map, key)?.is_some()),
            (Value::Str(text), part) => {
                let part = self.java_string(part)?;
                self.spend((text.len() + part.len()) / 64)?;
                Ok(text.contains(&part))
            }
            _ => Err(Fail::runtime(format!(
                "`contains` takes a list, a map or a string, received {}",
                left.kind()
            ))),
        }
    }

    fn add(&mut self, left: Value, right: Value) -> Outcome<Value> {
        let is_text = |value: &Value| matches!(value, Value::Str(_) | Value::Safe(_));
        if is_text(&left) || is_text(&right) {
            let mut text = String::new();
            self.java(&left, &mut text, 0)?;
            self.java(&right, &mut text, 0)?;
            return self.text(text);
        }
        if let Value::List(list) = &left
            && is_list(list)
        {
            let list = Arc::clone(list);
            self.grow(&list, right)?;
            return Ok(left);
        }
        self.arithmetic(Binary::Add, &left, &right)
    }

    /// Append a value, or the elements of a collection, in place.
    pub fn grow(&mut self, list: &Arc<List>, value: Value) -> Outcome<()> {
        if list.kind == ListKind::Fixed {
            return Err(Fail::runtime("the length of a sorted array cannot change"));
        }
        let mut items = self.items(list).to_vec();
        match &value {
            Value::List(added) => items.extend_from_slice(self.items(added)),
            _ => items.push(value),
        }
        self.change(list, items, true)
    }

    fn subtract(&mut self, left: Value, right: Value) -> Outcome<Value> {
        if let Value::List(list) = &left
            && is_list(list)
        {
            let list = Arc::clone(list);
            self.shrink(&list, &right)?;
            return Ok(left);
        }
        self.arithmetic(Binary::Subtract, &left, &right)
    }

    /// Remove the first equal element, or all elements that a collection contains, in place.
    pub fn shrink(&mut self, list: &Arc<List>, value: &Value) -> Outcome<bool> {
        let old = self.items(list).to_vec();
        let mut items = Vec::with_capacity(old.len());
        match value {
            Value::List(removed) => {
                let removed = self.items(removed).to_vec();
                for item in &old {
                    if !self.contains(&removed, item)? {
                        items.push(item.clone());
                    }
                }
            }
            _ => {
                let mut found = false;
                for item in &old {
                    if !found && self.equals(value, item)? {
                        found = true;
                    } else {
                        items.push(item.clone());
                    }
                }
            }
        }
        let changed = items.len() != old.len();
        if changed && list.kind == ListKind::Fixed {
            return Err(Fail::runtime("the length of a sorted array cannot change"));
        }
        if changed {
            self.change(list, items, true)?;
        }
        Ok(changed)
    }

    /// A number as a double; 0 for anything else.
    pub fn double(&self, value: &Value) -> f64 {
        match value {
            Value::Int(value) | Value::Lazy(value) => f64::from(*value),
            Value::Long(value) => *value as f64,
            Value::Big(value) => *value as f64,
            Value::Double(value) => *value,
            Value::Decimal(decimal) => decimal.to_f64(),
            Value::Null
            | Value::Bool(_)
            | Value::Char(_)
            | Value::Str(_)
            | Value::Safe(_)
            | Value::List(_)
            | Value::Array(_)
            | Value::Map(_)
            | Value::Entry(_)
            | Value::Loop(_) => 0.0,
        }
    }

    /// `Number.longValue`.
    pub fn long(&self, value: &Value) -> i64 {
        match value {
            Value::Long(value) => *value,
            Value::Int(value) | Value::Lazy(value) => i64::from(*value),
            Value::Big(value) => *value as i64,
            Value::Decimal(decimal) => decimal.to_i64(),
            value => self.double(value) as i64,
        }
    }

    /// `Number.intValue`.
    pub fn int(&self, value: &Value) -> i32 {
        match value {
            Value::Double(value) => *value as i32,
            value => self.long(value) as i32,
        }
    }

    /// `+ - * / %` on numbers, with the promotions of Pebble.
    pub fn arithmetic(&self, binary: Binary, left: &Value, right: &Value) -> Outcome<Value> {
        if !(left.is_number() && right.is_number()) {
            let message = format!(
                "`{}` takes numbers only, received {} and {}",
                sign(binary),
                left.kind(),
                right.kind()
            );
            let fail = Fail::runtime(message);
            return Err(match binary {
                Binary::Add => fail.help("join values with `~`"),
                _ => fail,
            });
        }
        let any = |test: fn(&Value) -> bool| test(left) || test(right);
        if any(|v| matches!(v, Value::Decimal(_))) {
            return decimals(binary, self.double(left), self.double(right));
        }
        if any(|v| matches!(v, Value::Double(_))) {
            return Ok(Value::Double(doubles(
                binary,
                self.double(left),
                self.double(right),
            )));
        }
        if any(|v| matches!(v, Value::Long(_))) {
            return longs(binary, self.long(left), self.long(right)).map(Value::Long);
        }
        ints(binary, self.int(left), self.int(right)).map(|int| Value::Long(int.into()))
    }
}

/// Whether `+` and `-` change the collection.
fn is_list(list: &List) -> bool {
    matches!(list.kind, ListKind::List | ListKind::Fixed)
}

fn sign(binary: Binary) -> &'static str {
    match binary {
        Binary::Add => "+",
        Binary::Subtract => "-",
        Binary::Divide => "/",
        Binary::Modulus => "%",
        _ => "*",
    }
}

fn by_zero() -> Fail {
    Fail::runtime("division by zero")
}

fn doubles(binary: Binary, left: f64, right: f64) -> f64 {
    match binary {
        Binary::Add => left + right,
        Binary::Subtract => left - right,
        Binary::Divide => left / right,
        Binary::Modulus => left % right,
        _ => left * right,
    }
}

fn longs(binary: Binary, left: i64, right: i64) -> Outcome<i64> {
    Ok(match binary {
        Binary::Divide | Binary::Modulus if right == 0 => return Err(by_zero()),
        Binary::Add => left.wrapping_add(right),
        Binary::Subtract => left.wrapping_sub(right),
        Binary::Divide => left.wrapping_div(right),
        Binary::Modulus => left.wrapping_rem(right),
        _ => left.wrapping_mul(right),
    })
}

fn ints(binary: Binary, left: i32, right: i32) -> Outcome<i32> {
    Ok(match binary {
        Binary::Divide | Binary::Modulus if right == 0 => return Err(by_zero()),
        Binary::Add => left.wrapping_add(right),
        Binary::Subtract => left.wrapping_sub(right),
        Binary::Divide => left.wrapping_div(right),
        Binary::Modulus => left.wrapping_rem(right),
        _ => left.wrapping_mul(right),
    })
}

/// Pebble takes both operands through a double before it computes.
fn decimals(binary: Binary, left: f64, right: f64) -> Outcome<Value> {
    let (Some(left), Some(right)) = (Decimal::value_of(left), Decimal::value_of(right)) else {
        return Err(Fail::runtime(
            "an infinite number or NaN has no decimal digits",
        ));
    };
    let result = match binary {
        Binary::Add => left.add(&right),
        Binary::Subtract => left.subtract(&right),
        Binary::Divide => left.divide(&right).ok_or_else(by_zero)?,
        Binary::Modulus => left.remainder(&right).ok_or_else(by_zero)?,
        _ => left.multiply(&right),
    };
    Ok(Value::Decimal(Arc::new(result)))
}
