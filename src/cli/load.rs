//! The only reader of files and of the environment: a submission from disk with everything that it names.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cli::Failure;
use crate::model::digest::Digest;
use crate::model::secret::{Secret, mark};
use crate::model::source::{Problem, Severity};
use crate::model::submission::credential_value::unfit;
use crate::model::submission::{
    AuthDatum, CredentialName, CredentialValue, Destination, Fetched, Files, NOT_TEXT, SecretName,
    SecretSource, Submission, parse,
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

/// What becomes of secrets.
#[derive(Debug, Clone, Copy)]
pub struct Loading {
    /// Those that the submission names.
    pub secrets: Secrets,
    /// Those that stand in posted JSON.
    pub literal_secrets: Severity,
}

impl Loading {
    /// For what sends something.
    pub const SENT: Loading = Loading {
        secrets: Secrets::Required,
        literal_secrets: Severity::Warning,
    };
    /// For what is sent to be certified: a secret in posted JSON would be part of what is submitted.
    pub const CERTIFIED: Loading = Loading {
        secrets: Secrets::Required,
        literal_secrets: Severity::Error,
    };
    /// For what only shows something.
    pub const SHOWN: Loading = Loading {
        secrets: Secrets::Marked,
        literal_secrets: Severity::Warning,
    };
}

/// Whether the secrets that a submission names must be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    /// Each one, or nothing can be sent.
    Required,
    /// What is lacking is shown as its mark: nothing is sent.
    Marked,
}

/// Where texts and secrets come from.
pub trait Surroundings: Files {
    /// The value of an environment variable, text or not.
    fn variable(&self, name: &str) -> Option<OsString>;
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
        String::from_utf8(self.bytes(path)?).map_err(|_| String::from(NOT_TEXT))
    }

    fn shown(&self, path: &str) -> String {
        self.folder.join(path).display().to_string()
    }
}

impl Surroundings for Disk {
    fn variable(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }

    fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.folder.join(path)).map_err(|e| plain(&e))
    }
}

/// Reads `submission.toml` and everything that it names.
///
/// # Errors
/// Every problem at once.
pub fn submission(path: &Path, loading: Loading) -> Result<Loaded, Failure> {
    let text = text(
        path,
        &instead(
            path,
            "submission.toml",
            "`destspec init` writes one to start from",
        ),
    )?;
    let disk = Disk::around(path);
    parsed(&path.display().to_string(), &text, &disk, loading)
}

/// What to name instead of a folder: the file in it, where there is one.
pub fn instead(path: &Path, file: &str, otherwise: &str) -> String {
    let within = path.join(file);
    match within.is_file() {
        true => format!("did you mean `{}`?", within.display()),
        false => otherwise.to_owned(),
    }
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
pub fn parsed(
    name: &str,
    text: &str,
    surroundings: &dyn Surroundings,
    loading: Loading,
) -> Result<Loaded, Failure> {
    let files = Asked {
        surroundings,
        loading,
    };
    let (submission, warnings) = parse(name, text, &files).map_err(Failure::Input)?;
    let mut problems = Vec::new();
    let mut values = BTreeMap::new();
    for destination in &submission.destinations {
        let mut fetched = fetched(destination, surroundings);
        match loading.secrets {
            Secrets::Required => problems.append(&mut fetched.lacking),
            Secrets::Marked => mark_what_lacks(&mut fetched.values, destination),
        }
        values.insert(destination.name.clone(), fetched.values);
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

/// An error of the operating system, without its number; one of our own as it is.
pub fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    if error.raw_os_error().is_none() {
        return text;
    }
    let cut = text.find(" (os error").unwrap_or(text.len());
    text[..cut].to_lowercase()
}

/// What a parser asks of the surroundings.
struct Asked<'a> {
    surroundings: &'a dyn Surroundings,
    loading: Loading,
}

impl Files for Asked<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        self.surroundings.read(path)
    }

    fn shown(&self, path: &str) -> String {
        self.surroundings.shown(path)
    }

    fn literal_secrets(&self) -> Severity {
        self.loading.literal_secrets
    }

    fn lacks(
        &self,
        name: Option<CredentialName>,
        source: &SecretSource,
    ) -> Option<(String, String)> {
        match self.loading.secrets {
            Secrets::Required => value(name, source, self.surroundings).err(),
            Secrets::Marked => None,
        }
    }
}

/// What could be fetched, and what is wrong with the rest.
#[derive(Default)]
struct Fetching {
    values: Fetched,
    lacking: Vec<Problem>,
}

