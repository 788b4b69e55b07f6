//! The door to one destination: live, or replaying what a record holds of it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use tokio::sync::OnceCell;
use tokio::sync::mpsc::UnboundedSender;

use crate::model::digest::Digesting;
use crate::model::record::{
    Connection, Destination, Exchange, Failure, FailureKind, Operation, Purpose, RUN_HEADER,
    RawResult, Scenario, StorageResult, Swept, TlsCause,
};
use crate::model::redact::Redactor;
use crate::model::sdk::RetryClass;
use crate::wire::auth::AuthSetup;
use crate::wire::connection::origin_of;
use crate::wire::error::{Divergence, WireError};
use crate::wire::host::{Hosts, LOCATION};
use crate::wire::http::{self, Outgoing, Timing};
use crate::wire::limit::Limit;
use crate::wire::replay::{Tape, Track};
use crate::wire::request::Account;
use crate::wire::session::Session;
use crate::wire::storage::{self, Content, Login, Means, OpenedStorage, StorageSetup, Uploads};
use crate::wire::tap::{Inspected, JournalEntry, Place, Tap};
use crate::wire::tls::{self, CertificateAsked};
use crate::wire::token::TokenCache;

/// What every request says of itself, with the version of destspec.
const USER_AGENT: &str = concat!("destspec/", env!("CARGO_PKG_VERSION"));

/// What a door has to know.
pub struct DoorSetup {
    /// Id that every request carries.
    pub run_id: String,
    /// Seed of every random choice.
    pub seed: u64,
    /// When the run began; a replay has no clock.
    pub started: Option<Instant>,
    /// Name of the destination.
    pub destination: String,
    /// How it authenticates.
    pub auth: AuthSetup,
    /// How the audience API does, where that is another way.
    pub audience_auth: Option<AuthSetup>,
    /// The location, where it takes files.
    pub storage: Option<StorageSetup>,
    /// Keeps secrets out of the record; learns those of `auth` and the tokens it yields.
    pub redactor: Arc<Redactor>,
    /// Certificates of a private authority, PEM, trusted besides the platform's.
    pub certificate_authority_pem: Option<String>,
    /// Requests at once.
    pub concurrency: usize,
    /// Requests a second.
    pub pace_per_second: Option<f64>,
    /// Limit for a request and its whole answer.
    pub time_limit: Duration,
    /// Waits before the first and the second retry: 15 s and 30 s as Platform (reference 6.2).
    pub retry_waits: [Duration; 2],
    /// Which answers are retried.
    pub retry_class: RetryClass,
    /// The folder of the submission, in which its command is started.
    pub folder: PathBuf,
    /// The environment that its command has.
    pub environment: Vec<(OsString, OsString)>,
    /// Where every exchange also goes as soon as it is recorded.
    pub journal: Option<UnboundedSender<JournalEntry>>,
}

/// The door to one destination; cloning shares it.
#[derive(Clone)]
pub struct Door(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) tap: Tap,
    pub(crate) auth: AuthSetup,
    pub(crate) audience_auth: Option<AuthSetup>,
    pub(crate) side: Side,
    pub(crate) run_id: String,
    pub(crate) seed: u64,
    pub(crate) time_limit: Duration,
    pub(crate) folder: PathBuf,
    pub(crate) environment: Vec<(OsString, OsString)>,
    pub(crate) retry_waits: [Duration; 2],
    pub(crate) retry_class: RetryClass,
    pub(crate) tokens: TokenCache,
    pub(crate) own: Mutex<Track>,
    pub(crate) own_next: AtomicU32,
    pub(crate) own_compared: AtomicBool,
    pub(crate) connections: Mutex<BTreeMap<String, Arc<OnceCell<Connection>>>>,
}

pub(crate) enum Side {
    Live(Box<Live>),
    Replay(Tape),
}

pub(crate) struct Live {
    pub(crate) client: reqwest::Client,
    /// Keeps no connection.
    pub(crate) fresh: reqwest::Client,
    /// Whether anything was answered, so that a connection may have been kept.
    pub(crate) answered: AtomicBool,
    pub(crate) tls: Arc<rustls::ClientConfig>,
    pub(crate) certificate_asked: Arc<CertificateAsked>,
    pub(crate) limit: Limit,
    pub(crate) hosts: Hosts,
    pub(crate) storage: Option<StorageSetup>,
    /// The client of the storage for each login, or why there is none.
    clients: Mutex<BTreeMap<Login, OpenedStorage>>,
    uploads: Uploads,
}

