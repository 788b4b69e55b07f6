//! A destination that takes files, as a judge may see it: its location, its exporter, its facts, and what follows from
//! them.

use jiff::Timestamp;

use crate::encode::audience::Api;
use crate::encode::file::export::Exporter;
use crate::encode::file::write;
use crate::model::location::Location;
use crate::model::near_miss::NearMiss;
use crate::model::reason::Reason;
use crate::model::record::{Fact, Given};
use crate::model::requirement::Edition;
use crate::model::source::Problem;
use crate::model::submission::{
    Audience, AuthenticationClaim, Claims, CredentialName, Destination, Ingestion, IngestionWay,
};
use crate::suite::omission;
use crate::suite::subject::audiences::offered;

/// What every folder begins with that destspec makes.
pub const RUN_FOLDER_MARK: &str = "destspec-";

/// Digits of a run's id that name its folder.
pub const RUN_FOLDER_DIGITS: usize = 12;

/// The digits of a run's id by which its folder and its audiences are known.
pub fn run_digits(id: &str) -> &str {
    id.get(..RUN_FOLDER_DIGITS).unwrap_or(id)
}

/// Secrets that are nearly right, the most telling first; the last is the right one of somebody else.
const NEARLY_RIGHT: [NearMiss; 5] = [
    NearMiss::LastSign,
    NearMiss::Case,
    NearMiss::Prefix,
    NearMiss::Extension,
    NearMiss::OtherUser,
];

/// One destination under judgement that takes files.
#[derive(Clone)]
pub struct Batch {
    /// As submitted.
    pub destination: Destination,
    /// What it claims.
    pub claims: Claims,
    /// Makes its files.
    pub exporter: Exporter,
    /// The edition of the prerequisites page.
    pub edition: Edition,
    /// The authentication that is used.
    pub authentication: AuthenticationClaim,
    /// What it was given to log in with, as far as it is no secret.
    pub given: Given,
    /// Id of the run.
    pub run_id: String,
    /// When the run began: the time of every export.
    pub started: Timestamp,
    /// Its audience metadata API, where it has a template that can be used.
    pub audience_api: Option<Api>,
    /// What is questionable about its templates.
    pub warnings: Vec<Problem>,
}

impl Batch {
    /// Where files go; audience macros still in the folder.
    pub fn location(&self) -> &Location {
        self.exporter.location()
    }

    /// The part of the configured folder that is the same for every audience: what a client is opened on.
    pub fn root(&self) -> &str {
        root(self.location().path())
    }

    /// The folder of a run below the root: all that it writes is in it.
    pub fn run_folder(&self) -> String {
        format!("{RUN_FOLDER_MARK}{}", run_digits(&self.run_id))
    }

    /// The folder of a scenario below the root.
    pub fn folder_of(&self, scenario: &str) -> String {
        let word = scenario.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        // destinations may share a location
        let (run, name) = (self.run_folder(), &self.destination.name);
        format!("{run}/{name}/{}", word.to_ascii_lowercase())
    }

    /// How to ask the platform what it ingested, where the submission says so.
    pub fn ingestion(&self) -> Option<&Ingestion> {
        self.destination.observe.ingestion.as_ref()
    }

    /// Whether the audience API has a token of its own.
    pub fn has_audience_token(&self) -> bool {
        let name = CredentialName::AudienceToken.key();
        self.given.secrets.iter().any(|given| given == name)
    }

    /// The same destination with one more audience, the first of those that it knows.
    #[must_use]
    pub fn knowing(&self, audience: &Audience) -> Self {
        let mut known = self.clone();
        known.exporter = self.exporter.knowing(audience);
        known.claims.audiences.insert(0, audience.clone());
        known.destination.audiences.insert(0, audience.clone());
        known
    }

    /// When the shared access signature ended, if that was before the run.
    pub fn signature_ended(&self) -> Option<&str> {
        let end = self.given.signature_ends.as_deref()?;
        moment(end)
            .is_some_and(|at| at < self.started)
            .then_some(end)
    }

