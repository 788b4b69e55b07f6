//! `[destination.credentials]`: what destspec logs in with, by name, and where each value comes from. Secret values are
//! never in a submission.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::sdk::Grant;
use crate::model::secret::Secret;
use crate::model::source::Place;
use crate::model::submission::AuthenticationClaim;

/// The names that `[destination.credentials]` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialName {
    /// `username`: basic, OAuth 2.0 password grant.
    Username,
    /// `password`: basic, OAuth 2.0 password grant.
    Password,
    /// `token`: bearer.
    Token,
    /// `client_id`: OAuth 2.0.
    ClientId,
    /// `client_secret`: OAuth 2.0.
    ClientSecret,
}

impl CredentialName {
    /// Every name, in the order in which remedies list them.
    pub const ALL: [CredentialName; 5] = [
        CredentialName::Username,
        CredentialName::Password,
        CredentialName::Token,
        CredentialName::ClientId,
        CredentialName::ClientSecret,
    ];

    /// The key in the submission; marks of a record show it, too.
    pub fn key(self) -> &'static str {
        match self {
            CredentialName::Username => "username",
            CredentialName::Password => "password",
            CredentialName::Token => "token",
            CredentialName::ClientId => "client_id",
            CredentialName::ClientSecret => "client_secret",
        }
    }

    /// Whether its value is a secret: it is refused as a literal and never recorded.
    pub fn is_secret(self) -> bool {
        match self {
            CredentialName::Password | CredentialName::Token | CredentialName::ClientSecret => true,
            CredentialName::Username | CredentialName::ClientId => false,
        }
    }

    /// The names that a way to log in asks for.
    pub fn asked_by(claim: AuthenticationClaim) -> &'static [CredentialName] {
        use CredentialName::{ClientId, ClientSecret, Password, Token, Username};
        match claim {
            AuthenticationClaim::Basic => &[Username, Password],
            AuthenticationClaim::Bearer => &[Token],
            AuthenticationClaim::OAuth2(Grant::ClientCredentials | Grant::AuthorizationCode) => {
                &[ClientId, ClientSecret]
            }
            AuthenticationClaim::OAuth2(Grant::Password) => {
                &[ClientId, ClientSecret, Username, Password]
            }
            AuthenticationClaim::None
            | AuthenticationClaim::OAuth1
            | AuthenticationClaim::Platform
            | AuthenticationClaim::File(_) => &[],
        }
    }
}

/// What destspec logs in with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Credentials(BTreeMap<CredentialName, Credential>);

impl Credentials {
    /// The credential of that name, if it is given.
    pub fn get(&self, name: CredentialName) -> Option<&Credential> {
        self.0.get(&name)
    }

    /// Takes a credential from elsewhere where none of that name is given.
    pub fn or_insert(&mut self, name: CredentialName, credential: Credential) {
        self.0.entry(name).or_insert(credential);
    }

    /// Every credential that is given.
    pub fn iter(&self) -> impl Iterator<Item = (CredentialName, &Credential)> {
        self.0.iter().map(|(name, credential)| (*name, credential))
    }
}

impl FromIterator<(CredentialName, Credential)> for Credentials {
    fn from_iter<I: IntoIterator<Item = (CredentialName, Credential)>>(given: I) -> Self {
        Self(given.into_iter().collect())
    }
}

/// One credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its value or where it is.
    pub value: CredentialValue,
    /// Where it is written.
    pub place: Place,
}

/// A value or where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialValue {
    /// A literal that is no secret.
    Literal(String),
    /// To be fetched.
    Secret(SecretSource),
    /// It stands in posted JSON.
    Posted(Secret),
}

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// `{ env = "NAME" }`: an environment variable.
    Env(String),
    /// `{ file = "path" }`: a file, relative to the submission; one trailing line break is dropped.
    File(String),
}

/// The values of a destination's credentials, fetched.
#[derive(Debug, Clone, Default)]
pub struct Fetched {
    /// Values that are no secrets: `username`, `client_id`.
    pub open: BTreeMap<CredentialName, String>,
    /// Secrets by the name that a record shows in their place.
    pub secrets: BTreeMap<SecretName, Secret>,
}

/// The name of a secret: what stands for it in a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretName {
    /// Of `[destination.credentials]`.
    Credential(CredentialName),
    /// A customer data field of format `password`.
    CustomerData(String),
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretName::Credential(name) => f.write_str(name.key()),
            SecretName::CustomerData(field) => write!(f, "customer_data.{field}"),
        }
    }
}
