//! The only reader of files and of the environment: a submission from disk with everything that it names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::Failure;
use crate::model::digest::Digest;
use crate::model::secret::Secret;
use crate::model::source::Problem;
use crate::model::submission::{
    Credential, CredentialValue, Destination, Fetched, Files, SecretName, SecretSource, Submission,
    parse,
};

/// A submission and what was fetched for it.
pub struct Loaded {
    /// As read.
    pub submission: Submission,
    /// Warnings about it.
    pub warnings: Vec<Problem>,
    /// Values of the credentials of each destination, by its name.
    pub fetched: BTreeMap<String, Fetched>,
    /// Digest of each attested document, by its path.
    pub documents: BTreeMap<String, Digest>,
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
    let (submission, warnings) = parse(name, text, &Text(surroundings)).map_err(Failure::Input)?;
    let mut problems = Vec::new();
    let mut values = BTreeMap::new();
    for destination in &submission.destinations {
        let fetched = fetched(destination, surroundings, &mut problems);
        values.insert(destination.name.clone(), fetched);
    }
    let mut documents = BTreeMap::new();
    for attestation in &submission.attestations {
        let Some(path) = &attestation.document else {
            continue;
        };
        match surroundings.bytes(path) {
            Ok(bytes) => {
                documents.insert(path.clone(), Digest::hash(&bytes));
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
            fetched: values,
            documents,
        });
    }
    problems.extend(warnings);
    Err(Failure::Input(problems))
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

/// The values of a destination's credentials and of its secret customer data fields.
fn fetched(
    destination: &Destination,
    surroundings: &dyn Surroundings,
    problems: &mut Vec<Problem>,
) -> Fetched {
    let mut fetched = Fetched::default();
    let mut value = |credential: &Credential| match fetch(credential, surroundings) {
        Ok(value) => Some(value),
        Err((message, help)) => {
            problems.push(credential.place.error(message, help));
            None
        }
    };
    for (name, credential) in destination.credentials.iter() {
        let Some(value) = value(credential) else {
            continue;
        };
        if name.is_secret() {
            let name = SecretName::Credential(name);
            fetched.secrets.insert(name, Secret::new(value));
        } else {
            fetched.open.insert(name, value);
        }
    }
    for (field, credential) in &destination.customer_secrets {
        let name = SecretName::CustomerData(field.clone());
        let secret = value(credential).map(Secret::new);
        fetched.secrets.extend(secret.map(|secret| (name, secret)));
    }
    fetched
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
