//! The forms of credentials that Adobe's pages document (reference 2.6, 2.7, 2.10).

use crate::model::sdk::FileAuthentication;
use crate::model::submission::{CredentialName, Fetched, SecretName};

/// Names of those that were given in another form.
pub fn unlike(kind: FileAuthentication, fetched: &Fetched) -> Vec<String> {
    let open = |name: CredentialName| fetched.open.get(&name).map(String::as_str);
    let secret = |name: CredentialName| {
        let had = fetched.secrets.get(&SecretName::Credential(name));
        had.map(crate::model::secret::Secret::expose)
    };
    let checked = match kind {
        FileAuthentication::S3 => vec![
            (
                CredentialName::AccessKeyId,
                open(CredentialName::AccessKeyId).map(is_access_key),
            ),
            (
                CredentialName::SecretAccessKey,
                secret(CredentialName::SecretAccessKey).map(is_secret_key),
            ),
        ],
        FileAuthentication::GoogleCloudStorage => vec![
            (
                CredentialName::AccessKeyId,
                open(CredentialName::AccessKeyId).map(|id| id.len() == 61),
            ),
            (
                CredentialName::SecretAccessKey,
                secret(CredentialName::SecretAccessKey).map(is_secret_key),
            ),
        ],
        FileAuthentication::AzureConnectionString => vec![(
            CredentialName::ConnectionString,
            secret(CredentialName::ConnectionString).map(is_connection_string),
        )],
        FileAuthentication::AzureServicePrincipal
        | FileAuthentication::SftpWithPassword
        | FileAuthentication::SftpWithSshKey => Vec::new(),
    };
    let unlike = checked.into_iter().filter(|(_, fits)| *fits == Some(false));
    unlike.map(|(name, _)| name.key().to_owned()).collect()
}

/// `^[A-Z2-7]{20}$`
fn is_access_key(id: &str) -> bool {
    id.len() == 20 && id.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'))
}

/// `^[A-Za-z0-9\/\+]{40}$`
fn is_secret_key(secret: &str) -> bool {
    secret.len() == 40
        && secret
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+'))
}

/// `DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…`
fn is_connection_string(text: &str) -> bool {
    let parts: Vec<(&str, &str)> = text
        .split(';')
        .filter_map(|part| part.split_once('='))
        .collect();
    let has = |name: &str| {
        parts
            .iter()
            .any(|(key, value)| *key == name && !value.is_empty())
    };
    let https = parts.contains(&("DefaultEndpointsProtocol", "https"));
    https && has("AccountName") && has("AccountKey")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_forms_are_told_from_others() {
        assert!(is_access_key("AKIA234567ABCDEFGHIJ") && !is_access_key("AKIA1"));
        assert!(is_secret_key(&"a/".repeat(20)) && !is_secret_key(&"a-".repeat(20)));
        let full = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=bA==;EndpointSuffix=x";
        assert!(is_connection_string(full));
        assert!(!is_connection_string(&full.replace("https", "http")));
        assert!(!is_connection_string("AccountName=a;AccountKey=b"));
    }
}
