//! Configurations of every shape that Adobe's pages have, in names of our own: the program refuses none, and warns of what
//! is foreseen and of nothing else.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::path::PathBuf;

use serde::Deserialize;

use crate::support::program::{Ended, Folder};

/// Parts of the secrets that stand in samples.
const SECRETS: [&str; 5] = [
    "Larkspur-secret",
    "client-secret-comes",
    "refresh_token_of_larkspur",
    "Larkspur Bearer",
    "base64 encoded",
];

/// A file of `samples`.
#[derive(Deserialize)]
struct Sample {
    /// Adobe's page that has the shape.
    page: String,
    /// `message` or `file`: what `render` is asked for.
    kind: String,
    /// As TOML.
    customer_data: String,
    /// Lines under `[destination.credentials]`.
    credentials: String,
    /// As TOML: what a customer types in at the login.
    #[serde(default)]
    auth_data: Option<String>,
    /// What each warning says, in part, in any order.
    warnings: Vec<String>,
    /// What a page's own sample breaks of a rule that Adobe states elsewhere, likewise.
    #[serde(default)]
    breaks: Vec<String>,
    server: serde_json::Value,
    configuration: serde_json::Value,
}

fn samples() -> Vec<(String, Sample)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/input/samples");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let sample = serde_json::from_str(&std::fs::read_to_string(&path).unwrap());
        (name, sample.unwrap())
    };
    files.into_iter().map(read).collect()
}

fn rendered(sample: &Sample) -> Ended {
    let folder = Folder::empty();
    let json = |value| serde_json::to_string_pretty(value).unwrap();
    folder.write("server.json", json(&sample.server));
    folder.write("destination.json", json(&sample.configuration));
    let auth_data = sample.auth_data.as_ref();
    let auth_data = auth_data.map_or_else(String::new, |data| format!("auth_data = {data}\n"));
    folder.write(
        "submission.toml",
        format!(
            "[partner]\nname = \"Larkspur\"\nkind = \"isv\"\ncontact = \"sdk@larkspur.example\"\n
[[destination]]\nname = \"larkspur\"\nversion = \"1\"\nserver = \"server.json\"\nconfiguration = \"destination.json\"
customer_data = {}\n{}[destination.credentials]\n{}\n",
            sample.customer_data, auth_data, sample.credentials
        ),
    );
    let arguments: &[&str] = match sample.kind.as_str() {
        "message" => &["render", "message", "submission.toml", "--seed", "1"],
        _ => &[
            "render",
            "file",
            "submission.toml",
            "--seed",
            "1",
            "--rows",
            "2",
            "--out",
            "out",
        ],
    };
    folder.run_with(arguments, &[])
}

#[test]
fn no_configuration_of_adobe_s_pages_is_refused() {
    let mut faults = Vec::new();
    let samples = samples();
    for (name, sample) in &samples {
        let ended = rendered(sample);
        let warned: Vec<&str> = ended
            .stderr
            .lines()
            // what is only shown needs no credentials, and no sample comes with its audience template
            .filter(|line| line.contains(['⚠', '×']) && !line.contains("no credentials: "))
            .filter(|line| !line.contains("no audience API is judged"))
            .collect();
        let mut unforeseen = warned.clone();
        for said in sample.warnings.iter().chain(&sample.breaks) {
            match unforeseen
                .iter()
                .position(|line| line.contains(said.as_str()))
            {
                Some(at) => drop(unforeseen.remove(at)),
                None => faults.push(format!(
                    "{name} ({}): no warning says `{said}`",
                    sample.page
                )),
            }
        }
        let shown = format!("{}{}", ended.stdout, ended.stderr);
        for secret in SECRETS.iter().filter(|secret| shown.contains(*secret)) {
            faults.push(format!("{name} ({}): shows `{secret}`", sample.page));
        }
        let broken = ended.stderr.matches('×').count();
        if ended.code != 0 || broken != sample.breaks.len() || !unforeseen.is_empty() {
            faults.push(format!(
                "{name} ({}): exit code {}, unforeseen {unforeseen:#?}\n{}",
                sample.page, ended.code, ended.stderr
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(samples.len() >= 45, "{}", samples.len());
}
