//! What `init` knows of a submission, and its text: the commented example with that in its places.

use toml::Value;

use crate::model::sdk::Grant;
use crate::model::submission::init::FILES;
use crate::model::submission::{AuthenticationClaim, CredentialName};

/// The same for a destination that takes files.
const BATCH: &str = include_str!("../../../fixtures/submissions/init-batch/submission.toml");

/// Where the credentials of the example begin and end.
const CREDENTIALS: (&str, &str) = ("token = {", "\n\n# How to ask");

/// What is known of a submission.
pub struct Draft {
    /// Name of the partner.
    pub partner: String,
    /// `isv`, `si` or `customer`.
    pub kind: String,
    /// Mail address.
    pub contact: String,
    /// Name of the destination.
    pub name: String,
    /// Path of the posted destination server.
    pub server: String,
    /// Path of the posted destination configuration.
    pub configuration: String,
    /// Path of the posted audience template, where there is one.
    pub audience_template: Option<String>,
    /// The line of the customer data.
    pub customer_data: String,
    /// The line of what a customer types in at the login, where there is such a thing.
    pub auth_data: Option<String>,
    /// What stands under `[destination.location]`; nothing where it takes messages.
    pub location: Option<&'static str>,
    /// What stands under `[destination.credentials]`.
    pub credentials: String,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            partner: String::from("Example Partner"),
            kind: String::from("isv"),
            contact: String::from("integrations@example.com"),
            name: String::from("example-streaming"),
            server: String::from("sdk/server.json"),
            configuration: String::from("sdk/destination.json"),
            audience_template: None,
            customer_data: String::new(),
            auth_data: None,
            location: None,
            credentials: String::new(),
        }
    }
}

/// A way to log in to an example that takes messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// Basic.
    Basic,
    /// Bearer.
    Bearer,
    /// OAuth 2.0 with client credentials, whose tokens come from there.
    ClientCredentials(String),
}

impl Login {
    /// The same as a destination claims it.
    pub fn claim(&self) -> AuthenticationClaim {
        match self {
            Login::Basic => AuthenticationClaim::Basic,
            Login::Bearer => AuthenticationClaim::Bearer,
            Login::ClientCredentials(_) => AuthenticationClaim::OAuth2(Grant::ClientCredentials),
        }
    }

    /// The entry of `customerAuthenticationConfigurations`.
    pub fn configuration(&self) -> String {
        match self {
            Login::Basic => String::from("{ \"authType\": \"BASIC\" }"),
            Login::Bearer => String::from("{ \"authType\": \"BEARER\" }"),
            Login::ClientCredentials(url) => {
                let url = serde_json::Value::from(url.as_str());
                format!(
                    "{{ \"authType\": \"OAUTH2\", \"grant\": \"OAUTH2_CLIENT_CREDENTIALS\", \"accessTokenUrl\": {url} }}"
                )
            }
        }
    }
}

impl Draft {
    /// The text of `submission.toml`.
    pub fn text(&self) -> String {
        let (template, example) = match self.location {
            Some(_) => (BATCH, "example-batch"),
            None => (FILES[0].1, "example-streaming"),
        };
        let mut text = template
            .replace("@customer_data@", &self.customer_data)
            .replace("@location@", self.location.unwrap_or_default())
            .replace("@credentials@", &self.credentials);
        if self.location.is_none() {
            text = text.replace("customer_data = { region = \"eu\" }  ", &self.customer_data);
            text = between(&text, CREDENTIALS, &self.credentials);
        }
        for (key, was, is) in [
            ("name", "Example Partner", &self.partner),
            ("kind", "isv", &self.kind),
            ("contact", "integrations@example.com", &self.contact),
            ("name", example, &self.name),
            ("server", "sdk/server.json", &self.server),
            ("configuration", "sdk/destination.json", &self.configuration),
        ] {
            let is = format!("{key} = {}", quoted(is));
            text = replaced(&text, &format!("{key} = \"{was}\""), &is);
        }
        if let Some(line) = &self.auth_data {
            text = with_line(&text, &["customer_data = ", "# customer_data = "], line);
        }
        match &self.audience_template {
            Some(path) => with_template(&text, path),
            None => text,
        }
    }

