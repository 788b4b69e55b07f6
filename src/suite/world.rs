//! The state of one scenario: what it acts with, what it has done, and what a `Then` may look at.

use std::sync::Arc;

use futures::future::BoxFuture;

use crate::encode::message::Message;
use crate::model::outcome::{Outcome, Strength};
use crate::model::profile::Profile;
use crate::model::record::{Connection, Exchange, Step};
use crate::suite::broken;
use crate::suite::engine::Finished;
use crate::suite::parameter::{ClientFlaw, Flaw, Part};
use crate::suite::phrases::{Action, Keyword, Stop};
use crate::suite::run::Stage;
use crate::suite::target::Target;
use crate::wire::{Divergence, Session};

/// One scenario while it runs.
#[derive(Default)]
pub struct World {
    running: Option<Running>,
}

/// What is known once the scenario has been bound to its place in the plan.
struct Running {
    index: usize,
    stage: Arc<Stage>,
    session: Session,
    scene: Scene,
    steps: Vec<Step>,
    end: Option<Outcome>,
    strength: Option<Strength>,
    at_ms: u64,
}

/// What a scenario acts with and what it has done: references into its exchanges, never their copies.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// The profiles that the scenario is about.
    pub profiles: Vec<Profile>,
    /// Whether each profile goes in a message of its own.
    pub alone: bool,
    /// Whether the scheme of the credentials is written in another letter case.
    pub scheme_case: bool,
    /// The messages that were delivered, in order.
    pub messages: Vec<Message>,
    /// Index of the last exchange of each delivery.
    pub deliveries: Vec<usize>,
    /// Index of the delivery with one flaw, and which.
    pub twin: Option<(Flaw, usize)>,
    /// What the destination was asked about what it stored.
    pub stored: Vec<Stored>,
    /// Index of each valid token request.
    pub tokens: Vec<usize>,
    /// Index of the token request with a flaw, and which.
    pub flawed_token: Option<(ClientFlaw, usize)>,
    /// What was seen of the endpoint's host.
    pub connection: Option<Connection>,
}

/// One answer to "what did you store?".
#[derive(Debug, Clone)]
pub struct Stored {
    /// Which part was asked for.
    pub part: Part,
    /// The profile as it has to be stored.
    pub profile: Profile,
    /// Index of the exchange with the answer.
    pub exchange: usize,
}

