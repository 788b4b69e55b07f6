//! Plan to record: runs what is planned, live or on a record, and writes down what became of every scenario.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

use crate::model::digest::Digest;
use crate::model::outcome::{Outcome, Strength};
use crate::model::record::{
    Attestation, Destination, FORMAT, Given, Partner, Run, Scenario, Step, StepStatus,
};
use crate::model::submission::{self, Submission};
use crate::suite::catalogue::{Catalogue, digest};
use crate::suite::engine::{Finished, Place, Stage};
use crate::suite::judging::{Aftermath, Judging, was_not_reached};
use crate::suite::moment::Moment;
use crate::suite::open::Target;
use crate::suite::phrases::Table;
use crate::suite::plan::{Decision, Plan, Planned};
use crate::suite::posted::{digests, sources};
use crate::suite::source::Source;
use crate::suite::{broken, omission, stock};

/// What is run.
pub struct Order<'a> {
    /// The requirements.
    pub catalogue: Catalogue,
    /// The phrases.
    pub table: Table,
    /// What was submitted.
    pub submission: &'a Submission,
    /// Its destinations.
    pub targets: Vec<Target>,
    /// Warnings about the configuration of each destination, by its name.
    pub warnings: BTreeMap<String, Vec<String>>,
    /// What of it runs.
    pub plan: Plan,
}

