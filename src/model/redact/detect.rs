//! What looks like a secret whoever's it may be: for those who do not know the secrets of a run.

use std::collections::{BTreeSet, HashSet};
use std::sync::OnceLock;

use regex::bytes::Regex;

use crate::model::redact::guises::{Spelling, decoded, guises, spelt};

/// Something that looks like a secret. Its text is kept out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// Bytes from the start of what was searched; of what had to be decoded, those to the line that holds it.
    pub offset: usize,
    /// The rule.
    pub rule: &'static str,
}

/// How many layers of encoding are taken off, as the gate does that knows the secrets.
const DEPTH: u32 = 6;
/// Bytes that may be decoded of a line, and how often its own length more.
const BUDGET: usize = 8 << 20;
const TIMES: usize = 32;
/// Bytes that may be decoded of all that is searched: those of an honest bundle are a hundredth of it.
const MOST: usize = 2 << 30;
/// Readable characters in a row that may hold a secret or spell one: what was decoded at the wrong place has no such run.
const READABLE: usize = 12;

const BASIC: &str = "basic-credentials";
/// The rule of a line that can be decoded to more than is searched.
const UNSEARCHED: &str = "unsearched-layers";

/// Name and form of each rule. A mark that stands for a secret fits none of them. Boundaries of words are those of ASCII:
/// an automaton that knows those of Unicode is far slower.
const RULES: [(&str, &str); 13] = [
    ("private-key", r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY"),
    (
        "json-web-token",
        r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}",
    ),
    (
        "aws-access-key",
        r"(?-u:\b)(?:AKIA|ASIA)[A-Z2-7]{16}(?-u:\b)",
    ),
    ("aws-signature", r"(?i)signature=[0-9a-f]{64}"),
    ("github-token", r"(?-u:\b)gh[pousr]_[A-Za-z0-9]{36}"),
    ("google-api-key", r"(?-u:\b)AIza[0-9A-Za-z_-]{35}"),
    ("slack-token", r"(?-u:\b)xox[abprs]-[0-9A-Za-z-]{10,}"),
    ("azure-account-key", r"AccountKey=[A-Za-z0-9+/]{40,}"),
    ("shared-access-signature", r"[?&]sig=[A-Za-z0-9%+/]{20,}"),
    (BASIC, r"(?-u:\b)Basic [A-Za-z0-9+/]{10,}={0,2}"),
    ("bearer-token", r"(?-u:\b)Bearer [A-Za-z0-9._~+/-]{16,}"),
    (
        "user-information",
        r"[a-z][a-z0-9+.-]{1,9}://[^\s/:@\x22\x27\\<>⟦]{1,64}:[^\s/:@\x22\x27\\<>⟦]{3,64}@",
    ),
    (
        "client-secret",
        r"(?-u:\b)(?:client_secret|refresh_token|access_token)=[A-Za-z0-9._~+/-]{12,}",
    ),
];

struct Rules {
    all: Regex,
    each: Vec<(&'static str, Regex)>,
}

fn rules() -> Option<&'static Rules> {
    static COMPILED: OnceLock<Option<Rules>> = OnceLock::new();
    let compile = || {
        let every: Vec<&str> = RULES.iter().map(|(_, form)| *form).collect();
        let each = RULES
            .iter()
            .map(|(name, form)| Some((*name, Regex::new(form).ok()?)));
        Some(Rules {
            all: Regex::new(&every.join("|")).ok()?,
            each: each.collect::<Option<_>>()?,
        })
    };
    COMPILED.get_or_init(compile).as_ref()
}

/// What may still be decoded of all that is searched together.
#[derive(Debug)]
pub struct Effort {
    left: usize,
    is_spent: bool,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            left: MOST,
            is_spent: false,
        }
    }
}

impl Effort {
    /// Whether something was left unsearched, which was told.
    pub fn is_spent(&self) -> bool {
        self.is_spent
    }
}

/// What looks like a secret and is known to be none: what a run made up from its seed, to be refused.
#[derive(Debug, Default)]
pub struct Decoys(BTreeSet<Vec<u8>>);

impl Decoys {
    /// Takes all that looks like a secret in a text that was made without knowing one.
    pub fn take(&mut self, text: &[u8], effort: &mut Effort) {
        if let Some(rules) = rules() {
            let hits = searched(rules, text, effort).hits;
            self.0.extend(hits.into_iter().map(|(_, _, hit)| hit));
        }
    }

