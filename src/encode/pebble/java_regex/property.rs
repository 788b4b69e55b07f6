//! The names that `\p{...}` knows, and the classes `\d`, `\s`, `\w`.

use regex_syntax::hir::{Class, HirKind};

use crate::encode::pebble::java_regex::Refusal;
use crate::encode::pebble::java_regex::scan::Flags;
use crate::encode::pebble::java_regex::set::{LAST, Set};

/// A class that is ASCII unless the switch `U` is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Alnum,
    Alpha,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    Print,
    Punct,
    Space,
    Upper,
    Word,
    XDigit,
}

impl Kind {
    fn named(name: &str) -> Option<Kind> {
        Some(match name {
            "Alnum" => Kind::Alnum,
            "Alpha" => Kind::Alpha,
            "Blank" => Kind::Blank,
            "Cntrl" => Kind::Cntrl,
            "Digit" => Kind::Digit,
            "Graph" => Kind::Graph,
            "Lower" => Kind::Lower,
            "Print" => Kind::Print,
            "Punct" => Kind::Punct,
            "Space" => Kind::Space,
            "Upper" => Kind::Upper,
            "XDigit" => Kind::XDigit,
            _ => return None,
        })
    }

    /// The characters of the class.
    pub fn set(self, unicode: bool) -> Set {
        if unicode {
            self.unicode()
        } else {
            self.ascii()
        }
    }

    fn ascii(self) -> Set {
        let span = |from: char, to: char| (u32::from(from), u32::from(to));
        let (upper, lower, digit) = (span('A', 'Z'), span('a', 'z'), span('0', '9'));
        match self {
            Kind::Alnum => Set::new([upper, lower, digit]),
            Kind::Alpha => Set::new([upper, lower]),
            Kind::Blank => Set::new([span(' ', ' '), span('\t', '\t')]),
            Kind::Cntrl => Set::new([(0, 0x1F), (0x7F, 0x7F)]),
            Kind::Digit => Set::new([digit]),
            Kind::Graph => Set::new([span('!', '~')]),
            Kind::Lower => Set::new([lower]),
            Kind::Print => Set::new([span(' ', '~')]),
            Kind::Punct => Set::new([
                span('!', '/'),
                span(':', '@'),
                span('[', '`'),
                span('{', '~'),
            ]),
            Kind::Space => Set::new([span('\t', '\r'), span(' ', ' ')]),
            Kind::Upper => Set::new([upper]),
            Kind::Word => Set::new([upper, lower, digit, span('_', '_')]),
            Kind::XDigit => Set::new([digit, span('A', 'F'), span('a', 'f')]),
        }
    }

    fn unicode(self) -> Set {
        match self {
            Kind::Alnum => known("Alphabetic").union(&known("Nd")),
            Kind::Alpha => known("Alphabetic"),
            Kind::Blank => known("Zs").union(&Set::single(9)),
            Kind::Cntrl => known("Cc"),
            Kind::Digit => known("Nd"),
            Kind::Graph => {
                let hidden = ["White_Space", "Cc", "Cn"].map(known);
                hidden
                    .iter()
                    .fold(surrogates(), |all, set| all.union(set))
                    .negated()
            }
            Kind::Lower => known("Lowercase"),
            Kind::Print => Kind::Graph
                .unicode()
                .union(&Kind::Blank.unicode())
                .intersection(&known("Cc").negated()),
            Kind::Punct => known("P"),
            Kind::Space => known("White_Space"),
            Kind::Upper => known("Uppercase"),
            Kind::Word => {
                let parts = ["Alphabetic", "M", "Nd", "Pc", "Join_Control"].map(known);
                parts.iter().fold(Set::default(), |all, set| all.union(set))
            }
            Kind::XDigit => known("Nd").union(&known("Hex_Digit")),
        }
    }
}

