//! Runs the suite in process: against the reference destination, against any other server, or on a record.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use destspec::emulator::{Emulator, Fault, ReferenceCredentials, Setup, Variation, reference};
use destspec::model::outcome::Outcome;
use destspec::model::record::Run;
use destspec::model::secret::Secret;
use destspec::model::submission::{Files, Submission, parse};
use destspec::publish::report::sentence;
use destspec::suite::catalogue::Catalogue;
use destspec::suite::open::{Opening, open};
use destspec::suite::phrases::Table;
use destspec::suite::plan::{Plan, Selection};
use destspec::suite::run::{Setting, run};
use tokio::sync::watch;

const ADDRESS: &str = "https://localhost:8443";
const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/fixtures/submissions/reference"
);

/// A submission with the values of its credentials.
pub struct Submitted {
    pub submission: Submission,
    secrets: BTreeMap<String, Secret>,
    names: BTreeMap<String, String>,
}

/// What a test wants of a run.
#[derive(Default, Clone)]
pub struct Wish {
    pub selection: Selection,
    pub seed: u64,
    /// Scenarios at a time; the destination's own limit where not given.
    pub concurrency: Option<usize>,
    /// How long tokens of the reference destination live; a scenario waits until they expire.
    pub token_life_seconds: Option<u64>,
}

struct Folder<E> {
    address: String,
    authority: String,
    edit: E,
}

impl<E: Fn(&str, String) -> String> Files for Folder<E> {
    fn read(&self, path: &str) -> Result<String, String> {
        if path == "reference-ca.pem" {
            return Ok(self.authority.clone());
        }
        let text =
            std::fs::read_to_string(Path::new(FOLDER).join(path)).map_err(|e| e.to_string())?;
        Ok((self.edit)(path, text.replace(ADDRESS, &self.address)))
    }
}

/// The reference submission for a server at that address.
pub fn submitted(
    address: &str,
    authority: &str,
    edit: impl Fn(&str, String) -> String,
) -> Submitted {
    let credentials = credentials();
    let folder = Folder {
        address: address.to_owned(),
        authority: authority.to_owned(),
        edit,
    };
    let text = folder.read("submission.toml").unwrap();
    let (submission, _) =
        parse("submission.toml", &text, &folder).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let secret = |name: &str, value: &str| (name.to_owned(), Secret::new(value));
    let name = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Submitted {
        submission,
        secrets: BTreeMap::from([
            secret("password", &credentials.password),
            secret("token", &credentials.token),
            secret("client_secret", &credentials.client_secret),
        ]),
        names: BTreeMap::from([
            name("username", &credentials.username),
            name("client_id", &credentials.client_id),
        ]),
    }
}

/// The same credentials in every test, so that runs can be compared.
pub fn credentials() -> ReferenceCredentials {
    ReferenceCredentials {
        username: String::from("reference"),
        password: String::from("pä:word-3f9c1e"),
        token: String::from("token-8d1f0b27c4"),
        client_id: String::from("client-1"),
        client_secret: String::from("secret-77aa30e9"),
    }
}

/// The reference destination with faults and variations.
pub async fn emulator(faults: BTreeSet<Fault>, variations: BTreeSet<Variation>) -> Emulator {
    with_tokens(faults, variations, None).await
}

async fn with_tokens(
    faults: BTreeSet<Fault>,
    variations: BTreeSet<Variation>,
    life: Option<Duration>,
) -> Emulator {
    let mut destinations = reference(&credentials());
    for destination in &mut destinations {
        destination.token_lifetime = life.unwrap_or(destination.token_lifetime);
    }
    Emulator::start(Setup {
        destinations,
        faults,
        variations,
        ..Setup::default()
    })
    .await
    .unwrap()
}

/// Judges the reference destination with faults and variations.
pub async fn judged(faults: BTreeSet<Fault>, variations: BTreeSet<Variation>, wish: Wish) -> Run {
    let later = variations.contains(&Variation::StoredLater);
    let life = wish.token_life_seconds;
    let emulator = with_tokens(faults, variations, life.map(Duration::from_secs)).await;
    let submitted = submitted(
        &emulator.base_url(),
        emulator.certificate_authority_pem(),
        |_, text| {
            let text = if later { patient(&text) } else { text };
            match life {
                Some(life) => waiting(&text, life),
                None => text,
            }
        },
    );
    perform(&submitted, wish, None).await
}

/// The submission with time to wait for a token to expire.
fn waiting(submission: &str, seconds: u64) -> String {
    let limit = "allow_load";
    submission.replace(
        limit,
        &format!("wait_for_expiry_seconds = {seconds}\n{limit}"),
    )
}

/// The submission of a destination that may store later.
pub fn patient(submission: &str) -> String {
    submission.replace("within_seconds = 0", "within_seconds = 30")
}

/// Runs the suite on a submission: live, or on a record.
pub async fn perform(submitted: &Submitted, wish: Wish, record: Option<&Run>) -> Run {
    let (catalogue, table) = (Catalogue::embedded().unwrap(), Table::compile().unwrap());
    let started = Instant::now();
    let run_id = record.map_or_else(|| String::from("test-run"), |run| run.id.clone());
    let seed = record.map_or(wish.seed, |run| run.seed);
    let wanted = |name: &str| {
        wish.selection.destinations.is_empty()
            || wish.selection.destinations.iter().any(|d| d == name)
    };
    let destinations = submitted
        .submission
        .destinations
        .iter()
        .filter(|d| wanted(&d.name));
    let targets: Vec<_> = destinations
        .map(|destination| {
            let live = record.is_none();
            let opening = Opening {
                run_id: run_id.clone(),
                seed,
                started,
                edition: submitted.submission.edition,
                secrets: if live {
                    submitted.secrets.clone()
                } else {
                    BTreeMap::new()
                },
                names: submitted.names.clone(),
                key: [7; 32],
                journal: None,
                record,
            };
            Arc::new(open(destination, opening).unwrap())
        })
        .collect();
    let plan = Plan::make(&catalogue, &table, &targets, &wish.selection).unwrap();
    let (_stop, cancel) = watch::channel(false);
    let setting = Setting {
        run_id,
        seed,
        started: record.map_or_else(
            || String::from("2026-11-21T00:00:00Z"),
            |run| run.started.clone(),
        ),
        concurrency: wish.concurrency,
        documents: BTreeMap::new(),
        files: BTreeMap::new(),
        warnings: BTreeMap::new(),
        cancel,
        progress: Box::new(|_| {}),
        elapsed: Box::new(move || u64::try_from(started.elapsed().as_millis()).unwrap()),
        record: record.cloned(),
    };
    run(
        catalogue,
        table,
        &submitted.submission,
        targets,
        plan,
        setting,
    )
    .await
}

/// Requirements with a failed scenario.
pub fn failed(run: &Run) -> BTreeSet<String> {
    let failed = run
        .scenarios
        .iter()
        .filter(|s| matches!(s.outcome, Outcome::Failed { .. }));
    failed.map(|s| s.requirement.clone()).collect()
}

/// Every finding, one line each, for the message of a failing test.
pub fn findings(run: &Run) -> String {
    let words = destspec::suite::words();
    let line = |s: &destspec::model::record::Scenario| {
        let reason = &s.outcome.finding()?.reason;
        let said = sentence::finding(&words, reason);
        Some(format!(
            "{} {} {}: {}: expected {}, received {}",
            s.outcome.word(),
            s.requirement,
            s.id,
            reason.code,
            said.expected,
            said.received
        ))
    };
    run.scenarios
        .iter()
        .filter_map(line)
        .collect::<Vec<_>>()
        .join("\n")
}
