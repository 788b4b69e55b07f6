//! The folds: outcomes of scenarios to the conclusion of a prerequisite, conclusions to the conclusion of a run.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::outcome::{Outcome, Strength};
use crate::model::reason::Reason;
use crate::model::record::{Destination, Run, Scenario};
use crate::model::requirement::{Level, Sign};

/// Why it is concluded.
pub mod codes {
    crate::model::code::codes! {
        /// Every MUST that applies passed, and more than a status shows that it was understood.
        reason "concluded.met" met() { "every applicable MUST passed" }
        /// Every MUST that applies passed by its status alone: nothing shows that the destination understood.
        reason "concluded.status-only" status_only() {
            "answered 2xx, and nothing shows that it understood; add [destination.observe] to prove it"
        }
        /// A MUST failed.
        reason "concluded.failed" failed(requirements) { "{requirements} failed" }
        /// A MUST could not be judged.
        reason "concluded.not-judged" not_judged(requirements) { "{requirements} could not be judged" }
        /// A MUST was not selected, or the run ended before it.
        reason "concluded.not-reached" not_reached(requirements) { "{requirements} not selected or not reached" }
        /// No MUST passed that demands that a good thing is accepted: refusals alone prove nothing.
        reason "concluded.nothing-positive" nothing_positive() { "no positive scenario could run" }
        /// The prerequisite is optional, and the destination does not claim it.
        reason "concluded.not-offered" not_offered() { "optional, and not claimed" }
        /// A person states that the prerequisite holds.
        reason "concluded.attested" attested(by, on) { "stated by {by} on {on}" }
        /// Nobody states that the prerequisite holds.
        reason "concluded.not-attested" not_attested(prerequisite) { "no [[attestation]] names {prerequisite}" }
    }
}

/// What is concluded of one prerequisite of one destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Every applicable MUST passed, a positive scenario ran, and the strength is differential or better.
    Met,
    /// As met, but status-only: it answered 2xx and nothing shows that it understood.
    Accepted,
    /// A MUST failed.
    NotMet,
    /// A MUST was blocked, or nothing could run.
    Unproven,
    /// Optional and not claimed.
    NotOffered,
    /// Partnership: a person states it; never *met*.
    Attested,
    /// Partnership: nobody states it.
    Missing,
}

/// What is concluded of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunConclusion {
    /// Every mandatory prerequisite of what is claimed is met.
    Conformant,
    /// One is not met.
    NotConformant,
    /// Neither: something was left out, blocked, only accepted, or stopped.
    Incomplete,
}

/// One prerequisite of one destination, concluded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concluded {
    /// Prerequisite id.
    pub prerequisite: String,
    /// What is concluded.
    pub conclusion: Conclusion,
    /// The strength of the strongest positive MUST that passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength: Option<Strength>,
    /// Why.
    pub why: Reason,
}

/// Concludes one prerequisite of one destination.
pub fn conclude(run: &Run, destination: &Destination, prerequisite: &str) -> Concluded {
    let (conclusion, strength, why) =
        if destination.claims.iter().any(|claim| claim == prerequisite) {
            fold(run, destination, prerequisite)
        } else {
            (Conclusion::NotOffered, None, codes::not_offered())
        };
    Concluded {
        prerequisite: prerequisite.to_owned(),
        conclusion,
        strength,
        why,
    }
}

/// Concludes every prerequisite that applies to a destination's family, in the order of Adobe's page.
pub fn conclude_destination(run: &Run, destination: &Destination) -> Vec<Concluded> {
    run.prerequisites
        .iter()
        .filter(|p| !p.id.starts_with("PAR"))
        .filter(|p| !p.optional || destination.claims.contains(&p.id) || applies(run, &p.id))
        .map(|p| conclude(run, destination, &p.id))
        .collect()
}

