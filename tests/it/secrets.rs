//! A canary in every kind of credential, repeated by the destination in every form, is in nothing that the program writes.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::HashSet;
use std::sync::LazyLock;

use destspec::model::digest::Digest;
use destspec::model::redact::Redactor;
use destspec::model::secret::{NamedSecret, Secret};

use crate::support::echo::{Echo, ISSUED};
use crate::support::guises::{guises, json};
use crate::support::program::Folder;

pub const PASSWORD: &str = r#"pW"'<&%k \é/Zq9-Lm+2Wx~R7tVb4Nc"#;
const TOKEN: &str = "Bearer.Canary-7Zq9Lm2Wx8RtVb4Nc6Yd1Kf";
pub const CLIENT_SECRET: &str = r#"cS"'<&%j \ü/Hy3-Qa+8Uz~J5gNd6Ps"#;
const API_KEY: &str = "ApiKey_Canary9Sd2Fg7Hj4Kl6Qw1Er8Ty3";
pub const SECRET_KEY: &str = "S3Canary/Rt6Vb2Nm8Qw4Er7Ty1Ui5Op3As9Df0+";
pub const SESSION_TOKEN: &str = "Session.Canary-3Kd8Fj2Ls7Qp5Wn9Xc4Vb";
pub const ACCOUNT_KEY: &str = "QmxvYkNhbmFyeS05WHoyUXc3RXI0VHk4VWkx";
pub const SIGNATURE: &str = "SasCanary-6Gh4Jk8Lz2Xc7Vb3Nm9Qw5Er";
pub const PASSPHRASE: &str = "Opens.Canary-8Nc3Vx6Bz1Ml5Kj9Wq7";
const CODE: &str = "Fn7CanaryHq2Wx8RtVb4Nc6Yd1KfZq9Lm==";
const CANARIES: [(&str, &str); 11] = [
    ("password", PASSWORD),
    ("token", TOKEN),
    ("client_secret", CLIENT_SECRET),
    ("access_token", ISSUED),
    ("api_key", API_KEY),
    ("secret_access_key", SECRET_KEY),
    ("session_token", SESSION_TOKEN),
    ("connection_string.AccountKey", ACCOUNT_KEY),
    ("sas_url.sig", SIGNATURE),
    ("passphrase", PASSPHRASE),
    ("code", CODE),
];
const VARIABLES: [(&str, &str); 4] = [
    ("PASSWORD", PASSWORD),
    ("TOKEN", TOKEN),
    ("CLIENT_SECRET", CLIENT_SECRET),
    ("API_KEY", API_KEY),
];

/// A submission of three destinations at the echo; the bearer one has a secret in its customer data, too.
fn submission(echo: &Echo) -> Folder {
    let folder = Folder::started();
    let base = &echo.base;
    let toml = r#"
[partner]
name = "Canary"
kind = "isv"
contact = "canary@example.com"
"#;
    let kinds = [
        (
            "basic",
            "\"BASIC\"".to_owned(),
            "username = \"canary\"\npassword = { env = \"PASSWORD\" }",
        ),
        (
            "bearer",
            "\"BEARER\"".to_owned(),
            "token = { env = \"TOKEN\" }",
        ),
        (
            "oauth",
            format!(
                r#""OAUTH2", "grant": "OAUTH2_CLIENT_CREDENTIALS", "accessTokenUrl": "{base}/oauth/token""#
            ),
            "client_id = \"canary\"\nclient_secret = { env = \"CLIENT_SECRET\" }",
        ),
    ];
    let (server, configuration) = (
        folder.read("sdk/server.json"),
        folder.read("sdk/destination.json"),
    );
    let field = r#""customerDataFields": [{"name": "api_key", "title": "Key", "description": "Key", "type": "string", "format": "password", "isRequired": true},"#;
    let mut text = toml.to_owned();
    for (name, kind, credentials) in kinds {
        let (url, customer_data) = match name {
            "bearer" => (
                format!("{base}/bearer/{{{{customerData.api_key}}}}/x"),
                "{ region = \"eu\", api_key = { env = \"API_KEY\" } }",
            ),
            _ => (format!("{base}/{name}/delivery"), "{ region = \"eu\" }"),
        };
        let server = server.replace(
            "https://api.example.com/{{customerData.region}}/audience-sync",
            &url,
        );
        let mut configuration = configuration.replace("\"BEARER\"", &kind);
        if name == "bearer" {
            configuration = configuration.replace("\"customerDataFields\": [", field);
        }
        folder.write(&format!("{name}-server.json"), server);
        folder.write(&format!("{name}.json"), configuration);
        text.push_str(&format!(
            "[[destination]]\nname = \"{name}\"\nversion = \"1\"\nserver = \"{name}-server.json\"\nconfiguration = \"{name}.json\"\n\
             customer_data = {customer_data}\n[destination.credentials]\n{credentials}\n\
             [destination.limits]\nretry_waits_seconds = [0, 0]\n"
        ));
    }
    folder.write("submission.toml", text);
    folder
}

