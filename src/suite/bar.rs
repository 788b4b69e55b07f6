//! What keeps a run from delivering on: its first scenarios found that nobody is let in. One cause is one finding then, and
//! no account is locked by hundreds of messages that are refused like the first.

use std::collections::BTreeMap;

use crate::judge::earlier;
use crate::model::finding::Finding;
use crate::model::outcome::Outcome;
use crate::suite::engine::Finished;
use crate::suite::plan::{Plan, Planned, Turn};
use crate::suite::source::Source;

/// What every other message would meet, too: codes of findings.
const SHUT: [&str; 3] = [
    "answer.no-token",
    "answer.redirected",
    "answer.refused-for-credentials",
];

/// What stands in the way of deliveries.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    finding: Finding,
    /// How requirements begin whose scenarios go on: they say what is wrong, or do not meet it.
    exempt: Vec<String>,
}

impl Bar {
    /// What the first scenarios of a destination found, where they ran. Of those that a replay leaves out the record tells.
    pub(crate) fn of(
        plan: &Plan,
        (destination, name): (usize, &str),
        finished: &BTreeMap<usize, Finished>,
        source: &Source<'_>,
    ) -> Option<Self> {
        let planned = plan.scenarios.iter().enumerate();
        let mut first =
            planned.filter(|(_, p)| p.destination == destination && p.turn == Turn::First);
        first.find_map(|(index, planned)| {
            let ran = finished.get(&index).map(|end| &end.outcome);
            let recorded = || source.scenario(name, &planned.id).map(|s| &s.outcome);
            Self::found(planned, ran.or_else(recorded)?)
        })
    }

    fn found(planned: &Planned, outcome: &Outcome) -> Option<Self> {
        let Finding { reason, blame, .. } = outcome.finding()?;
        let found = || Finding::new(*blame, reason.clone());
        SHUT.contains(&reason.code.as_ref()).then(|| Self {
            finding: earlier::codes::not_let_in().because(found()),
            exempt: vec![format!("{}.", prerequisite(&planned.requirement))],
        })
    }

    /// Messages and files have no audience to name: those about audiences themselves say why, and a location asks for none.
    pub(crate) fn without_audiences(lacking: Finding) -> Self {
        Self {
            finding: lacking,
            exempt: ["META-", "BAT-1."].map(String::from).into(),
        }
    }

    /// Why nothing is delivered by a scenario, where it stands in its way.
    pub(crate) fn before(&self, planned: &Planned) -> Option<Finding> {
        let mut exempt = self.exempt.iter();
        let goes_on = exempt.any(|start| planned.requirement.starts_with(start));
        (!goes_on).then(|| self.finding.clone())
    }
}

/// What a requirement is of: its id up to the first full stop.
fn prerequisite(requirement: &str) -> &str {
    requirement
        .split_once('.')
        .map_or(requirement, |(prerequisite, _)| prerequisite)
}
