//! Bad input of every kind through the program: one clear message with place and remedy, the right exit code, nothing else.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod literal_secrets;
mod sdk_and_arguments;
mod submission;
mod typed;

use crate::support::program::{Ended, Folder};

/// A change to the submission that `destspec init` writes.
pub enum Change {
    /// Replaces a text in a file.
    Edit(&'static str, &'static str, &'static str),
    /// Writes a file.
    Write(&'static str, &'static [u8]),
    /// Puts a folder in the place of a file.
    Folder(&'static str),
}

/// What is wrong, what the program is asked, and what it must say; the place first, where there is a file.
pub struct Case(
    pub &'static str,
    pub &'static [Change],
    pub &'static [&'static str],
    pub &'static [&'static str],
);

/// Cases whose input is wrong in two ways.
const OF_TWO_CAUSES: [&str; 7] = [
    "an empty file",
    "two destinations of one name",
    "a password in a URL",
    "no requestBody",
    "a password in a URL without a template",
    "nothing that is required",
    "the same where it is run",
];

fn run(case: &Case) -> (Folder, Ended) {
    let Case(what, changes, arguments, _) = case;
    let folder = Folder::started();
    for change in *changes {
        match change {
            Change::Edit(file, from, to) => folder.edit(file, from, to),
            Change::Write(file, bytes) => folder.write(file, bytes),
            Change::Folder(file) => {
                std::fs::remove_file(folder.path(file)).unwrap();
                std::fs::create_dir(folder.path(file)).unwrap();
            }
        }
    }
    let before = folder.files();
    let variables = [
        ("EXAMPLE_TOKEN", "example-token-0123456789"),
        ("EMPTY_TOKEN", ""),
        ("SCHEME_TOKEN", "Bearer canary-4711-canary"),
        ("BROKEN_TOKEN", "canary-4711-canary\n"),
        ("WINDOWS_TOKEN", "canary-4711-canary\r"),
    ];
    let ended = folder.run_with(arguments, &variables);
    assert!(folder.files() == before, "{what}: files changed");
    (folder, ended)
}

/// What is missing from the answer to a case; nothing when it is as it must be.
fn faults(case: &Case) -> Vec<String> {
    let (_folder, ended) = run(case);
    let mut faults = Vec::new();
    let mut must = |holds: bool, rule: String| {
        if !holds {
            faults.push(format!("{}: {rule}", case.0));
        }
    };
    must(ended.code == 2, format!("exit code {}", ended.code));
    must(
        ended.stdout.is_empty(),
        format!("on stdout: {}", ended.stdout),
    );
    must(!ended.says("panicked at"), String::from("a panic"));
    // a seed is drawn, and may hold any digits
    let said = ended.stderr.lines().filter(|l| !l.starts_with("seed: "));
    let is_secret = |line: &str| line.contains("4711");
    must(!said.into_iter().any(is_secret), String::from("a secret"));
    must(
        !ended.says("os error"),
        String::from("a number of the operating system"),
    );
    must(
        ended.says("help: ") || ended.says("--help"),
        String::from("no remedy"),
    );
    for words in case.3 {
        must(ended.says(words), format!("does not say `{words}`"));
    }
    let found = ended
        .stderr
        .lines()
        .filter(|line| line.starts_with("  × ") || line.starts_with("  ⚠ "));
    let found: Vec<&str> = found.collect();
    if found.len() > 1 && !OF_TWO_CAUSES.contains(&case.0) {
        faults.push(format!("{}: one cause, {found:#?}", case.0));
    }
    if !faults.is_empty() {
        faults.push(ended.stderr.clone());
    }
    faults
}

fn hold(cases: &[Case]) {
    let faults: Vec<String> = cases.iter().flat_map(faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_bad_submission_is_refused_where_it_is_wrong() {
    hold(submission::OF_THE_SUBMISSION);
}

#[test]
fn a_file_that_is_no_text_is_told_what_to_be() {
    hold(submission::OF_FILES);
}

#[test]
fn bad_credentials_are_refused_where_they_are_named() {
    hold(submission::OF_CREDENTIALS);
}

/// Not every environment is text.
#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_named_by_check_and_run() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let folder = Folder::started();
    for command in ["check", "run"] {
        let mut command = folder.command(&[command, "submission.toml"]);
        command.env("EXAMPLE_TOKEN", OsStr::from_bytes(b"canary\xff4711"));
        let ended = Ended::from(command.output().unwrap());
        assert_eq!(ended.code, 2, "{}", ended.stderr);
        assert!(
            ended.says(
                "submission.toml:32:9: the environment variable `EXAMPLE_TOKEN` is not UTF-8 text"
            ),
            "{}",
            ended.stderr
        );
        assert!(
            ended.says("help: export EXAMPLE_TOKEN as UTF-8"),
            "{}",
            ended.stderr
        );
        assert!(
            !ended.says("4711") && !ended.says("is not set"),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn what_a_customer_types_in_at_the_login_is_refused_where_it_is_wrong() {
    hold(typed::OF_TYPED_FIELDS);
}

#[test]
fn bad_customer_data_is_refused_where_it_is_given() {
    hold(submission::OF_CUSTOMER_DATA);
}

#[test]
fn bad_destination_sdk_json_is_refused_where_it_is_wrong() {
    hold(sdk_and_arguments::OF_SDK_JSON);
}

#[test]
fn bad_arguments_are_refused() {
    hold(sdk_and_arguments::OF_ARGUMENTS);
}
