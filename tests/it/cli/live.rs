//! `destspec replay --live`: a scenario asked again at the destination that it was recorded of.

use crate::support::program::{Ended, Folder};
use crate::support::served::served_as;

const SCENARIO: &str = "STR-1a.07/leaves";

fn recorded(folder: &Folder) {
    let scenario = ["--scenario", SCENARIO, "--scenario", "STR-1.01"];
    let ended = folder.run(&[&["run", "-q", "acme/submission.toml"], &scenario[..]].concat());
    assert_eq!(ended.code, 4, "{}\n{}", ended.stdout, ended.stderr);
}

fn again(folder: &Folder, more: &[&str]) -> Ended {
    let replay = ["replay", "destspec-out/record.json", "--live"];
    folder.run(&[&replay[..], more].concat())
}

#[test]
fn a_destination_that_answers_as_it_did_is_the_same() {
    let folder = Folder::empty();
    let (_served, _) = served_as(&folder, "acme", &[]);
    recorded(&folder);
    let ended = again(&folder, &["--scenario", SCENARIO]);
    assert_eq!(ended.code, 0, "{}\n{}", ended.stdout, ended.stderr);
    let said = &ended.stdout;
    assert!(
        said.starts_with("STR-1a.07/leaves at bearer-single\n"),
        "{said}"
    );
    assert!(said.contains("  outcome  as recorded: passed\n"), "{said}");
    assert!(
        said.contains("  same     #1 POST https://localhost:"),
        "{said}"
    );
    assert!(said.contains("\n  0 of "), "{said}");
    // asked again from elsewhere, by a submission that is named
    let away = Folder::empty();
    let record = folder.path("destspec-out/record.json");
    let (record, submission) = (record.display(), folder.path("acme/submission.toml"));
    let (record, submission) = (record.to_string(), submission.display().to_string());
    let named = ["replay", &record, "--live", "--scenario", SCENARIO];
    let ended = away.run(&[&named[..], &["--submission", &submission]].concat());
    assert_eq!(ended.code, 0, "{}\n{}", ended.stdout, ended.stderr);
    let beside = away.run(&named);
    assert_eq!(beside.code, 2, "{}\n{}", beside.stdout, beside.stderr);
    assert!(
        beside.says("no file below the current directory is called `acme/submission.toml`"),
        "{}",
        beside.stderr
    );
}

#[test]
fn a_record_of_others_chooses_no_submission() {
    let folder = Folder::empty();
    let (_served, _) = served_as(&folder, "acme", &[]);
    recorded(&folder);
    let record = folder.read("destspec-out/record.json");
    let absolute = folder.path("acme/submission.toml").display().to_string();
    for name in [
        absolute.as_str(),
        "../acme/submission.toml",
        "acme/../acme/submission.toml",
    ] {
        let named = record.replace("\"acme/submission.toml\"", &format!("\"{name}\""));
        folder.write("destspec-out/record.json", named);
        let ended = again(&folder, &["--scenario", SCENARIO]);
        assert_eq!(ended.code, 2, "{name}: {}\n{}", ended.stdout, ended.stderr);
        assert!(
            ended.says("which is not below the current directory"),
            "{name}: {}",
            ended.stderr
        );
        assert!(
            ended.says("name it: `--submission FILE`"),
            "{name}: {}",
            ended.stderr
        );
    }
    folder.write("destspec-out/record.json", record);
    let pack = [
        "bundle",
        "pack",
        "destspec-out",
        "--unsigned",
        "-o",
        "a.destspec.zip",
    ];
    let packed = folder.run(&pack);
    assert_eq!(packed.code, 0, "{}", packed.stderr);
    let bundle = ["replay", "a.destspec.zip", "--live", "--scenario", SCENARIO];
    let ended = folder.run(&bundle);
    assert_eq!(ended.code, 2, "{}\n{}", ended.stdout, ended.stderr);
    assert!(
        ended.says("received a bundle, which was made elsewhere"),
        "{}",
        ended.stderr
    );
}

#[test]
fn what_a_destination_answers_otherwise_is_named_by_its_place() {
    let folder = Folder::empty();
    let (good, port) = served_as(&folder, "acme", &[]);
    recorded(&folder);
    drop(good);
    let gone = again(&folder, &["--scenario", SCENARIO]);
    assert_eq!(gone.code, 3, "{}\n{}", gone.stdout, gone.stderr);
    assert!(
        gone.stdout.contains("    live      blocked: "),
        "{}",
        gone.stdout
    );

    let fault = ["--port", &port, "--fault", "exited-dropped"];
    let (_bad, _) = served_as(&folder, "acme", &fault);
    let ended = again(&folder, &["--scenario", SCENARIO]);
    assert_eq!(ended.code, 1, "{}\n{}", ended.stdout, ended.stderr);
    let said = &ended.stdout;
    assert!(
        said.contains("    recorded  passed\n    live      failed: "),
        "{said}"
    );
    assert!(
        said.contains("    body /audiences/0\n      recorded  none\n"),
        "{said}"
    );
    // the same again says the same
    assert_eq!(*said, again(&folder, &["--scenario", SCENARIO]).stdout);
    // what does not depend on it is the same
    let other = again(&folder, &["--scenario", "STR-1.01"]);
    assert_eq!(other.code, 0, "{}\n{}", other.stdout, other.stderr);
}

#[test]
fn what_cannot_be_asked_again_is_said_before_anything_is_sent() {
    let folder = Folder::empty();
    let (_served, _) = served_as(&folder, "acme", &[]);
    recorded(&folder);
    let near = again(&folder, &["--scenario", "STR-1a.07/leave"]);
    assert_eq!(near.code, 2);
    assert!(
        near.says("did you mean `STR-1a.07/leaves`?"),
        "{}",
        near.stderr
    );
    let elsewhere = ["--scenario", SCENARIO, "--destination", "bearer-singel"];
    let elsewhere = again(&folder, &elsewhere);
    assert_eq!(elsewhere.code, 2);
    assert!(
        elsewhere.says("did you mean `bearer-single`?"),
        "{}",
        elsewhere.stderr
    );
    let left_out = again(&folder, &["--scenario", "STR-1a.01"]);
    assert_eq!(left_out.code, 4, "{}", left_out.stderr);
    assert!(
        left_out.says("there is nothing to ask again"),
        "{}",
        left_out.stderr
    );
    folder.edit("acme/bearer-single-server.json", "POST", "PUT");
    let other = again(&folder, &["--scenario", SCENARIO]);
    assert_eq!(other.code, 2, "{}", other.stderr);
    let said = "expected the Destination SDK JSON of the record";
    assert!(other.says(said), "{}", other.stderr);
    std::fs::remove_file(folder.path("acme/submission.toml")).ok();
    let lost = again(&folder, &["--scenario", SCENARIO]);
    assert_eq!(lost.code, 2);
    assert!(lost.says("name it: `--submission FILE`"), "{}", lost.stderr);
    for alone in [&["--scenario", SCENARIO][..], &["--live"]] {
        let ended = folder.run(&[&["replay", "destspec-out/record.json"], alone].concat());
        assert_eq!(ended.code, 2, "{alone:?}");
    }
}
