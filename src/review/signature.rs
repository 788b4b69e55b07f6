//! Whether a statement is signed by somebody whom the reviewer allows: SSHSIG against a file of allowed signers, as
//! `ssh-keygen -Y verify` has it. Keys and names inside a signature are no proof of anything.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ssh_key::{Algorithm, EcdsaCurve, HashAlg, LineEnding, PublicKey, SshSig};

use crate::review::check::Decision;

/// What stands between the parts of a line.
const BLANKS: [char; 2] = [' ', '\t'];

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
    #[error("expected the key of an allowed signer, received {fingerprint}, {why}")]
    Signer {
        /// Of the key that signed.
        fingerprint: String,
        /// Why it is none.
        why: Unallowed,
    },
}

/// Why a key is not that of an allowed signer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unallowed {
    /// No policy names anybody.
    #[error(
        "for nobody is known to be: `signature.allowed_signers` of the policy (`--policy`) names a file with a line for each"
    )]
    Nobody,
    /// It is in no line.
    #[error("which is in no line of the allowed signers")]
    Unknown,
    /// Its line is for other namespaces.
    #[error("which is allowed in the namespaces `{0}` only")]
    Namespace(String),
    /// Its line begins to hold later.
    #[error("which is allowed from {0} on")]
    Early(Timestamp),
    /// Its line holds no more.
    #[error("which was allowed until {0}")]
    Expired(Timestamp),
    /// Its line names nobody whom the policy takes.
    #[error("which is allowed as `{0}`: the policy names others in `signature.principals`")]
    Principal(String),
}

impl SignatureFault {
    /// What follows where nobody is shown to have signed these bytes; nothing where only who did is not taken.
    pub fn unverified(&self) -> Option<Decision> {
        match self {
            SignatureFault::Form
            | SignatureFault::Armour
            | SignatureFault::Bytes
            | SignatureFault::Namespace { .. } => Some(Decision::Forged),
            SignatureFault::Algorithm(_) => Some(Decision::Refused),
            SignatureFault::Signer { .. } => None,
        }
    }
}

/// Reads a file of allowed signers: principals, options, key, with blanks or tabs between them, and a comment after the
/// key. An unknown option is refused.
///
/// # Errors
/// At the first line that is of another form.
pub fn signers(text: &str) -> Result<Vec<Signer>, SignersError> {
    if text.starts_with('\u{feff}') {
        let expected = "UTF-8 without a byte order mark";
        return Err(SignersError { line: 1, expected });
    }
    let lines = text.lines().enumerate();
    let lines = lines.map(|(index, line)| (index + 1, line.trim_matches(BLANKS)));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, text)| signer(text).map_err(|expected| SignersError { line, expected }))
        .collect()
}

fn signer(line: &str) -> Result<Signer, &'static str> {
    let (principals, rest) = principals(line)?;
    let (options, key) = match public_key(rest) {
        Some(key) => ("", key),
        None => {
            let (options, rest) = rest.split_at(unquoted_blank(rest)?);
            (options, public_key(rest).ok_or("a key")?)
        }
    };
    let mut signer = Signer {
        principals: principals.split(',').map(ToOwned::to_owned).collect(),
        key,
        namespaces: None,
        valid_after: None,
        valid_before: None,
    };
    for option in split(options) {
        let (name, value) = option.split_once('=').ok_or("a known option")?;
        let value = value.trim_matches('"');
        let twice = match name.to_ascii_lowercase().as_str() {
            "namespaces" => {
                let all = value.split(',').map(ToOwned::to_owned).collect();
                signer.namespaces.replace(all).is_some()
            }
            "valid-after" => signer.valid_after.replace(time(value)?).is_some(),
            "valid-before" => signer.valid_before.replace(time(value)?).is_some(),
            _ => return Err("a known option"),
        };
        if twice {
            return Err("each option once");
        }
    }
    Ok(signer)
}

/// The principals at the start of a line, which may stand in quotes, and what follows them.
fn principals(line: &str) -> Result<(String, &str), &'static str> {
    let end = line.find([' ', '\t', '"']).ok_or("principals and a key")?;
    let (start, rest) = line.split_at(end);
    let Some(quoted) = rest.strip_prefix('"') else {
        return Ok((start.to_owned(), rest.trim_start_matches(BLANKS)));
    };
    let (quoted, rest) = quoted
        .split_once('"')
        .ok_or("a quote at the end of the principals")?;
    Ok((format!("{start}{quoted}"), rest.trim_start_matches(BLANKS)))
}

