//! Destinations that take files, from the command line: a submission to begin with, forms of credentials, clearing away.

use std::collections::BTreeMap;

use destspec::model::record::StorageExchange;
use destspec::publish::report::json;

use crate::support::judged::{failed, findings};
use crate::support::program::{Ended, Folder};
use crate::support::served::served_of;

/// Names and values of environment variables.
type Variables = &'static [(&'static str, &'static str)];

/// Each kind, the scenario about the form of its credentials, and variables of another form than Adobe documents.
const KINDS: [(&str, Option<&str>, Variables); 6] = [
    (
        "s3",
        Some("BAT-1.S3.01/form"),
        &[
            ("AWS_ACCESS_KEY_ID", "short"),
            ("AWS_SECRET_ACCESS_KEY", "not-forty-signs-4711"),
        ],
    ),
    (
        "google-cloud",
        Some("BAT-1.GCS.01/form"),
        &[
            ("GCS_HMAC_ACCESS_ID", "short"),
            ("GCS_HMAC_SECRET", "not-forty-signs-4711"),
        ],
    ),
    (
        "azure-blob",
        Some("BAT-1.BLOB.01/form"),
        &[(
            "AZURE_STORAGE_CONNECTION_STRING",
            "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=bm9uZQ==",
        )],
    ),
    ("adls", None, &[]),
    (
        "sftp",
        Some("BAT-1.SFTP.01"),
        &[(
            "SFTP_KEY",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n",
        )],
    ),
    ("dlz", None, &[]),
];

fn begun(kind: &str) -> Folder {
    let folder = Folder::empty();
    let ended = folder.run(&["init", "--batch", kind]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    folder
}

fn run(folder: &Folder, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    folder.run_with(arguments, variables)
}

#[test]
fn a_submission_of_every_kind_is_ready_to_be_listed_and_its_files_to_be_shown() {
    for (kind, _, _) in KINDS {
        let folder = begun(kind);
        let listed = folder.run(&["list", "submission.toml"]);
        assert_eq!(listed.code, 0, "{kind}: {}", listed.stderr);
        assert!(
            !listed.stderr.contains("warning"),
            "{kind}: {}",
            listed.stderr
        );
        assert!(listed.stdout.contains("BAT-1.02"), "{kind}");
        let shown = folder.run(&[
            "render",
            "file",
            "submission.toml",
            "--rows",
            "3",
            "--out",
            "files",
        ]);
        assert_eq!(shown.code, 0, "{kind}: {}", shown.stderr);
    }
}

#[test]
fn credentials_of_another_form_than_adobe_documents_fail_the_requirement_of_their_kind() {
    for (kind, scenario, variables) in KINDS {
        let Some(scenario) = scenario else {
            continue;
        };
        let folder = begun(kind);
        if kind == "sftp" {
            let password = "password = { env = \"SFTP_PASSWORD\" }";
            folder.edit(
                "submission.toml",
                password,
                "private_key = { env = \"SFTP_KEY\" }",
            );
        }
        let judged = run(
            &folder,
            &["run", "submission.toml", "--scenario", scenario, "--quiet"],
            variables,
        );
        assert_eq!(judged.code, 1, "{kind}: {}{}", judged.stdout, judged.stderr);
        assert!(
            judged.stdout.contains("form.undocumented"),
            "{kind}: {}",
            judged.stdout
        );
        for (_, value) in variables.iter().filter(|(name, _)| !name.ends_with("ID")) {
            assert!(!judged.stdout.contains(value), "{kind}");
        }
    }
}

#[test]
fn a_bucket_that_amazon_would_not_take_is_named() {
    let folder = begun("s3");
    folder.edit("submission.toml", "example-audiences", "Example_Audiences");
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKIA234567ABCDEFGHIJ"),
        (
            "AWS_SECRET_ACCESS_KEY",
            "abcdefghijabcdefghijabcdefghijabcdefgh12",
        ),
    ];
    let scenario = [
        "run",
        "submission.toml",
        "--scenario",
        "BAT-1.S3.01/form",
        "--quiet",
    ];
    let judged = run(&folder, &scenario, &variables);
    assert_eq!(judged.code, 1);
    assert!(
        judged.stdout.contains("`Example_Audiences`"),
        "{}",
        judged.stdout
    );
}

