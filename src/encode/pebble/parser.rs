//! The token stream and the statements: text, prints and the tags filter, for, if and set.

use std::collections::HashMap;

use crate::encode::pebble::allowance::Allowance;
use crate::encode::pebble::ast::{Chain, Expr, ExprKind, For, Link, Node, Program, Slot};
use crate::encode::pebble::error::ErrorKind;
use crate::encode::pebble::fail::{Fail, Outcome, Span};
use crate::encode::pebble::lexer::{self, Kind, Token};
use crate::encode::pebble::options::Options;
use crate::encode::pebble::subset;

/// The tokens of a template, the names seen so far and how deep the parser stands.
pub(crate) struct Parser<'o> {
    tokens: Vec<Token>,
    current: usize,
    names: Vec<Box<str>>,
    slots: HashMap<Box<str>, Slot>,
    depth: usize,
    /// How many `filter` tags are open: what they hold is escaped as a whole, after the filter.
    pub filters: usize,
    pub options: &'o Options,
}

/// Parse `source`.
///
/// # Errors
/// A failure placed on the template.
pub(crate) fn parse(source: &str, options: &Options) -> Outcome<Program> {
    if source.len() > options.limits.source {
        let bound = options.limits.source;
        return Err(
            Fail::limit(format!("the template is longer than {bound} bytes")).at(Span::default()),
        );
    }
    Allowance::take_bytes(source.len());
    let mut parser = Parser {
        tokens: lexer::tokens(source, options.new_line_trimming)?,
        current: 0,
        names: Vec::new(),
        slots: HashMap::new(),
        depth: 0,
        filters: 0,
        options,
    };
    let body = parser.body(&[])?;
    Ok(Program {
        body,
        names: parser.names,
        source: source.into(),
    })
}

