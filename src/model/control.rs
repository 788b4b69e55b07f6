//! The proof of control: a text that stands at a known place of a host, and that nobody can write there who does not run the
//! host. It follows from the challenge and from the key that signs the bundle, so that neither of an earlier challenge nor
//! of somebody else it is of any use. Pure: what is asked, what must stand there, and what an answer is worth.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use crate::model::digest::Digest;
use crate::model::record::{Body, Exchange};

/// What the exchanges that ask for proofs are filed under; no scenario is called so.
pub const SCENARIO: &str = "control";

/// Where it stands: a well-known place (RFC 8615).
const FOLDER: &str = "/.well-known/destspec/";
/// What is hashed first, so that no other digest passes for a proof.
const DOMAIN: &str = "destspec-control";
/// Characters of 32 bytes in base64url without padding (RFC 4648 section 5).
const LENGTH: usize = 43;

/// A host that is reached over TLS, with its port where that is not 443. It is written in one way only: in lower case,
/// a name of other letters than ASCII in its ASCII form, without a dot at its end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ControlHost(String);

/// A text that is no host, or one in another form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a host in its plain form, e.g. {expected}, received `{received}`")]
pub struct NoHost {
    expected: String,
    received: String,
}

/// Why an answer is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ControlFault {
    /// No answer came.
    #[error("no answer: {0}")]
    Unanswered(String),
    /// It is answered otherwise than with 200; a redirect leads to where somebody else may be.
    #[error("expected 200 and the proof alone, received {0}")]
    Status(u16),
    /// What stands there is not of the form of a proof.
    #[error("expected the proof alone, received another text")]
    Form,
    /// It is a proof, and not this one.
    #[error("expected the proof of this challenge and of the key that signs, received another")]
    Other,
}

impl FromStr for ControlHost {
    type Err = NoHost;

    fn from_str(text: &str) -> Result<Self, NoHost> {
        let plain = Url::parse(&format!("https://{text}")).ok();
        let plain = plain.as_ref().and_then(of_url);
        match plain {
            Some(plain) if plain.0 == text => Ok(plain),
            Some(Self(plain)) => Err(NoHost {
                expected: format!("`{plain}`"),
                received: text.to_owned(),
            }),
            None => Err(NoHost {
                expected: String::from("`api.moonshine.example` or `localhost:8443`"),
                received: text.to_owned(),
            }),
        }
    }
}

/// The host of a URL over TLS, in its one form.
fn of_url(url: &Url) -> Option<ControlHost> {
    let host = url.host_str().filter(|_| url.scheme() == "https")?;
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let plain = |b: u8| letter(b) || matches!(b, b'.' | b'-' | b'_' | b':' | b'[' | b']');
    if host.is_empty() || host.ends_with('.') || !host.bytes().all(plain) {
        return None;
    }
    let port = url.port().map(|port| format!(":{port}"));
    Some(ControlHost(format!("{host}{}", port.unwrap_or_default())))
}

impl ControlHost {
    /// The host that a URL leads to, if it does so over TLS.
    pub fn of(url: &str) -> Option<Self> {
        of_url(&Url::parse(url).ok()?)
    }

    /// Where it has to serve the proof of the challenge with that id.
    pub fn url(&self, id: &str) -> String {
        format!("https://{}{}", self.0, path(id))
    }
}

/// The path of the proof of the challenge with that id.
pub fn path(id: &str) -> String {
    format!("{FOLDER}{id}")
}

/// Whether an id can be the last part of a path, and nothing else.
pub fn is_segment(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    id.bytes().all(plain) && !id.starts_with('.') && !id.is_empty()
}

/// What has to stand there: base64url of SHA-256 of `destspec-control`, the nonce of the challenge and the fingerprint of
/// the key that signs the bundle, as `ssh-keygen -l` prints it, with a zero byte between them.
pub fn proof(nonce: &str, fingerprint: &str) -> String {
    let hashed = [DOMAIN, nonce, fingerprint].join("\0");
    let digest: [u8; 32] = Digest::hash(hashed).into();
    URL_SAFE_NO_PAD.encode(digest)
}

