//! Opens a destination of which no more than the configuration can be judged: nobody is talked to.

use std::sync::Arc;

use crate::model::rule::Rule;
use crate::model::sdk::Family;
use crate::model::source::Problem;
use crate::model::submission::{Destination, Submission};
use crate::suite::open::{Target, TargetError, Ways, door, redactor};
use crate::suite::source::Source;
use crate::suite::subject::{Inoperable, Subject};
use crate::wire::AuthSetup;

/// The violation that lets nothing be made although the rest can be read: without a namespace no profile has an identity.
pub(super) fn problem(destination: &Destination) -> Option<Problem> {
    let namespaces = &destination.configuration.identity_namespaces;
    if destination.server.family() == Family::File || !namespaces.is_empty() {
        return None;
    }
    let mut all = destination.problems.iter();
    all.find(|p| p.rule == Some(Rule::IdentityNamespaces))
        .cloned()
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
    problem: Problem,
) -> Result<Target, TargetError> {
    let (fetched, mut given) = source.credentials(destination);
    let destination = destination.with_secrets(&fetched.secrets);
    let redactor = redactor(&destination, &fetched, source, &mut given);
    let door = door(&destination, source, Ways::of(AuthSetup::None), redactor)?;
    let subject = Inoperable {
        destination,
        edition: submission.edition,
        given,
        problem,
    };
    Ok(Target {
        subject: Subject::Inoperable(Arc::new(subject)),
        door,
    })
}
