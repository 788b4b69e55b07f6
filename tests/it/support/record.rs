//! Builders of records: a run with every outcome, and the same with hostile text in every field.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use destspec::judge::{connection, stored};
use std::sync::Arc;

use destspec::model::digest::Digest;
use destspec::model::finding::Difference;
use destspec::model::outcome::{Outcome, Strength};
use destspec::model::reason::Reason;
use destspec::model::record::{
    Act, Answer, Body, Destination, Exchange, FORMAT, Fact, Given, Partner, Prerequisite, Purpose,
    Result, Run, Scenario, Selection, Step, StepStatus, plan,
};
use destspec::model::requirement::{
    Edition, Level, Obligation, Origin, PrerequisiteFamily, Requirement, Sign, Verification,
};
use destspec::model::sdk::Family;
use destspec::model::submission::PartnerKind;
use destspec::suite::{broken, omission};

/// Text that tries to break out of every format.
pub const HOSTILE: &str = "<script>alert(1)</script>]]>\u{1b}[31m\u{0}\u{202e}\u{9b}\"'><img src=x onerror=alert(2)> @team | `x` {{ 7*7 }} ]](http://evil.example)";

fn requirement(id: &str, level: Level, origin: Origin) -> Requirement {
    Requirement {
        id: id.to_owned(),
        prerequisite: id.split('.').next().unwrap_or(id).to_owned(),
        also: None,
        level,
        origin,
        sign: Sign::Positive,
        condition: None,
        text: format!("The rule of {id} holds for every message."),
        rationale: None,
        source: String::from("Adobe: Integration prerequisites"),
        edition: Edition::E1,
        verification: Verification::Tested,
        reason: None,
    }
}

/// An exchange with a bearer token, masked.
pub fn exchange(status: u16) -> Exchange {
    let recorded = serde_json::json!({
        "lane": 0, "ordinal": 0, "attempt": 1, "purpose": Purpose::Delivery,
        "act": {"http": {"request": {
            "method": "POST",
            "url": "https://api.moonshine.example/v1/audiences",
            "headers": [["authorization", "Bearer ⟦secret:token#1f2e⟧"], ["content-type", "application/json"]],
            "body": Body::Text(String::from("{\"profiles\":[{\"email\":\"zoe@moonshine.example\"}]}")),
        },
        "result": Result::Answer(Answer {
            status,
            version: String::from("HTTP/1.1"),
            headers: vec![(String::from("content-type"), String::from("application/json"))],
            body: Body::Text(String::from("{\"error\":\"no such audience\"}")),
            coded: None,
        })}},
        "at_ms": 10, "duration_us": 1234,
    });
    serde_json::from_value(recorded).unwrap()
}

/// A scenario of one requirement with that outcome and one exchange.
pub fn scenario(id: &str, level: Level, title: &str, outcome: Outcome) -> Scenario {
    let last = match &outcome {
        Outcome::Passed { .. } => StepStatus::Passed,
        Outcome::Failed { .. }
        | Outcome::Blocked { .. }
        | Outcome::Broken { .. }
        | Outcome::Omitted { .. } => StepStatus::Ended,
    };
    Scenario {
        id: format!("{id}/{title}"),
        destination: String::from("moonshine"),
        file: String::from("features/streaming/membership.feature"),
        line: 12,
        feature: String::from("Audience membership"),
        title: title.to_owned(),
        requirement: id.to_owned(),
        level,
        outcome,
        steps: vec![
            step(
                "Given",
                "a profile that has joined one audience",
                StepStatus::Passed,
            ),
            step("When", "the profile is delivered", StepStatus::Passed),
            step("Then", "the destination accepts it", last),
        ],
        exchanges: vec![Arc::new(exchange(404))],
        at_ms: 5,
        duration_ms: 42,
    }
}

fn step(keyword: &str, text: &str, status: StepStatus) -> Step {
    Step {
        keyword: keyword.to_owned(),
        text: text.to_owned(),
        status,
    }
}