    /// Gives back what stands in a text that was there before: it was not made up.
    pub fn give_back(&mut self, text: &[u8], effort: &mut Effort) {
        if let Some(rules) = rules() {
            for (_, _, hit) in searched(rules, text, effort).hits {
                self.0.remove(&hit);
            }
        }
    }
}

/// Everything in a file that looks like a secret and is no decoy: as it is, and as each line may be decoded, in layers.
pub fn suspects(bytes: &[u8], decoys: &Decoys, effort: &mut Effort) -> Vec<Suspect> {
    let Some(rules) = rules() else {
        return Vec::new();
    };
    let (mut found, mut offset) = (Vec::new(), 0);
    // lines of JSON repeat: what held nothing holds nothing
    let mut clean = HashSet::new();
    for line in bytes.split(|b| *b == b'\n') {
        if !clean.contains(line) {
            let layers = searched(rules, line, effort);
            let unsearched = layers.is_exhausted.then_some((0, UNSEARCHED));
            let hits = layers.hits.into_iter();
            let hits = hits.filter(|(_, _, hit)| !decoys.0.contains(hit));
            let hits = hits.map(|(at, rule, _)| (at, rule)).chain(unsearched);
            let before = found.len();
            for (at, rule) in hits {
                let suspect = Suspect {
                    offset: offset + at,
                    rule,
                };
                if !found.contains(&suspect) {
                    found.push(suspect);
                }
            }
            if found.len() == before {
                clean.insert(line);
            }
            // wherever it was spent: what is not searched is told of each file
            if effort.is_spent() {
                if found.iter().all(|s| s.rule != UNSEARCHED) {
                    let rule = UNSEARCHED;
                    found.push(Suspect { offset, rule });
                }
                return found;
            }
        }
        offset += line.len() + 1;
    }
    found
}

/// Every hit in a line: where, by which rule, and its text. What had to be decoded is at the start of the line.
fn searched<'r>(rules: &'r Rules, line: &[u8], effort: &mut Effort) -> Layers<'r> {
    let mut hits = Vec::new();
    collect(rules, line, |at| at, &mut hits);
    let own = line.len().saturating_mul(TIMES).saturating_add(BUDGET);
    let budget = own.min(effort.left);
    let mut layers = Layers {
        rules,
        seen: HashSet::new(),
        budget,
        is_exhausted: false,
        hits,
    };
    layers.below(line, DEPTH);
    effort.left -= budget - layers.budget;
    effort.is_spent |= layers.is_exhausted && budget < own;
    layers
}

/// What a line was decoded to.
struct Layers<'r> {
    rules: &'r Rules,
    /// One thing is spelt in many layers.
    seen: HashSet<Vec<u8>>,
    budget: usize,
    is_exhausted: bool,
    hits: Vec<(usize, &'static str, Vec<u8>)>,
}

impl Layers<'_> {
    /// Searches all that a layer may be decoded to, so many layers deep.
    fn below(&mut self, layer: &[u8], depth: u32) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let spelt = spelt(layer).flat_map(|(spelling, part)| decoded(spelling, part));
        for inner in guises(layer).into_iter().chain(spelt) {
            let Some(left) = self.budget.checked_sub(inner.len()) else {
                self.is_exhausted = true;
                return;
            };
            self.budget = left;
            if self.seen.contains(&inner) {
                continue;
            }
            collect(self.rules, &inner, |_| 0, &mut self.hits);
            if is_packed(&inner) {
                self.below(&inner, depth);
            } else {
                for part in readable(&inner) {
                    self.below(part, depth);
                }
            }
            self.seen.insert(inner);
        }
    }
}

/// Whether bytes that are no text may be decoded all the same: gzip, zlib, or a zero beside every character.
fn is_packed(bytes: &[u8]) -> bool {
    let zeros = || bytes.iter().filter(|b| **b == 0).count();
    matches!(
        bytes,
        [0x1f, 0x8b, ..] | [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]
    ) || zeros() > bytes.len() / 4
}

/// The texts in what may be none.
fn readable(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_text = |b: &u8| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..);
    let parts = bytes.split(move |b| !is_text(b));
    parts.filter(|part| {
        let ascii = part.split(|b| !b.is_ascii());
        ascii.map(<[u8]>::len).max().unwrap_or(0) >= READABLE
    })
}

