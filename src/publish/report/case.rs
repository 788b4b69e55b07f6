//! One scenario as every report shows it: texts harmless, the exchange that shows the finding chosen, its `curl` made.

use serde::{Serialize, Serializer};

use crate::model::code::Words;
use crate::model::finding::Finding;
use crate::model::outcome::{Outcome, Strength};
use crate::model::reason::Reason;
use crate::model::record::{
    Act, Body, CommandResult, Exchange, HttpExchange, Result as Came, Run, Scenario, StepStatus,
    StorageResult,
};
use crate::model::requirement::{Level, Origin, Requirement};
use crate::publish::report::alike::{Alike, alike};
use crate::publish::report::link::{Link, links};
use crate::publish::report::verdict::{Verdict, shown};
use crate::publish::report::whose::whose;
use crate::publish::report::{repeat, sentence, text};

/// A scenario with its requirement and all that a reader wants to know of it.
#[derive(Debug, Clone, Serialize)]
pub struct Case {
    /// Its id: what selects it.
    pub id: String,
    /// Destination it ran against.
    pub destination: String,
    /// Path of the feature file.
    pub file: String,
    /// Line in it.
    pub line: usize,
    /// Title of the feature.
    pub feature: String,
    /// Title with example values.
    pub title: String,
    /// Id of its requirement.
    pub requirement: String,
    /// Level at which it judges it.
    pub level: Level,
    /// Whose rule it is; nothing where the record has no such requirement.
    #[serde(serialize_with = "of_whom")]
    pub origin: Option<Origin>,
    /// The requirement in a sentence.
    pub rule: String,
    /// Where the requirement comes from.
    pub source: String,
    /// The pages that this names.
    pub links: Vec<Link>,
    /// What a reader must think of it.
    pub verdict: Verdict,
    /// Strength of a pass.
    pub strength: Option<Strength>,
    /// Why it was omitted.
    pub omitted: Option<Omitted>,
    /// Why it did not pass.
    pub finding: Option<Why>,
    /// Its steps.
    pub steps: Vec<StepLine>,
    /// What went over the wire; what repeats the one before it is one with that.
    pub exchanges: Vec<Transcript>,
    /// Whole milliseconds it took.
    pub duration_ms: u64,
}

/// Why a scenario was omitted.
#[derive(Debug, Clone, Serialize)]
pub struct Omitted {
    /// Code and values: what it is folded by.
    #[serde(skip)]
    pub reason: Reason,
    /// Stable code.
    pub code: String,
    /// Its sentence.
    pub sentence: String,
}

/// A finding with the exchange that shows it.
#[derive(Debug, Clone, Serialize)]
pub struct Why {
    /// Code and values.
    #[serde(skip)]
    pub reason: Reason,
    /// Stable code.
    pub code: String,
    /// Who has to act.
    pub whose: &'static str,
    /// What had to be observed.
    pub expected: String,
    /// What was observed.
    pub received: String,
    /// JSON Pointer to the difference.
    pub pointer: Option<String>,
    /// Every difference, where there are several.
    pub detail: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The exchange that shows it, by its number from 1, in one line.
    pub exchange: Option<String>,
    /// Place of that exchange among the case's exchanges.
    pub shown_by: Option<usize>,
    /// The commands that repeat the scenario.
    pub curl: Option<String>,
}

/// One step.
#[derive(Debug, Clone, Serialize)]
pub struct StepLine {
    /// `Given`, `When`, `Then`, `And`.
    pub keyword: String,
    /// Its text.
    pub text: String,
    /// What became of it.
    pub status: StepStatus,
}

/// An exchange written out.
#[derive(Debug, Clone, Serialize)]
pub struct Transcript {
    /// Number in the scenario, from 1; of several, that of the first.
    pub number: usize,
    /// `#2`, or `#2–31`.
    pub label: String,
    /// What it was for.
    pub purpose: &'static str,
    /// Method, URL and what came of it; of several, how many in which time.
    pub summary: String,
    /// What came, in short.
    pub came: String,
    /// Milliseconds from the run's start to the sending.
    pub at_ms: u64,
    /// Microseconds that it took, or that all of them took.
    pub took_us: u64,
    /// Request line, headers, body.
    pub request: String,
    /// Status line, headers, body; or the failure.
    pub answer: String,
    /// Milliseconds of the last, three decimals.
    pub duration: String,
}

