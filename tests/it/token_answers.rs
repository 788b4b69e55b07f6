//! Whatever a token endpoint answers, the token in it is in nothing that the program writes, and an answer that Platform could
//! not read either is a finding against the destination that says what it was.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use destspec::model::redact::Redactor;
use destspec::model::secret::{NamedSecret, Secret};
use serde_json::{Value, json};

use crate::support::guises::gzip;
use crate::support::program::Folder;
use crate::support::token_server::{Given, start};

const LIVE: &str = "Live.Canary-8Wp3Kz6Tn1Xv5Bq9Jd4Ms7Rg2";
const CLIENT_SECRET: &str = "cS-Canary-Hy3Qa8Uz5gNd6Ps";

/// An answer, and what a finding says of it; of an answer that is read, nothing.
struct Shape {
    given: Given,
    said: Option<&'static str>,
}

fn shape(
    name: &'static str,
    kind: &str,
    body: impl Into<Vec<u8>>,
    said: Option<&'static str>,
) -> Shape {
    Shape {
        given: Given {
            name,
            status: "200 OK",
            headers: format!(
                "Content-Type: {kind}\r\nCache-Control: private\r\ncache-control: No-Store, max-age=0\r\n"
            ),
            body: body.into(),
        },
        said,
    }
}

fn answered(shape: Shape, status: &'static str) -> Shape {
    let given = Given {
        status,
        ..shape.given
    };
    Shape { given, ..shape }
}

fn with(shape: Shape, headers: &str) -> Shape {
    let headers = format!("{}{headers}", shape.given.headers);
    let given = Given {
        headers,
        ..shape.given
    };
    Shape { given, ..shape }
}

