//! The hosts of a destination asked for the proof of control, where the challenge of the run asks for it. What came is a
//! fact of the record; whether it is the proof is for who knows the key that signed.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;

use crate::model::challenge::Challenge;
use crate::model::control::{ControlHost, SCENARIO};
use crate::model::record::{Exchange, ExchangeRef, Purpose};
use crate::suite::open::Target;
use crate::suite::subject::Subject;
use crate::wire::{Account, Credential, Divergence, Request, Retry, Session};

/// Where a destination takes messages and audiences.
pub fn hosts(subject: &Subject) -> BTreeSet<ControlHost> {
    let api = subject.api().into_iter().flat_map(|api| api.urls());
    let endpoint = match subject {
        Subject::Streaming(streaming) => Some(streaming.endpoint.clone()),
        Subject::Batch(_) | Subject::Inoperable(_) => None,
    };
    let urls = api.chain(endpoint);
    urls.filter_map(|url| ControlHost::of(&url)).collect()
}

/// What those of a destination's hosts serve that the challenge names.
pub async fn asked(target: &Target, challenge: Option<&str>) -> Vec<Arc<Exchange>> {
    let challenge = challenge.and_then(|text| Challenge::parse(text).ok());
    let Some(challenge) = challenge.filter(|c| !c.control_proof.is_empty()) else {
        return Vec::new();
    };
    let session = target.door.session(SCENARIO);
    for host in hosts(&target.subject) {
        if challenge.control_proof.contains(&host) {
            // what a replay does not find is missing then, and that is seen
            let _diverged = ask(&session, host.url(&challenge.id)).await;
        }
    }
    session.exchanges()
}

/// One question, without credentials: whoever asks is answered the same.
///
/// # Errors
/// Only in a replay, when the record holds something else.
pub async fn ask(session: &Session, url: String) -> Result<ExchangeRef, Divergence> {
    let request = Request {
        purpose: Purpose::Control,
        account: Account::Own,
        method: String::from("GET"),
        url,
        headers: vec![(String::from("Accept"), String::from("text/plain"))],
        body: Bytes::new(),
        credential: Credential::None,
        retry: Retry::Never,
        time_limit: None,
    };
    session.send(request).await
}
