//! Ingestion: the platform is asked what it understood of the files, as long as the submission gives it time.

use std::sync::Arc;
use std::time::Duration;

use crate::encode::file::understood::Cell;
use crate::judge::ingested::{self, Told};
use crate::model::finding::{Blame, Finding};
use crate::model::outcome::Strength;
use crate::model::record::{Exchange, ExchangeRef, Operation, Purpose};
use crate::suite::aside::{MANY, aside};
use crate::suite::broken;
use crate::suite::evidence::Evidence;
use crate::suite::export::{Exported, File};
use crate::suite::filing::Filing;
use crate::suite::omission;
use crate::suite::steps::location;
use crate::suite::stop::{Args, Stop};
use crate::suite::subject::Question;
use crate::suite::world::World;
use crate::suite::writing::is_done;
use crate::wire::{Divergence, Login, Request, Session};

/// The first wait between two questions; each is half as long again.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// The longest wait between two questions.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The platform is asked about the newest export until it says what was written, or its time is over.
pub async fn asked(world: &mut World, _: &Args) -> Result<(), Stop> {
    let (batch, session) = (world.batch()?, world.session()?);
    let ingestion = batch
        .ingestion()
        .ok_or_else(|| Stop::Omit(omission::no_ingestion()))?;
    let newest = world.scene()?.filing.newest().cloned();
    let exported = newest.ok_or_else(|| broken::nothing_to_judge("export"))?;
    if !all_landed(world)? {
        return Ok(());
    }
    let data: Vec<&str> = exported
        .files
        .iter()
        .filter(|file| !file.manifest)
        .map(|file| file.path.as_str())
        .collect();
    let asked_about = if ingestion.is_by_folder() {
        data.first().map_or(&data[..], |_| &data[..1])
    } else {
        &data[..]
    };
    let mut questions: Vec<Question> = asked_about
        .iter()
        .map(|file| batch.question(ingestion, &exported.folder, file))
        .collect();
    questions.dedup();
    // what was refused before, in place of which another file stands now, may still be said of that one
    let before = refusal(&session, &world.scene()?.filing.answers);
    let mut left = ingestion.within;
    let mut wait = FIRST_WAIT;
    loop {
        let mut answers = Vec::new();
        for question in &questions {
            answers.push(ask(&session, question).await?);
        }
        let others = others(&world.scene()?.filing, &exported);
        let again = before.is_some() && refusal(&session, &answers) == before;
        let done = !again && {
            let (session, answers) = (session.clone(), answers.clone());
            let long = session.is_live() && exported.rows.len() >= MANY;
            let exported = Arc::clone(&exported);
            aside(long, move || {
                Ok(is_definite(&session, &answers, (&exported, &others)))
            })
            .await?
        };
        world.scene()?.filing.answers = answers;
        if done && !ingestion.is_by_folder() && world.scene()?.filing.plan.manifest {
            return asked_of_manifests(world, &exported).await;
        }
        if done || left.is_zero() {
            return Ok(());
        }
        wait = wait.min(left);
        session.pause(wait).await;
        left -= wait;
        wait = (wait * 3 / 2).min(LONGEST_WAIT);
    }
}

/// The platform is asked about the manifests: once, since nothing has to come of them.
async fn asked_of_manifests(world: &mut World, exported: &Exported) -> Result<(), Stop> {
    let (batch, session) = (world.batch()?, world.session()?);
    for file in exported.files.iter().filter(|file| file.manifest) {
        let ingestion = batch.ingestion().into_iter();
        for question in ingestion.map(|one| batch.question(one, &exported.folder, &file.path)) {
            let answer = ask(&session, &question).await?;
            world.scene()?.filing.of_manifests.push(answer);
        }
    }
    Ok(())
}

