//! Our files against those of Apache Spark: every case of `fixtures/spark`, and of a folder named by `DESTSPEC_SPARK_CASES`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

mod case;
pub mod typed;

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Every case file under the fixtures' folders of the given kinds, and under the folder that the environment names.
fn case_files(kinds: &[&str]) -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/spark");
    let more = env::var_os("DESTSPEC_SPARK_CASES").map(PathBuf::from);
    let mut files: Vec<PathBuf> = [Some(fixtures), more]
        .into_iter()
        .flatten()
        .flat_map(|root| {
            kinds
                .iter()
                .map(move |kind| root.join(kind))
                .collect::<Vec<_>>()
        })
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flat_map(|entries| entries.map(|entry| entry.unwrap().path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    files
}

#[test]
fn every_text_file_is_byte_for_byte_what_spark_writes() {
    let files = case_files(&["csv", "json", "compression"]);
    assert!(files.len() >= 628, "only {} cases were found", files.len());
    let disagreements: Vec<String> = files
        .iter()
        .filter_map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let case = serde_json::from_str(&text).unwrap();
            case::disagreement(&case)
                .map(|why| format!("{}: {why}", path.file_stem().unwrap().display()))
        })
        .collect();
    assert!(
        disagreements.is_empty(),
        "{} of {}:\n{}",
        disagreements.len(),
        files.len(),
        disagreements.join("\n")
    );
}
