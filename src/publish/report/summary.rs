//! The run as every report shows it: headline, conclusions, counts, and the cases sorted by what a reader must do.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::code::Words;
use crate::model::conclusion::{
    Concluded, Conclusion, RunConclusion, conclude_destination, conclude_partnership, conclude_run,
};
use crate::model::outcome::Strength;
use crate::model::reason::Reason;
use crate::model::record::{Attestation, Destination, Run, fault};
use crate::model::requirement::{Level, Origin};
use crate::publish::report::case::Case;
use crate::publish::report::verdict::{Verdict, shown};
use crate::publish::report::{sentence, text};

/// How to raise *accepted* to *met*.
pub const HOW_TO_OBSERVE: &str = "Accepted means that it answered 2xx, and nothing shows that it understood. Add [destination.observe.membership] to the submission, \
with a url that asks your platform what it stored for {identity} and a JSON Pointer to the audiences, and run again.";

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
    /// Each destination.
    pub destinations: Vec<Section>,
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

/// One prerequisite, concluded.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Id.
    pub id: String,
    /// Its content in a sentence.
    pub title: String,
    /// What is concluded.
    #[serde(serialize_with = "shown")]
    pub conclusion: Conclusion,
    /// Strength, where there is one.
    pub strength: Option<Strength>,
    /// Why.
    pub why: String,
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
    /// Scenarios by level and verdict, one column an origin.
    pub counts: Vec<Count>,
    /// Passes by strength, strongest first.
    pub strengths: Vec<(Strength, usize)>,
    /// Failed at MUST.
    pub failures: Vec<Case>,
    /// destspec's own faults.
    pub broken: Vec<Case>,
    /// Failed at SHOULD, MAY or INFO.
    pub warnings: Vec<Case>,
    /// Blocked, one group for each root cause.
    pub blocked: Vec<Group>,
    /// Omitted, one group for each reason.
    pub omitted: Vec<Group>,
    /// Every scenario, by feature.
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
}

/// Cases that share a cause.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// Code and values of the cause.
    #[serde(skip)]
    pub reason: Reason,
    /// Its code.
    pub code: String,
    /// The cause, in words.
    pub cause: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The cases.
    pub cases: Vec<Case>,
}

/// One feature and its scenarios.
#[derive(Debug, Clone, Serialize)]
pub struct Feature {
    /// Path of the file.
    pub file: String,
    /// Title.
    pub title: String,
    /// `3 passed, 1 failed`.
    pub tally: String,
    /// The scenarios.
    pub cases: Vec<Case>,
}

impl Summary {
    /// The summary of a run.
    pub fn new(run: &Run, words: &Words) -> Self {
        let destinations: Vec<Section> = run
            .destinations
            .iter()
            .map(|d| Section::new(run, d, words))
            .collect();
        let conclusion = conclude_run(run);
        Self {
            conclusion,
            why: why(run, conclusion, &destinations),
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
            destinations,
            how_to_observe: HOW_TO_OBSERVE,
        }
    }
}

impl Row {
    fn new(run: &Run, concluded: &Concluded, words: &Words) -> Self {
        let title = run
            .prerequisites
            .iter()
            .find(|p| p.id == concluded.prerequisite)
            .map(|p| text::line(&p.title));
        Self {
            id: text::line(&concluded.prerequisite),
            title: title.unwrap_or_default(),
            conclusion: concluded.conclusion,
            strength: concluded.strength,
            why: sentence::sentence(words, &concluded.why),
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
        let with = |verdicts: &[Verdict]| -> Vec<Case> {
            cases
                .iter()
                .filter(|c| verdicts.contains(&c.verdict))
                .cloned()
                .collect()
        };
        let pair = |f: &crate::model::record::Fact| (text::line(&f.name), text::line(&f.value));
        let mut facts: Vec<(String, String)> = destination.facts.iter().map(pair).collect();
        facts.push((
            String::from("test profiles"),
            text::line(&destination.profiles),
        ));
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
            counts: counts(&cases),
            strengths: strengths(&cases),
            failures: with(&[Verdict::Failed]),
            broken: with(&[Verdict::Broken]),
            warnings: with(&[Verdict::Warning, Verdict::Note]),
            blocked: group(with(&[Verdict::Blocked]), words),
            omitted: group(with(&[Verdict::Omitted]), words),
            features: features(cases),
        }
    }
}

