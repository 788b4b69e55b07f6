//! `destspec bundle`: packs a run for a reviewer. What holds a secret is not packed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::again::posted_alike;
use crate::cli::args::{BundleCommand, PackArgs};
use crate::cli::exit::Exit;
use crate::cli::load::{self, Loading};
use crate::cli::places::{Kind, vacant};
use crate::cli::replay::unreplayable;
use crate::cli::{Failure, gate, look, output, print, report, signing};
use crate::model::record::Run;
use crate::model::redact::Redactor;
use crate::model::redact::detect::{Effort, suspects};
use crate::publish::bundle::contents::bundle;
use crate::publish::bundle::{Edition, NAMESPACE, PARTNER, STATEMENT, zip};
use crate::publish::report::text;
use crate::review::check::Decision;
use crate::review::container::{Container, Limits};
use crate::review::control;
use crate::review::hygiene::decoys;
use crate::review::signature::{fingerprint, signed_by};
use crate::suite::catalogue;
use crate::suite::posted::posted;
use crate::suite::replay::replay;

/// Does what is asked of bundles.
///
/// # Errors
/// When something cannot be read or written, or holds a secret.
pub async fn run(command: &BundleCommand) -> Result<Exit, Failure> {
    match command {
        BundleCommand::Pack(args) => pack(args).await,
        BundleCommand::Attach(args) => look::attach(args),
        BundleCommand::Show(args) => look::show(args),
    }
}

async fn pack(args: &PackArgs) -> Result<Exit, Failure> {
    vacant(&args.output, Kind::Bundle, args.force)?;
    let run = report::record(&record_of(&args.run))?;
    let suite = catalogue::files();
    if run.suite != catalogue::digest() {
        return Err(Failure::usage(
            "expected a record of the suite of this destspec, received one of another",
            Some(String::from("run the suite again, and pack that")),
        ));
    }
    let replayed = replay(&run).await.map_err(unreplayable)?;
    if let Some(difference) = replayed.differences.first() {
        return Err(Failure::Message {
            exit: Exit::Evidence,
            text: format!(
                "expected a record that bears out what it says, received one that differs in {}",
                text::line(&difference.part)
            ),
            help: Some(String::from("`destspec replay` shows every difference")),
        });
    }
    let mut files = bundle(&run, Edition { files: &suite }).map_err(Failure::fault)?;
    if let Some(held) = secrets(args, &files, &run)? {
        return Err(held);
    }
    if let Some(key) = &args.sign {
        let statement = files.get(STATEMENT).cloned().unwrap_or_default();
        let signature = signing::signed(key, NAMESPACE, &statement)?;
        proved(&run, &signature, &statement)?;
        files.insert(PARTNER.to_owned(), signature.into_bytes());
    }
    let archive = zip::write(&files).map_err(Failure::fault)?;
    Container::open(&archive, &Limits::MOST).map_err(|fault| {
        let help = "certify fewer destinations at a time, or be asked for fewer repetitions";
        let text = format!("no review takes a bundle of that size: {fault}");
        Failure::usage(text, Some(help.to_owned()))
    })?;
    output::write_bytes(&args.output, &archive)?;
    print::result(&format!(
        "{} files in `{}`{}\n",
        files.len(),
        args.output.display(),
        if args.unsigned { ", unsigned" } else { "" }
    ))?;
    Ok(Exit::Success)
}

/// Whether what the hosts served is the proof of the key that signs, where one is asked for.
///
/// # Errors
/// When it is not: nobody would take the bundle.
pub fn proved(run: &Run, signature: &str, statement: &[u8]) -> Result<(), Failure> {
    let key = signed_by(signature.as_bytes(), (NAMESPACE, statement)).ok();
    let fault = control::fault(run, key.as_ref().map(fingerprint).as_deref());
    let Some((Decision::Refused, why)) = fault else {
        return Ok(());
    };
    Err(Failure::Message {
        exit: Exit::Evidence,
        text: format!(
            "expected the proof of control of the key that signs: {}",
            text::line(&why)
        ),
        help: Some(String::from(
            "`destspec challenge proof CHALLENGE --signer KEY` prints what to serve: run again, and sign by that key",
        )),
    })
}

/// The record in a folder, or the record itself.
fn record_of(run: &Path) -> PathBuf {
    let within = run.join("record.json");
    if within.is_file() {
        within
    } else {
        run.to_path_buf()
    }
}

/// The gate: why nothing is packed, if something in it is or looks like a secret.
fn secrets(
    args: &PackArgs,
    files: &BTreeMap<String, Vec<u8>>,
    run: &Run,
) -> Result<Option<Failure>, Failure> {
    let known = args.submission.as_deref();
    let known = known
        .map(|submission| self::known(submission, run))
        .transpose()?;
    if known.is_none() {
        print::message(
            "note: searched for what looks like a secret; --submission searches for your own",
        );
    }
    let (mut held, mut effort) = (Vec::new(), Effort::default());
    let decoys = decoys(run, &mut effort);
    for (name, bytes) in files {
        let suspects = suspects(bytes, &decoys, &mut effort).into_iter();
        held.extend(suspects.map(|s| format!("{name} at byte {}: {}", s.offset, s.rule)));
        held.extend(
            known
                .iter()
                .flat_map(|known| gate::held(known, name, bytes)),
        );
    }
    Ok(gate::closed(held))
}

/// Knows the secrets of a submission, if it is that of the run: those of another are found nowhere.
fn known(submission: &Path, run: &Run) -> Result<Redactor, Failure> {
    let loaded = load::submission(submission, Loading::SENT)?;
    for recorded in &run.destinations {
        let mut all = loaded.submission.destinations.iter();
        let own = all.find(|d| d.name == recorded.name).map(posted);
        posted_alike(&recorded.name, Some(&recorded.files), own.as_deref())?;
    }
    Ok(gate::knowing(&loaded))
}
