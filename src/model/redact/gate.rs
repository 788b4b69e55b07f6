//! The gate: looks for parts of secrets in a text and in everything that the text may be decoded to.

use crate::model::redact::clean::Clean;
use crate::model::redact::guises::{decoded, guises, spelt};
use crate::model::redact::windows::Windows;

/// How many layers of encoding are taken off.
const DEPTH: u32 = 6;
/// Bytes that may be decoded for one text of up to 64 KiB; what needs more is withheld.
const BUDGET: usize = 8 << 20;

/// The reading of a text as a whole; those of [`crate::model::redact::guises::Spelling`] are other bits.
const WHOLE: u8 = 1;

/// What a search came to.
pub enum Search {
    /// No part of a secret.
    Clean,
    /// Part of the secret of this number.
    Holds(usize),
    /// More layers than can be searched.
    TooDeep,
}

/// Searches bytes and what they decode to; remembers what holds nothing.
pub fn search(windows: &Windows, clean: &Clean, bytes: &[u8]) -> Search {
    if clean.knows(bytes, WHOLE) {
        return Search::Clean;
    }
    let mut budget = BUDGET;
    if let Some(owner) = windows.find(bytes, true) {
        return Search::Holds(owner);
    }
    for (spelling, part) in spelt(bytes) {
        let reading = spelling.bit();
        if clean.knows(part, reading) {
            continue;
        }
        match every(windows, decoded(spelling, part), DEPTH, &mut budget) {
            Search::Clean => clean.remember(part, reading),
            found @ (Search::Holds(_) | Search::TooDeep) => return found,
        }
    }
    let found = every(windows, guises(bytes), DEPTH, &mut budget);
    if matches!(found, Search::Clean) {
        clean.remember(bytes, WHOLE);
    }
    found
}

fn layer(windows: &Windows, bytes: &[u8], depth: u32, budget: &mut usize) -> Search {
    if let Some(owner) = windows.find(bytes, true) {
        return Search::Holds(owner);
    }
    if depth == 0 {
        return Search::Clean;
    }
    let spelt = spelt(bytes).flat_map(|(spelling, part)| decoded(spelling, part));
    every(
        windows,
        guises(bytes).into_iter().chain(spelt),
        depth,
        budget,
    )
}

/// Searches each of what a layer of this depth decodes to.
fn every(
    windows: &Windows,
    inner: impl IntoIterator<Item = Vec<u8>>,
    depth: u32,
    budget: &mut usize,
) -> Search {
    for inner in inner {
        let Some(left) = budget.checked_sub(inner.len()) else {
            return Search::TooDeep;
        };
        *budget = left;
        match layer(windows, &inner, depth - 1, budget) {
            Search::Clean => {}
            found @ (Search::Holds(_) | Search::TooDeep) => return found,
        }
    }
    Search::Clean
}
