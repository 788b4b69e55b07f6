//! Who has to act on a finding: four labels, the same before a run and after it.

use crate::model::finding::{Blame, Finding};

/// What the submission and its files decide, and the credentials that they name.
pub const CONFIGURATION: &str = "your configuration";
/// What the destination does: an endpoint or a location.
pub const ENDPOINT: &str = "your endpoint";
/// What lies between.
pub const NETWORK: &str = "the network";
/// destspec itself.
pub const DESTSPEC: &str = "destspec";

/// Codes of what the submission decides.
pub const CONFIGURED: [&str; 15] = [
    "answer.refused-for-credentials",
    "audience.question-not-let-in",
    "ingested.not-asked",
    "location.credentials-refused",
    "location.signature-ended",
    "location.unusable",
    "location.wrong-region",
    "observed.not-allowed",
    "stored.elsewhere",
    "token.grant-refused",
    "token.owner-refused",
    "token.refresh-token-refused",
    "token.refused",
    "token.scope-refused",
    "token.url-unknown",
];

/// Who has to act, as far as that can be known from here; of what has a cause, on the cause.
pub fn whose(finding: &Finding) -> &'static str {
    let code = finding.reason.code.as_ref();
    let cause = finding.reason.cause();
    match finding.blame {
        Blame::Destspec => DESTSPEC,
        Blame::Destination | Blame::Surroundings
            if CONFIGURED.contains(&code) || CONFIGURED.contains(&cause.code.as_ref()) =>
        {
            CONFIGURATION
        }
        Blame::Destination => ENDPOINT,
        Blame::Surroundings => NETWORK,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reason::Reason;

    #[test]
    fn what_was_refused_for_the_credentials_is_the_configuration_wherever_it_is_blamed() {
        let found = |blame, reason| whose(&Finding::new(blame, reason));
        let refused = Reason::new("token.refused");
        let behind = Reason::new("some.other").because(&refused);
        assert_eq!(found(Blame::Destination, refused), CONFIGURATION);
        assert_eq!(found(Blame::Surroundings, behind), CONFIGURATION);
        assert_eq!(found(Blame::Destination, Reason::new("a.b")), ENDPOINT);
        assert_eq!(found(Blame::Surroundings, Reason::new("a.b")), NETWORK);
        let own = Reason::new("token.refused");
        assert_eq!(found(Blame::Destspec, own), DESTSPEC);
    }
}
