//! Looks into a bundle without judging it: what it says of itself, a file, a scenario; and adds a signature to it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::cli::args::{AttachArgs, ShowArgs};
use crate::cli::exit::Exit;
use crate::cli::{Failure, bundle, load, output, print, verify};
use crate::model::record::Run;
use crate::publish::bundle::statement::Statement;
use crate::publish::bundle::{NAMESPACE, PARTNER, RECORD, STATEMENT, zip};
use crate::publish::report::{json, text};
use crate::review::chain::intact;
use crate::review::check::{Checks, Decision};
use crate::review::container::{Container, ContainerFault, Limits};
use crate::review::known;
use crate::review::signature::signed_by;

/// How a ZIP archive begins.
const MAGIC: &[u8] = b"PK";

/// Adds a signature that was made elsewhere.
///
/// # Errors
/// When the bundle has one, or it does not sign the statement.
pub fn attach(args: &AttachArgs) -> Result<Exit, Failure> {
    let bytes = verify::bundle(&args.bundle)?;
    let container = Container::open(&bytes, &Limits::MOST).map_err(malformed)?;
    let names: Vec<&str> = container.names().collect();
    let files = names
        .iter()
        .map(|name| Ok(((*name).to_owned(), container.read(name)?)));
    let mut files: BTreeMap<String, Vec<u8>> = files
        .collect::<Result<_, ContainerFault>>()
        .map_err(malformed)?;
    if files.contains_key(PARTNER) {
        return Err(Failure::usage(
            "the bundle is signed already",
            Some(String::from("pack it again with --unsigned")),
        ));
    }
    let signature = load::text(&args.signature, "name what `ssh-keygen -Y sign` made")?;
    let statement = files.get(STATEMENT).cloned().unwrap_or_default();
    signed_by(signature.as_bytes(), (NAMESPACE, &statement)).map_err(|error| {
        let help = format!("sign statement.json with `ssh-keygen -Y sign -n {NAMESPACE}`");
        Failure::usage(error.to_string(), Some(help))
    })?;
    bundle::proved(&record_of(&container)?, &signature, &statement)?;
    files.insert(PARTNER.to_owned(), signature.into_bytes());
    let archive = zip::write(&files).map_err(Failure::fault)?;
    output::write_bytes(&args.bundle, &archive)?;
    Ok(Exit::Success)
}

/// Shows what is asked for.
///
/// # Errors
/// When the bundle cannot be read, or has no such file or scenario.
pub fn show(args: &ShowArgs) -> Result<Exit, Failure> {
    let bytes = verify::bundle(&args.bundle)?;
    let container = Container::open(&bytes, &Limits::MOST).map_err(malformed)?;
    let shown = match (&args.file, &args.scenario) {
        (Some(file), _) => text::block(&file_of(&container, file)?),
        (None, Some(id)) => scenario(&record_of(&container)?, id)?,
        (None, None) => said(&container)?,
    };
    print::result(&shown)?;
    Ok(Exit::Success)
}

/// The record in a bundle, every file of which is as its statement says, or the record itself.
///
/// # Errors
/// When it cannot be read, or the bundle is not what was packed.
pub fn record(path: &Path) -> Result<Run, Failure> {
    if !is_bundle(path) {
        return crate::cli::report::record(path);
    }
    record_of(&intact(&verify::bundle(path)?).map_err(|checks| broken(&checks))?)
}

/// The first check of a bundle that does not hold, with what to do.
fn broken(checks: &Checks) -> Failure {
    let mut all = checks.0.iter();
    let failed = all.find(|check| check.decision != Decision::Accepted);
    let (id, detail) = failed.map_or(("", ""), |check| (check.id, check.detail.as_str()));
    let remedy = known::named(id).map(|known| known.remedy.to_owned());
    Failure::Message {
        exit: Exit::Reviewed(Decision::Malformed),
        text: format!(
            "expected a bundle as it was packed, received one of which {id} does not hold: {}",
            text::line(detail)
        ),
        help: remedy,
    }
}

/// Whether it is a bundle and not a record itself; what cannot be read is none.
pub fn is_bundle(path: &Path) -> bool {
    let mut start = Vec::new();
    let read =
        File::open(path).and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == MAGIC
}

fn record_of(container: &Container<'_>) -> Result<Run, Failure> {
    json::parse(&file_of(container, RECORD)?).map_err(|error| {
        let help = Some(String::from(
            "ask for a bundle that `destspec bundle pack` made",
        ));
        Failure::usage(format!("`{RECORD}`: {error}"), help)
    })
}

fn file_of(container: &Container<'_>, name: &str) -> Result<String, Failure> {
    let there = container.names().any(|one| one == name);
    if !there {
        return Err(Failure::usage(
            format!("no file is called `{}`", text::line(name)),
            Some(String::from(
                "`destspec bundle show BUNDLE` lists the folders",
            )),
        ));
    }
    let bytes = container.read(name).map_err(malformed)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What a bundle says of itself; nothing of it is checked.
fn said(container: &Container<'_>) -> Result<String, Failure> {
    let statement = file_of(container, STATEMENT)?;
    let statement: Statement = serde_json::from_str(&statement).map_err(|error| {
        let help = Some(String::from(
            "ask for a bundle that `destspec bundle pack` made",
        ));
        Failure::usage(format!("`{STATEMENT}`: {error}"), help)
    })?;
    let said = &statement.predicate;
    let signed = container.names().any(|name| name == PARTNER);
    let mut out = String::from("says of itself, unchecked:\n");
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(out, "  {name:<13}{}", text::line(value));
    };
    line("partner", &said.partner);
    said.destinations
        .iter()
        .for_each(|d| line("destination", d));
    line("conclusion", &said.claim.verdict.to_string());
    line(
        "scenarios",
        &format!(
            "{} planned, {} passed, {} failed, {} not judged",
            said.claim.planned, said.claim.passed, said.claim.failed, said.claim.unjudged
        ),
    );
    line("began", &said.started_at);
    line("destspec", &said.harness.version);
    if let Some(challenge) = &said.challenge {
        line("challenge", &challenge.id);
    }
    line("signature", if signed { PARTNER } else { "none" });
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for name in container.names() {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        *folders.entry(folder).or_default() += 1;
    }
    for (folder, count) in folders {
        let _ = writeln!(out, "  {count:>6} files in {folder}/");
    }
    Ok(out)
}

fn scenario(run: &Run, id: &str) -> Result<String, Failure> {
    let mut out = String::new();
    for scenario in run.scenarios.iter().filter(|s| s.id == id) {
        let _ = writeln!(
            out,
            "{} at {}: {}\n  {}",
            text::line(&scenario.id),
            text::line(&scenario.destination),
            scenario.outcome.word(),
            text::line(&scenario.title)
        );
        for step in &scenario.steps {
            let _ = writeln!(
                out,
                "  {} {}",
                text::line(&step.keyword),
                text::line(&step.text)
            );
        }
        for exchange in &scenario.exchanges {
            let (place, summary) = (exchange.reference(), exchange.summary());
            let _ = writeln!(out, "    {place} {}", text::line(&summary));
        }
    }
    if out.is_empty() {
        let help = Some(String::from("`destspec list` shows every scenario"));
        return Err(Failure::usage(
            format!("no scenario is called `{}`", text::line(id)),
            help,
        ));
    }
    Ok(out)
}

fn malformed(fault: ContainerFault) -> Failure {
    Failure::Message {
        exit: Exit::Reviewed(Decision::Malformed),
        text: fault.to_string(),
        help: Some(String::from(
            "ask for a bundle that `destspec bundle pack` made",
        )),
    }
}
