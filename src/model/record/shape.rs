//! What a withheld body looks like: its format and the names in it, never a value.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::redact::fence::name_or_mark;

/// Names that are kept at most.
const NAMES: usize = 32;
/// Levels of members that are named.
const DEPTH: usize = 6;
/// What some servers put before JSON so that no script can run it.
const GUARDS: [&str; 3] = [")]}'", "while(1);", "for(;;);"];

/// The format of a body, what is odd about it, and the names of its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// The format.
    pub format: Format,
    /// What is odd about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub oddities: Vec<Oddity>,
    /// Names of members, as paths; none of a format without names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
}

/// Formats in which tokens have been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Bytes that are no UTF-8.
    Binary,
    /// Packed: by its header, or by how it begins.
    Compressed,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// An HTML page.
    Html,
    /// A JSON array.
    JsonArray,
    /// JSON texts, one a line.
    JsonLines,
    /// A JSON object.
    JsonObject,
    /// A JSON number, literal or string.
    JsonValue,
    /// Parts between boundaries.
    Multipart,
    /// Any other text.
    Text,
    /// UTF-16, which no exchange of JSON is in (RFC 8259 section 8.1).
    Utf16,
    /// XML.
    Xml,
}

/// What keeps a body from being what it nearly is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Oddity {
    /// It begins with a byte order mark.
    ByteOrderMark,
    /// It ends before it is complete.
    CutOff,
    /// Other text follows it.
    Followed,
    /// A guard against scripts stands before it.
    Guarded,
    /// It is encoded in base64.
    InBase64,
    /// It is the text of a JSON string.
    InString,
}

impl Shape {
    /// The shape of a body that came with these codings and this type.
    pub fn seen(bytes: &[u8], coding: Option<&str>, media_type: Option<&str>) -> Self {
        let packed = coding.is_some_and(|coding| !coding.trim().eq_ignore_ascii_case("identity"));
        if packed || bytes.starts_with(&[0x1f, 0x8b]) {
            return Self::plain(Format::Compressed);
        }
        if is_utf16(bytes) {
            return Self::plain(Format::Utf16);
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Self::plain(Format::Binary);
        };
        if media_type.is_some_and(|media| media.starts_with("multipart/")) {
            return Self::named(Format::Multipart, part_names(text));
        }
        Self::text(text, 0)
    }

    fn plain(format: Format) -> Self {
        Self::named(format, Vec::new())
    }

    fn named(format: Format, members: Vec<String>) -> Self {
        let oddities = Vec::new();
        Self {
            format,
            oddities,
            members,
        }
    }

    fn odd(mut self, oddity: Oddity) -> Self {
        self.oddities.push(oddity);
        self
    }

    fn text(text: &str, depth: usize) -> Self {
        if let Some(rest) = text.strip_prefix('\u{feff}') {
            return Self::text(rest, depth).odd(Oddity::ByteOrderMark);
        }
        let text = text.trim();
        if let Some(rest) = GUARDS.iter().find_map(|guard| text.strip_prefix(guard)) {
            return Self::text(rest.trim_start_matches(','), depth).odd(Oddity::Guarded);
        }
        let found = json(text, depth)
            .or_else(|| markup(text))
            .or_else(|| form(text))
            .or_else(|| base64(text, depth));
        found.unwrap_or_else(|| Self::plain(Format::Text))
    }
}

fn is_utf16(bytes: &[u8]) -> bool {
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let zeros = bytes.iter().filter(|byte| **byte == 0).count();
    marked || (bytes.len() >= 4 && zeros * 3 > bytes.len())
}

fn json(text: &str, depth: usize) -> Option<Shape> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let first = match values.next()? {
        Ok(first) => first,
        Err(error) => return broken(text).filter(|_| error.is_eof()),
    };
    let rest = text.get(values.byte_offset()..)?.trim();
    let shape = match &first {
        Value::Object(_) => Shape::named(Format::JsonObject, member_names(&first)),
        Value::Array(_) => Shape::named(Format::JsonArray, member_names(&first)),
        Value::String(inner) if rest.is_empty() && depth == 0 => {
            Shape::text(inner, depth + 1).odd(Oddity::InString)
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null if rest.is_empty() => {
            Shape::plain(Format::JsonValue)
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => return None,
    };
    if rest.is_empty() {
        return Some(shape);
    }
    let all_json = values.all(|value| value.is_ok());
    Some(if all_json {
        Shape {
            format: Format::JsonLines,
            ..shape
        }
    } else {
        shape.odd(Oddity::Followed)
    })
}

/// An object or an array that ends before it is complete.
fn broken(text: &str) -> Option<Shape> {
    let format = match text.as_bytes().first()? {
        b'{' => Format::JsonObject,
        b'[' => Format::JsonArray,
        _ => return None,
    };
    Some(Shape::plain(format).odd(Oddity::CutOff))
}

fn member_names(value: &Value) -> Vec<String> {
    let mut names = Vec::new();
    gather(value, "", 0, &mut names);
    names
}

/// Of an array the first element stands for all.
fn gather(value: &Value, path: &str, depth: usize, names: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(map) => {
            let dot = if path.is_empty() { "" } else { "." };
            map.iter()
                .map(|(name, inner)| (format!("{path}{dot}{}", name_or_mark(name)), inner))
                .collect()
        }
        Value::Array(items) => items
            .iter()
            .take(1)
            .map(|inner| (format!("{path}[0]"), inner))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return,
    };
    for (path, inner) in inner {
        let is_leaf = !matches!(inner, Value::Object(_) | Value::Array(_));
        if names.len() < NAMES && is_leaf {
            names.push(path.clone());
        }
        if depth < DEPTH {
            gather(inner, &path, depth + 1, names);
        }
    }
}

