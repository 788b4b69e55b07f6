//! `destspec certify BUNDLE`: reviews a bundle, and signs what was verified of one that is accepted.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::args::CertifyArgs;
use crate::cli::exit::Exit;
use crate::cli::load::{self, plain};
use crate::cli::places::{Kind, free_for};
use crate::cli::{Failure, output, print, signing, verify};
use crate::model::digest::Digest;
use crate::publish::report::text;
use crate::review::certificate::{Certificate, NAMESPACE};
use crate::review::check::Decision;
use crate::review::ledger::Spent;
use crate::review::{Review, Reviewer, report, review};

/// Reviews, and signs if accepted.
///
/// # Errors
/// When something cannot be read or written, or the key cannot sign.
pub async fn run(args: &CertifyArgs) -> Result<Exit, Failure> {
    let beside = beside(&args.output);
    free_for(&args.output, Kind::Certificate)?;
    free_for(&beside, Kind::Signature)?;
    let path = args.policy.as_path();
    let policy = load::text(path, "name a review policy, TOML; see the README")?;
    let reviewer = verify::reviewer(&args.review, Some((path, &policy)))?;
    let review = review(&verify::bundle(&args.review.bundle)?, &reviewer).await;
    if review.decision != Decision::Accepted {
        print::result(&report::terminal(&review))?;
        return Ok(Exit::Reviewed(review.decision));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let certificate = Certificate::of(&review, (&name, &policy), reviewer.at, args.days);
    let certificate = certificate.map_err(Failure::fault)?;
    let text = certificate.render().map_err(Failure::fault)?;
    let signature = signing::signed(&args.sign, NAMESPACE, text.as_bytes())?;
    spend(args, &reviewer, &review)?;
    output::write(&args.output, &text)?;
    output::write(&beside, &signature)?;
    print::result(&said(&certificate, &args.output, &beside))?;
    Ok(Exit::Reviewed(Decision::Accepted))
}

/// As `ssh-keygen -Y sign` names a signature.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".sig");
    PathBuf::from(name)
}

fn said(certificate: &Certificate, path: &Path, signature: &Path) -> String {
    let properties = certificate.predicate.properties.iter();
    let properties: Vec<String> = properties.map(|one| text::line(one)).collect();
    let properties = properties.join("\n  ");
    let (path, signature) = (path.display(), signature.display());
    format!(
        "certified:\n  {properties}\n`{path}` is signed in `{signature}`; whoever trusts the key checks it with\n  \
         ssh-keygen -Y verify -f ALLOWED_SIGNERS -I PRINCIPAL -n {NAMESPACE} -s {signature} < {path}\n"
    )
}

/// Notes in the ledger of the policy that the challenge is spent.
fn spend(args: &CertifyArgs, reviewer: &Reviewer, review: &Review) -> Result<(), Failure> {
    let ledger = verify::beside_policy(&args.policy, reviewer.policy.challenge.ledger.as_ref());
    let (Some(path), Some(challenge), Some(statement_sha256)) =
        (ledger, &reviewer.challenge, review.statement)
    else {
        return Ok(());
    };
    let spent = Spent {
        challenge_sha256: Digest::hash(challenge),
        statement_sha256,
    };
    if reviewer.ledger.contains(&spent) {
        return Ok(());
    }
    let line = spent.line().map_err(Failure::fault)?;
    let file = OpenOptions::new().create(true).append(true).open(&path);
    file.and_then(|mut file| file.write_all(line.as_bytes()))
        .map_err(|error| {
            let help = "name a ledger that can be written to";
            Failure::usage(
                format!("cannot write `{}`: {}", path.display(), plain(&error)),
                Some(help.to_owned()),
            )
        })
}
