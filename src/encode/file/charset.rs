//! Character sets by their Java names: text to bytes, with `?` for what a set does not have.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

/// Single-byte sets: names, then the characters of bytes 80 to FF (`-` where there is none), as Java 17 maps them.
const TABLES: &str = include_str!("charset_tables.tsv");

const UTF_8: &[&str] = &["utf-8", "utf8", "unicode-1-1-utf-8"];
const UTF_16: &[&str] = &["utf-16", "utf_16", "utf16", "unicode", "unicodebig"];
const UTF_16_BE: &[&str] = &[
    "utf-16be",
    "utf_16be",
    "x-utf-16be",
    "iso-10646-ucs-2",
    "unicodebigunmarked",
];
const UTF_16_LE: &[&str] = &[
    "utf-16le",
    "utf_16le",
    "x-utf-16le",
    "unicodelittleunmarked",
];
const UTF_16_LE_BOM: &[&str] = &["x-utf-16le-bom", "unicodelittle"];
const UTF_32_BE: &[&str] = &[
    "utf-32",
    "utf_32",
    "utf32",
    "utf-32be",
    "utf_32be",
    "x-utf-32be",
];
const UTF_32_LE: &[&str] = &["utf-32le", "utf_32le", "x-utf-32le"];
const UTF_32_BE_BOM: &[&str] = &["x-utf-32be-bom", "utf_32be_bom", "utf-32be-bom"];
const UTF_32_LE_BOM: &[&str] = &["x-utf-32le-bom", "utf_32le_bom", "utf-32le-bom"];
const LATIN_1: &[&str] = &[
    "iso-8859-1",
    "819",
    "8859_1",
    "ibm-819",
    "ibm819",
    "iso8859-1",
    "iso8859_1",
    "iso_8859-1",
    "iso_8859-1:1987",
    "iso_8859_1",
    "cp819",
    "csisolatin1",
    "iso-ir-100",
    "l1",
    "latin1",
];
const ASCII: &[&str] = &[
    "us-ascii",
    "646",
    "ansi_x3.4-1968",
    "ansi_x3.4-1986",
    "ascii",
    "ibm367",
    "iso646-us",
    "iso_646.irv:1991",
    "ascii7",
    "cp367",
    "csascii",
    "default",
    "iso-ir-6",
    "iso_646.irv:1983",
    "us",
];

static SINGLE_BYTE: LazyLock<HashMap<&'static str, Arc<HashMap<char, u8>>>> = LazyLock::new(|| {
    let mut sets = HashMap::new();
    for line in TABLES.lines() {
        let Some((names, codes)) = line.split_once('\t') else {
            continue;
        };
        let characters = codes
            .split(' ')
            .map(|code| u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
        let map = Arc::new(
            (0x80..=0xFF)
                .zip(characters)
                .filter_map(|(byte, c)| Some((c?, byte)))
                .collect(),
        );
        sets.extend(names.split(',').map(|name| (name, Arc::clone(&map))));
    }
    sets
});

/// One character set, as `encoding` names it.
#[derive(Clone, PartialEq)]
pub struct Charset {
    name: String,
    kind: Kind,
}

#[derive(Clone, PartialEq)]
enum Kind {
    /// Characters up to a limit are one byte each.
    Limited(u32),
    SingleByte(Arc<HashMap<char, u8>>),
    Utf16 {
        little: bool,
        mark: bool,
    },
    Utf32 {
        little: bool,
        mark: bool,
    },
    Utf8,
}

impl fmt::Debug for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Charset").field(&self.name).finish()
    }
}

impl Charset {
    /// The set that Java knows by `name`, in any letter case. Spark and this crate share the Unicode, ISO 8859, Windows and
    /// some IBM sets; a set of another kind gives `None`.
    #[must_use]
    pub fn for_name(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let named = |names: &[&str]| names.contains(&lower.as_str());
        let kind = match () {
            () if named(UTF_8) => Kind::Utf8,
            () if named(UTF_16) => Kind::Utf16 {
                little: false,
                mark: true,
            },
            () if named(UTF_16_BE) => Kind::Utf16 {
                little: false,
                mark: false,
            },
            () if named(UTF_16_LE) => Kind::Utf16 {
                little: true,
                mark: false,
            },
            () if named(UTF_16_LE_BOM) => Kind::Utf16 {
                little: true,
                mark: true,
            },
            () if named(UTF_32_BE) => Kind::Utf32 {
                little: false,
                mark: false,
            },
            () if named(UTF_32_LE) => Kind::Utf32 {
                little: true,
                mark: false,
            },
            () if named(UTF_32_BE_BOM) => Kind::Utf32 {
                little: false,
                mark: true,
            },
            () if named(UTF_32_LE_BOM) => Kind::Utf32 {
                little: true,
                mark: true,
            },
            () if named(LATIN_1) => Kind::Limited(0xFF),
            () if named(ASCII) => Kind::Limited(0x7F),
            () => Kind::SingleByte(Arc::clone(SINGLE_BYTE.get(lower.as_str())?)),
        };
        Some(Self {
            name: name.to_owned(),
            kind,
        })
    }

