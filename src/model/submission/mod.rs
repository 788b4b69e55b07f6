//! What a partner hands in: itself and one or more destinations (`submission.toml`).

pub mod auth_data;
pub mod claims;
pub mod credential_form;
pub mod credential_value;
pub mod credentials;
pub mod customer_data;
pub mod init;
pub mod observe;
pub mod reach;
mod read;
mod read_auth_data;
mod read_destination;
mod read_ingestion;
mod read_observe;
mod rules;
mod secret_parts;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::digest::Digesting;
use crate::model::profile::Profile;
use crate::model::requirement::Edition;
use crate::model::sdk;
use crate::model::secret::Secret;
use crate::model::source::{Place, Problem, Severity, Source};

pub use crate::model::submission::auth_data::{AuthData, AuthDatum};
pub use crate::model::submission::claims::{AuthenticationClaim, Claims};
pub use crate::model::submission::credentials::{
    Credential, CredentialName, CredentialValue, Credentials, Fetched, SecretName, SecretSource,
};
pub use crate::model::submission::customer_data::CustomerData;
pub use crate::model::submission::observe::{
    Ingestion, IngestionWay, Observation, Observe, Over, Part, Retrieval,
};
pub use crate::model::submission::reach::Reach;
pub use crate::model::submission::read::parse;
pub use crate::model::submission::secret_parts::{secret_parts, signature_end};

/// The id of a made-up customer's instance of a destination, of what is only shown: it is in every key, name and manifest
/// that Experience Platform makes.
pub const INSTANCE: &str = "de575bec-0000-4000-8000-000000000000";

/// A submission as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// `submission.toml`.
    pub source: Arc<Source>,
    /// `[partner]`.
    pub partner: Partner,
    /// `[[attestation]]`.
    pub attestations: Vec<Attestation>,
    /// `edition`: the revision of the prerequisites page to judge against; `e4` where not given.
    pub edition: Edition,
    /// `[[destination]]`, at least one.
    pub destinations: Vec<Destination>,
}

/// `[partner]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// `name`.
    pub name: String,
    /// `kind`.
    pub kind: PartnerKind,
    /// `contact`: a mail address.
    pub contact: String,
}

/// What a partner is to Adobe (reference 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartnerKind {
    /// Independent software vendor.
    Isv,
    /// System integrator.
    Si,
    /// A customer with a private destination.
    Customer,
}

/// `[[attestation]]`: a person's statement about what no program can test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// `requirement`, e.g. `PAR-1`.
    pub requirement: String,
    /// `statement`.
    pub statement: String,
    /// `by`.
    pub by: String,
    /// `on`: ISO date.
    pub on: String,
    /// `valid_until`: the last day on which it holds, ISO date; no end where not given.
    pub valid_until: Option<String>,
    /// `document`: path of a file whose digest goes into the record.
    pub document: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// `[[destination]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Destination {
    /// `name`: unique; lower-case letters, digits, `-`, `_`, `.`.
    pub name: String,
    /// `version` that the partner gives it.
    pub version: String,
    /// `server`: destination server JSON.
    pub server: sdk::Server,
    /// `configuration`: destination configuration JSON.
    pub configuration: sdk::Configuration,
    /// `audience_template`: audience metadata template JSON.
    pub audience_template: Option<sdk::AudienceTemplate>,
    /// `customer_data`: what a customer would type in, with defaults filled in.
    pub customer_data: CustomerData,
    /// Customer data fields of format `password`, and where each value is.
    pub customer_secrets: Vec<(String, Credential)>,
    /// `[destination.auth_data]`: what a customer would type in at a login by OAuth 2.0.
    pub auth_data: AuthData,
    /// `profiles`: the partner's own test profiles; synthetic ones where not given.
    pub profiles: Option<TestProfiles>,
    /// `ca_file`: PEM certificates trusted in addition.
    pub ca: Option<Arc<Source>>,
    /// `[destination.credentials]`.
    pub credentials: Credentials,
    /// `[destination.location]`: what the posted JSON does not say of a storage.
    pub reach: Reach,
    /// `[destination.observe]`.
    pub observe: Observe,
    /// `[[destination.audience]]`; three made-up ones where not given.
    pub audiences: Vec<Audience>,
    /// `[destination.limits]`.
    pub limits: Limits,
    /// What of its posted JSON breaks or bends a rule.
    pub problems: Vec<Problem>,
    /// The id of the customer's instance of it in Experience Platform: made up, [`INSTANCE`] outside a run.
    pub instance: String,
    /// Where `name` is written.
    pub place: Place,
}

/// Test profiles of the partner's own.
#[derive(Debug, Clone, PartialEq)]
pub struct TestProfiles {
    /// The file.
    pub source: Arc<Source>,
    /// Its profiles, at least one.
    pub profiles: Vec<Profile>,
}

/// `[[destination.audience]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    /// `id` in Experience Platform.
    pub id: String,
    /// `alias`: the mapping id in the destination.
    pub alias: String,
    /// `name`.
    pub name: String,
    /// `namespace`; `ups` where not given.
    pub namespace: String,
    /// Made up because the submission names none.
    pub synthetic: bool,
}

