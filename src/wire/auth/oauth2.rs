//! OAuth 2.0 client credentials (RFC 6749 section 4.4) as Destination SDK configures it (reference 2.5).

use std::fmt;
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::model::redact::Redactor;
use crate::model::secret::{NamedSecret, Secret};
use crate::wire::auth::{Authorization, basic, random_text};
use crate::wire::request::TokenAsk;

/// What is recorded in place of a run's access token.
pub(crate) const ACCESS_TOKEN: &str = "access_token";
const GRANT: &str = "client_credentials";
/// An absolute URI, as RFC 6749 section 4.5 has extension grants, which no server knows.
const NO_GRANT: &str = "urn:example:grant-type:unsupported";

/// How tokens are taken.
#[derive(Clone)]
pub struct OAuth2Setup {
    /// Token endpoint.
    pub token_url: String,
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: Secret,
    /// Scopes, joined by single spaces (RFC 6749 section 3.3).
    pub scopes: Vec<String>,
    /// Client authentication by `Authorization: Basic` instead of the body.
    pub use_basic_auth: bool,
    /// Where the answer has the token: a dotted path or a JSON Pointer; `access_token` by default.
    pub access_token_path: String,
    /// Where it has the life in seconds; `expires_in` by default.
    pub expires_in_path: String,
    /// Life in seconds where the answer gives none.
    pub fixed_expires_in: Option<u64>,
    /// Further fields of `authData`.
    pub fields: Vec<(String, AuthField)>,
    /// The partner's own `accessTokenRequest`.
    pub template: Option<Arc<dyn TokenTemplate>>,
}

/// A field of `authData`.
#[derive(Debug, Clone)]
pub enum AuthField {
    /// A value anybody may see.
    Plain(Value),
    /// A secret.
    Secret(NamedSecret),
}

/// Renders the partner's `accessTokenRequest` and reads the answer.
pub trait TokenTemplate: Send + Sync {
    /// The request for these fields of `authData`.
    ///
    /// # Errors
    /// In words, when the template cannot be rendered.
    fn render(&self, auth_data: &Value) -> Result<TokenRequest, String>;

    /// The fields of an answer, given as `{"body": …, "status": …, "headers": {"name": ["value"]}}`.
    ///
    /// # Errors
    /// In words, when the answer holds no token or fails a validation.
    fn read(&self, response: &Value) -> Result<TokenFields, String>;
}

/// A token request as a template renders it.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// Method.
    pub method: String,
    /// URL.
    pub url: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

/// What an answer gives.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenFields {
    /// The token.
    pub access_token: String,
    /// Seconds it lives.
    pub expires_in: Option<u64>,
}

impl fmt::Debug for TokenFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// A token request with what authenticates it.
pub(crate) struct Prepared {
    pub(crate) request: TokenRequest,
    pub(crate) authorization: Option<Authorization>,
}

/// A token that was issued.
#[derive(Clone)]
pub(crate) struct Issued {
    pub(crate) token: Secret,
    pub(crate) expires_in: Option<u64>,
}

impl OAuth2Setup {
    /// With the defaults of Destination SDK.
    pub fn new(token_url: &str, client_id: &str, client_secret: Secret) -> Self {
        Self {
            token_url: token_url.to_owned(),
            client_id: client_id.to_owned(),
            client_secret,
            scopes: Vec::new(),
            use_basic_auth: false,
            access_token_path: "access_token".to_owned(),
            expires_in_path: "expires_in".to_owned(),
            fixed_expires_in: None,
            fields: Vec::new(),
            template: None,
        }
    }

    pub(crate) fn teach(&self, redactor: &Redactor) {
        let name = "client_secret";
        redactor.learn(&NamedSecret::new(name, self.client_secret.clone()));
        basic::teach_pair(redactor, "client", &self.client_id, &self.client_secret);
        for (_, field) in &self.fields {
            if let AuthField::Secret(named) = field {
                redactor.learn(named);
            }
        }
    }

    /// The token request for what is asked.
    pub(crate) fn prepare(
        &self,
        redactor: &Redactor,
        ask: TokenAsk,
        rng: &mut ChaCha20Rng,
    ) -> Result<Prepared, String> {
        let (id, secret, grant) = match ask {
            TokenAsk::Valid => (self.client_id.clone(), self.client_secret.clone(), GRANT),
            TokenAsk::WrongSecret => {
                let secret = Secret::new(random_text(rng, 32));
                (self.client_id.clone(), secret, GRANT)
            }
            TokenAsk::UnknownClient => (
                random_text(rng, 16),
                Secret::new(random_text(rng, 32)),
                GRANT,
            ),
            TokenAsk::UnsupportedGrant => {
                (self.client_id.clone(), self.client_secret.clone(), NO_GRANT)
            }
        };
        match &self.template {
            Some(template) => {
                self.templated(redactor, ask, template.as_ref(), (&id, &secret), grant)
            }
            None => Ok(self.standard(redactor, ask, (&id, &secret), grant)),
        }
    }

