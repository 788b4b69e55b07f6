//! Nothing is green that did not run: a record from which anything is taken away is never conformant.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

use std::sync::OnceLock;

use destspec::judge::{connection, stored};
use destspec::model::conclusion::{Conclusion, RunConclusion, conclude_destination, conclude_run};
use destspec::model::outcome::{Outcome, Strength};
use destspec::model::record::{Attestation, Run, StepStatus, fault};
use destspec::model::requirement::{Level, Obligation, PrerequisiteFamily, Verification};
use destspec::model::sdk::Family;
use destspec::model::submission::PartnerKind;
use destspec::publish::report::{Options, Report, ReportError, json, render};
use destspec::suite::catalogue::Catalogue;
use destspec::suite::phrases::Table;
use destspec::suite::plan::template::{Template, templates};
use destspec::suite::{omission, words};
use proptest::prelude::*;

use crate::support::record::{empty, scenario, sealed};

const NAMES: [&str; 2] = ["moonshine", "sunshine"];

/// The whole suite passed, observed, by two destinations that claim all there is for their family.
fn conformant() -> Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(made).clone()
}

fn made() -> Run {
    let catalogue = Catalogue::embedded().unwrap();
    let templates = templates(&catalogue, &Table::compile().unwrap()).unwrap();
    let mut run = empty();
    let streaming = catalogue
        .prerequisites
        .iter()
        .filter(|p| p.family.concerns(Family::Streaming));
    let mut destination = run.destinations[0].clone();
    destination.claims = streaming.map(|p| p.id.clone()).collect();
    run.destinations = NAMES
        .map(|name| {
            let mut named = destination.clone();
            name.clone_into(&mut named.name);
            named
        })
        .to_vec();
    let of_one = |name: &'static str| templates.iter().map(move |t| passed(t, name));
    run.scenarios = NAMES.into_iter().flat_map(of_one).collect();
    (run.requirements, run.prerequisites) = (catalogue.requirements, catalogue.prerequisites);
    run.attestations = vec![attestation("PAR-1", None)];
    sealed(run)
}

fn passed(template: &Template, destination: &str) -> destspec::model::record::Scenario {
    let title = &template.scenario.name;
    let outcome = Outcome::Passed {
        strength: Strength::Observed,
    };
    let mut passed = scenario(&template.requirement, template.level, title, outcome);
    destination.clone_into(&mut passed.destination);
    passed.id = format!("{destination}/{}/{title}", template.file);
    passed
}

fn attestation(requirement: &str, valid_until: Option<&str>) -> Attestation {
    Attestation {
        requirement: requirement.to_owned(),
        statement: String::from("member"),
        by: String::from("J. Doe"),
        on: String::from("2026-11-02"),
        valid_until: valid_until.map(ToOwned::to_owned),
        document_sha256: None,
    }
}

/// What a hand may do to a record.
#[derive(Debug, Clone)]
enum Edit {
    RemoveScenario(usize),
    RemoveClaim(usize, usize),
    RemoveDestination(usize),
    RemoveRequirement(usize),
    RemovePrerequisite(usize),
    RemoveAttestation,
    Weaken(usize, Weaker),
    LowerScenario(usize, Level),
    LowerRequirement(usize, Level),
    MakeOptional(usize),
    Exclude(usize),
    ClaimUnknown(usize),
    OtherFamily(usize),
    PrerequisiteOfFiles(usize),
    OtherKind,
}

/// Outcomes that are no pass.
#[derive(Debug, Clone, Copy)]
enum Weaker {
    Failed,
    Blocked,
    Broken,
    Inapplicable,
    Filtered,
}

