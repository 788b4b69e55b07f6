//! Opens the destinations of a submission: subject and door of each, live or on a record. The one home of opening, for
//! running, listing, checking and replaying alike.

mod batch;
mod inoperable;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tokio::sync::mpsc::UnboundedSender;

use crate::encode::audience::{Api, problems};
use crate::encode::message::{RenderError, Renderer, unprinted_attributes};
use crate::encode::oauth2::{ResponsePaths, TokenClient, filled, seconds};
use crate::model::record::{Given, TokenGrant};
use crate::model::redact::{Redactor, untagged};
use crate::model::sdk::{Aggregation, DataField, Family, Grant, OAuth2};
use crate::model::secret::{NamedSecret, Secret};
use crate::model::source::Problem;
use crate::model::submission::{
    AuthDatum, AuthenticationClaim, CredentialName, Destination, Fetched, SecretName, Submission,
    secret_parts,
};
use crate::suite::source::{Source, recorded};
use crate::suite::subject::{Shown, Streaming, Subject, choose, sessions};
use crate::wire::{
    AuthField, AuthSetup, Door, DoorSetup, JournalEntry, OAuth2Setup, RetryClass, StorageSetup,
};

/// A destination under judgement: what a judge may see of it, and the way to it.
#[derive(Clone)]
pub struct Target {
    /// What a judge may see.
    pub subject: Subject,
    /// The way to the outside.
    pub door: Door,
}

/// The destinations of a submission, opened.
pub struct Opened {
    /// Each of them.
    pub targets: Vec<Target>,
    /// What is questionable about their templates.
    pub warnings: Vec<Problem>,
}

/// Why a destination cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// Its templates do not render.
    #[error("destination `{name}`: {error}")]
    Render {
        /// Its name.
        name: String,
        /// Why.
        #[source]
        error: Box<RenderError>,
    },
    /// Its files cannot be made.
    #[error("destination `{name}`: {problem}")]
    Export {
        /// Its name.
        name: String,
        /// Why, at its place in the partner's file.
        problem: Box<Problem>,
    },
    /// It has authentication configured, and no credentials that fit.
    #[error(
        "destination `{name}`: expected {expected} in [destination.credentials], received none"
    )]
    Credentials {
        /// Its name.
        name: String,
        /// What is missing.
        expected: String,
    },
    /// A record holds nothing of it.
    #[error("destination `{0}`: expected it in the record, received none")]
    Unrecorded(String),
    /// Its door cannot be opened.
    #[error("destination `{name}`: {error}")]
    Door {
        /// Its name.
        name: String,
        /// Why.
        #[source]
        error: crate::wire::WireError,
    },
}

/// Opens every destination of a submission.
///
/// # Errors
/// When templates do not render, a credential is missing, or a door does not open.
pub fn open(submission: &Submission, source: &Source<'_>) -> Result<Opened, TargetError> {
    let open = |destination: &Destination| {
        if let Some(problem) = inoperable::problem(destination) {
            return inoperable::target((submission, destination), source, problem);
        }
        let opened = match destination.server.family() {
            Family::Streaming => target(submission, destination, source),
            Family::File => batch::target(submission, destination, source),
        };
        opened.or_else(|error| match inoperable::judged(&error) {
            Some(problem) => inoperable::target((submission, destination), source, problem),
            None => Err(error),
        })
    };
    let all = submission.destinations.iter();
    let targets: Vec<Target> = all.map(open).collect::<Result<_, _>>()?;
    let of_templates = targets.iter().flat_map(|target| {
        let read = &target.subject.destination().problems;
        let warnings = target.subject.warnings().iter();
        // what was found when it was read is said already
        warnings.filter(|problem| !read.contains(problem))
    });
    Ok(Opened {
        warnings: of_templates.cloned().collect(),
        targets,
    })
}

