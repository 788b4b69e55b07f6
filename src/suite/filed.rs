//! What a scenario did with files, as `judge::filed` may see it.

use crate::judge::filed::{Deleted, File, Listed, Seen, Written};
use crate::model::record::{Exchange, ExchangeRef};
use crate::suite::broken;
use crate::suite::evidence::Evidence;
use crate::suite::filing::{Round, Write};
use crate::suite::stop::Stop;
use crate::suite::subject::Batch;

/// Every write, in order.
///
/// # Errors
/// When no data was written: destspec's fault.
pub fn writes(evidence: &Evidence) -> Result<Vec<Written<'_>>, Stop> {
    let filing = &evidence.scene.filing;
    if filing.writes.iter().all(|write| write.manifest) {
        return Err(broken::nothing_to_judge("file").into());
    }
    let write = |write: &Write| {
        Ok(Written {
            manifest: write.manifest,
            earlier: write.time != filing.times,
            seen: seen(evidence, write.exchange)?,
        })
    };
    filing.writes.iter().map(write).collect()
}

/// The files that have to be there: those of data, or manifests.
///
/// # Errors
/// When one was not looked for: destspec's fault.
pub fn files(evidence: &Evidence, manifest: bool) -> Result<Vec<File<'_>>, Stop> {
    let filing = &evidence.scene.filing;
    let is_manifest = |path: &str| filing.writes.iter().any(|w| w.manifest && w.path == path);
    let expected = filing.expected.iter();
    let wanted = expected.filter(|(path, _)| is_manifest(path) == manifest);
    wanted
        .map(|(path, held)| {
            Ok(File {
                path,
                bytes: held.bytes,
                sha256: held.sha256,
                read: read(evidence, path)?,
            })
        })
        .collect()
}

/// Every file that was deleted.
///
/// # Errors
/// When there is none, or one was not looked for: destspec's fault.
pub fn deleted<'a>(evidence: &'a Evidence) -> Result<Vec<Deleted<'a>>, Stop> {
    let deletions = &evidence.scene.filing.deletions;
    if deletions.is_empty() {
        return Err(broken::nothing_to_judge("deletion").into());
    }
    let one = |(path, which): &'a (String, ExchangeRef)| {
        Ok(Deleted {
            path,
            done: seen(evidence, *which)?,
            read: read(evidence, path)?,
        })
    };
    deletions.iter().map(one).collect()
}

/// What others than Experience Platform have tried.
///
/// # Errors
/// When an exchange is not there: destspec's fault.
pub fn tries(evidence: &Evidence) -> Result<Vec<Seen<'_>>, Stop> {
    let tries = evidence.scene.filing.tries.iter();
    tries.map(|(_, which)| seen(evidence, *which)).collect()
}

/// Paths of all that has to be there.
pub fn paths(evidence: &Evidence) -> Vec<&str> {
    let expected = evidence.scene.filing.expected.keys();
    expected.map(String::as_str).collect()
}

/// Whether the platform speaks there of a file that was exported.
pub fn is_receipt(evidence: &Evidence, batch: &Batch, path: &str) -> bool {
    evidence.scene.filing.exports.iter().any(|export| {
        let mut files = export.files.iter();
        files.any(|file| batch.is_receipt(path, (&export.folder, &file.path)))
    })
}

/// The newest list.
///
/// # Errors
/// When nothing was looked at: destspec's fault.
pub fn list(evidence: &Evidence) -> Result<Listed<'_>, Stop> {
    let round = newest(evidence)?;
    Ok(Listed {
        folder: &round.folder,
        seen: seen(evidence, round.list)?,
    })
}

/// The newest list and every reading that came with it.
///
/// # Errors
/// When nothing was looked at: destspec's fault.
pub fn looks(evidence: &Evidence) -> Result<Vec<Seen<'_>>, Stop> {
    let round = newest(evidence)?;
    let reads = round.reads.iter().map(|(_, which)| *which);
    let all = [round.list].into_iter().chain(reads);
    all.map(|which| seen(evidence, which)).collect()
}

/// Every storage operation of the scenario.
pub fn operations(evidence: &Evidence) -> impl Iterator<Item = Seen<'_>> {
    evidence.exchanges().filter_map(of)
}

/// The operation that an exchange was.
///
/// # Errors
/// When it is not there, or another act: destspec's fault.
pub fn seen(evidence: &Evidence, which: ExchangeRef) -> Result<Seen<'_>, Stop> {
    let found = of(evidence.exchange(which)?);
    found.ok_or_else(|| broken::nothing_to_judge("storage operation").into())
}

fn of(exchange: &Exchange) -> Option<Seen<'_>> {
    Some(Seen {
        exchange: exchange.reference(),
        storage: exchange.storage()?,
    })
}

fn read<'a>(evidence: &'a Evidence, path: &str) -> Result<Seen<'a>, Stop> {
    let reads = &newest(evidence)?.reads;
    let read = reads.iter().find(|(read, _)| read == path);
    let (_, which) = read.ok_or_else(|| broken::nothing_to_judge("reading of a file"))?;
    seen(evidence, *which)
}

fn newest(evidence: &Evidence) -> Result<&Round, Stop> {
    let newest = evidence.scene.filing.rounds.last();
    newest.ok_or_else(|| broken::nothing_to_judge("look at the files").into())
}
