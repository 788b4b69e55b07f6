//! The manifest beside an export's files (reference 7.8).

use serde::{Deserialize, Serialize};

use crate::encode::file::name::{NameError, bounded, sanitised};

/// What the manifest says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The dataflow run that produced the files.
    pub flow_run_id: String,
    /// UTC time of the export, `2023-08-18T01:00:00Z`.
    pub scheduled_time: String,
    /// The files, in the order in which they were written.
    pub export_results: Vec<ExportResult>,
}

/// One file of the export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportResult {
    /// The folder in the storage.
    pub sink_path: String,
    /// The file's name.
    pub name: String,
    /// Bytes as stored.
    pub size: u64,
}

impl Manifest {
    /// `manifest-<<destinationId>>-<<dataflowRunId>>.json`
    ///
    /// # Errors
    /// A name of more than 255 characters.
    pub fn name(destination_id: &str, flow_run_id: &str) -> Result<String, NameError> {
        bounded(format!(
            "manifest-{}-{}.json",
            sanitised(destination_id),
            sanitised(flow_run_id)
        ))
    }

    /// The JSON, indented by two, as Adobe prints its example. The example has no end of line behind it.
    ///
    /// # Errors
    /// None that this type can cause; `serde_json` reports failures of its writer so.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use serde_json::{Value as Json, json};

    use super::*;

    #[test]
    fn the_manifest_is_the_documented_one() {
        let manifest = Manifest {
            flow_run_id: "0ac8f3c0-29bd-40aa-82c1-f1b7e0657b19".to_owned(),
            scheduled_time: "2023-08-18T01:00:00Z".to_owned(),
            export_results: vec![ExportResult {
                sink_path: "/destination/output001".to_owned(),
                name: "amazon-s3_segment-name_20230818_010718.json".to_owned(),
                size: 145_854,
            }],
        };
        let expected = json!({
            "flowRunId": "0ac8f3c0-29bd-40aa-82c1-f1b7e0657b19",
            "scheduledTime": "2023-08-18T01:00:00Z",
            "exportResults": [{
                "sinkPath": "/destination/output001",
                "name": "amazon-s3_segment-name_20230818_010718.json",
                "size": 145_854
            }]
        });
        let written: Json = serde_json::from_str(&manifest.to_json().unwrap()).unwrap();
        assert_eq!(written, expected);
        assert_eq!(
            Manifest::name("d-1", "r/2").unwrap(),
            "manifest-d-1-r_2.json"
        );
    }
}
