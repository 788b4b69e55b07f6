//! The token of HTTP, which names of headers, methods and schemes are; no token that grants access.

/// Whether a token may hold it (RFC 9110 section 5.6.2).
pub fn is_sign(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether a text is a token (RFC 9110 section 5.6.2).
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_neither_separators_nor_blanks_and_is_not_empty() {
        assert!(is_token("X-Api_Key.2"));
        for other in ["", "a b", "a:b", "a/b", "ä", "a\n"] {
            assert!(!is_token(other), "{other}");
        }
    }
}