    /// The lines of the credentials that a way to log in asks for, each from its usual variable, or one that the destination
    /// is named by; what stands in posted JSON is not asked for.
    pub fn credentials(&self, claim: &AuthenticationClaim, posted: &[CredentialName]) -> String {
        let asked = CredentialName::asked_by(*claim).iter();
        let asked = asked.filter(|name| !posted.contains(name));
        let lines =
            asked.map(|name| format!("{} = {}", name.key(), self.credential(*name, *claim)));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Where a credential is, as an example.
    fn credential(&self, name: CredentialName, claim: AuthenticationClaim) -> String {
        if name == CredentialName::RefreshToken {
            return String::from(
                "{ file = \"secrets/refresh-token\" }   # `destspec login` keeps it there",
            );
        }
        if name == CredentialName::PrivateKey {
            return String::from("{ file = \"id_rsa\" }       # RSA, without a passphrase");
        }
        if name == CredentialName::Username && matches!(claim, AuthenticationClaim::File(_)) {
            return String::from("\"example\"");
        }
        let usual = name.usual_variable(claim).map(str::to_owned);
        let variable = usual.unwrap_or_else(|| self.own_variable(name.key()));
        format!("{{ env = {} }}", quoted(&variable))
    }

    /// A variable of the destination: `ACME_STREAMING_TOKEN`.
    pub fn own_variable(&self, key: &str) -> String {
        let upper = |c: char| match c.is_ascii_alphanumeric() {
            true => c.to_ascii_uppercase(),
            false => '_',
        };
        format!("{}_{key}", self.name).chars().map(upper).collect()
    }
}

/// A text as TOML has it.
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The text with a value replaced where it comes first; a comment behind it stays in its column, where there is room.
fn replaced(text: &str, was: &str, is: &str) -> String {
    let Some((before, after)) = text.split_once(was) else {
        return text.to_owned();
    };
    let comment = after.trim_start_matches(' ');
    let blanks = after.len() - comment.len();
    let column = was.chars().count() + blanks;
    match comment.starts_with('#') {
        true => format!(
            "{before}{is:<width$}{comment}",
            width = column.max(is.chars().count() + 2)
        ),
        false => format!("{before}{is}{after}"),
    }
}

/// Names the audience template where the example has it, else after the configuration.
fn with_template(text: &str, path: &str) -> String {
    let line = format!("audience_template = {}", quoted(path));
    let comment = "# audience_template = \"sdk/audience-template.json\"";
    if text.contains(comment) {
        return text.replacen(comment, &line, 1);
    }
    with_line(text, &["configuration = "], &line)
}

/// The text with one more line after the one that begins so.
fn with_line(text: &str, beginnings: &[&str], line: &str) -> String {
    let mut lines = text.lines().collect::<Vec<_>>();
    let begins = |known: &&str| beginnings.iter().any(|begin| known.starts_with(begin));
    let after = lines.iter().position(begins);
    lines.insert(after.map_or(0, |at| at + 1), line);
    lines.join("\n") + "\n"
}

/// The text with what stands between two others replaced, the first of them included.
fn between(text: &str, (start, end): (&str, &str), by: &str) -> String {
    let found = text.find(start).and_then(|at| {
        let length = text.get(at..)?.find(end)?;
        Some((text.get(..at)?, text.get(at + length..)?))
    });
    found.map_or_else(
        || text.to_owned(),
        |(before, after)| format!("{before}{by}{after}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_both_examples_takes_what_is_known() {
        for location in [None, Some("# endpoint = \"x\"")] {
            let draft = Draft {
                partner: String::from("Moon \"shine\""),
                kind: String::from("si"),
                contact: String::from("a@moonshine.example"),
                name: String::from("moon"),
                server: String::from("../s.json"),
                configuration: String::from("../d.json"),
                audience_template: Some(String::from("../t.json")),
                customer_data: String::from("customer_data = { a = 1 }"),
                auth_data: Some(String::from("auth_data = { b = 2 }")),
                location,
                credentials: String::from("username = { env = \"MOON_USERNAME\" }"),
            };
            let text = draft.text();
            let read: toml::Table = text.parse().unwrap_or_default();
            let destination = &read["destination"][0];
            for (key, value) in [
                ("name", "moon"),
                ("server", "../s.json"),
                ("configuration", "../d.json"),
                ("audience_template", "../t.json"),
            ] {
                assert_eq!(destination[key].as_str(), Some(value), "{text}");
            }
            assert_eq!(read["partner"]["name"].as_str(), Some("Moon \"shine\""));
            assert_eq!(destination["customer_data"]["a"].as_integer(), Some(1));
            assert_eq!(destination["auth_data"]["b"].as_integer(), Some(2));
            let credentials = destination["credentials"].as_table().map(toml::Table::len);
            assert_eq!(credentials, Some(1), "{text}");
        }
    }

    #[test]
    fn a_comment_keeps_its_column_where_the_value_leaves_room() {
        let text = "name = \"a\"    # one\n";
        assert_eq!(
            replaced(text, "name = \"a\"", "name = \"abc\""),
            "name = \"abc\"  # one\n"
        );
        assert_eq!(
            replaced(text, "name = \"a\"", "name = \"abcdefg\""),
            "name = \"abcdefg\"  # one\n"
        );
        assert_eq!(replaced("k = 1", "k = 1", "k = 22"), "k = 22");
    }
}