fn edits() -> impl Strategy<Value = Edit> {
    let weaker = prop::sample::select(vec![
        Weaker::Failed,
        Weaker::Blocked,
        Weaker::Broken,
        Weaker::Inapplicable,
        Weaker::Filtered,
    ]);
    let lower = || prop::sample::select(vec![Level::Should, Level::May, Level::Info]);
    prop_oneof![
        any::<usize>().prop_map(Edit::RemoveScenario),
        (any::<usize>(), any::<usize>()).prop_map(|(d, c)| Edit::RemoveClaim(d, c)),
        any::<usize>().prop_map(Edit::RemoveDestination),
        any::<usize>().prop_map(Edit::RemoveRequirement),
        any::<usize>().prop_map(Edit::RemovePrerequisite),
        Just(Edit::RemoveAttestation),
        (any::<usize>(), weaker).prop_map(|(s, w)| Edit::Weaken(s, w)),
        (any::<usize>(), lower()).prop_map(|(s, l)| Edit::LowerScenario(s, l)),
        (any::<usize>(), lower()).prop_map(|(r, l)| Edit::LowerRequirement(r, l)),
        any::<usize>().prop_map(Edit::MakeOptional),
        any::<usize>().prop_map(Edit::Exclude),
        any::<usize>().prop_map(Edit::ClaimUnknown),
        any::<usize>().prop_map(Edit::OtherFamily),
        any::<usize>().prop_map(Edit::PrerequisiteOfFiles),
        Just(Edit::OtherKind),
    ]
}

/// The record after the edit; nothing where the edit changes nothing.
fn edited(mut run: Run, edit: &Edit) -> Option<Run> {
    let before = run.clone();
    match edit {
        Edit::RemoveScenario(i) => {
            run.scenarios.remove(i % run.scenarios.len());
        }
        Edit::RemoveClaim(d, c) => {
            let claims = &mut nth(&mut run.destinations, *d).claims;
            claims.remove(c % claims.len());
        }
        Edit::RemoveDestination(d) => {
            run.destinations.remove(d % run.destinations.len());
        }
        Edit::RemoveRequirement(r) => {
            run.requirements.remove(r % run.requirements.len());
        }
        Edit::RemovePrerequisite(p) => {
            run.prerequisites.remove(p % run.prerequisites.len());
        }
        Edit::RemoveAttestation => run.attestations.clear(),
        Edit::Weaken(s, weaker) => {
            nth(&mut run.scenarios, *s).outcome = weakened(*weaker);
        }
        Edit::LowerScenario(s, level) => {
            let scenario = nth(&mut run.scenarios, *s);
            scenario.level = scenario.level.max(*level);
        }
        Edit::LowerRequirement(r, level) => {
            let requirement = nth(&mut run.requirements, *r);
            requirement.level = requirement.level.max(*level);
        }
        Edit::MakeOptional(p) => {
            nth(&mut run.prerequisites, *p).obligation = Obligation::Optional;
        }
        Edit::Exclude(r) => {
            nth(&mut run.requirements, *r).verification = Verification::Excluded;
        }
        Edit::ClaimUnknown(d) => {
            let claims = &mut nth(&mut run.destinations, *d).claims;
            claims.push(String::from("STR-9"));
        }
        Edit::OtherFamily(d) => nth(&mut run.destinations, *d).family = Family::File,
        Edit::PrerequisiteOfFiles(p) => {
            nth(&mut run.prerequisites, *p).family = PrerequisiteFamily::Batch;
        }
        Edit::OtherKind => run.partner.kind = PartnerKind::Customer,
    }
    (run != before).then_some(run)
}

fn nth<T>(all: &mut [T], at: usize) -> &mut T {
    let count = all.len();
    &mut all[at % count]
}

fn weakened(weaker: Weaker) -> Outcome {
    let omitted = |filtered| Outcome::Omitted {
        reason: omission::one_profile_a_message(),
        filtered,
    };
    let finding = connection::codes::not_encrypted("http://api.moonshine.example:80");
    match weaker {
        Weaker::Failed => Outcome::Failed { finding },
        Weaker::Blocked => Outcome::Blocked { finding },
        Weaker::Broken => Outcome::Broken { finding },
        Weaker::Inapplicable => omitted(false),
        Weaker::Filtered => omitted(true),
    }
}

