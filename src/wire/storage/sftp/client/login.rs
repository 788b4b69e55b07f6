//! Proving who one is: a password, or a private key that is given as text.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use russh::client::{AuthResult, Handle};
use russh::keys::{HashAlg, PrivateKey, PrivateKeyWithHashAlg, decode_secret_key};
use russh::{Disconnect, MethodKind, MethodSet};

use super::error::{Operation, SftpError, words};
use super::handshake::{Seen, Watch};
use super::{SftpSetup, limited};

/// How PEM begins.
const ARMOUR: &str = "-----BEGIN ";

/// The secret of a user.
#[derive(Clone)]
pub enum Login {
    /// A password.
    Password(String),
    /// A private key.
    Key {
        /// In OpenSSH's format, PEM (PKCS#1, PKCS#8, SEC1) or PuTTY's; PEM may be Base64 once more.
        pem: String,
        /// What opens it, where it is encrypted.
        passphrase: Option<String>,
    },
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password([secret])",
            Self::Key { .. } => "Key([secret])",
        })
    }
}

impl Login {
    /// Whether Experience Platform takes such a secret: a key has to be of RSA and without passphrase. Here others log in,
    /// too, so that it can be told what is wrong with which side.
    ///
    /// # Errors
    /// When the key cannot be read, or is one that Experience Platform does not take.
    pub fn as_platform_takes_it(&self) -> Result<(), SftpError> {
        let Self::Key { pem, passphrase } = self else {
            return Ok(());
        };
        if encrypted(&tidy(pem)) {
            return Err(SftpError::KeyEncrypted);
        }
        let key = private_key(pem, passphrase.as_deref())?;
        if !key.algorithm().is_rsa() {
            let kind = key.algorithm().as_str().to_owned();
            return Err(SftpError::KeyKind { kind });
        }
        Ok(())
    }

    fn method(&self) -> &'static str {
        match self {
            Self::Password(_) => "password",
            Self::Key { .. } => "key",
        }
    }
}

/// A secret that is ready for use.
pub(super) enum Credential {
    Password(String),
    Key(Arc<PrivateKey>),
}

pub(super) async fn credential(login: &Login) -> Result<Credential, SftpError> {
    match login {
        Login::Password(password) => Ok(Credential::Password(password.clone())),
        Login::Key { pem, passphrase } => {
            let (pem, passphrase) = (pem.clone(), passphrase.clone());
            // a passphrase takes long to try, by design
            let read = move || private_key(&pem, passphrase.as_deref());
            let key = tokio::task::spawn_blocking(read).await;
            let key = key.map_err(|_| unreadable("its format breaks the reader"))??;
            Ok(Credential::Key(Arc::new(key)))
        }
    }
}

fn private_key(pem: &str, passphrase: Option<&str>) -> Result<PrivateKey, SftpError> {
    let pem = tidy(pem);
    if pem.starts_with("ssh-") || pem.starts_with("ecdsa-") {
        return Err(unreadable("it is a public key"));
    }
    if !pem.contains(ARMOUR) && !pem.starts_with("PuTTY-User-Key-File-") {
        return Err(unreadable("expected PEM, `-----BEGIN … PRIVATE KEY-----`"));
    }
    if pem.contains("DEK-Info: ") && !pem.contains("DEK-Info: AES-128-CBC,") {
        return Err(unreadable(
            "its encryption is outdated (`ssh-keygen -p` renews it)",
        ));
    }
    match (encrypted(&pem), passphrase) {
        (false, _) => decode_secret_key(&pem, None)
            .map_err(|_| unreadable("it is damaged, or of a kind that is not known")),
        (true, None) => Err(SftpError::PassphraseMissing),
        (true, Some(passphrase)) => {
            decode_secret_key(&pem, Some(passphrase)).map_err(|_| SftpError::PassphraseWrong)
        }
    }
}

/// Line ends of other systems, and blanks around, are not part of a key. A whole file may be Base64, as Adobe asks for.
fn tidy(pem: &str) -> String {
    let unpacked = unpacked(pem);
    let pem = unpacked.as_deref().unwrap_or(pem);
    let lines: Vec<&str> = pem.trim().lines().map(str::trim).collect();
    lines.join("\n")
}

