//! Runs the suite in process: against the reference destination, against any other server, or on a record.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use destspec::emulator::rest::{
    Emulator, Fault, ReferenceCredentials, Setup, Variation, reference,
};
use destspec::model::challenge::Challenge;
use destspec::model::outcome::Outcome;
use destspec::model::record::{Run, Selection};
use destspec::model::secret::Secret;
use destspec::model::submission::{
    CredentialName, Destination, Fetched, Files, SecretName, Submission, parse,
};
use destspec::publish::report::sentence;
use destspec::suite::catalogue::Catalogue;
use destspec::suite::moment::Moment;
use destspec::suite::open::open;
use destspec::suite::phrases::Table;
use destspec::suite::plan::Plan;
use destspec::suite::replay::warnings;
use destspec::suite::run::{Conduct, Order, run};
use destspec::suite::source::{Live, Source};
use destspec::suite::subject::Subject;
use serde_json::{Value, json};
use tokio::sync::watch;

const ADDRESS: &str = "https://localhost:8443";
const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/fixtures/submissions/reference"
);

/// Held by tests that keep every core busy for minutes: beside another of them, times would show the machine.
pub static BUSY: Mutex<()> = Mutex::new(());

/// What stands before the destinations that take files.
const FILES: &str = "# Destinations that take files";

/// A submission with the values of its credentials.
pub struct Submitted {
    pub submission: Submission,
    fetched: Fetched,
}

/// What a test wants of a run.
#[derive(Clone)]
pub struct Wish {
    /// The one destination of the submission that is submitted; all where not given.
    pub only: Option<String>,
    pub selection: Selection,
    pub seed: u64,
    /// Scenarios at a time; the destination's own limit where not given.
    pub concurrency: Option<usize>,
    /// How long tokens of the reference destination live; a scenario waits until they expire.
    pub token_life_seconds: Option<u64>,
    /// A line of the limits of every destination.
    pub limit: Option<&'static str>,
    /// What the reference destination and its submission log in with.
    pub credentials: ReferenceCredentials,
    /// The run is stopped after so many outcomes.
    pub interrupt_after: Option<usize>,
    /// Deliveries in flight that the reference destination takes; its own limit where not given.
    pub in_flight: Option<usize>,
    /// Whether it is a run to be certified.
    pub certified: bool,
    /// The challenge that it is made from; the seed follows from it.
    pub challenge: Option<String>,
    /// Which of the repetitions that the challenge asks for it is, from 1.
    pub repetition: u32,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            only: None,
            selection: Selection::default(),
            seed: 0,
            concurrency: None,
            token_life_seconds: None,
            limit: None,
            credentials: credentials(),
            interrupt_after: None,
            in_flight: None,
            certified: false,
            challenge: None,
            repetition: 1,
        }
    }
}

impl Wish {
    /// One destination alone, as if the submission had no other.
    pub fn of(destination: &str) -> Self {
        Self {
            only: Some(destination.to_owned()),
            ..Self::default()
        }
    }
}

struct Folder<E> {
    address: String,
    authority: String,
    edit: E,
}

/// The reference submission with the destinations that take files, as it is kept.
struct Kept;

impl Files for Kept {
    fn read(&self, path: &str) -> Result<String, String> {
        match path {
            "reference-ca.pem" => Ok(include_str!("authority.pem").to_owned()),
            _ => std::fs::read_to_string(Path::new(FOLDER).join(path)).map_err(|e| e.to_string()),
        }
    }
}

/// What `s3-csv` of the reference submission is to a judge; nothing is asked of it.
pub fn that_takes_files() -> Subject {
    let text = Kept.read("submission.toml").unwrap();
    let (mut submission, _) = parse("submission.toml", &text, &Kept).unwrap();
    submission.destinations.retain(|d| d.name == "s3-csv");
    let secret = |name| {
        (
            SecretName::Credential(name),
            Secret::new("a secret of nobody"),
        )
    };
    let submitted = Submitted {
        submission,
        fetched: Fetched {
            open: BTreeMap::from([(CredentialName::AccessKeyId, String::from("AKIAEXAMPLE"))]),
            auth_data: BTreeMap::new(),
            secrets: BTreeMap::from([
                secret(CredentialName::SecretAccessKey),
                secret(CredentialName::AudienceToken),
            ]),
        },
    };
    let opened = open(&submitted.submission, &live(&submitted, &Wish::default())).unwrap();
    opened.targets[0].subject.clone()
}

