//! Opens a destination: renderer, authentication and door from what was submitted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::encode::message::Renderer;
use crate::model::record::Run;
use crate::model::redact::Redactor;
use crate::model::requirement::Edition;
use crate::model::sdk::{Aggregation, FieldSource, OAuth2};
use crate::model::secret::{NamedSecret, Secret};
use crate::model::submission::{AuthenticationClaim, Destination};
use crate::suite::target::{Shown, Target, TargetError, choose};
use crate::suite::token_template::{Templated, TokenPaths};
use crate::wire::{AuthField, AuthSetup, Door, DoorSetup, JournalEntry, OAuth2Setup, RetryClass};

/// What a destination is opened with.
pub struct Opening<'a> {
    /// Id that every request carries.
    pub run_id: String,
    /// Seed of all test data.
    pub seed: u64,
    /// When the run started.
    pub started: Instant,
    /// Edition of the prerequisites page.
    pub edition: Edition,
    /// Values of its credentials, by name.
    pub secrets: BTreeMap<String, Secret>,
    /// Values that are no secrets, by name: `username`, `client_id`.
    pub names: BTreeMap<String, String>,
    /// Random key of this run's marks.
    pub key: [u8; 32],
    /// Told of every exchange as it comes.
    pub journal: Option<tokio::sync::mpsc::UnboundedSender<JournalEntry>>,
    /// The record to replay instead of the network.
    pub record: Option<&'a Run>,
}

/// Opens a destination, live or on a record.
///
/// # Errors
/// When its templates do not render, a credential is missing, or its door does not open.
pub fn open(destination: &Destination, opening: Opening<'_>) -> Result<Target, TargetError> {
    let marked = opening.record.map(|_| destination.with_marks());
    let destination = marked.as_ref().unwrap_or(destination);
    let failed = |error| TargetError::Render {
        name: destination.name.clone(),
        error: Box::new(error),
    };
    let renderer = Renderer::new(destination).map_err(failed)?;
    let shown = Shown::by_rendering(destination, &renderer)?;
    let (authentication, oauth2) = choose(destination);
    let oauth2 = oauth2.filter(|_| matches!(authentication, AuthenticationClaim::OAuth2(_)));
    let token = oauth2
        .as_ref()
        .map(|oauth2| token_paths(destination, oauth2, &renderer));
    let secrets = Secrets {
        destination,
        values: &opening.secrets,
        names: &opening.names,
        replaying: opening.record.is_some(),
    };
    let auth = auth(
        authentication,
        oauth2.as_ref().zip(token.as_ref()),
        &secrets,
    )?;
    let redactor = Arc::new(if opening.record.is_some() {
        Redactor::replaying()
    } else {
        Redactor::new(opening.key)
    });
    for (name, secret) in secrets.all() {
        redactor.learn(&NamedSecret::new(name, secret));
    }
    let colon = secrets
        .get("password")
        .is_ok_and(|password| password.contains(':'));
    let setup = setup(destination, &opening, auth, redactor);
    let door = match opening.record {
        Some(run) => {
            let recorded = run.destinations.iter().find(|d| d.name == destination.name);
            let recorded =
                recorded.ok_or_else(|| TargetError::Unrecorded(destination.name.clone()))?;
            Door::replay(setup, recorded, &run.scenarios).map_err(|error| TargetError::Door {
                name: destination.name.clone(),
                error,
            })?
        }
        None => Door::live(setup).map_err(|error| TargetError::Door {
            name: destination.name.clone(),
            error,
        })?,
    };
    Ok(Target {
        claims: destination.claims(),
        destination: destination.clone(),
        renderer,
        edition: opening.edition,
        authentication,
        endpoint_shown: door.redacted_url(&shown.endpoint),
        endpoint: shown.endpoint,
        sends_attributes: shown.sends_attributes,
        sends_timestamps: shown.sends_timestamps,
        password_has_colon: colon,
        token,
        door,
    })
}

fn setup(
    destination: &Destination,
    opening: &Opening<'_>,
    auth: AuthSetup,
    redactor: Arc<Redactor>,
) -> DoorSetup {
    let limits = &destination.limits;
    DoorSetup {
        run_id: opening.run_id.clone(),
        seed: opening.seed,
        started: opening.started,
        destination: destination.name.clone(),
        auth,
        redactor,
        certificate_authority_pem: destination.ca.as_ref().map(|source| source.text.clone()),
        // Load needs more connections than scenarios; it runs only where the submission allows it.
        concurrency: if limits.allow_load {
            limits.concurrency.max(256)
        } else {
            limits.concurrency
        },
        pace_per_second: limits.requests_per_second,
        time_limit: limits.time_limit,
        retry_waits: waits(&limits.retry_waits),
        retry_class: match destination.aggregation() {
            Aggregation::BestEffort(_) => RetryClass::BestEffort,
            Aggregation::Configurable(_) => RetryClass::Configurable,
        },
        journal: opening.journal.clone(),
    }
}

/// Two retries, as Experience Platform makes them; what a submission leaves out is what Platform waits.
fn waits(given: &[Duration]) -> [Duration; 2] {
    [15, 30].map(Duration::from_secs).iter().enumerate().fold(
        [Duration::ZERO; 2],
        |mut waits, (i, default)| {
            waits[i] = given.get(i).copied().unwrap_or(*default);
            waits
        },
    )
}

