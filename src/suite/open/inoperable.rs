//! Opens a destination of which no more than the configuration can be judged: nobody is talked to.

use std::sync::Arc;

use crate::model::rule::Rule;
use crate::model::sdk::{Family, Storage};
use crate::model::source::Problem;
use crate::model::submission::{AuthenticationClaim, Destination, Submission};
use crate::suite::open::{Target, TargetError, Ways, door, redactor};
use crate::suite::source::Source;
use crate::suite::subject::{Inoperable, Subject, Why};
use crate::wire::AuthSetup;

/// Why no more than the configuration of a destination that can be read is judged, if that is so.
pub(super) fn why(destination: &Destination) -> Option<Why> {
    let datasets = destination.server.family() == Family::File
        && destination.configuration.exports_datasets_only();
    problem(destination)
        .map(Why::Violation)
        .or_else(|| datasets.then_some(Why::Datasets))
}

/// The violation that lets nothing be made although the rest can be read: without a namespace no profile has an identity,
/// and without a login that fits the type of the server nobody is let in.
fn problem(destination: &Destination) -> Option<Problem> {
    let rule = match destination.server.family() {
        Family::Streaming => {
            let namespaces = &destination.configuration.identity_namespaces;
            namespaces.is_empty().then_some(Rule::IdentityNamespaces)?
        }
        Family::File => (!lets_in(destination)).then_some(Rule::ServerType)?,
    };
    let mut all = destination.problems.iter();
    all.find(|p| p.rule == Some(rule) && !p.is_warning())
        .cloned()
}

/// Whether one of the ways to log in is one of the type of the server.
fn lets_in(destination: &Destination) -> bool {
    let storage = destination.server.file().map(|server| &server.storage);
    let fitting = storage.map_or(&[][..], Storage::authentications);
    let claims = destination.claims().authentications;
    let fits = |claim: &AuthenticationClaim| match claim {
        AuthenticationClaim::File(kind) => fitting.contains(kind),
        AuthenticationClaim::Basic
        | AuthenticationClaim::Bearer
        | AuthenticationClaim::OAuth2(_) => false,
        AuthenticationClaim::None | AuthenticationClaim::OAuth1 | AuthenticationClaim::Platform => {
            true
        }
    };
    fitting.is_empty() || claims.is_empty() || claims.iter().any(fits)
}

/// The violation of a rule that an error is, if it is one.
pub(super) fn judged(error: &TargetError) -> Option<Problem> {
    let problem = match error {
        TargetError::Render { error, .. } => error.problem(),
        TargetError::Export { problem, .. } => (**problem).clone(),
        TargetError::Credentials { .. } | TargetError::Unrecorded(_) | TargetError::Door { .. } => {
            return None;
        }
    };
    // of a body that is wrong for the plainest profile nothing can be sent
    let rule = problem.rule?;
    let rule = if rule == Rule::Bodies {
        Rule::Rendering
    } else {
        rule
    };
    Some(problem.judged(rule))
}

/// Opens it.
///
/// # Errors
/// Its door does not open.
pub(super) fn target(
    (submission, destination): (&Submission, &Destination),
    source: &Source<'_>,
    why: Why,
) -> Result<Target, TargetError> {
    let (fetched, mut given) = source.credentials(destination);
    let destination = destination.with_secrets(&fetched.secrets);
    let destination = destination.of_run(source.run_id());
    let redactor = redactor(&destination, &fetched, source, &mut given);
    let door = door(&destination, source, Ways::of(AuthSetup::None), redactor)?;
    let subject = Inoperable {
        destination,
        edition: submission.edition,
        given,
        why,
    };
    Ok(Target {
        subject: Subject::Inoperable(Arc::new(subject)),
        door,
    })
}
