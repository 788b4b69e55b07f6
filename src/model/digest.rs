//! The one digest of the project: SHA-256 (FIPS 180-4), written as 64 lower-case hexadecimal digits. Hashes for other
//! purposes (signing, seeding, tags) do not live here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// A digest in the making, for what comes in pieces.
#[derive(Clone, Default)]
pub struct Digesting(Sha256);

/// A text that is no SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a SHA-256 of 64 lower-case hexadecimal digits, received `{0}`")]
pub struct NoDigest(String);

impl Digest {
    /// The digest of bytes.
    pub fn hash(bytes: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl From<Digest> for [u8; 32] {
    fn from(digest: Digest) -> Self {
        digest.0
    }
}

impl Digesting {
    /// Takes in more bytes.
    pub fn update(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.update(bytes);
    }

    /// Takes in a field so that no two lists of fields give the same bytes: its length in bytes first.
    pub fn field(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.update((bytes.len() as u64).to_be_bytes());
        self.update(bytes);
    }

    /// The digest of all that was taken in.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let digit = |b: &u8| match b {
            b'0'..=b'9' => Some(b - b'0'),
            b'a'..=b'f' => Some(b - b'a' + 10),
            _ => None,
        };
        let digits: Option<Vec<u8>> = text.as_bytes().iter().map(digit).collect();
        let pairs = digits.map(|d| {
            d.as_chunks::<2>()
                .0
                .iter()
                .map(|[h, l]| h << 4 | l)
                .collect()
        });
        let bytes = pairs.and_then(|bytes: Vec<u8>| <[u8; 32]>::try_from(bytes).ok());
        match bytes {
            Some(bytes) if text.len() == 64 => Ok(Self(bytes)),
            Some(_) | None => Err(NoDigest(text.to_owned())),
        }
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4, the example of one block.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_example_of_the_standard_is_written_in_lower_case_hex() {
        assert_eq!(Digest::hash("abc").to_string(), ABC);
        assert_eq!(ABC.parse(), Ok(Digest::hash("abc")));
    }

    #[test]
    fn other_texts_are_no_digest() {
        for text in [
            "",
            &ABC[1..],
            &ABC.to_uppercase(),
            &format!("{ABC}0"),
            &format!("{}é", &ABC[2..]),
        ] {
            assert!(text.parse::<Digest>().is_err(), "{text}");
        }
    }

    #[test]
    fn fields_cannot_run_into_each_other() {
        let digest = |fields: [&str; 2]| {
            let mut all = Digesting::default();
            fields.iter().for_each(|field| all.field(field));
            all.finish()
        };
        assert_ne!(digest(["ab", "c"]), digest(["a", "bc"]));
    }
}
