//! `destspec run`: loads, plans, runs, reports.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rand::RngExt;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::watch;

use crate::cli::args::RunArgs;
use crate::cli::exit::Exit;
use crate::cli::journal::Journal;
use crate::cli::load::{self, Loaded};
use crate::cli::reference::{self, Reference};
use crate::cli::report::dialect;
use crate::cli::{Failure, output, print};
use crate::model::outcome::Outcome;
use crate::model::record::Run;
use crate::publish::report::{Options, Report, render};
use crate::suite::catalogue::Catalogue;
use crate::suite::open::{Opening, open};
use crate::suite::phrases::Table;
use crate::suite::plan::{Plan, PlanError, Selection};
use crate::suite::run::{Setting, run as perform};
use crate::suite::target::{Target, is_streaming};
use crate::suite::words;
use crate::wire::JournalEntry;

/// A submission with its destinations opened, and the reference destination if it is judged.
pub struct Opened {
    /// The submission.
    pub loaded: Loaded,
    /// Its streaming destinations.
    pub targets: Vec<Arc<Target>>,
    /// Names of the destinations that this version does not judge.
    pub left_out: Vec<String>,
    /// Id of the run.
    pub run_id: String,
    /// Seed of all test data.
    pub seed: u64,
    /// When the run started.
    pub started: Instant,
    /// Kept so that it goes on serving.
    _reference: Option<Reference>,
}

/// Runs the suite and writes the reports.
///
/// # Errors
/// When the input is wrong, nothing is selected, or a report cannot be written.
pub async fn run(args: RunArgs, colour: bool) -> Result<Exit, Failure> {
    let (seen, entries) = unbounded_channel();
    let opened = opened(
        args.submission.submission.as_deref(),
        &args.fault,
        args.seed,
        Some(seen),
    )
    .await?;
    let catalogue = Catalogue::embedded().map_err(Failure::fault)?;
    let table = Table::compile().map_err(Failure::fault)?;
    let selection = selection(
        args.selection.tags.clone(),
        &args.selection.requirement,
        &args.selection.destination,
    );
    let plan = planned(&catalogue, &table, &opened, &selection)?;
    if plan.running() == 0 {
        return Err(nothing(&opened, plan.filter.as_deref()));
    }
    let journal = Journal::begin(&record_folder(&args), entries)?;
    print::problems(&opened.loaded.warnings);
    for name in &opened.left_out {
        print::message(&format!(
            "note: destination `{name}` takes files; this version judges streaming destinations"
        ));
    }
    let record = record(&args, catalogue, table, plan, opened).await;
    let exit = Exit::of_run(&record);
    report(&args, &record, colour)?;
    journal.remove();
    Ok(exit)
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

/// Opens a submission, or the reference submission with its emulator where none is named; `journal` is told of every
/// exchange as it comes.
///
/// # Errors
/// When it cannot be read, or a destination cannot be opened.
pub async fn opened(
    path: Option<&Path>,
    faults: &[String],
    seed: Option<u64>,
    journal: Option<UnboundedSender<JournalEntry>>,
) -> Result<Opened, Failure> {
    let (mut loaded, reference) = match path {
        Some(path) => (load::submission(path)?, None),
        None => reference::start(faults)
            .await
            .map(|(loaded, reference)| (loaded, Some(reference)))?,
    };
    let run_id = format!("{:032x}", rand::rng().random::<u128>());
    let seed = seed.unwrap_or_else(|| rand::rng().random::<u32>().into());
    let started = Instant::now();
    let mut targets = Vec::new();
    let mut left_out = Vec::new();
    for destination in &loaded.submission.destinations {
        if !is_streaming(destination) {
            left_out.push(destination.name.clone());
            continue;
        }
        let secrets = loaded
            .secrets
            .get(&destination.name)
            .cloned()
            .unwrap_or_default();
        let opening = Opening {
            run_id: run_id.clone(),
            seed,
            started,
            edition: loaded.submission.edition,
            secrets,
            names: loaded
                .names
                .get(&destination.name)
                .cloned()
                .unwrap_or_default(),
            key: rand::rng().random(),
            journal: journal.clone(),
            record: None,
        };
        let shown = opening.secrets.clone();
        let target = open(destination, opening);
        targets.push(Arc::new(target.map_err(|e| {
            print::problems(&loaded.warnings);
            Failure::target(&e).without(shown)
        })?));
    }
    let of_templates = targets.iter().flat_map(|target| target.renderer.warnings());
    loaded.warnings.extend(of_templates.cloned());
    Ok(Opened {
        loaded,
        targets,
        left_out,
        run_id,
        seed,
        started,
        _reference: reference,
    })
}

/// Makes the plan.
///
/// # Errors
/// When the selection names what does not exist.
pub fn planned(
    catalogue: &Catalogue,
    table: &Table,
    opened: &Opened,
    selection: &Selection,
) -> Result<Plan, Failure> {
    let mut plan = Plan::make(catalogue, table, &opened.targets, selection).map_err(|e| match e {
        PlanError::Suite(_) => Failure::fault(e),
        PlanError::Tags { .. } => {
            let help = String::from("write e.g. --tags \"@must and not @needs.load\"; `destspec list` shows the tags");
            Failure::usage(e.to_string(), Some(help))
        }
        PlanError::Unknown { .. } => {
            let help = String::from("`destspec list` shows every destination and requirement");
            Failure::usage(e.to_string(), Some(help))
        }
    })?;
    if !opened.left_out.is_empty() {
        let names = format!(
            "file-based destinations left out: {}",
            opened.left_out.join(", ")
        );
        plan.filter = Some(
            plan.filter
                .map_or_else(|| names.clone(), |filter| format!("{filter}; {names}")),
        );
    }
    Ok(plan)
}

/// What of the suite the arguments want.
pub fn selection(
    tags: Option<String>,
    requirements: &[String],
    destinations: &[String],
) -> Selection {
    Selection {
        tags,
        requirements: requirements.to_vec(),
        destinations: destinations.to_vec(),
    }
}

fn nothing(opened: &Opened, filter: Option<&str>) -> Failure {
    let text = match filter {
        Some(filter) => format!("nothing is selected: {filter}"),
        None => format!(
            "nothing applies to the {} destinations",
            opened.targets.len()
        ),
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

async fn record(
    args: &RunArgs,
    catalogue: Catalogue,
    table: Table,
    plan: Plan,
    opened: Opened,
) -> Run {
    let (stop, cancel) = watch::channel(false);
    let interrupt = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            print::message("\ninterrupted: writing what is known; Ctrl-C again ends at once");
            let _ = stop.send(true);
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(i32::from(Exit::Incomplete.code()));
            }
        }
        std::future::pending::<()>().await;
    });
    let bar = progress(args.quiet, plan.running());
    let (shown, started) = (bar.clone(), opened.started);
    let setting = Setting {
        run_id: opened.run_id.clone(),
        seed: opened.seed,
        started: jiff::Timestamp::now()
            .round(jiff::Unit::Second)
            .map(|t| t.to_string())
            .unwrap_or_default(),
        concurrency: args.concurrency.map(usize::from),
        documents: opened.loaded.documents.clone(),
        files: opened
            .loaded
            .submission
            .destinations
            .iter()
            .map(|d| (d.name.clone(), load::digests(d)))
            .collect(),
        warnings: warnings(&opened),
        cancel,
        progress: Box::new(move |outcome| advance(&shown, outcome)),
        record: None,
        elapsed: Box::new(move || u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)),
    };
    let run = perform(
        catalogue,
        table,
        &opened.loaded.submission,
        opened.targets.clone(),
        plan,
        setting,
    )
    .await;
    bar.finish_and_clear();
    interrupt.abort();
    run
}

