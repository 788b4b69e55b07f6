//! What a reviewer issues before a run: a number that nobody could know earlier, from which all test data follows. A
//! run that holds it was made after it was issued.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::model::control::{ControlHost, is_segment, proof};
use crate::model::digest::Digest;

/// The version of its form.
pub const FORMAT: &str = "destspec-challenge/1";

/// How often it can ask for a run at most.
pub const MOST_REPETITIONS: u32 = 10;

/// Bytes of its number, in hexadecimal digits.
const DIGITS: usize = 64;

/// A challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// Version of this form: [`FORMAT`].
    pub format: String,
    /// Its name, e.g. `ch-2026-11-21-7f3a9c`.
    pub id: String,
    /// 32 random bytes, in lower-case hexadecimal.
    pub nonce: String,
    /// Whom it is issued to: the partner's name in its submission.
    pub partner: String,
    /// When it was issued, RFC 3339 in UTC.
    pub issued_at: String,
    /// Until when a run may begin, RFC 3339 in UTC.
    pub expires_at: String,
    /// SHA-256 of a secret that the reviewer keeps, which picks what is run again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_sha256: Option<Digest>,
    /// The hosts that must serve a proof that whoever signs the bundle runs them; none is asked for where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub control_proof: Vec<ControlHost>,
    /// How often the suite has to run, each time from other data; all of them have to be conformant.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub repetitions: u32,
}

fn once() -> u32 {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_once(repetitions: &u32) -> bool {
    *repetitions == once()
}

/// Why a challenge cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ChallengeError {
    /// It is not of this form.
    #[error("cannot read the challenge: {0}")]
    Form(#[from] serde_json::Error),
    /// It is of another version.
    #[error("expected a challenge of format `{FORMAT}`, received `{0}`")]
    Format(String),
    /// Its number is no 32 bytes.
    #[error("expected a nonce of {DIGITS} lower-case hexadecimal digits, received another text")]
    Nonce,
    /// A time is none.
    #[error("expected times as in RFC 3339 in the challenge, received `{0}`")]
    Time(String),
    /// A proof is asked for, and its id cannot stand in the path of one.
    #[error(
        "expected an id of ASCII letters, digits, `-`, `_` and `.` in the challenge, received `{0}`"
    )]
    Id(String),
    /// It asks for no run, or for too many.
    #[error("expected 1 to {MOST_REPETITIONS} repetitions in the challenge, received {0}")]
    Repetitions(u32),
}

impl Challenge {
    /// Reads a challenge.
    ///
    /// # Errors
    /// When it is of another form or version, or its nonce or a time is none.
    pub fn parse(text: &str) -> Result<Self, ChallengeError> {
        let challenge: Challenge = serde_json::from_str(text)?;
        if challenge.format != FORMAT {
            return Err(ChallengeError::Format(challenge.format));
        }
        // a SHA-256 has the same form
        if challenge.nonce.parse::<Digest>().is_err() {
            return Err(ChallengeError::Nonce);
        }
        if !challenge.control_proof.is_empty() && !is_segment(&challenge.id) {
            return Err(ChallengeError::Id(challenge.id));
        }
        if !(1..=MOST_REPETITIONS).contains(&challenge.repetitions) {
            return Err(ChallengeError::Repetitions(challenge.repetitions));
        }
        for time in [&challenge.issued_at, &challenge.expires_at] {
            if time.parse::<jiff::Timestamp>().is_err() {
                return Err(ChallengeError::Time(time.clone()));
            }
        }
        Ok(challenge)
    }

    /// What a host that is named has to serve, where the key with that fingerprint signs the bundle.
    pub fn proof(&self, fingerprint: &str) -> String {
        proof(&self.nonce, fingerprint)
    }

    /// The seed of all test data: HKDF-SHA256 (RFC 5869) of the nonce, salted with the digest of the challenge as it was
    /// read, so that no word of it can be changed. 53 bits, which every reader of JSON keeps. Repetitions are counted from 1.
    pub fn seed(&self, text: &str, repetition: u32) -> u64 {
        let salt: [u8; 32] = Digest::hash(text).into();
        let extracted = hmac(&salt, self.nonce.as_bytes());
        let info = match repetition {
            1 => String::from("destspec/challenge/v1\x01"),
            later => format!("destspec/challenge/v1/{later}\x01"),
        };
        let expanded = hmac(&extracted, info.as_bytes());
        let head: [u8; 8] = expanded.first_chunk().copied().unwrap_or_default();
        u64::from_be_bytes(head) >> 11
    }
}

fn hmac(key: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    // a key of any length is taken, so that this cannot fail
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn text(nonce: &str) -> String {
        format!(
            r#"{{"format":"{FORMAT}","id":"ch-1","nonce":"{nonce}","partner":"Moonshine Analytics","issued_at":"2026-11-21T08:00:00Z","expires_at":"2026-12-05T08:00:00Z"}}"#
        )
    }

    #[test]
    fn the_seed_follows_from_every_byte_of_the_challenge() {
        let seed = |text: &str| Challenge::parse(text).unwrap().seed(text, 1);
        let one = text(&"0a".repeat(32));
        assert_eq!(seed(&one), seed(&one));
        assert!(seed(&one) < 1 << 53);
        for other in [
            text(&"0b".repeat(32)),
            one.replace("ch-1", "ch-2"),
            format!("{one}\n"),
        ] {
            assert_ne!(seed(&one), seed(&other), "{other}");
        }
    }

    #[test]
    fn each_repetition_has_a_seed_of_its_own_and_the_first_that_of_a_single_run() {
        let text = text(&"0a".repeat(32));
        let challenge = Challenge::parse(&text).unwrap();
        assert_eq!(challenge.repetitions, 1);
        assert_eq!(challenge.seed(&text, 1), 4_495_298_264_755_304);
        let seeds = (1..=MOST_REPETITIONS).map(|n| challenge.seed(&text, n));
        let seeds: std::collections::BTreeSet<u64> = seeds.collect();
        assert_eq!(seeds.len(), 10);
    }

    #[test]
    fn what_is_no_challenge_is_refused() {
        let good = text(&"0a".repeat(32));
        for wrong in [
            String::new(),
            text("0a"),
            text(&"0A".repeat(32)),
            good.replace("challenge/1", "challenge/2"),
            good.replace("2026-11-21T", "yesterday"),
            good.replace("\"id\"", "\"seed\":1,\"id\""),
            good.replace("\"id\"", "\"repetitions\":0,\"id\""),
            good.replace("\"id\"", "\"repetitions\":11,\"id\""),
            good.replace("\"id\"", "\"control_proof\":[\"API.example\"],\"id\""),
            good.replace(
                "\"id\":\"ch-1\"",
                "\"control_proof\":[\"api.example\"],\"id\":\"../ch-1\"",
            ),
            good.replace("\"id\":\"ch-1\"", "\"id\":\"ch-1\",\"id\":\"ch-2\""),
        ] {
            assert!(Challenge::parse(&wrong).is_err(), "{wrong}");
        }
    }
}
