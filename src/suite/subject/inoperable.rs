//! A destination of which only the configuration is judged: it can be read and not be carried out, so that no message or
//! file can be made by it, or what it exports is not judged.

use crate::model::reason::Reason;
use crate::model::record::Given;
use crate::model::requirement::Edition;
use crate::model::sdk::{Family, Storage};
use crate::model::source::Problem;
use crate::model::submission::Destination;
use crate::suite::omission;

/// One destination of which only the configuration is judged.
pub struct Inoperable {
    /// As submitted.
    pub destination: Destination,
    /// The edition of the prerequisites page.
    pub edition: Edition,
    /// What it was given to log in with, as far as it is no secret.
    pub given: Given,
    /// Why nothing else is judged.
    pub why: Why,
}

/// Why nothing but a configuration is judged.
pub enum Why {
    /// It cannot be carried out: the violation of a rule.
    Violation(Problem),
    /// It exports datasets: what is in them no profile decides.
    Datasets,
}

impl Inoperable {
    /// What is mandatory for its family: all of it is unproven.
    pub fn prerequisites(&self) -> Vec<String> {
        let all: &[&str] = match self.destination.server.family() {
            Family::Streaming => &["STR-1", "STR-1a", "STR-1b", "STR-2"],
            Family::File => &["BAT-1", "BAT-2"],
        };
        all.iter().map(|id| (*id).to_owned()).collect()
    }

    /// Why nothing else is judged.
    pub fn reason(&self) -> Reason {
        match &self.why {
            Why::Violation(problem) => omission::not_carried_out(problem.recorded()),
            Why::Datasets => omission::dataset_export(),
        }
    }

    /// What keeps it from being carried out.
    pub fn problems(&self) -> &[Problem] {
        match &self.why {
            Why::Violation(problem) => std::slice::from_ref(problem),
            Why::Datasets => &[],
        }
    }

    /// Whether its server is a Data Landing Zone.
    pub fn is_landing_zone(&self) -> bool {
        let server = self.destination.server.file();
        server.is_some_and(|server| matches!(server.storage, Storage::DataLandingZone { .. }))
    }
}
