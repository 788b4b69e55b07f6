//! The one file that names cucumber: hands scenarios to its runner and collects what became of them. It knows no plan.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use cucumber::event;
use cucumber::runner::basic;
use cucumber::{Cucumber, Event, Parser, Writer, cli, gherkin, parser, runner, step, writer};
use futures::future::{BoxFuture, Either, FutureExt, LocalBoxFuture, select};
use futures::stream;
use tokio::sync::watch;

use crate::model::finding::Finding;
use crate::model::outcome::Outcome;
use crate::model::record::{Exchange, Step, StepStatus};
use crate::suite::aside::{MANY, aside};
use crate::suite::moment::Moment;
use crate::suite::phrases::{Action, Keyword, Table};
use crate::suite::stop::Stop;
use crate::suite::subject::Subject;
use crate::suite::world::World;
use crate::suite::{broken, omission};
use crate::wire::Door;

/// A scenario for the runner.
pub(crate) struct Job {
    /// Index into the stage's places.
    pub(crate) index: usize,
    /// A feature that holds this one scenario.
    pub(crate) feature: gherkin::Feature,
    /// Whether nothing else may run beside it.
    pub(crate) alone: bool,
    /// What keeps it from delivering.
    pub(crate) bar: Option<Finding>,
}

/// What the scenarios of a run share.
pub(crate) struct Stage {
    /// The phrases.
    pub(crate) table: Table,
    /// Where each scenario takes place.
    pub(crate) places: Vec<Place>,
    /// Turns true when the run is to stop.
    pub(crate) cancel: watch::Receiver<bool>,
    /// Told of every outcome as it comes.
    pub(crate) progress: Box<dyn Fn(&Moment<'_>) + Send + Sync>,
}

/// Where a scenario takes place.
pub(crate) struct Place {
    /// The destination.
    pub(crate) subject: Subject,
    /// The way to it.
    pub(crate) door: Door,
    /// Id of the scenario.
    pub(crate) id: String,
}

/// What became of a scenario that ran.
pub(crate) struct Finished {
    /// Index into the stage's places.
    pub(crate) index: usize,
    /// Its outcome.
    pub(crate) outcome: Outcome,
    /// The steps that were reached.
    pub(crate) steps: Vec<Step>,
    /// What went over the wire.
    pub(crate) exchanges: Vec<Arc<Exchange>>,
    /// Milliseconds from the run's start to its start.
    pub(crate) at_ms: u64,
    /// Whole milliseconds it took.
    pub(crate) duration_ms: u64,
    /// Ids of the audiences that it created and did not delete.
    pub(crate) audiences: Vec<String>,
}

/// A world on its stage: what the runner makes anew for each scenario.
#[derive(Default)]
struct Actor {
    world: World,
    stage: Option<(Arc<Stage>, usize)>,
}

/// Where the last panic was, on whichever thread.
static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);

const KEY: &str = "scenario.";

/// The payload that ends a scenario: thrown without the panic hook, never shown.
struct Ended;

