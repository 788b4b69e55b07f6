//! What a platform ingested, learned from a receipt in the location and from a command of the submission.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::process::{Child, Stdio};

use crate::cli::emulate::read_until;
use crate::support::program::{Ended, Folder};

/// Asks the embedded platform about a folder, and says aloud what it should not.
const ASK: &str = r#"
import os, ssl, sys, urllib.error, urllib.parse, urllib.request
token = open("secrets/MOONSHINE_INGESTION_TOKEN").read()
print("asked as", token, file=sys.stderr)
print("finds", *sorted(os.environ), file=sys.stderr)
url = "BASE/s3-csv/ingested?folder=" + urllib.parse.quote(sys.argv[1])
asked = urllib.request.Request(url, headers={"Authorization": "Bearer " + token})
try:
    said = urllib.request.urlopen(asked, context=ssl.create_default_context(cafile="reference-ca.pem"))
except urllib.error.HTTPError as error:
    sys.exit({404: 75, 422: 65}.get(error.code, 1))
if said.status == 202:
    sys.exit(75)
sys.stdout.buffer.write(said.read())
"#;

/// The reference destinations in the foreground, and a submission about them that asks by a command.
fn started(arguments: &[&str]) -> (Folder, Child) {
    let folder = Folder::empty();
    let all = [&["emulate", "--submission", "acme"], arguments].concat();
    let mut child = folder.command(&all).stdout(Stdio::piped()).spawn().unwrap();
    read_until(&mut child, "Ctrl-C").unwrap();
    let submission = folder.read("acme/submission.toml");
    let url = submission.split_once("/s3-csv/ingested?folder={folder}");
    let (_, base) = url.unwrap().0.rsplit_once('"').unwrap();
    folder.write("acme/ask.py", ASK.replace("BASE", base));
    folder.edit(
        "acme/submission.toml",
        &format!("url = \"{base}/s3-csv/ingested?folder={{folder}}\""),
        "command = [\"python3\", \"ask.py\", \"{folder}\"]",
    );
    (folder, child)
}

fn run(folder: &Folder, destination: &str, requirement: &str) -> Ended {
    folder.run(&[
        "run",
        "acme/submission.toml",
        "--destination",
        destination,
        "--requirement",
        requirement,
        "--seed",
        "1",
        "--out",
        "out",
    ])
}

#[test]
fn a_command_proves_ingestion_and_a_replay_starts_none() {
    let (folder, mut child) = started(&[]);
    let ended = run(&folder, "s3-csv", "BAT-2");
    let missing = {
        folder.edit("acme/submission.toml", "\"ask.py\"", "\"none.py\"");
        let arguments = ["--out", "other", "--requirement", "BAT-2.06"];
        let of = ["run", "acme/submission.toml", "--destination", "s3-csv"];
        folder.run(&[of, arguments].concat())
    };
    child.kill().unwrap();
    child.wait().unwrap();
    let met = "BAT-2    met          observed";
    assert!(
        ended.stdout.contains(met),
        "{}{}",
        ended.stdout,
        ended.stderr
    );
    let record = folder.read("out/record.json");
    assert!(record.contains("ingestion, by a command of the submission"));
    assert!(record.contains("asked as ⟦secret:ingestion_token"));
    let (_, found) = record.split_once("\\nfinds ").unwrap();
    let found = found.split("\\n").next().unwrap();
    let found: Vec<&str> = found.split(' ').collect();
    assert!(found.contains(&"PATH"), "{found:?}");
    assert!(
        !found.contains(&"NO_COLOR") && !found.contains(&"EXAMPLE_TOKEN"),
        "{found:?}"
    );
    let token = folder.read("acme/secrets/MOONSHINE_INGESTION_TOKEN");
    for (path, bytes) in folder.files() {
        let text = String::from_utf8_lossy(&bytes);
        let is_written = !path.starts_with(folder.path("acme"));
        assert!(!(is_written && text.contains(token.trim())), "{path:?}");
    }
    let replayed = folder.run(&["replay", "out/record.json"]);
    assert_eq!(replayed.code, 4, "{}", replayed.stderr);
    assert!(replayed.stdout.contains("bears out"), "{}", replayed.stdout);
    let unproven = "BAT-2    unproven";
    assert!(missing.stdout.contains(unproven), "{}", missing.stdout);
    assert!(missing.stdout.contains("exit code 2"), "{}", missing.stdout);
}

