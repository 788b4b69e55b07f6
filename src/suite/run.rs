//! Plan to record: runs what is planned, live or in replay, and writes down what became of every scenario.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use gherkin::Feature;
use tokio::sync::watch;

use crate::model::outcome::Outcome;
use crate::model::record::{Destination, FORMAT, Fact, Run, Scenario, Step, StepStatus};
use crate::model::submission::{Attestation, Submission};
use crate::suite::broken;
use crate::suite::catalogue::{Catalogue, digest};
use crate::suite::engine::{self, Finished, Job};
use crate::suite::omission;
use crate::suite::phrases::Table;
use crate::suite::plan::{Decision, Plan, Planned};
use crate::suite::target::Target;
use crate::wire::Session;

/// What a run is told by its surroundings: nothing here is asked of a clock or of the environment.
pub struct Setting {
    /// Id that every request carries.
    pub run_id: String,
    /// Seed of all test data.
    pub seed: u64,
    /// Start, RFC 3339 in UTC.
    pub started: String,
    /// Scenarios at a time for every destination, instead of its own limit.
    pub concurrency: Option<usize>,
    /// Digest of each attested document, by its path.
    pub documents: BTreeMap<String, String>,
    /// Digests of the files of each destination.
    pub files: BTreeMap<String, Vec<Fact>>,
    /// Warnings about the configuration of each destination.
    pub warnings: BTreeMap<String, Vec<String>>,
    /// Turns true when the run is to stop.
    pub cancel: watch::Receiver<bool>,
    /// Told of every outcome as it comes.
    pub progress: Box<dyn Fn(&Outcome) + Send + Sync>,
    /// Milliseconds since the run's start.
    pub elapsed: Box<dyn Fn() -> u64 + Send + Sync>,
    /// The record that is replayed: what was timed then is taken from it.
    pub record: Option<Run>,
}

/// What the scenarios of a run share.
pub(crate) struct Stage {
    pub(crate) table: Table,
    targets: Vec<Arc<Target>>,
    /// Destination and id of each planned scenario.
    places: Vec<(usize, String)>,
    cancel: watch::Receiver<bool>,
    progress: Box<dyn Fn(&Outcome) + Send + Sync>,
}

/// Runs the plan.
pub async fn run(
    catalogue: Catalogue,
    table: Table,
    submission: &Submission,
    targets: Vec<Arc<Target>>,
    plan: Plan,
    setting: Setting,
) -> Run {
    let stage = Arc::new(Stage {
        table,
        targets,
        places: plan
            .scenarios
            .iter()
            .map(|s| (s.destination, s.id.clone()))
            .collect(),
        cancel: setting.cancel.clone(),
        progress: setting.progress,
    });
    let mut finished = BTreeMap::new();
    for (index, target) in stage.targets.iter().enumerate() {
        let jobs = jobs(&plan, index);
        let concurrency = setting
            .concurrency
            .unwrap_or(target.destination.limits.concurrency);
        for end in engine::execute(jobs, Arc::clone(&stage), concurrency).await {
            finished.insert(end.index, end);
        }
    }
    let interrupted = *setting.cancel.borrow();
    let scenarios = plan.scenarios.iter().enumerate();
    let scenarios = scenarios
        .map(|(i, p)| {
            record(
                p,
                &stage,
                timed(finished.remove(&i), setting.record.as_ref(), &p.id),
                interrupted,
            )
        })
        .collect();
    let mut run = Run {
        format: FORMAT,
        destspec: env!("CARGO_PKG_VERSION").to_owned(),
        suite: digest(),
        id: setting.run_id,
        seed: setting.seed,
        edition: submission.edition,
        started: setting.started,
        duration_ms: setting
            .record
            .as_ref()
            .map_or_else(&setting.elapsed, |record| record.duration_ms),
        filter: plan.filter.clone(),
        interrupted,
        partner: crate::model::record::Partner {
            name: submission.partner.name.clone(),
            kind: submission.partner.kind,
            contact: submission.partner.contact.clone(),
        },
        attestations: submission
            .attestations
            .iter()
            .map(|a| attested(a, &setting.documents))
            .collect(),
        requirements: catalogue.requirements,
        prerequisites: catalogue.prerequisites,
        destinations: stage
            .targets
            .iter()
            .map(|t| described(t, &setting.files, &setting.warnings))
            .collect(),
        scenarios,
        plan: String::new(),
    };
    run.plan = crate::model::record::plan(&run);
    run
}

impl Stage {
    /// The session of a planned scenario.
    pub(crate) fn session(&self, index: usize) -> Session {
        let (destination, id) = &self.places[index];
        self.targets[*destination].door.session(id)
    }

