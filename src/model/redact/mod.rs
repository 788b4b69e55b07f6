//! Keeps secrets out of what is recorded: known forms are replaced by a mark, and text that still holds a secret in
//! any other guise is withheld whole. Knows the secrets of a run and learns more while it runs.

mod clean;
pub mod detect;
pub mod fence;
pub mod forms;
mod gate;
mod guises;
mod knowledge;
mod shapes;
mod signed;
mod windows;

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::model::redact::knowledge::{Knowledge, Known};
use crate::model::redact::signed::Signed;
use crate::model::secret::{NamedSecret, Secret};

pub use crate::model::redact::signed::SIGNED;

/// Secrets shorter than this many bytes are replaced only where they stand alone, and never searched for in part.
pub const SHORT: usize = 8;

/// Bytes of the tag of a mark.
const TAG: usize = 2;

/// Names of query keys whose value is a credential, in lower case.
const SIGNED_KEYS: [&str; 7] = [
    "sig",
    "signature",
    "x-amz-credential",
    "x-amz-security-token",
    "x-amz-signature",
    "x-goog-credential",
    "x-goog-signature",
];

/// Replaces and withholds the secrets of a run.
pub struct Redactor {
    key: Option<[u8; 32]>,
    knowledge: RwLock<Arc<Knowledge>>,
    signed: Signed,
}

impl Redactor {
    /// For a live run. The key makes the marks' tags; it is random for each run and forgotten with it.
    pub fn new(key: [u8; 32]) -> Self {
        Self::with_key(Some(key))
    }

    /// For a replay, where secrets are already marks: it replaces, makes no tags and withholds nothing.
    pub fn replaying() -> Self {
        Self::with_key(None)
    }

    fn with_key(key: Option<[u8; 32]>) -> Self {
        Self {
            key,
            knowledge: RwLock::new(Arc::new(Knowledge::default())),
            signed: Signed::default(),
        }
    }

    /// Learns a secret: its forms are replaced, and parts of it are searched for. A value already known keeps its name.
    pub fn learn(&self, named: &NamedSecret) {
        self.learn_as(named, true);
    }

    /// Learns a text that holds a secret and something public, e.g. base64 of `user:password`: replaced as a whole only.
    pub fn learn_whole(&self, named: &NamedSecret) {
        self.learn_as(named, false);
    }

    /// Learns a text that is nearly a secret. A replay knows none but by its mark.
    pub fn learn_near_miss(&self, named: &NamedSecret) {
        if self.key.is_some() || named.secret.is_mark() {
            self.learn_as(named, false);
        }
    }

    fn learn_as(&self, named: &NamedSecret, search: bool) {
        let value = named.secret.expose();
        if value.is_empty() {
            return;
        }
        let mark = self.mark_for(&named.name, value);
        let known = Known {
            name: clean(&named.name),
            secret: named.secret.clone(),
            mark,
            search: search && self.key.is_some(),
        };
        let mut knowledge = self
            .knowledge
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(more) = knowledge.with(known) {
            *knowledge = Arc::new(more);
        }
    }

    /// The mark that stands for a secret: `⟦secret:NAME#7c1e⟧`; that of the name it was learnt by, if it was.
    pub fn mark(&self, name: &str, secret: &Secret) -> String {
        let known = self.knowledge().mark_of(secret.expose()).map(str::to_owned);
        known.unwrap_or_else(|| self.mark_for(name, secret.expose()))
    }

    fn mark_for(&self, name: &str, value: &str) -> String {
        if is_mark(value) {
            return value.to_owned();
        }
        let tag = self.key.and_then(|key| tag(&key, value, TAG));
        let name = clean(name);
        tag.map_or_else(
            || format!("⟦secret:{name}⟧"),
            |tag| format!("⟦secret:{name}#{tag}⟧"),
        )
    }

    /// Names of secrets that are too short or too uniform to be searched for; worth a warning.
    pub fn weak(&self) -> Vec<String> {
        self.knowledge().weak()
    }

    /// The text without secrets.
    pub fn text(&self, text: &str) -> String {
        self.cow(text).into_owned()
    }

    /// The same for a text that may be handed back as it is.
    pub fn own(&self, text: String) -> String {
        match self.cow(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(redacted) => redacted,
        }
    }

