//! Access tokens: one for the run, taken when first needed and again before it expires; others on demand. What a token
//! endpoint answers is fenced: it is recorded whole only when it was understood.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use rand_chacha::ChaCha20Rng;
use tokio::sync::{RwLock, RwLockReadGuard, Semaphore};

use crate::model::record::{
    Exchange, ExchangeRef, FailureKind, Purpose, RawResult, TokenFacts, TokenGrant,
};
use crate::model::redact::Redactor;
use crate::model::redact::fence::Fence;
use crate::model::secret::{NamedSecret, Secret};
use crate::model::token::Issued;
use crate::wire::auth::AuthSetup;
use crate::wire::auth::oauth2::{ACCESS_TOKEN, Asking, OAuth2Setup, REFRESH_TOKEN};
use crate::wire::door::{Door, Inner, Side};
use crate::wire::error::Divergence;
use crate::wire::http::Outgoing;
use crate::wire::request::TokenAsk;
use crate::wire::tap::{Inspected, Place};

/// A token is renewed when less than this is left of a life that is at least twice as long.
const MARGIN: Duration = Duration::from_secs(60);

/// What any longer life is taken for, ten years: no run outlasts it, and sums of times stay sums.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 86_400);

type Had = Result<Secret, String>;

struct Held {
    had: Had,
    until: Option<Duration>,
}

/// The token of the run.
pub(crate) struct TokenCache {
    held: Mutex<Option<Held>>,
    flight: Semaphore,
    began: Instant,
    moved_ms: AtomicU64,
    pause: Duration,
    /// The newest refresh token of the run: each may be good for one request.
    refresh: Mutex<Option<Secret>>,
    /// A request by the newest refresh token may end the life of the run's token: nothing is under way with it then.
    turn: RwLock<()>,
}

/// As long as it is held, the token of the run stays what it is.
pub(crate) type Lease<'a> = RwLockReadGuard<'a, ()>;

impl TokenCache {
    /// A failure stands until the first retry of a delivery would be due.
    pub(crate) fn new(waits: [Duration; 2]) -> Self {
        let [pause, _] = waits;
        Self {
            held: Mutex::new(None),
            flight: Semaphore::new(1),
            began: Instant::now(),
            moved_ms: AtomicU64::new(0),
            pause,
            refresh: Mutex::new(None),
            turn: RwLock::new(()),
        }
    }

    /// The newest refresh token.
    pub(crate) fn refresh(&self) -> Option<Secret> {
        let newest = self.refresh.lock();
        newest.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep_refresh(&self, token: Option<Secret>) {
        *self.refresh.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }

    pub(crate) fn advance(&self, by: Duration) {
        let ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.moved_ms.fetch_add(ms, Ordering::SeqCst);
    }

    fn now(&self) -> Duration {
        self.began.elapsed() + Duration::from_millis(self.moved_ms.load(Ordering::SeqCst))
    }

    fn fresh(&self) -> Option<Had> {
        let now = self.now();
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = held.as_ref()?;
        let good = held.until.is_none_or(|until| now < until);
        good.then(|| held.had.clone())
    }

    fn hold(&self, issued: &Result<Issued, String>) -> Had {
        let (had, life) = match issued {
            Ok(issued) => {
                let life = issued.expires_in.map(Duration::from_secs);
                (Ok(issued.token.clone()), life.map(usable))
            }
            Err(why) => (Err(why.clone()), Some(self.pause)),
        };
        let held = Held {
            had: had.clone(),
            until: life.map(|life| self.now() + life),
        };
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
        had
    }
}

/// The part of a life after which a token is renewed: nine tenths, and for longer ones at least a minute before the end.
pub(crate) fn usable(life: Duration) -> Duration {
    let life = life.min(LONGEST);
    let most = life * 9 / 10;
    if life < MARGIN * 2 {
        most
    } else {
        most.min(life - MARGIN)
    }
}

impl Door {
    /// Exchanges the code of a person's login, in no scenario.
    ///
    /// # Errors
    /// Only in a replay, which has none.
    pub async fn exchange_code(
        &self,
        code: Secret,
        redirect_uri: &str,
    ) -> Result<(Arc<Exchange>, Result<Issued, String>), Divergence> {
        let door = &self.0;
        let place = Place {
            scenario: None,
            lane: 0,
            ordinal: door.own_next.fetch_add(1, Ordering::SeqCst),
            attempt: 1,
        };
        let AuthSetup::OAuth2(setup) = &door.auth else {
            let why = String::from("the destination does not use OAuth 2.0");
            let exchange = door.no_token_request(&place, "", why.clone())?;
            return Ok((exchange, Err(why)));
        };
        door.tap
            .redactor
            .learn(&NamedSecret::new("code", code.clone()));
        let asking = Asking {
            ask: TokenAsk::Valid,
            grant: TokenGrant::AuthorizationCode,
            refresh: None,
            code: Some((code, redirect_uri.to_owned())),
        };
        let mut rng = door.rng("", "login");
        door.ask_as(&place, setup, &asking, &mut rng).await
    }

