//! The emulator's side of a destination that takes messages, and of the audience API of one that takes files: what its
//! claims promise.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::emulator::rest::{Auth, DestinationSetup, Grant, TokenShape};
use crate::model::sdk::schema::AttributeMode;
use crate::model::sdk::{self, Aggregation};
use crate::model::submission::{
    AuthDatum, AuthenticationClaim, CredentialName, CredentialValue, Destination, SecretSource,
};

/// What a destination's claims promise.
pub(super) fn setup(
    destination: &Destination,
    variables: &BTreeMap<String, String>,
) -> DestinationSetup {
    let claims = destination.claims();
    let mut setup = DestinationSetup::new(&destination.name, auth(destination, variables));
    let key = claims
        .aggregation
        .as_ref()
        .and_then(Aggregation::key)
        .cloned()
        .unwrap_or_default();
    setup.max_profiles = claims.aggregation.as_ref().map_or(1, Aggregation::limit);
    setup.accepts_attributes = claims.attributes != AttributeMode::None;
    setup.attributes = match claims.attributes {
        AttributeMode::Predefined(fields) => fields.into_iter().map(|field| field.name).collect(),
        AttributeMode::None | AttributeMode::Freeform => Vec::new(),
    };
    setup.namespaces = claims.namespaces.iter().map(|n| n.name.clone()).collect();
    setup.hashed_namespaces = claims
        .namespaces
        .iter()
        .filter(|n| n.hashed)
        .map(|n| n.name.clone())
        .collect();
    setup.identity_groups = if key.identity { key.groups } else { Vec::new() };
    setup.audiences = claims
        .audiences
        .iter()
        .filter(|a| !a.synthetic)
        .map(|a| a.alias.clone())
        .collect();
    setup.audience_api = claims.audience_api;
    setup
}

fn auth(destination: &Destination, variables: &BTreeMap<String, String>) -> Auth {
    let value = |name: CredentialName| match destination.credentials.get(name).map(|c| &c.value) {
        Some(CredentialValue::Literal(text)) => text.clone(),
        Some(CredentialValue::Secret(SecretSource::Env(name))) => {
            variables.get(name).cloned().unwrap_or_default()
        }
        Some(CredentialValue::Secret(SecretSource::File(_)) | CredentialValue::Posted(_))
        | None => String::new(),
    };
    let variable = |name: &str| variables.get(name).cloned().unwrap_or_default();
    match destination.login() {
        AuthenticationClaim::Basic => Auth::Basic {
            username: value(CredentialName::Username),
            password: value(CredentialName::Password),
        },
        AuthenticationClaim::Bearer => Auth::Bearer {
            token: value(CredentialName::Token),
        },
        AuthenticationClaim::OAuth2(granted) => {
            let nested = destination
                .oauth2()
                .is_some_and(|o| o.access_token_path != "access_token");
            let person = (
                variable("DESTSPEC_REFERENCE_USERNAME"),
                variable("DESTSPEC_REFERENCE_PASSWORD"),
            );
            Auth::OAuth2 {
                client_id: value(CredentialName::ClientId),
                client_secret: value(CredentialName::ClientSecret),
                use_basic_auth: destination.oauth2().is_some_and(|o| o.use_basic_auth),
                scopes: destination
                    .oauth2()
                    .map(|o| o.scope.clone())
                    .unwrap_or_default(),
                response: if nested {
                    TokenShape::Nested
                } else {
                    TokenShape::Standard
                },
                typed: typed(destination, variables),
                grant: grant(granted, person, value(CredentialName::RefreshToken)),
            }
        }
        AuthenticationClaim::None
        | AuthenticationClaim::OAuth1
        | AuthenticationClaim::Platform
        | AuthenticationClaim::File(_) => {
            match destination.credentials.get(CredentialName::AudienceToken) {
                Some(_) => Auth::Bearer {
                    token: value(CredentialName::AudienceToken),
                },
                None => Auth::None,
            }
        }
    }
}

/// What a customer types in at the login, as the requests name it.
fn typed(destination: &Destination, variables: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let all = destination.auth_data.values.iter();
    let typed = all.filter_map(|(name, datum)| {
        let value = match (datum, datum.source().map(|credential| &credential.value)) {
            (AuthDatum::Literal(Value::String(text)), _) => text.clone(),
            (AuthDatum::Literal(value), _) => value.to_string(),
            (_, Some(CredentialValue::Secret(SecretSource::Env(name)))) => {
                variables.get(name).cloned()?
            }
            (AuthDatum::Open(_) | AuthDatum::Secret(_), _) => return None,
        };
        Some((name.clone(), value))
    });
    typed.collect()
}

fn grant(
    granted: sdk::Grant,
    (username, password): (String, String),
    refresh_token: String,
) -> Grant {
    match granted {
        sdk::Grant::ClientCredentials => Grant::ClientCredentials,
        sdk::Grant::Password => Grant::Password { username, password },
        sdk::Grant::AuthorizationCode => Grant::AuthorizationCode {
            username,
            password,
            refresh_token,
        },
    }
}