    /// The client in a Basic header; one with a flaw opens nothing and is recorded as it is.
    fn by_header(
        &self,
        redactor: &Redactor,
        ask: TokenAsk,
        id: &str,
        secret: &Secret,
    ) -> Authorization {
        match ask {
            TokenAsk::Valid | TokenAsk::UnsupportedGrant => {
                basic::valid(redactor, "client", id, secret)
            }
            TokenAsk::WrongSecret | TokenAsk::UnknownClient => basic::open(id, secret),
        }
    }

    fn templated(
        &self,
        redactor: &Redactor,
        ask: TokenAsk,
        template: &dyn TokenTemplate,
        (id, secret): (&str, &Secret),
        grant: &str,
    ) -> Result<Prepared, String> {
        let mut request = template.render(&self.auth_data(id, secret))?;
        if grant != GRANT {
            if !request.body.contains(GRANT) {
                return Err(format!("the token request names no `{GRANT}`"));
            }
            request.body = request.body.replace(GRANT, grant);
        }
        let own = request
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let authorization =
            (self.use_basic_auth && !own).then(|| self.by_header(redactor, ask, id, secret));
        Ok(Prepared {
            request,
            authorization,
        })
    }

    fn standard(
        &self,
        redactor: &Redactor,
        ask: TokenAsk,
        (id, secret): (&str, &Secret),
        grant: &str,
    ) -> Prepared {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("grant_type", grant);
        let authorization = if self.use_basic_auth {
            Some(self.by_header(redactor, ask, id, secret))
        } else {
            body.append_pair("client_id", id);
            body.append_pair("client_secret", secret.expose());
            None
        };
        if !self.scopes.is_empty() {
            body.append_pair("scope", &self.scopes.join(" "));
        }
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Prepared {
            request: TokenRequest {
                method: "POST".to_owned(),
                url: self.token_url.clone(),
                headers: vec![
                    header("Content-Type", "application/x-www-form-urlencoded"),
                    header("Accept", "application/json"),
                ],
                body: body.finish(),
            },
            authorization,
        }
    }

    fn auth_data(&self, id: &str, secret: &Secret) -> Value {
        let mut data = Map::new();
        data.insert("clientId".to_owned(), id.into());
        data.insert("clientSecret".to_owned(), secret.expose().into());
        data.insert("accessTokenUrl".to_owned(), self.token_url.clone().into());
        data.insert("scope".to_owned(), self.scopes.join(" ").into());
        for (name, field) in &self.fields {
            let value = match field {
                AuthField::Plain(value) => value.clone(),
                AuthField::Secret(named) => named.secret.expose().into(),
            };
            data.insert(name.clone(), value);
        }
        Value::Object(data)
    }

    /// The token in an answer, taught to the redactor before anything else sees it.
    pub(crate) fn read(
        &self,
        redactor: &Redactor,
        (status, headers, body): (u16, &[(String, String)], &[u8]),
    ) -> Result<Issued, String> {
        let body: Value = serde_json::from_slice(body)
            .map_err(|_| format!("the token endpoint answered {status} without JSON"))?;
        for (name, path) in [
            (ACCESS_TOKEN, self.access_token_path.as_str()),
            (ACCESS_TOKEN, ACCESS_TOKEN),
            ("refresh_token", "refresh_token"),
            ("id_token", "id_token"),
        ] {
            if let Some(token) = at(&body, path).and_then(Value::as_str) {
                redactor.learn(&NamedSecret::new(name, Secret::new(token)));
            }
        }
        let fields = match &self.template {
            Some(template) => template.read(&response(&body, status, headers))?,
            None => self.standard_fields(&body, status)?,
        };
        let token = Secret::new(fields.access_token);
        redactor.learn(&NamedSecret::new(ACCESS_TOKEN, token.clone()));
        Ok(Issued {
            token,
            expires_in: fields.expires_in.or(self.fixed_expires_in),
        })
    }

    fn standard_fields(&self, body: &Value, status: u16) -> Result<TokenFields, String> {
        let path = &self.access_token_path;
        let token = at(body, path).and_then(Value::as_str);
        match token.filter(|token| !token.is_empty()) {
            Some(token) if (200..300).contains(&status) => Ok(TokenFields {
                access_token: token.to_owned(),
                expires_in: at(body, &self.expires_in_path).and_then(seconds),
            }),
            Some(_) => Err(format!("the token endpoint answered {status}")),
            None => Err(format!(
                "the token endpoint answered {status} without `{path}`"
            )),
        }
    }
}

fn response(body: &Value, status: u16, headers: &[(String, String)]) -> Value {
    let mut map = Map::new();
    for (name, value) in headers {
        let values = map
            .entry(name.clone())
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(values) = values {
            values.push(value.clone().into());
        }
    }
    serde_json::json!({"body": body, "status": status, "headers": map})
}

/// A life in seconds; some servers write the number as a string.
fn seconds(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// The value at a JSON Pointer, or at a dotted path; a key with dots in it wins.
fn at<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    if path.starts_with('/') {
        return body.pointer(path);
    }
    body.get(path).or_else(|| {
        path.split('.').try_fold(body, |value, key| match value {
            Value::Array(items) => key.parse::<usize>().ok().and_then(|i| items.get(i)),
            Value::Object(map) => map.get(key),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        })
    })
}
