//! The forms in which a secret travels.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::write::GzEncoder;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Each byte of a text, written by `one`.
pub fn each(secret: &str, one: impl Fn(u8) -> String, separator: &str) -> String {
    let bytes: Vec<_> = secret.bytes().map(one).collect();
    bytes.join(separator)
}

/// Packed.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// As a JSON string.
pub fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// Percent-encoded.
pub fn percent(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn wrapped(text: &str) -> String {
    let lines: Vec<_> = text.as_bytes().chunks(20).collect();
    String::from_utf8(lines.join(&b"\r\n"[..])).unwrap()
}

/// The forms in which a secret travels, with their names.
pub fn guises(s: &str) -> Vec<(&'static str, String)> {
    let long = format!("{s}{s}{s}");
    let cut: String = s.chars().take(s.chars().count() * 6 / 10).collect();
    let html = s
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;");
    let utf16: Vec<u8> = s.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        ("raw", s.to_owned()),
        ("base64", STANDARD.encode(s)),
        ("base64 behind 1", STANDARD.encode(format!("u{s}:"))),
        ("base64 behind 2", STANDARD.encode(format!("u:{s}xy"))),
        (
            "base64url in a JWT",
            format!("eyJh.{}.sig", URL_SAFE_NO_PAD.encode(json(s))),
        ),
        ("base64 of base64", STANDARD.encode(STANDARD.encode(s))),
        ("percent", percent(s)),
        ("percent, lower", percent(s).to_lowercase()),
        ("percent, all", each(s, |b| format!("%{b:02X}"), "")),
        ("double percent", percent(&percent(s))),
        ("form", percent(s).replace("%20", "+")),
        ("JSON", json(s)),
        ("JSON in JSON", json(&json(s))),
        ("JSON with slashes", json(s).replace('/', "\\/")),
        (
            "JSON escapes",
            s.encode_utf16().map(|u| format!("\\u{u:04x}")).collect(),
        ),
        ("base64 in lines", wrapped(&STANDARD.encode(&long))),
        ("Rust debug", format!("{s:?}")),
        ("byte escapes", each(s, |b| format!("\\x{b:02x}"), "")),
        ("HTML named", html),
        (
            "HTML numeric",
            s.chars().map(|c| format!("&#{};", c as u32)).collect(),
        ),
        (
            "HTML hex",
            s.chars().map(|c| format!("&#x{:X};", c as u32)).collect(),
        ),
        ("hex lower", each(s, |b| format!("{b:02x}"), "")),
        ("hex upper", each(s, |b| format!("{b:02X}"), "")),
        ("hex colons", each(s, |b| format!("{b:02x}"), ":")),
        ("hex spaces", each(s, |b| format!("{b:02X}"), " ")),
        ("decimal", format!("[{}]", each(s, |b| b.to_string(), ", "))),
        (
            "decimal, tight",
            format!("[{}]", each(s, |b| b.to_string(), ",")),
        ),
        ("UTF-16 in base64", STANDARD.encode(&utf16)),
        ("gzip in base64", STANDARD.encode(gzip(s.as_bytes()))),
        (
            "gzip in base64 in JSON",
            json(&STANDARD.encode(gzip(json(s).as_bytes()))),
        ),
        ("truncated", cut),
        ("lower case", s.to_lowercase()),
        ("reversed", s.chars().rev().collect()),
    ]
}