    fn cow<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let knowledge = self.knowledge();
        let replaced = knowledge.replace(text);
        match knowledge.betrays(replaced.as_bytes()) {
            Some(held) => Cow::Owned(held),
            None => replaced,
        }
    }

    /// The text with known forms replaced, not searched further: for what is kept by digest only.
    pub fn replaced<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.knowledge().replace(text)
    }

    /// What to record instead of these bytes, if they hold a secret.
    pub fn bytes(&self, bytes: &[u8]) -> Option<String> {
        self.knowledge().betrays(bytes)
    }

    /// A header's value without secrets; the values of cookies are never kept.
    pub fn header(&self, name: &str, value: &str) -> String {
        if name.eq_ignore_ascii_case("set-cookie") || name.eq_ignore_ascii_case("cookie") {
            return self.own(without_cookies(value));
        }
        if name.eq_ignore_ascii_case("location") {
            return self.url(value);
        }
        self.text(value)
    }

    /// A URL without secrets, user information and signatures.
    pub fn url(&self, url: &str) -> String {
        let bare = without_user(url);
        self.own(without_signatures(&bare))
    }

    fn knowledge(&self) -> Arc<Knowledge> {
        Arc::clone(
            &self
                .knowledge
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

/// The text with the tags of its marks left out, so that two runs compare equal.
pub fn untagged(text: &str) -> Cow<'_, str> {
    let first = |text: &str| {
        let starts = ["⟦secret:", SIGNED].into_iter();
        starts.filter_map(|start| text.find(start)).min()
    };
    if first(text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = first(rest) {
        let (before, mark) = rest.split_at(start);
        out.push_str(before);
        let end = mark.find('⟧').unwrap_or(mark.len());
        let (body, after) = mark.split_at(end);
        let tagged = if body.starts_with(SIGNED) { ':' } else { '#' };
        out.push_str(body.split_once(tagged).map_or(body, |(name, _)| name));
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The texts around the marks of a text, in order, and the names in the marks: one text more than names.
pub fn marks(text: &str) -> (Vec<&str>, Vec<String>) {
    let (mut texts, mut names) = (Vec::new(), Vec::new());
    let mut rest = text;
    loop {
        let starts = ["⟦secret:", "⟦withheld:"].map(|start| rest.find(start).map(|at| (at, start)));
        let first = starts.into_iter().flatten().min();
        let whole = first.and_then(|(at, start)| {
            let inner = rest.get(at + start.len()..)?;
            let end = inner.find('⟧')?;
            Some((
                rest.get(..at)?,
                inner.get(..end)?,
                inner.get(end + '⟧'.len_utf8()..)?,
            ))
        });
        let Some((before, inner, after)) = whole else {
            texts.push(rest);
            return (texts, names);
        };
        texts.push(before);
        let name = inner.split_once('#').map_or(inner, |(name, _)| name);
        names.push(name.to_owned());
        rest = after;
    }
}

/// A name as it stands in a mark.
pub fn mark_name(name: &str) -> String {
    clean(name)
}

/// Whether the text is, as a whole, one mark.
fn is_mark(text: &str) -> bool {
    text.strip_prefix("⟦secret:")
        .and_then(|rest| rest.strip_suffix('⟧'))
        .is_some_and(|inner| !inner.contains(['⟦', '⟧']))
}

fn tag(key: &[u8; 32], value: &str, length: usize) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(value.as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes
        .get(..length)
        .map(|head| head.iter().map(|b| format!("{b:02x}")).collect())
}

/// Names keep letters, digits, `_`, `-`, `.`, commas and spaces, so that a mark can be told apart from what surrounds it.
fn clean(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ',' | ' ') {
                c
            } else {
                '_'
            }
        })
        .collect()
}

fn without_cookies(value: &str) -> String {
    let (pair, attributes) = value.split_once(';').unwrap_or((value, ""));
    let name = pair.split_once('=').map_or("", |(name, _)| name);
    let separator = if attributes.is_empty() { "" } else { ";" };
    format!("{name}=⟦withheld:cookie⟧{separator}{attributes}")
}

/// A URL without its user information.
pub fn without_user(url: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Cow::Borrowed(url);
    };
    // a backslash ends an authority, too: URL Standard, authority state
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((_, host)) => Cow::Owned(format!("{scheme}://⟦withheld:user⟧@{host}{tail}")),
        None => Cow::Borrowed(url),
    }
}

fn without_signatures(url: &str) -> String {
    let Some((path, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((key, value))
            if SIGNED_KEYS.contains(&key.to_ascii_lowercase().as_str())
                && !value.starts_with(SIGNED) =>
        {
            format!("{key}=⟦withheld:signature⟧")
        }
        _ => pair.to_owned(),
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}
