//! The gate: looks for parts of secrets in a text and in everything that the text may be decoded to.

use crate::model::redact::guises::guises;
use crate::model::redact::windows::Windows;

/// How many layers of encoding are taken off.
const DEPTH: u32 = 5;
/// Bytes that may be decoded for one text of up to 64 KiB; what needs more is withheld.
const BUDGET: usize = 8 << 20;

/// What a search came to.
pub enum Search {
    /// No part of a secret.
    Clean,
    /// Part of the secret of this number.
    Holds(usize),
    /// More layers than can be searched.
    TooDeep,
}

/// Searches bytes and what they decode to.
pub fn search(windows: &Windows, bytes: &[u8]) -> Search {
    let mut budget = BUDGET;
    layer(windows, bytes, DEPTH, &mut budget)
}

fn layer(windows: &Windows, bytes: &[u8], depth: u32, budget: &mut usize) -> Search {
    if let Some(owner) = windows.find(bytes, true) {
        return Search::Holds(owner);
    }
    if depth == 0 {
        return Search::Clean;
    }
    for inner in guises(bytes) {
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
