//! Faults of the reference destination: what each fails, and which of them are about a requirement.

use crate::cli::explain::{Library, page, section};
use crate::emulator::Fault;

const TABLE: &str = include_str!("../../../fixtures/faults.toml");

/// A fault that fails no more requirements than this is about each of them; one that fails more merely touches them.
const NARROW: usize = 6;

#[derive(serde::Deserialize)]
struct Rows {
    fault: Vec<Row>,
}

#[derive(serde::Deserialize)]
struct Row {
    name: String,
    fails: Vec<String>,
}

/// The faults of the reference destination about a requirement, narrowest first, and how many more fail it.
pub struct About {
    /// Their names.
    pub names: Vec<String>,
    /// Those that fail much else besides.
    pub others: usize,
}

/// The page of a fault.
pub fn text(library: &Library, fault: Fault) -> String {
    let heading = format!("{fault}  a fault of the reference destination");
    let mut text = page(&heading, &[("what", fault.description().to_owned())]);
    let row = rows().into_iter().find(|row| row.name == fault.name());
    let fails = row.map(|row| row.fails).unwrap_or_default();
    let shown = fails.iter().map(|id| {
        let requirement = library.catalogue.requirement(id);
        format!("{id:<16}{}", requirement.map_or("", |r| r.text.as_str()))
    });
    section(&mut text, "Requirements that it fails", shown);
    let tries = ["run", "emulate"].map(|command| format!("destspec {command} --fault {fault}"));
    section(&mut text, "See it", tries.into_iter());
    text
}

/// The faults about a requirement; where none is narrow, the narrowest.
pub fn about(requirement: &str) -> About {
    let mut rows = rows();
    rows.retain(|row| row.fails.iter().any(|id| id == requirement));
    rows.sort_by_key(|row| row.fails.len());
    let narrowest = rows.first().map_or(0, |row| row.fails.len());
    let all = rows.len();
    rows.retain(|row| row.fails.len() <= narrowest.max(NARROW));
    About {
        others: all - rows.len(),
        names: rows.into_iter().map(|row| row.name).collect(),
    }
}

fn rows() -> Vec<Row> {
    toml::from_str::<Rows>(TABLE)
        .map(|rows| rows.fault)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read_and_its_faults_exist() {
        let rows = rows();
        assert!(rows.len() > 100);
        for row in rows {
            assert!(row.name.parse::<Fault>().is_ok(), "{}", row.name);
        }
    }

    #[test]
    fn a_fault_that_fails_nearly_everything_is_about_nothing_narrower() {
        let about = about("STR-1a.07");
        assert!(about.names.iter().any(|name| name == "removal-not-applied"));
        assert!(!about.names.iter().any(|name| name == "everything-fails"));
        assert!(about.others > 0);
    }
}