/// Whether the document of the record is refused, or at least not conformant.
fn is_refused(run: &Run) -> bool {
    let text = render(Report::Json, run, &words(), &Options::default()).unwrap();
    match json::parse(&text) {
        Ok(run) => conclude_run(&run) != RunConclusion::Conformant,
        Err(ReportError::Record(_)) => true,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn the_record_to_start_from_is_conformant_and_reads_back() {
    let run = conformant();
    assert_eq!(fault(&run), None);
    assert_eq!(conclude_run(&run), RunConclusion::Conformant);
    assert!(!is_refused(&run));
}

#[test]
fn a_run_that_was_repeated_is_conformant_if_each_is_and_each_is_the_same_again() {
    type Edit = fn(&mut Run);
    let failed: Edit = |again| {
        let mut musts = again
            .scenarios
            .iter_mut()
            .filter(|s| s.level == Level::Must);
        let wrong = stored::codes::membership_differs("a1", "\"realized\"", "null");
        musts.next().unwrap().outcome = Outcome::from_finding(wrong);
    };
    let cases: [(Edit, RunConclusion); 6] = [
        (|_| {}, RunConclusion::Conformant),
        (failed, RunConclusion::NotConformant),
        (|again| again.interrupted = true, RunConclusion::Incomplete),
        (|again| again.id = empty().id, RunConclusion::Incomplete),
        (
            |again| again.partner.contact.push('x'),
            RunConclusion::Incomplete,
        ),
        (
            |again| again.repetitions.push(conformant()),
            RunConclusion::Incomplete,
        ),
    ];
    for (index, (edit, conclusion)) in cases.into_iter().enumerate() {
        let mut again = conformant();
        again.id.push_str("-2");
        edit(&mut again);
        let mut run = conformant();
        run.repetitions.push(again);
        assert_eq!(conclude_run(&run), conclusion, "case {index}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_taken_away_or_lowered_the_record_is_not_conformant(edit in edits()) {
        if let Some(run) = edited(conformant(), &edit) {
            prop_assert_ne!(conclude_run(&run), RunConclusion::Conformant);
            prop_assert!(is_refused(&run));
        }
    }
}

/// As [`edited`], and the digest of the plan renewed: what is left must say by itself that something is missing.
fn replanned(edit: &Edit) -> RunConclusion {
    conclude_run(&sealed(edited(conformant(), edit).unwrap()))
}

#[test]
fn no_digest_is_needed_to_see_that_a_claim_a_destination_or_a_row_is_missing() {
    let run = conformant();
    let claims = run.destinations[0].claims.len();
    let mut edits = vec![Edit::RemoveAttestation];
    for d in 0..NAMES.len() {
        edits.push(Edit::RemoveDestination(d));
        edits.push(Edit::OtherFamily(d));
        edits.push(Edit::ClaimUnknown(d));
        edits.extend((0..claims).map(|c| Edit::RemoveClaim(d, c)));
    }
    // Whoever takes no files lacks nothing where the prerequisites of files are missing.
    let families: Vec<_> = run.destinations.iter().map(|d| d.family).collect();
    for (at, prerequisite) in run.prerequisites.iter().enumerate() {
        let asked = prerequisite.asked_of == Some(run.partner.kind);
        if asked || families.iter().any(|f| prerequisite.family.concerns(*f)) {
            edits.push(Edit::RemovePrerequisite(at));
        }
    }
    for (at, requirement) in run.requirements.iter().enumerate() {
        if requirement.verification == Verification::Tested {
            edits.push(Edit::RemoveRequirement(at));
        }
    }
    for edit in edits {
        assert_ne!(replanned(&edit), RunConclusion::Conformant, "{edit:?}");
    }
}

#[test]
fn no_digest_is_needed_to_see_an_outcome_that_its_steps_do_not_lead_to() {
    let count = conformant().scenarios.len();
    for at in 0..count {
        for weaker in [
            Weaker::Failed,
            Weaker::Blocked,
            Weaker::Broken,
            Weaker::Inapplicable,
            Weaker::Filtered,
        ] {
            let edit = Edit::Weaken(at, weaker);
            assert_ne!(replanned(&edit), RunConclusion::Conformant, "{edit:?}");
        }
    }
}

#[test]
fn a_must_needs_a_scenario_at_its_level() {
    let run = conformant();
    let musts = run
        .requirements
        .iter()
        .filter(|r| r.level == Level::Must && r.verification == Verification::Tested);
    for must in musts {
        let mut without = run.clone();
        without.scenarios.retain(|s| s.requirement != must.id);
        let mut lowered = run.clone();
        for scenario in &mut lowered.scenarios {
            if scenario.requirement == must.id {
                scenario.level = Level::Should;
            }
        }
        for edited in [without, lowered] {
            let all = conclude_destination(&sealed(edited), &run.destinations[0]);
            let of_it = all.iter().find(|c| c.prerequisite == must.prerequisite);
            // other prerequisites concern other families
            let Some(found) = of_it else {
                continue;
            };
            assert_eq!(found.conclusion, Conclusion::Unproven, "{}", must.id);
            assert_eq!(found.why.code, "concluded.not-planned");
            assert!(found.why.values["requirements"].contains(&must.id));
        }
    }
}

#[test]
fn what_is_mandatory_and_not_claimed_is_unproven_and_what_is_optional_not_offered() {
    let mut run = conformant();
    run.destinations[0].claims.clear();
    run.scenarios.retain(|s| s.destination == NAMES[1]);
    let run = sealed(run);
    let all = conclude_destination(&run, &run.destinations[0]);
    let conclusions: Vec<(&str, Conclusion)> = all
        .iter()
        .map(|c| (c.prerequisite.as_str(), c.conclusion))
        .collect();
    let expected = [
        ("CFG", Conclusion::Unproven),
        ("STR-1", Conclusion::Unproven),
        ("STR-1a", Conclusion::Unproven),
        ("STR-1b", Conclusion::Unproven),
        ("STR-1c", Conclusion::NotOffered),
        ("STR-2", Conclusion::Unproven),
        ("STR-3", Conclusion::NotOffered),
    ];
    assert_eq!(conclusions, expected);
    assert_eq!(conclude_run(&run), RunConclusion::Incomplete);
}

#[test]
fn a_statement_holds_until_its_day_is_over() {
    let concluded = |until: &str| {
        let mut run = conformant();
        run.attestations = vec![attestation("PAR-1", Some(until))];
        let run = sealed(run);
        let all = destspec::model::conclusion::conclude_partnership(&run);
        (all[0].conclusion, conclude_run(&run))
    };
    let (attested, conformant) = (Conclusion::Attested, RunConclusion::Conformant);
    assert_eq!(concluded("2026-11-21"), (attested, conformant));
    let expired = (Conclusion::Expired, RunConclusion::Incomplete);
    assert_eq!(concluded("2026-11-20"), expired);
    assert_eq!(concluded("for ever"), expired);
}

#[test]
fn a_record_without_destinations_claims_or_scenarios_is_not_conformant() {
    let clear: [fn(&mut Run); 3] = [
        |run| run.destinations.clear(),
        |run| run.destinations.iter_mut().for_each(|d| d.claims.clear()),
        |run| run.scenarios.clear(),
    ];
    for edit in clear {
        let mut run = conformant();
        edit(&mut run);
        assert_ne!(conclude_run(&sealed(run)), RunConclusion::Conformant);
    }
    let mut nothing = conformant();
    for edit in clear {
        edit(&mut nothing);
    }
    assert_ne!(conclude_run(&sealed(nothing)), RunConclusion::Conformant);
}

#[test]
fn steps_that_were_not_taken_are_no_pass() {
    let mut run = conformant();
    run.scenarios[0].steps.last_mut().unwrap().status = StepStatus::NotReached;
    assert!(is_refused(&sealed(run)));
    let mut run = conformant();
    run.scenarios[0].steps.clear();
    assert!(is_refused(&sealed(run)));
}
