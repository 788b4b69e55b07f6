//! `destspec render file`: the folder that Experience Platform would export, on disk.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::cli::args::{EmptyValues, RenderFileArgs};
use crate::cli::exit::Exit;
use crate::cli::export_job::{Group, INSTANCE, Job, SECOND, Times, unexportable};
use crate::cli::{Failure, explain_options, load, print};
use crate::encode::file::columns::columns;
use crate::encode::file::configured::Configured;
use crate::encode::file::export::{Export, Mode};
use crate::encode::file::mapping::Mapping;
use crate::encode::file::options::Reading;
use crate::model::profile::Profile;
use crate::model::profile_json;
use crate::model::sdk::{ExportMode, Family, Storage};
use crate::model::source::{Problem, Source};
use crate::model::submission::{Audience, Destination, Submission};

/// The name that Experience Platform gives the first merge policy of a sandbox.
const MERGE_POLICY: &str = "Default Timebased";

/// Writes the export of each audience and prints what was written.
///
/// # Errors
/// When the input cannot be read or rendered, or the folder cannot be written.
pub fn run(args: &RenderFileArgs) -> Result<Exit, Failure> {
    let loaded = load::submission(&args.submission)?;
    print::problems(&loaded.warnings);
    let destination = chosen(&loaded.submission, args.destination.as_deref())?;
    let configured = Configured::new(destination, reading(args.empty_values))
        .map_err(|problem| Failure::Input(vec![problem]))?;
    let profiles = given(args, destination)?;
    let columns = columns(&destination.configuration, profiles.as_deref());
    warn(&configured, destination, &columns);
    let groups = groups(destination, args.audience.as_deref())?;
    let times = Times::of(args, destination)?;
    let job = Job {
        args,
        destination,
        configured: &configured,
        export: Export::new(columns.clone(), mode(destination), times.last)
            .map_err(|e| unexportable(&e.to_string()))?,
        columns,
        profiles,
        seed: args.seed.unwrap_or_else(|| rand::random::<u32>().into()),
        times,
    };
    let at = Timestamp::from_microsecond(job.times.now).map_err(Failure::fault)?;
    if job.profiles.is_none() {
        print::message(&format!("seed: {}, time: {at:.0}", job.seed));
    } else {
        print::message(&format!("time: {at:.0}"));
    }
    if args.explain {
        print::result(&explain_options::text(&configured));
    }
    let mut taken = BTreeSet::new();
    for (place, group) in groups.iter().enumerate() {
        job.export(place, group, &mut taken)?;
    }
    Ok(Exit::Success)
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

fn mode(destination: &Destination) -> Mode {
    match destination
        .configuration
        .batch
        .as_ref()
        .map(|b| b.default_mode)
    {
        Some(ExportMode::FirstFullThenIncremental) => Mode::FirstFullThenIncremental,
        Some(ExportMode::DailyFull) | None => Mode::Full,
    }
}

fn warn(configured: &Configured, destination: &Destination, columns: &[Mapping]) {
    print::problems(&configured.warnings);
    for expression in columns.iter().filter_map(|c| c.source.unknown_expression()) {
        print::message(&format!(
            "warning: the expression `{expression}` is not evaluated here: only \
             `iif(segmentMembership….status==\"exited\", …, …)` is documented"
        ));
    }
    for text in configured.options.warnings() {
        print::message(&format!("warning: {text}"));
    }
    if !configured.name.is_distinct_in_time() {
        let place = &configured.name_place;
        print::message(&format!(
            "warning: {place}: no time in the file's name: each export overwrites the one before"
        ));
    }
    let encrypted = destination
        .server
        .file()
        .is_some_and(|server| match &server.storage {
            Storage::Sftp {
                encryption_mode, ..
            } => encryption_mode.as_deref() == Some("PGP"),
            Storage::S3 { .. }
            | Storage::AdlsGen2 { .. }
            | Storage::AzureBlob { .. }
            | Storage::DataLandingZone { .. }
            | Storage::GoogleCloud { .. } => false,
        });
    if encrypted {
        print::message(
            "warning: `encryptionMode` is `PGP`: files are written without encryption here",
        );
    }
}

fn groups(destination: &Destination, wanted: Option<&str>) -> Result<Vec<Group>, Failure> {
    let all = &destination.audiences;
    let chosen: Vec<Audience> = all
        .iter()
        .filter(|audience| wanted.is_none_or(|id| audience.id == id))
        .cloned()
        .collect();
    if let (true, Some(wanted)) = (chosen.is_empty(), wanted) {
        let known: Vec<&str> = all.iter().map(|a| a.id.as_str()).collect();
        return Err(Failure::usage(
            format!("no audience has the id `{wanted}`"),
            Some(format!("there are: {}", known.join(", "))),
        ));
    }
    let batch = destination.configuration.batch.as_ref();
    if batch.is_some_and(|batch| batch.segment_grouping) {
        let (id, name) = (INSTANCE.to_owned(), MERGE_POLICY.to_owned());
        return Ok(vec![Group {
            id,
            name,
            audiences: chosen,
            merged: true,
        }]);
    }
    let alone = |audience: Audience| Group {
        id: audience.id.clone(),
        name: audience.name.clone(),
        audiences: vec![audience],
        merged: false,
    };
    Ok(chosen.into_iter().map(alone).collect())
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

impl Times {
    fn of(args: &RenderFileArgs, destination: &Destination) -> Result<Self, Failure> {
        let now = args
            .at
            .as_deref()
            .map_or_else(|| Ok(Timestamp::now()), |text| time("--at", text))?;
        let last = args
            .since
            .as_deref()
            .map(|text| time("--since", text))
            .transpose()?;
        let now = now.as_second() * SECOND;
        let last = last.map(|last| last.as_second() * SECOND);
        if last.is_some() && mode(destination) == Mode::Full {
            return Err(Failure::usage(
                "cannot export incrementally: `defaultExportMode` is `DAILY_FULL_EXPORT`",
                Some("leave `--since` out, or configure `FIRST_FULL_THEN_INCREMENTAL`".to_owned()),
            ));
        }
        if last.is_some_and(|last| last >= now) {
            return Err(Failure::usage(
                "expected a time of the previous export before that of this one",
                Some("see `--since` and `--at`".to_owned()),
            ));
        }
        Ok(Self { now, last })
    }
}

fn time(argument: &str, text: &str) -> Result<Timestamp, Failure> {
    text.parse().map_err(|_| {
        Failure::usage(
            format!("expected a time for `{argument}`, received `{text}`"),
            Some("write one such as 2026-05-09T21:05:43Z".to_owned()),
        )
    })
}
