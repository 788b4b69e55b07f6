//! What is kept of a file that is read: its digest, or its text where that is judged.

use crate::model::digest::Digesting;
use crate::model::record::{Body, StorageResult};

/// A file on its way in.
#[derive(Clone)]
pub(crate) struct Seen {
    bytes: u64,
    digest: Digesting,
    text: Option<Vec<u8>>,
}

impl Seen {
    /// Keeps length and digest.
    pub(crate) fn digest() -> Self {
        Self {
            bytes: 0,
            digest: Digesting::default(),
            text: None,
        }
    }

    /// Keeps the text, as long as it is no longer than an answer may be.
    pub(crate) fn text() -> Self {
        Self {
            text: Some(Vec::new()),
            ..Self::digest()
        }
    }

    /// Takes the next bytes.
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.digest.update(bytes);
        self.text = self.text.take().and_then(|mut text| {
            let fits = text.len() + bytes.len() <= Body::OBSERVED_INLINE;
            text.extend_from_slice(if fits { bytes } else { &[] });
            fits.then_some(text)
        });
    }

    /// What was seen: what is no UTF-8 or too long is known by its digest alone.
    pub(crate) fn finish(self) -> StorageResult {
        let (bytes, sha256) = (self.bytes, self.digest.finish());
        let text = self.text.and_then(|text| String::from_utf8(text).ok());
        match text {
            Some(text) => StorageResult::Text { text },
            None => StorageResult::Content { bytes, sha256 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_and_what_is_none_or_too_long_is_known_by_its_digest() {
        let seen = |mut seen: Seen, parts: &[&[u8]]| {
            parts.iter().for_each(|part| seen.take(part));
            seen.finish()
        };
        let text = String::from("{\"é\":1}");
        let (a, b) = text.as_bytes().split_at(3);
        assert_eq!(
            seen(Seen::text(), &[a, b]),
            StorageResult::Text { text: text.clone() }
        );
        let is_digest = |result| matches!(result, StorageResult::Content { .. });
        assert!(is_digest(seen(Seen::text(), &[b"\xff"])));
        assert!(is_digest(seen(
            Seen::text(),
            &[&[b'a'; Body::OBSERVED_INLINE], b"a"]
        )));
        assert!(is_digest(seen(Seen::digest(), &[a, b])));
    }
}
