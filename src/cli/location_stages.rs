//! What `check` looks at of a location: its hosts, the login, what the account may do; and whether the platform that ingests
//! from it answers.

use crate::cli::stages::{Called, Stage, diverged, reached};
use crate::judge::{ingested, location};
use crate::model::finding::Finding;
use crate::model::location::Location;
use crate::model::record::{Operation, Purpose};
use crate::model::submission::{CredentialName, Ingestion, IngestionWay};
use crate::suite::asking::ask;
use crate::suite::broken;
use crate::suite::filing::Held;
use crate::suite::subject::Batch;
use crate::suite::writing::{is_done, put};
use crate::wire::{Content, Door, LocationHosts, Login, Session};

/// Of who lets in to a location.
const ENTRANCE: Called = Called {
    names: "the kind of location, or `authority` in [destination.location]",
    name: "login service: name",
    connection: "login service: connection",
    tls: "login service: TLS",
};

const LOCATION: Called = Called {
    names: "the server, or what the submission says of the location",
    name: "location: name",
    connection: "location: connection",
    tls: "location: TLS",
};

/// Said of a folder that a write makes.
const COMES: &str = "is not there yet, and comes with the first file";

/// The stages of a location, and of the platform that ingests from it.
pub(super) async fn of_location(subject: &Batch, (door, session): (&Door, &Session)) -> Vec<Stage> {
    let mut stages = Vec::new();
    let is_reached = is_there(session, door.location_hosts(), &mut stages).await;
    let mut is_let_in = false;
    if is_reached {
        let listed = listed(subject, session).await;
        let writes = match &listed {
            Err(finding) if !location::is_of_missing(finding) => None,
            Ok(_) | Err(_) => Some(writes(subject, (door, session)).await),
        };
        let (listed, writes) = match (listed, writes) {
            (Err(_), Some(Ok(said))) => (Ok(COMES.to_owned()), Some(Ok(said))),
            (Err(finding), _) => (Err(finding), None),
            (listed, writes) => (listed, writes),
        };
        is_let_in = listed.is_ok();
        stages.extend(let_in(subject, listed));
        stages.extend(writes.map(|writes| Stage::new("location: permissions", writes)));
    } else if let Some(failed) = stages.last_mut() {
        failed.behind.push("location");
    }
    if let Some(ingestion) = subject.ingestion() {
        match (&ingestion.way, stages.last_mut().filter(|_| !is_let_in)) {
            // a receipt lies where the files do
            (IngestionWay::Receipt { .. }, Some(failed)) => failed.behind.push("ingestion"),
            (IngestionWay::Receipt { .. } | IngestionWay::Url(_) | IngestionWay::Command(_), _) => {
                let told = told(subject, ingestion, session).await;
                stages.push(Stage::new("ingestion", told));
            }
        }
    }
    stages
}

/// The stages of the hosts of a location, each host once; whether all of them can be talked to.
async fn is_there(session: &Session, hosts: LocationHosts, stages: &mut Vec<Stage>) -> bool {
    let same = hosts.login == hosts.files;
    let login = hosts.login.filter(|_| !same);
    for (url, called) in [(login, &ENTRANCE), (hosts.files, &LOCATION)] {
        let Some(url) = url else {
            continue;
        };
        match session.connection(&url).await {
            Ok(seen) if reached(&seen, (called, location::reached), stages) => {}
            Ok(_) => return false,
            Err(error) => {
                stages.push(Stage::new(called.connection, Err(diverged(error))));
                return false;
            }
        }
    }
    true
}

/// What came of the login; of SFTP the host key comes before it.
fn let_in(subject: &Batch, listed: Result<String, Finding>) -> Vec<Stage> {
    let stage = Stage::new("location", listed);
    if !matches!(subject.location(), Location::Sftp { .. }) {
        return vec![stage];
    }
    const KEY: &str = "location: host key";
    let key = Stage::new(KEY, Ok(announced(subject).to_owned()));
    match stage.seen {
        Err(finding) if location::is_of_host_key(&finding) => vec![Stage {
            behind: vec!["location"],
            ..Stage::new(KEY, Err(finding))
        }],
        Err(finding) if !location::is_of_login(&finding) => {
            vec![Stage::new("location", Err(finding))]
        }
        seen => vec![key, Stage::new("location", seen)],
    }
}

fn announced(subject: &Batch) -> &'static str {
    match subject.given.open.contains_key(&CredentialName::HostKey) {
        true => "as announced",
        false => "none is announced: any is taken",
    }
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

/// A few bytes are written where the files of a run go, and deleted: no list shows what an account may do.
async fn writes(subject: &Batch, (door, session): (&Door, &Session)) -> Result<String, Finding> {
    let path = format!("{}/destspec-check.txt", subject.folder_of("check"));
    let content = Content::from(b"written by destspec check\n".as_slice());
    let put = (put(&path, Held::of(&content)), Some(&content));
    let written = session.store(Purpose::Delivery, put, Login::Valid);
    let written = session.exchange(written.await.map_err(diverged)?);
    let storage = written.as_ref().and_then(|exchange| exchange.storage());
    location::carried_out(storage.ok_or_else(|| broken::nothing_to_judge("file"))?)?;
    let delete = (Operation::Delete { path: path.clone() }, None);
    let deleted = session.store(Purpose::Delivery, delete, Login::Valid);
    let is_gone = is_done(session, deleted.await.map_err(diverged)?);
    // the folders that came with it
    door.sweep(&subject.run_folder()).await;
    Ok(match is_gone {
        true => "writes and deletes".to_owned(),
        false => format!("writes; may not delete, so that `{path}` stays"),
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
