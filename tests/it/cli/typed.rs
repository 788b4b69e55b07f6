//! What a customer types in at a login by OAuth 2.0: `init --from` leaves a place for each field, and the token endpoint is
//! told what stands there.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::process::Stdio;

use crate::cli::emulate::read_until;
use crate::support::program::Folder;

const TYPED: &str = "auth_data = { account = \"4711\",";

#[test]
fn a_submission_that_is_begun_has_a_place_for_what_a_customer_types_in() {
    let folder = Folder::empty();
    let fixtures = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/submissions/reference"
    );
    for (kind, typed) in [("oauth2-basic", true), ("oauth2-batch", false)] {
        for file in [format!("{kind}.json"), format!("{kind}-server.json")] {
            let text = std::fs::read_to_string(format!("{fixtures}/{file}")).unwrap();
            folder.write(&format!("{kind}/{file}"), text);
        }
        let made = format!("of-{kind}");
        let ended = folder.run(&["init", &made, "--from", kind]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        let text = folder.read(&format!("{made}/submission.toml"));
        let slots = "\nauth_data = { account = \"example\", accessKey = { env = \"OAUTH_2_0_WITH_A_BASIC_HEADER_";
        assert_eq!(text.contains(slots), typed, "{text}");
        assert_eq!(text.contains("auth_data"), typed, "{text}");
        let listed = folder.run(&["list", &format!("{made}/submission.toml")]);
        assert_eq!((listed.code, listed.stderr.as_str()), (0, ""));
    }
}

#[test]
fn the_token_endpoint_is_told_what_is_typed_in_and_the_record_keeps_the_secret() {
    let folder = Folder::empty();
    let mut command = folder.command(&["emulate", "--submission", "acme"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    read_until(&mut child, "Ctrl-C").unwrap();
    let text = folder.read("acme/submission.toml");
    assert!(text.contains(TYPED), "{text}");
    let mut said = Vec::new();
    for (account, variable) in [
        ("\"4711\"", ""),
        ("{ env = \"ACCOUNT\" }", "4711"),
        ("{ env = \"ACCOUNT\" }", "4712"),
    ] {
        let changed = text.replace(TYPED, &format!("auth_data = {{ account = {account},"));
        folder.write("acme/changed.toml", changed);
        let arguments = [
            "run",
            "acme/changed.toml",
            "--quiet",
            "--destination",
            "oauth2-basic",
            "--requirement",
            "STR-2.OAUTH2.03",
        ];
        let ended = folder.run_with(&arguments, &[("ACCOUNT", variable)]);
        let record = folder.read("destspec-out/record.json");
        said.push((ended.code, ended.stdout, record));
        if said.len() == 2 {
            let replayed = folder.run(&["replay", "destspec-out/record.json"]);
            said.push((replayed.code, replayed.stdout, String::new()));
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let codes: Vec<i32> = said.iter().map(|(code, _, _)| *code).collect();
    assert_eq!(codes, [4, 4, 4, 3], "{said:#?}");
    let key = folder.read("acme/secrets/DESTSPEC_REFERENCE_ACCESS_KEY");
    let recorded = &said[1].2;
    assert!(!recorded.contains(key.trim()), "the record has the key");
    assert!(recorded.contains("auth_data.accessKey"));
    assert!(said[3].1.contains("invalid_request"), "{}", said[3].1);
}
