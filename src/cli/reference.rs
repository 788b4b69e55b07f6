//! The embedded reference submission, and the reference destination that it is judged against.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::ffi::OsString;

use include_dir::{Dir, include_dir};
use rand::RngExt;

use crate::cli::Failure;
use crate::cli::load::{Loaded, Loading, Surroundings, parsed, plain};
use crate::emulator::Fault;
use crate::emulator::rest::{
    self, Auth, DestinationSetup, Emulator, EmulatorError, Setup, TokenShape,
};
use crate::model::profile::AttributeMode;
use crate::model::sdk::Aggregation;
use crate::model::source::suggestion::closest;
use crate::model::submission::{
    AuthenticationClaim, CredentialName, CredentialValue, Destination, Files, SecretSource,
};
use crate::suite::subject::choose;

static SUBMISSION: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/submissions/reference");

/// The address that the embedded files hold in place of the emulator's.
const PLACEHOLDER: &str = "https://localhost:8443";

/// The file name under which the embedded submission finds the emulator's certificate authority.
pub const AUTHORITY: &str = "reference-ca.pem";

/// The line that names it.
const TRUST: &str = "ca_file = \"reference-ca.pem\"\n";

/// A running reference destination.
pub struct Reference {
    /// Stops when dropped.
    pub emulator: Emulator,
    /// Value of each environment variable that the submission names.
    pub variables: BTreeMap<String, String>,
}

/// Starts the reference destination with faults on a port, 0 for a free one; the submission holds its address and
/// credentials.
///
/// # Errors
/// When a fault is unknown or no socket can be had.
pub async fn start(faults: &[String], port: u16) -> Result<(Loaded, Reference), Failure> {
    let faults = rest_faults(faults)?;
    let text = file("submission.toml").unwrap_or_default();
    let mut surroundings = Embedded {
        variables: variables(),
        endpoint: PLACEHOLDER.to_owned(),
        authority: None,
    };
    // The emulator makes its certificate authority when it starts; the draft does without.
    let draft = parsed(
        "reference/submission.toml",
        &text.replace(TRUST, ""),
        &surroundings,
        Loading::SENT,
    )?;
    let destinations = draft
        .submission
        .destinations
        .iter()
        .map(|d| setup(d, &surroundings.variables))
        .collect();
    let setup = Setup {
        destinations,
        faults,
        ..Setup::default()
    };
    let emulator = Emulator::start_on(setup, port)
        .await
        .map_err(|error| unstarted(&error, port))?;
    surroundings.endpoint = emulator.base_url();
    surroundings.authority = Some(emulator.certificate_authority_pem().to_owned());
    let text = text.replace(PLACEHOLDER, &surroundings.endpoint);
    let loaded = parsed(
        "reference/submission.toml",
        &text,
        &surroundings,
        Loading::SENT,
    )?;
    Ok((
        loaded,
        Reference {
            emulator,
            variables: surroundings.variables,
        },
    ))
}

fn unstarted(error: &EmulatorError, port: u16) -> Failure {
    let cause = std::iter::successors(Some(error as &dyn Error), |error| (*error).source());
    let said = cause
        .filter_map(|error| error.downcast_ref().map(plain))
        .last();
    let said = said.unwrap_or_else(|| error.to_string());
    let (what, help) = match port {
        0 => (String::new(), "free a port on 127.0.0.1"),
        port => (
            format!(" on port {port}"),
            "name another port, or none: a free one is taken then",
        ),
    };
    Failure::surroundings(
        format!("cannot start the reference destination{what}: {said}"),
        help,
    )
}

/// The files of a submission about a running reference destination, whose secrets stand in files of their own.
pub fn ready(reference: &Reference) -> Vec<(String, String)> {
    let base = reference.emulator.base_url();
    let mut files = Vec::new();
    for file in SUBMISSION.files() {
        let (Some(name), Some(text)) = (file.path().to_str(), file.contents_utf8()) else {
            continue;
        };
        let text = text.replace(PLACEHOLDER, &base);
        files.push((
            name.to_owned(),
            text.replace("{ env = \"", "{ file = \"secrets/"),
        ));
    }
    files
}

struct Embedded {
    variables: BTreeMap<String, String>,
    endpoint: String,
    authority: Option<String>,
}

impl Files for Embedded {
    fn read(&self, path: &str) -> Result<String, String> {
        if path == AUTHORITY {
            return Ok(self
                .authority
                .clone()
                .unwrap_or_else(|| String::from("not started yet")));
        }
        let text = file(path).ok_or_else(|| String::from("not in the reference submission"))?;
        Ok(text.replace(PLACEHOLDER, &self.endpoint))
    }
}

