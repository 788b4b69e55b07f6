//! No harmless difference of a storage or of a platform that ingests files fails anything, judged by the program as a user
//! runs it. What it hides lowers the strength alone.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;
use std::sync::PoisonError;

use destspec::emulator::Variation;
use destspec::model::outcome::Outcome;
use destspec::publish::report::json;

use crate::support::judged::{BUSY, all_at_once, failed, findings};
use crate::support::program::Folder;

/// The destinations and the prerequisites on which each variation is shown.
fn shown_on(variation: Variation) -> (&'static [&'static str], &'static [&'static str]) {
    use destspec::emulator::storage::Variation as Storage;
    let storage = match variation {
        Variation::Storage(storage) => storage,
        Variation::Rest(_) => return (&[], &[]),
        Variation::Ingest(_) => return (&["s3-csv", "gcs-json"], &["BAT-2"]),
    };
    let destinations: &[&str] = match storage {
        // below another root the platform would have to be asked about other folders
        Storage::Chroot => return (&["sftp-csv"], &["BAT-1"]),
        Storage::RenameUnsupported
        | Storage::UpperCaseListing
        | Storage::BareAttributes
        | Storage::SlowLogin => &["sftp-csv"],
        Storage::BusyAtFirst => &["blob-csv", "adls-parquet"],
        Storage::ShortTokens => &["adls-parquet"],
        Storage::FlatNamespace => &["blob-csv", "dlz-csv"],
        Storage::Versioned
        | Storage::ObjectLock
        | Storage::EncryptedByDefault
        | Storage::PutOnly => &["s3-csv", "blob-csv"],
        Storage::EventualList | Storage::ListDenied => &["s3-csv", "blob-csv", "sftp-csv"],
    };
    (destinations, &["BAT-1", "BAT-2"])
}

/// What a variation leaves undone that is recommended, and rightly fails: permissions that Adobe lists.
fn undone(variation: Variation) -> BTreeSet<String> {
    use destspec::emulator::storage::Variation as Storage;
    let undone: &[&str] = match variation {
        Variation::Storage(Storage::ListDenied) => &["BAT-1.S3.01"],
        Variation::Storage(Storage::RenameUnsupported) => &["BAT-1.SFTP.03"],
        Variation::Storage(Storage::PutOnly) => &["BAT-1.04", "BAT-1.S3.01"],
        Variation::Storage(_) | Variation::Rest(_) | Variation::Ingest(_) => &[],
    };
    undone.iter().map(|id| (*id).to_owned()).collect()
}

fn alarm(variation: &Variation) -> Option<String> {
    let folder = Folder::empty();
    let mut arguments = vec!["run", "--seed", "1", "--quiet", "--out", "out"];
    arguments.extend(["--variation", variation.name()]);
    let (destinations, prerequisites) = shown_on(*variation);
    for destination in destinations {
        arguments.extend(["--destination", destination]);
    }
    for prerequisite in prerequisites {
        arguments.extend(["--requirement", prerequisite]);
    }
    let ended = folder.run(&arguments);
    let run = json::parse(&folder.read("out/record.json")).unwrap();
    let judged = run.scenarios.iter().any(|scenario| match scenario.outcome {
        Outcome::Passed { .. } => true,
        Outcome::Failed { .. }
        | Outcome::Blocked { .. }
        | Outcome::Broken { .. }
        | Outcome::Omitted { .. } => false,
    });
    let fine = failed(&run) == undone(*variation) && judged && ended.code == 4;
    (!fine).then(|| {
        format!(
            "{variation}: {} {}\n{}",
            ended.code,
            findings(&run),
            ended.stderr
        )
    })
}

#[test]
fn no_harmless_difference_of_a_location_or_a_platform_fails_anything() {
    let _busy = BUSY.lock().unwrap_or_else(PoisonError::into_inner);
    let all: Vec<Variation> = Variation::all()
        .filter(|variation| !shown_on(*variation).0.is_empty())
        .collect();
    assert!(all.len() > 15);
    let alarms = all_at_once(&all, alarm);
    assert!(alarms.is_empty(), "{}", alarms.join("\n\n"));
}
