//! Limits that the submission sets on the load: how many requests at once, and how many a second.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// The limits of one destination.
pub(crate) struct Limit {
    slots: Semaphore,
    gap: Option<Duration>,
    next: Mutex<Option<Instant>>,
}

impl Limit {
    pub(crate) fn new(concurrency: usize, per_second: Option<f64>) -> Self {
        let gap = per_second
            .filter(|rate| *rate > 0.0)
            .and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        Self {
            slots: Semaphore::new(concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            gap,
            next: Mutex::new(None),
        }
    }

    /// Waits for a slot and for the pace. Never closed, so there is always a permit.
    pub(crate) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        let permit = self.slots.acquire().await.ok();
        if let Some(due) = self.due() {
            tokio::time::sleep_until(due).await;
        }
        permit
    }

    fn due(&self) -> Option<Instant> {
        let gap = self.gap?;
        let now = Instant::now();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let due = next.map_or(now, |due| due.max(now));
        *next = Some(due + gap);
        Some(due)
    }
}
