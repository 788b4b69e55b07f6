//! A folder with a certificate and a submission, and what the program says of it.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tempfile::TempDir;
use tokio::process::Command;
use toml::{Table, Value};

use crate::engine::Server;
use crate::image::Kind;
use crate::{Unable, local};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SUBMISSION: &str = include_str!("../servers/files.toml");

/// A folder that is removed when it is dropped.
pub struct Folder {
    folder: TempDir,
    /// Who signed the certificate, PEM.
    pub authority: String,
    /// For `localhost`, PEM.
    pub certificate: String,
    /// Its key, PEM.
    pub key: String,
}

/// Made for this run, worth nothing afterwards.
pub fn secret() -> String {
    format!("{:032x}", rand::random::<u128>())
}

impl Folder {
    /// With a new certificate.
    pub fn new() -> Result<Folder, Unable> {
        let folder = TempDir::new().map_err(|error| local("make a folder")(&error))?;
        let made = certified().map_err(|error| local("make a certificate")(&error));
        let [authority, certificate, key] = made?;
        let folder = Folder {
            folder,
            authority,
            certificate,
            key,
        };
        folder.write("ca.pem", &folder.authority)?;
        Ok(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The bytes of a file in it.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Unable> {
        std::fs::read(self.path(name)).map_err(|error| local("read a file")(&error))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Unable> {
        std::fs::write(self.path(name), text).map_err(|error| local("write a file")(&error))
    }

    /// Runs a line of shell in it; what it prints.
    pub async fn run(&self, program: &str, arguments: &str) -> Result<String, Unable> {
        let _there = std::fs::create_dir(self.path("sftp"));
        let line = format!("{program} {arguments}");
        let ran = Command::new("sh")
            .args(["-c", &line])
            .current_dir(self.folder.path())
            .output()
            .await
            .map_err(|error| local("run a program")(&error))?;
        match ran.status.success() {
            true => Ok(String::from_utf8_lossy(&ran.stdout).into_owned()),
            false => Err(local("run a program")(&format!(
                "`{program}`: {}",
                String::from_utf8_lossy(&ran.stderr)
            ))),
        }
    }

    /// Judges a server; whether every verdict is the expected one, which `tests/servers/check.py` tells the user.
    pub async fn judged(&self, kind: Kind, server: &Server) -> Result<bool, Unable> {
        self.submit(kind, server)?;
        let program = env!("CARGO_BIN_EXE_destspec");
        let ran = Command::new(program)
            .args([
                "run",
                "submission.toml",
                "--quiet",
                "--seed",
                "7",
                "--out",
                "out",
            ])
            .args(["--requirement", "BAT-1"])
            .envs(&server.credentials)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .await
            .map_err(|error| local("run destspec")(&error))?;
        let record = self.path("out/record.json");
        if !record.exists() {
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            return Err(local("judge the server")(&said));
        }
        let check = Command::new("python3")
            .arg(Path::new(ROOT).join("tests/servers/check.py"))
            .arg(&record)
            .arg(Path::new(ROOT).join("tests/servers/expected/files"))
            .args([
                ran.status.code().unwrap_or(-1).to_string().as_str(),
                "BAT-1.",
            ])
            .status()
            .await;
        let check = check.map_err(|error| local("run python3")(&error))?;
        Ok(check.success())
    }

    /// The destinations of `tests/servers/files.toml` that are at this server. Nothing ingests what they take.
    fn submit(&self, kind: Kind, server: &Server) -> Result<(), Unable> {
        let text = SUBMISSION.replace("@MOTO@", &server.port.to_string());
        let mut whole: Table = text.parse().map_err(|e| local("read files.toml")(&e))?;
        let all = whole.get_mut("destination").and_then(Value::as_array_mut);
        let all = all.ok_or_else(|| local("read files.toml")(&"it has no destinations"))?;
        all.retain(|one| {
            let name = one.get("name").and_then(Value::as_str);
            name.is_some_and(|name| kind.destinations().contains(&name))
        });
        for one in all.iter_mut().filter_map(Value::as_table_mut) {
            one.remove("observe");
            if let Some(Value::Table(credentials)) = one.get_mut("credentials") {
                credentials.remove("ingestion_token");
            }
            for posted in ["server", "configuration"] {
                let name = one.get(posted).and_then(Value::as_str).unwrap_or_default();
                self.copy(name, server)?;
            }
        }
        self.write("submission.toml", &whole.to_string())
    }

    /// A file as it is posted; the port of SFTP is in it.
    fn copy(&self, name: &str, server: &Server) -> Result<(), Unable> {
        let from = Path::new(ROOT)
            .join("fixtures/submissions/reference")
            .join(name);
        let text = std::fs::read_to_string(from);
        let text = text.map_err(|error| local("read what is posted")(&error))?;
        let port = format!("\"port\": {}", server.port);
        self.write(name, &text.replace("\"port\": 8822", &port))
    }
}

fn certified() -> Result<[String; 3], rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let key = KeyPair::generate()?;
    let authority = params.self_signed(&key)?.pem();
    let (issuer, key) = (Issuer::new(params, key), KeyPair::generate()?);
    let mut leaf = CertificateParams::new(vec!["localhost".to_owned()])?;
    // of one name with who signed it, it would be taken for one that signed itself
    leaf.distinguished_name = DistinguishedName::new();
    leaf.distinguished_name
        .push(DnType::CommonName, "localhost");
    let certificate = leaf.signed_by(&key, &issuer)?;
    Ok([authority, certificate.pem(), key.serialize_pem()])
}