/// Runs every job; at most `concurrency` at once. Order of the answer is the order of finishing.
pub(crate) async fn execute(
    jobs: Vec<Job>,
    stage: Arc<Stage>,
    concurrency: usize,
) -> Vec<Finished> {
    let finished: Arc<Mutex<Vec<Finished>>> = Arc::default();
    let options = cli::Opts {
        re_filter: None,
        tags_filter: None,
        parser: cli::Empty,
        runner: basic::Cli {
            concurrency: Some(concurrency.max(1)),
            fail_fast: false,
            retry: None,
            retry_after: None,
            retry_tag_filter: None,
        },
        writer: cli::Empty,
        custom: cli::Empty,
    };
    let done = Arc::clone(&finished);
    let bars = jobs
        .iter()
        .filter_map(|job| Some((job.index, job.bar.clone()?)));
    let bars: BTreeMap<usize, Finding> = bars.collect();
    let runner = runner::Basic::default().steps(collection(&stage.table));
    Cucumber::<Actor, _, Vec<Job>, _, _, cli::Empty>::custom(Planned, runner, Silent)
        .before(move |_, _, scenario, actor| {
            watch_panics();
            let index = key(scenario);
            actor.enter(Arc::clone(&stage), index, bars.get(&index).cloned());
            async {}.boxed_local()
        })
        .after(move |_, _, _, _, actor| {
            let finish = actor.and_then(Actor::leave);
            done.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend(finish);
            async {}.boxed_local()
        })
        .with_cli(options)
        .run(jobs)
        .await;
    std::mem::take(&mut *finished.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Every step leads to the same function, which looks the phrase up: the runner tries one expression after another.
fn collection(table: &Table) -> step::Collection<Actor> {
    step::Collection::new()
        .given(None, table.any().clone(), given)
        .when(None, table.any().clone(), when)
        .then(None, table.any().clone(), then)
}

fn key(scenario: &gherkin::Scenario) -> usize {
    scenario
        .tags
        .iter()
        .find_map(|tag| tag.strip_prefix(KEY)?.parse().ok())
        .unwrap_or(usize::MAX)
}

fn given(actor: &mut Actor, context: step::Context) -> LocalBoxFuture<'_, ()> {
    actor.drive(Keyword::Given, context).boxed_local()
}

fn when(actor: &mut Actor, context: step::Context) -> LocalBoxFuture<'_, ()> {
    actor.drive(Keyword::When, context).boxed_local()
}

fn then(actor: &mut Actor, context: step::Context) -> LocalBoxFuture<'_, ()> {
    actor.drive(Keyword::Then, context).boxed_local()
}

impl Actor {
    fn enter(&mut self, stage: Arc<Stage>, index: usize, bar: Option<Finding>) {
        if let Some(place) = stage.places.get(index) {
            let session = place.door.session(&place.id);
            (stage.progress)(&Moment::Began {
                destination: &place.subject.destination().name,
                scenario: &place.id,
            });
            self.world.enter(session, place.subject.clone(), bar);
            self.stage = Some((stage, index));
        }
    }

    fn leave(&mut self) -> Option<Finished> {
        let (stage, index) = self.stage.take()?;
        let left = self.world.leave()?;
        if let Some(place) = stage.places.get(index) {
            (stage.progress)(&Moment::Ended {
                destination: &place.subject.destination().name,
                scenario: &place.id,
                outcome: &left.outcome,
            });
        }
        let at_ms = left.session.began_ms();
        Some(Finished {
            index,
            audiences: left.audiences,
            outcome: left.outcome,
            steps: left.steps,
            exchanges: left.session.exchanges(),
            at_ms,
            duration_ms: left.session.now_ms().saturating_sub(at_ms),
        })
    }

    async fn drive(&mut self, keyword: Keyword, context: step::Context) {
        let text = context.step.value;
        let spelled = context.step.keyword.trim().to_owned();
        let cancelled = self.cancelled();
        let attempt = AssertUnwindSafe(self.perform(keyword, &text)).catch_unwind();
        let stop = match select(Box::pin(attempt), cancelled).await {
            Either::Left((Ok(Ok(())), _)) => None,
            Either::Left((Ok(Err(stop)), _)) => Some(outcome_of(stop)),
            Either::Left((Err(panic), _)) => Some(panicked(panic.as_ref())),
            Either::Right(((), _)) => Some(Outcome::Omitted {
                reason: omission::interrupted(),
                filtered: true,
            }),
        };
        let status = if stop.is_some() {
            StepStatus::Ended
        } else {
            StepStatus::Passed
        };
        let step = Step {
            keyword: spelled,
            text,
            status,
        };
        let ends = stop.is_some();
        self.world.reached(step, stop);
        if ends {
            std::panic::resume_unwind(Box::new(Ended));
        }
    }

    async fn perform(&mut self, keyword: Keyword, text: &str) -> Result<(), Stop> {
        let (stage, _) = self.stage.as_ref().ok_or_else(broken::unbound)?;
        let (phrase, args) = stage
            .table
            .find(keyword, text)
            .map_err(broken::step_unmatched)?;
        match phrase.action {
            Action::Act(act) => act(&mut self.world, &args).await,
            Action::Judge(judge) => {
                let evidence = self.world.evidence()?;
                let exported = evidence.scene.filing.newest();
                let exported = exported.map_or(0, |newest| newest.rows.len());
                let rows = evidence.scene.profiles.len().max(exported);
                let long = rows >= MANY && self.world.session()?.is_live();
                let shown = aside(long, move || judge(&evidence, &args)).await?;
                self.world.shown(shown)
            }
        }
    }

