//! What a template reads and calls, for rules about configurations.

use std::collections::BTreeSet;

use crate::encode::pebble::ast::{
    Apply, Args, Expr, ExprKind, Node, Path, Program, Slot, StepName,
};
use crate::encode::pebble::value::Value;

/// Paths read from the context.
pub(crate) fn variables(program: &Program) -> Vec<String> {
    let mut found = Found::new(program);
    found.nodes(&program.body);
    found.paths.into_iter().collect()
}

/// Functions and filters named.
pub(crate) fn functions(program: &Program) -> Vec<String> {
    let mut found = Found::new(program);
    found.nodes(&program.body);
    found.functions.into_iter().collect()
}

struct Found<'p> {
    program: &'p Program,
    /// Names that a loop or `set` gives.
    own: BTreeSet<Slot>,
    paths: BTreeSet<String>,
    functions: BTreeSet<String>,
}

impl<'p> Found<'p> {
    fn new(program: &'p Program) -> Found<'p> {
        Found {
            program,
            own: BTreeSet::new(),
            paths: BTreeSet::new(),
            functions: BTreeSet::new(),
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(_) => {}
                Node::Print(expr) => self.expr(expr),
                Node::Set(slot, expr) => {
                    self.expr(expr);
                    self.own.insert(*slot);
                }
                Node::If {
                    branches,
                    otherwise,
                    ..
                } => {
                    for (condition, body) in branches {
                        self.expr(condition);
                        self.nodes(body);
                    }
                    self.nodes(otherwise);
                }
                Node::For(each) => {
                    self.expr(&each.iterable);
                    let before = self.own.clone();
                    self.own.extend([each.variable, each.loop_slot]);
                    self.nodes(&each.body);
                    self.own = before;
                    self.nodes(each.otherwise.as_deref().unwrap_or_default());
                }
            }
        }
    }

    fn args(&mut self, args: &Args) {
        for arg in args
            .positional
            .iter()
            .chain(args.named.iter().map(|(_, arg)| arg))
        {
            self.expr(arg);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(_) => {}
            ExprKind::Name(slot) => self.read(*slot, String::new()),
            ExprKind::Path(path) => self.path(path),
            ExprKind::Call(call) => {
                self.functions.insert(call.name.to_string());
                self.args(&call.args);
            }
            ExprKind::List(parts) | ExprKind::Interpolated(parts) => {
                parts.iter().for_each(|part| self.expr(part))
            }
            ExprKind::Map(entries) => {
                for (key, value) in entries {
                    self.expr(key);
                    self.expr(value);
                }
            }
            ExprKind::Not(child)
            | ExprKind::Plus(child)
            | ExprKind::Minus(child)
            | ExprKind::Escaped(child) => {
                self.expr(child);
            }
            ExprKind::Ternary(parts) => parts.iter().for_each(|part| self.expr(part)),
            ExprKind::Body(nodes) => self.nodes(nodes),
            ExprKind::Chain(chain) => {
                self.expr(&chain.first);
                for link in &chain.links {
                    self.apply(&link.apply);
                }
            }
        }
    }

    fn apply(&mut self, apply: &Apply) {
        match apply {
            Apply::Binary(_, right) => self.expr(right),
            Apply::Filter(name, _, args) => {
                self.functions.insert(name.to_string());
                self.args(args);
            }
            Apply::Test(_, _, _, args) => self.args(args),
        }
    }

    fn path(&mut self, path: &Path) {
        let mut names = String::new();
        let mut open = true;
        for step in &path.steps {
            let name = match &step.name {
                StepName::Name(name, _) => Some(name),
                StepName::Index(Expr {
                    kind: ExprKind::Literal(Value::Str(name)),
                    ..
                }) => Some(name),
                StepName::Index(index) => {
                    self.expr(index);
                    None
                }
            };
            step.args.iter().flatten().for_each(|arg| self.expr(arg));
            match name {
                Some(name) if open && step.args.is_none() => {
                    names.push('.');
                    names.push_str(name);
                }
                _ => open = false,
            }
        }
        match &path.base.kind {
            ExprKind::Name(slot) => self.read(*slot, names),
            _ => self.expr(&path.base),
        }
    }

    fn read(&mut self, slot: Slot, rest: String) {
        if !self.own.contains(&slot) {
            self.paths
                .insert(format!("{}{rest}", self.program.names[slot as usize]));
        }
    }
}
