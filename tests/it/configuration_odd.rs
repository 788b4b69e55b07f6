//! What of an audience template or of a login is read and does not do what its author means: `check` names each at its place,
//! and says nothing of the shapes that Adobe's pages show.

use crate::configuration::DESTINATION;
use crate::support::program::{AUDIENCES, Folder};

/// What is replaced and by what; where the warning is, and what it says.
struct Odd(&'static str, &'static str, (usize, usize), &'static str);

const TEMPLATE: &str = r#"{
  "metadataTemplate": {
    "name": "Example",
    "create": {
      "url": "https://api.example.com/audiences",
      "httpMethod": "POST",
      "headers": [{ "header": "Authorization", "value": "Bearer {{authData.token}}" }, { "header": "Content-Type", "value": "application/json" }],
      "requestBody": { "json": { "name": "{{segment.name}}", "key": 1 } },
      "responseFields": [{ "name": "externalAudienceId", "value": "{{body.id}}" }],
      "responseErrorFields": [{ "name": "message", "value": "{{error.message}}" }]
    },
    "update": {
      "url": "https://api.example.com/audiences/{{segment.alias}}",
      "httpMethod": "PUT",
      "requestBody": { "json": { "label": "{{segment.name}}" } },
      "responseErrorFields": [{ "name": "message", "value": "{{{message}}}" }]
    },
    "delete": {
      "url": "https://api.example.com/audiences/{{segment.alias}}?all=no",
      "httpMethod": "DELETE"
    },
    "createDestination": {
      "url": "https://api.example.com/dataflows/{{destination.id}}",
      "httpMethod": "POST"
    }
  },
  "validations": [{ "field": "region", "regex": "^(eu|us)$" }]
}
"#;

