//! Names of files in a bundle: which are allowed, and how any text becomes one. A name that needs no cleaning cannot be
//! cleaned in two ways.

/// Bytes of the longest name.
pub const LONGEST: usize = 180;
/// Folders of the deepest name, the file itself counted.
const DEEPEST: usize = 8;
/// Characters that a text keeps in a name.
const KEPT: usize = 60;
/// Names that stand for devices on some systems, with any ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Whether a name of a bundle is allowed: lower-case ASCII, no way up, no device, nothing hidden. The two files at the
/// top that stock tools know in capitals are allowed as they are.
pub fn is_allowed(name: &str) -> bool {
    if name == super::SUMS || name == README {
        return true;
    }
    name.len() <= LONGEST && name.split('/').count() <= DEEPEST && name.split('/').all(is_component)
}

/// What a bundle says of itself.
pub const README: &str = "README.txt";

fn is_component(part: &str) -> bool {
    let mut bytes = part.bytes();
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    bytes.next().is_some_and(plain)
        && bytes.all(|b| plain(b) || matches!(b, b'.' | b'_' | b'-'))
        && !part.ends_with('.')
        && !is_device(part)
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part);
    let port = |start: &str| {
        let rest = stem.strip_prefix(start);
        rest.is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    DEVICES.contains(&stem) || port("com") || port("lpt")
}

/// A part of a name that stands for any text, with a number before it that keeps it apart from others.
pub fn numbered(number: usize, text: &str) -> String {
    format!("{number:04}-{}", slug(text))
}

fn slug(text: &str) -> String {
    let plain = |c: char| match c.to_ascii_lowercase() {
        c if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') => c,
        _ => '-',
    };
    let kept: String = text.chars().take(KEPT).map(plain).collect();
    kept.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_mean_the_same_everywhere_are_allowed() {
        for name in [
            "statement.json",
            "SHA256SUMS",
            "edition/streaming/a_b.feature",
            "evidence/http/0001-x/0002-str-1.01.har",
        ] {
            assert!(is_allowed(name), "{name}");
        }
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a/./b",
            "a//b",
            "a/",
            "a\\b",
            "c:/x",
            "A.json",
            "sha256sums/",
            ".hidden",
            "a/.b",
            "a.",
            "con",
            "aux.txt",
            "com1",
            "lpt9.log",
            "a b",
            "e\u{301}",
            "a\u{202e}b",
            "a\u{1b}b",
            "a\0b",
            "a/b/c/d/e/f/g/h/i",
        ] {
            assert!(!is_allowed(name), "{name:?}");
        }
        assert!(!is_allowed(&"a".repeat(LONGEST + 1)));
    }

    #[test]
    fn any_text_becomes_an_allowed_name() {
        for text in ["", "STR-2.05/none", "con", "../..", "…", "a.", "Zoë 日本"] {
            let name = numbered(1, text);
            assert!(is_allowed(&name), "{text:?}: {name}");
        }
    }
}
