//! `destspec list`: the plan, with a reason for every omission.

use std::fmt::Write as _;

use crate::cli::args::ListArgs;
use crate::cli::exit::Exit;
use crate::cli::load::Loading;
use crate::cli::opened::{Data, opened};
use crate::cli::{Failure, print};
use crate::model::requirement::Verification;
use crate::publish::report::sentence::sentence;
use crate::suite::catalogue::Catalogue;
use crate::suite::phrases::Table;
use crate::suite::plan::{Decision, Plan};
use crate::suite::words;

/// Prints every scenario of every destination, then the requirements that no scenario judges.
///
/// # Errors
/// When the submission cannot be read or the selection names what does not exist.
pub async fn run(args: &ListArgs) -> Result<Exit, Failure> {
    let opened = opened(&args.submission, Loading::SHOWN, &[], Data::of(0), None).await?;
    let catalogue = Catalogue::embedded().map_err(Failure::fault)?;
    let table = Table::compile().map_err(Failure::fault)?;
    let plan = opened.plan(&catalogue, &table, &args.selection.selection(&catalogue))?;
    print::problems(&opened.loaded.warnings);
    let names: Vec<&str> = opened
        .targets
        .iter()
        .map(|t| t.subject.destination().name.as_str())
        .collect();
    print::result(&text(&catalogue, &plan, &names))?;
    Ok(if plan.running() == 0 {
        Exit::Incomplete
    } else {
        Exit::Success
    })
}

fn text(catalogue: &Catalogue, plan: &Plan, names: &[&str]) -> String {
    let (mut text, words) = (String::new(), words());
    for (index, name) in names.iter().enumerate() {
        let _ = writeln!(text, "{name}");
        for planned in plan.scenarios.iter().filter(|s| s.destination == index) {
            let (mark, reason) = match &planned.decision {
                Decision::Run => ("run", String::new()),
                Decision::Omit { reason, .. } => {
                    let reason = sentence(&words, reason);
                    ("omit", format!("\n{:30}because {reason}", ""))
                }
            };
            let (requirement, level) = (&planned.requirement, planned.level.to_string());
            let _ = writeln!(
                text,
                "  {mark:<5}{requirement:<16}{level:<7}{}{reason}",
                planned.title
            );
        }
        text.push('\n');
    }
    let _ = writeln!(text, "Requirements that no scenario judges");
    for requirement in &catalogue.requirements {
        let why = match requirement.verification {
            Verification::Tested => continue,
            Verification::Attested => String::from("attested by a person"),
            Verification::Excluded => requirement.reason.clone().unwrap_or_default(),
        };
        let level = requirement.level.to_string();
        let _ = writeln!(text, "       {:<16}{level:<7}{why}", requirement.id);
    }
    let (running, all) = (plan.running(), plan.scenarios.len());
    let _ = writeln!(text, "\n{running} of {all} scenarios would run");
    text
}
