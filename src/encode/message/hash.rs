//! Hashing of identities: the transformation `sha256(lower($))` (reference 4.6).

use sha2::{Digest, Sha256};

use crate::model::profile::Profile;
use crate::model::sdk::IdentityNamespace;

/// Hashes the identities of every namespace that asks for it; what is a SHA-256 already stays.
pub(crate) fn identities(profile: &mut Profile, namespaces: &[IdentityNamespace]) {
    for (name, identities) in &mut profile.identity_map {
        for known in identities {
            known.id = identity(name, std::mem::take(&mut known.id), namespaces);
        }
    }
}

/// One identity of that namespace, hashed where the namespace asks for it.
pub(crate) fn identity(namespace: &str, id: String, namespaces: &[IdentityNamespace]) -> String {
    let hashed = namespaces.iter().any(|n| n.hashed && n.name == namespace);
    if hashed && !is_hash(&id) {
        sha256_lower(&id)
    } else {
        id
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// SHA-256 of the text in lower case, in lower-case hex.
fn sha256_lower(text: &str) -> String {
    let digest = Sha256::digest(text.to_lowercase().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn namespace(name: &str, hashed: bool) -> IdentityNamespace {
        IdentityNamespace {
            name: name.to_owned(),
            accepts_attributes: false,
            accepts_custom_namespaces: false,
            hashed,
            global_namespaces: Vec::new(),
        }
    }

    #[test]
    fn only_the_namespaces_that_ask_for_it_are_hashed_and_only_once() {
        let namespaces = [namespace("email_sha256", true), namespace("Email", false)];
        let mut profile = Profile::new()
            .identity("email_sha256", "Test@Example.com")
            .identity("Email", "Test@Example.com");
        identities(&mut profile, &namespaces);
        identities(&mut profile, &namespaces);
        let ids: Vec<(&str, &str)> = profile.identities().collect();
        // printf %s test@example.com | sha256sum
        let hash = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b";
        assert_eq!(ids, [("email_sha256", hash), ("Email", "Test@Example.com")]);
    }
}
