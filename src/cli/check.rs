//! `destspec check`: configuration, reachability, credentials; delivers nothing.

use std::fmt::Write as _;

use crate::cli::args::SubmissionArgs;
use crate::cli::exit::Exit;
use crate::cli::load::Loading;
use crate::cli::opened::{Data, opened};
use crate::cli::reference::Asked;
use crate::cli::{Failure, login, print};
use crate::judge::{connection, ingested, location, token};
use crate::model::finding::{Blame, Finding};
use crate::model::record::{Operation, Purpose};
use crate::model::rule::Rule;
use crate::model::source::Problem;
use crate::model::submission::Ingestion;
use crate::publish::report::sentence;
use crate::suite;
use crate::suite::broken;
use crate::suite::open::Target;
use crate::suite::steps::ingestion::question;
use crate::suite::subject::{Batch, Streaming, Subject};
use crate::wire::{Divergence, Login, Session, TokenAsk};

/// Looks at every destination.
///
/// # Errors
/// When the submission cannot be read.
pub async fn run(args: &SubmissionArgs) -> Result<Exit, Failure> {
    let opened = opened(args, Loading::SENT, Asked::default(), Data::of(0), None).await?;
    print::problems(&opened.loaded.warnings);
    let mut exit = Exit::Success;
    for target in &opened.targets {
        let name = &target.subject.destination().name;
        let mut text = format!("{name}\n");
        let broken = violations(&target.subject);
        if broken.is_empty() {
            let _ = writeln!(
                text,
                "  ok       configuration: renders for {}",
                place(&target.subject)
            );
        } else {
            exit = worse(exit, Blame::Destination);
        }
        for (rule, problem) in broken {
            let _ = writeln!(text, "  problem  configuration: {rule}, {problem}");
            if let Some(help) = &problem.help {
                let _ = writeln!(text, "           help: {help}");
            }
        }
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
    if let Some(submission) = &args.submission {
        login::keep_newest(&opened.targets, submission)?;
    }
    Ok(exit)
}

fn place(subject: &Subject) -> String {
    match subject {
        Subject::Streaming(subject) => subject.endpoint_shown.clone(),
        Subject::Batch(subject) => subject.place(),
        Subject::Inoperable(_) => String::new(),
    }
}

/// What of the configuration breaks a rule, with the rule.
fn violations(subject: &Subject) -> Vec<(Rule, Problem)> {
    let of = |rule: &Rule| {
        let rule = *rule;
        let problems = subject.problems(rule).into_iter();
        problems.filter(|p| !p.is_warning()).map(move |p| (rule, p))
    };
    Rule::ALL.iter().flat_map(of).collect()
}

type Looked = Vec<(&'static str, Result<String, Finding>)>;

async fn look(target: &Target) -> Looked {
    let session = target.door.session("check");
    match &target.subject {
        Subject::Streaming(subject) => look_at_endpoint(subject, &session).await,
        Subject::Batch(subject) => {
            let mut looked = vec![("location", look_at_location(subject, &session).await)];
            if let Some(ingestion) = subject.ingestion() {
                looked.push((
                    "ingestion",
                    ask_platform(subject, ingestion, &session).await,
                ));
            }
            looked
        }
        Subject::Inoperable(_) => Vec::new(),
    }
}

async fn look_at_location(subject: &Batch, session: &Session) -> Result<String, Finding> {
    let location = subject.place();
    let connect = (Operation::Connect { location }, None);
    let seen = session.store(Purpose::Observation, connect, Login::Valid);
    let seen = seen.await.map_err(broken::replay_diverged)?;
    let exchange = session.exchange(seen);
    let storage = exchange.as_ref().and_then(|exchange| exchange.storage());
    let storage = storage.ok_or_else(|| broken::nothing_to_judge("look at the location"))?;
    if location::is_forbidden(&storage.result) {
        return Ok("lets the account in, which may not list files".to_owned());
    }
    location::let_in(storage, subject.signature_ended())?;
    Ok(match &subject.given.signature_ends {
        Some(end) => format!("lists its files; the signature ends on {end}"),
        None => "lists its files".to_owned(),
    })
}

/// Asks about a folder that nobody has made: any answer that is one will do.
async fn ask_platform(
    subject: &Batch,
    ingestion: &Ingestion,
    session: &Session,
) -> Result<String, Finding> {
    let url = subject.question(ingestion, "destspec-check", "destspec-check/none.csv");
    let asked = session.send(question(&url)).await;
    let asked = asked.map_err(broken::replay_diverged)?;
    let exchange = session.exchange(asked);
    let exchange = exchange.ok_or_else(|| broken::nothing_to_judge("answer"))?;
    ingested::told(&exchange).map(|_| "answers".to_owned())
}

async fn look_at_endpoint(subject: &Streaming, session: &Session) -> Looked {
    let diverged = |e: Divergence| broken::replay_diverged(e);
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