#[test]
fn where_no_program_may_be_started_a_command_is_refused() {
    let (folder, mut child) = started(&[]);
    child.kill().unwrap();
    child.wait().unwrap();
    let ended = folder.run(&["run", "--no-commands", "acme/submission.toml"]);
    assert_eq!(ended.code, 2, "{}{}", ended.stdout, ended.stderr);
    assert!(ended.says("of `s3-csv`"), "{}", ended.stderr);
    assert!(
        !folder.path("destspec-out").exists(),
        "something was written"
    );
}

#[test]
fn what_a_platform_gets_wrong_is_found_by_a_command_and_by_a_receipt() {
    let (folder, mut child) = started(&["--fault", "null-word-read-as-null"]);
    let command = run(&folder, "s3-csv", "BAT-2.05");
    child.kill().unwrap();
    child.wait().unwrap();
    let (folder, mut child) = started(&["--fault", "json-absent-refused"]);
    let receipt = run(&folder, "gcs-json", "BAT-2.05");
    child.kill().unwrap();
    child.wait().unwrap();
    for (ended, destination, words) in [
        (command, "s3-csv", "a text like null"),
        (receipt, "gcs-json", "files that the platform can read"),
    ] {
        assert_eq!(ended.code, 1, "{}{}", ended.stdout, ended.stderr);
        let not_met = format!("not met: BAT-2 of {destination}");
        assert!(ended.stdout.contains(&not_met), "{}", ended.stdout);
        assert!(ended.stdout.contains(words), "{}", ended.stdout);
    }
}

#[test]
fn a_manifest_that_is_ingested_is_found_where_one_question_is_about_one_file() {
    for (arguments, code) in [(&[][..], 4), (&["--fault", "manifest-ingested"][..], 1)] {
        let (folder, mut child) = started(arguments);
        folder.edit("acme/ask.py", "?folder=", "?file=");
        folder.edit(
            "acme/submission.toml",
            "\"ask.py\", \"{folder}\"",
            "\"ask.py\", \"{file}\"",
        );
        let ended = run(&folder, "s3-csv", "BAT-2.18");
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(ended.code, code, "{}{}", ended.stdout, ended.stderr);
        let asked = folder.read("out/record.json").matches("manifest-").count();
        assert!(asked > 0, "{}", ended.stderr);
    }
}

#[test]
fn one_way_to_ask_is_named_and_every_mistake_is_told() {
    let told = |lines: &str, words: &str| {
        let folder = Folder::empty();
        assert_eq!(folder.run(&["init", "--batch", "s3"]).code, 0);
        let begin = "# [destination.observe.ingestion]";
        let own = format!("[destination.observe.ingestion]\n{lines}");
        folder.edit("submission.toml", begin, &own);
        let ended = folder.run(&["list", "submission.toml"]);
        assert_eq!(ended.code, 2, "{lines}: {}", ended.stderr);
        assert!(ended.says(words), "{lines}: {}", ended.stderr);
    };
    told(
        "",
        "expected one of `url`, `receipt` and `command`, received none",
    );
    told(
        "receipt = \"{file}.done\"\ncommand = [\"a\", \"{file}\"]",
        "received `receipt` and `command`",
    );
    told(
        "receipt = \"done.jsonl\"",
        "a name with `{folder}` or `{file}`",
    );
    told(
        "receipt = \"{file}\"",
        "another name than that of what was written",
    );
    told(
        "receipt = \"../{file}.done\"",
        "a name below the configured folder",
    );
    told("receipt = \"{name}{file}\"", "received another placeholder");
    told("command = []", "expected a program and its arguments");
    told(
        "command = [\"{file}\"]",
        "expected an argument with `{folder}` or `{file}`",
    );
    told("command = \"observe {file}\"", "expected");
    told(
        "command = [\"a\", \"{file}\"]\nrejection = \"{file}.no\"",
        "unknown key",
    );
}
