//! How much a destination takes at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::emulator::rest::setup::Capacity;

/// Counts deliveries in flight.
pub(crate) struct Load {
    capacity: Capacity,
    in_flight: AtomicUsize,
}

/// A delivery that was let in; it leaves when this is dropped.
pub(crate) struct Slot<'a> {
    load: &'a Load,
    /// Deliveries in flight besides.
    pub(crate) others: usize,
}

impl Load {
    pub(crate) fn new(capacity: Capacity) -> Self {
        Self {
            capacity,
            in_flight: AtomicUsize::new(0),
        }
    }

    /// Lets a delivery in, or `None` when there are too many.
    pub(crate) fn enter(&self) -> Option<Slot<'_>> {
        let others = self.in_flight.fetch_add(1, Ordering::AcqRel);
        let slot = Slot { load: self, others };
        (others < self.capacity.in_flight).then_some(slot)
    }
}

impl Slot<'_> {
    /// Whether there are more others than a destination is at ease with.
    pub(crate) fn is_in_crowd(&self) -> bool {
        self.others > self.load.capacity.crowd
    }

    /// How long the delivery takes among the others.
    pub(crate) fn time(&self) -> Duration {
        let capacity = &self.load.capacity;
        if self.is_in_crowd() {
            return capacity.crowded_time;
        }
        let with_it = u32::try_from(self.others).unwrap_or(u32::MAX);
        capacity
            .service_time
            .saturating_mul(with_it.saturating_add(1))
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
    fn deliveries_take_longer_the_more_are_in_flight_and_long_in_a_crowd() {
        let load = Load::new(Capacity {
            service_time: Duration::from_millis(2),
            crowd: 1,
            crowded_time: Duration::from_millis(99),
            ..Capacity::default()
        });
        let slots: Vec<_> = (0..3).filter_map(|_| load.enter()).collect();
        let times: Vec<_> = slots.iter().map(|slot| slot.time().as_millis()).collect();
        assert_eq!(times, [2, 4, 99]);
    }
}