    /// What its location is, as people call it.
    pub fn kind(&self) -> &'static str {
        match self.location() {
            Location::S3 { .. } => "Amazon S3",
            Location::Sftp { .. } => "SFTP",
            Location::AdlsGen2 { .. } => "Azure Data Lake Storage Gen2",
            Location::AzureBlob { .. } => "Azure Blob Storage",
            Location::DataLandingZone { .. } => "Data Landing Zone",
            Location::GoogleCloud { .. } => "Google Cloud Storage",
        }
    }

    /// The wrong credentials that are nearly right and may be tried, most telling first.
    ///
    /// # Errors
    /// Why none may be.
    pub fn near_misses(&self) -> Result<Vec<NearMiss>, Reason> {
        let by_key = self
            .given
            .secrets
            .iter()
            .any(|name| name == CredentialName::PrivateKey.key());
        let all: &[NearMiss] = match self.location() {
            // a key has no last sign, and a signature no user
            Location::Sftp { .. } if by_key => &[NearMiss::OtherUser],
            Location::DataLandingZone { .. } => &NEARLY_RIGHT[..4],
            Location::S3 { .. }
            | Location::Sftp { .. }
            | Location::AdlsGen2 { .. }
            | Location::AzureBlob { .. }
            | Location::GoogleCloud { .. } => &NEARLY_RIGHT,
        };
        match self.destination.limits.wrong_credentials {
            0 => Err(omission::no_wrong_credentials()),
            most => Ok(all.iter().copied().take(most).collect()),
        }
    }

    /// The location in one line.
    pub fn place(&self) -> String {
        let service = match self.location() {
            Location::S3 { bucket, .. } | Location::GoogleCloud { bucket, .. } => bucket.clone(),
            Location::Sftp { host, port, .. } => format!("{host}:{port}"),
            Location::AdlsGen2 {
                host, file_system, ..
            } => {
                let both = [file_system.as_deref(), host.as_deref()];
                let both: Vec<&str> = both.into_iter().flatten().collect();
                both.join("@")
            }
            Location::AzureBlob { container, .. } => container.clone(),
            Location::DataLandingZone { .. } => String::new(),
        };
        let parts = [self.kind(), service.as_str(), self.location().path()];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(", ")
    }

    /// The prerequisites that it claims.
    pub fn prerequisites(&self) -> Vec<String> {
        let optional = self.claims.audience_api.then_some("BAT-3");
        let all = ["BAT-1", "BAT-2"].into_iter().chain(optional);
        all.map(ToOwned::to_owned).collect()
    }

    /// What it offers, in words for a report.
    pub fn facts(&self) -> Vec<Fact> {
        let options = self.exporter.options();
        let observed = match self.ingestion().map(|ingestion| &ingestion.way) {
            Some(IngestionWay::Url(_)) => "ingestion",
            Some(IngestionWay::Receipt { .. }) => "ingestion, by a receipt in the location",
            Some(IngestionWay::Command(_)) => "ingestion, by a command of the submission",
            None => "none: nothing shows what is ingested",
        };
        [
            ("location", self.place()),
            ("files", write::suffix(options)),
            ("observation", observed.to_owned()),
            (
                "audience API",
                offered(self.audience_api.as_ref(), &self.destination).to_owned(),
            ),
        ]
        .into_iter()
        .map(|(name, value)| Fact {
            name: name.to_owned(),
            value,
        })
        .collect()
    }
}

/// How many sessions at once an SFTP server has to bear: 30 percent of the audiences (reference 2.9).
pub fn sessions(destination: &Destination) -> usize {
    (destination.audiences.len() * 3).div_ceil(10).max(1)
}

/// The steps of a folder before the first with a macro.
fn root(path: &str) -> &str {
    match path.find('%') {
        None => path,
        Some(at) => {
            let before = &path[..at];
            before.rfind('/').map_or("", |slash| &before[..slash])
        }
    }
}

/// A path below a folder.
pub(super) fn joined(folder: &str, path: &str) -> String {
    match folder.trim_matches('/') {
        "" => path.to_owned(),
        folder => format!("{folder}/{path}"),
    }
}

/// A moment of a shared access signature (reference 2.12): a day alone begins at midnight.
fn moment(text: &str) -> Option<Timestamp> {
    let day = || format!("{text}T00:00:00Z").parse().ok();
    text.parse().ok().or_else(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_ends_before_the_step_that_differs_by_audience() {
        assert_eq!(root("exports/in/%SEGMENT_NAME%"), "exports/in");
        assert_eq!(root("exports/aep-%SEGMENT_ID%/"), "exports");
        assert_eq!(root("%SEGMENT_ID%"), "");
        assert_eq!(root("/upload/in"), "/upload/in");
    }

    #[test]
    fn a_signature_ends_at_a_day_a_minute_or_a_second() {
        for (text, seconds) in [
            ("1970-01-02", 86_400),
            ("1970-01-02T00:01Z", 86_460),
            ("1970-01-02T00:01:01Z", 86_461),
        ] {
            let at = moment(text).map(Timestamp::as_second);
            assert_eq!(at, Some(seconds), "{text}");
        }
        assert_eq!(moment("tomorrow"), None);
    }
}