/// Concludes the partnership prerequisites that the partner's kind asks for.
pub fn conclude_partnership(run: &Run) -> Vec<Concluded> {
    let asked = match run.partner.kind.as_str() {
        "isv" => Some("PAR-1"),
        "si" => Some("PAR-2"),
        _ => None,
    };
    let attested = |id: &str| run.attestations.iter().find(|a| a.requirement == id);
    asked
        .map(|id| match attested(id) {
            Some(a) => (id, Conclusion::Attested, codes::attested(&a.by, &a.on)),
            None => (id, Conclusion::Missing, codes::not_attested(id)),
        })
        .map(|(id, conclusion, why)| Concluded {
            prerequisite: id.to_owned(),
            conclusion,
            strength: None,
            why,
        })
        .into_iter()
        .collect()
}

/// Concludes the run.
pub fn conclude_run(run: &Run) -> RunConclusion {
    let all: Vec<Conclusion> = run
        .destinations
        .iter()
        .flat_map(|d| conclude_destination(run, d))
        .chain(conclude_partnership(run))
        .map(|c| c.conclusion)
        .collect();
    let broken = run
        .scenarios
        .iter()
        .any(|s| matches!(s.outcome, Outcome::Broken { .. }));
    if all.contains(&Conclusion::NotMet) {
        return RunConclusion::NotConformant;
    }
    let holds = |c: &Conclusion| {
        matches!(
            c,
            Conclusion::Met | Conclusion::Attested | Conclusion::NotOffered
        )
    };
    let whole =
        run.selection.is_whole() && !run.interrupted && !broken && !run.destinations.is_empty();
    if whole && all.iter().all(holds) {
        RunConclusion::Conformant
    } else {
        RunConclusion::Incomplete
    }
}

fn applies(run: &Run, prerequisite: &str) -> bool {
    run.requirements
        .iter()
        .any(|r| r.prerequisite == prerequisite)
}

fn fold(
    run: &Run,
    destination: &Destination,
    prerequisite: &str,
) -> (Conclusion, Option<Strength>, Reason) {
    let judged: Vec<&Scenario> = run
        .scenarios
        .iter()
        .filter(|s| {
            s.destination == destination.name
                && prerequisite_of(run, &s.requirement) == Some(prerequisite)
        })
        .collect();
    let musts = || judged.iter().filter(|s| s.level == Level::Must);
    let ids = |pick: fn(&Outcome) -> bool| {
        let mut ids: Vec<&str> = musts()
            .filter(|s| pick(&s.outcome))
            .map(|s| s.requirement.as_str())
            .collect();
        ids.dedup();
        ids.join(", ")
    };
    let failed = ids(|o| matches!(o, Outcome::Failed { .. }));
    if !failed.is_empty() {
        return (Conclusion::NotMet, None, codes::failed(failed));
    }
    let blocked = ids(|o| matches!(o, Outcome::Blocked { .. } | Outcome::Broken { .. }));
    if !blocked.is_empty() {
        return (Conclusion::Unproven, None, codes::not_judged(blocked));
    }
    let filtered = ids(|o| matches!(o, Outcome::Omitted { filtered: true, .. }));
    if !filtered.is_empty() {
        return (Conclusion::Unproven, None, codes::not_reached(filtered));
    }
    if !musts()
        .any(|s| matches!(s.outcome, Outcome::Passed { .. }) && is_positive(run, &s.requirement))
    {
        return (Conclusion::Unproven, None, codes::nothing_positive());
    }
    let strength = judged
        .iter()
        .filter(|s| s.level <= Level::Should)
        .filter_map(|s| strength(&s.outcome))
        .max();
    match strength {
        Some(Strength::StatusOnly) | None => (Conclusion::Accepted, strength, codes::status_only()),
        Some(Strength::Differential | Strength::Observed) => {
            (Conclusion::Met, strength, codes::met())
        }
    }
}

