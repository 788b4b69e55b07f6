//! What changed from one run to another, a line each: outcomes, destinations, what was judged by.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::model::conclusion::{conclude_destination, conclude_run};
use crate::model::outcome::Outcome;
use crate::model::record::{Run, Scenario};
use crate::publish::report::text;

/// Every part that is of interest, by its name, in words.
type Parts = BTreeMap<String, String>;

/// The lines, or that there are none.
pub fn render(before: &Run, after: &Run) -> String {
    let (then, now) = (parts(before), parts(after));
    let mut out = String::new();
    let names = then
        .keys()
        .chain(now.keys().filter(|n| !then.contains_key(*n)));
    for name in names {
        let (was, is) = (then.get(name), now.get(name));
        if was != is {
            let or_none =
                |value: Option<&String>| value.map_or_else(|| "—".to_owned(), |v| text::line(v));
            let _ = writeln!(
                out,
                "{}: {} → {}",
                text::line(name),
                or_none(was),
                or_none(is)
            );
        }
    }
    if out.is_empty() {
        out.push_str("the same outcomes, destinations, files and suite\n");
    }
    out
}

fn parts(run: &Run) -> Parts {
    let mut parts = Parts::new();
    let mut part = |name: String, value: String| parts.insert(name, value);
    part(String::from("conclusion"), conclude_run(run).to_string());
    part(String::from("suite"), run.suite.to_string());
    part(String::from("destspec"), run.destspec.clone());
    part(String::from("partner"), run.partner.name.clone());
    for destination in &run.destinations {
        let name = &destination.name;
        part(format!("destination {name}"), destination.version.clone());
        for concluded in conclude_destination(run, destination) {
            let place = format!("{} of {name}", concluded.prerequisite);
            part(place, concluded.conclusion.to_string());
        }
        for file in &destination.files {
            part(format!("{} of {name}", file.name), file.value.clone());
        }
    }
    for scenario in &run.scenarios {
        let place = format!("{} of {}", scenario.id, scenario.destination);
        part(place, outcome(scenario));
    }
    parts
}

fn outcome(scenario: &Scenario) -> String {
    let word = scenario.outcome.word();
    match &scenario.outcome {
        Outcome::Passed { strength } => format!("{word} ({strength})"),
        Outcome::Failed { finding }
        | Outcome::Blocked { finding }
        | Outcome::Broken { finding } => format!("{word} ({})", finding.reason.code),
        Outcome::Omitted { reason, .. } => format!("{word} ({})", reason.code),
    }
}
