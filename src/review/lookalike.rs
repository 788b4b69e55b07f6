//! Text that does not look like what it is: signs that nobody sees, words whose letters are of several scripts (UTS 39,
//! highly restrictive), and words of another script that could be read as Latin.

use std::sync::OnceLock;

use regex::Regex;

use crate::publish::report::text::{is_deceptive, line};

/// Scripts that one word may hold, with what belongs to all; the first three as UTS 39 section 5.2 has them.
const TOGETHER: [&str; 13] = [
    r"\p{scx=Latin}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}",
    r"\p{scx=Latin}\p{scx=Han}\p{scx=Bopomofo}",
    r"\p{scx=Latin}\p{scx=Han}\p{scx=Hangul}",
    r"\p{scx=Greek}",
    r"\p{scx=Cyrillic}",
    r"\p{scx=Armenian}",
    r"\p{scx=Georgian}",
    r"\p{scx=Hebrew}",
    r"\p{scx=Arabic}",
    r"\p{scx=Devanagari}",
    r"\p{scx=Thai}",
    r"\p{scx=Cherokee}",
    r"\p{scx=Coptic}",
];

/// Scripts that no Latin letter may stand beside, apart from those of East Asia: those above and all that are not named.
const COMMON: &str = r"\p{sc=Common}\p{sc=Inherited}";

/// Letters of other scripts that are drawn as Latin ones.
const LATIN_LOOKING: &str = "\
    АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁԛԝӏӀҮ\
    ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοντϲϳ\
    ՏՕՍօսոհց\
    ᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᎽᏀᏃᏎᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏻᏼ";

/// Why a text is not what it looks like, if so.
pub fn why(text: &str) -> Option<String> {
    let unseen = |c: &char| is_deceptive(*c) || is_ignored(*c) || is_styled(*c);
    if let Some(c) = text.chars().find(unseen) {
        return Some(format!(
            "U+{:04X}, which is not seen as what it is",
            u32::from(c)
        ));
    }
    let words = || text.split(|c: char| !c.is_alphanumeric() && !is_mark(c));
    let mixed = words().find(|word| !word.is_ascii() && !is_of_one_kind(word));
    let mixed = mixed.map(|word| format!("`{}` mixes scripts", line(word)));
    mixed.or_else(|| {
        let feigned = words().find(|word| is_feigned(word, text));
        feigned.map(|word| format!("`{}` looks Latin, and is not", line(word)))
    })
}

/// `Default_Ignorable_Code_Point` of Unicode besides what no screen gets: drawn as nothing.
fn is_ignored(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0080}'..='\u{e0fff}'
    )
}

/// Letters for formulas, which are drawn as those of names.
fn is_styled(c: char) -> bool {
    matches!(c, '\u{1d400}'..='\u{1d7ff}')
}

/// What is drawn on the letter before it, and so belongs to its word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Whether the letters of a word may stand together.
fn is_of_one_kind(word: &str) -> bool {
    static KINDS: OnceLock<Vec<Regex>> = OnceLock::new();
    let kinds = KINDS.get_or_init(|| {
        let within = TOGETHER.map(|scripts| format!("^[{COMMON}{scripts}]*$"));
        let others = format!("^(?:[{COMMON}]|[^{}])*$", TOGETHER.concat());
        let all = within.into_iter().chain([others]);
        all.filter_map(|form| Regex::new(&form).ok()).collect()
    });
    kinds.iter().any(|kind| kind.is_match(word))
}

/// Whether every letter of a word of another script looks Latin, and nothing else in the text shows that it is not.
fn is_feigned(word: &str, text: &str) -> bool {
    let looks = |c: char| LATIN_LOOKING.contains(c);
    let all = word.chars().any(char::is_alphabetic)
        && word.chars().all(|c| looks(c) || !c.is_alphabetic());
    let foreign = |c: char| c.is_alphabetic() && !c.is_ascii() && !looks(c);
    let own = |other: &str| is_of_one_kind(&format!("{word}{other}"));
    let words = || text.split(|c: char| !c.is_alphanumeric() && !is_mark(c));
    all && !words().any(|other| other.chars().any(foreign) && own(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_names_of_every_script_are_let_pass() {
        for name in [
            "Moonshine Analytics, Inc.",
            "Société Générale d’Été №5",
            "株式会社ムーンシャインAnalytics2026",
            "東京ﾃﾞｰﾀ・センター",
            "主页Web版",
            "ㄅㄆㄇ公司",
            "문샤인Analytics",
            "Ελληνική Τράπεζα",
            "Άλφα Bank",
            "ООО Ромашка",
            "Компания СОТА",
            "Ընկերություն ՏՕՍ",
            "חברה בע״מ",
            "شركة القمر",
            "चंद्र Analytics",
            "บริษัท จันทร์",
            "ကုမ္ပဏီ",
            "Nguyễn Văn A.",
            "e\u{301}te\u{301}",
            "5 µm, 10 Ω",
            "😀 Moonshine",
        ] {
            assert_eq!(why(name), None, "{name}");
        }
    }

    #[test]
    fn letters_of_two_scripts_in_a_word_are_found() {
        for name in [
            "Moonshine \u{410}nalytics",
            "Acm\u{435}",
            "G\u{3bf}ogle",
            "\u{13aa}cme",
            "Acme-b\u{585}x",
            "Ром\u{61}шка",
            "日本Пример",
            "acme\u{5d0}",
            "Ac\u{1000}me",
        ] {
            let why = why(name).unwrap_or_default();
            assert!(why.ends_with("mixes scripts"), "{name}: {why}");
        }
    }

    #[test]
    fn a_word_of_another_script_that_could_be_latin_is_found() {
        for name in [
            "Асе",
            "ВМЕ Analytics",
            "СОСА-СОТА",
            "ΝΙΚΟ",
            "J. \u{405}\u{41c}\u{406}\u{422}\u{41d}",
        ] {
            let why = why(name).unwrap_or_default();
            assert!(why.ends_with("looks Latin, and is not"), "{name}: {why}");
        }
    }

    #[test]
    fn signs_that_nobody_sees_are_found_wherever_they_stand() {
        let ranges = [
            0xad..=0xad,
            0x34f..=0x34f,
            0x61c..=0x61c,
            0x115f..=0x1160,
            0x17b4..=0x17b5,
            0x180b..=0x180e,
            0x200b..=0x200f,
            0x202a..=0x202e,
            0x2060..=0x206f,
            0x3164..=0x3164,
            0xfe00..=0xfe0f,
            0xfeff..=0xfeff,
            0xffa0..=0xffa0,
            0xe0000..=0xe0fff,
            0x1d400..=0x1d400,
            0..=0x1f,
            0x7f..=0x9f,
        ];
        for c in ranges.into_iter().flatten().filter_map(char::from_u32) {
            let why = why(&format!("Acme{c}Inc")).unwrap_or_default();
            assert!(why.starts_with("U+"), "{c:?}: {why}");
        }
    }
}
