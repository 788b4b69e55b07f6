//! `destspec render file`: the folder that Experience Platform would export, on disk.

use std::error::Error;
use std::io;
use std::path::Path;
use std::pin::pin;

use futures::FutureExt as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;

use crate::cli::args::{EmptyValues, RenderFileArgs};
use crate::cli::disk_folder::DiskFolder;
use crate::cli::exit::Exit;
use crate::cli::load::Loading;
use crate::cli::{Failure, explain_options, load, print};
use crate::encode::file::error::FileError;
use crate::encode::file::export::{Export, ExportError, Exporter, FlowRun, Occasion, Profiles};
use crate::encode::file::folder::Folder as _;
use crate::encode::file::options::Reading;
use crate::encode::file::write::{Progress, WriteError, Written};
use crate::model::profile::Profile;
use crate::model::profile_json;
use crate::model::sdk::Family;
use crate::model::source::{Problem, Source};
use crate::model::submission::{Destination, Submission};

/// Fewer rows are written before a bar could be read.
const LONG: u64 = 100_000;

/// Writes the export of each audience and prints what was written. Ctrl-C ends it with nothing written.
///
/// # Errors
/// When the input cannot be read or rendered, or the folder cannot be written.
pub async fn run(args: RenderFileArgs) -> Result<Exit, Failure> {
    let folder = DiskFolder::new(&args.out);
    let mut interrupt = pin!(stopped().fuse());
    // asked once, it is listened to from here on: before the first file is made
    let _pending = futures::poll!(interrupt.as_mut());
    let own = folder.clone();
    let mut work = tokio::task::spawn_blocking(move || render(&args, folder));
    tokio::select! {
        done = &mut work => return done.map_err(Failure::fault)?,
        () = interrupt => {}
    }
    if own.abandon() {
        return Err(Failure::Message {
            exit: Exit::Incomplete,
            text: String::from("interrupted: nothing was written"),
            help: None,
        });
    }
    work.await.map_err(Failure::fault)?
}

/// Ends when a user, or who started the program, wants it to stop.
#[cfg(unix)]
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut asked = signal(SignalKind::terminate());
    let mut left = signal(SignalKind::hangup());
    let (Ok(asked), Ok(left)) = (&mut asked, &mut left) else {
        return std::future::pending().await;
    };
    tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => {}
        Some(()) = asked.recv() => {}
        Some(()) = left.recv() => {}
    }
}

/// Ends when a user wants it to stop.
#[cfg(not(unix))]
async fn stopped() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

fn render(args: &RenderFileArgs, folder: DiskFolder) -> Result<Exit, Failure> {
    let loaded = load::submission(&args.submission, Loading::SHOWN)?;
    print::problems(&loaded.warnings);
    let destination = &chosen(&loaded.submission, args.destination.as_deref())?.with_marks();
    let exporter = Exporter::new(destination, reading(args.empty_values))
        .map_err(|problem| Failure::Input(vec![problem]))?;
    let given = given(args, destination)?;
    print::problems(exporter.warnings());
    for remark in exporter.remarks() {
        print::message(&format!("warning: {remark}"));
    }
    let (now, last) = times(args)?;
    let occasion = Occasion {
        now: now.as_microsecond(),
        last: last.map(Timestamp::as_microsecond),
        seed: args.seed.unwrap_or_else(|| rand::random::<u32>().into()),
        audience: args.audience.as_deref(),
        profiles: given
            .as_deref()
            .map_or(Profiles::Synthetic(args.rows), Profiles::Given),
    };
    let export = exporter.export(occasion).map_err(refused)?;
    match occasion.profiles {
        Profiles::Synthetic(_) => {
            print::message(&format!("seed: {}, time: {now:.0}", occasion.seed));
        }
        Profiles::Given(_) => print::message(&format!("time: {now:.0}")),
    }
    if args.explain {
        print::result(&explain_options::text(&exporter.explain()))?;
    }
    write(args, folder, &export, occasion.profiles)?;
    Ok(Exit::Success)
}

fn write(
    args: &RenderFileArgs,
    mut folder: DiskFolder,
    export: &Export<'_>,
    profiles: Profiles<'_>,
) -> Result<(), Failure> {
    let mut listed = String::new();
    for run in export.flow_runs().map_err(refused)? {
        if run.overwrites {
            print::message(&format!(
                "warning: audience `{}` overwrites the files of another: put `SEGMENT_ID` into the name",
                run.group.name()
            ));
        }
        let bar = bar(profiles);
        let written = export.write(&run, &mut folder, &mut |progress| advance(&bar, progress));
        bar.finish_and_clear();
        let place = args.out.join(run.folder());
        let written = written.map_err(|error| unwritten(error, &place))?;
        if args.expected {
            export
                .write_expected(&run, &written, &mut folder)
                .map_err(|error| unwritten(error, &place))?;
        }
        listed.extend(written.iter().map(|file| line(&args.out, &run, file)));
    }
    folder
        .commit()
        .map_err(|error| unwritten(WriteError::Publish(error).into(), &args.out))?;
    print::result(&listed)?;
    Ok(())
}

fn chosen<'a>(submission: &'a Submission, name: Option<&str>) -> Result<&'a Destination, Failure> {
    let destinations = &submission.destinations;
    let takes_files = |d: &&Destination| d.server.family() == Family::File;
    let found = match name {
        Some(name) => destinations.iter().find(|d| d.name == name),
        None => destinations.iter().find(takes_files),
    };
    let known: Vec<&str> = destinations.iter().map(|d| d.name.as_str()).collect();
    found.ok_or_else(|| {
        let text = name.map_or_else(
            || String::from("no destination takes files"),
            |name| format!("no destination is called `{name}`"),
        );
        Failure::usage(text, Some(format!("there are: {}", known.join(", "))))
    })
}

