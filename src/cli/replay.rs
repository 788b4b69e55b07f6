//! `destspec replay RECORD`: judges a recorded run again, with nothing but the record. With `--live` it is another command,
//! see `live`.

use std::fmt::Write as _;

use crate::cli::args::ReplayArgs;
use crate::cli::exit::Exit;
use crate::cli::{Failure, live, look, print};
use crate::model::source::Problem;
use crate::publish::report::text;
use crate::suite::replay::{ReplayError, Replayed, replay};

/// Replays the record and says where it does not bear out what it says.
///
/// # Errors
/// When the record cannot be read or lacks what a replay needs.
pub async fn run(args: &ReplayArgs) -> Result<Exit, Failure> {
    if let Some(id) = args.scenario.as_deref().filter(|_| args.live) {
        return live::run(args, id).await;
    }
    let record = look::record(&args.record)?;
    let replayed = replay(&record).await.map_err(unreplayable)?;
    print::result(&shown(&replayed))?;
    if replayed.differences.is_empty() {
        Ok(Exit::of_conclusion(&replayed.run, replayed.conclusion()))
    } else {
        Ok(Exit::Evidence)
    }
}

fn shown(replayed: &Replayed) -> String {
    let scenarios = &replayed.run.scenarios;
    let exchanges: usize = scenarios.iter().map(|s| s.exchanges.len()).sum();
    let mut text = format!(
        "{} scenarios and {exchanges} exchanges judged again: {}\n",
        scenarios.len(),
        replayed.conclusion()
    );
    let differences = replayed.differences.iter();
    let differences = differences.map(|d| [&d.part, &d.recorded, &d.replayed]);
    print::differences(&mut text, ("differs     ", "", "replayed"), differences);
    for (destination, name, count) in &replayed.unverifiable {
        let _ = writeln!(
            text,
            "unverifiable {count} fields of {}: withheld for `{}`",
            text::line(destination),
            text::line(name)
        );
    }
    if replayed.holds() {
        text.push_str("the record bears out all that it says\n");
    }
    text
}

/// Why there is nothing to judge again.
pub fn unreplayable(error: ReplayError) -> Failure {
    match error {
        ReplayError::Submission(problems) => {
            Failure::Input(problems.into_iter().filter(Problem::is_error).collect())
        }
        ReplayError::NoSubmission | ReplayError::Target(_) | ReplayError::Plan(_) => {
            let help = "name a whole record.json that this version of `destspec run` wrote";
            Failure::usage(error.to_string(), Some(help.to_owned()))
        }
        ReplayError::Work(_) => Failure::Message {
            exit: Exit::Evidence,
            text: error.to_string(),
            help: Some(String::from(
                "make the templates simpler: nest fewer loops, and write plain regular expressions",
            )),
        },
        ReplayError::Catalogue(_) | ReplayError::Phrases(_) => Failure::fault(error),
    }
}