fn target(
    submission: &Submission,
    destination: &Destination,
    source: &Source<'_>,
) -> Result<Target, TargetError> {
    let (fetched, mut given) = source.credentials(destination);
    let destination = destination.with_secrets(&fetched.secrets);
    let failed = |error| TargetError::Render {
        name: destination.name.clone(),
        error: Box::new(error),
    };
    let renderer = Renderer::new(&destination).map_err(failed)?;
    let shown = Shown::by_rendering(&destination, &renderer).map_err(failed)?;
    let (authentication, oauth2) = choose(&destination);
    let oauth2 = oauth2.filter(|_| matches!(authentication, AuthenticationClaim::OAuth2(_)));
    let typed = oauth2.as_ref();
    let typed = typed.map_or_else(Vec::new, |o| auth_fields(o, &destination, &fetched));
    let token = oauth2
        .as_ref()
        .map(|oauth2| token_client(&destination, oauth2, &typed));
    let credentials = Credentials {
        destination: &destination.name,
        fetched: &fetched,
    };
    let auth = auth(
        authentication,
        oauth2.as_ref().zip(token.as_ref()),
        typed,
        &credentials,
    )?;
    let redactor = redactor(&destination, &fetched, source, &mut given);
    let door = door(&destination, source, Ways::of(auth), redactor)?;
    let (audience_api, mut warnings) = audience_api(&destination, renderer.warnings());
    if !shown.sends_attributes {
        warnings.extend(unprinted_attributes(&renderer, &destination));
    }
    let subject = Streaming {
        warnings,
        audience_api,
        sends_aliases: shown.sends_aliases,
        claims: destination.claims(),
        renderer,
        edition: submission.edition,
        authentication,
        // without tags: a replay knows no secret to make them of
        endpoint_shown: untagged(&door.redacted_url(&shown.endpoint)).into_owned(),
        endpoint: shown.endpoint,
        // who says how to ask for them says that they are sent
        sends_attributes: shown.sends_attributes
            || destination.observe.attributes.is_some()
                && destination.claims().attributes.is_mapped(),
        sends_timestamps: shown.sends_timestamps,
        given,
        token,
        destination,
    };
    Ok(Target {
        subject: Subject::Streaming(Arc::new(subject)),
        door,
    })
}

/// What keeps the secrets of a destination out of the record; which of them it cannot is noted in what was given.
fn redactor(
    destination: &Destination,
    fetched: &Fetched,
    source: &Source<'_>,
    given: &mut Given,
) -> Redactor {
    let redactor = source.redactor();
    for (name, secret) in &fetched.secrets {
        for part in secret_parts(name, secret) {
            redactor.learn(&part);
        }
    }
    for literal in destination.literals() {
        redactor.learn(&literal.named());
    }
    if let Source::Live(_) = source {
        given.weak = redactor.weak();
    }
    redactor
}

/// The audience metadata API of a destination, where it has one that can be used; and the warnings, with why not.
fn audience_api(destination: &Destination, warnings: &[Problem]) -> (Option<Api>, Vec<Problem>) {
    let mut warnings = warnings.to_vec();
    let api = Api::of(destination).unwrap_or_else(|unusable| {
        // where the configuration is judged for the same, that is said once
        if problems(destination).is_empty() {
            warnings.push(unusable.problem());
        }
        None
    });
    (api, warnings)
}

/// How a destination is talked to, and where its files go.
struct Ways {
    auth: AuthSetup,
    audience_auth: Option<AuthSetup>,
    storage: Option<StorageSetup>,
}

impl Ways {
    /// One way for everything, and no files.
    fn of(auth: AuthSetup) -> Self {
        Self {
            auth,
            audience_auth: None,
            storage: None,
        }
    }
}

fn door(
    destination: &Destination,
    source: &Source<'_>,
    ways: Ways,
    redactor: Redactor,
) -> Result<Door, TargetError> {
    let failed = |error| TargetError::Door {
        name: destination.name.clone(),
        error,
    };
    let setup = |started, journal| setup(destination, source, (ways, redactor), started, journal);
    match source {
        Source::Live(live) => {
            let setup = setup(Some(live.started), live.journal.clone());
            Door::live(setup).map_err(failed)
        }
        Source::Replay(run) => {
            let unrecorded = || TargetError::Unrecorded(destination.name.clone());
            let recorded = recorded(run, destination).ok_or_else(unrecorded)?;
            Ok(Door::replay(setup(None, None), recorded, &run.scenarios))
        }
    }
}

