//! An audience of a scenario at the destination: what was asked about it, and what it is called there.

use bytes::Bytes;
use rand_chacha::ChaCha20Rng;

use crate::encode::audience::{Api, Named, Request as Rendered};
use crate::encode::message::synthetic;
use crate::judge::{audience, earlier};
use crate::model::record::{Answer, ExchangeRef, Purpose, Swept};
use crate::model::sdk::{Event, EventKind};
use crate::suite::broken;
use crate::suite::parameter::{AudienceAct, AudienceKind};
use crate::suite::stop::Stop;
use crate::wire::{Credential, Request, Retry, Session};

/// The audience of a scenario.
#[derive(Debug, Clone, Default)]
pub struct Handled {
    /// As it has to be stored now.
    pub named: Named,
    /// What was asked about it, in order.
    pub calls: Vec<Call>,
    /// The last answer to the question for it.
    pub retrieved: Option<ExchangeRef>,
    /// Ids of what was created and not deleted.
    pub left: Vec<String>,
}

/// One request about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Which.
    pub act: AudienceAct,
    /// The exchange.
    pub exchange: ExchangeRef,
}

impl Handled {
    /// An audience of that kind, whose name says of which run it is.
    pub fn new(kind: AudienceKind, run_id: &str, rng: &mut ChaCha20Rng) -> Self {
        let unique = synthetic::letters(rng, 8);
        let plain = format!("destspec {run_id} {unique}");
        let name = match kind {
            AudienceKind::Existing
            | AudienceKind::Beside
            | AudienceKind::BesideNamesake
            | AudienceKind::Plain
            | AudienceKind::Undescribed => plain,
            AudienceKind::Blanks => format!("{plain}  two blanks"),
            AudienceKind::Quotes => format!("{plain} \"quoted\" 'single' \\ back"),
            AudienceKind::Ampersands => format!("{plain} a&b=c?d#e%41+f"),
            AudienceKind::Slashes => format!("{plain} a/b/c"),
            AudienceKind::NonAscii => format!("{plain} Größe Ελλάδα 東京 \u{1f30a}"),
            AudienceKind::Longest => {
                let rest = 255_usize.saturating_sub(plain.chars().count() + 1);
                format!("{plain} {}", "n".repeat(rest))
            }
        };
        let description = match kind {
            AudienceKind::Undescribed => String::new(),
            AudienceKind::Existing
            | AudienceKind::Beside
            | AudienceKind::BesideNamesake
            | AudienceKind::Plain
            | AudienceKind::Blanks
            | AudienceKind::Quotes
            | AudienceKind::Ampersands
            | AudienceKind::Slashes
            | AudienceKind::NonAscii
            | AudienceKind::Longest => format!("Made by destspec in the run {run_id}"),
        };
        let named = Named {
            id: synthetic::audience_id(rng, 0),
            alias: String::new(),
            name,
            description,
        };
        Self {
            named,
            ..Self::default()
        }
    }

    /// The call of an act, the last where there are several.
    ///
    /// # Errors
    /// Nobody made it: destspec's fault.
    pub fn call(&self, act: AudienceAct) -> Result<ExchangeRef, Stop> {
        let found = self.calls.iter().rev().find(|call| call.act == act);
        let made = found.ok_or_else(|| broken::nothing_to_judge(format_args!("{act:?}")))?;
        Ok(made.exchange)
    }

    /// What of the audience an act asks for, as it names it.
    fn asked(&mut self, act: AudienceAct) -> Result<Named, Stop> {
        let needs_alias = act.event() != EventKind::Create && act.event() != EventKind::Validate;
        if needs_alias && self.named.alias.is_empty() {
            return Err(earlier::codes::audience_not_created().into());
        }
        if act == AudienceAct::Renamed {
            self.named.name.push_str(" renamed");
        }
        let mut asked = self.named.clone();
        match act {
            AudienceAct::CreatedNameless => asked.name.clear(),
            AudienceAct::CreatedAgain
            | AudienceAct::CreatedByStranger
            | AudienceAct::CreatedByImpostor => asked.alias.clear(),
            AudienceAct::Created
            | AudienceAct::Renamed
            | AudienceAct::RenamedByStranger
            | AudienceAct::Deleted
            | AudienceAct::DeletedAgain
            | AudienceAct::DeletedByStranger
            | AudienceAct::Retrieved
            | AudienceAct::Validated => {}
        }
        Ok(asked)
    }

