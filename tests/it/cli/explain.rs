//! `destspec explain` as a user asks it.

use crate::support::program::Folder;

#[test]
fn explain_shows_a_requirement_in_full() {
    let ended = Folder::empty().run(&["explain", "str-1a.02"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    for words in [
        "STR-1a.02  ",
        "prerequisite",
        "level",
        "source",
        "Scenarios",
        "Faults of the reference",
    ] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
}

#[test]
fn explain_shows_what_a_code_means_and_who_must_act() {
    let ended = Folder::empty().run(&["explain", "answer.throttled"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    for words in [
        "means",
        "who must act  the surroundings",
        "{answer}",
        "lower `concurrency`",
    ] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
    let unknown = Folder::empty().run(&["explain", "answer.throtled"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("answer.throttled"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn explain_knows_every_kind_of_name_that_a_report_uses() {
    let cases: [(&str, &[&str]); 4] = [
        (
            "str-1a",
            &[
                "STR-1a  ",
                "mandatory",
                "STR-1a.02 ",
                "--requirement STR-1a",
            ],
        ),
        (
            "STR-1a.07/leaves",
            &[
                "STR-1a.07/leaves  ",
                "Steps",
                "When",
                "Then",
                "history.feature:",
            ],
        ),
        ("STR-1.01", &["Scenarios", "rfc-editor.org/rfc/rfc9525"]),
        (
            "exited-dropped",
            &["never stored", "STR-1a.02 ", "run --fault exited-dropped"],
        ),
    ];
    for (name, expected) in cases {
        let ended = Folder::empty().run(&["explain", name]);
        assert_eq!(ended.code, 0, "{name}: {}", ended.stderr);
        for words in expected {
            assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
        }
    }
}

#[test]
fn explain_suggests_what_is_near_or_nothing() {
    let ended = Folder::empty().run(&["explain", "foo"]);
    assert_eq!(ended.code, 2);
    assert!(ended.says("is called `foo`"), "{}", ended.stderr);
    assert!(!ended.says("did you mean"), "{}", ended.stderr);
    assert!(ended.says("`destspec list`"), "{}", ended.stderr);
    let near = Folder::empty().run(&["explain", "exited-droped"]);
    assert!(
        near.says("did you mean `exited-dropped`?"),
        "{}",
        near.stderr
    );
}
