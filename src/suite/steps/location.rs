//! What a location did with files, and with those who had no business there.

use crate::judge::{earlier, filed as judge, form};
use crate::model::location::Location;
use crate::model::outcome::Strength;
use crate::suite::evidence::Evidence;
use crate::suite::stop::{Args, Stop};
use crate::suite::subject::sessions;
use crate::suite::{broken, filed, omission};

/// The location was reached with the given credentials: it let itself be looked at, or written to.
pub fn reached(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let (filing, ended) = (&evidence.scene.filing, evidence.batch()?.signature_ended());
    let opened = filing.opened;
    let opened = opened.ok_or_else(|| broken::nothing_to_judge("look at the location"))?;
    let first = filing.writes.first().map(|write| write.exchange);
    let first = first
        .map(|which| filed::seen(evidence, which))
        .transpose()?;
    Ok(judge::reached(
        filed::seen(evidence, opened)?,
        first,
        ended,
    )?)
}

/// Every file of the last time was taken. Where one of an earlier time was not, what became of this one shows nothing.
///
/// # Errors
/// Against whoever must act; against the surroundings where an earlier write failed.
pub fn written(evidence: &Evidence) -> Result<(), Stop> {
    Ok(judge::written(&filed::writes(evidence)?)?)
}

/// The same on the way to what is judged, which stays unproven without.
///
/// # Errors
/// Against the surroundings.
pub fn written_before(evidence: &Evidence) -> Result<(), Stop> {
    written(evidence).map_err(unproven)
}

/// A failure on the way to what is judged leaves the requirement unproven.
pub fn unproven(stop: Stop) -> Stop {
    match stop {
        Stop::Finding(finding) => earlier::unwritten(finding).into(),
        Stop::Omit(reason) => Stop::Omit(reason),
    }
}

/// What has to be there is there, byte for byte, and listed. What may not be read or listed shows nothing.
pub fn held(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    written(evidence)?;
    held_of(evidence, false)
}

/// Every session that was opened at once could write, where one alone could.
pub fn sessions_borne(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let wanted = sessions(&evidence.batch()?.destination);
    Ok(judge::sessions_borne(&filed::writes(evidence)?, wanted)?)
}

/// What was taken is there, byte for byte; that it is taken is another requirement.
pub fn held_if_taken(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    match judge::written(&filed::writes(evidence)?) {
        Ok(()) => held_of(evidence, false),
        Err(finding) if judge::is_not_taken(&finding) => Err(Stop::Omit(omission::not_taken())),
        Err(finding) => Err(finding.into()),
    }
}

/// The manifest of the last export is there, byte for byte.
pub fn manifest_held(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    written_before(evidence)?;
    judge::manifests_written(&filed::writes(evidence)?)?;
    held_of(evidence, true)
}

fn held_of(evidence: &Evidence, manifest: bool) -> Result<Strength, Stop> {
    let collected = evidence.batch()?.destination.reach.collected;
    let (files, list) = (filed::files(evidence, manifest)?, filed::list(evidence)?);
    Ok(judge::held(&files, list, collected)?)
}

/// The bucket, container, file system or folder is there, whatever else is refused.
pub fn there(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    Ok(judge::there(filed::operations(evidence))?)
}

/// Files can be listed and read, as a reader of the location does.
pub fn readable(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    written_before(evidence)?;
    Ok(judge::readable(filed::looks(evidence)?.into_iter())?)
}

/// Nothing else is in the scenario's folder.
pub fn nothing_else(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let (list, paths) = (filed::list(evidence)?, filed::paths(evidence));
    let batch = evidence.batch()?;
    let is_receipt = |path: &str| filed::is_receipt(evidence, batch, path);
    let ingests = batch.ingestion().is_some();
    let seen = judge::nothing_else(list, &paths, is_receipt, ingests)?;
    seen.ok_or_else(|| Stop::Omit(omission::listing_denied()))
}

/// Every file that was deleted is gone.
pub fn gone(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    written_before(evidence)?;
    let (deleted, list) = (filed::deleted(evidence)?, filed::list(evidence)?);
    Ok(judge::gone(&deleted, list)?)
}

/// Whoever came without the right credentials was refused, and left nothing.
pub fn strangers_refused(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    written_before(evidence)?;
    let (tries, list) = (filed::tries(evidence)?, filed::list(evidence)?);
    let refused = judge::strangers_refused(&tries, list, &filed::paths(evidence))?;
    refused.ok_or_else(|| Stop::Omit(omission::nothing_tried()))
}

/// Nothing that Experience Platform asks for was forbidden.
pub fn permitted(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    Ok(judge::permitted(filed::operations(evidence))?)
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
