//! What a location did with files, and with those who had no business there.

use crate::judge::{form, location};
use crate::model::finding::Blame;
use crate::model::location::Location;
use crate::model::outcome::Strength;
use crate::model::record::{ExchangeRef, StorageExchange};
use crate::suite::broken;
use crate::suite::evidence::Evidence;
use crate::suite::export::Exported;
use crate::suite::filing::Round;
use crate::suite::omission;
use crate::suite::stop::{Args, Stop};
use crate::suite::subject::sessions;

/// The location was reached with the given credentials: it let itself be looked at, or written to.
pub fn reached(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let filing = &evidence.scene.filing;
    let opened = filing
        .opened
        .ok_or_else(|| broken::nothing_to_judge("look at the location"))?;
    let seen = storage(evidence, opened)?;
    let first = filing.writes.first();
    let written = first
        .map(|write| storage(evidence, write.exchange))
        .transpose()?;
    if location::is_forbidden(&seen.result) && written.is_some() {
        return Ok(Strength::StatusOnly);
    }
    // a folder comes with its first file
    if location::is_missing(&seen.result) && written.is_some_and(StorageExchange::wrote) {
        return Ok(Strength::StatusOnly);
    }
    let ended = evidence.batch()?.signature_ended();
    location::let_in(seen, ended).map_err(|finding| finding.shown_by(opened))?;
    Ok(Strength::Observed)
}

/// Every file of the last time was taken. Where one of an earlier time was not, what became of this one shows nothing.
///
/// # Errors
/// Against whoever must act; against the surroundings where an earlier write failed.
pub fn written(evidence: &Evidence) -> Result<(), Stop> {
    let filing = &evidence.scene.filing;
    let mut data = filing
        .writes
        .iter()
        .filter(|write| !write.manifest)
        .peekable();
    if data.peek().is_none() {
        return Err(broken::nothing_to_judge("file").into());
    }
    for write in data {
        let done = location::carried_out(storage(evidence, write.exchange)?);
        let done = done.map_err(|finding| finding.shown_by(write.exchange).into());
        match write.time == filing.times {
            true => done?,
            false => done.map_err(unproven)?,
        }
    }
    Ok(())
}

/// What has to be there is there, byte for byte, and listed. What may not be read or listed shows nothing.
pub fn held(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    written(evidence)?;
    held_of(evidence, false)
}

/// Every session that was opened at once could write, where one alone could.
pub fn sessions_borne(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let filing = &evidence.scene.filing;
    let (mut borne, mut said, mut unclear) = (0, None, None);
    for write in filing.writes.iter().filter(|write| !write.manifest) {
        let exchange = storage(evidence, write.exchange)?;
        let done = location::carried_out(exchange);
        match (write.time == filing.times, done) {
            (false, done) => done.map_err(Stop::from).map_err(unproven)?,
            (true, Ok(())) => borne += 1,
            (true, Err(_)) if location::is_of_sessions(&exchange.result) => {
                said = Some((exchange.result.summary(), write.exchange));
            }
            (true, Err(finding)) => unclear = Some(finding.shown_by(write.exchange)),
        }
    }
    match (said, unclear) {
        (Some((text, which)), _) => {
            let wanted = sessions(&evidence.batch()?.destination);
            let finding = location::codes::too_few_sessions(wanted, borne, text);
            Err(finding.shown_by(which).into())
        }
        (None, Some(finding)) => Err(finding.into()),
        (None, None) => Ok(Strength::Differential),
    }
}

/// What was taken is there, byte for byte; that it is taken is another requirement.
pub fn held_if_taken(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    match written(evidence) {
        Ok(()) => held_of(evidence, false),
        Err(Stop::Finding(finding)) if finding.blame == Blame::Destination => {
            Err(Stop::Omit(omission::not_taken()))
        }
        Err(other) => Err(other),
    }
}

/// The manifest of the last export is there, byte for byte.
pub fn manifest_held(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    written(evidence).map_err(unproven)?;
    for write in evidence
        .scene
        .filing
        .writes
        .iter()
        .filter(|write| write.manifest)
    {
        let done = location::carried_out(storage(evidence, write.exchange)?);
        done.map_err(|finding| finding.shown_by(write.exchange))?;
    }
    held_of(evidence, true)
}

fn held_of(evidence: &Evidence, manifest: bool) -> Result<Strength, Stop> {
    let mut strength = Strength::StatusOnly;
    let filing = &evidence.scene.filing;
    let round = newest(evidence)?;
    let list = storage(evidence, round.list)?;
    let collected = evidence.batch()?.destination.reach.collected;
    let is_manifest = |path: &str| filing.writes.iter().any(|w| w.manifest && w.path == path);
    let wanted = filing
        .expected
        .iter()
        .filter(|(path, _)| is_manifest(path) == manifest);
    for (path, held) in wanted {
        let read = round.reads.iter().find(|(read, _)| read == path);
        let (_, which) = read.ok_or_else(|| broken::nothing_to_judge("reading of a file"))?;
        let read = storage(evidence, *which)?;
        if collected && read.result.is_absent() {
            continue;
        }
        let same = location::holds(path, (held.bytes, held.sha256), read);
        if same.map_err(|finding| finding.shown_by(*which))? {
            strength = Strength::Observed;
        }
        if !path.starts_with(&format!("{}/", round.folder)) {
            continue;
        }
        let listed = location::listed(path, held.bytes, list);
        if listed.map_err(|finding| finding.shown_by(round.list))? {
            strength = strength.max(Strength::Differential);
        }
    }
    Ok(strength)
}

