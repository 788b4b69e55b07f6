//! What an exporter makes of a destination: its location whatever the storage, its flow runs, the same files again.

#![expect(clippy::expect_used, clippy::panic, reason = "tests may panic")]

use destspec::encode::file::export::{Export, ExportError, Exporter, Group, Occasion, Profiles};
use destspec::encode::file::folder::{Folder as _, MemoryFolder};
use destspec::encode::file::options::Reading;
use destspec::encode::file::schema::DataType;
use destspec::model::location::Location;
use destspec::model::submission::{Destination, Files, parse};
use serde_json::{Value, json};

/// 2026-05-09T21:05:43Z.
const NOW: i64 = 1_778_360_743_000_000;
const DAY: i64 = 86_400_000_000;
const SUBMISSION: &str = r#"
[partner]
name = "Acme"
kind = "isv"
contact = "a@example.com"
[[destination]]
name = "acme"
version = "1"
server = "server.json"
configuration = "configuration.json"
customer_data = { place = "landing", folder = "/in/aep/%SEGMENT_ID%/", host = "sftp.example.com" }
[[destination.audience]]
namespace = "ups"
id = "seg-1"
alias = "one"
name = "First"
[[destination.audience]]
namespace = "ups"
id = "seg-2"
alias = "two"
name = "Second"
"#;

/// A destination under construction.
struct Draft {
    server: Value,
    configuration: Value,
}

impl Files for Draft {
    fn read(&self, path: &str) -> Result<String, String> {
        let file = match path {
            "server.json" => &self.server,
            _ => &self.configuration,
        };
        serde_json::to_string_pretty(file).map_err(|e| e.to_string())
    }
}

/// Templates of the customer's data by key; other values as they are.
fn templated(companion: &Value) -> Value {
    let members = companion.as_object().expect("an object");
    let value = |value: &Value| match value.as_str() {
        Some(text) if text != "dlz_destination" && text != "None" => {
            json!({ "templatingStrategy": "PEBBLE_V1", "value": text })
        }
        Some(_) | None => value.clone(),
    };
    let members = members.iter().map(|(k, v)| (k.clone(), value(v)));
    Value::Object(members.collect())
}

impl Draft {
    fn new(kind: &str, companion: &str, object: &Value) -> Self {
        let landing_zone = kind == "FILE_BASED_DLZ";
        let field = |name: &str| json!({ "name": name, "type": "string" });
        let rule = if landing_zone {
            "NONE"
        } else {
            "CUSTOMER_AUTHENTICATION"
        };
        Self {
            server: json!({
                "destinationServerType": kind,
                companion: templated(object),
                "fileConfigurations": {
                    "includeFileManifest": { "templatingStrategy": "NONE", "value": "true" }
                }
            }),
            configuration: json!({
                "name": "Acme", "identityNamespaces": { "Email": {} },
                "customerDataFields": [field("place"), field("folder"), field("host")],
                "customerAuthenticationConfigurations": if landing_zone { json!([]) } else { json!([{ "authType": "S3" }]) },
                "schemaConfig": { "profileRequired": true },
                "batchConfig": {
                    "defaultExportMode": "FIRST_FULL_THEN_INCREMENTAL",
                    "allowedScheduleFrequency": ["DAILY"],
                    "filenameConfig": {
                        "allowedFilenameAppendOptions": ["SEGMENT_NAME", "TIMESTAMP"],
                        "defaultFilenameAppendOptions": [],
                        "defaultFilename": "%SEGMENT_NAME%_%TIMESTAMP%"
                    }
                },
                "destinationDelivery": [{
                    "authenticationRule": rule,
                    "deliveryMatchers": [{ "type": "SOURCE", "value": ["batch"] }]
                }],
            }),
        }
    }

    fn s3() -> Self {
        let object =
            json!({ "bucket": "{{customerData.place}}", "path": "{{customerData.folder}}" });
        Self::new("FILE_BASED_S3", "fileBasedS3Destination", &object)
    }

    fn destination(&self) -> Destination {
        let parsed = parse("submission.toml", SUBMISSION, self);
        let (submission, _) = parsed.unwrap_or_else(|problems| {
            panic!("{problems:?}");
        });
        submission.destinations.into_iter().next().expect("one")
    }

    fn exporter(&self) -> Exporter {
        Exporter::new(&self.destination(), Reading::default()).expect("an exporter")
    }
}

