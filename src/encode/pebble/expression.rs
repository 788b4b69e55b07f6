//! Expressions: literals, names, paths, calls and operators by precedence.

use std::sync::Arc;

use crate::encode::pebble::ast::{
    Apply, Args, Binary, Call, Chain, Expr, ExprKind, Link, Path, Step, StepName,
};
use crate::encode::pebble::error::ErrorKind;
use crate::encode::pebble::fail::{Fail, Outcome, Span};
use crate::encode::pebble::filters::Filter;
use crate::encode::pebble::functions::Function;
use crate::encode::pebble::java_text;
use crate::encode::pebble::lexer::{Kind, Token};
use crate::encode::pebble::number;
use crate::encode::pebble::parser::Parser;
use crate::encode::pebble::predicates::Test;
use crate::encode::pebble::subset;
use crate::encode::pebble::value::Value;

const UNARY: u16 = 500;
const FILTER: u16 = 100;
const TEST: u16 = 20;

enum Infix {
    Binary(Binary),
    Filter,
    Test(bool),
    Range,
}

/// The operator between two operands and its precedence, which all associate to the left.
fn infix(token: &Token) -> Option<(Infix, u16)> {
    if token.kind != Kind::Operator {
        return None;
    }
    let found = match token.text.as_str() {
        "or" => (Infix::Binary(Binary::Or), 10),
        "and" => (Infix::Binary(Binary::And), 15),
        "is" => (Infix::Test(false), TEST),
        "is not" => (Infix::Test(true), TEST),
        "contains" => (Infix::Binary(Binary::Contains), 20),
        "==" | "equals" => (Infix::Binary(Binary::Equal), 30),
        "!=" => (Infix::Binary(Binary::NotEqual), 30),
        ">" => (Infix::Binary(Binary::Greater), 30),
        "<" => (Infix::Binary(Binary::Less), 30),
        ">=" => (Infix::Binary(Binary::GreaterEqual), 30),
        "<=" => (Infix::Binary(Binary::LessEqual), 30),
        "+" => (Infix::Binary(Binary::Add), 40),
        "-" => (Infix::Binary(Binary::Subtract), 40),
        "*" => (Infix::Binary(Binary::Multiply), 60),
        "/" => (Infix::Binary(Binary::Divide), 60),
        "%" => (Infix::Binary(Binary::Modulus), 60),
        "|" => (Infix::Filter, FILTER),
        "~" => (Infix::Binary(Binary::Concat), 110),
        ".." => (Infix::Range, 120),
        _ => return None,
    };
    Some(found)
}

