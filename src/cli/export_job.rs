//! Writes one export after another to disk, with progress on standard error and what was written on standard output.

use std::collections::BTreeSet;
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::cli::args::RenderFileArgs;
use crate::cli::disk_folder::DiskFolder;
use crate::cli::{Failure, load, output, print};
use crate::encode::file::candidates::{Aim, Synthetic, members};
use crate::encode::file::configured::Configured;
use crate::encode::file::error::FileError;
use crate::encode::file::expected::expected;
use crate::encode::file::export::{Candidate, Export};
use crate::encode::file::folder_path::folder_path;
use crate::encode::file::mapping::Mapping;
use crate::encode::file::name::NameValues;
use crate::encode::file::parquet::ParquetOptions;
use crate::encode::file::schema::Row;
use crate::encode::file::write::{ManifestPlan, Plan, Progress, WriteError, Written, write};
use crate::model::profile::Profile;
use crate::model::submission::{Audience, Destination};

/// A made-up dataflow instance, as in streaming messages.
pub const INSTANCE: &str = "de575bec-0000-4000-8000-000000000000";
/// Microseconds of a second.
pub const SECOND: i64 = 1_000_000;
/// Fewer rows are written before a bar could be read.
const LONG: u64 = 100_000;

/// What goes into one file: an audience, or all of a merge policy.
pub struct Group {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its audiences, at least one.
    pub audiences: Vec<Audience>,
    /// Whether it is a merge policy.
    pub merged: bool,
}

/// When an export happens.
pub struct Times {
    /// Microseconds since 1970.
    pub now: i64,
    /// The export before; none where this is the first.
    pub last: Option<i64>,
}

/// One command's work.
pub struct Job<'a> {
    /// What is asked for.
    pub args: &'a RenderFileArgs,
    /// Whose files.
    pub destination: &'a Destination,
    /// How they are written.
    pub configured: &'a Configured,
    /// Which rows.
    pub export: Export,
    /// The columns.
    pub columns: Vec<Mapping>,
    /// Given profiles; synthetic ones where there are none.
    pub profiles: Option<Vec<Profile>>,
    /// Seed of the synthetic ones.
    pub seed: u64,
    /// When.
    pub times: Times,
}

