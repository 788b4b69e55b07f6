//! The folds: outcomes of scenarios to the conclusion of a prerequisite, conclusions to the conclusion of a run. Total, and
//! green only by what the record holds.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::conclusion::partnership::of_partnership;
use crate::model::conclusion::{Concluded, Conclusion, RunConclusion, codes};
use crate::model::outcome::{Outcome, Strength};
use crate::model::reason::Reason;
use crate::model::record::{Destination, Prerequisite, RecordFault, Run, Scenario, fault};
use crate::model::requirement::{
    Level, Obligation, PrerequisiteFamily, Requirement, Sign, Verification,
};

/// A conclusion, the strength behind it, and why.
pub(super) type Folded = (Conclusion, Option<Strength>, Reason);

/// Concludes every prerequisite that concerns a destination's family, in the order of Adobe's page.
pub fn conclude_destination(run: &Run, destination: &Destination) -> Vec<Concluded> {
    Known::of(run).destination(destination)
}

/// The same of every destination of a run, in its order.
pub fn conclude_destinations(run: &Run) -> Vec<Vec<Concluded>> {
    let known = Known::of(run);
    let all = run.destinations.iter();
    all.map(|destination| known.destination(destination))
        .collect()
}

/// Concludes the partnership prerequisites that are asked of the partner's kind.
pub fn conclude_partnership(run: &Run) -> Vec<Concluded> {
    Known::of(run).partnership()
}

/// Concludes the run: what is worst of itself and of its repetitions.
pub fn conclude_run(run: &Run) -> RunConclusion {
    let all: Vec<RunConclusion> = run.all().map(conclude_once).collect();
    let worst = [RunConclusion::NotConformant, RunConclusion::Incomplete];
    let worst = worst.into_iter().find(|one| all.contains(one));
    worst.unwrap_or(RunConclusion::Conformant)
}

/// Concludes one run, whatever its repetitions came to.
pub fn conclude_once(run: &Run) -> RunConclusion {
    let known = Known::of(run);
    let destinations: Vec<Vec<Conclusion>> = run
        .destinations
        .iter()
        .map(|d| conclusions(known.destination(d)))
        .collect();
    let partnership = conclusions(known.partnership());
    let mut all = destinations.iter().flatten().chain(&partnership);
    if all.clone().any(|c| *c == Conclusion::NotMet) {
        return RunConclusion::NotConformant;
    }
    let proven = |of_one: &Vec<Conclusion>| of_one.contains(&Conclusion::Met);
    let proves = !destinations.is_empty() && destinations.iter().all(proven);
    if known.is_complete() && proves && all.all(|c| c.holds()) {
        RunConclusion::Conformant
    } else {
        RunConclusion::Incomplete
    }
}

fn conclusions(concluded: Vec<Concluded>) -> Vec<Conclusion> {
    concluded.into_iter().map(|c| c.conclusion).collect()
}

/// A run, and what every fold of it asks, found once: a record from outside may have many of everything.
struct Known<'a> {
    run: &'a Run,
    fault: Option<RecordFault>,
    /// The requirements of each prerequisite.
    requirements: HashMap<&'a str, Vec<&'a Requirement>>,
    /// The scenarios of each destination and prerequisite.
    scenarios: HashMap<(&'a str, &'a str), Vec<&'a Scenario>>,
    /// Requirements of which a pass shows that something works.
    positive: HashSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(run: &'a Run) -> Self {
        let mut requirements: HashMap<&str, Vec<&Requirement>> = HashMap::new();
        let mut prerequisites: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        for requirement in &run.requirements {
            for prerequisite in requirement.prerequisites() {
                requirements
                    .entry(prerequisite)
                    .or_default()
                    .push(requirement);
                let of_it = prerequisites.entry(&requirement.id).or_default();
                of_it.insert(prerequisite);
            }
        }
        let mut scenarios: HashMap<(&str, &str), Vec<&Scenario>> = HashMap::new();
        for scenario in &run.scenarios {
            let ids = prerequisites.get(scenario.requirement.as_str());
            for id in ids.into_iter().flatten() {
                let place = (scenario.destination.as_str(), *id);
                scenarios.entry(place).or_default().push(scenario);
            }
        }
        let positive = run.requirements.iter();
        let positive = positive.filter(|r| r.sign == Sign::Positive);
        Self {
            run,
            fault: fault(run),
            requirements,
            scenarios,
            positive: positive.map(|r| r.id.as_str()).collect(),
        }
    }

    fn destination(&self, destination: &Destination) -> Vec<Concluded> {
        let concern = |p: &&Prerequisite| p.family.concerns(destination.family);
        let folded = |p: &Prerequisite| (p.id.clone(), of_destination(self, destination, p));
        let all = self.run.prerequisites.iter().filter(concern).map(folded);
        self.concluded(all)
    }

    fn partnership(&self) -> Vec<Concluded> {
        let run = self.run;
        let asked = |p: &&Prerequisite| {
            p.family == PrerequisiteFamily::Partnership && p.asked_of == Some(run.partner.kind)
        };
        let folded = |p: &Prerequisite| (p.id.clone(), of_partnership(run, &p.id));
        self.concluded(run.prerequisites.iter().filter(asked).map(folded))
    }

    /// Nothing was left out, nobody stopped it, destspec did not fail, and the record is whole.
    fn is_complete(&self) -> bool {
        let cut_short = |s: &Scenario| match s.outcome {
            Outcome::Broken { .. } => true,
            Outcome::Omitted { filtered, .. } => filtered,
            Outcome::Passed { .. } | Outcome::Failed { .. } | Outcome::Blocked { .. } => false,
        };
        let left_out = !self.run.selection.is_whole() || self.run.interrupted;
        !left_out && !self.run.scenarios.iter().any(cut_short) && self.fault.is_none()
    }

    /// Nothing that holds follows from a record that is not whole.
    fn concluded(&self, all: impl Iterator<Item = (String, Folded)>) -> Vec<Concluded> {
        let whole = |folded: Folded| match &self.fault {
            Some(fault) if folded.0.holds() || folded.0 == Conclusion::Accepted => {
                let why = codes::record_not_whole(fault.part());
                (Conclusion::Unproven, None, why)
            }
            Some(_) | None => folded,
        };
        let row = |(prerequisite, folded): (String, Folded)| {
            let (conclusion, strength, why) = whole(folded);
            Concluded {
                prerequisite,
                conclusion,
                strength,
                why,
            }
        };
        all.map(row).collect()
    }
}

