//! One scenario as planned and run.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::outcome::Outcome;
use crate::model::record::exchange::Exchange;
use crate::model::requirement::Level;

/// One scenario against one destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Stable id: the requirement, and a word of its own where a requirement has several scenarios. It is the key of the
    /// record within its destination; no wording changes it.
    pub id: String,
    /// Destination it ran against.
    pub destination: String,
    /// Path of the feature file, e.g. `features/streaming/membership.feature`.
    pub file: String,
    /// Line in the feature file; for humans, in no id.
    pub line: usize,
    /// Title of the feature.
    pub feature: String,
    /// Title with example values.
    pub title: String,
    /// Id of the requirement that it judges.
    pub requirement: String,
    /// Level at which it judges it.
    pub level: Level,
    /// What became of it.
    pub outcome: Outcome,
    /// Its steps.
    pub steps: Vec<Step>,
    /// What went over the wire, in order of lane and ordinal.
    #[serde(default)]
    pub exchanges: Vec<Arc<Exchange>>,
    /// Milliseconds from the run's start to its start.
    pub at_ms: u64,
    /// Whole milliseconds it took.
    pub duration_ms: u64,
}

/// One step of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// `Given`, `When`, `Then`, `And`.
    pub keyword: String,
    /// Its text.
    pub text: String,
    /// What became of it.
    pub status: StepStatus,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepStatus {
    /// It held.
    Passed,
    /// It ended the scenario.
    Ended,
    /// It was not reached.
    NotReached,
}
