//! How a destination is logged in to: which credentials its authentication takes.

use std::sync::Arc;

use crate::encode::oauth2::TokenClient;
use crate::model::sdk::{Grant, OAuth2};
use crate::model::secret::Secret;
use crate::model::submission::{AuthenticationClaim, CredentialName, Fetched, SecretName};
use crate::suite::open::TargetError;
use crate::wire::{AuthField, AuthSetup, OAuth2Setup};

/// The values of a destination's credentials; in a replay, the marks that stand for them.
pub(super) struct Credentials<'a> {
    pub(super) destination: &'a str,
    pub(super) claim: AuthenticationClaim,
    pub(super) fetched: &'a Fetched,
}

impl Credentials<'_> {
    pub(super) fn secret(&self, name: CredentialName) -> Result<Secret, TargetError> {
        let had = self.fetched.secrets.get(&SecretName::Credential(name));
        had.cloned().ok_or_else(|| self.lacking(name))
    }

    /// A value that is no secret.
    pub(super) fn open(&self, name: CredentialName) -> Result<String, TargetError> {
        let had = self.fetched.open.get(&name);
        had.cloned().ok_or_else(|| self.lacking(name))
    }

    fn lacking(&self, name: CredentialName) -> TargetError {
        TargetError::Credentials {
            name: self.destination.to_owned(),
            expected: format!(
                "`{} = {{ env = \"{}\" }}`",
                name.key(),
                name.usual_variable(self.claim).unwrap_or("…")
            ),
        }
    }
}

pub(super) fn auth(
    authentication: AuthenticationClaim,
    oauth2: Option<(&OAuth2, &TokenClient)>,
    fields: Vec<(String, AuthField)>,
    credentials: &Credentials<'_>,
) -> Result<AuthSetup, TargetError> {
    match (authentication, oauth2) {
        (AuthenticationClaim::Basic, _) => Ok(AuthSetup::Basic {
            username: credentials.open(CredentialName::Username)?,
            password: credentials.secret(CredentialName::Password)?,
        }),
        (AuthenticationClaim::Bearer, _) => Ok(AuthSetup::Bearer {
            token: credentials.secret(CredentialName::Token)?,
        }),
        (AuthenticationClaim::OAuth2(_), Some((oauth2, client))) => {
            let client_id = credentials
                .open(CredentialName::ClientId)
                .or_else(|error| oauth2.client_id.clone().ok_or(error))?;
            let setup = OAuth2Setup {
                client_id,
                client_secret: credentials.secret(CredentialName::ClientSecret)?,
                owner: owner(oauth2.grant, credentials)?,
                refresh_token: refresh_token(oauth2, credentials)?,
                fields,
                endpoint: Arc::new(client.clone()),
            };
            Ok(AuthSetup::OAuth2(Box::new(setup)))
        }
        (AuthenticationClaim::OAuth2(_), None)
        | (
            AuthenticationClaim::None
            | AuthenticationClaim::OAuth1
            | AuthenticationClaim::Platform
            | AuthenticationClaim::File(_),
            _,
        ) => Ok(AuthSetup::None),
    }
}

/// User name and password of the password grant.
fn owner(
    grant: Grant,
    credentials: &Credentials<'_>,
) -> Result<Option<(String, Secret)>, TargetError> {
    match grant {
        Grant::Password => Ok(Some((
            credentials.open(CredentialName::Username)?,
            credentials.secret(CredentialName::Password)?,
        ))),
        Grant::AuthorizationCode | Grant::ClientCredentials => Ok(None),
    }
}

/// What a person's login gave, or what the partner has set.
fn refresh_token(
    oauth2: &OAuth2,
    credentials: &Credentials<'_>,
) -> Result<Option<Secret>, TargetError> {
    let mut fields = oauth2.data_fields.iter();
    let set = fields.find(|field| field.name == "refreshToken");
    let set = set.and_then(|field| field.literal.as_ref());
    match oauth2.grant {
        Grant::AuthorizationCode => {
            let given = credentials.secret(CredentialName::RefreshToken);
            let given =
                given.or_else(|lacking| set.map(|literal| literal.named().secret).ok_or(lacking));
            given.map(Some)
        }
        Grant::Password | Grant::ClientCredentials => Ok(None),
    }
}
