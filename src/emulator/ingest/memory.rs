//! What a platform remembers of the files of a feed between two questions.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::emulator::ingest::files::StoredFile;
use crate::emulator::storage::Object;

/// The number of a stored file, and whether it was read as a later part.
type Key = (u64, bool);
/// How many rows there were, or why they could not be read.
type Verdict = Result<u64, String>;

/// A file that was read, and whether as a later part.
type Read = (StoredFile, bool);

/// What was asked and read so far.
#[derive(Default)]
pub(crate) struct Memory {
    verdicts: Mutex<HashMap<Key, Verdict>>,
    asked: Mutex<HashMap<(String, Vec<u64>), u32>>,
    versions: Mutex<BTreeMap<String, Vec<Arc<Object>>>>,
    ends: Mutex<BTreeMap<String, u64>>,
    kept: Mutex<BTreeMap<String, Read>>,
}

impl Memory {
    pub(crate) fn verdict(&self, key: Key) -> Option<Verdict> {
        open(&self.verdicts).get(&key).cloned()
    }

    pub(crate) fn keep_verdict(&self, key: Key, verdict: Verdict) {
        open(&self.verdicts).insert(key, verdict);
    }

    /// How often that was asked about those stored files, this time included.
    pub(crate) fn times_asked(&self, path: &str, numbers: Vec<u64>) -> u32 {
        let mut asked = open(&self.asked);
        let times = asked.entry((path.to_owned(), numbers)).or_default();
        *times = times.saturating_add(1);
        *times
    }

    /// The last file of a folder that could not be read, this one included, be it there still or not.
    pub(crate) fn ended(&self, folder: &str, last: Option<u64>) -> Option<u64> {
        let mut ends = open(&self.ends);
        let latest = ends.get(folder).copied().max(last)?;
        ends.insert(folder.to_owned(), latest);
        Some(latest)
    }

    /// What was read last of every name, these included.
    pub(crate) fn kept(&self, read: impl Iterator<Item = Read>) -> Vec<Read> {
        let mut kept = open(&self.kept);
        kept.extend(read.map(|read| (read.0.name.clone(), read)));
        kept.values().cloned().collect()
    }

    /// All contents of a name that were seen when somebody asked, this one included.
    pub(crate) fn versions(&self, file: &StoredFile) -> Vec<Arc<Object>> {
        let mut versions = open(&self.versions);
        let known = versions.entry(file.name.clone()).or_default();
        let is_new = known.iter().all(|one| one.number != file.object.number);
        known.extend(is_new.then(|| Arc::clone(&file.object)));
        known.clone()
    }
}

fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use crate::emulator::ingest::fault::Fault;
    use crate::emulator::ingest::probe::{Probe, ids};

    #[tokio::test]
    async fn a_name_written_again_has_its_new_content() {
        for (fault, expected) in [
            (None, ids(&["2"])),
            (Some(Fault::OldContentKept), ids(&["1"])),
            (Some(Fault::RewrittenAppended), ids(&["1", "2"])),
        ] {
            let probe = Probe::csv(&fault.into_iter().collect::<Vec<_>>());
            assert_eq!(probe.put("in/a.csv", "id\n1\n").folder().await, ids(&["1"]));
            let answer = probe.put("in/a.csv", "id\n2\n").folder().await;
            assert_eq!(answer, expected, "{fault:?}");
        }
    }
}