/// `[destination.limits]`: what the destination can bear.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// `concurrency`: scenarios at a time; 4 where not given.
    pub concurrency: usize,
    /// `requests_per_second`; no limit where not given.
    pub requests_per_second: Option<f64>,
    /// `time_limit_seconds` of one exchange; 10 where not given. Adobe documents none (2 s for another destination).
    pub time_limit: Duration,
    /// `retry_waits_seconds`: before each of the two retries; 15 and 30 where not given (reference 6.2).
    pub retry_waits: [Duration; 2],
    /// `wait_for_expiry_seconds`: how long a scenario may wait for a token to expire; 0 where not given.
    pub wait_for_expiry: Duration,
    /// `clock_leeway_seconds`: how long a token is still taken after its end, because clocks differ (RFC 7519, section 4.1.4:
    /// a few minutes at most); 0 where not given.
    pub clock_leeway: Duration,
    /// `wrong_credentials`: how many credentials of the destination's own account may be tried that are not right; 8 where
    /// not given, so that no account is locked.
    pub wrong_credentials: usize,
    /// `allow_load`: overload and many-connection scenarios may run.
    pub allow_load: bool,
}

impl Destination {
    /// The destination with these values for its secret customer data fields.
    #[must_use]
    pub fn with_secrets(&self, secrets: &BTreeMap<SecretName, Secret>) -> Destination {
        let value = |field: &String| {
            secrets
                .get(&SecretName::CustomerData(field.clone()))
                .cloned()
        };
        let fields = self.customer_secrets.iter();
        let secrets = fields
            .filter_map(|(field, _)| Some((field.clone(), value(field)?)))
            .collect();
        Destination {
            customer_data: self.customer_data.with_secrets(secrets),
            ..self.clone()
        }
    }

    /// The same as a run has it: no two destinations of any two runs are one instance, for with that all of its audiences may
    /// go.
    #[must_use]
    pub fn of_run(self, run_id: &str) -> Destination {
        let mut digits = Digesting::default();
        digits.field(run_id);
        digits.field(&self.name);
        let digits = digits.finish().to_string();
        let of = |range| digits.get(range).unwrap_or_default();
        let instance = format!(
            "de575bec-{}-4{}-8{}-{}",
            of(0..4),
            of(4..7),
            of(7..10),
            of(10..22)
        );
        Destination { instance, ..self }
    }

    /// The secrets that stand in its JSON, besides a client's, which is a credential.
    pub fn literals(&self) -> impl Iterator<Item = &sdk::Literal> {
        let server = self.server.url_based().into_iter();
        let server = server.flat_map(sdk::UrlBased::literals);
        server.chain(self.oauth2().into_iter().flat_map(sdk::OAuth2::literals))
    }

    /// The same destination with its mark in place of every secret, for what is only shown.
    #[must_use]
    pub fn with_marks(&self) -> Destination {
        let mark = |name: SecretName| {
            let mark = Secret::replayed(&name.to_string());
            (name, mark)
        };
        let marks = self.secret_names().map(mark).collect();
        Destination {
            server: self.server.with_literals_marked(),
            ..self.with_secrets(&marks)
        }
    }

    /// The name of every secret that is given for it.
    pub fn secret_names(&self) -> impl Iterator<Item = SecretName> {
        let credentials = self.credentials.iter().map(|(name, _)| name);
        let secret = credentials
            .filter(|name| name.is_secret())
            .map(SecretName::Credential);
        let fields = self.customer_secrets.iter();
        let fields = fields.map(|(field, _)| SecretName::CustomerData(field.clone()));
        let typed = self.auth_data.values.iter();
        let typed = typed.filter(|(_, datum)| datum.is_secret());
        let typed = typed.map(|(field, _)| SecretName::AuthData(field.clone()));
        secret.chain(fields).chain(typed)
    }
}

/// Why a file that is there cannot be read as text.
pub const NOT_TEXT: &str = "not UTF-8 text";

/// How a submission's other files are read; paths are relative to `submission.toml`.
pub trait Files {
    /// The text of a file.
    ///
    /// # Errors
    /// Why it cannot be read, lower case, without the path.
    fn read(&self, path: &str) -> Result<String, String>;

    /// The same path from where the user stands, to show.
    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }

    /// How bad a secret is that stands in posted JSON, as some of Adobe's samples have it.
    fn literal_secrets(&self) -> Severity {
        Severity::Warning
    }

    /// Why a secret cannot be had, and what to do, where that is known: it is reported with every other problem.
    /// `None` for the name: a field that a customer fills in.
    fn lacks(&self, _: Option<CredentialName>, _: &SecretSource) -> Option<(String, String)> {
        None
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: 4,
            requests_per_second: None,
            time_limit: Duration::from_secs(10),
            retry_waits: [15, 30].map(Duration::from_secs),
            wait_for_expiry: Duration::ZERO,
            clock_leeway: Duration::ZERO,
            wrong_credentials: 8,
            allow_load: false,
        }
    }
}

impl fmt::Display for PartnerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PartnerKind::Isv => "isv",
            PartnerKind::Si => "si",
            PartnerKind::Customer => "customer",
        })
    }
}