impl<E: Fn(&str, String) -> String> Files for Folder<E> {
    fn read(&self, path: &str) -> Result<String, String> {
        if path == "reference-ca.pem" {
            return Ok(self.authority.clone());
        }
        let text =
            std::fs::read_to_string(Path::new(FOLDER).join(path)).map_err(|e| e.to_string())?;
        // the storages of the others are started by the program
        let text = text.split(FILES).next().unwrap().to_owned();
        Ok((self.edit)(path, text.replace(ADDRESS, &self.address)))
    }
}

/// The reference submission for a server at that address.
pub fn submitted(
    address: &str,
    authority: &str,
    edit: impl Fn(&str, String) -> String,
) -> Submitted {
    let folder = Folder {
        address: address.to_owned(),
        authority: authority.to_owned(),
        edit,
    };
    let text = folder.read("submission.toml").unwrap();
    let (submission, _) =
        parse("submission.toml", &text, &folder).unwrap_or_else(|problems| panic!("{problems:#?}"));
    Submitted {
        submission,
        fetched: fetched(&credentials()),
    }
}

fn fetched(credentials: &ReferenceCredentials) -> Fetched {
    let secret = |name, value: &str| (SecretName::Credential(name), Secret::new(value));
    let open = |name, value: &str| (name, value.to_owned());
    Fetched {
        open: BTreeMap::from([
            open(CredentialName::Username, &credentials.username),
            open(CredentialName::ClientId, &credentials.client_id),
        ]),
        auth_data: BTreeMap::new(),
        secrets: BTreeMap::from([
            secret(CredentialName::Password, &credentials.password),
            secret(CredentialName::Token, &credentials.token),
            secret(CredentialName::ClientSecret, &credentials.client_secret),
            secret(CredentialName::RefreshToken, &credentials.refresh_token),
            (
                SecretName::AuthData(String::from("accessKey")),
                Secret::new(credentials.access_key.as_str()),
            ),
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
        access_key: String::from("key-40d2b86e19"),
        refresh_token: String::from("refresh-5be1c20d"),
    }
}

/// The reference destination with faults and variations.
pub async fn emulator(faults: BTreeSet<Fault>, variations: BTreeSet<Variation>) -> Emulator {
    wished(faults, variations, &Wish::default()).await
}

/// The reference destination as a test wants it, with faults and variations.
pub async fn wished(
    faults: BTreeSet<Fault>,
    variations: BTreeSet<Variation>,
    wish: &Wish,
) -> Emulator {
    let mut destinations = reference(&wish.credentials);
    for destination in &mut destinations {
        let life = wish.token_life_seconds.map(Duration::from_secs);
        destination.token_lifetime = life.unwrap_or(destination.token_lifetime);
        let capacity = &mut destination.capacity;
        capacity.in_flight = wish.in_flight.unwrap_or(capacity.in_flight);
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

/// Judges the reference destination without fault.
pub async fn judged_as(wish: Wish) -> Run {
    judged(BTreeSet::new(), BTreeSet::new(), wish).await
}

/// The submission with one of its destinations.
fn only(submission: &str, name: &str) -> String {
    let mut parts = submission.split("[[destination]]\n");
    let head = parts.next().unwrap();
    let line = format!("name = \"{name}\"");
    let wanted = parts.find(|part| part.starts_with(&line)).unwrap();
    format!("{head}[[destination]]\n{wanted}")
}

/// Judges the reference destination with faults and variations.
pub async fn judged(faults: BTreeSet<Fault>, variations: BTreeSet<Variation>, wish: Wish) -> Run {
    let later = variations.contains(&Variation::StoredLater);
    let emulator = wished(faults, variations, &wish).await;
    perform(&about(&emulator, &wish, later), wish).await
}

/// The submission of a reference destination as a test wants it, which may store later.
pub fn about(emulator: &Emulator, wish: &Wish, later: bool) -> Submitted {
    let life = wish.token_life_seconds;
    let mut submitted = submitted(
        &emulator.base_url(),
        emulator.certificate_authority_pem(),
        |path, text| {
            let text = if later { patient(&text) } else { text };
            let text = match life {
                Some(life) => waiting(&text, life + 1),
                None => text,
            };
            let text = match wish.limit {
                Some(line) => limited(&text, line),
                None => text,
            };
            match &wish.only {
                Some(name) if path == "submission.toml" => only(&text, name),
                Some(_) | None => text,
            }
        },
    );
    submitted.fetched = fetched(&wish.credentials);
    submitted
}

/// The submission with time to wait for a token to expire.
pub fn waiting(submission: &str, seconds: u64) -> String {
    limited(submission, &format!("wait_for_expiry_seconds = {seconds}"))
}

/// The submission with one more limit.
fn limited(submission: &str, line: &str) -> String {
    let limit = "allow_load";
    submission.replace(limit, &format!("{line}\n{limit}"))
}

/// The submission of a destination that may store later.
pub fn patient(submission: &str) -> String {
    submission.replace("within_seconds = 0", "within_seconds = 30")
}

/// The destinations themselves, with what a wish says of the run.
fn live(submitted: &Submitted, wish: &Wish) -> Source<'static> {
    let submission = &submitted.submission;
    let fetched = |d: &Destination| (d.name.clone(), submitted.fetched.clone());
    let challenge = wish.challenge.as_deref();
    let challenged =
        challenge.map(|text| Challenge::parse(text).unwrap().seed(text, wish.repetition));
    Source::Live(Live {
        run_id: match wish.repetition {
            1 => String::from("test-run"),
            later => format!("test-run-{later}"),
        },
        seed: challenged.unwrap_or(wish.seed),
        started: Instant::now(),
        started_at: String::from("2026-11-21T00:00:00Z"),
        key: [7; 32],
        fetched: submission.destinations.iter().map(fetched).collect(),
        documents: BTreeMap::new(),
        environment: Vec::new(),
        challenge: wish.challenge.clone(),
        journal: None,
    })
}

/// Runs the suite on a submission.
pub async fn perform(submitted: &Submitted, wish: Wish) -> Run {
    let (catalogue, table) = (Catalogue::embedded().unwrap(), Table::compile().unwrap());
    let submission = &submitted.submission;
    let source = live(submitted, &wish);
    let opened = open(submission, &source).unwrap();
    let subjects: Vec<_> = opened.targets.iter().map(|t| t.subject.clone()).collect();
    let plan = Plan::make(&catalogue, &table, &subjects, &wish.selection).unwrap();
    let (stop, cancel) = watch::channel(false);
    let (limit, seen) = (wish.interrupt_after, AtomicUsize::new(0));
    let conduct = Conduct {
        concurrency: wish.concurrency,
        certified: wish.certified,
        cancel,
        progress: Box::new(move |moment| {
            if let Moment::Began { .. } = moment {
                return;
            }
            if Some(seen.fetch_add(1, Ordering::SeqCst) + 1) == limit {
                stop.send(true).unwrap();
            }
        }),
    };
    let order = Order {
        catalogue,
        table,
        warnings: warnings(submission, &opened.warnings),
        submission,
        targets: opened.targets,
        plan,
    };
    dated(&run(order, &source, conduct).await, DATE)
}

/// When the runs of tests are said to have begun, as HTTP says it.
const DATE: &str = "Sat, 21 Nov 2026 00:00:00 GMT";

/// The run with every answer dated so: runs of tests begin when they say, and their servers have the clock of the machine.
pub fn dated(run: &Run, date: &str) -> Run {
    let mut value = serde_json::to_value(run).unwrap();
    for scenario in value["scenarios"].as_array_mut().unwrap() {
        for exchange in scenario["exchanges"].as_array_mut().unwrap() {
            let headers = exchange.pointer_mut("/act/http/result/answer/headers");
            let headers = headers.and_then(Value::as_array_mut);
            for header in headers.into_iter().flatten() {
                if header[0] == "date" {
                    header[1] = json!(date);
                }
            }
        }
    }
    serde_json::from_value(value).unwrap()
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

/// Performs runs on a thread of their own.
pub fn alone<T>(runs: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(runs)
}

/// What is said of each, several at a time: runs wait more than they compute.
pub fn all_at_once<T: Sync>(items: &[T], say: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let (next, said) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            let one = say(item);
            said.lock().unwrap().extend(one);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(work);
        }
    });
    said.into_inner().unwrap()
}
