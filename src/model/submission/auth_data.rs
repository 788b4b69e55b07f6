//! `[destination.auth_data]`: what a customer types in at a login by OAuth 2.0 besides what its grant takes; templates of
//! token requests read it as `authData` (reference 2.5.2).

use serde_json::Value;

use crate::model::sdk::{DataField, FieldSource, Grant, OAuth2};
use crate::model::source::Place;
use crate::model::submission::{AuthenticationClaim, Credential, CredentialName};

/// What is filled in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuthData {
    /// What can be read of it, by field.
    pub values: Vec<(String, AuthDatum)>,
    /// The fields under which something is written, readable or not; also those that were meant.
    pub written: Vec<String>,
    /// Where the table is written.
    pub place: Option<Place>,
}

/// What is filled in for one field.
#[derive(Debug, Clone, PartialEq)]
pub enum AuthDatum {
    /// As it stands there.
    Literal(Value),
    /// To be fetched; no secret.
    Open(Credential),
    /// To be fetched, and never recorded.
    Secret(Credential),
}

impl AuthDatum {
    /// Where its value is, unless it stands there.
    pub fn source(&self) -> Option<&Credential> {
        match self {
            AuthDatum::Literal(_) => None,
            AuthDatum::Open(credential) | AuthDatum::Secret(credential) => Some(credential),
        }
    }

    /// Whether it is a secret.
    pub fn is_secret(&self) -> bool {
        match self {
            AuthDatum::Secret(_) => true,
            AuthDatum::Literal(_) | AuthDatum::Open(_) => false,
        }
    }
}

impl OAuth2 {
    /// The fields that are filled in under `auth_data`: what the grant takes is a credential, and what is fixed or comes
    /// with the answer is asked of nobody.
    pub fn typed_fields(&self) -> impl Iterator<Item = &DataField> {
        let open = |field: &&DataField| {
            let by_customer = field.source == FieldSource::Customer;
            field.response_path.is_none() && (by_customer || !field.is_fixed())
        };
        let credential = |field: &&DataField| credential(&field.name, self.grant).is_none();
        self.data_fields.iter().filter(open).filter(credential)
    }

    /// Those of them without which nobody can log in.
    pub fn demanded_fields(&self) -> impl Iterator<Item = &DataField> {
        let demanded = |field: &&DataField| {
            field.required && field.source == FieldSource::Customer && !field.is_fixed()
        };
        self.typed_fields().filter(demanded)
    }
}

/// The credential that a field of that name is, where the grant takes it.
pub fn credential(field: &str, grant: Grant) -> Option<CredentialName> {
    let name = match field {
        "clientId" => CredentialName::ClientId,
        "clientSecret" => CredentialName::ClientSecret,
        "username" => CredentialName::Username,
        "password" => CredentialName::Password,
        "refreshToken" => CredentialName::RefreshToken,
        _ => return None,
    };
    let asked = CredentialName::asked_by(AuthenticationClaim::OAuth2(grant));
    asked.contains(&name).then_some(name)
}