    /// Takes in what an answer says of it.
    fn heard(&mut self, act: AudienceAct, exchange: ExchangeRef, session: &Session, event: &Event) {
        self.calls.push(Call { act, exchange });
        let answer = session.exchange(exchange);
        let Some(answer) = answer.as_ref().and_then(|e| e.answer()) else {
            return;
        };
        if !answer.is_success() {
            return;
        }
        match event.kind {
            EventKind::Create => {
                let id = audience::id(answer, event);
                self.left.extend(id.clone());
                if act == AudienceAct::Created {
                    self.named.alias = id.unwrap_or_default();
                }
            }
            EventKind::Delete => self.left.retain(|id| *id != self.named.alias),
            EventKind::Update
            | EventKind::Validate
            | EventKind::Notify
            | EventKind::CreateDestination
            | EventKind::UpdateDestination
            | EventKind::DeleteDestination => {}
        }
    }
}

/// Asks for an act, as Experience Platform would; whether it asks again is documented nowhere.
///
/// # Errors
/// When the audience was not created, or the template does not render.
pub async fn ask(
    session: &Session,
    api: &Api,
    handled: &mut Handled,
    act: AudienceAct,
) -> Result<(), Stop> {
    let event = api.event(act.event());
    let event = event.ok_or_else(|| broken::nothing_to_judge(act.event().key()))?;
    let asked = handled.asked(act)?;
    let rendered = api
        .request(event, &asked)
        .map_err(earlier::codes::message_not_rendered)?;
    let credential = match (act.is_by_stranger() || !rendered.authorized, act) {
        (true, _) => Credential::None,
        (false, AudienceAct::CreatedByImpostor) => Credential::Wrong,
        (false, _) => Credential::Valid,
    };
    let sent = session.send(request(rendered, credential)).await?;
    handled.heard(act, sent, session, event);
    Ok(())
}

/// What is asked about the destination itself while a dataflow lives, in order.
const OF_DESTINATIONS: [EventKind; 3] = [
    EventKind::CreateDestination,
    EventKind::UpdateDestination,
    EventKind::DeleteDestination,
];

/// Asks all that the template has about the destination itself.
///
/// # Errors
/// When the template does not render.
pub async fn ask_about_destination(
    session: &Session,
    api: &Api,
) -> Result<Vec<(EventKind, ExchangeRef)>, Stop> {
    let mut asked = Vec::new();
    for event in OF_DESTINATIONS
        .into_iter()
        .filter_map(|kind| api.event(kind))
    {
        let rendered = api
            .request(event, &Named::default())
            .map_err(earlier::codes::message_not_rendered)?;
        let credential = match rendered.authorized {
            true => Credential::Valid,
            false => Credential::None,
        };
        let sent = session.send(request(rendered, credential)).await?;
        asked.push((event.kind, sent));
    }
    Ok(asked)
}

/// Whether a template asks anything about the destination itself.
pub fn asks_about_destination(api: &Api) -> bool {
    OF_DESTINATIONS
        .into_iter()
        .any(|kind| api.event(kind).is_some())
}

/// A request as the door takes it.
pub fn request(rendered: Rendered, credential: Credential) -> Request {
    Request {
        purpose: Purpose::Audience,
        method: rendered.method.as_str().to_owned(),
        url: rendered.url,
        headers: rendered.headers,
        body: Bytes::from(rendered.body),
        credential,
        retry: Retry::Never,
        time_limit: None,
    }
}

/// Under this name audiences are deleted when the run is over: in no scenario, and no verdict hangs on it.
pub const SWEEP: &str = "sweep";

/// Deletes the audiences of those ids, live.
pub async fn sweep(session: &Session, api: &Api, ids: &[String]) -> Swept {
    let mut swept = Swept::default();
    for id in ids {
        match is_deleted(session, api, id).await {
            true => swept.deleted += 1,
            false => swept.left += 1,
        }
    }
    swept
}

async fn is_deleted(session: &Session, api: &Api, id: &str) -> bool {
    let named = Named {
        alias: id.to_owned(),
        ..Named::default()
    };
    let rendered = api
        .event(EventKind::Delete)
        .and_then(|event| api.request(event, &named).ok());
    let Some(rendered) = rendered else {
        return false;
    };
    let credential = match rendered.authorized {
        true => Credential::Valid,
        false => Credential::None,
    };
    let sent = session.send(request(rendered, credential)).await;
    let exchange = sent.ok().and_then(|sent| session.exchange(sent));
    let gone = |answer: &Answer| answer.is_success() || matches!(answer.status, 404 | 410);
    exchange.is_some_and(|exchange| exchange.answer().is_some_and(gone))
}
