//! The run as every report shows it: headline, conclusions, counts, and the cases sorted by what a reader must do.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::code::Words;
use crate::model::conclusion::{
    Conclusion, RunConclusion, conclude_destination, conclude_once, conclude_partnership,
    conclude_run,
};
use crate::model::outcome::{Outcome, Strength};
use crate::model::record::{Attestation, Destination, Run, Scenario, fault};
use crate::model::requirement::{Level, Origin};
use crate::publish::report::case::Case;
use crate::publish::report::fold::{self, Chapter, Entry, Left, Root};
use crate::publish::report::lead::Lead;
use crate::publish::report::matrix::{
    Because, Grid, Line, Row, grids, is_left_out, reasons, selected, unselected,
};
use crate::publish::report::plot::{self, Latency};
use crate::publish::report::text;
use crate::publish::report::verdict::{Verdict, shown};

/// How to raise *accepted* to *met*.
pub const HOW_TO_OBSERVE: &str = "Accepted means that it answered 2xx, and nothing shows that it understood. Say in the submission how to ask your \
platform what it stored: [destination.observe.membership] for audiences, [destination.observe.identities] and [destination.observe.attributes], each with a url for \
{identity} and a JSON Pointer, and [destination.observe.ingestion] for files; and run again.";

/// A whole run.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// What is concluded.
    #[serde(serialize_with = "shown")]
    pub conclusion: RunConclusion,
    /// Why, in one sentence.
    pub why: String,
    /// The partner's name.
    pub partner: String,
    /// Start, as recorded.
    pub started: String,
    /// What identifies the run.
    pub facts: Vec<RunFact>,
    /// Partnership prerequisites.
    pub partnership: Vec<Row>,
    /// What persons stated.
    pub attestations: Vec<(String, String)>,
    /// Each destination that was selected.
    pub destinations: Vec<Section>,
    /// Prerequisites against destinations.
    pub grids: Vec<Grid>,
    /// How many destinations that is.
    pub judged: usize,
    /// Why a prerequisite is not met.
    pub reasons: Vec<Because>,
    /// Scenarios by level and verdict.
    pub counts: Vec<Count>,
    /// Passes by strength, strongest first.
    pub strengths: Vec<(Strength, usize)>,
    /// What comes first of what failed or could not be judged.
    pub lead: Option<Lead>,
    /// Failed at MUST.
    pub failures: Vec<Entry>,
    /// destspec's own faults.
    pub broken: Vec<Entry>,
    /// Failed at SHOULD, MAY or INFO.
    pub warnings: Vec<Entry>,
    /// Root causes of what could not be judged.
    pub roots: Vec<Root>,
    /// Reasons of what was left out.
    pub left: Vec<Left>,
    /// Every scenario.
    pub chapters: Vec<Chapter>,
    /// Warnings about configurations, each with its destinations.
    pub configuration: Vec<(String, Vec<String>)>,
    /// How long deliveries were answered in.
    pub latency: Option<Latency>,
    /// Whether some prerequisite is only *accepted*.
    pub accepted: bool,
    /// What to do about that.
    pub how_to_observe: &'static str,
}

/// A named value that identifies the run.
#[derive(Debug, Clone, Serialize)]
pub struct RunFact {
    /// What.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// Whether a short summary names it.
    pub brief: bool,
}

/// One destination.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// Name in the submission.
    pub name: String,
    /// The partner's version of it.
    pub version: String,
    /// What it offers: name and value.
    pub facts: Vec<(String, String)>,
    /// Configuration files and their digests.
    pub files: Vec<(String, String)>,
    /// What was seen of each host.
    pub connections: Vec<(String, String)>,
    /// Warnings about its configuration.
    pub configuration: Vec<String>,
    /// Its prerequisites in the order of Adobe's page.
    pub prerequisites: Vec<Row>,
    /// Every scenario, by feature: too much for one page, which has `chapters`.
    #[serde(skip)]
    pub features: Vec<Feature>,
}

/// Scenarios of one level and verdict.
#[derive(Debug, Clone, Serialize)]
pub struct Count {
    /// The level.
    pub level: Level,
    /// The verdict.
    pub verdict: Verdict,
    /// Of requirements that follow from Adobe's documentation.
    pub adobe: usize,
    /// Of requirements that follow from an RFC.
    pub rfc: usize,
    /// Of requirements that nobody's text demands.
    pub convention: usize,
    /// `40 Adobe, 2 RFC`.
    pub origins: String,
}

