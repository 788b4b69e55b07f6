//! Temporary keys of a role that an access key assumes (AWS Security Token Service, `AssumeRole`).

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use object_store::CredentialProvider;
use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::{HttpClient, HttpError, HttpRequest};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderValue};

use crate::model::record::{Failure, FailureKind, StorageResult};
use crate::model::redact::Redactor;
use crate::model::secret::{NamedSecret, Secret};
use crate::wire::storage::granted::{Grant, Granted};
use crate::wire::storage::http::{SHORT, beginning, element, note, transport};
use crate::wire::storage::patience::{Patience, is_busy};
use crate::wire::storage::s3::Role;
use crate::wire::storage::{failure, unusable};

/// By what a role is assumed, and where.
pub(super) struct Assuming {
    pub(super) role: Role,
    /// The key that assumes it.
    pub(super) key: AwsCredential,
    pub(super) region: String,
    /// URL of the service.
    pub(super) service: String,
    pub(super) http: reqwest::Client,
    pub(super) redactor: Arc<Redactor>,
}

/// A role, and the temporary key of it that is good for now.
pub(super) struct Assumed {
    by: Assuming,
    held: Granted<Arc<AwsCredential>>,
}

impl fmt::Debug for Assumed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assumed").finish_non_exhaustive()
    }
}

#[async_trait::async_trait]
impl CredentialProvider for Assumed {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let key = self.held.get(self.by.taken()).await;
        key.map_err(|why| {
            note(why);
            object_store::Error::Generic {
                store: "role",
                source: "the role is not assumed".into(),
            }
        })
    }
}

impl Assumed {
    pub(super) fn new(by: Assuming) -> Self {
        Self {
            by,
            held: Granted::new(),
        }
    }
}

impl Assuming {
    async fn taken(&self) -> Result<Grant<Arc<AwsCredential>>, StorageResult> {
        let (status, text) = self.asked().await?;
        let found = |name: &str| element(&text, name);
        let temporary = found("AccessKeyId")
            .zip(found("SecretAccessKey"))
            .zip(found("SessionToken"));
        let Some(((id, secret), token)) = temporary.filter(|_| status.is_success()) else {
            return Err(self.refused(status, &text));
        };
        for (name, value) in [
            ("role.secret_access_key", &secret),
            ("role.session_token", &token),
        ] {
            let secret = Secret::new(value.as_str());
            self.redactor.learn(&NamedSecret::new(name, secret));
        }
        let key = AwsCredential {
            key_id: id,
            secret_key: secret,
            token: Some(token),
        };
        let life = found("Expiration").and_then(|end| life(&end, SystemTime::now()));
        Ok((Arc::new(key), life))
    }

    /// Status and text of the answer.
    async fn asked(&self) -> Result<(StatusCode, String), StorageResult> {
        let client = HttpClient::new(self.http.clone());
        let failed = |error: HttpError| {
            let failure = transport(&error);
            StorageResult::Failure {
                failure: Failure {
                    text: self.cannot(&failure.text),
                    ..failure
                },
            }
        };
        let mut patience = Patience::default();
        loop {
            let response = client.execute(self.request()?).await.map_err(failed)?;
            let status = response.status();
            if patience.lasts(status, response.headers()).await {
                continue;
            }
            let text = beginning(response.into_body().bytes_stream(), SHORT).await;
            let text = text.map_err(failed)?;
            return Ok((status, String::from_utf8_lossy(&text).into_owned()));
        }
    }

    fn request(&self) -> Result<HttpRequest, StorageResult> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", "AssumeRole")
            .append_pair("Version", "2011-06-15")
            .append_pair("RoleArn", &self.role.arn)
            .append_pair("RoleSessionName", "destspec");
        if let Some(id) = &self.role.external_id {
            form.append_pair("ExternalId", id);
        }
        let url = format!("{}/", self.service);
        let mut request = HttpRequest::new(form.finish().into());
        *request.method_mut() = reqwest::Method::POST;
        *request.uri_mut() = url
            .parse()
            .map_err(|_| unusable(self.cannot(&format!("`{url}` is no address"))))?;
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, form_type);
        AwsAuthorizer::new(&self.key, "sts", &self.region)
            .try_authorize(&mut request, None)
            .map_err(|error| unusable(self.cannot(&error.to_string())))?;
        Ok(request)
    }

    /// Whoever may not assume the role is not let in, by whatever code; of a service that is busy nothing is known.
    fn refused(&self, status: StatusCode, text: &str) -> StorageResult {
        let code = element(text, "Code").unwrap_or_else(|| status.as_u16().to_string());
        let said = element(text, "Message").unwrap_or_else(|| status.to_string());
        let text = self.redactor.own(self.cannot(&format!("{code}: {said}")));
        match is_busy(status) || code == "Throttling" {
            true => failure(FailureKind::Other, &text),
            false => StorageResult::Refused {
                code: "AssumeRole".to_owned(),
                text,
            },
        }
    }

    fn cannot(&self, why: &str) -> String {
        format!("cannot assume `{}`: {why}", self.role.arn)
    }
}

/// What is left of a life.
fn life(end: &str, now: SystemTime) -> Option<Duration> {
    let end: SystemTime = end.parse::<jiff::Timestamp>().ok()?.into();
    Some(end.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_lasts_until_its_end() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(60);
        let left = |end: &str| life(end, now);
        assert_eq!(
            left("1970-01-01T01:01:00Z"),
            Some(Duration::from_secs(3600))
        );
        assert_eq!(left("1970-01-01T00:00:00Z"), Some(Duration::ZERO));
        assert_eq!(left("soon"), None);
    }
}
