//! Reads typed values from a tree and gathers every problem on the way; it never stops at the first.

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use crate::model::source::tree::{Member, Node, Value};
use crate::model::source::{Place, Problem, Severity, Source};

/// A key that is also seen in other spellings.
#[derive(Debug, Clone, Copy)]
pub struct Spelling {
    /// The key to write.
    pub canonical: &'static str,
    /// Spellings that are read with a warning.
    pub variants: &'static [&'static str],
}

/// The problems of one file.
#[derive(Debug)]
pub struct Reader {
    source: Arc<Source>,
    problems: RefCell<Vec<Problem>>,
    unknown: Severity,
    spellings: &'static [Spelling],
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

/// The members of an object, as they are asked for.
#[derive(Debug)]
pub struct Fields<'r> {
    /// The object.
    pub cursor: Cursor<'r>,
    members: &'r [Member],
    known: RefCell<Vec<&'static str>>,
    read: RefCell<Vec<&'r str>>,
}

impl Reader {
    /// A reader of a file in which unknown keys have that severity and keys have those other spellings.
    pub fn new(source: &Arc<Source>, unknown: Severity, spellings: &'static [Spelling]) -> Self {
        Self {
            source: Arc::clone(source),
            problems: RefCell::default(),
            unknown,
            spellings,
        }
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

    fn message(&self, what: impl Display) -> String {
        let label = self.label();
        if label.is_empty() {
            what.to_string()
        } else {
            format!("`{label}`: {what}")
        }
    }

    fn wrong<T>(&self, expected: &str) -> Option<T> {
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

    /// A boolean.
    pub fn bool(&self) -> Option<bool> {
        match &self.node.value {
            Value::Bool(value) => Some(*value),
            Value::Null
            | Value::String(_)
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
            Value::Number(number) => number,
            Value::Null
            | Value::String(_)
            | Value::Bool(_)
            | Value::Date(_)
            | Value::Array(_)
            | Value::Object(_) => return self.wrong("a whole number"),
        };
        match number.as_u64() {
            Some(value) if bounds.contains(&value) => Some(value),
            Some(_) | None => self.out_of_range(number, bounds.start(), bounds.end()),
        }
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
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == text) {
            return Some(*value);
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        self.error(
            format!("expected {}, received `{text}`", list(&names, "or")),
            hint(&text, &names),
        );
        None
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

    /// The members of an object; each one read must be asked for, and [`Fields::finish`] names the rest.
    pub fn object(&self) -> Option<Fields<'r>> {
        match &self.node.value {
            Value::Object(members) => Some(Fields {
                cursor: self.clone(),
                members,
                known: RefCell::default(),
                read: RefCell::default(),
            }),
            Value::Null
            | Value::String(_)
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Date(_)
            | Value::Array(_) => self.wrong("an object"),
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        self.node.value == Value::Null
    }

    fn below(&self, part: &str, node: &'r Node) -> Cursor<'r> {
        let part = part.replace('~', "~0").replace('/', "~1");
        Cursor {
            node,
            pointer: format!("{}/{part}", self.pointer),
            reader: self.reader,
        }
    }
}

impl<'r> Fields<'r> {
    /// The value of a key, if present and not `null`; other spellings are read with a warning.
    pub fn get(&self, key: &'static str) -> Option<Cursor<'r>> {
        self.present(key).filter(|cursor| !cursor.is_null())
    }

    /// The value of a key, also if `null`.
    pub fn present(&self, key: &'static str) -> Option<Cursor<'r>> {
        self.known.borrow_mut().push(key);
        let member = self.member(key).or_else(|| self.variant(key))?;
        self.read.borrow_mut().push(&member.key);
        Some(self.cursor.below(&member.key, &member.value))
    }

    /// The value of a key that must be there.
    pub fn need(&self, key: &'static str) -> Option<Cursor<'r>> {
        let found = self.get(key);
        if found.is_none() {
            self.missing(key);
        }
        found
    }

    /// Reports a missing key.
    pub fn missing(&self, key: &str) {
        let span = self.cursor.node.span.clone();
        let start = span.start..span.end.min(span.start + 1);
        let place = self.cursor.reader.place(if self.cursor.pointer.is_empty() {
            0..0
        } else {
            start
        });
        let label = self.cursor.label();
        let within = if label.is_empty() {
            String::new()
        } else {
            format!(" in `{label}`")
        };
        let help = match self.near(key) {
            Some(near) => format!("is `{near}` meant to be `{key}`?"),
            None => format!("add `{key}`"),
        };
        self.cursor
            .reader
            .report(place.error(format!("missing `{key}`{within}"), help));
    }

    /// Every member in order, for objects whose keys are free.
    pub fn each(&self) -> Vec<(&'r Member, Cursor<'r>)> {
        self.members
            .iter()
            .map(|m| {
                self.read.borrow_mut().push(&m.key);
                (m, self.cursor.below(&m.key, &m.value))
            })
            .collect()
    }

    /// Keys that are known and of no interest.
    pub fn ignore(&self, keys: &[&'static str]) {
        for key in keys {
            self.present(key);
        }
    }

    /// Reports every key that nobody asked for.
    pub fn finish(self) {
        let mut known = self.known.borrow().clone();
        known.sort_unstable();
        known.dedup();
        for member in self.members {
            if self.read.borrow().contains(&member.key.as_str()) {
                continue;
            }
            let label = self.cursor.below(&member.key, &member.value).label();
            let help = match closest(&member.key, &known) {
                Some(near) => format!("did you mean `{near}`? {}", exist(&known)),
                None => exist(&known),
            };
            let place = self.cursor.reader.place(member.key_span.clone());
            let message = format!("unknown key `{label}`");
            self.cursor.reader.report(match self.cursor.reader.unknown {
                Severity::Error => place.error(message, help),
                Severity::Warning => place.warning(message, help),
            });
        }
    }

    fn member(&self, key: &str) -> Option<&'r Member> {
        self.members.iter().find(|m| m.key == key)
    }

    fn variant(&self, key: &str) -> Option<&'r Member> {
        let spelling = self
            .cursor
            .reader
            .spellings
            .iter()
            .find(|s| s.canonical == key)?;
        let member = spelling.variants.iter().find_map(|v| self.member(v))?;
        let place = self.cursor.reader.place(member.key_span.clone());
        self.cursor.reader.report(place.warning(
            format!("`{}` is another spelling of `{key}`", member.key),
            format!("write `{key}`"),
        ));
        Some(member)
    }

    fn near(&self, key: &str) -> Option<&'r str> {
        self.members
            .iter()
            .map(|m| m.key.as_str())
            .filter(|k| strsim::damerau_levenshtein(&k.to_lowercase(), &key.to_lowercase()) <= 2)
            .find(|k| !self.read.borrow().contains(k))
    }
}

fn exist(known: &[&str]) -> String {
    if known.is_empty() {
        "no key is known here".to_owned()
    } else {
        format!("known keys: {}", list(known, "and"))
    }
}

fn hint(text: &str, names: &[&str]) -> String {
    match closest(text, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write {}", list(names, "or")),
    }
}

/// The candidate that a person most likely meant; case does not count.
pub fn closest<'a>(text: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let text = text.to_lowercase();
    candidates
        .iter()
        .map(|c| (strsim::damerau_levenshtein(&text, &c.to_lowercase()), *c))
        .filter(|(distance, c)| *distance <= (c.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}

/// "`a`, `b` or `c`".
pub fn list(names: &[&str], joint: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {joint} {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
