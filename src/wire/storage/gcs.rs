//! Google Cloud Storage by HMAC keys: the S3-shaped XML API (reference 2.10). It takes no checksum headers of Amazon's and
//! no deletion of many files at once.

use std::sync::Arc;

use object_store::aws::{AmazonS3Builder, S3ConditionalPut};

use crate::model::redact::Redactor;
use crate::model::secret::Secret;
use crate::wire::storage::http::Connector;
use crate::wire::storage::object::{Objects, refused, retries};
use crate::wire::storage::s3::{Key, signed};
use crate::wire::storage::{Login, Means, OpenedStorage};

/// Google's own service.
const ENDPOINT: &str = "https://storage.googleapis.com";

/// A bucket and what it is reached with.
#[derive(Clone)]
pub struct GcsSetup {
    /// Bucket.
    pub bucket: String,
    /// Folder in it.
    pub folder: String,
    /// URL of the service instead of Google's own.
    pub endpoint: Option<String>,
    /// Access id of the HMAC key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Secret,
}

impl GcsSetup {
    /// Where the files are.
    pub(crate) fn host(&self) -> String {
        let own = || ENDPOINT.to_owned();
        self.endpoint.clone().unwrap_or_else(own)
    }

    pub(crate) fn open(&self, login: Login, means: &Means, redactor: &Redactor) -> OpenedStorage {
        let builder = AmazonS3Builder::new()
            .with_bucket_name(&self.bucket)
            .with_region("auto")
            .with_endpoint(self.host())
            .with_allow_http(true)
            .with_disable_bulk_delete(true)
            .with_conditional_put(S3ConditionalPut::Disabled)
            .with_retry(retries(means.time_limit))
            .with_http_connector(Connector(means.http.clone()));
        let key = Key {
            id: self.access_key_id.clone(),
            secret: self.secret_access_key.clone(),
            token: None,
        };
        let builder = match key.of_login(login, redactor) {
            None => builder.with_skip_signature(true),
            Some(key) => signed(builder, &key),
        };
        let store = builder.build().map_err(|error| refused(&error))?;
        Ok(Arc::new(Objects::new(store, &self.folder)))
    }
}
