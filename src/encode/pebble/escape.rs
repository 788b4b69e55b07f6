//! The escaping strategies of the filter `escape` and of autoescaping.

use std::fmt::Write as _;

use crate::encode::pebble::fail::Outcome;
use crate::encode::pebble::options::Escaping;
use crate::encode::pebble::render::Render;
use crate::encode::pebble::value::Value;

impl Escaping {
    /// The strategy by the name that templates use.
    pub(crate) fn named(name: &str) -> Option<Escaping> {
        Some(match name {
            "html" => Escaping::Html,
            "js" => Escaping::Js,
            "css" => Escaping::Css,
            "url_param" => Escaping::UrlParam,
            "json" => Escaping::Json,
            _ => return None,
        })
    }
}

/// Escape a value once: null and values already safe stay as they are.
pub(crate) fn apply(render: &Render<'_>, value: &Value, strategy: Escaping) -> Outcome<Value> {
    let text = match value {
        Value::Null | Value::Safe(_) => return Ok(value.clone()),
        Value::Decimal(decimal) => decimal.plain(),
        value => render.java_string(value)?,
    };
    let mut out = String::with_capacity(text.len());
    match strategy {
        Escaping::Html => html(&text, &mut out),
        Escaping::Js => js(&text, &mut out),
        Escaping::Css => css(&text, &mut out),
        Escaping::UrlParam => url_param(&text, &mut out),
        Escaping::Json => json(&text, &mut out),
    }
    render.make(out.len())?;
    Ok(Value::Safe(out.into()))
}

fn html(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

fn units(c: char, out: &mut String) {
    let mut buffer = [0; 2];
    for unit in c.encode_utf16(&mut buffer) {
        let _ = write!(out, "\\u{unit:04X}");
    }
}

fn json(text: &str, out: &mut String) {
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{C}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '/' if before == '<' => out.push_str("\\/"),
            '&' => out.push_str("\\u0026"),
            ' '..='~' => out.push(c),
            c => units(c, out),
        }
        before = c;
    }
}

fn js(text: &str, out: &mut String) {
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '\0' => out.push_str("\\0"),
            '"' => out.push_str("\\\""),
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{C}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '/' if before == '<' => out.push_str("\\/"),
            '&' => out.push_str("\\x26"),
            ' '..='~' => out.push(c),
            c if u32::from(c) < 0x100 => _ = write!(out, "\\x{:02X}", u32::from(c)),
            c => units(c, out),
        }
        before = c;
    }
}

/// A CSS identifier. The first character has rules of its own: no digit, no hyphen before a digit or a hyphen, and no
/// underscore, which an old browser stumbled over.
fn css(text: &str, out: &mut String) {
    let mut chars = text.chars().peekable();
    let mut first = true;
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        match c {
            '0'..='9' if first => hexadecimal(c, next, out),
            '-' if first && next.is_some_and(|next| next == '-' || next.is_ascii_digit()) => {
                out.push_str("\\-");
            }
            '_' if first => out.push_str("\\_"),
            '-' | '_' | '0'..='9' | 'a'..='z' | 'A'..='Z' => out.push(c),
            // a colon has a backslash of its own, which an old browser did not know
            ' '..='~' if c != ':' => out.extend(['\\', c]),
            c => hexadecimal(c, next, out),
        }
        first = false;
    }
}

/// A code point, and a blank where the next character would go on with it.
fn hexadecimal(c: char, next: Option<char>, out: &mut String) {
    let _ = write!(out, "\\{:X}", u32::from(c));
    if next.is_some_and(|next| next.is_ascii_hexdigit()) {
        out.push(' ');
    }
}

fn percent(byte: u8, out: &mut String) {
    let _ = write!(out, "%{byte:02X}");
}

fn url_param(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'!' | b'$' | b'\'' | b'(' | b')' | b'*' | b',' | b'-' | b'.' | b'/' | b':' | b';'
            | b'?' | b'@' | b'_' | b'~' => out.push(char::from(byte)),
            byte => percent(byte, out),
        }
    }
}

/// `URLEncoder.encode`: form encoding, where a space is `+`.
pub(crate) fn form_encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                out.push(char::from(byte))
            }
            b' ' => out.push('+'),
            byte => percent(byte, out),
        }
    }
}
