//! `destspec run`: loads, plans, runs, reports.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::watch;

use crate::cli::args::RunArgs;
use crate::cli::exit::Exit;
use crate::cli::journal::Journal;
use crate::cli::load::Loading;
use crate::cli::opened::{Data, Opened, opened};
use crate::cli::places::{self, Place};
use crate::cli::progress::Progress;
use crate::cli::reference::Asked;
use crate::cli::report::dialect;
use crate::cli::stop::Stops;
use crate::cli::{Failure, certified, challenge, login, output, print};
use crate::model::challenge::Challenge;
use crate::model::record::{Run, Selection};
use crate::model::submission::IngestionWay;
use crate::publish::report::{Options, Report, render, text};
use crate::review::omitted;
use crate::suite::catalogue::Catalogue;
use crate::suite::open::Target;
use crate::suite::phrases::Table;
use crate::suite::plan::{Decision, Plan};
use crate::suite::replay::warnings;
use crate::suite::run::{Conduct, Order, run as perform};
use crate::suite::subject::run_digits;
use crate::suite::words;
use crate::wire::{JournalEntry, Uploads};

/// How often what is shown is drawn again.
const LOOKED_EVERY: Duration = Duration::from_millis(200);

/// Runs the suite and writes the reports.
///
/// # Errors
/// When the input is wrong, nothing is selected, or a report cannot be written.
pub async fn run(args: RunArgs, colour: bool) -> Result<Exit, Failure> {
    let places = places::of_run(&args)?;
    let (seen, entries) = unbounded_channel();
    let opened = submitted(&args, data(&args)?, &seen).await?;
    if args.no_commands {
        commandless(&opened)?;
    }
    let catalogue = Catalogue::embedded().map_err(Failure::fault)?;
    let table = Table::compile().map_err(Failure::fault)?;
    let plan = opened.plan(&catalogue, &table, &args.selection.selection(&catalogue))?;
    if plan.running() == 0 {
        return Err(nothing(&opened, &plan.selection));
    }
    if args.certify {
        certified::possible(
            &opened,
            order(&opened, catalogue.clone(), table.clone(), plan.clone()),
        )?;
        certified::controlled(&opened).await?;
    }
    let journal = Journal::begin(&record_folder(&args), entries)?;
    print::problems(&opened.loaded.warnings);
    let (stop, cancel) = watch::channel(false);
    // Not ended with the run: reports take their time, too.
    let stops = Stops::listen().map_err(Failure::fault)?;
    tokio::spawn(interrupted(stops, stop));
    let ordered = order(&opened, catalogue.clone(), table.clone(), plan);
    let (mut record, mut kept) = performed(&args, ordered, &opened, cancel.clone()).await;
    for (data, number) in again(&opened)?.into_iter().zip(2..) {
        if kept.is_err() || *cancel.borrow() {
            break;
        }
        if !args.quiet {
            print::message(&format!("repetition {number}"));
        }
        let again = repetition(&args, (&catalogue, &table), data, (&seen, &cancel)).await;
        // what ran before is recorded, whatever becomes of this one
        kept = again.and_then(|(again, kept)| {
            record.repetitions.push(again);
            kept
        });
    }
    let exit = Exit::of_run(&record);
    if args.certify
        && let Err(leaks) = certified::clean(&opened, &record)
    {
        journal.remove();
        return Err(leaks);
    }
    report(&args, &places, &record, colour)?;
    if args.certify
        && let Some(chosen) = omitted::told(&record)
    {
        print::message(&format!(
            "note: your own settings leave out what a reviewer's policy has to name, or a person to take: {chosen}"
        ));
    }
    journal.remove();
    kept?;
    Ok(exit)
}

/// Whether the submission starts no program.
fn commandless(opened: &Opened) -> Result<(), Failure> {
    let mut all = opened.loaded.submission.destinations.iter();
    let by_command = all.find(|destination| {
        let ingestion = destination.observe.ingestion.as_ref();
        ingestion.is_some_and(|i| matches!(i.way, IngestionWay::Command(_)))
    });
    by_command.map_or(Ok(()), |destination| {
        Err(Failure::usage(
            format!(
                "expected a submission that starts no program, received a `command` under [destination.observe.ingestion] of `{}`",
                text::line(&destination.name)
            ),
            Some(String::from(
                "ask by `url` or `receipt`, or run without --no-commands",
            )),
        ))
    })
}

