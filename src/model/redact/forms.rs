//! The shapes in which a secret travels whole: these are replaced by its mark.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// One shape of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// What to look for.
    pub text: String,
    /// Base64: the whole run of base64 around it goes, for its ends hold bits of the secret too.
    pub base64: bool,
}

/// Every shape of a value that is replaced; each text once.
pub fn forms(value: &str) -> Vec<Form> {
    let mut texts = BTreeMap::new();
    for text in plain(value) {
        texts.insert(text, false);
    }
    for text in encoded(value.as_bytes()) {
        texts.entry(text).or_insert(false);
    }
    let inner = STANDARD.encode(value);
    for text in cores(value.as_bytes())
        .into_iter()
        .chain(cores(inner.as_bytes()))
    {
        texts.entry(text).or_insert(true);
    }
    texts
        .into_iter()
        .filter(|(text, _)| !text.is_empty())
        .map(|(text, base64)| Form { text, base64 })
        .collect()
}

/// The shapes of a secret too short for others: it is looked for only where it stands alone.
pub fn short_forms(value: &str) -> Vec<Form> {
    let mut texts = plain(value);
    texts.sort();
    texts.dedup();
    texts
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(|text| Form {
            text,
            base64: false,
        })
        .collect()
}

/// Escapes of text formats.
fn plain(value: &str) -> Vec<String> {
    let json = json_escape(value);
    let upper = percent(value, true, keeps_percent);
    let form = percent(value, true, keeps_form).replace("%20", "+");
    vec![
        json_escape(&json),
        json.replace('/', "\\/"),
        json_ascii(value),
        json,
        percent(&upper, true, keeps_percent),
        percent(&form, true, keeps_percent),
        percent(value, false, keeps_percent),
        percent(value, true, keeps_form),
        percent(value, true, |b| keeps_percent(b) || b"!*'()".contains(&b)),
        percent(value, true, |b| b.is_ascii_graphic() && b != b'%'),
        form,
        upper,
        html(value, "&#39;"),
        html(value, "&apos;"),
        html(value, "&#x27;"),
        format!("{value:?}").trim_matches('"').to_owned(),
        value.to_owned(),
    ]
}

/// Every byte spelt out.
fn encoded(bytes: &[u8]) -> Vec<String> {
    let hex = |separator: &str| joined(bytes, separator, |b| format!("{b:02x}"));
    let lower = hex("");
    let colon = hex(":");
    let space = hex(" ");
    vec![
        lower.to_uppercase(),
        colon.to_uppercase(),
        space.to_uppercase(),
        joined(bytes, "", |b| format!("%{b:02X}")),
        joined(bytes, "", |b| format!("%{b:02x}")),
        joined(bytes, "", |b| format!("\\x{b:02x}")),
        joined(bytes, "", |b| format!("\\x{b:02X}")),
        joined(bytes, ",", |b| b.to_string()),
        joined(bytes, ", ", |b| b.to_string()),
        utf16_text(bytes),
        every_char(bytes, |c| format!("&#{};", c as u32)),
        every_char(bytes, |c| format!("&#x{:x};", c as u32)),
        every_char(bytes, |c| {
            let mut units = [0; 2];
            c.encode_utf16(&mut units)
                .iter()
                .map(|u| format!("\\u{u:04x}"))
                .collect()
        }),
        lower,
        colon,
        space,
    ]
}

/// The characters of base64 that depend on nothing but the value, at each of the three alignments.
pub fn cores(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for shift in 0..3_usize {
        let mut shifted = vec![0; shift];
        shifted.extend_from_slice(bytes);
        let first = (shift * 8).div_ceil(6);
        let whole = shifted.len() * 8 / 6;
        for text in [
            STANDARD_NO_PAD.encode(&shifted),
            URL_SAFE_NO_PAD.encode(&shifted),
        ] {
            found.extend(text.get(first..whole).map(str::to_owned));
        }
    }
    found
}

fn joined(bytes: &[u8], separator: &str, one: impl Fn(u8) -> String) -> String {
    bytes
        .iter()
        .map(|b| one(*b))
        .collect::<Vec<_>>()
        .join(separator)
}

fn every_char(bytes: &[u8], one: impl Fn(char) -> String) -> String {
    String::from_utf8_lossy(bytes).chars().map(one).collect()
}

/// UTF-16LE, where its bytes are also UTF-8; elsewhere it cannot stand in a text.
fn utf16_text(bytes: &[u8]) -> String {
    let units = String::from_utf8_lossy(bytes)
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    String::from_utf8(units).unwrap_or_default()
}

/// What RFC 3986 section 2.3 calls unreserved.
fn keeps_percent(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// What the WHATWG URL standard leaves as it is in a form.
fn keeps_form(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._*".contains(&byte)
}

fn percent(value: &str, upper: bool, keeps: impl Fn(u8) -> bool) -> String {
    value.bytes().fold(String::new(), |mut out, byte| {
        let written = match (keeps(byte), upper) {
            (true, _) => {
                out.push(char::from(byte));
                Ok(())
            }
            (false, true) => write!(out, "%{byte:02X}"),
            (false, false) => write!(out, "%{byte:02x}"),
        };
        written.map_or_else(|_| String::new(), |()| out)
    })
}

fn json_escape(value: &str) -> String {
    let quoted = serde_json::Value::String(value.to_owned()).to_string();
    quoted
        .strip_prefix('"')
        .and_then(|q| q.strip_suffix('"'))
        .unwrap_or(&quoted)
        .to_owned()
}

/// JSON with everything beyond ASCII escaped, as many servers write it.
fn json_ascii(value: &str) -> String {
    json_escape(value)
        .chars()
        .map(|c| {
            if c.is_ascii() {
                return c.to_string();
            }
            let mut units = [0; 2];
            c.encode_utf16(&mut units)
                .iter()
                .map(|u| format!("\\u{u:04x}"))
                .collect()
        })
        .collect()
}

fn html(value: &str, apostrophe: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', apostrophe)
}
