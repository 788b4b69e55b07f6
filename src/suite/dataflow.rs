//! The destination itself while a dataflow lives: Experience Platform says that it begins before it creates the first
//! audience, and that it ends when all are gone (reference 8.5). A run is such a dataflow; no verdict hangs on an answer here.

use std::sync::Arc;

use crate::encode::audience::{Api, Named};
use crate::judge::audience as judge;
use crate::model::finding::Finding;
use crate::model::record::{DATAFLOW, Exchange, ExchangeRef, Swept};
use crate::model::sdk::EventKind;
use crate::suite::audience::{SWEEP, send};
use crate::suite::open::Target;
use crate::suite::stop::Stop;
use crate::wire::Session;

/// What is asked about the destination itself while a dataflow lives, in order.
const OF_DESTINATIONS: [EventKind; 3] = [
    EventKind::CreateDestination,
    EventKind::UpdateDestination,
    EventKind::DeleteDestination,
];

/// What is asked before the first audience: which comes first is documented nowhere, and a check is one before the others.
const BEFORE_AUDIENCES: [EventKind; 2] = [EventKind::Validate, EventKind::CreateDestination];

/// Whether a template asks anything about the destination itself.
pub fn asks_about_destination(api: &Api) -> bool {
    OF_DESTINATIONS
        .into_iter()
        .any(|kind| api.event(kind).is_some())
}

/// Asks all that the template has about the destination itself: one of that id, for with it all of its audiences may go.
///
/// # Errors
/// When the template does not render.
pub async fn ask_about_destination(
    session: &Session,
    api: &Api,
    id: String,
) -> Result<Vec<(EventKind, ExchangeRef)>, Stop> {
    let (api, mut asked) = (api.of_instance(id), Vec::new());
    for event in OF_DESTINATIONS
        .into_iter()
        .filter_map(|kind| api.event(kind))
    {
        let sent = send(session, &api, event, &Named::default()).await?;
        asked.push((event.kind, sent));
    }
    Ok(asked)
}

/// The dataflow that a run is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dataflow {
    /// The requests before the first audience, and their answers.
    pub(crate) exchanges: Vec<Arc<Exchange>>,
    /// Why there is no destination to have audiences, where its creation was refused.
    pub(crate) refused: Option<Finding>,
    is_created: bool,
}

/// Begins it.
pub(crate) async fn begin(target: &Target) -> Dataflow {
    let (mut refused, mut is_created) = (None, false);
    let Some(api) = target.subject.api() else {
        return Dataflow::default();
    };
    let session = target.door.session(DATAFLOW);
    for event in BEFORE_AUDIENCES.iter().filter_map(|kind| api.event(*kind)) {
        // what does not render is said where the destination was opened, and what a replay does not find is missing then
        let Ok(sent) = send(&session, api, event, &Named::default()).await else {
            break;
        };
        let exchange = session.exchange(sent);
        let taken = exchange.map(|e| judge::taken(&e, event).map(|_| ()));
        if event.kind == EventKind::CreateDestination {
            is_created = matches!(taken, Some(Ok(())));
            refused = taken.and_then(Result::err);
        }
    }
    Dataflow {
        exchanges: session.exchanges(),
        refused,
        is_created,
    }
}

/// Ends it, live: what became of the destination that it created, if it did.
pub(crate) async fn end(target: &Target, dataflow: &Dataflow) -> Option<Swept> {
    let api = target.subject.api().filter(|_| dataflow.is_created)?;
    let session = target.door.session(SWEEP);
    let is_gone = match api.event(EventKind::DeleteDestination) {
        Some(event) => {
            let sent = send(&session, api, event, &Named::default()).await.ok();
            let exchange = sent.and_then(|sent| session.exchange(sent));
            exchange.is_some_and(|e| judge::taken(&e, event).is_ok())
        }
        None => false,
    };
    Some(match is_gone {
        true => Swept {
            deleted: 1,
            ..Swept::default()
        },
        false => Swept {
            left: 1,
            ..Swept::default()
        },
    })
}
