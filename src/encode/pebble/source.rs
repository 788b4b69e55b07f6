//! Lines and columns of a template, counted as Pebble counts them.

/// Length in bytes of the line terminator at the start of `text`; 0 for none.
///
/// CRLF is one terminator; so are LF, CR, U+0085, U+2028 and U+2029.
pub(crate) fn terminator(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(b'\r') if bytes.get(1) == Some(&b'\n') => 2,
        Some(b'\r' | b'\n') => 1,
        Some(0xC2) if text.starts_with('\u{85}') => 2,
        Some(0xE2) if text.starts_with(['\u{2028}', '\u{2029}']) => 3,
        _ => 0,
    }
}

/// Byte offset where line `number` (from 1) starts, and where it ends without its terminator.
pub(crate) fn line_bounds(text: &str, number: usize) -> (usize, usize) {
    let mut line = 1;
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        let ends = terminator(&text[at..]);
        if ends > 0 {
            if line == number {
                return (start, at);
            }
            line += 1;
            start = at + ends;
            at = start;
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    if line == number {
        (start, at)
    } else {
        (at, at)
    }
}

/// Line and column, both from 1, of the byte offset `at`; the column counts characters.
pub(crate) fn position(text: &str, at: usize) -> (usize, usize) {
    let mut line = 1;
    let mut start = 0;
    let mut here = 0;
    while here < at && here < text.len() {
        let ends = terminator(&text[here..]);
        if ends > 0 {
            line += 1;
            here += ends;
            start = here;
        } else {
            here += text[here..].chars().next().map_or(1, char::len_utf8);
        }
    }
    let column = text[start..]
        .char_indices()
        .take_while(|(i, _)| start + i < at)
        .count()
        + 1;
    (line, column)
}
