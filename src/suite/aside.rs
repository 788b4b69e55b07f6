//! Long computations beside the threads that send and receive, so that what is timed there is the destination alone.

use std::panic::resume_unwind;

use crate::encode::pebble::Allowance;
use crate::suite::broken;
use crate::suite::stop::Stop;

/// From so many profiles on, a message takes long to render and to judge.
pub(crate) const MANY: usize = 50;

/// Does the work, on a thread for long computations where it takes long. A panic goes on as if it were done here.
pub(crate) async fn aside<T: Send + 'static>(
    long: bool,
    work: impl FnOnce() -> Result<T, Stop> + Send + 'static,
) -> Result<T, Stop> {
    if !long {
        return work();
    }
    let lent = Allowance::lent();
    let work = || match lent {
        Some(allowance) => allowance.within(work),
        None => work(),
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        Err(_) => Err(broken::cancelled().into()),
    }
}
