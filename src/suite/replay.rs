//! Judges a record again: the same suite over what was recorded, with nothing from outside it. No clock, no network, no
//! environment, no credential.

use std::collections::BTreeMap;

use tokio::sync::watch;

use crate::encode::pebble::Allowance;
use crate::model::conclusion::{RunConclusion, conclude_run};
use crate::model::record::{Run, SourceFile};
use crate::model::source::Problem;
use crate::model::submission::{Files, Submission, parse};
use crate::suite::catalogue::{Catalogue, CatalogueError};
use crate::suite::open::{TargetError, open};
use crate::suite::phrases::{PhraseError, Table};
use crate::suite::plan::{Plan, PlanError};
use crate::suite::run::{Conduct, Order, run};
use crate::suite::source::Source;

/// Steps that the templates of a record may take in all, in every repetition together: those of the reference submission,
/// with fourteen destinations, take 1.3 million.
pub const STEPS: u64 = 100_000_000;

/// What a replay comes to.
#[derive(Debug)]
pub struct Replayed {
    /// The run as judged again.
    pub run: Run,
    /// Where it differs from the record, in the order of the record; empty where the record bears out what it says.
    pub differences: Vec<Difference>,
    /// What was withheld and could not be compared: destination, name of what hides it, how often.
    pub unverifiable: Vec<(String, String, usize)>,
}

/// A part of the record that the replay does not bear out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which part.
    pub part: String,
    /// What the record says.
    pub recorded: String,
    /// What the replay comes to.
    pub replayed: String,
}

/// Why a record cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// It was made without the texts of the submission.
    #[error("expected the submission in the record, received none")]
    NoSubmission,
    /// Its submission cannot be read.
    #[error("cannot read the submission in the record")]
    Submission(Vec<Problem>),
    /// The suite that is compiled in is faulty.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The phrases that are compiled in are faulty.
    #[error(transparent)]
    Phrases(#[from] PhraseError),
    /// Its templates ask for more work than any that a destination needs.
    #[error("expected templates that take at most {0} steps in all, received some that take more")]
    Work(u64),
    /// A destination cannot be opened on the record.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// No plan can be made of what the record says was selected.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

impl Replayed {
    /// What is concluded of the run as judged again. What could not be compared proves nothing.
    pub fn conclusion(&self) -> RunConclusion {
        match conclude_run(&self.run) {
            RunConclusion::Conformant if self.unverifiable.is_empty() => RunConclusion::Conformant,
            RunConclusion::NotConformant => RunConclusion::NotConformant,
            RunConclusion::Conformant | RunConclusion::Incomplete => RunConclusion::Incomplete,
        }
    }

    /// Whether the record bears out all that it says.
    pub fn holds(&self) -> bool {
        self.differences.is_empty() && self.unverifiable.is_empty()
    }
}

/// Judges a record again, and each of its repetitions.
///
/// # Errors
/// When the record lacks what a replay needs, or its templates take more than [`STEPS`].
pub async fn replay(record: &Run) -> Result<Replayed, ReplayError> {
    replay_within(record, STEPS).await
}

/// The same within so many steps.
///
/// # Errors
/// When the record lacks what a replay needs, or its templates take more.
pub async fn replay_within(record: &Run, steps: u64) -> Result<Replayed, ReplayError> {
    let allowance = Allowance::new(steps);
    let replayed = allowance.of(replay_all(record)).await;
    replayed.ok_or(ReplayError::Work(steps))?
}

async fn replay_all(record: &Run) -> Result<Replayed, ReplayError> {
    let mut replayed = replay_once(record).await?;
    for (again, number) in record.repetitions.iter().zip(2..) {
        let again = replay_once(again).await?;
        let differences = again.differences.into_iter();
        replayed.differences.extend(differences.map(|d| Difference {
            part: format!("repetition {number}: {}", d.part),
            ..d
        }));
        replayed.unverifiable.extend(again.unverifiable);
        replayed.run.repetitions.push(again.run);
    }
    Ok(replayed)
}

async fn replay_once(record: &Run) -> Result<Replayed, ReplayError> {
    let (submission, problems) = submission(record)?;
    let source = Source::Replay(record);
    let (catalogue, table) = (Catalogue::embedded()?, Table::compile()?);
    let opened = open(&submission, &source)?;
    let doors: Vec<_> = opened.targets.iter().map(|t| t.door.clone()).collect();
    let subjects: Vec<_> = opened.targets.iter().map(|t| t.subject.clone()).collect();
    let plan = Plan::make(&catalogue, &table, &subjects, &record.selection)?;
    let problems: Vec<Problem> = problems.into_iter().chain(opened.warnings).collect();
    let order = Order {
        catalogue,
        table,
        warnings: warnings(&submission, &problems),
        submission: &submission,
        targets: opened.targets,
        plan,
    };
    let (_stop, cancel) = watch::channel(false);
    let run = run(order, &source, Conduct::unwatched(cancel)).await;
    let unverifiable = doors.iter().zip(&run.destinations).flat_map(|(door, d)| {
        let hidden = door.unverifiable().into_iter();
        hidden.map(|(name, count)| (d.name.clone(), name, count))
    });
    Ok(Replayed {
        unverifiable: unverifiable.collect(),
        differences: differences(record, &run),
        run,
    })
}

/// Warnings about the files of each destination, by its name.
pub fn warnings(submission: &Submission, problems: &[Problem]) -> BTreeMap<String, Vec<String>> {
    let about = |file: &str| {
        let about = problems
            .iter()
            .filter(|w| w.source.name == file && w.is_warning());
        about.map(Problem::recorded).collect::<Vec<_>>()
    };
    let destinations = submission.destinations.iter();
    destinations
        .map(|d| {
            let (server, configuration) = (&d.server.source, &d.configuration.source);
            let warnings = [about(&server.name), about(&configuration.name)].concat();
            (d.name.clone(), warnings)
        })
        .collect()
}

/// The files of the submission as the record holds them.
struct Shelf<'a>(&'a [SourceFile]);

