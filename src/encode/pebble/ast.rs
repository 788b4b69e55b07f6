//! The parsed template: a compact tree in which names are slots and operator chains are flat.

use std::sync::Arc;

use crate::encode::pebble::fail::Span;
use crate::encode::pebble::filters::Filter;
use crate::encode::pebble::functions::Function;
use crate::encode::pebble::predicates::Test;
use crate::encode::pebble::value::Value;

/// Index of a variable name in [`Program::names`].
pub(crate) type Slot = u32;

/// A parsed template.
#[derive(Debug)]
pub(crate) struct Program {
    pub body: Vec<Node>,
    pub names: Vec<Box<str>>,
    pub source: Box<str>,
}

/// What a template does, in order.
#[derive(Debug)]
pub(crate) enum Node {
    Text(Box<str>),
    Print(Expr),
    If {
        branches: Vec<(Expr, Vec<Node>)>,
        otherwise: Vec<Node>,
        span: Span,
    },
    For(Box<For>),
    Set(Slot, Expr),
}

/// A loop.
#[derive(Debug)]
pub(crate) struct For {
    pub variable: Slot,
    pub loop_slot: Slot,
    pub iterable: Expr,
    pub body: Vec<Node>,
    pub otherwise: Option<Vec<Node>>,
    pub span: Span,
}

/// An expression and where it stands.
#[derive(Debug)]
pub(crate) struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    /// Null, a boolean, a number or a string.
    Literal(Value),
    Name(Slot),
    Call(Box<Call>),
    Path(Box<Path>),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    /// A string with `#{}`.
    Interpolated(Vec<Expr>),
    Not(Box<Expr>),
    Plus(Box<Expr>),
    Minus(Box<Expr>),
    /// Operators, filters and tests applied one after another to the first operand.
    Chain(Box<Chain>),
    Ternary(Box<[Expr; 3]>),
    /// What the body of a `filter` tag renders.
    Body(Vec<Node>),
    /// The autoescaping of a printed value.
    Escaped(Box<Expr>),
}

#[derive(Debug)]
pub(crate) struct Call {
    pub name: Box<str>,
    /// `None` for a name that no function has, which fails when it is called.
    pub function: Option<Function>,
    pub args: Args,
}

#[derive(Debug, Default)]
pub(crate) struct Args {
    pub positional: Vec<Expr>,
    pub named: Vec<(Box<str>, Expr)>,
    pub span: Span,
}

/// Attributes of a value, one after another.
#[derive(Debug)]
pub(crate) struct Path {
    pub base: Expr,
    pub steps: Vec<Step>,
}

#[derive(Debug)]
pub(crate) struct Step {
    pub name: StepName,
    /// `Some` for a method call.
    pub args: Option<Vec<Expr>>,
    pub span: Span,
}

#[derive(Debug)]
pub(crate) enum StepName {
    /// The name, and its hash for large maps.
    Name(Arc<str>, i32),
    Index(Expr),
}

#[derive(Debug)]
pub(crate) struct Chain {
    pub first: Expr,
    pub links: Vec<Link>,
}

#[derive(Debug)]
pub(crate) struct Link {
    pub apply: Apply,
    pub span: Span,
}

#[derive(Debug)]
pub(crate) enum Apply {
    Binary(Binary, Expr),
    /// The name, and the filter when it is known.
    Filter(Box<str>, Option<Filter>, Args),
    /// Whether negated, the name, and the test when it is known.
    Test(bool, Box<str>, Option<Test>, Args),
}

/// The operators with two operands, apart from filters and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Or,
    And,
    Contains,
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulus,
    Concat,
}

impl Binary {
    /// Whether Pebble wraps a failure of the operands, and so reports the line of the operator.
    pub fn wraps(self) -> bool {
        !matches!(
            self,
            Binary::Or | Binary::And | Binary::Contains | Binary::Concat
        )
    }
}
