//! The token endpoint of Entra ID: the client credentials grant for service principals, and its discovery document.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, PRAGMA};
use axum::http::{Method, Response, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::emulator::storage::azure::auth::{issued, lifetime, same_secret};
use crate::emulator::storage::azure::call::{Call, Feed};
use crate::emulator::storage::azure::state::Server;

const SCOPE: &str = "https://storage.azure.com/.default";

/// The largest request for a token that is read.
const LARGEST: usize = 64 * 1024;

/// Why no token is given: status, error code, number and sentence.
type Refusal = (StatusCode, &'static str, u32, &'static str);

/// The answer, where the path is one of Entra's.
pub(super) async fn answer(
    call: &Call,
    feed: &mut Feed,
    server: &Server,
) -> Option<Response<Body>> {
    let path = call.paths.first()?.strip_prefix('/')?;
    let (tenant, page) = path.split_once('/')?;
    match (page, call.method == Method::POST) {
        ("oauth2/v2.0/token", true) => {
            let form = feed.text(LARGEST).await.unwrap_or_default();
            Some(match grant(tenant, &form, call, server) {
                Ok(token) => written(StatusCode::OK, &token),
                Err(refusal) => refused(refusal),
            })
        }
        ("v2.0/.well-known/openid-configuration", false) => Some(discovery(tenant, call, server)),
        _ => None,
    }
}

fn grant(tenant: &str, form: &str, call: &Call, server: &Server) -> Result<Value, Refusal> {
    const BAD: StatusCode = StatusCode::BAD_REQUEST;
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes())
        .into_owned()
        .collect();
    let field = |name: &str| {
        let own = pairs.iter().find(|(key, _)| key == name);
        own.map(|(_, value)| value.clone())
    };
    let mut known = server
        .tenants
        .iter()
        .filter(|known| known.id == tenant)
        .peekable();
    if known.peek().is_none() {
        return Err((BAD, "invalid_request", 90002, "The tenant is not found."));
    }
    match field("grant_type").as_deref() {
        Some("client_credentials") => {}
        Some(_) => {
            return Err((
                BAD,
                "unsupported_grant_type",
                70003,
                "The grant is not supported.",
            ));
        }
        None => return Err((BAD, "invalid_request", 900144, "grant_type is missing.")),
    }
    let (client, secret) = match basic(call) {
        Some((client, secret)) => (Some(client), Some(secret)),
        None => (field("client_id"), field("client_secret")),
    };
    let client = client.ok_or((BAD, "invalid_request", 900144, "client_id is missing."))?;
    let principal = known.find(|known| known.client_id == client).ok_or((
        BAD,
        "unauthorized_client",
        700016,
        "The application is not in the directory.",
    ))?;
    let denied = |number, text| (StatusCode::UNAUTHORIZED, "invalid_client", number, text);
    let secret = secret.ok_or_else(|| denied(7000218, "client_secret is missing."))?;
    if !same_secret(&secret, &principal.client_secret, &server.rules) {
        return Err(denied(7000215, "The client secret is not valid."));
    }
    match field("scope").as_deref() {
        Some(scope) if scope.split(' ').any(|one| one == SCOPE) => {}
        Some(_) => {
            return Err((
                BAD,
                "invalid_scope",
                70011,
                "The scope is not that of storage.",
            ));
        }
        None => return Err((BAD, "invalid_request", 900144, "scope is missing.")),
    }
    let life = lifetime(&server.rules);
    Ok(json!({
        "token_type": "Bearer",
        "expires_in": life,
        "ext_expires_in": life,
        "access_token": issued(tenant, &client, &server.token_key, (call.now, life)),
    }))
}

/// Client credentials in a header, form-encoded as RFC 6749 has it.
fn basic(call: &Call) -> Option<(String, String)> {
    let encoded = call.header("authorization").strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client, secret) = decoded.split_once(':')?;
    let plain = |text: &str| {
        let text = text.replace('+', " ");
        let decoded = percent_encoding::percent_decode_str(&text).decode_utf8();
        decoded.map(|text| text.into_owned()).ok()
    };
    Some((plain(client)?, plain(secret)?))
}

fn discovery(tenant: &str, call: &Call, server: &Server) -> Response<Body> {
    if !server.tenants.iter().any(|known| known.id == tenant) {
        return refused((
            StatusCode::BAD_REQUEST,
            "invalid_tenant",
            90002,
            "The tenant is not found.",
        ));
    }
    let scheme = if server.https { "https" } else { "http" };
    let base = format!("{scheme}://{}/{tenant}", call.header("host"));
    let document = json!({
        "issuer": format!("{base}/v2.0"),
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
    });
    written(StatusCode::OK, &document)
}

fn refused((status, code, number, text): Refusal) -> Response<Body> {
    let body = json!({
        "error": code,
        "error_description": format!("AADSTS{number}: {text}"),
        "error_codes": [number],
    });
    written(status, &body)
}

fn written(status: StatusCode, body: &Value) -> Response<Body> {
    let mut answer = Response::new(Body::from(body.to_string()));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("no-store, no-cache"),
    );
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    answer
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::http::HeaderMap;
    use jiff::Timestamp;

    use super::*;
    use crate::emulator::storage::Fault;
    use crate::emulator::storage::azure::setup::{AzureSetup, Tenant};

    fn found(tenant: &str, form: &str, faults: &[Fault]) -> Option<&'static str> {
        let server = Server::new(AzureSetup {
            accounts: Vec::new(),
            tenants: vec![Tenant {
                id: "t1".to_owned(),
                client_id: "app".to_owned(),
                client_secret: "S3cret~and+more".to_owned(),
            }],
            faults: BTreeSet::from_iter(faults.iter().copied()),
            variations: BTreeSet::new(),
            https: true,
        });
        let call = Call::new(Method::POST, "/", "", HeaderMap::new(), Timestamp::now());
        let refusal = grant(tenant, form, &call, &server).err();
        refusal.map(|(_, code, _, _)| code)
    }

    #[test]
    fn a_token_is_for_the_right_client_with_the_right_secret_and_scope() {
        const SCOPED: &str = "scope=https%3A%2F%2Fstorage.azure.com%2F.default";
        let form = |client: &str, secret: &str, grant: &str| {
            format!("grant_type={grant}&client_id={client}&client_secret={secret}&{SCOPED}")
        };
        let right = form("app", "S3cret~and%2Bmore", "client_credentials");
        assert_eq!(found("t1", &right, &[]), None);
        assert_eq!(found("t2", &right, &[]), Some("invalid_request"));
        assert_eq!(
            found("t1", &right.replace(SCOPED, "scope=x"), &[]),
            Some("invalid_scope")
        );
        let other = form("ppa", "S3cret~and%2Bmore", "client_credentials");
        assert_eq!(found("t1", &other, &[]), Some("unauthorized_client"));
        let password = form("app", "S3cret~and%2Bmore", "password");
        assert_eq!(found("t1", &password, &[]), Some("unsupported_grant_type"));
        for (secret, content) in [
            ("s3cret~and%2Bmore", Fault::SecretCaseIgnored),
            ("S3cret~a", Fault::SecretCut),
            ("else", Fault::AnySecretAccepted),
        ] {
            let near = form("app", secret, "client_credentials");
            assert_eq!(found("t1", &near, &[]), Some("invalid_client"), "{secret}");
            assert_eq!(found("t1", &near, &[content]), None, "{secret}");
        }
    }
}
