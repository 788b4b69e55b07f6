//! One scenario's way to the outside: sends, waits and chooses; live or replayed, the scenario cannot tell.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand_chacha::ChaCha20Rng;

use crate::model::record::{
    Answer, CommandExchange, Connection, Exchange, ExchangeRef, FailureKind, Operation, Purpose,
    RawResult, TokenGrant,
};
use crate::model::redact::Redactor;
use crate::model::secret::{NamedSecret, Secret};
use crate::model::token::Issued;
use crate::wire::auth::carried::{carry, resigned};
use crate::wire::auth::oauth2::ACCESS_TOKEN;
use crate::wire::auth::{AuthSetup, Authorization, basic, bearer};
use crate::wire::command;
use crate::wire::door::{Door, Side};
use crate::wire::error::Divergence;
use crate::wire::http::{Outgoing, Timing};
use crate::wire::replay::Track;
use crate::wire::request::{Account, Credential, Request, Retry, TokenAsk};
use crate::wire::storage::{Content, Login};
use crate::wire::tap::{Inspected, Place};
use crate::wire::token::Lease;

/// A scenario's session; cloning shares it.
#[derive(Clone)]
pub struct Session {
    door: Door,
    scenario: Arc<ScenarioState>,
    lane: u32,
}

struct ScenarioState {
    id: Arc<str>,
    began_ms: u64,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    track: Track,
    next: HashMap<u32, u32>,
    tokens: HashMap<ExchangeRef, Result<Issued, String>>,
}

/// What a request is sent as; the error says why there is no token.
type Authorized = Result<Option<Authorization>, String>;

impl Session {
    pub(crate) fn new(door: Door, scenario: &str, began_ms: u64) -> Self {
        Self {
            door,
            scenario: Arc::new(ScenarioState {
                id: scenario.into(),
                began_ms,
                log: Mutex::new(Log::default()),
            }),
            lane: 0,
        }
    }

    /// A concurrent branch with ordinals of its own. Within one lane requests follow each other.
    #[must_use]
    pub fn lane(&self, n: u32) -> Self {
        Self {
            lane: n,
            ..self.clone()
        }
    }

    /// Sends a request, and again as Platform would; the answer names the last sending. A failure on the wire is an
    /// exchange; without a token the exchange is a failure of that kind and nothing was sent.
    ///
    /// # Errors
    /// Only in a replay, when the record holds something else.
    pub async fn send(&self, mut request: Request) -> Result<ExchangeRef, Divergence> {
        let mut place = self.place(1);
        let (authorized, _lease) = self
            .authorize((request.account, request.credential), &place)
            .await?;
        let (authorization, lacking) = match authorized {
            Ok(authorization) => (authorization, None),
            Err(why) => (None, Some(why)),
        };
        let door = &self.door.0;
        let carried = carry(&mut request, authorization.as_ref());
        let authorization = authorization.filter(|_| carried.is_none());
        let carried = resigned(&request, carried, &door.tap.redactor);
        let shown = authorization.as_ref().map(|a| a.shown.as_str());
        let outgoing = Arc::new(Outgoing {
            purpose: request.purpose,
            headers: door.headers(request.headers, shown),
            method: request.method,
            url: request.url,
            authorization,
            carried,
            body: request.body,
            time_limit: request.time_limit.unwrap_or(door.time_limit),
            fence: false,
        });
        if let Some(why) = lacking {
            let why = format!("no access token: {why}");
            let exchange = door.unsent(&place, &outgoing, FailureKind::NoToken, why)?;
            return Ok(self.keep(exchange));
        }
        loop {
            let exchange = door
                .perform(&place, &outgoing, |result| {
                    learn_code(outgoing.purpose, result, &door.tap.redactor);
                    Inspected::default()
                })
                .await?;
            let is_retried = exchange.answer().is_some_and(|answer| match request.retry {
                Retry::AsPlatform => door.retry_class.retries(answer.status),
                Retry::WhenThrottled => is_throttled(answer),
                Retry::Never => false,
            });
            let index = self.keep(exchange);
            let wait = door.retry_waits.get(place.attempt as usize - 1);
            match wait.filter(|_| is_retried) {
                Some(wait) => {
                    self.pause(*wait).await;
                    place = self.place(place.attempt + 1);
                }
                None => return Ok(index),
            }
        }
    }

