//! Clears away what a run has written: what lies in the run's own folder, and nothing else.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::StreamExt as _;

use crate::model::record::{FailureKind, StorageResult, Swept};
use crate::wire::storage::{Storage, within};

/// Files that are deleted at once.
const AT_ONCE: usize = 8;

/// The time limits that the folders of all scenarios together have, which are listed and removed in one go; and those of a
/// location whose folders are walked one by one.
const LIMITS: u32 = 3;
const LIMITS_OF_WALKS: u32 = 60;

/// Deletes every file below a folder, and the folder; `limit` is that of one deletion.
pub(crate) async fn sweep(storage: &dyn Storage, folder: &str, limit: Duration) -> Swept {
    let mut swept = Swept::default();
    let long = limit.saturating_mul(match storage.limits_requests() {
        true => LIMITS_OF_WALKS,
        false => LIMITS,
    });
    let entries = match within(long, storage.list(folder)).await {
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
    let mine = entries.iter().filter_map(|entry| {
        let below = entry.path.strip_prefix(&own)?;
        Some((entry, below))
    });
    let (mine, astray): (Vec<_>, Vec<_>) = mine.partition(|(_, below)| stays_below(below));
    swept.left = astray.len();
    let all: BTreeSet<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    let holds = |path: &str| {
        let within = format!("{path}/");
        let mut after = all.range(within.as_str()..);
        after.next().is_some_and(|next| next.starts_with(&within))
    };
    // a folder that is listed as an entry goes after what it holds
    let paths = mine.iter().map(|(entry, _)| entry.path.as_str());
    let (folders, files): (Vec<_>, Vec<_>) = paths.partition(|path| holds(path));
    let deletions = Deletions {
        storage,
        limit,
        is_dead: AtomicBool::new(false),
    };
    let deleted = futures::stream::iter(files)
        .map(|path| deletions.delete(path))
        .buffer_unordered(AT_ONCE);
    let mut results: Vec<bool> = deleted.collect().await;
    for folder in folders.iter().rev() {
        results.push(deletions.delete(folder).await);
    }
    swept.deleted = results.iter().filter(|deleted| **deleted).count();
    swept.left += results.len() - swept.deleted;
    if swept.left == 0 {
        let removed = tokio::time::timeout(long, storage.remove_folder(folder));
        // an empty folder that stays hurts nobody
        let _late = removed.await;
    }
    swept
}

/// Deletions, of which none is tried any more once one was waited for in vain.
struct Deletions<'a> {
    storage: &'a dyn Storage,
    limit: Duration,
    is_dead: AtomicBool,
}

impl Deletions<'_> {
    /// Whether it was deleted.
    async fn delete(&self, path: &str) -> bool {
        if self.is_dead.load(Ordering::Relaxed) {
            return false;
        }
        match within(self.limit, self.storage.delete(path)).await {
            StorageResult::Done => true,
            StorageResult::Failure { failure } => {
                let is_late = failure.kind == FailureKind::TimedOut;
                self.is_dead.fetch_or(is_late, Ordering::Relaxed);
                false
            }
            StorageResult::Content { .. }
            | StorageResult::Text { .. }
            | StorageResult::Entries { .. }
            | StorageResult::Refused { .. } => false,
        }
    }
}

/// Whether a path leads nowhere else than below where it begins: servers resolve what is no name.
fn stays_below(path: &str) -> bool {
    let mut steps = path.trim_end_matches('/').split('/');
    steps.all(|step| !matches!(step, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use std::future;
    use std::sync::Mutex;

    use futures::future::BoxFuture;

    use super::*;
    use crate::model::record::Entry;
    use crate::wire::storage::seen::Seen;
    use crate::wire::storage::{Content, failed};

    /// A location whose list is given, and of which some things are never answered.
    #[derive(Default)]
    struct Listed {
        names: Vec<String>,
        lists: bool,
        deletes: bool,
        asked: Mutex<Vec<String>>,
    }

    impl Storage for Listed {
        fn connect(&self) -> BoxFuture<'_, StorageResult> {
            Box::pin(future::pending())
        }

        fn put<'a>(&'a self, _: &'a str, _: &'a Content) -> BoxFuture<'a, StorageResult> {
            Box::pin(future::pending())
        }

        fn get<'a>(&'a self, _: &'a str, _: Seen) -> BoxFuture<'a, StorageResult> {
            Box::pin(future::pending())
        }

        fn list<'a>(&'a self, _: &'a str) -> BoxFuture<'a, StorageResult> {
            let entry = |path: &String| Entry {
                path: path.clone(),
                bytes: 1,
            };
            let entries = self.names.iter().map(entry).collect();
            match self.lists {
                true => Box::pin(future::ready(StorageResult::Entries { entries })),
                false => Box::pin(future::pending()),
            }
        }

        fn delete<'a>(&'a self, path: &'a str) -> BoxFuture<'a, StorageResult> {
            if let Ok(mut asked) = self.asked.lock() {
                asked.push(path.to_owned());
            }
            match self.deletes {
                true => Box::pin(future::ready(StorageResult::Done)),
                false => Box::pin(future::pending()),
            }
        }

        fn remove_folder<'a>(&'a self, _: &'a str) -> BoxFuture<'a, ()> {
            Box::pin(future::pending())
        }

        fn rename<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, StorageResult> {
            Box::pin(future::ready(failed("never")))
        }
    }

    const SOON: Duration = Duration::from_millis(5);

    #[tokio::test]
    async fn a_location_that_answers_no_more_is_not_waited_for_again_and_again() {
        let silent = Listed::default();
        assert!(sweep(&silent, "run", SOON).await.unseen);
        let names = (0..100).map(|n| format!("run/{n}.csv")).collect();
        let stuck = Listed {
            names,
            lists: true,
            ..Listed::default()
        };
        let swept = sweep(&stuck, "run", SOON).await;
        assert_eq!((swept.deleted, swept.left), (0, 100));
        let asked = stuck.asked.lock().map_or(0, |asked| asked.len());
        assert!(asked <= AT_ONCE, "{asked}");
    }

    #[tokio::test]
    async fn a_folder_that_is_not_removed_in_time_hurts_nobody() {
        let stuck = Listed {
            names: vec!["run/a.csv".to_owned()],
            lists: true,
            deletes: true,
            ..Listed::default()
        };
        let swept = sweep(&stuck, "run", SOON).await;
        assert_eq!((swept.deleted, swept.left), (1, 0));
    }

    #[tokio::test]
    async fn a_name_that_leads_out_of_the_folder_is_left_where_it_is() {
        let names = [
            "run/a.csv",
            "run/a/",
            "run/../keep.csv",
            "run/a/../../keep.csv",
            "run/./a.csv",
            "run//keep.csv",
            "else/keep.csv",
        ];
        let astray = Listed {
            names: names.map(str::to_owned).to_vec(),
            lists: true,
            deletes: true,
            ..Listed::default()
        };
        let swept = sweep(&astray, "run", SOON).await;
        assert_eq!((swept.deleted, swept.left), (2, 4));
        let asked = astray.asked.lock().map(|asked| asked.clone());
        assert_eq!(asked.unwrap_or_default(), ["run/a.csv", "run/a/"]);
    }
}
