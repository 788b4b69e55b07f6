//! Rendering: statements, scopes, bounds, and the lists that a template has changed.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use crate::encode::pebble::allowance::Allowance;
use crate::encode::pebble::ast::{Expr, For, Node, Program, Slot};
use crate::encode::pebble::context::Context;
use crate::encode::pebble::fail::{Fail, Outcome, Span};
use crate::encode::pebble::options::Options;
use crate::encode::pebble::seen::{Held, Seen};
use crate::encode::pebble::split::Splitters;
use crate::encode::pebble::tape::Node as TapeNode;
use crate::encode::pebble::value::{List, ListKind, LoopState, MAX_DEPTH, Value};

/// A variable: its value when it exists, and the scope that holds it.
#[derive(Debug, Default)]
struct Binding<'p> {
    value: Option<Held<'p>>,
    scope: u32,
}

/// The content of a list that the template changed in place.
#[derive(Debug)]
struct Changed {
    /// Keeps the address of the list from being used again.
    _list: Arc<List>,
    items: Arc<Vec<Value>>,
    /// How often its structure changed, as Java's iterators watch it.
    changes: u32,
}

/// One rendering.
pub(crate) struct Render<'p> {
    pub program: &'p Program,
    pub options: &'p Options,
    bindings: Vec<Binding<'p>>,
    scope: u32,
    /// What the scopes above the first hid, to be restored.
    hidden: Vec<(u32, Slot, Binding<'p>)>,
    changed: HashMap<usize, Changed>,
    steps: Cell<u64>,
    /// Steps that it may take: as many as any rendering, and no more than are left.
    bound: u64,
    made: Cell<usize>,
    /// Whether long lists are read from their tapes.
    tapes: bool,
    pub splitters: Splitters,
    /// Methods without arguments called on maps, which Pebble then finds as attributes too.
    pub called: HashSet<(&'static str, Box<str>)>,
}

impl<'p> Render<'p> {
    pub fn new(
        program: &'p Program,
        options: &'p Options,
        context: &'p Context,
        tapes: bool,
    ) -> Render<'p> {
        let binding = |name: &str| Binding {
            value: match context.get(name) {
                Some(value) => Some(Held::Seen(Seen::Value(value))),
                None => implicit(name, options).map(Held::Own),
            },
            scope: 0,
        };
        Render {
            program,
            options,
            bindings: program.names.iter().map(|name| binding(name)).collect(),
            scope: 0,
            hidden: Vec::new(),
            changed: HashMap::new(),
            steps: Cell::new(0),
            bound: options.limits.steps.min(Allowance::left()),
            made: Cell::new(0),
            tapes,
            splitters: Splitters::default(),
            called: HashSet::new(),
        }
    }

    /// Spend `amount` steps.
    pub fn spend(&self, amount: usize) -> Outcome<()> {
        let steps = self.steps.get() + amount as u64;
        self.steps.set(steps);
        let bound = self.bound;
        if steps > bound {
            return Err(
                Fail::limit(format!("the rendering takes more than {bound} steps"))
                    .help("nest fewer loops, or loop over fewer elements"),
            );
        }
        Ok(())
    }

    /// Steps taken so far.
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// Account for `bytes` of a value that the template makes.
    pub fn make(&self, bytes: usize) -> Outcome<()> {
        let made = self.made.get().saturating_add(bytes);
        self.made.set(made);
        let bound = self.options.limits.memory;
        if made > bound {
            // the last of it may have been made
            self.spend(bound / 64)?;
            return Err(Fail::limit(format!(
                "the template makes values of more than {bound} bytes"
            ))
            .help("print parts where they arise instead of joining them in a variable"));
        }
        self.spend(1 + bytes / 64)
    }

    /// A string that the template makes.
    pub fn text(&self, text: impl AsRef<str>) -> Outcome<Value> {
        let text = text.as_ref();
        self.make(text.len())?;
        Ok(Value::Str(text.into()))
    }

    /// A list that the template makes.
    pub fn list(&self, items: Vec<Value>) -> Outcome<Value> {
        self.listed(List::new(items)).map(Value::List)
    }

    pub fn listed(&self, list: List) -> Outcome<Arc<List>> {
        self.make(list.len() * size_of::<Value>())?;
        within(list.depth)?;
        Ok(Arc::new(list))
    }

    /// The elements of a list as they are now.
    pub fn items<'r>(&'r self, list: &'r Arc<List>) -> &'r [Value] {
        if self.changed.is_empty() {
            return list.items();
        }
        match self.changed.get(&(Arc::as_ptr(list) as usize)) {
            Some(changed) => &changed.items,
            None => list.items(),
        }
    }

    /// How many elements a list has now.
    pub fn length(&self, list: &Arc<List>) -> usize {
        match self.changed.get(&(Arc::as_ptr(list) as usize)) {
            Some(changed) => changed.items.len(),
            None => list.len(),
        }
    }

    /// An element of a list as it is now.
    pub fn element(&self, list: &Arc<List>, at: usize) -> Option<Value> {
        if self.tapes
            && !self.is_changed(list)
            && let Some(tape) = list.tape()
        {
            return tape.element(at).map(TapeNode::value);
        }
        self.items(list).get(at).cloned()
    }

    /// The same of a list of the context, looked at where it is.
    fn seen_element(&self, list: &'p Arc<List>, at: usize) -> Option<Held<'p>> {
        if self.is_changed(list) {
            return self.items(list).get(at).cloned().map(Held::Own);
        }
        match list.tape() {
            Some(tape) if self.tapes => tape.element(at).map(|node| Held::Seen(Seen::Node(node))),
            _ => list
                .items()
                .get(at)
                .map(|item| Held::Seen(Seen::Value(item))),
        }
    }

    fn is_changed(&self, list: &Arc<List>) -> bool {
        !self.changed.is_empty() && self.changed.contains_key(&(Arc::as_ptr(list) as usize))
    }

    fn changes(&self, list: &Arc<List>) -> u32 {
        self.changed
            .get(&(Arc::as_ptr(list) as usize))
            .map_or(0, |changed| changed.changes)
    }

    /// Give a list other elements, in every place that holds it.
    pub fn change(&mut self, list: &Arc<List>, items: Vec<Value>, structural: bool) -> Outcome<()> {
        if list.from_tape && self.tapes {
            return Err(Fail::again());
        }
        self.make(items.len() * size_of::<Value>())?;
        if let Some((parent, from)) = &list.view {
            let old = self.items(list).len();
            let mut whole = self.items(parent).to_vec();
            let end = (from + old).min(whole.len());
            whole.splice((*from).min(end)..end, items.iter().cloned());
            self.change(parent, whole, structural)?;
        }
        let changes = self.changes(list) + u32::from(structural);
        let changed = Changed {
            _list: Arc::clone(list),
            items: Arc::new(items),
            changes,
        };
        self.changed.insert(Arc::as_ptr(list) as usize, changed);
        Ok(())
    }

    /// The value of a variable; `None` when no scope has it.
    pub fn variable(&self, slot: Slot) -> Option<&Held<'p>> {
        self.bindings.get(slot as usize)?.value.as_ref()
    }

    /// Set a variable where it exists, else in the current scope.
    fn set(&mut self, slot: Slot, value: Value) {
        if self.bindings[slot as usize].value.is_some() {
            self.bindings[slot as usize].value = Some(Held::Own(value));
        } else {
            self.put(slot, Held::Own(value));
        }
    }

    /// Set a variable in the current scope.
    fn put(&mut self, slot: Slot, value: Held<'p>) {
        let binding = &mut self.bindings[slot as usize];
        if binding.value.is_some() && binding.scope == self.scope {
            binding.value = Some(value);
            return;
        }
        let new = Binding {
            value: Some(value),
            scope: self.scope,
        };
        let old = std::mem::replace(binding, new);
        if self.scope > 0 {
            self.hidden.push((self.scope, slot, old));
        }
    }

    fn push_scope(&mut self) {
        self.scope += 1;
    }

    fn pop_scope(&mut self) {
        while let Some((scope, ..)) = self.hidden.last()
            && *scope == self.scope
        {
            if let Some((_, slot, old)) = self.hidden.pop() {
                self.bindings[slot as usize] = old;
            }
        }
        self.scope -= 1;
    }

    /// Render statements into `out`.
    pub fn nodes(&mut self, nodes: &'p [Node], out: &mut String) -> Outcome<()> {
        for node in nodes {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Print(expr) => self.print(expr, out)?,
                Node::Set(slot, expr) => {
                    let value = self.eval(expr)?;
                    self.set(*slot, value);
                }
                Node::If {
                    branches,
                    otherwise,
                    span,
                } => self.branch(branches, otherwise, *span, out)?,
                Node::For(each) => self.each(each, out)?,
            }
        }
        self.spend(nodes.len())?;
        self.bounded(out)
    }

    /// Fail when the output is too long.
    pub fn bounded(&self, out: &str) -> Outcome<()> {
        let bound = self.options.limits.output;
        if out.len() > bound {
            self.spend(bound / 64)?;
            return Err(Fail::limit(format!(
                "the output is longer than {bound} bytes"
            )));
        }
        Ok(())
    }

    fn print(&mut self, expr: &'p Expr, out: &mut String) -> Outcome<()> {
        match self.borrowed(expr) {
            Some(Seen::Value(value)) => {
                return self.print_to(value, out).map_err(|fail| fail.at(expr.span));
            }
            Some(seen) => {
                if let Some(text) = seen.text() {
                    out.push_str(text);
                    return Ok(());
                }
            }
            None => {}
        }
        let value = self.eval(expr)?;
        self.print_to(&value, out)
            .map_err(|fail| fail.at(expr.span))
    }

    fn branch(
        &mut self,
        branches: &'p [(Expr, Vec<Node>)],
        otherwise: &'p [Node],
        span: Span,
        out: &mut String,
    ) -> Outcome<()> {
        for (condition, body) in branches {
            if self
                .condition(condition)
                .map_err(|fail| fail.at(condition.span).wrapped(span))?
            {
                return self.nodes(body, out);
            }
        }
        self.nodes(otherwise, out)
    }

    fn condition(&mut self, condition: &'p Expr) -> Outcome<bool> {
        let value = self.eval(condition)?;
        match self.truth(&value) {
            Some(truth) => Ok(truth),
            None if matches!(value, Value::Null) => match self.options.strict_variables {
                true => Err(Fail::runtime("the condition of `if` is null")),
                false => Ok(false),
            },
            None => Err(no_truth(&value, "the condition of `if`")),
        }
    }

    fn each(&mut self, each: &'p For, out: &mut String) -> Outcome<()> {
        match self.shared(&each.iterable) {
            Some(Seen::Value(Value::List(list) | Value::Array(list))) => {
                let length = self.length(list);
                let element = |render: &Self, at: usize| render.seen_element(list, at);
                return self.iterate(each, length, Some(list), element, out);
            }
            Some(Seen::Value(Value::Map(map))) => {
                let element = |_: &Self, at: usize| {
                    let (key, value) = map.entries.get(at)?;
                    Some(Held::Entry(Seen::Value(key), Seen::Value(value)))
                };
                return self.iterate(each, map.len(), None, element, out);
            }
            Some(Seen::Node(node)) if node.is_list() => {
                let element = |_: &Self, at: usize| Some(Held::Seen(Seen::Node(node.element(at)?)));
                return self.iterate(each, node.len(), None, element, out);
            }
            Some(Seen::Node(node)) if node.is_map() => {
                let element = |_: &Self, at: usize| {
                    let (key, value) = node.entry(at)?;
                    Some(Held::Entry(Seen::Node(key), Seen::Node(value)))
                };
                return self.iterate(each, node.len(), None, element, out);
            }
            Some(Seen::Value(_) | Seen::Node(_) | Seen::Null) | None => {}
        }
        let iterable = self.eval(&each.iterable)?;
        match &iterable {
            Value::Null => Ok(()),
            Value::List(list) | Value::Array(list) => {
                let length = self.length(list);
                let element = |render: &Self, at: usize| render.element(list, at).map(Held::Own);
                self.iterate(each, length, Some(list), element, out)
            }
            Value::Map(map) => {
                let element = |_: &Self, at: usize| map.entry(at).map(Held::Own);
                self.iterate(each, map.len(), None, element, out)
            }
            Value::Bool(_)
            | Value::Int(_)
            | Value::Long(_)
            | Value::Big(_)
            | Value::Double(_)
            | Value::Decimal(_)
            | Value::Lazy(_)
            | Value::Char(_)
            | Value::Str(_)
            | Value::Safe(_)
            | Value::Entry(_)
            | Value::Loop(_) => Err(Fail::runtime(format!(
                "`for` cannot iterate over {}",
                iterable.kind()
            ))
            .help("iterate over a list or a map")
            .at(Span {
                at: each.iterable.span.at,
                line: each.span.line,
            })),
        }
    }

    fn iterate(
        &mut self,
        each: &'p For,
        length: usize,
        list: Option<&Arc<List>>,
        element: impl Fn(&Self, usize) -> Option<Held<'p>>,
        out: &mut String,
    ) -> Outcome<()> {
        if length == 0 {
            return each
                .otherwise
                .as_ref()
                .map_or(Ok(()), |nodes| self.nodes(nodes, out));
        }
        // an array has no iterator that watches its changes
        let watched = list.filter(|list| list.kind != ListKind::Array);
        let changes = watched.map_or(0, |list| self.changes(list));
        let state = Arc::new(LoopState {
            index: AtomicI32::new(0),
            length: length as i32,
            last: AtomicBool::new(length == 1),
        });
        self.push_scope();
        let mut at = 0;
        loop {
            let now = watched.map_or(length, |list| self.length(list));
            if at == now {
                break;
            }
            if watched.is_some_and(|list| self.changes(list) != changes) {
                return Err(
                    Fail::runtime("the list is changed while `for` iterates over it")
                        .help("iterate over a copy, such as `list | merge([])`")
                        .at(each.span),
                );
            }
            let value = element(self, at).unwrap_or(Held::Own(Value::Null));
            state.index.store(at as i32, Ordering::Relaxed);
            state.last.store(at + 1 == now, Ordering::Relaxed);
            self.put(each.loop_slot, Held::Own(Value::Loop(Arc::clone(&state))));
            self.put(each.variable, value);
            self.spend(1)?;
            self.nodes(&each.body, out)?;
            at += 1;
        }
        self.pop_scope();
        Ok(())
    }
}

/// Variables that Pebble adds to every context.
fn implicit(name: &str, options: &Options) -> Option<Value> {
    let locale = &options.locale;
    (name == "locale").then(|| match locale.country.as_str() {
        "" => Value::Safe(locale.language.as_str().into()),
        country => Value::Safe(format!("{}_{country}", locale.language).into()),
    })
}

/// Refuse a value that is nested too deep.
pub(crate) fn within(depth: u16) -> Outcome<()> {
    if depth > MAX_DEPTH {
        return Err(Fail::limit(format!(
            "a value is nested deeper than {MAX_DEPTH} levels"
        )));
    }
    Ok(())
}

/// A list, a map or another value where Pebble needs a truth.
pub(crate) fn no_truth(value: &Value, place: &str) -> Fail {
    let help = match value {
        Value::List(_) | Value::Map(_) | Value::Array(_) => "write `is not empty` after it",
        _ => "compare it with `==`",
    };
    Fail::runtime(format!(
        "{place} is {}, but only a boolean, a number or a string is true or false",
        value.kind()
    ))
    .help(help)
}
