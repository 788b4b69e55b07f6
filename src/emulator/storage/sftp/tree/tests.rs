//! What a tree of folders and files does, fault by fault.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use super::*;

const PUT: OpenFlags = OpenFlags::WRITE
    .union(OpenFlags::CREATE)
    .union(OpenFlags::TRUNCATE);

fn tree(faults: &[Fault], variations: &[Variation]) -> Tree {
    let rules = Rules::new(
        faults.iter().copied().collect(),
        variations.iter().copied().collect(),
    );
    Tree::new(Arc::new(Store::new().unwrap()), "/upload", Arc::new(rules))
}

fn put(tree: &Tree, path: &str, text: &str) -> Answer<()> {
    let (draft, _) = tree.begin(path, PUT)?;
    draft.write(0, text.as_bytes())?;
    tree.finish(&draft)
}

fn text(tree: &Tree, path: &str) -> Option<String> {
    let bytes = tree.store.get(path)?.read().unwrap();
    Some(String::from_utf8(bytes).unwrap())
}

fn code<T>(answer: Answer<T>) -> StatusCode {
    answer
        .err()
        .map_or(StatusCode::Ok, |reply| reply.status_code)
}

#[test]
fn a_file_is_seen_growing_and_is_stored_when_closed() {
    let tree = tree(&[], &[]);
    let (draft, _) = tree.begin("upload/a", PUT).unwrap();
    draft.write(0, b"12").unwrap();
    assert!(matches!(
        tree.entry("upload/a"),
        Some(Entry::File { bytes: 2, .. })
    ));
    assert!(tree.store.get("upload/a").is_none());
    tree.rename("upload/a", "upload/b", false).unwrap();
    draft.write(2, b"3").unwrap();
    tree.finish(&draft).unwrap();
    assert_eq!(text(&tree, "upload/b").unwrap(), "123");
    assert!(tree.entry("upload/a").is_none());
}

#[test]
fn a_file_that_is_removed_while_it_is_written_stays_away() {
    let tree = tree(&[], &[]);
    put(&tree, "upload/a", "old").unwrap();
    let (draft, _) = tree.begin("upload/a", PUT).unwrap();
    tree.remove("upload/a").unwrap();
    tree.finish(&draft).unwrap();
    assert!(tree.entry("upload/a").is_none());
}

#[test]
fn folders_are_made_one_by_one_and_removed_when_empty() {
    let tree = tree(&[], &[]);
    assert_eq!(code(tree.make_folder("upload/a/b")), StatusCode::NoSuchFile);
    assert_eq!(code(put(&tree, "upload/a/f", "")), StatusCode::NoSuchFile);
    tree.make_folder("upload/a").unwrap();
    assert_eq!(code(tree.make_folder("upload/a")), StatusCode::Failure);
    put(&tree, "upload/a/f", "x").unwrap();
    assert_eq!(code(tree.remove_folder("upload/a")), StatusCode::Failure);
    tree.rename("upload/a", "upload/c", false).unwrap();
    assert_eq!(text(&tree, "upload/c/f").unwrap(), "x");
    tree.remove("upload/c/f").unwrap();
    tree.remove_folder("upload/c").unwrap();
    assert!(tree.entries("upload").unwrap().is_empty());
}

#[test]
fn nothing_outside_the_home_can_be_changed() {
    let tree = tree(&[], &[]);
    for answer in [
        put(&tree, "a", ""),
        put(&tree, "uploads/a", ""),
        tree.make_folder("other"),
        tree.remove_folder("upload"),
        tree.rename("upload", "b", false),
    ] {
        assert_eq!(code(answer), StatusCode::PermissionDenied);
    }
}

#[test]
fn a_rename_onto_a_file_needs_to_be_told_to_replace_it() {
    let tree = tree(&[], &[]);
    put(&tree, "upload/a", "new").unwrap();
    put(&tree, "upload/b", "old").unwrap();
    assert_eq!(
        code(tree.rename("upload/a", "upload/b", false)),
        StatusCode::Failure
    );
    assert_eq!(
        code(tree.rename("upload/x", "upload/y", true)),
        StatusCode::NoSuchFile
    );
    tree.rename("upload/a", "upload/b", true).unwrap();
    assert_eq!(text(&tree, "upload/b").unwrap(), "new");
}

