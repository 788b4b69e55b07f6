//! Secrets that stand in posted JSON: how they are kept, where they are looked for, and what keeps them out of sight when
//! the JSON cannot be read.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use percent_encoding::percent_decode_str;
use regex::Regex;

use crate::model::sdk::template::TemplateString;
use crate::model::secret::{NamedSecret, Secret, mark};
use crate::model::source::reader::Cursor;
use crate::model::source::{Place, Source};

/// Keys whose values are secrets, in posted JSON and in a submission.
const KEYS: &str = "accessToken|clientSecret|client_secret|password|refreshToken|s3SecretKey|secretKey|sshKey|token";

/// A secret that stands in posted JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// What a record shows in its place.
    pub name: String,
    /// Its value.
    pub secret: Secret,
    /// Where it is written.
    pub place: Place,
}

impl Literal {
    /// Takes the secret at a cursor into custody; nothing where literal secrets are refused, or where it is still to come.
    pub(crate) fn read(cursor: &Cursor<'_>, name: &str, help: &str) -> Option<Self> {
        if is_placeholder(&cursor.string()?) {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            secret: cursor.literal_secret(name, help)?,
            place: cursor.place(),
        })
    }

    /// The same of a part of a text: its bytes in the file, and what they say.
    pub(crate) fn part(
        cursor: &Cursor<'_>,
        (span, value): (Range<usize>, &str),
        (name, help): (&str, &str),
    ) -> Self {
        Self {
            name: name.to_owned(),
            secret: cursor.literal_part(span.clone(), value, (name, help)),
            place: cursor.reader().place(span),
        }
    }

    /// The secret with its name, as it is written and as it is meant where it is percent-encoded.
    pub fn known(&self) -> Vec<NamedSecret> {
        let written = self.secret.expose();
        let meant = percent_decode_str(written).decode_utf8_lossy();
        let mut known = vec![self.named()];
        if meant != written {
            known.push(NamedSecret::new(self.name.clone(), Secret::new(meant)));
        }
        known
    }

    /// The secret with its name.
    pub fn named(&self) -> NamedSecret {
        NamedSecret::new(self.name.clone(), self.secret.clone())
    }

    /// What people see in its place.
    pub fn mark(&self) -> String {
        mark(&self.name)
    }

    /// The template with the secret for its value: hand it to a renderer and to nothing else.
    pub fn fill(&self, template: &TemplateString) -> TemplateString {
        TemplateString {
            value: self.secret.expose().to_owned(),
            ..template.clone()
        }
    }
}

/// A text with a mark in the place of each secret that stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The text.
    pub text: String,
    /// The secrets, in order.
    pub literals: Vec<Literal>,
}

impl Marked {
    /// The text with its secrets: hand it to what sends it and to nothing else.
    pub fn sent(&self) -> String {
        with_secrets(&self.text, &self.literals)
    }
}

/// The template with each of these secrets in the place of its mark, in order: hand it to a renderer and to nothing else.
pub(crate) fn filled(template: &TemplateString, literals: &[Literal]) -> TemplateString {
    TemplateString {
        value: with_secrets(&template.value, literals),
        ..template.clone()
    }
}

fn with_secrets(text: &str, literals: &[Literal]) -> String {
    let fill = |text: String, literal: &Literal| {
        text.replacen(&literal.mark(), literal.secret.expose(), 1)
    };
    literals.iter().fold(text.to_owned(), fill)
}

/// Empty, a template, or what people write where a value is still to come: `<…>`, `${…}`, `***`.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    is_template(text)
        || text.is_empty()
        || (text.starts_with('<') && text.ends_with('>'))
        || (text.starts_with("${") && text.ends_with('}'))
        || text
            .chars()
            .all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '…'))
}

/// Whether something is filled in.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// Keeps what looks like a secret out of sight in a file that cannot be read.
pub(crate) fn hide_unread(source: &Arc<Source>) {
    // a constant pattern: where it did not compile, the test below would fail
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let value = r#"(?:"((?:\\.|[^"\\\r\n])+)|'([^'\r\n]+))"#;
        Regex::new(&format!(r#"\b(?:{KEYS})\b["']?\s*[:=]\s*{value}"#)).ok()
    });
    let found = PATTERN.iter().flat_map(|p| p.captures_iter(&source.text));
    for value in found.filter_map(|captures| captures.get(1).or_else(|| captures.get(2))) {
        source.hide(value.range(), "unread");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_a_file_that_cannot_be_read_is_out_of_sight() {
        for text in [
            "{\"clientSecret\": \"hunter2\" \"a\": 1}",
            "{'clientSecret' : 'hunter2",
            "token = \"hunter2",
            "credentials = { password = \"hunter2\" ",
            "{\"clientSecret\": \"it's hunter2\" \"a\": 1}",
            "{\"clientSecret\": \"a\\\"hunter2\" \"a\": 1}",
            "token = 'a\"hunter2",
        ] {
            let source = Source::new("a", text);
            hide_unread(&source);
            assert!(!source.shown().contains("hunter2"), "{text}");
            assert_eq!(source.shown().len(), text.len());
        }
    }

    #[test]
    fn what_is_still_to_come_is_no_secret() {
        for text in [
            "",
            " ",
            "<your secret>",
            "${SECRET}",
            "***",
            "{{ authData.x }}",
            "XXXX",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["client-secret-here", "x1", "a"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