impl Parser<'_> {
    /// A whole expression, ternary included.
    pub fn expression(&mut self) -> Outcome<Expr> {
        self.nested(|parser| {
            let expr = parser.operation(0)?;
            parser.ternary(expr)
        })
    }

    fn operation(&mut self, minimum: u16) -> Outcome<Expr> {
        let first = self.operand()?;
        let mut links = Vec::new();
        while let Some((operator, precedence)) = infix(self.token())
            && precedence >= minimum
        {
            let at = self.next().span.at;
            let apply = match operator {
                Infix::Filter => self.filter()?,
                Infix::Test(negated) => self.test(negated)?,
                Infix::Range => {
                    let line = self.token().span.line;
                    return Err(subset::range_operator().at(Span { at, line }));
                }
                Infix::Binary(binary) => {
                    let right = self.nested(|parser| parser.operation(precedence + 1))?;
                    Apply::Binary(binary, right)
                }
            };
            let line = self.token().span.line;
            links.push(Link {
                apply,
                span: Span { at, line },
            });
        }
        if links.is_empty() {
            return Ok(first);
        }
        let span = first.span;
        Ok(Expr {
            kind: ExprKind::Chain(Box::new(Chain { first, links })),
            span,
        })
    }

    fn ternary(&mut self, condition: Expr) -> Outcome<Expr> {
        if !self.is_punctuation("?") {
            return Ok(condition);
        }
        self.next();
        let then = self.expression()?;
        self.expect_punctuation(":")?;
        let otherwise = self.expression()?;
        let span = condition.span;
        Ok(Expr {
            kind: ExprKind::Ternary(Box::new([condition, then, otherwise])),
            span,
        })
    }

    fn operand(&mut self) -> Outcome<Expr> {
        let token = self.token();
        let span = token.span;
        match (token.kind, token.text.as_str()) {
            (Kind::Operator, "not" | "-" | "+") => self.unary(),
            (Kind::Punctuation, "(") => {
                self.next();
                let inner = self.expression()?;
                self.expect_punctuation(")")?;
                // a parenthesis hides a literal from autoescaping no more than Pebble's tree does
                self.postfix(inner)
            }
            (Kind::Punctuation, "[") => self.list(span),
            (Kind::Punctuation, "{") => self.map(span),
            _ => {
                let primary = self.primary()?;
                self.postfix(primary)
            }
        }
    }

    fn unary(&mut self) -> Outcome<Expr> {
        let operator = self.next();
        let child = Box::new(self.nested(|parser| parser.operation(UNARY))?);
        let span = Span {
            at: operator.span.at,
            line: self.token().span.line,
        };
        let kind = match operator.text.as_str() {
            "not" => ExprKind::Not(child),
            "-" => ExprKind::Minus(child),
            _ => ExprKind::Plus(child),
        };
        Ok(Expr { kind, span })
    }

    fn primary(&mut self) -> Outcome<Expr> {
        let span = self.token().span;
        let kind = match self.token().kind {
            Kind::Name => {
                if let Some(literal) = named_literal(&self.token().text) {
                    self.next();
                    ExprKind::Literal(literal)
                } else if self.peek().kind == Kind::Punctuation && self.peek().text == "(" {
                    return self.call();
                } else {
                    let name = self.next().text;
                    ExprKind::Name(self.slot(&name))
                }
            }
            Kind::Long | Kind::Number => {
                let token = self.next();
                ExprKind::Literal(
                    number::literal(&token.text, token.kind == Kind::Long, self.options)
                        .map_err(|f| f.at(span))?,
                )
            }
            Kind::String | Kind::InterpolationStart => return self.string(),
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Expr { kind, span })
    }

    fn call(&mut self) -> Outcome<Expr> {
        let token = self.next();
        let span = Span {
            at: token.span.at,
            line: self.token().span.line,
        };
        if let Some(refusal) = subset::function(&token.text) {
            return Err(refusal.at(token.span));
        }
        let args = self.arguments()?;
        Ok(Expr {
            kind: ExprKind::Call(Box::new(Call {
                function: Function::named(&token.text),
                name: token.text.into(),
                args,
            })),
            span,
        })
    }

    fn string(&mut self) -> Outcome<Expr> {
        let span = self.token().span;
        let mut parts = Vec::new();
        let mut after_string = false;
        loop {
            let token = self.token();
            if token.kind == Kind::String && !after_string {
                let span = token.span;
                let text = self.next().text;
                parts.push(Expr {
                    kind: ExprKind::Literal(Value::Str(text.into())),
                    span,
                });
                after_string = true;
            } else if token.kind == Kind::InterpolationStart {
                self.next();
                parts.push(self.expression()?);
                self.expect(Kind::InterpolationEnd, "`}` at the end of `#{`")?;
                after_string = false;
            } else {
                break;
            }
        }
        if parts.len() == 1 {
            return Ok(parts.remove(0));
        }
        Ok(Expr {
            kind: ExprKind::Interpolated(parts),
            span,
        })
    }

    fn postfix(&mut self, base: Expr) -> Outcome<Expr> {
        let mut steps = Vec::new();
        loop {
            if self.is_punctuation(".") {
                self.next();
                steps.push(self.attribute()?);
            } else if self.is_punctuation("[") {
                let at = self.next().span.at;
                let index = self.expression()?;
                let line = self.token().span.line;
                self.expect_punctuation("]")?;
                steps.push(Step {
                    name: StepName::Index(index),
                    args: None,
                    span: Span { at, line },
                });
            } else if self.is_punctuation("(") {
                return Err(self
                    .unexpected("an operator or the end of the expression")
                    .help("only a name can be called"));
            } else {
                break;
            }
        }
        if steps.is_empty() {
            return Ok(base);
        }
        let span = base.span;
        Ok(Expr {
            kind: ExprKind::Path(Box::new(Path { base, steps })),
            span,
        })
    }

    fn attribute(&mut self) -> Outcome<Step> {
        if matches!(self.token().kind, Kind::Number | Kind::Long) {
            let number = self.token().text.clone();
            return Err(self
                .unexpected("a name after `.`")
                .help(format!("write `[{number}]` for an element of a list")));
        }
        let token = self.expect(Kind::Name, "a name after `.`")?;
        let mut args = None;
        if self.is_punctuation("(") {
            let parsed = self.arguments()?;
            if !parsed.named.is_empty() {
                return Err(Fail::new(
                    ErrorKind::Syntax,
                    format!("the method `{}` takes no named arguments", token.text),
                )
                .help("pass its arguments by position")
                .at(Span {
                    at: token.span.at,
                    line: self.token().span.line,
                }));
            }
            args = Some(parsed.positional);
        }
        let hash = java_text::hash(&token.text);
        Ok(Step {
            name: StepName::Name(Arc::from(token.text), hash),
            args,
            span: token.span,
        })
    }

    /// The name of a filter and its arguments.
    pub fn filter(&mut self) -> Outcome<Apply> {
        let token = self.expect(Kind::Name, "the name of a filter")?;
        let args = self.optional_arguments(token.span)?;
        let filter = Filter::named(&token.text);
        Ok(Apply::Filter(token.text.into(), filter, args))
    }

    fn test(&mut self, negated: bool) -> Outcome<Apply> {
        let token = self.expect(Kind::Name, "the name of a test after `is`")?;
        let args = self.optional_arguments(token.span)?;
        let test = Test::named(&token.text);
        Ok(Apply::Test(negated, token.text.into(), test, args))
    }

    fn optional_arguments(&mut self, span: Span) -> Outcome<Args> {
        if self.is_punctuation("(") {
            return self.arguments();
        }
        Ok(Args {
            span,
            ..Args::default()
        })
    }

    fn arguments(&mut self) -> Outcome<Args> {
        let mut args = Args::default();
        let at = self.expect_punctuation("(")?.span.at;
        while !self.is_punctuation(")") {
            if !(args.positional.is_empty() && args.named.is_empty()) {
                self.expect_punctuation(",")?;
            }
            let named = self.peek().kind == Kind::Punctuation && self.peek().text == "=";
            if named {
                let name = self.token().text.clone();
                self.new_name()?;
                self.expect_punctuation("=")?;
                let value = self.expression()?;
                args.named.push((name.into(), value));
                continue;
            }
            let value = self.expression()?;
            if !args.named.is_empty() {
                return Err(Fail::new(
                    ErrorKind::Syntax,
                    "an argument by position follows a named argument",
                )
                .help("write the arguments without names first")
                .at(Span {
                    at: value.span.at,
                    line: self.token().span.line,
                }));
            }
            args.positional.push(value);
        }
        self.next();
        args.span = Span {
            at,
            line: self.token().span.line,
        };
        Ok(args)
    }

    fn list(&mut self, span: Span) -> Outcome<Expr> {
        self.next();
        let mut elements = Vec::new();
        if !self.is_punctuation("]") {
            loop {
                elements.push(self.expression()?);
                if self.is_punctuation("]") {
                    break;
                }
                self.expect_punctuation(",")?;
            }
        }
        self.next();
        Ok(Expr {
            kind: ExprKind::List(elements),
            span,
        })
    }

    fn map(&mut self, span: Span) -> Outcome<Expr> {
        self.next();
        let mut entries = Vec::new();
        if !self.is_punctuation("}") {
            loop {
                let key = self.expression()?;
                self.expect_punctuation(":")?;
                entries.push((key, self.expression()?));
                if self.is_punctuation("}") {
                    break;
                }
                self.expect_punctuation(",")?;
            }
        }
        self.next();
        Ok(Expr {
            kind: ExprKind::Map(entries),
            span,
        })
    }

    /// A printed expression with the escaping that the options ask for.
    pub fn escaped(&self, expr: Expr) -> Expr {
        if !self.options.auto_escaping || self.filters > 0 {
            return expr;
        }
        let span = expr.span;
        let wrap = |expr: Expr| {
            if is_safe(&expr) {
                return expr;
            }
            let span = expr.span;
            Expr {
                kind: ExprKind::Escaped(Box::new(expr)),
                span,
            }
        };
        match expr.kind {
            ExprKind::Ternary(parts) => {
                let [condition, then, otherwise] = *parts;
                Expr {
                    kind: ExprKind::Ternary(Box::new([condition, wrap(then), wrap(otherwise)])),
                    span,
                }
            }
            kind => wrap(Expr { kind, span }),
        }
    }
}

fn named_literal(name: &str) -> Option<Value> {
    match name {
        "true" | "TRUE" => Some(Value::Bool(true)),
        "false" | "FALSE" => Some(Value::Bool(false)),
        "null" | "NULL" | "none" | "NONE" => Some(Value::Null),
        _ => None,
    }
}

/// Whether autoescaping leaves the expression alone: a string literal, or two of them joined.
fn is_safe(expr: &Expr) -> bool {
    let literal = |expr: &Expr| matches!(expr.kind, ExprKind::Literal(Value::Str(_)));
    match &expr.kind {
        ExprKind::Chain(chain) => match chain.links.as_slice() {
            [
                Link {
                    apply: Apply::Binary(Binary::Concat, right),
                    ..
                },
            ] => literal(&chain.first) && literal(right),
            _ => false,
        },
        _ => literal(expr),
    }
}