/// Whether every file was taken: of others there is nothing to ask.
///
/// # Errors
/// When no scenario has begun: destspec's fault.
pub fn all_landed(world: &mut World) -> Result<bool, Stop> {
    let session = world.session()?;
    let writes = &world.scene()?.filing.writes;
    let mut data = writes.iter().filter(|write| !write.manifest);
    Ok(data.all(|write| is_done(&session, write.exchange)))
}

/// What could not be written cannot be ingested.
fn landed(evidence: &Evidence) -> Result<(), Stop> {
    location::written(evidence).map_err(location::unproven)
}

/// The rows of the newest export were understood as they were written, and nothing else was.
pub fn as_written(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    landed(evidence)?;
    let filing = &evidence.scene.filing;
    let exported = filing
        .newest()
        .ok_or_else(|| broken::nothing_to_judge("export"))?;
    let last = filing.answers.last().copied();
    let last = last.ok_or_else(|| broken::nothing_to_judge("answer about the ingestion"))?;
    let answers = evidence.exchanges_of(&filing.answers)?;
    let rows = rows(&answers).map_err(|finding| finding.shown_by(last))?;
    let is_nothing = exported.rows.is_empty() && answers.iter().all(|a| ingested::is_nothing(a));
    let Some(rows) = rows.or_else(|| is_nothing.then(Vec::new)) else {
        return Err(not_yet(evidence, last)?.into());
    };
    let others = others(filing, exported);
    let judged = agrees(&answers, (exported, &others), &rows);
    judged.map_err(|finding| finding.shown_by(last))?;
    for which in &filing.of_manifests {
        let no_rows = ingested::without_rows(evidence.exchange(*which)?, exported.rows.len());
        no_rows.map_err(|finding| finding.shown_by(*which))?;
    }
    Ok(Strength::Observed)
}

type Rows = Vec<serde_json::Map<String, serde_json::Value>>;

/// A file that breaks off is refused, or nothing of it is ingested.
pub fn reported(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    landed(evidence)?;
    let filing = &evidence.scene.filing;
    let last = filing.answers.last().copied();
    let last = last.ok_or_else(|| broken::nothing_to_judge("answer about the ingestion"))?;
    let answers = evidence.exchanges_of(&filing.answers)?;
    match rows(&answers) {
        Ok(Some(rows)) if !rows.is_empty() => {
            let finding = ingested::codes::broken_accepted(rows.len());
            Err(finding.shown_by(last).into())
        }
        Ok(Some(_)) => {
            let finding = ingested::codes::broken_unreported();
            Err(finding.shown_by(last).into())
        }
        Ok(None) => Ok(Strength::StatusOnly),
        Err(finding) if finding.blame == Blame::Destination => Ok(Strength::Observed),
        Err(finding) => Err(finding.shown_by(last).into()),
    }
}

/// The platform answers with as many rows as were written.
pub fn said(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    landed(evidence)?;
    let filing = &evidence.scene.filing;
    let last = filing.answers.last().copied();
    let last = last.ok_or_else(|| broken::nothing_to_judge("answer about the ingestion"))?;
    let answers = evidence.exchanges_of(&filing.answers)?;
    match rows(&answers).map_err(|finding| finding.shown_by(last))? {
        Some(rows) => {
            let exported = filing
                .newest()
                .ok_or_else(|| broken::nothing_to_judge("export"))?;
            counted_of(&answers, exported, &rows).map_err(|finding| finding.shown_by(last))?;
            Ok(Strength::Observed)
        }
        None => Err(not_yet(evidence, last)?.into()),
    }
}

fn not_yet(evidence: &Evidence, last: ExchangeRef) -> Result<Finding, Stop> {
    let seconds = evidence
        .batch()?
        .ingestion()
        .map_or(0, |i| i.within.as_secs());
    let answer = ingested::said(evidence.exchange(last)?);
    Ok(ingested::codes::not_yet(seconds, answer).shown_by(last))
}

