//! How tokens are asked for: the token client that an OAuth 2.0 configuration makes, and the fields of its `authData`.

use serde_json::{Map, Value, json};

use crate::encode::oauth2::{ResponsePaths, TokenClient, filled, seconds};
use crate::model::record::TokenGrant;
use crate::model::sdk::literal::Marked;
use crate::model::sdk::{DataField, Grant, OAuth2};
use crate::model::secret::NamedSecret;
use crate::model::submission::{AuthDatum, Destination, Fetched, SecretName};
use crate::wire::AuthField;

/// Fields of `authData`: as the configuration fixes them, then as a customer types them in, which come first.
pub(super) fn auth_fields(
    oauth2: &OAuth2,
    destination: &Destination,
    fetched: &Fetched,
) -> Vec<(String, AuthField)> {
    let fixed = |field: &DataField| match (&field.literal, &field.value) {
        (Some(literal), _) => Some((field.name.clone(), AuthField::Secret(literal.named()))),
        (None, Some(value)) => Some((field.name.clone(), AuthField::Plain(value.clone()))),
        (None, None) => None,
    };
    let typed = |(name, datum): &(String, AuthDatum)| {
        let value = match datum {
            AuthDatum::Literal(value) => AuthField::Plain(value.clone()),
            AuthDatum::Open(_) => AuthField::Plain(fetched.auth_data.get(name)?.as_str().into()),
            AuthDatum::Secret(_) => {
                let secret = SecretName::AuthData(name.clone());
                let value = fetched.secrets.get(&secret)?.clone();
                AuthField::Secret(NamedSecret::new(secret.to_string(), value))
            }
        };
        Some((name.clone(), value))
    };
    let fixed = oauth2.data_fields.iter().filter_map(fixed);
    let typed = destination.auth_data.values.iter().filter_map(typed);
    fixed.chain(typed).collect()
}

pub(super) fn token_client(
    destination: &Destination,
    oauth2: &OAuth2,
    fields: &[(String, AuthField)],
) -> TokenClient {
    let plain = fields.iter().filter_map(|(name, field)| match field {
        AuthField::Plain(value) => Some((name.clone(), value.clone())),
        AuthField::Secret(_) => None,
    });
    let plain: Map<String, Value> = plain.collect();
    let fixed_life = plain.get("expiresIn").and_then(seconds);
    let user =
        json!({ "sandboxName": "prod", "imsOrgId": "destspec@example", "client": "destspec" });
    let data = destination.customer_data.for_templates();
    let roots = [
        ("customerData", data),
        ("userContext", user),
        ("authData", plain.into()),
    ];
    let roots = roots.into_iter();
    let context: Map<String, Value> = roots.map(|(name, is)| (name.to_owned(), is)).collect();
    let mut whole = context.clone();
    if let Some(Value::Object(data)) = whole.get_mut("authData") {
        data.extend(
            fields
                .iter()
                .map(|(name, field)| (name.clone(), field.for_templates())),
        );
    }
    let text = |url: &String| filled(url, &whole);
    let address = |url: &Option<Marked>| url.as_ref().map(|url| text(&url.sent()));
    let template = oauth2.access_token_request.clone();
    let standard_url = address(&oauth2.access_token_url);
    let url = match &template {
        Some(template) => text(&template.request.url.value),
        None => standard_url.clone().unwrap_or_default(),
    };
    TokenClient {
        grant: match oauth2.grant {
            Grant::ClientCredentials => TokenGrant::ClientCredentials,
            Grant::Password => TokenGrant::Password,
            Grant::AuthorizationCode => TokenGrant::RefreshToken,
        },
        standard_url,
        refresh_url: address(&oauth2.refresh_token_url),
        authorization_url: address(&oauth2.authorization_url),
        client_in_header: oauth2.use_basic_auth,
        scopes: oauth2.scope.clone(),
        paths: paths(oauth2),
        fixed_life,
        template,
        validations: oauth2.validations.clone(),
        context,
        ..TokenClient::new(url)
    }
}

/// Where an answer has what; the fields of `authData` that say so come first (reference 2.5.2).
fn paths(oauth2: &OAuth2) -> ResponsePaths {
    let path = |name: &str, given: &String| {
        let mut fields = oauth2.data_fields.iter();
        let field = fields.find(|field| field.name == name);
        let own = field.and_then(|field| field.response_path.as_ref());
        own.unwrap_or(given).clone()
    };
    ResponsePaths {
        access_token: path("accessToken", &oauth2.access_token_path),
        expires_in: path("expiresIn", &oauth2.expires_in_path),
        refresh_token: path("refreshToken", &oauth2.refresh_token_path),
    }
}
