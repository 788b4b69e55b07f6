//! Asks a platform what it understood of the files, as long as the submission gives it time.

use std::sync::Arc;
use std::time::Duration;

use crate::judge::ingested::together::{is_definite, refusal};
use crate::model::record::{Exchange, ExchangeRef, Operation, Purpose};
use crate::suite::aside::{MANY, aside};
use crate::suite::export::Exported;
use crate::suite::stop::Stop;
use crate::suite::subject::Question;
use crate::suite::waits::Waits;
use crate::suite::world::World;
use crate::suite::writing::is_done;
use crate::wire::{Divergence, Login, Request, Session};

/// The longest wait between two questions.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Asks until the answers are what was exported or a refusal, or the time is over; says which.
///
/// # Errors
/// Only in a replay, when the record holds something else.
pub async fn ask_within(
    world: &mut World,
    within: Duration,
    (questions, exported): (&[Question], &Arc<Exported>),
) -> Result<bool, Stop> {
    let session = world.session()?;
    let filing = &world.scene()?.filing;
    let others = Arc::new(filing.others(exported));
    // what was refused before, in place of which another file stands now, may still be said of that one
    let before = refusal(&borrowed(&exchanges(&session, &filing.answers)));
    let mut waits = Waits::new(within, LONGEST_WAIT);
    loop {
        let answers = ask_all(&session, questions).await?;
        let seen = exchanges(&session, &answers);
        world.scene()?.filing.answers = answers;
        let again = before.is_some() && refusal(&borrowed(&seen)) == before;
        let long = session.is_live() && exported.rows.len() >= MANY;
        let (exported, others) = (Arc::clone(exported), Arc::clone(&others));
        let definite = move || Ok(is_definite(&borrowed(&seen), exported.written(&others)));
        if !again && aside(long, definite).await? {
            return Ok(true);
        }
        if !waits.again(&session).await {
            return Ok(false);
        }
    }
}

/// Asks each question once.
///
/// # Errors
/// Only in a replay, when the record holds something else.
pub async fn ask_all(
    session: &Session,
    questions: &[Question],
) -> Result<Vec<ExchangeRef>, Divergence> {
    let mut answers = Vec::new();
    for question in questions {
        answers.push(ask(session, question).await?);
    }
    Ok(answers)
}

fn exchanges(session: &Session, which: &[ExchangeRef]) -> Vec<Arc<Exchange>> {
    let found = which.iter().filter_map(|which| session.exchange(*which));
    found.collect()
}

fn borrowed(exchanges: &[Arc<Exchange>]) -> Vec<&Exchange> {
    exchanges.iter().map(AsRef::as_ref).collect()
}

/// One question to the platform: the exchange that answers it.
///
/// # Errors
/// Only in a replay, when the record holds something else.
pub async fn ask(session: &Session, question: &Question) -> Result<ExchangeRef, Divergence> {
    let observed = Purpose::Observation;
    match question {
        Question::Url(url) => {
            let types = "application/x-ndjson, application/json";
            session.send(Request::question(url, types)).await
        }
        Question::Receipt { receipt, rejection } => {
            if let Some(path) = rejection.clone() {
                let read = Operation::Rejection { path };
                let read = session.store(observed, (read, None), Login::Valid).await?;
                if is_done(session, read) {
                    return Ok(read);
                }
            }
            let path = receipt.clone();
            let read = (Operation::Receipt { path }, None);
            session.store(observed, read, Login::Valid).await
        }
        Question::Command(arguments) => session.run(observed, arguments.clone()).await,
    }
}
