//! What manifests say: the sizes of the files beside them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::emulator::ingest::error::Unreadable;
use crate::emulator::ingest::files::{StoredFile, split_folder};
use crate::emulator::ingest::row::{Cell, Row};

/// The sizes that manifests give, by the name of the file; of two manifests the later one counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Announced(pub(crate) BTreeMap<String, u64>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    export_results: Vec<Exported>,
}

#[derive(Deserialize)]
struct Exported {
    name: String,
    size: u64,
}

/// What all manifests say; a file is in the folder of its manifest, whatever path that gives.
pub(crate) fn announced(manifests: &[StoredFile]) -> Result<Announced, (String, Unreadable)> {
    let mut ordered: Vec<&StoredFile> = manifests.iter().collect();
    ordered.sort_by_key(|manifest| manifest.object.number);
    let mut sizes = BTreeMap::new();
    for stored in ordered {
        let manifest = read(stored).map_err(|reason| (stored.name.clone(), reason))?;
        let (folder, _) = split_folder(&stored.name);
        for one in manifest.export_results {
            sizes.insert(format!("{folder}{}", one.name), one.size);
        }
    }
    Ok(Announced(sizes))
}

/// A manifest as one row, which nobody should make of it.
pub(crate) fn row(stored: &StoredFile) -> Result<Row, Unreadable> {
    let bytes = stored.object.read()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Row {
        names: Arc::from([String::from("manifest")]),
        cells: vec![Cell::Text(text)],
    })
}

fn read(stored: &StoredFile) -> Result<Manifest, Unreadable> {
    let bytes = stored.object.read()?;
    serde_json::from_slice(&bytes).map_err(Unreadable::Manifest)
}

#[cfg(test)]
mod tests {
    use crate::emulator::ingest::fault::Fault;
    use crate::emulator::ingest::probe::{NOTHING, PENDING, Probe, ids};

    fn manifest(name: &str, size: u64) -> String {
        let results = [serde_json::json!({"sinkPath": "/in", "name": name, "size": size})];
        serde_json::json!({"flowRunId": "r", "exportResults": results}).to_string()
    }

    #[tokio::test]
    async fn a_file_smaller_than_its_manifest_says_is_not_ingested_yet() {
        for (fault, size, expected) in [
            (None, 5, ids(&["1"])),
            (None, 6, (PENDING, String::new())),
            (Some(Fault::ManifestUnread), 6, ids(&["1"])),
        ] {
            let probe = Probe::csv(&fault.into_iter().collect::<Vec<_>>());
            probe.put("in/a.csv", "id\n1\n");
            probe.put("in/manifest-d-r.json", &manifest("a.csv", size));
            let answer = probe.folder().await;
            assert_eq!(answer.0, expected.0, "{fault:?}");
            if answer.0 == 200 {
                assert_eq!(answer, expected);
            }
        }
    }

    #[tokio::test]
    async fn a_manifest_is_a_row_with_the_fault_alone() {
        for (faults, status, rows) in [
            (&[][..], NOTHING, 1),
            (&[Fault::ManifestIngested][..], 200, 2),
        ] {
            let probe = Probe::csv(faults);
            probe.put("in/a.csv", "id\n1\n");
            probe.put("in/manifest-d-r.json", &manifest("a.csv", 5));
            assert_eq!(probe.folder().await.1.lines().count(), rows);
            let asked = probe.answer("ingested?file=in/manifest-d-r.json").await;
            assert_eq!(asked.0, status, "{faults:?}");
        }
    }

    #[tokio::test]
    async fn what_a_manifest_names_and_is_not_there_is_waited_for() {
        let probe = Probe::csv(&[]);
        probe.put("in/manifest-d-r.json", &manifest("a_2.csv", 5));
        assert_eq!(probe.folder().await.0, PENDING);
        probe.put("in/a.csv", "id\n1\n").put("in/b.csv", "id\n9\n");
        assert_eq!(probe.answer("ingested?file=in/a.csv").await.0, PENDING);
        assert_eq!(probe.answer("ingested?file=in/b.csv").await, ids(&["9"]));
        probe.put("in/a_2.csv", "id\n2\n");
        assert_eq!(
            probe.answer("ingested?file=in/a.csv").await,
            ids(&["1", "2"])
        );
        let strict = Probe::csv(&[Fault::ManifestRequired]);
        assert_eq!(strict.put("in/a.csv", "id\n1\n").folder().await.0, PENDING);
    }
}