/// The values of a destination's credentials and of its secret customer data fields.
fn fetched(destination: &Destination, surroundings: &dyn Surroundings) -> Fetching {
    let mut fetching = Fetching::default();
    for (name, credential) in destination.credentials.iter() {
        let value = match &credential.value {
            CredentialValue::Literal(text) => Ok(text.clone()),
            CredentialValue::Secret(source) => value(Some(name), source, surroundings),
            CredentialValue::Posted(secret) => {
                let name = SecretName::Credential(name);
                fetching.values.secrets.insert(name, secret.clone());
                continue;
            }
        };
        match value {
            Ok(value) if name.is_secret() => {
                let name = SecretName::Credential(name);
                fetching.values.secrets.insert(name, Secret::new(value));
            }
            Ok(value) => {
                fetching.values.open.insert(name, value);
            }
            Err((message, help)) => fetching.lacking.push(credential.place.error(message, help)),
        }
    }
    typed(destination, surroundings, &mut fetching);
    for (field, credential) in &destination.customer_secrets {
        let CredentialValue::Secret(source) = &credential.value else {
            continue;
        };
        match value(None, source, surroundings) {
            Ok(value) => {
                let name = SecretName::CustomerData(field.clone());
                fetching.values.secrets.insert(name, Secret::new(value));
            }
            Err((message, help)) => fetching.lacking.push(credential.place.error(message, help)),
        }
    }
    fetching
}

/// What a customer types in at the login, where it does not stand in the submission.
fn typed(destination: &Destination, surroundings: &dyn Surroundings, fetching: &mut Fetching) {
    for (field, datum) in &destination.auth_data.values {
        let Some(credential) = datum.source() else {
            continue;
        };
        let CredentialValue::Secret(source) = &credential.value else {
            continue;
        };
        let values = &mut fetching.values;
        match value(None, source, surroundings) {
            Ok(value) if datum.is_secret() => {
                let name = SecretName::AuthData(field.clone());
                values.secrets.insert(name, Secret::new(value));
            }
            Ok(value) => {
                values.auth_data.insert(field.clone(), value);
            }
            Err((message, help)) => fetching.lacking.push(credential.place.error(message, help)),
        }
    }
}

/// Its mark for every credential that lacks, asked for or not, and for every field that is fetched.
fn mark_what_lacks(fetched: &mut Fetched, destination: &Destination) {
    let (secret, open): (Vec<CredentialName>, _) = CredentialName::ALL
        .into_iter()
        .partition(|name| name.is_secret());
    // a client id in posted JSON is public (RFC 6749 section 2.2): it does not lack
    let has_client_id = destination.oauth2().is_some_and(|o| o.client_id.is_some());
    let lacks = |name: &CredentialName| *name != CredentialName::ClientId || !has_client_id;
    for name in open.into_iter().filter(lacks) {
        fetched.open.entry(name).or_insert_with(|| mark(name.key()));
    }
    for (field, datum) in &destination.auth_data.values {
        if let AuthDatum::Open(_) = datum {
            let name = SecretName::AuthData(field.clone());
            let typed = fetched.auth_data.entry(field.clone());
            typed.or_insert_with(|| mark(&name.to_string()));
        }
    }
    let named = destination.secret_names();
    let fields = named.filter(|name| !matches!(name, SecretName::Credential(_)));
    for name in secret.into_iter().map(SecretName::Credential).chain(fields) {
        let mark = Secret::replayed(&name.to_string());
        fetched.secrets.entry(name).or_insert(mark);
    }
}

/// The value at a source, as a credential of that name can have it.
fn value(
    name: Option<CredentialName>,
    source: &SecretSource,
    surroundings: &dyn Surroundings,
) -> Result<String, (String, String)> {
    let value = match source {
        SecretSource::Env(variable) => variable_text(variable, surroundings),
        SecretSource::File(path) => file_text(path, surroundings),
    }?;
    match name.and_then(|name| unfit(name, &value)) {
        Some(unfit) => Err((
            format!("{} {}", place(source), unfit.what),
            unfit.remedy.to_owned(),
        )),
        None => Ok(value),
    }
}

fn place(source: &SecretSource) -> String {
    match source {
        SecretSource::Env(name) => format!("the environment variable `{name}`"),
        SecretSource::File(path) => format!("the secret file `{path}`"),
    }
}

fn variable_text(name: &str, surroundings: &dyn Surroundings) -> Result<String, (String, String)> {
    let refused =
        |what: &str, help: String| Err((format!("the environment variable `{name}` {what}"), help));
    match surroundings.variable(name).map(OsString::into_string) {
        Some(Ok(value)) if !value.is_empty() => Ok(value),
        Some(Ok(_)) => refused("is empty", format!("export {name}=…")),
        Some(Err(_)) => refused(
            "is not UTF-8 text",
            format!("export {name} as UTF-8, or as base64 where the destination takes that"),
        ),
        None => refused("is not set", format!("export {name}=…")),
    }
}

/// The text of a file without the line break that editors put at its end.
fn file_text(path: &str, surroundings: &dyn Surroundings) -> Result<String, (String, String)> {
    let text = surroundings.read(path).map_err(|reason| {
        let help = match reason.as_str() {
            NOT_TEXT => "save the file as UTF-8: a secret is sent as text",
            _ => "name a file relative to the submission",
        };
        (
            format!("cannot read the secret file `{path}`: {reason}"),
            help.to_owned(),
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