fn collect(
    rules: &Rules,
    text: &[u8],
    place: impl Fn(usize) -> usize,
    hits: &mut Vec<(usize, &'static str, Vec<u8>)>,
) {
    for hit in rules.all.find_iter(text) {
        if let Some(rule) = named(rules, hit.as_bytes()) {
            hits.push((place(hit.start()), rule, hit.as_bytes().to_vec()));
        }
    }
}

fn named(rules: &Rules, hit: &[u8]) -> Option<&'static str> {
    let mut each = rules.each.iter();
    let (name, _) = each.find(|(_, form)| form.is_match(hit))?;
    // a word that follows `Basic` is no user and password
    (*name != BASIC || names_user(hit)).then_some(name)
}

/// Whether it is `user:password` in base64 (RFC 7617 section 2).
fn names_user(hit: &[u8]) -> bool {
    let coded = hit.strip_prefix(b"Basic ").unwrap_or(hit);
    let inner = decoded(Spelling::Base64, coded);
    inner.iter().any(|inner| inner.contains(&b':'))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const SAMPLES: [(&str, &str); 13] = [
        ("private-key", "-----BEGIN OPENSSH PRIVATE KEY-----"),
        (
            "json-web-token",
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiJleGFtcGxlIn0.c2lnbmF0dXJlLWV4YW1wbGU",
        ),
        ("aws-access-key", "AKIAIOSFODNN7EXAMPLE"),
        (
            "aws-signature",
            "X-Amz-Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        ),
        ("github-token", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
        ("google-api-key", "AIza0123456789abcdefghijABCDEFGHIJ01234"),
        ("slack-token", "xoxb-0123456789-abc"),
        (
            "azure-account-key",
            "AccountKey=0123456789abcdef0123456789abcdef0123456789abcdef",
        ),
        ("shared-access-signature", "?sv=1&sig=abcdefghijklmnopqrstu"),
        ("basic-credentials", "Basic ZXhhbXBsZTpleGFtcGxl"),
        ("bearer-token", "Bearer 0123456789abcdef0123"),
        ("user-information", "https://user:password@host.example/"),
        ("client-secret", "a=b&client_secret=0123456789abc"),
    ];

    #[test]
    fn each_rule_finds_its_kind_where_it_begins() {
        for (rule, sample) in SAMPLES {
            let text = format!("{{\n\"a\": \"{sample}\"}}");
            let found = suspects(text.as_bytes(), &Decoys::default(), &mut Effort::default());
            let first = found.first().map(|s| s.rule);
            assert_eq!(first, Some(rule), "{sample}: {found:?}");
            assert!(found.iter().all(|s| s.offset >= 2 && s.offset < 40));
        }
    }

    #[test]
    fn what_is_decoded_once_is_searched_too() {
        for (rule, sample) in SAMPLES {
            let hex: String = sample.bytes().map(|b| format!("{b:02x}")).collect();
            let percent: String = sample.bytes().map(|b| format!("%{b:02X}")).collect();
            for coded in [STANDARD.encode(sample), hex, percent] {
                let found = suspects(
                    format!("{{\"a\": \"{coded}\"}}").as_bytes(),
                    &Decoys::default(),
                    &mut Effort::default(),
                );
                assert!(found.iter().any(|s| s.rule == rule), "{rule}: {coded}");
            }
        }
    }

    #[test]
    fn a_text_within_a_record_is_searched_as_a_file_of_its_own() {
        for (rule, sample) in SAMPLES {
            for text in [
                format!("one\n{sample}\ntwo"),
                format!("one\t{sample}"),
                format!("key = \"{sample}\""),
                format!("\u{1}{sample}"),
            ] {
                let within = serde_json::json!({ "text": text }).to_string();
                let twice = serde_json::json!({ "body": within }).to_string();
                for file in [text, within, twice] {
                    let found =
                        suspects(file.as_bytes(), &Decoys::default(), &mut Effort::default());
                    assert!(found.iter().any(|s| s.rule == rule), "{rule}: {file}");
                }
            }
        }
    }

    fn base64(text: &[u8]) -> Vec<u8> {
        STANDARD.encode(text).into_bytes()
    }

    fn percent(text: &[u8]) -> Vec<u8> {
        text.iter()
            .flat_map(|b| format!("%{b:02x}").into_bytes())
            .collect()
    }

    fn hex(text: &[u8]) -> Vec<u8> {
        text.iter()
            .flat_map(|b| format!("{b:02x}").into_bytes())
            .collect()
    }

    fn utf16(text: &[u8]) -> Vec<u8> {
        text.iter().flat_map(|b| [*b, 0]).collect()
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let written = std::io::Write::write_all(&mut packed, text);
        written.and_then(|()| packed.finish()).unwrap_or_default()
    }

    fn json(text: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(text).into_owned();
        serde_json::json!({ "a": text }).to_string().into_bytes()
    }

    #[test]
    fn what_is_decoded_several_times_is_searched_too() {
        type Coding = fn(&[u8]) -> Vec<u8>;
        let nested: [&[Coding]; 8] = [
            &[base64, base64],
            &[base64, percent, json],
            &[percent, percent, percent],
            &[json, json, base64, json],
            &[gzip, base64, json, json],
            &[utf16, base64, json],
            &[hex, base64, hex],
            &[base64, json, percent, base64, json],
        ];
        for (rule, sample) in SAMPLES {
            for codings in nested {
                let coded = codings
                    .iter()
                    .fold(sample.as_bytes().to_vec(), |text, code| code(&text));
                let line = [b"{\"it\": \"".as_slice(), &coded, b"\"}"].concat();
                let found = suspects(&line, &Decoys::default(), &mut Effort::default());
                assert!(
                    found.iter().any(|s| s.rule == rule),
                    "{rule}: {}",
                    String::from_utf8_lossy(&line)
                );
            }
        }
    }

    #[test]
    fn no_line_is_decoded_for_long_and_what_is_not_searched_is_said() {
        let mut line = b"%25 \\u0041 &amp; Bearer".repeat(2000);
        for _ in 0..6 {
            line = [base64(&line), b" %41&lt;+\\n".to_vec()].concat();
        }
        let rules = suspects(&line, &Decoys::default(), &mut Effort::default());
        let rules: Vec<&str> = rules.iter().map(|suspect| suspect.rule).collect();
        assert_eq!(rules, [UNSEARCHED]);
    }

    #[test]
    fn a_decoy_is_let_pass_wherever_it_stands_and_nothing_else_is() {
        let mut decoys = Decoys::default();
        decoys.take(b"Bearer 0123456789abcdef0123", &mut Effort::default());
        let found = |text: &str| suspects(text.as_bytes(), &decoys, &mut Effort::default()).len();
        assert_eq!(found("you sent \"Bearer 0123456789abcdef0123\""), 0);
        assert_eq!(found("Bearer 0123456789abcdef0124"), 1);
    }

    #[test]
    fn marks_and_ordinary_text_are_let_pass() {
        for text in [
            "Authorization: Bearer ⟦secret:token#7c1e⟧",
            "Basic ⟦secret:password⟧",
            "https://⟦withheld:user⟧@host.example/?sig=⟦withheld:signature⟧",
            "Bearer authentication as in RFC 6750",
            "Basic authentication as in RFC 7617",
            "mailto:someone@host.example https://host.example:8443/a@b",
            "client_secret=⟦secret:client_secret⟧&grant_type=client_credentials",
        ] {
            assert_eq!(
                suspects(text.as_bytes(), &Decoys::default(), &mut Effort::default()),
                [],
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_searched_together_is_decoded_so_far_and_no_further() {
        let line = |n: u8| {
            [
                base64(&gzip(&[vec![n], vec![0; 9_000]].concat())),
                vec![b'\n'],
            ]
            .concat()
        };
        let text: Vec<u8> = (0..20).flat_map(line).collect();
        let mut effort = Effort {
            left: 60_000,
            is_spent: false,
        };
        let found = suspects(&text, &Decoys::default(), &mut effort);
        assert!(effort.is_spent());
        let rules: Vec<_> = found.iter().map(|s| s.rule).collect();
        assert_eq!(rules, [UNSEARCHED]);
        let next = suspects(b"plain", &Decoys::default(), &mut effort);
        assert_eq!(next.first().map(|s| s.rule), Some(UNSEARCHED));
        let mut enough = Effort::default();
        assert_eq!(suspects(&text, &Decoys::default(), &mut enough), []);
        assert!(!enough.is_spent() && enough.left < MOST);
    }

    #[test]
    fn what_stood_there_before_is_no_decoy() {
        let (mut decoys, mut effort) = (Decoys::default(), Effort::default());
        let (made, posted) = (
            "Bearer 0123456789abcdef0123",
            "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        );
        decoys.take(format!("{made} {posted}").as_bytes(), &mut effort);
        decoys.give_back(format!("{{\"x\": \"{posted}\"}}").as_bytes(), &mut effort);
        let mut found = |text: &str| suspects(text.as_bytes(), &decoys, &mut effort).len();
        assert_eq!((found(made), found(posted)), (0, 1));
    }
}
