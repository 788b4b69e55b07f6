//! JUnit XML. One suite for each feature file and destination; one case for each scenario, named without line numbers.
//!
//! | outcome | case |
//! |---|---|
//! | failed at MUST | `failure type="must"` |
//! | failed at SHOULD, MAY, INFO | success; the warning stands in `system-out` and in the property `warning` |
//! | broken | `error type="broken"` |
//! | blocked at MUST | `error type="blocked"`: what could not be judged must not look green |
//! | blocked below MUST | `skipped type="blocked"` |
//! | omitted | `skipped type="omitted"` with its reason |
//!
//! What a person states is a suite of its own. No case of it succeeds: an attested one is skipped, for nothing was tested.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::model::record::StepStatus;
use crate::model::requirement::Level;
use crate::publish::report::case::{Case, Why, origin};
use crate::publish::report::fold::tally;
use crate::publish::report::summary::{Feature, Section, Summary};
use crate::publish::report::verdict::Verdict;
use crate::publish::report::{JunitDialect, ReportError};

/// Renders the run as JUnit XML.
///
/// # Errors
/// When the XML writer refuses; no text of a record makes it do so.
pub fn render(summary: &Summary, dialect: JunitDialect) -> Result<String, ReportError> {
    let mut report = Report::new("destspec");
    for destination in &summary.destinations {
        for feature in &destination.features {
            report.add_test_suite(suite(summary, destination, feature, dialect));
        }
    }
    if !summary.partnership.is_empty() {
        report.add_test_suite(partnership(summary));
    }
    let xml = report.to_string()?;
    Ok(match dialect {
        JunitDialect::Default => xml,
        // the schema has no `skipped` on the root; quick-junit always writes it, there first
        JunitDialect::Xunit => xml.replacen(&format!(" skipped=\"{}\"", report.skipped), "", 1),
    })
}

fn suite(
    summary: &Summary,
    destination: &Section,
    feature: &Feature,
    dialect: JunitDialect,
) -> TestSuite {
    let mut suite = TestSuite::new(format!("{} [{}]", feature.file, destination.name));
    let all = feature.cases.iter().map(|c| c.duration_ms);
    let ms = all.fold(0, u64::saturating_add);
    suite.set_time(Duration::from_millis(ms));
    suite
        .extra
        .insert("timestamp".into(), summary.started.as_str().into());
    for fact in &summary.facts {
        suite.add_property((fact.name, fact.value.as_str()));
    }
    suite.add_property(("conclusion", summary.conclusion.to_string().as_str()));
    suite.add_property(("destination", destination.name.as_str()));
    suite.add_property(("destination version", destination.version.as_str()));
    for row in &destination.prerequisites {
        suite.add_property((
            format!("prerequisite.{}", row.id),
            row.conclusion.to_string(),
        ));
    }
    for (id, cases) in by_requirement(&feature.cases) {
        suite.add_property((format!("requirement.{id}"), tally(cases.iter())));
    }
    let mut names = BTreeSet::new();
    for case in &feature.cases {
        suite.add_test_case(test_case(case, unique(&mut names, &case.title), dialect));
    }
    suite
}

/// One case for each prerequisite that a person states.
fn partnership(summary: &Summary) -> TestSuite {
    let mut suite = TestSuite::new("partnership");
    suite
        .extra
        .insert("timestamp".into(), summary.started.as_str().into());
    for row in &summary.partnership {
        suite.add_property((
            format!("prerequisite.{}", row.id),
            row.conclusion.to_string(),
        ));
        let mut status = if row.conclusion.holds() {
            TestCaseStatus::skipped()
        } else {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        };
        status.set_type(row.conclusion.to_string());
        status.set_message(format!("{}: {}", row.conclusion, row.why));
        let mut case = TestCase::new(format!("{} {}", row.id, row.title), status);
        case.set_classname("partnership");
        let stated = summary.attestations.iter().filter(|(id, _)| *id == row.id);
        let stated: Vec<&str> = stated.map(|(_, said)| said.as_str()).collect();
        case.set_system_out(stated.join("\n"));
        suite.add_test_case(case);
    }
    suite
}

fn by_requirement(cases: &[Case]) -> BTreeMap<&str, Vec<Case>> {
    let mut map: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    for case in cases {
        map.entry(&case.requirement).or_default().push(case.clone());
    }
    map
}

/// GitLab uses only the first of two cases of one name.
fn unique(names: &mut BTreeSet<String>, title: &str) -> String {
    let mut name = title.to_owned();
    let mut number = 2;
    while !names.insert(name.clone()) {
        name = format!("{title} ({number})");
        number += 1;
    }
    name
}

