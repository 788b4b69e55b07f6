//! Codes: unique, well formed, whole in every template, and published ones never lost or given another meaning.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::{BTreeMap, BTreeSet};

use destspec::model::code::{Code, Piece, Says, pieces};
use destspec::model::reason::{BECAUSE, Reason};
use destspec::publish::report::sentence;
use destspec::suite::words;

const PUBLISHED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/published/codes.txt");

#[test]
fn every_id_is_unique_and_a_room_with_a_name_in_kebab_case() {
    let all = destspec::judge::CODES.iter().chain(destspec::suite::CODES);
    let ids: Vec<&str> = all.copied().flatten().map(|c| c.id).collect();
    assert_eq!(words().codes().count(), ids.len(), "an id is given twice");
    let form = regex::Regex::new("^[a-z]+\\.[a-z0-9]+(-[a-z0-9]+)*$").unwrap();
    for id in ids {
        assert!(form.is_match(id), "{id}");
    }
}

/// Every value that a code declares, and a cause.
fn filled(code: &Code) -> Reason {
    let cause = Reason::new("connection.refused").with("failure", "refused");
    let reason: Reason = serde_json::from_value(serde_json::json!({ "code": code.id })).unwrap();
    code.values.iter().fold(reason.because(&cause), |r, name| {
        let value = if *name == "flaw" { "flaw.path" } else { "7" };
        r.with(name, value)
    })
}

#[test]
fn every_template_is_filled_by_the_values_that_its_code_declares() {
    let words = words();
    for code in words.codes() {
        let names: BTreeSet<&str> = code.values.iter().copied().collect();
        assert_eq!(names.len(), code.values.len(), "{}: a value twice", code.id);
        let mut used = BTreeSet::new();
        for piece in code.templates().into_iter().flat_map(pieces) {
            match piece {
                Piece::Text(text) => assert!(!text.contains(['{', '}']), "{}: {text}", code.id),
                Piece::Value(name) | Piece::Said(name) => {
                    used.insert(name);
                }
            }
        }
        used.remove(BECAUSE);
        assert_eq!(used, names, "{}", code.id);
        let said = match code.says {
            Says::Finding { .. } => {
                let said = sentence::finding(&words, &filled(code));
                format!(
                    "{} {} {}",
                    said.expected,
                    said.received,
                    said.remedy.unwrap()
                )
            }
            Says::Reason(_) => sentence::sentence(&words, &filled(code)),
            Says::Term(term) => term.to_owned(),
        };
        assert!(!said.contains('{'), "{}: {said}", code.id);
        for debug in ["Other(", "Some(", "Err(", "Ok(", "None"] {
            assert!(!said.contains(debug), "{}: {said}", code.id);
        }
    }
}

#[test]
fn every_meaning_is_a_sentence_and_no_two_codes_have_the_same() {
    let words = words();
    let mut meanings = BTreeSet::new();
    for code in words.codes() {
        let sentence = code.meaning.ends_with('.') && !code.meaning.contains('\n');
        assert!(sentence, "{}: {}", code.id, code.meaning);
        assert!(meanings.insert(code.meaning), "{}", code.id);
    }
}

fn published() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(PUBLISHED).unwrap_or_default();
    let line = |line: &str| {
        let (id, meaning) = line.split_once("  ").unwrap();
        (id.to_owned(), meaning.to_owned())
    };
    text.lines().map(line).collect()
}

#[test]
fn a_published_code_stays_and_keeps_its_meaning() {
    let (mut published, words) = (published(), words());
    let unpublished: Vec<&Code> = words
        .codes()
        .filter(|code| !published.contains_key(code.id))
        .collect();
    if std::env::var_os("DESTSPEC_RENEW").is_some() {
        for code in &unpublished {
            published.insert(code.id.to_owned(), code.meaning.to_owned());
        }
        let lines = published
            .iter()
            .map(|(id, meaning)| format!("{id}  {meaning}\n"));
        std::fs::write(PUBLISHED, lines.collect::<String>()).unwrap();
    }
    for (id, meaning) in &published {
        let found = words.code(id).map(|code| code.meaning);
        assert_eq!(found, Some(meaning.as_str()), "{id} is published");
    }
    assert_eq!(
        published.len(),
        words.codes().count(),
        "publish new codes: DESTSPEC_RENEW=1 cargo test codes"
    );
}
