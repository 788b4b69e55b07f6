//! The client of a token endpoint (RFC 6749): its credentials, what it asks, and what it learns of an answer. What a
//! request and an answer look like is told by a [`TokenEndpoint`].

use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use serde_json::{Map, Value};

use crate::model::record::{RawAnswer, TokenGrant};
use crate::model::redact::Redactor;
use crate::model::sdk::REDIRECT_URIS;
use crate::model::secret::{NamedSecret, Secret};
use crate::model::token::{TokenMessage, TokenReading, UNKNOWN_SCOPE};
use crate::wire::auth::near_miss::name_of;
use crate::wire::auth::{Authorization, basic, random_text};
use crate::wire::request::{AsClient, TokenAsk};

/// What is recorded in place of a run's access token.
pub(crate) const ACCESS_TOKEN: &str = "access_token";

/// What is recorded in place of a refresh token.
pub(crate) const REFRESH_TOKEN: &str = "refresh_token";

/// How tokens are taken.
#[derive(Clone)]
pub struct OAuth2Setup {
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: Secret,
    /// User name and password of the password grant.
    pub owner: Option<(String, Secret)>,
    /// What the first token is taken by, where a person has logged in.
    pub refresh_token: Option<Secret>,
    /// Further fields of `authData`.
    pub fields: Vec<(String, AuthField)>,
    /// How the endpoint is asked and read.
    pub endpoint: Arc<dyn TokenEndpoint>,
}

/// A field of `authData`.
#[derive(Debug, Clone)]
pub enum AuthField {
    /// A value anybody may see.
    Plain(Value),
    /// A secret.
    Secret(NamedSecret),
}

impl AuthField {
    /// What templates read. It may be a secret in the clear: hand it to a template and to nothing else.
    pub fn for_templates(&self) -> Value {
        match self {
            AuthField::Plain(value) => value.clone(),
            AuthField::Secret(named) => named.secret.expose().into(),
        }
    }
}

/// Makes token requests and reads their answers; opens nothing.
pub trait TokenEndpoint: Send + Sync {
    /// Its URL, for a request that cannot be made.
    fn url(&self) -> &str;

    /// The grant by which tokens are taken.
    fn grant(&self) -> TokenGrant;

    /// Whether the client authenticates in a Basic header.
    fn client_in_header(&self) -> bool;

    /// Whether a token that ends is renewed by a refresh token.
    fn refreshes(&self) -> bool;

    /// The request of a grant for these fields of `authData`.
    ///
    /// # Errors
    /// In words, when it cannot be made.
    fn request(&self, grant: TokenGrant, auth_data: Value) -> Result<TokenMessage, String>;

    /// What an answer gives.
    fn read(&self, answer: &RawAnswer) -> TokenReading;
}

/// The line of a file that keeps a token for its owner.
pub fn line(token: &Secret) -> String {
    format!("{}\n", token.expose())
}

/// What is asked of a token endpoint, and by what.
pub(crate) struct Asking {
    pub(crate) ask: TokenAsk,
    pub(crate) grant: TokenGrant,
    /// The refresh token, where the grant takes one.
    pub(crate) refresh: Option<Secret>,
    /// The code that a person's login gave, and the redirect URI that it was sent to.
    pub(crate) code: Option<(Secret, String)>,
}

/// A token request with what authenticates it.
pub(crate) struct Prepared {
    pub(crate) grant: TokenGrant,
    pub(crate) request: TokenMessage,
    pub(crate) authorization: Option<Authorization>,
}

impl OAuth2Setup {
    pub(crate) fn teach(&self, redactor: &Redactor) {
        let name = "client_secret";
        redactor.learn(&NamedSecret::new(name, self.client_secret.clone()));
        basic::teach_pair(redactor, "client", &self.client_id, &self.client_secret);
        for (_, field) in &self.fields {
            if let AuthField::Secret(named) = field {
                redactor.learn(named);
            }
        }
        if let Some((_, password)) = &self.owner {
            redactor.learn(&NamedSecret::new("password", password.clone()));
        }
        if let Some(token) = &self.refresh_token {
            redactor.learn(&NamedSecret::new(REFRESH_TOKEN, token.clone()));
        }
    }

    /// The grant of what is asked.
    pub(crate) fn grant(&self, ask: TokenAsk) -> TokenGrant {
        match ask {
            TokenAsk::Valid
            | TokenAsk::WrongSecret
            | TokenAsk::Near(_)
            | TokenAsk::UnknownScope => self.endpoint.grant(),
            TokenAsk::UnsupportedGrant => TokenGrant::Unsupported,
            TokenAsk::WrongPassword => TokenGrant::Password,
            TokenAsk::Refresh(_) | TokenAsk::WrongRefreshToken => TokenGrant::RefreshToken,
            TokenAsk::WrongCode => TokenGrant::AuthorizationCode,
        }
    }

