//! `destspec sweep RUN SUBMISSION`: removes the files that a run left at its locations, and nothing else.

use std::fmt::Write as _;

use crate::cli::args::{SubmissionArgs, SweepArgs};
use crate::cli::exit::Exit;
use crate::cli::load::Loading;
use crate::cli::opened::{Data, opened};
use crate::cli::reference::Asked;
use crate::cli::{Failure, load, print};
use crate::suite::subject::{RUN_FOLDER_DIGITS, RUN_FOLDER_MARK, Subject};

/// Removes what a run wrote from every location of a submission.
///
/// # Errors
/// The run is none, the submission cannot be read, or a location cannot be reached.
pub async fn run(args: &SweepArgs) -> Result<Exit, Failure> {
    let folders = folders(&args.run)?;
    let submission = SubmissionArgs {
        submission: Some(args.submission.clone()),
        deny_literal_secrets: false,
    };
    let opened = opened(
        &submission,
        Loading::SENT,
        Asked::default(),
        Data::of(0),
        None,
    )
    .await?;
    let (mut text, mut left) = (String::new(), false);
    for target in &opened.targets {
        let Subject::Batch(batch) = &target.subject else {
            continue;
        };
        for folder in &folders {
            let swept = target.door.sweep(folder).await;
            left |= swept.unseen || swept.left > 0;
            let _ = writeln!(text, "{}  {folder}  files: {swept}", batch.destination.name);
        }
    }
    if text.is_empty() {
        text.push_str("no destination of the submission takes files\n");
    }
    print::result(&text)?;
    Ok(if left { Exit::Unjudged } else { Exit::Success })
}

/// The folders of a run: by its id, or by what it left in a record or a journal.
fn folders(run: &str) -> Result<Vec<String>, Failure> {
    let is_id =
        |text: &str| text.len() >= RUN_FOLDER_DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit());
    let bare = run.strip_prefix(RUN_FOLDER_MARK).unwrap_or(run);
    if is_id(bare) {
        let digits: String = bare.chars().take(RUN_FOLDER_DIGITS).collect();
        return Ok(vec![format!("{RUN_FOLDER_MARK}{digits}")]);
    }
    let help =
        "name the id of a run, its `record.json`, or the `journal.ndjson` of one that was killed";
    let text = load::text(std::path::Path::new(run), help)?;
    let mut folders: Vec<String> = Vec::new();
    for rest in text.split(RUN_FOLDER_MARK).skip(1) {
        let digits = rest.get(..RUN_FOLDER_DIGITS).filter(|digits| is_id(digits));
        let folder = digits.map(|digits| format!("{RUN_FOLDER_MARK}{digits}"));
        folders.extend(folder.filter(|folder| !folders.contains(folder)));
    }
    match folders.is_empty() {
        true => Err(Failure::usage(
            format!("`{run}` names no folder of a run"),
            Some(help.to_owned()),
        )),
        false => Ok(folders),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_known_by_its_id_and_nothing_else_is_one() {
        let folder = ["destspec-0123456789ab".to_owned()];
        let found = |run: &str| folders(run).ok();
        assert_eq!(
            found("0123456789abcdef0123456789abcdef").as_deref(),
            Some(&folder[..])
        );
        assert_eq!(found("destspec-0123456789ab").as_deref(), Some(&folder[..]));
        assert!(folders("exports").is_err());
    }
}
