//! Under which name a file is stored, and which names are refused: both concern what is below the configured folder.

use crate::emulator::storage::Fault;
use crate::emulator::storage::azure::failure::{self, Dialect, Failure};
use crate::emulator::storage::azure::room::Room;
use crate::emulator::storage::rules::Rules;
use crate::emulator::storage::spoiling::{is_refused, is_too_long, spoilt};

/// The longest name that there is, in characters.
const LONGEST: usize = 1024;

/// What is to have the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
}

/// The name that something is stored under.
pub(super) fn stored(
    name: &str,
    kind: Kind,
    room: &Room,
    dialect: Dialect,
    rules: &Rules,
) -> Result<String, Failure> {
    if name.chars().count() > LONGEST {
        return Err(failure::NAME_REFUSED);
    }
    if room.folder == name || room.folder.starts_with(&format!("{name}/")) {
        return Ok(name.to_owned());
    }
    let (folder, below) = split(name, &room.folder);
    refused(below, kind, rules)?;
    let below = spoilt(below, rules);
    let name = flattened(folder, &below, kind, room, rules);
    if room.hierarchical {
        conflict(&name, kind, room, dialect)?;
    }
    Ok(name)
}

/// The configured folder with its slash, and the rest.
fn split<'a>(name: &'a str, folder: &str) -> (&'a str, &'a str) {
    let rest = name.strip_prefix(folder);
    let rest = rest.and_then(|rest| rest.strip_prefix('/'));
    match rest.filter(|_| !folder.is_empty()) {
        Some(rest) => name.split_at(name.len() - rest.len()),
        None => ("", name),
    }
}

fn refused(below: &str, kind: Kind, rules: &Rules) -> Result<(), Failure> {
    let (folders, file) = below.rsplit_once('/').unwrap_or(("", below));
    let in_folder = !folders.is_empty() || kind == Kind::Folder;
    if in_folder && rules.has(Fault::FoldersRefused) {
        return Err(failure::NOT_PERMITTED);
    }
    let of_file = kind == Kind::File && is_refused(file, rules);
    match is_too_long(file, rules) || of_file {
        true => Err(failure::NAME_REFUSED),
        false => Ok(()),
    }
}

fn flattened(folder: &str, below: &str, kind: Kind, room: &Room, rules: &Rules) -> String {
    let name = format!("{folder}{below}");
    let Some((folders, file)) = below.rsplit_once('/') else {
        return name;
    };
    let new = !room.is_folder(&format!("{folder}{folders}"));
    match new && kind == Kind::File && rules.has(Fault::FoldersFlattened) {
        true => match folders.rsplit_once('/') {
            Some((above, _)) => format!("{folder}{above}/{file}"),
            None => format!("{folder}{file}"),
        },
        false => name,
    }
}

/// A directory has no bytes, and a file holds no files.
fn conflict(name: &str, kind: Kind, room: &Room, dialect: Dialect) -> Result<(), Failure> {
    let under_file = name
        .match_indices('/')
        .any(|(place, _)| room.store.get(&name[..place]).is_some());
    let of_other_kind = match kind {
        Kind::File => room.is_folder(name),
        Kind::Folder => room.store.get(name).is_some(),
    };
    match (under_file || of_other_kind, dialect) {
        (false, _) => Ok(()),
        (true, Dialect::Blob) => Err(failure::RESOURCE_TYPE),
        (true, Dialect::Dfs) => Err(failure::PATH_CONFLICT),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::collections::BTreeSet;

    use super::*;
    use crate::emulator::storage::Store;
    use crate::emulator::storage::azure::setup::Container;

    fn room(hierarchical: bool) -> Room {
        let store = Store::new().unwrap();
        let upload = store.begin().unwrap();
        store.commit("My Export/known/a.csv", upload).unwrap();
        let container = Container {
            name: "c".to_owned(),
            store: store.into(),
            folder: "My Export".to_owned(),
            policies: Vec::new(),
        };
        Room::new(container, hierarchical)
    }

    fn found(name: &str, fault: Fault) -> String {
        let rules = Rules::new(BTreeSet::from([fault]), BTreeSet::new());
        stored(name, Kind::File, &room(false), Dialect::Blob, &rules)
            .unwrap_or_else(|failure| failure.code.to_owned())
    }

    #[test]
    fn a_fault_changes_or_refuses_its_own_names_below_the_folder() {
        let long = format!("My Export/{}.csv", "x".repeat(130));
        for (name, fault, expected) in [
            (
                "My Export/a b.csv",
                Fault::SpacesMangled,
                "My Export/a+b.csv",
            ),
            (
                "My Export/é/ü.csv",
                Fault::UnicodeMangled,
                "My Export/?/?.csv",
            ),
            ("My Export/A.CSV", Fault::CaseFolded, "My Export/a.csv"),
            (&long, Fault::LongNamesCut, &long[..10 + 128]),
            (&long, Fault::LongNamesRefused, "InvalidResourceName"),
            (
                "My Export/a_1.csv.gz",
                Fault::NumberedNamesRefused,
                "InvalidResourceName",
            ),
            (
                "My Export/1.2_3.csv",
                Fault::NumberedNamesRefused,
                "InvalidResourceName",
            ),
            (
                "My Export/a_b1.csv",
                Fault::NumberedNamesRefused,
                "My Export/a_b1.csv",
            ),
            (
                "My Export/m.json",
                Fault::ManifestRefused,
                "InvalidResourceName",
            ),
            (
                "My Export/new/a.csv",
                Fault::FoldersRefused,
                "AuthorizationPermissionMismatch",
            ),
            ("My Export/a.csv", Fault::FoldersRefused, "My Export/a.csv"),
            (
                "My Export/new/a.csv",
                Fault::FoldersFlattened,
                "My Export/a.csv",
            ),
            (
                "My Export/x/y/a.csv",
                Fault::FoldersFlattened,
                "My Export/x/a.csv",
            ),
            (
                "My Export/known/b.csv",
                Fault::FoldersFlattened,
                "My Export/known/b.csv",
            ),
        ] {
            assert_eq!(found(name, fault), expected, "{fault}: {name}");
            assert_eq!(found(name, Fault::WriteCut), name);
        }
    }

    #[test]
    fn a_file_cannot_be_a_directory_in_a_hierarchy() {
        let code = |name: &str, kind, hierarchical| {
            let rules = Rules::default();
            let found = stored(name, kind, &room(hierarchical), Dialect::Dfs, &rules);
            found.err().map(|failure| failure.code)
        };
        let conflict = Some("PathConflict");
        assert_eq!(code("My Export/known", Kind::File, true), conflict);
        assert_eq!(code("My Export/known/a.csv/b", Kind::File, true), conflict);
        assert_eq!(code("My Export/known/a.csv", Kind::Folder, true), conflict);
        assert_eq!(code("My Export/known", Kind::Folder, true), None);
        assert_eq!(code("My Export/known", Kind::File, false), None);
    }
}