const OF_AUDIENCES: &[Odd] = &[
    Odd(
        "/{{segment.alias}}\",",
        "\",",
        (12, 15),
        "does not say which audience is renamed",
    ),
    Odd(
        "/{{segment.alias}}?",
        "?",
        (18, 15),
        "does not say which audience is deleted",
    ),
    Odd(
        "\"label\": \"{{segment.name}}\"",
        "\"label\": \"new\"",
        (12, 15),
        "does not say what the audience is called now",
    ),
    Odd(
        "\"name\": \"{{segment.name}}\"",
        "\"name\": \"new\"",
        (4, 15),
        "names the audience nowhere",
    ),
    Odd(
        "/{{destination.id}}",
        "",
        (22, 26),
        "does not say which destination it is about",
    ),
    Odd(
        "\"key\": 1",
        "\"key\": \"{{segment.alias}}\"",
        (8, 72),
        "sends `segment.alias` empty: an audience has no alias before",
    ),
    Odd(
        "/{{destination.id}}",
        "/{{destination.id}}/{{segment.name}}",
        (23, 70),
        "sends `segment.name` empty: the request is about no audience",
    ),
    Odd(
        "\"key\": 1",
        "\"key\": \"{{segment.metadata.source}}\"",
        (8, 72),
        "sends `segment.metadata.source` empty: only audiences that customers upload",
    ),
    Odd(
        "\"key\": 1",
        "\"key\": \"{{{segmentEnrichmentAttributes}}}\"",
        (8, 73),
        "sends `segmentEnrichmentAttributes` empty",
    ),
    Odd(
        "\"key\": 1",
        "\"key\": \"{segment.id}\"",
        (8, 70),
        "`{segment.id}` in `create.requestBody` of the audience template is sent as it stands",
    ),
    Odd(
        "{{body.id}}",
        "id",
        (9, 67),
        "`id` in `create.responseFields.externalAudienceId` of the audience template is no macro",
    ),
    Odd("{{body.id}}", "{{}}", (9, 67), "is no path into an answer"),
    Odd(
        "{{body.id}}",
        "{{headers}}",
        (9, 67),
        "is no path into an answer",
    ),
    Odd(
        "{{body.id}}",
        "{{body.id | upper}}",
        (9, 67),
        "is no path into an answer",
    ),
    Odd(
        "{{body.id}}",
        "{{body['id']}}",
        (9, 67),
        "is no path into an answer",
    ),
    Odd(
        "{{body.id}}",
        "{{body.all[0.id}}",
        (9, 67),
        "is no path into an answer",
    ),
    Odd(
        "{{body.id}}",
        "{{body.id}}{{body.key}}",
        (9, 67),
        "holds more than one path",
    ),
    Odd(
        "?all=no",
        "#all",
        (19, 66),
        "has `#all` in its URL, which is never sent",
    ),
    Odd(
        "https://api.example.com/audiences\"",
        "http://api.example.com/audiences\"",
        (5, 14),
        "goes over plain HTTP",
    ),
    Odd(
        "\"DELETE\"",
        "\"GET\"",
        (20, 21),
        "is a `GET`, which may come from a cache",
    ),
    Odd("\"PUT\"", "\"GET\"", (14, 21), "is a `GET`, which may come"),
    Odd(
        "\"createDestination\": {",
        "\"validate\": { \"url\": \"https://api.example.com/check\", \"httpMethod\": \"GET\", \"requestBody\": { \"json\": {} } }, \"createDestination\": {",
        (22, 105),
        "`validate` of the audience template is a `GET` with a body",
    ),
    Odd(
        "\"application/json\"",
        "\"text/plain\"",
        (7, 125),
        "declares `Content-Type: text/plain` for a body that is JSON",
    ),
    Odd(
        "[{ \"name\": \"message\", \"value\": \"{{error.message}}\" }]",
        "[]",
        (4, 15),
        "has no `responseErrorFields`",
    ),
    Odd(
        "{ \"name\": \"message\", \"value\": \"{{{message}}}\" }",
        "{ \"name\": \"text\", \"value\": \"{{message}}\" }",
        (16, 58),
        "has `text` and no `message`",
    ),
    Odd(
        "[{ \"name\": \"externalAudienceId\",",
        "[{ \"name\": \"externalAudienceId\", \"value\": \"{{id}}\" }, { \"name\": \"externalAudienceId\",",
        (9, 120),
        "has `externalAudienceId` twice",
    ),
    Odd(
        "[{ \"header\": \"Authorization\",",
        "[{ \"header\": \"content-type\", \"value\": \"application/json\" }, { \"header\": \"Authorization\",",
        (7, 184),
        "has `Content-Type` twice",
    ),
    Odd(
        "\"createDestination\": {",
        "\"notify\": { \"url\": \"https://api.example.com/{{segment.alias}}\", \"httpMethod\": \"PUT\" }, \"createDestination\": {",
        (22, 15),
        "is made of files alone",
    ),
    Odd(
        "\"field\": \"region\"",
        "\"field\": \"account\"",
        (27, 19),
        "is of `account`, which nobody declares",
    ),
    Odd(
        "^(eu|us)$",
        "^[0-9]+$",
        (27, 19),
        "does not match the customer data `region`",
    ),
    Odd(
        "\"Authorization\"",
        "\"Author ization\"",
        (7, 31),
        "expected the name of a header, received `Author ization`",
    ),
    Odd(
        "\"Bearer {{authData.token}}\"",
        "\"Bearer\\n{{authData.token}}\"",
        (7, 57),
        "has a line break or control character",
    ),
];

