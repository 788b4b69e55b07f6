//! What a number of renderings may take together, counted in steps and never in time: the same on every machine.
//!
//! Templates are read and rendered in many places, so an allowance is lent to a thread while it works for it, and to a
//! future whenever it is polled.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

thread_local! {
    static LENT: RefCell<Option<Allowance>> = const { RefCell::new(None) };
}

/// Bytes of a template that is read, or of what is rendered, that count as one step.
const BYTES_AS_ONE: usize = 16;

/// Steps that all renderings may take for whom it is lent. Clones share it.
#[derive(Debug, Clone)]
pub struct Allowance(Arc<Account>);

#[derive(Debug)]
struct Account {
    most: u64,
    taken: AtomicU64,
}

impl Allowance {
    /// So many steps.
    pub fn new(most: u64) -> Self {
        let taken = AtomicU64::new(0);
        Self(Arc::new(Account { most, taken }))
    }

    /// What is lent to this thread now, to be lent to another that works for it.
    pub fn lent() -> Option<Self> {
        LENT.with_borrow(Option::clone)
    }

    /// Works with it.
    pub fn within<T>(self, work: impl FnOnce() -> T) -> T {
        /// Gives back what was lent before, panic or not.
        struct Before(Option<Allowance>);
        impl Drop for Before {
            fn drop(&mut self) {
                LENT.replace(self.0.take());
            }
        }
        let _before = Before(LENT.replace(Some(self)));
        work()
    }

    /// The future with it; nothing where that takes more than is allowed.
    pub fn of<F: Future>(&self, future: F) -> Within<F> {
        Within {
            allowance: self.clone(),
            future: Box::pin(future),
        }
    }

    /// Steps taken so far.
    pub fn taken(&self) -> u64 {
        self.0.taken.load(Ordering::Relaxed)
    }

    /// Whether more was taken than is allowed.
    pub fn is_exceeded(&self) -> bool {
        self.taken() > self.0.most
    }

    /// Takes steps from what is lent, allowed or not.
    pub(crate) fn take(steps: u64) {
        LENT.with_borrow(|lent| {
            if let Some(Allowance(account)) = lent {
                let _ = account.taken.fetch_add(steps, Ordering::Relaxed);
            }
        });
    }

    /// Takes what it costs to read or write a text.
    pub(crate) fn take_bytes(bytes: usize) {
        Self::take((bytes / BYTES_AS_ONE) as u64);
    }

    /// Steps that are left of what is lent; as many as one likes where nothing is.
    pub(crate) fn left() -> u64 {
        LENT.with_borrow(|lent| match lent {
            Some(Allowance(account)) => {
                let taken = account.taken.load(Ordering::Relaxed);
                account.most.saturating_sub(taken)
            }
            None => u64::MAX,
        })
    }
}

/// A future that works with an allowance.
pub struct Within<F> {
    allowance: Allowance,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Within<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let allowance = self.allowance.clone();
        let polled = allowance
            .clone()
            .within(|| self.future.as_mut().poll(context));
        if allowance.is_exceeded() {
            return Poll::Ready(None);
        }
        polled.map(Some)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::encode::pebble::{Context, ErrorKind, Options, Template};

    const LOOP: &str = "{% for i in numbers %}{{ i }}{% endfor %}";

    fn numbers(most: usize) -> Context {
        let numbers: Vec<usize> = (1..=most).collect();
        Context::from_json(&serde_json::json!({ "numbers": numbers }))
    }

    fn rendered() -> Result<String, ErrorKind> {
        let template = Template::parse(LOOP, &Options::adobe()).map_err(|error| error.kind)?;
        template.render(&numbers(100)).map_err(|error| error.kind)
    }

    #[test]
    fn renderings_take_from_one_allowance_and_as_much_each_time() {
        let allowance = Allowance::new(1_000_000);
        allowance.clone().within(rendered).unwrap();
        let once = allowance.taken();
        assert!(once > 200, "{once}");
        allowance.clone().within(rendered).unwrap();
        assert_eq!(allowance.taken(), 2 * once);
        assert!(Allowance::lent().is_none());
    }

    #[test]
    fn what_takes_all_that_is_allowed_passes_and_one_step_more_does_not() {
        let measured = Allowance::new(u64::MAX);
        measured.clone().within(rendered).unwrap();
        let exact = Allowance::new(measured.taken());
        assert!(exact.clone().within(rendered).is_ok() && !exact.is_exceeded());
        let short = Allowance::new(measured.taken() - 1);
        let _ = short.clone().within(rendered);
        assert!(short.is_exceeded());
        assert_eq!(short.within(rendered), Err(ErrorKind::Limit));
    }

    #[test]
    fn a_regular_expression_that_is_given_up_is_paid_for() {
        let text = "{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | split('(a|aa|a?)+b') }}";
        let allowance = Allowance::new(u64::MAX);
        let template = Template::parse(text, &Options::adobe()).unwrap();
        let rendered = allowance
            .clone()
            .within(|| template.render(&Context::new()));
        assert_eq!(rendered.unwrap_err().kind, ErrorKind::Limit);
        assert!(allowance.taken() > 500_000, "{}", allowance.taken());
    }

    #[test]
    fn a_text_that_is_printed_over_and_over_is_paid_for_by_its_bytes() {
        let mut context = numbers(20);
        context.set_json("long", &serde_json::json!("x".repeat(1 << 20)));
        let allowance = Allowance::new(u64::MAX);
        let template = "{% for i in numbers %}{{ long }}{% endfor %}";
        let template = Template::parse(template, &Options::adobe()).unwrap();
        allowance
            .clone()
            .within(|| template.render(&context))
            .unwrap();
        assert!(allowance.taken() > 20 << 16, "{}", allowance.taken());
    }

    #[tokio::test]
    async fn a_future_has_its_allowance_wherever_it_goes_on_and_ends_where_it_is_exceeded() {
        let work = async || {
            let mut done = 0;
            for _ in 0..10 {
                tokio::task::yield_now().await;
                done += usize::from(rendered().is_ok());
            }
            done
        };
        let generous = Allowance::new(1_000_000);
        assert_eq!(generous.of(work()).await, Some(10));
        let scarce = Allowance::new(generous.taken() / 2);
        assert_eq!(scarce.of(work()).await, None);
        assert!(scarce.taken() < generous.taken());
    }
}
