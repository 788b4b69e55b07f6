//! What logs in within the URLs of a text: user name and password before the host (RFC 3986 section 3.2.1).

use std::ops::Range;

/// The bytes of each, in order; a user name alone is no secret, and a template holds none.
pub(super) fn spans(text: &str) -> Vec<Range<usize>> {
    let starts = text.match_indices("://").map(|(at, sign)| at + sign.len());
    starts.filter_map(|start| span(text, start)).collect()
}

fn span(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = text.get(start..)?;
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`'));
    let rest = rest.get(..end.unwrap_or(rest.len()))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (_, port) = authority.split_once(':')?;
    let is_port = port.bytes().all(|b| b.is_ascii_digit());
    // a password with one of these signs ends the host early
    let user = match authority.rfind('@') {
        Some(at) => authority.get(..at)?,
        None if is_port => return None,
        None => rest.get(..rest.rfind('@')?)?,
    };
    (user.contains(':') && !user.contains("{{")).then(|| start..start + user.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_and_a_password_are_found_and_nothing_else() {
        for (text, found) in [
            ("a \"https://bob:secret@host/a\" b", Some("bob:secret")),
            ("https://bob:a/b?c@host/x", Some("bob:a/b?c")),
            ("https://bob:a@b@host", Some("bob:a@b")),
            ("https://host:8443/a@b", None),
            ("https://host:8443?a=b@c", None),
            ("abfs://files@host/a", None),
            ("https://host/\", \"a:b@c\"", None),
            ("https://{{ a }}:{{ b }}@host", None),
        ] {
            let found: Vec<&str> = found.into_iter().collect();
            let all: Vec<&str> = spans(text)
                .into_iter()
                .filter_map(|s| text.get(s))
                .collect();
            assert_eq!(all, found, "{text}");
        }
    }
}
