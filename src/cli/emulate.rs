//! `destspec emulate`: the reference destination in the foreground, and a submission about it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::args::EmulateArgs;
use crate::cli::exit::Exit;
use crate::cli::load::Loaded;
use crate::cli::places::{EMULATED, Kind, free_for};
use crate::cli::reference::{self, AUTHORITY, Asked, Reference};
use crate::cli::{Failure, challenge, output, print, signing};
use crate::emulator::{Fault, Variation};
use crate::model::control::path;
use crate::model::submission::IngestionWay;

const SUBMISSION: &str = "submission.toml";

/// Serves until Ctrl-C; with the fault or variation `list`, prints them all instead.
///
/// # Errors
/// When a fault is unknown, no socket can be had, or a file cannot be written.
pub async fn run(args: &EmulateArgs) -> Result<Exit, Failure> {
    let is_list = |names: &[String]| names.iter().any(|name| name == "list");
    if is_list(&args.fault) {
        return listed(Fault::all().map(|fault| (fault.name(), fault.description())));
    }
    if is_list(&args.variation) {
        let all = Variation::all();
        return listed(all.map(|variation| (variation.name(), variation.description())));
    }
    let asked = Asked {
        faults: &args.fault,
        variations: &args.variation,
    };
    let folder = args.submission.as_ref().unwrap_or(&args.out);
    let authority = folder.join(AUTHORITY);
    free_for(&authority, Kind::Authority)?;
    let (loaded, reference) = reference::start(asked, args.port).await?;
    if let (Some(challenge), Some(signer)) = (&args.challenge, &args.signer) {
        let (challenge, _) = challenge::read(challenge)?;
        let proof = challenge.proof(&signing::fingerprint(signer)?);
        reference.emulator.serve(path(&challenge.id), proof);
    }
    if args.submission.is_some() {
        write_submission(folder, &reference)?;
    }
    output::write(&authority, &format!("{EMULATED}{}", reference.authority))?;
    let submission = args
        .submission
        .as_ref()
        .map(|folder| folder.join(SUBMISSION));
    print::result(&announced(
        &loaded,
        &reference,
        &authority,
        submission.as_deref(),
    ))?;
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    Ok(Exit::Success)
}

/// Writes a submission that is ready to run: its secrets are files beside it. What somebody else wrote stays.
fn write_submission(folder: &Path, reference: &Reference) -> Result<(), Failure> {
    let files = reference::ready(reference);
    let submission = folder.join(SUBMISSION);
    let own = std::fs::read(&submission).is_ok_and(|bytes| bytes.starts_with(EMULATED.as_bytes()));
    let secrets = folder.join("secrets");
    let secret_files = reference.variables.keys().map(|name| secrets.join(name));
    let mut paths = files
        .iter()
        .map(|(name, _)| folder.join(name))
        .chain(secret_files);
    let taken: Option<PathBuf> = paths.find(|path| !own && path.exists());
    if let Some(path) = taken {
        let help = "name another folder: what destspec did not write stays as it is";
        let text = format!("`{}` exists", path.display());
        return Err(Failure::usage(text, Some(help.to_owned())));
    }
    for (name, value) in &reference.variables {
        output::write_private(&secrets.join(name), value)?;
    }
    for (name, text) in &files {
        let mark = if name == SUBMISSION { EMULATED } else { "" };
        output::write(&folder.join(name), &format!("{mark}{text}"))?;
    }
    Ok(())
}

fn listed(all: impl Iterator<Item = (&'static str, &'static str)>) -> Result<Exit, Failure> {
    let lines = all.map(|(name, description)| format!("{name:<40} {description}\n"));
    print::result(&lines.collect::<String>())?;
    Ok(Exit::Success)
}

fn announced(
    loaded: &Loaded,
    reference: &Reference,
    authority: &Path,
    submission: Option<&Path>,
) -> String {
    let base = reference.emulator.base_url();
    let authority = authority.display();
    let mut text =
        format!("reference destination at {base} (certificate authority in {authority})\n\n");
    for destination in &loaded.submission.destinations {
        let name = &destination.name;
        let ingestion = destination.observe.ingestion.as_ref();
        let _ = match ingestion.map(|ingestion| &ingestion.way) {
            Some(IngestionWay::Url(url)) => writeln!(text, "  {name:<16} files; GET {url}"),
            Some(IngestionWay::Receipt { receipt, .. }) => {
                writeln!(text, "  {name:<16} files; rows in {receipt}")
            }
            Some(IngestionWay::Command(arguments)) => {
                writeln!(text, "  {name:<16} files; {}", arguments.join(" "))
            }
            None => writeln!(text, "  {name:<16} POST {base}/{name}/profiles"),
        };
    }
    let _ = write!(text, "\ncredentials, made up for this start:\n");
    for (name, value) in &reference.variables {
        let _ = writeln!(text, "  {name}='{value}'");
    }
    let _ = write!(
        text,
        "\nwhat is stored: GET {base}/NAME/observe/profiles/IDENTITY, e.g.\n  \
         curl --cacert {authority} -H \"Authorization: Bearer $DESTSPEC_REFERENCE_TOKEN\" \\\n    \
         {base}/bearer-single/observe/profiles/ada@example.com\n\n"
    );
    text.push_str(&match submission {
        Some(path) => format!(
            "in another terminal:\n  destspec run {0}\n  destspec render message {0}\n",
            path.display()
        ),
        None => String::from(
            "a submission that is ready to run against it: `destspec emulate --submission DIR`\n",
        ),
    });
    text.push_str("Ctrl-C stops it\n");
    text
}
