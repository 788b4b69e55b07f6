//! What a scenario asks the door to send.

use std::time::Duration;

use bytes::Bytes;

use crate::model::near_miss::NearMiss;
use crate::model::record::{ExchangeRef, Purpose};

/// A request as the scenario wants it; the door adds credentials and the run id.
#[derive(Debug, Clone)]
pub struct Request {
    /// What it is for.
    pub purpose: Purpose,
    /// Method, e.g. `POST`.
    pub method: String,
    /// Absolute URL.
    pub url: String,
    /// Headers in order; `Authorization` comes from `credential`.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Bytes,
    /// By which of the destination's accounts.
    pub account: Account,
    /// As whom.
    pub credential: Credential,
    /// Whether a refused delivery is repeated.
    pub retry: Retry,
    /// Limit for this request instead of the destination's.
    pub time_limit: Option<Duration>,
}

impl Request {
    /// A question about what was stored or ingested: a GET with the configured credentials; `accept` names the
    /// media types that can be read.
    pub fn question(url: &str, accept: &str) -> Self {
        Self {
            purpose: Purpose::Observation,
            method: String::from("GET"),
            url: url.to_owned(),
            headers: vec![(String::from("Accept"), accept.to_owned())],
            body: Bytes::new(),
            account: Account::Own,
            credential: Credential::Valid,
            retry: Retry::WhenThrottled,
            time_limit: None,
        }
    }

    /// The same question to the audience API.
    #[must_use]
    pub fn about_audiences(self) -> Self {
        Self {
            account: Account::Audiences,
            ..self
        }
    }
}

/// By which account something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// That of deliveries and of questions about them.
    Own,
    /// That of the audience API, where it has one of its own.
    Audiences,
}

/// As whom a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// As the submission configures it.
    Valid,
    /// No `Authorization` header.
    None,
    /// Well-formed and random: a token nobody issued, a user and password nobody has. Recorded as sent.
    Wrong,
    /// The valid credential under a scheme of another name: `Token` (RFC 6750 section 2.1 wants `Bearer`).
    WrongScheme,
    /// The valid credential alone, without a scheme.
    NoScheme,
    /// The valid credential with the scheme in other letter case, e.g. `bEARER` (RFC 9110 section 11.1).
    SchemeCase,
    /// Basic: the user with a wrong password. Other kinds: as [`Credential::Wrong`].
    WrongPassword,
    /// Right but for one thing.
    Near(NearMiss),
    /// The token that a token exchange of this scenario gave.
    TokenOf(ExchangeRef),
}

/// Whether a refused request is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// As Experience Platform repeats it (reference 6.2).
    AsPlatform,
    /// Where the answer says that somebody else was too fast: what Experience Platform would not send says nothing then.
    WhenThrottled,
    /// Never.
    Never,
}

/// What a scenario asks a token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenAsk {
    /// A token, as the submission configures it.
    Valid,
    /// Another one by the refresh token that a token exchange of this scenario gave; where every token is taken by a
    /// refresh token, by the newest.
    Refresh(ExchangeRef),
    /// The same with a random client secret.
    WrongSecret,
    /// The same with a client secret that is nearly right, or with the right one of a client that nobody registered.
    Near(NearMiss),
    /// The same with a grant type that does not exist.
    UnsupportedGrant,
    /// The same for a scope that nobody registered.
    UnknownScope,
    /// The password grant with a random password.
    WrongPassword,
    /// The refresh grant with a random refresh token.
    WrongRefreshToken,
    /// The authorization code grant with a random code.
    WrongCode,
}

/// As which client a token is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AsClient {
    /// The one of the submission.
    Itself,
    /// The same with a random secret.
    WrongSecret,
    /// One that is nearly right.
    Near(NearMiss),
}

impl TokenAsk {
    /// As which client it is asked.
    pub(crate) fn client(self) -> AsClient {
        match self {
            TokenAsk::Valid
            | TokenAsk::Refresh(_)
            | TokenAsk::UnsupportedGrant
            | TokenAsk::UnknownScope
            | TokenAsk::WrongPassword
            | TokenAsk::WrongRefreshToken
            | TokenAsk::WrongCode => AsClient::Itself,
            TokenAsk::WrongSecret => AsClient::WrongSecret,
            TokenAsk::Near(miss) => AsClient::Near(miss),
        }
    }
}
