//! Text from a partner or an endpoint, made harmless to look at: controls, bidirectional marks and invisibles become visible.

/// One line: as [`block`], with line breaks and tabs made visible as well.
pub fn line(text: &str) -> String {
    escape(text, |_| false)
}

/// Several lines: line feeds and tabs stay; every other control, bidirectional or invisible character becomes `\u{…}`.
pub fn block(text: &str) -> String {
    escape(text, |c| matches!(c, '\n' | '\t'))
}

/// The first `limit` characters; what is left out is said, never silently dropped.
pub fn shorten(text: &str, limit: usize) -> String {
    let count = text.chars().count();
    if count <= limit {
        return text.to_owned();
    }
    let head: String = text.chars().take(limit).collect();
    format!("{head}… ({} more characters)", count - limit)
}

/// Whether a character must not reach a screen as it is.
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{fffe}'
                | '\u{ffff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// JSON of several lines with a final line feed, every deceptive character as `\uXXXX`.
pub fn json(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len() + 1);
    let mut rest = plain;
    // records are long and nearly all of them is plain: what is plain is copied at once
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_escaped(*c)) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
        rest = from.get(c.len_utf8()..).unwrap_or_default();
    }
    out.push_str(rest);
    out.push('\n');
    out
}

fn is_escaped(c: char) -> bool {
    !matches!(c, ' '..='~' | '\n') && is_deceptive(c)
}

fn escape(text: &str, keep: fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if keep(c) => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_deceptive(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_drive_a_terminal_or_turn_text_around_becomes_visible() {
        assert_eq!(
            block("a\u{1b}[2J\r\u{9b}\u{202e}b\n\tc"),
            "a\\u{1b}[2J\\r\\u{9b}\\u{202e}b\n\tc"
        );
        assert_eq!(line("a\nb\0"), "a\\nb\\u{0}");
    }

    #[test]
    fn ordinary_text_of_any_script_is_left_alone() {
        assert_eq!(line("Zoë 日本 😀 שלום"), "Zoë 日本 😀 שלום");
    }

    #[test]
    fn a_shortened_text_says_how_much_is_missing() {
        assert_eq!(shorten("abcdef", 4), "abcd… (2 more characters)");
        assert_eq!(shorten("abcd", 4), "abcd");
    }
}
