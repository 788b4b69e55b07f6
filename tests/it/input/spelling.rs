//! Each row of the table of deviations: it is read as what is legal, with one warning that says what to write and which
//! page has it otherwise.

use destspec::model::sdk::spelling::VARIANTS;
use destspec::model::source::variant::{Variant, Written};

use crate::input::{Case, DESTINATION, SERVER, TOML};

/// A row, the submission that it is tried on, and the text that is replaced by the other one.
struct Row(&'static str, Written, Base, &'static str, &'static str);

#[derive(Clone, Copy)]
enum Base {
    Streaming,
    OAuth2,
    S3,
    Sftp,
    LandingZone,
}

const fn value(written: &'static str, legal: &'static str) -> Written {
    Written::Value { written, legal }
}

const ROWS: &[Row] = &[
    Row(
        "bucket",
        Written::Key("bucketName"),
        Base::S3,
        "\"bucket\":",
        "\"bucketName\":",
    ),
    Row(
        "delimiter",
        Written::Key("sep"),
        Base::S3,
        "\"delimiter\":",
        "\"sep\":",
    ),
    Row(
        "fileBasedSFTPDestination",
        Written::Key("fileBasedSftpDestination"),
        Base::Sftp,
        "\"fileBasedSFTPDestination\"",
        "\"fileBasedSftpDestination\"",
    ),
    Row(
        "fileConfigurations",
        Written::Within {
            object: "fileBasedDlzDestination",
            legal: "beside the companion object, to the top level",
        },
        Base::LandingZone,
        "}, \"fileConfigurations\": { \"fileType\": T }",
        ", \"fileConfigurations\": { \"fileType\": T } }",
    ),
    Row(
        "hostName",
        Written::Key("hostname"),
        Base::Sftp,
        "\"hostName\":",
        "\"hostname\":",
    ),
    Row(
        "hostName",
        Written::LeftOut {
            legal: "the host that the customer types in when logging in",
        },
        Base::Sftp,
        "\"hostName\": T, ",
        "",
    ),
    Row(
        "queryParameters",
        Written::Key("queryParams"),
        Base::Streaming,
        "\"httpMethod\": \"POST\",",
        "\"httpMethod\": \"POST\", \"queryParams\": T,",
    ),
    Row(
        "useCase",
        Written::LeftOut {
            legal: "`\"dlz_destination\"`",
        },
        Base::LandingZone,
        ", \"useCase\": \"dlz_destination\"",
        "",
    ),
    Row(
        "useCase",
        value("Your use case", "dlz_destination"),
        Base::LandingZone,
        "\"dlz_destination\"",
        "\"Your use case\"",
    ),
    Row(
        "authType",
        value("Bearer", "BEARER"),
        Base::Streaming,
        "\"BEARER\"",
        "\"Bearer\"",
    ),
    Row(
        "expiresInResponsePath",
        Written::Key("expiresInPath"),
        Base::OAuth2,
        "\"expiresInResponsePath\"",
        "\"expiresInPath\"",
    ),
    Row(
        "scope",
        Written::Key("scopes"),
        Base::OAuth2,
        "\"scope\"",
        "\"scopes\"",
    ),
    Row(
        "source",
        Written::Key("fieldType"),
        Base::OAuth2,
        "\"source\"",
        "\"fieldType\"",
    ),
    Row(
        "segmentMappingConfig",
        Written::Key("audienceMetadataConfig"),
        Base::Streaming,
        "\"segmentMappingConfig\"",
        "\"audienceMetadataConfig\"",
    ),
    Row(
        "pattern",
        Written::Empty {
            legal: "^[A-Za-z]+$",
        },
        Base::Streaming,
        "\"enum\": [\"eu\", \"us\"]",
        "\"pattern\": \"\"",
    ),
    Row(
        "status",
        value("", "TEST"),
        Base::Streaming,
        "\"TEST\"",
        "\"\"",
    ),
    Row(
        "status",
        value("Test", "TEST"),
        Base::Streaming,
        "\"TEST\"",
        "\"Test\"",
    ),
    Row(
        "transformation",
        Written::Key("allowedAttributesTransformation"),
        Base::Streaming,
        "\"acceptsAttributes\": true,",
        "\"acceptsAttributes\": true, \"allowedAttributesTransformation\": \"sha256(lower($))\",",
    ),
    Row(
        "maxBatchAgeInSecs",
        value("0", "1800"),
        Base::OAuth2,
        "\"maxBatchAgeInSecs\": 1800",
        "\"maxBatchAgeInSecs\": 0",
    ),
    Row(
        "maxNumEventsInBatch",
        value("0", "1000"),
        Base::OAuth2,
        "\"maxNumEventsInBatch\": 1000",
        "\"maxNumEventsInBatch\": 0",
    ),
    Row(
        "allowDedupeKeyFieldSelection",
        Written::Key("allowDedupKeyFieldSelection"),
        Base::S3,
        "\"allowDedupeKeyFieldSelection\"",
        "\"allowDedupKeyFieldSelection\"",
    ),
    Row(
        "allowDedupeKeyFieldSelection",
        Written::Key("allowJoinKeyFieldSelection"),
        Base::S3,
        "\"allowDedupeKeyFieldSelection\"",
        "\"allowJoinKeyFieldSelection\"",
    ),
    Row(
        "allowedExportModes",
        Written::Key("allowedExportMode"),
        Base::S3,
        "\"allowedExportModes\"",
        "\"allowedExportMode\"",
    ),
    Row(
        "allowedFilenameAppendOptions",
        value("DESTINATION_NAME", "DESTINATION"),
        Base::S3,
        "[\"DESTINATION\", \"DATETIME\"]",
        "[\"DESTINATION_NAME\", \"DATETIME\"]",
    ),
    Row(
        "backfillHistoricalProfileData",
        Written::Within {
            object: "batchConfig",
            legal: "to the top level of the configuration",
        },
        Base::S3,
        "\"allowDedupeKeyFieldSelection\"",
        "\"backfillHistoricalProfileData\": true, \"allowDedupeKeyFieldSelection\"",
    ),
    Row(
        "batchConfig",
        Written::Key("batchConfiguration"),
        Base::S3,
        "\"batchConfig\"",
        "\"batchConfiguration\"",
    ),
    Row(
        "defaultFilenameAppendOptions",
        value("DESTINATION_NAME", "DESTINATION"),
        Base::S3,
        "\"defaultFilenameAppendOptions\": [\"DESTINATION\"]",
        "\"defaultFilenameAppendOptions\": [\"DESTINATION_NAME\"]",
    ),
    Row(
        "deliveryMatchers",
        Written::LeftOut {
            legal: "`[ { \"type\": \"SOURCE\", \"value\": [ \"batch\" ] } ]`",
        },
        Base::S3,
        "\"deliveryMatchers\": [{ \"type\": \"SOURCE\", \"value\": [\"batch\"] }], ",
        "",
    ),
    Row(
        "filenameConfig",
        Written::LeftOut {
            legal: "Experience Platform's own file name",
        },
        Base::S3,
        ", \"filenameConfig\": { \"allowedFilenameAppendOptions\": [\"DESTINATION\", \"DATETIME\"], \"defaultFilenameAppendOptions\": [\"DESTINATION\"], \"defaultFilename\": \"%SEGMENT_ID%\" }",
        "",
    ),
];

const TEMPLATE: &str = "{ \"templatingStrategy\": \"NONE\", \"value\": \"csv\" }";

fn files(rule: &str, authentication: &str) -> String {
    let matchers = "\"deliveryMatchers\": [{ \"type\": \"SOURCE\", \"value\": [\"batch\"] }], ";
    let names = "\"filenameConfig\": { \"allowedFilenameAppendOptions\": [\"DESTINATION\", \"DATETIME\"], \"defaultFilenameAppendOptions\": [\"DESTINATION\"], \"defaultFilename\": \"%SEGMENT_ID%\" }";
    format!(
        "{{ \"name\": \"d\", \"status\": \"TEST\", \"customerAuthenticationConfigurations\": [{authentication}],
  \"destinationDelivery\": [{{ {matchers}\"authenticationRule\": \"{rule}\" }}],
  \"batchConfig\": {{ \"allowDedupeKeyFieldSelection\": true, \"allowedExportModes\": [\"DAILY_FULL_EXPORT\"], {names} }} }}"
    )
}

fn server(kind: &str, companion: &str, inner: &str) -> String {
    format!(
        "{{ \"name\": \"s\", \"destinationServerType\": \"{kind}\", \"{companion}\": {{ {inner} }}, \"fileConfigurations\": {{ \"fileType\": T }} }}"
    )
}

impl Base {
    fn case(self) -> Case {
        let initial = Case::initial();
        let (server, configuration, credentials) = match self {
            Base::Streaming => return initial,
            Base::OAuth2 => {
                return initial
                    .with(DESTINATION, "{ \"authType\": \"BEARER\" }", "{ \"authType\": \"OAUTH2\", \"grant\": \"OAUTH2_CLIENT_CREDENTIALS\", \"accessTokenUrl\": \"https://id.example.com/token\", \"scope\": [\"read\"], \"expiresInResponsePath\": \"life\", \"authenticationDataFields\": [{ \"name\": \"account\", \"source\": \"CUSTOMER\" }] }")
                    .with(DESTINATION, "\"BEST_EFFORT\"", "\"CONFIGURABLE_AGGREGATION\"")
                    .with(DESTINATION, "\"bestEffortAggregation\": { \"maxUsersPerRequest\": 1, \"splitUserById\": false }", "\"configurableAggregation\": { \"maxBatchAgeInSecs\": 1800, \"maxNumEventsInBatch\": 1000, \"aggregationKey\": {} }")
                    .with(TOML, "token = { env = \"EXAMPLE_TOKEN\" }", "client_id = \"c\"\nclient_secret = { env = \"EXAMPLE_TOKEN\" }");
            }
            Base::S3 => (
                server(
                    "FILE_BASED_S3",
                    "fileBasedS3Destination",
                    "\"bucket\": T, \"path\": T",
                )
                .replace(
                    "{ \"fileType\": T }",
                    "{ \"csvOptions\": { \"delimiter\": T } }",
                ),
                files("CUSTOMER_AUTHENTICATION", "{ \"authType\": \"S3\" }"),
                "access_key_id = \"A\"\nsecret_access_key = { env = \"EXAMPLE_TOKEN\" }",
            ),
            Base::Sftp => (
                server(
                    "FILE_BASED_SFTP",
                    "fileBasedSFTPDestination",
                    "\"hostName\": T, \"rootDirectory\": T",
                ),
                files(
                    "CUSTOMER_AUTHENTICATION",
                    "{ \"authType\": \"SFTP_WITH_PASSWORD\" }",
                ),
                "username = \"u\"\npassword = { env = \"EXAMPLE_TOKEN\" }",
            ),
            Base::LandingZone => (
                server(
                    "FILE_BASED_DLZ",
                    "fileBasedDlzDestination",
                    "\"path\": T, \"useCase\": \"dlz_destination\" ",
                )
                .replace(" }, \"file", "}, \"file"),
                files("NONE", ""),
                "sas_url = { env = \"EXAMPLE_TOKEN\" }",
            ),
        };
        initial
            .file(SERVER, &server)
            .file(DESTINATION, &configuration)
            .with(
                TOML,
                "customer_data = { region = \"eu\" }",
                "customer_data = {}",
            )
            .with(TOML, "token = { env = \"EXAMPLE_TOKEN\" }", credentials)
    }
}

fn said(case: &mut Case) -> Result<Vec<(String, String)>, Vec<String>> {
    for file in [SERVER, DESTINATION] {
        let text = case.text(file);
        *text = text.replace(": T", &format!(": {TEMPLATE}"));
    }
    let read = case.parse().map(|(_, warnings)| warnings);
    read.map_err(|problems| problems.iter().map(ToString::to_string).collect())
        .map(|warnings| {
            let said =
                |w: destspec::model::source::Problem| (w.message, w.help.unwrap_or_default());
            warnings.into_iter().map(said).collect()
        })
}

/// The row of the table that a row of the test is about.
fn variant(row: &Row) -> &'static Variant {
    let Row(key, written, ..) = row;
    let found = VARIANTS
        .iter()
        .find(|v| v.key == *key && v.written == *written);
    found.unwrap_or_else(|| panic!("{key}, {written:?}: no such row"))
}

