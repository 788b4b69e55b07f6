//! Signs a statement as `ssh-keygen -Y sign` does (PROTOCOL.sshsig), so that stock tools verify it.

use ssh_key::{HashAlg, LineEnding, PrivateKey};

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The file is no private key of OpenSSH.
    #[error("expected a private key of OpenSSH, received something else")]
    NoKey,
    /// It is protected by a passphrase.
    #[error("expected a key without a passphrase, received one with")]
    Locked,
    /// The key cannot sign.
    #[error("cannot sign with a key of type `{0}`")]
    Kind(String),
}

/// The signature of bytes by a private key, in the armour of OpenSSH.
///
/// # Errors
/// When the key cannot be read or cannot sign.
pub fn sign(key: &str, namespace: &str, bytes: &[u8]) -> Result<String, SignError> {
    let key = PrivateKey::from_openssh(key).map_err(|_| SignError::NoKey)?;
    if key.is_encrypted() {
        return Err(SignError::Locked);
    }
    let kind = |_| SignError::Kind(key.algorithm().to_string());
    let signed = key.sign(namespace, HashAlg::Sha512, bytes).map_err(kind)?;
    signed.to_pem(LineEnding::LF).map_err(kind)
}
