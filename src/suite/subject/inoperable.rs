//! A destination whose configuration can be read and not be carried out: no message or file can be made by it. What is left
//! to judge is the configuration.

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
    /// Why it cannot be carried out: the violation of a rule.
    pub problem: Problem,
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
        omission::not_carried_out(self.problem.recorded())
    }

    /// Whether its server is a Data Landing Zone.
    pub fn is_landing_zone(&self) -> bool {
        let server = self.destination.server.file();
        server.is_some_and(|server| matches!(server.storage, Storage::DataLandingZone { .. }))
    }
}