#[test]
fn every_deviation_is_read_with_one_warning_that_says_what_is_legal() {
    for row in ROWS {
        let Row(key, written, base, legal, other) = row;
        let what = format!("{key}, {written:?}");
        let plain = said(&mut base.case());
        assert_eq!(
            plain,
            Ok(vec![]),
            "{what}: what is legal is read without a word"
        );
        let file = [SERVER, DESTINATION]
            .into_iter()
            .find(|file| base.case().text(file).contains(legal))
            .unwrap_or_else(|| panic!("{what}: `{legal}` is in no file"));
        let deviant = said(&mut base.case().with(file, legal, other));
        let variant = variant(row);
        assert_eq!(deviant, Ok(vec![variant.said()]), "{what}: {other}");
        let (message, help) = variant.said();
        assert!(message.contains(key), "{what}: the message names the key");
        assert!(
            help.contains(variant.page),
            "{what}: the help names the page"
        );
    }
}

#[test]
fn every_row_of_the_table_is_tried() {
    let untried: Vec<&Variant> = VARIANTS
        .iter()
        .filter(|v| {
            !ROWS
                .iter()
                .any(|Row(key, written, ..)| v.key == *key && v.written == *written)
        })
        .collect();
    assert!(untried.is_empty(), "{untried:#?}");
    assert_eq!(ROWS.len(), VARIANTS.len());
}

