//! Where files go: settled before anything is sent, and none in the place of what somebody else wrote.

use std::path::{Path, PathBuf};

use crate::cli::args::RunArgs;
use crate::cli::{Failure, output};
use crate::publish::report::Report;

/// A report and where it goes.
pub struct Place {
    /// What is written.
    pub report: Report,
    /// What the summary calls it.
    pub label: &'static str,
    /// The file; `-` for standard output.
    pub path: PathBuf,
}

/// The places of a run's reports; by default all of them in the output folder.
///
/// # Errors
/// When two have one place, or one is taken by a file that is no such report.
pub fn of_run(args: &RunArgs) -> Result<Vec<Place>, Failure> {
    let asked = [
        (Report::Html, "HTML", &args.html),
        (Report::Junit, "JUnit", &args.junit),
        (Report::Json, "record", &args.json),
        (Report::Markdown, "Markdown", &args.markdown),
    ];
    let mut places: Vec<Place> = Vec::new();
    for (report, label, named) in asked {
        let path = match named {
            Some(path) => path.clone(),
            None => args.out.join(report.file_name()),
        };
        if let Some(other) = places.iter().find(|place| place.path == path) {
            return Err(Failure::usage(
                format!(
                    "expected a place for each report, received `{}` for {} and {label}",
                    path.display(),
                    other.label
                ),
                Some(String::from("name another file for one of them")),
            ));
        }
        if path.as_os_str() != "-" {
            free(&path, |head| is_own(report, head))?;
        }
        places.push(Place {
            report,
            label,
            path,
        });
    }
    Ok(places)
}

/// A place is free where nothing is, where an empty file is, and where a file begins like one of ours.
///
/// # Errors
/// When it is taken.
pub fn free(path: &Path, own: impl Fn(&str) -> bool) -> Result<(), Failure> {
    match output::head(path) {
        Some(head) if !head.is_empty() && !own(&head) => {
            let help = "name another file: what destspec did not write stays as it is";
            Err(Failure::usage(
                format!(
                    "cannot write `{}`: destspec did not write what is there",
                    path.display()
                ),
                Some(help.to_owned()),
            ))
        }
        Some(_) | None => Ok(()),
    }
}

/// The same of what is written besides the reports of a run; `-` is always free.
///
/// # Errors
/// When it is taken.
pub fn free_for(path: &Path, kind: Kind) -> Result<(), Failure> {
    match path.as_os_str() == "-" {
        true => Ok(()),
        false => free(path, |head| kind.begins(head)),
    }
}

/// The same where even what destspec wrote is worth keeping, unless it is given up by `--force`.
///
/// # Errors
/// When something is there.
pub fn vacant(path: &Path, kind: Kind, force: bool) -> Result<(), Failure> {
    free_for(path, kind)?;
    let there = output::head(path).is_some_and(|head| !head.is_empty());
    if force || !there || path.as_os_str() == "-" {
        return Ok(());
    }
    Err(Failure::usage(
        format!("cannot write `{}`: it is there already", path.display()),
        Some(String::from(
            "name another file, or replace it with --force",
        )),
    ))
}

/// What is written besides the reports of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The certificates that `emulate` writes.
    Authority,
    /// A bundle.
    Bundle,
    /// What `certify` signs.
    Certificate,
    /// Its signature.
    Signature,
    /// A challenge.
    Challenge,
    /// The secret that a challenge is committed to.
    Sample,
    /// A token that a submission has kept in a file: one line.
    Token,
    /// The record of a run.
    Record,
    /// A review as JSON.
    ReviewJson,
    /// A review as a page.
    ReviewHtml,
    /// A review as Markdown.
    ReviewMarkdown,
}

impl Kind {
    /// Whether a text begins as one of the kind does.
    fn begins(self, head: &str) -> bool {
        match self {
            Kind::Authority => head.starts_with(EMULATED),
            // the first name of a bundle, after the header of the format
            Kind::Bundle => head.starts_with("PK\u{3}\u{4}") && head.contains("README.txt"),
            Kind::Certificate => head.starts_with("{\n  \"_type\": ") && head.contains("destspec"),
            Kind::Signature => head.starts_with("-----BEGIN SSH SIGNATURE-----"),
            Kind::Challenge => head.starts_with("{\n  \"format\": \"destspec-challenge/"),
            Kind::Sample => {
                let line = head.strip_suffix('\n').unwrap_or_default();
                line.len() == 64 && line.bytes().all(|b| b.is_ascii_hexdigit())
            }
            Kind::Token => {
                let line = head.strip_suffix('\n').unwrap_or(head);
                !line.contains('\n')
            }
            Kind::Record => is_own(Report::Json, head),
            Kind::ReviewJson => {
                head.starts_with("{\n  \"format\": ") && head.contains("\"decision\": ")
            }
            Kind::ReviewHtml => {
                head.starts_with("<!doctype html>") && head.contains("<title>destspec: review")
            }
            Kind::ReviewMarkdown => head.starts_with("### destspec: "),
        }
    }
}

/// How a file begins that `emulate` wrote, and may write again; PEM lets a text stand before it (RFC 7468 section 2).
pub const EMULATED: &str = "# Written by `destspec emulate`, and written anew by the next.\n";

/// Whether a text begins as this report does.
fn is_own(report: Report, head: &str) -> bool {
    match report {
        Report::Html => head.starts_with("<!doctype html>") && head.contains("destspec</title>"),
        Report::Json => head.starts_with("{\n  \"format\": ") && head.contains("\"conclusion\": "),
        Report::Junit => {
            head.starts_with("<?xml ") && head.contains("<testsuites name=\"destspec\"")
        }
        Report::Markdown => {
            let first = head.lines().next().unwrap_or_default();
            first.starts_with("## ") && first.contains(" destspec: ")
        }
        Report::Adobe | Report::Terminal => false,
    }
}
