//! What a redactor knows at one moment: the secrets, their forms, and the windows of their parts.

use std::borrow::Cow;

use crate::model::redact::SHORT;
use crate::model::redact::clean::Clean;
use crate::model::redact::forms::{forms, short_forms};
use crate::model::redact::gate;
use crate::model::redact::shapes::{Found, Shapes};
use crate::model::redact::windows::Windows;
use crate::model::secret::Secret;

/// A secret as the redactor knows it.
#[derive(Clone)]
pub struct Known {
    /// Name shown in marks.
    pub name: String,
    /// Value.
    pub secret: Secret,
    /// What stands for it.
    pub mark: String,
    /// Whether parts of it are searched for.
    pub search: bool,
}

/// An immutable state; learning makes another.
#[derive(Default)]
pub struct Knowledge {
    secrets: Vec<Known>,
    shapes: Shapes,
    windows: Windows,
    short: bool,
    /// Texts that the gate let pass; each state begins without, for it knows a secret more.
    clean: Clean,
}

impl Knowledge {
    /// The state with one secret more; `None` if the value is known already.
    pub fn with(&self, known: Known) -> Option<Self> {
        if self.mark_of(known.secret.expose()).is_some() {
            return None;
        }
        let owner = self.secrets.len();
        let mut secrets = self.secrets.clone();
        let mut windows = self.windows.clone();
        let value = known.secret.expose();
        let short = value.len() < SHORT;
        let new = if short {
            short_forms(value)
        } else {
            forms(value)
        };
        if !short {
            new.iter()
                .for_each(|form| windows.add(form.text.as_bytes(), owner, false));
            if known.search {
                windows.search_for(value, owner);
            }
        }
        secrets.push(known);
        Some(Self {
            secrets,
            shapes: self.shapes.with(owner, new),
            windows,
            short: self.short || short,
            clean: Clean::default(),
        })
    }

    /// The mark of a value, if it is known.
    pub fn mark_of(&self, value: &str) -> Option<&str> {
        self.secrets
            .iter()
            .find(|known| known.secret.expose() == value)
            .map(|known| known.mark.as_str())
    }

    /// Names of secrets too short or too uniform to be searched for.
    pub fn weak(&self) -> Vec<String> {
        self.secrets
            .iter()
            .filter(|known| {
                let value = known.secret.expose();
                value.len() < SHORT || Windows::is_uniform(value.as_bytes())
            })
            .map(|known| known.name.clone())
            .collect()
    }

    /// The text with every known form replaced.
    pub fn replace<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !self.short && self.windows.find(text.as_bytes(), false).is_none() {
            return Cow::Borrowed(text);
        }
        let mut out = String::new();
        let mut done = 0;
        for found in self.shapes.find(text) {
            let Some((start, end, mark)) = self.extent(text, found) else {
                continue;
            };
            if end <= done {
                continue;
            }
            out.push_str(text.get(done..start.max(done)).unwrap_or_default());
            out.push_str(mark);
            done = end;
        }
        if done == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(text.get(done..).unwrap_or_default());
        Cow::Owned(out)
    }

    fn extent(&self, text: &str, found: Found) -> Option<(usize, usize, &str)> {
        let known = self.secrets.get(found.secret)?;
        let bytes = text.as_bytes();
        let (mut start, mut end) = (found.start, found.end);
        let before = bytes.get(..start).unwrap_or_default();
        let after = bytes.get(end..).unwrap_or_default();
        if known.secret.expose().len() < SHORT {
            let alone = !before.last().is_some_and(u8::is_ascii_alphanumeric)
                && !after.first().is_some_and(u8::is_ascii_alphanumeric);
            return alone.then_some((start, end, &known.mark));
        }
        if found.base64 {
            start -= before.iter().rev().take_while(|b| in_base64(**b)).count();
            end += after
                .iter()
                .take_while(|b| in_base64(**b) || **b == b'=')
                .count();
        }
        Some((start, end, &known.mark))
    }

    /// What to record instead of bytes that hold a secret in any guise.
    pub fn betrays(&self, bytes: &[u8]) -> Option<String> {
        if !self.windows.searches() {
            return None;
        }
        match gate::search(&self.windows, &self.clean, bytes) {
            gate::Search::Clean => None,
            gate::Search::Holds(owner) => Some(self.secrets.get(owner).map_or_else(
                || "⟦withheld:secret⟧".to_owned(),
                |known| known.mark.replacen("⟦secret:", "⟦withheld:", 1),
            )),
            gate::Search::TooDeep => Some("⟦withheld:unsearched⟧".to_owned()),
        }
    }
}

/// The alphabets of RFC 4648 sections 4 and 5, without padding.
fn in_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}
