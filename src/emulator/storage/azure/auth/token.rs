//! Access tokens: JSON Web Tokens that only this server can make and read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::emulator::storage::Variation;
use crate::emulator::storage::azure::auth::secret::code;
use crate::emulator::storage::azure::failure::{self, Failure};
use crate::emulator::storage::rules::Rules;

/// How long a token lives, in seconds.
const LIFETIME: i64 = 3599;

/// How long under [`Variation::ShortTokens`].
const SHORT: i64 = 2;

const AUDIENCE: &str = "https://storage.azure.com";

/// How long a token lives, in seconds.
pub(in crate::emulator::storage::azure) fn lifetime(rules: &Rules) -> i64 {
    match rules.varies(Variation::ShortTokens) {
        true => SHORT,
        false => LIFETIME,
    }
}

/// A new token for a client of a tenant.
pub(in crate::emulator::storage::azure) fn issued(
    tenant: &str,
    client: &str,
    key: &[u8],
    (now, lifetime): (Timestamp, i64),
) -> String {
    let now = now.as_second();
    let claims = json!({
        "aud": AUDIENCE,
        "iss": format!("https://sts.windows.net/{tenant}/"),
        "iat": now,
        "nbf": now,
        "exp": now + lifetime,
        "appid": client,
        "tid": tenant,
        "uti": URL_SAFE_NO_PAD.encode(rand::random::<[u8; 12]>()),
        "ver": "1.0",
    });
    let encoded = |part: Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let head = encoded(json!({"typ": "JWT", "alg": "HS256"}));
    let text = format!("{head}.{}", encoded(claims));
    let signature = URL_SAFE_NO_PAD.encode(code(key, &text));
    format!("{text}.{signature}")
}

/// The client that a token was given to.
pub(super) fn verified(token: &str, key: &[u8], now: Timestamp) -> Result<String, Failure> {
    const FOREIGN: &str = "Signature validation failed. The token is not one that was issued.";
    const EXPIRED: &str = "Lifetime validation failed. The token is expired.";
    let claims = claims(token, key).ok_or(failure::TOKEN_REFUSED.because(FOREIGN))?;
    let expiry = claims["exp"].as_i64().unwrap_or_default();
    match expiry > now.as_second() {
        true => Ok(claims["appid"].as_str().unwrap_or_default().to_owned()),
        false => Err(failure::TOKEN_REFUSED.because(EXPIRED)),
    }
}

fn claims(token: &str, key: &[u8]) -> Option<Value> {
    let (text, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let (_, claims) = text.split_once('.')?;
    let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
    (signature == code(key, text)).then(|| serde_json::from_slice(&claims).ok())?
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use jiff::ToSpan as _;

    use super::*;

    #[test]
    fn a_token_names_its_client_for_an_hour_and_to_its_maker_only() {
        let now = Timestamp::now();
        let token = issued("tenant", "client", b"key", (now, LIFETIME));
        assert_eq!(verified(&token, b"key", now), Ok("client".to_owned()));
        let later = now.checked_add(1.hour()).unwrap();
        let expired = verified(&token, b"key", later).unwrap_err();
        assert_eq!(
            (expired.status.as_u16(), expired.code),
            (401, "InvalidAuthenticationInfo")
        );
        assert!(verified(&token, b"other", now).is_err());
        assert!(verified(&token.replacen('.', ".e", 1), b"key", now).is_err());
        assert!(verified("garbage", b"key", now).is_err());
    }
}
