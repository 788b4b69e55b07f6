//! Characters and strings as Java sees them: whitespace, case, UTF-16 units.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

static LETTER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{L}$").ok());
static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{Mn}$").ok());
static DIGIT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{Nd}$").ok());

fn in_class(class: &LazyLock<Option<Regex>>, c: char) -> bool {
    let mut buffer = [0; 4];
    class
        .as_ref()
        .is_some_and(|class| class.is_match(c.encode_utf8(&mut buffer)))
}

/// `Character.isLetter`.
pub(crate) fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || (!c.is_ascii() && in_class(&LETTER, c))
}

/// `Character.isLetterOrDigit`.
pub(crate) fn is_letter_or_digit(c: char) -> bool {
    c.is_ascii_alphanumeric() || (!c.is_ascii() && (in_class(&LETTER, c) || in_class(&DIGIT, c)))
}

/// `Character.digit(c, 10)` of a digit of any script.
pub(crate) fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).map(|digit| digit as u8);
    }
    // the digits of a script follow one another, from zero on
    let before = (1..10).take_while(|back| {
        char::from_u32(u32::from(c) - back).is_some_and(|c| !c.is_ascii() && in_class(&DIGIT, c))
    });
    in_class(&DIGIT, c).then(|| before.count() as u8)
}

/// Whether a character is a mark that takes no space.
pub(crate) fn is_mark(c: char) -> bool {
    !c.is_ascii() && in_class(&MARK, c)
}

/// `Character.isWhitespace`: ASCII white, U+001C to U+001F, Unicode spaces except the three that do not break.
pub(crate) fn is_whitespace(c: char) -> bool {
    matches!(
        c,
        '\t'..='\r' | '\u{1C}'..=' ' | '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200A}'
            | '\u{2028}' | '\u{2029}' | '\u{205F}' | '\u{3000}'
    )
}

/// `String.trim`: everything up to U+0020 at both ends.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|c| c <= ' ')
}

/// `String.length`: UTF-16 units.
pub(crate) fn length(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().map(char::len_utf16).sum()
    }
}

/// `String.substring(from, to)` in UTF-16 units; half a surrogate pair becomes `?`.
pub(crate) fn substring(text: &str, from: usize, to: usize) -> Cow<'_, str> {
    if text.is_ascii() {
        let to = to.min(text.len());
        return Cow::Borrowed(&text[from.min(to)..to]);
    }
    let mut at = 0;
    let mut cut = String::new();
    for c in text.chars() {
        let end = at + c.len_utf16();
        if at >= from && end <= to {
            cut.push(c);
        } else if end > from && at < to {
            cut.push('?');
        }
        at = end;
        if at >= to {
            break;
        }
    }
    Cow::Owned(cut)
}

/// `String.charAt(index)`.
pub(crate) fn char_at(text: &str, index: usize) -> Option<u16> {
    if text.is_ascii() {
        return text.as_bytes().get(index).map(|b| u16::from(*b));
    }
    text.encode_utf16().nth(index)
}

/// The text of one UTF-16 unit; `?` for half a surrogate pair, as an encoder writes it.
pub(crate) fn unit(unit: u16) -> char {
    char::from_u32(u32::from(unit)).unwrap_or('?')
}

/// A string of UTF-16 units; `?` for each half of a surrogate pair, as an encoder writes it.
pub(crate) fn from_units(units: &[u16]) -> String {
    char::decode_utf16(units.iter().copied())
        .map(|c| c.unwrap_or('?'))
        .collect()
}

/// `String.hashCode`.
pub(crate) fn hash(text: &str) -> i32 {
    let step = |hash: i32, unit: u16| hash.wrapping_mul(31).wrapping_add(i32::from(unit));
    if text.is_ascii() {
        text.bytes().fold(0, |hash, b| step(hash, u16::from(b)))
    } else {
        text.encode_utf16().fold(0, step)
    }
}

/// `String.compareTo`: by UTF-16 units.
pub(crate) fn compare(left: &str, right: &str) -> std::cmp::Ordering {
    if left.is_ascii() || right.is_ascii() {
        return left.cmp(right);
    }
    left.encode_utf16().cmp(right.encode_utf16())
}

/// `String.compareTo` as a number: the difference of the first units that differ, else of the lengths.
pub(crate) fn difference(left: &str, right: &str) -> i32 {
    left.encode_utf16()
        .zip(right.encode_utf16())
        .find(|(l, r)| l != r)
        .map_or_else(
            || length(left) as i32 - length(right) as i32,
            |(l, r)| i32::from(l) - i32::from(r),
        )
}

/// `Character.toTitleCase(char)`: one unit stays one unit.
pub(crate) fn title_case(c: char) -> char {
    match c {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        // characters beyond U+FFFF are two units, which have no case
        '\u{10000}'.. => c,
        // Georgian letters are their own title case
        '\u{10D0}'..='\u{10FF}' => c,
        _ => simple_upper(c),
    }
}

/// The upper case of `c` where it is one character; `c` itself otherwise.
pub(crate) fn simple_upper(c: char) -> char {
    // these have a simple mapping next to their longer one
    match c {
        'ᾀ'..='ᾇ' | 'ᾐ'..='ᾗ' | 'ᾠ'..='ᾧ' => char::from_u32(c as u32 + 8).unwrap_or(c),
        'ᾳ' => 'ᾼ',
        'ῃ' => 'ῌ',
        'ῳ' => 'ῼ',
        _ => {
            let mut upper = c.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(only), None) => only,
                _ => c,
            }
        }
    }
}

/// `String.toUpperCase(locale)`: Turkish and Azeri dot their capital i.
pub(crate) fn upper(text: &str, language: &str) -> String {
    match language {
        "tr" | "az" => text.replace('i', "İ").to_uppercase(),
        _ => text.to_uppercase(),
    }
}

/// `String.toLowerCase(locale)`.
pub(crate) fn lower(text: &str, language: &str) -> String {
    match language {
        "tr" | "az" => text
            .replace("I\u{307}", "i")
            .replace('I', "ı")
            .replace('İ', "i")
            .to_lowercase(),
        _ => text.to_lowercase(),
    }
}
