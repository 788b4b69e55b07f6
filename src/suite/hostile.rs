//! Attributes that a careless template or endpoint breaks on.

use crate::model::profile::Profile;
use crate::suite::parameter::Trait;

/// Gives every attribute of such a name such a text.
pub fn fill(profile: &mut Profile, particular: Trait, is_meant: impl Fn(&str) -> bool) {
    let texts = texts(particular);
    let attributes = profile.attributes.iter_mut();
    let meant = attributes.filter(|(name, _)| is_meant(name));
    for ((_, value), text) in meant.zip(texts.iter().cycle()) {
        *value = Some(text.as_str().into());
    }
}

/// Texts that a careless template or endpoint breaks on, one for each attribute in turn.
fn texts(particular: Trait) -> Vec<String> {
    let texts: &[&str] = match particular {
        Trait::QuotesAndBackslashes => &[
            "Rosa \"Rosie\" O'Neill \\ \\\" \\\\",
            "\u{201c}Rosie\u{201d} \u{2013} \u{2018}O\u{2019}Neill\u{2019}",
        ],
        Trait::LineBreaks => &["first line\nsecond line\r\nthird\tline"],
        Trait::Markup => &["<b>Fish & Chips</b> 'n' \"more\" &amp; {{ x }} {% y %}"],
        Trait::BeyondBmp => {
            &["\u{1f600} \u{1f469}\u{200d}\u{1f680} \u{20bb7}\u{91ce}\u{5bb6} \u{1d11e}"]
        }
        Trait::BlankAttributes => &["  blanks around  "],
        Trait::AccentedAttributes => &["Zo\u{eb} Zoe\u{308}"],
        Trait::AccentedThroughout => {
            return vec!["\u{17c}\u{f3}\u{142}\u{107}\u{20ac}".repeat(400)];
        }
        Trait::LongAttributes => return vec!["0123456789".repeat(30)],
        Trait::VeryLongAttributes => return vec!["0123456789".repeat(200)],
        Trait::NumberLike => &["02134", "12345678901234567890", "007.50", "+5", "1e5"],
        Trait::ZeroLike => &["0"],
        Trait::BooleanLike => &["True", "yes"],
        Trait::DateLike => &[
            "2026-01-02T03:04:05.600+0000",
            "2026/01/02",
            "2026-01-02T03:04:05Z",
        ],
        Trait::FormulaLike => &["=1+2", "@sum", "-1+2"],
        Trait::JsonLike => &["[1, 2]", "{\"a\": 1}", "\"a\""],
        Trait::PercentAttributes => &["100%25 of%20it"],
        Trait::SeparatorLike => &["one, two; three | four", "a:b#c~d^e", "$5 * 2 / 1"],
        Trait::NullLike => &["null", "None"],
        Trait::EmptyAttributes
        | Trait::OneIdentity
        | Trait::TwoIdentities
        | Trait::ThreeIdentities
        | Trait::TenIdentities
        | Trait::EachNamespace
        | Trait::AllButOneNamespace
        | Trait::HashedNamespaces
        | Trait::UnusualIdentities
        | Trait::LongIdentities
        | Trait::UpperCaseIdentities
        | Trait::LeadingZeros
        | Trait::BlankIdentities
        | Trait::AccentedIdentities
        | Trait::PlusIdentities
        | Trait::PercentIdentities
        | Trait::SeparatedIdentities
        | Trait::LongAccents
        | Trait::AllAttributes
        | Trait::LacksAttribute
        | Trait::LacksAttributes
        | Trait::FiftyAttributes => &[""],
    };
    texts.iter().map(|text| (*text).to_owned()).collect()
}
