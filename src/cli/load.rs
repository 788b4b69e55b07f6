//! The only reader of files and of the environment: a submission from disk with everything that it names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::cli::Failure;
use crate::model::record::Fact;
use crate::model::secret::Secret;
use crate::model::source::Problem;
use crate::model::submission::{
    Credential, CredentialValue, Destination, Files, SecretSource, Submission, parse,
};

/// A submission and what was fetched for it.
pub struct Loaded {
    /// As read.
    pub submission: Submission,
    /// Warnings about it.
    pub warnings: Vec<Problem>,
    /// Values of the credentials of each destination, by name.
    pub secrets: BTreeMap<String, BTreeMap<String, Secret>>,
    /// Values that are no secrets of each destination, by name: `username`, `client_id`.
    pub names: BTreeMap<String, BTreeMap<String, String>>,
    /// Digest of each attested document, by its path.
    pub documents: BTreeMap<String, String>,
}

/// Where texts and secrets come from.
pub trait Surroundings: Files {
    /// The value of an environment variable.
    fn variable(&self, name: &str) -> Option<String>;
    /// The bytes of a file.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn bytes(&self, path: &str) -> Result<Vec<u8>, String>;
}

/// The disk, relative to a submission's folder, and the process environment.
pub struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// The surroundings of a submission.
    pub fn around(submission: &Path) -> Disk {
        Disk {
            folder: submission
                .parent()
                .map(Path::to_path_buf)
                .unwrap_or_default(),
        }
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> Result<String, String> {
        String::from_utf8(self.bytes(path)?).map_err(|_| String::from("not UTF-8 text"))
    }
}

impl Surroundings for Disk {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.folder.join(path)).map_err(|e| plain(&e))
    }
}

/// Reads `submission.toml` and everything that it names.
///
/// # Errors
/// Every problem at once.
pub fn submission(path: &Path) -> Result<Loaded, Failure> {
    let text = text(path, "`destspec init` writes one to start from")?;
    parsed(&path.display().to_string(), &text, &Disk::around(path))
}

/// Reads a text file that an argument names.
///
/// # Errors
/// When it cannot be read.
pub fn text(path: &Path, help: &str) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|e| {
        Failure::usage(
            format!("cannot read `{}`: {}", path.display(), plain(&e)),
            Some(help.to_owned()),
        )
    })?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let help = Some(String::from("save the file as UTF-8"));
        Failure::usage(
            format!(
                "cannot read `{}`: not UTF-8 text at byte {at}",
                path.display()
            ),
            help,
        )
    })
}

/// Parses a submission and fetches what it names.
///
/// # Errors
/// Every problem at once.
pub fn parsed(name: &str, text: &str, surroundings: &dyn Surroundings) -> Result<Loaded, Failure> {
    let (mut submission, warnings) =
        parse(name, text, &Text(surroundings)).map_err(Failure::Input)?;
    let mut problems = Vec::new();
    let mut secrets = BTreeMap::new();
    let mut names = BTreeMap::new();
    for destination in &mut submission.destinations {
        let (mut hidden, open) = fetched(destination, surroundings, &mut problems);
        hidden.extend(customer_secrets(destination, surroundings, &mut problems));
        secrets.insert(destination.name.clone(), hidden);
        names.insert(destination.name.clone(), open);
    }
    let mut documents = BTreeMap::new();
    for attestation in &submission.attestations {
        let Some(path) = &attestation.document else {
            continue;
        };
        match surroundings.bytes(path) {
            Ok(bytes) => {
                documents.insert(path.clone(), sha256(&bytes));
            }
            Err(reason) => problems.push(attestation.place.error(
                format!("cannot read the document `{path}`: {reason}"),
                "name a file relative to the submission, or leave `document` out",
            )),
        }
    }
    if problems.is_empty() {
        return Ok(Loaded {
            submission,
            warnings,
            secrets,
            names,
            documents,
        });
    }
    problems.extend(warnings);
    Err(Failure::Input(problems))
}

