//! Amazon S3: access key, temporary key, or a role that the key assumes (reference 2.6).

use std::sync::Arc;

use object_store::aws::{AmazonS3Builder, AwsCredential, Checksum};
use url::Url;

use crate::model::redact::Redactor;
use crate::model::secret::Secret;
use crate::wire::storage::http::Connector;
use crate::wire::storage::object::{Objects, refused, retries};
use crate::wire::storage::role::{Assumed, Assuming};
use crate::wire::storage::{Login, Means, OpenedStorage};

/// The region that signs where nothing names another.
const REGION: &str = "us-east-1";

/// How regions in China begin, which are a partition of their own.
const CHINA: &str = "cn-";

/// How Amazon's hosts end, and those in China.
const SUFFIXES: [&str; 2] = ["amazonaws.com", "amazonaws.com.cn"];

/// A bucket and what it is reached with.
#[derive(Clone)]
pub struct S3Setup {
    /// Bucket.
    pub bucket: String,
    /// Folder in it.
    pub folder: String,
    /// URL of the service instead of Amazon's own; buckets are steps of its path then.
    pub endpoint: Option<String>,
    /// Region that requests are signed for; `us-east-1` where not given, as nothing asks the bucket for its own.
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
    pub(crate) fn open(
        &self,
        login: Login,
        means: &Means,
        redactor: &Arc<Redactor>,
    ) -> OpenedStorage {
        let region = self.region.as_deref().unwrap_or(REGION);
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.bucket)
            .with_region(region)
            .with_allow_http(true)
            // a bucket whose files are locked takes none without
            .with_checksum_algorithm(Checksum::SHA256)
            // one by one: an answer about many hides why one was refused
            .with_disable_bulk_delete(true)
            .with_retry(retries(means.time_limit))
            .with_http_connector(Connector(means.http.clone()));
        // of Amazon's partitions the client knows one
        if self.endpoint.is_some() || region.starts_with(CHINA) {
            builder = builder.with_endpoint(self.files(region));
        }
        builder = match self.key(login, redactor) {
            None => builder.with_skip_signature(true),
            Some(key) => match &self.role {
                None => signed(builder, &key),
                Some(role) => builder.with_credentials(Arc::new(Assumed::new(Assuming {
                    role: role.clone(),
                    key: credential(&key),
                    region: region.to_owned(),
                    service: self.token_service(region),
                    http: means.http.clone(),
                    redactor: Arc::clone(redactor),
                }))),
            },
        };
        let store = builder.build().map_err(|error| refused(&error))?;
        Ok(Arc::new(Objects::new(store, &self.folder)))
    }

    /// Amazon's own has a host of its own for each region; another service that is like it gives out keys itself.
    fn token_service(&self, region: &str) -> String {
        match &self.endpoint {
            Some(endpoint) if !is_of_amazon(endpoint) => endpoint.clone(),
            Some(_) | None => format!("https://sts.{region}.{}", suffix(region)),
        }
    }

    fn files(&self, region: &str) -> String {
        let own = || format!("https://s3.{region}.{}", suffix(region));
        self.endpoint.clone().unwrap_or_else(own)
    }

    /// Who gives out temporary keys, where a role is assumed, and where the files are.
    pub(crate) fn hosts(&self) -> (Option<String>, String) {
        let region = self.region.as_deref().unwrap_or(REGION);
        let login = self.role.as_ref().map(|_| self.token_service(region));
        (login, self.files(region))
    }

    /// What it is reached by beside Amazon's own hosts; a region that makes another of them counts.
    pub(crate) fn hosts_of_its_own(&self) -> Vec<String> {
        let (login, files) = self.hosts();
        let is_own = |url: &String| self.endpoint.as_ref() != Some(url) && is_of_amazon(url);
        let all = login.into_iter().chain([files]);
        all.filter(|url| !is_own(url)).collect()
    }

    fn key(&self, login: Login, redactor: &Redactor) -> Option<Key> {
        let key = Key {
            id: self.access_key_id.clone(),
            secret: self.secret_access_key.clone(),
            token: self.session_token.clone(),
        };
        key.of_login(login, redactor)
    }
}

fn suffix(region: &str) -> &'static str {
    let [all, china] = SUFFIXES;
    match region.starts_with(CHINA) {
        true => china,
        false => all,
    }
}

fn is_of_amazon(endpoint: &str) -> bool {
    let url = Url::parse(endpoint).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let is_below = |suffix: &&str| {
        host.strip_suffix(*suffix)
            .is_some_and(|name| name.ends_with('.'))
    };
    SUFFIXES.iter().any(is_below)
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A bucket by an assumed role.
    pub(in crate::wire::storage) fn bucket(
        endpoint: Option<&str>,
        region: Option<&str>,
    ) -> S3Setup {
        S3Setup {
            bucket: "audiences".to_owned(),
            folder: String::new(),
            endpoint: endpoint.map(str::to_owned),
            region: region.map(str::to_owned),
            access_key_id: "AKIA".to_owned(),
            secret_access_key: Secret::new("secret"),
            session_token: None,
            role: Some(Role {
                arn: "arn:aws:iam::123456789012:role/example".to_owned(),
                external_id: None,
            }),
        }
    }

    fn hosts(region: Option<&str>, endpoint: Option<&str>) -> (Option<String>, String) {
        bucket(endpoint, region).hosts()
    }

    #[test]
    fn a_role_is_assumed_where_its_partition_gives_out_keys() {
        let told = |login: &str, files: &str| (Some(login.to_owned()), files.to_owned());
        assert_eq!(
            hosts(None, None),
            told(
                "https://sts.us-east-1.amazonaws.com",
                "https://s3.us-east-1.amazonaws.com"
            )
        );
        assert_eq!(
            hosts(Some("cn-north-1"), None),
            told(
                "https://sts.cn-north-1.amazonaws.com.cn",
                "https://s3.cn-north-1.amazonaws.com.cn"
            )
        );
        for files in [
            "https://s3.dualstack.eu-west-1.amazonaws.com",
            "https://s3-fips.eu-west-1.amazonaws.com:443/",
        ] {
            let login = "https://sts.eu-west-1.amazonaws.com";
            assert_eq!(hosts(Some("eu-west-1"), Some(files)), told(login, files));
        }
        for files in ["https://minio.example.com", "https://notamazonaws.com"] {
            assert_eq!(hosts(Some("eu-west-1"), Some(files)), told(files, files));
        }
    }
}
