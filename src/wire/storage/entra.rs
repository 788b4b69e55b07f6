//! Access tokens for storages of Azure: the client credentials grant of Entra ID (RFC 6749 section 4.4).

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Response};
use serde::Deserialize;

use crate::model::percent::encoded;
use crate::model::record::{Failure, FailureKind, StorageResult};
use crate::model::redact::Redactor;
use crate::model::secret::{NamedSecret, Secret};
use crate::wire::http;
use crate::wire::storage::failure;
use crate::wire::storage::granted::{Grant, Granted};
use crate::wire::storage::http::{SHORT, beginning};
use crate::wire::storage::patience::{Patience, is_busy};

/// What a token for storages is asked for.
const SCOPE: &str = "https://storage.azure.com/.default";

/// Whose tokens are asked for, and where.
pub(super) struct Asked<'a> {
    /// URL of the service.
    pub(super) authority: &'a str,
    /// Directory of the service principal.
    pub(super) tenant: &'a str,
    /// The service principal.
    pub(super) client: &'a str,
    /// Its secret.
    pub(super) secret: &'a Secret,
}

/// A service principal and its token.
pub(super) struct Principal {
    http: Client,
    url: String,
    form: Secret,
    redactor: Arc<Redactor>,
    held: Granted<Secret>,
}

/// What a token service answers (RFC 6749 sections 5.1 and 5.2).
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: Option<String>,
    #[serde(default)]
    expires_in: Option<Number>,
    error: Option<String>,
}

/// Some services write numbers as texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Text(String),
    Number(u64),
}

impl Principal {
    pub(super) fn new(http: Client, asked: &Asked<'_>, redactor: &Arc<Redactor>) -> Self {
        let tenant = encoded(asked.tenant);
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials")
            .append_pair("client_id", asked.client)
            .append_pair("client_secret", asked.secret.expose())
            .append_pair("scope", SCOPE);
        Self {
            http,
            url: format!("{}/{tenant}/oauth2/v2.0/token", asked.authority),
            form: Secret::new(form.finish()),
            redactor: Arc::clone(redactor),
            held: Granted::new(),
        }
    }

    /// A token that is good for now.
    ///
    /// # Errors
    /// The service refuses, or could not be judged.
    pub(super) async fn token(&self) -> Result<Secret, StorageResult> {
        self.held.get(self.taken()).await
    }

    /// Gives up a token that is not taken any more.
    pub(super) async fn forget(&self, token: &Secret) {
        self.held.forget(|held| held == token).await;
    }

    async fn taken(&self) -> Result<Grant<Secret>, StorageResult> {
        let answer = self.asked().await?;
        let status = answer.status();
        let bytes = beginning(answer.bytes_stream(), SHORT).await;
        let bytes = bytes.unwrap_or_default();
        let told: Option<TokenAnswer> = serde_json::from_slice(&bytes).ok();
        match told {
            Some(TokenAnswer {
                access_token: Some(token),
                expires_in,
                ..
            }) if status.is_success() => {
                let token = Secret::new(token);
                self.redactor
                    .learn(&NamedSecret::new("access_token", token.clone()));
                Ok((token, expires_in.and_then(|life| life.seconds())))
            }
            // of another answer nothing is shown but its code: it may hold a token
            told => {
                let number = status.as_u16().to_string();
                let text = format!("the token service answered {number}");
                let code = told.and_then(|told| told.error).unwrap_or(number);
                Err(match is_busy(status) {
                    true => failure(FailureKind::Other, &text),
                    false => StorageResult::Refused {
                        code: self.redactor.own(code),
                        text,
                    },
                })
            }
        }
    }

    async fn asked(&self) -> Result<Response, StorageResult> {
        let mut patience = Patience::default();
        loop {
            let request = self
                .http
                .post(&self.url)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(self.form.expose().to_owned());
            let answer = request.send().await.map_err(unanswered)?;
            if !patience.lasts(answer.status(), answer.headers()).await {
                return Ok(answer);
            }
        }
    }
}

impl Number {
    fn seconds(&self) -> Option<Duration> {
        let seconds = match self {
            Self::Number(seconds) => Some(*seconds),
            Self::Text(text) => text.parse().ok(),
        };
        seconds.map(Duration::from_secs)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it maps an error")]
fn unanswered(error: reqwest::Error) -> StorageResult {
    let failure = http::failure(&error, false);
    let text = format!("the token service gave no answer: {}", failure.text);
    StorageResult::Failure {
        failure: Failure { text, ..failure },
    }
}
