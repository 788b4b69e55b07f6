//! Signatures in the URLs of answers: whoever reads such a URL has what it opens. Each has a mark of its own, and is known
//! for a while, so that the next page can be asked for where the answer says that it is.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{LazyLock, Mutex, PoisonError};

use regex::{Captures, Regex};

use crate::model::percent::encoded;
use crate::model::redact::{Redactor, SIGNED_KEYS, tag};
use crate::model::secret::Secret;

/// How a mark begins.
pub const SIGNED: &str = "⟦signed:";
/// Bytes of the tag of a mark: many signatures are told apart.
const TAG: usize = 4;
/// Signatures that are known at once, and the longest.
const MOST: usize = 1024;
const LONGEST: usize = 8 << 10;

/// The newest signatures, each with its tag.
#[derive(Default)]
pub struct Signed(Mutex<VecDeque<(String, Secret)>>);

impl Signed {
    fn keep(&self, tag: &str, value: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if value.len() > LONGEST || known.iter().any(|(own, _)| own == tag) {
            return;
        }
        if known.len() == MOST {
            known.pop_front();
        }
        known.push_back((tag.to_owned(), Secret::new(unescaped(value))));
    }

    fn of(&self, tag: &str) -> Option<Secret> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().rev().find(|(own, _)| own == tag);
        found.map(|(_, secret)| secret.clone())
    }
}

impl Redactor {
    /// What an answer says, without secrets and without the signatures of its URLs.
    pub fn answered(&self, text: String) -> String {
        self.unsigned(self.own(text))
    }

    /// The same of a header's value.
    pub fn answered_header(&self, name: &str, value: &str) -> String {
        if name.eq_ignore_ascii_case("location") {
            return self.url(&self.answered(value.to_owned()));
        }
        self.unsigned(self.header(name, value))
    }

    /// The text with a mark for each signature within a URL.
    fn unsigned(&self, text: String) -> String {
        let Some(pattern) = &*SIGNATURES else {
            return text;
        };
        let marked = pattern.replace_all(&text, |found: &Captures<'_>| {
            let part = |at| found.get(at).map_or("", |part| part.as_str());
            format!("{}{}", part(1), self.signed_mark(part(2)))
        });
        match marked {
            Cow::Borrowed(_) => text,
            Cow::Owned(marked) => marked,
        }
    }

    fn signed_mark(&self, value: &str) -> String {
        let tag = self.key.and_then(|key| tag(&key, value, TAG));
        let tag = tag.unwrap_or_default();
        self.signed.keep(&tag, value);
        format!("{SIGNED}{tag}⟧")
    }

    /// A URL that an answer gave, as it was before its signatures were marked; nothing where it has none.
    pub fn resigned(&self, url: &str) -> Option<Secret> {
        let pattern = MARKS.as_ref()?;
        let resigned = pattern.replace_all(url, |found: &Captures<'_>| {
            let part = |at| found.get(at).map_or("", |part| part.as_str());
            match (self.signed.of(part(2)), part(1)) {
                (Some(value), ":") => value.expose().to_owned(),
                (Some(value), _) => encoded(value.expose()),
                (None, _) => part(0).to_owned(),
            }
        });
        match resigned {
            Cow::Borrowed(_) => None,
            Cow::Owned(url) => Some(Secret::new(url)),
        }
    }
}

/// A key of a URL's query with what follows it, and a value long enough to be a signature; in JSON, in HTML, and within
/// another URL. A constant pattern: where it did not compile, the tests below would fail.
static SIGNATURES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let keys = SIGNED_KEYS.join("|");
    let key = format!(r"(?:[?&;]|\\u0026|%3f|%26)(?:{keys})(?:=|%3d|\\u003d)");
    let value = r"(?:[a-z0-9%+/=._~-]|\\/|\\u00(?:2b|2f|3d)){16,}";
    Regex::new(&format!("(?i-u)({key})({value})")).ok()
});

/// A mark as it stands in a text, in a URL, and in a value of its query.
static MARKS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("(?:⟦|%E2%9F%A6)signed(:|%3A)([0-9a-f]{8})(?:⟧|%E2%9F%A7)").ok());

