//! `destspec challenge`: issues what a run has to be made from.

use std::path::Path;

use crate::cli::args::{ChallengeCommand, NewChallengeArgs};
use crate::cli::exit::Exit;
use crate::cli::opened::this_second;
use crate::cli::places::{Kind, vacant};
use crate::cli::{Failure, load, output, print, proof};
use crate::model::challenge::{Challenge, FORMAT};
use crate::model::digest::Digest;
use crate::publish::report::text;

/// Digits of its number that are in its name.
const SHORT: usize = 6;

/// Does what is asked of challenges.
///
/// # Errors
/// When a file cannot be read or written.
pub async fn run(command: &ChallengeCommand) -> Result<Exit, Failure> {
    match command {
        ChallengeCommand::New(args) => new(args),
        ChallengeCommand::Proof(args) => proof::run(args).await,
    }
}

fn new(args: &NewChallengeArgs) -> Result<Exit, Failure> {
    vacant(&args.output, Kind::Challenge, args.force)?;
    if let Some(path) = &args.sample_secret {
        if *path == args.output {
            return Err(Failure::usage(
                format!("expected two files, received `{}` twice", path.display()),
                Some(String::from("name another file for the secret")),
            ));
        }
        vacant(path, Kind::Sample, args.force)?;
    }
    let nonce = number();
    let now = this_second()?;
    let expires = now + jiff::SignedDuration::from_hours(24 * i64::from(args.days));
    // the name tells nothing of the number
    let tag: String = Digest::hash(&nonce)
        .to_string()
        .chars()
        .take(SHORT)
        .collect();
    let challenge = Challenge {
        format: FORMAT.to_owned(),
        id: format!("ch-{}-{tag}", now.strftime("%Y-%m-%d")),
        nonce,
        partner: args.partner.clone(),
        issued_at: now.to_string(),
        expires_at: expires.to_string(),
        sample_sha256: args.sample_secret.as_deref().map(sample).transpose()?,
        control_proof: args.control.clone(),
        repetitions: args.repetitions,
    };
    let written = serde_json::to_string_pretty(&challenge).map_err(Failure::fault)?;
    output::write(&args.output, &text::json(&written))?;
    print::message(&format!(
        "{} for `{}`, until {}: keep the file, `verify --challenge` compares with it",
        challenge.id,
        text::line(&challenge.partner),
        challenge.expires_at
    ));
    Ok(Exit::Success)
}

/// 32 random bytes in hexadecimal.
fn number() -> String {
    let bytes: [u8; 32] = rand::random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a new secret, and commits to it: `sha256sum` of the file says the same.
fn sample(path: &Path) -> Result<Digest, Failure> {
    let secret = format!("{}\n", number());
    output::write_private(path, &secret)?;
    Ok(Digest::hash(&secret))
}

/// A challenge, and the text that it was read from.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> Result<(Challenge, String), Failure> {
    let help = "name the file that `destspec challenge new` wrote";
    let text = load::text(path, help)?;
    match Challenge::parse(&text) {
        Ok(challenge) => Ok((challenge, text)),
        Err(error) => Err(Failure::usage(error.to_string(), Some(help.to_owned()))),
    }
}