fn echo() -> Echo {
    Echo::start(&[
        ("/basic", PASSWORD),
        ("/bearer", TOKEN),
        ("/oauth/token", CLIENT_SECRET),
        ("/oauth/delivery", ISSUED),
    ])
}

/// A redactor that knows the canaries.
static READER: LazyLock<Redactor> = LazyLock::new(|| {
    let redactor = Redactor::new([3; 32]);
    for (name, canary) in CANARIES {
        redactor.learn(&NamedSecret::new(name, Secret::new(canary)));
    }
    redactor
});

/// The canaries that a text holds, with the form in which it does.
pub fn found(what: &str, text: &str) -> Vec<String> {
    let text = distinct(text);
    let mut found = Vec::new();
    for (name, canary) in CANARIES {
        for (form, guise) in guises(canary) {
            if escaped(&guise).iter().any(|guise| text.contains(guise)) {
                found.push(format!("{what}: {name} as {form}"));
            }
        }
    }
    // A second reading, which knows parts, reversals and other case; what it cannot read whole, it reports.
    for piece in pieces(&text) {
        let held = READER.bytes(piece.as_bytes());
        found.extend(held.map(|held| format!("{what}: {held} in {piece}")));
    }
    found
}

/// A form as it stands in a text, in a JSON string and in HTML.
fn escaped(form: &str) -> [String; 3] {
    let quoted = json(form);
    let html = form
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;");
    let inner = quoted[1..quoted.len() - 1].to_owned();
    [form.to_owned(), inner, html]
}

/// The text with each of its lines once.
fn distinct(text: &str) -> String {
    let mut seen = HashSet::new();
    let lines = text.lines().filter(|line| seen.insert(*line));
    lines.collect::<Vec<_>>().join("\n")
}

/// Lines together, as many as are read quickly.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for line in text.lines() {
        if pieces.last().is_some_and(|p| p.len() > 4096) {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(line);
            piece.push('\n');
        }
    }
    pieces
}

#[test]
fn a_canary_in_any_form_is_found() {
    for (name, canary) in CANARIES {
        for (form, guise) in guises(canary) {
            assert!(
                !found("text", &format!("a {guise} b")).is_empty(),
                "{name} as {form}"
            );
        }
    }
}

