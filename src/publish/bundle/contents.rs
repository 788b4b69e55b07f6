//! Which files a bundle holds, made from the record and the suite. A reviewer makes them again and compares.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::model::digest::Digest;
use crate::model::record::{Run, Scenario};
use crate::publish::bundle::name::{README, numbered};
use crate::publish::bundle::statement::Statement;
use crate::publish::bundle::{CHALLENGE, Edition, RECORD, STATEMENT, SUBMISSION, SUMS, har, sums};
use crate::publish::report::{ReportError, json, text};

/// How to look into a bundle without destspec.
const READ_ME: &str = include_str!("README.txt");

/// Why no bundle can be made.
#[derive(Debug, thiserror::Error)]
pub enum ContentsError {
    /// The record cannot be written.
    #[error(transparent)]
    Record(#[from] ReportError),
    /// Something else cannot.
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The run began at no time.
    #[error("expected the start of the run as in RFC 3339, received `{0}`")]
    Started(String),
}

/// A file of the submission in the bundle.
#[derive(Serialize)]
struct Listed<'a> {
    /// Where it is in the bundle.
    file: String,
    /// Its name in the submission.
    name: &'a str,
    /// Its digest as posted, its secrets not yet replaced by marks.
    posted_sha256: Digest,
}

/// Takes a file of a bundle: its name and what is in it.
pub type Taker<'a> = dyn FnMut(String, Vec<u8>) + 'a;

/// Every file that the sums cover, in no order, one at a time: together they are large.
///
/// # Errors
/// When the record cannot be written.
pub fn files(run: &Run, edition: Edition<'_>, take: &mut Taker<'_>) -> Result<(), ContentsError> {
    take(README.to_owned(), READ_ME.as_bytes().to_vec());
    take(RECORD.to_owned(), json::render(run)?.into_bytes());
    for (path, text) in edition.files {
        take(format!("edition/{path}"), text.as_bytes().to_vec());
    }
    if let Some(challenge) = &run.challenge {
        take(CHALLENGE.to_owned(), challenge.as_bytes().to_vec());
    }
    submission(run, take)?;
    evidence_of(run, "", take)?;
    for (again, number) in run.repetitions.iter().zip(2..) {
        evidence_of(again, &format!("r{number}-"), take)?;
    }
    Ok(())
}

/// What went over the wire in a run, in folders whose names begin so.
fn evidence_of(run: &Run, mark: &str, take: &mut Taker<'_>) -> Result<(), ContentsError> {
    let started: Timestamp = run
        .started
        .parse()
        .map_err(|_| ContentsError::Started(run.started.clone()))?;
    for (index, scenario) in run.scenarios.iter().enumerate() {
        evidence((index, scenario), (run, mark), started, take)?;
    }
    Ok(())
}

/// The whole bundle but its signatures: the files, their sums and the statement.
///
/// # Errors
/// As [`files`].
pub fn bundle(run: &Run, edition: Edition<'_>) -> Result<BTreeMap<String, Vec<u8>>, ContentsError> {
    let mut all = BTreeMap::new();
    files(run, edition, &mut |name, bytes| {
        all.insert(name, bytes);
    })?;
    let digests = all.iter();
    let digests = digests.map(|(name, bytes)| (name.clone(), Digest::hash(bytes)));
    let sums = sums::render(&digests.collect());
    let statement = Statement::of(run, Digest::hash(&sums)).render()?;
    all.insert(SUMS.to_owned(), sums.into_bytes());
    all.insert(STATEMENT.to_owned(), statement.into_bytes());
    Ok(all)
}

fn submission(run: &Run, take: &mut Taker<'_>) -> Result<(), ContentsError> {
    let mut list = Vec::new();
    for (index, source) in run.sources.iter().enumerate() {
        let last = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let file = numbered(index + 1, last);
        take(
            format!("submission/{file}"),
            source.text.as_bytes().to_vec(),
        );
        list.push(Listed {
            file,
            name: &source.name,
            posted_sha256: source.sha256,
        });
    }
    let list = text::json(&serde_json::to_string_pretty(&list)?);
    take(SUBMISSION.to_owned(), list.into_bytes());
    Ok(())
}

/// What went over the wire in a scenario: HTTP as HAR, storage operations as a line of JSON each.
fn evidence(
    (index, scenario): (usize, &Scenario),
    (run, mark): (&Run, &str),
    started: Timestamp,
    take: &mut Taker<'_>,
) -> Result<(), ContentsError> {
    let destinations = run.destinations.iter();
    let place = destinations.take_while(|d| d.name != scenario.destination);
    let folder = numbered(place.count() + 1, &scenario.destination);
    let file = format!("{mark}{folder}/{}", numbered(index + 1, &scenario.id));
    if let Some(har) = har::render(scenario, started, &run.destspec)? {
        take(format!("evidence/http/{file}.har"), har.into_bytes());
    }
    let mut lines = String::new();
    for exchange in scenario.exchanges.iter().filter(|e| e.storage().is_some()) {
        lines.push_str(&text::json(&serde_json::to_string(exchange)?));
    }
    if !lines.is_empty() {
        take(format!("evidence/files/{file}.ndjson"), lines.into_bytes());
    }
    Ok(())
}
