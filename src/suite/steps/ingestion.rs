//! Ingestion: the platform is asked what it understood of the files.

use crate::judge::ingested::together as judge;
use crate::judge::ingested::without_rows;
use crate::model::outcome::Strength;
use crate::model::record::Exchange;
use crate::model::submission::Ingestion;
use crate::suite::asking::{ask_all, ask_within};
use crate::suite::evidence::Evidence;
use crate::suite::steps::location::written_before;
use crate::suite::stop::{Args, Stop};
use crate::suite::world::World;
use crate::suite::writing::is_done;
use crate::suite::{broken, omission};

/// The platform is asked about the newest export until it says what was written, or its time is over.
pub async fn asked(world: &mut World, _: &Args) -> Result<(), Stop> {
    let batch = world.batch()?;
    let ingestion = batch.ingestion();
    let ingestion = ingestion.ok_or_else(|| Stop::Omit(omission::no_ingestion()))?;
    let exported = world.scene()?.filing.exported()?.clone();
    if all_landed(world)? {
        let questions = batch.questions(ingestion, &exported.folder, exported.paths(false));
        let done = ask_within(world, ingestion.within, (&questions, &exported)).await?;
        if done && !ingestion.is_by_folder() && world.scene()?.filing.plan.manifest {
            // once, since nothing has to come of them
            let questions = batch.questions(ingestion, &exported.folder, exported.paths(true));
            let answers = ask_all(&world.session()?, &questions).await?;
            world.scene()?.filing.of_manifests.extend(answers);
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

/// The rows of the newest export were understood as they were written, and nothing else was.
pub fn as_written(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let (answers, filing) = (answers(evidence)?, &evidence.scene.filing);
    let exported = filing.exported()?;
    let others = filing.others(exported);
    let strength = judge::as_written(&answers, exported.written(&others), within(evidence)?)?;
    for answer in evidence.exchanges_of(&filing.of_manifests)? {
        let no_rows = without_rows(answer, exported.rows.len());
        no_rows.map_err(|finding| finding.shown_by(answer.reference()))?;
    }
    Ok(strength)
}

/// A file that breaks off is refused, or nothing of it is ingested.
pub fn reported(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    Ok(judge::reported(&answers(evidence)?)?)
}

/// The platform answers with as many rows as were written.
pub fn said(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let rows = evidence.scene.filing.exported()?.rows.len();
    Ok(judge::counted(
        &answers(evidence)?,
        rows,
        within(evidence)?,
    )?)
}

/// The last answers; what could not be written cannot be ingested.
fn answers(evidence: &Evidence) -> Result<Vec<&Exchange>, Stop> {
    written_before(evidence)?;
    let answers = &evidence.scene.filing.answers;
    match answers.is_empty() {
        true => Err(broken::nothing_to_judge("answer about the ingestion").into()),
        false => evidence.exchanges_of(answers),
    }
}

/// The seconds that the platform has.
fn within(evidence: &Evidence) -> Result<u64, Stop> {
    let ingestion = evidence.batch()?.ingestion();
    Ok(ingestion.map_or(0, |ingestion: &Ingestion| ingestion.within.as_secs()))
}