/// The bucket, container, file system or folder is there, whatever else is refused.
pub fn there(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    for exchange in evidence.exchanges() {
        let Some(operation) = exchange.storage() else {
            continue;
        };
        location::is_there(operation).map_err(|finding| finding.shown_by(exchange.reference()))?;
    }
    Ok(Strength::Differential)
}

/// Files can be listed and read, as a reader of the location does.
pub fn readable(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    written(evidence).map_err(unproven)?;
    let round = newest(evidence)?;
    let reads = round.reads.iter().map(|(_, which)| *which);
    for which in [round.list].into_iter().chain(reads) {
        let done = location::carried_out(storage(evidence, which)?);
        done.map_err(|finding| finding.shown_by(which))?;
    }
    Ok(Strength::Observed)
}

/// Nothing else is in the scenario's folder.
pub fn nothing_else(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let round = newest(evidence)?;
    let entries = location::entries(storage(evidence, round.list)?);
    let Some(entries) = entries.map_err(|finding| finding.shown_by(round.list))? else {
        return Err(Stop::Omit(omission::listing_denied()));
    };
    let filing = &evidence.scene.filing;
    let (batch, expected) = (evidence.batch()?, &filing.expected);
    let is_receipt = |path: &str| {
        let files = |export: &Exported| export.files.clone().into_iter();
        let mut exports = filing.exports.iter();
        exports.any(|export| {
            files(export).any(|file| batch.is_receipt(path, (&export.folder, &file.path)))
        })
    };
    let ingests = batch.ingestion().is_some();
    // a folder of its own may be an entry of no bytes
    let unsent = entries.iter().find(|entry| {
        let path = entry.path.trim_end_matches('/');
        let folder = entry.bytes == 0 && expected.keys().any(|file| file.starts_with(path));
        let known = expected.contains_key(&entry.path) || is_receipt(&entry.path);
        !folder && !known && !location::may_be_of_platform(path, expected.keys(), ingests)
    });
    match unsent {
        Some(entry) => Err(location::codes::unsent(&entry.path)
            .shown_by(round.list)
            .into()),
        None => Ok(Strength::Observed),
    }
}

/// Every file that was deleted is gone.
pub fn gone(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    written(evidence).map_err(unproven)?;
    let (filing, round) = (&evidence.scene.filing, newest(evidence)?);
    let mut strength = Strength::StatusOnly;
    for (path, which) in &filing.deletions {
        let done = location::carried_out(storage(evidence, *which)?);
        done.map_err(|finding| finding.shown_by(*which))?;
        let read = round.reads.iter().find(|(read, _)| read == path);
        let (_, read) = read.ok_or_else(|| broken::nothing_to_judge("reading of a file"))?;
        let list = storage(evidence, round.list)?;
        let gone = location::gone(path, storage(evidence, *read)?, list);
        if gone.map_err(|finding| finding.shown_by(*read))? {
            strength = Strength::Observed;
        }
    }
    if filing.deletions.is_empty() {
        return Err(broken::nothing_to_judge("deletion").into());
    }
    Ok(strength)
}

/// Whoever came without the right credentials was refused, and left nothing.
pub fn strangers_refused(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    written(evidence).map_err(unproven)?;
    let mut sent = 0;
    for (_, which) in &evidence.scene.filing.tries {
        sent += usize::from(!location::is_unsendable(storage(evidence, *which)?));
        let refused = location::turned_away(storage(evidence, *which)?);
        refused.map_err(|finding| finding.shown_by(*which))?;
    }
    if sent == 0 {
        return Err(Stop::Omit(omission::nothing_tried()));
    }
    let round = newest(evidence)?;
    if let Ok(Some(entries)) = location::entries(storage(evidence, round.list)?) {
        let expected = &evidence.scene.filing.expected;
        let left = entries
            .iter()
            .find(|entry| entry.path.contains("/intruder-"));
        if let Some(entry) = left.filter(|entry| !expected.contains_key(&entry.path)) {
            let finding = location::codes::stranger_stored(&entry.path);
            return Err(finding.shown_by(round.list).into());
        }
    }
    Ok(Strength::Differential)
}

/// Nothing that Experience Platform asks for was forbidden.
pub fn permitted(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    for exchange in evidence.exchanges() {
        let Some(operation) = exchange.storage() else {
            continue;
        };
        if location::is_forbidden(&operation.result) {
            let refused = location::carried_out(operation);
            refused.map_err(|finding| finding.shown_by(exchange.reference()))?;
        }
    }
    Ok(Strength::Observed)
}

/// What was given to log in with, and the bucket, have the form that Adobe documents.
pub fn documented(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let batch = evidence.batch()?;
    if let Location::S3 { bucket, .. } = batch.location() {
        form::bucket(bucket)?;
    }
    form::documented(&batch.given.unlike)?;
    Ok(Strength::Differential)
}

/// The configuration puts the audience into the name or the folder.
pub fn audience_named(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    match evidence.batch()?.exporter.names_audiences() {
        true => Ok(Strength::Differential),
        false => Err(form::codes::audience_not_named().into()),
    }
}

fn newest(evidence: &Evidence) -> Result<&Round, Stop> {
    let newest = evidence.scene.filing.rounds.last();
    newest.ok_or_else(|| broken::nothing_to_judge("look at the files").into())
}

fn storage(evidence: &Evidence, which: ExchangeRef) -> Result<&StorageExchange, Stop> {
    let found = evidence.exchange(which)?.storage();
    found.ok_or_else(|| broken::nothing_to_judge("storage operation").into())
}

/// A failure on the way to what is judged leaves the requirement unproven.
pub fn unproven(stop: Stop) -> Stop {
    match stop {
        Stop::Finding(finding) => crate::judge::earlier::codes::file_not_written()
            .because(finding)
            .into(),
        Stop::Omit(reason) => Stop::Omit(reason),
    }
}