const LOGIN: &str = r#"[{
    "authType": "OAUTH2", "grant": "OAUTH2_AUTHORIZATION_CODE", "clientId": "acme",
    "accessTokenUrl": "https://login.example.com/token", "refreshTokenUrl": "https://login.example.com/token",
    "authorizationUrl": "https://login.example.com/authorize?prompt=consent",
    "scope": ["read", "audiences:write,all"],
    "accessTokenResponsePath": "data.token",
    "authenticationDataFields": [
      { "name": "tenant", "type": "string", "source": "PARTNER", "value": "acme" },
      { "name": "expiresIn", "type": "string", "source": "PARTNER", "value": "3600" },
      { "name": "refreshEnds", "type": "string", "source": "PARTNER", "authenticationResponsePath": "ends" }
    ],
    "validations": [{ "name": "status",
      "actualValue": { "templatingStrategy": "PEBBLE_V1", "value": "{{ response.status }}" },
      "expectedValue": { "templatingStrategy": "PEBBLE_V1", "value": "200" } }]
  }]"#;

const OF_LOGINS: &[Odd] = &[
    Odd(
        "\"accessTokenUrl\": \"https",
        "\"accessTokenUrl\": \"http",
        (7, 23),
        "plain HTTP: the secret of the client",
    ),
    Odd(
        "\"authorizationUrl\": \"https",
        "\"authorizationUrl\": \"http",
        (8, 25),
        "plain HTTP: the secret of the client, or a login",
    ),
    Odd(
        "\"https://login.example.com/token\", \"refresh",
        "\"https://login.example.com/token#a\", \"refresh",
        (7, 23),
        "has a fragment",
    ),
    Odd(
        "prompt=consent",
        "response_type=code",
        (8, 25),
        "has `response_type`, which Experience Platform adds",
    ),
    Odd(
        "\"read\", ",
        "\"read all\", ",
        (9, 15),
        "`read all` is more than one scope",
    ),
    Odd(
        "\"read\", ",
        "\"re\\\"ad\", ",
        (9, 15),
        "is no scope: a sign in it",
    ),
    Odd("\"read\", ", "\"\", ", (9, 15), "a scope is empty"),
    Odd(
        "data.token",
        "$.data.token",
        (10, 32),
        "`$.data.token` is no path into the body",
    ),
    Odd(
        "data.token",
        "{{ response.body.token }}",
        (10, 32),
        "is no path into the body of an answer",
    ),
    Odd(
        "\"refreshEnds\"",
        "\"tenant\"",
        (14, 7),
        "`tenant` is given twice",
    ),
    Odd(
        ", \"authenticationResponsePath\": \"ends\"",
        "",
        (14, 7),
        "`refreshEnds` has no `value`",
    ),
    Odd(
        "\"3600\"",
        "\"one hour\"",
        (13, 7),
        "`expiresIn` is no number of seconds",
    ),
    Odd(
        "{{ response.status }}",
        "201",
        (16, 21),
        "the validation `status` never holds",
    ),
];

fn with_login() -> Folder {
    let folder = Folder::started();
    folder.edit(DESTINATION, "[{ \"authType\": \"BEARER\" }]", LOGIN);
    let own =
        "client_secret = { env = \"EXAMPLE_TOKEN\" }\nrefresh_token = { env = \"EXAMPLE_TOKEN\" }";
    folder.edit(
        "submission.toml",
        "token = { env = \"EXAMPLE_TOKEN\" }",
        own,
    );
    folder
}