impl Case {
    /// Everything about one scenario of a run.
    pub fn new(run: &Run, scenario: &Scenario, words: &Words) -> Self {
        let requirement = run
            .requirements
            .iter()
            .find(|r| r.id == scenario.requirement);
        let known = |pick: fn(&Requirement) -> String| {
            requirement.map_or_else(|| String::from("unknown"), |r| text::line(&pick(r)))
        };
        let (strength, omitted) = particulars(&scenario.outcome, words);
        let exchanges = alike(scenario.exchanges.iter().map(AsRef::as_ref));
        Self {
            id: text::line(&scenario.id),
            destination: text::line(&scenario.destination),
            file: text::line(&scenario.file),
            line: scenario.line,
            feature: text::line(&scenario.feature),
            title: text::line(&scenario.title),
            requirement: text::line(&scenario.requirement),
            level: scenario.level,
            origin: requirement.map(|r| r.origin),
            rule: known(|r| r.text.clone()),
            source: known(|r| r.source.clone()),
            links: requirement.map_or_else(Vec::new, |r| links(&r.source)),
            verdict: Verdict::new(&scenario.outcome, scenario.level),
            strength,
            omitted,
            finding: scenario
                .outcome
                .finding()
                .map(|finding| Why::new((run, scenario, &exchanges), finding, words)),
            steps: scenario.steps.iter().map(StepLine::new).collect(),
            exchanges: exchanges.iter().map(Transcript::new).collect(),
            duration_ms: scenario.duration_ms,
        }
    }

    /// What it is folded by: the reason at the bottom.
    pub fn cause(&self) -> Option<Reason> {
        let finding = self.finding.as_ref().map(|why| why.reason.cause());
        finding.or_else(|| self.omitted.as_ref().map(|omitted| omitted.reason.clone()))
    }

    /// The exchange that shows the finding, written out.
    pub fn shown(&self) -> Option<&Transcript> {
        let index = self.finding.as_ref()?.shown_by?;
        self.exchanges.get(index)
    }
}

