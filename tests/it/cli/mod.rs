//! The commands as a user runs them: exit codes, what is printed where, and which files there are afterwards.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod batch;
pub mod emulate;
mod explain;
mod help;
mod ingestion;
mod init;
mod interrupted;
mod live;
mod locations;
mod login;
mod typed;
mod written;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use destspec::emulator::rest::{Emulator, Setup};

use crate::support::program::{Ended, Folder};

/// One requirement of one reference destination: the quickest run.
const ONE: [&str; 6] = [
    "run",
    "--quiet",
    "--requirement",
    "STR-1a.01",
    "--destination",
    "bearer-single",
];

fn one(folder: &Folder, more: &[&str]) -> Ended {
    folder.run(&[&ONE[..], more].concat())
}

/// A submission that delivers to this address, in time.
fn at(base: &str) -> Folder {
    let folder = Folder::started();
    folder.edit("sdk/server.json", "https://api.example.com", base);
    let limits = "[destination.limits]\nretry_waits_seconds = [0, 0]\n# allow_load";
    folder.edit("submission.toml", "# allow_load", limits);
    folder
}

#[test]
fn a_whole_run_of_the_reference_is_conformant_and_renders_again_alike() {
    let folder = Folder::empty();
    let ended = folder.run(&["run", "--quiet", "--seed", "11"]);
    assert_eq!(ended.code, 0, "{}\n{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("\nconformant: "));
    assert_eq!(ended.stderr, "");
    let formats = [
        ("html", "report.html"),
        ("junit", "junit.xml"),
        ("json", "record.json"),
        ("markdown", "summary.md"),
    ];
    assert_eq!(folder.files().len(), formats.len());
    for (format, file) in formats {
        let again = folder.run(&["report", "destspec-out/record.json", "--format", format]);
        assert_eq!(again.code, 0);
        assert!(
            again.stdout == folder.read(&format!("destspec-out/{file}")),
            "{file} differs"
        );
    }
    let again = folder.run(&["report", "destspec-out/record.json"]);
    assert!(
        ended.stdout.starts_with(&again.stdout),
        "the summary differs"
    );
}

#[test]
fn a_destination_with_a_fault_is_not_conformant() {
    let folder = Folder::empty();
    let ended = one(&folder, &["--fault", "everything-refused"]);
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    assert!(ended.stdout.contains("STR-1a.01"));
    assert!(ended.stdout.contains("curl "));
}

#[test]
fn a_filtered_run_is_never_conformant() {
    let ended = one(&Folder::empty(), &[]);
    assert_eq!(ended.code, 4, "{}", ended.stdout);
    assert!(ended.stdout.contains("\nincomplete: "), "{}", ended.stdout);
}

#[test]
fn nothing_selected_has_a_code_of_its_own() {
    let folder = Folder::empty();
    let ended = folder.run(&["run", "--tags", "@must and not @must"]);
    assert_eq!(ended.code, 4);
    assert_eq!(ended.stdout, "");
    assert!(ended.says("error: nothing is selected"), "{}", ended.stderr);
    assert!(ended.says("help: `destspec list`"), "{}", ended.stderr);
    assert!(folder.files().is_empty());
}

#[test]
fn a_destination_that_is_not_there_cannot_be_judged() {
    let refused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for base in [
        format!("https://{refused}"),
        String::from("https://nowhere.invalid"),
    ] {
        let folder = at(&base);
        let ended = folder.run(&[
            "run",
            "submission.toml",
            "--quiet",
            "--requirement",
            "STR-1a.01",
        ]);
        assert_eq!(ended.code, 3, "{base}: {}", ended.stdout);
        assert!(
            ended.stdout.contains("could not be judged"),
            "{}",
            ended.stdout
        );
        assert!(!ended.stderr.contains("panicked"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_an_unknown_authority_is_named_with_its_remedy() {
    let emulator = Emulator::start(Setup::default()).await.unwrap();
    let folder = at(&emulator.base_url());
    let ended = tokio::task::spawn_blocking(move || folder.run(&["check", "submission.toml"]));
    let ended = ended.await.unwrap();
    assert_eq!(ended.code, 1, "{}\n{}", ended.stdout, ended.stderr);
    assert!(
        ended
            .stdout
            .contains("signed by an authority that is not trusted")
            && ended.stdout.contains("`ca_file`"),
        "{}",
        ended.stdout
    );
}

#[test]
fn without_a_terminal_a_run_says_a_line_for_each_destination() {
    let folder = Folder::empty();
    let loud = |more: &[&str]| {
        let arguments = ["run", "--requirement", "STR-1a.01"];
        folder.run(&[&arguments[..], more].concat())
    };
    let ended = loud(&["--color", "auto"]);
    assert!(
        ended
            .stderr
            .starts_with("judging 8 destinations with 8 scenarios\n"),
        "{}",
        ended.stderr
    );
    for name in ["basic-single", "oauth2-code", "bearer-grouped"] {
        let line = format!("\n{name}: 1 scenario in ");
        assert!(ended.stderr.contains(&line), "{}", ended.stderr);
    }
    assert!(!ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'));
    assert_eq!(loud(&["--quiet"]).stderr, "");
}

#[test]
fn list_gives_a_reason_for_every_omission() {
    let ended = Folder::empty().run(&["list", "--tags", "@must"]);
    assert_eq!(ended.code, 0);
    let lines: Vec<&str> = ended.stdout.lines().collect();
    let omitted = lines
        .iter()
        .enumerate()
        .filter(|(_, l)| l.starts_with("  omit "));
    let mut count = 0;
    for (at, line) in omitted {
        assert!(lines[at + 1].trim_start().starts_with("because "), "{line}");
        count += 1;
    }
    assert!(count > 10, "{count} omitted");
    assert!(ended.stdout.contains("scenarios would run"));
}

#[test]
fn list_shows_the_tags_of_each_scenario_where_they_are_asked_for() {
    let listed = |more: &[&str]| {
        let one = ["list", "--destination", "bearer-single", "--requirement"];
        let ended = Folder::empty().run(&[&one[..], &["STR-1.01"], more].concat());
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        ended.stdout
    };
    assert!(!listed(&[]).contains('@'));
    let shown = listed(&["--tags-shown"]);
    let mut tags = shown.lines().skip_while(|line| !line.contains("STR-1.01"));
    assert_eq!(tags.nth(1).unwrap().trim(), "@must @req.STR-1.01");
}

/// A server that sends everybody elsewhere, until the process ends.
fn moved() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _asked = stream.read(&mut [0; 4096]);
            let answer = "HTTP/1.1 301 Moved Permanently\r\nlocation: https://www.example.com/\r\n\
                content-length: 0\r\nconnection: close\r\n\r\n";
            let _sent = stream.write_all(answer.as_bytes());
        }
    });
    base
}

#[test]
fn an_endpoint_that_redirects_is_found_before_anything_is_delivered() {
    let ended = at(&moved()).run(&["check", "submission.toml"]);
    assert_eq!(ended.code, 1, "{}\n{}", ended.stdout, ended.stderr);
    let said = ended.stdout;
    assert!(
        said.contains("https://www.example.com/") && said.contains("your endpoint"),
        "{said}"
    );
}

#[test]
fn a_requirement_that_is_a_prerequisite_selects_its_family() {
    let ended = Folder::empty().run(&[
        "list",
        "--requirement",
        "STR-1",
        "--destination",
        "bearer-single",
    ]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let runs = |id: &str| {
        let mut lines = ended.stdout.lines();
        lines.any(|line| line.starts_with("  run ") && line.contains(id))
    };
    assert!(runs(" STR-1.01 ") && runs(" STR-1a.01 ") && runs(" STR-1b.01 "));
    assert!(!runs(" STR-2."));
}

#[test]
fn init_writes_a_submission_that_lists() {
    let folder = Folder::empty();
    let ended = folder.run(&["init", "mine"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let before = folder.files();
    assert_eq!(before.len(), 3);
    let listed = folder.run(&["list", "mine/submission.toml"]);
    assert_eq!((listed.code, listed.stderr.as_str()), (0, ""));
    assert!(listed.stdout.starts_with("example-streaming\n"));
    let again = folder.run(&["init", "mine"]);
    assert_eq!(again.code, 2);
    assert!(again.says("nothing was written"));
    assert!(folder.files() == before);
}

#[test]
fn render_message_prints_the_request_with_secrets_as_tokens() {
    let folder = Folder::started();
    let render =
        |more: &[&str]| folder.run(&[&["render", "message", "submission.toml"], more].concat());
    let first = render(&["--count", "3", "--seed", "5"]);
    assert_eq!(first.code, 0, "{}", first.stderr);
    assert_eq!(first.stdout.matches("### message ").count(), 3);
    assert!(
        first
            .stdout
            .contains("POST https://api.example.com/eu/audience-sync")
    );
    assert!(
        first
            .stdout
            .contains("Authorization: Bearer ⟦secret:token⟧")
    );
    assert_eq!(
        first.stdout,
        render(&["--count", "3", "--seed", "5"]).stdout
    );
    assert_ne!(
        first.stdout,
        render(&["--count", "3", "--seed", "6"]).stdout
    );
}

#[test]
fn render_message_takes_profiles_and_a_template() {
    let folder = Folder::started();
    folder.write(
        "profiles.json",
        r#"[{"identityMap":{"Email":[{"id":"ada@example.com"}]},"segmentMembership":{"ups":{}}},
           {"identityMap":{"Email":[{"id":"quote\"@example.com"}]},"segmentMembership":{"ups":{}}}]"#,
    );
    folder.write(
        "mail.peb",
        "{\"mail\": \"{% for identity in input.profile.identityMap.Email %}{{ identity.id | raw }}{% endfor %}\"}",
    );
    let all = [
        "render",
        "message",
        "submission.toml",
        "--profiles",
        "profiles.json",
    ];
    let plain = folder.run(&all);
    assert_eq!(plain.code, 0, "{}", plain.stderr);
    assert!(
        plain
            .stdout
            .contains(r#"{"type":"Email","id":"ada@example.com"}"#)
    );
    let broken = folder.run(&[&all[..], &["--template", "mail.peb"]].concat());
    assert_eq!((broken.code, broken.stdout.as_str()), (2, ""));
    assert!(broken.says("expected JSON"), "{}", broken.stderr);
    assert!(
        broken.says("quote") && broken.says("| toJson"),
        "{}",
        broken.stderr
    );
}

#[test]
fn a_template_that_reads_what_is_never_there_is_warned_of_at_its_place() {
    let folder = Folder::started();
    folder.edit(
        "sdk/server.json",
        "customerData.region",
        "customerData.regoin",
    );
    let ended = folder.run(&["render", "message", "submission.toml"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let at = "sdk/server.json:7:43: `urlBasedDestination.url` reads `customerData.regoin`";
    assert!(ended.says(at), "{}", ended.stderr);
    let listed = folder.run(&["list", "submission.toml"]);
    assert!(listed.says(at), "{}", listed.stderr);
}

#[test]
fn a_file_that_a_submission_names_is_shown_from_where_the_user_stands() {
    let folder = Folder::empty();
    assert_eq!(folder.run(&["init", "acme"]).code, 0);
    folder.edit("acme/sdk/server.json", "httpMethod", "httpMetod");
    let ended = folder.run(&["check", "acme/submission.toml"]);
    assert_eq!(ended.code, 2);
    assert!(
        ended.says("acme/sdk/server.json:") && ended.says("`httpMethod` is missing"),
        "{}",
        ended.stderr
    );
    folder.edit("acme/sdk/server.json", "httpMetod", "httpMethod");
    folder.edit("acme/sdk/server.json", "https://", "ftp://");
    let ended = folder.run(&["list", "acme/submission.toml"]);
    assert!(
        ended.says("error: acme/sdk/server.json:7:"),
        "{}",
        ended.stderr
    );
}

#[test]
fn check_says_what_is_wrong_with_the_configuration_before_there_are_credentials() {
    let folder = Folder::started();
    let check =
        |more: &[&str]| folder.run_with(&[&["check", "submission.toml"], more].concat(), &[]);
    let fine = check(&["--offline"]);
    assert_eq!(fine.code, 0, "{}{}", fine.stdout, fine.stderr);
    assert!(
        fine.stdout
            .contains("  ok       configuration: renders for ")
    );
    assert!(fine.says("not looked at, offline"), "{}", fine.stderr);
    folder.edit("sdk/server.json", "\"value\": \"{", "\"value\": \"{,");
    let offline = check(&["--offline"]);
    assert_eq!(offline.code, 1, "{}", offline.stderr);
    let rule = "problem  configuration (your configuration): CFG-11";
    assert!(offline.stdout.contains(rule), "{}", offline.stdout);
    let lacking = check(&[]);
    assert_eq!((lacking.code, lacking.stdout.as_str()), (2, ""));
    for said in ["received a body that is none", "`EXAMPLE_TOKEN` is not set"] {
        assert!(lacking.says(said), "{said}: {}", lacking.stderr);
    }
}

#[test]
fn a_secret_that_is_not_set_is_reported_beside_the_problems_of_the_files() {
    let folder = Folder::started();
    folder.edit("sdk/server.json", "httpMethod", "httpMetod");
    let ended = folder.run_with(&["check", "submission.toml"], &[]);
    assert_eq!(ended.code, 2);
    assert!(ended.says("`httpMethod` is missing"), "{}", ended.stderr);
    assert!(ended.says("`EXAMPLE_TOKEN` is not set"), "{}", ended.stderr);
}
