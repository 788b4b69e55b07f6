//! The state of one scenario while it runs: what it acts with and what it has done. It knows no phrase and no plan.

use std::sync::Arc;

use crate::model::finding::Finding;
use crate::model::outcome::{Outcome, Strength};
use crate::model::record::Step;
use crate::model::submission::Audience;
use crate::suite::broken;
use crate::suite::evidence::{Evidence, Scene};
use crate::suite::stop::Stop;
use crate::suite::subject::{Batch, Streaming, Subject};
use crate::wire::Session;

/// One scenario while it runs.
#[derive(Default)]
pub struct World {
    running: Option<Running>,
}

/// What is known once the scenario has begun.
struct Running {
    session: Session,
    subject: Subject,
    bar: Option<Finding>,
    scene: Arc<Scene>,
    steps: Vec<Step>,
    end: Option<Outcome>,
    strength: Option<Strength>,
}

/// What became of a scenario.
pub(crate) struct Left {
    /// Its outcome.
    pub(crate) outcome: Outcome,
    /// The steps that were reached.
    pub(crate) steps: Vec<Step>,
    /// Its way to the outside, with what went over it.
    pub(crate) session: Session,
    /// Ids of the audiences that it created and did not delete.
    pub(crate) audiences: Vec<String>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl World {
    /// Begins the scenario.
    pub(crate) fn enter(&mut self, session: Session, subject: Subject, bar: Option<Finding>) {
        self.running = Some(Running {
            session,
            subject,
            bar,
            scene: Arc::default(),
            steps: Vec::new(),
            end: None,
            strength: None,
        });
    }

    /// Ends the scenario: what became of it.
    pub(crate) fn leave(&mut self) -> Option<Left> {
        let running = self.running.take()?;
        let unused = running.session.unused();
        let unused = unused.map(|d| Outcome::from_finding(broken::exchanges_left(d)));
        let strength = running.strength;
        let passed = || match strength {
            Some(strength) => Outcome::Passed { strength },
            None => Outcome::from_finding(broken::nothing_judged()),
        };
        Some(Left {
            outcome: running.end.or(unused).unwrap_or_else(passed),
            steps: running.steps,
            session: running.session,
            audiences: running
                .scene
                .audience
                .iter()
                .chain(&running.scene.beside)
                .flat_map(|audience| audience.left.clone())
                .collect(),
        })
    }

    /// Notes a step that was reached.
    pub(crate) fn reached(&mut self, step: Step, end: Option<Outcome>) {
        if let Some(running) = &mut self.running {
            running.steps.push(step);
            running.end = end;
        }
    }

    /// Notes what a `Then` showed: the scenario is as strong as its strongest.
    pub(crate) fn shown(&mut self, strength: Strength) -> Result<(), Stop> {
        let running = self.running()?;
        running.strength = running.strength.max(Some(strength));
        Ok(())
    }

    /// What a `Then` may look at.
    pub(crate) fn evidence(&mut self) -> Result<Evidence, Stop> {
        let running = self.running()?;
        let (scene, subject) = (Arc::clone(&running.scene), running.subject.clone());
        Ok(Evidence::new(running.session.exchanges(), scene, subject))
    }

    /// The one door to the outside.
    ///
    /// # Errors
    /// When no scenario has begun: destspec's fault.
    pub fn session(&mut self) -> Result<Session, Stop> {
        Ok(self.running()?.session.clone())
    }

    /// Whether messages can be delivered.
    ///
    /// # Errors
    /// When earlier ones showed that none is let in.
    pub(crate) fn may_deliver(&mut self) -> Result<(), Stop> {
        let bar = self.running()?.bar.clone();
        bar.map_or(Ok(()), |finding| Err(finding.into()))
    }

    /// What the scenario acts with.
    ///
    /// # Errors
    /// When no scenario has begun: destspec's fault.
    pub fn scene(&mut self) -> Result<&mut Scene, Stop> {
        Ok(Arc::make_mut(&mut self.running()?.scene))
    }

    /// The destination, of whatever family.
    ///
    /// # Errors
    /// When no scenario has begun: destspec's fault.
    pub fn subject(&mut self) -> Result<Subject, Stop> {
        Ok(self.running()?.subject.clone())
    }

    /// The destination, which takes messages.
    ///
    /// # Errors
    /// When no scenario has begun, or the destination is of another family: destspec's fault.
    pub fn streaming(&mut self) -> Result<Arc<Streaming>, Stop> {
        Ok(Arc::clone(self.running()?.subject.streaming()?))
    }

    /// The destination, which takes files.
    ///
    /// # Errors
    /// When no scenario has begun, or the destination is of another family: destspec's fault.
    pub fn batch(&mut self) -> Result<Arc<Batch>, Stop> {
        Ok(Arc::clone(self.running()?.subject.batch()?))
    }

    /// From here on the scenario's destination has one more audience: what is delivered names it by its alias.
    ///
    /// # Errors
    /// When no scenario has begun, or nothing can be delivered: destspec's fault.
    pub fn learn(&mut self, audience: &Audience) -> Result<(), Stop> {
        let running = self.running()?;
        running.subject = running.subject.knowing(audience)?;
        Ok(())
    }

    fn running(&mut self) -> Result<&mut Running, Stop> {
        self.running
            .as_mut()
            .ok_or_else(|| broken::unbound().into())
    }
}