/// What the test data follows from.
fn data(args: &RunArgs) -> Result<Data, Failure> {
    let Some(path) = &args.challenge else {
        return Ok(Data {
            seed: args.seed,
            ..Data::default()
        });
    };
    let (challenge, text) = challenge::read(path)?;
    Ok(Data {
        seed: Some(challenge.seed(&text, 1)),
        challenge: Some(text),
        run: None,
    })
}

/// What the test data of each repetition that the challenge asks for follow from.
fn again(opened: &Opened) -> Result<Vec<Data>, Failure> {
    let Some(text) = opened.source.challenge() else {
        return Ok(Vec::new());
    };
    let challenge = Challenge::parse(text).map_err(Failure::fault)?;
    let data = |number| Data {
        seed: Some(challenge.seed(text, number)),
        challenge: Some(text.to_owned()),
        run: None,
    };
    Ok((2..=challenge.repetitions).map(data).collect())
}

/// The run again, from other data and with nothing kept of the one before; and whether its newest tokens were kept.
async fn repetition(
    args: &RunArgs,
    (catalogue, table): (&Catalogue, &Table),
    data: Data,
    (seen, cancel): (&UnboundedSender<JournalEntry>, &watch::Receiver<bool>),
) -> Result<(Run, Result<(), Failure>), Failure> {
    let opened = submitted(args, data, seen).await?;
    let plan = opened.plan(catalogue, table, &args.selection.selection(catalogue))?;
    let order = order(&opened, catalogue.clone(), table.clone(), plan);
    Ok(performed(args, order, &opened, cancel.clone()).await)
}

/// What is submitted, opened to be run from that data.
async fn submitted(
    args: &RunArgs,
    data: Data,
    seen: &UnboundedSender<JournalEntry>,
) -> Result<Opened, Failure> {
    let loading = match args.certify {
        true => Loading::CERTIFIED,
        false => Loading::SENT,
    };
    let asked = Asked {
        faults: &args.fault,
        variations: &args.variation,
    };
    opened(&args.submission, loading, asked, data, Some(seen.clone())).await
}

/// One run, and whether its newest tokens were kept.
async fn performed(
    args: &RunArgs,
    order: Order<'_>,
    opened: &Opened,
    cancel: watch::Receiver<bool>,
) -> (Run, Result<(), Failure>) {
    let record = record(args, order, opened, cancel).await;
    left_behind(&record);
    (record, keep_newest(args, opened))
}

fn keep_newest(args: &RunArgs, opened: &Opened) -> Result<(), Failure> {
    match &args.submission.submission {
        Some(submission) => login::keep_newest(&opened.targets, submission),
        None => Ok(()),
    }
}

/// Says which files could not be removed, and what removes them.
fn left_behind(record: &Run) {
    for destination in &record.destinations {
        let left = destination
            .swept
            .filter(|swept| swept.unseen || swept.left > 0);
        if left.is_some() {
            print::message(&format!(
                "note: files of this run are left at `{}`: `destspec sweep {} SUBMISSION` removes them",
                destination.name, record.id
            ));
        }
        let left = destination.swept_audiences.map_or(0, |swept| swept.left);
        if left > 0 {
            print::message(&format!(
                "note: {left} audiences of this run are left at `{}`: their names hold `{}`",
                destination.name,
                run_digits(&record.id)
            ));
        }
        if destination
            .swept_dataflow
            .is_some_and(|swept| swept.left > 0)
        {
            print::message(&format!(
                "note: what `createDestination` created for this run is left at `{}`",
                destination.name
            ));
        }
    }
}

/// Where the record will be written.
fn record_folder(args: &RunArgs) -> PathBuf {
    let named = args.json.as_deref().filter(|path| path.as_os_str() != "-");
    match named.map(|path| path.parent().unwrap_or(path)) {
        Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
        Some(folder) => folder.to_path_buf(),
        None => args.out.clone(),
    }
}

