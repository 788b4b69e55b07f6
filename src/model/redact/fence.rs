//! The fence around answers that may hold a secret which nobody knows yet: only what is known to be harmless passes, by
//! name and by look; the rest is masked.

use serde_json::{Map, Value};

use crate::model::redact::{Redactor, clean, is_mark};

/// How much is known of an answer before it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fence {
    /// It answers a request that yields no secret: known secrets are replaced, the rest is kept.
    None,
    /// It was understood and its secrets learnt: a JSON object with the values of unknown members masked.
    Read,
    /// It was not understood: of its body only the shape is kept.
    Unread,
}

/// Headers whose value says nothing of a token, in lower case.
const HEADERS: [&str; 20] = [
    "allow",
    "cache-control",
    "connection",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "date",
    "expires",
    "keep-alive",
    "pragma",
    "retry-after",
    "server",
    "strict-transport-security",
    "transfer-encoding",
    "vary",
    "via",
    "www-authenticate",
    "x-content-type-options",
    "x-frame-options",
];

/// Members of a token answer whose words may be read (RFC 6749 sections 5.1 and 5.2, and what frameworks add).
const MEMBERS: [&str; 10] = [
    "detail",
    "error",
    "error_description",
    "error_uri",
    "expires_in",
    "message",
    "scope",
    "status",
    "title",
    "token_type",
];

/// Letters of a word that is long enough to be a token.
const LONG: usize = 16;
/// Digits of a number that is too long to be a life or a status.
const DIGITS: usize = 9;

impl Redactor {
    /// The value of a header behind the fence.
    pub fn fenced_header(&self, name: &str, value: &str) -> String {
        if HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            return self.text(&words(value));
        }
        String::from("⟦withheld:header⟧")
    }

    /// A JSON value behind the fence: names stay, of values those that are known to be harmless.
    pub fn fenced_json(&self, value: &Value) -> Value {
        self.fenced_member("", value)
    }

    fn fenced_member(&self, name: &str, value: &Value) -> Value {
        let withheld = || Value::from(format!("⟦withheld:{}⟧", clean(&name_or_mark(name))));
        let is_harmless = MEMBERS.contains(&name);
        match value {
            Value::Null | Value::Bool(_) => value.clone(),
            Value::Number(number) => {
                let digits = number
                    .to_string()
                    .bytes()
                    .filter(u8::is_ascii_digit)
                    .count();
                if digits < DIGITS {
                    value.clone()
                } else {
                    withheld()
                }
            }
            Value::String(text) => {
                let known = self.text(text);
                match known {
                    known if text.is_empty() || is_mark(&known) => known.into(),
                    known if is_harmless => words(&known).into(),
                    known if known.trim().parse::<f64>().is_ok() && known.len() < DIGITS => {
                        known.into()
                    }
                    _ => withheld(),
                }
            }
            Value::Array(items) => items
                .iter()
                .map(|item| self.fenced_member(name, item))
                .collect(),
            Value::Object(map) => {
                let members = map.iter();
                let members: Map<String, Value> = members
                    .map(|(name, value)| (name_or_mark(name), self.fenced_member(name, value)))
                    .collect();
                Value::Object(members)
            }
        }
    }
}

/// The text with every word masked that looks like a token.
fn words(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '(' | ')');
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(ends) {
        let word = piece.trim_end_matches(ends);
        let value = match word.split_once('=') {
            Some((name, value)) if is_plain(name) => value,
            Some(_) | None => word,
        };
        let (before, after) = (word.len() - value.len(), word.len());
        out.push_str(piece.get(..before).unwrap_or_default());
        let is_marked = value.contains('⟦');
        out.push_str(if is_token_like(value) && !is_marked {
            "⟦withheld:word⟧"
        } else {
            value
        });
        out.push_str(piece.get(after..).unwrap_or_default());
    }
    out
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() < LONG * 2
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b"-_".contains(&b))
}

/// Long, and of letters and digits mixed, or of capitals and small letters.
pub fn is_token_like(word: &str) -> bool {
    let count = word.chars().count();
    let has = |pick: fn(&char) -> bool| word.chars().any(|c| pick(&c));
    let mixed = has(char::is_ascii_digit) && has(|c| c.is_alphabetic());
    count >= LONG && (mixed || turns(word) > 3 || count > LONG * 3)
}

