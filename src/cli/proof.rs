//! `destspec challenge proof`: prints what a partner serves to show that it runs its hosts, or asks for what they serve.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cli::args::ProofArgs;
use crate::cli::exit::Exit;
use crate::cli::{Failure, challenge, load, print, signing};
use crate::model::control::{self, ControlFault, SCENARIO};
use crate::model::redact::Redactor;
use crate::publish::report::text;
use crate::suite::control::ask;
use crate::wire::{AuthSetup, Door, DoorSetup, RetryClass, Session};

/// How long a host may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Prints, or asks.
///
/// # Errors
/// When the challenge or the key cannot be read, or the challenge asks for no proof.
pub async fn run(args: &ProofArgs) -> Result<Exit, Failure> {
    let (challenge, _) = challenge::read(&args.challenge)?;
    let proof = challenge.proof(&signing::fingerprint(&args.signer)?);
    if challenge.control_proof.is_empty() {
        return Err(Failure::usage(
            "expected a challenge that asks for proofs of control, received one that names no host",
            Some(String::from("nothing has to be served for it")),
        ));
    }
    let session = args.fetch.then(|| session(args.ca_file.as_deref()));
    let session = session.transpose()?;
    let (mut out, mut exit) = (String::new(), Exit::Success);
    for host in &challenge.control_proof {
        let url = host.url(&challenge.id);
        let Some(session) = &session else {
            let _ = writeln!(out, "{url}\n  {proof}");
            continue;
        };
        let said = match fetched(session, &url, &proof).await? {
            None => String::from("the proof"),
            Some(fault) => {
                exit = worse(exit, &fault);
                fault.to_string()
            }
        };
        let _ = writeln!(out, "{url}\n  {}", text::line(&said));
    }
    print::result(&out)?;
    Ok(exit)
}

fn worse(exit: Exit, fault: &ControlFault) -> Exit {
    match (exit, fault) {
        (Exit::NotConformant, _)
        | (_, ControlFault::Status(_) | ControlFault::Form | ControlFault::Other) => {
            Exit::NotConformant
        }
        (_, ControlFault::Unanswered(_)) => Exit::Unjudged,
    }
}

/// Why a host does not serve the proof, if so.
async fn fetched(
    session: &Session,
    url: &str,
    proof: &str,
) -> Result<Option<ControlFault>, Failure> {
    let which = ask(session, url.to_owned()).await.map_err(Failure::fault)?;
    let exchange = session.exchange(which);
    Ok(exchange.and_then(|exchange| control::fault(&exchange, proof)))
}

/// A way to hosts of which nothing is known but who vouches for them.
fn session(authority: Option<&Path>) -> Result<Session, Failure> {
    let help = "name a file with PEM certificates";
    let authority = authority.map(|path| load::text(path, help)).transpose()?;
    let setup = DoorSetup {
        run_id: format!("{:032x}", rand::random::<u128>()),
        seed: 0,
        started: Some(Instant::now()),
        destination: String::from(SCENARIO),
        auth: AuthSetup::None,
        audience_auth: None,
        storage: None,
        redactor: Arc::new(Redactor::new(rand::random())),
        certificate_authority_pem: authority,
        concurrency: 1,
        pace_per_second: None,
        time_limit: PATIENCE,
        retry_waits: [Duration::ZERO; 2],
        retry_class: RetryClass::BestEffort,
        folder: std::path::PathBuf::new(),
        environment: Vec::new(),
        journal: None,
    };
    let door = Door::live(setup);
    let door = door.map_err(|error| Failure::usage(error.to_string(), Some(help.to_owned())))?;
    Ok(door.session(SCENARIO))
}