/// The key that a text begins with; what follows is a comment.
fn public_key(text: &str) -> Option<PublicKey> {
    let mut words = text.split(BLANKS).filter(|word| !word.is_empty());
    let (kind, key) = (words.next()?, words.next()?);
    PublicKey::from_openssh(&format!("{kind} {key}")).ok()
}

/// Where options end.
fn unquoted_blank(text: &str) -> Result<usize, &'static str> {
    let mut quoted = false;
    let end = text.find(|c| {
        quoted ^= c == '"';
        !quoted && BLANKS.contains(&c)
    });
    end.ok_or("a key")
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
    let mut why = match allowed.is_empty() {
        true => Unallowed::Nobody,
        false => Unallowed::Unknown,
    };
    for signer in allowed
        .iter()
        .filter(|s| s.key.key_data() == key.key_data())
    {
        match signer.principal((namespace, at), principals) {
            Ok(principal) => {
                return Ok(Signed {
                    principal,
                    fingerprint: fingerprint(&key),
                });
            }
            Err(fault) => why = fault,
        }
    }
    Err(SignatureFault::Signer {
        fingerprint: fingerprint(&key),
        why,
    })
}

impl Signer {
    /// By which of these names its key may sign in that namespace at that time.
    fn principal(
        &self,
        (namespace, at): (&str, Timestamp),
        principals: &[String],
    ) -> Result<String, Unallowed> {
        if let Some(patterns) = self
            .namespaces
            .as_ref()
            .filter(|all| !matches(all, namespace))
        {
            return Err(Unallowed::Namespace(patterns.join(",")));
        }
        if let Some(after) = self.valid_after.filter(|after| at < *after) {
            return Err(Unallowed::Early(after));
        }
        if let Some(before) = self.valid_before.filter(|before| *before <= at) {
            return Err(Unallowed::Expired(before));
        }
        let taken = principals.iter().find(|one| matches(&self.principals, one));
        let unnamed = || Unallowed::Principal(self.principals.join(","));
        taken.cloned().ok_or_else(unnamed)
    }
}

/// Whether a list of patterns takes a text, as ssh_config(5) has it under PATTERNS: one that begins with `!` and fits
/// refuses it, whatever else fits.
fn matches(patterns: &[String], text: &str) -> bool {
    let fits = |pattern: &str| fits(pattern.as_bytes(), text.as_bytes());
    let refused = patterns
        .iter()
        .filter_map(|p| p.strip_prefix('!'))
        .any(fits);
    let mut others = patterns.iter().filter(|p| !p.starts_with('!'));
    !refused && others.any(|pattern| fits(pattern))
}

/// `*` is any bytes or none, `?` any byte. What came before the last `*` is never looked at again.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut from, mut star) = (0, 0, None);
    while from < text.len() {
        match (pattern.get(at), star) {
            (Some(b'*'), _) => {
                star = Some((at, from));
                at += 1;
            }
            (Some(one), _) if *one == b'?' || text.get(from) == Some(one) => {
                at += 1;
                from += 1;
            }
            (_, Some((after, taken))) => {
                star = Some((after, taken + 1));
                (at, from) = (after + 1, taken + 1);
            }
            (_, None) => return false,
        }
    }
    pattern.iter().skip(at).all(|rest| *rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_patterns_is_matched_as_ssh_has_it() {
        let taken = |list: &str| {
            let patterns: Vec<String> = list.split(',').map(ToOwned::to_owned).collect();
            matches(&patterns, "conformance@destspec.dev")
        };
        for list in [
            "*",
            "git,*@destspec.dev",
            "conformance@*",
            "c*e@d*?v",
            "conformance@destspec.dev",
            "!git,*",
        ] {
            assert!(taken(list), "{list}");
        }
        for list in [
            "",
            "git",
            "?",
            "!*",
            "*,!conf*",
            "!git",
            "*@destspec.de",
            "c*x*v",
        ] {
            assert!(!taken(list), "{list}");
        }
    }
}
