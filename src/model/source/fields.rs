//! The members of an object, as a reader asks for them: what is missing, what nobody asked for, what is spelt otherwise.

use std::cell::RefCell;

use crate::model::rule::Rule;
use crate::model::source::reader::Cursor;
use crate::model::source::suggestion::{closest, list};
use crate::model::source::tree::{Member, Value};
use crate::model::source::variant::{self, Variant, Written};
use crate::model::source::{Place, Severity};

/// The members of an object, as they are asked for.
#[derive(Debug)]
pub struct Fields<'r> {
    /// The object.
    pub cursor: Cursor<'r>,
    members: &'r [Member],
    known: RefCell<Vec<&'static str>>,
    read: RefCell<Vec<&'r str>>,
}

impl<'r> Cursor<'r> {
    /// Whether it is an object without members.
    pub fn is_empty_object(&self) -> bool {
        matches!(&self.node.value, Value::Object(members) if members.is_empty())
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
}

impl<'r> Fields<'r> {
    /// The elements of an array that can be read; none where there is no such member.
    pub fn elements<T>(
        &self,
        key: &'static str,
        read: impl Fn(&Cursor<'r>) -> Option<T>,
    ) -> Vec<T> {
        let elements = self.get(key).and_then(|c| c.array()).unwrap_or_default();
        elements.iter().filter_map(read).collect()
    }

    /// The value of a key, if present and not `null`; other spellings are read with a warning.
    pub fn get(&self, key: &'static str) -> Option<Cursor<'r>> {
        self.present(key).filter(|cursor| !cursor.is_null())
    }

    /// The value of a key, also if `null`.
    pub fn present(&self, key: &'static str) -> Option<Cursor<'r>> {
        self.known.borrow_mut().push(key);
        let exact = self.member(key).or_else(|| self.variant(key));
        let member = exact.or_else(|| self.in_another_case(key))?;
        self.read.borrow_mut().push(&member.key);
        Some(self.cursor.below(&member.key, &member.value))
    }

    /// The value of a key by that very spelling, noted as read.
    pub fn exactly(&self, key: &str) -> Option<Cursor<'r>> {
        let member = self.member(key)?;
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

    /// Reports a missing key; one that nearly is it is taken for its misspelling.
    pub fn missing(&self, key: &str) {
        let label = self.cursor.label();
        let within = if label.is_empty() {
            String::new()
        } else {
            format!(" in `{label}`")
        };
        let what = format!("missing `{key}`{within}");
        self.lacks(Severity::Error, key, &what, &format!("add `{key}`"));
    }

    /// The same in words of its own, and as bad as that; of a misspelling that does no harm it is enough that nobody
    /// knows the key.
    pub fn lacks(&self, severity: Severity, key: &str, what: &str, help: &str) {
        let reader = self.cursor.reader();
        let problem = match (severity, self.near(key)) {
            (Severity::Warning, Some(_)) => return,
            (Severity::Error | Severity::Violation, Some(near)) => {
                self.read.borrow_mut().push(&near.key);
                let label = self.cursor.below(&near.key, &near.value).label();
                reader.place(near.key_span.clone()).error(
                    format!("unknown key `{label}`, and `{key}` is missing"),
                    format!("did you mean `{key}`?"),
                )
            }
            (Severity::Warning, None) => self.start().warning(what, help),
            (Severity::Error | Severity::Violation, None) => self.start().error(what, help),
        };
        reader.report(problem);
    }

    /// The same of a key without which the rest can be read: it breaks a rule.
    pub fn lacks_of(&self, rule: Rule, key: &str, what: &str, help: &str) {
        let before = self.cursor.reader().count();
        self.lacks(Severity::Error, key, what, help);
        self.cursor.reader().judge_from(before, rule);
    }

    /// The value of a key that one page leaves out; without it, a warning says what is assumed.
    pub fn expected(&self, key: &'static str) -> Option<Cursor<'r>> {
        let found = self.get(key);
        let kind = |written| match written {
            Written::LeftOut { .. } => Some(()),
            Written::Key(_)
            | Written::Value { .. }
            | Written::Empty { .. }
            | Written::Within { .. } => None,
        };
        let variants = self.cursor.reader().strictness().variants;
        if found.is_none()
            && let Some((variant, ())) = variant::find(variants, key, kind)
        {
            let (what, help) = variant.said();
            self.lacks(Severity::Warning, key, &what, &help);
        }
        found
    }

    /// The value of a key that belongs elsewhere, with a warning that says where.
    pub fn astray(&self, key: &'static str) -> Option<Cursor<'r>> {
        let found = self.get(key)?;
        let object = self.cursor.pointer.rsplit('/').next().unwrap_or_default();
        let kind = |written| match written {
            Written::Within { object: other, .. } if other == object => Some(()),
            Written::Within { .. }
            | Written::Key(_)
            | Written::Value { .. }
            | Written::Empty { .. }
            | Written::LeftOut { .. } => None,
        };
        let variants = self.cursor.reader().strictness().variants;
        if let Some((variant, ())) = variant::find(variants, key, kind) {
            found.deviates(variant);
        }
        Some(found)
    }

    /// Whether a key that nobody asked for is nearly this one.
    pub fn misspells(&self, key: &str) -> bool {
        self.near(key).is_some()
    }

    /// Where something is missing: the start of the object; of the file for the outermost.
    fn start(&self) -> Place {
        let span = self.cursor.node.span.clone();
        let start = span.start..span.end.min(span.start + 1);
        let outermost = self.cursor.pointer.is_empty();
        self.cursor
            .reader()
            .place(if outermost { 0..0 } else { start })
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

    /// The legal key of a member, for objects whose keys are free; with a warning where it is spelt otherwise.
    pub fn legal_key<'m>(&self, member: &'m Member) -> &'m str {
        let variants = self.cursor.reader().strictness().variants;
        let spelt = |variant: &&Variant| match variant.written {
            Written::Key(other) => other == member.key,
            Written::Value { .. }
            | Written::Empty { .. }
            | Written::LeftOut { .. }
            | Written::Within { .. } => false,
        };
        let Some(variant) = variants.iter().find(spelt) else {
            return &member.key;
        };
        self.spelt_otherwise(variant, member);
        variant.key
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
            let place = self.cursor.reader().place(member.key_span.clone());
            let message = format!("unknown key `{label}`");
            self.cursor
                .reader()
                .report(match self.cursor.reader().strictness().unknown {
                    Severity::Error => place.error(message, help),
                    Severity::Violation | Severity::Warning => {
                        place.warning(message, help).of(Rule::Spelling)
                    }
                });
        }
    }

    /// Warns of a key that is none of these, and that a person means one of them by.
    pub fn misspelt(&self, (member, key): (&Member, &str), known: &[&str]) {
        let Some(near) = closest(key, known).filter(|near| *near != key) else {
            return;
        };
        let label = self.cursor.below(&member.key, &member.value).label();
        let reader = self.cursor.reader();
        let place = reader.place(member.key_span.clone());
        let what = format!("unknown key `{label}`");
        reader.report(
            place
                .warning(what, format!("did you mean `{near}`?"))
                .of(Rule::Spelling),
        );
    }

    fn member(&self, key: &str) -> Option<&'r Member> {
        self.members.iter().find(|m| m.key == key)
    }

    fn variant(&self, key: &str) -> Option<&'r Member> {
        let kind = |written| match written {
            Written::Key(other) => self.member(other),
            Written::Value { .. }
            | Written::Empty { .. }
            | Written::LeftOut { .. }
            | Written::Within { .. } => None,
        };
        let variants = self.cursor.reader().strictness().variants;
        let (variant, member) = variant::find(variants, key, kind)?;
        if !self.read.borrow().contains(&member.key.as_str()) {
            self.spelt_otherwise(variant, member);
        }
        Some(member)
    }

    fn spelt_otherwise(&self, variant: &Variant, member: &Member) {
        let (message, help) = variant.said();
        let place = self.cursor.reader().place(member.key_span.clone());
        let warning = place.warning(message, help).of(Rule::Spelling);
        self.cursor.reader().report(warning);
    }

    /// The member whose key differs in letter case alone, where that is read: it breaks the rule of spelling.
    fn in_another_case(&self, key: &str) -> Option<&'r Member> {
        let reader = self.cursor.reader();
        if reader.strictness().case == Severity::Error {
            return None;
        }
        let mut members = self.members.iter();
        let member = members.find(|m| m.key.eq_ignore_ascii_case(key))?;
        if !self.read.borrow().contains(&member.key.as_str()) {
            let place = reader.place(member.key_span.clone());
            reader.report(place.violation(
                Rule::Spelling,
                format!("expected the key `{key}`, received `{}`", member.key),
                format!("write `{key}`: keys are case sensitive"),
            ));
        }
        Some(member)
    }

    fn near(&self, key: &str) -> Option<&'r Member> {
        let distance = |member: &&Member| {
            strsim::damerau_levenshtein(&member.key.to_lowercase(), &key.to_lowercase())
        };
        let slips = (key.chars().count() / 3).clamp(1, 2);
        let unread = |member: &&Member| {
            let key = member.key.as_str();
            !self.read.borrow().contains(&key) && !self.known.borrow().contains(&key)
        };
        self.members
            .iter()
            .filter(unread)
            .find(|member| distance(member) <= slips)
    }
}

fn exist(known: &[&str]) -> String {
    if known.is_empty() {
        "no key is known here".to_owned()
    } else {
        format!("known keys: {}", list(known, "and"))
    }
}
