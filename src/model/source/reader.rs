//! Reads typed values from a tree and gathers every problem on the way; it never stops at the first.

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use crate::model::rule::Rule;
use crate::model::secret::Secret;
use crate::model::source::suggestion::{instead, list};
use crate::model::source::tree::{Node, Value};
use crate::model::source::variant::{self, Variant, Written};
use crate::model::source::{Place, Problem, Severity, Source};

/// How strictly a file is read.
#[derive(Debug, Clone, Copy)]
pub struct Strictness {
    /// Of a key that nobody asks for.
    pub unknown: Severity,
    /// Of a secret that stands in the file.
    pub literal_secrets: Severity,
    /// Of a boolean or number in quotes.
    pub quoted: Severity,
    /// Of a key or value in another letter case.
    pub case: Severity,
    /// Other ways to write things, each read with a warning.
    pub variants: &'static [Variant],
}

/// The problems of one file.
#[derive(Debug)]
pub struct Reader {
    source: Arc<Source>,
    problems: RefCell<Vec<Problem>>,
    strictness: Strictness,
}

/// A value, its JSON Pointer, and where problems with it go.
#[derive(Debug, Clone)]
pub struct Cursor<'r> {
    /// The value.
    pub node: &'r Node,
    /// JSON Pointer (RFC 6901) to it.
    pub pointer: String,
    reader: &'r Reader,
}

impl Strictness {
    /// A file in our own format: nothing else is read.
    pub const OWN: Strictness = Strictness {
        unknown: Severity::Error,
        literal_secrets: Severity::Error,
        quoted: Severity::Error,
        case: Severity::Error,
        variants: &[],
    };
}

impl Reader {
    /// A reader of a file.
    pub fn new(source: &Arc<Source>, strictness: Strictness) -> Self {
        Self {
            source: Arc::clone(source),
            problems: RefCell::default(),
            strictness,
        }
    }

    /// How strictly it reads.
    pub fn strictness(&self) -> &Strictness {
        &self.strictness
    }

    /// The file.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The root of a tree.
    pub fn root<'r>(&'r self, node: &'r Node) -> Cursor<'r> {
        Cursor {
            node,
            pointer: String::new(),
            reader: self,
        }
    }

    /// Adds a problem.
    pub fn report(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// How many problems there are so far.
    pub(super) fn count(&self) -> usize {
        self.problems.borrow().len()
    }

    /// Makes violations of a rule of the problems from that one on.
    pub(super) fn judge_from(&self, first: usize, rule: Rule) {
        let mut problems = self.problems.borrow_mut();
        for problem in problems.iter_mut().skip(first) {
            problem.severity = Severity::Violation;
            problem.rule = Some(rule);
        }
    }

    /// A place in the file.
    pub fn place(&self, span: Range<usize>) -> Place {
        Place::new(&self.source, span)
    }

    /// Every problem, in order of the text.
    pub fn finish(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|p| p.span.start);
        problems
    }
}

impl<'r> Cursor<'r> {
    /// Where it is written.
    pub fn place(&self) -> Place {
        self.reader.place(self.node.span.clone())
    }