fn reading(choice: EmptyValues) -> Reading {
    match choice {
        EmptyValues::NothingAndQuotes => Reading::A,
        EmptyValues::Nothing => Reading::B,
        EmptyValues::Quotes => Reading::C,
        EmptyValues::NullAndNothing => Reading::D,
    }
}

/// Profiles of the argument, or of the submission where nothing else is asked for.
fn given(
    args: &RenderFileArgs,
    destination: &Destination,
) -> Result<Option<Vec<Profile>>, Failure> {
    let Some(path) = &args.profiles else {
        let own = destination
            .profiles
            .as_ref()
            .filter(|_| args.seed.is_none());
        return Ok(own.map(|own| own.profiles.clone()));
    };
    let text = load::text(path, "name a JSON array of profiles")?;
    let (profiles, problems) = profile_json::read(&Source::new(path.display().to_string(), text));
    if problems.iter().any(Problem::is_error) {
        return Err(Failure::Input(problems));
    }
    print::problems(&problems);
    Ok(Some(profiles))
}

/// The time of the export, and that of the one before; whole seconds.
fn times(args: &RenderFileArgs) -> Result<(Timestamp, Option<Timestamp>), Failure> {
    let now = args
        .at
        .as_deref()
        .map_or_else(|| Ok(Timestamp::now()), |text| time("--at", text));
    let last = args.since.as_deref().map(|text| time("--since", text));
    let whole = |time: Timestamp| Timestamp::from_second(time.as_second()).map_err(Failure::fault);
    Ok((whole(now?)?, last.transpose()?.map(whole).transpose()?))
}

fn time(argument: &str, text: &str) -> Result<Timestamp, Failure> {
    text.parse().map_err(|_| {
        Failure::usage(
            format!("expected a time for `{argument}`, received `{text}`"),
            Some("write one such as 2026-05-09T21:05:43Z".to_owned()),
        )
    })
}

fn bar(profiles: Profiles<'_>) -> ProgressBar {
    let rows = match profiles {
        Profiles::Synthetic(rows) => rows,
        Profiles::Given(_) => 0,
    };
    let bar = ProgressBar::new(rows);
    bar.set_draw_target(if rows >= LONG {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    });
    if let Ok(style) = ProgressStyle::with_template("{pos}/{len} rows {wide_bar} {eta}") {
        bar.set_style(style);
    }
    bar
}

fn advance(bar: &ProgressBar, progress: Progress<'_>) {
    match progress {
        Progress::Rows(rows) => bar.set_position(rows),
        Progress::Opened(_) | Progress::Closed(_) => {}
    }
}

fn refused(error: ExportError) -> Failure {
    let help = match &error {
        ExportError::Incremental => {
            "leave `--since` out, or configure `FIRST_FULL_THEN_INCREMENTAL`".to_owned()
        }
        ExportError::Previous | ExportError::Time(_) => "see `--since` and `--at`".to_owned(),
        ExportError::Configuration(_)
        | ExportError::Audience { .. }
        | ExportError::Columns(_)
        | ExportError::Profile(_)
        | ExportError::Expected(_)
        | ExportError::Write(_) => error.help(),
    };
    match error {
        ExportError::Configuration(problem) => Failure::Input(vec![problem]),
        ExportError::Audience { .. }
        | ExportError::Incremental
        | ExportError::Previous
        | ExportError::Time(_)
        | ExportError::Columns(_)
        | ExportError::Profile(_)
        | ExportError::Expected(_)
        | ExportError::Write(_) => Failure::usage(error.to_string(), Some(help)),
    }
}

/// A file that cannot be written, with the folder on disk that does not take it.
fn unwritten(error: ExportError, folder: &Path) -> Failure {
    let error = match error {
        ExportError::Write(error) => error,
        error @ (ExportError::Configuration(_)
        | ExportError::Audience { .. }
        | ExportError::Incremental
        | ExportError::Previous
        | ExportError::Time(_)
        | ExportError::Columns(_)
        | ExportError::Profile(_)
        | ExportError::Expected(_)) => return refused(error),
    };
    let file = match &error {
        WriteError::Folder { name, .. } => format!("`{name}` "),
        WriteError::File(FileError::Io(_))
        | WriteError::Manifest(_)
        | WriteError::Name(_)
        | WriteError::Parquet(_)
        | WriteError::Publish(_) => String::new(),
        WriteError::File(refused) => {
            return Failure::usage(refused.to_string(), Some(refused.help().to_owned()));
        }
    };
    let cause = operating_system(&error);
    let help = match cause.map(io::Error::kind) {
        Some(io::ErrorKind::AlreadyExists) => "name another folder: what is there stays as it is",
        _ => error.help(),
    };
    let said = cause.map_or_else(|| error.to_string(), load::plain);
    let folder = folder.display();
    Failure::usage(
        format!("cannot write {file}in `{folder}`: {said}"),
        Some(help.to_owned()),
    )
}

/// What the operating system said, however deep a library wraps it.
fn operating_system<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    std::iter::successors(Some(error), |error| (*error).source())
        .find_map(|error| error.downcast_ref::<io::Error>())
}

fn line(out: &Path, run: &FlowRun, file: &Written) -> String {
    let path = out.join(run.folder()).join(&file.name);
    let Written {
        size, sha256, rows, ..
    } = file;
    let rows = if *rows == 0 && file.name.starts_with("manifest-") {
        String::from("manifest")
    } else {
        format!("{rows} {}", if *rows == 1 { "row" } else { "rows" })
    };
    format!(
        "{}\n  {size} bytes, {rows}, sha256 {sha256}\n",
        path.display()
    )
}
