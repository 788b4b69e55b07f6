//! The commands as a user runs them: exit codes, what is printed where, and which files there are afterwards.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use destspec::cli::exit::Exit;
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
fn help_lists_every_exit_code() {
    let ended = Folder::empty().run(&["--help"]);
    assert_eq!(ended.code, 0);
    for (exit, code, meaning) in Exit::ALL {
        assert_eq!(exit.code(), code);
        let line = ended
            .stdout
            .lines()
            .find(|l| l.trim_start().starts_with(&format!("{code}  ")));
        let words = meaning.split(' ').next().unwrap();
        assert!(
            line.is_some_and(|l| l.contains(words)),
            "{code}: {}",
            ended.stdout
        );
    }
}

#[test]
fn the_help_of_every_command_ends_with_two_examples_and_the_exit_codes() {
    let commands: [&[&str]; 11] = [
        &["run"],
        &["check"],
        &["list"],
        &["explain"],
        &["init"],
        &["render", "message"],
        &["render", "file"],
        &["emulate"],
        &["report"],
        &["replay"],
        &["man"],
    ];
    for command in commands {
        let ended = Folder::empty().run(&[command, &["--help"]].concat());
        assert_eq!(ended.code, 0);
        let (_, end) = ended.stdout.split_once("\nExamples:\n").unwrap();
        let (examples, codes) = end.split_once("\n\nExit codes:\n").unwrap();
        let example = format!("  destspec {}", command.join(" "));
        assert_eq!(examples.matches(&example).count(), 2, "{examples}");
        for line in codes.lines() {
            let code = line.split_whitespace().next().unwrap();
            let known = |(_, known, _): &(Exit, u8, &str)| known.to_string() == code;
            assert!(Exit::ALL.iter().any(known), "{line}");
        }
    }
}

#[test]
fn completions_and_manual_pages_come_from_the_program() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ended = Folder::empty().run(&["completions", shell]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        assert!(ended.stdout.contains("deny-literal-secrets"), "{shell}");
    }
    let page = Folder::empty().run(&["man"]);
    assert_eq!(page.code, 0, "{}", page.stderr);
    assert!(page.stdout.contains(".TH destspec 1"), "{}", page.stdout);
    let page = Folder::empty().run(&["man", "render", "file"]);
    assert!(page.stdout.contains("destspec\\-render\\-file"));
    let unknown = Folder::empty().run(&["man", "rnu"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.says("no command is called `rnu`"));
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
        ended.stdout.contains("UnknownIssuer") && ended.stdout.contains("`ca_file`"),
        "{}",
        ended.stdout
    );
}

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
            .starts_with("judging 6 destinations with 6 scenarios\n"),
        "{}",
        ended.stderr
    );
    for name in ["basic-single", "bearer-grouped"] {
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
                "membership.feature:",
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

/// Lines of standard output up to one that begins so.
fn read_until(child: &mut Child, last: &str) -> String {
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut read = String::new();
    for line in out.lines().map(Result::unwrap) {
        read.push_str(&format!("{line}\n"));
        if line.starts_with(last) {
            return read;
        }
    }
    panic!("no line begins with `{last}`: {read}");
}

#[test]
fn emulate_writes_a_submission_that_runs_and_says_how_to_use_it() {
    let folder = Folder::empty();
    let mut command = folder.command(&["emulate", "--submission", "acme"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let said = read_until(&mut child, "Ctrl-C");
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
fn the_help_of_emulate_lists_its_faults() {
    let ended = Folder::empty().run(&["emulate", "--help"]);
    assert!(ended.stdout.contains("\nFaults:\n"), "{}", ended.stdout);
    assert!(ended.stdout.contains("\n  exited-dropped "));
}

#[test]
fn an_interrupted_run_writes_what_is_known() {
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
        .args(["-INT", &child.id().to_string()])
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
fn a_secret_that_is_not_set_is_reported_beside_the_problems_of_the_files() {
    let folder = Folder::started();
    folder.edit("sdk/server.json", "httpMethod", "httpMetod");
    let ended = folder.run_with(&["check", "submission.toml"], &[]);
    assert_eq!(ended.code, 2);
    assert!(ended.says("`httpMethod` is missing"), "{}", ended.stderr);
    assert!(ended.says("`EXAMPLE_TOKEN` is not set"), "{}", ended.stderr);
}
