//! The destinations of a run, judged: those that take messages one after another, since their answers are timed; files at
//! locations of different hosts beside one another.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::join_all;
use gherkin::Feature;

use crate::model::outcome::Outcome;
use crate::model::record::{Canary, Exchange, Scenario, Swept};
use crate::suite::bar::Bar;
use crate::suite::engine::{self, Finished, Job, Stage};
use crate::suite::open::Target;
use crate::suite::plan::{Decision, Plan, Turn};
use crate::suite::source::{Source, recorded};
use crate::suite::stock::Stock;
use crate::suite::subject::Subject;
use crate::suite::{audience, control, dataflow};

/// How the destinations of a run are judged.
pub(crate) struct Judging<'a> {
    /// What is planned.
    pub(crate) plan: &'a Plan,
    /// The destinations.
    pub(crate) targets: &'a [Target],
    /// What their scenarios share.
    pub(crate) stage: Arc<Stage>,
    /// Where answers come from.
    pub(crate) source: &'a Source<'a>,
    /// Scenarios at a time for every destination, instead of its own limit.
    pub(crate) concurrency: Option<usize>,
    /// Whether each destination has its canary.
    pub(crate) certified: bool,
}

/// What became of one destination.
pub(crate) struct Judged {
    /// Its scenarios, by their index in the plan.
    pub(crate) finished: BTreeMap<usize, Finished>,
    /// The rest.
    pub(crate) aftermath: Aftermath,
}

/// The scenarios of a destination, and what is to be known when all have ended.
struct Played {
    finished: BTreeMap<usize, Finished>,
    control: Vec<Arc<Exchange>>,
    wrote: bool,
    audiences: Vec<String>,
}

/// What of a destination is in no scenario: what it proves before them, and what they left.
#[derive(Default, Clone)]
pub(crate) struct Aftermath {
    pub(crate) control: Vec<Arc<Exchange>>,
    pub(crate) stock: Vec<Arc<Exchange>>,
    pub(crate) swept: Option<Swept>,
    pub(crate) dataflow: Vec<Arc<Exchange>>,
    pub(crate) swept_audiences: Option<Swept>,
    pub(crate) swept_dataflow: Option<Swept>,
    pub(crate) canary: Option<Canary>,
}

impl Judging<'_> {
    /// Every destination, in the order of the submission.
    pub(crate) async fn all(&self, stocks: &[Stock]) -> Vec<Judged> {
        // each runner puts back the hook that it found, which may be another runner's
        let hook = std::panic::take_hook();
        let (in_turn, beside) = lanes(self.targets);
        let mut played = self.lane(&in_turn, stocks).await;
        let lanes = beside.iter().map(|lane| self.lane(lane, stocks));
        played.extend(join_all(lanes).await.into_iter().flatten());
        std::panic::set_hook(hook);
        let mut judged = Vec::new();
        let ends = self.targets.iter().zip(stocks).zip(played.into_values());
        for ((target, stock), played) in ends {
            judged.push(self.cleared(target, stock, played).await);
        }
        judged
    }

    /// Some destinations, one after another.
    async fn lane(&self, places: &[usize], stocks: &[Stock]) -> BTreeMap<usize, Played> {
        let mut played = BTreeMap::new();
        for place in places {
            if let (Some(target), Some(stock)) = (self.targets.get(*place), stocks.get(*place)) {
                played.insert(*place, self.play((*place, target), stock).await);
            }
        }
        played
    }

    /// Clears away what a destination was left with, once no scenario runs any more: one storage may have two hosts.
    async fn cleared(&self, target: &Target, stock: &Stock, played: Played) -> Judged {
        let aftermath = Aftermath {
            control: played.control,
            stock: stock.exchanges.clone(),
            swept: sweep(target, played.wrote, self.source).await,
            dataflow: stock.dataflow.exchanges.clone(),
            swept_audiences: sweep_audiences(target, &played.audiences, self.source).await,
            swept_dataflow: match self.source {
                Source::Live(_) => dataflow::end(target, &stock.dataflow).await,
                Source::Replay(run) => {
                    recorded(run, target.subject.destination()).and_then(|d| d.swept_dataflow)
                }
            },
            canary: canary(target, self.certified, self.source).await,
        };
        Judged {
            finished: played.finished,
            aftermath,
        }
    }

    async fn play(&self, (index, target): (usize, &Target), stock: &Stock) -> Played {
        let (plan, source) = (self.plan, self.source);
        let concurrency = at_once(target, self.concurrency);
        let control = control::asked(target, source.challenge()).await;
        let (mut wrote, mut audiences) = (false, stock.ids.clone());
        let without = stock.lacking.clone().map(Bar::without_audiences);
        let name = target.subject.destination().name.as_str();
        let mut finished = BTreeMap::new();
        for turn in Turn::ALL {
            let found = match turn {
                Turn::First => None,
                Turn::Amid | Turn::Last => Bar::of(plan, (index, name), &finished, source),
            };
            let bar = found.as_ref().or(without.as_ref());
            let jobs = jobs(plan, (index, name), (turn, bar), source);
            for end in engine::execute(jobs, Arc::clone(&self.stage), concurrency).await {
                wrote |= end.exchanges.iter().any(|exchange| exchange.wrote());
                audiences.extend(end.audiences.iter().cloned());
                finished.insert(end.index, end);
            }
        }
        Played {
            finished,
            control,
            wrote,
            audiences,
        }
    }
}