/// One feature and its scenarios.
#[derive(Debug, Clone, Serialize)]
pub struct Feature {
    /// Path of the file.
    pub file: String,
    /// Title.
    pub title: String,
    /// The scenarios.
    pub cases: Vec<Case>,
}

impl Summary {
    /// The summary of a run.
    pub fn new(run: &Run, words: &Words) -> Self {
        let destinations: Vec<Section> =
            selected(run).map(|d| Section::new(run, d, words)).collect();
        let conclusion = conclude_run(run);
        let lines = destinations.iter().map(|section| Line {
            name: section.name.clone(),
            version: section.version.clone(),
            cells: section.prerequisites.clone(),
        });
        let mut grids = grids(run, lines.collect());
        let of_all = destinations.iter().flat_map(|section| &section.features);
        let cases: Vec<Case> = of_all.flat_map(|f| f.cases.iter().cloned()).collect();
        let failures = fold::entries(&cases, &[Verdict::Failed]);
        let broken = fold::entries(&cases, &[Verdict::Broken]);
        let roots = fold::roots(&cases, words);
        link(&mut grids, &failures, &roots);
        Self {
            conclusion,
            why: why(run, conclusion, &grids),
            partner: text::line(&run.partner.name),
            started: text::line(&run.started),
            facts: facts(run),
            partnership: conclude_partnership(run)
                .iter()
                .map(|c| Row::new(run, c, words))
                .collect(),
            attestations: run
                .attestations
                .iter()
                .map(|a| (text::line(&a.requirement), text::line(&stated(a))))
                .collect(),
            accepted: destinations.iter().any(|d| {
                d.prerequisites
                    .iter()
                    .any(|p| p.conclusion == Conclusion::Accepted)
            }),
            reasons: reasons(run, &grids, words),
            judged: grids.iter().map(|grid| grid.rows.len()).sum(),
            grids,
            counts: counts(&cases),
            strengths: strengths(&cases),
            lead: Lead::new(run, &failures, &broken, &roots),
            failures,
            broken,
            warnings: fold::entries(&cases, &[Verdict::Warning, Verdict::Note]),
            roots,
            left: fold::left(&cases),
            chapters: fold::chapters(&cases),
            configuration: configuration(&destinations),
            latency: plot::latency(run),
            destinations,
            how_to_observe: HOW_TO_OBSERVE,
        }
    }
}

impl Section {
    fn new(run: &Run, destination: &Destination, words: &Words) -> Self {
        let cases: Vec<Case> = run
            .scenarios
            .iter()
            .filter(|s| s.destination == destination.name)
            .map(|s| Case::new(run, s, words))
            .collect();
        let pair = |f: &crate::model::record::Fact| (text::line(&f.name), text::line(&f.value));
        let mut facts: Vec<(String, String)> = destination.facts.iter().map(pair).collect();
        facts.push((
            String::from("test profiles"),
            text::line(&destination.profiles),
        ));
        let left = [
            ("files, afterwards", destination.swept),
            ("audiences, afterwards", destination.swept_audiences),
            ("dataflow, afterwards", destination.swept_dataflow),
        ];
        let left = left.into_iter();
        facts.extend(left.filter_map(|(name, swept)| Some((name.to_owned(), swept?.to_string()))));
        Self {
            name: text::line(&destination.name),
            version: text::line(&destination.version),
            facts,
            files: destination.files.iter().map(pair).collect(),
            connections: destination.connections.iter().map(connection).collect(),
            configuration: destination.warnings.iter().map(|w| text::line(w)).collect(),
            prerequisites: conclude_destination(run, destination)
                .iter()
                .map(|c| Row::new(run, c, words))
                .collect(),
            features: features(cases),
        }
    }
}