fn test_case(case: &Case, name: String, dialect: JunitDialect) -> TestCase {
    let mut written = TestCase::new(name, status(case));
    let stem = case.file.rsplit('/').next().unwrap_or(&case.file);
    let stem = stem.strip_suffix(".feature").unwrap_or(stem);
    written.set_classname(format!("{}.{stem}.{}", case.destination, case.feature));
    written.set_time(Duration::from_millis(case.duration_ms));
    written.set_system_out(output(case));
    match dialect {
        JunitDialect::Default => {
            written
                .extra
                .insert("file".into(), case.file.as_str().into());
            written
                .extra
                .insert("line".into(), case.line.to_string().into());
            for (name, value) in properties(case) {
                written.add_property((name, value.as_str()));
            }
        }
        JunitDialect::Xunit => {}
    }
    written
}

fn status(case: &Case) -> TestCaseStatus {
    let (mut status, kind) = match (case.verdict, case.level) {
        (Verdict::Passed | Verdict::Warning | Verdict::Note, _) => {
            return TestCaseStatus::success();
        }
        (Verdict::Failed, level) => (
            TestCaseStatus::non_success(NonSuccessKind::Failure),
            level.to_string(),
        ),
        (Verdict::Broken, _) | (Verdict::Blocked, Level::Must) => (
            TestCaseStatus::non_success(NonSuccessKind::Error),
            case.verdict.to_string(),
        ),
        (Verdict::Blocked, Level::Should | Level::May | Level::Info) | (Verdict::Omitted, _) => {
            (TestCaseStatus::skipped(), case.verdict.to_string())
        }
    };
    status.set_type(kind);
    if let Some(why) = &case.finding {
        status.set_message(headline(case, why));
        status.set_description(explanation(case, why));
    } else if let Some(omitted) = &case.omitted {
        status.set_message(omitted.sentence.as_str());
    }
    status
}

fn headline(case: &Case, why: &Why) -> String {
    format!(
        "{}: expected {}, received {}",
        case.requirement, why.expected, why.received
    )
}

fn explanation(case: &Case, why: &Why) -> String {
    let mut lines = vec![
        String::new(),
        format!("requirement  {} {}", case.requirement, case.rule),
        format!("level        {} ({})", case.level, origin(case.origin)),
        format!("source       {}", case.source),
        format!("code         {}", why.code),
        format!("expected     {}", why.expected),
        format!("received     {}", why.received),
    ];
    let optional = [
        ("at          ", &why.pointer),
        ("remedy      ", &why.remedy),
        ("exchange    ", &why.exchange),
    ];
    for (label, value) in optional {
        lines.extend(value.as_ref().map(|value| format!("{label} {value}")));
    }
    lines.push(format!(
        "explain      destspec explain {}",
        case.requirement
    ));
    lines.extend(why.detail.as_ref().map(|detail| format!("\n{detail}")));
    if let Some(shown) = case.shown() {
        lines.push(format!("\n--- request\n{}", shown.request));
        lines.push(format!("\n--- answer\n{}", shown.answer));
    }
    lines.extend(
        why.curl
            .as_ref()
            .map(|curl| format!("\n--- repeat it\n{curl}")),
    );
    lines.push(String::new());
    lines.join("\n")
}

fn properties(case: &Case) -> Vec<(&'static str, String)> {
    let mut properties = vec![
        ("requirement", case.requirement.clone()),
        ("level", case.level.to_string()),
        ("origin", origin(case.origin)),
        ("source", case.source.clone()),
        ("outcome", outcome(case.verdict).to_string()),
    ];
    properties.extend(case.strength.map(|s| ("strength", s.to_string())));
    properties.extend(case.finding.as_ref().map(|why| ("code", why.code.clone())));
    properties.extend(case.omitted.as_ref().map(|o| ("code", o.code.clone())));
    if let (true, Some(why)) = (is_warning(case), &case.finding) {
        properties.push(("warning", headline(case, why)));
    }
    properties
}

fn is_warning(case: &Case) -> bool {
    match case.verdict {
        Verdict::Warning | Verdict::Note => true,
        Verdict::Failed
        | Verdict::Broken
        | Verdict::Blocked
        | Verdict::Passed
        | Verdict::Omitted => false,
    }
}

fn output(case: &Case) -> String {
    let mut lines = vec![String::new()];
    lines.extend(
        properties(case)
            .into_iter()
            .map(|(name, value)| format!("{name}: {value}")),
    );
    lines.extend(
        case.steps
            .iter()
            .map(|s| format!("{:<12} {} {}", reached(s.status), s.keyword, s.text)),
    );
    if let (true, Some(why)) = (is_warning(case), &case.finding) {
        lines.push(explanation(case, why));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn reached(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Passed => "passed",
        StepStatus::Ended => "ended",
        StepStatus::NotReached => "not-reached",
    }
}

/// A failure is one at whatever level.
fn outcome(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Failed | Verdict::Warning | Verdict::Note => Verdict::Failed,
        Verdict::Broken | Verdict::Blocked | Verdict::Passed | Verdict::Omitted => verdict,
    }
}
