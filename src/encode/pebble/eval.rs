//! Expressions become values.

use std::borrow::Cow;
use std::sync::atomic::Ordering;

use crate::encode::pebble::ast::{
    Apply, Args, Binary, Call, Chain, Expr, ExprKind, Link, Path, Step, StepName,
};
use crate::encode::pebble::escape;
use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::filters::Filter;
use crate::encode::pebble::hash_order;
use crate::encode::pebble::predicates::Test;
use crate::encode::pebble::render::{Render, no_truth};
use crate::encode::pebble::seen::{Held, Seen};
use crate::encode::pebble::value::Value;

/// Evaluated arguments by name or position; `None` where none was given.
pub(crate) struct Arguments {
    pub values: Vec<Option<Value>>,
}

impl Arguments {
    /// The argument at `position`, null when it is missing.
    pub fn get(&self, position: usize) -> Value {
        self.values
            .get(position)
            .cloned()
            .flatten()
            .unwrap_or(Value::Null)
    }
}

/// An expression as a value and the attributes read from it.
fn plain(expr: &Expr) -> (&Expr, &[Step]) {
    match &expr.kind {
        ExprKind::Path(path) => (&path.base, &path.steps),
        _ => (expr, &[]),
    }
}

impl<'p> Render<'p> {
    /// The value of a name or of a plain path through maps, without copying; `None` when it takes more than that.
    pub fn borrowed<'r>(&'r self, expr: &'r Expr) -> Option<Seen<'r>> {
        let (base, steps) = plain(expr);
        let (seen, steps) = match &base.kind {
            ExprKind::Literal(value) => (Seen::Value(value), steps),
            ExprKind::Name(slot) => match self.variable(*slot)? {
                Held::Own(value) => (Seen::Value(value), steps),
                held => held.start(steps)?,
            },
            _ => return None,
        };
        self.walk(seen, steps)
    }

