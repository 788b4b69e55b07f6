//! What of a credential is secret: a connection string and a signed URL name hosts as well, which stand in many an answer,
//! and a private key has lines that every key has.

use crate::model::secret::{NamedSecret, Secret};
use crate::model::submission::{CredentialName, SecretName};

/// The secret parts of a credential, each with the name that a record shows in its place.
pub fn secret_parts(name: &SecretName, secret: &Secret) -> Vec<NamedSecret> {
    let value = secret.expose();
    let part = |suffix: &str, value: &str| {
        NamedSecret::new(format!("{name}.{suffix}"), Secret::new(value))
    };
    let parts: Vec<NamedSecret> = match name {
        SecretName::Credential(CredentialName::ConnectionString) => value
            .split(';')
            .filter_map(|pair| pair.split_once('='))
            .filter(|(key, _)| ["AccountKey", "SharedAccessSignature"].contains(key))
            .map(|(key, value)| part(key, value))
            .collect(),
        SecretName::Credential(CredentialName::SasUrl) => value
            .split(['?', '&'])
            .filter_map(|pair| pair.strip_prefix("sig="))
            .map(|signature| part("sig", signature))
            .collect(),
        SecretName::Credential(CredentialName::PrivateKey) => {
            let lines = value.lines().filter(|line| !line.starts_with("-----"));
            vec![part("body", &lines.collect::<Vec<_>>().join("\n"))]
        }
        SecretName::Credential(_) | SecretName::CustomerData(_) | SecretName::AuthData(_) => {
            Vec::new()
        }
    };
    match parts.is_empty() {
        true => vec![NamedSecret::new(name.to_string(), secret.clone())],
        false => parts,
    }
}

/// The end of a shared access signature (reference 2.12), which is no secret.
pub fn signature_end(url: &Secret) -> Option<String> {
    let url = url::Url::parse(url.expose()).ok()?;
    let (_, end) = url.query_pairs().find(|(name, _)| name == "se")?;
    Some(end.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(name: CredentialName, value: &str) -> Vec<(String, String)> {
        let parts = secret_parts(&SecretName::Credential(name), &Secret::new(value));
        let shown = parts
            .iter()
            .map(|p| (p.name.clone(), p.secret.expose().to_owned()));
        shown.collect()
    }

    #[test]
    fn hosts_are_no_secrets_and_keys_are() {
        let found = parts(
            CredentialName::ConnectionString,
            "AccountName=acct;AccountKey=a2V5==;BlobEndpoint=https://storage.example.com",
        );
        assert_eq!(
            found,
            [(
                "connection_string.AccountKey".to_owned(),
                "a2V5==".to_owned()
            )]
        );
        let found = parts(
            CredentialName::SasUrl,
            "https://storage.example.com/c?sv=1&sig=abc%3D",
        );
        assert_eq!(found, [("sas_url.sig".to_owned(), "abc%3D".to_owned())]);
    }

    #[test]
    fn what_is_in_no_known_form_is_secret_as_a_whole() {
        let found = parts(CredentialName::ConnectionString, "garbage");
        assert_eq!(
            found,
            [("connection_string".to_owned(), "garbage".to_owned())]
        );
        let found = parts(CredentialName::Password, "a;AccountKey=b");
        assert_eq!(
            found,
            [("password".to_owned(), "a;AccountKey=b".to_owned())]
        );
    }
}
