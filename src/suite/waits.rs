//! Waits between two looks: each is half as long again as the one before, and all together take no longer than given.

use std::time::Duration;

use crate::wire::Session;

/// The first wait.
const FIRST: Duration = Duration::from_millis(50);

/// The waits that are left.
pub(crate) struct Waits {
    left: Duration,
    next: Duration,
    longest: Duration,
}

impl Waits {
    /// So much in all, and so much at once.
    pub(crate) fn new(within: Duration, longest: Duration) -> Self {
        Self {
            left: within,
            next: FIRST,
            longest,
        }
    }

    /// Waits once more; says whether any time was left for it.
    pub(crate) async fn again(&mut self, session: &Session) -> bool {
        let wait = self.next.min(self.left);
        if wait.is_zero() {
            return false;
        }
        session.pause(wait).await;
        self.left -= wait;
        self.next = (wait * 3 / 2).min(self.longest);
        true
    }
}
