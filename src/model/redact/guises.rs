//! What a text may be decoded to: percent, escapes, entities, hex, decimal, base64, UTF-16, gzip and zlib.

use std::io::Read as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, GeneralPurpose as Engine};
use flate2::read::{MultiGzDecoder, ZlibDecoder};

/// Characters of base64 that may hide a window of twelve bytes.
const RUN: usize = 16;
/// Characters of base64 that may hide another encoding of a window; base64 of a secret itself is found undecoded.
const DEEP: usize = 22;
/// Bytes of the shortest text that is searched for; no decoding of fewer holds as many.
const FEWEST: usize = 8;
/// Numbers in a row that may be the bytes of a window.
const NUMBERS: usize = 12;
/// Bytes that are unpacked at most.
const UNPACKED: u64 = 1 << 20;

/// Every decoding that a text as a whole invites; most texts invite none.
pub fn guises(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    if bytes.len() < FEWEST {
        return found;
    }
    let has = |wanted: u8| bytes.contains(&wanted);
    found.extend(unpacked(bytes));
    if has(b'%') {
        found.push(percent(bytes));
    }
    if has(b'+') {
        let spaced = |b: &u8| if *b == b'+' { b' ' } else { *b };
        found.push(bytes.iter().map(spaced).collect());
    }
    if has(b'\\') {
        found.push(unescaped(bytes));
    }
    if has(b'&') {
        found.push(entities(bytes));
    }
    if has(0) {
        found.extend([utf16(bytes, 0), utf16(bytes, 1)]);
    }
    found.extend(unwrapped(bytes));
    found.retain(|inner| inner != bytes && !inner.is_empty());
    found
}

/// How a stretch of a text may spell bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// Pairs of hex digits.
    Hex,
    /// Decimal numbers.
    Decimal,
    /// RFC 4648 sections 4 and 5.
    Base64,
}

impl Spelling {
    /// A bit of its own, not the first.
    pub fn bit(self) -> u8 {
        match self {
            Self::Hex => 1 << 1,
            Self::Decimal => 1 << 2,
            Self::Base64 => 1 << 3,
        }
    }
}

/// The stretches of a text that may spell bytes.
pub fn spelt(bytes: &[u8]) -> impl Iterator<Item = (Spelling, &[u8])> {
    let all = [
        (Spelling::Hex, HEX | GAP, NUMBERS * 2),
        (Spelling::Decimal, DECIMAL | GAP, NUMBERS),
        (Spelling::Base64, BASE64, DEEP),
    ];
    all.into_iter().flat_map(move |(spelling, class, fewest)| {
        stretches(bytes, class, fewest).map(move |part| (spelling, part))
    })
}

/// What a stretch spells.
pub fn decoded(spelling: Spelling, part: &[u8]) -> Vec<Vec<u8>> {
    match spelling {
        Spelling::Hex => numbers(part, true),
        Spelling::Decimal => numbers(part, false),
        Spelling::Base64 => base64(part),
    }
}

const HEX: u8 = 1;
const DECIMAL: u8 = 1 << 1;
const GAP: u8 = 1 << 2;
const BASE64: u8 = 1 << 3;

/// What each byte may be part of.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' => HEX | DECIMAL | BASE64,
            b'a'..=b'f' | b'A'..=b'F' => HEX | BASE64,
            b'g'..=b'z' | b'G'..=b'Z' | b'/' | b'_' | b'+' => BASE64,
            b'-' => BASE64 | GAP,
            b':' | b',' | b';' | b' ' | b'\t' | b'\n' | b'\r' | 0x0c => GAP,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// Stretches of at least so many bytes of some classes. Only every so manieth byte is read where there is none.
fn stretches(bytes: &[u8], class: u8, fewest: usize) -> impl Iterator<Item = &[u8]> {
    let mut at = fewest - 1;
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            if !is(*byte, class) {
                at += fewest;
                continue;
            }
            let (before, after) = bytes.split_at(at);
            let within = |b: &&u8| is(**b, class);
            let start = at - before.iter().rev().take_while(within).count();
            let end = at + after.iter().take_while(within).count();
            at = end + fewest;
            if end - start >= fewest {
                return bytes.get(start..end);
            }
        }
        None
    })
}

/// gzip (RFC 1952) and zlib (RFC 1950), as far as they can be read.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    // A stream that breaks off is searched as far as it goes.
    let _broken = match bytes {
        [0x1f, 0x8b, ..] => MultiGzDecoder::new(bytes)
            .take(UNPACKED)
            .read_to_end(&mut out),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => {
            ZlibDecoder::new(bytes).take(UNPACKED).read_to_end(&mut out)
        }
        _ => return None,
    };
    Some(out)
}

fn percent(bytes: &[u8]) -> Vec<u8> {
    percent_encoding::percent_decode(bytes).collect()
}

/// Escapes of JSON, Rust and C: `\n`, `\/`, `\xNN`, `\uNNNN`, `\u{N}`.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        if let (b'\\', Some((unit, tail))) = (*first, unicode(after)) {
            units.extend(unit);
            rest = tail;
            continue;
        }
        flush(&mut units, &mut out);
        rest = match (*first, after.split_first()) {
            (b'\\', Some((b'x', tail))) if number(tail.get(..2), 16).is_some() => {
                out.extend(number(tail.get(..2), 16).and_then(|n| u8::try_from(n).ok()));
                tail.get(2..).unwrap_or_default()
            }
            (b'\\', Some((letter, tail))) => {
                out.push(match letter {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    other => *other,
                });
                tail
            }
            _ => {
                out.push(*first);
                after
            }
        };
    }
    flush(&mut units, &mut out);
    out
}