/// The rows of all answers together; nothing while one of them is not there yet.
fn rows(answers: &[&Exchange]) -> Result<Option<Rows>, Finding> {
    let mut all = Vec::new();
    for answer in answers {
        match ingested::told(answer)? {
            Told::Rows(rows) => all.extend(rows),
            Told::NotYet => return Ok(None),
        }
    }
    Ok(Some(all))
}

/// Why the platform took none of what it was asked about, if so.
fn refusal(session: &Session, answers: &[ExchangeRef]) -> Option<Finding> {
    let exchanges = answers.iter().filter_map(|which| session.exchange(*which));
    let exchanges: Vec<_> = exchanges.collect();
    let exchanges: Vec<&Exchange> = exchanges.iter().map(AsRef::as_ref).collect();
    rows(&exchanges).err()
}

/// Whether asking again would show nothing new: the rows are there, or they are refused. Who says "later" is asked later.
fn is_definite(
    session: &Session,
    answers: &[ExchangeRef],
    written: (&Exported, &[Vec<Cell>]),
) -> bool {
    let exchanges: Vec<_> = answers
        .iter()
        .filter_map(|which| session.exchange(*which))
        .collect();
    let exchanges: Vec<&Exchange> = exchanges.iter().map(AsRef::as_ref).collect();
    match rows(&exchanges) {
        Ok(Some(rows)) => agrees(&exchanges, written, &rows).is_ok(),
        Ok(None) => false,
        Err(_) => !exchanges
            .iter()
            .any(|exchange| ingested::is_later(exchange)),
    }
}

/// The rows of other exports in the same folder, under other names: an answer about the folder holds them, too.
fn others(filing: &Filing, exported: &Exported) -> Vec<Vec<Cell>> {
    let all = filing.exports.iter().chain(&filing.withdrawn);
    let others = all.filter(|other| {
        let shares = |file: &File| exported.files.iter().any(|own| own.path == file.path);
        other.folder == exported.folder && !other.files.iter().any(shares)
    });
    others.flat_map(|other| other.rows.clone()).collect()
}

/// All answers together are what was written, with what lies beside it or without, or the first is: a platform may answer
/// about the first file of a split export with all of it.
fn agrees(
    answers: &[&Exchange],
    (exported, others): (&Exported, &[Vec<Cell>]),
    all: &Rows,
) -> Result<(), Finding> {
    let judged = |rows: &Rows| {
        let alone = ingested::as_written(&exported.columns, &exported.rows, rows);
        let alone = alone.or_else(|finding| match exported.shared {
            // whoever is in several audiences may be told once
            true => ingested::as_written(&exported.columns, &distinct(&exported.rows), rows)
                .map_err(|_| finding),
            false => Err(finding),
        });
        match (&alone, others) {
            (Ok(()), _) | (Err(_), []) => alone,
            (Err(_), others) => {
                let both = [&exported.rows, others].concat();
                ingested::as_written(&exported.columns, &both, rows).or(alone)
            }
        }
    };
    let whole = answers
        .split_first()
        .filter(|(_, others)| !others.is_empty());
    match whole.map(|(first, _)| rows(&[*first])) {
        Some(Ok(Some(first))) if judged(&first).is_ok() => Ok(()),
        Some(_) | None => judged(all),
    }
}

/// The rows, each once.
fn distinct(rows: &[Vec<Cell>]) -> Vec<Vec<Cell>> {
    let mut once: Vec<Vec<Cell>> = Vec::new();
    for row in rows {
        if !once.contains(row) {
            once.push(row.clone());
        }
    }
    once
}

/// There are as many rows as were written, in all answers together or in the first.
fn counted_of(answers: &[&Exchange], exported: &Exported, all: &Rows) -> Result<(), Finding> {
    let first = answers.first().map(|first| rows(&[*first]));
    let written = exported.rows.len();
    match first {
        Some(Ok(Some(first))) if first.len() == written => Ok(()),
        Some(_) | None => ingested::counted(written, all),
    }
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
