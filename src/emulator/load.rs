//! How much a destination takes at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::emulator::setup::Capacity;

const WINDOW: Duration = Duration::from_millis(50);

/// A burst lasts longer than the window that showed it, or a client on a slow machine never sees the limit.
const LASTING: Duration = Duration::from_millis(200);

/// Counts deliveries in flight and in the current window.
pub(crate) struct Load {
    capacity: Capacity,
    in_flight: AtomicUsize,
    window: Mutex<Window>,
}

struct Window {
    since: Instant,
    arrivals: usize,
    busy_until: Instant,
}

/// A delivery that was let in; it leaves when this is dropped.
pub(crate) struct Slot<'a> {
    load: &'a Load,
    /// Whether it came with a burst.
    pub(crate) busy: bool,
    /// Deliveries in flight besides.
    pub(crate) others: usize,
}

impl Load {
    pub(crate) fn new(capacity: Capacity) -> Self {
        let now = Instant::now();
        let window = Window {
            since: now,
            arrivals: 0,
            busy_until: now,
        };
        Self {
            capacity,
            in_flight: AtomicUsize::new(0),
            window: Mutex::new(window),
        }
    }

    /// How long a delivery takes during a burst.
    pub(crate) fn busy_time(&self) -> Duration {
        self.capacity.busy_time
    }

    /// Lets a delivery in, or `None` when there are too many.
    pub(crate) fn enter(&self) -> Option<Slot<'_>> {
        let before = self.in_flight.fetch_add(1, Ordering::AcqRel);
        let slot = Slot {
            load: self,
            busy: self.burst(),
            others: before,
        };
        (before < self.capacity.in_flight).then_some(slot)
    }

    fn burst(&self) -> bool {
        let now = Instant::now();
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(window.since) > WINDOW {
            (window.since, window.arrivals) = (now, 0);
        }
        window.arrivals = window.arrivals.saturating_add(1);
        if window.arrivals > self.capacity.burst {
            window.busy_until = now.checked_add(LASTING).unwrap_or(now);
        }
        now < window.busy_until
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.load.in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_beyond_the_capacity_is_not_let_in_until_another_leaves() {
        let load = Load::new(Capacity {
            in_flight: 1,
            ..Capacity::default()
        });
        let first = load.enter();
        assert!(first.is_some());
        assert!(load.enter().is_none());
        drop(first);
        assert!(load.enter().is_some());
    }

    #[test]
    fn deliveries_after_the_burst_are_busy() {
        let load = Load::new(Capacity {
            burst: 1,
            ..Capacity::default()
        });
        let busy: Vec<_> = (0..2)
            .filter_map(|_| load.enter())
            .map(|slot| slot.busy)
            .collect();
        assert_eq!(busy, [false, true]);
    }
}