    /// Asks the token endpoint, as an exchange of this scenario. The token that it yields is used by
    /// [`Credential::TokenOf`].
    ///
    /// # Errors
    /// Only in a replay, when the record holds something else.
    pub async fn token(&self, ask: TokenAsk) -> Result<ExchangeRef, Divergence> {
        let place = self.place(1);
        let AuthSetup::OAuth2(setup) = &self.door.0.auth else {
            let why = "cannot ask for a token: the destination does not use OAuth 2.0";
            let exchange = self.door.0.no_token_request(&place, "", why.to_owned())?;
            return Ok(self.keep(exchange));
        };
        let mut rng = self.rng(&format!("token {} {}", place.lane, place.ordinal));
        let given = match ask {
            TokenAsk::Refresh(of) => self.issued(of).ok().and_then(|issued| issued.refresh),
            TokenAsk::Valid
            | TokenAsk::WrongSecret
            | TokenAsk::Near(_)
            | TokenAsk::UnsupportedGrant
            | TokenAsk::UnknownScope
            | TokenAsk::WrongPassword
            | TokenAsk::WrongRefreshToken
            | TokenAsk::WrongCode => None,
        };
        // of what was taken by the newest one, the newest is known to the door
        let given = given.filter(|_| setup.grant(TokenAsk::Valid) != TokenGrant::RefreshToken);
        let ask = (ask, given);
        let (exchange, issued) = self.door.0.ask(&place, setup, ask, &mut rng).await?;
        self.log(|log| log.tokens.insert(exchange.reference(), issued));
        Ok(self.keep(exchange))
    }

    /// Id of the run.
    pub fn run_id(&self) -> &str {
        &self.door.0.run_id
    }

    /// Whether somebody is asked; a replay times nothing, and may be short of memory.
    pub fn is_live(&self) -> bool {
        self.door.is_live()
    }

    /// Id of the scenario.
    pub fn scenario(&self) -> &str {
        &self.scenario.id
    }

    /// What was exchanged so far, by lane and ordinal.
    pub fn exchanges(&self) -> Vec<Arc<Exchange>> {
        self.log(|log| log.track.values().cloned().collect())
    }

    /// One of them.
    pub fn exchange(&self, which: ExchangeRef) -> Option<Arc<Exchange>> {
        self.log(|log| log.track.get(&which).cloned())
    }

    /// Performs a storage operation as somebody; what is written comes with it.
    ///
    /// # Errors
    /// Only in a replay, when the record holds something else.
    pub async fn store(
        &self,
        purpose: Purpose,
        (operation, content): (Operation, Option<&Content>),
        login: Login,
    ) -> Result<ExchangeRef, Divergence> {
        let (door, place) = (&self.door.0, self.place(1));
        let exchange = match &door.side {
            Side::Live(live) => {
                let _slot = live.limit.enter().await;
                let (result, timing) = live.store((&operation, content), login, door).await;
                door.tap
                    .record_storage(&place, purpose, (operation, login.shown(), result), timing)
            }
            Side::Replay(tape) => {
                let now = door.tap.operation(operation);
                tape.find_storage(&place, purpose, (&now, login.shown()))?
            }
        };
        Ok(self.keep(exchange))
    }

    /// Runs a command of the submission; a replay starts none.
    ///
    /// # Errors
    /// Only in a replay, when the record holds something else.
    pub async fn run(
        &self,
        purpose: Purpose,
        arguments: Vec<String>,
    ) -> Result<ExchangeRef, Divergence> {
        let (door, place) = (&self.door.0, self.place(1));
        let exchange = match &door.side {
            Side::Live(live) => {
                let _slot = live.limit.enter().await;
                let began = Timing::now();
                let result = command::run(
                    &arguments,
                    (&door.folder, &door.environment),
                    door.time_limit,
                )
                .await;
                let took = began.sent.elapsed();
                let timing = Timing { took, ..began };
                let command = CommandExchange { arguments, result };
                door.tap.record_command(&place, purpose, command, timing)
            }
            Side::Replay(tape) => {
                let now = door.tap.arguments(arguments);
                tape.find_command(&place, purpose, &now)?
            }
        };
        Ok(self.keep(exchange))
    }

    /// Milliseconds from the run's start to the end of the last exchange, or to the session's opening: what the record
    /// says, so that a replay sees the same.
    pub fn now_ms(&self) -> u64 {
        let last = self.log(|log| {
            log.track
                .values()
                .map(|e| e.at_ms.saturating_add(e.duration_us / 1000))
                .max()
        });
        last.unwrap_or(0).max(self.scenario.began_ms)
    }

    /// When the session was opened, in milliseconds from the run's start: the scenario's `at_ms`.
    pub fn began_ms(&self) -> u64 {
        self.scenario.began_ms
    }

    /// Random numbers that depend on the seed, the scenario and the label alone.
    pub fn rng(&self, label: &str) -> ChaCha20Rng {
        self.door.0.rng(&self.scenario.id, label)
    }

