//! What a reader must know first: what failed first, or kept the run from being judged, its cause, and the next step.

use serde::Serialize;

use crate::model::reason::Reason;
use crate::model::record::Run;
use crate::publish::report::case::Case;
use crate::publish::report::curl::word;
use crate::publish::report::fold::{Entry, Root};
use crate::publish::report::shell::is_embedded;
use crate::publish::report::text;
use crate::publish::report::verdict::Verdict;
use crate::publish::report::whose::DESTSPEC;

/// The first failure, or else the first cause that kept scenarios from being judged.
#[derive(Debug, Clone, Serialize)]
pub struct Lead {
    /// Where a page shows it.
    pub anchor: String,
    /// `first failure`, or what it is instead.
    pub heading: &'static str,
    /// What became of it.
    pub verdict: Verdict,
    /// Its requirement.
    pub requirement: String,
    /// What was to hold.
    pub title: String,
    /// On which destinations.
    pub extent: String,
    /// What had to be observed; of what could not be judged, nothing.
    pub expected: Option<String>,
    /// What was observed: the cause.
    pub received: String,
    /// Stable code of the cause.
    pub code: String,
    /// Who has to act.
    pub whose: &'static str,
    /// What to do.
    pub next: String,
    /// The command that repeats it alone.
    pub again: String,
    /// What else there is, and what of it has the same cause.
    pub others: Vec<String>,
}

impl Lead {
    /// The first of them; nothing where nothing is amiss.
    pub fn new(run: &Run, failures: &[Entry], broken: &[Entry], roots: &[Root]) -> Option<Self> {
        let entries: Vec<&Entry> = failures.iter().chain(broken).collect();
        let (first, root) = (entries.first(), roots.first());
        let cause = first.and_then(|entry| entry.example.cause());
        let cause = cause.or_else(|| root.map(|root| root.reason.clone()))?;
        let others = others(&cause, &entries, roots);
        match (first, root) {
            (Some(entry), _) => Some(Self {
                anchor: entry.anchor.clone(),
                extent: entry.extent(),
                ..Self::of(run, &entry.example, others)?
            }),
            (None, Some(root)) => Some(Self {
                anchor: root.anchor.clone(),
                extent: root.on.join(", "),
                expected: None,
                received: root.cause.clone(),
                code: root.code.clone(),
                next: root.remedy.clone().unwrap_or_default(),
                ..Self::of(run, &root.example, others)?
            }),
            (None, None) => None,
        }
    }

    fn of(run: &Run, case: &Case, others: Vec<String>) -> Option<Self> {
        let why = case.finding.as_ref()?;
        let next = match why.whose {
            DESTSPEC => String::from("report this; destspec is at fault"),
            _ => why.remedy.clone().unwrap_or_default(),
        };
        Some(Self {
            anchor: String::new(),
            heading: heading(case.verdict),
            verdict: case.verdict,
            requirement: case.requirement.clone(),
            title: case.title.clone(),
            extent: String::new(),
            expected: Some(why.expected.clone()),
            received: why.received.clone(),
            code: why.code.clone(),
            whose: why.whose,
            next,
            again: again(run, case),
            others,
        })
    }
}

fn heading(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Broken => "destspec's own fault",
        Verdict::Blocked => "could not be judged",
        Verdict::Failed | Verdict::Warning | Verdict::Note | Verdict::Passed | Verdict::Omitted => {
            "first failure"
        }
    }
}

/// The command that runs the scenario alone.
fn again(run: &Run, case: &Case) -> String {
    let (submission, fault) = match run.sources.first() {
        Some(_) if is_embedded(run) => (String::new(), "  # with the --fault of this run"),
        Some(source) => (format!(" {}", word(&text::line(&source.name))), ""),
        None => (String::new(), ""),
    };
    let (scenario, destination) = (word(&case.id), word(&case.destination));
    format!("destspec run{submission} --scenario {scenario} --destination {destination}{fault}")
}

/// What failed or was not judged besides, and whether the same is the cause of it.
fn others(cause: &Reason, entries: &[&Entry], roots: &[Root]) -> Vec<String> {
    let rest = entries.iter().skip(1);
    let same = rest.filter(|entry| entry.example.cause().as_ref() == Some(cause));
    let same = same.count();
    let own = entries.len().saturating_sub(1 + same);
    let behind = |root: &&Root| root.reason == *cause;
    let led = entries.is_empty();
    let blocked: usize = roots.iter().filter(behind).map(|root| root.scenarios).sum();
    let apart: usize = roots
        .iter()
        .filter(|root| !behind(root))
        .map(|root| root.scenarios)
        .sum();
    let said = [
        (same, "more failed of the same cause"),
        (own, "more failed"),
        (
            blocked,
            match led {
                true => "scenarios wait for it",
                false => "scenarios could not be judged of the same cause",
            },
        ),
        (apart, "scenarios could not be judged besides"),
    ];
    let said = said.into_iter().filter(|(count, _)| *count > 0);
    said.map(|(count, what)| format!("{count} {what}"))
        .collect()
}