/// `uNNNN` or `u{N}` at the start, as UTF-16.
fn unicode(after: &[u8]) -> Option<(Vec<u16>, &[u8])> {
    let tail = after.strip_prefix(b"u")?;
    if let Some(braced) = tail.strip_prefix(b"{") {
        let end = braced.iter().take(8).position(|b| *b == b'}')?;
        let code = char::from_u32(number(braced.get(..end), 16)?)?;
        let mut buffer = [0; 2];
        return Some((
            code.encode_utf16(&mut buffer).to_vec(),
            braced.get(end + 1..)?,
        ));
    }
    let unit = u16::try_from(number(tail.get(..4), 16)?).ok()?;
    Some((vec![unit], tail.get(4..)?))
}

fn flush(units: &mut Vec<u16>, out: &mut Vec<u8>) {
    if !units.is_empty() {
        out.extend(String::from_utf16_lossy(units).into_bytes());
        units.clear();
    }
}

fn number(digits: Option<&[u8]>, radix: u32) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits?).ok()?, radix).ok()
}

/// Character references of HTML and XML.
fn entities(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let reference = (*first == b'&')
            .then(|| after.iter().take(10).position(|b| *b == b';'))
            .flatten()
            .and_then(|end| Some((entity(after.get(..end)?)?, after.get(end + 1..)?)));
        rest = if let Some((code, tail)) = reference {
            out.extend(code.to_string().into_bytes());
            tail
        } else {
            out.push(*first);
            after
        };
    }
    out
}

fn entity(name: &[u8]) -> Option<char> {
    match name {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        b"nbsp" => Some('\u{a0}'),
        b"eacute" => Some('é'),
        [b'#', b'x' | b'X', hex @ ..] => char::from_u32(number(Some(hex), 16)?),
        [b'#', digits @ ..] => char::from_u32(number(Some(digits), 10)?),
        _ => None,
    }
}

fn utf16(bytes: &[u8], skip: usize) -> Vec<u8> {
    let units: Vec<u16> = bytes
        .get(skip..)
        .unwrap_or_default()
        .chunks_exact(2)
        .filter_map(|pair| pair.try_into().ok().map(u16::from_le_bytes))
        .collect();
    String::from_utf16_lossy(&units).into_bytes()
}

/// Bytes spelt out one by one: pairs of hex digits with or without a separator, or decimal numbers with one.
fn numbers(bytes: &[u8], hex: bool) -> Vec<Vec<u8>> {
    let digit = |b: &u8| is(*b, if hex { HEX } else { DECIMAL });
    let mut runs = Vec::new();
    let mut run = Vec::with_capacity(bytes.len() / 2);
    let mut rest = bytes;
    while let Some(start) = rest.iter().position(digit) {
        rest = rest.get(start..).unwrap_or_default();
        let width = rest.iter().take_while(|b| digit(b)).count();
        let (digits, after) = rest.split_at(width);
        let values = if hex { pairs(digits) } else { decimal(digits) };
        let gap = after.iter().take(4).take_while(|b| is(**b, GAP)).count();
        let fits = !values.is_empty();
        run.extend(values);
        if !fits || !after.get(gap).is_some_and(digit) {
            if run.len() >= NUMBERS {
                runs.push(std::mem::take(&mut run));
            }
            run.clear();
        }
        rest = rest.get(width + gap..).unwrap_or_default();
    }
    if run.len() >= NUMBERS {
        runs.push(run);
    }
    runs
}

fn pairs(digits: &[u8]) -> Vec<u8> {
    let pairs = digits.as_chunks::<2>().0.iter();
    let digit = |b: u8| char::from(b).to_digit(16);
    pairs
        .filter_map(|[high, low]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok())
        .collect()
}

fn decimal(digits: &[u8]) -> Vec<u8> {
    let value = number(Some(digits), 10).and_then(|n| u8::try_from(n).ok());
    value.into_iter().collect()
}

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: Engine = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// A run of base64, at each of the four places where a group may begin.
fn base64(run: &[u8]) -> Vec<Vec<u8>> {
    let standard = |b: &u8| match b {
        b'-' => b'+',
        b'_' => b'/',
        other => *other,
    };
    let run: Vec<u8> = run.iter().map(standard).collect();
    (0..4)
        .filter_map(|start| {
            let groups = run.get(start..)?;
            // A last group of one character holds no byte.
            let whole = groups.len() - usize::from(groups.len() % 4 == 1);
            STANDARD.decode(groups.get(..whole)?).ok()
        })
        .collect()
}

/// The text without line breaks, where one falls within a long run of base64 (RFC 2045 section 6.8).
fn unwrapped(bytes: &[u8]) -> Option<Vec<u8>> {
    let breaks = |b: &u8| matches!(b, b'\r' | b'\n');
    let ends = bytes.iter().enumerate().filter(|(_, b)| breaks(b));
    let wrapped = ends.map(|(at, _)| at).any(|at| {
        let run = at.checked_sub(RUN).and_then(|start| bytes.get(start..at));
        run.is_some_and(|run| run.iter().all(|b| is(*b, BASE64)))
    });
    let spaces = |b: &u8| breaks(b) || matches!(b, b' ' | b'\t');
    wrapped.then(|| bytes.iter().copied().filter(|b| !spaces(b)).collect())
}
