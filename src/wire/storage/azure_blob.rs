//! Azure Blob Storage by connection string (reference 2.7).

use std::sync::Arc;

use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::{Engine as _, alphabet};

use object_store::azure::MicrosoftAzureBuilder;

use crate::model::near_miss::NearMiss;
use crate::model::redact::Redactor;
use crate::model::secret::{NamedSecret, Secret};
use crate::wire::auth::near_miss::other_case;
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

    /// Where the files are, of a connection string that is known; by its account alone at Microsoft's own.
    pub(crate) fn told_host(&self) -> Option<String> {
        if self.connection_string.is_mark() {
            return None;
        }
        let host = self.host();
        if host.starts_with("http") {
            return Some(host);
        }
        let account = part(&self.connection_string, "AccountName").unwrap_or_default();
        Some(format!("https://{account}.blob.core.windows.net"))
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

/// A key that is nearly right is the Base64 of bytes still, for nothing can be signed with another.
fn near(miss: NearMiss, redactor: &Redactor, key: String) -> String {
    let near = match STANDARD.decode(&key) {
        Ok(bytes) if miss != NearMiss::OtherUser => STANDARD.encode(altered(miss, bytes)),
        Ok(_) | Err(_) => return key,
    };
    redactor.learn_near_miss(&NamedSecret::new(
        format!("{ACCOUNT_KEY}, {}", miss.words()),
        Secret::new(near.clone()),
    ));
    near
}

/// The bytes of another key.
fn altered(miss: NearMiss, mut bytes: Vec<u8>) -> Vec<u8> {
    match miss {
        NearMiss::LastSign => flip(bytes.last_mut()),
        NearMiss::FirstSign => flip(bytes.first_mut()),
        NearMiss::Case => {
            return in_other_case(&bytes).unwrap_or_else(|| altered(NearMiss::LastSign, bytes));
        }
        // keys that differ in zeros at their end sign alike (RFC 2104 section 2)
        NearMiss::Prefix => while bytes.pop() == Some(0) {},
        NearMiss::Extension | NearMiss::Blank => bytes.push(b' '),
        NearMiss::Empty => bytes.clear(),
        // no key is signed, and the others are of the account's name
        NearMiss::Unsigned
        | NearMiss::OtherUser
        | NearMiss::UserPrefix
        | NearMiss::UserExtension
        | NearMiss::NoUser => {}
    }
    bytes
}

fn flip(byte: Option<&mut u8>) {
    if let Some(byte) = byte {
        *byte ^= 1;
    }
}

/// What the same signs in the other case stand for, if for anything else; bits that they hold besides the bytes are lost.
fn in_other_case(bytes: &[u8]) -> Option<Vec<u8>> {
    let swapped: String = STANDARD.encode(bytes).chars().map(other_case).collect();
    let config = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let swapped = GeneralPurpose::new(&alphabet::STANDARD, config).decode(swapped);
    swapped.ok().filter(|swapped| swapped != bytes)
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

    #[test]
    fn every_key_that_is_nearly_right_can_be_signed_with_and_is_another() {
        let redactor = Redactor::new([1; 32]);
        let mut zeros = vec![7; 64];
        zeros[62..].fill(0);
        let signs_as = |key: &str| {
            let mut bytes = STANDARD.decode(key).unwrap();
            bytes.resize(bytes.len().max(64), 0);
            bytes
        };
        let keys = [
            zeros,
            (0..64).collect(),
            vec![255; 64],
            vec![1; 32],
            vec![7],
        ];
        for key in keys.map(|bytes| STANDARD.encode(bytes)) {
            for miss in NearMiss::ALL
                .into_iter()
                .filter(|miss| !miss.is_of_another() && *miss != NearMiss::Unsigned)
            {
                let near = near(miss, &redactor, key.clone());
                assert_ne!(signs_as(&near), signs_as(&key), "{miss:?}: {near}");
            }
            assert_eq!(near(NearMiss::OtherUser, &redactor, key.clone()), key);
        }
    }
}
