//! Names that listings do not know yet, where listing lags behind writing.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Names that were not listed so far.
#[derive(Default)]
pub(crate) struct News {
    board: Mutex<Board>,
}

#[derive(Default)]
struct Board {
    listings: u64,
    /// With the listing that left them out, once there was one.
    names: BTreeMap<String, Option<u64>>,
}

impl News {
    /// A name that did not exist.
    pub(crate) fn add(&self, name: &str) {
        self.board().names.insert(name.to_owned(), None);
    }

    /// Begins a listing, all of whose pages leave out the same names.
    pub(crate) fn listing(&self) -> u64 {
        let mut board = self.board();
        board.listings = board.listings.saturating_add(1);
        board.listings
    }

    /// Whether a listing leaves a name out.
    pub(crate) fn hides(&self, name: &str, listing: u64) -> bool {
        let mut board = self.board();
        let Some(by) = board.names.get_mut(name) else {
            return false;
        };
        *by.get_or_insert(listing) == listing
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_name_is_left_out_of_all_pages_of_one_listing_and_of_no_other() {
        let news = News::default();
        news.add("new");
        let (first, second) = (news.listing(), news.listing());
        assert!(news.hides("new", first) && news.hides("new", first));
        assert!(!news.hides("new", second) && !news.hides("old", second));
    }
}
