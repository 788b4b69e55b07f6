//! What a shell of the user's has: the variables and files that the submission names for its secrets, and the authority that
//! it trusts. It holds names, never values.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use crate::model::near_miss::NearMiss;
use crate::model::record::{Given, Run};
use crate::model::submission::CredentialName;
use crate::publish::report::curl::{single, word as of_command};
use crate::publish::report::text;

/// The submission that is embedded, as a record names it.
const EMBEDDED: &str = "reference/submission.toml";
/// What it has in place of the files that `destspec emulate --submission reference` writes.
const EMBEDDED_SECRET: &str = "{ env = \"DESTSPEC_REFERENCE_TOKEN\" }";

/// Where a secret is to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kept {
    /// In a variable of the environment.
    Variable(String),
    /// In a file.
    File(String),
}

/// Names that commands use. Without a submission to take them from, each secret is a variable with its own name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shell {
    kept: BTreeMap<String, Kept>,
    given: Given,
    authority: Option<String>,
    again: Option<String>,
}

/// Whether the embedded reference destination was judged, which ended with its run.
pub fn is_embedded(run: &Run) -> bool {
    let first = run.sources.first();
    first.is_some_and(|file| file.name == EMBEDDED && file.text.contains(EMBEDDED_SECRET))
}

impl Shell {
    /// What the record of a run says of one destination's.
    pub fn of(run: &Run, destination: &str) -> Self {
        let mut known = run.destinations.iter();
        let known = known.find(|known| known.name == destination);
        let given = known.map(|known| known.given.clone()).unwrap_or_default();
        let submission = run.sources.first();
        let table = submission.and_then(|file| file.text.parse::<Table>().ok());
        let own = table.as_ref().and_then(|table| own(table, destination));
        let folder = submission.map(|file| Path::new(&file.name).parent());
        let folder = folder.flatten().unwrap_or_else(|| Path::new(""));
        let beside = |path: &str| folder.join(path).display().to_string();
        let is_embedded = is_embedded(run);
        // its secrets are others with each start, and in files once it is served
        let given = match is_embedded {
            true => Given::default(),
            false => given,
        };
        let kept = |(name, value): (&String, &Value)| {
            let kept = match (word(value, "env"), word(value, "file")) {
                (Some(variable), _) if is_embedded => {
                    Kept::File(beside(&format!("secrets/{variable}")))
                }
                (Some(variable), _) if is_variable(variable) => Kept::Variable(variable.to_owned()),
                (_, Some(file)) => Kept::File(beside(file)),
                (Some(_) | None, None) => return None,
            };
            Some((name.clone(), kept))
        };
        let credentials = own.and_then(|own| own.get("credentials")?.as_table());
        Self {
            kept: credentials.into_iter().flatten().filter_map(kept).collect(),
            given,
            authority: own.and_then(|own| Some(beside(own.get("ca_file")?.as_str()?))),
            again: None,
        }
    }

    /// The same for the requests of a scenario.
    #[must_use]
    pub fn repeating(self, scenario: &str, destination: &str) -> Self {
        let (scenario, destination) = (quoted(scenario), quoted(destination));
        let again = format!(
            "destspec replay record.json --scenario {scenario} --destination {destination} --live"
        );
        Self {
            again: Some(again),
            ..self
        }
    }

    /// The command that asks a scenario again.
    pub fn again(&self) -> &str {
        let any = "destspec replay record.json --scenario ID --live";
        self.again.as_deref().unwrap_or(any)
    }

    /// The argument that has an authority trusted which the system does not know.
    pub fn authority(&self) -> Option<String> {
        let path = self.authority.as_deref()?;
        Some(format!("--cacert {}", single(&text::line(path))))
    }

    /// A secret, quoted for a shell that knows it.
    pub fn expansion(&self, name: &str) -> String {
        format!("\"{}\"", self.bare(name))
    }