/// How often a small letter is followed by a capital.
fn turns(word: &str) -> usize {
    let bytes = word.as_bytes().array_windows::<2>();
    bytes
        .filter(|[a, b]| a.is_ascii_lowercase() && b.is_ascii_uppercase())
        .count()
}

/// A name as it is, or a mark where it may be a token.
pub fn name_or_mark(name: &str) -> String {
    let is_word = |part: &str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        part.len() <= LONG && (digits == 0 || part.len() <= LONG / 2) && turns(part) <= 3
    };
    let sound =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '@' | '$');
    let is_name = name.chars().all(sound)
        && name.len() <= LONG * 3
        && name.split(['_', '-', '.', ':']).all(is_word);
    if is_name {
        name.to_owned()
    } else {
        String::from("⟦withheld:name⟧")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::secret::{NamedSecret, Secret};

    const TOKEN: &str = "tok9Zq4Lm7Wx2RtVb8Nc6Yd1Kf";

    #[test]
    fn what_is_known_to_be_harmless_passes_and_the_rest_is_masked() {
        let redactor = Redactor::new([7; 32]);
        redactor.learn(&NamedSecret::new("access_token", Secret::new(TOKEN)));
        let answer = json!({
            "access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600, "ttl": "90000", "scope": "read write",
            "session": "hjkl-2934-abcd", "number": 123_456_789_012_u64, "data": [{"id": "short"}], "ok": true,
        });
        let fenced = redactor.fenced_json(&answer);
        assert!(
            fenced["access_token"]
                .as_str()
                .is_some_and(|mark| mark.starts_with("⟦secret:access_token#"))
        );
        let rest = json!({
            "access_token": fenced["access_token"], "token_type": "Bearer", "expires_in": 3600, "ttl": "90000",
            "scope": "read write", "session": "⟦withheld:session⟧", "number": "⟦withheld:number⟧",
            "data": [{"id": "⟦withheld:id⟧"}], "ok": true,
        });
        assert_eq!(fenced, rest);
    }

    #[test]
    fn a_harmless_member_hides_no_token_nobody_knows() {
        let redactor = Redactor::new([7; 32]);
        let said = |text: &str| {
            redactor.fenced_json(&json!({"error_description": text}))["error_description"].clone()
        };
        assert_eq!(said("the client is unknown"), "the client is unknown");
        assert_eq!(
            said(&format!("use {TOKEN}, then")),
            "use ⟦withheld:word⟧, then"
        );
        assert_eq!(said(&format!("token={TOKEN}")), "token=⟦withheld:word⟧");
    }

    #[test]
    fn headers_pass_by_name_and_look() {
        let redactor = Redactor::new([7; 32]);
        for (name, value) in [
            ("Cache-Control", "no-store, max-age=31536000"),
            ("content-type", "application/json; charset=utf-8"),
            ("date", "Sat, 21 Nov 2026 05:00:00 GMT"),
            ("www-authenticate", "Basic realm=\"tokens\""),
        ] {
            assert_eq!(redactor.fenced_header(name, value), value);
        }
        assert_eq!(
            redactor.fenced_header("x-token", "short"),
            "⟦withheld:header⟧"
        );
        assert_eq!(redactor.fenced_header("server", TOKEN), "⟦withheld:word⟧");
        assert_eq!(
            redactor.fenced_header("location", "/a"),
            "⟦withheld:header⟧"
        );
    }

    #[test]
    fn names_of_members_are_told_from_tokens() {
        for name in [
            "access_token",
            "accessToken",
            "oauth2",
            "xml:lang",
            "refresh_token_expires_in",
            "not-before-policy",
        ] {
            assert_eq!(name_or_mark(name), name);
        }
        for name in [
            TOKEN,
            "c2VjcmV0dG9rZW4",
            "a b",
            "abcdefghijklmnopqrstuvwxyz",
        ] {
            assert_eq!(name_or_mark(name), "⟦withheld:name⟧");
        }
    }
}
