//! Judges what a configuration claims, before anything is sent.

use crate::model::finding::Finding;
use crate::model::requirement::Edition;
use crate::model::rule::Rule;
use crate::model::source::Problem;
use crate::model::submission::AuthenticationClaim;

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// The configuration offers none of the protocols that the edition of the prerequisites lists.
        destination(configuration) "configuration.no-listed-authentication" no_listed_authentication(edition, offered) {
            expected: "BASIC, BEARER or OAUTH2 as edition {edition} lists them",
            received: "{offered}",
            remedy: "name one in `customerAuthenticationConfigurations`",
        }
        /// The posted JSON breaks a rule for configurations; each place is file, line and column.
        destination "configuration.rule-broken" rule_broken(rule, problems, remedies) {
            expected: "a configuration that keeps the rule {rule}",
            received: "{problems}",
            remedy: "{remedies}",
        }
        /// The posted JSON does what a rule for configurations advises against; each place is file, line and column.
        destination "configuration.advice-ignored" advice_ignored(rule, problems, remedies) {
            expected: "a configuration that follows the advice of {rule}",
            received: "{problems}",
            remedy: "{remedies}",
        }
    }
}

/// Basic (from edition e2 on), bearer or OAuth 2.0 is configured; `offered` says what is, in words.
///
/// # Errors
/// A finding against the destination.
pub fn authentication_offered(
    claims: &[AuthenticationClaim],
    edition: Edition,
    offered: &str,
) -> Result<(), Finding> {
    let counts = |claim: &AuthenticationClaim| match claim {
        AuthenticationClaim::Basic => edition > Edition::E1,
        AuthenticationClaim::Bearer | AuthenticationClaim::OAuth2(_) => true,
        AuthenticationClaim::None
        | AuthenticationClaim::OAuth1
        | AuthenticationClaim::Platform
        | AuthenticationClaim::File(_) => false,
    };
    if claims.iter().any(counts) {
        return Ok(());
    }
    Err(codes::no_listed_authentication(edition, offered))
}

/// Nothing breaks the rule.
///
/// # Errors
/// A finding against the destination.
pub fn kept(rule: Rule, problems: &[Problem]) -> Result<(), Finding> {
    let broken = problems.iter().filter(|p| !p.is_warning());
    match told(broken) {
        Some((problems, remedies)) => Err(codes::rule_broken(rule, problems, remedies)),
        None => Ok(()),
    }
}

/// Nothing is questionable by the rule, whether it is kept or not.
///
/// # Errors
/// A finding against the destination.
pub fn followed(rule: Rule, problems: &[Problem]) -> Result<(), Finding> {
    match told(problems.iter().filter(|p| p.is_warning())) {
        Some((problems, remedies)) => Err(codes::advice_ignored(rule, problems, remedies)),
        None => Ok(()),
    }
}

/// The problems, each at its place, and what to do about them, each once; nothing where there are none.
fn told<'a>(problems: impl Iterator<Item = &'a Problem>) -> Option<(String, String)> {
    let (mut said, mut remedies) = (Vec::new(), Vec::<&str>::new());
    for problem in problems {
        said.push(problem.recorded());
        let help = problem
            .help
            .as_deref()
            .filter(|help| !remedies.contains(help));
        remedies.extend(help);
    }
    (!said.is_empty()).then(|| (said.join("; "), remedies.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_authentication_counts_from_the_second_edition_on() {
        let judged = |edition| authentication_offered(&[AuthenticationClaim::Basic], edition, "");
        assert!(judged(Edition::E1).is_err());
        assert_eq!(judged(Edition::E2), Ok(()));
    }
}
