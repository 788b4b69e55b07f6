//! Finds any twelve bytes of a secret in a text at a fraction of a nanosecond a byte: a table of four-byte grams is
//! probed at every ninth place, and only a hit there looks the window up. Letters compare without case.

use std::collections::HashMap;

/// Bytes of a window.
const WIDE: usize = 12;
/// Shortest text that is searched for, as a whole.
const NARROW: usize = 8;
/// Bits of the gram table, as a power of two.
const TABLE: u32 = 20;
/// A window with fewer different bytes is no evidence.
const VARIETY: usize = 4;

#[derive(Clone, Copy)]
struct Owner {
    secret: usize,
    search: bool,
}

/// Windows of texts, each with the secret that it belongs to.
#[derive(Clone, Default)]
pub struct Windows {
    grams: Vec<u64>,
    wide: HashMap<[u8; WIDE], Owner>,
    narrow: HashMap<[u8; NARROW], Vec<(Vec<u8>, Owner)>>,
    searches: bool,
}

impl Windows {
    /// Adds a text: all its windows, or the text as a whole if it is shorter than one.
    pub fn add(&mut self, text: &[u8], secret: usize, search: bool) {
        let folded: Vec<u8> = text.iter().map(|b| b | 0x20).collect();
        if self.grams.is_empty() {
            self.grams = vec![0; 1 << (TABLE - 6)];
        }
        for gram in folded.array_windows::<4>() {
            let (word, bit) = place(*gram);
            if let Some(word) = self.grams.get_mut(word) {
                *word |= bit;
            }
        }
        self.searches |= search;
        for window in folded.array_windows::<WIDE>() {
            let search = search && !Self::is_uniform(window);
            let owner = self.wide.entry(*window).or_insert(Owner { secret, search });
            if search && !owner.search {
                *owner = Owner { secret, search };
            }
        }
        if folded.len() < WIDE
            && let Some(head) = folded.first_chunk::<NARROW>()
        {
            let search = search && !Self::is_uniform(&folded);
            let owner = Owner { secret, search };
            let texts = self.narrow.entry(*head).or_default();
            texts.push((folded, owner));
        }
    }

    /// Adds what of a secret is searched for even in part: itself, reversed, and within base64. Of a signed token
    /// (RFC 7519) only the signature: header and payload are the same in many and open nothing without it.
    pub fn search_for(&mut self, value: &str, secret: usize) {
        let telling = match value.rsplit_once('.') {
            Some((signed, signature)) if value.starts_with("eyJ") && signed.contains('.') => {
                signature
            }
            _ => value,
        };
        let reversed: Vec<u8> = telling.bytes().rev().collect();
        self.add(telling.as_bytes(), secret, true);
        self.add(&reversed, secret, true);
        for core in crate::model::redact::forms::cores(telling.as_bytes()) {
            self.add(core.as_bytes(), secret, true);
        }
    }

    /// Whether anything is searched for in part.
    pub fn searches(&self) -> bool {
        self.searches
    }

    /// Whether a text has too few different bytes to be told apart from others.
    pub fn is_uniform(text: &[u8]) -> bool {
        let mut seen = [0_u64; 4];
        for byte in text {
            if let Some(word) = seen.get_mut(usize::from(byte >> 6)) {
                *word |= 1 << (byte & 63);
            }
        }
        seen.iter().map(|word| word.count_ones()).sum::<u32>() < VARIETY as u32
    }

    /// The secret that a window of the text belongs to; with `search`, only one that is searched for in part.
    pub fn find(&self, text: &[u8], search: bool) -> Option<usize> {
        if self.grams.is_empty() {
            return None;
        }
        let shortest = if self.narrow.is_empty() { WIDE } else { NARROW };
        let mut at = 0;
        while let Some(gram) = text.get(at..).and_then(|rest| rest.first_chunk::<4>()) {
            let (word, bit) = place(gram.map(|b| b | 0x20));
            if self.grams.get(word).is_some_and(|word| word & bit != 0)
                && let Some(owner) = self.around(text, at, search)
            {
                return Some(owner);
            }
            at += shortest - 3;
        }
        None
    }

    /// Every window that covers the four bytes at this place.
    fn around(&self, text: &[u8], at: usize, search: bool) -> Option<usize> {
        (at.saturating_sub(WIDE - 4)..=at).find_map(|start| {
            let rest = text.get(start..)?;
            let wide = rest
                .first_chunk::<WIDE>()
                .and_then(|window| self.wide.get(&window.map(|b| b | 0x20)))
                .filter(|owner| owner.search || !search);
            let owner = wide.or_else(|| self.whole(rest, search))?;
            Some(owner.secret)
        })
    }

    fn whole(&self, rest: &[u8], search: bool) -> Option<&Owner> {
        let head = rest.first_chunk::<NARROW>()?;
        let texts = self.narrow.get(&head.map(|b| b | 0x20))?;
        texts
            .iter()
            .find(|(text, owner)| {
                (owner.search || !search)
                    && rest.len() >= text.len()
                    && rest.iter().zip(text).all(|(a, b)| a | 0x20 == *b)
            })
            .map(|(_, owner)| owner)
    }
}

fn place(gram: [u8; 4]) -> (usize, u64) {
    let hash = u32::from_le_bytes(gram).wrapping_mul(0x9E37_79B1) >> (32 - TABLE);
    ((hash >> 6) as usize, 1 << (hash & 63))
}
