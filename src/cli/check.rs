//! `destspec check`: configuration, reachability, credentials; delivers nothing.

use std::fmt::Write as _;

use crate::cli::args::SubmissionArgs;
use crate::cli::exit::Exit;
use crate::cli::load::Loading;
use crate::cli::opened::opened;
use crate::cli::{Failure, print};
use crate::judge::{connection, token};
use crate::model::finding::{Blame, Finding};
use crate::publish::report::sentence;
use crate::suite;
use crate::suite::broken;
use crate::suite::open::Target;
use crate::wire::TokenAsk;

/// Looks at every destination.
///
/// # Errors
/// When the submission cannot be read.
pub async fn run(args: &SubmissionArgs) -> Result<Exit, Failure> {
    let opened = opened(args, Loading::SENT, &[], Some(0), None).await?;
    print::problems(&opened.loaded.warnings);
    let mut exit = Exit::Success;
    for target in &opened.targets {
        let (subject, name) = (&target.subject, &target.subject.destination.name);
        let mut text = format!(
            "{name}\n  ok       configuration: renders for {}\n",
            subject.endpoint_shown
        );
        for (what, seen) in look(target).await {
            match seen {
                Ok(said) => {
                    let _ = writeln!(text, "  ok       {what}: {said}");
                }
                Err(finding) => {
                    let said = sentence::finding(&suite::words(), &finding.reason);
                    let _ = writeln!(
                        text,
                        "  problem  {what}: expected {}, received {}",
                        said.expected, said.received
                    );
                    if let Some(remedy) = said.remedy {
                        let _ = writeln!(text, "           help: {remedy}");
                    }
                    exit = worse(exit, finding.blame);
                }
            }
        }
        print::result(&text)?;
    }
    Ok(exit)
}

type Looked = Vec<(&'static str, Result<String, Finding>)>;

async fn look(target: &Target) -> Looked {
    let subject = &target.subject;
    let session = target.door.session("check");
    let diverged = |e: crate::wire::Divergence| broken::replay_diverged(e);
    let connected = match session
        .connection(&subject.endpoint)
        .await
        .map_err(diverged)
    {
        Ok(seen) => connection::encrypted(&seen).map(|()| seen.tls.unwrap_or_default()),
        Err(finding) => Err(finding),
    };
    let mut looked = vec![("connection", connected)];
    if subject.token_setup().is_some() {
        let asked = session.token(TokenAsk::Valid).await.map_err(diverged);
        let issued = asked.and_then(|asked| {
            let exchange = session
                .exchange(asked)
                .ok_or_else(|| broken::nothing_to_judge("token request"))?;
            token::issued(&exchange, subject.token_client()?)
        });
        looked.push(("token", issued.map(|()| String::from("issued"))));
    } else {
        looked.push((
            "credentials",
            Ok(format!("{}, given", subject.authentication_words())),
        ));
    }
    looked
}

fn worse(exit: Exit, blame: Blame) -> Exit {
    match (exit, blame) {
        (Exit::NotConformant, _) | (_, Blame::Destination) => Exit::NotConformant,
        (_, Blame::Surroundings) => Exit::Unjudged,
        (_, Blame::Destspec) => Exit::Fault,
    }
}
