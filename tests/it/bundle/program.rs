//! The commands of certification as people type them.

use std::process::Command;

use super::forged::{edited, exchange};
use super::{LENIENT, files, packed, small, whole};
use crate::support::program::{Ended, Folder};
use destspec::model::record::Run;
use destspec::publish::bundle::{PARTNER, zip};
use destspec::publish::report::{Options, Report, render};

fn record(run: &Run) -> String {
    let options = Options::default();
    render(Report::Json, run, &destspec::suite::words(), &options).unwrap()
}

/// What a process with nothing around it says.
fn bare(folder: &Folder, arguments: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_destspec"));
    command
        .args(arguments)
        .current_dir(folder.path(""))
        .env_clear()
        .env("HOME", folder.path("elsewhere"))
        .env("TZ", "Pacific/Apia");
    Ended::from(command.output().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_packed_is_verified_elsewhere_and_nothing_is_written() {
    let folder = Folder::empty();
    folder.write("out/record.json", record(whole().await));
    folder.write("review.toml", LENIENT);
    let pack = [
        "bundle",
        "pack",
        "out",
        "-o",
        "a.destspec.zip",
        "--unsigned",
    ];
    let ended = bare(&folder, &pack);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let before = folder.files();
    let verify = ["verify", "a.destspec.zip", "--policy", "review.toml"];
    let ended = bare(&folder, &[&verify[..], &["--at", super::AT]].concat());
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    assert!(ended.stdout.contains("accepted: assurance level L0"));
    assert_eq!(folder.files(), before);
    let shown = bare(&folder, &["bundle", "show", "a.destspec.zip"]);
    assert!(shown.stdout.contains("Moonshine Analytics"));
    let same = bare(&folder, &["diff", "a.destspec.zip", "out/record.json"]);
    assert_eq!(same.code, 0, "{}", same.stderr);
    assert!(
        same.stdout.starts_with("the same outcomes"),
        "{}",
        same.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_written_for_programs_and_people() {
    let folder = Folder::empty();
    folder.write("a.zip", packed(small().await));
    folder.write("review.toml", LENIENT);
    let verify = [
        "verify",
        "a.zip",
        "--policy",
        "review.toml",
        "--at",
        super::AT,
    ];
    let written = ["--json", "-", "--html", "r.html", "--markdown", "r.md"];
    let ended = bare(&folder, &[&verify[..], &written].concat());
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    let json: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(json["decision"], "not-conformant");
    assert_eq!(json["exit_code"], 1);
    let shown = bare(&folder, &verify).stdout;
    let remedied =
        "\n  F4  the run is incomplete: every mandatory prerequisite must be met\n      → ";
    assert!(shown.contains(remedied), "{shown}");
    let explained = bare(&folder, &["explain", "c4"]).stdout;
    assert!(
        explained.contains("signed by an allowed signer"),
        "{explained}"
    );
    assert!(folder.read("r.html").contains("default-src 'none'"));
    assert!(folder.read("r.md").contains("| F4 | failed |"));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_use_is_told_from_a_wrong_bundle() {
    let folder = Folder::empty();
    folder.write("a.zip", packed(small().await));
    folder.write("review.toml", LENIENT.replace("hosts", "hots"));
    folder.write(
        "spent.toml",
        format!("{LENIENT}[limits]\n").replace("[target]", "ledger = \"leger\"\n[target]"),
    );
    folder.write("no.zip", "PK");
    let strict = folder.run(&["verify", "a.zip", "--at", super::AT]);
    assert_eq!(strict.code, 4, "{}", strict.stdout);
    let misspelt = folder.run(&["verify", "a.zip", "--policy", "review.toml"]);
    assert_eq!(misspelt.code, 2);
    assert!(misspelt.says("hots"), "{}", misspelt.stderr);
    let lost = folder.run(&["verify", "a.zip", "--policy", "spent.toml"]);
    assert_eq!(lost.code, 2);
    assert!(lost.says("an empty file begins one"), "{}", lost.stderr);
    assert_eq!(folder.run(&["verify", "no.zip"]).code, 5);
    assert_eq!(folder.run(&["verify", "missing.zip"]).code, 2);
    assert_eq!(folder.run(&["bundle", "show", "no.zip"]).code, 5);
    let unnamed = folder.run(&["bundle", "show", "a.zip", "--file", "../x"]);
    assert_eq!(unnamed.code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_never_packed_and_never_shown() {
    let folder = Folder::empty();
    let token = "Bearer 0123456789abcdef0123456789";
    let leaked = edited(small().await, |run| {
        let answer = &mut exchange(run)["act"]["http"]["result"]["answer"];
        answer["headers"] = serde_json::json!([["x-debug", token]]);
    });
    folder.write("record.json", record(&leaked));
    let ended = folder.run(&["bundle", "pack", ".", "-o", "a.zip", "--unsigned"]);
    assert_eq!(ended.code, 6, "{}", ended.stderr);
    assert!(ended.says("run/record.json at byte"), "{}", ended.stderr);
    assert!(ended.says("bearer-token"), "{}", ended.stderr);
    assert!(!folder.path("a.zip").exists());
    assert!(
        !ended.stderr.contains("0123456789abcdef"),
        "{}",
        ended.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_record_is_not_packed() {
    let folder = Folder::empty();
    let run = record(small().await).replace("\"seed\": 0,", "\"seed\": 1,");
    folder.write("record.json", run);
    let ended = folder.run(&["bundle", "pack", ".", "-o", "a.zip", "--unsigned"]);
    assert_eq!(ended.code, 5, "{}", ended.stderr);
    assert!(!folder.path("a.zip").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_is_taken_where_a_record_is_and_only_as_it_was_packed() {
    let folder = Folder::empty();
    let good = files(small().await);
    folder.write("a.zip", zip::write(&good).unwrap());
    let mut changed = good;
    let record = changed.get_mut("run/record.json").unwrap();
    *record = String::from_utf8_lossy(record)
        .replace("Moonshine", "Sunshine")
        .into();
    folder.write("b.zip", zip::write(&changed).unwrap());
    folder.write("sample", "secret");
    for (command, said) in [
        (&["replay", "a.zip"][..], "bears out"),
        (&["report", "a.zip"], "bearer-single"),
    ] {
        let ended = bare(&folder, command);
        assert_eq!(ended.code, 4, "{command:?} {}", ended.stderr);
        assert!(ended.stdout.contains(said), "{}", ended.stdout);
    }
    let mut named = small().await.clone();
    named.id = "0a".repeat(16);
    folder.write("c.zip", packed(&named));
    let swept = bare(&folder, &["sweep", "c.zip", "none.toml"]);
    assert!(
        swept.code == 2 && swept.says("`none.toml`"),
        "{}",
        swept.stderr
    );
    let rerun = [
        "rerun",
        "b.zip",
        "--sample-secret",
        "sample",
        "--config",
        "none.toml",
    ];
    for command in [
        &["replay", "b.zip"][..],
        &["report", "b.zip"],
        &["sweep", "b.zip", "none.toml"],
        &["diff", "a.zip", "b.zip"],
        &rerun,
    ] {
        let ended = bare(&folder, command);
        assert_eq!(ended.code, 5, "{command:?} {}", ended.stderr);
        assert!(ended.says("B4 does not hold"), "{}", ended.stderr);
        assert!(ended.says("bundle pack"), "{}", ended.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secrets_of_another_submission_are_not_searched_for() {
    let folder = Folder::empty();
    folder.write("record.json", record(small().await));
    assert_eq!(folder.run(&["init"]).code, 0);
    let pack = ["bundle", "pack", ".", "-o", "a.zip", "--unsigned"];
    let of = ["--submission", "submission.toml"];
    let ended = folder.run(&[&pack[..], &of].concat());
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.says("`bearer-single`: expected the Destination SDK JSON of the record"));
    assert!(!folder.path("a.zip").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suite_that_is_another_is_named_with_the_version_that_ran_it() {
    let other = "00".repeat(32);
    let run = edited(small().await, |run| {
        run["suite"] = other.as_str().into();
        run["destspec"] = "9.9.9".into();
    });
    let review = super::reviewed(&packed(&run), LENIENT).await;
    let check = review.checks.iter().find(|check| check.id == "D1").unwrap();
    let own = destspec::suite::catalogue::digest().to_string();
    for named in [env!("CARGO_PKG_VERSION"), &own, "9.9.9", &other] {
        assert!(check.detail.contains(named), "{}", check.detail);
    }
}

/// RSA and P-384 sign by OpenSSH, and no review takes either.
#[cfg(feature = "external-programs")]
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_no_review_takes_signs_nothing() {
    let folder = Folder::empty();
    folder.write("record.json", record(small().await));
    let good = files(small().await);
    folder.write("statement.json", &good["statement.json"]);
    let policy = format!("{LENIENT}\n").replacen("required = false", "required = true", 1);
    folder.write("review.toml", policy);
    for (name, kind, bits) in [("rsa", "rsa", "2048"), ("p384", "ecdsa", "384")] {
        let keygen = |arguments: &[&str]| {
            let mut command = Command::new("ssh-keygen");
            command.args(arguments).current_dir(folder.path(""));
            assert!(command.output().unwrap().status.success(), "{arguments:?}");
        };
        keygen(&["-q", "-t", kind, "-b", bits, "-N", "", "-f", name]);
        let key = format!("ssh:{name}");
        let pack = ["bundle", "pack", ".", "-o", "a.zip", "--sign", &key];
        let ended = folder.run(&pack);
        assert_eq!(ended.code, 2, "{}", ended.stderr);
        assert!(ended.says("ssh-keygen -t ed25519"), "{}", ended.stderr);
        assert!(!folder.path("a.zip").exists());
        keygen(&[
            "-q",
            "-Y",
            "sign",
            "-f",
            name,
            "-n",
            "conformance@destspec.dev",
            "statement.json",
        ]);
        let mut files = good.clone();
        let signature = std::fs::read(folder.path("statement.json.sig")).unwrap();
        std::fs::remove_file(folder.path("statement.json.sig")).unwrap();
        files.insert(PARTNER.to_owned(), signature);
        folder.write("b.zip", zip::write(&files).unwrap());
        let verify = [
            "verify",
            "b.zip",
            "--policy",
            "review.toml",
            "--at",
            super::AT,
        ];
        let ended = folder.run(&verify);
        assert_eq!(ended.code, 4, "{}", ended.stdout);
        assert!(ended.stdout.contains("C2  failed"), "{}", ended.stdout);
    }
}

#[test]
fn a_challenge_is_new_each_time() {
    let folder = Folder::empty();
    let issue = |file: &str| {
        let ended = folder.run(&["challenge", "new", "--partner", "Acme", "-o", file]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        folder.read(file)
    };
    assert_ne!(issue("a.json"), issue("b.json"));
    let kept = folder.read("a.json");
    let again = ["challenge", "new", "--partner", "Acme", "-o", "a.json"];
    let ended = folder.run(&again);
    assert!(ended.code == 2 && ended.says("--force"), "{}", ended.stderr);
    assert_eq!(folder.read("a.json"), kept);
    assert_eq!(folder.run(&[&again[..], &["--force"]].concat()).code, 0);
}

#[cfg(feature = "external-programs")]
#[tokio::test(flavor = "multi_thread")]
async fn stock_tools_follow_the_same_chain() {
    let folder = Folder::empty();
    folder.write("a.zip", packed(small().await));
    folder.write("statement.json", &files(small().await)["statement.json"]);
    let script = r#"
set -e
ssh-keygen -q -t ed25519 -N '' -C test -f key
ssh-keygen -q -Y sign -f key -n conformance@destspec.dev statement.json
"$DESTSPEC" bundle attach a.zip statement.json.sig
printf 'who@moonshine.example %s\n' "$(cat key.pub)" > allowed
unzip -q a.zip -d out
cd out
sha256sum -c --quiet --strict SHA256SUMS
ssh-keygen -Y verify -f ../allowed -I who@moonshine.example -n conformance@destspec.dev \
  -s signatures/partner.sshsig < statement.json
python3 - ../a.zip <<'P'
import sys, zipfile, pathlib
names = zipfile.ZipFile(sys.argv[1]).namelist()
assert zipfile.ZipFile(sys.argv[1]).testzip() is None
assert names == sorted(names)
found = sorted(str(p) for p in pathlib.Path('.').rglob('*') if p.is_file())
assert found == names, (found, names)
P
"#;
    let output = Command::new("sh")
        .args(["-c", script])
        .current_dir(folder.path(""))
        .env("DESTSPEC", env!("CARGO_BIN_EXE_destspec"))
        .output()
        .unwrap();
    let ended = Ended::from(output);
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_bundle_takes_no_second_signature() {
    let folder = Folder::empty();
    let mut files = files(small().await);
    files.insert(PARTNER.to_owned(), b"x".to_vec());
    folder.write("a.zip", zip::write(&files).unwrap());
    folder.write("sig", "x");
    let ended = folder.run(&["bundle", "attach", "a.zip", "sig"]);
    assert_eq!(ended.code, 2);
    assert!(ended.says("signed already"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_of_a_bundle_drives_no_terminal() {
    let folder = Folder::empty();
    let run = edited(small().await, |run| {
        let steps = run["scenarios"].as_array_mut().unwrap().iter_mut();
        for step in steps.flat_map(|s| s["steps"].as_array_mut().unwrap()) {
            step["keyword"] = "\u{1b}[2JGiven".into();
        }
    });
    folder.write("a.destspec.zip", packed(&run));
    let show = ["bundle", "show", "a.destspec.zip", "--scenario", "STR-1.01"];
    let shown = bare(&folder, &show);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(shown.stdout.contains("\\u{1b}[2JGiven"), "{}", shown.stdout);
    assert!(!shown.stdout.contains('\u{1b}'));
}

#[test]
fn what_is_said_of_a_record_that_cannot_be_read_drives_no_terminal() {
    let folder = Folder::empty();
    folder.write("record.json", "{\"format\": 2, \"\\u001b]0;x\\u0007\": 1}");
    for command in [
        &["report", "record.json", "--format", "terminal"][..],
        &["replay", "record.json"],
    ] {
        let ended = bare(&folder, command);
        assert_eq!(ended.code, 2, "{}", ended.stderr);
        assert!(
            ended.stderr.contains("\\u{1b}]0;x\\u{7}"),
            "{}",
            ended.stderr
        );
        assert!(!ended.stderr.contains(['\u{1b}', '\u{7}']));
    }
}
