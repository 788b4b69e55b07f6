//! The embedded reference submission, and the reference destination that it is judged against.

mod rest;
mod secrets;
mod storages;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::ffi::OsString;
use std::str::FromStr;

use include_dir::{Dir, include_dir};

use crate::cli::args::SubmissionArgs;
use crate::cli::load::{Loaded, Loading, Surroundings, parsed, plain};
use crate::cli::reference::storages::Storages;
use crate::cli::{Failure, load};
use crate::emulator::rest::{Emulator, Setup};
use crate::emulator::{Fault, Variation, ingest, rest as emulated, storage};
use crate::model::sdk::Family;
use crate::model::source::suggestion::closest;
use crate::model::submission::Files;

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
    /// The certificates of the authorities to trust, PEM.
    pub authority: String,
    /// What stands in the embedded files, and the address in its place.
    addresses: Vec<(String, String)>,
    /// Kept so that they go on serving.
    _storages: Storages,
}

/// The faults and variations that are asked for, family by family.
#[derive(Debug, Clone, Default)]
struct Differences {
    rest: (BTreeSet<emulated::Fault>, BTreeSet<emulated::Variation>),
    storage: (BTreeSet<storage::Fault>, BTreeSet<storage::Variation>),
    ingest: (BTreeSet<ingest::Fault>, BTreeSet<ingest::Variation>),
}

/// The names of faults and of variations, as a user writes them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// Of faults.
    pub faults: &'a [String],
    /// Of variations.
    pub variations: &'a [String],
}

/// Starts the reference destinations with what is asked for on ports from this one on, 0 for free ones; the submission holds their
/// addresses and credentials.
///
/// # Errors
/// When a name is unknown or no socket can be had.
pub async fn start(asked: Asked<'_>, port: u16) -> Result<(Loaded, Reference), Failure> {
    let differences = sorted(asked)?;
    let text = file("submission.toml").unwrap_or_default();
    let mut surroundings = Embedded {
        variables: secrets::variables(&text),
        addresses: vec![(PLACEHOLDER.to_owned(), PLACEHOLDER.to_owned())],
        authority: None,
    };
    // The emulators make their certificate authorities when they start; the draft does without.
    let draft = parsed(
        "reference/submission.toml",
        &text.replace(TRUST, ""),
        &surroundings,
        Loading::SENT,
    )?;
    let (streaming, files): (Vec<_>, Vec<_>) = draft
        .submission
        .destinations
        .iter()
        .partition(|d| d.server.family() == Family::Streaming);
    let setup = Setup {
        destinations: streaming
            .into_iter()
            .chain(
                files
                    .iter()
                    .copied()
                    .filter(|d| d.audience_template.is_some()),
            )
            .map(|d| rest::setup(d, &surroundings.variables))
            .collect(),
        faults: differences.rest.0.clone(),
        variations: differences.rest.1.clone(),
        ..Setup::default()
    };
    let emulator = Emulator::start_on(setup, port)
        .await
        .map_err(|error| unstarted(&error, port))?;
    let storages = storages::start(&files, &mut surroundings.variables, &differences, port)
        .await
        .map_err(|error| unstarted(error.as_ref(), port))?;
    let own = (PLACEHOLDER.to_owned(), emulator.base_url());
    surroundings.addresses = [vec![own], storages.addresses.clone()].concat();
    let authority = [
        emulator.certificate_authority_pem(),
        &storages.authority_pem,
    ]
    .concat();
    surroundings.authority = Some(authority.clone());
    let text = surroundings.filled(&text);
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
            addresses: surroundings.addresses,
            authority,
            _storages: storages,
        },
    ))
}

/// The submission that is named, or the reference submission with its destinations started.
///
/// # Errors
/// When it cannot be read, or as [`start`].
pub async fn or_given(
    args: &SubmissionArgs,
    loading: Loading,
    asked: Asked<'_>,
) -> Result<(Loaded, Option<Reference>), Failure> {
    Ok(match &args.submission {
        Some(path) => (load::submission(path, args.loading(loading))?, None),
        None => {
            let (loaded, reference) = start(asked, 0).await?;
            (loaded, Some(reference))
        }
    })
}

fn unstarted(error: &(dyn Error + 'static), port: u16) -> Failure {
    let cause = std::iter::successors(Some(error), |error| (*error).source());
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
    let mut files = Vec::new();
    for file in SUBMISSION.files() {
        let (Some(name), Some(text)) = (file.path().to_str(), file.contents_utf8()) else {
            continue;
        };
        let text = filled(text, &reference.addresses);
        files.push((
            name.to_owned(),
            text.replace("{ env = \"", "{ file = \"secrets/"),
        ));
    }
    files
}

/// A text with the addresses of running servers in place of the embedded ones.
fn filled(text: &str, addresses: &[(String, String)]) -> String {
    let all = addresses.iter();
    all.fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

struct Embedded {
    variables: BTreeMap<String, String>,
    addresses: Vec<(String, String)>,
    authority: Option<String>,
}

impl Embedded {
    fn filled(&self, text: &str) -> String {
        filled(text, &self.addresses)
    }
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
        Ok(self.filled(&text))
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

/// A file of the embedded submission.
pub fn file(path: &str) -> Option<String> {
    SUBMISSION
        .get_file(path)
        .and_then(|f| f.contents_utf8())
        .map(ToOwned::to_owned)
}

fn sorted(asked: Asked<'_>) -> Result<Differences, Failure> {
    let mut all = Differences::default();
    for name in asked.faults {
        let known = || Fault::all().map(Fault::name);
        match named("fault", name, known)? {
            Fault::Rest(fault) => all.rest.0.insert(fault),
            Fault::Storage(fault) => all.storage.0.insert(fault),
            Fault::Ingest(fault) => all.ingest.0.insert(fault),
        };
    }
    for name in asked.variations {
        let known = || Variation::all().map(Variation::name);
        match named("variation", name, known)? {
            Variation::Rest(variation) => all.rest.1.insert(variation),
            Variation::Storage(variation) => all.storage.1.insert(variation),
            Variation::Ingest(variation) => all.ingest.1.insert(variation),
        };
    }
    Ok(all)
}

fn named<T: FromStr, I: Iterator<Item = &'static str>>(
    kind: &str,
    name: &str,
    known: impl Fn() -> I,
) -> Result<T, Failure> {
    name.parse().map_err(|_| {
        let known: Vec<&str> = known().collect();
        let all = format!("`destspec emulate --{kind} list` shows every {kind}");
        let help = match closest(name, &known) {
            Some(near) => format!("did you mean `{near}`? {all}"),
            None => all,
        };
        Failure::usage(format!("no {kind} is called `{name}`"), Some(help))
    })
}