fn warnings(opened: &Opened) -> BTreeMap<String, Vec<String>> {
    let all = || opened.loaded.warnings.iter();
    let of = |file: &str| {
        all()
            .filter(|w| w.source.name == file)
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    opened
        .loaded
        .submission
        .destinations
        .iter()
        .map(|d| {
            (
                d.name.clone(),
                [of(&d.server.source.name), of(&d.configuration.source.name)].concat(),
            )
        })
        .collect()
}

fn progress(quiet: bool, scenarios: usize) -> ProgressBar {
    let bar = ProgressBar::new(scenarios as u64);
    bar.set_draw_target(if quiet {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    });
    if let Ok(style) =
        ProgressStyle::with_template("{spinner} {pos}/{len} scenarios {wide_bar} {msg}")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn advance(bar: &ProgressBar, outcome: &Outcome) {
    if outcome.finding().is_some() {
        let failed = bar
            .message()
            .split(' ')
            .next()
            .and_then(|n| n.parse::<u32>().ok())
            .unwrap_or(0)
            + 1;
        bar.set_message(format!("{failed} with a finding"));
    }
    bar.inc(1);
}

/// Writes every report; by default all of them in the output folder.
fn report(args: &RunArgs, run: &Run, colour: bool) -> Result<(), Failure> {
    let mut options = Options {
        color: colour,
        width: 100,
        dialect: dialect(args.junit_dialect),
        paths: Vec::new(),
    };
    let asked = [
        (Report::Html, "HTML", &args.html),
        (Report::Junit, "JUnit", &args.junit),
        (Report::Json, "record", &args.json),
        (Report::Markdown, "Markdown", &args.markdown),
    ];
    let (words, mut to_stdout) = (words(), false);
    for (kind, label, path) in asked {
        let path: PathBuf = path
            .clone()
            .unwrap_or_else(|| args.out.join(kind.file_name()));
        output::write(
            &path,
            &render(kind, run, &words, &options).map_err(Failure::fault)?,
        )?;
        to_stdout |= path.as_os_str() == "-";
        options
            .paths
            .push((label.to_owned(), path.display().to_string()));
    }
    let summary = render(Report::Terminal, run, &words, &options).map_err(Failure::fault)?;
    // A report on standard output must stay readable by a program.
    if to_stdout {
        print::message(&summary)
    } else {
        print::result(&summary)
    }
    Ok(())
}
