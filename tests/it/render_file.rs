//! `destspec render file` as a user runs it: names, folders, manifest, options with their places, refusals.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const FREQUENT: &str = "11aa3b9e-2f1c-4d37-9a55-0c7b6f1e2d01";
const AT: &str = "2026-05-09T21:05:43Z";
const S3_NAME: &str = "Acme S3_11aa3b9e-2f1c-4d37-9a55-0c7b6f1e2d01_20260509_210543.csv.gz";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/submissions/files")
}

fn render(submission: &Path, out: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_destspec"))
        .args(["render", "file"])
        .arg(submission.join("submission.toml"))
        .args(["--at", AT, "--out"])
        .arg(out)
        .args(arguments)
        .output()
        .unwrap()
}

/// The files below a folder, by their path in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    found
}

/// Runs and expects success; the files and standard output.
fn written(arguments: &[&str]) -> (BTreeMap<String, Vec<u8>>, String) {
    let out = TempDir::new().unwrap();
    let output = render(&fixtures(), out.path(), arguments);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    (files(out.path()), String::from_utf8(output.stdout).unwrap())
}

fn unzipped(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut decoder = flate2::read::GzDecoder::new(bytes);
    decoder.read_to_string(&mut text).unwrap();
    text
}

/// A copy of the fixtures in which a text of one file is another.
fn changed(file: &str, from: &str, to: &str) -> TempDir {
    let copy = TempDir::new().unwrap();
    for (name, bytes) in files(&fixtures()) {
        std::fs::write(copy.path().join(name), bytes).unwrap();
    }
    let path = copy.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    copy
}