/// The set of a name after `\p`.
pub(super) fn named(name: &str, flags: &Flags) -> Result<Set, Refusal> {
    if let Some((key, value)) = name.split_once('=') {
        return match key.to_lowercase().as_str() {
            "sc" | "script" => script(value, name),
            "blk" | "block" => Err(block(name)),
            "gc" | "general_category" => category(value, flags).ok_or_else(|| unknown(name)),
            _ => Err(unknown(name)),
        };
    }
    if name.starts_with("In") {
        return Err(block(name));
    }
    if let Some(short) = name.strip_prefix("Is") {
        let binary = binary(&short.to_uppercase(), flags);
        return match binary.or_else(|| category(short, flags)) {
            Some(set) => Ok(set),
            None => script(short, name),
        };
    }
    category(name, flags).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Refusal {
    Refusal::syntax(format!("there is no character property `{name}`"))
}

fn block(name: &str) -> Refusal {
    Refusal::Unsupported(format!("the block of characters `\\p{{{name}}}`"))
}

/// The property of Unicode in the words of Java; case of letters counts when it is to be ignored too.
fn binary(name: &str, flags: &Flags) -> Option<Set> {
    let any_case = || {
        ["Lu", "Ll", "Lt"]
            .map(known)
            .iter()
            .fold(Set::default(), |all, set| all.union(set))
    };
    Some(match name {
        "ALPHABETIC" => known("Alphabetic"),
        "LETTER" => known("L"),
        "IDEOGRAPHIC" => known("Ideographic"),
        "LOWERCASE" | "UPPERCASE" if flags.ignore_case => known("Lowercase")
            .union(&known("Uppercase"))
            .union(&known("Lt")),
        "TITLECASE" if flags.ignore_case => any_case(),
        "LOWERCASE" => known("Lowercase"),
        "UPPERCASE" => known("Uppercase"),
        "TITLECASE" => known("Lt"),
        "WHITE_SPACE" | "WHITESPACE" => known("White_Space"),
        "CONTROL" => known("Cc"),
        "PUNCTUATION" => known("P"),
        "HEX_DIGIT" | "HEXDIGIT" => Kind::XDigit.unicode(),
        "ASSIGNED" => known("Cn").negated(),
        "NONCHARACTER_CODE_POINT" | "NONCHARACTERCODEPOINT" => known("Noncharacter_Code_Point"),
        "DIGIT" => Kind::Digit.unicode(),
        "ALNUM" => Kind::Alnum.unicode(),
        "BLANK" => Kind::Blank.unicode(),
        "GRAPH" => Kind::Graph.unicode(),
        "PRINT" => Kind::Print.unicode(),
        "WORD" => Kind::Word.unicode(),
        "JOIN_CONTROL" | "JOINCONTROL" => known("Join_Control"),
        _ => return None,
    })
}

/// A general category, a class of POSIX, or a method of `Character`.
fn category(name: &str, flags: &Flags) -> Option<Set> {
    const CATEGORIES: [&str; 36] = [
        "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp",
        "Cc", "Cf", "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf",
        "M", "N", "Z", "P", "S", "L",
    ];
    let any_case = || {
        ["Lu", "Ll", "Lt"]
            .map(known)
            .iter()
            .fold(Set::default(), |all, set| all.union(set))
    };
    if let Some(kind) = Kind::named(name) {
        return Some(match kind {
            Kind::Lower | Kind::Upper if flags.ignore_case => {
                let both = Kind::Lower.set(flags.unicode_classes);
                both.union(&Kind::Upper.set(flags.unicode_classes))
            }
            kind => kind.set(flags.unicode_classes),
        });
    }
    Some(match name {
        "Lu" | "Ll" | "Lt" if flags.ignore_case => any_case(),
        "Cs" => surrogates(),
        "C" => known("C").union(&surrogates()),
        "LC" => any_case(),
        "LD" => known("L").union(&known("Nd")),
        "L1" => Set::new([(0, 0xFF)]),
        "all" => Set::new([(0, LAST)]),
        "ASCII" => Set::new([(0, 0x7F)]),
        "javaLowerCase" | "javaUpperCase" if flags.ignore_case => known("Lowercase")
            .union(&known("Uppercase"))
            .union(&known("Lt")),
        "javaLowerCase" => known("Lowercase"),
        "javaUpperCase" => known("Uppercase"),
        "javaTitleCase" => known("Lt"),
        "javaAlphabetic" => known("Alphabetic"),
        "javaIdeographic" => known("Ideographic"),
        "javaDigit" => known("Nd"),
        "javaDefined" => known("Cn").negated(),
        "javaLetter" => known("L"),
        "javaLetterOrDigit" => known("L").union(&known("Nd")),
        "javaSpaceChar" => known("Z"),
        "javaWhitespace" => {
            let bound = Set::new([(0xA0, 0xA0), (0x2007, 0x2007), (0x202F, 0x202F)]);
            let spaces = known("Z").intersection(&bound.negated());
            spaces.union(&Set::new([(0x09, 0x0D), (0x1C, 0x1F)]))
        }
        "javaISOControl" => Set::new([(0, 0x1F), (0x7F, 0x9F)]),
        _ if CATEGORIES.contains(&name) => known(name),
        _ => return None,
    })
}

fn surrogates() -> Set {
    Set::new([(0xD800, 0xDFFF)])
}

fn script(value: &str, name: &str) -> Result<Set, Refusal> {
    unicode(&format!("sc={value}")).ok_or_else(|| unknown(name))
}

/// A property that is surely there.
fn known(name: &str) -> Set {
    unicode(name).unwrap_or_default()
}

/// A property by the names of Unicode.
fn unicode(name: &str) -> Option<Set> {
    let set = |ranges: &mut dyn Iterator<Item = (u32, u32)>| Set::new(ranges).wide();
    let hir = regex_syntax::Parser::new()
        .parse(&format!(r"\p{{{name}}}"))
        .ok()?;
    Some(match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => set(&mut class
            .iter()
            .map(|range| (u32::from(range.start()), u32::from(range.end())))),
        // a class of one character
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            set(&mut text.chars().map(|c| (u32::from(c), u32::from(c))))
        }
        _ => return None,
    })
}
