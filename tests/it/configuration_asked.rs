//! The templates of what is asked besides deliveries, of tokens and of audiences: each rule has a broken twin there, too.

use crate::configuration::{DESTINATION, Twin, found, hold, run};
use crate::support::program::{AUDIENCES, Folder};

/// Of the templates of a token request.
const TOKENS: &[Twin] = &[
    Twin(
        "CFG-10",
        DESTINATION,
        "{{ response.body.access_token }}",
        "{% include 'a' %}",
        (13, 97),
        "the tag `include` of Pebble is not supported by Adobe",
    ),
    Twin(
        "CFG-10",
        DESTINATION,
        "{{ authData.clientId | toJson",
        "{{ range(1, 2) | toJson",
        (11, 118),
        "the function `range` of Pebble is not supported by Adobe",
    ),
    Twin(
        "CFG-11",
        DESTINATION,
        "authData.clientId",
        "authData.clientld",
        (11, 118),
        "`authData.clientld`, which nobody supplies",
    ),
    Twin(
        "CFG-11",
        DESTINATION,
        "{{ response.body",
        "{{ respnse.body",
        (13, 97),
        "reads `respnse`, which a token request does not have",
    ),
    Twin(
        "CFG-12",
        DESTINATION,
        "| toJson | raw }}",
        "| toJson }}",
        (11, 68),
        "renders to no JSON",
    ),
    Twin(
        "CFG-12",
        DESTINATION,
        "\"{\\\"grant_type",
        "\"{,\\\"grant_type",
        (11, 68),
        "renders to no JSON",
    ),
    Twin(
        "CFG-14",
        DESTINATION,
        "authData.clientId",
        "input.profiles[0]",
        (11, 118),
        "`input.profiles`, which only messages have",
    ),
    Twin(
        "CFG-15",
        DESTINATION,
        "authData.clientId",
        "input.aggregationKey.segmentId",
        (11, 118),
        "`input.aggregationKey`, which only messages have",
    ),
    Twin(
        "CFG-19",
        DESTINATION,
        "https://login",
        "https://{{ customerData.place }}",
        (7, 95),
        "`customerData.place`, which nobody declares",
    ),
];

/// Of the templates of an audience API.
const METADATA: &[Twin] = &[
    Twin(
        "CFG-10",
        AUDIENCES,
        "/audiences",
        "/{% include 'a' %}",
        (5, 66),
        "the tag `include` of Pebble is not supported by Adobe",
    ),
    Twin(
        "CFG-11",
        AUDIENCES,
        "{{segment.name}}",
        "{{segment.nmae}}",
        (8, 45),
        "`segment.nmae`, which names nothing",
    ),
    Twin(
        "CFG-11",
        AUDIENCES,
        "/audiences",
        "/{% if segmnt.id %}a{% endif %}",
        (5, 69),
        "reads `segmnt`, which names nothing",
    ),
    Twin(
        "CFG-11",
        AUDIENCES,
        "{{segment.name}}",
        "{{segment.name",
        (8, 43),
        "expected `}}` after `{{segment.name`",
    ),
    Twin(
        "CFG-11",
        AUDIENCES,
        "{{body.id}}",
        "{{body.id",
        (9, 68),
        "`create.responseFields.externalAudienceId` of the audience template: expected `}}`",
    ),
    Twin(
        "CFG-14",
        AUDIENCES,
        "{{segment.name}}",
        "{{input.profile.attributes}}",
        (8, 45),
        "`input.profile`, which only messages have",
    ),
    Twin(
        "CFG-15",
        AUDIENCES,
        "{{segment.name}}",
        "{{input.aggregationKey.segmentId}}",
        (8, 45),
        "`input.aggregationKey`, which only messages have",
    ),
    Twin(
        "CFG-19",
        AUDIENCES,
        "customerData.region",
        "customerData.place",
        (5, 41),
        "`customerData.place`, which nobody declares",
    ),
];

const ASKS: &str = r#"[{ "authType": "OAUTH2", "grant": "OAUTH2_CLIENT_CREDENTIALS", "accessTokenRequest": {
    "destinationServerType": "URL_BASED",
    "urlBasedDestination": { "url": { "templatingStrategy": "PEBBLE_V1", "value": "https://login.example.com/token" } },
    "httpTemplate": {
      "httpMethod": "POST",
      "contentType": "application/json",
      "requestBody": { "templatingStrategy": "PEBBLE_V1", "value": "{\"grant_type\":\"client_credentials\",\"id\":{{ authData.clientId | toJson | raw }}}" }
    },
    "responseFields": [{ "templatingStrategy": "PEBBLE_V1", "name": "accessToken", "value": "{{ response.body.access_token }}" }]
  } }]"#;

const API: &str = r#"{
  "metadataTemplate": {
    "name": "Example",
    "create": {
      "url": "https://api.example.com/{{customerData.region}}/audiences",
      "httpMethod": "POST",
      "headers": [{ "header": "Authorization", "value": "Bearer {{authData.token}}" }],
      "requestBody": { "json": { "name": "{{segment.name}}" } },
      "responseFields": [{ "name": "externalAudienceId", "value": "{{body.id}}" }],
      "responseErrorFields": [{ "name": "message", "value": "{{error.message}}" }]
    }
  }
}
"#;

/// A destination that asks for its token by a template.
fn asking() -> Folder {
    let folder = Folder::started();
    folder.edit(DESTINATION, "[{ \"authType\": \"BEARER\" }]", ASKS);
    let own = "client_id = \"id\"\nclient_secret = { env = \"EXAMPLE_TOKEN\" }";
    folder.edit(
        "submission.toml",
        "token = { env = \"EXAMPLE_TOKEN\" }",
        own,
    );
    folder
}

/// A destination that has an audience API.
fn with_audiences() -> Folder {
    Folder::with_audiences(API)
}

#[test]
fn a_broken_twin_of_a_token_request_or_of_an_audience_template_fails_its_rule() {
    hold(TOKENS, asking);
    hold(METADATA, with_audiences);
}

#[test]
fn templates_of_token_requests_and_of_audience_templates_that_are_right_pass_every_rule() {
    for began in [asking, with_audiences] {
        let record = run(&began(), &["--requirement", "CFG"]);
        let failed = record.scenarios.iter();
        let failed = failed.filter(|s| s.requirement.starts_with("CFG-"));
        let failed: Vec<String> = failed.filter_map(|s| found(&record, &s.id)).collect();
        assert!(
            failed.iter().all(|said| said.starts_with("omitted")),
            "{failed:?}"
        );
    }
}

#[test]
fn an_audience_that_cannot_be_rendered_is_told_as_check_tells_it() {
    let folder = with_audiences();
    folder.edit(AUDIENCES, "customerData.region", "customerData.place");
    let ended = folder.run(&["render", "audience", "submission.toml"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    let place = "sdk/audience-template.json:5:41: ";
    assert!(ended.says(place), "{}", ended.stderr);
    let said = "`customerData.place`, which nobody declares";
    assert!(ended.says(said), "{}", ended.stderr);
}
