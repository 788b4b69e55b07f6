//! Whether a statement is signed by somebody whom the reviewer allows: SSHSIG against a file of allowed signers, as
//! `ssh-keygen -Y verify` has it. Keys and names inside a signature are no proof of anything.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ssh_key::{Algorithm, EcdsaCurve, HashAlg, LineEnding, PublicKey, SshSig};

/// Somebody who may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    principals: Vec<String>,
    key: PublicKey,
    namespaces: Option<Vec<String>>,
    valid_after: Option<Timestamp>,
    valid_before: Option<Timestamp>,
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// By what name it is allowed.
    pub principal: String,
    /// The fingerprint of its key, as `ssh-keygen -l` prints it.
    pub fingerprint: String,
}

/// Why a file of allowed signers cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the allowed signers: expected {expected}, received something else")]
pub struct SignersError {
    /// Which line, from 1.
    pub line: usize,
    /// What should stand there.
    pub expected: &'static str,
}

/// Why a signature is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// It is no signature.
    #[error("expected an SSH signature, received something else")]
    Form,
    /// It is one, in other bytes than `ssh-keygen` writes: more may stand around it.
    #[error(
        "expected an SSH signature as `ssh-keygen` writes it and nothing else, received more bytes or others"
    )]
    Armour,
    /// Its algorithm is none that is taken.
    #[error("expected a signature by ssh-ed25519 or ecdsa-sha2-nistp256, received `{0}`")]
    Algorithm(String),
    /// It was made for something else.
    #[error("expected a signature in the namespace `{expected}`, received one in `{received}`")]
    Namespace {
        /// Ours.
        expected: String,
        /// Its own.
        received: String,
    },
    /// It does not sign these bytes.
    #[error("expected a signature of the statement, received one of other bytes")]
    Bytes,
    /// Nobody who may sign has that key, in that namespace, at that time.
    #[error("expected the key of an allowed signer, received {0}")]
    Signer(String),
}

impl SignatureFault {
    /// Whether the signature itself is wrong, and not only who made it.
    pub fn is_invalid(&self) -> bool {
        match self {
            SignatureFault::Form
            | SignatureFault::Armour
            | SignatureFault::Bytes
            | SignatureFault::Namespace { .. } => true,
            SignatureFault::Algorithm(_) | SignatureFault::Signer(_) => false,
        }
    }
}

/// Reads a file of allowed signers: principals, options, key. A pattern or an unknown option is refused.
///
/// # Errors
/// At the first line that is of another form.
pub fn signers(text: &str) -> Result<Vec<Signer>, SignersError> {
    let lines = text.lines().enumerate();
    let lines = lines.map(|(index, line)| (index + 1, line.trim()));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, text)| signer(text).map_err(|expected| SignersError { line, expected }))
        .collect()
}

fn signer(line: &str) -> Result<Signer, &'static str> {
    let (principals, rest) = line.split_once(' ').ok_or("principals and a key")?;
    if principals.contains(['*', '?', '!', '"']) {
        return Err("principals without patterns");
    }
    let rest = rest.trim_start();
    let start = ["ssh-", "ecdsa-", "sk-"]
        .iter()
        .filter_map(|kind| {
            let after = format!(" {kind}");
            if rest.starts_with(kind) {
                Some(0)
            } else {
                rest.find(&after)
            }
        })
        .min();
    let (options, key) = rest.split_at(start.ok_or("a key")?);
    let mut signer = Signer {
        principals: principals.split(',').map(ToOwned::to_owned).collect(),
        key: PublicKey::from_openssh(key.trim()).map_err(|_| "a key")?,
        namespaces: None,
        valid_after: None,
        valid_before: None,
    };
    for option in split(options.trim()) {
        let (name, value) = option.split_once('=').ok_or("a known option")?;
        let value = value.trim_matches('"');
        match name.to_ascii_lowercase().as_str() {
            "namespaces" => {
                signer.namespaces = Some(value.split(',').map(ToOwned::to_owned).collect());
            }
            "valid-after" => signer.valid_after = Some(time(value)?),
            "valid-before" => signer.valid_before = Some(time(value)?),
            _ => return Err("a known option"),
        }
    }
    Ok(signer)
}

