//! `destspec check`: configuration, reachability, credentials, permissions.

use std::fmt::Write as _;

use crate::cli::args::SubmissionArgs;
use crate::cli::exit::Exit;
use crate::cli::load::Loading;
use crate::cli::opened::{Data, Opened, opened};
use crate::cli::reference::Asked;
use crate::cli::stages::{Stage, look};
use crate::cli::{Failure, login, print};
use crate::model::finding::Blame;
use crate::model::rule::Rule;
use crate::model::source::Problem;
use crate::publish::report::whose::whose;
use crate::publish::report::{sentence, text};
use crate::suite;
use crate::suite::subject::Subject;

/// Looks at every destination.
///
/// # Errors
/// When the submission cannot be read.
pub async fn run(args: &SubmissionArgs) -> Result<Exit, Failure> {
    let opened = opened(args, Loading::SENT, Asked::default(), Data::of(0), None).await?;
    print::problems(&apart(&opened));
    let mut exit = Exit::Success;
    for target in &opened.targets {
        let name = &target.subject.destination().name;
        let mut text = format!("{name}\n");
        let broken = violations(&target.subject);
        if broken.is_empty() {
            let _ = writeln!(
                text,
                "  ok       configuration: {}",
                carried_out(&target.subject)
            );
        } else {
            exit = worse(exit, Blame::Destination);
        }
        for (rule, problem) in broken {
            let _ = writeln!(
                text,
                "  problem  configuration (your configuration): {rule}, {problem}"
            );
            if let Some(help) = &problem.help {
                let _ = writeln!(text, "           help: {help}");
            }
        }
        for stage in look(target).await {
            exit = stage
                .seen
                .as_ref()
                .err()
                .map_or(exit, |f| worse(exit, f.blame));
            write_down(&mut text, &stage);
        }
        print::result(&text::block(&text))?;
    }
    if let Some(submission) = &args.submission {
        login::keep_newest(&opened.targets, submission)?;
    }
    Ok(exit)
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
    let said = sentence::finding(&suite::words(), &finding.reason);
    let whose = whose(finding);
    let (expected, received) = (said.expected, said.received);
    let _ = writeln!(
        text,
        "  problem  {what} ({whose}): expected {expected}, received {received}"
    );
    if let Some(remedy) = said.remedy {
        let _ = writeln!(text, "           help: {remedy}");
    }
    if !stage.behind.is_empty() {
        let behind = stage.behind.join(", ");
        let _ = writeln!(text, "  blocked  {behind}: by {what}, see above");
    }
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
    use crate::judge::CODES;
    use crate::publish::report::whose::{BETWEEN, CONFIGURED};

    #[test]
    fn every_code_that_says_whose_move_it_is_is_one() {
        let known = |id: &str| CODES.iter().copied().flatten().any(|code| code.id == id);
        for id in CONFIGURED.into_iter().chain(BETWEEN) {
            assert!(known(id), "{id}");
        }
    }
}
