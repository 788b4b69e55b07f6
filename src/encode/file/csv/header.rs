//! The header line, with the original's treatment of apostrophes and of look-alike names (writer rules, section 2.9).

use std::collections::HashMap;

use crate::encode::file::csv::general::General;
use crate::encode::file::schema::Schema;

pub(super) fn push(schema: &Schema, general: &mut General, out: &mut Vec<u8>) {
    let names: Vec<String> = schema
        .fields
        .iter()
        .map(|field| without_apostrophes(&field.name))
        .collect();
    let exempt = exempt_from_trimming(&names);
    general.start_row();
    for (name, exempt) in names.iter().zip(exempt) {
        // Java reads the name a second time, and takes off a second pair only to tell whether there is one.
        general.push_cell(Some(name), !exempt);
    }
    general.end_row(out);
}

/// A name in apostrophes loses its first and last character, white space around it or not.
fn without_apostrophes(name: &str) -> String {
    let mut inner = name.chars();
    if is_wrapped(name) {
        inner.next();
        inner.next_back();
    }
    inner.collect()
}

fn is_wrapped(name: &str) -> bool {
    let trimmed = trim(name);
    trimmed.encode_utf16().nth(2).is_some() && trimmed.starts_with('\'') && trimmed.ends_with('\'')
}

fn trim(name: &str) -> &str {
    name.trim_matches(|c: char| c <= ' ')
}

/// Names that look wrapped again, and names that differ only in letter case or white space around them.
fn exempt_from_trimming(names: &[String]) -> Vec<bool> {
    let mut exempt: Vec<bool> = names.iter().map(|name| is_wrapped(name)).collect();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (at, name) in names.iter().enumerate() {
        if exempt[at] {
            continue;
        }
        let key = trim(name).to_lowercase();
        match seen.get(&key) {
            Some(&first) if names[first] != *name => {
                exempt[at] = true;
                exempt[first] = true;
            }
            Some(_) | None => {
                seen.insert(key, at);
            }
        }
    }
    exempt
}