/// A run without scenarios.
pub fn empty() -> Run {
    let run = Run {
        format: FORMAT,
        destspec: String::from("0.1.0"),
        suite: Digest::hash("suite"),
        id: String::from("run-7f3a"),
        seed: 7,
        edition: Edition::E4,
        started: String::from("2026-11-21T05:00:00Z"),
        duration_ms: 1234,
        selection: Selection::default(),
        interrupted: false,
        challenge: None,
        partner: Partner {
            name: String::from("Moonshine Analytics"),
            kind: PartnerKind::Isv,
            contact: String::from("integrations@moonshine.example"),
        },
        attestations: Vec::new(),
        requirements: vec![
            requirement("STR-1.01", Level::Must, Origin::Rfc),
            requirement("STR-1a.01", Level::Must, Origin::Adobe),
            requirement("STR-1a.02", Level::Should, Origin::Convention),
            requirement("STR-1b.01", Level::Must, Origin::Adobe),
            requirement("STR-2.01", Level::Must, Origin::Adobe),
        ],
        prerequisites: vec![
            prerequisite("STR-1", "A REST endpoint to which data can be delivered"),
            prerequisite("STR-1a", "The endpoint takes audience membership"),
            prerequisite("STR-1b", "The endpoint takes profile identities"),
            Prerequisite {
                obligation: Obligation::Optional,
                ..prerequisite("STR-1c", "The endpoint takes profile attributes")
            },
            prerequisite("STR-2", "Basic, bearer or OAuth 2.0 authentication"),
            Prerequisite {
                family: PrerequisiteFamily::Partnership,
                asked_of: Some(PartnerKind::Isv),
                ..prerequisite("PAR-1", "Partnership of independent software vendors")
            },
        ],
        sources: Vec::new(),
        destinations: vec![Destination {
            name: String::from("moonshine"),
            version: String::from("2026.11"),
            family: Family::Streaming,
            claims: ["STR-1", "STR-1a", "STR-1b", "STR-2"]
                .map(String::from)
                .to_vec(),
            facts: vec![Fact {
                name: String::from("authentication"),
                value: String::from("bearer"),
            }],
            warnings: vec![String::from("`httpTemplate.headers` is spelled `header`")],
            profiles: String::from("synthetic"),
            files: Vec::new(),
            given: Given::default(),
            exchanges: Vec::new(),
            connections: Vec::new(),
            swept: None,
            swept_audiences: None,
            swept_dataflow: None,
            canary: None,
            control: Vec::new(),
            audiences: Vec::new(),
            dataflow: Vec::new(),
        }],
        scenarios: Vec::new(),
        repetitions: Vec::new(),
        plan: Digest::hash(""),
    };
    sealed(run)
}

/// The record with the digest of its plan, as if it had been planned so.
pub fn sealed(mut run: Run) -> Run {
    run.plan = plan(&run);
    run
}

fn prerequisite(id: &str, title: &str) -> Prerequisite {
    Prerequisite {
        id: id.to_owned(),
        title: title.to_owned(),
        family: PrerequisiteFamily::Streaming,
        obligation: Obligation::Mandatory,
        asked_of: None,
    }
}