    /// The argument for basic authentication, of whose header only the name of its secret is known.
    pub fn basic(&self, mark: &str) -> String {
        let is_client = mark.contains("client")
            || (self.kept.contains_key("client_secret") && !self.kept.contains_key("password"));
        let (user, secret, name) = match is_client {
            true => ("client_id", "client_secret", CredentialName::ClientId),
            false => ("username", "password", CredentialName::Username),
        };
        let (_, flaw) = flawed(mark);
        let password = self.bare(&with(secret, flaw.filter(|flaw| !is_of_user(flaw))));
        let flaw = flaw.filter(|flaw| is_of_user(flaw));
        match self.given.open.get(&name) {
            Some(known) if flaw.is_none() => format!(
                "-u {}\"{password}\"",
                single(&text::line(&format!("{known}:"))),
            ),
            Some(known) => {
                let known = format!("printf %s {}", single(&text::line(known)));
                format!("-u \"{}:{password}\"", altered(&known, flaw))
            }
            None => format!("-u \"{}:{password}\"", self.bare(&with(user, flaw))),
        }
    }

    /// The same without its quotes; of what is nearly a secret, made of the secret.
    fn bare(&self, name: &str) -> String {
        let (name, flaw) = flawed(name);
        let path = |path: &str| single(&text::line(path));
        match (self.kept.get(name), flaw) {
            (Some(Kept::Variable(variable)), None) => format!("${variable}"),
            (Some(Kept::File(file)), None) => format!("$(cat {})", path(file)),
            (None, None) => format!("${}", variable(name)),
            (Some(Kept::Variable(variable)), flaw) => {
                altered(&format!("printf %s \"${variable}\""), flaw)
            }
            (Some(Kept::File(file)), flaw) => altered(&format!("cat {}", path(file)), flaw),
            (None, flaw) => altered(&format!("printf %s \"${}\"", variable(name)), flaw),
        }
    }
}

/// The name of a secret, and in what the one that was sent differs from it: `token, last sign missing`.
fn flawed(mark: &str) -> (&str, Option<&str>) {
    match mark.split_once(", ") {
        Some((name, flaw)) => (name, Some(flaw)),
        None => (mark, None),
    }
}

fn with(name: &str, flaw: Option<&str>) -> String {
    match flaw {
        Some(flaw) => format!("{name}, {flaw}"),
        None => name.to_owned(),
    }
}

fn is_of_user(flaw: &str) -> bool {
    NearMiss::named(flaw).is_some_and(NearMiss::is_of_another)
}

/// What changes the output of a command as a near miss of a secret differs from it.
fn altered(source: &str, flaw: Option<&str>) -> String {
    let Some(miss) = flaw.and_then(NearMiss::named) else {
        return format!("$({source})");
    };
    let edit = match miss {
        NearMiss::Case => "tr 'A-Za-z' 'a-zA-Z'",
        NearMiss::FirstSign => "sed -e 's/^[g-z0-9_-]/B/' -e t -e 's/^./x/'",
        NearMiss::LastSign => "sed -e 's/[g-z0-9_-]$/B/' -e t -e 's/.$/x/'",
        NearMiss::OtherUser => "sed -e 's/x$/y/' -e t -e 's/.$/x/'",
        NearMiss::Prefix | NearMiss::UserPrefix => "sed 's/.$//'",
        NearMiss::Extension => "sed -e 's/^eyJ[^.]*\\.[^.]*\\.[^.]*$/&./' -e t -e 's/$/x/'",
        NearMiss::UserExtension => "sed 's/$/x/'",
        NearMiss::Unsigned => {
            "sed -e 's/^[^.]*\\.\\([^.]*\\)\\..*/eyJhbGciOiJub25lIn0.\\1./' -e t -e 's/.*/eyJhbGciOiJub25lIn0.e30./'"
        }
        NearMiss::Blank => "sed 's/$/ /'",
        NearMiss::Empty | NearMiss::NoUser => return String::new(),
    };
    format!("$({source} | {edit})")
}

/// A word of a command.
fn quoted(text: &str) -> String {
    of_command(&text::line(text))
}

