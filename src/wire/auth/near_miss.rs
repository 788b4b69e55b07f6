//! Makes credentials that differ from the right one in one thing: what a careless comparison takes for it.

use crate::model::near_miss::NearMiss;
use crate::model::redact::Redactor;
use crate::model::secret::{NamedSecret, Secret};

impl NearMiss {
    /// The nearly right secret, and what a record shows in its place.
    pub(crate) fn of_secret(
        self,
        redactor: &Redactor,
        name: &str,
        secret: &Secret,
    ) -> (Secret, String) {
        let name = format!("{name}, {}", self.words());
        let near = match (self, secret.is_mark()) {
            // what a replay has in place of the secret cannot be altered
            (NearMiss::Empty, true) | (_, false) => Secret::new(self.altered(secret.expose())),
            (_, true) => Secret::replayed(&name),
        };
        let named = NamedSecret::new(name, near.clone());
        redactor.learn_near_miss(&named);
        let shown = redactor.mark(&named.name, &near);
        (near, shown)
    }

    fn altered(self, value: &str) -> String {
        let mut signs: Vec<char> = value.chars().collect();
        match self {
            NearMiss::LastSign => {
                let last = signs.pop();
                signs.push(other_sign(last));
            }
            NearMiss::FirstSign => {
                let first = signs.first().copied();
                signs.splice(..signs.len().min(1), [other_sign(first)]);
            }
            NearMiss::Case => {
                let swapped: Vec<char> = signs.iter().map(|c| other_case(*c)).collect();
                if swapped == signs {
                    return NearMiss::LastSign.altered(value);
                }
                signs = swapped;
            }
            NearMiss::Prefix => {
                signs.pop();
            }
            // a lenient decoder of base64 drops a sign that makes no byte
            NearMiss::Extension if jwt(value).is_some() => signs.push('.'),
            NearMiss::Extension => signs.push('x'),
            NearMiss::Unsigned => return unsigned(value),
            NearMiss::Blank => signs.push(' '),
            NearMiss::Empty => signs.clear(),
            NearMiss::OtherUser
            | NearMiss::UserPrefix
            | NearMiss::UserExtension
            | NearMiss::NoUser => {}
        }
        signs.into_iter().collect()
    }
}

/// The name under which a secret is tried: another where the name is what is wrong. It differs in more than letter case,
/// which need not count in names.
pub(crate) fn name_of(miss: NearMiss, name: &str) -> String {
    let mut signs: Vec<char> = name.chars().collect();
    match miss {
        NearMiss::OtherUser => {
            let last = signs.pop();
            let is_x = matches!(last, Some('x' | 'X'));
            signs.push(if is_x { 'y' } else { 'x' });
        }
        NearMiss::UserPrefix => drop(signs.pop()),
        NearMiss::UserExtension => signs.push('x'),
        NearMiss::NoUser => signs.clear(),
        NearMiss::LastSign
        | NearMiss::FirstSign
        | NearMiss::Case
        | NearMiss::Prefix
        | NearMiss::Extension
        | NearMiss::Unsigned
        | NearMiss::Blank
        | NearMiss::Empty => {}
    }
    signs.into_iter().collect()
}

/// The header and the claims of a token that is signed (RFC 7515 section 3.1).
fn jwt(value: &str) -> Option<(&str, &str)> {
    let mut parts = value.split('.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(is_of_base64);
    let is_whole = parts.next().is_none() && [header, claims, signature].into_iter().all(is_part);
    (is_whole && header.starts_with("eyJ")).then_some((header, claims))
}

fn is_of_base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"-_".contains(&b)
}

/// The claims that the token has, if any, under a header that names no signature (RFC 7519 section 6).
fn unsigned(value: &str) -> String {
    const NO_CLAIMS: &str = "e30";
    let claims = jwt(value).map_or(NO_CLAIMS, |(_, claims)| claims);
    // {"alg":"none"}
    format!("eyJhbGciOiJub25lIn0.{claims}.")
}

/// Another sign, in base64, too: of the last sign of a signature its low bits may not count, and many decoders do not look at
/// them.
fn other_sign(sign: Option<char>) -> char {
    match sign {
        Some('g'..='z' | '0'..='9' | '-' | '_') => 'B',
        Some(_) | None => 'x',
    }
}

/// The same letter in the other case.
pub(crate) fn other_case(c: char) -> char {
    if c.is_ascii_uppercase() {
        c.to_ascii_lowercase()
    } else {
        c.to_ascii_uppercase()
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;

    #[test]
    fn every_near_miss_of_a_secret_differs_from_it() {
        let all = NearMiss::ALL.into_iter();
        let all: Vec<NearMiss> = all.filter(|miss| !miss.is_of_another()).collect();
        for secret in ["aB1x", "1234", "x", "é", "eyJh.e30.c2ln"] {
            for &miss in &all {
                assert_ne!(miss.altered(secret), secret, "{miss:?}");
            }
        }
    }

    #[test]
    fn a_token_with_another_last_sign_has_another_signature() {
        use base64::alphabet::URL_SAFE;
        use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

        let lenient = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
        let lenient = GeneralPurpose::new(&URL_SAFE, lenient);
        let decoded = |text: &str| lenient.decode(text.as_bytes());
        for last in URL_SAFE.as_str().chars() {
            // one byte, of which the last sign has the two lowest bits
            let (own, other) = (
                format!("A{last}=="),
                NearMiss::LastSign.altered(&format!("A{last}")),
            );
            assert_ne!(decoded(&own), decoded(&format!("{other}==")), "{last}");
        }
    }

    #[test]
    fn an_unsigned_token_claims_what_the_right_one_does() {
        let signed = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhY21lIn0.c2ln";
        let of = |value: &str| NearMiss::Unsigned.altered(value);
        assert_eq!(of(signed), "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhY21lIn0.");
        assert_eq!(of("opaque"), "eyJhbGciOiJub25lIn0.e30.");
        assert_eq!(NearMiss::Extension.altered(signed), format!("{signed}."));
    }

    #[test]
    fn another_name_differs_in_more_than_case() {
        for (name, other) in [("acme", "acmx"), ("acmX", "acmy"), ("", "x")] {
            assert_eq!(name_of(NearMiss::OtherUser, name), other);
        }
        let tried = NearMiss::OF_NAMES.map(|miss| name_of(miss, "acme"));
        assert_eq!(tried, ["acmx", "acm", "acmex", ""]);
        assert_eq!(name_of(NearMiss::Case, "acme"), "acme");
    }

    #[test]
    fn a_record_shows_what_a_near_miss_is_and_not_its_value() {
        let redactor = Redactor::new([1; 32]);
        let secret = Secret::new("canary-token-4711");
        redactor.learn(&NamedSecret::new("token", secret.clone()));
        let (near, shown) = NearMiss::LastSign.of_secret(&redactor, "token", &secret);
        assert!(
            shown.starts_with("⟦secret:token, last sign changed"),
            "{shown}"
        );
        assert!(!redactor.text(near.expose()).contains("canary"));
    }

    #[test]
    fn a_replay_shows_the_same_and_learns_nothing() {
        let redactor = Redactor::replaying();
        let secret = Secret::replayed("token");
        let (_, shown) = NearMiss::Prefix.of_secret(&redactor, "token", &secret);
        assert_eq!(shown, "⟦secret:token, last sign missing⟧");
        assert_eq!(redactor.text("⟦secret:token⟧"), "⟦secret:token⟧");
    }
}
