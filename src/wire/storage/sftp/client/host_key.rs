//! The host key that a partner announces: public keys as OpenSSH writes them, or fingerprints. Pure.

use std::str::FromStr;

use russh::keys::ssh_key::Fingerprint;
use russh::keys::{Algorithm, HashAlg, PublicKey};

use super::error::SftpError;

/// The keys of one server. Names of hosts beside them, as in `known_hosts`, are not compared: the keys are given for
/// this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostKey {
    keys: Vec<PublicKey>,
    fingerprints: Vec<Fingerprint>,
}

/// Kinds of keys without the hash that an RSA key is used with.
pub(super) fn same_kind(one: &Algorithm, other: &Algorithm) -> bool {
    let rsa = |kind: &Algorithm| matches!(kind, Algorithm::Rsa { .. });
    one == other || (rsa(one) && rsa(other))
}

pub(super) fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

impl HostKey {
    /// Nothing when a key is one of the announced, else what is wrong with it.
    pub(super) fn complaint(&self, received: &PublicKey) -> Option<SftpError> {
        let print = received.fingerprint(HashAlg::Sha256);
        let mut keys = self.keys.iter();
        let known = keys.any(|key| key.key_data() == received.key_data());
        if known || self.fingerprints.contains(&print) {
            return None;
        }
        let algorithm = received.algorithm();
        let mut keys = self.keys.iter();
        let same = keys.find(|key| same_kind(&key.algorithm(), &algorithm));
        let (algorithm, received) = (algorithm.as_str().to_owned(), print.to_string());
        Some(match same {
            Some(key) => SftpError::HostKeyChanged {
                algorithm,
                expected: fingerprint(key),
                received,
            },
            None => SftpError::HostKeyUnknown {
                expected: self.announced(),
                algorithm,
                received,
            },
        })
    }

    /// Whether a key of this kind may be among the announced.
    pub(super) fn may_have(&self, algorithm: &Algorithm) -> bool {
        let mut keys = self.keys.iter();
        keys.any(|key| same_kind(&key.algorithm(), algorithm))
    }

    /// Whether a key of any kind may be meant.
    pub(super) fn has_fingerprints(&self) -> bool {
        !self.fingerprints.is_empty()
    }

    fn announced(&self) -> String {
        let keys = self.keys.iter().map(fingerprint);
        let prints = self.fingerprints.iter().map(ToString::to_string);
        let quoted: Vec<String> = keys.chain(prints).map(|p| format!("`{p}`")).collect();
        quoted.join(" or ")
    }
}

impl FromStr for HostKey {
    type Err = SftpError;

    fn from_str(text: &str) -> Result<Self, SftpError> {
        let mut own = Self {
            keys: Vec::new(),
            fingerprints: Vec::new(),
        };
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let unreadable = SftpError::HostKeyUnreadable { line: at + 1 };
            if let Some(print) = printed(line) {
                own.fingerprints.push(print);
            } else {
                own.keys.push(public(line).ok_or(unreadable)?);
            }
        }
        if own.keys.is_empty() && own.fingerprints.is_empty() {
            return Err(SftpError::HostKeyUnreadable { line: 1 });
        }
        Ok(own)
    }
}

/// A fingerprint, also among the words that `ssh-keygen -l` prints around it.
fn printed(line: &str) -> Option<Fingerprint> {
    let mut words = line.split_whitespace();
    let print = words.find(|word| word.starts_with("SHA256:"))?;
    print.trim_end_matches('=').parse().ok()
}

/// A public key, with or without host names before it.
fn public(line: &str) -> Option<PublicKey> {
    if line.starts_with('@') {
        return None;
    }
    let words: Vec<&str> = line.split_whitespace().take(3).collect();
    words
        .windows(2)
        .find_map(|pair| PublicKey::from_openssh(&pair.join(" ")).ok())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    const ONE: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const TWO: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK2pr+Bfus1hvPof4Wb/plZCzSbqadHH0u+/f4ODtKnE";

    fn key(line: &str) -> PublicKey {
        PublicKey::from_openssh(line).unwrap()
    }

    #[test]
    fn every_form_of_a_host_key_is_read() {
        let print = fingerprint(&key(ONE));
        for text in [
            ONE.to_owned(),
            format!("# sftp.example.com:22 SSH-2.0\n[sftp.example.com]:2222 {ONE}\n"),
            format!("sftp.example.com,192.0.2.7 {ONE} of the partner"),
            print.clone(),
            format!("256 {print} root@sftp.example.com (ED25519)"),
            format!("{TWO}\n{ONE}"),
        ] {
            let host_key: HostKey = text.parse().unwrap();
            assert_eq!(host_key.complaint(&key(ONE)), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_host_key_is_named_by_its_line() {
        for (text, line) in [
            ("", 1),
            ("\nMD5:aa:bb", 2),
            ("ssh-ed25519 AAAA", 1),
            ("@revoked * ssh-ed25519 AAAA", 1),
            ("SHA256:short", 1),
        ] {
            let read: Result<HostKey, _> = text.parse();
            assert_eq!(read, Err(SftpError::HostKeyUnreadable { line }), "{text}");
        }
    }

    #[test]
    fn a_changed_key_is_told_from_an_unknown_one() {
        let (one, two) = (fingerprint(&key(ONE)), fingerprint(&key(TWO)));
        let announced: HostKey = ONE.parse().unwrap();
        let said = announced.complaint(&key(TWO)).unwrap().to_string();
        assert_eq!(
            said,
            format!(
                "the ssh-ed25519 host key `{two}`, while `{one}` is announced: the key changed, or another server answers"
            )
        );
        let announced: HostKey = one.parse().unwrap();
        let said = announced.complaint(&key(TWO)).unwrap().to_string();
        assert_eq!(
            said,
            format!(
                "expected the host key `{one}`, received the unknown ssh-ed25519 host key `{two}`"
            )
        );
    }
}