    /// The token request for what is asked.
    pub(crate) fn prepare(
        &self,
        redactor: &Redactor,
        asking: &Asking,
        rng: &mut ChaCha20Rng,
    ) -> Result<Prepared, String> {
        let (ask, grant) = (asking.ask, asking.grant);
        let mut shown = String::new();
        let (id, secret) = match ask.client() {
            AsClient::Itself => (self.client_id.clone(), self.client_secret.clone()),
            AsClient::WrongSecret => (self.client_id.clone(), Secret::new(random_text(rng, 32))),
            AsClient::Near(miss) => {
                let near;
                (near, shown) = miss.of_secret(redactor, "client_secret", &self.client_secret);
                let secret = match miss.is_of_another() {
                    true => self.client_secret.clone(),
                    false => near,
                };
                (name_of(miss, &self.client_id), secret)
            }
        };
        let mut auth_data = self.auth_data(&id, &secret);
        auth_data.extend(self.granting(asking, rng));
        let request = self.endpoint.request(grant, Value::Object(auth_data))?;
        let mut headers = request.headers.iter();
        let is_own = headers.any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let in_header = self.endpoint.client_in_header() && !is_own;
        Ok(Prepared {
            grant,
            request,
            authorization: in_header.then(|| by_header(redactor, ask, &id, (&secret, &shown))),
        })
    }

    fn auth_data(&self, id: &str, secret: &Secret) -> Map<String, Value> {
        let fields = self.fields.iter();
        let mut data: Map<_, _> = fields
            .map(|(name, field)| (name.clone(), field.for_templates()))
            .collect();
        // whatever is configured, a wrong secret is sent in the place of the right one
        data.insert("clientId".to_owned(), id.into());
        data.insert("clientSecret".to_owned(), secret.expose().into());
        data
    }

    /// What a grant takes besides the client. What is made up opens nothing and is recorded as it is.
    fn granting(&self, asking: &Asking, rng: &mut ChaCha20Rng) -> Map<String, Value> {
        let mut data = Map::new();
        let mut put = |name: &str, value: &str| data.insert(name.to_owned(), value.into());
        if let Some((user, password)) = &self.owner {
            put("username", user);
            put("password", password.expose());
        }
        if let Some(token) = &asking.refresh {
            put("refreshToken", token.expose());
        }
        if let Some((code, redirect_uri)) = &asking.code {
            put("code", code.expose());
            put("redirectUri", redirect_uri);
        }
        match asking.ask {
            TokenAsk::UnknownScope => put("scope", UNKNOWN_SCOPE),
            TokenAsk::WrongPassword => put("password", &random_text(rng, 24)),
            TokenAsk::WrongRefreshToken => put("refreshToken", &random_text(rng, 40)),
            TokenAsk::WrongCode => {
                put("redirectUri", REDIRECT_URIS[0]);
                put("code", &random_text(rng, 40))
            }
            TokenAsk::Valid
            | TokenAsk::Refresh(_)
            | TokenAsk::WrongSecret
            | TokenAsk::Near(_)
            | TokenAsk::UnsupportedGrant => None,
        };
        data
    }

    /// An answer, read; its secrets are taught to the redactor before anything else sees it.
    pub(crate) fn read(&self, redactor: &Redactor, answer: &RawAnswer) -> TokenReading {
        let reading = self.endpoint.read(answer);
        if let Ok(issued) = &reading.issued {
            redactor.learn(&NamedSecret::new(ACCESS_TOKEN, issued.token.clone()));
            if let Some(refresh) = &issued.refresh {
                redactor.learn(&NamedSecret::new(REFRESH_TOKEN, refresh.clone()));
            }
        }
        for named in &reading.others {
            redactor.learn(named);
        }
        reading
    }
}

/// The client in a Basic header; one with a flaw opens nothing and is recorded as it is.
fn by_header(
    redactor: &Redactor,
    ask: TokenAsk,
    id: &str,
    (secret, shown): (&Secret, &str),
) -> Authorization {
    match ask.client() {
        AsClient::Itself => basic::valid(redactor, "client", id, secret),
        AsClient::WrongSecret => basic::open(id, secret),
        AsClient::Near(miss) => basic::nearly(redactor, ("client", miss), id, (secret, shown)),
    }
}