/// The table of a destination.
fn own<'a>(submission: &'a Table, name: &str) -> Option<&'a Table> {
    let mut all = submission.get("destination")?.as_array()?.iter();
    all.find_map(|one| {
        one.as_table()
            .filter(|one| word_of(one, "name") == Some(name))
    })
}

fn word_of<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.get(key)?.as_str()
}

fn word<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    word_of(value.as_table()?, key)
}

/// Whether a shell takes it for a name; the submission is a stranger's.
fn is_variable(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// A variable with the name of a secret.
fn variable(name: &str) -> String {
    let plain = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_ascii_uppercase(),
        false => '_',
    };
    let name: String = name.chars().map(plain).collect();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("SECRET_{name}");
    }
    name
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    const SUBMISSION: &str = r#"
[[destination]]
name = "other"
credentials = { token = { env = "OTHER" } }
[[destination]]
name = "d"
ca_file = "keys/it's.pem"
[destination.credentials]
token = { env = "MOONSHINE_TOKEN" }
password = { file = "secrets/p w" }
client_secret = { env = "$(touch x)" }
"#;

    fn shell() -> Shell {
        let run = serde_json::json!({
            "format": 2, "destspec": "0", "suite": "ab".repeat(32), "plan": "ab".repeat(32), "id": "r", "seed": 1,
            "edition": "e4", "started": "2026-11-21T05:00:00Z", "duration_ms": 1,
            "partner": {"name": "M", "kind": "customer", "contact": "a@m.example"},
            "requirements": [], "prerequisites": [], "destinations": [], "scenarios": [],
            "sources": [{"name": "my/submission.toml", "sha256": "ab".repeat(32), "text": SUBMISSION}],
        });
        Shell::of(&serde_json::from_value(run).unwrap(), "d")
    }

    #[test]
    fn secrets_have_the_names_that_the_user_gave_them() {
        let shell = shell();
        assert_eq!(shell.expansion("token"), "\"$MOONSHINE_TOKEN\"");
        assert_eq!(shell.expansion("password"), "\"$(cat 'my/secrets/p w')\"");
        assert_eq!(
            shell.authority().as_deref(),
            Some("--cacert 'my/keys/it'\\''s.pem'")
        );
    }

    #[test]
    fn what_is_nearly_a_secret_is_made_of_the_secret() {
        let shell = shell();
        let near = |flaw: &str| shell.expansion(&format!("token, {flaw}"));
        let run_with = |token: &str, expansion: String| {
            let script = format!("printf '%s|' {expansion}");
            let mut sh = std::process::Command::new("sh");
            let ended = sh.args(["-c", &script]).env("MOONSHINE_TOKEN", token);
            String::from_utf8(ended.output().unwrap().stdout).unwrap()
        };
        let run = |expansion| run_with("aB1x", expansion);
        for (flaw, sent) in [
            ("last sign changed", "aB1B|"),
            ("first sign changed", "xB1x|"),
            ("letter case changed", "Ab1X|"),
            ("last sign missing", "aB1|"),
            ("one sign more", "aB1xx|"),
            ("without a signature", "eyJhbGciOiJub25lIn0.e30.|"),
            ("a blank more", "aB1x |"),
            ("empty", "|"),
        ] {
            assert_eq!(run(near(flaw)), sent, "{flaw}");
        }
        for (flaw, sent) in [
            ("one sign more", "eyJh.e2E.c2ln.|"),
            ("without a signature", "eyJhbGciOiJub25lIn0.e2E.|"),
        ] {
            assert_eq!(run_with("eyJh.e2E.c2ln", near(flaw)), sent, "{flaw}");
        }
        let another = shell.basic("basic, of a user name with one sign more");
        assert!(another.ends_with(":$(cat 'my/secrets/p w')\""), "{another}");
        assert!(another.contains("sed 's/$/x/'"), "{another}");
    }

    #[test]
    fn a_name_that_no_shell_has_is_not_taken_over() {
        assert_eq!(shell().expansion("client_secret"), "\"$CLIENT_SECRET\"");
        assert_eq!(Shell::default().expansion("1a"), "\"$SECRET_1A\"");
    }
}
