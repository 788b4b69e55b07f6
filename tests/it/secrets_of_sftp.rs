//! A password, a private key and its passphrase, repeated by an SFTP server in every form, are in nothing that the program
//! writes.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use russh::keys::ssh_key::LineEnding;
use russh::keys::{Algorithm, PrivateKey};

use crate::secrets::{PASSPHRASE, PASSWORD, found};
use crate::support::leaky_sftp::LeakySftp;
use crate::support::program::Folder;

/// A submission of a destination at the server.
fn submission(server: &LeakySftp) -> Folder {
    let folder = Folder::empty();
    assert_eq!(folder.run(&["init", "--batch", "sftp"]).code, 0);
    let port = format!("\"port\": {}", server.port);
    folder.edit("sdk/server.json", "\"port\": 22", &port);
    folder.edit("submission.toml", "sftp.example.com", "127.0.0.1");
    folder.edit("submission.toml", "SHA256:…", &server.host_key);
    folder
}

/// Runs the submission, and gathers all that was said and written.
fn written(folder: &Folder, variables: &[(&str, &str)]) -> Vec<(String, String)> {
    let before = folder.files();
    let run = ["run", "submission.toml", "--seed", "1"];
    let ended = folder.run_with(&run, variables);
    let said = format!("{}\n{}", ended.stdout, ended.stderr);
    assert!([1, 3].contains(&ended.code), "{said}");
    let files = folder.files().into_iter();
    let mut all: Vec<(String, String)> = files
        .filter(|file| !before.contains(file))
        .map(|(path, bytes)| {
            (
                path.display().to_string(),
                String::from_utf8(bytes).unwrap(),
            )
        })
        .collect();
    assert_eq!(all.len(), 4, "{said}");
    all.push(("terminal".to_owned(), said));
    all
}

#[test]
fn no_password_is_in_anything_that_a_run_writes() {
    let server = LeakySftp::start(PASSWORD);
    let folder = submission(&server);
    let written = written(&folder, &[("SFTP_PASSWORD", PASSWORD)]);
    let all: Vec<_> = written
        .iter()
        .flat_map(|(what, text)| found(what, text))
        .collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
    let record = folder.read("destspec-out/record.json");
    assert!(record.contains("seen ⟦secret:password"), "no mark");
    assert!(
        server.served() >= 33,
        "too few refusals: {}",
        server.served()
    );
}

#[test]
fn no_private_key_and_no_passphrase_is_in_anything_that_a_run_writes() {
    let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
    let key = key.encrypt(&mut rand::rng(), PASSPHRASE).unwrap();
    let pem = key.to_openssh(LineEnding::LF).unwrap();
    let lines: Vec<&str> = pem.lines().filter(|line| !line.starts_with('-')).collect();
    for repeated in [PASSPHRASE, lines[0], &*pem] {
        let server = LeakySftp::start(repeated);
        let folder = submission(&server);
        folder.write("id_key", pem.as_bytes());
        let begin = "password = { env = \"SFTP_PASSWORD\" }";
        let own = "private_key = { file = \"id_key\" }\npassphrase = { env = \"SFTP_PASSPHRASE\" }";
        folder.edit("submission.toml", begin, own);
        let written = written(&folder, &[("SFTP_PASSPHRASE", PASSPHRASE)]);
        let mut all: Vec<_> = written
            .iter()
            .flat_map(|(what, text)| found(what, text))
            .collect();
        for (what, text) in &written {
            let held = lines.iter().find(|line| text.contains(**line));
            all.extend(held.map(|line| format!("{what}: {line} of the key")));
        }
        assert!(all.is_empty(), "{}", all.join("\n"));
        assert!(
            server.served() >= 33,
            "too few refusals: {}",
            server.served()
        );
    }
}
