//! Reasons to sentences: the templates of the catalogue, filled in. The only maker of sentences about what was judged.

use std::fmt::Write as _;

use crate::model::code::{Piece, Says, Words, pieces};
use crate::model::finding::Difference;
use crate::model::reason::{BECAUSE, Reason};
use crate::publish::report::text;

/// What a finding says, each on one harmless line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What had to be observed.
    pub expected: String,
    /// What was observed.
    pub received: String,
    /// What to do about it; nothing is known of that for a code of another version.
    pub remedy: Option<String>,
}

/// Templates may name codes whose templates name codes, and no deeper.
const DEPTH: usize = 2;

/// The sentences of a finding.
pub fn finding(words: &Words, reason: &Reason) -> Said {
    let filled = |template| text::line(&fill(words, reason, template, DEPTH));
    match words.code(&reason.code).map(|code| code.says) {
        Some(Says::Finding {
            expected,
            received,
            remedy,
            ..
        }) => Said {
            expected: filled(expected),
            received: filled(received),
            remedy: Some(filled(remedy)),
        },
        Some(Says::Reason(_) | Says::Term(_)) | None => Said {
            expected: String::from("what this version of destspec has no words for"),
            received: text::line(&plain(reason)),
            remedy: None,
        },
    }
}

/// The sentence of an omission or of a conclusion.
pub fn sentence(words: &Words, reason: &Reason) -> String {
    let said = match words.code(&reason.code).map(|code| code.says) {
        Some(Says::Reason(template)) => fill(words, reason, template, DEPTH),
        Some(Says::Finding { .. } | Says::Term(_)) | None => plain(reason),
    };
    text::line(&said)
}

/// Every difference, with what had to be there and what is there.
pub fn differences(all: &[Difference]) -> String {
    let mut lines = String::new();
    for difference in all {
        let _ = write!(
            lines,
            "at {}\n    expected {}\n    received {}\n",
            text::line(&difference.pointer),
            text::line(&difference.expected),
            text::line(&difference.received)
        );
    }
    lines.truncate(lines.trim_end().len());
    lines
}

/// A code without a template: the code and its values.
fn plain(reason: &Reason) -> String {
    let values = reason.values.iter();
    let values: Vec<String> = values
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    if values.is_empty() {
        return format!("`{}`", reason.code);
    }
    format!("`{}` ({})", reason.code, values.join(", "))
}

fn fill(words: &Words, reason: &Reason, template: &str, depth: usize) -> String {
    let mut filled = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Value(name) => match reason.values.get(name) {
                Some(value) => filled.push_str(value),
                None => {
                    let _ = write!(filled, "{{{name}}}");
                }
            },
            Piece::Said(name) => filled.push_str(&said(words, reason, name, depth)),
        }
    }
    filled
}

/// What the code that a value names says, over the same values.
fn said(words: &Words, reason: &Reason, name: &str, depth: usize) -> String {
    let Some(id) = reason.values.get(name) else {
        return format!("{{@{name}}}");
    };
    let template = match words.code(id).map(|code| code.says) {
        Some(Says::Finding { received, .. }) => Some(received),
        Some(Says::Reason(sentence) | Says::Term(sentence)) => Some(sentence),
        None => None,
    };
    match (template, depth.checked_sub(1)) {
        (Some(template), Some(depth)) => fill(words, reason, template, depth),
        (None, _) if name == BECAUSE => plain(&reason.cause()),
        (Some(_) | None, _) => format!("`{id}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    mod codes {
        crate::model::code::codes! {
            /// The first.
            destination "test.first" first(answer) { expected: "2xx", received: "{answer}", remedy: "mend it" }
            /// The second.
            surroundings "test.second" second(flaw) {
                expected: "{@flaw} refused",
                received: "{@because}",
                remedy: "mend the first",
            }
            /// The third.
            reason "test.third" third(count) { "{count} of them" }
            /// A flaw.
            term "test.flaw" FLAW() { "malformed JSON" }
        }
    }

    fn words() -> Words {
        Words::new(codes::CODES)
    }

    #[test]
    fn a_value_that_names_a_code_is_written_as_what_that_code_says() {
        let second = codes::second(codes::FLAW).because(codes::first("404"));
        let said = finding(&words(), &second.reason);
        assert_eq!(said.expected, "malformed JSON refused");
        assert_eq!(said.received, "404");
        assert_eq!(sentence(&words(), &codes::third(3)), "3 of them");
    }

    #[test]
    fn a_code_of_another_version_is_written_with_its_values() {
        let newer = Reason::new("newer.code").with("answer", "404").with("x", 1);
        let said = finding(&words(), &newer);
        assert_eq!(said.received, "`newer.code` (answer: 404, x: 1)");
        assert_eq!(said.remedy, None);
        assert_eq!(sentence(&words(), &newer), said.received);
        let later = codes::second("newer.flaw").because(codes::first("404"));
        let said = finding(&Words::new(&codes::CODES[1..]), &later.reason);
        assert_eq!(said.expected, "`newer.flaw` refused");
        assert_eq!(
            said.received,
            "`test.first` (answer: 404, flaw: newer.flaw)"
        );
    }

    #[test]
    fn a_value_is_never_read_as_a_template() {
        let hostile = codes::first("{answer} {@because} \u{1b}[2J");
        let said = finding(&words(), &hostile.reason);
        assert_eq!(said.received, "{answer} {@because} \\u{1b}[2J");
    }
}
