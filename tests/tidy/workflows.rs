//! What the workflows may use.

use std::fs;
use std::path::Path;

/// Uses of others' actions that a tag names, which its owner can move.
fn unpinned(workflow: &str) -> Vec<&str> {
    let uses = workflow
        .lines()
        .filter_map(|line| line.split_once("uses: "));
    let named = uses.map(|(_, action)| action.trim());
    let pinned = |action: &str| {
        let revision = action.split_once('@').map_or("", |(_, revision)| revision);
        let revision = revision.split(' ').next().unwrap_or_default();
        revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    named
        .filter(|action| !action.starts_with("./") && !pinned(action))
        .collect()
}

#[test]
fn every_action_of_a_workflow_is_pinned_to_a_commit() {
    assert_eq!(unpinned("      - uses: a/b@v4\n"), ["a/b@v4"]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let texts: Vec<String> = files
        .filter_map(|file| fs::read_to_string(file.path()).ok())
        .collect();
    assert!(!texts.is_empty());
    for text in &texts {
        assert!(unpinned(text).is_empty(), "{:?}", unpinned(text));
    }
}