impl Job<'_> {
    /// Writes the files of a group and prints what was written. `taken` holds the names that the command has used.
    ///
    /// # Errors
    /// When rows, names or the folder are refused.
    pub fn export(
        &self,
        place: usize,
        group: &Group,
        taken: &mut BTreeSet<(PathBuf, String)>,
    ) -> Result<(), Failure> {
        let path = folder_path(&self.configured.path, &group.name, &group.id)
            .map_err(|e| self.at_path(&e.to_string()))?;
        let path = path.trim_matches('/').to_owned();
        let stem = self.configured.name.stem(&self.names(group)).map_err(|e| {
            let help = "correct `batchConfig.filenameConfig`";
            Failure::Input(vec![self.configured.name_place.error(e.to_string(), help)])
        })?;
        let folder = self.args.out.join(&path);
        if !taken.insert((folder.clone(), stem.clone())) {
            print::message(&format!(
                "warning: audience `{}` overwrites the files of another: put `SEGMENT_ID` into the name",
                group.name
            ));
        }
        let aim = Aim {
            columns: &self.columns,
            namespaces: &self.destination.configuration.identity_namespaces,
            audiences: &group.audiences,
            now: self.times.now,
            last: self.times.last,
        };
        let target = Target {
            folder: &folder,
            stem: &stem,
            manifest: self.manifest(place, &path)?,
        };
        match &self.profiles {
            Some(profiles) => {
                let candidates =
                    members(aim, profiles).map_err(|e| unexportable(&e.to_string()))?;
                self.write(&target, candidates)
            }
            None => {
                let seed = self.seed.wrapping_add(place as u64);
                self.write(&target, Synthetic::new(aim, seed, self.args.rows))
            }
        }
    }

    fn at_path(&self, text: &str) -> Failure {
        let help = "correct the path in the server, or what `customer_data` gives it";
        Failure::Input(vec![self.configured.path_place.error(text, help)])
    }

    fn names(&self, group: &Group) -> NameValues {
        let some = |text: &str| Some(text.to_owned());
        let of_policy = group.merged.then(|| (group.id.clone(), group.name.clone()));
        let of_audience = (!group.merged).then(|| (group.id.clone(), group.name.clone()));
        let (merge_policy_id, merge_policy_name) = of_policy.unzip();
        let (segment_id, segment_name) = of_audience.unzip();
        NameValues {
            custom_text: some("custom-text"),
            destination: some(&self.destination.configuration.name),
            destination_instance_id: some(INSTANCE),
            destination_instance_name: some(&self.destination.name),
            merge_policy_id,
            merge_policy_name,
            organization_name: some("destspec"),
            sandbox_name: some("prod"),
            segment_id,
            segment_name,
            seconds: self.times.now / SECOND,
        }
    }

    fn manifest(&self, place: usize, path: &str) -> Result<Option<ManifestPlan>, Failure> {
        if !self.configured.options.include_file_manifest {
            return Ok(None);
        }
        let time = Timestamp::from_microsecond(self.times.now).map_err(Failure::fault)?;
        let mut rng = ChaCha20Rng::seed_from_u64(self.seed);
        let run: u64 = rng.random_range(0..1 << 48);
        Ok(Some(ManifestPlan {
            destination_id: INSTANCE.to_owned(),
            flow_run_id: format!("de575bec-{:04x}-4000-8000-{run:012x}", place % 0x1_0000),
            scheduled_time: format!("{time:.0}"),
            sink_path: format!("/{path}"),
        }))
    }

    fn write<I>(&self, target: &Target<'_>, candidates: I) -> Result<(), Failure>
    where
        I: IntoIterator<Item = Candidate> + Clone,
    {
        let schema = self.export.schema();
        let plan = Plan {
            schema: &schema,
            options: &self.configured.options,
            parquet: &ParquetOptions::default(),
            stem: target.stem,
            manifest: target.manifest.as_ref(),
        };
        let bar = bar(self.args.rows, self.profiles.is_none());
        let mut folder = DiskFolder::new(target.folder);
        let rows = self.export.rows(candidates.clone());
        let written = write(&mut folder, &plan, rows, &mut |progress| {
            advance(&bar, progress)
        });
        bar.finish_and_clear();
        let written = written.map_err(|error| unwritten(&error, target.folder))?;
        for file in &written {
            print::result(&listed(target.folder, file));
        }
        if self.args.expected {
            let rows: Vec<Row> = self.export.rows(candidates).collect();
            self.expect(target, &written, &rows)?;
        }
        Ok(())
    }

    fn expect(
        &self,
        target: &Target<'_>,
        written: &[Written],
        rows: &[Row],
    ) -> Result<(), Failure> {
        let files = written.len() - usize::from(target.manifest.is_some());
        let mut rest = rows;
        for file in written.iter().take(files) {
            let count = usize::try_from(file.rows)
                .unwrap_or(usize::MAX)
                .min(rest.len());
            let (own, others) = rest.split_at(count);
            rest = others;
            let json = expected(&self.configured.options, &self.export.schema(), own)
                .map_err(|e| unexportable(&e.to_string()))?;
            let name = format!("{}.expected.json", file.name);
            output::write(&target.folder.join(name), &format!("{json}\n"))?;
        }
        Ok(())
    }
}

/// Where one export goes.
struct Target<'a> {
    folder: &'a Path,
    stem: &'a str,
    manifest: Option<ManifestPlan>,
}

fn bar(rows: u64, synthetic: bool) -> ProgressBar {
    let bar = ProgressBar::new(rows);
    bar.set_draw_target(if synthetic && rows >= LONG {
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

fn unwritten(error: &WriteError, folder: &Path) -> Failure {
    let folder = folder.display();
    let room = "name a folder that can be written to and has room";
    match error {
        WriteError::Folder { name, source } => Failure::usage(
            format!(
                "cannot write `{name}` in `{folder}`: {}",
                load::plain(source)
            ),
            Some(room.to_owned()),
        ),
        WriteError::File(FileError::Io(source)) => Failure::usage(
            format!("cannot write in `{folder}`: {}", load::plain(source)),
            Some(room.to_owned()),
        ),
        WriteError::File(error) => Failure::usage(error.to_string(), Some(error.help().to_owned())),
        WriteError::Parquet(_) | WriteError::Name(_) | WriteError::Manifest(_) => {
            let within = operating_system(error).map_or_else(|| error.to_string(), load::plain);
            Failure::usage(
                format!("cannot write in `{folder}`: {within}"),
                Some(room.to_owned()),
            )
        }
    }
}

/// What the operating system said, however deep a library wraps it.
fn operating_system<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    std::iter::successors(Some(error), |error| (*error).source())
        .find_map(|error| error.downcast_ref::<io::Error>())
}

fn listed(folder: &Path, file: &Written) -> String {
    let path = folder.join(&file.name);
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

/// Columns or profiles that cannot be exported.
pub fn unexportable(text: &str) -> Failure {
    let help = "see `schemaConfig` and `identityNamespaces` of the destination, and its profiles";
    Failure::usage(text, Some(help.to_owned()))
}
