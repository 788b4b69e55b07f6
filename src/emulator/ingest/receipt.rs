//! Receipts: a platform that nobody asks leaves a file beside each file that lands, with the rows that it understood, or with
//! the reason why there are none. A receipt speaks of what a file holds now.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use tokio::task::spawn_blocking;

use crate::emulator::ingest::answer;
use crate::emulator::ingest::files::{
    RECEIPT, REJECTION, StoredFile, is_manifest, is_receipt, split_folder,
};
use crate::emulator::ingest::platform::{Outcome, Platform, Question, Source};
use crate::emulator::storage::Store;

/// How often the platform looks for files.
const EVERY: Duration = Duration::from_millis(20);

/// Leaves receipts until the platform is gone.
pub(crate) fn leave(platform: &Arc<Platform>) {
    let sources = platform.sources.values();
    for source in sources.filter(|source| source.feed.receipts) {
        tokio::spawn(watch(Arc::downgrade(source)));
    }
}

/// What was last said of a file: the stored files that were looked at.
type Said = BTreeMap<String, Vec<u64>>;

async fn watch(source: Weak<Source>) {
    let mut said = Said::new();
    loop {
        let Some(source) = source.upgrade() else {
            return;
        };
        for file in data(&source.feed.store) {
            let around = around(&source.feed.store, &file.name);
            let known = said.get(&file.name);
            // what was taken away changes nothing of what was understood
            if known.is_some_and(|known| around.iter().all(|number| known.contains(number))) {
                continue;
            }
            // what cannot be stored is tried again
            if let Ok(true) = receipt(&source, &file.name).await {
                said.insert(file.name, around);
            }
        }
        drop(source);
        tokio::time::sleep(EVERY).await;
    }
}

/// The files that are data, by name.
fn data(store: &Store) -> Vec<StoredFile> {
    let all = store.list("").into_iter();
    all.filter(|(name, _)| !is_receipt(name) && !is_manifest(name) && !name.ends_with('/'))
        .map(|(name, object)| StoredFile { name, object })
        .collect()
}

/// What lies in the folder of a file: its parts and manifests are among it.
fn around(store: &Store, name: &str) -> Vec<u64> {
    let all = store.list(split_folder(name).0).into_iter();
    all.filter(|(other, _)| !is_receipt(other))
        .map(|(_, object)| object.number)
        .collect()
}

/// Leaves the receipt of a file; whether there is something to say of it.
async fn receipt(source: &Arc<Source>, name: &str) -> io::Result<bool> {
    let (asked, question) = (Arc::clone(source), Question::File(name.to_owned()));
    let outcome = spawn_blocking(move || asked.ingest(&question)).await;
    let (receipt, rejection) = (format!("{name}{RECEIPT}"), format!("{name}{REJECTION}"));
    let store = &source.feed.store;
    match outcome.map_err(io::Error::other)? {
        Outcome::Nothing | Outcome::Pending(_) => return Ok(false),
        Outcome::Unreadable(notes) => {
            store.remove(&receipt);
            let reasons = notes.iter().map(|note| note.reason.as_str());
            put(
                store,
                &rejection,
                reasons.collect::<Vec<_>>().join("\n").as_bytes(),
            )?;
        }
        Outcome::Ingested(pieces, count) => {
            let answer = answer::rows(Arc::clone(source), pieces, count).await;
            let rows: Body = answer.into_body();
            let rows = to_bytes(rows, usize::MAX).await.map_err(io::Error::other)?;
            store.remove(&rejection);
            put(store, &receipt, &rows)?;
        }
    }
    Ok(true)
}

fn put(store: &Store, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut upload = store.begin()?;
    upload.append(bytes)?;
    store.commit(name, upload).map(drop)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::emulator::ingest::probe::Probe;

    fn held(probe: &Probe, name: &str) -> Option<String> {
        let object = probe.store.get(name)?;
        Some(String::from_utf8(object.read().unwrap()).unwrap())
    }

    #[tokio::test]
    async fn a_receipt_holds_the_rows_and_a_rejection_stands_while_there_are_none() {
        let probe = Probe::csv(&[]);
        let source = Arc::clone(&probe.platform.sources["f"]);
        probe.put("in/a.csv", "id\n1\n");
        assert!(receipt(&source, "in/a.csv").await.unwrap());
        let rows = held(&probe, "in/a.csv.ingested.jsonl");
        assert_eq!(rows.as_deref(), Some("{\"id\":\"1\"}\n"));
        probe.put("in/a.csv", "id,n\n1\n");
        assert!(receipt(&source, "in/a.csv").await.unwrap());
        assert_eq!(held(&probe, "in/a.csv.ingested.jsonl"), None);
        assert!(held(&probe, "in/a.csv.rejected").is_some());
        probe.put("in/a.csv", "id\n2\n");
        assert!(receipt(&source, "in/a.csv").await.unwrap());
        assert_eq!(held(&probe, "in/a.csv.rejected"), None);
        assert_eq!(probe.folder().await.1, "{\"id\":\"2\"}\n");
    }
}
