//! `destspec check` on locations that are misconfigured: who must act, and a remedy that names what to change.

use std::process::Stdio;

use crate::cli::emulate::read_until;
use crate::support::program::Folder;
use crate::support::served::served_of;

/// What is changed in a good submission.
enum Change {
    /// This text of the destination, to that.
    Text(&'static str, &'static str),
    /// The value of the secret of that name, by this.
    Secret(&'static str, fn(&str) -> String),
}

use Change::{Secret, Text};

/// A misconfiguration: destination, change, exit code of `check`, what it says, and a word of its remedy.
type Row = (&'static str, Change, i32, &'static str, &'static str);

fn last_sign_changed(value: &str) -> String {
    let (body, last) = value.split_at(value.len() - 1);
    format!("{body}{}", if last == "A" { "B" } else { "A" })
}

fn of_somebody_else(_: &str) -> String {
    "11111111111111111111111111111111".to_owned()
}

fn garbage(_: &str) -> String {
    "hello".to_owned()
}

const SURROUNDINGS: i32 = 3;
const DESTINATION: i32 = 1;

const ROWS: &[Row] = &[
    (
        "s3-csv",
        Secret("S3_SECRET", last_sign_changed),
        SURROUNDINGS,
        "SignatureDoesNotMatch",
        "[destination.credentials]",
    ),
    (
        "s3-csv",
        Secret("S3_KEY", of_somebody_else),
        SURROUNDINGS,
        "InvalidAccessKeyId",
        "[destination.credentials]",
    ),
    (
        "s3-csv",
        Text("eu-central-1", "us-east-1"),
        SURROUNDINGS,
        "region",
        "`region`",
    ),
    (
        "s3-csv",
        Text("moonshine-audiences", "moonshine-audience"),
        DESTINATION,
        "NoSuchBucket",
        "`customer_data`",
    ),
    (
        "s3-csv",
        Text(
            "endpoint = \"https://localhost:",
            "endpoint = \"https://127.0.0.1:1/?",
        ),
        SURROUNDINGS,
        "connection refused",
        "host and port",
    ),
    (
        "s3-csv",
        Text(
            "endpoint = \"https://localhost",
            "endpoint = \"https://nowhere.invalid",
        ),
        SURROUNDINGS,
        "does not resolve",
        "host",
    ),
    (
        "s3-csv",
        Text("ca_file = \"reference-ca.pem\"", ""),
        DESTINATION,
        "signed by an authority that is not trusted",
        "`ca_file`",
    ),
    (
        "s3-csv",
        Text("endpoint = \"https", "endpoint = \"http"),
        SURROUNDINGS,
        "not HTTP",
        "`https://`",
    ),
    (
        "gcs-json",
        Secret("GCS_SECRET", last_sign_changed),
        SURROUNDINGS,
        "SignatureDoesNotMatch",
        "[destination.credentials]",
    ),
    (
        "s3-csv",
        Secret("INGESTION_TOKEN", last_sign_changed),
        SURROUNDINGS,
        "401",
        "`ingestion_token`",
    ),
    (
        "blob-csv",
        Secret("BLOB_CONNECTION_STRING", |s| {
            s.replace("AccountKey=", "AccountKey=AAAA")
        }),
        SURROUNDINGS,
        "AuthenticationFailed",
        "[destination.credentials]",
    ),
    (
        "blob-csv",
        Secret("BLOB_CONNECTION_STRING", |s| {
            s.replace("AccountKey=", "AccountKey=#")
        }),
        SURROUNDINGS,
        "no Base64",
        "[destination.credentials]",
    ),
    (
        "blob-csv",
        Secret("BLOB_CONNECTION_STRING", garbage),
        SURROUNDINGS,
        "without `AccountName=…`",
        "[destination.credentials]",
    ),
    (
        "blob-csv",
        Text("landing/", "landin/"),
        DESTINATION,
        "ContainerNotFound",
        "`customer_data`",
    ),
    (
        "adls-parquet",
        Secret("ADLS_SECRET", last_sign_changed),
        SURROUNDINGS,
        "invalid_client",
        "[destination.credentials]",
    ),
    (
        "adls-parquet",
        Secret("ADLS_TENANT", of_somebody_else),
        SURROUNDINGS,
        "invalid_request",
        "[destination.credentials]",
    ),
    (
        "adls-parquet",
        Secret("ADLS_CLIENT", of_somebody_else),
        SURROUNDINGS,
        "unauthorized_client",
        "[destination.credentials]",
    ),
    (
        "adls-parquet",
        Text(
            "authority = \"https://localhost",
            "authority = \"https://nowhere.invalid",
        ),
        SURROUNDINGS,
        "does not resolve",
        "host",
    ),
    (
        "sftp-csv",
        Secret("SFTP_PASSWORD", last_sign_changed),
        SURROUNDINGS,
        "SSH_AUTH_FAILED",
        "[destination.credentials]",
    ),
    (
        "sftp-csv",
        Text("username = \"moonshine\"", "username = \"moonshin\""),
        SURROUNDINGS,
        "SSH_AUTH_FAILED",
        "[destination.credentials]",
    ),
    (
        "sftp-csv",
        Secret("SFTP_HOST_KEY", |_| format!("ssh-ed25519 {OTHER_KEY}")),
        DESTINATION,
        "is announced",
        "`ssh-keyscan`",
    ),
    (
        "sftp-csv",
        Secret("SFTP_HOST_KEY", garbage),
        SURROUNDINGS,
        "host key",
        "[destination.credentials]",
    ),
    (
        "sftp-csv",
        Text("/upload/audiences", "/uplaod/audiences"),
        DESTINATION,
        "no folder `/uplaod/audiences`",
        "`customer_data`",
    ),
    (
        "sftp-csv",
        Text("/upload/audiences", "/upload/audiences/new"),
        0,
        "location: is not there yet",
        "comes with the first file",
    ),
    (
        "sftp-csv",
        Text("password = {", "private_key = {"),
        SURROUNDINGS,
        "cannot read the private key",
        "[destination.credentials]",
    ),
    (
        "sftp-csv",
        Text("host = \"localhost\"", "host = \"nowhere.invalid\""),
        SURROUNDINGS,
        "does not resolve",
        "host",
    ),
    (
        "dlz-csv",
        Secret("DLZ_SAS_URL", expired),
        SURROUNDINGS,
        "ended on 2020-01-01",
        "`sas_url`",
    ),
    (
        "dlz-csv",
        Secret("DLZ_SAS_URL", |url| url.replace("sig=", "sig=AAAA")),
        SURROUNDINGS,
        "AuthenticationFailed",
        "[destination.credentials]",
    ),
    (
        "dlz-csv",
        Secret("DLZ_SAS_URL", |url| {
            url.split('?').next().unwrap().to_owned()
        }),
        SURROUNDINGS,
        "NoAuthenticationInformation",
        "[destination.credentials]",
    ),
    (
        "dlz-csv",
        Secret("DLZ_SAS_URL", garbage),
        SURROUNDINGS,
        "`sas_url` that is not like",
        "[destination.credentials]",
    ),
    (
        "dlz-csv",
        Text("secrets/MOONSHINE_DLZ_SAS_URL", "secrets/none"),
        2,
        "cannot read the secret file",
        "name a file",
    ),
];

/// A public key that is no server's here.
const OTHER_KEY: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS";

fn expired(url: &str) -> String {
    let (before, rest) = url.split_once("&se=").unwrap();
    let (_, after) = rest.split_once('&').unwrap();
    format!("{before}&se=2020-01-01T00%3A00%3A00Z&{after}")
}

/// The submission with one destination alone, and that changed.
fn write(folder: &Folder, destination: &str, change: &Change) {
    let all = folder.read("acme/submission.toml");
    let (head, _) = all.split_once("[[destination]]").unwrap();
    let name = format!("name = \"{destination}\"");
    let mut blocks = all.split("[[destination]]").skip(1);
    let block = blocks.find(|block| block.contains(&name)).unwrap();
    let block = match change {
        Text(from, to) => {
            assert!(block.contains(from), "`{from}` does not occur");
            block.replace(from, to)
        }
        Secret(secret, by) => {
            let path = format!("secrets/MOONSHINE_{secret}");
            assert!(block.contains(&path), "`{path}` does not occur");
            let value = folder.read(&format!("acme/{path}"));
            folder.write("acme/altered", by(value.trim_end()));
            block.replace(&path, "altered")
        }
    };
    folder.write("acme/changed.toml", format!("{head}[[destination]]{block}"));
}

#[test]
fn every_misconfigured_location_is_named_with_who_must_act_and_a_remedy() {
    let folder = Folder::empty();
    let mut command = folder.command(&["emulate", "--submission", "acme"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    read_until(&mut child, "Ctrl-C").unwrap();
    let mut wrong = Vec::new();
    for (destination, change, code, says, remedy) in ROWS {
        write(&folder, destination, change);
        let ended = folder.run(&["check", "acme/changed.toml"]);
        let said = format!("{}{}", ended.stdout, ended.stderr);
        let library = ["Generic ", "Error {", "Some(", "reqwest", "error sending"];
        let raw = library.iter().any(|word| said.contains(word));
        if ended.code != *code || !said.contains(says) || !said.contains(remedy) || raw {
            wrong.push(format!("{destination}, {says}: {} {said}", ended.code));
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_the_account_may_do_at_a_location_is_tried() {
    let cases = [
        (
            "write-refused",
            1,
            "location: permissions (your endpoint): expected leave to write",
        ),
        (
            "delete-refused",
            0,
            "location: permissions: writes; may not delete",
        ),
    ];
    for (fault, code, says) in cases {
        let folder = Folder::empty();
        let arguments = ["--fault", fault];
        let (_served, _) = served_of(&folder, ("acme", "s3-csv"), &arguments);
        let ended = folder.run(&["check", "acme/submission.toml"]);
        assert_eq!(ended.code, code, "{fault}: {}", ended.stdout);
        assert!(ended.stdout.contains(says), "{fault}: {}", ended.stdout);
    }
}

/// What is changed in the observation of a destination, the exit code of `check`, and what it says.
const OBSERVATIONS: &[(Change, i32, &str)] = &[
    (
        Text("/bearer-single/observe/", "/bearer-single/nowhere/"),
        0,
        "observation: 404: nobody of that name, or the URL is wrong",
    ),
    (
        Text(
            "url = \"https://localhost",
            "url = \"https://nowhere.invalid",
        ),
        3,
        "observation (the network)",
    ),
    (
        Text("/bearer-single/observe/", "/basic-single/observe/"),
        3,
        "observation (your configuration)",
    ),
];

#[test]
fn what_was_stored_is_asked_for_once_and_who_must_act_is_named() {
    let folder = Folder::empty();
    let mut command = folder.command(&["emulate", "--submission", "acme"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    read_until(&mut child, "Ctrl-C").unwrap();
    let mut wrong = Vec::new();
    for (change, code, says) in OBSERVATIONS {
        write(&folder, "bearer-single", change);
        let ended = folder.run(&["check", "acme/changed.toml"]);
        let named = *code == 0 || ended.stdout.contains("[destination.observe]");
        if ended.code != *code || !ended.stdout.contains(says) || !named {
            wrong.push(format!("{says}: {} {}", ended.code, ended.stdout));
        }
    }
    let run = [
        "run",
        "--quiet",
        "--requirement",
        "STR-1a.01",
        "acme/changed.toml",
    ];
    let ran = folder.run(&run);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        ran.stdout.contains("observed.not-allowed"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("1 failed"), "{}", ran.stdout);
}

/// What is changed in a destination, the stage that fails for it, and what waits for that.
const STAGES: &[(&str, Change, &str, &str)] = &[
    (
        "s3-csv",
        Text(
            "endpoint = \"https://localhost",
            "endpoint = \"https://nowhere.invalid",
        ),
        "location: name (the network",
        "location: connection, location: TLS, location: by",
    ),
    (
        "gcs-json",
        Text(
            "endpoint = \"https://localhost:",
            "endpoint = \"https://127.0.0.1:1/?",
        ),
        "location: connection (the network",
        "location: TLS, location",
    ),
    (
        "adls-parquet",
        Text(
            "authority = \"https://localhost",
            "authority = \"https://nowhere.invalid",
        ),
        "login service: name (the network",
        "login service: connection, login service: TLS, location: by",
    ),
    (
        "sftp-csv",
        Secret("SFTP_HOST_KEY", |_| format!("ssh-ed25519 {OTHER_KEY}")),
        "location: host key (your endpoint)",
        "location: by location: host key",
    ),
    (
        "oauth2-batch",
        Text(
            "configuration = \"oauth2-batch.json\"",
            "configuration = \"elsewhere.json\"",
        ),
        "token endpoint: name (the network",
        "token endpoint: connection, token endpoint: TLS, token",
    ),
    (
        "oauth2-basic",
        Text(
            "endpoint = \"https://localhost",
            "endpoint = \"https://nowhere.invalid",
        ),
        "name (the network",
        "connection, TLS, one answer, clock, token",
    ),
];

#[test]
fn each_host_of_a_destination_has_its_stages_and_one_cause_is_one_finding() {
    let folder = Folder::empty();
    let mut command = folder.command(&["emulate", "--submission", "acme"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    read_until(&mut child, "Ctrl-C").unwrap();
    let own = "{{customerData.endpoint}}/oauth2-batch/token";
    let posted = folder.read("acme/oauth2-batch.json");
    assert!(posted.contains(own));
    let elsewhere = posted.replace(own, "https://nowhere.invalid/token");
    folder.write("acme/elsewhere.json", elsewhere);
    let mut wrong = Vec::new();
    for (destination, change, stage, behind) in STAGES {
        write(&folder, destination, change);
        let said = folder.run(&["check", "acme/changed.toml"]).stdout;
        let causes = said.matches("  problem  ").count();
        let blocked = said.lines().find(|line| line.starts_with("  blocked  "));
        let named = said.contains(&format!("  problem  {stage}"));
        if causes != 1 || !named || !blocked.is_some_and(|line| line.contains(behind)) {
            wrong.push(format!("{destination}, {stage}: {said}"));
        }
    }
    let whole = folder.run(&["check", "acme/submission.toml"]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(whole.code, 0, "{}", whole.stdout);
    for line in [
        "location: host key: as announced",
        "location: TLS: TLSv1.3",
        "location: permissions: writes and deletes",
        "token: issued",
    ] {
        assert!(whole.stdout.contains(line), "{line}: {}", whole.stdout);
    }
}