fn of_destination(
    known: &Known<'_>,
    destination: &Destination,
    prerequisite: &Prerequisite,
) -> Folded {
    let id = prerequisite.id.as_str();
    let judged = known.scenarios.get(&(destination.name.as_str(), id));
    let judged = judged.map_or([].as_slice(), Vec::as_slice);
    let claimed = destination.claims.iter().any(|claim| claim == id);
    match (claimed, prerequisite.obligation) {
        (true, Obligation::Mandatory | Obligation::Optional) => of_claimed(known, id, judged),
        (false, Obligation::Mandatory) => (Conclusion::Unproven, None, codes::not_claimed()),
        (false, Obligation::Optional) if judged.iter().any(|s| ran(&s.outcome)) => {
            (Conclusion::Unproven, None, codes::judged_unclaimed())
        }
        (false, Obligation::Optional) => (Conclusion::NotOffered, None, codes::not_offered()),
    }
}

fn of_claimed(known: &Known<'_>, prerequisite: &str, judged: &[&Scenario]) -> Folded {
    let musts = || judged.iter().filter(|s| s.level == Level::Must);
    let ids = |pick: fn(&Outcome) -> bool| {
        let picked = musts().filter(|s| pick(&s.outcome));
        joined(picked.map(|s| s.requirement.as_str()))
    };
    let unproven = |why| (Conclusion::Unproven, None, why);
    if let Some(failed) = ids(|o| matches!(o, Outcome::Failed { .. })) {
        return (Conclusion::NotMet, None, codes::failed(failed));
    }
    if let Some(blocked) = ids(|o| matches!(o, Outcome::Blocked { .. } | Outcome::Broken { .. })) {
        return unproven(codes::not_judged(blocked));
    }
    if let Some(filtered) = ids(|o| matches!(o, Outcome::Omitted { filtered: true, .. })) {
        return unproven(codes::not_reached(filtered));
    }
    let covered: HashSet<&str> = musts().map(|s| s.requirement.as_str()).collect();
    let own = known.requirements.get(prerequisite).into_iter().flatten();
    let lacking = own.filter(|r| {
        r.level == Level::Must
            && r.verification == Verification::Tested
            && !covered.contains(r.id.as_str())
    });
    if let Some(lacking) = joined(lacking.map(|r| r.id.as_str())) {
        return unproven(codes::not_planned(lacking));
    }
    let positive = |s: &&&Scenario| {
        strength(&s.outcome).is_some() && known.positive.contains(s.requirement.as_str())
    };
    if musts().find(positive).is_none() {
        let left_out = musts().filter(|s| known.positive.contains(s.requirement.as_str()));
        let why = commonest(left_out.filter_map(|s| reason(&s.outcome)));
        return unproven(why.unwrap_or_else(codes::nothing_positive));
    }
    let strongest = musts().filter_map(|s| strength(&s.outcome)).max();
    match strongest {
        Some(Strength::StatusOnly) | None => {
            (Conclusion::Accepted, strongest, codes::status_only())
        }
        Some(Strength::Differential | Strength::Observed) => {
            (Conclusion::Met, strongest, codes::met())
        }
    }
}

