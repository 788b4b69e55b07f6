//! What a `Then` may look at: the record of its scenario and the subject, nothing else. No type here leads to the outside.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::near_miss::NearMiss;
use crate::model::profile::Profile;
use crate::model::record::{Connection, Exchange, ExchangeRef};
use crate::model::rule::Rule;
use crate::model::sdk::EventKind;
use crate::model::source::Problem;
use crate::suite::audience::Handled;
use crate::suite::broken;
use crate::suite::filing::Filing;
use crate::suite::parameter::{ClientFlaw, Flaw, Part, RedirectUri};
use crate::suite::stop::Stop;
use crate::suite::subject::{Batch, Streaming, Subject};

/// What a scenario acts with and what it has done: references into its exchanges, never their copies.
#[derive(Clone, Default)]
pub struct Scene {
    /// The profiles that the scenario is about.
    pub profiles: Vec<Profile>,
    /// Whether each profile goes in a message of its own.
    pub alone: bool,
    /// Whether the scheme of the credentials is written in another letter case.
    pub scheme_case: bool,
    /// The profiles as they have to be stored after all that was accepted.
    pub expected: Vec<Profile>,
    /// The last exchange of each delivery.
    pub deliveries: Vec<ExchangeRef>,
    /// The delivery with one flaw, and which.
    pub flawed: Option<(Flaw, ExchangeRef)>,
    /// The deliveries with credentials that are nearly right.
    pub near_misses: Vec<(NearMiss, ExchangeRef)>,
    /// What the destination answered each time it was asked what it stores, in order.
    pub rounds: Vec<Vec<Stored>>,
    /// What it answered about people who had left every audience when it was asked by their other identities.
    pub others: Vec<Stored>,
    /// Each valid token request.
    pub tokens: Vec<ExchangeRef>,
    /// The token request with a flaw, and which.
    pub flawed_token: Option<(ClientFlaw, ExchangeRef)>,
    /// Each token request by a refresh token that was given.
    pub refreshes: Vec<ExchangeRef>,
    /// What the authorization endpoint was asked, and for which redirect URI.
    pub authorizations: Vec<(RedirectUri, String, ExchangeRef)>,
    /// The token requests with secrets that are nearly right.
    pub near_miss_tokens: Vec<(NearMiss, ExchangeRef)>,
    /// What was written to a location and seen of it.
    pub filing: Filing,
    /// The audience that the scenario is about.
    pub audience: Option<Handled>,
    /// Others that nothing is asked about: one made before it, one after it.
    pub beside: Vec<Handled>,
    /// What was asked about the destination itself, by the audience template.
    pub about_destination: Vec<(EventKind, ExchangeRef)>,
    /// What was seen of the endpoint's host.
    pub connection: Option<Connection>,
}

/// One person as stored.
#[derive(Debug, Clone)]
pub struct Person {
    /// Place in the message, from 1.
    pub place: usize,
    /// How many the message holds.
    pub of: usize,
    /// The profile as it has to be stored.
    pub profile: Profile,
}

/// One answer to "what did you store?".
#[derive(Debug, Clone)]
pub struct Stored {
    /// Which part was asked for.
    pub part: Part,
    /// Of whom.
    pub person: Person,
    /// The exchanges with the answer: its pages in order.
    pub pages: Vec<ExchangeRef>,
}

/// What a `Then` judges.
#[derive(Clone)]
pub struct Evidence {
    exchanges: BTreeMap<ExchangeRef, Arc<Exchange>>,
    /// What they were for.
    pub scene: Arc<Scene>,
    subject: Subject,
}

impl Evidence {
    /// Of what a scenario has done so far.
    pub fn new(exchanges: Vec<Arc<Exchange>>, scene: Arc<Scene>, subject: Subject) -> Self {
        Self {
            exchanges: exchanges.into_iter().map(|e| (e.reference(), e)).collect(),
            scene,
            subject,
        }
    }

    /// Whom they were with.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Whom they were with: a destination that takes messages.
    ///
    /// # Errors
    /// When it is of another family: destspec's fault.
    pub fn streaming(&self) -> Result<&Streaming, Stop> {
        Ok(self.subject.streaming()?)
    }

    /// Whom they were with: a destination that takes files.
    ///
    /// # Errors
    /// When it is of another family: destspec's fault.
    pub fn batch(&self) -> Result<&Batch, Stop> {
        Ok(self.subject.batch()?)
    }

    /// What of the configuration breaks or bends a rule.
    pub fn problems(&self, rule: Rule) -> Vec<Problem> {
        self.subject.problems(rule)
    }

    /// Every exchange of the scenario.
    pub fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.exchanges.values().map(Arc::as_ref)
    }

    /// One exchange.
    ///
    /// # Errors
    /// When there is none: destspec's fault.
    pub fn exchange(&self, which: ExchangeRef) -> Result<&Exchange, Stop> {
        let found = self.exchanges.get(&which).map(Arc::as_ref);
        found.ok_or_else(|| broken::nothing_to_judge(format_args!("exchange {which}")).into())
    }

    /// Exchanges in their order.
    ///
    /// # Errors
    /// When there is none: destspec's fault.
    pub fn exchanges_of(&self, which: &[ExchangeRef]) -> Result<Vec<&Exchange>, Stop> {
        which.iter().map(|which| self.exchange(*which)).collect()
    }

    /// The deliveries under judgement.
    ///
    /// # Errors
    /// When nothing was delivered: destspec's fault.
    pub fn deliveries(&self) -> Result<Vec<&Exchange>, Stop> {
        if self.scene.deliveries.is_empty() {
            return Err(broken::nothing_to_judge("delivery").into());
        }
        let deliveries = self.scene.deliveries.iter();
        deliveries.map(|which| self.exchange(*which)).collect()
    }

    /// The deliveries, and the one with a flaw where one was made.
    ///
    /// # Errors
    /// When nothing was delivered: destspec's fault.
    pub fn all_deliveries(&self) -> Result<Vec<&Exchange>, Stop> {
        let mut all = self.deliveries()?;
        if let Some((_, which)) = self.scene.flawed {
            all.push(self.exchange(which)?);
        }
        Ok(all)
    }

    /// The delivery with one flaw.
    ///
    /// # Errors
    /// When none was made: destspec's fault.
    pub fn flawed(&self) -> Result<(Flaw, &Exchange), Stop> {
        let made = self.scene.flawed;
        let (flaw, which) = made.ok_or_else(|| broken::nothing_to_judge("message with a flaw"))?;
        Ok((flaw, self.exchange(which)?))
    }
}
