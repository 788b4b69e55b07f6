//! The whole way of a certification, as two people type it: challenge, run, pack, verify, run again, certify.

use super::signed::{WHO, private, public};
use crate::support::program::Folder;
use crate::support::served::{Served, served_as};

/// A submission of one destination, and the emulator that it is of.
fn served(folder: &Folder) -> Served {
    served_as(folder, "acme", &[]).0
}

pub fn done(folder: &Folder, code: i32, arguments: &[&str]) -> String {
    let ended = folder.run(arguments);
    assert_eq!(
        ended.code, code,
        "{arguments:?}\n{}\n{}",
        ended.stdout, ended.stderr
    );
    ended.stdout + &ended.stderr
}

/// The partner's key, who may sign by it, and what the reviewer asks for.
pub fn furnish(folder: &Folder, policy: &str) {
    folder.write("key", private(1));
    folder.write("partners", format!("{WHO} {}\n", public(1)));
    folder.write("review.toml", policy);
    folder.write("ledger.ndjson", "");
}

/// The reviewer issues `c.json`.
pub fn issue(folder: &Folder, code: i32, more: &[&str]) -> String {
    let new = ["challenge", "new", "--partner", "Moonshine Analytics"];
    done(folder, code, &[&new, more, &["-o", "c.json"]].concat())
}

/// The partner runs from it.
pub fn run(folder: &Folder, code: i32, out: &str) -> String {
    let from = ["run", "--certify", "--challenge", "c.json"];
    let all = [&from[..], &["--out", out, "acme/submission.toml"]].concat();
    done(folder, code, &all)
}

/// The partner packs what ran.
pub fn pack(folder: &Folder, code: i32, (out, bundle, key): (&str, &str, &str)) -> String {
    let all = ["bundle", "pack", out, "-o", bundle, "--sign", key];
    done(folder, code, &all)
}

/// The reviewer judges the bundle.
pub fn verify(folder: &Folder, code: i32, bundle: &str) -> String {
    let by = ["--policy", "review.toml", "--challenge", "c.json"];
    done(folder, code, &[&["verify", bundle], &by[..]].concat())
}

pub const POLICY: &str = r#"
format = 1
[signature]
allowed_signers = "partners"
principals = ["integrations@moonshine.example"]
[challenge]
control_proof = false
ledger = "ledger.ndjson"
[target]
hosts = ["localhost"]
destinations = ["bearer-single"]
[evidence]
attestations = "accept"
"#;

#[test]
fn a_partner_and_a_reviewer_go_the_whole_way() {
    let folder = Folder::empty();
    let _served = served(&folder);
    furnish(&folder, POLICY);
    folder.write("reviewer", private(2));
    issue(&folder, 0, &["--sample-secret", "sample"]);
    for (out, bundle) in [("one", "one.zip"), ("two", "two.zip")] {
        let said = run(&folder, 0, out);
        assert!(said.contains("found nowhere"), "{said}");
        let of = ["--submission", "acme/submission.toml"];
        let pack = ["bundle", "pack", out, "-o", bundle, "--sign", "ssh:key"];
        done(&folder, 0, &[&pack[..], &of].concat());
    }
    let said = verify(&folder, 0, "one.zip");
    assert!(said.contains("accepted: assurance level L2"), "{said}");
    let rerun = [
        "rerun",
        "one.zip",
        "--sample-secret",
        "sample",
        "--k",
        "5",
        "--config",
        "acme/submission.toml",
    ];
    let said = done(&folder, 0, &rerun);
    assert!(
        said.contains("5 as recorded, 0 better, 0 weaker, 0 contradicted"),
        "{said}"
    );
    folder.write("other", "another secret\n");
    let chosen = [
        "rerun",
        "one.zip",
        "--sample-secret",
        "other",
        "--config",
        "acme/submission.toml",
    ];
    done(&folder, 2, &chosen);
    let certify = |bundle: &'static str| {
        [
            "certify",
            bundle,
            "--policy",
            "review.toml",
            "--challenge",
            "c.json",
            "--sign",
            "ssh:reviewer",
            "-o",
            "x.svr.json",
        ]
    };
    let said = done(&folder, 0, &certify("one.zip"));
    assert!(said.contains("DESTSPEC_ASSURANCE_L2"), "{said}");
    assert!(
        folder
            .read("x.svr.json")
            .contains("\"DESTSPEC_CONFORMANT\"")
    );
    assert!(
        folder
            .read("x.svr.json.sig")
            .starts_with("-----BEGIN SSH SIGNATURE-----")
    );
    // once more is harmless, another bundle of the same challenge is not
    done(&folder, 0, &certify("one.zip"));
    assert_eq!(folder.read("ledger.ndjson").lines().count(), 1);
    let said = done(&folder, 4, &certify("two.zip"));
    assert!(said.contains("it was spent on the bundle"), "{said}");
    #[cfg(feature = "external-programs")]
    stock_tools_agree(&folder);
}