/// Options between commas that stand in no quotes.
fn split(options: &str) -> Vec<&str> {
    let mut quoted = false;
    let parts = options.split(move |c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    parts.filter(|part| !part.is_empty()).collect()
}

/// `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, taken for UTC with or without `Z`.
fn time(text: &str) -> Result<Timestamp, &'static str> {
    let digits = text.strip_suffix('Z').unwrap_or(text);
    let whole = match digits.len() {
        8 => format!("{digits}000000"),
        12 => format!("{digits}00"),
        14 => digits.to_owned(),
        _ => return Err("a time as YYYYMMDDHHMMSSZ"),
    };
    DateTime::strptime("%Y%m%d%H%M%S", &whole)
        .and_then(|time| time.to_zoned(TimeZone::UTC))
        .map(|time| time.timestamp())
        .map_err(|_| "a time as YYYYMMDDHHMMSSZ")
}

/// The key that signed these bytes in this namespace, whoever's it is.
///
/// # Errors
/// When the signature is wrong.
pub fn signed_by(
    armoured: &[u8],
    (namespace, bytes): (&str, &[u8]),
) -> Result<PublicKey, SignatureFault> {
    let signature = SshSig::from_pem(armoured).map_err(|_| SignatureFault::Form)?;
    if !signature.reserved().is_empty() {
        return Err(SignatureFault::Form);
    }
    let p256 = Algorithm::Ecdsa {
        curve: EcdsaCurve::NistP256,
    };
    let algorithm = signature.algorithm();
    if algorithm != Algorithm::Ed25519 && algorithm != p256 {
        return Err(SignatureFault::Algorithm(algorithm.to_string()));
    }
    let whole = signature.to_pem(LineEnding::LF);
    if !whole.is_ok_and(|whole| whole.as_bytes() == armoured) {
        return Err(SignatureFault::Armour);
    }
    if signature.namespace() != namespace {
        return Err(SignatureFault::Namespace {
            expected: namespace.to_owned(),
            received: signature.namespace().to_owned(),
        });
    }
    let key = PublicKey::from(signature.public_key().clone());
    let made = key.verify(namespace, bytes, &signature);
    made.map_err(|_| SignatureFault::Bytes)?;
    Ok(key)
}

/// The fingerprint of a key, as `ssh-keygen -l` prints it.
pub fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

/// Who of the allowed signed these bytes.
///
/// # Errors
/// When the signature is wrong, or nobody who is allowed made it.
pub fn verify(
    armoured: &[u8],
    (namespace, bytes): (&str, &[u8]),
    (allowed, principals): (&[Signer], &[String]),
    at: Timestamp,
) -> Result<Signed, SignatureFault> {
    let key = signed_by(armoured, (namespace, bytes))?;
    let taken = allowed.iter().filter(|signer| {
        signer.key.key_data() == key.key_data() && signer.may(namespace) && signer.is_valid(at)
    });
    let mut taken = taken.flat_map(|signer| &signer.principals);
    let principal = taken.find(|principal| principals.contains(principal));
    let fingerprint = fingerprint(&key);
    match principal.cloned() {
        Some(principal) => Ok(Signed {
            principal,
            fingerprint,
        }),
        None => Err(SignatureFault::Signer(fingerprint)),
    }
}

impl Signer {
    fn may(&self, namespace: &str) -> bool {
        let allowed = self.namespaces.as_ref();
        allowed.is_none_or(|all| all.iter().any(|one| one == namespace))
    }

    fn is_valid(&self, at: Timestamp) -> bool {
        self.valid_after.is_none_or(|after| after <= at)
            && self.valid_before.is_none_or(|before| at < before)
    }
}
