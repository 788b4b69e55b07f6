//! An audience of a scenario at the destination: what was asked about it, and what it is called there.

use bytes::Bytes;
use rand_chacha::ChaCha20Rng;

use crate::encode::audience::{Api, Named, Request as Rendered};
use crate::encode::message::synthetic;
use crate::judge::{audience, earlier};
use crate::model::finding::Finding;
use crate::model::record::{Answer, ExchangeRef, Purpose, Swept};
use crate::model::sdk::{Event, EventKind};
use crate::suite::broken;
use crate::suite::parameter::{AudienceAct, AudienceKind};
use crate::suite::stop::Stop;
use crate::suite::subject::run_digits;
use crate::wire::{Account, Credential, Request, Retry, Session};

/// The longest name, in signs: what Experience Platform allows.
const LONGEST: usize = 255;

/// The audience of a scenario.
#[derive(Debug, Clone)]
pub struct Handled {
    /// As it has to be stored now.
    pub named: Named,
    /// What was asked about it, in order.
    pub calls: Vec<Call>,
    /// The answers to the questions for it, in order.
    pub told: Vec<Told>,
    /// Ids of what was created and not deleted.
    pub left: Vec<String>,
    kind: AudienceKind,
    /// How its name begins, whatever is particular about it.
    plain: String,
}

/// One request about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Which.
    pub act: AudienceAct,
    /// The credentials of the caller.
    pub credential: Credential,
    /// The exchange.
    pub exchange: ExchangeRef,
}

/// One answer to the question for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The exchange.
    pub exchange: ExchangeRef,
    /// The name that it had to have then.
    pub name: String,
}

impl Handled {
    /// An audience of that kind, whose name says of which run it is.
    pub fn new(kind: AudienceKind, run_id: &str, rng: &mut ChaCha20Rng) -> Self {
        let unique = synthetic::letters(rng, 8);
        // names are short where their length is not what is judged
        let of_run = run_digits(run_id);
        let plain = format!("destspec {of_run} {unique}");
        let description = match kind {
            AudienceKind::Undescribed => String::new(),
            AudienceKind::Existing
            | AudienceKind::Beside
            | AudienceKind::BesideNamesake
            | AudienceKind::BesideOrigin
            | AudienceKind::Plain
            | AudienceKind::Blanks
            | AudienceKind::Quotes
            | AudienceKind::Ampersands
            | AudienceKind::Slashes
            | AudienceKind::NonAscii
            | AudienceKind::Markup
            | AudienceKind::Ends
            | AudienceKind::Longest
            | AudienceKind::LongestBeyond => format!("Made by destspec in the run {run_id}"),
        };
        let named = Named {
            id: synthetic::audience_id(rng, 0),
            alias: String::new(),
            name: name(kind, &plain),
            description,
        };
        Self {
            named,
            calls: Vec::new(),
            told: Vec::new(),
            left: Vec::new(),
            kind,
            plain,
        }
    }

    /// Another beside it, of its name or its origin where the kind says so.
    pub fn another(&self, run_id: &str, rng: &mut ChaCha20Rng) -> Self {
        let mut other = Self::new(self.kind, run_id, rng);
        if self.kind == AudienceKind::BesideNamesake {
            other.named.name.clone_from(&self.named.name);
        }
        if self.kind == AudienceKind::BesideOrigin {
            other.named.id.clone_from(&self.named.id);
        }
        other
    }