/// The PEM that a text is the Base64 of.
fn unpacked(text: &str) -> Option<String> {
    let signs: String = text.split_whitespace().collect();
    let bytes = STANDARD.decode(signs).ok()?;
    let pem = String::from_utf8(bytes).ok()?;
    pem.contains(ARMOUR).then_some(pem)
}

fn encrypted(pem: &str) -> bool {
    let marked = pem.contains("ENCRYPTED")
        || pem.lines().any(|line| {
            line.strip_prefix("Encryption: ")
                .is_some_and(|cipher| cipher.trim() != "none")
        });
    // OpenSSH's format says it inside
    marked || PrivateKey::from_openssh(pem).is_ok_and(|key| key.is_encrypted())
}

fn unreadable(why: &'static str) -> SftpError {
    SftpError::KeyUnreadable { why }
}

/// Logs in.
pub(super) async fn prove(
    connection: &mut Handle<Watch>,
    setup: &SftpSetup,
    credential: Credential,
    seen: &Seen,
) -> Result<(), SftpError> {
    let answer = match credential {
        Credential::Password(password) => {
            let asked = connection.authenticate_password(&setup.username, password);
            limited(setup.time_limit, Operation::LogIn, asked).await?
        }
        Credential::Key(key) => by_key(connection, setup, key).await?,
    };
    let (offered, partial) = match answer {
        Ok(AuthResult::Success) => return Ok(()),
        Ok(AuthResult::Failure {
            remaining_methods,
            partial_success,
        }) => (remaining_methods, partial_success),
        Err(_) => (MethodSet::empty(), false),
    };
    Err(refused(setup, &offered, partial, seen))
}

async fn by_key(
    connection: &mut Handle<Watch>,
    setup: &SftpSetup,
    key: Arc<PrivateKey>,
) -> Result<Result<AuthResult, russh::Error>, SftpError> {
    let limit = setup.time_limit;
    let mut hash = None;
    if key.algorithm().is_rsa() {
        let asked = connection.best_supported_rsa_hash();
        let best = limited(limit, Operation::LogIn, asked).await?;
        // a server that does not say so knows SHA-2 most likely
        hash = best.ok().flatten().unwrap_or(Some(HashAlg::Sha512));
    }
    let key = PrivateKeyWithHashAlg::new(key, hash);
    let asked = connection.authenticate_publickey(&setup.username, key);
    limited(limit, Operation::LogIn, asked).await
}

fn refused(setup: &SftpSetup, offered: &MethodSet, partial: bool, seen: &Seen) -> SftpError {
    let method = setup.login.method();
    let username = words(&setup.username);
    match seen.farewell() {
        Some((Disconnect::TooManyConnections, text)) => return SftpError::SessionLimit { text },
        Some((_, text)) => {
            return SftpError::LoginEnded {
                method,
                username,
                text,
            };
        }
        None => {}
    }
    let offered = named(offered);
    if partial {
        SftpError::LoginIncomplete {
            method,
            username,
            offered,
        }
    } else {
        SftpError::LoginRefused {
            method,
            username,
            offered,
        }
    }
}

