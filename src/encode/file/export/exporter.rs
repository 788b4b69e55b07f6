//! Makes exports: a destination's configuration resolved once, and the files of each occasion.

use std::collections::BTreeSet;
use std::io::Write as _;

use crate::encode::file::candidates::{Aim, Synthetic, members};
use crate::encode::file::columns::{ALIAS, columns};
use crate::encode::file::configured::{Configured, Explained};
use crate::encode::file::expected::expected;
use crate::encode::file::export::error::ExportError;
use crate::encode::file::export::flow_run::{FlowRun, Names};
use crate::encode::file::export::group::Group;
use crate::encode::file::export::occasion::{Occasion, Profiles};
use crate::encode::file::export::rows::RowRules;
use crate::encode::file::folder::{Folder, Subfolder};
use crate::encode::file::mapping::Source;
use crate::encode::file::options::{FileOptions, Reading};
use crate::encode::file::parquet::ParquetOptions;
use crate::encode::file::schema::{DataType, Row, Schema};
use crate::encode::file::write::{Plan, Progress, Written, write};
use crate::model::location::Location;
use crate::model::sdk::{Configuration, ExportMode};
use crate::model::source::Problem;
use crate::model::submission::{Audience, Destination};

/// The exports of a destination that takes files.
#[derive(Debug, Clone)]
pub struct Exporter {
    name: String,
    instance: String,
    configuration: Configuration,
    audiences: Vec<Audience>,
    configured: Configured,
}

/// A column that profiles fill with an attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct TextColumn {
    /// Path of the attribute.
    pub path: String,
    /// Whether a profile may lack it.
    pub optional: bool,
    /// Whether it is the deduplication key, or a part of it.
    pub key: bool,
    /// The type of its cells.
    pub data_type: DataType,
}

impl TextColumn {
    /// Whether any text may stand in it.
    pub fn is_free(&self) -> bool {
        self.data_type == DataType::String && self.is_unchecked()
    }

    /// Whether a platform has no reason to refuse any value of its type: it is no key, and its name promises nothing.
    pub fn is_unchecked(&self) -> bool {
        let path = self.path.to_lowercase();
        let checked = ["mail", "phone", "date", "year"];
        !self.key && !checked.iter().any(|word| path.contains(word))
    }
}

/// One export: its columns, and the rules that make its rows.
#[derive(Debug, Clone)]
pub struct Export<'a> {
    exporter: &'a Exporter,
    occasion: Occasion<'a>,
    rules: RowRules,
    groups: Vec<Group>,
}

impl Exporter {
    /// Renders and resolves the configuration of a destination; `reading` decides Adobe's ambiguous defaults.
    ///
    /// # Errors
    /// It takes messages; a template that fails, an option or a name that is refused, at its place in the partner's file.
    pub fn new(destination: &Destination, reading: Reading) -> Result<Self, Problem> {
        Ok(Self {
            name: destination.name.clone(),
            instance: destination.instance.clone(),
            configuration: destination.configuration.clone(),
            audiences: destination.audiences.clone(),
            configured: Configured::new(destination, reading)?,
        })
    }

    /// Where files go; audience macros still in the folder.
    pub fn location(&self) -> &Location {
        &self.configured.location
    }

    /// The same with a folder between the first steps of the configured one, `root`, and the rest of it.
    #[must_use]
    pub fn moved(&self, root: &str, inner: &str) -> Self {
        let mut moved = self.clone();
        let location = &self.configured.location;
        let (folder, path) = (location.folder(), location.path());
        let outer = folder.strip_suffix(path).unwrap_or_default();
        let rest = path.strip_prefix(root).unwrap_or(path);
        let root = root.trim_end_matches('/');
        let steps = [
            outer.trim_end_matches('/'),
            root,
            inner,
            rest.trim_start_matches('/'),
        ];
        let rooted = root.is_empty() && path.starts_with('/');
        let steps = steps.into_iter().filter(|step| !step.is_empty());
        let folder = steps.collect::<Vec<_>>().join("/");
        moved.configured.location = location.with_folder(&match rooted {
            true => format!("/{folder}"),
            false => folder,
        });
        moved
    }

    /// The same with one more audience, the first of those that it knows.
    #[must_use]
    pub fn knowing(&self, audience: &Audience) -> Self {
        let mut known = self.clone();
        known.audiences.insert(0, audience.clone());
        known
    }

    /// The same with at most so many rows a file: what is split shows with few rows, too.
    #[must_use]
    pub fn splitting(&self, rows: u64) -> Self {
        let mut split = self.clone();
        split.configured.options.max_file_row_count = rows;
        split
    }

    /// The columns of attributes, as far as profiles fill them.
    pub fn text_columns(&self) -> Vec<TextColumn> {
        let all = columns(&self.configuration, None).into_iter();
        all.filter_map(|column| match column.source {
            Source::Attribute(path) if path != ALIAS => Some(TextColumn {
                path,
                optional: !column.mandatory && !column.deduplicates,
                key: column.deduplicates,
                data_type: column.data_type,
            }),
            Source::Attribute(_)
            | Source::Exited { .. }
            | Source::Identity(_)
            | Source::MembershipStatus => None,
        })
        .collect()
    }

    /// Names of the columns, as a header has them.
    pub fn headers(&self) -> Vec<String> {
        let all = columns(&self.configuration, None);
        all.iter().map(|column| column.header()).collect()
    }

    /// Whether a column holds the alias of the audience.
    pub fn has_aliases(&self) -> bool {
        let all = columns(&self.configuration, None);
        let is_alias = |source: &Source| matches!(source, Source::Attribute(path) if path == ALIAS);
        all.iter().any(|column| is_alias(&column.source))
    }

