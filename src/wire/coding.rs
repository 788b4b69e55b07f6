//! Content codings of answers (RFC 9110 section 8.4.1): what came and what it decodes to.

use std::io::Read;

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::model::record::Coded;
use crate::wire::http::MOST;

/// Codings of one answer that are undone at most; nobody needs more.
const MOST_LAYERS: usize = 3;

/// The body without its codings, and what came; `None` where there is no coding, or one that cannot be undone whole.
pub(crate) fn decoded(headers: &[(String, String)], body: &[u8]) -> Option<(Vec<u8>, Coded)> {
    let codings = named(headers);
    if codings.is_empty() || codings.len() > MOST_LAYERS || body.is_empty() {
        return None;
    }
    // the last one was applied last (section 8.4)
    let mut undone = codings.iter().rev();
    let plain = undone.try_fold(body.to_vec(), |bytes, coding| undo(coding, &bytes))?;
    let coded = Coded {
        codings,
        bytes: body.len() as u64,
    };
    Some((plain, coded))
}

/// What the lines of `Content-Encoding` list, in lower case, without those that change nothing.
fn named(headers: &[(String, String)]) -> Vec<String> {
    let lines = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    lines
        .flat_map(|(_, value)| value.split(','))
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect()
}

fn undo(coding: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match coding {
        "gzip" | "x-gzip" => whole(MultiGzDecoder::new(bytes)),
        // the format of zlib, which some servers leave out
        "deflate" => whole(ZlibDecoder::new(bytes)).or_else(|| whole(DeflateDecoder::new(bytes))),
        "br" => whole(Decompressor::new(bytes, 4096)),
        _ => None,
    }
}

fn whole(decoder: impl Read) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let read = decoder.take(MOST as u64 + 1).read_to_end(&mut plain).ok()?;
    (read <= MOST).then_some(plain)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// `{"a":1}` as gzip and zlib of Python and Google's brotli pack it.
    const PACKED: [(&str, &str); 5] = [
        ("gzip", "H4sIAAAAAAACA6tWSlSyMqwFAK+sG1YHAAAA"),
        ("x-gzip", "H4sIAAAAAAACA6tWSlSyMqwFAK+sG1YHAAAA"),
        ("deflate", "eJyrVkpUsjKsBQAIKgIJ"),
        ("Deflate", "q1ZKVLIyrAUA"),
        ("br", "CwOAeyJhIjoxfQM="),
    ];

    fn headers(value: &str) -> Vec<(String, String)> {
        vec![(String::from("content-encoding"), value.to_owned())]
    }

    #[test]
    fn what_other_programs_pack_is_unpacked() {
        for (coding, packed) in PACKED {
            let bytes = STANDARD.decode(packed).unwrap();
            let (plain, coded) = decoded(&headers(coding), &bytes).unwrap();
            assert_eq!(plain, b"{\"a\":1}", "{coding}");
            assert_eq!(coded.bytes, bytes.len() as u64);
        }
    }

    #[test]
    fn what_is_not_packed_or_not_as_named_stays_as_it_came() {
        for (coding, body) in [
            ("", "{}"),
            ("identity", "{}"),
            ("gzip", "{}"),
            ("gzip", ""),
            ("zstd", "{}"),
        ] {
            assert!(
                decoded(&headers(coding), body.as_bytes()).is_none(),
                "{coding}"
            );
        }
    }

    #[test]
    fn a_body_that_breaks_off_or_swells_beyond_the_limit_stays_as_it_came() {
        let bytes = STANDARD.decode(PACKED[0].1).unwrap();
        assert!(decoded(&headers("gzip"), &bytes[..bytes.len() - 9]).is_none());
        let mut swelling = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut swelling, &vec![0; MOST + 1]).unwrap();
        let swelling = swelling.finish().unwrap();
        assert!(decoded(&headers("gzip"), &swelling).is_none());
    }
}
