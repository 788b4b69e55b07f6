//! Cases of every destination folded: one entry for each requirement and class of finding, one for each root cause, one for
//! each reason to leave out. What six destinations have in common is said once.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::code::Words;
use crate::model::outcome::Strength;
use crate::model::reason::Reason;
use crate::publish::report::case::Case;
use crate::publish::report::plot::{Bar, timeline};
use crate::publish::report::verdict::Verdict;
use crate::publish::report::{sentence, text};

/// What was received elsewhere is listed up to so many; further ones are counted.
const DIFFERING: usize = 8;

/// One requirement and one class of finding, wherever it was found.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Where a page shows it: stable as long as requirement and class are.
    pub anchor: String,
    /// The destinations on which it was found.
    pub on: Vec<String>,
    /// How many destinations the requirement was judged on.
    pub of: usize,
    /// How many scenarios found it.
    pub scenarios: usize,
    /// The first of them.
    pub example: Case,
    /// Titles of the others, each once.
    pub others: Vec<String>,
    /// What was received where it is not what the example received.
    pub differing: Vec<Differing>,
    /// How many of these are not listed.
    pub more: usize,
    /// When the exchanges of the example were.
    pub timeline: Vec<Bar>,
}

/// What one scenario received.
#[derive(Debug, Clone, Serialize)]
pub struct Differing {
    /// On which destination.
    pub destination: String,
    /// In which scenario.
    pub title: String,
    /// What.
    pub received: String,
}

/// A cause that kept scenarios from being judged.
#[derive(Debug, Clone, Serialize)]
pub struct Root {
    /// Code and values of the cause.
    #[serde(skip)]
    pub reason: Reason,
    /// Where a page shows it.
    pub anchor: String,
    /// Its code.
    pub code: String,
    /// The cause, in words.
    pub cause: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The destinations that it kept from being judged.
    pub on: Vec<String>,
    /// Requirements behind it, each once.
    pub requirements: Vec<String>,
    /// How many scenarios are behind it.
    pub scenarios: usize,
    /// The scenario that shows it: the first with an exchange, or else the first.
    pub example: Case,
}

/// A reason for which scenarios were left out.
#[derive(Debug, Clone, Serialize)]
pub struct Left {
    /// Its code.
    pub code: String,
    /// The reason, in words.
    pub cause: String,
    /// The destinations.
    pub on: Vec<String>,
    /// Requirements, each once.
    pub requirements: Vec<String>,
    /// How many scenarios.
    pub scenarios: usize,
}

/// One feature with its scenarios, each once.
#[derive(Debug, Clone, Serialize)]
pub struct Chapter {
    /// Path of the file.
    pub file: String,
    /// Title.
    pub title: String,
    /// `30 passed, 1 failed`.
    pub tally: String,
    /// Its scenarios.
    pub scenarios: Vec<Told>,
}

/// One scenario, and what came of it where.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// Its requirement.
    pub requirement: String,
    /// Its title.
    pub title: String,
    /// What came of it, the most pressing first.
    pub came: Vec<Came>,
}

/// One thing that came of a scenario.
#[derive(Debug, Clone, Serialize)]
pub struct Came {
    /// What.
    pub verdict: Verdict,
    /// With which strength, where it passed.
    pub strength: Option<Strength>,
    /// On how many destinations.
    pub count: usize,
    /// On which, where not on all.
    pub on: Vec<String>,
}

/// Entries of the cases with one of these verdicts, in the order in which they first appear.
pub fn entries(cases: &[Case], verdicts: &[Verdict]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let found = cases.iter().filter(|c| verdicts.contains(&c.verdict));
    for case in found {
        let mut known = entries.iter_mut();
        match known.find(|entry| is_alike(&entry.example, case)) {
            Some(entry) => entry.take(case),
            None => {
                let anchor = unlike(&anchor(case), |taken| {
                    entries.iter().any(|entry| entry.anchor == taken)
                });
                entries.push(Entry::new(case, judged(cases, &case.requirement), anchor));
            }
        }
    }
    entries
}