/// How it is run.
pub struct Conduct {
    /// Scenarios at a time for every destination, instead of its own limit.
    pub concurrency: Option<usize>,
    /// Whether each destination has its canary, for certification.
    pub certified: bool,
    /// Turns true when the run is to stop.
    pub cancel: watch::Receiver<bool>,
    /// Told of every scenario as it begins and ends.
    pub progress: Box<dyn Fn(&Moment<'_>) + Send + Sync>,
}

impl Conduct {
    /// As the destinations themselves have it, with nobody who looks on.
    pub fn unwatched(cancel: watch::Receiver<bool>) -> Self {
        Self {
            concurrency: None,
            certified: false,
            cancel,
            progress: Box::new(|_| {}),
        }
    }
}

/// What became of a plan.
struct Ends {
    finished: BTreeMap<usize, Finished>,
    /// Of each destination.
    aftermath: Vec<Aftermath>,
    interrupted: bool,
}

/// Runs the plan.
pub async fn run(mut order: Order<'_>, source: &Source<'_>, conduct: Conduct) -> Run {
    let stocks = stock::fill(&mut order.targets, &order.plan).await;
    let (plan, targets) = (&order.plan, &order.targets);
    let cancel = conduct.cancel.clone();
    let stage = Arc::new(Stage {
        table: order.table.clone(),
        places: places(plan, targets),
        cancel: conduct.cancel,
        progress: conduct.progress,
    });
    let judging = Judging {
        plan,
        targets,
        stage,
        source,
        concurrency: conduct.concurrency,
        certified: conduct.certified,
    };
    let (mut finished, mut aftermath) = (BTreeMap::new(), Vec::new());
    for judged in judging.all(&stocks).await {
        finished.extend(judged.finished);
        aftermath.push(judged.aftermath);
    }
    let interrupted = match source {
        Source::Live(_) => *cancel.borrow(),
        Source::Replay(run) => run.interrupted,
    };
    let ends = Ends {
        finished,
        aftermath,
        interrupted,
    };
    written(order, ends, source)
}

/// The record of a run in which all that is planned would pass, and be observed: what it concludes is the most that a run
/// can. Nothing is sent.
pub fn outlook(order: Order<'_>, source: &Source<'_>) -> Run {
    let planned = order.plan.scenarios.iter().enumerate();
    let runs = planned.filter(|(_, planned)| planned.decision == Decision::Run);
    let finished = runs.map(|(index, planned)| (index, passed(index, planned)));
    let ends = Ends {
        finished: finished.collect(),
        aftermath: vec![Aftermath::default(); order.targets.len()],
        interrupted: false,
    };
    written(order, ends, source)
}

fn passed(index: usize, planned: &Planned) -> Finished {
    let steps = planned.scenario.steps.iter().map(|step| Step {
        keyword: step.keyword.trim().to_owned(),
        text: step.value.clone(),
        status: StepStatus::Passed,
    });
    Finished {
        index,
        outcome: Outcome::Passed {
            strength: Strength::Observed,
        },
        steps: steps.collect(),
        exchanges: Vec::new(),
        at_ms: 0,
        duration_ms: 0,
        audiences: Vec::new(),
    }
}

/// The record of what became of a plan.
fn written(order: Order<'_>, ends: Ends, source: &Source<'_>) -> Run {
    let Order {
        catalogue,
        submission,
        targets,
        warnings,
        plan,
        ..
    } = order;
    let Ends {
        mut finished,
        aftermath,
        interrupted,
    } = ends;
    let scenarios = plan.scenarios.iter().enumerate().map(|(i, planned)| {
        let target = &targets[planned.destination];
        record(planned, target, finished.remove(&i), interrupted, source)
    });
    let scenarios = scenarios.collect();
    let mut run = Run {
        format: FORMAT,
        destspec: env!("CARGO_PKG_VERSION").to_owned(),
        suite: digest(),
        id: source.run_id().to_owned(),
        seed: source.seed(),
        edition: submission.edition,
        started: source.started_at().to_owned(),
        duration_ms: match source {
            Source::Live(_) => targets.first().map_or(0, |t| t.door.elapsed_ms()),
            Source::Replay(run) => run.duration_ms,
        },
        selection: plan.selection,
        challenge: source.challenge().map(ToOwned::to_owned),
        interrupted,
        partner: partner(submission),
        attestations: submission
            .attestations
            .iter()
            .map(|a| attested(a, source))
            .collect(),
        requirements: catalogue.requirements,
        prerequisites: catalogue.prerequisites,
        sources: sources(submission, &targets, source),
        destinations: targets
            .iter()
            .zip(aftermath)
            .map(|(target, left)| described((target, left), &warnings, source))
            .collect(),
        scenarios,
        repetitions: Vec::new(),
        plan: Digest::hash(""),
    };
    run.plan = crate::model::record::plan(&run);
    run
}

fn partner(submission: &Submission) -> Partner {
    Partner {
        name: submission.partner.name.clone(),
        kind: submission.partner.kind,
        contact: submission.partner.contact.clone(),
    }
}

fn places(plan: &Plan, targets: &[Target]) -> Vec<Place> {
    let place = |planned: &Planned| {
        let target = &targets[planned.destination];
        Place {
            subject: target.subject.clone(),
            door: target.door.clone(),
            id: planned.id.clone(),
        }
    };
    plan.scenarios.iter().map(place).collect()
}

fn record(
    planned: &Planned,
    target: &Target,
    finished: Option<Finished>,
    interrupted: bool,
    source: &Source<'_>,
) -> Scenario {
    let destination = target.subject.destination().name.clone();
    let recorded = source.scenario(&destination, &planned.id);
    if let (None, Decision::Run, Some(recorded)) = (&finished, &planned.decision, recorded)
        && was_not_reached(recorded)
    {
        return recorded.clone();
    }
    let (outcome, mut steps, exchanges, mut at_ms, mut duration_ms) =
        match (finished, &planned.decision) {
            (Some(f), _) => (f.outcome, f.steps, f.exchanges, f.at_ms, f.duration_ms),
            (None, decision) => (unreached(decision, interrupted), vec![], vec![], 0, 0),
        };
    // A replayed scenario took what it took when it was recorded.
    if let Some(recorded) = recorded {
        (at_ms, duration_ms) = (recorded.at_ms, recorded.duration_ms);
    }
    let reached = steps.len();
    let rest = planned.scenario.steps.iter().skip(reached);
    steps.extend(rest.map(|step| Step {
        keyword: step.keyword.trim().to_owned(),
        text: step.value.clone(),
        status: StepStatus::NotReached,
    }));
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

/// The outcome of a scenario that did not run.
fn unreached(decision: &Decision, interrupted: bool) -> Outcome {
    match decision {
        Decision::Omit { reason, filtered } => Outcome::Omitted {
            reason: reason.clone(),
            filtered: *filtered,
        },
        Decision::Run if interrupted => Outcome::Omitted {
            reason: omission::interrupted(),
            filtered: true,
        },
        Decision::Run => Outcome::from_finding(broken::not_started()),
    }
}

fn described(
    (target, left): (&Target, Aftermath),
    warnings: &BTreeMap<String, Vec<String>>,
    source: &Source<'_>,
) -> Destination {
    let subject = &target.subject;
    let name = subject.destination().name.clone();
    let profiles = subject.destination().profiles.as_ref();
    Destination {
        version: subject.destination().version.clone(),
        family: subject.family(),
        claims: subject.prerequisites(),
        facts: subject.facts(),
        warnings: [
            warnings.get(&name).cloned().unwrap_or_default(),
            weak_secrets(subject.given()),
        ]
        .concat(),
        profiles: profiles.map_or_else(
            || String::from("synthetic"),
            |own| format!("the partner's own: {}", own.source.name),
        ),
        files: digests(subject.destination(), source),
        given: subject.given().clone(),
        exchanges: target.door.destination_exchanges(),
        connections: match source {
            // a scenario that was cut short may have asked for one
            Source::Replay(run) if run.interrupted => {
                let mut all = run.destinations.iter();
                let recorded = all.find(|d| d.name == name);
                recorded.map_or_else(Vec::new, |d| d.connections.clone())
            }
            Source::Live(_) | Source::Replay(_) => target.door.connections(),
        },
        swept: left.swept,
        swept_audiences: left.swept_audiences,
        swept_dataflow: left.swept_dataflow,
        canary: left.canary,
        control: left.control,
        audiences: left.stock,
        dataflow: left.dataflow,
        name,
    }
}

fn weak_secrets(given: &Given) -> Vec<String> {
    let warning = |name: &String| {
        format!(
            "`{name}` is too short or uniform to be searched for in answers: give a test account a longer one"
        )
    };
    given.weak.iter().map(warning).collect()
}

fn attested(attestation: &submission::Attestation, source: &Source<'_>) -> Attestation {
    Attestation {
        requirement: attestation.requirement.clone(),
        statement: attestation.statement.clone(),
        by: attestation.by.clone(),
        on: attestation.on.clone(),
        valid_until: attestation.valid_until.clone(),
        document_sha256: source.document(attestation),
    }
}
