//! A reason: a stable code and the values that its sentence names. Holds no sentence; `model::code` has the templates.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;

use serde::{Deserialize, Serialize};

/// The value that names the code of an earlier reason, where one has another for its cause.
pub const BECAUSE: &str = "because";

/// Why: a finding, an omission, a conclusion.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Stable id of the code, e.g. `answer.not-accepted`.
    pub code: Cow<'static, str>,
    /// What its sentence names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<Cow<'static, str>, String>,
}

impl Reason {
    /// A reason without values.
    pub fn new(code: &'static str) -> Self {
        Self {
            code: Cow::Borrowed(code),
            values: BTreeMap::new(),
        }
    }

    /// Adds a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.values.insert(Cow::Borrowed(name), value.to_string());
        self
    }

    /// Has another reason, or that one's own cause, for its cause; the values of both are kept.
    #[must_use]
    pub fn because(mut self, earlier: &Reason) -> Self {
        let root = earlier.cause();
        for (name, value) in root.values {
            self.values.entry(name).or_insert(value);
        }
        self.values
            .insert(Cow::Borrowed(BECAUSE), root.code.into_owned());
        self
    }

    /// The reason at the bottom: what reports fold by.
    #[must_use]
    pub fn cause(&self) -> Reason {
        let mut values = self.values.clone();
        match values.remove(BECAUSE) {
            Some(code) => Reason {
                code: Cow::Owned(code),
                values,
            },
            None => self.clone(),
        }
    }

    /// The reason with every value replaced by what `text` makes of it.
    #[must_use]
    pub fn map_values(self, text: impl Fn(&str) -> String) -> Self {
        let values = self.values.into_iter();
        Self {
            code: self.code,
            values: values.map(|(name, value)| (name, text(&value))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_cause_folds_with_it() {
        let root = Reason::new("answer.throttled").with("answer", "429");
        let later = Reason::new("answer.first-refused").because(&root);
        let latest = Reason::new("answer.later-still").because(&later);
        assert_eq!(later.cause(), root);
        assert_eq!(latest.cause(), root);
        assert_eq!(root.cause(), root);
    }
}