    /// The destination of a planned scenario.
    pub(crate) fn target(&self, index: usize) -> Arc<Target> {
        Arc::clone(&self.targets[self.places[index].0])
    }

    /// The destination of a planned scenario, borrowed.
    pub(crate) fn target_ref(&self, index: usize) -> &Target {
        &self.targets[self.places[index].0]
    }

    /// Tells of an outcome.
    pub(crate) fn progress(&self, outcome: &Outcome) {
        (self.progress)(outcome);
    }

    /// Resolves when the run is to stop.
    pub(crate) fn cancelled(&self) -> BoxFuture<'static, ()> {
        let mut cancel = self.cancel.clone();
        Box::pin(async move {
            if cancel.wait_for(|stop| *stop).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

/// In a replay, a scenario took what it took when it was recorded.
fn timed(finished: Option<Finished>, record: Option<&Run>, id: &str) -> Option<Finished> {
    let recorded = record.and_then(|run| run.scenarios.iter().find(|s| s.id == id));
    finished.map(|f| match recorded {
        Some(scenario) => Finished {
            at_ms: scenario.at_ms,
            duration_ms: scenario.duration_ms,
            ..f
        },
        None => f,
    })
}

fn jobs(plan: &Plan, destination: usize) -> Vec<Job> {
    let planned = plan.scenarios.iter().enumerate();
    let mine = planned.filter(|(_, p)| p.destination == destination && p.decision == Decision::Run);
    mine.map(|(index, p)| Job {
        index,
        feature: Feature {
            scenarios: vec![p.scenario.clone()],
            ..p.source.clone()
        },
    })
    .collect()
}

fn record(
    planned: &Planned,
    stage: &Stage,
    finished: Option<Finished>,
    interrupted: bool,
) -> Scenario {
    let target = &stage.targets[planned.destination];
    let destination = target.destination.name.clone();
    let (outcome, mut steps, exchanges, at_ms, duration_ms) = match (finished, &planned.decision) {
        (Some(f), _) => (f.outcome, f.steps, f.exchanges, f.at_ms, f.duration_ms),
        (None, Decision::Omit { reason, filtered }) => {
            let outcome = Outcome::Omitted {
                reason: reason.clone(),
                filtered: *filtered,
            };
            (outcome, Vec::new(), Vec::new(), 0, 0)
        }
        (None, Decision::Run) if interrupted => {
            let outcome = Outcome::Omitted {
                reason: omission::interrupted(),
                filtered: true,
            };
            (outcome, Vec::new(), Vec::new(), 0, 0)
        }
        (None, Decision::Run) => {
            let outcome = Outcome::from_finding(broken::not_started());
            (outcome, Vec::new(), Vec::new(), 0, 0)
        }
    };
    let reached = steps.len();
    steps.extend(
        planned
            .scenario
            .steps
            .iter()
            .skip(reached)
            .map(|step| Step {
                keyword: step.keyword.trim().to_owned(),
                text: step.value.clone(),
                status: StepStatus::NotReached,
            }),
    );
    Scenario {
        id: planned.id.clone(),
        destination,
        file: planned.file.to_owned(),
        line: planned.line,
        feature: planned.feature.clone(),
        title: planned.title.clone(),
        requirement: planned.requirement.clone(),
        level: planned.level,
        // What a step says of its own accord may quote customer data that is secret.
        outcome: outcome.map_values(|text| target.door.redacted(text)),
        steps,
        exchanges,
        at_ms,
        duration_ms,
    }
}

fn described(
    target: &Target,
    files: &BTreeMap<String, Vec<Fact>>,
    warnings: &BTreeMap<String, Vec<String>>,
) -> Destination {
    let name = target.destination.name.clone();
    let profiles = target.destination.profiles.as_ref();
    Destination {
        version: target.destination.version.clone(),
        family: target.destination.server.family(),
        claims: target.prerequisites(),
        facts: target.facts(),
        warnings: warnings.get(&name).cloned().unwrap_or_default(),
        profiles: profiles.map_or_else(
            || String::from("synthetic"),
            |own| format!("the partner's own: {}", own.source.name),
        ),
        files: files.get(&name).cloned().unwrap_or_default(),
        exchanges: target.door.destination_exchanges(),
        connections: target.door.connections(),
        name,
    }
}

fn attested(
    attestation: &Attestation,
    documents: &BTreeMap<String, String>,
) -> crate::model::record::Attestation {
    crate::model::record::Attestation {
        requirement: attestation.requirement.clone(),
        statement: attestation.statement.clone(),
        by: attestation.by.clone(),
        on: attestation.on.clone(),
        valid_until: attestation.valid_until.clone(),
        document_sha256: attestation
            .document
            .as_ref()
            .and_then(|path| documents.get(path))
            .cloned(),
    }
}
