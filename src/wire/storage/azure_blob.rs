//! Azure Blob Storage by connection string (reference 2.7).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use object_store::azure::MicrosoftAzureBuilder;

use crate::model::near_miss::NearMiss;
use crate::model::redact::Redactor;
use crate::model::secret::{NamedSecret, Secret};
use crate::wire::storage::http::Connector;
use crate::wire::storage::object::{Objects, refused, retries};
use crate::wire::storage::{Login, Means, OpenedStorage, unusable};

/// The name under which a record shows the key of an account.
const ACCOUNT_KEY: &str = "connection_string.AccountKey";

/// A container and what it is reached with.
#[derive(Clone)]
pub struct AzureBlobSetup {
    /// URI of the account, as the configuration has it.
    pub account: String,
    /// Container.
    pub container: String,
    /// Folder in it.
    pub folder: String,
    /// URL of the service instead of the account's own.
    pub endpoint: Option<String>,
    /// `DefaultEndpointsProtocol=…;AccountName=…;AccountKey=…`
    pub connection_string: Secret,
}

/// A part of a connection string; names are read whatever their case.
fn part(connection: &Secret, name: &str) -> Option<String> {
    let parts = connection.expose().split(';');
    let mut named = parts.filter_map(|part| part.split_once('='));
    let (_, value) = named.find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?;
    Some(value.trim().to_owned())
}

impl AzureBlobSetup {
    /// Where the files are; nothing of an account that the connection string does not name.
    pub(crate) fn known_host(&self) -> String {
        let named = part(&self.connection_string, "AccountName");
        named.map_or_else(String::new, |_| self.host())
    }

    /// The connection string comes first, then the submission, then the configuration.
    fn host(&self) -> String {
        let named = part(&self.connection_string, "BlobEndpoint");
        let named = named.or_else(|| self.endpoint.clone());
        named.unwrap_or_else(|| self.account.clone())
    }

    pub(crate) fn open(&self, login: Login, means: &Means, redactor: &Redactor) -> OpenedStorage {
        let lacking = |name: &str| unusable(format!("`connection_string` without `{name}=…`"));
        let connection = &self.connection_string;
        let account = part(connection, "AccountName").ok_or_else(|| lacking("AccountName"))?;
        let key = part(connection, "AccountKey").ok_or_else(|| lacking("AccountKey"))?;
        if STANDARD.decode(&key).is_err() {
            return Err(unusable("an `AccountKey` that is no Base64"));
        }
        let endpoint = self.host();
        let mut builder = MicrosoftAzureBuilder::new()
            .with_account(account_of(login, account))
            .with_container_name(&self.container)
            .with_allow_http(true)
            .with_retry(retries(means.time_limit))
            .with_http_connector(Connector(means.http.clone()));
        if endpoint.starts_with("http") {
            builder = builder.with_endpoint(endpoint.trim_end_matches('/').to_owned());
        }
        let builder = match login {
            Login::Anonymous => builder.with_skip_signature(true),
            Login::Valid => builder.with_access_key(key),
            Login::Near(miss) => builder.with_access_key(near(miss, redactor, key)),
        };
        let store = builder.build().map_err(|error| refused(&error))?;
        Ok(Arc::new(Objects::new(store, &self.folder)))
    }
}

fn account_of(login: Login, account: String) -> String {
    match login {
        Login::Near(NearMiss::OtherUser) => format!("{account}x"),
        Login::Valid | Login::Anonymous | Login::Near(_) => account,
    }
}

/// A key that is nearly right is Base64 still: the sign before its padding is another.
fn near(miss: NearMiss, redactor: &Redactor, key: String) -> String {
    if miss == NearMiss::OtherUser {
        return key;
    }
    let (body, padding) = key.split_at(key.trim_end_matches('=').len());
    let (near, _) = miss.of_secret(redactor, ACCOUNT_KEY, &Secret::new(body));
    let near = format!("{}{padding}", near.expose());
    redactor.learn_near_miss(&NamedSecret::new(
        format!("{ACCOUNT_KEY}, {}", miss.words()),
        Secret::new(near.clone()),
    ));
    near
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn a_key_may_hold_the_sign_that_parts_names_from_values() {
        let text =
            "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=aGVs/bG8=;EndpointSuffix=x";
        let text = Secret::new(text);
        assert_eq!(part(&text, "AccountKey").unwrap(), "aGVs/bG8=");
        assert_eq!(part(&text, "accountname").unwrap(), "acct");
        assert_eq!(part(&text, "BlobEndpoint"), None);
    }
}
