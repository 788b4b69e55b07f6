//! What a run was given and a reviewer does not have, as far as it is no secret: the facts that close a record over
//! itself, so that it can be replayed where no credential is known.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::digest::Digest;
use crate::model::secret::Secret;
use crate::model::submission::{CredentialName, Fetched, SecretName, signature_end};

/// Facts about the credentials of a destination.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Values that are no secrets: `username`, `client_id`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub open: BTreeMap<CredentialName, String>,
    /// Fields of `auth_data` that are no secrets, where they were fetched.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub auth_data: BTreeMap<String, String>,
    /// Names of the secrets that were given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// Secrets that have the value of another one, and the name by which the record shows both.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub same_as: BTreeMap<String, String>,
    /// Names of secrets too short or too uniform to be searched for in what is recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weak: Vec<String>,
    /// Names of credentials of another form than the one that Adobe documents for this kind of location.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlike: Vec<String>,
    /// When the shared access signature ends (`se`), as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_ends: Option<String>,
    /// Scheme, host and port of each host that the location is reached by, but a vendor's own; of a destination that takes
    /// files alone, and not in records of versions that did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosts: Option<Vec<String>>,
    /// Whether the password contains a colon (RFC 7617 section 2 lets it, and servers trip over it).
    #[serde(default)]
    pub password_has_colon: bool,
}

impl Given {
    /// The facts about what was fetched.
    pub fn about(fetched: &Fetched) -> Self {
        let password = SecretName::Credential(CredentialName::Password);
        let password = fetched.secrets.get(&password);
        let sas = SecretName::Credential(CredentialName::SasUrl);
        Self {
            open: fetched.open.clone(),
            auth_data: fetched.auth_data.clone(),
            secrets: fetched.secrets.keys().map(ToString::to_string).collect(),
            same_as: same(&fetched.secrets),
            weak: Vec::new(),
            unlike: Vec::new(),
            signature_ends: fetched.secrets.get(&sas).and_then(signature_end),
            hosts: None,
            password_has_colon: password.is_some_and(|p| !p.is_mark() && p.contains(':')),
        }
    }

    /// What stands for the credentials when the record is replayed: each secret is its own mark.
    pub fn replayed(&self, names: impl Iterator<Item = SecretName>) -> Fetched {
        let given = |name: &SecretName| self.secrets.contains(&name.to_string());
        let mark = |name: SecretName| {
            let shown = name.to_string();
            let shown = self.same_as.get(&shown).unwrap_or(&shown);
            let mark = Secret::replayed(shown);
            (name, mark)
        };
        Fetched {
            open: self.open.clone(),
            auth_data: self.auth_data.clone(),
            secrets: names.filter(given).map(mark).collect(),
        }
    }
}

/// The first name of a value stands for all others, as in what is recorded.
fn same(secrets: &BTreeMap<SecretName, Secret>) -> BTreeMap<String, String> {
    let first = |value: &Secret| {
        let mut all = secrets.iter();
        all.find(|(_, other)| *other == value).map(|(name, _)| name)
    };
    let other = |(name, value): (&SecretName, &Secret)| {
        let first = first(value).filter(|first| *first != name)?;
        Some((name.to_string(), first.to_string()))
    };
    secrets.iter().filter_map(other).collect()
}

/// A file of the submission as it was read: a replay reads it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// Its path as the submission names it; that of the submission itself as the user named it.
    pub name: String,
    /// SHA-256 of the file as posted.
    pub sha256: Digest,
    /// Its text, redacted.
    pub text: String,
}

/// A longer list of names is cut for showing.
const LONG: usize = 4;
/// Names that are left of it.
const SHOWN: usize = 2;

/// What of the suite was wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// A Cucumber tag expression over a scenario's tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<String>,
    /// Ids of requirements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<String>,
    /// Ids of scenarios.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scenarios: Vec<String>,
    /// Names of destinations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub destinations: Vec<String>,
}

impl Selection {
    /// Whether nothing is left out.
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }

    /// The selection as it was written on the command line; empty where nothing is left out.
    pub fn words(&self) -> String {
        self.said(usize::MAX)
    }

    /// As [`Selection::words`] with long lists cut: a family of requirements is dozens.
    pub fn shown(&self) -> String {
        self.said(LONG)
    }

    fn said(&self, long: usize) -> String {
        let many = |flag: &str, all: &[String]| -> Vec<String> {
            let shown = if all.len() > long { SHOWN } else { all.len() };
            let words = all.iter().take(shown);
            let mut words: Vec<String> = words.map(|one| format!("--{flag} {one}")).collect();
            if shown < all.len() {
                words.push(format!("and {} more", all.len() - shown));
            }
            words
        };
        let mut words: Vec<String> = self.tags.iter().map(|t| format!("--tags `{t}`")).collect();
        words.extend(many("requirement", &self.requirements));
        words.extend(many("scenario", &self.scenarios));
        words.extend(many("destination", &self.destinations));
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetched(secrets: &[(CredentialName, &str)]) -> Fetched {
        let secret = |(name, value): &(CredentialName, &str)| {
            (SecretName::Credential(*name), Secret::new(*value))
        };
        Fetched {
            auth_data: BTreeMap::new(),
            open: BTreeMap::new(),
            secrets: secrets.iter().map(secret).collect(),
        }
    }

    #[test]
    fn secrets_of_one_value_are_replayed_by_the_name_that_the_record_shows() {
        let fetched = fetched(&[
            (CredentialName::Password, "a:b"),
            (CredentialName::ClientSecret, "a:b"),
        ]);
        let given = Given::about(&fetched);
        assert!(given.password_has_colon);
        let replayed = given.replayed(fetched.secrets.keys().cloned());
        let marks: Vec<bool> = replayed
            .secrets
            .values()
            .map(|mark| *mark == Secret::replayed("password"))
            .collect();
        assert_eq!(marks, [true, true]);
    }

    #[test]
    fn a_long_list_of_names_is_cut_where_it_is_shown() {
        let some = |count: usize| Selection {
            requirements: (1..=count).map(|n| format!("STR-1.0{n}")).collect(),
            ..Selection::default()
        };
        let cut = "--requirement STR-1.01 --requirement STR-1.02 and 3 more";
        assert_eq!(some(5).shown(), cut);
        assert_eq!(some(5).words().matches("--requirement").count(), 5);
        assert_eq!(some(4).shown(), some(4).words());
    }

    #[test]
    fn what_was_not_given_is_not_replayed() {
        let given = Given::about(&fetched(&[(CredentialName::Token, "t")]));
        let asked = [CredentialName::Token, CredentialName::Password];
        let replayed = given.replayed(asked.into_iter().map(SecretName::Credential));
        assert_eq!(replayed.secrets.len(), 1);
    }
}
