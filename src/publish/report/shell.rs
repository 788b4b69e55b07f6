//! What a shell of the user's has: the variables and files that the submission names for its secrets, and the authority that
//! it trusts. It holds names, never values; and from it come the commands that repeat a whole scenario.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use crate::model::record::{Exchange, Given, Run, Scenario};
use crate::model::submission::CredentialName;
use crate::publish::report::curl::{command, single};
use crate::publish::report::text;

/// Requests that a script repeats at most: those after them are counted.
const MOST: usize = 40;

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
        let kept = |(name, value): (&String, &Value)| {
            let kept = match (word(value, "env"), word(value, "file")) {
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
        }
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
    pub fn basic(&self, secret: &str) -> String {
        let is_client = secret.contains("client")
            || (self.kept.contains_key("client_secret") && !self.kept.contains_key("password"));
        let (user, secret, name) = match is_client {
            true => ("client_id", "client_secret", CredentialName::ClientId),
            false => ("username", "password", CredentialName::Username),
        };
        match self.given.open.get(&name) {
            Some(known) => format!(
                "-u {}{}",
                single(&text::line(&format!("{known}:"))),
                self.expansion(secret)
            ),
            None => format!("-u \"{}:{}\"", self.bare(user), self.bare(secret)),
        }
    }

    /// The same without its quotes.
    fn bare(&self, name: &str) -> String {
        match self.kept.get(name) {
            Some(Kept::Variable(variable)) => format!("${variable}"),
            Some(Kept::File(path)) => format!("$(cat {})", single(&text::line(path))),
            None => format!("${}", variable(name)),
        }
    }
}

/// The commands that repeat a scenario, in its order: what is no HTTP is said in words, and nothing where all of it is none.
pub fn script(run: &Run, scenario: &Scenario) -> Option<String> {
    let shell = Shell::of(run, &scenario.destination);
    let mut all: Vec<&Exchange> = scenario.exchanges.iter().map(AsRef::as_ref).collect();
    all.sort_by_key(|exchange| (exchange.at_ms, exchange.reference()));
    all.iter().find(|exchange| exchange.request().is_some())?;
    let mut parts: Vec<String> = all.iter().take(MOST).map(|e| step(e, &shell)).collect();
    if all.len() > MOST {
        let more = all.len() - MOST;
        parts.push(format!("# and {more} more, which the record holds"));
    }
    let uses_token = parts.iter().any(|part| part.contains("$ACCESS_TOKEN"));
    let run_token = run_token(run, scenario).filter(|_| uses_token);
    parts.splice(0..0, run_token.map(|exchange| token(exchange, &shell)));
    Some(text::block(&parts.join("\n\n")))
}

/// The request whose answer holds the token that the whole run sent.
fn run_token<'a>(run: &'a Run, scenario: &Scenario) -> Option<&'a Exchange> {
    let mut known = run.destinations.iter();
    let known = known.find(|known| known.name == scenario.destination)?;
    known.exchanges.first().map(AsRef::as_ref)
}

fn token(exchange: &Exchange, shell: &Shell) -> String {
    let asks = exchange.request().map(|request| command(request, shell));
    let asks = asks.unwrap_or_default();
    format!("# first of all: set ACCESS_TOKEN to the access token of this answer\n{asks}")
}

/// One exchange: what it was in a comment, and the command where it was HTTP.
fn step(exchange: &Exchange, shell: &Shell) -> String {
    let heading = format!("# {}  {}", exchange.reference(), exchange.summary());
    let heading = text::line(&heading);
    match exchange.request() {
        Some(request) => format!("{heading}\n{}", command(request, shell)),
        None => heading,
    }
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
    fn a_name_that_no_shell_has_is_not_taken_over() {
        assert_eq!(shell().expansion("client_secret"), "\"$CLIENT_SECRET\"");
        assert_eq!(Shell::default().expansion("1a"), "\"$SECRET_1A\"");
    }
}