/// The ways in which token endpoints have answered.
fn shapes() -> Vec<Shape> {
    const JSON: &str = "application/json";
    let good =
        json!({"access_token": LIVE, "token_type": "Bearer", "expires_in": 90_000}).to_string();
    let form = format!("access_token={LIVE}&token_type=Bearer&expires_in=90000");
    let mut all = vec![
        shape("form", "application/x-www-form-urlencoded", form.clone(), Some("a form-encoded text with `access_token`")),
        shape("form-as-json", JSON, form, Some("a form-encoded text with `access_token`")),
        shape("xml", "text/xml", format!("<?xml version=\"1.0\"?><r><access_token>{LIVE}</access_token></r>"), Some("an XML document with `r`, `access_token`")),
        shape("text", "text/plain", LIVE, Some("a plain text")),
        shape("quoted", JSON, json!(LIVE).to_string(), Some("in a JSON string")),
        shape("bom", JSON, format!("\u{feff}{good}"), Some("behind a byte order mark with `access_token`")),
        shape("guard", JSON, format!(")]}}',\n{good}"), Some("behind a guard against scripts")),
        shape("comment-after", JSON, format!("{good} // {LIVE}"), Some("followed by other text")),
        shape("comment-before", JSON, format!("/* {LIVE} */ {good}"), Some("a plain text")),
        shape("array", JSON, format!("[{good}]"), Some("a JSON array with `[0].access_token`")),
        shape("string", JSON, Value::from(good.clone()).to_string(), Some("a JSON object in a JSON string with `access_token`")),
        shape("camel", JSON, json!({"accessToken": LIVE}).to_string(), Some("a JSON object with `accessToken`")),
        shape("nested", JSON, json!({"data": {"token": LIVE}}).to_string(), Some("a JSON object with `data.token`")),
        shape("name", JSON, json!({LIVE: true}).to_string(), Some("a JSON object with `⟦withheld:name⟧`")),
        shape("object", JSON, json!({"access_token": {"value": LIVE}}).to_string(), Some("`access_token.value`")),
        shape("base64", "text/plain", STANDARD.encode(&good), Some("a JSON object in base64 with `access_token`")),
        shape("base64-token", "text/plain", STANDARD.encode(LIVE), Some("a plain text")),
        shape("reversed", "text/plain", LIVE.chars().rev().collect::<String>(), Some("a plain text")),
        shape("utf16", JSON, good.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(), Some("a text in UTF-16")),
        shape("gzip-unsaid", JSON, gzip(good.as_bytes()), Some("a compressed body")),
        with(shape("gzip", JSON, gzip(good.as_bytes()), None), "Content-Encoding: gzip\r\n"),
        shape("lines", JSON, format!("{good}\n{good}\n"), Some("JSON lines with `access_token`")),
        shape("html", "text/html", format!("<!DOCTYPE html><html><p>{LIVE}</p></html>"), Some("an HTML page")),
        shape(
            "multipart",
            "multipart/form-data; boundary=Live.Boundary-8Wp3Kz6Tn1",
            format!("--x\r\nContent-Disposition: form-data; name=\"access_token\"\r\n\r\n{LIVE}\r\n--x--\r\n"),
            Some("a multipart body with `access_token`"),
        ),
        shape("cut", JSON, good.get(..good.len() - 3).unwrap(), Some("a JSON object that is cut off")),
        with(shape("header", JSON, "{}", Some("a JSON object")), &format!("X-Access-Token: {LIVE}\r\nAuthorization: Bearer {LIVE}\r\n")),
        with(shape("cookie", "text/html", "", Some("without a body")), &format!("Set-Cookie: token={LIVE}; Path=/\r\n")),
        with(shape("challenge", JSON, "{}", Some("a JSON object")), &format!("WWW-Authenticate: Bearer token=\"{LIVE}\"\r\n")),
        with(
            answered(shape("location", "text/html", "", Some("without a body")), "302 Found"),
            &format!("Location: https://app.example.com/#access_token={LIVE}\r\n"),
        ),
        answered(shape("created", JSON, good.clone(), Some("an answer with `access_token`")), "201 Created"),
        answered(shape("refused", JSON, good.clone(), Some("a JSON object with `access_token`")), "400 Bad Request"),
        answered(
            shape("described", JSON, json!({"error": "invalid_client", "error_description": format!("not {LIVE}"), "token": LIVE}).to_string(), Some("invalid_client")),
            "401 Unauthorized",
        ),
        shape("twice", JSON, format!("{{\"access_token\":\"{LIVE}\",\"access_token\":7}}"), Some("a JSON object with `access_token`")),
    ];
    let copies = json!({
        "access_token": LIVE, "token_type": "Bearer", "expires_in": "90000", "jwt": LIVE, "scope": LIVE,
        "reversed": LIVE.chars().rev().collect::<String>(), "list": [STANDARD.encode(LIVE)], "other": [good.clone()],
    });
    all.push(shape(
        "copies",
        "application/json;charset=UTF-8",
        copies.to_string(),
        None,
    ));
    all.push(shape(
        "whole",
        "application/problem+json",
        good.replace("90000", "90000.0"),
        None,
    ));
    all
}

/// A submission with one destination a shape.
fn submission(base: &str, shapes: &[Shape]) -> Folder {
    let folder = Folder::started();
    let server = folder.read("sdk/server.json").replace(
        "https://api.example.com/{{customerData.region}}/audience-sync",
        &format!("{base}/delivery"),
    );
    folder.write("server.json", server);
    let configuration = folder.read("sdk/destination.json");
    let mut text = String::from(
        "[partner]\nname = \"Canary\"\nkind = \"isv\"\ncontact = \"canary@example.com\"\n",
    );
    for Shape { given, .. } in shapes {
        let name = given.name;
        let kind = format!(
            r#""OAUTH2", "grant": "OAUTH2_CLIENT_CREDENTIALS", "accessTokenUrl": "{base}/token/{name}""#
        );
        folder.write(
            &format!("{name}.json"),
            configuration.replace("\"BEARER\"", &kind),
        );
        text.push_str(&format!(
            "[[destination]]\nname = \"{name}\"\nversion = \"1\"\nserver = \"server.json\"\nconfiguration = \"{name}.json\"\n\
             customer_data = {{ region = \"eu\" }}\n[destination.credentials]\nclient_id = \"canary\"\n\
             client_secret = {{ env = \"CLIENT_SECRET\" }}\n[destination.limits]\nretry_waits_seconds = [0, 0]\n"
        ));
    }
    folder.write("submission.toml", text);
    folder
}