    /// The same where the value is one of the context, and so outlives every variable.
    pub fn shared(&self, expr: &Expr) -> Option<Seen<'p>> {
        let (base, steps) = plain(expr);
        let ExprKind::Name(slot) = &base.kind else {
            return None;
        };
        let (seen, steps) = self.variable(*slot)?.start(steps)?;
        self.walk(seen, steps)
    }

    fn walk<'v>(&self, seen: Seen<'v>, steps: &[Step]) -> Option<Seen<'v>> {
        steps
            .iter()
            .try_fold(seen, |seen, step| self.step(seen, step))
    }

    /// The attribute of a map or an entry; `None` for everything else.
    fn step<'v>(&self, seen: Seen<'v>, step: &Step) -> Option<Seen<'v>> {
        let (StepName::Name(name, hash), None) = (&step.name, &step.args) else {
            return None;
        };
        match seen {
            Seen::Value(Value::Map(map)) if self.called.is_empty() => {
                map.get_hashed(name, *hash).map(Seen::Value)
            }
            Seen::Value(Value::Entry(entry)) if **name == *"key" => Some(Seen::Value(&entry.key)),
            Seen::Value(Value::Entry(entry)) if **name == *"value" => {
                Some(Seen::Value(&entry.value))
            }
            Seen::Node(node) if node.is_map() && self.called.is_empty() => match node.get(name) {
                Some(node) => Some(Seen::Node(node)),
                None => self.nothing(),
            },
            Seen::Node(node) if node.is_null() => self.nothing(),
            Seen::Null => self.nothing(),
            Seen::Value(_) | Seen::Node(_) => None,
        }
    }

    /// What is missing, where that is no failure.
    fn nothing<'v>(&self) -> Option<Seen<'v>> {
        (!self.options.strict_variables).then_some(Seen::Null)
    }

    /// The last value on a tape that a path leads to without more ado, and the steps that are left.
    fn reached<'s>(&self, path: &'s Path) -> Option<(Seen<'p>, &'s [Step])> {
        let ExprKind::Name(slot) = &path.base.kind else {
            return None;
        };
        let (mut seen, mut steps) = self.variable(*slot)?.start(&path.steps)?;
        while let Some((first, rest)) = steps.split_first()
            && let Some(next) = self.step(seen, first)
        {
            (seen, steps) = (next, rest);
        }
        matches!(seen, Seen::Node(_) | Seen::Null).then_some((seen, steps))
    }

    /// `loop.last` and its like, which templates read in every round.
    fn of_loop(&self, path: &Path) -> Option<Value> {
        let ExprKind::Name(slot) = &path.base.kind else {
            return None;
        };
        let (Some(Held::Own(Value::Loop(state))), [step]) =
            (self.variable(*slot), path.steps.as_slice())
        else {
            return None;
        };
        let (StepName::Name(name, _), None) = (&step.name, &step.args) else {
            return None;
        };
        match &**name {
            "last" => Some(Value::Bool(state.last.load(Ordering::Relaxed))),
            "first" => Some(Value::Bool(state.index.load(Ordering::Relaxed) == 0)),
            "index" => Some(Value::Int(state.index.load(Ordering::Relaxed))),
            _ => None,
        }
    }

    /// The value of an expression.
    pub fn eval(&mut self, expr: &'p Expr) -> Outcome<Value> {
        self.spend(1)?;
        self.eval_kind(expr).map_err(|fail| fail.at(expr.span))
    }

    fn eval_kind(&mut self, expr: &'p Expr) -> Outcome<Value> {
        match &expr.kind {
            ExprKind::Literal(value) => Ok(value.clone()),
            ExprKind::Name(slot) => match self.variable(*slot) {
                Some(held) => Ok(held.value()),
                None if self.options.strict_variables => {
                    let name = &self.program.names[*slot as usize];
                    Err(Fail::missing(format!(
                        "the variable `{name}` does not exist"
                    )))
                }
                None => Ok(Value::Null),
            },
            ExprKind::Path(path) => match self.borrowed(expr) {
                Some(seen) => Ok(seen.value()),
                None => match self.of_loop(path) {
                    Some(value) => Ok(value),
                    None => self.path(path),
                },
            },
            ExprKind::Call(call) => self.call(call),
            ExprKind::List(elements) => {
                let items = elements
                    .iter()
                    .map(|e| self.eval(e))
                    .collect::<Outcome<Vec<_>>>()?;
                self.list(items)
            }
            ExprKind::Map(entries) => self.map(entries),
            ExprKind::Interpolated(parts) => {
                let mut text = String::new();
                for part in parts {
                    let value = self.eval(part)?;
                    self.concat(&value, &mut text)?;
                }
                self.text(text)
            }
            ExprKind::Not(child) => self.not(child),
            ExprKind::Plus(child) => self.sign(1, child),
            ExprKind::Minus(child) => self.sign(-1, child),
            ExprKind::Chain(chain) => self.chain(chain),
            ExprKind::Ternary(parts) => self.ternary(parts),
            ExprKind::Body(nodes) => {
                let mut out = String::new();
                self.nodes(nodes, &mut out)?;
                self.text(out)
            }
            ExprKind::Escaped(child) => {
                let value = self.eval(child)?;
                escape::apply(self, &value, self.options.escaping)
            }
        }
    }

    fn map(&mut self, entries: &'p [(Expr, Expr)]) -> Outcome<Value> {
        let mut evaluated = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            evaluated.push((self.eval(key)?, self.eval(value)?));
        }
        hash_order::literal(self, evaluated)
    }

    fn not(&mut self, child: &'p Expr) -> Outcome<Value> {
        let value = self.eval(child)?;
        match self.truth(&value) {
            Some(truth) => Ok(Value::Bool(!truth)),
            None if matches!(value, Value::Null) => match self.options.strict_variables {
                true => Err(Fail::runtime("the operand of `not` is null")),
                false => Ok(Value::Bool(true)),
            },
            None => Err(no_truth(&value, "the operand of `not`")),
        }
    }

    fn sign(&mut self, factor: i32, child: &'p Expr) -> Outcome<Value> {
        let value = self.eval(child)?;
        self.arithmetic(Binary::Multiply, &Value::Int(factor), &value)
    }

    fn ternary(&mut self, parts: &'p [Expr; 3]) -> Outcome<Value> {
        let [condition, then, otherwise] = parts;
        let value = self.eval(condition)?;
        let truth = match self.truth(&value) {
            Some(truth) => truth,
            None if matches!(value, Value::Null) => false,
            None => return Err(no_truth(&value, "the condition of `? :`").at(condition.span)),
        };
        self.eval(if truth { then } else { otherwise })
    }

    /// A boolean, a number or a string as a truth; `None` for anything else.
    pub fn truth(&self, value: &Value) -> Option<bool> {
        match value {
            Value::Bool(truth) => Some(*truth),
            Value::Str(text) => Some(!text.is_empty()),
            value if value.is_number() => {
                let number = self.double(value);
                Some(!number.is_nan() && number != 0.0)
            }
            _ => None,
        }
    }

    /// An operand of `and` or `or`.
    fn operand(&mut self, value: &Value, operator: &str) -> Outcome<bool> {
        match self.truth(value) {
            Some(truth) => Ok(truth),
            None if matches!(value, Value::Null) => match self.options.strict_variables {
                true => Err(Fail::runtime(format!("an operand of `{operator}` is null"))),
                false => Ok(false),
            },
            None => Err(no_truth(value, &format!("an operand of `{operator}`"))),
        }
    }

    /// The first operator where it compares two strings, without copying them.
    fn compared(&self, first: &Expr, link: &Link) -> Option<bool> {
        let Apply::Binary(binary @ (Binary::Equal | Binary::NotEqual), right) = &link.apply else {
            return None;
        };
        let left = self.borrowed(first)?.text()?;
        let right = self.borrowed(right)?.text()?;
        Some((left == right) == (*binary == Binary::Equal))
    }

    /// The first test where it does not fail, without copying what is tested.
    fn tested(&self, first: &Expr, link: &Link) -> Option<bool> {
        let Apply::Test(negated, _, Some(test), args) = &link.apply else {
            return None;
        };
        if !(args.positional.is_empty() && args.named.is_empty()) {
            return None;
        }
        let holds = match self.borrowed(first)? {
            Seen::Value(value) => test.apply(self, value).ok()?,
            Seen::Node(node) => test.holds(node)?,
            Seen::Null => return None,
        };
        Some(holds != *negated)
    }

    fn chain(&mut self, chain: &'p Chain) -> Outcome<Value> {
        let quick = chain.links.split_first().and_then(|(link, rest)| {
            let truth = self
                .compared(&chain.first, link)
                .or_else(|| self.tested(&chain.first, link));
            truth.map(|truth| (Ok(Value::Bool(truth)), rest))
        });
        let (mut outcome, links) = match quick {
            Some(quick) => quick,
            None => (self.eval(&chain.first), chain.links.as_slice()),
        };
        for link in links {
            outcome = match outcome {
                Ok(value) => self.link(link, value).map_err(|fail| fail.at(link.span)),
                Err(fail) => self.forgiven(link, fail),
            };
            if let (Err(fail), Apply::Binary(binary, _)) = (outcome.as_mut(), &link.apply)
                && binary.wraps()
            {
                let placed = std::mem::replace(fail, Fail::runtime(String::new()));
                *fail = placed.wrapped(link.span);
            }
        }
        outcome
    }

    /// `default` and `is defined` take a name that is missing in strict mode for null.
    fn forgiven(&mut self, link: &'p Link, fail: Fail) -> Outcome<Value> {
        let forgives = matches!(
            link.apply,
            Apply::Filter(_, Some(Filter::Default), _) | Apply::Test(_, _, Some(Test::Defined), _)
        );
        if fail.0.missing && forgives {
            return self
                .link(link, Value::Null)
                .map_err(|fail| fail.at(link.span));
        }
        Err(fail)
    }

    fn link(&mut self, link: &'p Link, left: Value) -> Outcome<Value> {
        self.spend(1)?;
        match &link.apply {
            Apply::Binary(binary, right) => self.binary(*binary, left, right),
            Apply::Filter(name, filter, args) => {
                let Some(filter) = filter else {
                    return Err(Filter::unknown(name));
                };
                let args = self.arguments(args, filter.parameters())?;
                let input = match left {
                    Value::Safe(text) if *filter != Filter::Escape => Value::Str(text),
                    input => input,
                };
                filter.apply(self, input, &args)
            }
            Apply::Test(negated, name, test, args) => {
                let Some(test) = test else {
                    return Err(Test::unknown(name));
                };
                self.arguments(args, None)?;
                Ok(Value::Bool(test.apply(self, &left)? != *negated))
            }
        }
    }

    fn binary(&mut self, binary: Binary, left: Value, right: &'p Expr) -> Outcome<Value> {
        match binary {
            Binary::And => {
                if !self.operand(&left, "and")? {
                    return Ok(Value::Bool(false));
                }
                let right = self.eval(right)?;
                return Ok(Value::Bool(self.operand(&right, "and")?));
            }
            Binary::Or => {
                if self.operand(&left, "or")? {
                    return Ok(Value::Bool(true));
                }
                let right = self.eval(right)?;
                return Ok(Value::Bool(self.operand(&right, "or")?));
            }
            Binary::Contains if matches!(left, Value::Null) => return Ok(Value::Bool(false)),
            _ => {}
        }
        let right = self.eval(right)?;
        self.operate(binary, left, right)
    }

    /// Arguments in the order of `parameters`, or by position when there are none.
    pub fn arguments(&mut self, args: &'p Args, parameters: Option<&[&str]>) -> Outcome<Arguments> {
        let Some(parameters) = parameters else {
            let values = args
                .positional
                .iter()
                .map(|arg| self.eval(arg).map(Some))
                .collect::<Outcome<_>>()?;
            return Ok(Arguments { values });
        };
        let mut values = vec![None; parameters.len()];
        for (at, arg) in args.positional.iter().enumerate() {
            let Some(place) = values.get_mut(at) else {
                let message = format!(
                    "too many arguments: {} given, at most {} taken",
                    args.positional.len(),
                    parameters.len()
                );
                return Err(Fail::runtime(message).at(args.span));
            };
            *place = Some(self.eval(arg)?);
        }
        for (name, arg) in &args.named {
            let Some(at) = parameters
                .iter()
                .position(|parameter| **parameter == **name)
            else {
                return Err(Fail::runtime(format!("there is no argument `{name}`"))
                    .help(format!("the arguments are {}", parameters.join(", ")))
                    .at(args.span));
            };
            values[at] = Some(self.eval(arg)?);
        }
        Ok(Arguments { values })
    }

    fn call(&mut self, call: &'p Call) -> Outcome<Value> {
        let Some(function) = call.function else {
            return Err(Fail::runtime(format!("unknown function `{}`", call.name)).help(
                "Adobe supports min, max, addedSegments, removedSegments, hasSegments and formUrlEncode; filters are written after `|`",
            ));
        };
        let args = self.arguments(&call.args, None)?;
        function.call(self, &args)
    }

    fn path(&mut self, path: &'p Path) -> Outcome<Value> {
        let (mut value, steps) = match self.reached(path) {
            Some((seen, steps)) => (seen.value(), steps),
            None => (self.eval(&path.base)?, path.steps.as_slice()),
        };
        for step in steps {
            let (index, hash) = match &step.name {
                StepName::Name(name, hash) => (Cow::Borrowed(name), Some(*hash)),
                StepName::Index(expr) => match self.eval(expr)? {
                    Value::Str(text) => (Cow::Owned(text), None),
                    index => {
                        value = self
                            .subscript(value, &index)
                            .map_err(|fail| fail.at(step.span))?;
                        continue;
                    }
                },
            };
            let args = match &step.args {
                None => None,
                Some(args) => Some(
                    args.iter()
                        .map(|arg| self.eval(arg))
                        .collect::<Outcome<Vec<_>>>()?,
                ),
            };
            value = self
                .attribute(value, &index, hash, args.as_deref())
                .map_err(|fail| fail.at(step.span))?;
        }
        Ok(value)
    }
}
