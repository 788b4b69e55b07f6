//! The audience metadata API of a destination, of whatever family, as a judge may see it.

use std::sync::Arc;

use crate::encode::audience::{Api, is_authorized};
use crate::judge::audience::ID;
use crate::model::finding::Finding;
use crate::model::near_miss::NearMiss;
use crate::model::percent::encoded;
use crate::model::reason::Reason;
use crate::model::sdk::EventKind;
use crate::model::secret::TOKEN_HERE;
use crate::model::submission::{Audience, Destination, Retrieval};
use crate::suite::subject::Subject;
use crate::suite::subject::near_misses::tried;
use crate::suite::{broken, omission};

impl Subject {
    /// Its audience metadata API, where it has a template that can be used.
    pub fn api(&self) -> Option<&Api> {
        match self {
            Subject::Streaming(streaming) => streaming.audience_api.as_ref(),
            Subject::Batch(batch) => batch.audience_api.as_ref(),
            Subject::Inoperable(_) => None,
        }
    }

    /// The same, where something is asked of it.
    ///
    /// # Errors
    /// A finding against destspec: nothing asks for it without a template.
    pub fn audience_api(&self) -> Result<&Api, Finding> {
        let lacking = || broken::nothing_to_judge("audience template");
        self.api().ok_or_else(lacking)
    }

    /// Whether the template has a request of that kind.
    pub fn has_event(&self, kind: EventKind) -> bool {
        self.api().is_some_and(|api| api.event(kind).is_some())
    }

    /// Whether the audience metadata API is asked with credentials.
    pub fn audience_needs_credentials(&self) -> bool {
        let create = self.api().and_then(Api::create);
        let authenticates = match self {
            Subject::Streaming(streaming) => streaming.has_authentication(),
            Subject::Batch(batch) => batch.has_audience_token(),
            Subject::Inoperable(_) => false,
        };
        authenticates && create.is_some_and(is_authorized)
    }

    /// Whether it knows audiences by the ids alone that it gave them when Experience Platform created them (reference 8.1).
    pub fn creates_audiences(&self) -> bool {
        match self {
            Subject::Streaming(streaming) => streaming.creates_audiences,
            Subject::Batch(batch) => creates(&batch.destination, batch.audience_api.as_ref()),
            Subject::Inoperable(_) => false,
        }
    }

    /// The same destination with these audiences, and no others to name.
    ///
    /// # Errors
    /// Nothing can be delivered to it: destspec's fault.
    pub fn stocked_with(&self, audiences: &[Audience]) -> Result<Self, Finding> {
        let mut last_first = audiences.iter().rev();
        last_first.try_fold(self.without_audiences(), |known, audience| {
            known.knowing(audience)
        })
    }

    fn without_audiences(&self) -> Self {
        match self {
            Subject::Streaming(streaming) => {
                let mut bare = streaming.as_ref().clone();
                bare.claims.audiences.clear();
                bare.destination.audiences.clear();
                Subject::Streaming(Arc::new(bare))
            }
            Subject::Batch(batch) => {
                let mut bare = batch.as_ref().clone();
                bare.claims.audiences.clear();
                bare.destination.audiences.clear();
                Subject::Batch(Arc::new(bare))
            }
            Subject::Inoperable(_) => self.clone(),
        }
    }

    /// Whether the id of a new audience comes in a header.
    pub fn audience_id_in_header(&self) -> bool {
        let create = self.api().and_then(Api::create);
        let path = create.and_then(|event| event.response_field(ID));
        path.is_some_and(|path| path.trim_start_matches(['{', ' ']).starts_with("headers."))
    }

    /// How an audience is asked for, where the submission says so.
    pub fn retrieval(&self) -> Option<&Retrieval> {
        self.destination().observe.audience.as_ref()
    }

    /// Where an audience is asked for.
    pub fn retrieval_url(&self, retrieval: &Retrieval, alias: &str) -> String {
        let url = match (self, self.api()) {
            (Subject::Streaming(streaming), _) => streaming.renderer.text(&retrieval.url),
            (Subject::Batch(_), Some(api)) => api.text(&retrieval.url),
            (Subject::Batch(_) | Subject::Inoperable(_), _) => retrieval.url.clone(),
        };
        url.replace("{alias}", &encoded(alias))
            .replace("{token}", TOKEN_HERE)
    }

    /// The wrong credentials of the audience API that are nearly right and may be tried, most telling first.
    ///
    /// # Errors
    /// Why none may be.
    pub fn audience_near_misses(&self) -> Result<Vec<NearMiss>, Reason> {
        match self {
            Subject::Streaming(streaming) => streaming.near_misses(),
            Subject::Batch(batch) if self.api().is_some_and(Api::is_encrypted) => {
                tried(&batch.destination, false)
            }
            Subject::Batch(_) | Subject::Inoperable(_) => Err(omission::not_encrypted()),
        }
    }
}

/// Whether Experience Platform creates the audiences that messages and files name (reference 8.1, use case 1): there is a template for
/// it, nothing else gives them ids, and the submission names none that are there.
pub fn creates(destination: &Destination, api: Option<&Api>) -> bool {
    let mapping = &destination.configuration.segment_mapping;
    let are_given = mapping.by_id || mapping.by_name || mapping.by_user;
    let are_named = destination.audiences.iter().any(|a| !a.synthetic);
    !are_given && !are_named && api.is_some_and(|api| api.create().is_some())
}

/// What a destination offers, in words for a report.
pub(super) fn offered(api: Option<&Api>, destination: &Destination) -> &'static str {
    let mapping = &destination.configuration.segment_mapping;
    let is_named = mapping.audience_template.is_some();
    match (api, &destination.observe.audience) {
        (Some(_), Some(_)) => "offered, and asked for as the submission says",
        (Some(_), None) => "offered; nothing shows what became of an audience",
        (None, _) if destination.audience_template.is_some() => "the template cannot be used",
        (None, _) if is_named => {
            "not given, though the configuration names an audience template: name its file with `audience_template`"
        }
        (None, Some(_)) => {
            "not offered, though [destination.observe.audience] says how to ask for an audience"
        }
        (None, None) => "not offered",
    }
}
