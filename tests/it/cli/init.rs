//! `destspec init`: what it makes of JSON that is posted already, and that it asks nobody in a pipe.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::path::Path;

use crate::support::program::Folder;

/// The JSON of the reference destinations.
fn posted() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/submissions/reference");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).unwrap())
    });
    all.filter(|(name, _)| Path::new(name).extension().is_some_and(|end| end == "json"))
        .collect()
}

#[test]
fn a_destination_server_alone_becomes_a_submission_without_a_problem() {
    let servers = posted().into_iter();
    let servers = servers.filter(|(name, _)| name.ends_with("-server.json"));
    let mut count = 0;
    for (name, text) in servers {
        let folder = Folder::empty();
        folder.write("posted/server.json", text);
        let ended = folder.run(&["init", "acme", "--from", "posted/server.json"]);
        assert_eq!(ended.code, 0, "{name}: {}", ended.stderr);
        let written = folder.read("acme/submission.toml");
        assert!(
            written.contains("server = \"../posted/server.json\""),
            "{name}"
        );
        let listed = folder.run(&["list", "acme/submission.toml"]);
        assert_eq!((listed.code, listed.stderr.as_str()), (0, ""), "{name}");
        for rule in ["CFG-01", "CFG-11", "CFG-19"] {
            assert!(listed.stdout.contains(&format!("  run  {rule}")), "{name}");
        }
        let before = folder.files();
        assert_eq!(folder.run(&["init", "acme", "--from", "posted"]).code, 2);
        assert!(folder.files() == before, "{name}");
        count += 1;
    }
    assert_eq!(count, 14);
}

#[test]
fn the_configuration_of_what_was_begun_so_keeps_every_rule() {
    for name in ["bearer-batch", "bearer-grouped", "bearer-single"] {
        let folder = Folder::empty();
        let server = format!("{name}-server.json");
        let all = posted();
        let (_, text) = all.iter().find(|(file, _)| *file == server).unwrap();
        folder.write("server.json", text);
        assert_eq!(
            folder.run(&["init", "acme", "--from", "server.json"]).code,
            0
        );
        let token = [("EXAMPLE_STREAMING_TOKEN", "example-token-0123456789")];
        let judged = ["run", "-q", "acme/submission.toml", "--requirement", "CFG"];
        let ended = folder.run_with(&judged, &token);
        assert_eq!(ended.code, 4, "{name}: {}{}", ended.stdout, ended.stderr);
        assert!(!ended.stdout.contains("FAIL"), "{name}: {}", ended.stdout);
        assert!(
            !ended.stdout.contains("not met"),
            "{name}: {}",
            ended.stdout
        );
    }
}

#[test]
fn a_folder_of_posted_json_becomes_one_that_names_it_and_copies_no_secret() {
    let folder = Folder::empty();
    for (name, text) in posted() {
        if name.starts_with("bearer-batch") {
            folder.write(&format!("posted/{name}"), text);
        }
    }
    let secret =
        "{ \"basicAuthentication\": { \"username\": \"u\", \"password\": \"p-48151623\" } }";
    folder.write("posted/credentials.json", secret);
    let ended = folder.run(&["init", "acme", "--from", "posted"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended.says("`posted/credentials.json` holds credentials"),
        "{}",
        ended.stderr
    );
    let written = folder.read("acme/submission.toml");
    assert!(!written.contains("48151623"));
    assert!(written.contains("\naudience_template = \"../posted/bearer-batch-audience.json\""));
    assert!(!folder.path("acme/sdk").exists(), "nothing is copied");
    assert!(
        written.contains("\nname = \"bearer-batches-of-ten\""),
        "{written}"
    );
    let listed = folder.run(&["list", "acme/submission.toml"]);
    assert_eq!((listed.code, listed.stderr.as_str()), (0, ""));
    assert!(
        listed.stdout.contains("  run  META-01"),
        "{}",
        listed.stdout
    );
}

#[test]
fn what_is_no_destination_is_said_before_anything_is_written() {
    let cases = [
        ("server.json", "[", "server.json:1:1: expected JSON"),
        (
            "server.json",
            "curl -X POST https://x.example -d '{}'",
            "server.json:1:1: expected JSON (RFC 8259), received a command",
        ),
        (
            "server.json",
            "{}",
            "expected a destination server, which has `destinationServerType`",
        ),
        (
            "server.json",
            "{ \"destinationServerType\": \"URL\" }",
            "received `URL`",
        ),
        ("nothing.json", "{}", "cannot read `server.json`"),
    ];
    for (file, text, said) in cases {
        let folder = Folder::empty();
        folder.write(file, text);
        let before = folder.files();
        let ended = folder.run(&["init", "acme", "--from", "server.json"]);
        assert_eq!(ended.code, 2, "{text}: {}", ended.stderr);
        assert!(ended.says(said), "{text}: {}", ended.stderr);
        assert!(folder.files() == before, "{text}");
    }
    let folder = Folder::empty();
    for name in ["a.json", "b.json"] {
        folder.write(name, "{ \"destinationServerType\": \"URL_BASED\" }");
    }
    let ended = folder.run(&["init", "acme", "--from", "."]);
    assert!(
        ended.says("received `./a.json`, `./b.json`"),
        "{}",
        ended.stderr
    );
}