/// A run with every outcome.
pub fn every_outcome() -> Run {
    let passed = |strength| Outcome::Passed { strength };
    let difference = |id: &str| Difference {
        pointer: format!("/audiences/{id}"),
        expected: String::from("\"realized\""),
        received: String::from("null"),
    };
    let wrong = || {
        stored::codes::membership_differs("a1", "\"realized\"", "null")
            .at("/audiences/a1")
            .differing(vec![difference("a1"), difference("a2")])
            .shown_by(exchange(404).reference())
    };
    let unreachable = || connection::codes::refused("connection refused");
    let mut run = empty();
    run.scenarios = vec![
        scenario(
            "STR-1.01",
            Level::Must,
            "TLS is current",
            passed(Strength::StatusOnly),
        ),
        scenario(
            "STR-1a.01",
            Level::Must,
            "A joined audience is stored",
            passed(Strength::Observed),
        ),
        scenario(
            "STR-1a.01",
            Level::Must,
            "A left audience is removed",
            Outcome::from_finding(wrong()),
        ),
        scenario(
            "STR-1a.02",
            Level::Should,
            "An unknown audience is named",
            Outcome::from_finding(wrong()),
        ),
        scenario(
            "STR-1b.01",
            Level::Must,
            "Two identities are taken",
            Outcome::from_finding(unreachable()),
        ),
        scenario(
            "STR-1b.01",
            Level::Must,
            "A phone number is taken",
            Outcome::from_finding(unreachable()),
        ),
        scenario(
            "STR-2.01",
            Level::Must,
            "A wrong token is refused",
            passed(Strength::Differential),
        ),
        scenario(
            "STR-2.01",
            Level::Must,
            "An empty token is refused",
            Outcome::from_finding(broken::panic("src/x.rs:1", "index out of bounds")),
        ),
        scenario(
            "STR-1a.02",
            Level::Should,
            "A batch is taken",
            Outcome::Omitted {
                reason: omission::one_profile_a_message(),
                filtered: false,
            },
        ),
    ];
    sealed(run)
}

/// The same with hostile text in every field that a partner or an endpoint can reach.
pub fn hostile() -> Run {
    let hostile = || HOSTILE.to_owned();
    let mut run = every_outcome();
    run.id = hostile();
    run.destspec = hostile();
    run.started = hostile();
    run.selection.tags = Some(hostile());
    run.partner = Partner {
        name: hostile(),
        kind: PartnerKind::Isv,
        contact: "x".repeat(20_000),
    };
    for requirement in &mut run.requirements {
        requirement.text = hostile();
        requirement.source = hostile();
    }
    for prerequisite in &mut run.prerequisites {
        prerequisite.title = hostile();
    }
    for destination in &mut run.destinations {
        destination.name = hostile();
        destination.version = hostile();
        destination.warnings = vec![hostile()];
        destination.profiles = hostile();
        destination.facts = vec![Fact {
            name: hostile(),
            value: hostile(),
        }];
        destination.files = destination.facts.clone();
    }
    for scenario in &mut run.scenarios {
        scenario.destination = hostile();
        scenario.file = hostile();
        scenario.feature = hostile();
        scenario.title.push_str(HOSTILE);
        for step in &mut scenario.steps {
            step.keyword = hostile();
            step.text = hostile();
        }
        for exchange in &mut scenario.exchanges {
            let Act::Http(http) = &mut Arc::make_mut(exchange).act else {
                continue;
            };
            http.request.method = hostile();
            http.request.url = hostile();
            http.request.headers.push((hostile(), hostile()));
            http.request.body = Body::Text(hostile());
            http.result = Result::Answer(Answer {
                status: 200,
                version: hostile(),
                headers: vec![(hostile(), hostile())],
                body: Body::Text(hostile()),
                coded: None,
            });
        }
        poison(&mut scenario.outcome);
    }
    sealed(run)
}

fn poison(outcome: &mut Outcome) {
    match outcome {
        Outcome::Passed { .. } => {}
        Outcome::Omitted { reason, .. } => taint(reason),
        Outcome::Failed { finding }
        | Outcome::Blocked { finding }
        | Outcome::Broken { finding } => {
            taint(&mut finding.reason);
            finding.pointer = Some(HOSTILE.to_owned());
            for difference in &mut finding.differences {
                HOSTILE.clone_into(&mut difference.pointer);
                HOSTILE.clone_into(&mut difference.received);
            }
        }
    }
}

/// Every value hostile, and one more that no sentence names.
fn taint(reason: &mut Reason) {
    *reason = reason
        .clone()
        .with("hostile", "")
        .map_values(|_| HOSTILE.to_owned());
}
