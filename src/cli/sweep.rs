//! `destspec sweep RUN SUBMISSION`: removes the files that a run left at its locations, and nothing else.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::cli::args::{SubmissionArgs, SweepArgs};
use crate::cli::exit::Exit;
use crate::cli::load::Loading;
use crate::cli::opened::{Data, opened};
use crate::cli::reference::Asked;
use crate::cli::{Failure, load, look, print};
use crate::model::record::{Exchange, Operation};
use crate::suite::subject::{RUN_FOLDER_DIGITS, RUN_FOLDER_MARK, Subject, run_digits};
use crate::wire::RUN_HEADER;

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

/// A record of any version: the id of the run, and of each time that it was run again.
#[derive(Deserialize)]
struct Recorded {
    run: Named,
}

#[derive(Deserialize)]
struct Named {
    id: String,
    #[serde(default)]
    repetitions: Vec<Named>,
}

/// A line of a journal.
#[derive(Deserialize)]
struct Line {
    exchange: Exchange,
}

/// The folders of a run: by its id, or by what a record or a journal says of the run itself. What a location answered may
/// name the runs of others.
fn folders(run: &str) -> Result<Vec<String>, Failure> {
    if let Some(folder) = folder(run.strip_prefix(RUN_FOLDER_MARK).unwrap_or(run)) {
        return Ok(vec![folder]);
    }
    let help = "name the id of a run, its `record.json` or bundle, or the `journal.ndjson` of one that was killed";
    let path = Path::new(run);
    let mut folders = if look::is_bundle(path) {
        let recorded = look::record(path)?;
        recorded.all().filter_map(|run| folder(&run.id)).collect()
    } else {
        let text = load::text(path, help)?;
        match serde_json::from_str::<Recorded>(&text) {
            Ok(recorded) => of_record(&recorded.run),
            Err(_) => of_journal(&text),
        }
    };
    folders.sort();
    folders.dedup();
    match folders.is_empty() {
        true => Err(Failure::usage(
            format!("`{run}` names no folder of a run"),
            Some(help.to_owned()),
        )),
        false => Ok(folders),
    }
}

/// The folder of the run of that id.
fn folder(id: &str) -> Option<String> {
    let is_id = id.len() >= RUN_FOLDER_DIGITS && id.bytes().all(|b| b.is_ascii_hexdigit());
    is_id.then(|| format!("{RUN_FOLDER_MARK}{}", run_digits(id)))
}

fn of_record(run: &Named) -> Vec<String> {
    let all = std::iter::once(run).chain(&run.repetitions);
    all.filter_map(|run| folder(&run.id)).collect()
}

/// What was asked, not what was answered; a killed run may leave half a line.
fn of_journal(text: &str) -> Vec<String> {
    let lines = text.lines();
    let lines = lines.filter_map(|line| serde_json::from_str::<Line>(line).ok());
    lines.filter_map(|line| written(&line.exchange)).collect()
}

/// The folder of the run that an exchange belongs to: where it wrote, or the id that its request carried.
fn written(exchange: &Exchange) -> Option<String> {
    if let Some(request) = exchange.request() {
        // a template may have a header of that name, too: ours is the last
        let headers = request.headers.iter().rev();
        let mut own = headers.filter(|(name, _)| name.eq_ignore_ascii_case(RUN_HEADER));
        return own.next().and_then(|(_, id)| folder(id));
    }
    let Operation::Put { path, .. } = &exchange.storage()?.operation else {
        return None;
    };
    let (first, _) = path.split_once('/')?;
    folder(first.strip_prefix(RUN_FOLDER_MARK)?)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
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

    #[test]
    fn what_a_record_repeats_of_others_is_none_of_its_runs() {
        let record = r#"{"format": 9, "run": {"id": "aaaaaaaaaaaa0000", "new": 1,
            "scenarios": [{"exchanges": [{"text": "destspec-bbbbbbbbbbbb/x", "id": "cccccccccccc"}]}],
            "repetitions": [{"id": "dddddddddddd0000"}, {"id": "destspec-bbbbbbbbbbbb"}]}}"#;
        let recorded: Recorded = serde_json::from_str(record).unwrap();
        let own = ["destspec-aaaaaaaaaaaa", "destspec-dddddddddddd"];
        assert_eq!(of_record(&recorded.run), own);
    }

    #[test]
    fn of_a_journal_what_was_asked_names_the_run_and_no_answer_does() {
        let line = |act: &str| {
            format!(
                r#"{{"destination": "a", "scenario": null, "exchange": {{"lane": 0, "ordinal": 0, "attempt": 1,
                "purpose": "delivery", "act": {act}, "at_ms": 0, "duration_us": 0}}}}"#
            )
            .replace('\n', " ")
        };
        let listed = r#"{"storage": {"operation": {"verb": "list", "path": "destspec-bbbbbbbbbbbb"},
            "result": {"is": "entries", "entries": [{"path": "destspec-cccccccccccc/a", "bytes": 1}]}}}"#;
        let put = r#"{"storage": {"operation": {"verb": "put", "path": "destspec-aaaaaaaaaaaa/a/b.csv", "bytes": 0,
            "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
            "result": {"is": "done"}}}"#;
        let sent = r#"{"http": {"request": {"method": "GET", "url": "https://h/destspec-bbbbbbbbbbbb",
            "headers": [["X-Destspec-Run", "cccccccccccc"], ["X-Destspec-Run", "dddddddddddd0000"]], "body": "empty"},
            "result": {"answer": {"status": 200, "version": "HTTP/1.1", "headers": [],
            "body": {"text": "destspec-eeeeeeeeeeee/x"}}}}}"#;
        let journal = [listed, put, sent].map(line).join("\n");
        let cut = format!("{journal}\n{}", &line(put)[..40]);
        let own = ["destspec-aaaaaaaaaaaa", "destspec-dddddddddddd"];
        assert_eq!(of_journal(&cut), own);
    }
}