fn markup(text: &str) -> Option<Shape> {
    if !text.starts_with('<') {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("<!doctype html") || lower.contains("<html") || lower.contains("<body") {
        return Some(Shape::plain(Format::Html));
    }
    let tags = text
        .split('<')
        .skip(1)
        .filter(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic()));
    let names = tags.filter_map(|tag| {
        tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
            .next()
    });
    Some(Shape::named(Format::Xml, distinct(names)))
}

/// Pairs, of which one at least has a value that is more than the padding of base64.
fn form(text: &str) -> Option<Shape> {
    let pairs: Option<Vec<(&str, &str)>> =
        text.split('&').map(|pair| pair.split_once('=')).collect();
    let pairs = pairs.filter(|_| !text.contains(char::is_whitespace))?;
    let names: Vec<String> = distinct(pairs.iter().map(|(name, _)| *name));
    let is_form = pairs.iter().any(|(_, value)| value.contains(|c| c != '='))
        && names.iter().all(|name| !name.contains('⟦'));
    is_form.then(|| Shape::named(Format::Form, names))
}

fn base64(text: &str, depth: usize) -> Option<Shape> {
    let bytes = STANDARD.decode(text).ok().filter(|_| depth < 2)?;
    let inner = std::str::from_utf8(&bytes).ok()?;
    let is_told = inner.trim_start().starts_with(['{', '[', '<']);
    is_told.then(|| Shape::text(inner, depth + 1).odd(Oddity::InBase64))
}

fn part_names(text: &str) -> Vec<String> {
    let names = text
        .split(" name=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    distinct(names)
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for name in names.map(name_or_mark) {
        if distinct.len() < NAMES && !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.format)?;
        for oddity in &self.oddities {
            write!(f, " {oddity}")?;
        }
        let quoted: Vec<String> = self
            .members
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        if quoted.is_empty() {
            return Ok(());
        }
        write!(f, " with {}", quoted.join(", "))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Binary => "bytes that are no text",
            Format::Compressed => "a compressed body",
            Format::Form => "a form-encoded text",
            Format::Html => "an HTML page",
            Format::JsonArray => "a JSON array",
            Format::JsonLines => "JSON lines",
            Format::JsonObject => "a JSON object",
            Format::JsonValue => "a JSON value that is no object",
            Format::Multipart => "a multipart body",
            Format::Text => "a plain text",
            Format::Utf16 => "a text in UTF-16",
            Format::Xml => "an XML document",
        })
    }
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Oddity::ByteOrderMark => "behind a byte order mark",
            Oddity::CutOff => "that is cut off",
            Oddity::Followed => "followed by other text",
            Oddity::Guarded => "behind a guard against scripts",
            Oddity::InBase64 => "in base64",
            Oddity::InString => "in a JSON string",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "tok9Zq4Lm7Wx2RtVb8Nc6Yd1Kf";

    fn seen(body: &str) -> String {
        Shape::seen(body.as_bytes(), None, None).to_string()
    }

    #[test]
    fn a_body_is_told_by_its_format_and_names() {
        let object = format!(r#"{{"accessToken":"{TOKEN}"}}"#);
        let cases = [
            (object.clone(), "a JSON object with `accessToken`"),
            (format!("[{object}]"), "a JSON array with `[0].accessToken`"),
            (
                format!("\u{feff}{object}"),
                "a JSON object behind a byte order mark with `accessToken`",
            ),
            (
                format!(")]}}',\n{object}"),
                "a JSON object behind a guard against scripts with `accessToken`",
            ),
            (
                String::from("{\"accessToken\":\"tok9Zq"),
                "a JSON object that is cut off",
            ),
            (
                format!("{object} // {TOKEN}"),
                "a JSON object followed by other text with `accessToken`",
            ),
            (
                format!("{object}\n{object}"),
                "JSON lines with `accessToken`",
            ),
            (
                Value::from(object.clone()).to_string(),
                "a JSON object in a JSON string with `accessToken`",
            ),
            (
                STANDARD.encode(&object),
                "a JSON object in base64 with `accessToken`",
            ),
            (
                format!("access_token={TOKEN}&expires_in=9"),
                "a form-encoded text with `access_token`, `expires_in`",
            ),
            (
                format!("<?xml version='1.0'?><r><token>{TOKEN}</token></r>"),
                "an XML document with `r`, `token`",
            ),
            (format!("<!DOCTYPE html><p>{TOKEN}"), "an HTML page"),
            (TOKEN.to_owned(), "a plain text"),
        ];
        for (body, shape) in cases {
            assert_eq!(seen(&body), shape, "{body}");
        }
    }

    #[test]
    fn a_token_is_never_a_name() {
        for body in [
            format!("{TOKEN}=="),
            format!("{TOKEN}=1"),
            format!(r#"{{"{TOKEN}":true}}"#),
            format!("<{TOKEN}/>"),
            STANDARD.encode(TOKEN),
        ] {
            assert!(
                !seen(&body).contains(TOKEN.split_at(12).0),
                "{body}: {}",
                seen(&body)
            );
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_told_apart() {
        let utf16: Vec<u8> = "{\"a\":1}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let format = |bytes: &[u8], coding| Shape::seen(bytes, coding, None).format;
        assert_eq!(format(&utf16, None), Format::Utf16);
        assert_eq!(format(&[0x1f, 0x8b, 8], None), Format::Compressed);
        assert_eq!(format(b"abc", Some("br")), Format::Compressed);
        assert_eq!(format(&[0x80, 0x81], None), Format::Binary);
    }
}