/// The values of a destination's credentials; in a replay, the marks that stand for them.
struct Secrets<'a> {
    destination: &'a Destination,
    values: &'a BTreeMap<String, Secret>,
    names: &'a BTreeMap<String, String>,
    replaying: bool,
}

impl Secrets<'_> {
    fn get(&self, name: &str) -> Result<Secret, TargetError> {
        if let Some(value) = self.values.get(name) {
            return Ok(value.clone());
        }
        if self.replaying && self.is_given(name) {
            return Ok(Secret::replayed(name));
        }
        Err(self.lacking(name))
    }

    fn is_given(&self, name: &str) -> bool {
        let mut fields = self.destination.customer_secrets.iter();
        if fields.any(|(field, _)| Destination::secret_name(field) == name) {
            return true;
        }
        self.destination
            .credentials
            .all()
            .into_iter()
            .any(|(known, credential)| known == name && credential.is_some())
    }

    /// A value that is no secret.
    fn name(&self, name: &str) -> Result<String, TargetError> {
        self.names
            .get(name)
            .cloned()
            .ok_or_else(|| self.lacking(name))
    }

    fn lacking(&self, name: &str) -> TargetError {
        let expected = format!("`{name} = {{ env = \"…\" }}`");
        TargetError::Credentials {
            name: self.destination.name.clone(),
            expected,
        }
    }

    /// Every value that is a secret, by name.
    fn all(&self) -> Vec<(String, Secret)> {
        let names = ["password", "token", "client_secret"].map(String::from);
        let fields = &self.destination.customer_secrets;
        let fields = fields.iter().map(|(f, _)| Destination::secret_name(f));
        names
            .into_iter()
            .chain(fields)
            .filter_map(|name| {
                let value = self.get(&name).ok()?;
                Some((name, value))
            })
            .collect()
    }
}

fn auth(
    authentication: AuthenticationClaim,
    oauth2: Option<(&OAuth2, &TokenPaths)>,
    secrets: &Secrets<'_>,
) -> Result<AuthSetup, TargetError> {
    match (authentication, oauth2) {
        (AuthenticationClaim::Basic, _) => Ok(AuthSetup::Basic {
            username: secrets.name("username")?,
            password: secrets.get("password")?,
        }),
        (AuthenticationClaim::Bearer, _) => Ok(AuthSetup::Bearer {
            token: secrets.get("token")?,
        }),
        (AuthenticationClaim::OAuth2(_), Some((oauth2, paths))) => {
            let client_id = secrets
                .name("client_id")
                .or_else(|error| oauth2.client_id.clone().ok_or(error))?;
            let setup = oauth2_setup(oauth2, paths, client_id, secrets.get("client_secret")?);
            Ok(AuthSetup::OAuth2ClientCredentials(Box::new(setup)))
        }
        (AuthenticationClaim::OAuth2(_), None)
        | (
            AuthenticationClaim::None
            | AuthenticationClaim::OAuth1
            | AuthenticationClaim::Platform
            | AuthenticationClaim::File(_),
            _,
        ) => Ok(AuthSetup::None),
    }
}

fn oauth2_setup(
    oauth2: &OAuth2,
    paths: &TokenPaths,
    client_id: String,
    client_secret: Secret,
) -> OAuth2Setup {
    let template = paths.request.clone().map(|request| {
        let context = paths.context.clone();
        Arc::new(Templated { request, context }) as Arc<dyn crate::wire::TokenTemplate>
    });
    let fixed = |field: &&crate::model::sdk::DataField| {
        field.source == FieldSource::Partner && field.value.is_some()
    };
    let more = oauth2
        .data_fields
        .iter()
        .filter(fixed)
        .filter_map(|f| Some((f.name.clone(), f.value.clone()?)));
    let more: Vec<(String, Value)> = more.collect();
    let expires_in = more
        .iter()
        .find(|(name, _)| name == "expiresIn")
        .and_then(|(_, v)| v.as_u64());
    OAuth2Setup {
        token_url: paths.url.clone(),
        client_id,
        client_secret,
        scopes: oauth2.scope.clone(),
        use_basic_auth: oauth2.use_basic_auth,
        access_token_path: oauth2.access_token_path.clone(),
        expires_in_path: oauth2.expires_in_path.clone(),
        fixed_expires_in: expires_in,
        fields: more
            .into_iter()
            .map(|(name, value)| (name, AuthField::Plain(value)))
            .collect(),
        template,
    }
}

fn token_paths(destination: &Destination, oauth2: &OAuth2, renderer: &Renderer) -> TokenPaths {
    let context: Map<String, Value> = [
        (
            String::from("customerData"),
            Value::Object(destination.customer_data.clone()),
        ),
        (
            String::from("userContext"),
            json!({ "sandboxName": "prod", "imsOrgId": "destspec@example", "client": "destspec" }),
        ),
    ]
    .into_iter()
    .collect();
    let request = oauth2.access_token_request.clone();
    let url = match (&request, &oauth2.access_token_url) {
        (Some(request), _) => renderer.text(&request.request.url.value),
        (None, Some(url)) => renderer.text(url),
        (None, None) => String::new(),
    };
    TokenPaths {
        url,
        use_basic_auth: oauth2.use_basic_auth,
        access_token: oauth2.access_token_path.clone(),
        expires_in: oauth2.expires_in_path.clone(),
        configured: request.is_some()
            || oauth2.access_token_path != "access_token"
            || oauth2.expires_in_path != "expires_in",
        request,
        validations: oauth2.validations.clone(),
        context,
    }
}