    /// Whether that was asked about it.
    pub fn was(&self, act: AudienceAct) -> bool {
        self.calls.iter().any(|call| call.act == act)
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
    fn asked(&mut self, act: AudienceAct) -> Named {
        if act == AudienceAct::Renamed {
            self.plain.push_str(" renamed");
            self.named.name = name(self.kind, &self.plain);
        }
        let mut asked = self.named.clone();
        match act {
            AudienceAct::CreatedNameless | AudienceAct::RenamedNameless => asked.name.clear(),
            AudienceAct::CreatedAgain
            | AudienceAct::CreatedByStranger
            | AudienceAct::CreatedByImpostor
            | AudienceAct::CreatedNearly
            | AudienceAct::CreatedLate => asked.alias.clear(),
            // were it done, it would show
            AudienceAct::RenamedByStranger | AudienceAct::RenamedNearly => {
                asked.name.push_str(" by nobody");
            }
            AudienceAct::Created
            | AudienceAct::Renamed
            | AudienceAct::Deleted
            | AudienceAct::DeletedAgain
            | AudienceAct::DeletedByStranger
            | AudienceAct::DeletedNearly
            | AudienceAct::Retrieved
            | AudienceAct::Validated
            | AudienceAct::ValidatedByStranger
            | AudienceAct::Notified
            | AudienceAct::NotifiedByStranger => {}
        }
        asked
    }

    /// Takes in what an answer says of it.
    fn heard(&mut self, call: Call, session: &Session, event: &Event) {
        self.calls.push(call);
        let answer = session.exchange(call.exchange);
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
                if call.act == AudienceAct::Created {
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

/// The name of an audience of that kind that begins so.
fn name(kind: AudienceKind, begin: &str) -> String {
    let filled = |sign: &str| {
        let rest = LONGEST.saturating_sub(begin.chars().count() + 1);
        format!("{begin} {}", sign.repeat(rest))
    };
    match kind {
        AudienceKind::Existing
        | AudienceKind::Beside
        | AudienceKind::BesideNamesake
        | AudienceKind::BesideOrigin
        | AudienceKind::Plain
        | AudienceKind::Undescribed => begin.to_owned(),
        AudienceKind::Blanks => format!("{begin}  two blanks"),
        AudienceKind::Quotes => format!("{begin} \"quoted\" 'single' \\ back"),
        AudienceKind::Ampersands => format!("{begin} a&b=c?d#e%41+f"),
        AudienceKind::Slashes => format!("{begin} a/b/c"),
        AudienceKind::NonAscii => format!("{begin} Größe Ελλάδα 東京 \u{1f30a}"),
        AudienceKind::Markup => format!("{begin} <b>big</b> &amp; small; $5, 5 < 6"),
        AudienceKind::Ends => format!("{begin} "),
        AudienceKind::Longest => filled("n"),
        AudienceKind::LongestBeyond => filled("\u{bd}"),
    }
}

/// Asks for an act, as Experience Platform would; whether it asks again is documented nowhere. `credential`: what is sent
/// where the template sends any.
///
/// # Errors
/// When the audience was not created, or the template does not render.
pub async fn ask(
    session: &Session,
    api: &Api,
    handled: &mut Handled,
    act: AudienceAct,
    credential: Credential,
) -> Result<(), Stop> {
    let event = api.event(act.event());
    let event = event.ok_or_else(|| broken::nothing_to_judge(act.event().key()))?;
    let needs_alias = !matches!(event.kind, EventKind::Create | EventKind::Validate);
    if needs_alias && handled.named.alias.is_empty() {
        return Err(not_created(session, api, handled).into());
    }
    let asked = handled.asked(act);
    let rendered = api
        .request(event, &asked)
        .map_err(earlier::codes::message_not_rendered)?;
    let credential = match rendered.authorized {
        true => credential,
        false => Credential::None,
    };
    let exchange = session.send(request(rendered, credential)).await?;
    handled.heard(
        Call {
            act,
            credential,
            exchange,
        },
        session,
        event,
    );
    Ok(())
}

/// That an audience has no id, and why, as far as its creation tells.
pub fn not_created(session: &Session, api: &Api, handled: &Handled) -> Finding {
    let created = handled.call(AudienceAct::Created).ok();
    let created = created.and_then(|which| session.exchange(which));
    audience::not_created(created.as_deref().zip(api.create()))
}

/// Sends the request of an event, with what credentials there are where the template sends any.
///
/// # Errors
/// When the template does not render.
pub(crate) async fn send(
    session: &Session,
    api: &Api,
    event: &Event,
    named: &Named,
) -> Result<ExchangeRef, Stop> {
    let rendered = api
        .request(event, named)
        .map_err(earlier::codes::message_not_rendered)?;
    let credential = match rendered.authorized {
        true => Credential::Valid,
        false => Credential::None,
    };
    Ok(session.send(request(rendered, credential)).await?)
}

/// A request as the door takes it.
pub fn request(rendered: Rendered, credential: Credential) -> Request {
    Request {
        purpose: Purpose::Audience,
        method: rendered.method.as_str().to_owned(),
        url: rendered.url,
        headers: rendered.headers,
        body: Bytes::from(rendered.body),
        account: Account::Audiences,
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
    let Some(event) = api.event(EventKind::Delete) else {
        return false;
    };
    let sent = send(session, api, event, &named).await;
    let exchange = sent.ok().and_then(|sent| session.exchange(sent));
    let gone = |answer: &Answer| answer.is_success() || matches!(answer.status, 404 | 410);
    exchange.is_some_and(|exchange| exchange.answer().is_some_and(gone))
}
