//! Every fault of a storage and of a platform that ingests files fails exactly the requirements that `fixtures/faults.toml`
//! names, judged by the program as a user runs it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests may panic and say why"
)]

use std::collections::BTreeSet;
use std::sync::PoisonError;

use destspec::emulator::Fault;
use destspec::model::record::Run;
use destspec::publish::report::json;

use crate::faults::{Row, rows};
use crate::support::judged::{BUSY, all_at_once, failed, findings};
use crate::support::program::Folder;

/// The record of a run with a fault, on the destinations of its row.
fn judged(row: &Row) -> Run {
    let folder = Folder::empty();
    let mut arguments = vec![
        "run",
        "--fault",
        &row.name,
        "--seed",
        "1",
        "--quiet",
        "--out",
        "out",
        "--requirement",
        "BAT-1",
        "--requirement",
        "BAT-2",
    ];
    for destination in &row.on {
        arguments.extend(["--destination", destination]);
    }
    folder.run(&arguments);
    json::parse(&folder.read("out/record.json")).unwrap()
}

fn disagreement(row: &Row) -> Option<String> {
    let run = judged(row);
    let found = failed(&run);
    let stray: Vec<_> = found.difference(&row.fails).collect();
    let missed: Vec<_> = row.fails.difference(&found).collect();
    let text = || {
        format!(
            "{}: stray {stray:?}, missed {missed:?}\n{}",
            row.name,
            findings(&run)
        )
    };
    (found != row.fails).then(text)
}

#[test]
fn every_fault_of_files_fails_exactly_what_it_must() {
    let _busy = BUSY.lock().unwrap_or_else(PoisonError::into_inner);
    let of_files: BTreeSet<&str> = Fault::all()
        .filter(|fault| match fault {
            Fault::Rest(_) => false,
            Fault::Storage(_) | Fault::Ingest(_) => true,
        })
        .map(Fault::name)
        .collect();
    let rows: Vec<Row> = rows()
        .into_iter()
        .filter(|row| of_files.contains(row.name.as_str()))
        .collect();
    let disagreements = all_at_once(&rows, disagreement);
    eprintln!("{}", disagreements.join("\n\n"));
    assert!(
        disagreements.is_empty(),
        "faults that fail other requirements than named"
    );
}
