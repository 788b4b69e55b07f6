//! The files that a scenario writes: an export of the destination, made in memory, with what a platform has to understand
//! of it. The same in a replay, byte for byte.

use std::io;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::encode::file::error::FileError;
use crate::encode::file::export::{ExportError, Exporter, FlowRun, Occasion, Profiles};
use crate::encode::file::folder::Folder;
use crate::encode::file::understood::{Cell, is_written, understood};
use crate::judge::ingested::together::Written;
use crate::model::profile::Profile;
use crate::suite::cells::Telling;
use crate::suite::stop::Stop;
use crate::suite::subject::Batch;
use crate::suite::{broken, cells, omission};
use crate::wire::{Content, Spool};

/// What is exported.
#[derive(Debug, Clone, Default)]
pub struct ExportPlan {
    /// How many plain profiles each audience has.
    pub rows: u64,
    /// What of them tells one reading from another.
    pub telling: Option<Telling>,
    /// Whether the platform is asked about the manifest, too, where one question is about one file.
    pub manifest: bool,
    /// These profiles instead.
    pub profiles: Option<Vec<Profile>>,
    /// How many of the audiences; all where not given.
    pub audiences: Option<usize>,
    /// Rows a file, where few are to be split.
    pub split: Option<u64>,
    /// The name of the file without extension, instead of the configured one.
    pub stem: Option<String>,
    /// A folder below that of the scenario.
    pub folder: Option<String>,
    /// A folder beside that of the scenario.
    pub beside: Option<String>,
    /// Instead of an export, a file of so many bytes that look like nothing.
    pub bulk: Option<u64>,
    /// Tells one making from the next.
    pub seed: u64,
    /// How many days after the run has begun it is dated.
    pub day: i8,
}

/// One file to write.
#[derive(Clone)]
pub struct File {
    /// Its path below the location's root.
    pub path: String,
    /// What is in it.
    pub content: Content,
    /// Whether it is a manifest and no data.
    pub manifest: bool,
}

/// An export.
#[derive(Clone, Default)]
pub struct Exported {
    /// The folder that holds all of it, below the location's root.
    pub folder: String,
    /// The folder of this time of writing, which holds that one.
    pub base: String,
    /// Its files, in the order of writing.
    pub files: Vec<File>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// What has to be understood, row by row.
    pub rows: Vec<Vec<Cell>>,
    /// Whether some of the rows are those of one person in several audiences.
    pub shared: bool,
}

impl Exported {
    /// Paths of its files: those of data, or manifests.
    pub fn paths(&self, manifest: bool) -> impl Iterator<Item = &str> {
        let files = self.files.iter();
        files
            .filter(move |file| file.manifest == manifest)
            .map(|file| file.path.as_str())
    }

    /// What has to be understood of it, beside those other rows.
    pub fn written<'a>(&'a self, others: &'a [Vec<Cell>]) -> Written<'a> {
        Written {
            columns: &self.columns,
            rows: &self.rows,
            shared: self.shared,
            others,
        }
    }
}

/// Makes the export of a scenario.
///
/// # Errors
/// What does not occur here, or destspec's fault.
pub fn export(batch: &Batch, scenario: &str, plan: &ExportPlan) -> Result<Exported, Stop> {
    let mut folder = batch.folder_of(scenario);
    if let Some(beside) = &plan.beside {
        folder = format!("{folder}-{beside}");
    }
    let base = folder.clone();
    if let Some(below) = &plan.folder {
        folder = format!("{folder}/{below}");
    }
    let root = batch.root();
    let mut exporter = batch.exporter.moved(root, &folder);
    if let Some(rows) = plan.split {
        exporter = exporter.splitting(rows);
    }
    let mut exported = Exported {
        folder,
        base,
        ..Exported::default()
    };
    let audiences = plan.audiences.unwrap_or(usize::MAX);
    let audiences: Vec<_> = batch.claims.audiences.iter().take(audiences).collect();
    exported.shared = audiences.len() > 1;
    for (place, audience) in (0..).zip(audiences) {
        let members = match &plan.profiles {
            Some(given) => given.clone(),
            None => members(batch, plan, place),
        };
        one(
            &exporter,
            (root, &audience.id),
            (plan, &members),
            batch,
            &mut exported,
        )?;
    }
    Ok(exported)
}

