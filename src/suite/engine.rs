//! The one file that names cucumber: hands planned scenarios to its runner and collects what became of them.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use cucumber::event;
use cucumber::runner::basic;
use cucumber::{Cucumber, Event, Parser, Writer, cli, gherkin, parser, runner, step, writer};
use futures::future::{Either, FutureExt, LocalBoxFuture, select};
use futures::stream;

use crate::model::outcome::Outcome;
use crate::model::record::{Step, StepStatus};
use crate::suite::broken;
use crate::suite::omission;
use crate::suite::phrases::{Keyword, Stop, Table};
use crate::suite::run::Stage;
use crate::suite::world::World;

/// A planned scenario for the runner: where it stands in the plan, and its feature with nothing else in it.
pub(crate) struct Job {
    /// Index into the plan.
    pub(crate) index: usize,
    /// A feature that holds this one scenario.
    pub(crate) feature: gherkin::Feature,
}

/// What became of a scenario that ran.
pub(crate) struct Finished {
    /// Index into the plan.
    pub(crate) index: usize,
    /// Its outcome.
    pub(crate) outcome: Outcome,
    /// The steps that were reached.
    pub(crate) steps: Vec<Step>,
    /// What went over the wire.
    pub(crate) exchanges: Vec<crate::model::record::Exchange>,
    /// Milliseconds from the run's start to its start.
    pub(crate) at_ms: u64,
    /// Whole milliseconds it took.
    pub(crate) duration_ms: u64,
}

thread_local! {
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

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
    let (entry, exit) = (Arc::clone(&stage), Arc::clone(&stage));
    let done = Arc::clone(&finished);
    let runner = runner::Basic::default().steps(collection(&stage.table));
    Cucumber::<World, _, Vec<Job>, _, _, cli::Empty>::custom(Planned, runner, Silent)
        .before(move |_, _, scenario, world| {
            watch_panics();
            world.enter(Arc::clone(&entry), key(scenario));
            async {}.boxed_local()
        })
        .after(move |_, _, _, _, world| {
            if let Some(finish) = world.and_then(World::leave) {
                exit.progress(&finish.outcome);
                done.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(finish);
            }
            async {}.boxed_local()
        })
        .with_cli(options)
        .run(jobs)
        .await;
    std::mem::take(&mut *finished.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The phrase table as the runner wants it: every expression leads to the same function, which looks the phrase up.
pub(crate) fn collection(table: &Table) -> step::Collection<World> {
    table.expressions().fold(
        step::Collection::new(),
        |steps, (keyword, regex)| match keyword {
            Keyword::Given => steps.given(None, regex.clone(), given),
            Keyword::When => steps.when(None, regex.clone(), when),
            Keyword::Then => steps.then(None, regex.clone(), then),
        },
    )
}

/// Marks a scenario with its place in the plan.
pub(crate) fn tag(index: usize) -> String {
    format!("{KEY}{index}")
}

fn key(scenario: &gherkin::Scenario) -> usize {
    scenario
        .tags
        .iter()
        .find_map(|tag| tag.strip_prefix(KEY)?.parse().ok())
        .unwrap_or(usize::MAX)
}

fn given(world: &mut World, context: step::Context) -> LocalBoxFuture<'_, ()> {
    drive(world, Keyword::Given, context)
}

fn when(world: &mut World, context: step::Context) -> LocalBoxFuture<'_, ()> {
    drive(world, Keyword::When, context)
}

fn then(world: &mut World, context: step::Context) -> LocalBoxFuture<'_, ()> {
    drive(world, Keyword::Then, context)
}

fn drive(world: &mut World, keyword: Keyword, context: step::Context) -> LocalBoxFuture<'_, ()> {
    async move {
        let text = context.step.value;
        let spelled = context.step.keyword.trim().to_owned();
        let cancelled = world.cancelled();
        let attempt = AssertUnwindSafe(world.perform(keyword, &text)).catch_unwind();
        let stop = match select(Box::pin(attempt), Box::pin(cancelled)).await {
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
        world.reached(
            Step {
                keyword: spelled,
                text,
                status,
            },
            stop.clone(),
        );
        if stop.is_some() {
            std::panic::resume_unwind(Box::new(Ended));
        }
    }
    .boxed_local()
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
        .take()
        .unwrap_or_else(|| String::from("an unknown place"));
    Outcome::from_finding(broken::panic(place, said))
}

/// cucumber silences the panic hook for its run; this one keeps the place of a panic for the finding.
fn watch_panics() {
    std::panic::set_hook(Box::new(|info| {
        LAST_PANIC.set(info.location().map(ToString::to_string));
    }));
}

impl cucumber::World for World {
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
        scenario.tags.push(tag(job.index));
        // Load beside other scenarios would fail them for what they do not judge.
        if job.feature.tags.iter().any(|tag| tag == "needs.load") {
            scenario.tags.push(String::from("serial"));
        }
    }
    job.feature
}

/// The record is kept by the world; events are not needed.
struct Silent;

impl Writer<World> for Silent {
    type Cli = cli::Empty;

    async fn handle_event(
        &mut self,
        _: parser::Result<Event<event::Cucumber<World>>>,
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

/// A tag expression as a filter over tags written with `@`.
pub(crate) fn tag_filter(expression: &str) -> Result<TagFilter, String> {
    use cucumber::tag::Ext as _;
    let operation: gherkin::tagexpr::TagOperation =
        expression.parse().map_err(|e| format!("{e}"))?;
    Ok(Box::new(move |tags: &[String]| {
        operation.eval(tags.iter().map(|tag| tag.trim_start_matches('@')))
    }))
}
