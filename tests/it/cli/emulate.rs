//! `destspec emulate`: what it says and writes.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use crate::cli::one;
use crate::support::program::Folder;

#[test]
fn emulate_lists_its_faults() {
    let ended = Folder::empty().run(&["emulate", "--fault", "list"]);
    assert_eq!(ended.code, 0);
    assert!(ended.stdout.lines().count() > 40);
    let column = |l: &str| {
        l.len()
            - l.split_once("  ")
                .map_or(0, |(_, rest)| rest.trim_start().len())
    };
    let exited = ended
        .stdout
        .lines()
        .find(|l| l.starts_with("exited-dropped "))
        .unwrap();
    assert_eq!(column(exited), 41);
}

/// Lines of standard output up to one that begins so; nothing where it ends before.
pub fn read_until(child: &mut Child, last: &str) -> Option<String> {
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let (mut read, mut line) = (String::new(), String::new());
    while !line.starts_with(last) {
        line.clear();
        if out.read_line(&mut line).unwrap() == 0 {
            return None;
        }
        read.push_str(&line);
    }
    Some(read)
}

#[test]
fn emulate_writes_a_submission_that_runs_and_says_how_to_use_it() {
    let folder = Folder::empty();
    let mut command = folder.command(&["emulate", "--submission", "acme"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let said = read_until(&mut child, "Ctrl-C").unwrap();
    assert!(
        said.contains("curl --cacert acme/reference-ca.pem"),
        "{said}"
    );
    assert!(said.contains("destspec run acme/submission.toml"), "{said}");
    let run = one(&folder, &["acme/submission.toml"]);
    let port = said.split_once("https://localhost:").unwrap().1;
    let port = port.split_once(char::is_whitespace).unwrap().0;
    let taken = folder.run(&["emulate", "--port", port]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(run.code, 4, "{}\n{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("1 observed"), "{}", run.stdout);
    assert_eq!(taken.code, 3, "{}", taken.stderr);
    assert!(taken.says("name another port"), "{}", taken.stderr);
}

#[test]
fn emulate_leaves_a_submission_that_somebody_wrote() {
    let folder = Folder::started();
    let before = folder.files();
    let ended = folder.run(&["emulate", "--submission", "."]);
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.says("`./submission.toml` exists"), "{}", ended.stderr);
    assert!(folder.files() == before);
}

#[test]
fn the_help_of_emulate_is_a_page_and_says_what_lists_its_faults() {
    let folder = Folder::empty();
    let ended = folder.run(&["emulate", "--help"]);
    assert!(ended.stdout.lines().count() < 60, "{}", ended.stdout);
    assert!(ended.stdout.contains("`destspec emulate --fault list`"));
    let listed = folder.run(&["emulate", "--fault", "list"]);
    assert!(listed.stdout.contains("\nexited-dropped "));
}