fn setup(
    destination: &Destination,
    source: &Source<'_>,
    (ways, redactor): (Ways, Redactor),
    started: Option<Instant>,
    journal: Option<UnboundedSender<JournalEntry>>,
) -> DoorSetup {
    let limits = &destination.limits;
    DoorSetup {
        run_id: source.run_id().to_owned(),
        seed: source.seed(),
        started,
        destination: destination.name.clone(),
        auth: ways.auth,
        audience_auth: ways.audience_auth,
        storage: ways.storage,
        redactor: Arc::new(redactor),
        certificate_authority_pem: destination.ca.as_ref().map(|source| source.text.clone()),
        // Load needs more connections than scenarios; it runs only where the submission allows it.
        concurrency: match (limits.allow_load, destination.server.family()) {
            (true, _) => limits.concurrency.max(256),
            (false, Family::Streaming) => limits.concurrency,
            (false, Family::File) => limits.concurrency.max(sessions(destination)),
        },
        pace_per_second: limits.requests_per_second,
        time_limit: limits.time_limit,
        folder: destination.place.source.folder().to_owned(),
        retry_waits: waits(&limits.retry_waits),
        retry_class: match destination.aggregation() {
            Aggregation::BestEffort(_) => RetryClass::BestEffort,
            Aggregation::Configurable(_) => RetryClass::Configurable,
        },
        journal,
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
struct Credentials<'a> {
    destination: &'a str,
    fetched: &'a Fetched,
}

impl Credentials<'_> {
    fn secret(&self, name: CredentialName) -> Result<Secret, TargetError> {
        let had = self.fetched.secrets.get(&SecretName::Credential(name));
        had.cloned().ok_or_else(|| self.lacking(name))
    }

    /// A value that is no secret.
    fn open(&self, name: CredentialName) -> Result<String, TargetError> {
        let had = self.fetched.open.get(&name);
        had.cloned().ok_or_else(|| self.lacking(name))
    }

    fn lacking(&self, name: CredentialName) -> TargetError {
        TargetError::Credentials {
            name: self.destination.to_owned(),
            expected: format!(
                "`{} = {{ env = \"{}\" }}`",
                name.key(),
                name.usual_variable()
            ),
        }
    }
}

