//! A destination as a judge may see it, of whatever family. Pure: nothing here leads to the outside.

mod audiences;
mod batch;
mod inoperable;
mod near_misses;
mod question;
mod streaming;

use std::sync::Arc;

use crate::encode::audience;
use crate::encode::message::trials;
use crate::model::finding::Finding;
use crate::model::profile::Profile;
use crate::model::reason::Reason;
use crate::model::record::{Fact, Given};
use crate::model::requirement::Edition;
use crate::model::rule::Rule;
use crate::model::sdk::Family;
use crate::model::source::Problem;
use crate::model::submission::{Audience, Destination};
use crate::suite::broken;

pub use crate::suite::subject::audiences::creates;
pub use crate::suite::subject::batch::{
    Batch, RUN_FOLDER_DIGITS, RUN_FOLDER_MARK, run_digits, sessions,
};
pub use crate::suite::subject::inoperable::{Inoperable, Why};
pub use crate::suite::subject::question::Question;
pub use crate::suite::subject::streaming::{Shown, Streaming};

/// The prerequisite that is about the posted JSON itself.
pub const CONFIGURATION: &str = "CFG";

/// One destination under judgement; cloning shares it.
#[derive(Clone)]
pub enum Subject {
    /// It takes messages.
    Streaming(Arc<Streaming>),
    /// It takes files.
    Batch(Arc<Batch>),
    /// Only its configuration is judged.
    Inoperable(Arc<Inoperable>),
}

impl Subject {
    /// As submitted.
    pub fn destination(&self) -> &Destination {
        match self {
            Subject::Streaming(streaming) => &streaming.destination,
            Subject::Batch(batch) => &batch.destination,
            Subject::Inoperable(inoperable) => &inoperable.destination,
        }
    }

    /// The edition of the prerequisites page.
    pub fn edition(&self) -> Edition {
        match self {
            Subject::Streaming(streaming) => streaming.edition,
            Subject::Batch(batch) => batch.edition,
            Subject::Inoperable(inoperable) => inoperable.edition,
        }
    }

    /// What it was given to log in with, as far as it is no secret.
    pub fn given(&self) -> &Given {
        match self {
            Subject::Streaming(streaming) => &streaming.given,
            Subject::Batch(batch) => &batch.given,
            Subject::Inoperable(inoperable) => &inoperable.given,
        }
    }

    /// Which prerequisites concern it.
    pub fn family(&self) -> Family {
        self.destination().server.family()
    }

    /// The partner's own test profiles; empty where synthetic ones are used.
    pub fn own_profiles(&self) -> &[Profile] {
        let own = self.destination().profiles.as_ref();
        own.map_or(&[], |own| own.profiles.as_slice())
    }

    /// What is questionable about its templates.
    pub fn warnings(&self) -> &[Problem] {
        match self {
            Subject::Streaming(streaming) => &streaming.warnings,
            Subject::Batch(batch) => &batch.warnings,
            Subject::Inoperable(inoperable) => inoperable.problems(),
        }
    }

    /// What of its configuration breaks or bends a rule, in the order of the files.
    pub fn problems(&self, rule: Rule) -> Vec<Problem> {
        let trials = match (self, rule) {
            (Subject::Streaming(s), Rule::Rendering | Rule::Bodies | Rule::Memberships) => {
                trials(&s.renderer, &s.destination)
            }
            (Subject::Batch(batch), Rule::TellingNames) => batch.exporter.alike(),
            (Subject::Streaming(_) | Subject::Batch(_) | Subject::Inoperable(_), _) => Vec::new(),
        };
        let read = self.destination().problems.iter().chain(self.warnings());
        let mut found: Vec<Problem> = Vec::new();
        let asking = self.token_trials();
        let of_audiences = audience::problems(self.destination());
        for problem in read
            .chain(&trials)
            .chain(&asking)
            .chain(&of_audiences)
            .filter(|p| p.rule == Some(rule))
        {
            if !found.contains(problem) {
                found.push(problem.clone());
            }
        }
        found
    }

    /// What of its token request cannot be read.
    fn token_trials(&self) -> Vec<Problem> {
        match self {
            Subject::Streaming(s) => {
                let asked = s.token.iter();
                asked
                    .flat_map(|token| token.trials(&s.destination))
                    .collect()
            }
            Subject::Batch(_) | Subject::Inoperable(_) => Vec::new(),
        }
    }

    /// Why nothing but its configuration can be judged, if that is so.
    pub fn halted(&self) -> Option<Reason> {
        match self {
            Subject::Inoperable(inoperable) => Some(inoperable.reason()),
            Subject::Streaming(_) | Subject::Batch(_) => None,
        }
    }

    /// The prerequisites that it claims: the configuration is every destination's.
    pub fn prerequisites(&self) -> Vec<String> {
        let of_family = match self {
            Subject::Streaming(streaming) => streaming.prerequisites(),
            Subject::Batch(batch) => batch.prerequisites(),
            Subject::Inoperable(inoperable) => inoperable.prerequisites(),
        };
        let own = std::iter::once(CONFIGURATION.to_owned());
        own.chain(of_family).collect()
    }

    /// What it offers, in words for a report.
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Subject::Streaming(streaming) => streaming.facts(),
            Subject::Batch(batch) => batch.facts(),
            Subject::Inoperable(_) => Vec::new(),
        }
    }

    /// The same destination with one more audience, the first of those that it knows.
    ///
    /// # Errors
    /// Nothing can be delivered to it: destspec's fault.
    pub fn knowing(&self, audience: &Audience) -> Result<Self, Finding> {
        match self {
            Subject::Streaming(streaming) => {
                Ok(Subject::Streaming(Arc::new(streaming.knowing(audience))))
            }
            Subject::Batch(batch) => Ok(Subject::Batch(Arc::new(batch.knowing(audience)))),
            Subject::Inoperable(_) => Err(broken::other_family()),
        }
    }

    /// The same as a destination that takes messages.
    ///
    /// # Errors
    /// It takes files: destspec's fault, for the plan sends no scenario to the other family.
    pub fn streaming(&self) -> Result<&Arc<Streaming>, Finding> {
        match self {
            Subject::Streaming(streaming) => Ok(streaming),
            Subject::Batch(_) | Subject::Inoperable(_) => Err(broken::other_family()),
        }
    }

    /// The same as a destination that takes files.
    ///
    /// # Errors
    /// It takes messages: destspec's fault, for the plan sends no scenario to the other family.
    pub fn batch(&self) -> Result<&Arc<Batch>, Finding> {
        match self {
            Subject::Batch(batch) => Ok(batch),
            Subject::Streaming(_) | Subject::Inoperable(_) => Err(broken::other_family()),
        }
    }
}

/// Whether a destination takes messages.
pub fn is_streaming(destination: &Destination) -> bool {
    destination.server.family() == Family::Streaming
}