fn occasion(profiles: Profiles<'_>) -> Occasion<'_> {
    Occasion {
        now: NOW,
        last: None,
        seed: 7,
        audience: None,
        profiles,
    }
}

fn written(export: &Export<'_>) -> MemoryFolder {
    let mut folder = MemoryFolder::default();
    for run in export.flow_runs().expect("flow runs") {
        let written = export.write(&run, &mut folder, &mut |_| {});
        written.expect("files");
    }
    folder.commit().expect("memory takes all");
    folder
}

fn text(text: &str) -> String {
    text.to_owned()
}

/// Server type, companion object, its members, the location with the macros of the first audience filled in.
fn kinds() -> [(&'static str, &'static str, Value, Location); 6] {
    let (place, folder) = ("{{customerData.place}}", "{{customerData.folder}}");
    let path = text("/in/aep/seg-1/");
    [
        (
            "FILE_BASED_S3",
            "fileBasedS3Destination",
            json!({ "bucket": place, "path": folder }),
            Location::S3 {
                bucket: text("landing"),
                path: path.clone(),
            },
        ),
        (
            "FILE_BASED_SFTP",
            "fileBasedSFTPDestination",
            json!({ "rootDirectory": folder, "hostName": "{{customerData.host}}", "port": 2222, "encryptionMode": "None" }),
            Location::Sftp {
                host: text("sftp.example.com"),
                port: 2222,
                path: path.clone(),
            },
        ),
        (
            "FILE_BASED_ADLS_GEN2",
            "fileBasedAdlsGen2Destination",
            json!({ "path": "abfs://{{customerData.place}}@acct.dfs.core.windows.net{{customerData.folder}}" }),
            Location::AdlsGen2 {
                host: Some(text("acct.dfs.core.windows.net")),
                file_system: Some(text("landing")),
                path: text("in/aep/seg-1/"),
            },
        ),
        (
            "FILE_BASED_AZURE_BLOB",
            "fileBasedAzureBlobDestination",
            json!({ "path": "https://acct.blob.core.windows.net/", "container": "{{customerData.place}}{{customerData.folder}}" }),
            Location::AzureBlob {
                account: text("https://acct.blob.core.windows.net/"),
                container: text("landing"),
                path: text("in/aep/seg-1/"),
            },
        ),
        (
            "FILE_BASED_DLZ",
            "fileBasedDlzDestination",
            json!({ "path": folder, "useCase": "dlz_destination" }),
            Location::DataLandingZone { path: path.clone() },
        ),
        (
            "FILE_BASED_GOOGLE_CLOUD",
            "fileBasedGoogleCloudStorageDestination",
            json!({ "bucket": place, "path": folder }),
            Location::GoogleCloud {
                bucket: text("landing"),
                path,
            },
        ),
    ]
}

#[test]
fn every_kind_of_storage_is_located_by_its_server_and_the_customer_s_data() {
    for (kind, companion, object, expected) in kinds() {
        let exporter = Draft::new(kind, companion, &object).exporter();
        assert!(
            exporter.location().path().contains("%SEGMENT_ID%"),
            "{kind}"
        );
        let export = exporter.export(occasion(Profiles::Synthetic(1)));
        let runs = export.expect(kind).flow_runs().expect(kind);
        assert_eq!(runs[0].location, expected, "{kind}");
    }
}

#[test]
fn files_lie_below_the_folder_and_the_manifest_says_so() {
    for (kind, companion, object, expected) in kinds() {
        let exporter = Draft::new(kind, companion, &object).exporter();
        let export = exporter.export(occasion(Profiles::Synthetic(3)));
        let folder = written(&export.expect(kind));
        let inner = expected.folder().trim_matches('/').to_owned();
        let name = format!("{inner}/First_1778360743.csv");
        assert!(folder.files().contains_key(&name), "{kind}: {name}");
        let manifest = format!("{inner}/manifest-");
        let manifest = folder
            .files()
            .iter()
            .find(|(name, _)| name.starts_with(&manifest));
        let manifest: Value = serde_json::from_slice(manifest.expect(kind).1).expect("JSON");
        let listed = &manifest["exportResults"][0];
        assert_eq!(listed["sinkPath"], format!("/{inner}"), "{kind}");
        assert_eq!(listed["size"], folder.files()[&name].len(), "{kind}");
    }
}

#[test]
fn a_bucket_that_renders_to_nothing_is_warned_of_in_the_partner_s_file() {
    let object = json!({ "bucket": "{{customerData.bucket}}", "path": "in" });
    let exporter = Draft::new("FILE_BASED_S3", "fileBasedS3Destination", &object).exporter();
    let said: Vec<String> = exporter
        .warnings()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("server.json:6:"), "{said:?}");
    assert!(
        said[0].contains("`fileBasedS3Destination.bucket` renders to nothing"),
        "{said:?}"
    );
}

#[test]
fn a_template_of_the_location_that_fails_is_shown_where_it_is() {
    let object = json!({ "bucket": "b", "path": "{{ customerData.folder | nosuch }}" });
    let destination = Draft::new("FILE_BASED_S3", "fileBasedS3Destination", &object).destination();
    let problem = Exporter::new(&destination, Reading::default()).expect_err("no such filter");
    let said = problem.to_string();
    assert!(
        said.contains("cannot render `fileBasedS3Destination.path`"),
        "{said}"
    );
    assert!(said.starts_with("server.json:10:"), "{said}");
}