/// A value without the escapes of JSON.
fn unescaped(value: &str) -> String {
    let escapes = [
        ("\\/", "/"),
        ("\\u002b", "+"),
        ("\\u002B", "+"),
        ("\\u002f", "/"),
    ];
    let others = [("\\u002F", "/"), ("\\u003d", "="), ("\\u003D", "=")];
    let all = escapes.into_iter().chain(others);
    all.fold(value.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use url::Url;

    use super::*;
    use crate::model::redact::untagged;
    use crate::model::secret::NamedSecret;

    const VALUE: &str = "6Gh4Jk8L%2Fz2Xc7%2Bb3Nm9Qw5Er%3D";

    fn redactor() -> Redactor {
        Redactor::new([7; 32])
    }

    #[test]
    fn a_signature_within_a_url_of_an_answer_is_marked_however_it_is_written() {
        for text in [
            format!("<https://h.example/p?a=1&sig={VALUE}>; rel=\"next\""),
            format!(r#"{{"nextLink":"https:\/\/h.example\/p?a=1\u0026sig={VALUE}\u0026b=2"}}"#),
            format!(r#"{{"nextLink":"/p?X-Amz-Signature\u003d{VALUE}"}}"#),
            format!("<a href=\"/p?a=1&amp;Signature={VALUE}&amp;b=2\">"),
            format!("/login?back=https%3A%2F%2Fh.example%2Fp%3Fsig%3D{VALUE}"),
        ] {
            let shown = redactor().answered(text.clone());
            let (before, after) = text.split_once(VALUE).unwrap();
            assert_eq!(untagged(&shown), format!("{before}⟦signed⟧{after}"));
        }
    }

    #[test]
    fn what_is_no_signature_of_a_url_stays() {
        for text in [
            "?signature=required&sig=v1",
            r#"{"signature": "0123456789abcdef0123456789abcdef"}"#,
            "?design=0123456789abcdef0123456789abcdef",
            "signature=0123456789abcdef0123456789abcdef",
        ] {
            assert_eq!(redactor().answered(text.to_owned()), text);
        }
    }

    #[test]
    fn the_next_page_is_asked_for_by_the_signature_that_it_was_given_by() {
        let redactor = redactor();
        let here = Url::parse("https://h.example/p").unwrap();
        let page = format!("https://h.example/p?page=2&sig={VALUE}&x=1");
        let shown = redactor.answered(page.clone());
        let next = here.join(&shown).unwrap().to_string();
        let sent = redactor.resigned(&next).unwrap();
        assert_eq!(sent.expose(), page);
        assert!(!redactor.url(&next).contains("signed"));
        let mut by_cursor = here;
        by_cursor.query_pairs_mut().append_pair("cursor", &shown);
        let sent = redactor.resigned(by_cursor.as_str()).unwrap();
        let sent = Url::parse(sent.expose()).unwrap();
        let (_, cursor) = sent.query_pairs().next().unwrap();
        assert_eq!(cursor, page);
        assert_eq!(
            redactor.resigned("https://h.example/p?sig=⟦signed:0⟧"),
            None
        );
        let unknown = "https://h.example/p?sig=⟦signed:00000000⟧";
        let other = redactor.resigned(unknown).unwrap();
        assert_eq!(other.expose(), unknown);
    }

    #[test]
    fn a_location_keeps_no_signature_and_a_known_secret_keeps_its_name() {
        let redactor = redactor();
        let named = NamedSecret::new("sas_url.sig", Secret::new("known0123456789abcdef"));
        redactor.learn(&named);
        let location = redactor.answered_header("Location", &format!("/p?sig={VALUE}&sig=short"));
        assert_eq!(
            untagged(&location),
            "/p?sig=⟦signed⟧&sig=⟦withheld:signature⟧"
        );
        let repeated = redactor.answered("https://h.example/?sig=known0123456789abcdef".to_owned());
        assert!(repeated.contains("sig=⟦secret:sas_url.sig#"), "{repeated}");
    }

    #[test]
    fn only_the_newest_signatures_are_known() {
        let redactor = redactor();
        let urls = (0..=MOST).map(|n| format!("/p?sig={n:032}"));
        let shown: Vec<String> = urls.map(|url| redactor.answered(url)).collect();
        let known = |url: &String| redactor.resigned(url).unwrap().expose() != *url;
        assert!(!known(&shown[0]) && known(&shown[1]) && known(&shown[MOST]));
    }
}