#[test]
fn no_canary_is_in_anything_that_a_run_writes() {
    let echo = echo();
    let folder = submission(&echo);
    let before = folder.files();
    let ended = folder.run_with(
        &["run", "submission.toml", "--seed", "1", "--color", "always"],
        &VARIABLES,
    );
    assert_eq!(ended.code, 1, "{}\n{}", ended.stdout, ended.stderr);
    let served = echo.served();
    assert!(
        [0, 1, 3].iter().all(|place| served[*place] >= 33) && served[2] > 0,
        "too few answers for every form: {served:?}"
    );
    assert!(
        folder
            .read("destspec-out/record.json")
            .contains("⟦secret:client_secret#")
    );
    assert!(
        folder
            .read("destspec-out/record.json")
            .contains("⟦secret:customer_data.api_key#")
    );
    let mut all = found("stdout", &ended.stdout);
    all.extend(found("stderr", &ended.stderr));
    let files = folder.files();
    let written: Vec<_> = files.iter().filter(|file| !before.contains(file)).collect();
    assert_eq!(written.len(), 4);
    for (path, bytes) in written {
        all.extend(found(
            &path.display().to_string(),
            std::str::from_utf8(bytes).unwrap(),
        ));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// The same submission with secrets in its JSON: the client's, an API key in a header of any name, and one in a URL.
fn with_literals(folder: Folder) -> Folder {
    let secret = json(CLIENT_SECRET);
    folder.edit(
        "submission.toml",
        "client_secret = { env = \"CLIENT_SECRET\" }",
        "",
    );
    folder.edit(
        "oauth.json",
        "\"accessTokenUrl\":",
        &format!("\"clientSecret\": {secret}, \"accessTokenUrl\":"),
    );
    let coded = CODE.replace('=', "%3D");
    let url = format!("/basic/delivery?v=1&code={coded}");
    folder.edit("basic-server.json", "/basic/delivery", &url);
    let url = format!("/oauth/token?code={coded}");
    folder.edit("oauth.json", "/oauth/token", &url);
    for (server, name) in [
        ("basic-server.json", "X-Api-Key"),
        ("oauth-server.json", "Ocp-Apim-Subscription-Key"),
    ] {
        let header = format!(
            "\"headers\": [{{ \"header\": \"{name}\", \"value\": {{ \"templatingStrategy\": \"NONE\", \"value\": {} }} }}],",
            json(API_KEY)
        );
        folder.edit(
            server,
            "\"httpMethod\":",
            &format!("{header} \"httpMethod\":"),
        );
    }
    folder
}

#[test]
fn no_canary_of_posted_json_is_in_anything_that_a_run_writes() {
    let echo = echo();
    let folder = with_literals(submission(&echo));
    let before = folder.files();
    let ended = folder.run_with(&["run", "submission.toml", "--seed", "1"], &VARIABLES);
    assert_eq!(ended.code, 1, "{}\n{}", ended.stdout, ended.stderr);
    assert!(
        ended.says("oauth.json:") && ended.says("a literal secret in a file"),
        "{}",
        ended.stderr
    );
    let record = folder.read("destspec-out/record.json");
    for sent in [
        "client_secret=⟦secret:client_secret#",
        "⟦secret:x-api-key#",
        "⟦secret:ocp-apim-subscription-key#",
        "/basic/delivery?v=1&code=⟦secret:code#",
        "/oauth/token?code=⟦secret:code#",
    ] {
        assert!(record.contains(sent), "the record holds no `{sent}`");
    }
    let posted = Digest::hash(folder.read("oauth.json")).to_string();
    assert!(
        record.contains(&posted),
        "the digest is that of the file as posted"
    );
    let mut all = [
        found("stdout", &ended.stdout),
        found("stderr", &ended.stderr),
    ]
    .concat();
    for (path, bytes) in folder.files().iter().filter(|file| !before.contains(file)) {
        all.extend(found(
            &path.display().to_string(),
            std::str::from_utf8(bytes).unwrap(),
        ));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
    let replayed = folder.run_with(&["replay", "destspec-out/record.json"], &[]);
    assert!(
        !replayed.stdout.contains("differs"),
        "{}\n{}",
        replayed.stdout,
        replayed.stderr
    );
    assert_eq!(replayed.code, 1, "{}\n{}", replayed.stdout, replayed.stderr);
}

#[test]
fn no_canary_is_in_what_other_commands_print() {
    let echo = echo();
    let folder = submission(&echo);
    for arguments in [
        &["list", "submission.toml"][..],
        &["check", "submission.toml"],
        &[
            "render",
            "message",
            "submission.toml",
            "--destination",
            "bearer",
        ],
        &[
            "render",
            "message",
            "submission.toml",
            "--destination",
            "basic",
        ],
    ] {
        let ended = folder.run_with(arguments, &VARIABLES);
        assert!(!ended.stdout.is_empty(), "{arguments:?}: {}", ended.stderr);
        let all = [
            found("stdout", &ended.stdout),
            found("stderr", &ended.stderr),
        ]
        .concat();
        assert!(all.is_empty(), "{arguments:?}: {}", all.join("\n"));
    }
}

#[test]
fn no_canary_is_in_the_message_of_a_body_that_is_no_json() {
    let folder = submission(&echo());
    folder.edit(
        "bearer-server.json",
        "{\\\"identities\\\":",
        "{{{customerData.api_key}}:",
    );
    let ended = folder.run_with(&["run", "submission.toml"], &VARIABLES);
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    let record = folder.read("destspec-out/record.json");
    assert!(record.contains("configuration.rule-broken"));
    let all = [
        found("stderr", &ended.stderr),
        found("stdout", &ended.stdout),
        found("record", &record),
    ]
    .concat();
    assert!(all.is_empty(), "{}\n{}", all.join("\n"), ended.stderr);
}

#[test]
fn a_secret_of_the_customer_data_is_rendered_into_the_message() {
    let folder = submission(&echo());
    let ended = folder.run_with(
        &[
            "render",
            "message",
            "submission.toml",
            "--destination",
            "bearer",
        ],
        &VARIABLES,
    );
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended
            .stdout
            .contains("/bearer/⟦secret:customer_data.api_key⟧/x"),
        "{}",
        ended.stdout
    );
    assert!(
        ended
            .stdout
            .contains("Authorization: Bearer ⟦secret:token⟧")
    );
}
