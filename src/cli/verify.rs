//! `destspec verify BUNDLE`: reviews what a partner packed, by a policy, offline.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::cli::args::{ReviewArgs, VerifyArgs};
use crate::cli::exit::Exit;
use crate::cli::load::{self, plain};
use crate::cli::places::{Kind, free_for};
use crate::cli::{Failure, challenge, output, print};
use crate::publish::report::ReportError;
use crate::review::container::Limits;
use crate::review::ledger::{self, Spent};
use crate::review::policy::Policy;
use crate::review::signature::{Signer, signers};
use crate::review::{Review, Reviewer, report, review};

/// Reviews the bundle and says what follows.
///
/// # Errors
/// When the policy or a file that it names cannot be read.
pub async fn run(args: &VerifyArgs) -> Result<Exit, Failure> {
    for (path, kind) in [
        (&args.json, Kind::ReviewJson),
        (&args.html, Kind::ReviewHtml),
        (&args.markdown, Kind::ReviewMarkdown),
    ] {
        path.as_deref()
            .map_or(Ok(()), |path| free_for(path, kind))?;
    }
    let path = args.policy.as_deref();
    let help = "name a review policy, TOML; see the README";
    let policy_text = path.map(|path| load::text(path, help)).transpose()?;
    let reviewer = reviewer(&args.review, path.zip(policy_text.as_deref()))?;
    let bytes = bundle(&args.review.bundle)?;
    let review = review(&bytes, &reviewer).await;
    write(args, &review, policy_text.as_deref(), &reviewer)?;
    Ok(Exit::Reviewed(review.decision))
}

/// Who reviews, by a policy and its text; the strictest where there is none.
///
/// # Errors
/// When the policy, or a file that it or an argument names, cannot be read.
pub fn reviewer(args: &ReviewArgs, policy: Option<(&Path, &str)>) -> Result<Reviewer, Failure> {
    let (path, text) = policy.unzip();
    let policy = text.map(Policy::parse).transpose().map_err(|error| {
        let help = "correct the key that is named: an unknown one would loosen what is checked";
        Failure::usage(error.to_string(), Some(help.to_owned()))
    })?;
    let policy = policy.unwrap_or_default();
    let at = match &args.at {
        None => jiff::Timestamp::now(),
        Some(text) => text.parse().map_err(|_| {
            let help = "write it as 2026-12-24T12:00:00Z";
            Failure::usage(
                format!("expected a time, received `{text}`"),
                Some(help.to_owned()),
            )
        })?,
    };
    let challenge = args.challenge.as_deref().map(challenge::read);
    let challenge = challenge.transpose()?.map(|(_, text)| text);
    Ok(Reviewer {
        signers: path.map_or(Ok(Vec::new()), |path| allowed(path, &policy))?,
        ledger: path.map_or(Ok(Vec::new()), |path| spent(path, &policy))?,
        policy,
        challenge,
        at,
    })
}

/// A file that a policy names, relative to it.
pub fn beside_policy(policy: &Path, file: Option<&String>) -> Option<PathBuf> {
    let folder = policy.parent();
    file.map(|file| folder.map_or_else(|| PathBuf::from(file), |folder| folder.join(file)))
}

fn allowed(path: &Path, policy: &Policy) -> Result<Vec<Signer>, Failure> {
    let Some(path) = beside_policy(path, policy.signature.allowed_signers.as_ref()) else {
        return Ok(Vec::new());
    };
    let help = "name a file of allowed signers as ssh-keygen has it";
    let text = load::text(&path, help)?;
    signers(&text).map_err(|error| unread(&path, &error, help))
}

/// The challenges that were spent. One that is not there is not taken for an empty one: its name may be misspelt.
fn spent(path: &Path, policy: &Policy) -> Result<Vec<Spent>, Failure> {
    let Some(path) = beside_policy(path, policy.challenge.ledger.as_ref()) else {
        return Ok(Vec::new());
    };
    let help = "name the ledger that `destspec certify` adds to; an empty file begins one";
    let text = load::text(&path, help)?;
    ledger::parse(&text).map_err(|error| unread(&path, &error, help))
}

fn unread(path: &Path, error: &dyn Display, help: &str) -> Failure {
    let text = format!("`{}`: {error}", path.display());
    Failure::usage(text, Some(help.to_owned()))
}

/// The bytes of a bundle, never more than any policy takes.
///
/// # Errors
/// When it cannot be read.
pub fn bundle(path: &Path) -> Result<Vec<u8>, Failure> {
    some(path).map_err(|error| {
        let text = format!("cannot read `{}`: {}", path.display(), plain(&error));
        Failure::usage(text, Some(String::from("name a bundle")))
    })
}

/// One byte more than a policy takes at most shows that there are too many.
fn some(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let most = Limits::MOST.packed + 1;
    let length = file.metadata()?.len().min(most);
    // what grows by doubling needs twice the memory
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default() + 1);
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn write(
    args: &VerifyArgs,
    review: &Review,
    policy: Option<&str>,
    reviewer: &Reviewer,
) -> Result<(), Failure> {
    let fault = |error: ReportError| Failure::fault(error);
    if let Some(path) = &args.json {
        let text = report::json(review, policy, reviewer.at).map_err(fault)?;
        output::write(path, &text)?;
    }
    if let Some(path) = &args.html {
        output::write(path, &report::html(review).map_err(fault)?)?;
    }
    if let Some(path) = &args.markdown {
        output::write(path, &report::markdown(review))?;
    }
    let text = report::terminal(review);
    let out = [&args.json, &args.html, &args.markdown];
    // what is on standard output must stay readable by a program
    if out
        .iter()
        .any(|p| p.as_deref().is_some_and(|p| p.as_os_str() == "-"))
    {
        print::message(&text);
        return Ok(());
    }
    print::result(&text)
}