/// Leads from each conclusion to what first shows why.
fn link(grids: &mut [Grid], failures: &[Entry], roots: &[Root]) {
    let concerns = |requirement: &str, id: &str| {
        let rest = requirement.strip_prefix(id);
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    for line in grids.iter_mut().flat_map(|grid| &mut grid.rows) {
        for row in &mut line.cells {
            let mut failed = failures.iter().filter(|entry| {
                entry.on.contains(&line.name) && concerns(&entry.example.requirement, &row.id)
            });
            let mut blocked = roots.iter().filter(|root| {
                let mut behind = root.requirements.iter();
                root.on.contains(&line.name) && behind.any(|id| concerns(id, &row.id))
            });
            row.link = match row.conclusion {
                Conclusion::NotMet => failed.next().map(|entry| entry.anchor.clone()),
                Conclusion::Unproven => blocked.next().map(|root| root.anchor.clone()),
                Conclusion::Met
                | Conclusion::Accepted
                | Conclusion::NotOffered
                | Conclusion::Attested
                | Conclusion::Expired
                | Conclusion::Missing => None,
            };
        }
    }
}

/// Each warning once, with the destinations that it is about.
fn configuration(destinations: &[Section]) -> Vec<(String, Vec<String>)> {
    let mut warnings: Vec<(String, Vec<String>)> = Vec::new();
    for section in destinations {
        for warning in &section.configuration {
            match warnings.iter_mut().find(|(known, _)| known == warning) {
                Some((_, on)) => on.push(section.name.clone()),
                None => warnings.push((warning.clone(), vec![section.name.clone()])),
            }
        }
    }
    warnings
}

fn why(run: &Run, conclusion: RunConclusion, grids: &[Grid]) -> String {
    match conclusion {
        RunConclusion::Conformant => {
            String::from("every mandatory prerequisite of what is claimed is met")
        }
        RunConclusion::NotConformant if conclude_once(run) != conclusion => {
            repeated(run).unwrap_or_default()
        }
        RunConclusion::NotConformant => {
            format!("not met: {}", named(run, grids, Conclusion::NotMet))
        }
        RunConclusion::Incomplete => incomplete(run, grids),
    }
}

/// The first repetition that is not conformant.
fn repeated(run: &Run) -> Option<String> {
    let mut all = run.all().zip(1..).skip(1);
    all.find_map(|(again, number)| {
        let conclusion = conclude_once(again);
        let conformant = conclusion == RunConclusion::Conformant;
        let of = run.repetitions.len() + 1;
        (!conformant).then(|| format!("repetition {number} of {of} is {conclusion}"))
    })
}

fn incomplete(run: &Run, grids: &[Grid]) -> String {
    let mut reasons = Vec::new();
    if run.interrupted {
        reasons.push(String::from("the run was stopped before its end"));
    }
    reasons.extend(repeated(run));
    if !run.selection.is_whole() {
        let words = text::line(&run.selection.shown());
        reasons.push(format!("only a part was selected ({words})"));
    }
    if grids.is_empty() {
        reasons.push(String::from("no destination was judged"));
    }
    let mut lines = grids.iter().flat_map(|grid| &grid.rows);
    let unjudged = lines.by_ref().filter(|d| d.cells.is_empty());
    reasons.extend(unjudged.map(|d| format!("no prerequisite concerns {}", d.name)));
    let is_broken = |s: &Scenario| matches!(s.outcome, Outcome::Broken { .. });
    if run.scenarios.iter().any(is_broken) {
        reasons.push(String::from("destspec itself failed in a scenario"));
    }
    if let Some(fault) = fault(run) {
        reasons.push(format!(
            "the record is not whole: {}",
            text::line(&fault.to_string())
        ));
    }
    for conclusion in [Conclusion::Unproven, Conclusion::Accepted] {
        let named = named(run, grids, conclusion);
        if !named.is_empty() {
            reasons.push(format!("{conclusion}: {named}"));
        }
    }
    reasons.extend(
        conclude_partnership(run)
            .iter()
            .filter(|c| !c.conclusion.holds())
            .map(|c| format!("{}: {}", c.conclusion, text::line(&c.prerequisite))),
    );
    reasons.join("; ")
}

/// A statement with all that a reviewer needs to hold it against the partner.
fn stated(attestation: &Attestation) -> String {
    let Attestation {
        statement, by, on, ..
    } = attestation;
    let mut said = format!("{statement} ({by}, {on}");
    if let Some(until) = &attestation.valid_until {
        said.push_str(&format!(", valid until {until}"));
    }
    if let Some(digest) = &attestation.document_sha256 {
        said.push_str(&format!(", document SHA-256 {digest}"));
    }
    said.push(')');
    said
}

/// `STR-1a, STR-2 of moonshine-basic; STR-2 of moonshine-oauth2, moonshine-bearer`.
fn named(run: &Run, grids: &[Grid], conclusion: Conclusion) -> String {
    let mut alike: Vec<(String, Vec<&str>)> = Vec::new();
    let lines = || grids.iter().flat_map(|grid| &grid.rows);
    for line in lines() {
        let rows = line.cells.iter();
        let rows = rows.filter(|row| row.conclusion == conclusion && !is_left_out(run, row));
        let ids: Vec<&str> = rows.map(|row| row.id.as_str()).collect();
        let ids = ids.join(", ");
        match alike.iter_mut().find(|(known, _)| *known == ids) {
            Some((_, names)) => names.push(&line.name),
            None if ids.is_empty() => {}
            None => alike.push((ids, vec![&line.name])),
        }
    }
    let all = lines().count();
    let said = |(ids, names): (String, Vec<&str>)| match names.len() == all && all > 1 {
        true => format!("{ids} of all {all} destinations"),
        false => format!("{ids} of {}", names.join(", ")),
    };
    alike.into_iter().map(said).collect::<Vec<_>>().join("; ")
}

fn facts(run: &Run) -> Vec<RunFact> {
    let partner = format!("{} ({})", run.partner.name, run.partner.kind);
    let selection = (!run.selection.is_whole()).then(|| run.selection.shown());
    let facts = [
        ("partner", Some(partner), true),
        ("contact", Some(run.partner.contact.clone()), false),
        ("run id", Some(run.id.clone()), true),
        ("started", Some(run.started.clone()), true),
        (
            "took",
            Some(format!("{} s", seconds(run.duration_ms))),
            false,
        ),
        ("edition", Some(run.edition.to_string()), true),
        ("seed", Some(run.seed.to_string()), false),
        ("suite", Some(format!("sha256:{}", run.suite)), false),
        ("destspec", Some(run.destspec.clone()), false),
        ("selection", selection, false),
        ("nothing ran on", unselected(run), true),
    ];
    facts
        .into_iter()
        .filter_map(|(name, value, brief)| {
            let value = text::line(&value?);
            Some(RunFact { name, value, brief })
        })
        .collect()
}

/// Milliseconds as seconds with three decimals.
pub fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

fn connection(connection: &crate::model::record::Connection) -> (String, String) {
    let mut said = vec![format!("{} address(es)", connection.addresses.len())];
    said.push(String::from(if connection.connected {
        "connected"
    } else {
        "not connected"
    }));
    said.extend(connection.tls.clone());
    said.extend(connection.alpn.clone());
    said.extend(connection.failure.as_ref().map(|f| f.text.clone()));
    (text::line(&connection.origin), text::line(&said.join(", ")))
}

fn counts(cases: &[Case]) -> Vec<Count> {
    let mut rows: BTreeMap<(Level, Verdict), Count> = BTreeMap::new();
    for case in cases {
        let (level, verdict) = (case.level, case.verdict);
        let count = rows.entry((level, verdict)).or_insert(Count {
            level,
            verdict,
            adobe: 0,
            rfc: 0,
            convention: 0,
            origins: String::new(),
        });
        match case.origin {
            Some(Origin::Adobe) => count.adobe += 1,
            Some(Origin::Rfc) => count.rfc += 1,
            Some(Origin::Convention) | None => count.convention += 1,
        }
    }
    let mut rows: Vec<Count> = rows.into_values().collect();
    rows.iter_mut()
        .for_each(|count| count.origins = origins(count));
    rows
}

fn origins(count: &Count) -> String {
    let origins = [
        (count.adobe, "Adobe"),
        (count.rfc, "RFC"),
        (count.convention, "convention"),
    ];
    let origins = origins.into_iter().filter(|(count, _)| *count > 0);
    let origins: Vec<String> = origins.map(|(count, o)| format!("{count} {o}")).collect();
    origins.join(", ")
}

fn strengths(cases: &[Case]) -> Vec<(Strength, usize)> {
    let mut counts: BTreeMap<Strength, usize> = BTreeMap::new();
    // what nobody was asked about says nothing of what is stored
    let asked = cases.iter().filter(|case| !case.exchanges.is_empty());
    for strength in asked.filter_map(|case| case.strength) {
        *counts.entry(strength).or_default() += 1;
    }
    counts.into_iter().rev().collect()
}

fn features(cases: Vec<Case>) -> Vec<Feature> {
    let mut features: Vec<Feature> = Vec::new();
    for case in cases {
        match features
            .iter_mut()
            .find(|f| f.file == case.file && f.title == case.feature)
        {
            Some(feature) => feature.cases.push(case),
            None => features.push(Feature {
                file: case.file.clone(),
                title: case.feature.clone(),
                cases: vec![case],
            }),
        }
    }
    features
}
