//! Content codings (RFC 9110, sections 8.4 and 12.5.3): which one an answer is sent in, and its bytes.

use std::io::{self, Write as _};

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::variation::Variation;

/// A way to compress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Deflate,
}

impl Coding {
    /// What an answer to that request is compressed with, if anything.
    pub(crate) fn chosen(request: &HeaderMap, rules: &Rules) -> Option<Self> {
        let candidates = [
            (Variation::GzipAsked, Self::Gzip, false),
            (Variation::Gzip, Self::Gzip, true),
            (Variation::Deflate, Self::Deflate, true),
        ];
        let accepted = accepted(request);
        candidates
            .into_iter()
            .find(|(variation, coding, unasked)| {
                rules.varies(*variation) && coding.is_acceptable(accepted.as_deref(), *unasked)
            })
            .map(|(_, coding, _)| coding)
    }

    /// The name in `Content-Encoding`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }

    /// The bytes, compressed; `deflate` is the format of zlib (RFC 9110, section 8.4.1.2).
    pub(crate) fn compress(self, bytes: &[u8]) -> io::Result<Bytes> {
        let compressed = match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(bytes)?;
                encoder.finish()?
            }
            Self::Deflate => {
                let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(bytes)?;
                encoder.finish()?
            }
        };
        Ok(Bytes::from(compressed))
    }

    /// Without the header any coding is acceptable; a coding that it names counts before `*`.
    fn is_acceptable(self, accepted: Option<&str>, unasked: bool) -> bool {
        let Some(accepted) = accepted else {
            return unasked;
        };
        let weights = || accepted.split(',').map(weighted);
        let named = weights().find(|(name, _)| name.eq_ignore_ascii_case(self.name()));
        let any = weights().find(|(name, _)| *name == "*");
        named.or(any).is_some_and(|(_, weight)| weight > 0.0)
    }
}

/// The values of all lines of the header, or `None` without one.
fn accepted(request: &HeaderMap) -> Option<String> {
    let lines: Vec<&str> = request
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

fn weighted(item: &str) -> (&str, f32) {
    let (name, parameter) = item.split_once(';').unwrap_or((item, ""));
    let weight = parameter.trim().strip_prefix("q=");
    let weight = weight.and_then(|weight| weight.parse().ok());
    (name.trim(), weight.unwrap_or(1.0))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::http::HeaderValue;

    use super::*;

    fn chosen(variation: Variation, accepted: Option<&'static str>) -> Option<Coding> {
        let accepted = accepted.map(|value| (ACCEPT_ENCODING, HeaderValue::from_static(value)));
        let rules = Rules::new(BTreeSet::new(), BTreeSet::from([variation]));
        Coding::chosen(&accepted.into_iter().collect(), &rules)
    }

    #[test]
    fn a_coding_is_used_only_where_the_request_takes_it() {
        for (accepted, asked, unasked) in [
            (None, false, true),
            (Some("gzip"), true, true),
            (Some("br;q=1, GZIP;q=0.5"), true, true),
            (Some("*"), true, true),
            (Some("identity"), false, false),
            (Some("gzip;q=0, *"), false, false),
            (Some(""), false, false),
        ] {
            let gzip = |taken: bool| taken.then_some(Coding::Gzip);
            assert_eq!(
                chosen(Variation::GzipAsked, accepted),
                gzip(asked),
                "{accepted:?}"
            );
            assert_eq!(
                chosen(Variation::Gzip, accepted),
                gzip(unasked),
                "{accepted:?}"
            );
        }
        assert_eq!(chosen(Variation::Deflate, None), Some(Coding::Deflate));
        assert_eq!(chosen(Variation::Http1Only, None), None);
    }
}
