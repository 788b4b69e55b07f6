//! The client of a token endpoint (RFC 6749): its credentials, what it asks, and what it learns of an answer. What a
//! request and an answer look like is told by a [`TokenEndpoint`].

use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use serde_json::{Map, Value};

use crate::model::record::{RawAnswer, TokenGrant};
use crate::model::redact::Redactor;
use crate::model::secret::{NamedSecret, Secret};
use crate::model::token::{TokenMessage, TokenReading};
use crate::wire::auth::near_miss::name_of;
use crate::wire::auth::{Authorization, basic, random_text};
use crate::wire::request::TokenAsk;

/// What is recorded in place of a run's access token.
pub(crate) const ACCESS_TOKEN: &str = "access_token";

/// How tokens are taken.
#[derive(Clone)]
pub struct OAuth2Setup {
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: Secret,
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

/// Makes token requests and reads their answers; opens nothing.
pub trait TokenEndpoint: Send + Sync {
    /// Its URL, for a request that cannot be made.
    fn url(&self) -> &str;

    /// The grant by which tokens are taken.
    fn grant(&self) -> TokenGrant;

    /// Whether the client authenticates in a Basic header.
    fn client_in_header(&self) -> bool;

    /// The request of a grant for these fields of `authData`.
    ///
    /// # Errors
    /// In words, when it cannot be made.
    fn request(&self, grant: TokenGrant, auth_data: Value) -> Result<TokenMessage, String>;

    /// What an answer gives.
    fn read(&self, answer: &RawAnswer) -> TokenReading;
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
    }

    /// The grant of what is asked.
    pub(crate) fn grant(&self, ask: TokenAsk) -> TokenGrant {
        match ask {
            TokenAsk::Valid | TokenAsk::WrongSecret | TokenAsk::Near(_) => self.endpoint.grant(),
            TokenAsk::UnsupportedGrant => TokenGrant::Unsupported,
        }
    }

    /// The token request for what is asked.
    pub(crate) fn prepare(
        &self,
        redactor: &Redactor,
        (ask, grant): (TokenAsk, TokenGrant),
        rng: &mut ChaCha20Rng,
    ) -> Result<Prepared, String> {
        let mut shown = String::new();
        let (id, secret) = match ask {
            TokenAsk::Valid | TokenAsk::UnsupportedGrant => {
                (self.client_id.clone(), self.client_secret.clone())
            }
            TokenAsk::WrongSecret => (self.client_id.clone(), Secret::new(random_text(rng, 32))),
            TokenAsk::Near(miss) => {
                let near;
                (near, shown) = miss.of_secret(redactor, "client_secret", &self.client_secret);
                let secret = match miss.is_of_another() {
                    true => self.client_secret.clone(),
                    false => near,
                };
                (name_of(miss, &self.client_id), secret)
            }
        };
        let request = self.endpoint.request(grant, self.auth_data(&id, &secret))?;
        let mut headers = request.headers.iter();
        let is_own = headers.any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let in_header = self.endpoint.client_in_header() && !is_own;
        Ok(Prepared {
            grant,
            request,
            authorization: in_header.then(|| by_header(redactor, ask, &id, (&secret, &shown))),
        })
    }

    fn auth_data(&self, id: &str, secret: &Secret) -> Value {
        let mut data = Map::new();
        data.insert("clientId".to_owned(), id.into());
        data.insert("clientSecret".to_owned(), secret.expose().into());
        for (name, field) in &self.fields {
            let value = match field {
                AuthField::Plain(value) => value.clone(),
                AuthField::Secret(named) => named.secret.expose().into(),
            };
            data.insert(name.clone(), value);
        }
        Value::Object(data)
    }

    /// An answer, read; its secrets are taught to the redactor before anything else sees it.
    pub(crate) fn read(&self, redactor: &Redactor, answer: &RawAnswer) -> TokenReading {
        let reading = self.endpoint.read(answer);
        if let Ok(issued) = &reading.issued {
            redactor.learn(&NamedSecret::new(ACCESS_TOKEN, issued.token.clone()));
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
    match ask {
        TokenAsk::Valid | TokenAsk::UnsupportedGrant => {
            basic::valid(redactor, "client", id, secret)
        }
        TokenAsk::WrongSecret => basic::open(id, secret),
        TokenAsk::Near(miss) => basic::nearly(redactor, ("client", miss), id, (secret, shown)),
    }
}
