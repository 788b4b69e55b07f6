//! `destspec check`: configuration, reachability, credentials, permissions.

use std::fmt::Write as _;

use crate::cli::args::CheckArgs;
use crate::cli::exit::Exit;
use crate::cli::load::Loading;
use crate::cli::opened::{Data, Opened, opened};
use crate::cli::reference::Asked;
use crate::cli::stages::{Stage, look};
use crate::cli::{Failure, login, print, unnamed};
use crate::model::finding::Blame;
use crate::model::rule::Rule;
use crate::model::source::Problem;
use crate::publish::report::sentence;
use crate::publish::report::text::{self, line};
use crate::publish::report::whose::whose;
use crate::suite;
use crate::suite::subject::Subject;

/// Looks at every destination.
///
/// # Errors
/// When the submission cannot be read.
pub async fn run(args: &CheckArgs) -> Result<Exit, Failure> {
    let loading = match args.offline {
        true => Loading::SHOWN,
        false => Loading::SENT,
    };
    let opened = match submitted(args, loading).await {
        Ok(opened) => opened,
        Err(unopened) => return Err(besides(args, unopened).await),
    };
    print::problems(&apart(&opened));
    print::problems(&unnamed::templates(&opened.loaded.submission));
    let mut exit = Exit::Success;
    for target in &opened.targets {
        let (mut text, keeps) = configuration(&target.subject);
        if !keeps {
            exit = worse(exit, Blame::Destination);
        }
        let stages = match args.offline {
            true => Vec::new(),
            false => look(target).await,
        };
        for stage in stages {
            exit = stage
                .seen
                .as_ref()
                .err()
                .map_or(exit, |f| worse(exit, f.blame));
            write_down(&mut text, &stage);
        }
        print::result(&text::block(&text))?;
    }
    if args.offline {
        print::message("not looked at, offline: hosts, credentials, permissions");
    } else if let Some(submission) = &args.submission.submission {
        login::keep_newest(&opened.targets, submission)?;
    }
    Ok(exit)
}

async fn submitted(args: &CheckArgs, loading: Loading) -> Result<Opened, Failure> {
    let (asked, data) = (Asked::default(), Data::of(0));
    opened(&args.submission, loading, asked, data, None).await
}

/// Why it cannot be opened, with what is wrong with the configurations besides: who lacks credentials learns of it now.
async fn besides(args: &CheckArgs, unopened: Failure) -> Failure {
    if args.offline || args.submission.submission.is_none() {
        return unopened;
    }
    let Ok(opened) = submitted(args, Loading::SHOWN).await else {
        return unopened;
    };
    let targets = opened.targets.iter();
    let found = targets.flat_map(|target| {
        // what was found when it was read is said already
        let read = &target.subject.destination().problems;
        let broken = violations(&target.subject).into_iter();
        broken.filter_map(|(_, problem)| (!read.contains(&problem)).then_some(problem))
    });
    let found: Vec<Problem> = found.collect();
    match unopened {
        Failure::Input(problems) => Failure::Input([problems, found].concat()),
        Failure::Message { .. } => {
            print::problems(&found);
            unopened
        }
    }
}

/// The name of a destination, what is said of its configuration, and whether that keeps every rule.
fn configuration(subject: &Subject) -> (String, bool) {
    let mut text = format!("{}\n", subject.destination().name);
    let broken = violations(subject);
    if broken.is_empty() {
        let _ = writeln!(text, "  ok       configuration: {}", carried_out(subject));
    }
    for (rule, problem) in &broken {
        let _ = writeln!(
            text,
            "  problem  configuration (your configuration): {rule}, {problem}"
        );
        if let Some(help) = &problem.help {
            let _ = writeln!(text, "           help: {help}");
        }
    }
    (text, broken.is_empty())
}

/// What is questionable, besides what is a problem of a destination below.
fn apart(opened: &Opened) -> Vec<Problem> {
    let targets = opened.targets.iter();
    let broken = targets.flat_map(|target| violations(&target.subject));
    let broken: Vec<Problem> = broken.map(|(_, problem)| problem).collect();
    let all = opened.loaded.warnings.iter();
    all.filter(|problem| !broken.contains(problem))
        .cloned()
        .collect()
}

/// A line for what was seen; for a problem whose it is, the remedy, and what waits for it.
fn write_down(text: &mut String, stage: &Stage) {
    let what = stage.what;
    let finding = match &stage.seen {
        Ok(said) => {
            let _ = writeln!(text, "  ok       {what}: {said}");
            return;
        }
        Err(finding) => finding,
    };
    let words = suite::words();
    let said = sentence::finding(&words, &finding.reason);
    let whose = whose(&words, finding);
    let (expected, received) = (said.expected, said.received);
    let _ = writeln!(
        text,
        "  problem  {what} ({whose}): expected {expected}, received {received}"
    );
    let asked = stage.host.as_ref();
    if let Some((origin, names)) = asked {
        let _ = writeln!(text, "           host: {}, named by {names}", line(origin));
    }
    if let Some(remedy) = said.remedy {
        let remedy = match asked.and_then(|(origin, _)| host(origin)) {
            Some((host, port)) => {
                let with_port = format!("{}:{port}", line(&host));
                let remedy = remedy.replace("HOST:443", &with_port);
                remedy.replace("HOST", &line(&host))
            }
            None => remedy,
        };
        let _ = writeln!(text, "           help: {remedy}");
    }
    if !stage.behind.is_empty() {
        let behind = stage.behind.join(", ");
        let _ = writeln!(text, "  blocked  {behind}: by {what}, see above");
    }
}

/// The host of an origin, which is a URL.
fn host(origin: &str) -> Option<(String, u16)> {
    let url = url::Url::parse(origin).ok()?;
    let port = url.port_or_known_default()?;
    Some((url.host_str()?.to_owned(), port))
}

/// Where messages or files go by it, or why none do.
fn carried_out(subject: &Subject) -> String {
    match subject {
        Subject::Streaming(subject) => format!("renders for {}", subject.endpoint_shown),
        Subject::Batch(subject) => format!("renders for {}", subject.place()),
        Subject::Inoperable(subject) => sentence::sentence(&suite::words(), &subject.reason()),
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

fn worse(exit: Exit, blame: Blame) -> Exit {
    match (exit, blame) {
        (Exit::NotConformant, _) | (_, Blame::Destination) => Exit::NotConformant,
        (_, Blame::Surroundings) => Exit::Unjudged,
        (_, Blame::Destspec) => Exit::Fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Finding;
    use crate::model::reason::Reason;

    #[test]
    fn a_host_that_cannot_be_reached_is_named_with_what_names_it() {
        let reason = Reason::new("connection.name-unresolved").with("failure", "no such host");
        let stage = Stage {
            host: Some((String::from("https://api.nowhere.invalid:8443"), "`url`")),
            ..Stage::new("name", Err(Finding::new(Blame::Surroundings, reason)))
        };
        let mut text = String::new();
        write_down(&mut text, &stage);
        let host = "\n           host: https://api.nowhere.invalid:8443, named by `url`\n";
        assert!(text.contains(host), "{text}");
        assert!(
            text.contains("`getent hosts api.nowhere.invalid`"),
            "{text}"
        );
    }
}
