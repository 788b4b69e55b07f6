//! `[destination.credentials]`: where secrets come from. Their values are never in a submission.

use crate::model::source::Place;

/// What destspec logs in with. `username` and `client_id` may be literals, the others never.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Credentials {
    /// `username` (basic, OAuth 2.0 password grant).
    pub username: Option<Credential>,
    /// `password` (basic, OAuth 2.0 password grant).
    pub password: Option<Credential>,
    /// `token` (bearer).
    pub token: Option<Credential>,
    /// `client_id` (OAuth 2.0).
    pub client_id: Option<Credential>,
    /// `client_secret` (OAuth 2.0).
    pub client_secret: Option<Credential>,
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
}

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// `{ env = "NAME" }`: an environment variable.
    Env(String),
    /// `{ file = "path" }`: a file, relative to the submission; one trailing line break is dropped.
    File(String),
}

impl Credentials {
    /// Every credential with its key.
    pub fn all(&self) -> [(&'static str, Option<&Credential>); 5] {
        [
            ("username", self.username.as_ref()),
            ("password", self.password.as_ref()),
            ("token", self.token.as_ref()),
            ("client_id", self.client_id.as_ref()),
            ("client_secret", self.client_secret.as_ref()),
        ]
    }
}
