//! Percent-encoding of a text as one part of a URL, and of nothing larger.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A text in which every sign but the unreserved ones of RFC 3986 section 2.3 is escaped.
pub fn encoded(text: &str) -> String {
    const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(text, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_a_url_is_escaped() {
        assert_eq!(encoded("a-b._~/ä?& %"), "a-b._~%2F%C3%A4%3F%26%20%25");
    }
}