    /// Whether names or folders differ by audience.
    pub fn names_audiences(&self) -> bool {
        let folder = self.configured.location.folder();
        self.configured.name.names_the_audience() || folder.contains("%SEGMENT_")
    }

    /// Everything that decides the bytes of a file.
    pub fn options(&self) -> &FileOptions {
        &self.configured.options
    }

    /// What is questionable, at its place in the partner's file.
    pub fn warnings(&self) -> &[Problem] {
        &self.configured.warnings
    }

    /// What does not tell one file from the others.
    pub fn alike(&self) -> Vec<Problem> {
        self.configured.alike()
    }

    /// What else to know of the files: texts that belong to no one place.
    pub fn remarks(&self) -> Vec<String> {
        let columns = columns(&self.configuration, None);
        let expressions = columns.iter().filter_map(|c| c.source.unknown_expression());
        let unknown = expressions.map(|expression| {
            format!(
                "the expression `{expression}` is not evaluated here: only \
                 `iif(segmentMembership….status==\"exited\", …, …)` is documented"
            )
        });
        unknown.chain(self.configured.remarks()).collect()
    }

    /// Folder, name and options of the files, each with the place that it came from.
    pub fn explain(&self) -> Vec<Explained> {
        self.configured.explain()
    }

    /// An export on an occasion.
    ///
    /// # Errors
    /// An audience that is not there, times that do not fit, columns that do not go together.
    pub fn export<'a>(&'a self, occasion: Occasion<'a>) -> Result<Export<'a>, ExportError> {
        let batch = self.configuration.batch.as_ref();
        let grouped = batch.is_some_and(|batch| batch.segment_grouping);
        let groups = Group::all(&self.audiences, occasion.audience, grouped)?;
        let mode = batch.map_or(ExportMode::DailyFull, |batch| batch.default_mode);
        occasion.hold(mode)?;
        let columns = columns(&self.configuration, occasion.profiles.given());
        Ok(Export {
            exporter: self,
            occasion,
            rules: RowRules::new(columns, mode, occasion.last)?,
            groups,
        })
    }
}

impl Export<'_> {
    /// Its flow runs, in the order of the audiences.
    ///
    /// # Errors
    /// A folder or a name that cannot be, at its place in the partner's file.
    pub fn flow_runs(&self) -> Result<Vec<FlowRun>, ExportError> {
        let exporter = self.exporter;
        let names = Names {
            destination: &exporter.configuration.name,
            instance: &exporter.name,
            instance_id: &exporter.instance,
        };
        let mut taken = BTreeSet::new();
        let groups = (0..).zip(self.groups.iter().cloned());
        groups
            .map(|(place, group)| {
                let (configured, occasion) = (&exporter.configured, &self.occasion);
                let mut run = FlowRun::new(configured, &names, occasion, place, group)?;
                run.overwrites = !taken.insert((run.folder(), run.stem.clone()));
                Ok(run)
            })
            .collect()
    }

    /// Writes the files of a flow run below a folder, whose commit is left to the caller. Memory does not grow with the
    /// rows, unless the destination has a deduplication key.
    ///
    /// # Errors
    /// Profiles, values or names that are refused, and a folder that fails.
    pub fn write<F: Folder>(
        &self,
        run: &FlowRun,
        folder: &mut F,
        tell: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Vec<Written>, ExportError> {
        let schema = self.rules.schema();
        let plan = Plan {
            schema: &schema,
            options: &self.exporter.configured.options,
            parquet: &ParquetOptions::default(),
            stem: &run.stem,
            manifest: run.manifest.as_ref(),
        };
        let mut folder = Subfolder::new(folder, run.folder());
        Ok(write(&mut folder, &plan, self.rows(run)?, tell)?)
    }

    /// Writes beside each file of a flow run its rows as other programs should read them: `NAME.expected.json`.
    ///
    /// # Errors
    /// Columns whose text depends on more than their values, and a folder that fails.
    pub fn write_expected<F: Folder>(
        &self,
        run: &FlowRun,
        written: &[Written],
        folder: &mut F,
    ) -> Result<(), ExportError> {
        let schema = self.rules.schema();
        let mut folder = Subfolder::new(folder, run.folder());
        let mut rows = self.rows(run)?;
        let files = written.len() - usize::from(run.manifest.is_some());
        for file in written.iter().take(files) {
            let count = usize::try_from(file.rows).unwrap_or(usize::MAX);
            let own: Vec<Row> = rows.by_ref().take(count).collect();
            let json = expected(&self.exporter.configured.options, &schema, &own)?;
            let name = format!("{}.expected.json", file.name);
            let refused = |error| ExportError::folder(&name, error);
            let mut out = folder.create(&name).map_err(refused)?;
            writeln!(out, "{json}").map_err(refused)?;
            folder.close(&name, out).map_err(refused)?;
        }
        Ok(())
    }

    /// Its columns.
    pub fn schema(&self) -> Schema {
        self.rules.schema()
    }

    /// The rows of a flow run.
    ///
    /// # Errors
    /// Profiles that are refused.
    pub fn rows<'a>(
        &'a self,
        run: &'a FlowRun,
    ) -> Result<Box<dyn Iterator<Item = Row> + 'a>, ExportError> {
        let aim = Aim {
            columns: self.rules.columns(),
            namespaces: &self.exporter.configuration.identity_namespaces,
            audiences: run.group.audiences(),
            now: self.occasion.now,
            last: self.occasion.last,
        };
        Ok(match self.occasion.profiles {
            Profiles::Given(profiles) => Box::new(self.rules.rows(members(aim, profiles)?)),
            Profiles::Synthetic(count) => {
                let seed = self.occasion.seed.wrapping_add(run.place);
                Box::new(self.rules.rows(Synthetic::new(aim, seed, count)))
            }
        })
    }
}