/// A redactor that knows the token: it finds any twelve bytes of it in any guise.
static READER: LazyLock<Redactor> = LazyLock::new(|| {
    let redactor = Redactor::new([3; 32]);
    redactor.learn(&NamedSecret::new("live", Secret::new(LIVE)));
    redactor
});

/// Lines that hold part of the token.
fn found(what: &str, text: &str) -> Vec<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    let windows: Vec<&str> = (0..=LIVE.len() - 12)
        .filter_map(|at| LIVE.get(at..at + 12))
        .collect();
    let holds = |line: &&str| {
        windows.iter().any(|window| line.contains(window))
            || READER.bytes(line.as_bytes()).is_some()
    };
    lines
        .into_iter()
        .filter(holds)
        .map(|line| format!("{what}: {line}"))
        .collect()
}

#[test]
fn a_part_of_the_token_is_found_in_any_guise() {
    for text in [
        LIVE.get(9..21).unwrap().to_owned(),
        STANDARD.encode(LIVE),
        json!({"a": LIVE}).to_string(),
    ] {
        assert!(!found("text", &text).is_empty(), "{text}");
    }
}

#[test]
fn no_token_of_an_answer_in_any_shape_is_in_anything_that_a_run_writes() {
    let shapes = shapes();
    let folder = submission(
        &start(shapes.into_iter().map(|shape| shape.given).collect()),
        &self::shapes(),
    );
    let before = folder.files();
    let ended = folder.run_with(
        &[
            "run",
            "submission.toml",
            "--seed",
            "1",
            "--requirement",
            "STR-2.OAUTH2.01",
            "--requirement",
            "STR-2.OAUTH2.03",
            "--color",
            "always",
        ],
        &[("CLIENT_SECRET", CLIENT_SECRET)],
    );
    let mut all = found("stdout", &ended.stdout);
    all.extend(found("stderr", &ended.stderr));
    let files = folder.files();
    let written: Vec<_> = files.iter().filter(|file| !before.contains(file)).collect();
    assert!(written.len() >= 4, "{}\n{}", ended.stdout, ended.stderr);
    for (path, bytes) in written {
        all.extend(found(
            &path.display().to_string(),
            std::str::from_utf8(bytes).unwrap(),
        ));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
    let record: Value = serde_json::from_str(&folder.read("destspec-out/record.json")).unwrap();
    let told: Vec<String> = self::shapes()
        .iter()
        .filter_map(|shape| untold(&record, shape))
        .collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

/// What is wrong with the verdict on a shape.
fn untold(record: &Value, shape: &Shape) -> Option<String> {
    let name = shape.given.name;
    let scenarios = record["run"]["scenarios"].as_array().unwrap();
    let judged = scenarios
        .iter()
        .find(|s| s["destination"] == name && s["requirement"] == "STR-2.OAUTH2.01");
    let Some(scenario) = judged else {
        return Some(format!("{name}: not judged"));
    };
    let outcome = scenario["outcome"].to_string();
    let code = match name {
        "camel" | "nested" | "object" | "header" => "token.no-token-at-path",
        "bom" | "array" | "html" => "token.unreadable",
        "location" => "token.url-unknown",
        _ => "token.",
    };
    let right = match shape.said {
        Some(said) => {
            outcome.contains("\"destination\"") && outcome.contains(said) && outcome.contains(code)
        }
        None => outcome.contains("passed"),
    };
    (!right).then(|| format!("{name}: {outcome}"))
}
