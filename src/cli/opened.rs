//! A submission from disk, or the embedded one with its emulator, opened live: what `run`, `list` and `check` begin with.

use std::time::Instant;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use rand::RngExt;
use tokio::sync::mpsc::UnboundedSender;

use crate::cli::args::SubmissionArgs;
use crate::cli::load::{Loaded, Loading};
use crate::cli::reference::{self, Asked, Reference};
use crate::cli::{Failure, environment, print};
use crate::model::record::{Run, Selection};
use crate::model::sdk::Literal;
use crate::model::secret::NamedSecret;
use crate::model::source::suggestion::closest;
use crate::suite::catalogue::Catalogue;
use crate::suite::open::{Target, open};
use crate::suite::phrases::Table;
use crate::suite::plan::{Plan, PlanError};
use crate::suite::source::{Live, Source};
use crate::suite::subject::Subject;
use crate::wire::JournalEntry;

/// Names that can be read at a glance.
const FEW: usize = 12;

/// A submission with its destinations opened, and the reference destination if it is judged.
pub struct Opened {
    /// The submission.
    pub loaded: Loaded,
    /// Its destinations.
    pub targets: Vec<Target>,
    /// What the run is told.
    pub source: Source<'static>,
    /// Kept so that it goes on serving.
    _reference: Option<Reference>,
}

/// What all test data follows from.
#[derive(Default)]
pub struct Data {
    /// The seed; random where not given.
    pub seed: Option<u64>,
    /// The challenge that it follows from, as it was read.
    pub challenge: Option<String>,
    /// Id and start of the run whose requests are made again; those of a new run where not given.
    pub run: Option<(String, String)>,
}

impl Data {
    /// What follows from a seed.
    pub fn of(seed: u64) -> Self {
        Self {
            seed: Some(seed),
            ..Self::default()
        }
    }

    /// What that of a run followed from: the same requests follow.
    pub fn of_record(run: &Run) -> Self {
        Self {
            seed: Some(run.seed),
            challenge: run.challenge.clone(),
            run: Some((run.id.clone(), run.started.clone())),
        }
    }
}

/// Opens a submission, or the reference submission with its emulator where none is named; `journal` is told of every
/// exchange as it comes.
///
/// # Errors
/// When it cannot be read, or a destination cannot be opened.
pub async fn opened(
    args: &SubmissionArgs,
    loading: Loading,
    asked: Asked<'_>,
    data: Data,
    journal: Option<UnboundedSender<JournalEntry>>,
) -> Result<Opened, Failure> {
    let (mut loaded, reference) = reference::or_given(args, loading, asked).await?;
    let (run_id, started_at) = match data.run {
        Some(run) => run,
        None => new_run()?,
    };
    let source = Source::Live(Live {
        run_id,
        seed: data
            .seed
            .unwrap_or_else(|| rand::rng().random::<u32>().into()),
        started: Instant::now(),
        started_at,
        key: rand::rng().random(),
        fetched: loaded.fetched.clone(),
        documents: loaded.documents.clone(),
        environment: environment::of_commands(&loaded.submission),
        challenge: data.challenge,
        journal,
    });
    let opened = open(&loaded.submission, &source).map_err(|error| {
        print::problems(&loaded.warnings);
        Failure::target(&error).without(&secrets(&loaded))
    })?;
    loaded.warnings.extend(opened.warnings);
    Ok(Opened {
        loaded,
        targets: opened.targets,
        source,
        _reference: reference,
    })
}

/// Id and start of a run that begins now.
fn new_run() -> Result<(String, String), Failure> {
    let id = format!("{:032x}", rand::rng().random::<u128>());
    Ok((id, this_second()?.to_string()))
}

/// Now in whole seconds, and never later than it is.
///
/// # Errors
/// When the clock shows what is no time.
pub fn this_second() -> Result<Timestamp, Failure> {
    let down = TimestampRound::new().smallest(Unit::Second);
    let now = Timestamp::now().round(down.mode(RoundMode::Trunc));
    now.map_err(Failure::fault)
}

impl Opened {
    /// Makes the plan.
    ///
    /// # Errors
    /// When the selection names what does not exist.
    pub fn plan(
        &self,
        catalogue: &Catalogue,
        table: &Table,
        selection: &Selection,
    ) -> Result<Plan, Failure> {
        let subjects: Vec<Subject> = self.targets.iter().map(|t| t.subject.clone()).collect();
        Plan::make(catalogue, table, &subjects, selection).map_err(|error| match error {
            PlanError::Suite(_) => Failure::fault(error),
            PlanError::Tags { .. } => {
                let help = "write e.g. --tags \"@must and not @needs.load\"; `destspec list` shows the tags";
                Failure::usage(error.to_string(), Some(help.to_owned()))
            }
            PlanError::Unknown { kind, name, known } => unknown(kind, &name, &known),
        })
    }
}

/// A name that nothing has, and the nearest, or all where there are few; `known` has `, ` between names.
pub fn unknown(kind: &str, name: &str, known: &str) -> Failure {
    let names: Vec<&str> = known.split(", ").collect();
    let all = "`destspec list` shows every destination, requirement and scenario";
    let within = format!("{name}/");
    let below: Vec<&str> = names
        .iter()
        .copied()
        .filter(|known| known.starts_with(&within))
        .collect();
    let help = match closest(name, &names) {
        _ if !below.is_empty() => format!(
            "there are: {}; `--requirement {name}` takes them all",
            below.join(", ")
        ),
        Some(near) => format!("did you mean `{near}`? {all}"),
        None if names.len() <= FEW => format!("there are: {known}"),
        None => all.to_owned(),
    };
    Failure::usage(format!("no {kind} is called `{name}`"), Some(help))
}

/// Every secret of a submission, by the name that a record shows in its place.
fn secrets(loaded: &Loaded) -> Vec<NamedSecret> {
    let fetched = loaded.fetched.values().flat_map(|fetched| &fetched.secrets);
    let fetched = fetched.map(|(name, secret)| NamedSecret::new(name.to_string(), secret.clone()));
    let destinations = loaded.submission.destinations.iter();
    let posted = destinations.flat_map(|destination| destination.literals());
    let posted = posted.flat_map(Literal::known);
    fetched.chain(posted).collect()
}
