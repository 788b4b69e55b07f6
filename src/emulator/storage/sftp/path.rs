//! Paths as a client names them, as the store does, and as faults spoil them. Pure. A path here has no slash at its
//! beginning or end; the root is empty.

use crate::emulator::storage::rules::Rules;
use crate::emulator::storage::spoiling::{is_refused, is_too_long, spoilt};

/// What a client sees of the server: where its root is, and where it begins.
pub(super) struct View {
    root: String,
    begin: String,
}

impl View {
    pub(super) fn new(home: &str, chroot: bool) -> Self {
        let home = resolved("", home);
        let (root, begin) = if chroot {
            (home, String::new())
        } else {
            (String::new(), home)
        };
        Self { root, begin }
    }

    /// The path of the store for one of the client.
    pub(super) fn real(&self, path: &str) -> String {
        joined(&self.root, &resolved(&self.begin, path))
    }

    /// The path of the client, absolute and without detours.
    pub(super) fn shown(&self, path: &str) -> String {
        format!("/{}", resolved(&self.begin, path))
    }
}

/// A path from a folder on, without `.`, `..` and doubled slashes.
pub(super) fn resolved(from: &str, path: &str) -> String {
    let from = if path.starts_with('/') { "" } else { from };
    let mut parts: Vec<&str> = Vec::new();
    for part in from.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Folder and name in it.
pub(super) fn joined(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", path) | (path, "") => path.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// The folder of a path, and its name there.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// What follows a folder in a path below it.
pub(super) fn below<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    let rest = if folder.is_empty() {
        Some(path)
    } else {
        path.strip_prefix(folder)?.strip_prefix('/')
    };
    rest.filter(|rest| !rest.is_empty())
}

/// The path under which something is stored that is to have this path; only names below the home are spoilt.
pub(super) fn stored(rules: &Rules, home: &str, path: &str) -> String {
    let Some(rest) = below(home, path) else {
        return path.to_owned();
    };
    joined(home, &spoilt(rest, rules))
}

/// Why a file of that name is not stored.
pub(super) fn refusal(rules: &Rules, name: &str) -> Option<&'static str> {
    if is_too_long(name, rules) {
        return Some("the name is too long");
    }
    if is_refused(name, rules) {
        return Some("files of this name are not taken");
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::emulator::storage::Fault;

    fn rules(fault: Fault) -> Rules {
        Rules::new(BTreeSet::from([fault]), BTreeSet::new())
    }

    #[test]
    fn a_path_cannot_climb_above_the_root() {
        assert_eq!(resolved("upload", "../../etc/./x//y/"), "etc/x/y");
        assert_eq!(resolved("upload", "/../a"), "a");
        assert_eq!(resolved("upload", "a"), "upload/a");
    }

    #[test]
    fn a_chroot_shows_the_home_as_root_and_keeps_the_names_of_the_store() {
        let (free, bound) = (View::new("/upload", false), View::new("/upload", true));
        assert_eq!(
            (free.real("x"), free.shown("x")),
            ("upload/x".into(), "/upload/x".into())
        );
        assert_eq!(
            (bound.real("x"), bound.shown("x")),
            ("upload/x".into(), "/x".into())
        );
        assert_eq!(bound.real("/../../y"), "upload/y");
        assert_eq!(
            (free.shown("/"), bound.shown(".")),
            ("/".into(), "/".into())
        );
    }

    #[test]
    fn names_are_spoilt_below_the_home_alone() {
        let of = |fault, path: &str| stored(&rules(fault), "Drop Box", &format!("Drop Box/{path}"));
        assert_eq!(of(Fault::SpacesMangled, "a b/c d"), "Drop Box/a+b/c+d");
        assert_eq!(of(Fault::UnicodeMangled, "é-x"), "Drop Box/?-x");
        assert_eq!(of(Fault::CaseFolded, "A.csv"), "Drop Box/a.csv");
        let long = of(Fault::LongNamesCut, &"é".repeat(100));
        assert_eq!(long, format!("Drop Box/{}", "é".repeat(64)));
    }
}
