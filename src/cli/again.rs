//! Scenarios of a record run again at its destinations: what `rerun` and `replay --live` share. The credentials are those
//! of a submission from disk; a record has none.

use std::path::Path;

use tokio::sync::watch;

use crate::cli::args::SubmissionArgs;
use crate::cli::exit::Exit;
use crate::cli::load::Loading;
use crate::cli::opened::{Data, Opened, opened};
use crate::cli::reference::Asked;
use crate::cli::{Failure, login};
use crate::model::record::{Fact, Run, Selection};
use crate::publish::report::text;
use crate::review::sample::Picked;
use crate::suite::catalogue::Catalogue;
use crate::suite::omission;
use crate::suite::phrases::Table;
use crate::suite::plan::{Decision, Plan};
use crate::suite::replay::warnings;
use crate::suite::run::{Conduct, Order, outlook, run as perform};

/// What of a destination's files has to be as submitted: what it is called in a record.
const POSTED: [&str; 3] = ["server ", "configuration ", "audience template "];

/// Runs the picked scenarios of a record again, by a submission that posts the same JSON.
///
/// # Errors
/// When the submission cannot be read, posts something else, or none of them applies to it.
pub async fn again(
    recorded: &Run,
    picked: &[Picked],
    submission: &Path,
    data: Data,
) -> Result<Run, Failure> {
    let args = SubmissionArgs {
        submission: Some(submission.to_path_buf()),
        deny_literal_secrets: false,
    };
    let asked = Asked::default();
    let opened = opened(&args, Loading::SENT, asked, data, None).await?;
    let catalogue = Catalogue::embedded().map_err(Failure::fault)?;
    let table = Table::compile().map_err(Failure::fault)?;
    let plan = planned(&opened, (&catalogue, &table), picked)?;
    let order = || Order {
        catalogue: catalogue.clone(),
        table: table.clone(),
        warnings: warnings(&opened.loaded.submission, &opened.loaded.warnings),
        submission: &opened.loaded.submission,
        targets: opened.targets.clone(),
        plan: plan.clone(),
    };
    same(recorded, &outlook(order(), &opened.source), picked)?;
    let (_stop, cancel) = watch::channel(false);
    let now = perform(order(), &opened.source, Conduct::unwatched(cancel)).await;
    login::keep_newest(&opened.targets, submission)?;
    Ok(now)
}

/// The plan of these alone.
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
            text: String::from("none of these scenarios applies to the submission"),
            help: Some(String::from("name the submission that the record is of")),
        });
    }
    Ok(plan)
}

/// Whether the submission posts what that of the record does.
fn same(recorded: &Run, own: &Run, picked: &[Picked]) -> Result<(), Failure> {
    let mut names = picked.iter().map(|p| &p.destination);
    names.try_for_each(|name| posted_alike(name, files(recorded, name), files(own, name)))
}

fn files<'a>(run: &'a Run, name: &str) -> Option<&'a [Fact]> {
    let mut all = run.destinations.iter();
    all.find(|d| d.name == name).map(|d| d.files.as_slice())
}

/// Whether the files of a destination are posted as a record says.
///
/// # Errors
/// When they are not.
pub fn posted_alike(
    name: &str,
    recorded: Option<&[Fact]>,
    own: Option<&[Fact]>,
) -> Result<(), Failure> {
    if recorded.map(posted) == own.map(posted) {
        return Ok(());
    }
    Err(Failure::usage(
        format!(
            "destination `{}`: expected the Destination SDK JSON of the record, received another",
            text::line(name)
        ),
        Some(String::from(
            "name the submission of the record, as it was when that was made",
        )),
    ))
}

fn posted(files: &[Fact]) -> Vec<&str> {
    let files = files.iter();
    let posted = files.filter(|f| POSTED.iter().any(|role| f.name.starts_with(role)));
    posted.map(|f| f.value.as_str()).collect()
}
