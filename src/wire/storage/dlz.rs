//! Data Landing Zone: a container of Adobe's, reached by a shared access signature (reference 2.11).

use std::sync::Arc;

use object_store::azure::MicrosoftAzureBuilder;
use url::Url;

use crate::model::near_miss::NearMiss;
use crate::model::redact::Redactor;
use crate::model::secret::Secret;
use crate::wire::storage::http::Connector;
use crate::wire::storage::object::{Objects, refused, retries};
use crate::wire::storage::{Login, Means, OpenedStorage, unusable};

/// The name under which a record shows the signature.
const SIGNATURE: &str = "sas_url.sig";

/// A container and what it is reached with.
#[derive(Clone)]
pub struct DlzSetup {
    /// Folder in the container.
    pub folder: String,
    /// `https://ACCOUNT.blob.core.windows.net/CONTAINER?sv=…&sig=…`
    pub sas_url: Secret,
}

impl DlzSetup {
    /// Where the files are; the caller takes no more of it than the host.
    pub(crate) fn host(&self) -> String {
        let url = Url::parse(self.sas_url.expose()).ok();
        url.map_or_else(String::new, |url| url.origin().ascii_serialization())
    }

    fn parameters(&self) -> Vec<(String, String)> {
        let url = Url::parse(self.sas_url.expose()).ok();
        let pairs = url.iter().flat_map(|url| url.query_pairs());
        pairs
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    }

    pub(crate) fn open(&self, login: Login, means: &Means, redactor: &Redactor) -> OpenedStorage {
        let wrong = || {
            unusable(
                "`sas_url` that is not like `https://ACCOUNT.blob.core.windows.net/CONTAINER?sv=…&sig=…`",
            )
        };
        let url = Url::parse(self.sas_url.expose()).map_err(|_| wrong())?;
        let steps: Vec<&str> = url
            .path()
            .split('/')
            .filter(|step| !step.is_empty())
            .collect();
        let (container, before) = steps.split_last().ok_or_else(wrong)?;
        let host = url.host_str().ok_or_else(wrong)?;
        let account = before.first().copied();
        let account = account
            .or_else(|| host.split('.').next())
            .ok_or_else(wrong)?;
        let endpoint = [&[url.origin().ascii_serialization().as_str()], before]
            .concat()
            .join("/");
        let builder = MicrosoftAzureBuilder::new()
            .with_account(account)
            .with_container_name(*container)
            .with_endpoint(endpoint)
            .with_allow_http(true)
            .with_retry(retries(means.time_limit))
            .with_http_connector(Connector(means.http.clone()));
        let builder = match login {
            Login::Anonymous => builder.with_skip_signature(true),
            Login::Valid => builder.with_sas_authorization(self.parameters()),
            Login::Near(miss) => builder.with_sas_authorization(self.near(miss, redactor)),
        };
        let store = builder.build().map_err(|error| refused(&error))?;
        Ok(Arc::new(Objects::new(store, &self.folder)))
    }

    fn near(&self, miss: NearMiss, redactor: &Redactor) -> Vec<(String, String)> {
        let altered = |value: String| {
            let (near, _) = miss.of_secret(redactor, SIGNATURE, &Secret::new(value));
            near.expose().to_owned()
        };
        let all = self.parameters().into_iter();
        all.map(|(name, value)| match name.as_str() {
            "sig" => (name, altered(value)),
            _ => (name, value),
        })
        .collect()
    }
}
