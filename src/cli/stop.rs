//! What asks a run to end early: Ctrl-C, and on Unix the SIGTERM with which a CI cancels a job.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC, ctrl_c};

/// Listens from its beginning on: what comes between two questions is not lost.
#[cfg(unix)]
pub struct Stops {
    interrupt: Signal,
    terminate: Signal,
}

/// Listens from its beginning on: what comes between two questions is not lost.
#[cfg(windows)]
pub struct Stops {
    interrupt: CtrlC,
}

#[cfg(unix)]
impl Stops {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next; false where none can come any more.
    pub async fn next(&mut self) -> bool {
        tokio::select! {
            come = self.interrupt.recv() => come.is_some(),
            come = self.terminate.recv() => come.is_some(),
        }
    }
}

#[cfg(windows)]
impl Stops {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: ctrl_c()?,
        })
    }

    /// Waits for the next; false where none can come any more.
    pub async fn next(&mut self) -> bool {
        self.interrupt.recv().await.is_some()
    }
}