impl Files for Shelf<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        let found = self.0.iter().find(|file| file.name == path);
        let found = found.ok_or_else(|| "not in the record".to_owned())?;
        Ok(found.text.clone())
    }
}

fn submission(record: &Run) -> Result<(Submission, Vec<Problem>), ReplayError> {
    let (first, rest) = record
        .sources
        .split_first()
        .ok_or(ReplayError::NoSubmission)?;
    parse(&first.name, &first.text, &Shelf(rest)).map_err(ReplayError::Submission)
}

fn differences(record: &Run, replayed: &Run) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |part: String, then: String, now: String| {
        if then != now {
            let (recorded, replayed) = (then, now);
            found.push(Difference {
                part,
                recorded,
                replayed,
            });
        }
    };
    let count = |run: &Run| run.scenarios.len().to_string();
    compare(
        "the number of scenarios".to_owned(),
        count(record),
        count(replayed),
    );
    for then in &record.scenarios {
        let mut all = replayed.scenarios.iter();
        let now = all.find(|s| s.destination == then.destination && s.id == then.id);
        let part = format!("scenario {} of {}", then.id, then.destination);
        match now {
            Some(now) if now == then => {}
            Some(now) => {
                let json = |s| {
                    serde_json::to_string(s).unwrap_or_else(|e: serde_json::Error| e.to_string())
                };
                let (then, now) = apart(&json(then), &json(now));
                compare(part, then, now);
            }
            None => compare(
                part,
                then.outcome.word().to_owned(),
                "no such scenario".to_owned(),
            ),
        }
    }
    // which destspec it was is no part of what was judged: a reviewer says which are taken
    let rest = |run: &Run| Run {
        destspec: String::new(),
        scenarios: Vec::new(),
        repetitions: Vec::new(),
        ..run.clone()
    };
    let (then, now) = (rest(record), rest(replayed));
    if then != now {
        let json = |run: &Run| serde_json::to_string(run).unwrap_or_else(|e| e.to_string());
        let (then, now) = apart(&json(&then), &json(&now));
        compare("the record of the run".to_owned(), then, now);
    }
    found
}

/// Two texts from a little before their first difference on.
fn apart(then: &str, now: &str) -> (String, String) {
    const BEFORE: usize = 40;
    const SHOWN: usize = 120;
    let same = then.chars().zip(now.chars()).take_while(|(a, b)| a == b);
    let start = same.count().saturating_sub(BEFORE);
    let cut = |text: &str| text.chars().skip(start).take(SHOWN).collect();
    (cut(then), cut(now))
}