    /// Waits; a replay does not.
    pub async fn pause(&self, duration: Duration) {
        match &self.door.0.side {
            Side::Live(_) => tokio::time::sleep(duration).await,
            Side::Replay(_) => {}
        }
    }

    /// The facts of a URL's host, observed once a run.
    ///
    /// # Errors
    /// Only in a replay, when the record has none.
    pub async fn connection(&self, url: &str) -> Result<Connection, Divergence> {
        self.door.connection(&self.scenario.id, url).await
    }

    /// In a replay, the first recorded exchange that was not asked for; call it when the scenario has ended.
    pub fn unused(&self) -> Option<Divergence> {
        match &self.door.0.side {
            Side::Live(_) => None,
            Side::Replay(tape) => self.log(|log| tape.left(&self.scenario.id, &log.track)),
        }
    }

    async fn authorize(
        &self,
        (account, credential): (Account, Credential),
        place: &Place,
    ) -> Result<(Authorized, Option<Lease<'_>>), Divergence> {
        let door = &self.door.0;
        let redactor = &door.tap.redactor;
        let rng = || self.rng(&format!("credential {} {}", place.lane, place.ordinal));
        let setup = match door.auth(account) {
            AuthSetup::None => return Ok((Ok(None), None)),
            AuthSetup::Basic { username, password } => {
                let pair = (username.as_str(), password);
                let header = basic::authorization(redactor, pair, credential, rng);
                return Ok((Ok(header), None));
            }
            AuthSetup::Bearer { token } => {
                let header = bearer::authorization(redactor, "token", token, credential, rng);
                return Ok((Ok(header), None));
            }
            AuthSetup::OAuth2(setup) => setup,
        };
        let (had, lease) = match credential {
            Credential::None | Credential::Wrong | Credential::WrongPassword => {
                (Ok(Secret::new("")), None)
            }
            Credential::Valid
            | Credential::Near(_)
            | Credential::WrongScheme
            | Credential::NoScheme
            | Credential::SchemeCase => door.leased_token(setup, place).await?,
            Credential::TokenOf(request) => {
                let had = match &door.side {
                    Side::Live(_) => self.token_of(request),
                    Side::Replay(tape) => tape
                        .lacked_token(place)
                        .map_or_else(|| self.token_of(request), Err),
                };
                (had, None)
            }
        };
        let header =
            had.map(|token| bearer::authorization(redactor, ACCESS_TOKEN, &token, credential, rng));
        Ok((header, lease))
    }

    fn token_of(&self, request: ExchangeRef) -> Result<Secret, String> {
        self.issued(request).map(|issued| issued.token)
    }

    fn issued(&self, request: ExchangeRef) -> Result<Issued, String> {
        let had = self.log(|log| log.tokens.get(&request).cloned());
        had.unwrap_or_else(|| Err(format!("exchange {request} is no token request")))
    }

    fn place(&self, attempt: u32) -> Place {
        let ordinal = self.log(|log| {
            let next = log.next.entry(self.lane).or_insert(0);
            let ordinal = *next;
            *next += 1;
            ordinal
        });
        Place {
            scenario: Some(Arc::clone(&self.scenario.id)),
            lane: self.lane,
            ordinal,
            attempt,
        }
    }

    fn keep(&self, exchange: Arc<Exchange>) -> ExchangeRef {
        let which = exchange.reference();
        self.log(|log| log.track.insert(which, exchange));
        which
    }

    fn log<T>(&self, work: impl FnOnce(&mut Log) -> T) -> T {
        let mut log = self
            .scenario
            .log
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work(&mut log)
    }
}

/// Whether an answer says when to come back (RFC 6585, section 4; RFC 9110, section 10.2.3).
fn is_throttled(answer: &Answer) -> bool {
    answer.status == 429 || answer.status == 503 && answer.header("retry-after").is_some()
}

/// A code in a redirect opens what a token opens.
fn learn_code(purpose: Purpose, result: &RawResult, redactor: &Redactor) {
    let RawResult::Answer(answer) = result else {
        return;
    };
    let locations = answer.headers.iter();
    let locations = locations.filter(|(name, _)| name.eq_ignore_ascii_case("location"));
    for (_, location) in locations.filter(|_| purpose == Purpose::Authorization) {
        let query = location.split(['?', '#']).nth(1).unwrap_or_default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if matches!(name.as_ref(), "code" | "access_token" | "id_token") {
                redactor.learn(&NamedSecret::new(name, Secret::new(value)));
            }
        }
    }
}