/// SHA-256, lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Digests of the files of a destination.
pub fn digests(destination: &Destination) -> Vec<Fact> {
    let server = ("server", &destination.server.source);
    let configuration = ("configuration", &destination.configuration.source);
    let template = destination
        .audience_template
        .as_ref()
        .map(|source| ("audience template", source));
    let files = [Some(server), Some(configuration), template];
    let fact = |(role, source): (&str, &std::sync::Arc<crate::model::source::Source>)| Fact {
        name: format!("{role} {}", source.name),
        value: sha256(source.text.as_bytes()),
    };
    files.into_iter().flatten().map(fact).collect()
}

/// An error of the operating system, without its number.
pub fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let cut = text.find(" (os error").unwrap_or(text.len());
    text[..cut].to_lowercase()
}

struct Text<'a>(&'a dyn Surroundings);

impl Files for Text<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        self.0.read(path)
    }

    fn lacks(&self, source: &SecretSource) -> Option<(String, String)> {
        secret(source, self.0).err()
    }
}

fn fetched(
    destination: &Destination,
    surroundings: &dyn Surroundings,
    problems: &mut Vec<Problem>,
) -> (BTreeMap<String, Secret>, BTreeMap<String, String>) {
    let mut secrets = BTreeMap::new();
    let mut names = BTreeMap::new();
    for (name, credential) in destination.credentials.all() {
        let Some(credential) = credential else {
            continue;
        };
        match fetch(credential, surroundings) {
            Ok(value) if matches!(name, "username" | "client_id") => {
                names.insert(name.to_owned(), value);
            }
            Ok(value) => {
                secrets.insert(name.to_owned(), Secret::new(value));
            }
            Err((message, help)) => problems.push(credential.place.error(message, help)),
        }
    }
    (secrets, names)
}

/// Fetches the secret customer data fields into the customer data, where templates read them.
fn customer_secrets(
    destination: &mut Destination,
    surroundings: &dyn Surroundings,
    problems: &mut Vec<Problem>,
) -> Vec<(String, Secret)> {
    let mut secrets = Vec::new();
    for (field, credential) in &destination.customer_secrets {
        match fetch(credential, surroundings) {
            Ok(value) => {
                secrets.push((Destination::secret_name(field), Secret::new(value.clone())));
                destination
                    .customer_data
                    .insert(field.clone(), value.into());
            }
            Err((message, help)) => problems.push(credential.place.error(message, help)),
        }
    }
    secrets
}

fn fetch(
    credential: &Credential,
    surroundings: &dyn Surroundings,
) -> Result<String, (String, String)> {
    match &credential.value {
        CredentialValue::Literal(text) => Ok(text.clone()),
        CredentialValue::Secret(source) => secret(source, surroundings),
    }
}

fn secret(
    source: &SecretSource,
    surroundings: &dyn Surroundings,
) -> Result<String, (String, String)> {
    match source {
        SecretSource::Env(name) => match surroundings.variable(name) {
            Some(value) if !value.is_empty() => Ok(value),
            Some(_) => Err((
                format!("the environment variable `{name}` is empty"),
                format!("export {name}=…"),
            )),
            None => Err((
                format!("the environment variable `{name}` is not set"),
                format!("export {name}=…"),
            )),
        },
        SecretSource::File(path) => {
            let text = surroundings.read(path).map_err(|reason| {
                (
                    format!("cannot read the secret file `{path}`: {reason}"),
                    String::from("name a file relative to the submission"),
                )
            })?;
            let value = text
                .strip_suffix('\n')
                .map_or(text.as_str(), |t| t.strip_suffix('\r').unwrap_or(t));
            if value.is_empty() {
                return Err((
                    format!("the secret file `{path}` is empty"),
                    String::from("write the secret into it"),
                ));
            }
            Ok(value.to_owned())
        }
    }
}