/// What a `Then` may look at: the record of its scenario and the claims, nothing else.
pub struct Evidence<'a> {
    /// The exchanges of the scenario.
    pub exchanges: Vec<Exchange>,
    /// What they were for.
    pub scene: &'a Scene,
    /// Whom they were with.
    pub target: &'a Target,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl World {
    /// Binds the world to its place in the plan.
    pub(crate) fn enter(&mut self, stage: Arc<Stage>, index: usize) {
        let session = stage.session(index);
        let at_ms = session.began_ms();
        self.running = Some(Running {
            index,
            stage,
            session,
            scene: Scene::default(),
            steps: Vec::new(),
            end: None,
            strength: None,
            at_ms,
        });
    }

    /// Ends the scenario: what became of it.
    pub(crate) fn leave(&mut self) -> Option<Finished> {
        let running = self.running.take()?;
        let left = running.session.unused();
        let left = left.map(|d| Outcome::from_finding(broken::exchanges_left(d)));
        let strength = running.strength;
        let passed = || match strength {
            Some(strength) => Outcome::Passed { strength },
            None => Outcome::from_finding(broken::nothing_judged()),
        };
        Some(Finished {
            index: running.index,
            outcome: running.end.clone().or(left).unwrap_or_else(passed),
            steps: running.steps,
            exchanges: running.session.exchanges(),
            at_ms: running.at_ms,
            duration_ms: running.session.now_ms().saturating_sub(running.at_ms),
        })
    }

    /// Performs one step.
    pub(crate) async fn perform(&mut self, keyword: Keyword, text: &str) -> Result<(), Stop> {
        let stage = Arc::clone(&self.running()?.stage);
        let (phrase, args) = stage
            .table
            .find(keyword, text)
            .map_err(broken::step_unmatched)?;
        match phrase.action {
            Action::Act(act) => act(self, &args).await,
            Action::Judge(judge) => {
                let shown = judge(&self.evidence()?, &args)?;
                let strength = &mut self.running()?.strength;
                *strength = (*strength).max(Some(shown));
                Ok(())
            }
        }
    }

    /// Notes a step that was reached.
    pub(crate) fn reached(&mut self, step: Step, end: Option<Outcome>) {
        if let Some(running) = &mut self.running {
            running.steps.push(step);
            running.end = end;
        }
    }

    /// Resolves when the run is cancelled.
    pub(crate) fn cancelled(&self) -> BoxFuture<'static, ()> {
        match &self.running {
            Some(running) => running.stage.cancelled(),
            None => Box::pin(std::future::pending()),
        }
    }

    /// The one door to the outside.
    ///
    /// # Errors
    /// When the world is bound to no scenario: destspec's fault.
    pub fn session(&mut self) -> Result<Session, Stop> {
        Ok(self.running()?.session.clone())
    }

    /// What the scenario acts with.
    ///
    /// # Errors
    /// When the world is bound to no scenario: destspec's fault.
    pub fn scene(&mut self) -> Result<&mut Scene, Stop> {
        Ok(&mut self.running()?.scene)
    }

    /// The destination.
    ///
    /// # Errors
    /// When the world is bound to no scenario: destspec's fault.
    pub fn target(&mut self) -> Result<Arc<Target>, Stop> {
        let running = self.running()?;
        Ok(running.stage.target(running.index))
    }

    fn evidence(&mut self) -> Result<Evidence<'_>, Stop> {
        let running = self.running()?;
        Ok(Evidence {
            exchanges: running.session.exchanges(),
            scene: &running.scene,
            target: running.stage.target_ref(running.index),
        })
    }

    fn running(&mut self) -> Result<&mut Running, Stop> {
        self.running
            .as_mut()
            .ok_or_else(|| broken::unbound().into())
    }
}

impl From<Divergence> for Stop {
    fn from(divergence: Divergence) -> Self {
        broken::replay_diverged(divergence).into()
    }
}

impl Evidence<'_> {
    /// An exchange by index.
    ///
    /// # Errors
    /// When there is none: destspec's fault.
    pub fn exchange(&self, index: usize) -> Result<&Exchange, Stop> {
        let found = self.exchanges.get(index);
        found.ok_or_else(|| broken::nothing_to_judge(format_args!("exchange {index}")).into())
    }

    /// The deliveries under judgement, with their indexes.
    ///
    /// # Errors
    /// When nothing was delivered: destspec's fault.
    pub fn deliveries(&self) -> Result<Vec<(usize, &Exchange)>, Stop> {
        if self.scene.deliveries.is_empty() {
            return Err(broken::nothing_to_judge("delivery").into());
        }
        self.scene
            .deliveries
            .iter()
            .map(|i| Ok((*i, self.exchange(*i)?)))
            .collect()
    }

    /// The deliveries, and the one with a flaw where one was made.
    ///
    /// # Errors
    /// When nothing was delivered: destspec's fault.
    pub fn with_twin(&self) -> Result<Vec<(usize, &Exchange)>, Stop> {
        let mut all = self.deliveries()?;
        if let Some((_, index)) = self.scene.twin {
            all.push((index, self.exchange(index)?));
        }
        Ok(all)
    }

    /// The delivery with one flaw.
    ///
    /// # Errors
    /// When none was made: destspec's fault.
    pub fn twin(&self) -> Result<(Flaw, usize, &Exchange), Stop> {
        let (flaw, index) = self
            .scene
            .twin
            .ok_or_else(|| broken::nothing_to_judge("message with a flaw"))?;
        Ok((flaw, index, self.exchange(index)?))
    }
}
