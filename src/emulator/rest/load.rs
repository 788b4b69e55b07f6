//! How much a destination takes at once.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;

use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::emulator::rest::setup::Capacity;

/// Counts deliveries in flight.
pub(crate) struct Load {
    capacity: Capacity,
    in_flight: AtomicUsize,
    /// One was not let in.
    full: Notify,
    throttled: Mutex<Throttled>,
}

/// Who was told to come back.
#[derive(Default)]
struct Throttled {
    asked: usize,
    told: HashSet<(String, Bytes)>,
}

/// Of so many requests one is told to come back, where that is a habit.
const EACH: usize = 10;

/// How long who is in a crowd still waits for it to pass once one was not let in.
const PASSES: Duration = Duration::from_millis(50);

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
            full: Notify::new(),
            throttled: Mutex::default(),
        }
    }

    /// Whether a request is told to come back: one of [several](EACH), and none twice.
    pub(crate) fn throttles(&self, url: &str, body: &Bytes) -> bool {
        let mut throttled = self
            .throttled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        throttled.asked += 1;
        throttled.asked.is_multiple_of(EACH)
            && throttled.told.insert((url.to_owned(), body.clone()))
    }

    /// Lets a delivery in, or `None` when there are too many.
    pub(crate) fn enter(&self) -> Option<Slot<'_>> {
        let others = self.in_flight.fetch_add(1, Ordering::AcqRel);
        let slot = Slot { load: self, others };
        let is_in = others < self.capacity.in_flight;
        if !is_in {
            self.full.notify_waiters();
        }
        is_in.then_some(slot)
    }
}

impl Slot<'_> {
    /// Whether there are more others than a destination is at ease with.
    pub(crate) fn is_in_crowd(&self) -> bool {
        self.others > self.load.capacity.crowd
    }

    /// Takes the time that the delivery takes among the others. A crowd that became too large need not be held any longer.
    pub(crate) async fn spend(&self) {
        let capacity = &self.load.capacity;
        if !self.is_in_crowd() {
            let time = self.time();
            if !time.is_zero() {
                sleep(time).await;
            }
        } else if timeout(capacity.crowded_time, self.load.full.notified())
            .await
            .is_ok()
        {
            sleep(PASSES.min(capacity.crowded_time)).await;
        }
    }

    fn time(&self) -> Duration {
        let with_it = u32::try_from(self.others).unwrap_or(u32::MAX);
        let each = self.load.capacity.service_time;
        each.saturating_mul(with_it.saturating_add(1))
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.load.in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

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
    fn deliveries_take_longer_the_more_are_in_flight() {
        let load = Load::new(Capacity {
            service_time: Duration::from_millis(2),
            ..Capacity::default()
        });
        let slots: Vec<_> = (0..3).filter_map(|_| load.enter()).collect();
        let times: Vec<_> = slots.iter().map(|slot| slot.time().as_millis()).collect();
        assert_eq!(times, [2, 4, 6]);
    }

    #[tokio::test]
    async fn a_crowd_is_held_until_one_is_not_let_in() {
        let load = Load::new(Capacity {
            in_flight: 3,
            crowd: 1,
            crowded_time: Duration::from_hours(1),
            ..Capacity::default()
        });
        let slots: Vec<_> = (0..3).filter_map(|_| load.enter()).collect();
        let mut spent = std::pin::pin!(slots[2].spend());
        assert!((&mut spent).now_or_never().is_none());
        assert!(load.enter().is_none());
        spent.await;
    }
}
