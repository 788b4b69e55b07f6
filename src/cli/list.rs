//! `destspec list`: the plan, with a reason for every omission.

use std::fmt::Write as _;

use crate::cli::args::ListArgs;
use crate::cli::exit::Exit;
use crate::cli::load::Loading;
use crate::cli::opened::{Data, opened};
use crate::cli::reference::Asked;
use crate::cli::{Failure, print};
use crate::model::code::Words;
use crate::model::requirement::{Edition, Verification};
use crate::publish::report::sentence::sentence;
use crate::suite::catalogue::Catalogue;
use crate::suite::page::Page;
use crate::suite::phrases::Table;
use crate::suite::plan::{Decision, Plan, Planned};
use crate::suite::words;

/// Prints every scenario of every destination, then the requirements that no scenario judges.
///
/// # Errors
/// When the submission cannot be read or the selection names what does not exist.
pub async fn run(args: &ListArgs) -> Result<Exit, Failure> {
    if args.editions {
        return editions();
    }
    let opened = opened(
        &args.submission,
        Loading::SHOWN,
        Asked::default(),
        Data::of(0),
        None,
    )
    .await?;
    let catalogue = Catalogue::embedded().map_err(Failure::fault)?;
    let table = Table::compile().map_err(Failure::fault)?;
    let plan = opened.plan(&catalogue, &table, &args.selection.selection(&catalogue))?;
    print::problems(&opened.loaded.warnings);
    let names: Vec<&str> = opened
        .targets
        .iter()
        .map(|t| t.subject.destination().name.as_str())
        .collect();
    print::result(&text(&catalogue, &plan, &names, args.tags_shown))?;
    Ok(if plan.running() == 0 {
        Exit::Incomplete
    } else {
        Exit::Success
    })
}

/// Where the editions of the prerequisites page differ, and what each of its sentences is traced to.
fn editions() -> Result<Exit, Failure> {
    let catalogue = Catalogue::embedded().map_err(Failure::fault)?;
    let page = Page::embedded().map_err(Failure::fault)?;
    let mut text = String::from("Editions of the prerequisites page\n");
    for (index, edition) in page.editions.iter().enumerate() {
        let new = page.sentences.iter().filter(|s| s.since == edition.id);
        let new: Vec<&str> = new.map(|s| s.id.as_str()).collect();
        let added = if index > 0 && !new.is_empty() {
            format!("; new: {}", new.join(", "))
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "  {}  says {}; {}{added}",
            edition.id, edition.audience, edition.note
        );
    }
    let _ = writeln!(
        text,
        "\nIts sentences, in our words, and what each is traced to"
    );
    for sentence in &page.sentences {
        for (edition, said) in page.otherwise(sentence) {
            let _ = writeln!(text, "  {:<13}{edition}  {said}", sentence.id);
        }
        let (settled, said) = (page.settled(sentence), page.said(sentence, Edition::E4));
        let _ = writeln!(text, "  {:<13}{settled}  {said}", sentence.id);
        let _ = writeln!(text, "{:19}{}", "", sentence.trace(&catalogue));
    }
    print::result(&text)?;
    Ok(Exit::Success)
}

fn text(catalogue: &Catalogue, plan: &Plan, names: &[&str], tags_shown: bool) -> String {
    let (mut text, words) = (String::new(), words());
    let unwanted = plan.scenarios.iter().filter(|s| !s.wanted).count();
    for (index, name) in names.iter().enumerate() {
        let own = plan.scenarios.iter().filter(|s| s.destination == index);
        let shown: Vec<String> = own
            .filter(|s| s.wanted)
            .map(|planned| line(planned, &words, tags_shown))
            .collect();
        if unwanted == 0 || !shown.is_empty() {
            let _ = writeln!(text, "{name}\n{}", shown.concat());
        }
    }
    if unwanted == 0 {
        unjudged(&mut text, catalogue);
    }
    let (running, all) = (plan.running(), plan.scenarios.len());
    let _ = write!(text, "{running} of {all} scenarios would run");
    if unwanted > 0 {
        let _ = write!(text, "; {unwanted} are not selected and not shown");
    }
    text.push('\n');
    text
}

/// A scenario by its id, with why it is left out, if it is.
fn line(planned: &Planned, words: &Words, tags_shown: bool) -> String {
    let (mark, reason) = match &planned.decision {
        Decision::Run => ("run", String::new()),
        Decision::Omit { reason, .. } => {
            let reason = sentence(words, reason);
            ("omit", format!("{:45}because {reason}\n", ""))
        }
    };
    let tags = match tags_shown {
        true => format!("{:45}{}\n", "", planned.tags.join(" ")),
        false => String::new(),
    };
    let (id, level) = (&planned.id, planned.level.to_string());
    format!(
        "  {mark:<5}{id:<31}{level:<7}{}\n{tags}{reason}",
        planned.title
    )
}

/// What is judged otherwise, or not at all.
fn unjudged(text: &mut String, catalogue: &Catalogue) {
    let _ = writeln!(text, "Requirements that no scenario judges");
    for requirement in &catalogue.requirements {
        let why = match requirement.verification {
            Verification::Tested => continue,
            Verification::Attested => String::from("attested by a person"),
            Verification::Excluded => requirement.reason.clone().unwrap_or_default(),
        };
        let (id, level) = (&requirement.id, requirement.level.to_string());
        let _ = writeln!(text, "       {id:<31}{level:<7}{why}");
    }
    text.push('\n');
}
