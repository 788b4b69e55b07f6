//! Opens the destinations of a submission: subject and door of each, live or on a record. The one home of opening, for
//! running, listing, checking and replaying alike.

mod auth;
mod batch;
mod inoperable;
mod token;

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use crate::encode::audience::{Api, oddities, problems};
use crate::encode::message::{RenderError, Renderer, unprinted_attributes};
use crate::model::record::Given;
use crate::model::redact::{Redactor, untagged};
use crate::model::sdk::Family;
use crate::model::source::Problem;
use crate::model::submission::{
    AuthenticationClaim, Destination, Fetched, Submission, secret_parts,
};
use crate::suite::open::auth::{Credentials, auth};
use crate::suite::open::token::{auth_fields, token_client};
use crate::suite::source::{Source, recorded};
use crate::suite::subject::{Shown, Streaming, Subject, Why, creates, sessions};
use crate::wire::{AuthSetup, Door, DoorSetup, JournalEntry, StorageSetup};

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
        if let Some(why) = inoperable::why(destination) {
            return inoperable::target((submission, destination), source, why);
        }
        let opened = match destination.server.family() {
            Family::Streaming => target(submission, destination, source),
            Family::File => batch::target(submission, destination, source),
        };
        opened.or_else(|error| match inoperable::judged(&error) {
            Some(problem) => {
                inoperable::target((submission, destination), source, Why::Violation(problem))
            }
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
    let destination = destination.of_run(source.run_id());
    let failed = |error| TargetError::Render {
        name: destination.name.clone(),
        error: Box::new(error),
    };
    let renderer = Renderer::new(&destination).map_err(failed)?;
    let shown = Shown::by_rendering(&destination, &renderer).map_err(failed)?;
    let authentication = destination.login();
    let oauth2 = destination
        .oauth2()
        .cloned()
        .filter(|_| matches!(authentication, AuthenticationClaim::OAuth2(_)));
    let typed = oauth2.as_ref();
    let typed = typed.map_or_else(Vec::new, |o| auth_fields(o, &destination, &fetched));
    let token = oauth2
        .as_ref()
        .map(|oauth2| token_client(&destination, oauth2, &typed));
    let credentials = Credentials {
        destination: &destination.name,
        claim: authentication,
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
        creates_audiences: shown.sends_aliases && creates(&destination, audience_api.as_ref()),
        warnings,
        audience_api,
        sends_aliases: shown.sends_aliases,
        sends_nulls: shown.sends_nulls,
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
        literal
            .known()
            .iter()
            .for_each(|known| redactor.learn(known));
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
    warnings.extend(oddities(destination));
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
            let setup = DoorSetup {
                environment: live.environment.clone(),
                ..setup(Some(live.started), live.journal.clone())
            };
            Door::live(setup).map_err(failed)
        }
        Source::Replay(run) => {
            let unrecorded = || TargetError::Unrecorded(destination.name.clone());
            let recorded = recorded(run, destination).ok_or_else(unrecorded)?;
            let scenarios = (&*run.destspec, &*run.scenarios);
            Ok(Door::replay(setup(None, None), recorded, scenarios))
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
        retry_waits: limits.retry_waits,
        environment: Vec::new(),
        retry_class: destination.aggregation().retry_class(),
        journal,
    }
}
