//! Prerequisites against destinations: one grid a family, since each has prerequisites of its own.

use serde::Serialize;

use crate::model::code::Words;
use crate::model::conclusion::Concluded;
use crate::model::conclusion::Conclusion;
use crate::model::outcome::{Outcome, Strength};
use crate::model::reason::Reason;
use crate::model::record::{Destination, Run};
use crate::model::sdk::Family;
use crate::publish::report::verdict::shown;
use crate::publish::report::{sentence, text};

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
    /// The same by its code.
    #[serde(skip)]
    pub reason: Reason,
    /// Where a page shows what it hangs on.
    pub link: Option<String>,
}

impl Row {
    /// In words.
    pub fn new(run: &Run, concluded: &Concluded, words: &Words) -> Self {
        let title = run
            .prerequisites
            .iter()
            .find(|p| p.id == concluded.prerequisite)
            .map(|p| text::line(&p.title));
        Self {
            id: text::line(&concluded.prerequisite),
            title: title.unwrap_or_default(),
            conclusion: concluded.conclusion,
            strength: concluded.strength.filter(|_| was_asked(run, concluded)),
            why: sentence::sentence(words, &concluded.why),
            reason: concluded.why.clone(),
            link: None,
        }
    }
}

/// Whether the destination was asked anything for it: posted JSON is judged without.
fn was_asked(run: &Run, concluded: &Concluded) -> bool {
    let all = run.requirements.iter();
    let mut of = all.filter(|requirement| requirement.belongs_to(&concluded.prerequisite));
    let asked = |id: &str| {
        let mut scenarios = run.scenarios.iter();
        scenarios.any(|s| s.requirement == id && !s.exchanges.is_empty())
    };
    of.any(|requirement| asked(&requirement.id))
}

/// The destinations of a family, a row each, and its prerequisites, a column each.
#[derive(Debug, Clone, Serialize)]
pub struct Grid {
    /// `streaming` or `batch`.
    pub family: &'static str,
    /// Prerequisites.
    pub columns: Vec<Column>,
    /// Destinations.
    pub rows: Vec<Line>,
}

/// A prerequisite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// `STR-1a`.
    pub id: String,
    /// Its content in a sentence.
    pub title: String,
}

/// A destination.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// The partner's version of it.
    pub version: String,
    /// What is concluded, a column each, in their order.
    pub cells: Vec<Row>,
}

/// A conclusion that is not the wished one, of every destination that has it for the same reason.
#[derive(Debug, Clone, Serialize)]
pub struct Because {
    /// The prerequisite.
    pub id: String,
    /// Its content in a sentence.
    pub title: String,
    /// The conclusion.
    #[serde(serialize_with = "shown")]
    pub conclusion: Conclusion,
    /// The reason, in words; of all destinations together.
    pub why: String,
    /// The same by its code.
    #[serde(skip)]
    pub reason: Reason,
    /// The destinations.
    pub on: Vec<String>,
    /// How many destinations the prerequisite concerns.
    pub of: usize,
}

/// The grids of a run, in the order in which families first appear: of a part of the suite, the destinations that it is
/// about.
pub fn grids(run: &Run, lines: Vec<Line>) -> Vec<Grid> {
    let mut grids: Vec<Grid> = Vec::new();
    for (destination, line) in selected(run).zip(lines) {
        let family = match destination.family {
            Family::Streaming => "streaming",
            Family::File => "batch",
        };
        let column = |row: &Row| Column {
            id: row.id.clone(),
            title: row.title.clone(),
        };
        match grids.iter_mut().find(|grid| grid.family == family) {
            Some(grid) => grid.rows.push(line),
            None => grids.push(Grid {
                family,
                columns: line.cells.iter().map(column).collect(),
                rows: vec![line],
            }),
        }
    }
    grids
}

/// Whether the selected part of the suite is about a destination: it was named, or something was judged on it.
fn is_selected(run: &Run, destination: &Destination) -> bool {
    let named = &run.selection.destinations;
    let mut scenarios = run.scenarios.iter();
    let mut is_judged = || {
        scenarios.any(|s| {
            s.destination == destination.name && !matches!(s.outcome, Outcome::Omitted { .. })
        })
    };
    run.selection.is_whole()
        || run.destinations.len() == 1
        || named.contains(&destination.name)
        || is_judged()
}

/// The destinations that reports are about.
pub fn selected(run: &Run) -> impl Iterator<Item = &Destination> {
    let all = run.destinations.iter();
    all.filter(move |destination| is_selected(run, destination))
}

/// The names of the others, where there are any.
pub fn unselected(run: &Run) -> Option<String> {
    let others = run.destinations.iter();
    let others = others.filter(|destination| !is_selected(run, destination));
    let names: Vec<&str> = others.map(|other| other.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Whether it is open for the one reason that it was not selected, which the selection says.
pub fn is_left_out(run: &Run, row: &Row) -> bool {
    row.reason.code == NOT_REACHED && !run.selection.is_whole()
}

/// The code of what was not selected.
const NOT_REACHED: &str = "concluded.not-reached";

/// Every conclusion but *met*, folded over destinations, in the order of Adobe's page.
pub fn reasons(run: &Run, grids: &[Grid], words: &Words) -> Vec<Because> {
    let mut found: Vec<Because> = Vec::new();
    for prerequisite in &run.prerequisites {
        let id = text::line(&prerequisite.id);
        let lines = grids.iter().flat_map(|grid| &grid.rows);
        let own = |line: &Line| line.cells.iter().find(|row| row.id == id).cloned();
        let rows: Vec<(String, Row)> = lines
            .filter_map(|line| Some((line.name.clone(), own(line)?)))
            .collect();
        let (of, from) = (rows.len(), found.len());
        for (name, row) in rows {
            if row.conclusion == Conclusion::Met || is_left_out(run, &row) {
                continue;
            }
            let mut known = found.iter_mut().skip(from);
            match known.find(|b| is_alike(&b.reason, &row.reason)) {
                Some(because) => {
                    because.on.push(name);
                    unite(&mut because.reason, &row.reason);
                    because.why = sentence::sentence(words, &because.reason);
                }
                None => found.push(Because {
                    id: row.id,
                    title: row.title,
                    conclusion: row.conclusion,
                    why: row.why,
                    reason: row.reason,
                    on: vec![name],
                    of,
                }),
            }
        }
    }
    found
}

/// The value that names requirements, in the reasons that name some.
const REQUIREMENTS: &str = "requirements";

/// Whether two reasons differ in the requirements that they name at most.
fn is_alike(one: &Reason, other: &Reason) -> bool {
    let bare = |reason: &Reason| {
        let mut values = reason.values.clone();
        let named = values.remove(REQUIREMENTS).is_some();
        (reason.code.clone(), values, named)
    };
    bare(one) == bare(other)
}

/// Adds the requirements that another names.
fn unite(one: &mut Reason, other: &Reason) {
    let (Some(known), Some(more)) = (
        one.values.get_mut(REQUIREMENTS),
        other.values.get(REQUIREMENTS),
    ) else {
        return;
    };
    let mut ids: Vec<&str> = known.split(", ").chain(more.split(", ")).collect();
    ids.sort_unstable();
    ids.dedup();
    *known = ids.join(", ");
}
