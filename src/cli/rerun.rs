//! `destspec rerun BUNDLE`: runs a hidden sample of a bundle's scenarios again, by the reviewer's own credentials and from
//! new data, and compares.

use std::fmt::Write as _;
use std::path::Path;

use tokio::sync::watch;

use crate::cli::args::{RerunArgs, SubmissionArgs};
use crate::cli::exit::Exit;
use crate::cli::load::{self, Loading};
use crate::cli::opened::{Data, Opened, opened};
use crate::cli::reference::Asked;
use crate::cli::{Failure, look, output, print};
use crate::model::challenge::Challenge;
use crate::model::digest::Digest;
use crate::model::record::{Destination, Run, Selection};
use crate::publish::report::{json, text};
use crate::review::check::Decision as Reviewed;
use crate::review::sample::{Comparison, Picked, compare, pick};
use crate::suite::catalogue::Catalogue;
use crate::suite::omission;
use crate::suite::phrases::Table;
use crate::suite::plan::{Decision, Plan};
use crate::suite::replay::warnings;
use crate::suite::run::{Conduct, Order, outlook, run as perform};

/// What of a destination's files has to be as submitted: what it is called in a record.
const POSTED: [&str; 3] = ["server ", "configuration ", "audience template "];

/// Runs the sample and compares.
///
/// # Errors
/// When the input is wrong, or the submission is not that of the bundle.
pub async fn run(args: &RerunArgs) -> Result<Exit, Failure> {
    let recorded = look::record(&args.bundle)?;
    let secret = committed(&args.sample_secret, &recorded)?;
    let picked = pick(&recorded, secret.as_bytes(), args.k);
    let submission = SubmissionArgs {
        submission: Some(args.config.clone()),
        deny_literal_secrets: false,
    };
    let asked = Asked {
        faults: &[],
        variations: &[],
    };
    let opened = opened(&submission, Loading::SENT, asked, Data::default(), None).await?;
    let catalogue = Catalogue::embedded().map_err(Failure::fault)?;
    let table = Table::compile().map_err(Failure::fault)?;
    let plan = planned(&opened, (&catalogue, &table), &picked)?;
    let order = || Order {
        catalogue: catalogue.clone(),
        table: table.clone(),
        warnings: warnings(&opened.loaded.submission, &opened.loaded.warnings),
        submission: &opened.loaded.submission,
        targets: opened.targets.clone(),
        plan: plan.clone(),
    };
    same(&recorded, &outlook(order(), &opened.source), &picked)?;
    let (_stop, cancel) = watch::channel(false);
    let now = perform(order(), &opened.source, Conduct::unwatched(cancel)).await;
    if let Some(path) = &args.json {
        output::write(path, &json::render(&now).map_err(Failure::fault)?)?;
    }
    shown(&recorded, &now, &picked)
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

/// The plan of the sample alone.
fn planned(
    opened: &Opened,
    (catalogue, table): (&Catalogue, &Table),
    picked: &[Picked],
) -> Result<Plan, Failure> {
    let mut plan = opened.plan(catalogue, table, &Selection::default())?;
    plan.selection.scenarios = picked.iter().map(|p| p.id.clone()).collect();
    for planned in &mut plan.scenarios {
        let name = opened.targets.get(planned.destination);
        let name = name.map(|target| target.subject.destination().name.clone());
        let wanted = |p: &Picked| p.id == planned.id && Some(&p.destination) == name.as_ref();
        if planned.decision == Decision::Run && !picked.iter().any(wanted) {
            planned.decision = Decision::Omit {
                reason: omission::by_scenario(),
                filtered: true,
            };
        }
    }
    if plan.running() == 0 {
        return Err(Failure::Message {
            exit: Exit::Incomplete,
            text: String::from("nothing of the sample applies to the submission"),
            help: Some(String::from("name the submission that the bundle is of")),
        });
    }
    Ok(plan)
}

/// Whether the reviewer's submission posts what the bundle's does.
fn same(recorded: &Run, own: &Run, picked: &[Picked]) -> Result<(), Failure> {
    for name in picked.iter().map(|p| &p.destination) {
        let posted = |run: &Run| {
            let mut all = run.destinations.iter();
            all.find(|d| d.name == *name).map(posted)
        };
        if posted(recorded) != posted(own) {
            return Err(Failure::usage(
                format!(
                    "destination `{}`: expected the Destination SDK JSON of the bundle, received another",
                    text::line(name)
                ),
                Some(String::from(
                    "`destspec bundle show BUNDLE --file submission/index.json` lists what was submitted",
                )),
            ));
        }
    }
    Ok(())
}

fn posted(destination: &Destination) -> Vec<String> {
    let files = destination.files.iter();
    let posted = files.filter(|f| POSTED.iter().any(|role| f.name.starts_with(role)));
    posted.map(|f| f.value.clone()).collect()
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
    let _ = writeln!(
        out,
        "\n{} of {} run again: {} as recorded, {} better, {contradicted} contradicted, {unjudged} not judged",
        all.len(),
        recorded.scenarios.len(),
        count(Comparison::Alike),
        count(Comparison::Better),
    );
    print::result(&out)?;
    Ok(match (contradicted, unjudged) {
        (0, 0) => Exit::Success,
        (0, _) => Exit::Incomplete,
        _ => Exit::Reviewed(Reviewed::Forged),
    })
}
