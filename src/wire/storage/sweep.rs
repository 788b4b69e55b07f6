//! Clears away what a run has written: what lies in the run's own folder, and nothing else.

use futures::StreamExt as _;

use crate::model::record::{StorageResult, Swept};
use crate::wire::storage::Storage;

/// Files that are deleted at once.
const AT_ONCE: usize = 8;

/// Deletes every file below a folder, and the folder.
pub(crate) async fn sweep(storage: &dyn Storage, folder: &str) -> Swept {
    let mut swept = Swept::default();
    let entries = match storage.list(folder).await {
        StorageResult::Entries { entries } => entries,
        // a location that nothing was written to has no such folder
        other @ (StorageResult::Done
        | StorageResult::Content { .. }
        | StorageResult::Text { .. }
        | StorageResult::Refused { .. }
        | StorageResult::Failure { .. }) => {
            swept.unseen = !other.is_absent();
            return swept;
        }
    };
    let own = format!("{folder}/");
    // a list may name more than was asked for
    let mine = entries.iter().filter(|entry| entry.path.starts_with(&own));
    let holds = |path: &str| {
        let within = format!("{path}/");
        entries.iter().any(|other| other.path.starts_with(&within))
    };
    // a folder that is listed as an entry goes after what it holds
    let (folders, files): (Vec<_>, Vec<_>) = mine.partition(|entry| holds(&entry.path));
    let deleted = futures::stream::iter(files)
        .map(|entry| storage.delete(&entry.path))
        .buffer_unordered(AT_ONCE);
    let mut results: Vec<StorageResult> = deleted.collect().await;
    for folder in folders.iter().rev() {
        results.push(storage.delete(&folder.path).await);
    }
    for result in results {
        match result {
            StorageResult::Done => swept.deleted += 1,
            StorageResult::Content { .. }
            | StorageResult::Text { .. }
            | StorageResult::Entries { .. }
            | StorageResult::Refused { .. }
            | StorageResult::Failure { .. } => swept.left += 1,
        }
    }
    if swept.left == 0 {
        storage.remove_folder(folder).await;
    }
    swept
}