#[test]
fn flags_of_opening_mean_what_they_say() {
    let tree = tree(&[], &[]);
    let begin = |flags| tree.begin("upload/a", flags).map(|(draft, _)| draft);
    assert_eq!(code(begin(OpenFlags::WRITE)), StatusCode::NoSuchFile);
    put(&tree, "upload/a", "abc").unwrap();
    assert_eq!(code(begin(PUT | OpenFlags::EXCLUDE)), StatusCode::Failure);
    let draft = begin(OpenFlags::WRITE).unwrap();
    draft.write(1, b"x").unwrap();
    tree.finish(&draft).unwrap();
    assert_eq!(text(&tree, "upload/a").unwrap(), "axc");
    let draft = begin(OpenFlags::WRITE | OpenFlags::APPEND).unwrap();
    draft.write(0, b"d").unwrap();
    tree.finish(&draft).unwrap();
    assert_eq!(text(&tree, "upload/a").unwrap(), "axcd");
}

#[test]
fn each_fault_of_overwriting_shows_in_the_second_write_alone() {
    let twice = |fault| {
        let tree = tree(&[fault], &[]);
        put(&tree, "upload/a", "long one").unwrap();
        let second = code(put(&tree, "upload/a", "new"));
        (second, text(&tree, "upload/a").unwrap())
    };
    let is = |code, text: &str| (code, text.to_owned());
    assert_eq!(
        twice(Fault::OverwriteRefused),
        is(StatusCode::Failure, "long one")
    );
    assert_eq!(
        twice(Fault::OverwriteIgnored),
        is(StatusCode::Ok, "long one")
    );
    assert_eq!(
        twice(Fault::OverwriteAppends),
        is(StatusCode::Ok, "long onenew")
    );
    assert_eq!(
        twice(Fault::OverwriteKeepsTail),
        is(StatusCode::Ok, "newg one")
    );
}

#[test]
fn a_lost_write_is_answered_with_success() {
    let tree = tree(&[Fault::WriteLost], &[]);
    put(&tree, "upload/a", "x").unwrap();
    assert!(tree.entry("upload/a").is_none());
}

#[test]
fn faults_of_folders_concern_folders_below_the_home() {
    let refused = tree(&[Fault::FoldersRefused], &[]);
    put(&refused, "upload/a", "x").unwrap();
    assert_eq!(
        code(refused.make_folder("upload/f")),
        StatusCode::PermissionDenied
    );
    let flat = tree(&[Fault::FoldersFlattened], &[]);
    flat.make_folder("upload/f").unwrap();
    put(&flat, "upload/f/a", "x").unwrap();
    assert_eq!(text(&flat, "upload/a").unwrap(), "x");
    assert!(flat.entry("upload/f/a").is_none());
}

#[test]
fn deleting_can_be_refused_or_ignored() {
    for (fault, answer) in [
        (Fault::DeleteRefused, StatusCode::PermissionDenied),
        (Fault::DeleteIgnored, StatusCode::Ok),
    ] {
        let tree = tree(&[fault], &[]);
        put(&tree, "upload/a", "x").unwrap();
        assert_eq!(code(tree.remove("upload/a")), answer);
        assert!(tree.entry("upload/a").is_some());
    }
}

#[test]
fn a_home_that_is_missing_cannot_be_made() {
    let tree = tree(&[Fault::ContainerMissing], &[]);
    assert_eq!(tree.entry("upload"), None);
    assert_eq!(code(put(&tree, "upload/a", "")), StatusCode::NoSuchFile);
    assert_eq!(
        code(tree.make_folder("upload")),
        StatusCode::PermissionDenied
    );
}

#[test]
fn a_late_listing_hides_what_is_new_and_nothing_else() {
    let tree = tree(&[], &[Variation::EventualList]);
    tree.make_folder("upload/in").unwrap();
    put(&tree, "upload/in/a.csv", "x").unwrap();
    let shown = |folder| tree.entries(folder).unwrap().len();
    assert_eq!([shown("upload"), shown("upload")], [1, 1]);
    assert_eq!([shown("upload/in"), shown("upload/in")], [0, 1]);
    put(&tree, "upload/in/a.csv", "y").unwrap();
    assert_eq!(shown("upload/in"), 1);
}

#[test]
fn spoilt_names_are_stored_and_the_right_ones_not_found() {
    let tree = tree(&[Fault::CaseFolded], &[]);
    put(&tree, "upload/A.csv", "x").unwrap();
    assert!(tree.entry("upload/A.csv").is_none() && tree.entry("upload/a.csv").is_some());
}