impl Live {
    /// Sends. A connection that was kept may be closed at any time (RFC 9112 section 9.5): what was lost by that is sent
    /// once more on a new one, but for load, which shows what is lost. What HTTP/2 says was not processed (RFC 9113
    /// sections 6.8 and 8.7) is always sent once more.
    async fn send(&self, outgoing: &Arc<Outgoing>, once_more: bool) -> (RawResult, Timing) {
        let kept = self.answered.load(Ordering::SeqCst);
        let (result, timing) = http::send(&self.client, outgoing).await;
        if kept && outgoing.purpose == Purpose::Observation && is_out_of_step(&result) {
            let (again, timing) = http::send(&self.fresh, outgoing).await;
            if is_success(&again) {
                let spoilt = true;
                return (again, Timing { spoilt, ..timing });
            }
        }
        match &result {
            RawResult::Answer(_) => self.answered.store(true, Ordering::SeqCst),
            RawResult::Failure(failure)
                if http::is_unprocessed(failure)
                    || kept && once_more && failure.kind == FailureKind::Reset =>
            {
                let (result, timing) = http::send(&self.fresh, outgoing).await;
                let reconnected = true;
                return (
                    result,
                    Timing {
                        reconnected,
                        ..timing
                    },
                );
            }
            RawResult::Failure(_) => {}
        }
        (result, timing)
    }

    /// Sends within the limits, unless the host was dead at its first contact.
    async fn reach(
        &self,
        outgoing: &Arc<Outgoing>,
        once_more: bool,
        whole_limit: Duration,
    ) -> (RawResult, Timing) {
        let host = origin_of(&outgoing.url);
        let slot = self.limit.enter().await;
        if let Some(failure) = self.hosts.dead(&host) {
            let unsent = true;
            let timing = Timing {
                unsent,
                ..Timing::now()
            };
            return (RawResult::Failure(failure), timing);
        }
        let (result, timing) = self.send(outgoing, once_more).await;
        drop(slot);
        let result = self.explained(result);
        let is_hasty = outgoing.time_limit < whole_limit && is_timed_out(&result);
        match is_hasty {
            true => (result, timing),
            false => (self.hosts.heard(&host, result, timing.begun), timing),
        }
    }

    /// Performs a storage operation as somebody, unless the location was dead at its first contact.
    pub(crate) async fn store(
        &self,
        asked: (&Operation, Option<&Content>),
        login: Login,
        door: &Inner,
    ) -> (StorageResult, Timing) {
        let timing = Timing::now();
        if let Some(failure) = self.hosts.dead(LOCATION) {
            let unsent = true;
            return (
                StorageResult::Failure { failure },
                Timing { unsent, ..timing },
            );
        }
        let result = self.hosts.stored(self.carry_out(asked, login, door).await);
        let took = timing.sent.elapsed();
        (result, Timing { took, ..timing })
    }

    async fn carry_out(
        &self,
        (operation, content): (&Operation, Option<&Content>),
        login: Login,
        door: &Inner,
    ) -> StorageResult {
        match self.storage(login, door) {
            Ok(client) => {
                let seen = (&self.uploads, &*door.tap.redactor);
                let asked = (operation, content);
                storage::perform(client.as_ref(), asked, door.time_limit, seen).await
            }
            Err(result) => result,
        }
    }

    /// The client of the storage for a login, made once.
    fn storage(&self, login: Login, door: &Inner) -> OpenedStorage {
        let setup = self.storage.as_ref().ok_or_else(storage::lacking)?;
        let means = Means {
            http: self.client.clone(),
            time_limit: door.time_limit,
        };
        let open = || setup.open(login, &means, &door.tap.redactor);
        let clients = self.clients.lock();
        let mut clients = clients.unwrap_or_else(PoisonError::into_inner);
        clients.entry(login).or_insert_with(open).clone()
    }

    /// A server that closes the connection after it asked for a certificate has turned us away, however it is noticed.
    fn explained(&self, result: RawResult) -> RawResult {
        let may_be_turned_away = |kind: FailureKind| match kind {
            FailureKind::Tls | FailureKind::Reset => true,
            // the request may be on its way before the refusal is read
            FailureKind::Broken | FailureKind::Other => !self.answered.load(Ordering::SeqCst),
            FailureKind::Refused
            | FailureKind::Resolve
            | FailureKind::Silent
            | FailureKind::TimedOut
            | FailureKind::NoToken
            | FailureKind::Unusable => false,
        };
        match &result {
            RawResult::Failure(failure)
                if self.certificate_asked.is_so() && may_be_turned_away(failure.kind) =>
            {
                RawResult::Failure(turned_away())
            }
            RawResult::Answer(_) | RawResult::Failure(_) => result,
        }
    }
}