/// ssh-keygen verifies the certificate, and a key that only an agent has signs one.
#[cfg(feature = "external-programs")]
fn stock_tools_agree(folder: &Folder) {
    let script = r#"
set -e
chmod 600 key reviewer
printf 'reviewer@adobe.example %s\n' "$(ssh-keygen -y -f reviewer)" > reviewers
ssh-keygen -Y verify -f reviewers -I reviewer@adobe.example -n certificate@destspec.dev -s x.svr.json.sig < x.svr.json
eval "$(ssh-agent -s)" > agent.log
trap 'ssh-agent -k > agent.log' EXIT
ssh-add -q key
fingerprint=$(ssh-add -l | cut -d' ' -f2)
"$DESTSPEC" bundle pack one -o agent.zip --sign "ssh-agent:$fingerprint"
"$DESTSPEC" verify agent.zip --policy review.toml --challenge c.json | grep 'C4  passed'
if "$DESTSPEC" bundle pack one -o no.zip --sign ssh-agent:SHA256:none; then exit 9; fi
"#;
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script]).current_dir(folder.path(""));
    let output = command
        .env("DESTSPEC", env!("CARGO_BIN_EXE_destspec"))
        .output()
        .unwrap();
    let ended = crate::support::program::Ended::from(output);
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
}

#[test]
fn what_cannot_be_certified_is_refused_before_anything_is_sent() {
    let folder = Folder::empty();
    let _served = served(&folder);
    let run = ["run", "-q", "--certify", "acme/submission.toml"];
    for filter in [
        ["--tags", "@must"],
        ["--requirement", "STR-1a"],
        ["--scenario", "STR-1.01"],
        ["--destination", "bearer-single"],
        ["--seed", "7"],
    ] {
        done(&folder, 2, &[&run[..], &filter].concat());
    }
    done(&folder, 2, &["run", "--certify"]);
    let issue = [
        "challenge",
        "new",
        "--partner",
        "Somebody Else",
        "-o",
        "c.json",
    ];
    done(&folder, 0, &issue);
    let said = done(&folder, 2, &[&run[..], &["--challenge", "c.json"]].concat());
    assert!(said.contains("issued to"), "{said}");
    let whole = folder.read("acme/submission.toml");
    let (head, rest) = whole.split_once("[[attestation]]").unwrap();
    let (_, rest) = rest.split_once("[[destination]]").unwrap();
    folder.write(
        "acme/submission.toml",
        format!("{head}[[destination]]{rest}"),
    );
    let said = done(&folder, 4, &run);
    assert!(said.contains("PAR-1 missing"), "{said}");
    assert!(
        !folder.path("destspec-out").exists(),
        "something was written"
    );
}

#[test]
fn what_shows_less_when_it_is_run_again_is_no_confirmation() {
    let folder = Folder::empty();
    let _served = served(&folder);
    done(
        &folder,
        0,
        &["run", "-q", "--out", "out", "acme/submission.toml"],
    );
    let whole = folder.read("acme/submission.toml");
    let (head, _) = whole.split_once("[destination.observe]").unwrap();
    folder.write("acme/blind.toml", head);
    folder.write("sample", "a secret of the reviewer\n");
    let rerun = |k: &'static str| {
        let of = ["rerun", "out/record.json", "--sample-secret", "sample"];
        [&of[..], &["--config", "acme/blind.toml", "--k", k]].concat()
    };
    let said = done(&folder, 4, &rerun("40"));
    assert!(said.contains("\nweaker        "), "{said}");
    assert!(said.contains("[destination.observe]"), "{said}");
    let said = done(&folder, 2, &rerun("0"));
    assert!(said.contains("0 is not in 1.."), "{said}");
}

#[test]
fn a_destination_that_is_not_what_was_recorded_is_found_by_running_again() {
    let folder = Folder::empty();
    let (good, port) = served_as(&folder, "acme", &[]);
    done(
        &folder,
        0,
        &["run", "-q", "--out", "out", "acme/submission.toml"],
    );
    drop(good);
    let fault = ["--port", &port, "--fault", "exited-dropped"];
    let (_bad, _) = served_as(&folder, "again", &fault);
    folder.write("sample", "a secret of the reviewer\n");
    let rerun = |config: &'static str| {
        [
            "rerun",
            "out/record.json",
            "--sample-secret",
            "sample",
            "--k",
            "999",
            "--config",
            config,
        ]
    };
    let said = done(&folder, 3, &rerun("again/submission.toml"));
    assert!(said.contains("CONTRADICTED  STR-1a.07/leaves"), "{said}");
    assert!(said.contains("as recorded   STR-1.01 "), "{said}");
    // what is posted elsewhere is another destination
    folder.edit("again/bearer-single-server.json", "POST", "PUT");
    let said = done(&folder, 2, &rerun("again/submission.toml"));
    assert!(
        said.contains("expected the Destination SDK JSON of the record"),
        "{said}"
    );
}
