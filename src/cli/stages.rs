//! What `check` looks at, in order: the name, the way, TLS, the clock, the login, one answer; of each host that a run
//! needs. What cannot be looked at for the failure of an earlier stage is named with it, and tried no more.

use crate::cli::location_stages::of_location;
use crate::encode::oauth2::TokenClient;
use crate::judge::configuration::authentication_offered;
use crate::judge::{answer, audience, connection, observed, token};
use crate::model::finding::Finding;
use crate::model::profile::{Profile, Status};
use crate::model::record::{Connection, FailureKind, Purpose, TokenGrant};
use crate::model::submission::AuthenticationClaim;
use crate::suite::broken;
use crate::suite::history::QUALIFIED;
use crate::suite::open::Target;
use crate::suite::subject::{Streaming, Subject};
use crate::wire::{Account, Credential, Divergence, Request, Retry, Session, TokenAsk};

/// One thing that was looked at.
pub struct Stage {
    /// What.
    pub what: &'static str,
    /// What was seen, or what is wrong with it.
    pub seen: Result<String, Finding>,
    /// What is not looked at for that.
    pub behind: Vec<&'static str>,
    /// The host that was tried to be reached, and what names it.
    pub host: Option<(String, &'static str)>,
}

impl Stage {
    pub(super) fn new(what: &'static str, seen: Result<String, Finding>) -> Self {
        Self {
            what,
            seen,
            behind: Vec::new(),
            host: None,
        }
    }