/// Whether an answer is one to something else than a question that is well formed: what was left unread of the message
/// before is taken for the next request.
fn is_out_of_step(result: &RawResult) -> bool {
    match result {
        RawResult::Answer(answer) => {
            let old = answer.version.starts_with("HTTP/1");
            old && matches!(answer.status, 400 | 405 | 408 | 414 | 431 | 501 | 505)
        }
        RawResult::Failure(failure) => {
            failure.kind == FailureKind::Broken && !http::is_of_http2(failure)
        }
    }
}

fn is_timed_out(result: &RawResult) -> bool {
    match result {
        RawResult::Answer(_) => false,
        RawResult::Failure(failure) => failure.kind == FailureKind::TimedOut,
    }
}

fn is_success(result: &RawResult) -> bool {
    match result {
        RawResult::Answer(answer) => (200..300).contains(&answer.status),
        RawResult::Failure(_) => false,
    }
}

/// What is seen of a server that lets in only those who show a certificate.
pub(crate) fn turned_away() -> Failure {
    Failure {
        kind: FailureKind::Tls,
        text: TlsCause::ClientCertificate.said().to_owned(),
    }
}

impl Door {
    /// Opens a door to the destination itself.
    ///
    /// # Errors
    /// When the certificate authority cannot be read or the client cannot be built.
    pub fn live(setup: DoorSetup) -> Result<Self, WireError> {
        let asked = Arc::default();
        let tls = tls::config(setup.certificate_authority_pem.as_deref(), &asked)?;
        let live = Live {
            client: http::client(tls.clone(), usize::MAX)?,
            fresh: http::client(tls.clone(), 0)?,
            answered: AtomicBool::new(false),
            tls: Arc::new(tls),
            certificate_asked: asked,
            limit: Limit::new(setup.concurrency, setup.pace_per_second),
            hosts: Hosts::default(),
            storage: setup.storage.clone(),
            clients: Mutex::default(),
            uploads: Uploads::default(),
        };
        Ok(Self::new(setup, Side::Live(Box::new(live))))
    }

    /// Opens a door to what that version of destspec recorded of a destination and of its scenarios; those of others are
    /// passed over.
    pub fn replay(
        setup: DoorSetup,
        destination: &Destination,
        (version, scenarios): (&str, &[Scenario]),
    ) -> Self {
        let tape = Tape::new(destination, (version, scenarios));
        Self::new(setup, Side::Replay(tape))
    }

    fn new(setup: DoorSetup, side: Side) -> Self {
        setup.auth.teach(&setup.redactor);
        if let Some(auth) = &setup.audience_auth {
            auth.teach(&setup.redactor);
        }
        Self(Arc::new(Inner {
            tap: Tap {
                destination: setup.destination.into(),
                redactor: setup.redactor,
                started: setup.started.unwrap_or_else(Instant::now),
                journal: setup.journal,
            },
            auth: setup.auth,
            audience_auth: setup.audience_auth,
            side,
            run_id: setup.run_id,
            seed: setup.seed,
            time_limit: setup.time_limit,
            folder: setup.folder,
            environment: setup.environment,
            tokens: TokenCache::new(setup.retry_waits),
            retry_waits: setup.retry_waits,
            retry_class: setup.retry_class,
            own: Mutex::new(Track::new()),
            own_next: AtomicU32::new(0),
            own_compared: AtomicBool::new(false),
            connections: Mutex::new(BTreeMap::new()),
        }))
    }

    /// The session of a scenario; one for each run of it.
    pub fn session(&self, scenario_id: &str) -> Session {
        let began_ms = match &self.0.side {
            Side::Live(_) => self.0.tap.since_start_ms(Instant::now()),
            Side::Replay(tape) => tape.began_ms(scenario_id),
        };
        Session::new(self.clone(), scenario_id, began_ms)
    }

    /// Whole milliseconds since the run began.
    pub fn elapsed_ms(&self) -> u64 {
        self.0.tap.since_start_ms(Instant::now())
    }

    pub(crate) fn is_live(&self) -> bool {
        match &self.0.side {
            Side::Live(_) => true,
            Side::Replay(_) => false,
        }
    }

    /// Exchanges that belong to no scenario: tokens for the whole run.
    pub fn destination_exchanges(&self) -> Vec<Arc<Exchange>> {
        let live = self.0.own.lock().unwrap_or_else(PoisonError::into_inner);
        let track = match &self.0.side {
            Side::Live(_) => &*live,
            Side::Replay(tape) => &tape.destination,
        };
        track.values().cloned().collect()
    }