    /// The file's reader.
    pub fn reader(&self) -> &'r Reader {
        self.reader
    }

    /// The path as a person writes it: `httpTemplate.headers[0].value`.
    pub fn label(&self) -> String {
        let mut label = String::new();
        for part in self.pointer.split('/').skip(1) {
            if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) {
                label.push('[');
                label.push_str(part);
                label.push(']');
            } else {
                if !label.is_empty() {
                    label.push('.');
                }
                label.push_str(&part.replace("~1", "/").replace("~0", "~"));
            }
        }
        label
    }

    /// Reports an error with this value: "`label`: what".
    pub fn error(&self, what: impl Display, help: impl Into<String>) {
        self.reader
            .report(self.place().error(self.message(what), help));
    }

    /// Reports a warning with this value.
    pub fn warning(&self, what: impl Display, help: impl Into<String>) {
        self.reader
            .report(self.place().warning(self.message(what), help));
    }

    /// Reports that this value breaks a rule and is read nevertheless.
    pub fn violation(&self, rule: Rule, what: impl Display, help: impl Into<String>) {
        let problem = self.place().violation(rule, self.message(what), help);
        self.reader.report(problem);
    }

    /// Reports a warning with this value that is a matter of a rule.
    pub fn advice(&self, rule: Rule, what: impl Display, help: impl Into<String>) {
        let problem = self.place().warning(self.message(what), help);
        self.reader.report(problem.of(rule));
    }

    /// Makes warnings of the errors within this value.
    pub fn soften(&self) {
        let span = &self.node.span;
        let mut problems = self.reader.problems.borrow_mut();
        let within = |p: &&mut Problem| span.contains(&p.span.start);
        for problem in problems.iter_mut().filter(within) {
            problem.severity = Severity::Warning;
            problem.rule = None;
        }
    }

    /// Reports that it is written as one page has it, and no other.
    pub fn deviates(&self, variant: &Variant) {
        let (message, help) = variant.said();
        let warning = self.place().warning(message, help);
        self.reader.report(warning.of(Rule::Spelling));
    }

    fn message(&self, what: impl Display) -> String {
        let label = self.label();
        if label.is_empty() {
            what.to_string()
        } else {
            format!("`{label}`: {what}")
        }
    }

    /// Reports a value of another kind.
    pub(super) fn wrong<T>(&self, expected: &str) -> Option<T> {
        let received = self.node.kind();
        self.error(
            format!("expected {expected}, received {received}"),
            format!("write {expected} here"),
        );
        None
    }

    /// A string.
    pub fn string(&self) -> Option<String> {
        match &self.node.value {
            Value::String(text) => Some(text.clone()),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Date(_)
            | Value::Array(_)
            | Value::Object(_) => self.wrong("a string"),
        }
    }

    /// A string with at least one character that is no blank.
    pub fn text(&self) -> Option<String> {
        let text = self.string()?;
        if text.trim().is_empty() {
            self.error("expected some text, received an empty string", "fill it in");
            return None;
        }
        Some(text)
    }

    /// A secret that stands in the file: never shown, and refused or warned of as the file is read.
    pub fn literal_secret(&self, name: &str, help: &str) -> Option<Secret> {
        let text = self.string()?;
        self.hide(name);
        self.judge_secret(help);
        Some(Secret::new(text))
    }

    /// The same of a part of the value: its bytes in the file, and what they say.
    pub fn literal_part(
        &self,
        span: Range<usize>,
        text: &str,
        (name, help): (&str, &str),
    ) -> Secret {
        self.reader.source.hide(span, name);
        self.judge_secret(help);
        Secret::new(text)
    }

    fn judge_secret(&self, help: &str) {
        match self.reader.strictness.literal_secrets {
            Severity::Error => self.error("a literal secret in a file is refused", help),
            Severity::Violation | Severity::Warning => {
                self.advice(Rule::Secrets, "a literal secret in a file", help);
            }
        }
    }

    /// Keeps the value out of every message that shows the file.
    fn hide(&self, name: &str) {
        let mut span = self.node.span.clone();
        if let Value::String(_) = self.node.value {
            let quote = usize::from(span.len() >= 2);
            span = span.start + quote..span.end - quote;
        }
        self.reader.source.hide(span, name);
    }

    /// A text; a number or boolean is one where the file is read leniently.
    pub fn scalar(&self) -> Option<String> {
        let text = match &self.node.value {
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Null
            | Value::String(_)
            | Value::Date(_)
            | Value::Array(_)
            | Value::Object(_) => return self.string(),
        };
        self.unlike(&format!("`\"{text}\"`"), &format!("`{text}`"));
        self.is_lenient().then_some(text)
    }

    fn is_lenient(&self) -> bool {
        self.reader.strictness.quoted == Severity::Warning
    }

    /// Whether another letter case is read, too.
    fn is_of_any_case(&self) -> bool {
        self.reader.strictness.case != Severity::Error
    }

    /// A scalar in quotes that should have none, or the other way about.
    fn unlike(&self, expected: &str, received: &str) {
        let what = format!("expected {expected}, received {received}");
        let help = format!("write {expected}");
        match self.reader.strictness.quoted {
            Severity::Error => self.error(what, help),
            Severity::Violation | Severity::Warning => self.advice(Rule::Spelling, what, help),
        }
    }

    /// The text as the value that it is the text of, where the file is read leniently.
    fn unquoted<T: std::str::FromStr + Display>(&self, text: &str) -> Option<T> {
        let value = text.parse().ok().filter(|_| self.is_lenient())?;
        self.unlike(&format!("`{value}`"), &format!("`\"{text}\"`"));
        Some(value)
    }

    /// A boolean.
    pub fn bool(&self) -> Option<bool> {
        match &self.node.value {
            Value::Bool(value) => Some(*value),
            Value::String(text) => match self.unquoted(text) {
                Some(value) => Some(value),
                None => self.wrong("`true` or `false`"),
            },
            Value::Null
            | Value::Number(_)
            | Value::Date(_)
            | Value::Array(_)
            | Value::Object(_) => self.wrong("`true` or `false`"),
        }
    }

    /// A number within bounds.
    pub fn number(&self, bounds: RangeInclusive<f64>) -> Option<f64> {
        let number = match &self.node.value {
            Value::Number(number) => number.as_f64()?,
            Value::Null
            | Value::String(_)
            | Value::Bool(_)
            | Value::Date(_)
            | Value::Array(_)
            | Value::Object(_) => return self.wrong("a number"),
        };
        if !bounds.contains(&number) {
            return self.out_of_range(number, bounds.start(), bounds.end());
        }
        Some(number)
    }

    /// A whole number within bounds.
    pub fn integer(&self, bounds: RangeInclusive<u64>) -> Option<u64> {
        let number = match &self.node.value {
            Value::Number(number) => number.clone(),
            Value::String(text) => match self.unquoted::<u64>(text) {
                Some(number) => number.into(),
                None => return self.wrong("a whole number"),
            },
            Value::Null | Value::Bool(_) | Value::Date(_) | Value::Array(_) | Value::Object(_) => {
                return self.wrong("a whole number");
            }
        };
        match number.as_u64() {
            Some(value) if bounds.contains(&value) => Some(value),
            Some(_) | None => match self.legal(&number.to_string()) {
                Some(legal) => legal.parse().ok(),
                None => self.out_of_range(number, bounds.start(), bounds.end()),
            },
        }
    }

    /// A whole number that should be within bounds; one beyond them breaks the rule and is taken as it is written.
    pub fn limited(&self, rule: Rule, bounds: RangeInclusive<u64>) -> Option<u64> {
        let written = match &self.node.value {
            Value::Number(number) => number.as_u64(),
            Value::Null
            | Value::String(_)
            | Value::Bool(_)
            | Value::Date(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        };
        let beyond = written.filter(|number| *number > 0 && !bounds.contains(number));
        let Some(number) = beyond else {
            return self.integer(bounds);
        };
        let (low, high) = bounds.into_inner();
        self.violation(
            rule,
            format!("expected a number from {low} to {high}, received {number}"),
            format!("write a number from {low} to {high}"),
        );
        Some(number)
    }

    fn out_of_range<T>(
        &self,
        received: impl Display,
        low: impl Display,
        high: impl Display,
    ) -> Option<T> {
        self.error(
            format!("expected a number from {low} to {high}, received {received}"),
            format!("write a number from {low} to {high}"),
        );
        None
    }

    /// One of several strings.
    pub fn one_of<T: Copy>(&self, choices: &[(&'static str, T)]) -> Option<T> {
        let text = self.string()?;
        let choice = |text: &str| choices.iter().find(|(name, _)| *name == text);
        let found = choice(&text).or_else(|| choice(self.legal(&text)?));
        if let Some((_, value)) = found {
            return Some(*value);
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let what = format!("expected {}, received `{text}`", list(&names, "or"));
        let mut alike = choices.iter();
        let alike = alike.find(|(name, _)| name.eq_ignore_ascii_case(&text));
        match alike.filter(|_| self.is_of_any_case()) {
            Some((name, value)) => {
                let help = format!("write `{name}`: values are case sensitive");
                self.violation(Rule::Spelling, what, help);
                Some(*value)
            }
            None => {
                self.error(what, instead(&text, &names));
                None
            }
        }
    }

    /// The same without a word about what is none of them.
    pub fn one_of_any<T: Copy>(&self, choices: &[(&'static str, T)]) -> Option<T> {
        let Value::String(text) = &self.node.value else {
            return None;
        };
        let mut choices = choices.iter();
        let found = choices.find(|(name, _)| name.eq_ignore_ascii_case(text));
        found.map(|(_, value)| *value)
    }

    /// Reports that the value is empty and says nothing.
    pub fn empty(&self) {
        let kind = |written| match written {
            Written::Empty { .. } => Some(()),
            Written::Key(_)
            | Written::Value { .. }
            | Written::LeftOut { .. }
            | Written::Within { .. } => None,
        };
        let key = self.pointer.rsplit('/').next().unwrap_or_default();
        if let Some((variant, ())) = variant::find(self.reader.strictness.variants, key, kind) {
            self.deviates(variant);
        }
    }

    /// The legal value for another that is known to stand for it, with a warning.
    pub fn legal(&self, text: &str) -> Option<&'static str> {
        let mut parts = self.pointer.rsplit('/');
        let key = parts.find(|part| part.parse::<usize>().is_err())?;
        let kind = |written| match written {
            Written::Value { written, legal } if written == text => Some(legal),
            Written::Value { .. }
            | Written::Key(_)
            | Written::Empty { .. }
            | Written::LeftOut { .. }
            | Written::Within { .. } => None,
        };
        let (variant, legal) = variant::find(self.reader.strictness.variants, key, kind)?;
        self.deviates(variant);
        Some(legal)
    }

    /// The elements of an array.
    pub fn array(&self) -> Option<Vec<Cursor<'r>>> {
        match &self.node.value {
            Value::Array(elements) => Some(
                elements
                    .iter()
                    .enumerate()
                    .map(|(at, node)| self.below(&at.to_string(), node))
                    .collect(),
            ),
            Value::Null
            | Value::String(_)
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Date(_)
            | Value::Object(_) => self.wrong("an array"),
        }
    }

    /// An array of strings.
    pub fn strings(&self) -> Option<Vec<String>> {
        Some(self.array()?.iter().filter_map(Cursor::string).collect())
    }

    /// Whether it is a text, an array or an object with nothing in it.
    pub fn is_empty(&self) -> bool {
        match &self.node.value {
            Value::String(text) => text.is_empty(),
            Value::Array(elements) => elements.is_empty(),
            Value::Object(members) => members.is_empty(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Date(_) => false,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        self.node.value == Value::Null
    }

    /// A value within this one.
    pub(super) fn below(&self, part: &str, node: &'r Node) -> Cursor<'r> {
        let part = part.replace('~', "~0").replace('/', "~1");
        Cursor {
            node,
            pointer: format!("{}/{part}", self.pointer),
            reader: self.reader,
        }
    }
}
