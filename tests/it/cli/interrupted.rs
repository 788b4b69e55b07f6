//! Runs that end before their end.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use crate::cli::at;
use crate::support::program::Ended;

#[test]
fn an_interrupted_run_writes_what_is_known() {
    for signal in ["-INT", "-TERM"] {
        writes_what_is_known(signal);
    }
}

fn writes_what_is_known(signal: &str) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = at(&format!("https://{}", listener.local_addr().unwrap()));
    let mut command = folder.command(&["run", "submission.toml", "--quiet"]);
    command.env("EXAMPLE_TOKEN", "example-token-0123456789");
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // No handshake is ever answered: the run has begun, and waits.
    let held = listener.accept().unwrap();
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let ended = Ended::from(child.wait_with_output().unwrap());
    drop(held);
    assert_eq!(ended.code, 4, "{}\n{}", ended.stdout, ended.stderr);
    assert!(
        ended.says("interrupted: writing what is known"),
        "{}",
        ended.stderr
    );
    assert!(ended.stdout.contains("incomplete"), "{}", ended.stdout);
    let record: serde_json::Value =
        serde_json::from_str(&folder.read("destspec-out/record.json")).unwrap();
    assert_eq!(record["run"]["interrupted"], true);
}

#[test]
fn a_second_interruption_ends_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = at(&format!("https://{}", listener.local_addr().unwrap()));
    let mut command = folder.command(&["run", "submission.toml", "--quiet", "--json", "-"]);
    command.env("EXAMPLE_TOKEN", "example-token-0123456789");
    // Nobody reads the record, and it is larger than a pipe: it is never written to its end.
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let held = listener.accept().unwrap();
    let id = child.id().to_string();
    let interrupt = || {
        let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(sent.success());
    };
    interrupt();
    let errors = BufReader::new(child.stderr.take().unwrap());
    let mut said = errors.lines().map(Result::unwrap);
    assert!(said.any(|line| line.starts_with("interrupted: ")));
    interrupt();
    let ended = child.wait().unwrap();
    drop(held);
    assert_eq!(ended.code(), Some(4));
}

#[test]
fn a_killed_run_keeps_what_it_saw_and_a_finished_one_keeps_the_record_alone() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = at(&format!("http://{}", listener.local_addr().unwrap()));
    let mut command = folder.command(&["run", "submission.toml", "--quiet"]);
    command.env("EXAMPLE_TOKEN", "example-token-0123456789");
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Every connection is closed at once, which is an exchange.
    let lines = || folder.read("destspec-out/journal.ndjson").lines().count();
    while !folder.path("destspec-out/journal.ndjson").exists() || lines() < 3 {
        drop(listener.accept());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let journal = folder.read("destspec-out/journal.ndjson");
    let first: serde_json::Value = serde_json::from_str(journal.lines().next().unwrap()).unwrap();
    assert_eq!(first["destination"], "example-streaming");
    assert!(!journal.contains("example-token-0123456789"));

    drop(listener);
    folder.run(&["run", "submission.toml", "--quiet"]);
    assert!(!folder.path("destspec-out/journal.ndjson").exists());
    assert!(folder.path("destspec-out/record.json").exists());
}