    /// What is being written to the location, for somebody who waits; a replay writes nothing.
    pub fn uploads(&self) -> Uploads {
        match &self.0.side {
            Side::Live(live) => live.uploads.clone(),
            Side::Replay(_) => Uploads::default(),
        }
    }

    /// Clears a folder of the storage away, live; it is in no scenario, and no verdict hangs on it.
    pub async fn sweep(&self, folder: &str) -> Swept {
        let Side::Live(live) = &self.0.side else {
            return Swept::default();
        };
        match live.storage(Login::Valid, &self.0) {
            Ok(client) => storage::sweep(client.as_ref(), folder, self.0.time_limit).await,
            Err(_) => Swept {
                unseen: true,
                ..Swept::default()
            },
        }
    }

    /// A text without the secrets of this destination.
    pub fn redacted(&self, text: &str) -> String {
        self.0.tap.redactor.text(text)
    }

    /// A URL without the secrets of this destination and without user information.
    pub fn redacted_url(&self, url: &str) -> String {
        self.0.tap.redactor.url(url)
    }

    /// What of the record could not be compared in a replay, since it was withheld: name of what hides it, and how often.
    pub fn unverifiable(&self) -> BTreeMap<String, usize> {
        match &self.0.side {
            Side::Live(_) => BTreeMap::new(),
            Side::Replay(tape) => tape.unverifiable(),
        }
    }

    /// Moves the clock by which tokens expire, for scenarios about expiry.
    pub fn advance(&self, by: Duration) {
        self.0.tokens.advance(by);
    }
}

impl Inner {
    /// How an account authenticates.
    pub(crate) fn auth(&self, account: Account) -> &AuthSetup {
        match account {
            Account::Own => &self.auth,
            Account::Audiences => self.audience_auth.as_ref().unwrap_or(&self.auth),
        }
    }

    /// Sends and records, or finds and compares. `inspect` sees a live answer before it is recorded.
    pub(crate) async fn perform(
        &self,
        place: &Place,
        outgoing: &Arc<Outgoing>,
        inspect: impl FnOnce(&RawResult) -> Inspected + Send,
    ) -> Result<Arc<Exchange>, Divergence> {
        match &self.side {
            Side::Live(live) => {
                let (result, timing) = live.reach(outgoing, place.lane == 0, self.time_limit).await;
                let inspected = inspect(&result);
                Ok(self
                    .tap
                    .record(place, outgoing, (result, inspected), timing))
            }
            Side::Replay(tape) => {
                let now = self.tap.request(outgoing);
                tape.find_http(place, outgoing.purpose, &now)
            }
        }
    }

    /// Records that something was not sent, or finds that it was not.
    pub(crate) fn unsent(
        &self,
        place: &Place,
        outgoing: &Outgoing,
        kind: FailureKind,
        why: String,
    ) -> Result<Arc<Exchange>, Divergence> {
        match &self.side {
            Side::Live(_) => {
                let failure = RawResult::Failure(Failure { kind, text: why });
                let timing = Timing::now();
                let inspected = Inspected::default();
                Ok(self
                    .tap
                    .record(place, outgoing, (failure, inspected), timing))
            }
            Side::Replay(tape) => {
                let now = self.tap.request(outgoing);
                tape.find_http(place, outgoing.purpose, &now)
            }
        }
    }

    /// The headers of a request with what every request carries.
    pub(crate) fn headers(
        &self,
        own: Vec<(String, String)>,
        shown: Option<&str>,
    ) -> Vec<(String, String)> {
        let mut headers = own;
        if let Some(shown) = shown {
            headers.push(("Authorization".to_owned(), shown.to_owned()));
        }
        let agent = match &self.side {
            Side::Live(_) => USER_AGENT,
            Side::Replay(tape) => &tape.user_agent,
        };
        headers.push(("User-Agent".to_owned(), agent.to_owned()));
        headers.push((RUN_HEADER.to_owned(), self.run_id.clone()));
        headers
    }

    /// Random numbers that depend on seed, destination, scenario and label alone.
    pub(crate) fn rng(&self, scenario: &str, label: &str) -> ChaCha20Rng {
        let mut seed = Digesting::default();
        seed.update(self.seed.to_be_bytes());
        for field in [&*self.tap.destination, scenario, label] {
            seed.field(field);
        }
        ChaCha20Rng::from_seed(seed.finish().into())
    }
}