fn why(run: &Run, conclusion: RunConclusion, destinations: &[Section]) -> String {
    match conclusion {
        RunConclusion::Conformant => {
            String::from("every mandatory prerequisite of what is claimed is met")
        }
        RunConclusion::NotConformant => {
            format!("not met: {}", named(destinations, Conclusion::NotMet))
        }
        RunConclusion::Incomplete => incomplete(run, destinations),
    }
}

fn incomplete(run: &Run, destinations: &[Section]) -> String {
    let mut reasons = Vec::new();
    if run.interrupted {
        reasons.push(String::from("the run was stopped before its end"));
    }
    if !run.selection.is_whole() {
        let words = text::line(&run.selection.shown());
        reasons.push(format!("only a part was selected ({words})"));
    }
    if destinations.is_empty() {
        reasons.push(String::from("no destination was judged"));
    }
    let unjudged = destinations.iter().filter(|d| d.prerequisites.is_empty());
    reasons.extend(unjudged.map(|d| format!("no prerequisite concerns {}", d.name)));
    if destinations.iter().any(|d| !d.broken.is_empty()) {
        reasons.push(String::from("destspec itself failed in a scenario"));
    }
    if let Some(fault) = fault(run) {
        reasons.push(format!(
            "the record is not whole: {}",
            text::line(&fault.to_string())
        ));
    }
    for conclusion in [Conclusion::Unproven, Conclusion::Accepted] {
        let named = named(destinations, conclusion);
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

/// `STR-1a, STR-2 of moonshine-basic; STR-2 of moonshine-oauth2`.
fn named(destinations: &[Section], conclusion: Conclusion) -> String {
    let in_one = |d: &Section| {
        let ids: Vec<&str> = d
            .prerequisites
            .iter()
            .filter(|p| p.conclusion == conclusion)
            .map(|p| p.id.as_str())
            .collect();
        (!ids.is_empty()).then(|| format!("{} of {}", ids.join(", "), d.name))
    };
    destinations
        .iter()
        .filter_map(in_one)
        .collect::<Vec<_>>()
        .join("; ")
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
        });
        match case.origin {
            Some(Origin::Adobe) => count.adobe += 1,
            Some(Origin::Rfc) => count.rfc += 1,
            Some(Origin::Convention) | None => count.convention += 1,
        }
    }
    rows.into_values().collect()
}

fn strengths(cases: &[Case]) -> Vec<(Strength, usize)> {
    let mut counts: BTreeMap<Strength, usize> = BTreeMap::new();
    for strength in cases.iter().filter_map(|case| case.strength) {
        *counts.entry(strength).or_default() += 1;
    }
    counts.into_iter().rev().collect()
}

/// Groups by the code and values of the cause, in the order in which causes first appear.
fn group(cases: Vec<Case>, words: &Words) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for case in cases {
        let Some(reason) = case.cause() else { continue };
        match groups.iter_mut().find(|g| g.reason == reason) {
            Some(group) => group.cases.push(case),
            None => groups.push(Group::new(reason, case, words)),
        }
    }
    groups
}

impl Group {
    fn new(reason: Reason, first: Case, words: &Words) -> Self {
        let (cause, remedy) = match &first.omitted {
            Some(omitted) => (omitted.sentence.clone(), None),
            None => {
                let said = sentence::finding(words, &reason);
                (said.received, said.remedy)
            }
        };
        Self {
            code: text::line(&reason.code),
            reason,
            cause,
            remedy,
            cases: vec![first],
        }
    }
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
                tally: String::new(),
                cases: vec![case],
            }),
        }
    }
    for feature in &mut features {
        feature.tally = tally(&feature.cases);
    }
    features
}

/// `3 passed, 1 warning`, in a fixed order.
pub fn tally(cases: &[Case]) -> String {
    let counted = Verdict::ALL.into_iter().map(|verdict| {
        let count = cases.iter().filter(|c| c.verdict == verdict).count();
        (verdict, count)
    });
    let said = counted.filter(|(_, count)| *count > 0);
    said.map(|(verdict, count)| format!("{count} {verdict}"))
        .collect::<Vec<_>>()
        .join(", ")
}