/// The text of the form of a proof that an answer consists of. White space at its end is no part of it.
///
/// # Errors
/// When no answer came, or another one.
pub fn served(exchange: &Exchange) -> Result<&str, ControlFault> {
    let Some(answer) = exchange.answer() else {
        let why = exchange.failure().map(|failure| failure.text.clone());
        return Err(ControlFault::Unanswered(why.unwrap_or_default()));
    };
    if answer.status != 200 {
        return Err(ControlFault::Status(answer.status));
    }
    let text = match &answer.body {
        Body::Text(text) => text.trim_ascii_end(),
        Body::Empty | Body::Base64(_) | Body::Digest { .. } | Body::Withheld(_) => "",
    };
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if text.len() == LENGTH && text.bytes().all(letter) {
        Ok(text)
    } else {
        Err(ControlFault::Form)
    }
}

/// Why an answer is not that proof, if so.
pub fn fault(exchange: &Exchange, proof: &str) -> Option<ControlFault> {
    match served(exchange) {
        Ok(text) => (text != proof).then_some(ControlFault::Other),
        Err(fault) => Some(fault),
    }
}

impl fmt::Display for ControlHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ControlHost {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ControlHost {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn a_host_is_written_in_one_way() {
        for text in [
            "api.acme.example",
            "localhost:8443",
            "[::1]:8443",
            "127.0.0.1",
        ] {
            let host: ControlHost = text.parse().unwrap();
            assert_eq!(host.to_string(), text);
            let url = format!("https://{text}/v1?x=%20#y");
            assert_eq!(ControlHost::of(&url), Some(host));
        }
        for text in [
            "",
            "API.acme.example",
            "api.acme.example.",
            "api.acme.example:443",
            "api.acme.example:",
            "user@api.acme.example",
            "api.acme.example@evil.example",
            "api.acme.example/path",
            "api.acme.example\\@evil.example",
            "api.acme.example?x",
            "api.acme.example#x",
            "https://api.acme.example",
            "bücher.example",
            "ａpi.acme.example",
            "api%2eacme.example",
            "127.1",
            "0x7f.0.0.1",
            " api.acme.example",
            "api.acme.example\n",
            "*.acme.example",
            "acme.example:99999",
        ] {
            assert!(text.parse::<ControlHost>().is_err(), "{text:?}");
        }
        let wrong = "Bücher.example".parse::<ControlHost>().unwrap_err();
        assert!(
            wrong.to_string().contains("`xn--bcher-kva.example`"),
            "{wrong}"
        );
    }

    #[test]
    fn only_a_url_over_tls_leads_to_a_host() {
        let host = ControlHost::of("https://API.Acme.example:443/v1").unwrap();
        assert_eq!(host.to_string(), "api.acme.example");
        for url in [
            "http://api.acme.example/",
            "https://api.acme.example./",
            "sftp://api.acme.example/",
            "api.acme.example",
            "",
        ] {
            assert_eq!(ControlHost::of(url), None, "{url}");
        }
    }

    #[test]
    fn an_id_leads_to_no_other_place() {
        assert!(is_segment("ch-2026-11-21-7f3a9c"));
        for id in [
            "", ".", "..", "../x", "a/b", "a?b", "a#b", "a%2fb", "a b", "ä",
        ] {
            assert!(!is_segment(id), "{id}");
        }
    }

    #[test]
    fn the_proof_is_what_stock_tools_come_to() {
        let host: ControlHost = "localhost:8443".parse().unwrap();
        let url = "https://localhost:8443/.well-known/destspec/ch-1";
        assert_eq!(host.url("ch-1"), url);
        let nonce = "0a".repeat(32);
        // printf 'destspec-control\0%s\0%s' NONCE SHA256:x | openssl dgst -sha256 -binary | basenc --base64url
        assert_eq!(proof(&nonce, "SHA256:x"), PROOF);
        assert_ne!(proof(&nonce, "SHA256:y"), PROOF);
        assert_ne!(proof(&"0b".repeat(32), "SHA256:x"), PROOF);
    }

    const PROOF: &str = "7aBNvD2TrHtrIUpSS0Ht2ul0jDDRh-FL7nwrWmxFWGw";
}
