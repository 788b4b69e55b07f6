//! `destspec rerun BUNDLE`: runs a hidden sample of a bundle's scenarios again, by the reviewer's own credentials and from
//! new data, and compares.

use std::fmt::Write as _;
use std::path::Path;

use crate::cli::again::again;
use crate::cli::args::RerunArgs;
use crate::cli::exit::Exit;
use crate::cli::opened::Data;
use crate::cli::places::{Kind, free_for};
use crate::cli::{Failure, load, look, output, print};
use crate::model::challenge::Challenge;
use crate::model::digest::Digest;
use crate::model::record::Run;
use crate::publish::report::{json, text};
use crate::review::check::Decision as Reviewed;
use crate::review::sample::{Comparison, Picked, compare, pick};

/// Runs the sample and compares.
///
/// # Errors
/// When the input is wrong, or the submission is not that of the bundle.
pub async fn run(args: &RerunArgs) -> Result<Exit, Failure> {
    if let Some(path) = &args.json {
        free_for(path, Kind::Record)?;
    }
    let recorded = look::record(&args.bundle)?;
    let secret = committed(&args.sample_secret, &recorded)?;
    let picked = pick(&recorded, secret.as_bytes(), args.k);
    unasked(&recorded);
    let now = again(&recorded, &picked, &args.config, Data::default()).await?;
    if let Some(path) = &args.json {
        output::write(path, &json::render(&now).map_err(Failure::fault)?)?;
    }
    shown(&recorded, &now, &picked)
}

/// Says what a sample does not show again: the proof names a key, which is the partner's.
fn unasked(recorded: &Run) {
    let challenge = recorded.challenge.as_deref().map(Challenge::parse);
    if challenge.is_some_and(|c| c.is_ok_and(|c| !c.control_proof.is_empty())) {
        print::message(
            "note: the proof of control is not fetched again; `destspec challenge proof CHALLENGE --signer KEY.pub --fetch` does",
        );
    }
}

/// The secret, if the challenge of the bundle is committed to it or to none.
fn committed(path: &Path, recorded: &Run) -> Result<String, Failure> {
    let help = "name the file that `destspec challenge new --sample-secret` wrote";
    let secret = load::text(path, help)?;
    let challenge = recorded.challenge.as_deref().map(Challenge::parse);
    let commitment = challenge.and_then(|c| c.ok()?.sample_sha256);
    match commitment {
        Some(sha256) if sha256 != Digest::hash(&secret) => Err(Failure::usage(
            "expected the secret that the challenge of the bundle is committed to, received another",
            Some(help.to_owned()),
        )),
        Some(_) => Ok(secret),
        None => {
            print::message(
                "note: no challenge of the bundle is committed to a sample, so that a partner cannot know that this is not a chosen one",
            );
            Ok(secret)
        }
    }
}

/// One line a scenario, and what follows.
fn shown(recorded: &Run, now: &Run, picked: &[Picked]) -> Result<Exit, Failure> {
    let mut out = String::new();
    let mut all = Vec::new();
    for one in picked {
        let comparison = compare(recorded, now, one);
        let _ = writeln!(
            out,
            "{:<12}  {:<24} {}",
            comparison.word(),
            text::line(&one.id),
            text::line(&one.destination)
        );
        all.push(comparison);
    }
    let count = |what: Comparison| all.iter().filter(|one| **one == what).count();
    let (contradicted, unjudged) = (count(Comparison::Contradicted), count(Comparison::Unjudged));
    let weaker = count(Comparison::Weaker);
    let _ = writeln!(
        out,
        "\n{} of {} run again: {} as recorded, {} better, {weaker} weaker, {contradicted} contradicted, {unjudged} not judged",
        all.len(),
        recorded.scenarios.len(),
        count(Comparison::Alike),
        count(Comparison::Better),
    );
    print::result(&out)?;
    if weaker > 0 {
        print::message(
            "note: weaker passed, and less was shown of it than the record says: give `--config` the \
             [destination.observe] of the bundle's submission",
        );
    }
    Ok(match (contradicted, unjudged + weaker) {
        (0, 0) => Exit::Success,
        (0, _) => Exit::Incomplete,
        _ => Exit::Reviewed(Reviewed::Forged),
    })
}