/// Why it was left out, if it was.
fn reason(outcome: &Outcome) -> Option<&Reason> {
    match outcome {
        Outcome::Omitted { reason, .. } => Some(reason),
        Outcome::Passed { .. }
        | Outcome::Failed { .. }
        | Outcome::Blocked { .. }
        | Outcome::Broken { .. } => None,
    }
}

/// The reason that most have; the first of them where several are as common.
fn commonest<'a>(reasons: impl Iterator<Item = &'a Reason>) -> Option<Reason> {
    let mut counted: Vec<(usize, &Reason)> = Vec::new();
    for reason in reasons {
        match counted.iter_mut().find(|(_, known)| *known == reason) {
            Some((count, _)) => *count += 1,
            None => counted.push((1, reason)),
        }
    }
    let most = counted.iter().rev().max_by_key(|(count, _)| *count);
    most.map(|(_, reason)| (*reason).clone())
}

/// The ids, each where it comes first; nothing where there are none.
fn joined<'a>(ids: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut known = HashSet::new();
    let ids: Vec<&str> = ids.filter(|id| known.insert(*id)).collect();
    (!ids.is_empty()).then(|| ids.join(", "))
}

fn ran(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Passed { .. }
        | Outcome::Failed { .. }
        | Outcome::Blocked { .. }
        | Outcome::Broken { .. } => true,
        Outcome::Omitted { .. } => false,
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::finding::{Blame, Finding};
    use crate::model::record::{Attestation, FORMAT, Step, StepStatus, plan};
    use crate::model::submission::PartnerKind;

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
            "format": FORMAT, "destspec": "0", "suite": "ab".repeat(32), "plan": "ab".repeat(32), "id": "r", "seed": 1, "edition": "e4",
            "started": "2026-11-21T05:00:00Z", "duration_ms": 1,
            "partner": {"name": "Moonshine", "kind": "customer", "contact": "a@moonshine.example"},
            "requirements": [requirement, optional],
            "prerequisites": [
                {"id": "STR-1", "title": "t", "family": "streaming", "obligation": "mandatory"},
                {"id": "STR-1c", "title": "t", "family": "both", "obligation": "optional"},
                {"id": "STR-9", "title": "t", "family": "batch", "obligation": "mandatory"},
                {"id": "PAR-1", "title": "t", "family": "partnership", "obligation": "mandatory", "asked_of": "isv"},
            ],
            "destinations": [
                {"name": "d", "version": "1", "family": "streaming", "claims": ["STR-1"], "facts": [], "profiles": "synthetic"},
            ],
            "scenarios": [],
        }))
        .unwrap();
        for outcome in outcomes {
            let status = match &outcome {
                Outcome::Passed { .. } => StepStatus::Passed,
                Outcome::Failed { .. }
                | Outcome::Blocked { .. }
                | Outcome::Broken { .. }
                | Outcome::Omitted { .. } => StepStatus::Ended,
            };
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
                steps: vec![Step {
                    keyword: String::from("Then"),
                    text: String::new(),
                    status,
                }],
                exchanges: Vec::new(),
                at_ms: 0,
                duration_ms: 0,
            });
        }
        planned(run)
    }

    fn planned(mut run: Run) -> Run {
        run.plan = plan(&run);
        run
    }

    fn finding(blame: Blame) -> Finding {
        Finding::new(blame, Reason::new("test.code"))
    }

    fn passed(strength: Strength) -> Outcome {
        Outcome::Passed { strength }
    }

    fn concluded_of(run: &Run, prerequisite: &str) -> Conclusion {
        let all = conclude_destination(run, &run.destinations[0]);
        let found = all.iter().find(|c| c.prerequisite == prerequisite);
        found.unwrap().conclusion
    }

    #[test]
    fn many_destinations_with_many_scenarios_are_concluded_at_once() {
        let mut run = run(vec![passed(Strength::Observed); 20]);
        let (destination, scenarios) = (run.destinations[0].clone(), run.scenarios.clone());
        run.destinations.clear();
        run.scenarios.clear();
        for number in 0..1_000 {
            let name = format!("d{number}");
            run.scenarios.extend(scenarios.iter().map(|s| Scenario {
                destination: name.clone(),
                ..s.clone()
            }));
            run.destinations.push(Destination {
                name,
                ..destination.clone()
            });
        }
        let run = planned(run);
        // looked for one by one this takes minutes
        assert_eq!(conclude_run(&run), RunConclusion::Conformant);
        assert_eq!(conclude_destinations(&run).len(), 1_000);
        let mut twice = run.clone();
        twice.destinations[1].name = twice.destinations[0].name.clone();
        assert!(matches!(fault(&twice), Some(RecordFault::Twice(_))));
        twice.destinations.push(destination);
        assert!(matches!(fault(&twice), Some(RecordFault::Many { .. })));
    }

    #[test]
    fn passes_of_which_one_is_observed_make_it_met_and_the_run_conformant() {
        let run = run(vec![
            passed(Strength::StatusOnly),
            passed(Strength::Observed),
        ]);
        assert_eq!(concluded_of(&run, "STR-1"), Conclusion::Met);
        assert_eq!(conclude_run(&run), RunConclusion::Conformant);
    }

    #[test]
    fn a_pass_by_status_alone_is_only_accepted_and_the_run_incomplete() {
        let run = run(vec![passed(Strength::StatusOnly)]);
        assert_eq!(concluded_of(&run, "STR-1"), Conclusion::Accepted);
        assert_eq!(conclude_run(&run), RunConclusion::Incomplete);
    }

    #[test]
    fn one_failed_must_makes_it_not_met_whatever_else_passed_or_was_blocked() {
        let failed = Outcome::from_finding(finding(Blame::Destination));
        let blocked = Outcome::from_finding(finding(Blame::Surroundings));
        let run = run(vec![passed(Strength::Observed), blocked, failed]);
        assert_eq!(concluded_of(&run, "STR-1"), Conclusion::NotMet);
        assert_eq!(conclude_run(&run), RunConclusion::NotConformant);
    }

    #[test]
    fn a_failed_should_takes_nothing_away() {
        let failed = Outcome::from_finding(finding(Blame::Destination));
        let mut run = run(vec![passed(Strength::Observed), failed]);
        run.scenarios[1].level = Level::Should;
        let run = planned(run);
        assert_eq!(concluded_of(&run, "STR-1"), Conclusion::Met);
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
            assert_eq!(concluded_of(&run, "STR-1"), Conclusion::Unproven);
            assert_eq!(conclude_run(&run), RunConclusion::Incomplete);
        }
    }

    #[test]
    fn refusals_alone_prove_nothing() {
        let mut run = run(vec![passed(Strength::Differential)]);
        run.requirements[0].sign = Sign::Negative;
        let run = planned(run);
        assert_eq!(concluded_of(&run, "STR-1"), Conclusion::Unproven);
    }

    #[test]
    fn an_optional_prerequisite_that_is_not_claimed_is_not_offered() {
        let run = run(vec![passed(Strength::Observed)]);
        assert_eq!(concluded_of(&run, "STR-1c"), Conclusion::NotOffered);
        let all = conclude_destination(&run, &run.destinations[0]);
        assert_eq!(all.len(), 2);
    }

    #[test]
    fn what_concerns_another_family_is_not_concluded_and_cannot_be_claimed() {
        let mut run = run(vec![passed(Strength::Observed)]);
        let all = conclude_destination(&run, &run.destinations[0]);
        let ids: Vec<&str> = all.iter().map(|c| c.prerequisite.as_str()).collect();
        assert_eq!(ids, ["STR-1", "STR-1c"]);
        run.destinations[0].claims.push(String::from("STR-9"));
        let run = planned(run);
        assert_eq!(concluded_of(&run, "STR-1"), Conclusion::Unproven);
        assert_eq!(conclude_run(&run), RunConclusion::Incomplete);
    }

    #[test]
    fn a_filter_or_an_interruption_never_ends_conformant() {
        let mut run = run(vec![passed(Strength::Observed)]);
        run.selection.tags = Some(String::from("@must"));
        let mut run = planned(run);
        assert_eq!(conclude_run(&run), RunConclusion::Incomplete);
        run.selection.tags = None;
        let mut run = planned(run);
        assert_eq!(conclude_run(&run), RunConclusion::Conformant);
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
        assert_eq!(concluded_of(&left_out, "STR-1"), Conclusion::Unproven);
        let inapplicable = run(vec![passed(Strength::Observed), omitted(false)]);
        assert_eq!(concluded_of(&inapplicable, "STR-1"), Conclusion::Met);
    }

    #[test]
    fn a_partnership_is_attested_or_missing_and_never_met() {
        let mut run = run(vec![passed(Strength::Observed)]);
        run.partner.kind = PartnerKind::Isv;
        let mut run = planned(run);
        let missing = conclude_partnership(&run);
        assert_eq!(missing[0].conclusion, Conclusion::Missing);
        assert_eq!(conclude_run(&run), RunConclusion::Incomplete);
        run.attestations.push(Attestation {
            requirement: String::from("PAR-1"),
            statement: String::from("member"),
            by: String::from("J. Doe"),
            on: String::from("2026-11-02"),
            valid_until: None,
            document_sha256: None,
        });
        let run = planned(run);
        assert_eq!(
            conclude_partnership(&run)[0].conclusion,
            Conclusion::Attested
        );
        assert_eq!(conclude_run(&run), RunConclusion::Conformant);
    }
}