    /// The refresh token that took the place of the one that was given, where one did.
    pub fn newest_refresh_token(&self) -> Option<Secret> {
        self.0.tokens.refresh()
    }
}

impl Inner {
    /// The token of the run; the inner error says why there is none.
    async fn run_token(&self, setup: &OAuth2Setup, place: &Place) -> Result<Had, Divergence> {
        if let Side::Replay(tape) = &self.side {
            self.compare_own(setup).await?;
            let lacked = tape.lacked_token(place);
            return Ok(lacked.map_or_else(|| Ok(Secret::replayed(ACCESS_TOKEN)), Err));
        }
        if let Some(had) = self.tokens.fresh() {
            return Ok(had);
        }
        let _one_at_a_time = self.tokens.flight.acquire().await.ok();
        if let Some(had) = self.tokens.fresh() {
            return Ok(had);
        }
        if setup.endpoint.refreshes() && self.tokens.refresh().is_some() {
            let issued = self.take_own(setup, TokenGrant::RefreshToken).await?;
            if issued.is_ok() || setup.grant(TokenAsk::Valid) == TokenGrant::RefreshToken {
                return Ok(self.tokens.hold(&issued));
            }
            self.tokens.keep_refresh(None);
        }
        let issued = self.take_own(setup, setup.grant(TokenAsk::Valid)).await?;
        Ok(self.tokens.hold(&issued))
    }

    /// The token of the run, and what keeps it for the request that goes with it, where tokens are taken by refresh tokens.
    pub(crate) async fn leased_token(
        &self,
        setup: &OAuth2Setup,
        place: &Place,
    ) -> Result<(Had, Option<Lease<'_>>), Divergence> {
        let had = self.run_token(setup, place).await?;
        match &self.side {
            Side::Live(_) if setup.endpoint.grant() == TokenGrant::RefreshToken => {
                let lease = self.tokens.turn.read().await;
                Ok((self.tokens.fresh().unwrap_or(had), Some(lease)))
            }
            Side::Live(_) | Side::Replay(_) => Ok((had, None)),
        }
    }

    /// Takes a token for the run.
    async fn take_own(
        &self,
        setup: &OAuth2Setup,
        grant: TokenGrant,
    ) -> Result<Result<Issued, String>, Divergence> {
        let ordinal = self.own_next.fetch_add(1, Ordering::SeqCst);
        let (exchange, issued) = self.fetch_own(setup, ordinal, grant).await?;
        self.own
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(exchange.reference(), exchange);
        if let Some(refresh) = issued
            .as_ref()
            .ok()
            .and_then(|issued| issued.refresh.clone())
        {
            self.tokens.keep_refresh(Some(refresh));
        }
        Ok(issued)
    }

    async fn fetch_own(
        &self,
        setup: &OAuth2Setup,
        ordinal: u32,
        grant: TokenGrant,
    ) -> Result<(Arc<Exchange>, Result<Issued, String>), Divergence> {
        let place = Place {
            scenario: None,
            lane: 0,
            ordinal,
            attempt: 1,
        };
        let mut rng = self.rng("", "token");
        self.ask_by(&place, setup, (TokenAsk::Valid, grant, None), &mut rng)
            .await
    }

    /// Compares each recorded token request of the run with the one that its grant makes now, once.
    async fn compare_own(&self, setup: &OAuth2Setup) -> Result<(), Divergence> {
        let Side::Replay(tape) = &self.side else {
            return Ok(());
        };
        if self.own_compared.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        for (ExchangeRef { ordinal, .. }, recorded) in &tape.destination {
            let facts = recorded.token();
            let grant = facts.map_or_else(|| setup.grant(TokenAsk::Valid), |facts| facts.grant);
            let (_same, _marks) = self.fetch_own(setup, *ordinal, grant).await?;
        }
        Ok(())
    }

    /// Makes a token request; what it yields is taught to the redactor before the answer is recorded. `given`: the refresh
    /// token that an answer gave to the scenario.
    pub(crate) async fn ask(
        &self,
        place: &Place,
        setup: &OAuth2Setup,
        (ask, given): (TokenAsk, Option<Secret>),
        rng: &mut ChaCha20Rng,
    ) -> Result<(Arc<Exchange>, Result<Issued, String>), Divergence> {
        self.ask_by(place, setup, (ask, setup.grant(ask), given), rng)
            .await
    }

