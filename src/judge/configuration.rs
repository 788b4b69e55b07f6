//! Judges what a configuration claims, before anything is sent.

use crate::model::finding::Finding;
use crate::model::requirement::Edition;
use crate::model::submission::AuthenticationClaim;

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// The configuration offers none of the protocols that the edition of the prerequisites lists.
        destination "configuration.no-listed-authentication" no_listed_authentication(edition, offered) {
            expected: "BASIC, BEARER or OAUTH2 as edition {edition} lists them",
            received: "{offered}",
            remedy: "name one in `customerAuthenticationConfigurations`",
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