#[test]
fn a_deviation_means_what_is_legal() {
    let read = |case: Case| case.parse().map(|(s, _)| s.destinations[0].clone());
    let landing_zone = |legal: &str, other: &str| {
        let mut case = Base::LandingZone.case().with(SERVER, legal, other);
        let text = case.text(SERVER);
        *text = text.replace(": T", &format!(": {TEMPLATE}"));
        read(case).expect("a landing zone").server.file().cloned()
    };
    let nested = landing_zone(
        "}, \"fileConfigurations\": { \"fileType\": T }",
        ", \"fileConfigurations\": { \"fileType\": T } }",
    );
    assert_eq!(
        nested
            .expect("files")
            .option("fileType")
            .map(|t| t.value.as_str()),
        Some("csv")
    );
    let hashed = read(Base::Streaming.case().with(
        DESTINATION,
        "\"acceptsAttributes\": true,",
        "\"acceptsAttributes\": true, \"allowedAttributesTransformation\": \"sha256(lower($))\",",
    ));
    assert!(
        hashed
            .expect("a destination")
            .configuration
            .identity_namespaces[0]
            .hashed
    );
    let aged = read(Base::OAuth2.case().with(
        DESTINATION,
        "\"maxNumEventsInBatch\": 1000",
        "\"maxNumEventsInBatch\": 0",
    ));
    assert_eq!(aged.expect("a destination").aggregation().limit(), 1000);
}
