//! What the value of a credential cannot be: mistakes that would only show as a refusal of the destination.

use crate::model::submission::CredentialName;

/// What is wrong with a value, in words that never hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfit {
    /// What it does, after the name of where it is, e.g. "ends with a line break".
    pub what: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// Why a value cannot be that of a credential, if it cannot.
pub fn unfit(name: CredentialName, value: &str) -> Option<Unfit> {
    let unfit = |what, remedy| Some(Unfit { what, remedy });
    if matches!(name, CredentialName::PrivateKey | CredentialName::HostKey) {
        return None;
    }
    if value.ends_with(['\n', '\r']) {
        return unfit(
            "ends with a line break",
            "set it without: `\"$(cat FILE)\"` drops line breaks at the end, `tr -d '\\r'` those of Windows",
        );
    }
    if value.chars().any(char::is_control) {
        return unfit(
            "holds a control character",
            "set it to the credential alone, in one line",
        );
    }
    match name {
        CredentialName::Token | CredentialName::IngestionToken | CredentialName::AudienceToken => {
            token(value)
        }
        CredentialName::Username
        | CredentialName::Password
        | CredentialName::ClientId
        | CredentialName::ClientSecret
        | CredentialName::AccessKeyId
        | CredentialName::SecretAccessKey
        | CredentialName::SessionToken
        | CredentialName::RefreshToken
        | CredentialName::RoleArn
        | CredentialName::ExternalId
        | CredentialName::ConnectionString
        | CredentialName::TenantId
        | CredentialName::PrivateKey
        | CredentialName::Passphrase
        | CredentialName::HostKey
        | CredentialName::SasUrl => None,
    }
}

/// A bearer token goes into a header as it is (RFC 6750 section 2.1).
fn token(value: &str) -> Option<Unfit> {
    let scheme = value.split_whitespace().next().unwrap_or_default();
    let what = if scheme.eq_ignore_ascii_case("bearer") && scheme.len() < value.trim_end().len() {
        "begins with `Bearer`, which is put before the token when it is sent"
    } else if value.contains(char::is_whitespace) {
        "holds a blank"
    } else if !value.is_ascii() {
        "holds a character beyond ASCII, which no header carries"
    } else {
        return None;
    };
    Some(Unfit {
        what,
        remedy: "set it to the token alone",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(name: CredentialName, value: &str) -> &'static str {
        unfit(name, value).map_or("", |unfit| unfit.what)
    }

    #[test]
    fn a_token_is_one_word_without_its_scheme() {
        let token = |value| what(CredentialName::Token, value);
        assert_eq!(token("Bearer.Canary-7Zq9=="), "");
        assert_eq!(token("bearer"), "");
        for value in ["Bearer abc", "bearer  abc", " BEARER abc"] {
            assert!(token(value).starts_with("begins with `Bearer`"), "{value}");
        }
        assert_eq!(token("abc "), "holds a blank");
        assert!(token("schlüssel").starts_with("holds a character beyond ASCII"));
    }

    #[test]
    fn no_credential_holds_a_line_break() {
        let lines = [CredentialName::PrivateKey, CredentialName::HostKey];
        for name in CredentialName::ALL
            .into_iter()
            .filter(|name| !lines.contains(name))
        {
            assert_eq!(what(name, "abc\n"), "ends with a line break", "{name:?}");
            assert_eq!(what(name, "abc\r"), "ends with a line break", "{name:?}");
            assert_eq!(
                what(name, "a\u{7}c"),
                "holds a control character",
                "{name:?}"
            );
        }
        assert_eq!(what(CredentialName::Password, "Bearer ü b:c"), "");
    }
}