fn named(methods: &MethodSet) -> String {
    let name = |method: &MethodKind| format!("`{}`", <&str>::from(method));
    let names: Vec<String> = methods.iter().map(name).collect();
    match names.as_slice() {
        [] => "no other method".to_owned(),
        names => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use russh::keys::Algorithm;
    use russh::keys::ssh_key::LineEnding;

    use super::*;

    fn key(text: &str, passphrase: Option<&str>) -> Login {
        Login::Key {
            pem: text.to_owned(),
            passphrase: passphrase.map(ToOwned::to_owned),
        }
    }

    fn ed25519() -> PrivateKey {
        PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap()
    }

    fn read(login: &Login) -> Result<PrivateKey, SftpError> {
        match login {
            Login::Key { pem, passphrase } => private_key(pem, passphrase.as_deref()),
            Login::Password(_) => Err(unreadable("it is a password")),
        }
    }

    #[test]
    fn a_key_that_cannot_be_used_is_refused_for_its_own_reason() {
        let own = ed25519();
        let encrypted = own.encrypt(&mut rand::rng(), "open-sesame").unwrap();
        let encrypted = encrypted.to_openssh(LineEnding::CRLF).unwrap();
        let plain = own.to_openssh(LineEnding::LF).unwrap();
        assert_eq!(read(&key(&plain, None)).unwrap(), own);
        assert_eq!(read(&key(&plain, Some("idle"))).unwrap(), own);
        assert!(read(&key(&encrypted, Some("open-sesame"))).is_ok());
        let missing = read(&key(&encrypted, None));
        assert_eq!(missing, Err(SftpError::PassphraseMissing));
        let wrong = read(&key(&encrypted, Some("hunter2-hunter2")));
        assert_eq!(wrong, Err(SftpError::PassphraseWrong));
        let public = own.public_key().to_openssh().unwrap();
        assert_eq!(
            read(&key(&public, None)),
            Err(unreadable("it is a public key"))
        );
        let damaged = plain.replace('A', "B");
        let damaged = read(&key(&damaged, None));
        assert!(matches!(damaged, Err(SftpError::KeyUnreadable { .. })));
        let old =
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,00\n";
        let old = read(&key(old, Some("x")));
        assert!(matches!(old, Err(SftpError::KeyUnreadable { .. })));
    }

    #[test]
    fn a_key_file_may_be_base64_once_more() {
        let own = ed25519();
        let plain = own.to_openssh(LineEnding::LF).unwrap();
        let packed = STANDARD.encode(plain.as_bytes());
        let (first, rest) = packed.split_at(64);
        for packed in [&packed, &format!("{first}\r\n {rest}\n")] {
            assert_eq!(read(&key(packed, None)).unwrap(), own);
        }
        let encrypted = own.encrypt(&mut rand::rng(), "open-sesame").unwrap();
        let encrypted = encrypted.to_openssh(LineEnding::LF).unwrap();
        let packed = key(&STANDARD.encode(encrypted.as_bytes()), None);
        assert_eq!(packed.as_platform_takes_it(), Err(SftpError::KeyEncrypted));
        let none = read(&key(&STANDARD.encode("no key"), None));
        assert!(matches!(none, Err(SftpError::KeyUnreadable { .. })));
    }

    #[test]
    fn the_platform_takes_rsa_without_passphrase() {
        let own = ed25519();
        let plain = own.to_openssh(LineEnding::LF).unwrap();
        let kind = key(&plain, None).as_platform_takes_it().unwrap_err();
        assert_eq!(
            kind.to_string(),
            "expected an RSA key, as Experience Platform takes, received one of the kind ssh-ed25519"
        );
        let encrypted = own.encrypt(&mut rand::rng(), "open-sesame").unwrap();
        let encrypted = encrypted.to_openssh(LineEnding::LF).unwrap();
        let refused = key(&encrypted, None).as_platform_takes_it();
        assert_eq!(refused, Err(SftpError::KeyEncrypted));
        assert_eq!(
            Login::Password(String::new()).as_platform_takes_it(),
            Ok(())
        );
    }

    #[test]
    fn a_farewell_to_a_login_is_a_refusal_unless_there_are_too_many_sessions() {
        let setup = SftpSetup {
            host: "sftp.example.com".to_owned(),
            port: 22,
            username: "aoife".to_owned(),
            login: Login::Password("hunter2".to_owned()),
            host_key: None,
            time_limit: std::time::Duration::ZERO,
        };
        let told = |code| {
            let seen = Seen::ended(code, "Too many authentication failures");
            refused(&setup, &MethodSet::empty(), false, &seen)
        };
        let ended = told(Disconnect::ProtocolError);
        assert!(matches!(&ended, SftpError::LoginEnded { username, .. } if username == "aoife"));
        assert_eq!(
            ended.to_string(),
            "the server refuses the password of user `aoife`, and ends the connection: \
             Too many authentication failures"
        );
        let many = told(Disconnect::TooManyConnections);
        assert!(matches!(many, SftpError::SessionLimit { .. }));
    }
}
