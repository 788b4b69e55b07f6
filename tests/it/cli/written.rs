//! Where reports land, and what they never replace.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use crate::cli::{ONE, one};
use crate::support::program::Folder;

#[test]
fn reports_land_where_they_are_asked_and_standard_output_stays_readable() {
    let folder = Folder::empty();
    let ended = one(
        &folder,
        &[
            "--junit",
            "-",
            "--out",
            "reports",
            "--html",
            "page/run.html",
        ],
    );
    assert_eq!(ended.code, 4);
    assert!(ended.stdout.starts_with("<?xml"), "{}", ended.stdout);
    assert!(ended.stdout.trim_end().ends_with("</testsuites>"));
    assert!(ended.says("incomplete: "));
    assert!(folder.read("page/run.html").starts_with("<!"));
    assert!(
        folder.path("reports/record.json").exists() && folder.path("reports/summary.md").exists()
    );
    assert!(
        !folder.path("reports/junit.xml").exists() && !folder.path("reports/report.html").exists()
    );
    let record = one(&folder, &["--json", "-"]);
    let record: serde_json::Value = serde_json::from_str(&record.stdout).unwrap();
    assert_eq!(record["run"]["destinations"][0]["name"], "basic-single");
}

#[test]
fn a_folder_that_cannot_be_written_to_gets_no_partial_file() {
    let folder = Folder::empty();
    folder.write("taken", "a file");
    let ended = one(&folder, &["--out", "taken"]);
    assert_eq!(ended.code, 2);
    assert!(
        ended.says("error: cannot write `taken/"),
        "{}",
        ended.stderr
    );
    assert!(ended.says("help: "), "{}", ended.stderr);
    assert_eq!(folder.files().len(), 1);
    assert_eq!(folder.read("taken"), "a file");
}

#[test]
fn a_report_never_takes_the_place_of_what_somebody_else_wrote() {
    let folder = Folder::started();
    folder.write("notes.md", "## my own notes\n");
    folder.write("empty.html", "");
    let before = folder.files();
    for (flag, file) in [
        ("--json", "submission.toml"),
        ("--json", "sdk/server.json"),
        ("--markdown", "notes.md"),
        ("--html", "notes.md"),
        ("--junit", "sdk/destination.json"),
    ] {
        let ended = one(&folder, &[flag, file]);
        assert_eq!(ended.code, 2, "{flag} {file}: {}", ended.stderr);
        assert!(ended.says(&format!("cannot write `{file}`")), "{file}");
        assert!(ended.says("help: name another file"), "{}", ended.stderr);
        assert!(folder.files() == before, "{flag} {file}");
    }
    let twice = one(&folder, &["--json", "-", "--html", "-"]);
    assert_eq!(twice.code, 2);
    assert!(twice.says("a place for each report"), "{}", twice.stderr);
    assert_eq!(one(&folder, &["--html", "empty.html"]).code, 4);
}

#[test]
fn a_run_takes_the_place_of_the_reports_of_an_earlier_one() {
    let folder = Folder::empty();
    for _ in 0..2 {
        let ended = one(&folder, &[]);
        assert_eq!(ended.code, 4, "{}", ended.stderr);
    }
    let record = folder.read("destspec-out/record.json");
    let ended = one(&folder, &["--html", "destspec-out/record.json"]);
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert_eq!(folder.read("destspec-out/record.json"), record);
}

/// Every command that writes, what it is given, and the file that is in its way.
const WRITERS: [(&[&str], &str); 13] = [
    (&["run", "-q", "--json", "taken"], "taken"),
    (&["init", "."], "submission.toml"),
    (&["emulate"], "destspec-out/reference-ca.pem"),
    (
        &["emulate", "--submission", "acme"],
        "acme/secrets/DESTSPEC_REFERENCE_TOKEN",
    ),
    (&["man", "--out", "pages"], "pages/destspec.1"),
    (
        &["challenge", "new", "--partner", "A", "-o", "taken"],
        "taken",
    ),
    (
        &[
            "challenge",
            "new",
            "--partner",
            "A",
            "-o",
            "c.json",
            "--sample-secret",
            "taken",
        ],
        "taken",
    ),
    (
        &["bundle", "pack", "out", "-o", "taken", "--unsigned"],
        "taken",
    ),
    (&["verify", "a.zip", "--json", "taken"], "taken"),
    (&["verify", "a.zip", "--html", "taken"], "taken"),
    (&["verify", "a.zip", "--markdown", "taken"], "taken"),
    (
        &[
            "certify", "a.zip", "--policy", "p", "--sign", "ssh:k", "-o", "taken",
        ],
        "taken.sig",
    ),
    (
        &[
            "rerun",
            "a.zip",
            "--sample-secret",
            "s",
            "--config",
            "s",
            "--json",
            "taken",
        ],
        "taken",
    ),
];

#[test]
fn no_command_takes_the_place_of_what_somebody_else_wrote() {
    for (arguments, file) in WRITERS {
        let folder = Folder::empty();
        folder.write(file, "some words that somebody wrote\n");
        let before = folder.files();
        let ended = folder.run(arguments);
        assert_eq!(ended.code, 2, "{arguments:?}: {}", ended.stderr);
        let place = ended.says(file) || ended.says("expected a new folder, received `pages`");
        assert!(place, "{arguments:?}: {}", ended.stderr);
        assert!(
            ended.says("help: name another"),
            "{arguments:?}: {}",
            ended.stderr
        );
        assert!(folder.files() == before, "{arguments:?}");
    }
}

#[test]
fn an_export_takes_the_place_of_no_file_but_its_own() {
    let folder = Folder::empty();
    assert_eq!(folder.run(&["init", ".", "--batch", "s3"]).code, 0);
    let render = |seed: &str| {
        let fixed = [
            "--at",
            "2026-05-09T21:05:43Z",
            "--rows",
            "3",
            "--seed",
            seed,
        ];
        let file = ["render", "file", "submission.toml", "--out", "storage"];
        folder.run(&[&file[..], &fixed].concat())
    };
    assert_eq!(render("1").code, 0);
    let first = folder.files();
    assert_eq!(render("1").code, 0, "the same files again");
    let other = render("2");
    assert_eq!(other.code, 2, "{}", other.stderr);
    assert!(
        other.says("is there with another content"),
        "{}",
        other.stderr
    );
    assert!(other.says("help: name another folder"), "{}", other.stderr);
    assert!(folder.files() == first);
}

/// The device that is always full is there on Linux alone.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_never_a_success() {
    let full = || {
        std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    let lost: [&[&str]; 7] = [
        &["explain", "STR-1a.02"],
        &["list"],
        &["emulate", "--fault", "list"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &[&ONE[..], &["--json", "-"]].concat(),
    ];
    for arguments in lost {
        let folder = Folder::empty();
        let ended = folder.command(arguments).stdout(full()).output().unwrap();
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}");
    }
    let folder = Folder::empty();
    assert_eq!(one(&folder, &["--json", "/dev/full"]).code, 2);
    assert!(folder.path("destspec-out/report.html").exists());
}
