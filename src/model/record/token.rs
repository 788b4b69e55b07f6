//! What a record keeps of token requests and of answers that were withheld.

use serde::{Deserialize, Serialize};

use crate::model::digest::Digest;
use crate::model::record::shape::Shape;
use crate::model::redact::fence::name_or_mark;

/// By which grant a token is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenGrant {
    /// RFC 6749 section 4.4.
    ClientCredentials,
    /// RFC 6749 section 4.3.
    Password,
    /// RFC 6749 section 4.1.3.
    AuthorizationCode,
    /// RFC 6749 section 6.
    RefreshToken,
    /// One that no server knows, to see it refused.
    Unsupported,
}

/// Facts of a token request that its answer, once masked, does not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenFacts {
    /// The grant.
    pub grant: TokenGrant,
    /// Which of the configured validations did not hold of the answer as it came: those of the request from 0, then
    /// those beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_validations: Vec<u32>,
}

/// A body that may hold a secret nobody knows: what is kept of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// Bytes.
    pub bytes: u64,
    /// Type and subtype as the answer named them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// SHA-256 of the body without its codings: a token is too long to be found by trying (RFC 6749 section 10.10).
    pub sha256: Digest,
    /// What it looks like.
    pub shape: Shape,
}

impl Withheld {
    /// What is kept of the body of an answer that came with these headers; `as_came`: nothing was unpacked.
    pub fn seen(headers: &[(String, String)], body: &[u8], as_came: bool) -> Self {
        let header = |name: &str| {
            let found = headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str())
        };
        let essence = header("content-type").and_then(|value| value.split(';').next());
        let media_type = essence.map(|essence| essence.trim().to_ascii_lowercase());
        let is_sound = |essence: &String| {
            essence
                .split(['/', '+'])
                .all(|part| name_or_mark(part) == part)
        };
        let media_type = media_type.filter(is_sound);
        let coding = header("content-encoding").filter(|_| as_came);
        Self {
            bytes: body.len() as u64,
            sha256: Digest::hash(body),
            shape: Shape::seen(body, coding, media_type.as_deref()),
            media_type,
        }
    }
}

impl TokenGrant {
    /// Its `grant_type`; of the unsupported one an absolute URI, as RFC 6749 section 4.5 has extension grants.
    pub fn grant_type(self) -> &'static str {
        match self {
            TokenGrant::ClientCredentials => "client_credentials",
            TokenGrant::Password => "password",
            TokenGrant::AuthorizationCode => "authorization_code",
            TokenGrant::RefreshToken => "refresh_token",
            TokenGrant::Unsupported => "urn:example:grant-type:unsupported",
        }
    }
}