impl Surroundings for Embedded {
    fn variable(&self, name: &str) -> Option<OsString> {
        self.variables.get(name).map(OsString::from)
    }

    fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        self.read(path).map(String::into_bytes)
    }
}

fn file(path: &str) -> Option<String> {
    SUBMISSION
        .get_file(path)
        .and_then(|f| f.contents_utf8())
        .map(ToOwned::to_owned)
}

/// A fresh value for every variable that the submission names. A password holds a colon, as RFC 7617 allows.
fn variables() -> BTreeMap<String, String> {
    let text = file("submission.toml").unwrap_or_default();
    let names = text
        .split("env = \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let value = |name: &str| {
        let half = || rand::rng().random::<u64>();
        let colon = if name.contains("PASSWORD") { ":" } else { "" };
        format!("{:016x}{colon}{:016x}", half(), half())
    };
    names.map(|name| (name.to_owned(), value(name))).collect()
}

/// The faults of the streaming destinations among those named.
fn rest_faults(names: &[String]) -> Result<BTreeSet<rest::Fault>, Failure> {
    names
        .iter()
        .map(|name| match fault(name)? {
            Fault::Rest(fault) => Ok(fault),
        })
        .collect()
}

fn fault(name: &str) -> Result<Fault, Failure> {
    name.parse().map_err(|_| {
        let known: Vec<&str> = Fault::all().map(Fault::name).collect();
        let all = "`destspec emulate --fault list` shows every fault";
        let help = match closest(name, &known) {
            Some(near) => format!("did you mean `{near}`? {all}"),
            None => all.to_owned(),
        };
        Failure::usage(format!("no fault is called `{name}`"), Some(help))
    })
}

/// The emulator's side of a destination: what its claims promise.
fn setup(destination: &Destination, variables: &BTreeMap<String, String>) -> DestinationSetup {
    let claims = destination.claims();
    let mut setup = DestinationSetup::new(&destination.name, auth(destination, variables));
    let key = claims
        .aggregation
        .as_ref()
        .and_then(Aggregation::key)
        .cloned()
        .unwrap_or_default();
    setup.max_profiles = claims.aggregation.as_ref().map_or(1, Aggregation::limit);
    setup.accepts_attributes = claims.attributes != AttributeMode::None;
    setup.attributes = match claims.attributes {
        AttributeMode::Predefined(names) => names,
        AttributeMode::None | AttributeMode::Freeform => Vec::new(),
    };
    setup.namespaces = claims.namespaces.iter().map(|n| n.name.clone()).collect();
    setup.hashed_namespaces = claims
        .namespaces
        .iter()
        .filter(|n| n.hashed)
        .map(|n| n.name.clone())
        .collect();
    setup.identity_groups = if key.identity { key.groups } else { Vec::new() };
    setup.audiences = claims
        .audiences
        .iter()
        .filter(|a| !a.synthetic)
        .map(|a| a.alias.clone())
        .collect();
    setup
}

fn auth(destination: &Destination, variables: &BTreeMap<String, String>) -> Auth {
    let value = |name: CredentialName| match destination.credentials.get(name).map(|c| &c.value) {
        Some(CredentialValue::Literal(text)) => text.clone(),
        Some(CredentialValue::Secret(SecretSource::Env(name))) => {
            variables.get(name).cloned().unwrap_or_default()
        }
        Some(CredentialValue::Secret(SecretSource::File(_)) | CredentialValue::Posted(_))
        | None => String::new(),
    };
    let (claim, oauth2) = choose(destination);
    match claim {
        AuthenticationClaim::Basic => Auth::Basic {
            username: value(CredentialName::Username),
            password: value(CredentialName::Password),
        },
        AuthenticationClaim::Bearer => Auth::Bearer {
            token: value(CredentialName::Token),
        },
        AuthenticationClaim::OAuth2(_) => {
            let nested = oauth2
                .as_ref()
                .is_some_and(|o| o.access_token_request.is_some());
            Auth::OAuth2ClientCredentials {
                client_id: value(CredentialName::ClientId),
                client_secret: value(CredentialName::ClientSecret),
                use_basic_auth: oauth2.as_ref().is_some_and(|o| o.use_basic_auth),
                scopes: oauth2.map(|o| o.scope).unwrap_or_default(),
                response: if nested {
                    TokenShape::Nested
                } else {
                    TokenShape::Standard
                },
            }
        }
        AuthenticationClaim::None
        | AuthenticationClaim::OAuth1
        | AuthenticationClaim::Platform
        | AuthenticationClaim::File(_) => Auth::None,
    }
}
