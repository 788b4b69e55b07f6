//! `SHA256SUMS` as `sha256sum -c` reads it: a digest, two spaces and a name a line, in order of name.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::model::digest::Digest;
use crate::publish::bundle::name;

/// Why a list of sums cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SumsError {
    /// It is no text, or does not end with a line feed.
    #[error("expected lines of UTF-8 text in `SHA256SUMS`, received other bytes")]
    Text,
    /// A line is not a digest, two spaces and a name.
    #[error(
        "line {0} of `SHA256SUMS`: expected 64 lower-case hexadecimal digits, two spaces and a name"
    )]
    Line(usize),
    /// Names repeat or are not in order.
    #[error("line {0} of `SHA256SUMS`: expected names in order, each once")]
    Order(usize),
}

/// Writes the list.
pub fn render(sums: &BTreeMap<String, Digest>) -> String {
    sums.iter().fold(String::new(), |mut text, (name, digest)| {
        let _ = writeln!(text, "{digest}  {name}");
        text
    })
}

/// Reads a list that was written by [`render`], and no other.
///
/// # Errors
/// When a line is of another form, or the lines are not in order.
pub fn parse(bytes: &[u8]) -> Result<BTreeMap<String, Digest>, SumsError> {
    let text = std::str::from_utf8(bytes).map_err(|_| SumsError::Text)?;
    let lines = text.strip_suffix('\n').ok_or(SumsError::Text)?;
    let mut sums = BTreeMap::new();
    for (index, line) in lines.split('\n').enumerate() {
        let number = index + 1;
        let (digest, name) = line.split_once("  ").ok_or(SumsError::Line(number))?;
        let digest: Digest = digest.parse().map_err(|_| SumsError::Line(number))?;
        if !name::is_allowed(name) {
            return Err(SumsError::Line(number));
        }
        let last = sums.last_key_value().map(|(last, _): (&String, _)| last);
        if last.is_some_and(|last| last.as_str() >= name) {
            return Err(SumsError::Order(number));
        }
        sums.insert(name.to_owned(), digest);
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else_is() {
        let sums: BTreeMap<String, Digest> = ["a", "b/c"]
            .map(|name| (name.to_owned(), Digest::hash(name)))
            .into();
        let text = render(&sums);
        assert_eq!(parse(text.as_bytes()), Ok(sums));
        let line = text.lines().next().unwrap_or_default();
        for wrong in [
            String::new(),
            text.trim_end().to_owned(),
            format!("{text}\n"),
            format!("\u{feff}{text}"),
            text.replace('\n', "\r\n"),
            text.replace("  ", " *"),
            format!("{line}\n{line}\n"),
            format!("{}{line}\n", text.lines().next_back().unwrap_or_default()),
            text.replace("b/c", "../c"),
        ] {
            assert!(parse(wrong.as_bytes()).is_err(), "{wrong:?}");
        }
    }
}