    /// Of requests by the newest refresh token one follows another, for its answer may replace it.
    async fn ask_by(
        &self,
        place: &Place,
        setup: &OAuth2Setup,
        (ask, grant, given): (TokenAsk, TokenGrant, Option<Secret>),
        rng: &mut ChaCha20Rng,
    ) -> Result<(Arc<Exchange>, Result<Issued, String>), Divergence> {
        let asking = |refresh| Asking {
            ask,
            grant,
            refresh,
            code: None,
        };
        let by_refresh = grant == TokenGrant::RefreshToken
            || (grant == TokenGrant::Unsupported
                && setup.endpoint.grant() == TokenGrant::RefreshToken);
        if let Side::Replay(_) = &self.side {
            let mark = || Secret::replayed(REFRESH_TOKEN);
            let refresh = by_refresh.then(|| setup.refresh_token.clone().unwrap_or_else(mark));
            if let Some(refresh) = &refresh {
                let named = NamedSecret::new(REFRESH_TOKEN, refresh.clone());
                self.tap.redactor.learn(&named);
            }
            return self.ask_as(place, setup, &asking(refresh), rng).await;
        }
        if !by_refresh || given.is_some() {
            return self.ask_as(place, setup, &asking(given), rng).await;
        }
        let _alone = self.tokens.turn.write().await;
        let newest = self
            .tokens
            .refresh()
            .or_else(|| setup.refresh_token.clone());
        let (exchange, issued) = self.ask_as(place, setup, &asking(newest), rng).await?;
        let had = issued.as_ref().ok();
        if let Some(refresh) = had.and_then(|issued| issued.refresh.clone()) {
            self.tokens.keep_refresh(Some(refresh));
        }
        // many servers end the token before with it, and Experience Platform delivers with the newest
        if issued.is_ok() && setup.endpoint.grant() == TokenGrant::RefreshToken {
            let _had = self.tokens.hold(&issued);
        }
        Ok((exchange, issued))
    }

    pub(crate) async fn ask_as(
        &self,
        place: &Place,
        setup: &OAuth2Setup,
        asking: &Asking,
        rng: &mut ChaCha20Rng,
    ) -> Result<(Arc<Exchange>, Result<Issued, String>), Divergence> {
        let redactor = &self.tap.redactor;
        let prepared = match setup.prepare(redactor, asking, rng) {
            Ok(prepared) => prepared,
            Err(why) => {
                let why = format!("cannot ask for a token: {why}");
                let exchange = self.no_token_request(place, setup.endpoint.url(), why.clone())?;
                return Ok((exchange, Err(why)));
            }
        };
        let grant = prepared.grant;
        let shown = prepared.authorization.as_ref().map(|a| a.shown.as_str());
        let outgoing = Arc::new(Outgoing {
            purpose: Purpose::Token,
            headers: self.headers(prepared.request.headers, shown),
            method: prepared.request.method,
            url: prepared.request.url,
            authorization: prepared.authorization,
            carried: None,
            body: Bytes::from(prepared.request.body),
            time_limit: self.time_limit,
            fence: true,
        });
        let mut issued = Err("no answer".to_owned());
        let inspect = |result: &RawResult| {
            let (had, inspected) = inspected(setup, grant, redactor, result);
            issued = had;
            inspected
        };
        let exchange = self.perform(place, &outgoing, inspect).await?;
        if let Side::Replay(_) = &self.side {
            issued = Ok(Issued {
                token: Secret::replayed(ACCESS_TOKEN),
                expires_in: None,
                refresh: None,
            });
        }
        Ok((exchange, issued))
    }

    /// A token request that cannot be made.
    pub(crate) fn no_token_request(
        &self,
        place: &Place,
        url: &str,
        why: String,
    ) -> Result<Arc<Exchange>, Divergence> {
        let outgoing = Outgoing {
            purpose: Purpose::Token,
            headers: self.headers(Vec::new(), None),
            method: "POST".to_owned(),
            url: url.to_owned(),
            authorization: None,
            carried: None,
            body: Bytes::new(),
            time_limit: self.time_limit,
            fence: true,
        };
        self.unsent(place, &outgoing, FailureKind::Other, why)
    }
}

/// What came of a token request, and how it may be recorded.
fn inspected(
    setup: &OAuth2Setup,
    grant: TokenGrant,
    redactor: &Redactor,
    result: &RawResult,
) -> (Result<Issued, String>, Inspected) {
    let (issued, fence, failed_validations) = match result {
        RawResult::Answer(answer) => {
            let reading = setup.read(redactor, answer);
            let fence = if reading.understood {
                Fence::Read
            } else {
                Fence::Unread
            };
            (reading.issued, fence, reading.failed_validations)
        }
        RawResult::Failure(failure) => (Err(failure.text.clone()), Fence::Unread, Vec::new()),
    };
    let facts = TokenFacts {
        grant,
        failed_validations,
    };
    let inspected = Inspected {
        fence,
        token: Some(facts),
    };
    (issued, inspected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_of_any_length_can_be_used() {
        let used = |seconds| usable(Duration::from_secs(seconds)).as_secs();
        assert_eq!([0, 100, 600, 3600].map(used), [0, 90, 540, 3240]);
        for seconds in [u64::MAX, i64::MAX.unsigned_abs()] {
            assert_eq!(used(seconds), LONGEST.as_secs() * 9 / 10);
        }
    }
}