/// Each is named at its place, and nothing else is.
fn named(file: &str, began: impl Fn() -> Folder, all: &[Odd]) {
    let mut wrong = Vec::new();
    for Odd(from, to, (line, column), says) in all {
        let folder = began();
        folder.edit(file, from, to);
        let told = told(&folder);
        let place = format!("{file}:{line}:{column}: ");
        match told.as_slice() {
            [one] if one.contains(&place) && one.contains(says) => {}
            _ => wrong.push(format!("{to}: expected {place}{says}, received {told:#?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What `check` warns of, or refuses.
fn told(folder: &Folder) -> Vec<String> {
    let ended = folder.run(&["check", "--offline", "submission.toml"]);
    let all = format!("{}\n{}", ended.stdout, ended.stderr);
    let lines = all.lines().filter(|line| line.contains(['⚠', '×']));
    lines.map(str::to_owned).collect()
}

#[test]
fn what_an_audience_template_does_in_vain_is_named_at_its_place() {
    assert_eq!(
        told(&Folder::with_audiences(TEMPLATE)),
        Vec::<String>::new()
    );
    named(AUDIENCES, || Folder::with_audiences(TEMPLATE), OF_AUDIENCES);
}

#[test]
fn what_a_login_does_in_vain_is_named_at_its_place() {
    assert_eq!(told(&with_login()), Vec::<String>::new());
    named(DESTINATION, with_login, OF_LOGINS);
}

/// Requests as Adobe's pages show them: a token in the query of a form without a body, an alias in the path, the id in a
/// header, a renaming that answers nothing, an error that is the whole body, `&&` in a URL.
const SHOWN: [&str; 3] = [
    r#"{"metadataTemplate": {"name": "a",
      "create": {"url": "https://api.example.com/{{customerData.region}}/audiences?a=b&&name={{segment.name}}&access_token={{authData.accessToken}}",
        "httpMethod": "POST", "headers": [{"header": "Content-Type", "value": "application/x-www-form-urlencoded"}],
        "responseFields": [{"name": "externalAudienceId", "value": "{{response.id}}"}],
        "responseErrorFields": [{"name": "message", "value": "{{error.message}}"}]},
      "validate": {"url": "https://api.example.com/permissions?access_token={{authData.accessToken}}", "httpMethod": "GET",
        "responseFields": [{"name": "Id", "value": "{{response.data[0].permission}}"}],
        "responseErrorFields": [{"name": "message", "value": "{{error.message}}"}]}}}"#,
    r#"{"metadataTemplate": {"name": "b",
      "create": {"url": "https://api.example.com/dmpSegments", "httpMethod": "POST",
        "headers": [{"header": "Authorization", "value": "Bearer {{authData.accessToken}}"}],
        "requestBody": {"json": {"name": "{{segment.name}}", "list": [{"id": "{{segment.id}}"}]}},
        "responseFields": [{"name": "externalAudienceId", "value": "{{headers.x-moviestar-id}}"}],
        "responseErrorFields": [{"name": "message", "value": "{{root}}"}]},
      "update": {"url": "https://api.example.com/dmpSegments/{{segment.alias}}", "httpMethod": "POST",
        "requestBody": {"json": {"patch": {"$set": {"name": "{{segment.name}}"}}}},
        "responseErrorFields": [{"name": "message", "value": "{{message}}"}]},
      "delete": {"url": "https://api.example.com/dmpSegments/{{segment.alias}}", "httpMethod": "DELETE"}}}"#,
    r#"{"metadataTemplate": {"name": "c",
      "create": {"url": "https://api.example.com/segments", "httpMethod": "POST",
        "requestBody": {"json": {"name": "{{segment.name}}", "metadata": {"org_id": "{{destination.imsOrgId}}",
          "sandbox": "{{destination.sandboxName}}", "destination_id": "{{destination.id}}"}, "external_id": "{{segment.id}}"}},
        "responseFields": [{"name": "externalAudienceId", "value": "{{body.segments[0].segment.id}}"}],
        "responseErrorFields": [{"name": "message", "value": "{{{root}}}"}]}}}"#,
];

#[test]
fn requests_as_the_pages_show_them_are_not_odd() {
    for template in SHOWN {
        assert_eq!(
            told(&Folder::with_audiences(template)),
            Vec::<String>::new()
        );
    }
}

#[test]
fn an_audience_template_that_nobody_names_is_not_passed_over() {
    let folder = Folder::started();
    assert_eq!(told(&folder), Vec::<String>::new());
    folder.write(AUDIENCES, TEMPLATE);
    let told = told(&folder);
    let said = "`sdk/audience-template.json` is an audience template, and no destination names it";
    assert!(
        matches!(told.as_slice(), [one] if one.contains(said)),
        "{told:#?}"
    );
}
