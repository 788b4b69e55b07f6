//! What `check` looks at, in order: the name, the way, TLS, the clock, the login, one answer. What cannot be looked at for
//! the failure of an earlier stage is named with it, and tried no more.

use crate::judge::{answer, connection, ingested, location, token};
use crate::model::finding::Finding;
use crate::model::record::{Connection, FailureKind, Operation, Purpose};
use crate::model::submission::Ingestion;
use crate::suite::broken;
use crate::suite::open::Target;
use crate::suite::steps::ingestion::ask;
use crate::suite::subject::{Batch, Streaming, Subject};
use crate::wire::{Credential, Divergence, Login, Request, Retry, Session, TokenAsk};

/// One thing that was looked at.
pub struct Stage {
    /// What.
    pub what: &'static str,
    /// What was seen, or what is wrong with it.
    pub seen: Result<String, Finding>,
    /// What is not looked at for that.
    pub behind: Vec<&'static str>,
}

impl Stage {
    fn new(what: &'static str, seen: Result<String, Finding>) -> Self {
        Self {
            what,
            seen,
            behind: Vec::new(),
        }
    }
}

/// Looks at everything that a run needs of a destination; delivers nothing.
pub async fn look(target: &Target) -> Vec<Stage> {
    let session = target.door.session("check");
    match &target.subject {
        Subject::Streaming(subject) => of_endpoint(subject, &session).await,
        Subject::Batch(subject) => of_location(subject, &session).await,
        Subject::Inoperable(_) => Vec::new(),
    }
}

async fn of_endpoint(subject: &Streaming, session: &Session) -> Vec<Stage> {
    let mut stages = Vec::new();
    let seen = match session.connection(&subject.endpoint).await {
        Ok(seen) => seen,
        Err(error) => return vec![Stage::new("connection", Err(diverged(error)))],
    };
    let is_reached = reached(&seen, &mut stages);
    if is_reached {
        answered(subject, session, &mut stages).await;
    }
    let own = Stage::new("credentials", Ok(subject.authentication_words()));
    let logged_in = match subject.token_setup() {
        Some(_) => Stage::new("token", issued(subject, session).await),
        None => own,
    };
    stages.push(logged_in);
    if !is_reached && let Some(failed) = stages.iter_mut().find(|stage| stage.seen.is_err()) {
        failed.behind.extend(["one answer", "clock"]);
    }
    stages
}

/// The stages of a connection; whether anything can be sent through it.
fn reached(seen: &Connection, stages: &mut Vec<Stage>) -> bool {
    let failed = seen.failure.as_ref();
    let lacks_name = failed.is_some_and(|failure| failure.kind == FailureKind::Resolve);
    let judged = connection::encrypted(seen);
    if lacks_name || (seen.addresses.is_empty() && failed.is_some()) {
        stages.push(Stage {
            behind: vec!["connection", "TLS"],
            ..Stage::new("name", judged.map(|()| String::new()))
        });
        return false;
    }
    stages.push(Stage::new("name", Ok(seen.addresses.join(", "))));
    if !seen.connected {
        stages.push(Stage {
            behind: vec!["TLS"],
            ..Stage::new("connection", judged.map(|()| String::new()))
        });
        return false;
    }
    stages.push(Stage::new("connection", Ok(seen.origin.clone())));
    let spoken = [seen.tls.as_deref(), seen.alpn.as_deref()];
    let spoken: Vec<&str> = spoken.into_iter().flatten().collect();
    stages.push(Stage::new("TLS", judged.map(|()| spoken.join(", "))));
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
    let status = came.map(|answer| format!("{} to `OPTIONS`", answer.status));
    let is_answered = status.is_ok();
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
    token::issued(&exchange, subject.token_client()?)?;
    Ok(String::from("issued"))
}

async fn of_location(subject: &Batch, session: &Session) -> Vec<Stage> {
    let mut stages = vec![Stage::new("location", listed(subject, session).await)];
    if let Some(ingestion) = subject.ingestion() {
        let told = told(subject, ingestion, session).await;
        stages.push(Stage::new("ingestion", told));
    }
    stages
}

async fn listed(subject: &Batch, session: &Session) -> Result<String, Finding> {
    let location = subject.place();
    let connect = (Operation::Connect { location }, None);
    let seen = session.store(Purpose::Observation, connect, Login::Valid);
    let seen = seen.await.map_err(diverged)?;
    let exchange = session.exchange(seen);
    let storage = exchange.as_ref().and_then(|exchange| exchange.storage());
    let storage = storage.ok_or_else(|| broken::nothing_to_judge("look at the location"))?;
    if location::is_forbidden(&storage.result) {
        return Ok("lets the account in, which may not list files".to_owned());
    }
    location::let_in(storage, subject.signature_ended())?;
    Ok(match &subject.given.signature_ends {
        Some(end) => format!("lists its files; the signature ends on {end}"),
        None => "lists its files".to_owned(),
    })
}

/// Asks about a folder that nobody has made: any answer that is one will do.
async fn told(
    subject: &Batch,
    ingestion: &Ingestion,
    session: &Session,
) -> Result<String, Finding> {
    let question = subject.question(ingestion, "destspec-check", "destspec-check/none.csv");
    let asked = ask(session, &question).await.map_err(diverged)?;
    let exchange = session.exchange(asked);
    let exchange = exchange.ok_or_else(|| broken::nothing_to_judge("answer"))?;
    ingested::told(&exchange).map(|_| "answers".to_owned())
}

fn diverged(error: Divergence) -> Finding {
    broken::replay_diverged(error)
}