fn nothing(opened: &Opened, selection: &Selection) -> Failure {
    let text = if selection.is_whole() {
        let count = opened.targets.len();
        format!("nothing applies to the {count} destinations")
    } else {
        format!("nothing is selected: {}", selection.shown())
    };
    let help = Some(String::from(
        "`destspec list` shows every scenario, and for each one left out the reason",
    ));
    Failure::Message {
        exit: Exit::Incomplete,
        text,
        help,
    }
}

fn order(opened: &Opened, catalogue: Catalogue, table: Table, plan: Plan) -> Order<'_> {
    Order {
        catalogue,
        table,
        warnings: warnings(&opened.loaded.submission, &opened.loaded.warnings),
        submission: &opened.loaded.submission,
        targets: opened.targets.clone(),
        plan,
    }
}

async fn record(
    args: &RunArgs,
    order: Order<'_>,
    opened: &Opened,
    cancel: watch::Receiver<bool>,
) -> Run {
    let progress = Arc::new(Progress::begin(
        args.quiet,
        destinations(&order.plan, opened),
        uploads(opened),
    ));
    let shown = Arc::clone(&progress);
    let conduct = Conduct {
        concurrency: args.concurrency.map(usize::from),
        certified: args.certify,
        cancel,
        progress: Box::new(move |moment| shown.tell(moment)),
    };
    let looking = keep_looking(Arc::clone(&progress));
    let run = perform(order, &opened.source, conduct).await;
    drop(looking);
    progress.finish();
    run
}

/// What each destination uploads.
fn uploads(opened: &Opened) -> Vec<(String, Uploads)> {
    let named = |target: &Target| {
        let name = target.subject.destination().name.clone();
        (name, target.door.uploads())
    };
    opened.targets.iter().map(named).collect()
}

/// Says again and again what is running, until the other end is dropped.
fn keep_looking(progress: Arc<Progress>) -> Sender<()> {
    let (end, ended) = channel();
    std::thread::spawn(move || {
        while ended.recv_timeout(LOOKED_EVERY) == Err(RecvTimeoutError::Timeout) {
            progress.look();
        }
    });
    end
}

/// The first Ctrl-C or SIGTERM stops the run, the second the program.
async fn interrupted(mut stops: Stops, stop: watch::Sender<bool>) {
    if stops.next().await {
        let _ = stop.send(true);
        print::message("\ninterrupted: writing what is known; Ctrl-C again ends at once");
        if stops.next().await {
            std::process::exit(i32::from(Exit::Incomplete.code()));
        }
    }
    std::future::pending::<()>().await;
}

/// Each destination with how many of its scenarios run.
fn destinations(plan: &Plan, opened: &Opened) -> Vec<(String, usize)> {
    let targets = opened.targets.iter().enumerate();
    let counted = targets.map(|(index, target)| {
        let running = plan.scenarios.iter();
        let running = running.filter(|s| s.destination == index && s.decision == Decision::Run);
        (target.subject.destination().name.clone(), running.count())
    });
    counted.collect()
}

/// Writes every report, whatever becomes of the others.
fn report(args: &RunArgs, places: &[Place], run: &Run, colour: bool) -> Result<(), Failure> {
    let mut options = Options {
        color: colour,
        width: print::width(),
        dialect: dialect(args.junit_dialect),
        paths: Vec::new(),
    };
    let (words, mut lost) = (words(), None);
    for place in places {
        let text = render(place.report, run, &words, &options).map_err(Failure::fault)?;
        match output::write(&place.path, &text) {
            Ok(()) => options
                .paths
                .push((place.label.to_owned(), place.path.display().to_string())),
            Err(failure) => lost = lost.or(Some(failure)),
        }
    }
    let summary = render(Report::Terminal, run, &words, &options).map_err(Failure::fault)?;
    // A report on standard output must stay readable by a program.
    if places.iter().any(|place| place.path.as_os_str() == "-") {
        print::drawn(&summary);
    } else {
        print::result(&summary)?;
    }
    lost.map_or(Ok(()), Err)
}