    /// A stage on the way to a host; what waits for it, where it failed.
    fn of_host(
        (what, seen): (&'static str, Result<String, Finding>),
        (origin, called): (&str, &Called),
        behind: &[Option<&'static str>],
    ) -> Self {
        Self {
            what,
            seen,
            behind: behind.iter().copied().flatten().collect(),
            host: Some((origin.to_owned(), called.names)),
        }
    }
}

/// What is said of a connection, by who is there.
pub(super) type Judge = fn(&Connection) -> Result<(), Finding>;

/// What the stages of a host are called, and what names the host.
pub(super) struct Called {
    pub(super) names: &'static str,
    pub(super) name: &'static str,
    pub(super) connection: &'static str,
    pub(super) tls: &'static str,
}

const ENDPOINT: Called = Called {
    names: "`urlBasedDestination.url`",
    name: "name",
    connection: "connection",
    tls: "TLS",
};

const TOKENS: Called = Called {
    names: "`accessTokenUrl` or `refreshTokenUrl`",
    name: "token endpoint: name",
    connection: "token endpoint: connection",
    tls: "token endpoint: TLS",
};

/// Of who takes the requests about audiences.
const AUDIENCES: Called = Called {
    names: "the audience template",
    name: "audience API: name",
    connection: "audience API: connection",
    tls: "audience API: TLS",
};

/// Looks at everything that a run needs of a destination; delivers no profile.
pub async fn look(target: &Target) -> Vec<Stage> {
    let session = target.door.session("check");
    let mut stages = match &target.subject {
        Subject::Streaming(subject) => of_endpoint(subject, &session).await,
        Subject::Batch(subject) => of_location(subject, (&target.door, &session)).await,
        Subject::Inoperable(_) => Vec::new(),
    };
    of_audiences(&target.subject, &session, &mut stages).await;
    stages
}

/// The audience API; the connection is looked at where it stands on a host of its own.
async fn of_audiences(subject: &Subject, session: &Session, stages: &mut Vec<Stage>) {
    const ANSWER: &str = "audience API";
    let Some(api) = subject.api() else {
        return;
    };
    let looked_at = match subject {
        Subject::Streaming(streaming) => session.connection(&streaming.endpoint).await.ok(),
        Subject::Batch(_) | Subject::Inoperable(_) => None,
    };
    let is_reached = match session.connection(&api.address()).await {
        Ok(seen)
            if looked_at
                .as_ref()
                .is_some_and(|known| known.origin == seen.origin) =>
        {
            seen.failure.is_none()
        }
        Ok(seen) => reached(&seen, (&AUDIENCES, connection::encrypted), stages),
        Err(error) => return stages.push(Stage::new(AUDIENCES.connection, Err(diverged(error)))),
    };
    match (subject.retrieval(), is_reached) {
        (Some(retrieval), true) => {
            let url = subject.retrieval_url(retrieval, "destspec-check");
            stages.push(Stage::new(ANSWER, asked(session, &url).await));
        }
        (Some(_), false) => {
            if let Some(failed) = stages.iter_mut().rfind(|stage| stage.seen.is_err()) {
                failed.behind.push(ANSWER);
            }
        }
        (None, _) => {}
    }
}

/// Asks for an audience that nobody has made: any answer that is not about credentials will do.
async fn asked(session: &Session, url: &str) -> Result<String, Finding> {
    let question = Request::question(url, "application/json").about_audiences();
    let asked = session.send(question).await.map_err(diverged)?;
    let exchange = session.exchange(asked);
    let exchange = exchange.ok_or_else(|| broken::nothing_to_judge("answer"))?;
    audience::let_in(&exchange)
}

async fn of_endpoint(subject: &Streaming, session: &Session) -> Vec<Stage> {
    let mut stages = Vec::new();
    let seen = match session.connection(&subject.endpoint).await {
        Ok(seen) => seen,
        Err(error) => return vec![Stage::new("connection", Err(diverged(error)))],
    };
    let is_reached = reached(&seen, (&ENDPOINT, connection::encrypted), &mut stages);
    if is_reached {
        answered(subject, session, &mut stages).await;
    }
    if !is_reached && let Some(failed) = stages.iter_mut().find(|stage| stage.seen.is_err()) {
        failed.behind.extend(["one answer", "clock"]);
    }
    match subject.token_setup() {
        Some(client) => {
            token(
                subject,
                session,
                (client, &seen.origin, is_reached),
                &mut stages,
            )
            .await
        }
        None => stages.push(Stage::new("credentials", credentials(subject))),
    }
    observations(subject, session, (&seen.origin, is_reached), &mut stages).await;
    stages
}

/// What is there to log in with, without a token; what destspec cannot log in by is what a run fails for.
fn credentials(subject: &Streaming) -> Result<String, Finding> {
    let words = subject.authentication_words();
    let claims = &subject.claims.authentications;
    match subject.authentication {
        AuthenticationClaim::None if claims.contains(&AuthenticationClaim::OAuth1) => {
            authentication_offered(claims, subject.edition, &words).map(|()| words)
        }
        AuthenticationClaim::None => Ok(words),
        AuthenticationClaim::Basic
        | AuthenticationClaim::Bearer
        | AuthenticationClaim::OAuth1
        | AuthenticationClaim::OAuth2(_)
        | AuthenticationClaim::Platform
        | AuthenticationClaim::File(_) => Ok(format!("{words}: present, not tried")),
    }
}

/// Asks once about somebody who does not exist, with each question of `[destination.observe]`.
async fn observations(
    subject: &Streaming,
    session: &Session,
    (endpoint, is_reached): (&str, bool),
    stages: &mut Vec<Stage>,
) {
    const OBSERVATION: &str = "observation";
    let tokenless = |stage: &Stage| {
        stage.seen.is_err() && (stage.what == "token" || stage.behind.contains(&"token"))
    };
    let mut asked: Vec<String> = Vec::new();
    for (_, url) in subject.questions(&nobody(subject)) {
        if asked.contains(&url) {
            continue;
        }
        let same = matches!(session.connection(&url).await, Ok(seen) if seen.origin == endpoint);
        let mut failed = stages.iter_mut().filter(|stage| stage.seen.is_err());
        let in_the_way = failed.find(|stage| tokenless(stage) || (same && !is_reached));
        match in_the_way {
            Some(failed) => {
                if !failed.behind.contains(&OBSERVATION) {
                    failed.behind.push(OBSERVATION);
                }
            }
            None => stages.push(Stage::new(OBSERVATION, observed(session, &url).await)),
        }
        asked.push(url);
    }
}

/// Somebody whom no run has made.
fn nobody(subject: &Streaming) -> Profile {
    let namespace = subject.claims.namespaces.first();
    let namespace = namespace.map_or("email", |namespace| namespace.name.as_str());
    let nobody = Profile::new().identity(namespace, "destspec-check-nobody@example.com");
    match subject.claims.audiences.first() {
        Some(first) => nobody.member(&first.namespace, &first.id, Status::Realized, QUALIFIED),
        None => nobody,
    }
}

async fn observed(session: &Session, url: &str) -> Result<String, Finding> {
    let question = Request::question(url, "application/json");
    let asked = session.send(question).await.map_err(diverged)?;
    let exchange = session.exchange(asked);
    let exchange = exchange.ok_or_else(|| broken::nothing_to_judge("answer"))?;
    observed::of_nobody(&exchange)
}

/// The token, and the host that gives it out, where that is another than the endpoint's.
async fn token(
    subject: &Streaming,
    session: &Session,
    (client, endpoint, is_reached): (&TokenClient, &str, bool),
    stages: &mut Vec<Stage>,
) {
    let refresh = client.refresh_url.as_ref();
    let refresh = refresh.filter(|_| client.grant == TokenGrant::RefreshToken);
    let url = refresh.unwrap_or(&client.url);
    let goes = match session.connection(url).await {
        // what is no URL is told by the request
        Ok(_) if url::Url::parse(url).is_err() => true,
        Ok(seen) if seen.origin == endpoint => is_reached,
        Ok(seen) => reached(&seen, (&TOKENS, connection::encrypted), stages),
        Err(error) => return stages.push(Stage::new(TOKENS.connection, Err(diverged(error)))),
    };
    if goes {
        return stages.push(Stage::new("token", issued(subject, session).await));
    }
    if let Some(failed) = stages.iter_mut().rfind(|stage| stage.seen.is_err()) {
        failed.behind.push("token");
    }
}

/// The stages of a connection; whether anything can be sent through it.
pub(super) fn reached(
    seen: &Connection,
    (called, judge): (&Called, Judge),
    stages: &mut Vec<Stage>,
) -> bool {
    let failed = seen.failure.as_ref();
    // SFTP has an encryption of its own
    let tls = (!seen.origin.starts_with("sftp:")).then_some(called.tls);
    let lacks_name = failed.is_some_and(|failure| failure.kind == FailureKind::Resolve);
    let judged = judge(seen);
    if lacks_name || (seen.addresses.is_empty() && failed.is_some()) {
        let failed = (called.name, judged.map(|()| String::new()));
        let behind = [Some(called.connection), tls];
        stages.push(Stage::of_host(failed, (&seen.origin, called), &behind));
        return false;
    }
    stages.push(Stage::new(called.name, Ok(seen.addresses.join(", "))));
    if !seen.connected {
        let failed = (called.connection, judged.map(|()| String::new()));
        stages.push(Stage::of_host(failed, (&seen.origin, called), &[tls]));
        return false;
    }
    stages.push(Stage::new(called.connection, Ok(seen.origin.clone())));
    let spoken = [seen.tls.as_deref(), seen.alpn.as_deref()];
    let spoken: Vec<&str> = spoken.into_iter().flatten().collect();
    if judged.is_err() || !spoken.is_empty() {
        let spoken = (called.tls, judged.map(|()| spoken.join(", ")));
        stages.push(Stage::of_host(spoken, (&seen.origin, called), &[]));
    }
    failed.is_none()
}

/// Asks for nothing, without credentials: any answer shows that somebody is there, and what its clock says.
async fn answered(subject: &Streaming, session: &Session, stages: &mut Vec<Stage>) {
    let nothing = Request {
        purpose: Purpose::Observation,
        method: String::from("OPTIONS"),
        url: subject.endpoint.clone(),
        headers: Vec::new(),
        body: Vec::new().into(),
        account: Account::Own,
        credential: Credential::None,
        retry: Retry::Never,
        time_limit: None,
    };
    let asked = session.send(nothing).await.map_err(diverged);
    let exchange = asked.map(|asked| session.exchange(asked));
    let exchange = match exchange {
        Ok(Some(exchange)) => exchange,
        Ok(None) => return,
        Err(finding) => return stages.push(Stage::new("one answer", Err(finding))),
    };
    let came = answer::answered(&exchange);
    let came = came.and_then(|answer| answer::no_redirect(&exchange).map(|()| answer));
    let came = came.and_then(|answer| answer::not_between(&exchange).map(|()| answer));
    let status = came.map(|answer| format!("{} to `OPTIONS`", answer.status));
    let is_answered = exchange.answer().is_some();
    stages.push(Stage {
        behind: if is_answered { vec![] } else { vec!["clock"] },
        ..Stage::new("one answer", status)
    });
    let date = exchange.answer().and_then(|answer| answer.header("date"));
    if let Some(date) = date {
        let judged = connection::clock(date, jiff::Timestamp::now());
        stages.push(Stage::new("clock", judged.map(|()| date.to_owned())));
    }
}

async fn issued(subject: &Streaming, session: &Session) -> Result<String, Finding> {
    let asked = session.token(TokenAsk::Valid).await.map_err(diverged)?;
    let exchange = session.exchange(asked);
    let exchange = exchange.ok_or_else(|| broken::nothing_to_judge("token request"))?;
    token::not_throttled(&exchange)?;
    let client = subject.token_client()?;
    token::issued(&exchange, client)?;
    let lacking = token::scopes_lacking(&exchange, client);
    Ok(match lacking.is_empty() {
        true => String::from("issued"),
        false => format!(
            "issued, without the scope `{}` that was asked for: allow it to the client if messages are refused",
            lacking.join(" ")
        ),
    })
}

pub(super) fn diverged(error: Divergence) -> Finding {
    broken::replay_diverged(error)
}
