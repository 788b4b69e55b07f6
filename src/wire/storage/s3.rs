//! Amazon S3: access key, temporary key, or a role that the key assumes (reference 2.6).

use std::sync::Arc;

use object_store::aws::{AmazonS3Builder, AwsAuthorizer, AwsCredential};
use object_store::client::HttpRequest;

use crate::model::record::{Failure, StorageResult};
use crate::model::redact::Redactor;
use crate::model::secret::{NamedSecret, Secret};
use crate::wire::storage::http::{Connector, element};
use crate::wire::storage::object::{Objects, refused, retries};
use crate::wire::storage::{Login, Means, OpenedStorage, unusable};

/// The region that signs where nothing names another.
const REGION: &str = "us-east-1";

/// A bucket and what it is reached with.
#[derive(Clone)]
pub struct S3Setup {
    /// Bucket.
    pub bucket: String,
    /// Folder in it.
    pub folder: String,
    /// URL of the service instead of Amazon's own; buckets are steps of its path then.
    pub endpoint: Option<String>,
    /// Region; asked of the bucket where not given.
    pub region: Option<String>,
    /// Access key id.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Secret,
    /// Token of a temporary key.
    pub session_token: Option<Secret>,
    /// A role to assume.
    pub role: Option<Role>,
}

/// A role that an access key assumes.
#[derive(Clone)]
pub struct Role {
    /// Its Amazon resource name.
    pub arn: String,
    /// What its trust policy asks for.
    pub external_id: Option<String>,
}

/// A key that signs.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) token: Option<Secret>,
}

impl S3Setup {
    pub(crate) async fn open(
        &self,
        login: Login,
        means: &Means,
        redactor: &Redactor,
    ) -> OpenedStorage {
        let region = self.region.as_deref().unwrap_or(REGION);
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.bucket)
            .with_region(region)
            .with_allow_http(true)
            // one by one: an answer about many hides why one was refused
            .with_disable_bulk_delete(true)
            .with_retry(retries(means.time_limit))
            .with_http_connector(Connector(means.http.clone()));
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        builder = match self.key(login, redactor) {
            None => builder.with_skip_signature(true),
            Some(key) => {
                let key = match &self.role {
                    Some(role) => self.assumed(role, key, region, means, redactor).await?,
                    None => key,
                };
                signed(builder, &key)
            }
        };
        let store = builder.build().map_err(|error| refused(&error))?;
        Ok(Arc::new(Objects::new(store, &self.folder)))
    }

    fn token_service(&self, region: &str) -> String {
        let own = || format!("https://sts.{region}.amazonaws.com");
        self.endpoint.clone().unwrap_or_else(own)
    }

    /// Who gives out temporary keys, where a role is assumed, and where the files are.
    pub(crate) fn hosts(&self) -> (Option<String>, String) {
        let region = self.region.as_deref().unwrap_or(REGION);
        let own = || format!("https://s3.{region}.amazonaws.com");
        let login = self.role.as_ref().map(|_| self.token_service(region));
        (login, self.endpoint.clone().unwrap_or_else(own))
    }

    fn key(&self, login: Login, redactor: &Redactor) -> Option<Key> {
        let key = Key {
            id: self.access_key_id.clone(),
            secret: self.secret_access_key.clone(),
            token: self.session_token.clone(),
        };
        key.of_login(login, redactor)
    }

    /// Temporary keys of the role (AWS Security Token Service, `AssumeRole`).
    async fn assumed(
        &self,
        role: &Role,
        key: Key,
        region: &str,
        means: &Means,
        redactor: &Redactor,
    ) -> Result<Key, StorageResult> {
        let url = format!("{}/", self.token_service(region));
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", "AssumeRole")
            .append_pair("Version", "2011-06-15")
            .append_pair("RoleArn", &role.arn)
            .append_pair("RoleSessionName", "destspec");
        if let Some(id) = &role.external_id {
            form.append_pair("ExternalId", id);
        }
        let cannot = |why: &str| format!("cannot assume `{}`: {why}", role.arn);
        let failed = |failure: Failure| StorageResult::Failure {
            failure: Failure {
                text: cannot(&failure.text),
                ..failure
            },
        };
        let mut request = HttpRequest::new(form.finish().into());
        *request.method_mut() = reqwest::Method::POST;
        *request.uri_mut() = url
            .parse()
            .map_err(|_| unusable(cannot(&format!("`{url}` is no address"))))?;
        let form_type =
            reqwest::header::HeaderValue::from_static("application/x-www-form-urlencoded");
        request
            .headers_mut()
            .insert(reqwest::header::CONTENT_TYPE, form_type);
        AwsAuthorizer::new(&credential(&key), "sts", region)
            .try_authorize(&mut request, None)
            .map_err(|error| unusable(cannot(&error.to_string())))?;
        let client = object_store::client::HttpClient::new(means.http.clone());
        let response = client.execute(request).await;
        let response = response.map_err(|error| failed(super::http::transport(&error)))?;
        let status = response.status();
        let text = response.into_body().bytes().await;
        let text = text.map_err(|error| failed(super::http::transport(&error)))?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let found = |name: &str| element(&text, name);
        let temporary = found("AccessKeyId")
            .zip(found("SecretAccessKey"))
            .zip(found("SessionToken"));
        let Some(((id, secret), token)) = temporary.filter(|_| status.is_success()) else {
            let code = found("Code").unwrap_or_else(|| status.as_u16().to_string());
            let said = found("Message").unwrap_or_else(|| status.to_string());
            // whoever may not assume the role is not let in, by whatever code
            return Err(StorageResult::Refused {
                code: "AssumeRole".to_owned(),
                text: redactor.own(cannot(&format!("{code}: {said}"))),
            });
        };
        let learnt = |name: &str, value: String| {
            let secret = Secret::new(value);
            redactor.learn(&NamedSecret::new(name, secret.clone()));
            secret
        };
        Ok(Key {
            id,
            secret: learnt("role.secret_access_key", secret),
            token: Some(learnt("role.session_token", token)),
        })
    }
}

impl Key {
    /// The key with which somebody logs in; nothing where that is nobody.
    pub(crate) fn of_login(self, login: Login, redactor: &Redactor) -> Option<Key> {
        match login {
            Login::Valid => Some(self),
            Login::Anonymous => None,
            Login::Near(miss) if miss.is_of_another() => Some(Key {
                id: format!("{}X", self.id),
                ..self
            }),
            Login::Near(miss) => {
                let (secret, _) = miss.of_secret(redactor, "secret_access_key", &self.secret);
                Some(Key { secret, ..self })
            }
        }
    }
}

/// A store that signs with this key.
pub(crate) fn signed(builder: AmazonS3Builder, key: &Key) -> AmazonS3Builder {
    let provider = object_store::StaticCredentialProvider::new(credential(key));
    builder.with_credentials(Arc::new(provider))
}

fn credential(key: &Key) -> AwsCredential {
    AwsCredential {
        key_id: key.id.clone(),
        secret_key: key.secret.expose().to_owned(),
        token: key.token.as_ref().map(|token| token.expose().to_owned()),
    }
}