fn refusal(submission: &Path, out: &Path, arguments: &[&str]) -> String {
    let output = render(submission, out, arguments);
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn each_audience_has_its_folder_its_file_and_its_manifest() {
    let (files, _) = written(&["--destination", "acme-s3", "--seed", "5"]);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    assert_eq!(names[0], format!("exports/Frequent flyers/{S3_NAME}"));
    assert!(names[1].starts_with("exports/Frequent flyers/manifest-"));
    assert!(names[2].starts_with("exports/Weekend_readers/Acme S3_22bb4caf"));
    assert!(names[3].starts_with("exports/Weekend_readers/manifest-"));
}

#[test]
fn the_manifest_lists_the_file_with_its_true_size_and_folder() {
    let (files, printed) = written(&["--audience", FREQUENT, "--seed", "5"]);
    let (data, manifest) = (
        files.first_key_value().unwrap(),
        files.last_key_value().unwrap(),
    );
    let manifest: Value = serde_json::from_slice(manifest.1).unwrap();
    assert_eq!(manifest["scheduledTime"], AT);
    let listed = &manifest["exportResults"][0];
    assert_eq!(listed["name"], S3_NAME);
    assert_eq!(listed["sinkPath"], "/exports/Frequent flyers");
    assert_eq!(listed["size"], data.1.len());
    let digest: String = Sha256::digest(data.1)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let line = format!("{} bytes, 10 rows, sha256 {digest}", data.1.len());
    assert!(printed.contains(&line), "{printed}");
}

#[test]
fn the_header_is_adobe_s_and_required_mappings_follow() {
    let (files, _) = written(&["--audience", FREQUENT, "--seed", "5", "--rows", "5"]);
    let text = unzipped(files.first_key_value().unwrap().1);
    let header = "person_name_firstName,person_name_lastName,person_gender,person_birthYear,personalEmail_address,Email,delete\n";
    assert!(text.starts_with(header), "{text}");
    assert_eq!(text.matches(",0\n").count(), 5, "all are members: {text}");
    // the third row's text has quotes, doubled because the escape is a quote
    assert!(text.contains("\"Rosa \"\"Rosie\"\" O'Neill"), "{text}");
    // the fifth row lacks its last attribute
    assert!(text.contains(",NULL,destspec-"), "{text}");
}

#[test]
fn an_increment_flags_who_has_left() {
    let arguments = [
        "--audience",
        FREQUENT,
        "--seed",
        "5",
        "--since",
        "2026-05-08T21:00:00Z",
    ];
    let (files, _) = written(&arguments);
    let text = unzipped(files.first_key_value().unwrap().1);
    assert!(text.contains(",1\n") && text.contains(",0\n"), "{text}");
    assert!(
        text.lines().count() < 11,
        "the unchanged are left out: {text}"
    );
}

#[test]
fn the_same_seed_writes_the_same_bytes_and_another_seed_others() {
    for destination in ["acme-s3", "acme-parquet", "acme-json"] {
        let of = |seed| written(&["--destination", destination, "--rows", "50", "--seed", seed]).0;
        assert_eq!(of("7"), of("7"), "{destination}");
        assert_ne!(of("7"), of("8"), "{destination}");
    }
}

#[test]
fn every_option_is_explained_with_its_file_and_line() {
    let (_, text) = written(&["--destination", "acme-s3", "--rows", "1", "--explain"]);
    let server = std::fs::read_to_string(fixtures().join("acme-s3-server.json")).unwrap();
    let line_of = |needle: &str| server.lines().position(|l| l.contains(needle)).unwrap() + 1;
    let of = |name: &str| {
        let line = text
            .lines()
            .find(|l| l.split_whitespace().next() == Some(name));
        line.unwrap_or_default().to_owned()
    };
    let rows = format!("acme-s3-server.json:{}:", line_of("maxFileRowCount"));
    assert!(of("maxFileRowCount").contains(&rows), "{text}");
    let delimiter = format!("acme-s3-server.json:{}:", line_of("'delimiter'"));
    assert!(of("sep").contains(&delimiter), "{text}");
    assert!(of("compression").contains("\"GZIP\""), "{text}");
    assert!(of("header").ends_with("Adobe's default"), "{text}");
    assert!(of("comment").ends_with("Spark's default"), "{text}");
    assert!(
        of("filename").contains("%DESTINATION%_%SEGMENT_ID%_%DATETIME%"),
        "{text}"
    );
}

#[test]
fn grouped_audiences_share_the_file_of_their_merge_policy() {
    let from = "\"defaultFilename\": \"%DESTINATION%_%SEGMENT_ID%\"\n    }";
    let to = "\"defaultFilename\": \"%MERGE_POLICY_NAME%\"\n    },\n    \"segmentGroupingEnabled\": true";
    let copy = changed("acme-s3.json", from, to);
    let path = copy.path().join("submission.toml");
    let submission = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, submission.replace("/%SEGMENT_NAME%", "")).unwrap();
    let out = TempDir::new().unwrap();
    let output = render(copy.path(), out.path(), &["--rows", "4"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let files = files(out.path());
    let (name, bytes) = files.first_key_value().unwrap();
    assert_eq!(name, "exports/Default Timebased_20260509_210543.csv.gz");
    assert_eq!(files.len(), 2, "one file and its manifest");
    assert_eq!(unzipped(bytes).lines().count(), 5);
}

#[test]
fn an_expression_that_is_not_evaluated_is_named() {
    let copy = changed(
        "acme-s3.json",
        "status==\\\"exited\\\"",
        "status!=\\\"realized\\\"",
    );
    let out = TempDir::new().unwrap();
    let output = render(copy.path(), out.path(), &["--rows", "1"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("is not evaluated here"), "{said}");
}

#[test]
fn options_follow_customer_data() {
    let copy = changed(
        "submission.toml",
        "compression = \"GZIP\"",
        "csvOptions = { delimiter = \"|\" }",
    );
    let out = TempDir::new().unwrap();
    let output = render(
        copy.path(),
        out.path(),
        &["--audience", FREQUENT, "--rows", "2"],
    );
    assert!(output.status.success());
    let files = files(out.path());
    let (name, bytes) = files.first_key_value().unwrap();
    assert!(name.ends_with(".csv"), "{name}");
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(
        text.starts_with("person_name_firstName|person_name_lastName|"),
        "{text}"
    );
}

#[test]
fn identities_are_hashed_where_the_namespace_asks_for_it() {
    let (files, _) = written(&["--destination", "acme-parquet", "--expected", "--rows", "3"]);
    let (name, expected) = files.last_key_value().unwrap();
    assert!(name.ends_with(".snappy.parquet.expected.json"), "{name}");
    let expected: Value = serde_json::from_slice(expected).unwrap();
    assert_eq!(
        expected["columns"],
        serde_json::json!(["firstName", "birthYear", "email_sha256", "audience"])
    );
    for row in expected["rows"].as_array().unwrap() {
        assert_eq!(row[2].as_str().unwrap().len(), 64);
        assert_eq!(row[3], "frequent");
    }
}

#[test]
fn given_profiles_are_exported_as_they_are() {
    let place = TempDir::new().unwrap();
    let path = place.path().join("profiles.json");
    let member = |status: &str| serde_json::json!({"ups": {FREQUENT: {"lastQualificationTime": AT, "status": status}}});
    let profiles = serde_json::json!([
        {"segmentMembership": member("realized"), "identityMap": {"Email": [{"id": "a@example.com"}, {"id": "b@example.com"}]}, "attributes": {"loyalty.points": {"value": 12}}},
        {"segmentMembership": member("exited"), "identityMap": {"Email": [{"id": "c@example.com"}]}},
        {"segmentMembership": {}, "identityMap": {"Email": [{"id": "d@example.com"}]}}
    ]);
    std::fs::write(&path, profiles.to_string()).unwrap();
    let (files, _) = written(&[
        "--destination",
        "acme-json",
        "--profiles",
        path.to_str().unwrap(),
    ]);
    let text = String::from_utf8(files.first_key_value().unwrap().1.clone()).unwrap();
    let expected = "{\"loyalty_points\":12,\"Email\":\"a@example.com\"}\n{\"loyalty_points\":12,\"Email\":\"b@example.com\"}\n";
    assert_eq!(text, expected);
}

#[test]
fn a_folder_that_cannot_be_written_is_one_error() {
    let place = TempDir::new().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let text = refusal(&fixtures(), &file, &["--seed", "1"]);
    assert_eq!(text.matches("error:").count(), 1, "{text}");
    assert!(text.contains("not a directory"), "{text}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "in the way");
}

#[test]
fn a_failed_export_leaves_no_file_behind() {
    let out = TempDir::new().unwrap();
    let taken = out.path().join("exports/Frequent flyers").join(S3_NAME);
    std::fs::create_dir_all(taken).unwrap();
    let text = refusal(&fixtures(), out.path(), &["--audience", FREQUENT]);
    assert!(text.contains("is a folder"), "{text}");
    assert!(files(out.path()).is_empty());
}

#[test]
fn a_failure_in_a_later_audience_leaves_nothing_of_an_earlier_one() {
    let out = TempDir::new().unwrap();
    let name = "Acme S3_22bb4caf-3a2d-4e48-8b66-1d8c7a2f3e02_20260509_210543.csv.gz";
    std::fs::create_dir_all(out.path().join("exports/Weekend_readers").join(name)).unwrap();
    let text = refusal(&fixtures(), out.path(), &["--seed", "1"]);
    assert!(text.contains("is a folder"), "{text}");
    assert!(files(out.path()).is_empty());
    assert!(!out.path().join("exports/Frequent flyers").exists());
}

/// More rows than are written before the signal, which is sent when the first file is there.
#[cfg(unix)]
#[test]
fn an_interrupted_export_leaves_neither_files_nor_folders() {
    for signal in ["INT", "TERM", "HUP"] {
        interrupted(signal);
    }
}

#[cfg(unix)]
fn interrupted(signal: &str) {
    let place = TempDir::new().unwrap();
    let out = place.path().join("out");
    let mut running = Command::new(env!("CARGO_BIN_EXE_destspec"))
        .args(["render", "file"])
        .arg(fixtures().join("submission.toml"))
        .args(["--rows", "10000000", "--out"])
        .arg(&out)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    while !out.exists() || files(&out).is_empty() {
        assert!(running.try_wait().unwrap().is_none(), "it ended early");
        std::thread::yield_now();
    }
    let signal = format!("kill -{signal} {}", running.id());
    let sent = Command::new("sh").args(["-c", &signal]).status().unwrap();
    assert!(sent.success());
    let ended = running.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(4));
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("interrupted: nothing was written"), "{said}");
    assert!(!out.exists());
}

#[test]
fn what_spark_refuses_is_shown_in_the_partner_s_file() {
    let out = TempDir::new().unwrap();
    let copy = changed(
        "submission.toml",
        "compression = \"GZIP\"",
        "csvOptions = { quote = \"ab\" }",
    );
    let text = refusal(copy.path(), out.path(), &[]);
    assert!(
        text.contains("cannot use `ab` for option `quote`"),
        "{text}"
    );
    assert!(files(out.path()).is_empty());
    assert!(text.contains("acme-s3-server.json:30"), "{text}");
}

#[test]
fn bounds_of_the_rows_of_a_file_are_adobe_s() {
    let copy = changed("acme-s3-server.json", "1000000", "999999");
    let out = TempDir::new().unwrap();
    let output = render(copy.path(), out.path(), &[]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("expected a number from 1000000 to 10000000, received 999999"),
        "{text}"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_destination_that_takes_messages_is_refused() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/submissions/init");
    let out = TempDir::new().unwrap();
    let output = render(&path, out.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(files(out.path()).is_empty());
}