/// The places of the destinations that are judged one after another, and of the others by the host of their location: two
/// at one host would share its limits. A replay reaches none.
fn lanes(targets: &[Target]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let mut in_turn = Vec::new();
    let mut by_host: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
    for (place, target) in targets.iter().enumerate() {
        match &target.subject {
            Subject::Batch(_) => {
                let host = target.door.location_hosts().files;
                by_host.entry(host).or_default().push(place);
            }
            Subject::Streaming(_) | Subject::Inoperable(_) => in_turn.push(place),
        }
    }
    (in_turn, by_host.into_values().collect())
}

/// How many scenarios of a destination run at once. Those about the same people would undo each other's memberships.
fn at_once(target: &Target, wanted: Option<usize>) -> usize {
    if target.subject.own_profiles().is_empty() {
        wanted.unwrap_or_else(|| target.subject.destination().limits.concurrency)
    } else {
        1
    }
}

fn jobs(
    plan: &Plan,
    (destination, name): (usize, &str),
    (turn, bar): (Turn, Option<&Bar>),
    source: &Source<'_>,
) -> Vec<Job> {
    let planned = plan.scenarios.iter().enumerate();
    let mine = planned.filter(|(_, p)| {
        p.destination == destination
            && p.turn == turn
            && p.decision == Decision::Run
            && !source.scenario(name, &p.id).is_some_and(was_not_reached)
    });
    mine.map(|(index, p)| Job {
        index,
        alone: p.alone,
        bar: bar.and_then(|bar| bar.before(p)),
        feature: Feature {
            scenarios: vec![p.scenario.clone()],
            ..p.source.clone()
        },
    })
    .collect()
}

/// Whether a recorded scenario would have run and did not: the run was interrupted before or in it.
pub(crate) fn was_not_reached(scenario: &Scenario) -> bool {
    matches!(scenario.outcome, Outcome::Omitted { filtered: true, .. })
}

/// Plants made-up secrets and looks for them; a replay says what was said.
async fn canary(target: &Target, certified: bool, source: &Source<'_>) -> Option<Canary> {
    match source {
        Source::Live(_) if !certified => None,
        Source::Live(_) => Some(target.door.canary().await),
        Source::Replay(run) => recorded(run, target.subject.destination())?.canary.clone(),
    }
}

/// Clears away what was written, if anything; a replay says what was said.
async fn sweep(target: &Target, wrote: bool, source: &Source<'_>) -> Option<Swept> {
    let Subject::Batch(batch) = &target.subject else {
        return None;
    };
    match source {
        Source::Live(_) | Source::Replay(_) if !wrote => None,
        Source::Live(_) => Some(target.door.sweep(&batch.run_folder()).await),
        Source::Replay(run) => recorded(run, &batch.destination)?.swept,
    }
}

/// Deletes the audiences that scenarios left; a replay says what was said.
async fn sweep_audiences(target: &Target, left: &[String], source: &Source<'_>) -> Option<Swept> {
    match source {
        Source::Replay(run) => recorded(run, target.subject.destination())?.swept_audiences,
        Source::Live(_) if left.is_empty() => None,
        Source::Live(_) => {
            let session = target.door.session(audience::SWEEP);
            let api = target.subject.api()?;
            Some(audience::sweep(&session, api, left).await)
        }
    }
}
