//! Messages as requests: what Experience Platform would send of profiles.

use std::sync::Arc;

use bytes::Bytes;

use crate::encode::message::Message;
use crate::judge::earlier;
use crate::model::profile::Profile;
use crate::model::record::Purpose;
use crate::suite::aside::{MANY, aside};
use crate::suite::stop::Stop;
use crate::suite::subject::Streaming;
use crate::wire::{Account, Credential, Request, Retry};

/// Renders profiles, each in a message of its own where asked.
///
/// # Errors
/// When a template does not render: the surroundings, since the submission is at fault.
pub async fn messages(
    subject: &Arc<Streaming>,
    profiles: &[Profile],
    alone: bool,
) -> Result<Vec<Arc<Message>>, Stop> {
    let (subject, profiles) = (Arc::clone(subject), profiles.to_vec());
    let long = profiles.len() >= MANY;
    aside(long, move || rendered(&subject, &profiles, alone)).await
}

fn rendered(
    subject: &Streaming,
    profiles: &[Profile],
    alone: bool,
) -> Result<Vec<Arc<Message>>, Stop> {
    let apart = if alone { 1 } else { profiles.len().max(1) };
    let rendered = profiles
        .chunks(apart)
        .map(|profiles| subject.renderer.messages(profiles))
        .collect::<Result<Vec<_>, _>>();
    let messages = rendered.map_err(earlier::codes::message_not_rendered)?;
    Ok(messages.into_iter().flatten().map(Arc::new).collect())
}

/// A message as a request.
pub fn request(message: &Message, credential: Credential, retry: Retry) -> Request {
    Request {
        purpose: Purpose::Delivery,
        method: message.method.as_str().to_owned(),
        url: message.url.clone(),
        headers: message.headers.clone(),
        body: Bytes::from(message.body.clone()),
        account: Account::Own,
        credential,
        retry,
        time_limit: None,
    }
}
