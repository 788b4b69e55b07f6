//! `destspec replay RECORD --scenario ID --live`: asks the destination of a record again what a scenario asked it, and
//! says what it answers otherwise.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use crate::cli::again::again;
use crate::cli::args::ReplayArgs;
use crate::cli::exit::Exit;
use crate::cli::opened::{Data, unknown};
use crate::cli::{Failure, look, print};
use crate::model::outcome::Outcome;
use crate::model::record::{Run, Scenario};
use crate::publish::report::answers::{Compared, compare};
use crate::publish::report::{sentence, text};
use crate::review::sample::Picked;
use crate::suite::words;

/// Runs the scenario from the data of the record, and compares.
///
/// # Errors
/// When the record has no such scenario, or the submission is not found, or not that of the record.
pub async fn run(args: &ReplayArgs, id: &str) -> Result<Exit, Failure> {
    let recorded = look::record(&args.record)?;
    let picked = picked(&recorded, id, args.destination.as_deref())?;
    let submission = submission(args, &recorded)?;
    print::message(&format!("note: asks again by `{}`", submission.display()));
    let now = again(&recorded, &picked, &submission, Data::of_record(&recorded)).await?;
    let (mut out, mut ends) = (String::new(), Vec::new());
    for one in &picked {
        if let Some((then, now)) = scenario(&recorded, one).zip(scenario(&now, one)) {
            ends.push(told(&mut out, then, now));
        }
    }
    print::result(&out)?;
    let worst = [
        Exit::Fault,
        Exit::NotConformant,
        Exit::Unjudged,
        Exit::Incomplete,
    ];
    let worst = worst.into_iter().find(|exit| ends.contains(exit));
    Ok(worst.unwrap_or(Exit::Success))
}

/// Where the scenario was run.
fn picked(recorded: &Run, id: &str, destination: Option<&str>) -> Result<Vec<Picked>, Failure> {
    let here = |s: &&Scenario| destination.is_none_or(|name| s.destination == name);
    let of_id: Vec<&Scenario> = recorded.scenarios.iter().filter(|s| s.id == id).collect();
    if of_id.is_empty() {
        let ids: Vec<&str> = recorded.scenarios.iter().map(|s| s.id.as_str()).collect();
        return Err(unknown("scenario of the record", id, &ids.join(", ")));
    }
    let there = of_id.into_iter().filter(here).collect::<Vec<_>>();
    if let (true, Some(name)) = (there.is_empty(), destination) {
        let all = recorded.destinations.iter();
        let all: Vec<&str> = all.map(|d| d.name.as_str()).collect();
        return Err(unknown("destination of the record", name, &all.join(", ")));
    }
    let ran = there.into_iter().filter(|s| match s.outcome {
        Outcome::Omitted { .. } => false,
        Outcome::Passed { .. }
        | Outcome::Failed { .. }
        | Outcome::Blocked { .. }
        | Outcome::Broken { .. } => true,
    });
    let ran = ran.map(|s| Picked {
        destination: s.destination.clone(),
        id: s.id.clone(),
    });
    let ran: Vec<Picked> = ran.collect();
    match ran.is_empty() {
        false => Ok(ran),
        true => Err(Failure::Message {
            exit: Exit::Incomplete,
            text: format!(
                "the record left `{}` out: there is nothing to ask again",
                text::line(id)
            ),
            help: Some(String::from(
                "`destspec bundle show` and the report say why",
            )),
        }),
    }
}

fn scenario<'a>(run: &'a Run, one: &Picked) -> Option<&'a Scenario> {
    let mut all = run.scenarios.iter();
    all.find(|s| s.id == one.id && s.destination == one.destination)
}

/// The submission that is named, or the one that a loose record names below the current directory, as a run leaves it there;
/// one of another is not told from it, so that both are taken for the user's own. Whoever wrote a
/// submission says which credentials go where and which programs run: no other file is taken at a record's word.
fn submission(args: &ReplayArgs, recorded: &Run) -> Result<PathBuf, Failure> {
    if let Some(path) = &args.submission {
        return Ok(path.clone());
    }
    let name = recorded
        .sources
        .first()
        .map_or("submission.toml", |s| &s.name);
    let refused = |why: &str| {
        Failure::usage(
            format!("expected the submission to be named, received {why}"),
            Some(String::from(
                "name it: `--submission FILE`; its credentials are sent and its programs are run, so read it first",
            )),
        )
    };
    if look::is_bundle(&args.record) {
        return Err(refused("a bundle, which was made elsewhere"));
    }
    let path = Path::new(name);
    let is_below = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if !path.components().all(is_below) {
        return Err(refused(&format!(
            "a record that names `{}`, which is not below the current directory",
            text::line(name)
        )));
    }
    if path.is_file() {
        return Ok(path.to_path_buf());
    }
    Err(Failure::usage(
        format!(
            "cannot find the submission of the record: no file below the current directory is called `{}`",
            text::line(name)
        ),
        Some(String::from(
            "name it: `--submission FILE`; the credentials are in it, a record has none",
        )),
    ))
}

/// Says what differs; how it ends.
fn told(out: &mut String, then: &Scenario, now: &Scenario) -> Exit {
    let compared = compare(then, now);
    let (was, is) = (outcome(then), outcome(now));
    let _ = writeln!(
        out,
        "{} at {}",
        text::line(&then.id),
        text::line(&then.destination)
    );
    let same = code(then) == code(now);
    if same {
        let _ = writeln!(out, "  outcome  as recorded: {is}");
    } else {
        let _ = writeln!(out, "  outcome\n    recorded  {was}\n    live      {is}");
    }
    for one in &compared {
        exchange(out, one);
    }
    let differ = compared.iter().filter(|one| !one.differences.is_empty());
    let differ = differ.count();
    let _ = writeln!(out, "  {differ} of {} exchanges differ", compared.len());
    match (&now.outcome, differ > 0 || !same) {
        (Outcome::Broken { .. }, _) => Exit::Fault,
        (Outcome::Blocked { .. }, _) => Exit::Unjudged,
        (Outcome::Omitted { .. }, _) => Exit::Incomplete,
        (Outcome::Passed { .. } | Outcome::Failed { .. }, true) => Exit::NotConformant,
        (Outcome::Passed { .. } | Outcome::Failed { .. }, false) => Exit::Success,
    }
}

/// What of an outcome does not change from one run to another: the values in a finding may.
fn code(scenario: &Scenario) -> (&'static str, Option<&str>) {
    let finding = scenario.outcome.finding();
    (
        scenario.outcome.word(),
        finding.map(|finding| finding.reason.code.as_ref()),
    )
}

/// An outcome in one line.
fn outcome(scenario: &Scenario) -> String {
    let word = scenario.outcome.word();
    match scenario.outcome.finding() {
        Some(finding) => {
            let said = sentence::finding(&words(), &finding.reason);
            format!(
                "{word}: expected {}, received {}",
                said.expected, said.received
            )
        }
        None => word.to_owned(),
    }
}

fn exchange(out: &mut String, one: &Compared) {
    let word = match one.differences.is_empty() {
        true => "same   ",
        false => "differs",
    };
    let _ = writeln!(out, "  {word}  {} {}", one.place, text::line(&one.asked));
    let differences = one.differences.iter();
    let differences = differences.map(|d| [&d.part, &d.recorded, &d.live]);
    print::differences(out, ("    ", "    ", "live"), differences);
    for part in &one.unknown {
        let _ = writeln!(
            out,
            "    {}: withheld from the record, not compared",
            text::line(part)
        );
    }
}