fn strength(outcome: &Outcome) -> Option<Strength> {
    match outcome {
        Outcome::Passed { strength } => Some(*strength),
        Outcome::Failed { .. }
        | Outcome::Blocked { .. }
        | Outcome::Broken { .. }
        | Outcome::Omitted { .. } => None,
    }
}

fn prerequisite_of<'a>(run: &'a Run, requirement: &str) -> Option<&'a str> {
    run.requirements
        .iter()
        .find(|r| r.id == requirement)
        .map(|r| r.prerequisite.as_str())
}

fn is_positive(run: &Run, requirement: &str) -> bool {
    run.requirements
        .iter()
        .any(|r| r.id == requirement && r.sign == Sign::Positive)
}

impl fmt::Display for Conclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Conclusion::Met => "met",
            Conclusion::Accepted => "accepted",
            Conclusion::NotMet => "not met",
            Conclusion::Unproven => "unproven",
            Conclusion::NotOffered => "not offered",
            Conclusion::Attested => "attested",
            Conclusion::Missing => "missing",
        })
    }
}

impl fmt::Display for RunConclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RunConclusion::Conformant => "conformant",
            RunConclusion::NotConformant => "not conformant",
            RunConclusion::Incomplete => "incomplete",
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::finding::{Blame, Finding};
    use crate::model::record::FORMAT;

    fn finding(blame: Blame) -> Finding {
        Finding::new(blame, Reason::new("test.code"))
    }

    /// A run of one destination that claims `STR-1`, with one positive MUST for each outcome.
    fn run(outcomes: Vec<Outcome>) -> Run {
        let requirement = json!({
            "id": "STR-1.01", "prerequisite": "STR-1", "level": "must", "origin": "adobe", "sign": "+",
            "text": "t", "source": "s", "edition": "e1", "verification": "tested",
        });
        let mut optional = requirement.clone();
        optional["id"] = json!("STR-1c.01");
        optional["prerequisite"] = json!("STR-1c");
        let mut run: Run = serde_json::from_value(json!({
            "format": FORMAT, "destspec": "0", "suite": "ab".repeat(32), "id": "r", "seed": 1, "edition": "e4",
            "started": "2026-11-21T05:00:00Z", "duration_ms": 1,
            "partner": {"name": "Moonshine", "kind": "customer", "contact": "a@moonshine.example"},
            "requirements": [requirement, optional],
            "prerequisites": [
                {"id": "STR-1", "title": "t", "optional": false},
                {"id": "STR-1c", "title": "t", "optional": true},
            ],
            "destinations": [
                {"name": "d", "version": "1", "claims": ["STR-1"], "facts": [], "profiles": "synthetic"},
            ],
            "scenarios": [],
        }))
        .unwrap();
        for outcome in outcomes {
            run.scenarios.push(Scenario {
                id: String::new(),
                destination: String::from("d"),
                file: String::new(),
                line: 1,
                feature: String::new(),
                title: String::new(),
                requirement: String::from("STR-1.01"),
                level: Level::Must,
                outcome,
                steps: Vec::new(),
                exchanges: Vec::new(),
                at_ms: 0,
                duration_ms: 0,
            });
        }
        run
    }

    fn passed(strength: Strength) -> Outcome {
        Outcome::Passed { strength }
    }

    fn of(run: &Run, prerequisite: &str) -> Conclusion {
        conclude(run, &run.destinations[0], prerequisite).conclusion
    }

    #[test]
    fn passes_of_which_one_is_observed_make_it_met_and_the_run_conformant() {
        let run = run(vec![
            passed(Strength::StatusOnly),
            passed(Strength::Observed),
        ]);
        assert_eq!(of(&run, "STR-1"), Conclusion::Met);
        assert_eq!(conclude_run(&run), RunConclusion::Conformant);
    }

    #[test]
    fn a_pass_by_status_alone_is_only_accepted_and_the_run_incomplete() {
        let run = run(vec![passed(Strength::StatusOnly)]);
        assert_eq!(of(&run, "STR-1"), Conclusion::Accepted);
        assert_eq!(conclude_run(&run), RunConclusion::Incomplete);
    }

    #[test]
    fn one_failed_must_makes_it_not_met_whatever_else_passed_or_was_blocked() {
        let failed = Outcome::from_finding(finding(Blame::Destination));
        let blocked = Outcome::from_finding(finding(Blame::Surroundings));
        let run = run(vec![passed(Strength::Observed), blocked, failed]);
        assert_eq!(of(&run, "STR-1"), Conclusion::NotMet);
        assert_eq!(conclude_run(&run), RunConclusion::NotConformant);
    }

    #[test]
    fn a_failed_should_takes_nothing_away() {
        let failed = Outcome::from_finding(finding(Blame::Destination));
        let mut run = run(vec![passed(Strength::Observed), failed]);
        run.scenarios[1].level = Level::Should;
        assert_eq!(of(&run, "STR-1"), Conclusion::Met);
    }

    #[test]
    fn what_was_blocked_broken_or_never_ran_is_unproven() {
        let blocked = Outcome::from_finding(finding(Blame::Surroundings));
        let broken = Outcome::from_finding(finding(Blame::Destspec));
        for outcomes in [
            vec![passed(Strength::Observed), blocked],
            vec![passed(Strength::Observed), broken],
            vec![],
        ] {
            let run = run(outcomes);
            assert_eq!(of(&run, "STR-1"), Conclusion::Unproven);
            assert_eq!(conclude_run(&run), RunConclusion::Incomplete);
        }
    }

    #[test]
    fn refusals_alone_prove_nothing() {
        let mut run = run(vec![passed(Strength::Differential)]);
        run.requirements[0].sign = Sign::Negative;
        assert_eq!(of(&run, "STR-1"), Conclusion::Unproven);
    }

    #[test]
    fn an_optional_prerequisite_that_is_not_claimed_is_not_offered() {
        let run = run(vec![passed(Strength::Observed)]);
        assert_eq!(of(&run, "STR-1c"), Conclusion::NotOffered);
        let all = conclude_destination(&run, &run.destinations[0]);
        assert_eq!(all.len(), 2);
    }

    #[test]
    fn a_filter_or_an_interruption_never_ends_conformant() {
        let mut run = run(vec![passed(Strength::Observed)]);
        run.selection.tags = Some(String::from("@must"));
        assert_eq!(conclude_run(&run), RunConclusion::Incomplete);
        run.selection.tags = None;
        run.interrupted = true;
        assert_eq!(conclude_run(&run), RunConclusion::Incomplete);
    }

    #[test]
    fn a_filtered_must_is_unproven_and_an_inapplicable_one_is_not() {
        let omitted = |filtered| Outcome::Omitted {
            reason: Reason::new("omitted.test"),
            filtered,
        };
        let left_out = run(vec![passed(Strength::Observed), omitted(true)]);
        assert_eq!(of(&left_out, "STR-1"), Conclusion::Unproven);
        let inapplicable = run(vec![passed(Strength::Observed), omitted(false)]);
        assert_eq!(of(&inapplicable, "STR-1"), Conclusion::Met);
    }

    #[test]
    fn a_partnership_is_attested_or_missing_and_never_met() {
        let mut run = run(vec![passed(Strength::Observed)]);
        run.partner.kind = String::from("isv");
        let missing = conclude_partnership(&run);
        assert_eq!(missing[0].conclusion, Conclusion::Missing);
        assert_eq!(conclude_run(&run), RunConclusion::Incomplete);
        run.attestations.push(crate::model::record::Attestation {
            requirement: String::from("PAR-1"),
            statement: String::from("member"),
            by: String::from("J. Doe"),
            on: String::from("2026-11-02"),
            document_sha256: None,
        });
        assert_eq!(
            conclude_partnership(&run)[0].conclusion,
            Conclusion::Attested
        );
        assert_eq!(conclude_run(&run), RunConclusion::Conformant);
    }
}