    /// Resolves when the run is to stop.
    fn cancelled(&self) -> BoxFuture<'static, ()> {
        let cancel = self.stage.as_ref().map(|(stage, _)| stage.cancel.clone());
        Box::pin(async move {
            let stopped = match cancel {
                Some(mut cancel) => cancel.wait_for(|stop| *stop).await.is_ok(),
                None => false,
            };
            if !stopped {
                std::future::pending::<()>().await;
            }
        })
    }
}

fn outcome_of(stop: Stop) -> Outcome {
    match stop {
        Stop::Finding(finding) => Outcome::from_finding(finding),
        Stop::Omit(reason) => Outcome::Omitted {
            reason,
            filtered: false,
        },
    }
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Outcome {
    let said = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| String::from("a panic without a text"));
    let place = LAST_PANIC
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
        .unwrap_or_else(|| String::from("an unknown place"));
    Outcome::from_finding(broken::panic(place, said))
}

/// cucumber silences the panic hook for its run; this one keeps the place of a panic for the finding.
fn watch_panics() {
    std::panic::set_hook(Box::new(|info| {
        let mut last = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner);
        *last = info.location().map(ToString::to_string);
    }));
}

impl std::fmt::Debug for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Actor")
    }
}

impl cucumber::World for Actor {
    type Error = std::convert::Infallible;

    async fn new() -> Result<Self, Self::Error> {
        Ok(Self::default())
    }
}

/// Hands over what was planned.
struct Planned;

impl Parser<Vec<Job>> for Planned {
    type Cli = cli::Empty;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<gherkin::Feature>>>;

    fn parse(self, jobs: Vec<Job>, _: cli::Empty) -> Self::Output {
        let features: Vec<_> = jobs.into_iter().map(|job| Ok(tagged(job))).collect();
        stream::iter(features)
    }
}

fn tagged(mut job: Job) -> gherkin::Feature {
    for scenario in &mut job.feature.scenarios {
        scenario.tags.push(format!("{KEY}{}", job.index));
        if job.alone {
            scenario.tags.push(String::from("serial"));
        }
    }
    job.feature
}

/// The record is kept by the world; events are not needed.
struct Silent;

impl Writer<Actor> for Silent {
    type Cli = cli::Empty;

    async fn handle_event(
        &mut self,
        _: parser::Result<Event<event::Cucumber<Actor>>>,
        _: &cli::Empty,
    ) {
    }
}

impl writer::Normalized for Silent {}

/// Expands every outline of a feature.
pub(crate) fn expand(feature: gherkin::Feature) -> Result<gherkin::Feature, String> {
    use cucumber::feature::Ext as _;
    feature.expand_examples().map_err(|e| e.to_string())
}

/// Whether the tags of a scenario, written with `@`, are wanted.
pub(crate) type TagFilter = Box<dyn Fn(&[String]) -> bool>;

/// Characters of a tag expression, and parentheses that it may open: a record may hold one that nests without end.
const LONGEST_FILTER: usize = 1_000;
const OPENED: usize = 50;

/// A tag expression as a filter over tags written with `@`.
pub(crate) fn tag_filter(expression: &str) -> Result<TagFilter, String> {
    use cucumber::tag::Ext as _;
    if expression.len() > LONGEST_FILTER || expression.matches('(').count() > OPENED {
        return Err(format!(
            "expected at most {LONGEST_FILTER} characters and {OPENED} parentheses, received more"
        ));
    }
    let operation: gherkin::tagexpr::TagOperation =
        expression.parse().map_err(|e| format!("{e}"))?;
    Ok(Box::new(move |tags: &[String]| {
        operation.eval(tags.iter().map(|tag| tag.trim_start_matches('@')))
    }))
}