impl Why {
    /// The finding's own exchange, or else the scenario's last.
    fn new(
        (run, scenario, exchanges): (&Run, &Scenario, &[Alike<'_>]),
        finding: &Finding,
        words: &Words,
    ) -> Self {
        let named = |place| exchanges.iter().position(|alike| alike.holds(place));
        let named = finding.exchange.and_then(named);
        let index = named.or_else(|| exchanges.len().checked_sub(1));
        let shown = index.and_then(|index| exchanges.get(index));
        let said = sentence::finding(words, &finding.reason);
        Self {
            reason: finding.reason.clone(),
            code: text::line(&finding.reason.code),
            whose: whose(words, finding),
            expected: said.expected,
            received: match finding.person {
                Some(person) => format!(
                    "{} (profile {} of {})",
                    said.received, person.place, person.of
                ),
                None => said.received,
            },
            pointer: finding.pointer.as_deref().map(text::line),
            detail: (finding.differences.len() > 1)
                .then(|| sentence::differences(&finding.differences)),
            remedy: said.remedy,
            exchange: shown.map(|alike| format!("{}  {}", alike.label(), summary(alike))),
            shown_by: index,
            curl: repeat::script(run, scenario),
        }
    }
}

impl StepLine {
    fn new(step: &crate::model::record::Step) -> Self {
        Self {
            keyword: text::line(&step.keyword),
            text: text::line(&step.text),
            status: step.status,
        }
    }
}

impl Transcript {
    /// Of several, the last: it is what was judged.
    fn new(alike: &Alike<'_>) -> Self {
        let exchange = alike.last;
        let (request, answer) = match &exchange.act {
            Act::Http(http) => http_transcript(http),
            Act::Storage(storage) => (
                text::line(&storage.operation.summary()),
                match &storage.result {
                    StorageResult::Text { text } => text::block(text),
                    result @ (StorageResult::Done
                    | StorageResult::Content { .. }
                    | StorageResult::Entries { .. }
                    | StorageResult::Refused { .. }
                    | StorageResult::Failure { .. }) => text::line(&result.summary()),
                },
            ),
            Act::Command(command) => (text::line(&command.asked()), text::block(&command.told())),
        };
        Self {
            number: alike.number,
            label: alike.label(),
            purpose: exchange.purpose.word(),
            came: came(exchange),
            at_ms: alike.first.at_ms,
            took_us: alike.span_us(),
            summary: summary(alike),
            request,
            answer,
            duration: format!(
                "{}.{:03}",
                exchange.duration_us / 1000,
                exchange.duration_us % 1000
            ),
        }
    }
}

fn summary(alike: &Alike<'_>) -> String {
    let said = text::line(&alike.last.summary());
    match alike.times() {
        Some(times) => format!("{said}, {times}"),
        None => said,
    }
}

/// A status, or what became of a storage operation.
fn came(exchange: &Exchange) -> String {
    match &exchange.act {
        Act::Http(http) => match &http.result {
            Came::Answer(answer) => answer.status.to_string(),
            Came::Failure(_) => String::from("no answer"),
        },
        Act::Storage(storage) => text::line(storage.operation.participle()),
        Act::Command(command) => match &command.result {
            CommandResult::Ended { code, .. } => format!("exit code {code}"),
            CommandResult::Failure { .. } => String::from("no answer"),
        },
    }
}

/// Request and answer, written out.
fn http_transcript(http: &HttpExchange) -> (String, String) {
    let request = &http.request;
    let first = format!("{} {}", request.method, request.url);
    let answer = match &http.result {
        Came::Answer(answer) => message(
            &format!("{} {}", answer.version, answer.status),
            &answer.headers,
            &answer.body,
        ),
        Came::Failure(failure) if http.unsent => {
            format!(
                "not sent, for at the first contact: {}",
                text::line(&failure.text)
            )
        }
        Came::Failure(failure) => format!("no complete answer: {}", text::line(&failure.text)),
    };
    (message(&first, &request.headers, &request.body), answer)
}

fn message(first: &str, headers: &[(String, String)], body: &Body) -> String {
    let mut lines = vec![text::line(first)];
    lines.extend(
        headers
            .iter()
            .map(|(name, value)| text::line(&format!("{name}: {value}"))),
    );
    match body {
        Body::Empty => {}
        Body::Text(body) => lines.extend([String::new(), text::block(body)]),
        Body::Base64(body) => lines.extend([
            String::new(),
            format!("(not text; base64) {}", text::line(body)),
        ]),
        Body::Digest { bytes, sha256 } => lines.extend([
            String::new(),
            format!("({bytes} bytes, not kept; SHA-256 {})", sha256),
        ]),
        Body::Withheld(withheld) => lines.extend([
            String::new(),
            format!(
                "({} bytes withheld, for they may hold a token: {}; SHA-256 {})",
                withheld.bytes,
                text::line(&withheld.shape.to_string()),
                withheld.sha256
            ),
        ]),
    }
    lines.join("\n")
}

fn of_whom<S: Serializer>(origin: &Option<Origin>, serializer: S) -> Result<S::Ok, S::Error> {
    match origin {
        Some(origin) => shown(origin, serializer),
        None => shown(&"unknown", serializer),
    }
}

/// The origin in words.
pub fn origin(origin: Option<Origin>) -> String {
    origin.map_or_else(|| String::from("unknown"), |origin| origin.to_string())
}

fn particulars(outcome: &Outcome, words: &Words) -> (Option<Strength>, Option<Omitted>) {
    match outcome {
        Outcome::Passed { strength } => (Some(*strength), None),
        Outcome::Omitted { reason, .. } => {
            let omitted = Omitted {
                reason: reason.clone(),
                code: text::line(&reason.code),
                sentence: sentence::sentence(words, reason),
            };
            (None, Some(omitted))
        }
        Outcome::Failed { .. } | Outcome::Blocked { .. } | Outcome::Broken { .. } => (None, None),
    }
}