#[test]
fn a_folder_that_cannot_be_written_to_is_refused_where_it_is_rendered() {
    let variables = [("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")];
    let said = |path: &str| {
        let folder = begun("s3");
        folder.edit("submission.toml", "exports/%SEGMENT_NAME%", path);
        folder.run_with(&["check", "submission.toml"], &variables)
    };
    for path in ["../../etc", "exports/../x", "/exports//a/", "exports/./a"] {
        let ended = said(path);
        assert_eq!(ended.code, 2, "{path}: {}{}", ended.stdout, ended.stderr);
        assert!(ended.says("sdk/server.json:"), "{path}: {}", ended.stderr);
        assert!(ended.says(path), "{path}: {}", ended.stderr);
        assert!(ended.says("in `customer_data`"), "{path}: {}", ended.stderr);
    }
    for path in ["/exports/a/", "", "/", "exports/%SEGMENT_NAME%/"] {
        assert_ne!(said(path).code, 2, "{path}");
    }
}

#[test]
fn only_the_folders_of_a_run_are_cleared_away() {
    let folder = begun("s3");
    folder.write("other.json", "{\"path\": \"exports/audiences\"}");
    for run in ["exports", "other.json"] {
        let ended = folder.run(&["sweep", run, "submission.toml"]);
        assert_eq!(ended.code, 2, "{run}");
        assert!(
            ended.stderr.contains("name the id of a run"),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn a_location_where_nothing_listens_could_not_be_judged() {
    let folder = begun("s3");
    let location = "# [destination.location]\n# endpoint = \"https://s3.example.com\"";
    let closed = "[destination.location]\nendpoint = \"http://127.0.0.1:1\"";
    folder.edit("submission.toml", location, closed);
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKIA234567ABCDEFGHIJ"),
        (
            "AWS_SECRET_ACCESS_KEY",
            "abcdefghijabcdefghijabcdefghijabcdefgh12",
        ),
    ];
    let checked = run(&folder, &["check", "submission.toml"], &variables);
    assert_eq!(checked.code, 3, "{}{}", checked.stdout, checked.stderr);
    assert!(
        checked.stdout.contains("connection refused"),
        "{}",
        checked.stdout
    );
    let judged = run(
        &folder,
        &[
            "run",
            "submission.toml",
            "--requirement",
            "BAT-1.02",
            "--quiet",
        ],
        &variables,
    );
    assert_eq!(judged.code, 3, "{}", judged.stdout);
}

#[test]
fn a_folder_that_comes_with_its_first_file_is_reached() {
    let folder = Folder::empty();
    let (_served, _) = served_of(&folder, ("acme", "sftp-csv"), &[]);
    let file = "acme/submission.toml";
    folder.edit(file, "/upload/audiences", "/upload/audiences/new");
    let ended = folder.run(&["run", file, "--scenario", "BAT-1.01", "--quiet"]);
    assert_eq!(ended.code, 4, "{}{}", ended.stdout, ended.stderr);
    let run = json::parse(&folder.read("destspec-out/record.json")).unwrap();
    assert_eq!(failed(&run).len(), 0, "{}", findings(&run));
}

#[test]
fn a_name_is_written_once_a_second_where_stores_refuse_more() {
    let folder = Folder::empty();
    let arguments = ["run", "--destination", "gcs-json", "--quiet", "--scenario"];
    folder.run(&[&arguments[..], &["BAT-1.03/longer"]].concat());
    let run = json::parse(&folder.read("destspec-out/record.json")).unwrap();
    let exchanges = run.scenarios.iter().flat_map(|s| &s.exchanges);
    let puts = exchanges.filter(|e| e.storage().is_some_and(StorageExchange::wrote));
    let mut last = BTreeMap::new();
    let mut again = 0;
    for put in puts {
        let path = put.storage().unwrap().operation.path();
        if let Some(before) = last.insert(path, put.at_ms) {
            assert!(put.at_ms >= before + 1_000, "{path}");
            again += 1;
        }
    }
    assert_eq!(again, 1);
}