fn auth(
    authentication: AuthenticationClaim,
    oauth2: Option<(&OAuth2, &TokenClient)>,
    fields: Vec<(String, AuthField)>,
    credentials: &Credentials<'_>,
) -> Result<AuthSetup, TargetError> {
    match (authentication, oauth2) {
        (AuthenticationClaim::Basic, _) => Ok(AuthSetup::Basic {
            username: credentials.open(CredentialName::Username)?,
            password: credentials.secret(CredentialName::Password)?,
        }),
        (AuthenticationClaim::Bearer, _) => Ok(AuthSetup::Bearer {
            token: credentials.secret(CredentialName::Token)?,
        }),
        (AuthenticationClaim::OAuth2(_), Some((oauth2, client))) => {
            let client_id = credentials
                .open(CredentialName::ClientId)
                .or_else(|error| oauth2.client_id.clone().ok_or(error))?;
            let setup = OAuth2Setup {
                client_id,
                client_secret: credentials.secret(CredentialName::ClientSecret)?,
                owner: owner(oauth2.grant, credentials)?,
                refresh_token: refresh_token(oauth2, credentials)?,
                fields,
                endpoint: Arc::new(client.clone()),
            };
            Ok(AuthSetup::OAuth2(Box::new(setup)))
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

/// User name and password of the password grant.
fn owner(
    grant: Grant,
    credentials: &Credentials<'_>,
) -> Result<Option<(String, Secret)>, TargetError> {
    match grant {
        Grant::Password => Ok(Some((
            credentials.open(CredentialName::Username)?,
            credentials.secret(CredentialName::Password)?,
        ))),
        Grant::AuthorizationCode | Grant::ClientCredentials => Ok(None),
    }
}

/// What a person's login gave, or what the partner has set.
fn refresh_token(
    oauth2: &OAuth2,
    credentials: &Credentials<'_>,
) -> Result<Option<Secret>, TargetError> {
    let mut fields = oauth2.data_fields.iter();
    let set = fields.find(|field| field.name == "refreshToken");
    let set = set.and_then(|field| field.literal.as_ref());
    match oauth2.grant {
        Grant::AuthorizationCode => {
            let given = credentials.secret(CredentialName::RefreshToken);
            let given =
                given.or_else(|lacking| set.map(|literal| literal.named().secret).ok_or(lacking));
            given.map(Some)
        }
        Grant::Password | Grant::ClientCredentials => Ok(None),
    }
}

/// Fields of `authData`: as the configuration fixes them, then as a customer types them in, which come first.
fn auth_fields(
    oauth2: &OAuth2,
    destination: &Destination,
    fetched: &Fetched,
) -> Vec<(String, AuthField)> {
    let fixed = |field: &DataField| match (&field.literal, &field.value) {
        (Some(literal), _) => Some((field.name.clone(), AuthField::Secret(literal.named()))),
        (None, Some(value)) => Some((field.name.clone(), AuthField::Plain(value.clone()))),
        (None, None) => None,
    };
    let typed = |(name, datum): &(String, AuthDatum)| {
        let value = match datum {
            AuthDatum::Literal(value) => AuthField::Plain(value.clone()),
            AuthDatum::Open(_) => AuthField::Plain(fetched.auth_data.get(name)?.as_str().into()),
            AuthDatum::Secret(_) => {
                let secret = SecretName::AuthData(name.clone());
                let value = fetched.secrets.get(&secret)?.clone();
                AuthField::Secret(NamedSecret::new(secret.to_string(), value))
            }
        };
        Some((name.clone(), value))
    };
    let fixed = oauth2.data_fields.iter().filter_map(fixed);
    let typed = destination.auth_data.values.iter().filter_map(typed);
    fixed.chain(typed).collect()
}

fn token_client(
    destination: &Destination,
    oauth2: &OAuth2,
    fields: &[(String, AuthField)],
) -> TokenClient {
    let plain = fields.iter().filter_map(|(name, field)| match field {
        AuthField::Plain(value) => Some((name.clone(), value.clone())),
        AuthField::Secret(_) => None,
    });
    let plain: Map<String, Value> = plain.collect();
    let fixed_life = plain.get("expiresIn").and_then(seconds);
    let user =
        json!({ "sandboxName": "prod", "imsOrgId": "destspec@example", "client": "destspec" });
    let data = destination.customer_data.for_templates();
    let roots = [
        ("customerData", data),
        ("userContext", user),
        ("authData", plain.into()),
    ];
    let roots = roots.into_iter();
    let context: Map<String, Value> = roots.map(|(name, is)| (name.to_owned(), is)).collect();
    let mut whole = context.clone();
    if let Some(Value::Object(data)) = whole.get_mut("authData") {
        data.extend(
            fields
                .iter()
                .map(|(name, field)| (name.clone(), field.for_templates())),
        );
    }
    let text = |url: &String| filled(url, &whole);
    let template = oauth2.access_token_request.clone();
    let url = match (&template, &oauth2.access_token_url) {
        (Some(template), _) => text(&template.request.url.value),
        (None, Some(url)) => text(url),
        (None, None) => String::new(),
    };
    TokenClient {
        grant: match oauth2.grant {
            Grant::ClientCredentials => TokenGrant::ClientCredentials,
            Grant::Password => TokenGrant::Password,
            Grant::AuthorizationCode => TokenGrant::RefreshToken,
        },
        refresh_url: oauth2.refresh_token_url.as_ref().map(text),
        authorization_url: oauth2.authorization_url.as_ref().map(text),
        client_in_header: oauth2.use_basic_auth,
        scopes: oauth2.scope.clone(),
        paths: ResponsePaths {
            access_token: oauth2.access_token_path.clone(),
            expires_in: oauth2.expires_in_path.clone(),
            refresh_token: oauth2.refresh_token_path.clone(),
        },
        fixed_life,
        template,
        validations: oauth2.validations.clone(),
        context,
        ..TokenClient::new(url)
    }
}