fn is_alike(one: &Case, other: &Case) -> bool {
    let code = |case: &Case| case.finding.as_ref().map(|why| why.code.clone());
    one.requirement == other.requirement && one.verdict == other.verdict && code(one) == code(other)
}

/// How many destinations a requirement was judged on.
fn judged(cases: &[Case], requirement: &str) -> usize {
    let of_it = |c: &&Case| c.requirement == requirement && c.verdict != Verdict::Omitted;
    let names: BTreeSet<&str> = cases
        .iter()
        .filter(of_it)
        .map(|case| case.destination.as_str())
        .collect();
    names.len()
}

/// The requirement and the code in the characters that need no escape in an address; of what did not fail the verdict, too,
/// since a requirement may fail and be warned of.
fn anchor(case: &Case) -> String {
    let code = case.finding.as_ref().map_or("", |why| why.code.as_str());
    let before = match case.verdict == Verdict::Failed {
        true => String::new(),
        false => format!("{}-", case.verdict),
    };
    plain(&format!("{before}{}-{code}", case.requirement))
}

fn plain(text: &str) -> String {
    let plain = |c: char| match c.is_ascii_alphanumeric() || c == '.' || c == '-' {
        true => c,
        false => '-',
    };
    text.chars().map(plain).collect()
}

fn unlike(wanted: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut anchor = wanted.to_owned();
    let mut number = 1;
    while is_taken(&anchor) {
        number += 1;
        anchor = format!("{wanted}-{number}");
    }
    anchor
}

impl Entry {
    fn new(case: &Case, of: usize, anchor: String) -> Self {
        Self {
            anchor,
            on: vec![case.destination.clone()],
            of,
            scenarios: 1,
            example: case.clone(),
            others: Vec::new(),
            differing: Vec::new(),
            more: 0,
            timeline: timeline(case),
        }
    }

    fn take(&mut self, case: &Case) {
        self.scenarios += 1;
        push_once(&mut self.on, &case.destination);
        if case.title != self.example.title {
            push_once(&mut self.others, &case.title);
        }
        let received = |case: &Case| case.finding.as_ref().map(|why| why.received.clone());
        let (known, own) = (received(&self.example), received(case).unwrap_or_default());
        let is_listed = self.differing.iter().any(|other| other.received == own);
        if known.as_ref() == Some(&own) || is_listed {
            return;
        }
        if self.differing.len() == DIFFERING {
            self.more += 1;
            return;
        }
        self.differing.push(Differing {
            destination: case.destination.clone(),
            title: case.title.clone(),
            received: own,
        });
    }

    /// `6 of 6 destinations`, with their names where it is not all of them.
    pub fn extent(&self) -> String {
        extent(&self.on, self.of)
    }
}

/// How many of how many destinations; with names where it is not all of them.
pub fn extent(on: &[String], of: usize) -> String {
    let said = format!(
        "{} of {of} destination{}",
        on.len(),
        if of == 1 { "" } else { "s" }
    );
    match on.len() < of || of == 1 {
        true => format!("{said}: {}", on.join(", ")),
        false => said,
    }
}

/// The root causes of what could not be judged, in the order in which they first appear.
pub fn roots(cases: &[Case], words: &Words) -> Vec<Root> {
    let mut roots: Vec<Root> = Vec::new();
    for case in cases.iter().filter(|c| c.verdict == Verdict::Blocked) {
        let Some(reason) = case.cause() else { continue };
        match roots.iter_mut().find(|root| root.reason == reason) {
            Some(root) => root.take(case),
            None => {
                let anchor = unlike(&plain(&text::line(&reason.code)), |taken| {
                    roots.iter().any(|root| root.anchor == taken)
                });
                roots.push(Root::new(reason, case, words, anchor));
            }
        }
    }
    roots
}

impl Root {
    fn new(reason: Reason, case: &Case, words: &Words, anchor: String) -> Self {
        let said = sentence::finding(words, &reason);
        Self {
            anchor,
            code: text::line(&reason.code),
            reason,
            cause: said.received,
            remedy: said.remedy,
            on: vec![case.destination.clone()],
            requirements: vec![case.requirement.clone()],
            scenarios: 1,
            example: case.clone(),
        }
    }