/// The members of the audience of that place, counted from 0: its own, and one who is in each of them.
fn members(batch: &Batch, plan: &ExportPlan, place: u64) -> Vec<Profile> {
    let made = |seed: u64| {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        match plan.telling {
            Some(telling) => cells::telling(batch, plan.rows, telling, &mut rng),
            None => cells::plain(batch, plan.rows, &mut rng),
        }
    };
    let first = made(plan.seed);
    match place {
        0 => first,
        // seeds of one scenario are few, and lie close to each other
        _ => made(plan.seed + (place << 32))
            .into_iter()
            .skip(1)
            .chain(first.into_iter().take(1))
            .collect(),
    }
}

fn one(
    exporter: &Exporter,
    (root, audience): (&str, &str),
    (plan, members): (&ExportPlan, &[Profile]),
    batch: &Batch,
    exported: &mut Exported,
) -> Result<(), Stop> {
    let occasion = Occasion {
        now: batch.started.as_microsecond() / SECOND * SECOND + i64::from(plan.day) * DAY,
        last: None,
        seed: plan.seed,
        audience: Some(audience),
        profiles: Profiles::Given(members),
    };
    let export = exporter.export(occasion).map_err(unmade)?;
    let schema = export.schema();
    exported.columns = schema
        .fields
        .iter()
        .map(|field| field.name.clone())
        .collect();
    for mut run in export.flow_runs().map_err(unmade)? {
        if let Some(stem) = &plan.stem {
            run.stem.clone_from(stem);
        }
        let mut spools = Spools::default();
        let written = export
            .write(&run, &mut spools, &mut |_| {})
            .map_err(unmade)?;
        let data = written.len() - usize::from(run.manifest.is_some());
        let within = below(root, &run);
        let all = written.iter().zip(spools.closed).enumerate();
        exported
            .files
            .extend(all.map(|(place, (file, (_, content)))| File {
                path: format!("{within}/{}", file.name),
                content,
                manifest: place >= data,
            }));
        for row in export.rows(&run).map_err(unmade)? {
            let unmade = |error: FileError| broken::not_exported(error.to_string());
            if is_written(exporter.options(), &schema, &row).map_err(unmade)? {
                let cells = understood(exporter.options(), &schema, &row);
                exported.rows.push(cells.map_err(unmade)?);
            }
        }
    }
    Ok(())
}

/// Microseconds.
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// The folder of a flow run below the location's root.
fn below(root: &str, run: &FlowRun) -> String {
    let path = run.location.path();
    let rest = path.strip_prefix(root).unwrap_or(path);
    rest.trim_matches('/').to_owned()
}

fn unmade(error: ExportError) -> Stop {
    match error {
        ExportError::Audience { .. } => Stop::Omit(omission::no_audience()),
        other @ (ExportError::Configuration(_)
        | ExportError::Incremental
        | ExportError::Previous
        | ExportError::Time(_)
        | ExportError::Columns(_)
        | ExportError::Profile(_)
        | ExportError::Expected(_)
        | ExportError::Write(_)) => broken::not_exported(other.to_string()).into(),
    }
}

/// A folder whose files go nowhere yet.
#[derive(Default)]
struct Spools {
    closed: Vec<(String, Content)>,
}

impl Folder for Spools {
    type File = Spool;

    fn create(&mut self, _: &str) -> io::Result<Spool> {
        Ok(Spool::new())
    }

    fn close(&mut self, name: &str, file: Spool) -> io::Result<()> {
        self.closed.push((name.to_owned(), file.finish()));
        Ok(())
    }

    fn commit(&mut self) -> io::Result<()> {
        Ok(())
    }
}