#[test]
fn only_profile_fields_of_type_string_take_any_text() {
    let mut draft = Draft::s3();
    let field = |name: &str, kind: &str| json!({ "name": name, "type": kind });
    draft.configuration["schemaConfig"] = json!({ "profileFields": [
        field("firstName", "string"), field("age", "integer"), field("birthday", "date"),
        { "name": "city" },
    ]});
    let columns = draft.exporter().text_columns();
    let types: Vec<_> = columns
        .iter()
        .map(|column| (column.data_type.clone(), column.is_free()))
        .collect();
    let expected = [
        (DataType::String, true),
        (DataType::Int, false),
        (DataType::Date, false),
        (DataType::String, true),
    ];
    assert_eq!(types, expected);
}

#[test]
fn the_same_occasion_gives_the_same_files_and_another_seed_others() {
    let exporter = Draft::s3().exporter();
    let of = |seed| {
        let occasion = Occasion {
            seed,
            ..occasion(Profiles::Synthetic(20))
        };
        written(&exporter.export(occasion).expect("an export"))
            .files()
            .clone()
    };
    assert_eq!(of(7), of(7));
    assert_ne!(of(7), of(8));
}

#[test]
fn each_audience_is_a_flow_run_of_its_own_or_all_of_a_merge_policy_are_one() {
    let mut draft = Draft::s3();
    let exporter = draft.exporter();
    let export = exporter
        .export(occasion(Profiles::Synthetic(1)))
        .expect("an export");
    let runs = export.flow_runs().expect("flow runs");
    let called: Vec<&str> = runs.iter().map(|run| run.group.name()).collect();
    assert_eq!(called, ["First", "Second"]);
    assert_ne!(runs[0].id, runs[1].id);
    draft.configuration["batchConfig"]["segmentGroupingEnabled"] = json!(true);
    draft.configuration["batchConfig"]["filenameConfig"]["defaultFilename"] =
        json!("%MERGE_POLICY_NAME%_%TIMESTAMP%");
    let exporter = draft.exporter();
    let export = exporter
        .export(occasion(Profiles::Synthetic(1)))
        .expect("an export");
    let runs = export.flow_runs().expect("flow runs");
    assert_eq!(runs.len(), 1);
    assert!(matches!(&runs[0].group, Group::MergePolicy(both) if both.len() == 2));
    assert_eq!(runs[0].stem, "Default Timebased_1778360743");
}

#[test]
fn an_audience_whose_files_take_the_place_of_another_s_is_marked() {
    let mut draft = Draft::s3();
    draft.configuration["batchConfig"]["filenameConfig"]["defaultFilename"] =
        json!("all_%TIMESTAMP%");
    draft.server["fileBasedS3Destination"]["path"]["value"] = json!("in");
    let exporter = draft.exporter();
    let export = exporter
        .export(occasion(Profiles::Synthetic(1)))
        .expect("an export");
    let runs = export.flow_runs().expect("flow runs");
    let marks: Vec<bool> = runs.iter().map(|run| run.overwrites).collect();
    assert_eq!(marks, [false, true]);
}

#[test]
fn an_occasion_that_cannot_be_is_refused() {
    let mut draft = Draft::s3();
    let exporter = draft.exporter();
    let refused =
        |exporter: &Exporter, occasion| exporter.export(occasion).map(drop).expect_err("refused");
    let first = occasion(Profiles::Synthetic(1));
    let unknown = Occasion {
        audience: Some("seg-3"),
        ..first
    };
    let error = refused(&exporter, unknown);
    assert!(matches!(&error, ExportError::Audience { .. }), "{error}");
    assert_eq!(error.help(), "there are: seg-1, seg-2");
    let late = Occasion {
        last: Some(NOW),
        ..first
    };
    assert!(matches!(refused(&exporter, late), ExportError::Previous));
    let nowhen = Occasion {
        now: i64::MAX,
        ..first
    };
    assert!(matches!(refused(&exporter, nowhen), ExportError::Time(_)));
    draft.configuration["batchConfig"]["defaultExportMode"] = json!("DAILY_FULL_EXPORT");
    let daily = Occasion {
        last: Some(NOW - DAY),
        ..first
    };
    assert!(matches!(
        refused(&draft.exporter(), daily),
        ExportError::Incremental
    ));
}

#[test]
fn a_destination_that_takes_messages_has_no_exporter() {
    let mut draft = Draft::s3();
    draft.server = json!({
        "destinationServerType": "URL_BASED",
        "urlBasedDestination": { "url": { "templatingStrategy": "NONE", "value": "https://api.example.com/" } },
        "httpTemplate": {
            "httpMethod": "POST", "contentType": "application/json",
            "requestBody": { "templatingStrategy": "PEBBLE_V1", "value": "{}" }
        },
    });
    draft.configuration["destinationDelivery"] = json!([{ "authenticationRule": "NONE" }]);
    draft.configuration["customerAuthenticationConfigurations"] = json!([]);
    let problem = Exporter::new(&draft.destination(), Reading::default()).expect_err("messages");
    assert!(problem.to_string().contains("takes messages"), "{problem}");
}
