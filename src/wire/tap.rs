//! The tap: the one place of the wire where exchanges are recorded, and passed to the journal.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::mpsc::UnboundedSender;

use crate::model::record::command;
use crate::model::record::{
    CommandExchange, Exchange, Operation, Purpose, RawCommand, RawExchange, RawOperation,
    RawRequest, RawResult, RequestRecord, StorageResult, TokenFacts,
};
use crate::model::redact::Redactor;
use crate::model::redact::fence::Fence;
use crate::wire::http::{Outgoing, Timing};

/// One line of the journal, which keeps what a killed run saw.
#[derive(Debug, Clone)]
pub struct JournalEntry {
    /// Destination.
    pub destination: Arc<str>,
    /// Scenario; absent for what belongs to the destination.
    pub scenario: Option<Arc<str>>,
    /// What was recorded.
    pub exchange: Arc<Exchange>,
}

impl JournalEntry {
    /// The entry as one line of JSON, without line break.
    pub fn line(&self) -> String {
        #[derive(Serialize)]
        struct Line<'a> {
            destination: &'a str,
            scenario: Option<&'a str>,
            exchange: &'a Exchange,
        }
        let line = Line {
            destination: &self.destination,
            scenario: self.scenario.as_deref(),
            exchange: &self.exchange,
        };
        serde_json::to_string(&line).unwrap_or_default()
    }
}

/// Where an exchange belongs.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) scenario: Option<Arc<str>>,
    pub(crate) lane: u32,
    pub(crate) ordinal: u32,
    pub(crate) attempt: u32,
}

/// What is known of a result before it is recorded.
pub(crate) struct Inspected {
    pub(crate) fence: Fence,
    pub(crate) token: Option<TokenFacts>,
}

impl Default for Inspected {
    fn default() -> Self {
        Self {
            fence: Fence::None,
            token: None,
        }
    }
}

/// Records for one destination.
pub(crate) struct Tap {
    pub(crate) destination: Arc<str>,
    pub(crate) redactor: Arc<Redactor>,
    pub(crate) started: Instant,
    pub(crate) journal: Option<UnboundedSender<JournalEntry>>,
}

impl Tap {
    /// Milliseconds since the run began.
    pub(crate) fn since_start_ms(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.started).as_millis()).unwrap_or(u64::MAX)
    }

    /// Records what was sent and came to `result`.
    pub(crate) fn record(
        &self,
        place: &Place,
        outgoing: &Outgoing,
        (result, inspected): (RawResult, Inspected),
        timing: Timing,
    ) -> Arc<Exchange> {
        // Nobody looked at it: it is not known to hold nothing.
        let fence = match inspected.fence {
            Fence::None if outgoing.fence => Fence::Unread,
            fence @ (Fence::None | Fence::Read | Fence::Unread) => fence,
        };
        let exchange = Arc::new(Exchange::record(
            &self.redactor,
            RawExchange {
                lane: place.lane,
                ordinal: place.ordinal,
                attempt: place.attempt,
                purpose: outgoing.purpose,
                request: raw(outgoing),
                result,
                fence,
                token: inspected.token,
                reconnected: timing.reconnected,
                spoilt: timing.spoilt,
                unsent: timing.unsent,
                at_ms: self.since_start_ms(timing.sent),
                duration_us: microseconds(timing.took),
            },
        ));
        self.note(place, &exchange);
        exchange
    }

    /// Records a storage operation.
    pub(crate) fn record_storage(
        &self,
        place: &Place,
        purpose: Purpose,
        (operation, login, result): (Operation, Option<String>, StorageResult),
        timing: Timing,
    ) -> Arc<Exchange> {
        let exchange = Arc::new(Exchange::record_storage(
            &self.redactor,
            RawOperation {
                lane: place.lane,
                ordinal: place.ordinal,
                attempt: place.attempt,
                purpose,
                operation,
                login,
                result,
                unsent: timing.unsent,
                at_ms: self.since_start_ms(timing.sent),
                duration_us: microseconds(timing.took),
            },
        ));
        self.note(place, &exchange);
        exchange
    }

    /// Records a command.
    pub(crate) fn record_command(
        &self,
        place: &Place,
        purpose: Purpose,
        command: CommandExchange,
        timing: Timing,
    ) -> Arc<Exchange> {
        let exchange = Arc::new(Exchange::record_command(
            &self.redactor,
            RawCommand {
                lane: place.lane,
                ordinal: place.ordinal,
                purpose,
                command,
                at_ms: self.since_start_ms(timing.sent),
                duration_us: microseconds(timing.took),
            },
        ));
        self.note(place, &exchange);
        exchange
    }

    /// Arguments of a command as they would be recorded.
    pub(crate) fn arguments(&self, arguments: Vec<String>) -> Vec<String> {
        command::redacted(arguments, &self.redactor)
    }

    /// A storage operation as it would be recorded.
    pub(crate) fn operation(&self, operation: Operation) -> Operation {
        operation.redacted(&self.redactor)
    }

    /// A request as it would be recorded.
    pub(crate) fn request(&self, outgoing: &Outgoing) -> RequestRecord {
        RequestRecord::record(&self.redactor, &raw(outgoing))
    }

    fn note(&self, place: &Place, exchange: &Arc<Exchange>) {
        if let Some(journal) = &self.journal {
            // A journal that nobody reads any more stops nothing.
            let _closed = journal.send(JournalEntry {
                destination: Arc::clone(&self.destination),
                scenario: place.scenario.clone(),
                exchange: Arc::clone(exchange),
            });
        }
    }
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn raw(outgoing: &Outgoing) -> RawRequest<'_> {
    RawRequest {
        method: &outgoing.method,
        url: &outgoing.url,
        headers: &outgoing.headers,
        body: &outgoing.body,
    }
}