impl Parser<'_> {
    /// The current token; the end of the template when there is none.
    pub fn token(&self) -> &Token {
        let last = self.tokens.len() - 1;
        &self.tokens[self.current.min(last)]
    }

    pub fn peek(&self) -> &Token {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.current + 1).min(last)]
    }

    /// Move on; the token that was current.
    pub fn next(&mut self) -> Token {
        let token = self.token().clone();
        self.current += 1;
        token
    }

    pub fn is(&self, kind: Kind, text: &str) -> bool {
        self.token().kind == kind && self.token().text == text
    }

    pub fn is_punctuation(&self, text: &str) -> bool {
        self.is(Kind::Punctuation, text)
    }

    pub fn expect_punctuation(&mut self, text: &str) -> Outcome<Token> {
        if self.is_punctuation(text) {
            return Ok(self.next());
        }
        Err(self.unexpected(&format!("`{text}`")))
    }

    pub fn expect(&mut self, kind: Kind, what: &str) -> Outcome<Token> {
        if self.token().kind == kind {
            return Ok(self.next());
        }
        Err(self.unexpected(what))
    }

    /// A syntax error: this token cannot stand here.
    pub fn unexpected(&self, expected: &str) -> Fail {
        let token = self.token();
        let fail = Fail::new(
            ErrorKind::Syntax,
            format!("expected {expected}, received {}", described(token)),
        );
        let fail = match unexpected_help(token) {
            Some(help) => fail.help(help),
            None => fail,
        };
        fail.at(token.span)
    }

    pub fn slot(&mut self, name: &str) -> Slot {
        if let Some(slot) = self.slots.get(name) {
            return *slot;
        }
        let slot = self.names.len() as Slot;
        self.names.push(name.into());
        self.slots.insert(name.into(), slot);
        slot
    }

    /// Go one level deeper for `parse`.
    pub fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        let bound = self.options.limits.depth;
        if self.depth >= bound {
            return Err(Fail::limit(format!(
                "tags and expressions are nested deeper than {bound} levels"
            ))
            .at(self.token().span));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// Statements up to one of the tags `stops`, which stays current, or to the end of the template.
    fn body(&mut self, stops: &[&str]) -> Outcome<Vec<Node>> {
        let mut nodes = Vec::new();
        loop {
            match self.token().kind {
                Kind::Eof => return Ok(nodes),
                Kind::Text => nodes.push(Node::Text(self.next().text.into())),
                Kind::PrintStart => {
                    self.next();
                    let expr = self.expression()?;
                    let expr = self.escaped(expr);
                    self.expect(Kind::PrintEnd, "`}}`")?;
                    nodes.push(Node::Print(expr));
                }
                _ => {
                    self.next();
                    if self.token().kind != Kind::Name {
                        return Err(self.unexpected("the name of a tag after `{%`"));
                    }
                    if stops.contains(&self.token().text.as_str()) {
                        return Ok(nodes);
                    }
                    nodes.push(self.nested(Parser::tag)?);
                }
            }
        }
    }

    fn tag(&mut self) -> Outcome<Node> {
        let token = self.next();
        match token.text.as_str() {
            "if" => self.if_tag(token.span),
            "for" => self.for_tag(token.span),
            "set" => self.set_tag(),
            "filter" => self.filter_tag(token.span),
            name => Err(subset::tag(name).at(token.span)),
        }
    }

    fn end_of_tag(&mut self) -> Outcome<()> {
        self.expect(Kind::ExecuteEnd, "`%}`").map(drop)
    }

    fn if_tag(&mut self, span: Span) -> Outcome<Node> {
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        let condition = self.expression()?;
        self.end_of_tag()?;
        let stops = ["elseif", "else", "endif"];
        branches.push((condition, self.body(&stops)?));
        loop {
            if self.token().kind == Kind::Eof {
                return Err(self.unclosed("if", "endif", span));
            }
            let tag = self.next();
            match tag.text.as_str() {
                "else" => {
                    self.end_of_tag()?;
                    otherwise = self.body(&["endif"])?;
                }
                "elseif" => {
                    let condition = self.expression()?;
                    self.end_of_tag()?;
                    branches.push((condition, self.body(&stops)?));
                }
                _ => break,
            }
        }
        self.end_of_tag()?;
        Ok(Node::If {
            branches,
            otherwise,
            span,
        })
    }

    fn for_tag(&mut self, span: Span) -> Outcome<Node> {
        let variable = self.new_name()?;
        if !self.is(Kind::Name, "in") {
            return Err(self.unexpected("`in` after the variable of `for`"));
        }
        self.next();
        let iterable = self.expression()?;
        self.end_of_tag()?;
        let loop_slot = self.slot("loop");
        let body = self.body(&["else", "endfor"])?;
        let mut otherwise = None;
        if self.is(Kind::Name, "else") {
            self.next();
            self.end_of_tag()?;
            otherwise = Some(self.body(&["endfor"])?);
        }
        if self.token().kind == Kind::Eof {
            return Err(self.unclosed("for", "endfor", span));
        }
        self.next();
        self.end_of_tag()?;
        Ok(Node::For(Box::new(For {
            variable,
            loop_slot,
            iterable,
            body,
            otherwise,
            span,
        })))
    }

    fn set_tag(&mut self) -> Outcome<Node> {
        let slot = self.new_name()?;
        self.expect_punctuation("=")?;
        let value = self.expression()?;
        self.end_of_tag()?;
        Ok(Node::Set(slot, value))
    }

    fn filter_tag(&mut self, span: Span) -> Outcome<Node> {
        let mut filters = vec![self.filter()?];
        while self.is(Kind::Operator, "|") {
            self.next();
            filters.push(self.filter()?);
        }
        self.end_of_tag()?;
        self.filters += 1;
        let body = self.body(&["endfilter"])?;
        self.filters -= 1;
        if self.token().kind == Kind::Eof {
            return Err(self.unclosed("filter", "endfilter", span));
        }
        self.next();
        self.end_of_tag()?;
        let links = filters
            .into_iter()
            .map(|apply| Link { apply, span })
            .collect();
        let first = Expr {
            kind: ExprKind::Body(body),
            span,
        };
        let filtered = Expr {
            kind: ExprKind::Chain(Box::new(Chain { first, links })),
            span,
        };
        Ok(Node::Print(self.escaped(filtered)))
    }

    /// The template ends before `end`; Pebble reports the line of the end, the column is that of the opening tag.
    fn unclosed(&self, tag: &str, end: &str, opened: Span) -> Fail {
        let line = self.token().span.line;
        Fail::new(
            ErrorKind::Syntax,
            format!("the tag `{tag}` is never closed"),
        )
        .help(format!(
            "add `{{% {end} %}}`; the `{tag}` opens in line {}",
            opened.line
        ))
        .at(Span {
            at: self.token().span.at,
            line,
        })
    }

    /// The name of a variable that is set here.
    pub fn new_name(&mut self) -> Outcome<Slot> {
        let token = self.expect(Kind::Name, "the name of a variable")?;
        if ["true", "false", "null", "none"].contains(&token.text.as_str()) {
            let message = format!("`{}` is a literal and cannot be set", token.text);
            return Err(Fail::new(ErrorKind::Syntax, message)
                .help("choose another name")
                .at(token.span));
        }
        Ok(self.slot(&token.text))
    }
}

/// A token in words.
fn described(token: &Token) -> String {
    match token.kind {
        Kind::Eof => "the end of the template".to_owned(),
        Kind::ExecuteEnd | Kind::PrintEnd => format!("`{}`", token.text),
        Kind::PrintStart => "`{{`".to_owned(),
        Kind::ExecuteStart => "`{%`".to_owned(),
        Kind::String => format!("the string `{}`", token.text),
        Kind::Long | Kind::Number => format!("the number {}", token.text),
        Kind::Operator => format!("the operator `{}`", token.text),
        Kind::Text
        | Kind::Name
        | Kind::InterpolationStart
        | Kind::InterpolationEnd
        | Kind::Punctuation => format!("`{}`", token.text),
    }
}

/// What a partner engineer probably meant.
fn unexpected_help(token: &Token) -> Option<String> {
    let help = match (token.kind, token.text.as_str()) {
        (Kind::Operator, "contains" | "equals" | "is" | "not" | "and" | "or" | "is not") => {
            format!(
                "`{0}` is an operator of Pebble and cannot be a name: write `map[\"{0}\"]` for a key",
                token.text
            )
        }
        (Kind::Name, "if") => {
            "Pebble has no `if` in this place: write `condition ? a : b`, or an `if` tag".to_owned()
        }
        (Kind::Name, "in") => "Pebble tests membership with `list contains value`".to_owned(),
        (Kind::Punctuation, "=") => {
            "compare with `==`; `=` belongs to `set` and to named arguments".to_owned()
        }
        (Kind::Punctuation, ".") => {
            "numbers need a digit before and after the point; `..` is not supported".to_owned()
        }
        (Kind::String, _) => "join strings with `~`".to_owned(),
        _ => return None,
    };
    Some(help)
}
