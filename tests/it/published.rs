//! Ids that are published keep their meaning: a scenario's id is never given to something else.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeMap;

use destspec::suite::catalogue::Catalogue;
use destspec::suite::phrases::Table;
use destspec::suite::plan::template::templates;

const SCENARIOS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/fixtures/published/scenarios.txt"
);

/// Each id with the feature that it is of, as it was when it was published.
fn published() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(SCENARIOS).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let pair = |line: &str| {
        let (id, title) = line.split_once('\t').unwrap();
        (id.to_owned(), title.to_owned())
    };
    lines.map(pair).collect()
}

fn current() -> BTreeMap<String, String> {
    let table = Table::compile().unwrap();
    let all = templates(&Catalogue::embedded().unwrap(), &table).unwrap();
    all.into_iter().map(|t| (t.id, t.scenario.name)).collect()
}

#[test]
fn every_scenario_is_published_and_no_published_id_is_gone() {
    let current = current();
    if std::env::var_os("DESTSPEC_RENEW").is_some() {
        let mut all = published();
        for (id, title) in &current {
            all.entry(id.clone()).or_insert_with(|| title.clone());
        }
        let lines: String = all
            .iter()
            .map(|(id, title)| format!("{id}\t{title}\n"))
            .collect();
        let head = "# id, and the title with which it was published: an id is never given to something else\n";
        std::fs::write(SCENARIOS, format!("{head}{lines}")).unwrap();
    }
    let published = published();
    let unpublished: Vec<_> = current
        .keys()
        .filter(|id| !published.contains_key(*id))
        .collect();
    assert!(
        unpublished.is_empty(),
        "publish {unpublished:?}: DESTSPEC_RENEW=1 cargo test published"
    );
    let gone: Vec<_> = published
        .keys()
        .filter(|id| !current.contains_key(*id))
        .collect();
    assert!(
        gone.is_empty(),
        "{gone:?} are published: give them back to what they were"
    );
}
