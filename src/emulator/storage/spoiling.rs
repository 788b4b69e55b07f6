//! What a location at fault makes of the names of files, and which names trip it; the same for every kind.

use crate::emulator::storage::Fault;
use crate::emulator::storage::rules::Rules;

/// What a fault takes for a long name, in bytes.
const LONG: usize = 128;

/// A path as it is stored, name by name.
pub(crate) fn spoilt(path: &str, rules: &Rules) -> String {
    let names: Vec<String> = path.split('/').map(|name| of_name(name, rules)).collect();
    names.join("/")
}

fn of_name(name: &str, rules: &Rules) -> String {
    let mut name = name.to_owned();
    if rules.has(Fault::SpacesMangled) {
        name = name.replace(' ', "+");
    }
    if rules.has(Fault::UnicodeMangled) {
        name = name.replace(|sign: char| !sign.is_ascii(), "?");
    }
    if rules.has(Fault::CaseFolded) {
        name = name.to_lowercase();
    }
    if rules.has(Fault::LongNamesCut) {
        name.truncate(name.floor_char_boundary(LONG));
    }
    name
}

/// Whether a name is too long for a location that refuses long ones.
pub(crate) fn is_too_long(name: &str, rules: &Rules) -> bool {
    rules.has(Fault::LongNamesRefused) && name.len() > LONG
}

/// Whether a location refuses a file of that name, without its folders.
pub(crate) fn is_refused(name: &str, rules: &Rules) -> bool {
    rules.has(Fault::NumberedNamesRefused) && is_numbered(name)
        || rules.has(Fault::ManifestRefused) && name.to_lowercase().ends_with(".json")
}

/// Whether a name counts files: `a_2.csv`, also `a_2.csv.gz`. A longer number is a time.
fn is_numbered(name: &str) -> bool {
    const MOST_DIGITS: usize = 4;
    let dots = name.match_indices('.').map(|(at, _)| at);
    let mut stems = dots.chain([name.len()]).filter_map(|at| name.get(..at));
    stems.any(|stem| {
        stem.rsplit_once('_').is_some_and(|(_, number)| {
            (1..=MOST_DIGITS).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_behind_an_underscore_counts_files_and_a_time_does_not() {
        for name in ["a_2.csv", "a_2.csv.gz", "a_10", "x.y_3.csv"] {
            assert!(is_numbered(name), "{name}");
        }
        for name in ["a.csv", "a_20260102.csv", "a2.csv", "a_2b.csv", "a_.csv"] {
            assert!(!is_numbered(name), "{name}");
        }
    }
}
