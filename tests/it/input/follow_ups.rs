//! One mistake is one problem: what follows from it is not held against the partner once more.

use crate::input::{Case, DESTINATION, SERVER, TOML};

const TOKEN: &str = "token = { env = \"EXAMPLE_TOKEN\" }";
const REGION: &str = "\"enum\": [\"eu\", \"us\"]";

/// What is wrong: file, what is replaced by what; and the one thing that is to be said of it.
struct Mistake(&'static str, &'static str, &'static str, &'static str);

const MISTAKES: &[Mistake] = &[
    // aggregation
    Mistake(
        DESTINATION,
        "\"BEST_EFFORT\"",
        "\"BEST_EFORT\"",
        "received `BEST_EFORT`",
    ),
    Mistake(
        DESTINATION,
        "\"maxUsersPerRequest\": 1",
        "\"maxUsersPerRequest\": 0",
        "received 0",
    ),
    Mistake(
        DESTINATION,
        "\"maxUsersPerRequest\": 1",
        "\"maxUsersPerRequest\": []",
        "expected a whole number",
    ),
    Mistake(
        DESTINATION,
        "\"splitUserById\": false",
        "\"aggregationKey\": { \"includeSegmentId\": 1, \"includeSegmentStatus\": true }",
        "expected `true` or `false`",
    ),
    Mistake(
        DESTINATION,
        "\"aggregationType\"",
        "\"aggregationTyp\"",
        "unknown key `aggregation.aggregationTyp`, and `aggregationType` is missing",
    ),
    // what cannot be read is not missing, too
    Mistake(DESTINATION, "\"BEARER\"", "\"BEAR\"", "received `BEAR`"),
    Mistake(
        DESTINATION,
        "[{ \"authType\": \"BEARER\" }]",
        "{ \"authType\": \"BEARER\" }",
        "expected an array",
    ),
    Mistake(
        DESTINATION,
        "\"customerAuthenticationConfigurations\"",
        "\"customerAuthenticationConfiguration\"",
        "unknown key `customerAuthenticationConfiguration`, and `customerAuthenticationConfigurations` is missing",
    ),
    Mistake(DESTINATION, "{ \"Email\": {} }", "[]", "expected an object"),
    Mistake(
        DESTINATION,
        "\"authenticationRule\"",
        "\"authenticationRul\"",
        "and `authenticationRule` is missing",
    ),
    Mistake(
        SERVER,
        "\"urlBasedDestination\"",
        "\"urlBasedDestinations\"",
        "and `urlBasedDestination` is missing",
    ),
    Mistake(
        SERVER,
        "\"URL_BASED\"",
        "\"URL_BASE\"",
        "received `URL_BASE`",
    ),
    Mistake(SERVER, "\"POST\"", "\"SEND\"", "received `SEND`"),
    // credentials
    Mistake(
        TOML,
        TOKEN,
        "token = \"abc\"",
        "a literal secret in a file is refused",
    ),
    Mistake(
        TOML,
        TOKEN,
        "token = { env = \"A\", file = \"b\" }",
        "expected either `env` or `file`",
    ),
    Mistake(TOML, TOKEN, "token = 7", "expected an object"),
    Mistake(
        TOML,
        TOKEN,
        "tokn = { env = \"A\" }",
        "unknown key `destination[0].credentials.tokn`",
    ),
    Mistake(
        TOML,
        "[destination.credentials]",
        "[destination.credential]",
        "unknown key `destination[0].credential`",
    ),
    // customer data
    Mistake(TOML, "{ region = \"eu\" }", "\"eu\"", "expected an object"),
    Mistake(
        TOML,
        "{ region = \"eu\" }",
        "{ region = 1 }",
        "expected a string",
    ),
    Mistake(
        DESTINATION,
        "\"type\": \"string\"",
        "\"type\": \"text\"",
        "received `text`",
    ),
    Mistake(DESTINATION, REGION, "\"enum\": \"eu\"", "expected an array"),
    Mistake(
        DESTINATION,
        REGION,
        "\"namedEnum\": [{ \"name\": \"EU\" }]",
        "missing `value`",
    ),
    // the submission
    Mistake(
        TOML,
        "[partner]",
        "[patrner]",
        "unknown key `patrner`, and `partner` is missing",
    ),
    Mistake(
        TOML,
        "contact = ",
        "contcat = ",
        "unknown key `partner.contcat`, and `contact` is missing",
    ),
];

#[test]
fn one_mistake_is_one_problem() {
    let mut wrong = Vec::new();
    for Mistake(file, old, new, said) in MISTAKES {
        let problems = Case::initial().with(file, old, new).problems();
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        if all.len() != 1 || !all[0].contains(said) {
            wrong.push(format!("{new}: expected `{said}` alone, received {all:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A submission of files, each mistake likewise.
#[test]
fn one_mistake_of_a_file_based_destination_is_one_problem() {
    let server = r#"{ "destinationServerType": "FILE_BASED_S3", "fileBasedS3Destination": {
      "bucket": { "templatingStrategy": "NONE", "value": "b" }, "path": { "templatingStrategy": "NONE", "value": "p" } } }"#;
    let configuration = r#"{ "name": "d", "customerAuthenticationConfigurations": [{ "authType": "S3" }],
      "destinationDelivery": [{ "deliveryMatchers": [{ "type": "SOURCE", "value": ["batch"] }], "authenticationRule": "CUSTOMER_AUTHENTICATION" }],
      "batchConfig": { "filenameConfig": { "allowedFilenameAppendOptions": ["DATETIME"], "defaultFilenameAppendOptions": ["DATETIME"], "defaultFilename": "" } } }"#;
    let base = || {
        Case::initial()
            .file(SERVER, server)
            .file(DESTINATION, configuration)
            .with(
                TOML,
                "customer_data = { region = \"eu\" }",
                "customer_data = {}",
            )
            .with(
                TOML,
                "token = { env = \"EXAMPLE_TOKEN\" }",
                "access_key_id = \"A\"\nsecret_access_key = { env = \"EXAMPLE_TOKEN\" }",
            )
    };
    assert_eq!(base().problems(), []);
    for (old, new, said) in [
        (
            "[\"batch\"]",
            "\"batch\"",
            "expected an array, received a string",
        ),
        (
            "[{ \"type\": \"SOURCE\", \"value\": [\"batch\"] }]",
            "\"batch\"",
            "expected an array, received a string",
        ),
        (
            "\"allowedFilenameAppendOptions\": [\"DATETIME\"]",
            "\"allowedFilenameAppendOptions\": [\"DATE\"]",
            "received `DATE`",
        ),
        (
            "{ \"filenameConfig\"",
            "[] , \"x\": { \"filenameConfig\"",
            "expected an object, received an array",
        ),
        (
            "\"authType\": \"S3\"",
            "\"authType\": \"S4\"",
            "received `S4`",
        ),
        (
            "\"value\": [\"batch\"]",
            "\"value\": [\"stream\"]",
            "no entry of `deliveryMatchers` is that of files",
        ),
    ] {
        let problems = base().with(DESTINATION, old, new).problems();
        let errors: Vec<String> = problems
            .iter()
            .filter(|p| !p.is_warning())
            .map(ToString::to_string)
            .collect();
        assert_eq!(errors.len(), 1, "{new}: {errors:#?}");
        assert!(errors[0].contains(said), "{new}: {errors:#?}");
    }
}
