//! Which files of a storage are data, which of them belong together, and in which order.
//!
//! The parts of a split file are `name.csv`, `name_2.csv`, `name_3.csv` and so on without a gap: the number stands
//! before the extension, or before both where a compression has one of its own (`name_2.csv.gz`).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::emulator::storage::{Object, Store};

/// A stored file and its name.
#[derive(Clone)]
pub(crate) struct StoredFile {
    pub(crate) name: String,
    pub(crate) object: Arc<Object>,
}

/// A file with its split parts, in order.
pub(crate) type Export = Vec<StoredFile>;

/// Extensions before which another one may stand.
const OUTER: [&str; 12] = [
    "gz", "gzip", "bz2", "bzip2", "lz4", "snappy", "deflate", "zst", "csv", "json", "parquet",
    "txt",
];

/// What the name of a file ends with in which the platform says what it understood of another.
pub(crate) const RECEIPT: &str = ".ingested.jsonl";

/// What the name of a file ends with that says why another was not ingested.
pub(crate) const REJECTION: &str = ".rejected";

/// All files in a folder and the folders below it, manifests included.
pub(crate) fn in_folder(store: &Store, folder: &str) -> Vec<StoredFile> {
    let prefix = match folder.trim_end_matches('/') {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    let found = spellings(&prefix).into_iter();
    found
        .map(|prefix| listed(store, &prefix))
        .find(|files| !files.is_empty())
        .unwrap_or_default()
}

/// The name of a file as it is stored.
pub(crate) fn stored_name(store: &Store, name: &str) -> String {
    let mut names = spellings(name).into_iter();
    let stored = names.find(|name| store.get(name).is_some());
    stored.unwrap_or_else(|| name.to_owned())
}

/// A path may begin with a slash, or not, and mean the same.
fn spellings(path: &str) -> [String; 3] {
    let bare = path.trim_start_matches('/');
    [path.to_owned(), bare.to_owned(), format!("/{bare}")]
}

/// Whether a file is one that the platform left.
pub(crate) fn is_receipt(name: &str) -> bool {
    name.ends_with(RECEIPT) || name.ends_with(REJECTION)
}

/// Whether a file is a manifest.
pub(crate) fn is_manifest(name: &str) -> bool {
    let (_, own) = split_folder(name);
    own.starts_with("manifest-") && own.ends_with(".json")
}

/// The folder of a name, with its slash, and the rest.
pub(crate) fn split_folder(name: &str) -> (&str, &str) {
    name.split_at(name.rfind('/').map_or(0, |slash| slash.saturating_add(1)))
}

/// Files put together with their split parts, in order of their names.
pub(crate) fn exports(files: &[StoredFile]) -> Vec<Export> {
    let by_name = by_name(files);
    let firsts = by_name.keys().filter(|name| !is_later(name, &by_name));
    firsts.map(|name| export(name, &by_name)).collect()
}

/// A file with its split parts, nothing where it is not among the files.
pub(crate) fn export_of(first: &str, files: &[StoredFile]) -> Export {
    export(first, &by_name(files))
}

fn by_name(files: &[StoredFile]) -> BTreeMap<&str, &StoredFile> {
    files
        .iter()
        .map(|file| (file.name.as_str(), file))
        .collect()
}

/// The names that the parts of a file may have, from its second on.
pub(crate) fn part_names(first: &str, number: u64) -> Vec<String> {
    let (folder, own) = split_folder(first);
    let places = extensions(own).into_iter();
    places
        .filter_map(|place| own.split_at_checked(place))
        .map(|(stem, extension)| format!("{folder}{stem}_{number}{extension}"))
        .collect()
}

fn export(first: &str, by_name: &BTreeMap<&str, &StoredFile>) -> Export {
    let part = |name: &str| by_name.get(name).map(|file| (*file).clone());
    let later = (2..).map_while(|number| {
        let names = part_names(first, number);
        names.iter().find_map(|name| part(name))
    });
    match part(first) {
        Some(file) => std::iter::once(file).chain(later).collect(),
        None => Export::new(),
    }
}

/// Whether a name is that of a part whose first part is there, and all between.
fn is_later(name: &str, by_name: &BTreeMap<&str, &StoredFile>) -> bool {
    let (folder, own) = split_folder(name);
    extensions(own).into_iter().any(|place| {
        let Some((stem, extension)) = own.split_at_checked(place) else {
            return false;
        };
        let Some((base, number)) = stem.rsplit_once('_') else {
            return false;
        };
        let first = format!("{folder}{base}{extension}");
        let is_number = number.parse().is_ok_and(|n: u64| n > 1) && !number.starts_with('0');
        is_number
            && by_name.contains_key(first.as_str())
            && export(&first, by_name).iter().any(|part| part.name == name)
    })
}

/// Where the extension of a name begins: the whole of it, and the last of it, where these differ.
fn extensions(own: &str) -> Vec<usize> {
    let Some(last) = own.rfind('.') else {
        return vec![own.len()];
    };
    let (stem, _) = own.split_at(last);
    let inner = stem.rsplit_once('.').filter(|(_, name)| {
        let name = name.to_ascii_lowercase();
        OUTER.contains(&name.as_str())
    });
    inner
        .map(|(before, _)| before.len())
        .into_iter()
        .chain([last])
        .collect()
}

fn listed(store: &Store, prefix: &str) -> Vec<StoredFile> {
    let all = store.list(prefix).into_iter();
    all.filter(|(name, _)| !name.ends_with('/') && !is_receipt(name))
        .map(|(name, object)| StoredFile { name, object })
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn stored(names: &[&str]) -> Store {
        let store = Store::new().unwrap();
        for name in names {
            store.commit(name, store.begin().unwrap()).unwrap();
        }
        store
    }

    fn grouped(names: &[&str], folder: &str) -> Vec<Vec<String>> {
        let files = in_folder(&stored(names), folder);
        let groups = exports(&files).into_iter();
        groups
            .map(|parts| parts.into_iter().map(|part| part.name).collect())
            .collect()
    }

    #[test]
    fn parts_are_put_together_in_the_order_of_their_numbers() {
        let mut names = vec!["in/a.csv".to_owned()];
        names.extend((2..=11).map(|number| format!("in/a_{number}.csv")));
        let given: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(grouped(&given, "in"), [names.clone()]);
    }

    #[test]
    fn the_number_stands_before_the_extension_of_a_compression_too() {
        assert_eq!(
            grouped(
                &[
                    "v1.2.csv.gz",
                    "v1.2_2.csv.gz",
                    "v1.2.csv_2.gz",
                    "v1_2.2.csv.gz"
                ],
                ""
            ),
            [
                vec!["v1.2.csv.gz", "v1.2_2.csv.gz"],
                vec!["v1.2.csv_2.gz"],
                vec!["v1_2.2.csv.gz"]
            ]
        );
    }

    #[test]
    fn a_slash_at_the_beginning_of_a_path_means_nothing() {
        for (stored_as, asked) in [("in/a.csv", "/in/a.csv"), ("/in/a.csv", "in/a.csv")] {
            let store = stored(&[stored_as]);
            assert_eq!(stored_name(&store, asked), stored_as);
            assert_eq!(in_folder(&store, split_folder(asked).0).len(), 1);
        }
    }

    #[test]
    fn a_part_after_a_gap_or_without_a_first_is_a_file_of_its_own() {
        assert_eq!(
            grouped(
                &["in/a.csv", "in/a_3.csv", "in/b_2.csv", "into/a_2.csv"],
                "/in/"
            ),
            [["in/a.csv"], ["in/a_3.csv"], ["in/b_2.csv"]]
        );
    }
}