    /// UTF-8, Spark's default.
    #[must_use]
    pub fn utf8() -> Self {
        Self {
            name: "UTF-8".to_owned(),
            kind: Kind::Utf8,
        }
    }

    /// Whether text is written as it is held.
    #[must_use]
    pub fn is_utf8(&self) -> bool {
        matches!(self.kind, Kind::Utf8)
    }

    /// The name it was asked for by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes before the first character: a byte order mark, for the sets that have one.
    #[must_use]
    pub fn mark(&self) -> &'static [u8] {
        match self.kind {
            Kind::Utf16 {
                little: false,
                mark: true,
            } => &[0xFE, 0xFF],
            Kind::Utf16 {
                little: true,
                mark: true,
            } => &[0xFF, 0xFE],
            Kind::Utf32 {
                little: false,
                mark: true,
            } => &[0, 0, 0xFE, 0xFF],
            Kind::Utf32 {
                little: true,
                mark: true,
            } => &[0xFF, 0xFE, 0, 0],
            Kind::Utf16 { .. }
            | Kind::Utf32 { .. }
            | Kind::Utf8
            | Kind::Limited(_)
            | Kind::SingleByte(_) => &[],
        }
    }

    /// Appends the bytes of `text` to `out`.
    pub fn encode(&self, text: &str, out: &mut Vec<u8>) {
        match self.kind {
            Kind::Utf8 => out.extend_from_slice(text.as_bytes()),
            Kind::Limited(_) | Kind::SingleByte(_) | Kind::Utf16 { .. } | Kind::Utf32 { .. } => {
                text.chars().for_each(|c| self.encode_char(c, out));
            }
        }
    }

    fn encode_char(&self, c: char, out: &mut Vec<u8>) {
        match &self.kind {
            Kind::Utf8 => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Kind::Limited(limit) => {
                out.push(
                    u8::try_from(u32::from(c))
                        .ok()
                        .filter(|&byte| u32::from(byte) <= *limit)
                        .unwrap_or(b'?'),
                );
            }
            Kind::SingleByte(map) => {
                out.push(if c.is_ascii() {
                    c as u8
                } else {
                    map.get(&c).copied().unwrap_or(b'?')
                });
            }
            Kind::Utf16 { little, .. } => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.extend_from_slice(&if *little {
                        unit.to_le_bytes()
                    } else {
                        unit.to_be_bytes()
                    });
                }
            }
            Kind::Utf32 { little, .. } => {
                let code = u32::from(c);
                out.extend_from_slice(&if *little {
                    code.to_le_bytes()
                } else {
                    code.to_be_bytes()
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn encoded(name: &str, text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        Charset::for_name(name).unwrap().encode(text, &mut out);
        out
    }

    #[test]
    fn an_unmappable_character_is_one_question_mark() {
        assert_eq!(encoded("US-ASCII", "a😀é"), b"a??");
        assert_eq!(encoded("latin1", "é€"), b"\xE9?");
        assert_eq!(encoded("Windows-1252", "€日"), b"\x80?");
    }

    #[test]
    fn only_plain_utf_16_has_a_mark() {
        assert_eq!(Charset::for_name("UTF-16").unwrap().mark(), [0xFE, 0xFF]);
        assert_eq!(Charset::for_name("UTF-16LE").unwrap().mark(), b"");
        assert_eq!(Charset::for_name("UTF-32").unwrap().mark(), b"");
        assert_eq!(encoded("utf-16le", "😀"), [0x3D, 0xD8, 0x00, 0xDE]);
    }

    #[test]
    fn an_unknown_name_is_no_set() {
        assert!(Charset::for_name("nope").is_none());
    }
}