    fn take(&mut self, case: &Case) {
        self.scenarios += 1;
        push_once(&mut self.on, &case.destination);
        push_once(&mut self.requirements, &case.requirement);
        if self.example.exchanges.is_empty() && !case.exchanges.is_empty() {
            self.example = case.clone();
        }
    }
}

/// The reasons of what was left out, the most frequent first.
pub fn left(cases: &[Case]) -> Vec<Left> {
    let mut all: Vec<Left> = Vec::new();
    for case in cases {
        let Some(omitted) = &case.omitted else {
            continue;
        };
        let mut known = all.iter_mut();
        match known.find(|left| left.cause == omitted.sentence && left.code == omitted.code) {
            Some(left) => {
                left.scenarios += 1;
                push_once(&mut left.on, &case.destination);
                push_once(&mut left.requirements, &case.requirement);
            }
            None => all.push(Left {
                code: omitted.code.clone(),
                cause: omitted.sentence.clone(),
                on: vec![case.destination.clone()],
                requirements: vec![case.requirement.clone()],
                scenarios: 1,
            }),
        }
    }
    all.sort_by_key(|left| std::cmp::Reverse(left.scenarios));
    all
}

/// Every scenario once, by feature, in the suite's order.
pub fn chapters(cases: &[Case]) -> Vec<Chapter> {
    let mut chapters: Vec<(Chapter, Vec<Vec<&Case>>)> = Vec::new();
    for case in cases {
        let mut known = chapters.iter_mut();
        let known =
            known.find(|(chapter, _)| chapter.file == case.file && chapter.title == case.feature);
        let Some((_, scenarios)) = known else {
            let chapter = Chapter {
                file: case.file.clone(),
                title: case.feature.clone(),
                tally: String::new(),
                scenarios: Vec::new(),
            };
            chapters.push((chapter, vec![vec![case]]));
            continue;
        };
        let is_same = |other: &&mut Vec<&Case>| {
            let first = other.first();
            first.is_some_and(|c| c.requirement == case.requirement && c.title == case.title)
        };
        match scenarios.iter_mut().find(is_same) {
            Some(same) => same.push(case),
            None => scenarios.push(vec![case]),
        }
    }
    let told = |(mut chapter, scenarios): (Chapter, Vec<Vec<&Case>>)| {
        chapter.tally = tally(scenarios.iter().flatten().copied());
        chapter.scenarios = scenarios
            .iter()
            .filter_map(|cases| Told::new(cases))
            .collect();
        chapter
    };
    chapters.into_iter().map(told).collect()
}

impl Told {
    fn new(cases: &[&Case]) -> Option<Self> {
        let first = cases.first()?;
        let mut came: Vec<Came> = Vec::new();
        for case in cases {
            let mut known = came.iter_mut();
            match known.find(|c| c.verdict == case.verdict && c.strength == case.strength) {
                Some(came) => {
                    came.count += 1;
                    came.on.push(case.destination.clone());
                }
                None => came.push(Came {
                    verdict: case.verdict,
                    strength: case.strength,
                    count: 1,
                    on: vec![case.destination.clone()],
                }),
            }
        }
        came.sort_by_key(|c| (c.verdict, std::cmp::Reverse(c.strength)));
        if let [only] = came.as_mut_slice() {
            only.on.clear();
        }
        Some(Self {
            requirement: first.requirement.clone(),
            title: first.title.clone(),
            came,
        })
    }
}

/// `3 passed, 1 warning`, in a fixed order.
pub fn tally<'a>(cases: impl Iterator<Item = &'a Case> + Clone) -> String {
    let counted = Verdict::ALL.into_iter().map(|verdict| {
        let count = cases.clone().filter(|c| c.verdict == verdict).count();
        (verdict, count)
    });
    let said = counted.filter(|(_, count)| *count > 0);
    said.map(|(verdict, count)| format!("{count} {verdict}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn push_once(list: &mut Vec<String>, text: &str) {
    if !list.iter().any(|known| known == text) {
        list.push(text.to_owned());
    }
}
