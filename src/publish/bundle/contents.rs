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

/// Every file that the sums cover.
///
/// # Errors
/// When the record cannot be written.
pub fn files(run: &Run, edition: Edition<'_>) -> Result<BTreeMap<String, Vec<u8>>, ContentsError> {
    let mut files = BTreeMap::from([
        (README.to_owned(), READ_ME.as_bytes().to_vec()),
        (RECORD.to_owned(), json::render(run)?.into_bytes()),
    ]);
    let suite = edition.files.iter();
    files.extend(suite.map(|(path, text)| (format!("edition/{path}"), text.as_bytes().to_vec())));
    if let Some(challenge) = &run.challenge {
        files.insert(CHALLENGE.to_owned(), challenge.as_bytes().to_vec());
    }
    submission(run, &mut files)?;
    evidence_of(run, "", &mut files)?;
    for (again, number) in run.repetitions.iter().zip(2..) {
        evidence_of(again, &format!("r{number}-"), &mut files)?;
    }
    Ok(files)
}

/// What went over the wire in a run, in folders whose names begin so.
fn evidence_of(
    run: &Run,
    mark: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), ContentsError> {
    let started: Timestamp = run
        .started
        .parse()
        .map_err(|_| ContentsError::Started(run.started.clone()))?;
    for (index, scenario) in run.scenarios.iter().enumerate() {
        evidence((index, scenario), (run, mark), started, files)?;
    }
    Ok(())
}

/// The whole bundle but its signatures: the files, their sums and the statement.
///
/// # Errors
/// As [`files`].
pub fn bundle(run: &Run, edition: Edition<'_>) -> Result<BTreeMap<String, Vec<u8>>, ContentsError> {
    let mut files = files(run, edition)?;
    let digests = files.iter();
    let digests = digests.map(|(name, bytes)| (name.clone(), Digest::hash(bytes)));
    let sums = sums::render(&digests.collect());
    let statement = Statement::of(run, Digest::hash(&sums)).render()?;
    files.insert(SUMS.to_owned(), sums.into_bytes());
    files.insert(STATEMENT.to_owned(), statement.into_bytes());
    Ok(files)
}

fn submission(run: &Run, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), ContentsError> {
    let mut list = Vec::new();
    for (index, source) in run.sources.iter().enumerate() {
        let last = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let file = numbered(index + 1, last);
        files.insert(
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
    files.insert(SUBMISSION.to_owned(), list.into_bytes());
    Ok(())
}

/// What went over the wire in a scenario: HTTP as HAR, storage operations as a line of JSON each.
fn evidence(
    (index, scenario): (usize, &Scenario),
    (run, mark): (&Run, &str),
    started: Timestamp,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), ContentsError> {
    let destinations = run.destinations.iter();
    let place = destinations.take_while(|d| d.name != scenario.destination);
    let folder = numbered(place.count() + 1, &scenario.destination);
    let file = format!("{mark}{folder}/{}", numbered(index + 1, &scenario.id));
    if let Some(har) = har::render(scenario, started, &run.destspec)? {
        files.insert(format!("evidence/http/{file}.har"), har.into_bytes());
    }
    let mut lines = String::new();
    for exchange in scenario.exchanges.iter().filter(|e| e.storage().is_some()) {
        lines.push_str(&text::json(&serde_json::to_string(exchange)?));
    }
    if !lines.is_empty() {
        files.insert(format!("evidence/files/{file}.ndjson"), lines.into_bytes());
    }
    Ok(())
}
